/**
 * Which operations of floating point and Advanced SIMD the fast loops have (see hot.ts): what compilers and hand-written kernels use most.
 * Unconditional; under a condition their conditional handler comes first. Data only.
 */

/** An operation's name and its statics. */
export type Form = readonly [string, ...number[]];

// Statics by their place, as the operations declare them: size (0 bytes, 1 halfwords, 2 words, 3 doublewords), U (1 unsigned), Q (1 quadword).
const SIZES = [0, 1, 2];
const BOTH = [0, 1];

/** Three registers: lane by lane, with signs or without, and of double width. */
function simdThreeRegisters(): Form[] {
  const list: Form[] = [];
  for (const name of ['VAND_reg', 'VORR_reg', 'VEOR', 'VBIC_reg', 'VMOV_reg', 'VBSL', 'VBIT', 'VBIF'])
    for (const Q of BOTH) list.push([name, Q]);
  for (const name of ['VADD_int', 'VSUB_int', 'VMUL_int', 'VMLA_int', 'VMLS_int', 'VCEQ_reg'])
    for (const size of SIZES) for (const Q of BOTH) list.push([name, size, Q]);
  for (const name of ['VADD_int', 'VSUB_int']) for (const Q of BOTH) list.push([name, 3, Q]);
  for (const name of ['VMAX_int', 'VMIN_int', 'VCGT_reg', 'VCGE_reg'])
    for (const size of SIZES) for (const U of BOTH) list.push([name, size, U, 1]);
  for (const name of ['VQADD', 'VQSUB', 'VABD_int', 'VHADD', 'VRHADD'])
    for (const size of [0, 1]) for (const U of BOTH) list.push([name, size, U, 1]);
  for (const name of ['VMULL_int', 'VMLAL_int', 'VMLSL_int', 'VADDL', 'VADDW', 'VSUBL'])
    for (const size of SIZES) for (const U of BOTH) list.push([name, size, U]);
  for (const name of ['VMUL_scalar', 'VMLA_scalar', 'VMLS_scalar', 'VQDMULH', 'VQRDMULH', 'VQDMULH_scalar'])
    for (const size of [1, 2]) list.push([name, size, 1]);
  for (const name of ['VMULL_scalar', 'VMLAL_scalar', 'VMLSL_scalar'])
    for (const size of [1, 2]) for (const U of BOTH) list.push([name, size, U]);
  for (const size of SIZES) list.push(['VPADD_int', size]);
  return list;
}

/** The forms of both states. */
export const EXTENSION_FORMS: readonly Form[] = [...simdThreeRegisters()];

// Statics of what follows: add, wback of loads and stores; unsigned, round_zero of conversions; quiet_nan_exc, which changes no handler.

/** Loads, stores and moves that code on numbers and code on vectors both have. */
export const SHARED_FORMS: readonly Form[] = [
  ['VLDR_64'],
  ['VSTR_64'],
  ['VLDM_64', 1, 0],
  ['VLDM_64', 1, 1],
  ['VSTM_64', 1, 0],
  ['VSTM_64', 1, 1],
  ['VSTM_64', 0, 1],
  ['VMOV_core_to_single'],
  ['VMOV_single_to_core'],
  ['VMOV_core_to_double'],
  ['VMOV_double_to_core'],
];

function floatForms(): Form[] {
  const list: Form[] = [['VMRS_flags'], ['VMRS'], ['VLDR_32'], ['VSTR_32'], ['VCVT_64_32'], ['VCVT_32_64']];
  list.push(['VLDM_32', 1, 0], ['VLDM_32', 1, 1], ['VSTM_32', 1, 0], ['VSTM_32', 1, 1], ['VSTM_32', 0, 1]);
  for (const N of [32, 64]) {
    for (const name of ['VADD', 'VSUB', 'VMUL', 'VDIV', 'VNMUL', 'VMLA', 'VMLS', 'VNMLS', 'VFMA', 'VFMS', 'VFNMS'])
      list.push([`${name}_${N}`]);
    for (const name of ['VMOV', 'VABS', 'VNEG', 'VSQRT', 'VMOV_imm']) list.push([`${name}_${N}`]);
    list.push([`VCMP_${N}`, 0], [`VCMP_zero_${N}`, 0]);
    for (const unsigned of BOTH) list.push([`VCVT_to_integer_${N}`, unsigned, 1], [`VCVT_from_integer_${N}`, unsigned]);
  }
  return list;
}

/** Those of numbers alone. */
export const FLOAT_FORMS: readonly Form[] = floatForms();

/** The same, with addresses relative to the PC. */
export const FLOAT_LITERALS: readonly Form[] = [['VLDR_lit_32'], ['VLDR_lit_64']];
