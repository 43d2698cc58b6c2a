/**
 * Which operations of floating point and Advanced SIMD the fast loops have (see hot.ts): what compilers and hand-written kernels use most.
 * Unconditional; under a condition their conditional handler comes first. Data only.
 */

/** An operation's name and its statics. */
export type Form = readonly [string, ...number[]];

// Statics by their place, as the operations declare them: size (0 bytes, 1 halfwords, 2 words, 3 doublewords), U (1 unsigned), Q (1 quadword).
const SIZES = [0, 1, 2];
const BOTH = [0, 1];

/** Forms of several operations: each with each list of statics. */
function each(names: readonly string[], ...statics: readonly (readonly number[])[]): Form[] {
  return names.flatMap((name) => statics.map((list): Form => [name, ...list]));
}

/** All signs and sizes up to words, and then the same statics. */
function signed(names: readonly string[], ...rest: readonly number[]): Form[] {
  return SIZES.flatMap((size) => BOTH.flatMap((U) => each(names, [size, U, ...rest])));
}

/** Three registers: lane by lane, with signs or without, of double width, by scalar. */
function simdThreeRegisters(): Form[] {
  return [
    ...each(['VBIT', 'VBIF'], [1]),
    ...each(['VSUB_int'], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1], [3, 1]),
    ...each(['VADD_int'], [1, 0], [3, 0], [0, 1], [1, 1], [3, 1]),
    ...each(['VMUL_int'], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]),
    ...each(['VMLA_int'], [1, 1], [2, 1]),
    ...each(['VMLS_int'], [1, 1], [2, 1]),
    ...each(['VCEQ_reg'], [0, 1], [1, 1]),
    ...each(['VMAX_int', 'VMIN_int', 'VCGT_reg', 'VCGE_reg'], [0, 1, 1], [1, 0, 1], [2, 0, 1]),
    ...each(['VCGT_reg'], [1, 1, 1]),
    ...each(['VQADD', 'VQSUB', 'VRHADD'], [0, 1, 1], [1, 0, 1]),
    ...each(['VABD_int', 'VABA'], [0, 1, 1]),
    ...signed(['VMULL_int', 'VMLAL_int']),
    ...each(['VADDL', 'VSUBL'], [0, 1], [1, 0], [2, 0]),
    ...each(['VADDW'], [0, 1], [1, 0], [1, 1], [2, 0]),
    ...each(['VMUL_scalar', 'VMLA_scalar', 'VMLS_scalar', 'VQDMULH'], [1, 1], [2, 1]),
    ...each(['VQDMULH_scalar', 'VQRDMULH'], [1, 1]),
    ...each(['VMULL_scalar', 'VMLAL_scalar'], [1, 0], [1, 1], [2, 0]),
    ...each(['VPADD_int'], [0], [1], [2]),
  ];
}

/** Two registers, with a shift amount or without, and one with an immediate. */
function simdTwoRegisters(): Form[] {
  return [
    ...each(['VMVN_reg'], [0], [1]),
    ...each(['VMVN_imm'], [1]),
    ...each(['VSHL_imm'], [0, 1], [1, 1], [2, 1], [3, 0], [3, 1]),
    ...each(['VDUP_scalar'], [0, 1], [1, 1]),
    ...signed(['VSHR'], 1),
    ...each(['VSHR'], [3, 1, 0], [3, 1, 1]),
    ...each(['VSRA'], [1, 0, 1], [1, 1, 1], [2, 0, 1], [2, 1, 1]),
    ...each(['VRSHR'], [0, 1, 1], [1, 0, 1]),
    ...each(['VRSRA'], [1, 1, 1]),
    ...each(['VPADDL', 'VPADAL'], [0, 1, 1], [1, 1, 1]),
    ...signed(['VMOVL']),
    ...each(['VSHLL'], [0, 1]),
    ...each(['VQMOVN', 'VQSHRN', 'VQRSHRN'], [0, 1], [1, 0]),
    ...each(['VMOVN', 'VSHRN', 'VRSHRN'], [0], [1], [2]),
    ...each(['VQMOVUN'], [0], [1]),
    ...each(['VQSHRUN', 'VQRSHRUN'], [0]),
    ...each(['VABS', 'VNEG'], [1, 1], [2, 1]),
    ...each(['VTRN'], [1, 1]),
    ...each(['VZIP', 'VUZP'], [0, 1], [1, 1]),
    ...each(['VSLI', 'VSRI', 'VREV64'], [2, 1]),
    ...each(['VREV64', 'VREV32'], [0, 1], [1, 1]),
    ...each(['VTBL'], [1]),
  ];
}

// Loads and stores: registers, writeback (0 none, 1 by what is transferred, 2 by a register). For structures also the size, and how far apart registers are.
function simdLoadsAndStores(): Form[] {
  return [
    ...each(['VLD2_multiple', 'VST2_multiple'], [0, 2, 2, 1], [1, 2, 2, 1]),
    ...each(['VLD3_multiple', 'VLD4_multiple', 'VST4_multiple'], [0, 1, 1, 1]),
  ];
}

