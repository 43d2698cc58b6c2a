/**
 * A32: media instructions (DDI 0406C A5.4): parallel arithmetic, packing, saturation, reversal, extension, bit fields, division; and of the
 * miscellaneous instructions (A5.2.12) saturating addition (A5.2.6) and CLZ.
 */
import * as args from '../args/media.js';
import { parallelNames } from '../args/parallel.js';
import { isPc, rowMaker, unpredictableIf } from '../define.js';
import type { Extension, Row } from '../row.js';

const a32 = rowMaker('A32');

const two = { unpredictable: [isPc('Rd', 'Rm')] } as const;
const twoN = { unpredictable: [isPc('Rd', 'Rn')] } as const;
const three = { unpredictable: [isPc('Rd', 'Rn', 'Rm')] } as const;
const ONE = '(1)(1)(1)(1)';
const ZERO = '(0)(0)(0)(0)';

/** `Rd, Rm, Rn` with the second factor in the low bits. */
function saturating(name: string, opcode: string, section: number): Row {
  const pattern = `cond:4 00010 ${opcode} 0 Rn:4 Rd:4 ${ZERO} 0101 Rm:4`;
  return a32(name, 'A1', pattern, `A8.8.${section}`, `${name}<c> <Rd>, <Rm>, <Rn>`, name, args.registers, three);
}

/** An extension that adds, and the one that does not: Rn = 1111. */
function extension(sign: string, size: string, opcode: string, section: number, plainSection: number): Row[] {
  const adding = `${sign}XTA${size}`;
  const plain = `${sign}XT${size}`;
  const tail = 'Rd:4 rotate:2 (0)(0) 0111 Rm:4';
  return [
    a32(
      adding,
      'A1',
      `cond:4 01101 ${opcode} Rn:4 ${tail}`,
      `A8.8.${section}`,
      `${adding}<c> <Rd>, <Rn>, <Rm>{, <rotation>}`,
      adding,
      args.extend,
      two,
    ),
    a32(
      plain,
      'A1',
      `cond:4 01101 ${opcode} 1111 ${tail}`,
      `A8.8.${plainSection}`,
      `${plain}<c> <Rd>, <Rm>{, <rotation>}`,
      plain,
      args.extend,
      {
        ...two,
        over: [`${adding} A1`],
      },
    ),
  ];
}

function reversal(name: string, opcode: string, op2: string, section: number, extension?: Extension): Row {
  const pattern = `cond:4 01101 ${opcode} ${ONE} Rd:4 ${ONE} ${op2} Rm:4`;
  return a32(name, 'A1', pattern, `A8.8.${section}`, `${name}<c> <Rd>, <Rm>`, name, args.registers, {
    ...two,
    extension,
  });
}

const fieldTooWide = unpredictableIf('lsbit + widthminus1 > 31', (f) => f.lsb + f.widthm1 > 31);
const fieldReversed = unpredictableIf('msbit < lsbit', (f) => f.msb < f.lsb);

