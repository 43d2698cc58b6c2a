/** Advanced SIMD: three registers of the same length (DDI 0406C A7.4.1), integers and bits. */
import { dataProcessing, doubleRegisters, oddQuadword, undefinedIf } from './define.js';
import type { RowOptions } from '../define.js';
import type { ArgumentSet, FieldCondition, Row } from '../row.js';

const DNM = '<Qd|Dd>, <Qn|Dn>, <Qm|Dm>';
const DMN = '<Qd|Dd>, <Qm|Dm>, <Qn|Dn>';

/** `size`, `U` and `Q` as far as the diagram has them. */
const args: ArgumentSet = (f) => ({ ...f, ...doubleRegisters(f) });

const ODD = "Q == '1' && (Vd<0> == '1' || Vn<0> == '1' || Vm<0> == '1')";

/** UNDEFINED for odd quadword registers, and for sizes that are not in the mask (bit s for size s). */
function legal(sizes: number, says: string): FieldCondition {
  return undefinedIf(
    says === '' ? ODD : `${says} || ${ODD}`,
    (f) => oddQuadword(f, 'Vd', 'Vn', 'Vm') || ((sizes >>> f.size) & 1) === 0,
  );
}
const anySize = undefinedIf(ODD, (f) => oddQuadword(f, 'Vd', 'Vn', 'Vm'));
const toWords = legal(0b0111, "size == '11'");
const halfwordsAndWords = legal(0b0110, "size == '00' || size == '11'");

/** Rows with a `size` field. `A` and `B` are bits 11:8 and 4. */
function sized(
  name: string,
  U: string,
  A: string,
  B: string,
  section: number,
  operation: string,
  guard: FieldCondition,
  operands = DNM,
): Row[] {
  const rest = `0 D:1 size:2 Vn:4 Vd:4 ${A} N:1 Q:1 M:1 ${B} Vm:4`;
  const mnemonic = name.replace(/ .*/, '');
  return dataProcessing(U)(name, '1', rest, `A8.8.${section}`, `${mnemonic}<c>.<dt> ${operands}`, operation, args, {
    guard,
  });
}

/** Rows of operations on bits, which have an opcode in place of the size. */
function bitwise(
  name: string,
  U: string,
  opcode: string,
  section: number,
  operation: string,
  options: RowOptions = {},
  operands = DNM,
): Row[] {
  const rest = `0 D:1 ${opcode} Vn:4 Vd:4 0001 N:1 Q:1 M:1 1 Vm:4`;
  const mnemonic = name.replace(/ .*/, '');
  return dataProcessing(U)(name, '1', rest, `A8.8.${section}`, `${mnemonic}<c>{.<dt>} ${operands}`, operation, args, {
    guard: anySize,
    ...options,
  });
}

/** Rows of pairwise operations, which have doubleword registers only. */
function pairwise(name: string, U: string, A: string, B: string, section: number, operation: string): Row[] {
  const rest = `0 D:1 size:2 Vn:4 Vd:4 ${A} N:1 0 M:1 ${B} Vm:4`;
  const mnemonic = name.replace(/ .*/, '');
  const guard = undefinedIf("size == '11'", (f) => f.size === 3);
  return dataProcessing(U)(
    name,
    '1',
    rest,
    `A8.8.${section}`,
    `${mnemonic}<c>.<dt> <Dd>, <Dn>, <Dm>`,
    operation,
    args,
    { guard },
  );
}

const sameSource = undefinedIf(
  `N:Vn != M:Vm || ${ODD}`,
  (f) => f.N !== f.M || f.Vn !== f.Vm || oddQuadword(f, 'Vd', 'Vm'),
);

