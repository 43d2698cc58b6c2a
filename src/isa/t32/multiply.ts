/** T32: multiplies (DDI 0406C A6.3.16, A6.3.17). With Ra = 1111 an accumulating multiply is the one that does not accumulate. */
import * as args from '../args/multiply.js';
import { isSp, isSpOrPc, rowMaker, sameDestinations } from '../define.js';
import type { ArgumentSet, Row } from '../row.js';

const t32 = rowMaker('T32');

const three = { unpredictable: [isSpOrPc('Rd', 'Rn', 'Rm')] } as const;
const four = { unpredictable: [isSpOrPc('Rd', 'Rn', 'Rm'), isSp('Ra')] } as const;
const fourAll = { unpredictable: [isSpOrPc('Rd', 'Rn', 'Rm', 'Ra')] } as const;
const long = { unpredictable: [isSpOrPc('RdLo', 'RdHi', 'Rn', 'Rm'), sameDestinations] } as const;
const DRNM = '<Rd>, <Rn>, <Rm>';
const LONG = '<RdLo>, <RdHi>, <Rn>, <Rm>';

interface Name {
  /** The manual's heading. */
  readonly name: string;
  readonly section: number;
  readonly mnemonic: string;
  readonly operation: string;
}

/** A multiply that adds Ra, and what it is without. */
function accumulating(op1: string, op2: string, set: ArgumentSet, adding: Name, plain: Name): Row[] {
  return [
    t32(
      adding.name,
      'T1',
      `11111 0110 ${op1} Rn:4 Ra:4 Rd:4 ${op2} Rm:4`,
      `A8.8.${adding.section}`,
      `${adding.mnemonic}<c> ${DRNM}, <Ra>`,
      adding.operation,
      set,
      four,
    ),
    t32(
      plain.name,
      plain.name === 'MUL' ? 'T2' : 'T1',
      `11111 0110 ${op1} Rn:4 1111 Rd:4 ${op2} Rm:4`,
      `A8.8.${plain.section}`,
      `${plain.mnemonic}<c> ${DRNM}`,
      plain.operation,
      set,
      {
        ...three,
        over: [`${adding.name} T1`],
      },
    ),
  ];
}

function simple(name: string, section: number, mnemonic = name, operation = name): Name {
  return { name, section, mnemonic, operation };
}

function longRow(
  name: string,
  op1: string,
  op2: string,
  section: number,
  operation: string,
  mnemonic: string,
  set: ArgumentSet,
): Row {
  return t32(
    name,
    'T1',
    `11111 0111 ${op1} Rn:4 RdLo:4 RdHi:4 ${op2} Rm:4`,
    `A8.8.${section}`,
    `${mnemonic}<c> ${LONG}`,
    operation,
    set,
    long,
  );
}

export const rows: readonly Row[] = [
  ...accumulating('000', '0000', args.multiply, simple('MLA', 100), simple('MUL', 114)),
  t32(
    'MLS',
    'T1',
    '11111 0110 000 Rn:4 Ra:4 Rd:4 0001 Rm:4',
    'A8.8.101',
    `MLS<c> ${DRNM}, <Ra>`,
    'MLS',
    args.multiply,
    fourAll,
  ),
  ...accumulating(
    '001',
    '00 N:1 M:1',
    args.multiply,
    simple('SMLABB, SMLABT, SMLATB, SMLATT', 176, 'SMLA<x><y>', 'SMLAxy'),
    simple('SMULBB, SMULBT, SMULTB, SMULTT', 188, 'SMUL<x><y>', 'SMULxy'),
  ),
  ...accumulating('010', '000 M:1', args.dual, simple('SMLAD', 177, 'SMLAD{X}'), simple('SMUAD', 187, 'SMUAD{X}')),
  ...accumulating(
    '011',
    '000 M:1',
    args.multiply,
    simple('SMLAWB, SMLAWT', 181, 'SMLAW<y>', 'SMLAWy'),
    simple('SMULWB, SMULWT', 190, 'SMULW<y>', 'SMULWy'),
  ),
  ...accumulating('100', '000 M:1', args.dual, simple('SMLSD', 182, 'SMLSD{X}'), simple('SMUSD', 191, 'SMUSD{X}')),
  ...accumulating(
    '101',
    '000 R:1',
    args.mostSignificant,
    simple('SMMLA', 184, 'SMMLA{R}'),
    simple('SMMUL', 186, 'SMMUL{R}'),
  ),
  t32(
    'SMMLS',
    'T1',
    '11111 0110 110 Rn:4 Ra:4 Rd:4 000 R:1 Rm:4',
    'A8.8.185',
    `SMMLS{R}<c> ${DRNM}, <Ra>`,
    'SMMLS',
    args.mostSignificant,
    fourAll,
  ),

  longRow('SMULL', '000', '0000', 189, 'SMULL', 'SMULL', args.multiply),
  longRow('UMULL', '010', '0000', 257, 'UMULL', 'UMULL', args.multiply),
  longRow('SMLAL', '100', '0000', 178, 'SMLAL', 'SMLAL', args.multiply),
  longRow('SMLALBB, SMLALBT, SMLALTB, SMLALTT', '100', '10 N:1 M:1', 179, 'SMLALxy', 'SMLAL<x><y>', args.multiply),
  longRow('SMLALD', '100', '110 M:1', 180, 'SMLALD', 'SMLALD{X}', args.dual),
  longRow('SMLSLD', '101', '110 M:1', 183, 'SMLSLD', 'SMLSLD{X}', args.dual),
  longRow('UMLAL', '110', '0000', 256, 'UMLAL', 'UMLAL', args.multiply),
  longRow('UMAAL', '110', '0110', 255, 'UMAAL', 'UMAAL', args.multiply),
];