export const rows: readonly Row[] = [
  ...parallelNames.map(({ name, section, a32Prefix, a32Operation }) =>
    a32(
      name,
      'A1',
      `cond:4 01100 ${a32Prefix} Rn:4 Rd:4 ${ONE} ${a32Operation} 1 Rm:4`,
      `A8.8.${section}`,
      `${name}<c> <Rd>, <Rn>, <Rm>`,
      name,
      args.registers,
      three,
    ),
  ),

  saturating('QADD', '00', 134),
  saturating('QSUB', '01', 141),
  saturating('QDADD', '10', 138),
  saturating('QDSUB', '11', 139),
  a32(
    'CLZ',
    'A1',
    `cond:4 00010 11 0 ${ONE} Rd:4 ${ONE} 0001 Rm:4`,
    'A8.8.33',
    'CLZ<c> <Rd>, <Rm>',
    'CLZ',
    args.registers,
    two,
  ),

  a32(
    'PKH',
    'A1',
    'cond:4 01101 000 Rn:4 Rd:4 imm5:5 tb:1 01 Rm:4',
    'A8.8.125',
    'PKH<BT|TB><c> <Rd>, <Rn>, <Rm>{, <shift> #<imm>}',
    'PKH',
    args.pack,
    three,
  ),
  a32(
    'SSAT',
    'A1',
    'cond:4 01101 01 sat_imm:5 Rd:4 imm5:5 sh:1 01 Rn:4',
    'A8.8.193',
    'SSAT<c> <Rd>, #<imm>, <Rn>{, <shift>}',
    'SSAT',
    args.saturateSigned,
    twoN,
  ),
  a32(
    'USAT',
    'A1',
    'cond:4 01101 11 sat_imm:5 Rd:4 imm5:5 sh:1 01 Rn:4',
    'A8.8.266',
    'USAT<c> <Rd>, #<imm>, <Rn>{, <shift>}',
    'USAT',
    args.saturateUnsigned,
    twoN,
  ),
  a32(
    'SSAT16',
    'A1',
    `cond:4 01101 010 sat_imm:4 Rd:4 ${ONE} 0011 Rn:4`,
    'A8.8.194',
    'SSAT16<c> <Rd>, #<imm>, <Rn>',
    'SSAT16',
    args.saturateSigned16,
    twoN,
  ),
  a32(
    'USAT16',
    'A1',
    `cond:4 01101 110 sat_imm:4 Rd:4 ${ONE} 0011 Rn:4`,
    'A8.8.267',
    'USAT16<c> <Rd>, #<imm>, <Rn>',
    'USAT16',
    args.saturateUnsigned16,
    twoN,
  ),
  a32(
    'SEL',
    'A1',
    `cond:4 01101 000 Rn:4 Rd:4 ${ONE} 1011 Rm:4`,
    'A8.8.166',
    'SEL<c> <Rd>, <Rn>, <Rm>',
    'SEL',
    args.registers,
    three,
  ),
  reversal('REV', '011', '0011', 145),
  reversal('REV16', '011', '1011', 146),
  reversal('RBIT', '111', '0011', 144, 'v6T2'),
  reversal('REVSH', '111', '1011', 147),
  ...extension('S', 'B16', '000', 231, 234),
  ...extension('S', 'B', '010', 230, 233),
  ...extension('S', 'H', '011', 232, 235),
  ...extension('U', 'B16', '100', 272, 275),
  ...extension('U', 'B', '110', 271, 274),
  ...extension('U', 'H', '111', 273, 276),

  a32(
    'SDIV',
    'A1',
    `cond:4 01110 001 Rd:4 ${ONE} Rm:4 000 1 Rn:4`,
    'A8.8.165',
    'SDIV<c> <Rd>, <Rn>, <Rm>',
    'SDIV',
    args.registers,
    { ...three, extension: 'divide' },
  ),
  a32(
    'UDIV',
    'A1',
    `cond:4 01110 011 Rd:4 ${ONE} Rm:4 000 1 Rn:4`,
    'A8.8.248',
    'UDIV<c> <Rd>, <Rn>, <Rm>',
    'UDIV',
    args.registers,
    { ...three, extension: 'divide' },
  ),

  a32(
    'USAD8',
    'A1',
    'cond:4 01111 000 Rd:4 1111 Rm:4 000 1 Rn:4',
    'A8.8.264',
    'USAD8<c> <Rd>, <Rn>, <Rm>',
    'USAD8',
    args.registers,
    { ...three, over: ['USADA8 A1'] },
  ),
  a32(
    'USADA8',
    'A1',
    'cond:4 01111 000 Rd:4 Ra:4 Rm:4 000 1 Rn:4',
    'A8.8.265',
    'USADA8<c> <Rd>, <Rn>, <Rm>, <Ra>',
    'USADA8',
    args.registers,
    three,
  ),
  a32(
    'SBFX',
    'A1',
    'cond:4 01111 01 widthm1:5 Rd:4 lsb:5 101 Rn:4',
    'A8.8.164',
    'SBFX<c> <Rd>, <Rn>, #<lsb>, #<width>',
    'SBFX',
    args.extract,
    { unpredictable: [isPc('Rd', 'Rn'), fieldTooWide], extension: 'v6T2' },
  ),
  a32(
    'UBFX',
    'A1',
    'cond:4 01111 11 widthm1:5 Rd:4 lsb:5 101 Rn:4',
    'A8.8.246',
    'UBFX<c> <Rd>, <Rn>, #<lsb>, #<width>',
    'UBFX',
    args.extract,
    { unpredictable: [isPc('Rd', 'Rn'), fieldTooWide], extension: 'v6T2' },
  ),
  a32(
    'BFC',
    'A1',
    'cond:4 01111 10 msb:5 Rd:4 lsb:5 001 1111',
    'A8.8.19',
    'BFC<c> <Rd>, #<lsb>, #<width>',
    'BFC',
    args.insert,
    { unpredictable: [isPc('Rd'), fieldReversed], over: ['BFI A1'], extension: 'v6T2' },
  ),
  a32(
    'BFI',
    'A1',
    'cond:4 01111 10 msb:5 Rd:4 lsb:5 001 Rn:4',
    'A8.8.20',
    'BFI<c> <Rd>, <Rn>, #<lsb>, #<width>',
    'BFI',
    args.insert,
    { unpredictable: [isPc('Rd'), fieldReversed], extension: 'v6T2' },
  ),
];
