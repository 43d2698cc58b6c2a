/**
 * Advanced SIMD: floating point, of three registers of the same length (DDI 0406C A7.4.1), two registers and a scalar (A7.4.3), two registers,
 * miscellaneous (A7.4.5), and the conversions of fixed-point numbers among the shifts (A7.4.4).
 */
import type { RowOptions } from '../define.js';
import type { ArgumentSet, Row } from '../row.js';
import { dataProcessing, doubleRegisters, oddQuadword, undefinedIf } from './define.js';

const args: ArgumentSet = (f) => ({ ...doubleRegisters(f), Q: f.Q ?? 0 });

const DNM = '<Qd|Dd>, <Qn|Dn>, <Qm|Dm>';
const DM = '<Qd|Dd>, <Qm|Dm>';

const ODD_THREE = "Q == '1' && (Vd<0> == '1' || Vn<0> == '1' || Vm<0> == '1')";
const ODD_TWO = "Q == '1' && (Vd<0> == '1' || Vm<0> == '1')";

/** Three registers: doubles there are none, so that `sz` must be zero. */
const singlesOnly = undefinedIf(`sz == '1' || ${ODD_THREE}`, (f) => f.sz === 1 || oddQuadword(f, 'Vd', 'Vn', 'Vm'));
const pairsOfSingles = undefinedIf("sz == '1' || Q == '1'", (f) => f.sz === 1 || f.Q === 1);

/** Two registers: UNDEFINED for any size but a word's. */
const wordsOnly = undefinedIf(`size != '10' || ${ODD_TWO}`, (f) => f.size !== 2 || oddQuadword(f, 'Vd', 'Vm'));

/** `op` is bit 21, and `A` and `B` are bits 11:8 and 4. */
function three(
  name: string,
  encoding: string,
  U: string,
  op: string,
  A: string,
  B: string,
  section: number,
  syntax: string,
  operation: string,
  options: RowOptions = {},
): Row[] {
  const rest = `0 D:1 ${op} sz:1 Vn:4 Vd:4 ${A} N:1 Q:1 M:1 ${B} Vm:4`;
  return dataProcessing(U)(name, encoding, rest, `A8.8.${section}`, `${syntax} ${DNM}`, operation, args, {
    guard: singlesOnly,
    ...options,
  });
}

function pairwise(
  name: string,
  encoding: string,
  op: string,
  A: string,
  section: number,
  syntax: string,
  operation: string,
): Row[] {
  const rest = `0 D:1 ${op} sz:1 Vn:4 Vd:4 ${A} N:1 Q:1 M:1 0 Vm:4`;
  return dataProcessing('1')(name, encoding, rest, `A8.8.${section}`, `${syntax} <Dd>, <Dn>, <Dm>`, operation, args, {
    guard: pairsOfSingles,
  });
}

function byScalar(name: string, A: string, section: number, syntax: string, operation: string): Row[] {
  return dataProcessing('Q:1')(
    name,
    '1 F32',
    `1 D:1 10 Vn:4 Vd:4 ${A} N:1 1 M:1 0 Vm:4`,
    `A8.8.${section}`,
    `${syntax} <Qd|Dd>, <Qn|Dn>, <Dm[x]>`,
    operation,
    (f) => ({ ...doubleRegisters(f), Q: f.Q, m: f.Vm, index: f.M }),
    { guard: undefinedIf("Q == '1' && (Vd<0> == '1' || Vn<0> == '1')", (f) => oddQuadword(f, 'Vd', 'Vn')) },
  );
}

/** Bits 17:16 and 10:7. */
function two(
  name: string,
  encoding: string,
  opc1: string,
  opc2: string,
  section: number,
  syntax: string,
  operation: string,
  set: ArgumentSet = args,
): Row[] {
  const rest = `1 D:1 11 size:2 ${opc1} Vd:4 0 ${opc2} Q:1 M:1 0 Vm:4`;
  return dataProcessing('1')(name, encoding, rest, `A8.8.${section}`, syntax, operation, set, { guard: wordsOnly });
}

const INTEGER: ArgumentSet = (f) => ({ ...args(f), fraction_bits: 0, unsigned: f.unsigned });

