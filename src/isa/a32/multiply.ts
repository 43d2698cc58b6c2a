/** A32: multiplies (DDI 0406C A5.2.5), halfword multiplies (A5.2.7), signed multiplies of the media space (A5.4.4). */
import * as args from '../args/multiply.js';
import { isPc, rowMaker, sameDestinations } from '../define.js';
import type { Row } from '../row.js';

const a32 = rowMaker('A32');

const three = { unpredictable: [isPc('Rd', 'Rn', 'Rm')] } as const;
const four = { unpredictable: [isPc('Rd', 'Rn', 'Rm', 'Ra')] } as const;
const long = { unpredictable: [isPc('RdLo', 'RdHi', 'Rn', 'Rm'), sameDestinations] } as const;
const ZERO = '(0)(0)(0)(0)';
const DRNM = '<Rd>, <Rn>, <Rm>';
const LONG = '<RdLo>, <RdHi>, <Rn>, <Rm>';

/** UMULL and its kin. */
function multiplyLong(name: string, opcode: string, section: number): Row {
  const pattern = `cond:4 0000 ${opcode} S:1 RdHi:4 RdLo:4 Rm:4 1001 Rn:4`;
  return a32(name, 'A1', pattern, `A8.8.${section}`, `${name}{S}<c> ${LONG}`, name, args.multiply, long);
}

/** A dual multiply that adds, and the one that does not: Ra = 1111. */
function dual(accumulating: string, plain: string, opcode: string, section: number, plainSection: number): Row[] {
  return [
    a32(
      accumulating,
      'A1',
      `cond:4 01110 000 Rd:4 Ra:4 Rm:4 ${opcode} M:1 1 Rn:4`,
      `A8.8.${section}`,
      `${accumulating}{X}<c> ${DRNM}, <Ra>`,
      accumulating,
      args.dual,
      three,
    ),
    a32(
      plain,
      'A1',
      `cond:4 01110 000 Rd:4 1111 Rm:4 ${opcode} M:1 1 Rn:4`,
      `A8.8.${plainSection}`,
      `${plain}{X}<c> ${DRNM}`,
      plain,
      args.dual,
      {
        ...three,
        over: [`${accumulating} A1`],
      },
    ),
  ];
}

function dualLong(name: string, opcode: string, section: number): Row {
  const pattern = `cond:4 01110 100 RdHi:4 RdLo:4 Rm:4 ${opcode} M:1 1 Rn:4`;
  return a32(name, 'A1', pattern, `A8.8.${section}`, `${name}{X}<c> ${LONG}`, name, args.dual, long);
}

export const rows: readonly Row[] = [
  a32(
    'MUL',
    'A1',
    `cond:4 0000 000 S:1 Rd:4 ${ZERO} Rm:4 1001 Rn:4`,
    'A8.8.114',
    `MUL{S}<c> ${DRNM}`,
    'MUL',
    args.multiply,
    three,
  ),
  a32(
    'MLA',
    'A1',
    'cond:4 0000 001 S:1 Rd:4 Ra:4 Rm:4 1001 Rn:4',
    'A8.8.100',
    `MLA{S}<c> ${DRNM}, <Ra>`,
    'MLA',
    args.multiply,
    four,
  ),
  a32(
    'UMAAL',
    'A1',
    'cond:4 0000 0100 RdHi:4 RdLo:4 Rm:4 1001 Rn:4',
    'A8.8.255',
    `UMAAL<c> ${LONG}`,
    'UMAAL',
    args.multiply,
    long,
  ),
  a32(
    'MLS',
    'A1',
    'cond:4 0000 0110 Rd:4 Ra:4 Rm:4 1001 Rn:4',
    'A8.8.101',
    `MLS<c> ${DRNM}, <Ra>`,
    'MLS',
    args.multiply,
    { ...four, extension: 'v6T2' },
  ),
  multiplyLong('UMULL', '100', 257),
  multiplyLong('UMLAL', '101', 256),
  multiplyLong('SMULL', '110', 189),
  multiplyLong('SMLAL', '111', 178),

  a32(
    'SMLABB, SMLABT, SMLATB, SMLATT',
    'A1',
    'cond:4 00010 00 0 Rd:4 Ra:4 Rm:4 1 M:1 N:1 0 Rn:4',
    'A8.8.176',
    `SMLA<x><y><c> ${DRNM}, <Ra>`,
    'SMLAxy',
    args.multiply,
    four,
  ),
  a32(
    'SMLAWB, SMLAWT',
    'A1',
    'cond:4 00010 01 0 Rd:4 Ra:4 Rm:4 1 M:1 0 0 Rn:4',
    'A8.8.181',
    `SMLAW<y><c> ${DRNM}, <Ra>`,
    'SMLAWy',
    args.multiply,
    four,
  ),
  a32(
    'SMULWB, SMULWT',
    'A1',
    `cond:4 00010 01 0 Rd:4 ${ZERO} Rm:4 1 M:1 1 0 Rn:4`,
    'A8.8.190',
    `SMULW<y><c> ${DRNM}`,
    'SMULWy',
    args.multiply,
    three,
  ),
  a32(
    'SMLALBB, SMLALBT, SMLALTB, SMLALTT',
    'A1',
    'cond:4 00010 10 0 RdHi:4 RdLo:4 Rm:4 1 M:1 N:1 0 Rn:4',
    'A8.8.179',
    `SMLAL<x><y><c> ${LONG}`,
    'SMLALxy',
    args.multiply,
    long,
  ),
  a32(
    'SMULBB, SMULBT, SMULTB, SMULTT',
    'A1',
    `cond:4 00010 11 0 Rd:4 ${ZERO} Rm:4 1 M:1 N:1 0 Rn:4`,
    'A8.8.188',
    `SMUL<x><y><c> ${DRNM}`,
    'SMULxy',
    args.multiply,
    three,
  ),

  ...dual('SMLAD', 'SMUAD', '00', 177, 187),
  ...dual('SMLSD', 'SMUSD', '01', 182, 191),
  dualLong('SMLALD', '00', 180),
  dualLong('SMLSLD', '01', 183),
  a32(
    'SMMLA',
    'A1',
    'cond:4 01110 101 Rd:4 Ra:4 Rm:4 00 R:1 1 Rn:4',
    'A8.8.184',
    `SMMLA{R}<c> ${DRNM}, <Ra>`,
    'SMMLA',
    args.mostSignificant,
    three,
  ),
  a32(
    'SMMUL',
    'A1',
    'cond:4 01110 101 Rd:4 1111 Rm:4 00 R:1 1 Rn:4',
    'A8.8.186',
    `SMMUL{R}<c> ${DRNM}`,
    'SMMUL',
    args.mostSignificant,
    { ...three, over: ['SMMLA A1'] },
  ),
  a32(
    'SMMLS',
    'A1',
    'cond:4 01110 101 Rd:4 Ra:4 Rm:4 11 R:1 1 Rn:4',
    'A8.8.185',
    `SMMLS{R}<c> ${DRNM}, <Ra>`,
    'SMMLS',
    args.mostSignificant,
    four,
  ),
];
