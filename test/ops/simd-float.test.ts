/**
 * Advanced SIMD's floating point: every row, in both instruction sets, on random and boundary vectors and any FPSCR. What the reference computes is
 * compared with qemu-arm, and what the out-of-line handler computes, where it does not leave it to the reference, with both.
 * TRAPLINE_VECTORS multiplies the number of vectors.
 */
import { FPSCR_IXC } from '../../src/arm/fpscr.js';
import type { RandomSource } from '../../src/isa/random.js';
import * as floatingPoint from '../../src/isa/vector/simd-floating-point.js';
import { boundary, boundaryCount, randomOperand } from '../arm/float-operands.js';
import { STATE_WORDS } from './qemu-simd.js';
import { simdAgainstQemu } from './simd-oracle.js';

/**
 * Where rounding twice differs from rounding once: two factors whose product is a little less than 2^-24, which with 1 + 2^-23 is in doubles the
 * middle between two singles. And two whose product is a little less than the least normal number, and is rounded to it.
 */
const TRAPS = [
  [0x3980_0001, 0x397f_fffe, 0x3f80_0001, 0xbf80_0001],
  [0x2000_0001, 0x1fff_fffe, 0, 0x8080_0000],
];

/** Numbers of one neighbourhood, which handlers compute with; or any numbers; or boundaries. */
function fillFloats(random: RandomSource, state: Int32Array): void {
  const kind = random() % 5;
  const near = random() % 2 === 0 ? 0 : random() & 0xfff;
  const exponent = 100 + (random() % 50);
  const traps = TRAPS[random() % 2];
  const positive = random() % 2 === 0;
  for (let i = 1; i < STATE_WORDS; i++) {
    if (kind < 2) {
      const normal = ((exponent + (random() % 8)) << 23) | (random() & 0x7f_ffff) | (random() << 31);
      const any = random() % 16 === 0 ? 0 : normal;
      state[i] = positive ? any & 0x7fff_ffff : any;
    } else if (kind === 4) state[i] = traps[random() % 4];
    else if (kind === 2 || random() % 3 === 0) state[i] = randomOperand('single', random, near)[0];
    else state[i] = boundary('single', random() % boundaryCount('single'))[0];
  }
  // N Z C V QC AHP DN FZ RMode, and the cumulative bits; vector length and stride are zero.
  state[0] = random() & 0xffc0_009f;
  if (kind < 2 || kind === 4) state[0] |= FPSCR_IXC;
}

simdAgainstQemu('floating point', floatingPoint.rows, { fill: fillFloats, givesUp: true });
