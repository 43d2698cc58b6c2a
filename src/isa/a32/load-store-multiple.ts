/** A32: block data transfer (DDI 0406C A5.5), all but the branches. Lists with the PC, and the forms with `^`, are rows of their own. */
import {
  armBaseIsPc,
  armListConflict,
  armLoad,
  armLoadConflict,
  armLoadPc,
  armPop,
  armPopPc,
  armPush,
  armPushPc,
  armStore,
  armStoreConflict,
  armStorePc,
  armSystem,
} from '../args/load-store-multiple.js';
import { rowMaker, unpredictableIf } from '../define.js';
import { bitCount } from '../../util/bits.js';
import { Fact } from '../row.js';
import type { FieldCondition, Row } from '../row.js';

const a32 = rowMaker('A32');

const loadPc = Fact.load | Fact.branch | Fact.indirect | Fact.interworking;

/** The addressing modes: what follows LDM and STM, the bits P and U, the sections, and what the manual calls them. */
const MODES: readonly (readonly [string, string, string, string, string, string])[] = [
  ['{IA}', '01', 'A8.8.58', 'A8.8.199', 'LDM/LDMIA/LDMFD (ARM)', 'STM (STMIA, STMEA)'],
  ['DA', '00', 'A8.8.59', 'A8.8.200', 'LDMDA/LDMFA', 'STMDA (STMED)'],
  ['DB', '10', 'A8.8.60', 'A8.8.201', 'LDMDB/LDMEA', 'STMDB (STMFD)'],
  ['IB', '11', 'A8.8.61', 'A8.8.202', 'LDMIB/LDMED', 'STMIB (STMFA)'],
];

/** `P:1 U:1` with both known. */
function modeArguments(args: Row['args'], bits: string): Row['args'] {
  const mode = { P: Number(bits[0]), U: Number(bits[1]) };
  return (f) => args({ ...f, ...mode });
}

const plainModes = MODES.flatMap(([suffix, bits, loadSection, storeSection, loadName, storeName]) => [
  a32(
    loadName,
    'A1',
    `cond:4 100 ${bits} 0 W:1 1 Rn:4 0 register_list:15`,
    loadSection,
    `LDM${suffix}<c> <Rn>{!}, <registers>`,
    'LDM',
    modeArguments(armLoad, bits),
    { facts: Fact.load, unpredictable: [armListConflict, armLoadConflict] },
  ),
  a32(
    loadName,
    'A1 pc',
    `cond:4 100 ${bits} 0 W:1 1 Rn:4 1 register_list:15`,
    loadSection,
    `LDM${suffix}<c> <Rn>{!}, <registers with PC>`,
    'LDM_pc',
    modeArguments(armLoadPc, bits),
    { facts: loadPc, unpredictable: [armBaseIsPc, armLoadConflict] },
  ),
  a32(
    storeName,
    'A1',
    `cond:4 100 ${bits} 0 W:1 0 Rn:4 0 register_list:15`,
    storeSection,
    `STM${suffix}<c> <Rn>{!}, <registers>`,
    'STM',
    modeArguments(armStore, bits),
    { facts: Fact.store, unpredictable: [armListConflict, armStoreConflict] },
  ),
  a32(
    storeName,
    'A1 pc',
    `cond:4 100 ${bits} 0 W:1 0 Rn:4 1 register_list:15`,
    storeSection,
    `STM${suffix}<c> <Rn>{!}, <registers with PC>`,
    'STM_pc',
    modeArguments(armStorePc, bits),
    { facts: Fact.store | Fact.readsPc, unpredictable: [armBaseIsPc, armStoreConflict] },
  ),
]);

/** One register is PUSH A2 or POP A2; written as a multiple it stays STMDB or LDM. */
const severalRegisters: FieldCondition = {
  says: 'BitCount(register_list) >= 2',
  when: (f) => bitCount(f.register_list) >= 2,
};
const oneBesidePc: FieldCondition = {
  says: 'BitCount(register_list) >= 2',
  when: (f) => f.register_list !== 0,
};
const spInList = unpredictableIf("registers<13> == '1'", (f) => ((f.register_list >>> 13) & 1) === 1);

const stack: readonly Row[] = [
  a32('PUSH', 'A1', 'cond:4 100100 1 0 1101 0 register_list:15', 'A8.8.133', 'PUSH<c> <registers>', 'STM', armPush, {
    facts: Fact.store,
    guard: severalRegisters,
    unpredictable: [spInList],
    over: ['STMDB (STMFD) A1'],
  }),
  a32(
    'PUSH',
    'A1 pc',
    'cond:4 100100 1 0 1101 1 register_list:15',
    'A8.8.133',
    'PUSH<c> <registers with PC>',
    'STM_pc',
    armPushPc,
    {
      facts: Fact.store | Fact.readsPc,
      guard: oneBesidePc,
      unpredictable: [spInList],
      over: ['STMDB (STMFD) A1 pc'],
    },
  ),
  a32('POP (ARM)', 'A1', 'cond:4 100010 1 1 1101 0 register_list:15', 'A8.8.132', 'POP<c> <registers>', 'LDM', armPop, {
    facts: Fact.load,
    guard: severalRegisters,
    unpredictable: [spInList],
    over: ['LDM/LDMIA/LDMFD (ARM) A1'],
  }),
  a32(
    'POP (ARM)',
    'A1 pc',
    'cond:4 100010 1 1 1101 1 register_list:15',
    'A8.8.132',
    'POP<c> <registers with PC>',
    'LDM_pc',
    armPopPc,
    {
      facts: loadPc,
      guard: oneBesidePc,
      unpredictable: [spInList],
      over: ['LDM/LDMIA/LDMFD (ARM) A1 pc'],
    },
  ),
];

const userRegisters: readonly Row[] = [
  a32(
    'LDM (User registers)',
    'A1',
    'cond:4 100 P:1 U:1 1 (0) 1 Rn:4 0 register_list:15',
    'B9.3.6',
    'LDM{<amode>}<c> <Rn>, <registers_without_pc>^',
    'LDM_user',
    armSystem,
    { facts: Fact.load | Fact.sensitive, unpredictable: [armListConflict] },
  ),
  a32(
    'LDM (exception return)',
    'A1',
    'cond:4 100 P:1 U:1 1 W:1 1 Rn:4 1 register_list:15',
    'B9.3.5',
    'LDM{<amode>}<c> <Rn>{!}, <registers_with_pc>^',
    'LDM_exception_return',
    armSystem,
    { facts: loadPc | Fact.exceptionReturn | Fact.sensitive, unpredictable: [armBaseIsPc, armLoadConflict] },
  ),
  a32(
    'STM (User registers)',
    'A1',
    'cond:4 100 P:1 U:1 1 (0) 0 Rn:4 register_list:16',
    'B9.3.17',
    'STM{<amode>}<c> <Rn>, <registers>^',
    'STM_user',
    armSystem,
    { facts: Fact.store | Fact.sensitive, unpredictable: [armListConflict] },
  ),
];

export const rows: readonly Row[] = [...plainModes, ...stack, ...userRegisters];
