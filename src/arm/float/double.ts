/**
 * Double-precision arithmetic and comparison: the manual's pseudocode for 64 bits (DDI 0406C A2.7). Operands are pairs of words
 * (high, low; i32), results go to `out`. `fpscr` is the whole FPSCR. common.ts says why results are exact. What stays here between calls is scratch.
 */
import { FPSCR_C, FPSCR_DZC, FPSCR_IOC, FPSCR_N, FPSCR_V, FPSCR_Z } from '../fpscr.js';
import { RMode, roundingMode, type FloatResult } from './common.js';
import {
  Finite,
  FPDefaultNaN,
  FPProcessNaN,
  FPProcessNaNs,
  FPRound,
  FPUnpack,
  INFINITY,
  isNaNDouble,
  isSignalling,
  multiply,
  normaliseAndRound,
  setDouble,
  setNumber,
  shiftRightJam,
  shiftRightJamWide,
  SIGN,
  significand,
  wide,
  type Wide,
} from './double-format.js';

const x = new Finite();
const y = new Finite();
const z = new Finite();
const product = wide();
const addendWide = wide();

/** The sign of a number other than a NaN, zeros included, as 0 or SIGN. */
function signOf(value: number): number {
  return value < 0 || Object.is(value, -0) ? SIGN : 0;
}

/** An exact sum of zero, from terms of these signs if both are zero. */
function setZeroSum(sign1: number, sign2: number, bothZero: boolean, fpscr: number, out: FloatResult): void {
  if (bothZero && sign1 === sign2) setDouble(out, sign1, 0);
  else setDouble(out, roundingMode(fpscr) === RMode.RM ? SIGN : 0, 0);
}

export function FPAdd(high1: number, low1: number, high2: number, low2: number, fpscr: number, out: FloatResult): void {
  const value1 = FPUnpack(high1, low1, fpscr, out);
  const value2 = FPUnpack(high2, low2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) FPProcessNaNs(high1, low1, high2, low2, fpscr, out);
  else addValues(value1, value2, fpscr, out);
}

export function FPSub(high1: number, low1: number, high2: number, low2: number, fpscr: number, out: FloatResult): void {
  const value1 = FPUnpack(high1, low1, fpscr, out);
  const value2 = FPUnpack(high2, low2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) FPProcessNaNs(high1, low1, high2, low2, fpscr, out);
  else addValues(value1, -value2, fpscr, out);
}

/** The sum of two numbers, neither a NaN. */
function addValues(a: number, b: number, fpscr: number, out: FloatResult): void {
  if (a - a !== 0 || b - b !== 0) {
    const sum = a + b;
    if (sum !== sum) FPDefaultNaN(out);
    else setNumber(out, sum);
    return;
  }
  if (a === 0 || b === 0) {
    if (a !== 0) setNumber(out, a);
    else if (b !== 0) setNumber(out, b);
    else setZeroSum(signOf(a), signOf(b), true, fpscr, out);
    return;
  }
  if (a === -b) {
    setZeroSum(0, SIGN, false, fpscr, out);
    return;
  }
  const aIsLarger = Math.abs(a) >= Math.abs(b);
  const larger = aIsLarger ? a : b;
  const smaller = aIsLarger ? b : a;
  setNumber(out, larger);
  x.set(out.high, out.low);
  setNumber(out, smaller);
  y.set(out.high, out.low);
  // Both with ten bits below the double's last: enough for a sum or difference to be rounded as if exact.
  shiftRightJam((y.high << 10) | (y.low >>> 22), y.low << 10, x.exponent - y.exponent);
  const lowX = x.low << 10;
  const highX = (x.high << 10) | (x.low >>> 22);
  let high: number;
  let low: number;
  if (a < 0 === b < 0) {
    low = (lowX + significand[0]) | 0;
    high = (highX + significand[1] + (low >>> 0 < lowX >>> 0 ? 1 : 0)) | 0;
  } else {
    low = (lowX - significand[0]) | 0;
    high = (highX - significand[1] - (lowX >>> 0 < significand[0] >>> 0 ? 1 : 0)) | 0;
  }
  normaliseAndRound(signOf(larger), x.exponent, high, low, fpscr, out);
}

