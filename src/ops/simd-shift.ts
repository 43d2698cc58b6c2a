/**
 * Operations of Advanced SIMD on two registers and a shift amount (DDI 0406C A7.4.4). A right shift by n, which may be all of a lane's bits, is
 * one by n - 1 and one by 1, so that no count reaches the lane's width; what the last one shifts out is what rounding adds.
 */
import type { Builder, Imm, Value, VReg } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import { esizeOf, extendLow, greatest, type Narrow, narrow, read, SatNarrow, wider, write } from './simd.js';
import type { Esize, Vector } from './vector-builder.js';

interface ShiftOperands {
  readonly d: VReg;
  readonly m: VReg;
  /** Left shifts: 0 to esize - 1 (VSHLL: to esize). */
  readonly shift_amount: Imm;
  /** Right shifts: the amount less one. */
  readonly shift_less1: Imm;
  readonly size: number;
  readonly U: number;
  readonly Q: number;
}

function shift(
  name: string,
  amount: 'shift_amount' | 'shift_less1',
  statics: readonly ('size' | 'U' | 'Q')[],
  body: (b: Builder, o: ShiftOperands, amount: Value) => void,
): Operation {
  return plain(name, { regs: [], vregs: ['d', 'm'], imms: [amount], statics }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const operands = o as unknown as ShiftOperands;
    body(b, operands, b.imm(operands[amount]));
  });
}

/** (x + round_const) >> (less1 + 1), where round_const is half of the lowest bit that stays, or zero. */
function shiftRightBy(b: Builder, esize: Esize, U: number, x: Vector, less1: Value, rounding: boolean): Vector {
  const v = b.simd;
  const shr = (a: Vector, n: Value): Vector => (U ? v.shr_u(esize, a, n) : v.shr_s(esize, a, n));
  const doubled = shr(x, less1);
  const truncated = shr(doubled, b.const(1));
  return rounding ? v.add(esize, truncated, v.and(doubled, v.splatConst(esize, 1))) : truncated;
}

function right(name: string, rounding: boolean, accumulate: boolean): Operation {
  return shift(name, 'shift_less1', ['size', 'U', 'Q'], (b, o, less1) => {
    const esize = esizeOf(o.size);
    const shifted = shiftRightBy(b, esize, o.U, read(b, o.Q, o.m), less1, rounding);
    write(b, o.Q, o.d, accumulate ? b.simd.add(esize, read(b, o.Q, o.d), shifted) : shifted);
  });
}

/** Inserts what is shifted: where `ones` are shifted to, the destination changes. */
function insert(
  name: string,
  amount: 'shift_amount' | 'shift_less1',
  move: (b: Builder, esize: Esize, x: Vector, amount: Value) => Vector,
): Operation {
  return shift(name, amount, ['size', 'Q'], (b, o, n) => {
    const v = b.simd;
    const esize = esizeOf(o.size);
    const mask = move(b, esize, v.splatConst(esize, -1), n);
    write(b, o.Q, o.d, v.bitselect(move(b, esize, read(b, o.Q, o.m), n), read(b, o.Q, o.d), mask));
  });
}

/** Saturates to a signed or unsigned lane as the operand is. */
const VQSHL = shift('VQSHL_imm', 'shift_amount', ['size', 'U', 'Q'], (b, o, n) => {
  const v = b.simd;
  const esize = esizeOf(o.size);
  const x = read(b, o.Q, o.m);
  const shifted = v.shl(esize, x, n);
  const back = o.U ? v.shr_u(esize, shifted, n) : v.shr_s(esize, shifted, n);
  const sign = v.shr_s(esize, x, b.const(esize - 1));
  const limit = o.U ? v.splatConst(esize, -1) : v.xor(sign, greatest(v, esize));
  v.orQC(v.any_true(v.xor(back, x)));
  write(b, o.Q, o.d, v.bitselect(shifted, limit, v.eq(esize, back, x)));
});

/** A signed operand, saturated to an unsigned lane: a negative one gives zero. */
const VQSHLU = shift('VQSHLU_imm', 'shift_amount', ['size', 'Q'], (b, o, n) => {
  const v = b.simd;
  const esize = esizeOf(o.size);
  const x = read(b, o.Q, o.m);
  const shifted = v.shl(esize, x, n);
  const negative = v.shr_s(esize, x, b.const(esize - 1));
  const fits = v.andnot(v.eq(esize, v.shr_u(esize, shifted, n), x), negative);
  v.orQC(v.any_true(v.not(fits)));
  write(b, o.Q, o.d, v.bitselect(shifted, v.not(negative), fits));
});

/** Lanes of Q[m] shifted and narrowed; `size` is the result's. */
function narrowing(
  name: string,
  rounding: boolean,
  statics: readonly ('size' | 'U')[],
  source: (o: ShiftOperands) => number,
  cut: (b: Builder, esize: Narrow, U: number, x: Vector) => Vector,
): Operation {
  return shift(name, 'shift_less1', statics, (b, o, less1) => {
    const esize = esizeOf(o.size) as Narrow;
    const shifted = shiftRightBy(b, wider(esize), source(o), b.simd.Q(o.m), less1, rounding);
    b.simd.setD(o.d, cut(b, esize, o.U, shifted));
  });
}

const truncate = (b: Builder, esize: Narrow, _U: number, x: Vector): Vector => narrow(b.simd, esize, x);
const saturate = (b: Builder, esize: Narrow, U: number, x: Vector): Vector => SatNarrow(b, esize, U, U, x);
const saturateUnsigned = (b: Builder, esize: Narrow, _U: number, x: Vector): Vector => SatNarrow(b, esize, 0, 1, x);
const unsigned = (): number => 1;
const signed = (): number => 0;
const asU = (o: ShiftOperands): number => o.U;

export const operations: readonly Operation[] = [
  right('VSHR', false, false),
  right('VSRA', false, true),
  right('VRSHR', true, false),
  right('VRSRA', true, true),
  insert('VSRI', 'shift_less1', (b, esize, x, less1) => shiftRightBy(b, esize, 1, x, less1, false)),
  insert('VSLI', 'shift_amount', (b, esize, x, n) => b.simd.shl(esize, x, n)),
  shift('VSHL_imm', 'shift_amount', ['size', 'Q'], (b, o, n) => {
    write(b, o.Q, o.d, b.simd.shl(esizeOf(o.size), read(b, o.Q, o.m), n));
  }),
  VQSHL,
  VQSHLU,

  narrowing('VSHRN', false, ['size'], unsigned, truncate),
  narrowing('VRSHRN', true, ['size'], unsigned, truncate),
  narrowing('VQSHRN', false, ['size', 'U'], asU, saturate),
  narrowing('VQRSHRN', true, ['size', 'U'], asU, saturate),
  narrowing('VQSHRUN', false, ['size'], signed, saturateUnsigned),
  narrowing('VQRSHRUN', true, ['size'], signed, saturateUnsigned),

  shift('VSHLL', 'shift_amount', ['size', 'U'], (b, o, n) => {
    const esize = esizeOf(o.size) as Narrow;
    b.simd.setQ(o.d, b.simd.shl(wider(esize), extendLow(b.simd, esize, o.U, b.simd.D(o.m)), n));
  }),
  plain('VMOVL', { regs: [], vregs: ['d', 'm'], imms: [], statics: ['size', 'U'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    b.simd.setQ(o.d, extendLow(b.simd, esizeOf(o.size) as Narrow, o.U, b.simd.D(o.m)));
  }),
];
