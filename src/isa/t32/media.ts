/**
 * T32: saturation and bit fields with plain immediates (DDI 0406C A6.3.3), PKH (A6.3.11), extension, parallel arithmetic and miscellaneous
 * operations (A6.3.12 to A6.3.15), division and USAD8 of the multiply spaces (A6.3.16, A6.3.17).
 */
import * as args from '../args/media.js';
import { parallelNames } from '../args/parallel.js';
import { inconsistentRm, isSp, isSpOrPc, rowMaker, unpredictableIf } from '../define.js';
import type { ArgumentSet, Row } from '../row.js';

const t32 = rowMaker('T32');

const two = { unpredictable: [isSpOrPc('Rd', 'Rm')] } as const;
const twoN = { unpredictable: [isSpOrPc('Rd', 'Rn')] } as const;
const three = { unpredictable: [isSpOrPc('Rd', 'Rn', 'Rm')] } as const;
const ONE = '(1)(1)(1)(1)';

/** An extension that adds, and the one that does not: Rn = 1111. */
function extension(sign: string, size: string, op1: string, section: number, plainSection: number): Row[] {
  const adding = `${sign}XTA${size}`;
  const plain = `${sign}XT${size}`;
  const tail = '1111 Rd:4 1 (0) rotate:2 Rm:4';
  return [
    t32(
      adding,
      'T1',
      `11111 010 0 ${op1} Rn:4 ${tail}`,
      `A8.8.${section}`,
      `${adding}<c> <Rd>, <Rn>, <Rm>{, <rotation>}`,
      adding,
      args.extend,
      {
        unpredictable: [isSpOrPc('Rd', 'Rm'), isSp('Rn')],
      },
    ),
    t32(
      plain,
      size === 'B16' ? 'T1' : 'T2',
      `11111 010 0 ${op1} 1111 ${tail}`,
      `A8.8.${plainSection}`,
      `${plain}<c>.W <Rd>, <Rm>{, <rotation>}`,
      plain,
      args.extend,
      {
        ...two,
        over: [`${adding} T1`],
      },
    ),
  ];
}

/** Miscellaneous operations (A6.3.15) of two registers, the first of which the syntax names last. */
function saturating(name: string, op2: string, section: number): Row {
  const pattern = `11111 010 1000 Rn:4 1111 Rd:4 10 ${op2} Rm:4`;
  return t32(name, 'T1', pattern, `A8.8.${section}`, `${name}<c> <Rd>, <Rm>, <Rn>`, name, args.registers, three);
}

/** Miscellaneous operations that have Rm in both halfwords. */
function unary(name: string, encoding: string, op1: string, op2: string, section: number): Row {
  const pattern = `11111 010 10 ${op1} Rm:4 1111 Rd:4 10 ${op2} Rm:4`;
  return t32(
    name,
    encoding,
    pattern,
    `A8.8.${section}`,
    `${name}<c>${encoding === 'T2' ? '.W' : ''} <Rd>, <Rm>`,
    name,
    args.registers,
    {
      unpredictable: [
        inconsistentRm,
        unpredictableIf('d IN {13,15} || m IN {13,15}', (f) => [f.Rd, f.Rm & 15].some((r) => r === 13 || r === 15)),
      ],
    },
  );
}

/** Saturation and extraction of a bit field. */
function field(
  name: string,
  op: string,
  last: string,
  section: number,
  syntax: string,
  set: ArgumentSet,
  options: Partial<Row>,
): Row {
  return t32(
    name,
    'T1',
    `11110 (0) 11 ${op} Rn:4 0 imm3:3 Rd:4 imm2:2 (0) ${last}`,
    `A8.8.${section}`,
    `${name}<c> ${syntax}`,
    name,
    set,
    options,
  );
}

const lsbit = (f: Readonly<Record<string, number>>): number => (f.imm3 << 2) | f.imm2;
const fieldTooWide = unpredictableIf('lsbit + widthminus1 > 31', (f) => lsbit(f) + f.widthm1 > 31);
const fieldReversed = unpredictableIf('msbit < lsbit', (f) => f.msb < lsbit(f));
const EXTRACT = '<Rd>, <Rn>, #<lsb>, #<width>';
const SATURATE = '<Rd>, #<imm>, <Rn>{, <shift>}';

function saturate16(name: string, op: string, section: number, set: ArgumentSet): Row {
  const pattern = `11110 (0) 11 ${op} Rn:4 0 000 Rd:4 00 (0)(0) sat_imm:4`;
  return t32(name, 'T1', pattern, `A8.8.${section}`, `${name}<c> <Rd>, #<imm>, <Rn>`, name, set, {
    ...twoN,
    over: [`${name.slice(0, 4)} T1`],
  });
}

