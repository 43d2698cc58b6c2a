/**
 * Advanced SIMD on three registers: every row, in both instruction sets, on random and boundary vectors. What the reference computes is
 * compared with qemu-arm, and what the out-of-line handler computes with the reference. TRAPLINE_VECTORS multiplies the number of vectors.
 */
import { simdAgainstQemu } from './simd-oracle.js';
import * as longScalar from '../../src/isa/vector/long-scalar.js';
import * as threeSame from '../../src/isa/vector/three-same.js';

simdAgainstQemu('three registers of the same length', threeSame.rows);
simdAgainstQemu('different lengths, and by scalar', longScalar.rows);
