/** The groups that access memory, branch, or touch the system, row by row against objdump. */
import * as a32Branch from '../../src/isa/a32/branch.js';
import * as a32Coprocessor from '../../src/isa/a32/coprocessor.js';
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
import * as t32Coprocessor from '../../src/isa/t32/coprocessor.js';
import * as t32Exclusive from '../../src/isa/t32/exclusive.js';
import * as t32Hints from '../../src/isa/t32/hints.js';
import * as t32LoadStore from '../../src/isa/t32/load-store.js';
import * as t32LoadStoreMultiple from '../../src/isa/t32/load-store-multiple.js';
import * as t32System from '../../src/isa/t32/system.js';
import { rowsAgainstObjdump } from '../support/rows-against-objdump.js';
import type { TextException } from '../support/rows-against-objdump.js';

const EXCEPTIONS: Readonly<Record<string, TextException>> = {};

rowsAgainstObjdump(
  {
    'A32 load/store': a32LoadStore.rows,
    'A32 load/store multiple': a32LoadStoreMultiple.rows,
    'A32 exclusive': a32Exclusive.rows,
    'A32 branch': a32Branch.rows,
    'A32 system': a32System.rows,
    'A32 hints': a32Hints.rows,
    'A32 coprocessor': a32Coprocessor.rows,
    'T16 load/store': t16LoadStore.rows,
    'T16 load/store multiple': t16LoadStoreMultiple.rows,
    'T16 branch': t16Branch.rows,
    'T16 system': t16System.rows,
    'T16 hints': t16Hints.rows,
    'T32 load/store': t32LoadStore.rows,
    'T32 load/store multiple': t32LoadStoreMultiple.rows,
    'T32 exclusive': t32Exclusive.rows,
    'T32 branch': t32Branch.rows,
    'T32 system': t32System.rows,
    'T32 hints': t32Hints.rows,
    'T32 coprocessor': t32Coprocessor.rows,
  },
  EXCEPTIONS,
  (row) => row.name !== 'ENTERX, LEAVEX' && !/Floating|SIMD|transfer|register load/.test(row.name),
);
