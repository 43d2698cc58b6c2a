/**
 * WebAssembly's vector opcodes, behind the prefix {@link SIMD_PREFIX}, by the names of the text format without the lanes' shape; those that
 * exist for several shapes by the width of a lane in bits. Data only.
 */

export const SIMD_PREFIX = 0xfd;

/** Opcodes that have no lanes, or one shape only. */
export const Simd = {
  v128_load: 0x00,
  v128_load8_splat: 0x07,
  v128_load16_splat: 0x08,
  v128_load32_splat: 0x09,
  v128_store: 0x0b,
  v128_const: 0x0c,
  i8x16_shuffle: 0x0d,
  i8x16_swizzle: 0x0e,
  v128_not: 0x4d,
  v128_and: 0x4e,
  v128_andnot: 0x4f,
  v128_or: 0x50,
  v128_xor: 0x51,
  v128_bitselect: 0x52,
  v128_any_true: 0x53,
  v128_store64_lane: 0x5b,
  v128_load64_zero: 0x5d,
  i8x16_popcnt: 0x62,
  i16x8_q15mulr_sat_s: 0x82,
} as const;

/** An opcode by the width of a lane; absent where WebAssembly has none. */
export interface ByEsize {
  readonly 8?: number;
  readonly 16?: number;
  readonly 32?: number;
  readonly 64?: number;
}

/** Opcodes of integer lanes. For those that change the width it is that of the narrower lanes. */
export const SimdInt = {
  splat: { 8: 0x0f, 16: 0x10, 32: 0x11, 64: 0x12 },
  extract_lane_s: { 8: 0x15, 16: 0x18, 32: 0x1b },
  extract_lane_u: { 8: 0x16, 16: 0x19, 32: 0x1b },
  eq: { 8: 0x23, 16: 0x2d, 32: 0x37, 64: 0xd6 },
  ne: { 8: 0x24, 16: 0x2e, 32: 0x38, 64: 0xd7 },
  lt_s: { 8: 0x25, 16: 0x2f, 32: 0x39, 64: 0xd8 },
  lt_u: { 8: 0x26, 16: 0x30, 32: 0x3a },
  gt_s: { 8: 0x27, 16: 0x31, 32: 0x3b, 64: 0xd9 },
  gt_u: { 8: 0x28, 16: 0x32, 32: 0x3c },
  le_s: { 8: 0x29, 16: 0x33, 32: 0x3d, 64: 0xda },
  le_u: { 8: 0x2a, 16: 0x34, 32: 0x3e },
  ge_s: { 8: 0x2b, 16: 0x35, 32: 0x3f, 64: 0xdb },
  ge_u: { 8: 0x2c, 16: 0x36, 32: 0x40 },
  abs: { 8: 0x60, 16: 0x80, 32: 0xa0, 64: 0xc0 },
  neg: { 8: 0x61, 16: 0x81, 32: 0xa1, 64: 0xc1 },
  shl: { 8: 0x6b, 16: 0x8b, 32: 0xab, 64: 0xcb },
  shr_s: { 8: 0x6c, 16: 0x8c, 32: 0xac, 64: 0xcc },
  shr_u: { 8: 0x6d, 16: 0x8d, 32: 0xad, 64: 0xcd },
  add: { 8: 0x6e, 16: 0x8e, 32: 0xae, 64: 0xce },
  add_sat_s: { 8: 0x6f, 16: 0x8f },
  add_sat_u: { 8: 0x70, 16: 0x90 },
  sub: { 8: 0x71, 16: 0x91, 32: 0xb1, 64: 0xd1 },
  sub_sat_s: { 8: 0x72, 16: 0x92 },
  sub_sat_u: { 8: 0x73, 16: 0x93 },
  mul: { 16: 0x95, 32: 0xb5, 64: 0xd5 },
  min_s: { 8: 0x76, 16: 0x96, 32: 0xb6 },
  min_u: { 8: 0x77, 16: 0x97, 32: 0xb7 },
  max_s: { 8: 0x78, 16: 0x98, 32: 0xb8 },
  max_u: { 8: 0x79, 16: 0x99, 32: 0xb9 },
  avgr_u: { 8: 0x7b, 16: 0x9b },
  narrow_s: { 8: 0x65, 16: 0x85 },
  narrow_u: { 8: 0x66, 16: 0x86 },
  extend_low_s: { 8: 0x87, 16: 0xa7, 32: 0xc7 },
  extend_low_u: { 8: 0x89, 16: 0xa9, 32: 0xc9 },
  extmul_low_s: { 8: 0x9c, 16: 0xbc, 32: 0xdc },
  extmul_high_s: { 8: 0x9d, 16: 0xbd, 32: 0xdd },
  extmul_low_u: { 8: 0x9e, 16: 0xbe, 32: 0xde },
  extadd_pairwise_s: { 8: 0x7c, 16: 0x7e },
  extadd_pairwise_u: { 8: 0x7d, 16: 0x7f },
} as const satisfies Readonly<Record<string, ByEsize>>;

/** Opcodes of floating-point lanes, and of conversions between them and integers. */
export const SimdFloat = {
  f32x4_eq: 0x41,
  f32x4_ne: 0x42,
  f32x4_gt: 0x44,
  f32x4_ge: 0x46,
  f32x4_demote_f64x2_zero: 0x5e,
  f64x2_promote_low_f32x4: 0x5f,
  f32x4_sqrt: 0xe3,
  f32x4_add: 0xe4,
  f32x4_sub: 0xe5,
  f32x4_mul: 0xe6,
  f32x4_div: 0xe7,
  f32x4_min: 0xe8,
  f32x4_max: 0xe9,
  f64x2_add: 0xf0,
  f64x2_mul: 0xf2,
  i32x4_trunc_sat_f32x4_s: 0xf8,
  i32x4_trunc_sat_f32x4_u: 0xf9,
  f32x4_convert_i32x4_s: 0xfa,
  f32x4_convert_i32x4_u: 0xfb,
} as const;
