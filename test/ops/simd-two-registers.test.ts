/**
 * Advanced SIMD with a shift amount, on two registers, with an immediate, and what moves bytes: every row, in both instruction sets, on random
 * and boundary vectors, against qemu-arm; and the out-of-line handlers against the reference.
 */
import * as immediate from '../../src/isa/vector/simd-immediate.js';
import * as miscellaneous from '../../src/isa/vector/simd-miscellaneous.js';
import * as shift from '../../src/isa/vector/simd-shift.js';
import { simdAgainstQemu } from './simd-oracle.js';

simdAgainstQemu('two registers and a shift amount', shift.rows);
simdAgainstQemu('two registers, tables and single elements', miscellaneous.rows);
simdAgainstQemu('one register and a modified immediate', immediate.rows);
