/** T32: load and store multiple (DDI 0406C A6.3.5). Lists with the PC are rows of their own; SRS and RFE lie with the system group. */
import {
  t32LoadConflicts,
  t32LoadDB,
  t32LoadIA,
  t32LoadPcDB,
  t32LoadPcIA,
  t32Pop,
  t32PopConflict,
  t32PopPc,
  t32Push,
  t32StoreConflicts,
  t32StoreDB,
  t32StoreIA,
} from '../args/load-store-multiple.js';
import { rowMaker, unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

const load = Fact.load;
const store = Fact.store;
const loadPc = Fact.load | Fact.branch | Fact.indirect | Fact.interworking;

export const rows: readonly Row[] = [
  t32(
    'LDM/LDMIA/LDMFD (Thumb)',
    'T2',
    '1110100 010 W:1 1 Rn:4 0 M:1 (0) register_list:13',
    'A8.8.57',
    'LDM{IA}<c>.W <Rn>{!}, <registers>',
    'LDM',
    t32LoadIA,
    { facts: load, unpredictable: t32LoadConflicts(0) },
  ),
  t32(
    'LDM/LDMIA/LDMFD (Thumb)',
    'T2 pc',
    '1110100 010 W:1 1 Rn:4 1 M:1 (0) register_list:13',
    'A8.8.57',
    'LDM{IA}<c>.W <Rn>{!}, <registers with PC>',
    'LDM_pc',
    t32LoadPcIA,
    { facts: loadPc, unpredictable: t32LoadConflicts(1) },
  ),
  t32(
    'LDMDB/LDMEA',
    'T1',
    '1110100 100 W:1 1 Rn:4 0 M:1 (0) register_list:13',
    'A8.8.60',
    'LDMDB<c> <Rn>{!}, <registers>',
    'LDM',
    t32LoadDB,
    { facts: load, unpredictable: t32LoadConflicts(0) },
  ),
  t32(
    'LDMDB/LDMEA',
    'T1 pc',
    '1110100 100 W:1 1 Rn:4 1 M:1 (0) register_list:13',
    'A8.8.60',
    'LDMDB<c> <Rn>{!}, <registers with PC>',
    'LDM_pc',
    t32LoadPcDB,
    { facts: loadPc, unpredictable: t32LoadConflicts(1) },
  ),
  t32(
    'STM (STMIA, STMEA)',
    'T2',
    '1110100 010 W:1 0 Rn:4 (0) M:1 (0) register_list:13',
    'A8.8.199',
    'STM{IA}<c>.W <Rn>{!}, <registers>',
    'STM',
    t32StoreIA,
    { facts: store, unpredictable: t32StoreConflicts },
  ),
  t32(
    'STMDB (STMFD)',
    'T1',
    '1110100 100 W:1 0 Rn:4 (0) M:1 (0) register_list:13',
    'A8.8.201',
    'STMDB<c> <Rn>{!}, <registers>',
    'STM',
    t32StoreDB,
    { facts: store, unpredictable: t32StoreConflicts },
  ),
  t32(
    'POP (Thumb)',
    'T2',
    '1110100 010 1 1 1101 0 M:1 (0) register_list:13',
    'A8.8.131',
    'POP<c>.W <registers>',
    'LDM',
    t32Pop,
    { facts: load, unpredictable: [t32PopConflict], over: ['LDM/LDMIA/LDMFD (Thumb) T2'] },
  ),
  t32(
    'POP (Thumb)',
    'T2 pc',
    '1110100 010 1 1 1101 1 M:1 (0) register_list:13',
    'A8.8.131',
    'POP<c>.W <registers with PC>',
    'LDM_pc',
    t32PopPc,
    {
      facts: loadPc,
      unpredictable: [
        unpredictableIf("BitCount(registers) < 2 || M == '1'", (f) => f.M === 1 || f.register_list === 0),
      ],
      over: ['LDM/LDMIA/LDMFD (Thumb) T2 pc'],
    },
  ),
  t32(
    'PUSH',
    'T2',
    '1110100 100 1 0 1101 (0) M:1 (0) register_list:13',
    'A8.8.133',
    'PUSH<c>.W <registers>',
    'STM',
    t32Push,
    {
      facts: store,
      unpredictable: [
        unpredictableIf(
          'BitCount(registers) < 2',
          (f) => (f.register_list & (f.register_list - 1)) === 0 && (f.M === 0 || f.register_list === 0),
        ),
      ],
      over: ['STMDB (STMFD) T1'],
    },
  ),
];
