/** The whole instruction table: the rows of all groups, compiled. Order carries no meaning; precedence is what rows declare. */
import { rows as a32DataProcessing } from './a32/data-processing.js';
import { rows as a32Multiply } from './a32/multiply.js';
import { rows as a32Media } from './a32/media.js';
import { rows as a32LoadStore } from './a32/load-store.js';
import { rows as a32LoadStoreMultiple } from './a32/load-store-multiple.js';
import { rows as a32Exclusive } from './a32/exclusive.js';
import { rows as a32Branch } from './a32/branch.js';
import { rows as a32System } from './a32/system.js';
import { rows as a32Hints } from './a32/hints.js';
import { rows as t32DataProcessing } from './t32/data-processing.js';
import { rows as t32Multiply } from './t32/multiply.js';
import { rows as t32Media } from './t32/media.js';
import { rows as t32LoadStore } from './t32/load-store.js';
import { rows as t32LoadStoreMultiple } from './t32/load-store-multiple.js';
import { rows as t32Exclusive } from './t32/exclusive.js';
import { rows as t32Branch } from './t32/branch.js';
import { rows as t32System } from './t32/system.js';
import { rows as t32Hints } from './t32/hints.js';
import { rows as t16DataProcessing } from './t16/data-processing.js';
import { rows as t16Multiply } from './t16/multiply.js';
import { rows as t16Media } from './t16/media.js';
import { rows as t16LoadStore } from './t16/load-store.js';
import { rows as t16LoadStoreMultiple } from './t16/load-store-multiple.js';
import { rows as t16Branch } from './t16/branch.js';
import { rows as t16System } from './t16/system.js';
import { rows as t16Hints } from './t16/hints.js';
import { rows as coprocessor } from './coprocessor.js';
import { rows as vectorThreeSame } from './vector/three-same.js';
import { rows as vectorLongScalar } from './vector/long-scalar.js';
import { rows as vectorFloatingPoint } from './vector/simd-floating-point.js';
import { rows as vectorShift } from './vector/simd-shift.js';
import { rows as vectorImmediate } from './vector/simd-immediate.js';
import { rows as vectorMiscellaneous } from './vector/simd-miscellaneous.js';
import { rows as vectorElementLoadStore } from './vector/element-load-store.js';
import { rows as floatingPoint } from './vector/floating-point.js';
import { rows as extensionLoadStore } from './vector/extension-load-store.js';
import { rows as extensionTransfers } from './vector/transfers.js';
import { compileTable } from './compile.js';
import type { CompiledRow, Row } from './row.js';

/** All rows as written. */
export const allRows: readonly Row[] = [
  ...a32DataProcessing,
  ...a32Multiply,
  ...a32Media,
  ...a32LoadStore,
  ...a32LoadStoreMultiple,
  ...a32Exclusive,
  ...a32Branch,
  ...a32System,
  ...a32Hints,
  ...t32DataProcessing,
  ...t32Multiply,
  ...t32Media,
  ...t32LoadStore,
  ...t32LoadStoreMultiple,
  ...t32Exclusive,
  ...t32Branch,
  ...t32System,
  ...t32Hints,
  ...t16DataProcessing,
  ...t16Multiply,
  ...t16Media,
  ...t16LoadStore,
  ...t16LoadStoreMultiple,
  ...t16Branch,
  ...t16System,
  ...t16Hints,
  ...coprocessor,
  ...floatingPoint,
  ...extensionLoadStore,
  ...extensionTransfers,
  ...vectorThreeSame,
  ...vectorLongScalar,
  ...vectorFloatingPoint,
  ...vectorShift,
  ...vectorImmediate,
  ...vectorMiscellaneous,
  ...vectorElementLoadStore,
];

/** All rows compiled; a row's `id` is its index here. */
export const table: readonly CompiledRow[] = compileTable(allRows);
