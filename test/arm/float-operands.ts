/** Operands at which floating-point arithmetic turns, and random ones that come near each other often enough to cancel, overflow and underflow. */
import type { RandomSource } from '../../src/isa/random.js';

export type Format = 'half' | 'single' | 'double' | 'word';

const SINGLES: readonly number[] = [
  0x0000_0000, 0x0000_0001, 0x0000_0002, 0x003f_ffff, 0x0040_0000, 0x007f_fffe, 0x007f_ffff, 0x0080_0000, 0x0080_0001,
  0x00ff_ffff, 0x0100_0000, 0x1f80_0000, 0x2000_0000, 0x3300_0000, 0x3380_0000, 0x3380_0001, 0x337f_ffff, 0x3400_0000,
  0x387f_c000, 0x387f_e000, 0x387f_f000, 0x387f_ffff, 0x3880_0000, 0x3eff_ffff, 0x3f00_0000, 0x3f00_0001, 0x3f3f_ffff,
  0x3f7f_ffff, 0x3f80_0000, 0x3f80_0001, 0x3fc0_0000, 0x3fff_ffff, 0x4000_0000, 0x4020_0000, 0x4040_0000, 0x46ff_fe00,
  0x46ff_ff00, 0x4700_0000, 0x477f_e000, 0x477f_efff, 0x477f_f000, 0x477f_ff00, 0x4780_0000, 0x47ff_e000, 0x47ff_f000,
  0x4b00_0000, 0x4b00_0001, 0x4b7f_ffff, 0x4b80_0000, 0x4eff_ffff, 0x4f00_0000, 0x4f00_0001, 0x4f7f_ffff, 0x4f80_0000,
  0x5f00_0000, 0x7e00_0000, 0x7e7f_ffff, 0x7e80_0000, 0x7eff_ffff, 0x7f00_0000, 0x7f7f_fffe, 0x7f7f_ffff, 0x7f80_0000,
  0x7f80_0001, 0x7fa5_a5a5, 0x7fbf_ffff, 0x7fc0_0000, 0x7fc1_2345, 0x7fff_ffff,
];

const DOUBLES: readonly (readonly [high: number, low: number])[] = [
  [0, 0],
  [0, 1],
  [0, 2],
  [0, -1],
  [1, 0],
  [0x0008_0000, 0],
  [0x000f_ffff, -1],
  [0x000f_ffff, -2],
  [0x0010_0000, 0],
  [0x0010_0000, 1],
  [0x001f_ffff, -1],
  [0x0020_0000, 0],
  [0x1ff0_0000, 0],
  [0x2000_0000, 1],
  [0x3690_0000, 0],
  [0x3690_0000, 1],
  [0x368f_ffff, -1],
  [0x36a0_0000, 0],
  [0x36a8_0000, 0],
  [0x380f_ffff, -0x1000_0000],
  [0x380f_ffff, -0x2000_0000],
  [0x380f_ffff, -1],
  [0x3810_0000, 0],
  [0x3ca0_0000, 0],
  [0x3ca0_0000, 1],
  [0x3c9f_ffff, -1],
  [0x3cb0_0000, 0],
  [0x3fdf_ffff, -1],
  [0x3fe0_0000, 0],
  [0x3fe0_0000, 1],
  [0x3fef_ffff, -1],
  [0x3ff0_0000, 0],
  [0x3ff0_0000, 1],
  [0x3ff0_0000, 0x1000_0000],
  [0x3ff0_0000, 0x3000_0000],
  [0x3ff8_0000, 0],
  [0x3fff_ffff, -1],
  [0x4000_0000, 0],
  [0x4004_0000, 0],
  [0x40df_ffdf, -1],
  [0x40df_fff0, 0],
  [0x41df_ffff, -0x40_0000],
  [0x41df_ffff, -0x20_0000],
  [0x41e0_0000, 0],
  [0x41e0_0000, 0x10_0000],
  [0x41ef_ffff, -0x20_0000],
  [0x41ef_ffff, -0x10_0000],
  [0x41f0_0000, 0],
  [0x4330_0000, 0],
  [0x4330_0000, 1],
  [0x433f_ffff, -1],
  [0x4340_0000, 0],
  [0x47ef_ffff, -0x2000_0000],
  [0x47ef_ffff, -0x1000_0000],
  [0x47ef_ffff, -0x1000_0001],
  [0x47f0_0000, 0],
  [0x5fe0_0000, 0],
  [0x7fc0_0000, 0],
  [0x7fdf_ffff, -1],
  [0x7fe0_0000, 0],
  [0x7fef_ffff, -2],
  [0x7fef_ffff, -1],
  [0x7ff0_0000, 0],
  [0x7ff0_0000, 1],
  [0x7ff4_5678, 0x7fff_ffff],
  [0x7ff7_ffff, -1],
  [0x7ff8_0000, 0],
  [0x7ff8_1234, 0x5678_9abc],
  [0x7fff_ffff, -1],
];

