/**
 * The manual's shared pseudocode over 32-bit words, written against the builder: shifts, additions with carry, saturation. Knows no
 * operation. Types of shift and the like are statics, so that an emitter emits only what a case needs.
 */
import { SetFlags, SRType } from '../isa/immediates.js';
import type { Builder, Imm, Value } from './builder.js';

/**
 * Shift (A8.4.3) by a constant: `type` is a static of SRType, `amount` 1 to 31 where the type has one. RRX uses C.
 */
export function Shift(b: Builder, value: Value, type: number, amount: Imm): Value {
  switch (type) {
    case SRType.LSL:
      return b.shl(value, b.imm(amount));
    case SRType.LSR:
      return b.shr(value, b.imm(amount));
    case SRType.ASR:
      return b.sar(value, b.imm(amount));
    case SRType.ROR:
      return b.ror(value, b.imm(amount));
    case SRType.RRX:
      return b.or(b.shl(b.C(), b.const(31)), b.shr(value, b.const(1)));
    case SRType.LSR_32:
      return b.const(0);
    case SRType.ASR_32:
      return b.sar(value, b.const(31));
    default:
      return value;
  }
}

/** The carry out of {@link Shift}, 0 or 1. Not for `SRType.none`, which leaves C as it is. */
export function ShiftCarryOut(b: Builder, value: Value, type: number, amount: Imm): Value {
  const one = b.const(1);
  switch (type) {
    case SRType.LSL:
      return b.and(b.shr(value, b.sub(b.const(32), b.imm(amount))), one);
    case SRType.LSR:
    case SRType.ASR:
    case SRType.ROR:
      return b.and(b.shr(value, b.sub(b.imm(amount), one)), one);
    case SRType.RRX:
      return b.and(value, one);
    default:
      return b.shr(value, b.const(31));
  }
}

/** Shift (A8.4.3) by a register's low byte: `amount` is 0 to 255, `type` LSL, LSR, ASR or ROR. */
export function ShiftByRegister(b: Builder, value: Value, type: number, amount: Value): Value {
  switch (type) {
    case SRType.LSL:
      return b.select(b.ltU(amount, b.const(32)), b.shl(value, amount), b.const(0));
    case SRType.LSR:
      return b.select(b.ltU(amount, b.const(32)), b.shr(value, amount), b.const(0));
    case SRType.ASR:
      return b.sar(value, b.select(b.ltU(amount, b.const(32)), amount, b.const(31)));
    default:
      return b.ror(value, amount);
  }
}

/** The carry out of {@link ShiftByRegister}, 0 or 1; C itself if the amount is 0. */
export function ShiftByRegisterCarryOut(b: Builder, value: Value, type: number, amount: Value): Value {
  const one = b.const(1);
  const thirtyTwo = b.const(32);
  let out: Value;
  switch (type) {
    case SRType.LSL:
      out = b.select(b.leU(amount, thirtyTwo), b.shr(value, b.sub(thirtyTwo, amount)), b.const(0));
      break;
    case SRType.LSR:
      out = b.select(b.leU(amount, thirtyTwo), b.shr(value, b.sub(amount, one)), b.const(0));
      break;
    case SRType.ASR:
      out = b.shr(value, b.select(b.leU(amount, thirtyTwo), b.sub(amount, one), b.const(31)));
      break;
    default:
      out = b.shr(value, b.sub(amount, one));
  }
  return b.select(amount, b.and(out, one), b.C());
}

const nothing = (): void => {};

/** Runs `set` as the static `setflags` says. */
export function whenSettingFlags(b: Builder, setflags: number, set: () => void): void {
  if (setflags === SetFlags.yes) set();
  else if (setflags === SetFlags.outsideITBlock) b.if(b.inITBlock(), nothing, set);
}

/** AddWithCarry(x, y, carry_in) (A2.2.1): the result. */
export function AddWithCarry(b: Builder, x: Value, y: Value, carry_in: Value): Value {
  return b.add(b.add(x, y), carry_in);
}