export const rows: readonly Row[] = [
  field('SSAT', '00 sh:1 0', 'sat_imm:5', 193, SATURATE, args.saturateSigned, twoN),
  field('USAT', '10 sh:1 0', 'sat_imm:5', 266, SATURATE, args.saturateUnsigned, twoN),
  saturate16('SSAT16', '0010', 194, args.saturateSigned16),
  saturate16('USAT16', '1010', 267, args.saturateUnsigned16),
  field('SBFX', '0100', 'widthm1:5', 164, EXTRACT, args.extract, {
    unpredictable: [isSpOrPc('Rd', 'Rn'), fieldTooWide],
  }),
  field('UBFX', '1100', 'widthm1:5', 246, EXTRACT, args.extract, {
    unpredictable: [isSpOrPc('Rd', 'Rn'), fieldTooWide],
  }),
  field('BFI', '0110', 'msb:5', 20, EXTRACT, args.insert, {
    unpredictable: [isSpOrPc('Rd'), isSp('Rn'), fieldReversed],
  }),
  t32(
    'BFC',
    'T1',
    '11110 (0) 11 0110 1111 0 imm3:3 Rd:4 imm2:2 (0) msb:5',
    'A8.8.19',
    'BFC<c> <Rd>, #<lsb>, #<width>',
    'BFC',
    args.insert,
    {
      unpredictable: [isSpOrPc('Rd'), fieldReversed],
      over: ['BFI T1'],
    },
  ),

  t32(
    'PKH',
    'T1',
    '11101 01 0110 0 Rn:4 (0) imm3:3 Rd:4 imm2:2 tb:1 0 Rm:4',
    'A8.8.125',
    'PKH<BT|TB><c> <Rd>, <Rn>, <Rm>{, <shift> #<imm>}',
    'PKH',
    args.pack,
    three,
  ),

  ...extension('S', 'H', '000', 232, 235),
  ...extension('U', 'H', '001', 273, 276),
  ...extension('S', 'B16', '010', 231, 234),
  ...extension('U', 'B16', '011', 272, 275),
  ...extension('S', 'B', '100', 230, 233),
  ...extension('U', 'B', '101', 271, 274),

  ...parallelNames.map(({ name, section, t32Prefix, t32Operation }) =>
    t32(
      name,
      'T1',
      `11111 010 1 ${t32Operation} Rn:4 1111 Rd:4 ${t32Prefix} Rm:4`,
      `A8.8.${section}`,
      `${name}<c> <Rd>, <Rn>, <Rm>`,
      name,
      args.registers,
      three,
    ),
  ),

  saturating('QADD', '00', 134),
  saturating('QDADD', '01', 138),
  saturating('QSUB', '10', 141),
  saturating('QDSUB', '11', 139),
  unary('REV', 'T2', '01', '00', 145),
  unary('REV16', 'T2', '01', '01', 146),
  unary('RBIT', 'T1', '01', '10', 144),
  unary('REVSH', 'T2', '01', '11', 147),
  t32(
    'SEL',
    'T1',
    '11111 010 1010 Rn:4 1111 Rd:4 10 00 Rm:4',
    'A8.8.166',
    'SEL<c> <Rd>, <Rn>, <Rm>',
    'SEL',
    args.registers,
    three,
  ),
  unary('CLZ', 'T1', '11', '00', 33),

  t32(
    'USADA8',
    'T1',
    '11111 0110 111 Rn:4 Ra:4 Rd:4 0000 Rm:4',
    'A8.8.265',
    'USADA8<c> <Rd>, <Rn>, <Rm>, <Ra>',
    'USADA8',
    args.registers,
    {
      unpredictable: [isSpOrPc('Rd', 'Rn', 'Rm'), isSp('Ra')],
    },
  ),
  t32(
    'USAD8',
    'T1',
    '11111 0110 111 Rn:4 1111 Rd:4 0000 Rm:4',
    'A8.8.264',
    'USAD8<c> <Rd>, <Rn>, <Rm>',
    'USAD8',
    args.registers,
    {
      ...three,
      over: ['USADA8 T1'],
    },
  ),
  t32(
    'SDIV',
    'T1',
    `11111 0111 001 Rn:4 ${ONE} Rd:4 1111 Rm:4`,
    'A8.8.165',
    'SDIV<c> <Rd>, <Rn>, <Rm>',
    'SDIV',
    args.registers,
    { ...three, extension: 'divide' },
  ),
  t32(
    'UDIV',
    'T1',
    `11111 0111 011 Rn:4 ${ONE} Rd:4 1111 Rm:4`,
    'A8.8.248',
    'UDIV<c> <Rd>, <Rn>, <Rm>',
    'UDIV',
    args.registers,
    { ...three, extension: 'divide' },
  ),
];