const HALVES: readonly number[] = [
  0, 1, 2, 0x1ff, 0x200, 0x3fe, 0x3ff, 0x400, 0x401, 0x7ff, 0x3bff, 0x3c00, 0x3c01, 0x4000, 0x7bff, 0x7c00, 0x7c01,
  0x7d55, 0x7dff, 0x7e00, 0x7e01, 0x7fff,
];

const WORDS: readonly number[] = [
  0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0xff_ffff, 0x100_0000, 0x100_0001, 0x100_0002,
  0x100_0003, 0x1ff_ffff, 0x3fff_ffff, 0x4000_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7fff_ff7f, 0x7fff_ff80, 0x7fff_ffbf,
  0x7fff_ffc0, 0x7fff_ffff, -0x8000_0000, -0x7fff_ffff, -0x100, -0x81, -0x80, -2, -1,
];

/** Words of an operand. */
export function wordsOf(format: Format): 1 | 2 {
  return format === 'double' ? 2 : 1;
}

/** How many boundary operands there are: of formats with a sign, both signs. */
export function boundaryCount(format: Format): number {
  if (format === 'single') return 2 * SINGLES.length;
  if (format === 'double') return 2 * DOUBLES.length;
  return format === 'half' ? 2 * HALVES.length : WORDS.length;
}

/** Boundary operand `i`, low word first. */
export function boundary(format: Format, i: number): readonly [low: number, high: number] {
  const sign = i & 1;
  switch (format) {
    case 'single':
      return [SINGLES[i >> 1] | (sign << 31), 0];
    case 'double':
      return [DOUBLES[i >> 1][1], DOUBLES[i >> 1][0] | (sign << 31)];
    case 'half':
      return [HALVES[i >> 1] | (sign << 15), 0];
    case 'word':
      return [WORDS[i], 0];
  }
}

/** Random operand, low word first. `near` is an exponent about which a third of the floating-point ones lie, so that several can be close. */
export function randomOperand(
  format: Format,
  random: RandomSource,
  near: number,
): readonly [low: number, high: number] {
  const kind = random() % 12;
  if (kind === 0) return boundary(format, random() % boundaryCount(format));
  if (format === 'word') return [random() >> (random() % 32), 0];
  if (format === 'half') return [random() & 0xffff, 0];
  const sparse = kind < 4 ? random() & random() & random() : random();
  const fraction = kind === 4 ? ~sparse : sparse;
  const sign = random() << 31;
  const double = format === 'double';
  const [most, spread, middle] = double ? [2047, 60, 1023] : [255, 28, 127];
  let exponent = near === 0 ? middle : Math.floor((near / 4096) * most);
  if (kind < 9) exponent += (random() % (2 * spread)) - spread;
  else if (kind < 11) exponent += (random() % 5) - 2;
  else exponent = random();
  if (kind === 8) exponent = random() % 3;
  exponent = Math.max(0, Math.min(most, exponent & 0xfff));
  if (!double) return [sign | (exponent << 23) | (fraction & 0x7f_ffff), 0];
  const low = kind < 4 ? random() & random() & random() & (random() << 16) : random();
  return [low | 0, sign | (exponent << 20) | (fraction & 0xf_ffff)];
}