export function FPMul(high1: number, low1: number, high2: number, low2: number, fpscr: number, out: FloatResult): void {
  const value1 = FPUnpack(high1, low1, fpscr, out);
  const value2 = FPUnpack(high2, low2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) FPProcessNaNs(high1, low1, high2, low2, fpscr, out);
  else multiplyValues((high1 ^ high2) & SIGN, value1, value2, fpscr, out);
}

/** The product of two numbers, neither a NaN, with its sign. */
function multiplyValues(sign: number, a: number, b: number, fpscr: number, out: FloatResult): void {
  const aInfinite = a - a !== 0;
  const bInfinite = b - b !== 0;
  if (aInfinite || bInfinite) {
    if (a === 0 || b === 0) FPDefaultNaN(out);
    else setDouble(out, sign | INFINITY, 0);
    return;
  }
  if (a === 0 || b === 0) {
    setDouble(out, sign, 0);
    return;
  }
  setProduct(a, b, out);
  // Bits 105 or 104 lead. Bits 105 to 42, what lies below in the last one.
  const high = (product[3] << 22) | (product[2] >>> 10);
  const below = (product[1] << 22) | product[0];
  const low = (product[2] << 22) | (product[1] >>> 10) | (below !== 0 ? 1 : 0);
  normaliseAndRound(sign, x.exponent + y.exponent, high, low, fpscr, out);
}

/** x and y = two finite numbers other than zero, product = that of their significands. Uses `out` on the way. */
function setProduct(a: number, b: number, out: FloatResult): void {
  setNumber(out, a);
  x.set(out.high, out.low);
  setNumber(out, b);
  y.set(out.high, out.low);
  multiply(product, x.high, x.low, y.high, y.low);
}

/** addend + op1 × op2, rounded once. */
export function FPMulAdd(
  highA: number,
  lowA: number,
  high1: number,
  low1: number,
  high2: number,
  low2: number,
  fpscr: number,
  out: FloatResult,
): void {
  const valueA = FPUnpack(highA, lowA, fpscr, out);
  const value1 = FPUnpack(high1, low1, fpscr, out);
  const value2 = FPUnpack(high2, low2, fpscr, out);
  const infinite1 = value1 - value1 !== 0 && value1 === value1;
  const infinite2 = value2 - value2 !== 0 && value2 === value2;
  const invalid = (infinite1 && value2 === 0) || (infinite2 && value1 === 0);
  if (valueA !== valueA || value1 !== value1 || value2 !== value2) {
    // Infinity times zero is invalid even if the addend is a quiet NaN.
    if (invalid && !isSignalling(highA, lowA)) FPDefaultNaN(out);
    else processNaNs3(highA, lowA, high1, low1, high2, low2, fpscr, out);
    return;
  }
  if (invalid) {
    FPDefaultNaN(out);
    return;
  }
  const signP = (high1 ^ high2) & SIGN;
  if (valueA - valueA !== 0 || infinite1 || infinite2) {
    const infiniteP = infinite1 || infinite2;
    const infiniteA = valueA - valueA !== 0;
    if (infiniteA && infiniteP && signOf(valueA) !== signP) FPDefaultNaN(out);
    else setDouble(out, (infiniteA ? signOf(valueA) : signP) | INFINITY, 0);
    return;
  }
  if (value1 === 0 || value2 === 0) {
    if (valueA !== 0) setNumber(out, valueA);
    else setZeroSum(signOf(valueA), signP, true, fpscr, out);
    return;
  }
  if (valueA === 0) {
    multiplyValues(signP, value1, value2, fpscr, out);
    return;
  }
  setProduct(value1, value2, out);
  setNumber(out, valueA);
  z.set(out.high, out.low);
  addToProduct(signP, signOf(valueA), fpscr, out);
}

function processNaNs3(
  highA: number,
  lowA: number,
  high1: number,
  low1: number,
  high2: number,
  low2: number,
  fpscr: number,
  out: FloatResult,
): void {
  const anySignalling = isSignalling(high1, low1) || isSignalling(high2, low2);
  if (isSignalling(highA, lowA) || (!anySignalling && isNaNDouble(highA, lowA))) FPProcessNaN(highA, lowA, fpscr, out);
  else FPProcessNaNs(high1, low1, high2, low2, fpscr, out);
}