export const rows: readonly Row[] = [
  ...sized('VHADD', 'U:1', '0000', '0', 319, 'VHADD', toWords),
  ...sized('VQADD', 'U:1', '0000', '1', 370, 'VQADD', anySize),
  ...sized('VRHADD', 'U:1', '0001', '0', 387, 'VRHADD', toWords),
  ...sized('VHSUB', 'U:1', '0010', '0', 319, 'VHSUB', toWords),
  ...sized('VQSUB', 'U:1', '0010', '1', 382, 'VQSUB', anySize),

  ...bitwise('VAND (register)', '0', '00', 287, 'VAND_reg'),
  ...bitwise('VBIC (register)', '0', '01', 289, 'VBIC_reg'),
  ...bitwise('VORR (register)', '0', '10', 360, 'VORR_reg'),
  ...bitwise(
    'VMOV (register)',
    '0',
    '10',
    340,
    'VMOV_reg',
    { guard: sameSource, over: ['VORR (register) 1'] },
    '<Qd|Dd>, <Qm|Dm>',
  ),
  ...bitwise('VORN (register)', '0', '11', 358, 'VORN_reg'),
  ...bitwise('VEOR', '1', '00', 315, 'VEOR'),
  ...bitwise('VBSL', '1', '01', 290, 'VBSL'),
  ...bitwise('VBIT', '1', '10', 290, 'VBIT'),
  ...bitwise('VBIF', '1', '11', 290, 'VBIF'),

  ...sized('VCGT (register)', 'U:1', '0011', '0', 295, 'VCGT_reg', toWords),
  ...sized('VCGE (register)', 'U:1', '0011', '1', 293, 'VCGE_reg', toWords),
  ...sized('VSHL (register)', 'U:1', '0100', '0', 396, 'VSHL_reg', anySize, DMN),
  ...sized('VQSHL (register)', 'U:1', '0100', '1', 379, 'VQSHL_reg', anySize, DMN),
  ...sized('VRSHL', 'U:1', '0101', '0', 388, 'VRSHL', anySize, DMN),
  ...sized('VQRSHL', 'U:1', '0101', '1', 377, 'VQRSHL', anySize, DMN),
  ...sized('VMAX (integer)', 'U:1', '0110', '0', 334, 'VMAX_int', toWords),
  ...sized('VMIN (integer)', 'U:1', '0110', '1', 334, 'VMIN_int', toWords),
  ...sized('VABD (integer)', 'U:1', '0111', '0', 278, 'VABD_int', toWords),
  ...sized('VABA', 'U:1', '0111', '1', 277, 'VABA', toWords),
  ...sized('VADD (integer)', '0', '1000', '0', 282, 'VADD_int', anySize),
  ...sized('VSUB (integer)', '1', '1000', '0', 414, 'VSUB_int', anySize),
  ...sized('VTST', '0', '1000', '1', 421, 'VTST', toWords),
  ...sized('VCEQ (register)', '1', '1000', '1', 291, 'VCEQ_reg', toWords),
  ...sized('VMLA (integer)', '0', '1001', '0', 336, 'VMLA_int', toWords),
  ...sized('VMLS (integer)', '1', '1001', '0', 336, 'VMLS_int', toWords),
  ...sized('VMUL (integer)', '0', '1001', '1', 350, 'VMUL_int', toWords),
  ...dataProcessing('1')(
    'VMUL (polynomial)',
    '1',
    '0 D:1 00 Vn:4 Vd:4 1001 N:1 Q:1 M:1 1 Vm:4',
    'A8.8.350',
    `VMUL<c>.P8 ${DNM}`,
    'VMUL_poly',
    args,
    { guard: anySize },
  ),
  ...sized('VQDMULH', '0', '1011', '0', 372, 'VQDMULH', halfwordsAndWords),
  ...sized('VQRDMULH', '1', '1011', '0', 376, 'VQRDMULH', halfwordsAndWords),
  ...pairwise('VPMAX (integer)', 'U:1', '1010', '0', 365, 'VPMAX_int'),
  ...pairwise('VPMIN (integer)', 'U:1', '1010', '1', 365, 'VPMIN_int'),
  ...pairwise('VPADD (integer)', '0', '1011', '1', 362, 'VPADD_int'),
];
