/** Random operands at and near the boundaries: core registers, extension registers, flags, FPSCR. */
import type { RandomSource } from '../../src/isa/random.js';

const INTEGERS = [
  0, 1, 2, 3, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
  0x80000001, 0xfffffffe, 0xffffffff,
];

/** A core register: a boundary, a byte, a repeated halfword, or anything. */
export function randomOperand(random: RandomSource): number {
  const kind = random() & 7;
  if (kind === 0) return INTEGERS[random() % INTEGERS.length] | 0;
  if (kind === 1) return random() & 0xff;
  if (kind === 2) return Math.imul(random() & 0xffff, 0x10001);
  return random() | 0;
}

/** Bit patterns of single precision at which something changes, without their sign. */
const SINGLES = [
  0, 1, 2, 0x0040_0000, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x00ff_ffff, 0x3380_0000, 0x3e80_0000, 0x3f00_0000,
  0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001, 0x3fc0_0000, 0x4000_0000, 0x4040_0000, 0x4680_0000, 0x477f_e000, 0x477f_f000,
  0x4b00_0000, 0x4b7f_ffff, 0x4eff_ffff, 0x4f00_0000, 0x4f7f_ffff, 0x4f80_0000, 0x5f00_0000, 0x7e80_0000, 0x7f00_0000,
  0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0x7fa0_0000, 0x7fc0_0000, 0x7fff_ffff,
];

/** The same of double precision: high and low word. */
const DOUBLES: readonly (readonly [high: number, low: number])[] = [
  [0, 0],
  [0, 1],
  [0x000f_ffff, 0xffff_ffff],
  [0x0010_0000, 0],
  [0x0010_0000, 1],
  [0x001f_ffff, 0xffff_ffff],
  [0x3690_0000, 0],
  [0x36a0_0000, 0],
  [0x380f_ffff, 0xe000_0000],
  [0x3810_0000, 0],
  [0x3ca0_0000, 0],
  [0x3fe0_0000, 0],
  [0x3fef_ffff, 0xffff_ffff],
  [0x3ff0_0000, 0],
  [0x3ff0_0000, 1],
  [0x3ff0_0000, 0x1000_0000],
  [0x3ff8_0000, 0],
  [0x4000_0000, 0],
  [0x41df_ffff, 0xffc0_0000],
  [0x41df_ffff, 0xffe0_0000],
  [0x41e0_0000, 0],
  [0x41ef_ffff, 0xffe0_0000],
  [0x41f0_0000, 0],
  [0x4330_0000, 0],
  [0x47ef_ffff, 0xe000_0000],
  [0x47ef_ffff, 0xf000_0000],
  [0x7fd0_0000, 0],
  [0x7fef_ffff, 0xffff_ffff],
  [0x7ff0_0000, 0],
  [0x7ff0_0000, 1],
  [0x7ff4_0000, 0],
  [0x7ff8_0000, 0],
  [0x7fff_ffff, 0xffff_ffff],
];

const single = (random: RandomSource): number => {
  const kind = random();
  const sign = kind & 0x8000_0000;
  if ((kind & 3) === 0) return SINGLES[random() % SINGLES.length] | sign;
  // Exponents close to each other, so that operands meet and cancel.
  if ((kind & 3) === 1)
    return sign | ((120 + ((kind >>> 4) & 15)) << 23) | (random() & ((kind & 0x100) !== 0 ? 0x7f_ffff : 0x70_0000));
  return random() | 0;
};

/** Fills words of extension registers: halves, singles, doubles, small elements and anything. */
export function randomExtension(random: RandomSource, out: Int32Array, at: number, words: number): void {
  for (let i = 0; i < words; i += 2) {
    const kind = random();
    switch (kind & 7) {
      case 0:
      case 1: {
        const [high, low] = DOUBLES[(kind >>> 8) % DOUBLES.length];
        out[at + i] = low;
        out[at + i + 1] = high | (random() & 0x8000_0000);
        break;
      }
      case 2:
        out[at + i] = (kind & 0x100) !== 0 ? 0 : random();
        out[at + i + 1] = (random() & 0x800f_ffff) | ((1010 + ((kind >>> 4) & 31)) << 20);
        break;
      case 3:
        out[at + i] = randomOperand(random);
        out[at + i + 1] = randomOperand(random);
        break;
      case 4: {
        // Bytes and halfwords at their bounds.
        const element = [0x80, 0x7f, 0xff, 0, 1, 0x81][(kind >>> 4) % 6];
        const repeated = (kind & 8) !== 0 ? Math.imul(element, 0x0101_0101) : Math.imul(element << 8, 0x1_0001);
        out[at + i] = repeated;
        out[at + i + 1] = (kind & 0x1000) !== 0 ? repeated : random();
        break;
      }
      case 7:
        out[at + i] = random();
        out[at + i + 1] = random();
        break;
      default:
        out[at + i] = single(random);
        out[at + i + 1] = single(random);
    }
  }
}

/** N, Z, C, V, QC, AHP, DN, FZ, RMode and the cumulative flags. */
const FPSCR_BITS = 0xffc0_009f | 0;
const FPSCR_IXC = 1 << 4;

/** FPSCR: half the time as programs have it (nearest, no flush to zero) once something was inexact, otherwise anything but vectors. */
export function randomFpscr(random: RandomSource): number {
  const kind = random();
  if ((kind & 1) === 0) return (random() & 0xf800_000f) | FPSCR_IXC;
  return random() & FPSCR_BITS & ((kind & 6) === 0 ? ~0x0300_0000 : -1);
}