/** Rounds z + x × y, where `product` has the significands' product already. */
function addToProduct(signP: number, signA: number, fpscr: number, out: FloatResult): void {
  // Both in 128 bits with the larger's leading bit at 126 or 125. A bit that is lost in aligning lies so far below the result's leading one
  // that the last bit may stand for it: only operands that are close cancel, and those lose none.
  const p = product;
  const a = addendWide;
  p[3] = (p[3] << 21) | (p[2] >>> 11);
  p[2] = (p[2] << 21) | (p[1] >>> 11);
  p[1] = (p[1] << 21) | (p[0] >>> 11);
  p[0] <<= 21;
  a[3] = (z.high << 10) | (z.low >>> 22);
  a[2] = z.low << 10;
  a[1] = a[0] = 0;
  // Of bit 126: the product's leading bit may be one above its factors' exponents.
  let exponent = x.exponent + y.exponent + 1;
  const ahead = exponent - z.exponent;
  if (ahead >= 0) shiftRightJamWide(a, ahead);
  else {
    shiftRightJamWide(p, -ahead);
    exponent = z.exponent;
  }
  let sign = signP;
  if (signA === signP) addWide(p, a);
  else if (subtractWide(p, a)) sign = signA;
  if ((p[0] | p[1] | p[2] | p[3]) === 0) {
    setZeroSum(signP, signA, false, fpscr, out);
    return;
  }
  while (p[3] === 0) {
    p[3] = p[2];
    p[2] = p[1];
    p[1] = p[0];
    p[0] = 0;
    exponent -= 32;
  }
  const shift = Math.clz32(p[3]);
  if (shift > 0) {
    p[3] = (p[3] << shift) | (p[2] >>> (32 - shift));
    p[2] = (p[2] << shift) | (p[1] >>> (32 - shift));
    p[1] <<= shift;
  }
  const low = p[2] | ((p[1] | p[0]) !== 0 ? 1 : 0);
  FPRound(sign, exponent + 1 - shift, p[3], low, fpscr, out);
}

/** a += b. */
function addWide(a: Wide, b: Wide): void {
  let carry = 0;
  for (let i = 0; i < 4; i++) {
    const sum = (a[i] >>> 0) + (b[i] >>> 0) + carry;
    a[i] = sum;
    carry = sum > 0xffff_ffff ? 1 : 0;
  }
}

/** a = |a - b|; whether b was the larger. */
function subtractWide(a: Wide, b: Wide): boolean {
  let borrow = 0;
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] >>> 0) - (b[i] >>> 0) - borrow;
    a[i] = difference;
    borrow = difference < 0 ? 1 : 0;
  }
  if (borrow === 0) return false;
  let carry = 1;
  for (let i = 0; i < 4; i++) {
    const negated = (~a[i] >>> 0) + carry;
    a[i] = negated;
    carry = negated > 0xffff_ffff ? 1 : 0;
  }
  return true;
}

export function FPDiv(high1: number, low1: number, high2: number, low2: number, fpscr: number, out: FloatResult): void {
  const value1 = FPUnpack(high1, low1, fpscr, out);
  const value2 = FPUnpack(high2, low2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) {
    FPProcessNaNs(high1, low1, high2, low2, fpscr, out);
    return;
  }
  const sign = (high1 ^ high2) & SIGN;
  const infinite1 = value1 - value1 !== 0;
  const infinite2 = value2 - value2 !== 0;
  if ((infinite1 && infinite2) || (value1 === 0 && value2 === 0)) FPDefaultNaN(out);
  else if (infinite1 || value2 === 0) {
    if (!infinite1) out.cumulative |= FPSCR_DZC;
    setDouble(out, sign | INFINITY, 0);
  } else if (value1 === 0 || infinite2) setDouble(out, sign, 0);
  else {
    setNumber(out, value1);
    x.set(out.high, out.low);
    setNumber(out, value2);
    y.set(out.high, out.low);
    divideSignificands(sign, fpscr, out);
  }
}

const TWO_32 = 0x1_0000_0000;
const TWO_52 = 0x10_0000_0000_0000;

