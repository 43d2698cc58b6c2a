/**
 * Floating-point data processing: every row, in both instruction sets, on random and boundary operands and any FPSCR. What the reference computes is
 * compared with qemu-arm, and what the out-of-line handler computes, where it does not leave it to the reference, with both.
 * TRAPLINE_VECTORS multiplies the number of vectors.
 */
import { FPSCR_FZ, FPSCR_IXC, FPSCR_Len_shift, FPSCR_RMode, FPSCR_Stride_shift } from '../../src/arm/fpscr.js';
import type { RandomSource } from '../../src/isa/random.js';
import * as floatingPoint from '../../src/isa/vector/floating-point.js';
import { boundary, boundaryCount, randomOperand, type Format } from '../arm/float-operands.js';
import { STATE_WORDS } from './qemu-simd.js';
import { simdAgainstQemu } from './simd-oracle.js';

/** N Z C V QC AHP DN FZ RMode, and the cumulative bits; vector length and stride are zero. */
const FPSCR_ANY = 0xffc0_009f;
/** What the host's arithmetic cannot do. */
const SLOW = FPSCR_RMode | FPSCR_FZ;

/** A number of the format, low word first: one at which something happens, or any. */
function number(format: Format, random: RandomSource, near: number): readonly number[] {
  if (random() % 2 === 0) return boundary(format, random() % boundaryCount(format));
  return randomOperand(format, random, near);
}

/** Numbers near one exponent, of which an eighth have few bits, so that sums and products come to lie in the middle of two numbers. */
function neighbour(random: RandomSource, double: boolean, exponent: number): readonly number[] {
  const few = random() % 8 === 0 ? 0xffff_0000 | 0 : -1;
  const sign = random() & (1 << 31);
  if (!double) return [sign | ((exponent + (random() % 26)) << 23) | (random() & 0x7f_ffff & few)];
  const low = random() % 4 === 0 ? 0 : random();
  return [low, sign | ((exponent + 896 + (random() % 56)) << 20) | (random() & 0xf_ffff & few)];
}

/** Doubles or singles in all registers. */
function fill(random: RandomSource, state: Int32Array): void {
  const kind = random() % 4;
  const double = random() % 2 === 0;
  const near = random() % 2 === 0 ? 0 : random() & 0xfff;
  const exponent = 60 + (random() % 100);
  for (let i = 1; i < STATE_WORDS; i += 2) {
    const one = (): readonly number[] =>
      kind < 2 ? neighbour(random, double, exponent) : number(double ? 'double' : 'single', random, near);
    state.set(double ? one() : [one()[0], one()[0]], i);
  }
  state[0] = random() & FPSCR_ANY;
  if (kind < 2) state[0] = (state[0] | FPSCR_IXC) & ~SLOW;
}

/** Conversions of fixed point and half precision are the reference's. */
const NEVER_EMITTED = /_fixed_|VCVT_(16_32|32_16)/;

simdAgainstQemu('floating-point data processing', floatingPoint.rows, {
  fill,
  givesUp: true,
  neverEmitted: NEVER_EMITTED,
});

/** Vectors of up to `most` elements, which fit a bank; every other register, where `strides` says so, if there are no more than half as many. */
function vectors(most: number, strides: boolean): (random: RandomSource, state: Int32Array) => void {
  return (random, state) => {
    fill(random, state);
    const stride = strides && random() % 4 === 0 ? 3 : 0;
    const len = random() % (stride === 0 ? most : most / 2);
    state[0] |= (stride << FPSCR_Stride_shift) | (len << FPSCR_Len_shift);
  };
}

/** Those that the ARM1176 has. */
const vfpv2 = floatingPoint.rows.filter(({ extension }) => extension === 'vfpv2');

/** QEMU 7.2 takes a stride of two singles for one of four. */
simdAgainstQemu(
  'short vectors of singles',
  vfpv2.filter(({ encoding }) => !encoding.includes('F64')),
  { fill: vectors(8, false), givesUp: true, shortVectors: true },
);

/** QEMU 7.2 goes on with the wrong register where doubles of one vector become doubles of another. */
simdAgainstQemu(
  'short vectors of doubles',
  vfpv2.filter(({ encoding, operation }) => !encoding.includes('F32') && !/^V(MOV|ABS|NEG|SQRT)_64/.test(operation!)),
  { fill: vectors(4, true), givesUp: true, shortVectors: true },
);