/** N, Z, C, V of AddWithCarry(x, y, carry_in) = `result`, whatever the carry in was. */
export function setFlagsAddWithCarry(b: Builder, x: Value, y: Value, result: Value): void {
  b.setNZ(result);
  b.setC(b.shr(b.or(b.and(x, y), b.and(b.or(x, y), b.not(result))), b.const(31)));
  b.setV(b.and(b.xor(x, result), b.xor(y, result)));
}

/** The same for AddWithCarry(x, y, '0'). */
export function setFlagsAdd(b: Builder, x: Value, y: Value, result: Value): void {
  b.setNZ(result);
  b.setC(b.ltU(result, x));
  b.setV(b.and(b.xor(x, result), b.xor(y, result)));
}

/** The same for AddWithCarry(x, NOT(y), '1'), that is x - y. */
export function setFlagsSub(b: Builder, x: Value, y: Value, result: Value): void {
  b.setNZ(result);
  b.setC(b.leU(y, x));
  b.setV(b.and(b.xor(x, y), b.xor(x, result)));
}

/** `value` limited to `low..high`, both as signed words. */
export function clampSigned(b: Builder, value: Value, low: Value, high: Value): Value {
  const notBelow = b.select(b.ltS(value, low), low, value);
  return b.select(b.ltS(high, notBelow), high, notBelow);
}

/** SignedSat of x + y to 32 bits (A2.2.1); Q is set if it saturates. */
export function SignedSatAdd(b: Builder, x: Value, y: Value): Value {
  const sum = b.add(x, y);
  return saturateTo32(b, sum, b.and(b.xor(x, sum), b.xor(y, sum)));
}

/** SignedSat of x - y to 32 bits; Q is set if it saturates. */
export function SignedSatSub(b: Builder, x: Value, y: Value): Value {
  const difference = b.sub(x, y);
  return saturateTo32(b, difference, b.and(b.xor(x, y), b.xor(x, difference)));
}

/** `wrapped` with overflow in bit 31 of `overflow`: an overflowed result has the wrong sign. */
function saturateTo32(b: Builder, wrapped: Value, overflow: Value): Value {
  const overflowed = b.shr(overflow, b.const(31));
  b.orQ(overflowed);
  return b.select(overflowed, b.xor(b.sar(wrapped, b.const(31)), b.const(-0x80000000)), wrapped);
}

/** SignedSatQ (A2.2.1): `value` saturated to `n` bits (1 to 32); Q is set if it saturates. */
export function SignedSatQ(b: Builder, value: Value, n: Imm): Value {
  const high = b.sub(b.shl(b.const(1), b.sub(b.imm(n), b.const(1))), b.const(1));
  const result = clampSigned(b, value, b.not(high), high);
  b.orQ(b.ne(result, value));
  return result;
}

/** UnsignedSatQ (A2.2.1) of a signed word: saturated to `n` bits (0 to 31); Q is set if it saturates. */
export function UnsignedSatQ(b: Builder, value: Value, n: Imm): Value {
  const result = clampSigned(b, value, b.const(0), b.sub(b.shl(b.const(1), b.imm(n)), b.const(1)));
  b.orQ(b.ne(result, value));
  return result;
}

/** SInt of the halfword of `value` that the static `high` selects, sign-extended. */
export function halfword(b: Builder, value: Value, high: number): Value {
  return high ? b.sar(value, b.const(16)) : signExtendHalf(b, value);
}

/** SignExtend(value<15:0>, 32). */
export function signExtendHalf(b: Builder, value: Value): Value {
  return b.sar(b.shl(value, b.const(16)), b.const(16));
}

/** SignExtend(value<7:0>, 32). */
export function signExtendByte(b: Builder, value: Value): Value {
  return b.sar(b.shl(value, b.const(24)), b.const(24));
}

/** 1 if the signed addition `x + y = sum` overflowed. */
export function signedAddOverflow(b: Builder, x: Value, y: Value, sum: Value): Value {
  return b.shr(b.and(b.xor(x, sum), b.xor(y, sum)), b.const(31));
}
