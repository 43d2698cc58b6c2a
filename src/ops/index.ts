/** The registry of operations by the names that the rows use. */
import { assert } from '../util/assert.js';
import { operations as dataProcessing } from './data-processing.js';
import { operations as multiply } from './multiply.js';
import { operations as media } from './media.js';
import { operations as loadStore } from './load-store.js';
import { operations as loadStoreMultiple } from './load-store-multiple.js';
import { operations as exclusive } from './exclusive.js';
import { operations as branch } from './branch.js';
import { operations as shortForms } from './short-forms.js';
import { operations as system } from './system.js';
import { operations as hints } from './hints.js';
import { operations as coprocessor } from './coprocessor.js';
import { operations as simdThreeSame } from './simd-three-same.js';
import { operations as simdLongScalar } from './simd-long-scalar.js';
import { operations as simdFloat } from './simd-float.js';
import { operations as simdShift } from './simd-shift.js';
import { operations as simdMiscellaneous } from './simd-miscellaneous.js';
import { operations as simdPermute } from './simd-permute.js';
import { operations as simdLoadStore } from './simd-load-store.js';
import { operations as vfp } from './vfp.js';
import { operations as vfpLoadStore } from './vfp-load-store.js';
import { operations as vfpTransfers } from './vfp-transfers.js';
import type { Operation } from './operation.js';

/** All operations, in the order of their groups. */
export const operations: readonly Operation[] = [
  ...dataProcessing,
  ...multiply,
  ...media,
  ...loadStore,
  ...loadStoreMultiple,
  ...exclusive,
  ...branch,
  ...system,
  ...shortForms,
  ...hints,
  ...coprocessor,
  ...vfp,
  ...vfpLoadStore,
  ...vfpTransfers,
  ...simdThreeSame,
  ...simdLongScalar,
  ...simdFloat,
  ...simdShift,
  ...simdMiscellaneous,
  ...simdPermute,
  ...simdLoadStore,
];

function index(all: readonly Operation[]): ReadonlyMap<string, Operation> {
  const map = new Map<string, Operation>();
  for (const operation of all) {
    assert(!map.has(operation.name), `operation ${operation.name} is declared twice`);
    map.set(operation.name, operation);
  }
  return map;
}

/** Operations by name. */
export const operationByName: ReadonlyMap<string, Operation> = index(operations);

/** The names of all operands that `operation` needs from a row's argument set. */
export function operandNames(operation: Operation): readonly string[] {
  return operation.kind === 'plain' ? [...operation.regs, ...operation.imms, ...operation.statics] : operation.operands;
}
