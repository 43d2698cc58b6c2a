/** Operations of the multiply group: 32 and 64-bit products, halfword, dual and most significant word multiplies. */
import type { Builder, Reg, Value } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import { halfword, signedAddOverflow, whenSettingFlags } from './pseudocode.js';

/** A 64-bit value as two words. */
interface Wide {
  readonly high: Value;
  readonly low: Value;
}

function product(b: Builder, signed: boolean, x: Value, y: Value): Wide {
  return { high: signed ? b.mulHighS(x, y) : b.mulHighU(x, y), low: b.mul(x, y) };
}

/** x + y modulo 2^64. */
function addWide(b: Builder, x: Wide, y: Wide): Wide {
  const low = b.add(x.low, y.low);
  return { low, high: b.add(b.add(x.high, y.high), b.ltU(low, y.low)) };
}

/** A word as a 64-bit value. */
function zeroExtended(b: Builder, low: Value): Wide {
  return { low, high: b.const(0) };
}
function signExtended(b: Builder, low: Value): Wide {
  return { low, high: b.sar(low, b.const(31)) };
}

/** Writes dLo, then dHi, so that dHi stays if they are the same. */
function setWide(b: Builder, o: { dLo: Reg; dHi: Reg }, value: Wide): void {
  b.setR(o.dLo, value.low);
  b.setR(o.dHi, value.high);
}

function accumulator(b: Builder, o: { dLo: Reg; dHi: Reg }): Wide {
  return { low: b.R(o.dLo), high: b.R(o.dHi) };
}

const LONG = { regs: ['dLo', 'dHi', 'n', 'm'], imms: [], statics: ['setflags'] } as const;
const THREE = ['d', 'n', 'm'] as const;
const FOUR = ['d', 'n', 'm', 'a'] as const;

/** UMULL, SMULL and, where `accumulate`, UMLAL, SMLAL. */
function long(name: string, signed: boolean, accumulate: boolean): Operation {
  return plain(name, LONG, (b, o) => {
    const own = product(b, signed, b.R(o.n), b.R(o.m));
    const result = accumulate ? addWide(b, own, accumulator(b, o)) : own;
    whenSettingFlags(b, o.setflags, () => b.setNZ64(result.high, result.low));
    setWide(b, o, result);
  });
}

/** The two products of the dual multiplies: of the low halves, and of the high halves. */
function halfProducts(b: Builder, n: Value, m: Value, m_swap: number): readonly [Value, Value] {
  const operand2 = m_swap ? b.ror(m, b.const(16)) : m;
  return [b.mul(halfword(b, n, 0), halfword(b, operand2, 0)), b.mul(halfword(b, n, 1), halfword(b, operand2, 1))];
}

/** Sum or difference of the two products, and 1 if it overflows. A difference cannot: each is within -2^30 + 2^15 and 2^30. */
function dualResult(b: Builder, subtract: boolean, [low, high]: readonly [Value, Value]): readonly [Value, Value] {
  if (subtract) return [b.sub(low, high), b.const(0)];
  const sum = b.add(low, high);
  return [sum, signedAddOverflow(b, low, high, sum)];
}

/** SMUAD, SMUSD. */
function dual(name: string, subtract: boolean): Operation {
  return plain(name, { regs: THREE, imms: [], statics: ['m_swap'] }, (b, o) => {
    const [result, overflow] = dualResult(b, subtract, halfProducts(b, b.R(o.n), b.R(o.m), o.m_swap));
    if (!subtract) b.orQ(overflow);
    b.setR(o.d, result);
  });
}

/** SMLAD, SMLSD. Two overflows cancel out: the products' sum can only overflow upwards, and then the second one only downwards. */
function dualAccumulate(name: string, subtract: boolean): Operation {
  return plain(name, { regs: FOUR, imms: [], statics: ['m_swap'] }, (b, o) => {
    const [sum, overflow] = dualResult(b, subtract, halfProducts(b, b.R(o.n), b.R(o.m), o.m_swap));
    const addend = b.R(o.a);
    const result = b.add(sum, addend);
    b.orQ(b.xor(overflow, signedAddOverflow(b, sum, addend, result)));
    b.setR(o.d, result);
  });
}

/** SMLALD, SMLSLD. */
function dualAccumulateLong(name: string, subtract: boolean): Operation {
  return plain(name, { regs: LONG.regs, imms: [], statics: ['m_swap'] }, (b, o) => {
    const [low, high] = halfProducts(b, b.R(o.n), b.R(o.m), o.m_swap);
    const other = signExtended(b, subtract ? b.neg(high) : high);
    setWide(b, o, addWide(b, addWide(b, signExtended(b, low), other), accumulator(b, o)));
  });
}

