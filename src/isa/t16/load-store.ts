/** T16: loads and stores of one register (DDI 0406C A6.2.4, and the literal loads). */
import { literalT16, t16Imm5, t16RegisterOffset, t16SpImm8 } from '../args/load-store.js';
import { rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t16 = rowMaker('T16');

const load = { facts: Fact.load } as const;
const store = { facts: Fact.store } as const;

/** `Rt, [Rn, Rm]`: opcode, name, mnemonic, section. */
const REGISTER: readonly (readonly [string, string, string, string])[] = [
  ['0101000', 'STR (register)', 'STR', 'A8.8.205'],
  ['0101001', 'STRH (register)', 'STRH', 'A8.8.218'],
  ['0101010', 'STRB (register)', 'STRB', 'A8.8.208'],
  ['0101011', 'LDRSB (register)', 'LDRSB', 'A8.8.86'],
  ['0101100', 'LDR (register, Thumb)', 'LDR', 'A8.8.65'],
  ['0101101', 'LDRH (register)', 'LDRH', 'A8.8.82'],
  ['0101110', 'LDRB (register)', 'LDRB', 'A8.8.70'],
  ['0101111', 'LDRSH (register)', 'LDRSH', 'A8.8.90'],
];

/** `Rt, [Rn, #imm5]`: opcode, mnemonic, section, bytes that the offset counts. */
const IMMEDIATE: readonly (readonly [string, string, string, 1 | 2 | 4])[] = [
  ['01100', 'STR', 'A8.8.203', 4],
  ['01101', 'LDR', 'A8.8.62', 4],
  ['01110', 'STRB', 'A8.8.206', 1],
  ['01111', 'LDRB', 'A8.8.67', 1],
  ['10000', 'STRH', 'A8.8.216', 2],
  ['10001', 'LDRH', 'A8.8.79', 2],
];

const factsOf = (mnemonic: string): typeof load | typeof store => (mnemonic.startsWith('LD') ? load : store);

export const rows: readonly Row[] = [
  ...REGISTER.map(([opcode, name, mnemonic, section]) =>
    t16(
      name,
      'T1',
      `${opcode} Rm:3 Rn:3 Rt:3`,
      section,
      `${mnemonic}<c> <Rt>, [<Rn>, <Rm>]`,
      `${mnemonic}_reg`,
      t16RegisterOffset,
      factsOf(mnemonic),
    ),
  ),
  ...IMMEDIATE.map(([opcode, mnemonic, section, size]) =>
    t16(
      `${mnemonic} (immediate, Thumb)`,
      'T1',
      `${opcode} imm5:5 Rn:3 Rt:3`,
      section,
      `${mnemonic}<c> <Rt>, [<Rn>{, #<imm>}]`,
      `${mnemonic}_imm`,
      t16Imm5(size),
      factsOf(mnemonic),
    ),
  ),
  t16(
    'STR (immediate, Thumb)',
    'T2',
    '10010 Rt:3 imm8:8',
    'A8.8.203',
    'STR<c> <Rt>, [SP, #<imm>]',
    'STR_imm',
    t16SpImm8,
    store,
  ),
  t16(
    'LDR (immediate, Thumb)',
    'T2',
    '10011 Rt:3 imm8:8',
    'A8.8.62',
    'LDR<c> <Rt>, [SP{, #<imm>}]',
    'LDR_imm',
    t16SpImm8,
    load,
  ),
  t16('LDR (literal)', 'T1', '01001 Rt:3 imm8:8', 'A8.8.64', 'LDR<c> <Rt>, <label>', 'LDR_lit', literalT16, {
    facts: Fact.load | Fact.readsPc,
  }),
];