/** `unsigned` is bit 0 of the diagram's `op`, and `to_integer` bit 1. */
function integers(toInteger: boolean): Row[] {
  return two(
    'VCVT (between floating-point and integer, Advanced SIMD)',
    toInteger ? '1 to integer' : '1 from integer',
    '11',
    `11 ${toInteger ? 1 : 0} unsigned:1`,
    305,
    `VCVT<c>.${toInteger ? '<S32|U32>.F32' : 'F32.<S32|U32>'} ${DM}`,
    toInteger ? 'VCVT_to_fixed' : 'VCVT_from_fixed',
    INTEGER,
  );
}

/** The field is imm6<4:0>. With imm6<5> clear the word is UNDEFINED, or a modified immediate if imm6 is 000xxx. */
const FIXED: ArgumentSet = (f) => ({ ...args(f), fraction_bits: 32 - f.imm6, unsigned: f.U });

function fixed(toFixed: boolean): Row[] {
  return dataProcessing('U:1')(
    'VCVT (between floating-point and fixed-point, Advanced SIMD)',
    toFixed ? '1 to fixed' : '1 from fixed',
    `1 D:1 1 imm6:5 Vd:4 111 ${toFixed ? 1 : 0} 0 Q:1 M:1 1 Vm:4`,
    'A8.8.307',
    `VCVT<c>.${toFixed ? '<S32|U32>.F32' : 'F32.<S32|U32>'} ${DM}, #<fbits>`,
    toFixed ? 'VCVT_to_fixed' : 'VCVT_from_fixed',
    FIXED,
    { guard: undefinedIf(ODD_TWO, (f) => oddQuadword(f, 'Vd', 'Vm')) },
  );
}

/** The quadword register is the one of singles. */
function half(toSingle: boolean): Row[] {
  const wide = toSingle ? 'Vd' : 'Vm';
  return dataProcessing('1')(
    'VCVT (between half-precision and single-precision, Advanced SIMD)',
    toSingle ? '1 to single' : '1 to half',
    `1 D:1 11 size:2 10 Vd:4 011 ${toSingle ? 1 : 0} 00 M:1 0 Vm:4`,
    'A8.8.310',
    toSingle ? 'VCVT<c>.F32.F16 <Qd>, <Dm>' : 'VCVT<c>.F16.F32 <Dd>, <Qm>',
    toSingle ? 'VCVT_half_to_single' : 'VCVT_single_to_half',
    doubleRegisters,
    {
      extension: 'half-precision',
      guard: undefinedIf(`size != '01' || ${wide}<0> == '1'`, (f) => f.size !== 1 || (f[wide] & 1) === 1),
    },
  );
}

const FUSED = { extension: 'advanced-simd-v2' } as const;
const VACGE = 'VACGE, VACGT, VACLE, VACLT';