/** Rounds x / y. */
function divideSignificands(sign: number, fpscr: number, out: FloatResult): void {
  let dividend = x.high * TWO_32 + (x.low >>> 0);
  const divisor = y.high * TWO_32 + (y.low >>> 0);
  let exponent = x.exponent - y.exponent;
  if (dividend < divisor) {
    dividend *= 2;
    exponent--;
  }
  // quotient × divisor + remainder = dividend × 2^52, 0 <= remainder < divisor. The guess is wrong by little: 64 bits tell the remainder.
  let quotient = Math.floor((dividend / divisor) * TWO_52);
  const quotientHigh = Math.floor(quotient / TWO_32);
  multiply(product, quotientHigh, quotient | 0, y.high, y.low);
  const high = (((dividend | 0) << 20) - product[1] - (product[0] !== 0 ? 1 : 0)) | 0;
  let remainder = high * TWO_32 + (-product[0] >>> 0);
  for (; remainder < 0; remainder += divisor) quotient--;
  for (; remainder >= divisor; remainder -= divisor) quotient++;
  roundWithRemainder(sign, exponent, quotient, 2 * remainder - divisor, remainder, fpscr, out);
}

/**
 * Rounds (quotient / 2^52) × 2^exponent, a little more if the remainder is not zero.
 * @param quotient 53 bits
 * @param half negative, zero or positive as the part below the quotient's last bit is less than half of that, half, or more
 */
function roundWithRemainder(
  sign: number,
  exponent: number,
  quotient: number,
  half: number,
  remainder: number,
  fpscr: number,
  out: FloatResult,
): void {
  const high = Math.floor(quotient / TWO_32);
  const low = quotient | 0;
  const guard = half >= 0 ? 0x400 : 0;
  const sticky = half !== 0 && remainder !== 0 ? 1 : 0;
  FPRound(sign, exponent, (high << 11) | (low >>> 21), (low << 11) | guard | sticky, fpscr, out);
}

export function FPSqrt(high: number, low: number, fpscr: number, out: FloatResult): void {
  const value = FPUnpack(high, low, fpscr, out);
  if (value !== value) FPProcessNaN(high, low, fpscr, out);
  else if (value === 0) setDouble(out, high & SIGN, 0);
  else if (value < 0) FPDefaultNaN(out);
  else if (value - value !== 0) setDouble(out, INFINITY, 0);
  else {
    x.set(high, low);
    const odd = x.exponent & 1;
    const radicand = (x.high * TWO_32 + (x.low >>> 0)) * (odd + 1);
    // root^2 + remainder = radicand × 2^52, 0 <= remainder <= 2 root. The guess is wrong by little: 64 bits tell the remainder.
    let root = Math.floor(Math.sqrt(radicand) * 0x400_0000);
    const rootHigh = Math.floor(root / TWO_32);
    multiply(product, rootHigh, root | 0, rootHigh, root | 0);
    const remainderHigh = (((radicand | 0) << 20) - product[1] - (product[0] !== 0 ? 1 : 0)) | 0;
    let remainder = remainderHigh * TWO_32 + (-product[0] >>> 0);
    for (; remainder < 0; remainder += 2 * root + 1) root--;
    for (; remainder > 2 * root; root++) remainder -= 2 * root + 1;
    // (root + 1/2)^2 is root^2 + root + 1/4.
    const half = remainder > root ? 1 : -1;
    roundWithRemainder(0, (x.exponent - odd) / 2, root, half, remainder, fpscr, out);
  }
}

/**
 * N, Z, C and V of a comparison in their places in FPSCR.
 * @param quiet_nan_exc whether quiet NaNs, too, are invalid (VCMPE)
 */
export function FPCompare(
  high1: number,
  low1: number,
  high2: number,
  low2: number,
  quiet_nan_exc: boolean,
  fpscr: number,
  out: FloatResult,
): number {
  const value1 = FPUnpack(high1, low1, fpscr, out);
  const value2 = FPUnpack(high2, low2, fpscr, out);
  if (value1 !== value1 || value2 !== value2) {
    if (quiet_nan_exc || isSignalling(high1, low1) || isSignalling(high2, low2)) out.cumulative |= FPSCR_IOC;
    return FPSCR_C | FPSCR_V;
  }
  if (value1 === value2) return FPSCR_Z | FPSCR_C;
  return value1 < value2 ? FPSCR_N : FPSCR_C;
}