/** Single-precision lanes. */
function simdFloatingPoint(): Form[] {
  const list: Form[] = [];
  for (const name of ['VADD', 'VSUB', 'VMUL', 'VMLA', 'VMLS', 'VFMA', 'VMUL_scalar', 'VMLA_scalar'])
    for (const Q of BOTH) list.push([`${name}_F32`, Q]);
  for (const name of ['VFMS', 'VMLS_scalar', 'VMAX', 'VMIN', 'VCEQ', 'VCGE', 'VCGT', 'VABS', 'VNEG'])
    list.push([`${name}_F32`, 1]);
  for (const name of ['VRECPE_F32', 'VRECPS', 'VRSQRTE_F32', 'VRSQRTS']) list.push([name, 1]);
  for (const name of ['VCVT_to_fixed', 'VCVT_from_fixed']) for (const unsigned of BOTH) list.push([name, 1, unsigned]);
  list.push(['VPADD_F32']);
  return list;
}

/** Those of vectors of integers alone. */
export const INTEGER_VECTOR_FORMS: readonly Form[] = [
  ...simdThreeRegisters(),
  ...simdTwoRegisters(),
  ...simdLoadsAndStores(),
];

// Statics of what follows: add, wback, one register of loads and stores; unsigned, round_zero of conversions; quiet_nan_exc, which changes no handler.

/** Loads, stores, moves and the like that code on numbers and code on vectors both have. */
export const SHARED_FORMS: readonly Form[] = [
  ...each(['VLDR_64', 'VSTR_64'], []),
  ...each(['VLDM_64'], [1, 0, 0], [1, 1, 0], [1, 1, 1]),
  ...each(['VSTM_64'], [1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1]),
  ...each(
    [
      'VMOV_core_to_single',
      'VMOV_single_to_core',
      'VMOV_core_to_double',
      'VMOV_double_to_core',
      'VMOV_core_to_word',
      'VMOV_word_to_core',
    ],
    [],
  ),
  ...each(['VLD1_multiple', 'VST1_multiple'], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2], [4, 0], [4, 1], [4, 2]),
  ...each(['VLD1_lane', 'VST1_lane'], [2, 1, 0], [2, 1, 1]),
  ...each(['VLD1_all'], [2, 1, 1, 0], [2, 2, 1, 0]),
  ...each(['VLD2_multiple', 'VST2_multiple'], [2, 2, 2, 1]),
  ...each(['VAND_reg', 'VORR_reg', 'VEOR', 'VBIC_reg', 'VMOV_reg', 'VBSL', 'VMOV_imm', 'VEXT'], [0], [1]),
  ...each(['VADD_int'], [2, 0], [2, 1]),
  ...each(['VCEQ_reg'], [2, 1]),
  ...each(['VDUP_scalar'], [2, 0], [2, 1]),
  ...each(['VTRN', 'VZIP', 'VUZP'], [2, 1]),
  ...each(['VREV64'], [2, 0]),
  ...each(['VSWP'], [0]),
];

function floatForms(): Form[] {
  const list: Form[] = [['VMRS_flags'], ['VMRS'], ['VLDR_32'], ['VSTR_32'], ['VCVT_64_32'], ['VCVT_32_64']];
  list.push(
    ['VLDM_32', 1, 0, 0],
    ['VLDM_32', 1, 1, 0],
    ['VSTM_32', 1, 0, 0],
    ['VSTM_32', 1, 1, 0],
    ['VSTM_32', 0, 1, 0],
  );
  list.push(['VLDM_32', 1, 1, 1], ['VSTM_32', 1, 1, 1]);
  for (const N of [32, 64]) {
    for (const name of ['VADD', 'VSUB', 'VMUL', 'VDIV', 'VNMUL', 'VMLA', 'VMLS', 'VNMLS', 'VFMA', 'VFMS', 'VFNMS'])
      list.push([`${name}_${N}`]);
    for (const name of ['VMOV', 'VABS', 'VNEG', 'VSQRT', 'VMOV_imm']) list.push([`${name}_${N}`]);
    list.push([`VCMP_${N}`, 0], [`VCMP_zero_${N}`, 0]);
    for (const unsigned of BOTH) list.push([`VCVT_to_integer_${N}`, unsigned, 1], [`VCVT_from_integer_${N}`, unsigned]);
  }
  return list;
}

/** Those of numbers and vectors of numbers alone. */
export const FLOAT_FORMS: readonly Form[] = [...floatForms(), ...simdFloatingPoint()];

/** The same, with addresses relative to the PC. */
export const FLOAT_LITERALS: readonly Form[] = [['VLDR_lit_32'], ['VLDR_lit_64']];