export const rows: readonly Row[] = [
  ...three('VADD (floating-point)', '1', '0', '0', '1101', '0', 283, 'VADD<c>.F32', 'VADD_F32'),
  ...three('VSUB (floating-point)', '1', '0', '1', '1101', '0', 415, 'VSUB<c>.F32', 'VSUB_F32'),
  ...pairwise('VPADD (floating-point)', '1', '0', '1101', 363, 'VPADD<c>.F32', 'VPADD_F32'),
  ...three('VABD (floating-point)', '1', '1', '1', '1101', '0', 279, 'VABD<c>.F32', 'VABD_F32'),
  ...three('VMLA, VMLS (floating-point)', '1 VMLA', '0', '0', '1101', '1', 337, 'VMLA<c>.F32', 'VMLA_F32'),
  ...three('VMLA, VMLS (floating-point)', '1 VMLS', '0', '1', '1101', '1', 337, 'VMLS<c>.F32', 'VMLS_F32'),
  ...three('VMUL (floating-point)', '1', '1', '0', '1101', '1', 351, 'VMUL<c>.F32', 'VMUL_F32'),
  ...three('VFMA, VFMS', '1 VFMA', '0', '0', '1100', '1', 317, 'VFMA<c>.F32', 'VFMA_F32', FUSED),
  ...three('VFMA, VFMS', '1 VFMS', '0', '1', '1100', '1', 317, 'VFMS<c>.F32', 'VFMS_F32', FUSED),
  ...three('VCEQ (register)', '2', '0', '0', '1110', '0', 291, 'VCEQ<c>.F32', 'VCEQ_F32'),
  ...three('VCGE (register)', '2', '1', '0', '1110', '0', 293, 'VCGE<c>.F32', 'VCGE_F32'),
  ...three('VCGT (register)', '2', '1', '1', '1110', '0', 295, 'VCGT<c>.F32', 'VCGT_F32'),
  ...three(VACGE, '1 VACGE', '1', '0', '1110', '1', 281, 'VACGE<c>.F32', 'VACGE'),
  ...three(VACGE, '1 VACGT', '1', '1', '1110', '1', 281, 'VACGT<c>.F32', 'VACGT'),
  ...three('VMAX, VMIN (floating-point)', '1 VMAX', '0', '0', '1111', '0', 335, 'VMAX<c>.F32', 'VMAX_F32'),
  ...three('VMAX, VMIN (floating-point)', '1 VMIN', '0', '1', '1111', '0', 335, 'VMIN<c>.F32', 'VMIN_F32'),
  ...pairwise('VPMAX, VPMIN (floating-point)', '1 VPMAX', '0', '1111', 366, 'VPMAX<c>.F32', 'VPMAX_F32'),
  ...pairwise('VPMAX, VPMIN (floating-point)', '1 VPMIN', '1', '1111', 366, 'VPMIN<c>.F32', 'VPMIN_F32'),
  ...three('VRECPS', '1', '0', '0', '1111', '1', 385, 'VRECPS<c>.F32', 'VRECPS'),
  ...three('VRSQRTS', '1', '0', '1', '1111', '1', 392, 'VRSQRTS<c>.F32', 'VRSQRTS'),

  ...byScalar('VMLA (by scalar)', '0001', 338, 'VMLA<c>.F32', 'VMLA_scalar_F32'),
  ...byScalar('VMLS (by scalar)', '0101', 338, 'VMLS<c>.F32', 'VMLS_scalar_F32'),
  ...byScalar('VMUL (by scalar)', '1001', 352, 'VMUL<c>.F32', 'VMUL_scalar_F32'),

  ...two('VCGT (immediate #0)', '1 F32', '01', '1000', 296, `VCGT<c>.F32 ${DM}, #0`, 'VCGT_zero_F32'),
  ...two('VCGE (immediate #0)', '1 F32', '01', '1001', 294, `VCGE<c>.F32 ${DM}, #0`, 'VCGE_zero_F32'),
  ...two('VCEQ (immediate #0)', '1 F32', '01', '1010', 292, `VCEQ<c>.F32 ${DM}, #0`, 'VCEQ_zero_F32'),
  ...two('VCLE (immediate #0)', '1 F32', '01', '1011', 298, `VCLE<c>.F32 ${DM}, #0`, 'VCLE_zero_F32'),
  ...two('VCLT (immediate #0)', '1 F32', '01', '1100', 301, `VCLT<c>.F32 ${DM}, #0`, 'VCLT_zero_F32'),
  ...two('VABS', '1 F32', '01', '1110', 280, `VABS<c>.F32 ${DM}`, 'VABS_F32'),
  ...two('VNEG', '1 F32', '01', '1111', 355, `VNEG<c>.F32 ${DM}`, 'VNEG_F32'),
  ...two('VRECPE', '1 U32', '11', '1000', 384, `VRECPE<c>.U32 ${DM}`, 'VRECPE_U32'),
  ...two('VRECPE', '1 F32', '11', '1010', 384, `VRECPE<c>.F32 ${DM}`, 'VRECPE_F32'),
  ...two('VRSQRTE', '1 U32', '11', '1001', 391, `VRSQRTE<c>.U32 ${DM}`, 'VRSQRTE_U32'),
  ...two('VRSQRTE', '1 F32', '11', '1011', 391, `VRSQRTE<c>.F32 ${DM}`, 'VRSQRTE_F32'),
  ...integers(true),
  ...integers(false),
  ...half(true),
  ...half(false),
  ...fixed(true),
  ...fixed(false),
];
