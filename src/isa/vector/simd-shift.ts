/**
 * Advanced SIMD: two registers and a shift amount (DDI 0406C A7.4.4), the conversions of fixed-point numbers excepted; VSHLL's second
 * encoding is among the miscellaneous instructions. A word with L:imm6 = 0000xxx is a modified immediate (A7.4.6) and never among these.
 */
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';
import { dataProcessing, doubleRegisters, oddQuadword, undefinedIf } from './define.js';

/** An element's size from the highest bit set in L:imm6<5:3>: 0 for a byte to 3 for a doubleword. */
function sizeOf(f: Fields): number {
  if (f.L === 1) return 3;
  return f.imm6 >= 32 ? 2 : f.imm6 >= 16 ? 1 : 0;
}

/** L:imm6 says the shift, too: an element's bits doubled less a right shift, or its bits and a left shift. */
function rightShift(f: Fields): number {
  return f.L === 1 ? 64 - f.imm6 : (16 << sizeOf(f)) - f.imm6;
}
function leftShift(f: Fields): number {
  return f.L === 1 ? f.imm6 : f.imm6 - (8 << sizeOf(f));
}

const modifiedImmediate = (f: Fields): boolean => f.L !== 1 && f.imm6 < 8;

/** Which bits of the first operand, or of both, are UNDEFINED for elements that keep their size; modified immediates are elsewhere. */
const sameSize: FieldCondition = undefinedIf(
  "L:imm6 == '0000xxx' then SEE \"Related encodings\"; if Q == '1' && (Vd<0> == '1' || Vm<0> == '1')",
  (f) => modifiedImmediate(f) || oddQuadword(f, 'Vd', 'Vm'),
);
const narrowing: FieldCondition = undefinedIf(
  "imm6 == '000xxx' then SEE \"Related encodings\"; if Vm<0> == '1'",
  (f) => modifiedImmediate(f) || (f.Vm & 1) === 1,
);
const widening: FieldCondition = undefinedIf(
  "imm6 == '000xxx' then SEE \"Related encodings\"; if Vd<0> == '1'",
  (f) => modifiedImmediate(f) || (f.Vd & 1) === 1,
);

/**
 * Right shifts by 1 to esize: `shift_less1` is that less one, so that it is a count below esize.
 */
const right: ArgumentSet = (f) => ({
  ...doubleRegisters(f),
  Q: f.Q ?? 0,
  size: sizeOf(f),
  U: f.U ?? 0,
  shift_amount: rightShift(f),
  shift_less1: rightShift(f) - 1,
});
const left: ArgumentSet = (f) => ({
  ...doubleRegisters(f),
  Q: f.Q ?? 0,
  size: sizeOf(f),
  U: f.U ?? 0,
  shift_amount: leftShift(f),
});

/** VMOVL: VSHLL by nothing. */
const extend: ArgumentSet = (f) => ({ ...doubleRegisters(f), size: f.imm3 >>> 1, U: f.U });

/** Elements keep their size: `1 D imm6 Vd opc L Q M 1 Vm`. */
function same(
  name: string,
  U: string,
  opc: string,
  section: string,
  syntax: string,
  operation: string,
  args: ArgumentSet,
): Row[] {
  const rest = `1 D:1 imm6:6 Vd:4 ${opc} L:1 Q:1 M:1 1 Vm:4`;
  return dataProcessing(U)(name, '1', rest, section, syntax, operation, args, { guard: sameSize });
}

/** They become half as wide: `1 D imm6 Vd 100 op 0 round M 1 Vm`. */
function narrow(
  name: string,
  word: string,
  U: string,
  op: string,
  round: '0' | '1',
  section: string,
  syntax: string,
  operation: string,
): Row[] {
  const rest = `1 D:1 imm6:6 Vd:4 100 ${op} 0 ${round} M:1 1 Vm:4`;
  return dataProcessing(U)(name, `1${word}`, rest, section, syntax, operation, right, { guard: narrowing });
}