/** Bits 47:16 of the product of a word and a halfword. */
function wordByHalfword(b: Builder, word: Value, half: Value): Value {
  return b.or(b.shl(b.mulHighS(word, half), b.const(16)), b.shr(b.mul(word, half), b.const(16)));
}

/** The carry into bit 32 that rounding (adding 2^31) makes. */
function rounding(b: Builder, round: number, low: Value): Value {
  return round ? b.shr(low, b.const(31)) : b.const(0);
}

export const operations: readonly Operation[] = [
  plain('MUL', { regs: THREE, imms: [], statics: ['setflags'] }, (b, o) => {
    const result = b.mul(b.R(o.n), b.R(o.m));
    whenSettingFlags(b, o.setflags, () => b.setNZ(result));
    b.setR(o.d, result);
  }),

  plain('MLA', { regs: FOUR, imms: [], statics: ['setflags'] }, (b, o) => {
    const result = b.add(b.mul(b.R(o.n), b.R(o.m)), b.R(o.a));
    whenSettingFlags(b, o.setflags, () => b.setNZ(result));
    b.setR(o.d, result);
  }),

  plain('MLS', { regs: FOUR, imms: [], statics: [] }, (b, o) => {
    b.setR(o.d, b.sub(b.R(o.a), b.mul(b.R(o.n), b.R(o.m))));
  }),

  long('UMULL', false, false),
  long('UMLAL', false, true),
  long('SMULL', true, false),
  long('SMLAL', true, true),

  plain('UMAAL', { regs: LONG.regs, imms: [], statics: [] }, (b, o) => {
    const own = product(b, false, b.R(o.n), b.R(o.m));
    const withLow = addWide(b, own, zeroExtended(b, b.R(o.dLo)));
    setWide(b, o, addWide(b, withLow, zeroExtended(b, b.R(o.dHi))));
  }),

  plain('SMULxy', { regs: THREE, imms: [], statics: ['n_high', 'm_high'] }, (b, o) => {
    b.setR(o.d, b.mul(halfword(b, b.R(o.n), o.n_high), halfword(b, b.R(o.m), o.m_high)));
  }),

  plain('SMLAxy', { regs: FOUR, imms: [], statics: ['n_high', 'm_high'] }, (b, o) => {
    const own = b.mul(halfword(b, b.R(o.n), o.n_high), halfword(b, b.R(o.m), o.m_high));
    const addend = b.R(o.a);
    const result = b.add(own, addend);
    b.orQ(signedAddOverflow(b, own, addend, result));
    b.setR(o.d, result);
  }),

  plain('SMULWy', { regs: THREE, imms: [], statics: ['m_high'] }, (b, o) => {
    b.setR(o.d, wordByHalfword(b, b.R(o.n), halfword(b, b.R(o.m), o.m_high)));
  }),

  plain('SMLAWy', { regs: FOUR, imms: [], statics: ['m_high'] }, (b, o) => {
    const own = wordByHalfword(b, b.R(o.n), halfword(b, b.R(o.m), o.m_high));
    const addend = b.R(o.a);
    const result = b.add(own, addend);
    b.orQ(signedAddOverflow(b, own, addend, result));
    b.setR(o.d, result);
  }),

  plain('SMLALxy', { regs: LONG.regs, imms: [], statics: ['n_high', 'm_high'] }, (b, o) => {
    const own = b.mul(halfword(b, b.R(o.n), o.n_high), halfword(b, b.R(o.m), o.m_high));
    setWide(b, o, addWide(b, signExtended(b, own), accumulator(b, o)));
  }),

  dual('SMUAD', false),
  dual('SMUSD', true),
  dualAccumulate('SMLAD', false),
  dualAccumulate('SMLSD', true),
  dualAccumulateLong('SMLALD', false),
  dualAccumulateLong('SMLSLD', true),

  plain('SMMUL', { regs: THREE, imms: [], statics: ['round'] }, (b, o) => {
    const own = product(b, true, b.R(o.n), b.R(o.m));
    b.setR(o.d, b.add(own.high, rounding(b, o.round, own.low)));
  }),

  plain('SMMLA', { regs: FOUR, imms: [], statics: ['round'] }, (b, o) => {
    const own = product(b, true, b.R(o.n), b.R(o.m));
    b.setR(o.d, b.add(b.add(b.R(o.a), own.high), rounding(b, o.round, own.low)));
  }),

  plain('SMMLS', { regs: FOUR, imms: [], statics: ['round'] }, (b, o) => {
    const own = product(b, true, b.R(o.n), b.R(o.m));
    const borrow = b.ne(own.low, b.const(0));
    const high = b.sub(b.sub(b.R(o.a), own.high), borrow);
    b.setR(o.d, b.add(high, rounding(b, o.round, b.neg(own.low))));
  }),
];
