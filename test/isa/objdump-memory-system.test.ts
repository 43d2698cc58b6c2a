/** The groups that access memory, branch, or touch the system, row by row against objdump. */
import * as a32Branch from '../../src/isa/a32/branch.js';
import * as a32Exclusive from '../../src/isa/a32/exclusive.js';
import * as a32Hints from '../../src/isa/a32/hints.js';
import * as a32LoadStore from '../../src/isa/a32/load-store.js';
import * as a32LoadStoreMultiple from '../../src/isa/a32/load-store-multiple.js';
import * as a32System from '../../src/isa/a32/system.js';
import * as t16Branch from '../../src/isa/t16/branch.js';
import * as t16Hints from '../../src/isa/t16/hints.js';
import * as t16LoadStore from '../../src/isa/t16/load-store.js';
import * as t16LoadStoreMultiple from '../../src/isa/t16/load-store-multiple.js';
import * as t16System from '../../src/isa/t16/system.js';
import * as t32Branch from '../../src/isa/t32/branch.js';
import * as t32Exclusive from '../../src/isa/t32/exclusive.js';
import * as t32Hints from '../../src/isa/t32/hints.js';
import * as t32LoadStore from '../../src/isa/t32/load-store.js';
import * as t32LoadStoreMultiple from '../../src/isa/t32/load-store-multiple.js';
import * as t32System from '../../src/isa/t32/system.js';
import * as coprocessor from '../../src/isa/coprocessor.js';
import type { Row } from '../../src/isa/row.js';
import { rowsAgainstObjdump } from '../support/rows-against-objdump.js';
import type { TextException } from '../support/rows-against-objdump.js';

const SAME_M: TextException = { unpredictable: true, why: 'Rm may be Rt here; objdump thinks of ARMv5' };
const LITERAL: TextException = {
  spelled: /^ldr(b|h|sb|sh)?t?(\.w)?$/,
  why: 'with Rn = 1111 LDRT and its like are the literal load; objdump does not see it',
};
const HINT: TextException = {
  spelled: /^(nop|sevl|esb|psb|tsb|csdb|hint|pac|paci|bti|pacbti|aut)/,
  why: 'later architectures gave it a name',
};
const BARRIER: TextException = { spelled: /^(dsb|ssbb|pssbb|dfb)$/, why: 'options that later architectures named' };
const NARROW: TextException = {
  spelled: /^(ldmia|stmdb|ldr|str)\.w$|^stmdb$/,
  why: 'objdump keeps PUSH and POP for the narrow forms',
};
const MEMORY_HINT: TextException = {
  spelled: /^ldrsht?(\.w)?$/,
  why: 'a load to R15, which objdump takes as it stands',
};
const BANKED: TextException = { unpredictable: true, why: 'Undefined here, whatever its operands' };

const EXCEPTIONS: Readonly<Record<string, TextException>> = {
  'A32 LDRH (register) A1': SAME_M,
  'A32 LDRSB (register) A1': SAME_M,
  'A32 LDRSH (register) A1': SAME_M,
  'A32 STRH (register) A1': SAME_M,
  'A32 STRD (register) A1': SAME_M,
  'A32 DSB A1': BARRIER,
  'A32 Reserved hint A1': HINT,
  'A32 MRS (Banked register) A1': BANKED,
  'A32 MSR (Banked register) A1': BANKED,
  'T16 IT T1': { spelled: /^it[te]*$/, why: 'the block is part of the mnemonic' },
  'T16 Reserved hint T1': HINT,
  'T32 LDR (literal) T2 pc': LITERAL,
  'T32 LDR (literal) T2': LITERAL,
  'T32 LDRB (literal) T1': LITERAL,
  'T32 LDRH (literal) T1': LITERAL,
  'T32 LDRSB (literal) T1': LITERAL,
  'T32 LDRSH (literal) T1': LITERAL,
  'T32 POP (Thumb) T2 pc': NARROW,
  'T32 POP (Thumb) T2': NARROW,
  'T32 POP (Thumb) T3 pc': NARROW,
  'T32 POP (Thumb) T3': NARROW,
  'T32 PUSH T2': NARROW,
  'T32 PUSH T3': NARROW,
  'T32 DSB T1': BARRIER,
  'T32 Reserved hint T2': HINT,
  'T32 Reserved memory hint T2': MEMORY_HINT,
  'T32 Reserved memory hint T3': MEMORY_HINT,
  'T32 Reserved memory hint T4': MEMORY_HINT,
  'T32 Reserved memory hint T5': MEMORY_HINT,
  'T32 MRS (Banked register) T1': BANKED,
  'T32 MSR (Banked register) T1': BANKED,
};

/** Rows that are Undefined here and that objdump knows under the same name. */
const NAMED_UNDEFINED = /^(UDF|ERET|MRS \(Banked|MSR \(Banked)/;

/** Words that the manual leaves without effect and objdump calls undefined. */
const isReservedForArm = (row: Row): boolean => row.isa === 'A32' && row.name === 'Reserved memory hint';

rowsAgainstObjdump(
  {
    'A32 load/store': a32LoadStore.rows,
    'A32 load/store multiple': a32LoadStoreMultiple.rows,
    'A32 exclusive': a32Exclusive.rows,
    'A32 branch': a32Branch.rows,
    'A32 system': a32System.rows,
    'A32 hints': a32Hints.rows.filter((row) => !isReservedForArm(row)),
    'A32 coprocessor': coprocessor.rows.filter((row) => row.isa === 'A32'),
    'T16 load/store': t16LoadStore.rows,
    'T16 load/store multiple': t16LoadStoreMultiple.rows,
    // objdump always takes half a branch together with what follows.
    'T16 branch': t16Branch.rows.filter(({ extension }) => extension !== 'branch-halves'),
    'T16 system': t16System.rows,
    'T16 hints': t16Hints.rows,
    'T32 load/store': t32LoadStore.rows,
    'T32 load/store multiple': t32LoadStoreMultiple.rows,
    'T32 exclusive': t32Exclusive.rows,
    'T32 branch': t32Branch.rows,
    'T32 system': t32System.rows,
    'T32 hints': t32Hints.rows,
    'T32 coprocessor': coprocessor.rows.filter((row) => row.isa === 'T32'),
  },
  EXCEPTIONS,
  (row) => NAMED_UNDEFINED.test(row.name),
);