export const rows: readonly Row[] = [
  ...same('VSHR', 'U:1', '0000', 'A8.8.398', 'VSHR<c>.<dt> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VSHR', right),
  ...same('VSRA', 'U:1', '0001', 'A8.8.402', 'VSRA<c>.<dt> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VSRA', right),
  ...same('VRSHR', 'U:1', '0010', 'A8.8.389', 'VRSHR<c>.<dt> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VRSHR', right),
  ...same('VRSRA', 'U:1', '0011', 'A8.8.393', 'VRSRA<c>.<dt> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VRSRA', right),
  ...same('VSRI', '1', '0100', 'A8.8.403', 'VSRI<c>.<size> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VSRI', right),
  ...same('VSHL (immediate)', '0', '0101', 'A8.8.395', 'VSHL<c>.I<size> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VSHL_imm', left),
  ...same('VSLI', '1', '0101', 'A8.8.400', 'VSLI<c>.<size> <Qd|Dd>, <Qm|Dm>, #<imm>', 'VSLI', left),
  ...dataProcessing('1')(
    'VQSHL, VQSHLU (immediate)',
    '1 VQSHLU',
    '1 D:1 imm6:6 Vd:4 0110 L:1 Q:1 M:1 1 Vm:4',
    'A8.8.380',
    'VQSHLU<c>.<dt> <Qd|Dd>, <Qm|Dm>, #<imm>',
    'VQSHLU_imm',
    left,
    { guard: sameSize },
  ),
  ...same(
    'VQSHL, VQSHLU (immediate)',
    'U:1',
    '0111',
    'A8.8.380',
    'VQSHL<c>.<dt> <Qd|Dd>, <Qm|Dm>, #<imm>',
    'VQSHL_imm',
    left,
  ),

  ...narrow('VSHRN', '', '0', '0', '0', 'A8.8.399', 'VSHRN<c>.I<size> <Dd>, <Qm>, #<imm>', 'VSHRN'),
  ...narrow('VRSHRN', '', '0', '0', '1', 'A8.8.390', 'VRSHRN<c>.I<size> <Dd>, <Qm>, #<imm>', 'VRSHRN'),
  ...narrow(
    'VQSHRN, VQSHRUN',
    ' VQSHRUN',
    '1',
    '0',
    '0',
    'A8.8.381',
    'VQSHRUN<c>.S<size> <Dd>, <Qm>, #<imm>',
    'VQSHRUN',
  ),
  ...narrow(
    'VQRSHRN, VQRSHRUN',
    ' VQRSHRUN',
    '1',
    '0',
    '1',
    'A8.8.378',
    'VQRSHRUN<c>.S<size> <Dd>, <Qm>, #<imm>',
    'VQRSHRUN',
  ),
  ...narrow('VQSHRN, VQSHRUN', '', 'U:1', '1', '0', 'A8.8.381', 'VQSHRN<c>.<dt> <Dd>, <Qm>, #<imm>', 'VQSHRN'),
  ...narrow('VQRSHRN, VQRSHRUN', '', 'U:1', '1', '1', 'A8.8.378', 'VQRSHRN<c>.<dt> <Dd>, <Qm>, #<imm>', 'VQRSHRN'),

  ...dataProcessing('U:1')(
    'VSHLL',
    '1',
    '1 D:1 imm6:6 Vd:4 1010 0 0 M:1 1 Vm:4',
    'A8.8.397',
    'VSHLL<c>.<dt> <Qd>, <Dm>, #<imm>',
    'VSHLL',
    left,
    { guard: widening },
  ),
  ...dataProcessing('U:1')(
    'VMOVL',
    '1',
    '1 D:1 imm3:3 000 Vd:4 1010 0 0 M:1 1 Vm:4',
    'A8.8.346',
    'VMOVL<c>.<dt> <Qd>, <Dm>',
    'VMOVL',
    extend,
    {
      over: ['VSHLL 1'],
      guard: undefinedIf(
        "imm3 != '001' && imm3 != '010' && imm3 != '100' then SEE VSHLL; if Vd<0> == '1'",
        (f) => (f.imm3 !== 1 && f.imm3 !== 2 && f.imm3 !== 4) || (f.Vd & 1) === 1,
      ),
    },
  ),
];
