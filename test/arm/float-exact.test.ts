/**
 * Floating-point arithmetic against exact rational numbers: the manual's FPRound (DDI 0406C A2.7) on integers of any size, with which the
 * implementation shares nothing. Needs no tools.
 */
import assert from 'node:assert/strict';
import * as fpscrBits from '../../src/arm/fpscr.js';
import { FloatResult } from '../../src/arm/float/common.js';
import { FPDoubleToSingle } from '../../src/arm/float/convert.js';
import * as doubles from '../../src/arm/float/double.js';
import * as singles from '../../src/arm/float/single.js';
import { seededRandom } from '../../src/isa/random.js';
import { randomOperand } from './float-operands.js';

const { FPSCR_FZ, FPSCR_IDC, FPSCR_IXC, FPSCR_OFC, FPSCR_RMode_shift, FPSCR_UFC } = fpscrBits;

const SEED = Number(process.env.TRAPLINE_SEED ?? 4711);
const OPERANDS = Number(process.env.TRAPLINE_VECTORS ?? 0) || 3000;

interface Format {
  readonly name: 'single' | 'double';
  readonly exponentBits: number;
  readonly fractionBits: number;
}
const SINGLE: Format = { name: 'single', exponentBits: 8, fractionBits: 23 };
const DOUBLE: Format = { name: 'double', exponentBits: 11, fractionBits: 52 };

/** numerator / denominator × 2^exponent, exactly; the denominator is positive. */
interface Exact {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly exponent: number;
}

const bias = ({ exponentBits }: Format): number => 2 ** (exponentBits - 1) - 1;
const bitLength = (n: bigint): number => n.toString(2).length;
const shift = (n: bigint, by: number): bigint => n << BigInt(by);

/** The bits of a finite number as it is, or undefined for infinities and NaNs. */
function unpack(format: Format, bits: bigint): Exact | undefined {
  const { exponentBits, fractionBits } = format;
  const biased = Number((bits >> BigInt(fractionBits)) & (shift(1n, exponentBits) - 1n));
  if (biased === 2 ** exponentBits - 1) return undefined;
  const fraction = bits & (shift(1n, fractionBits) - 1n);
  const magnitude = biased === 0 ? fraction : fraction | shift(1n, fractionBits);
  const negative = bits >> BigInt(exponentBits + fractionBits) !== 0n;
  return {
    numerator: negative ? -magnitude : magnitude,
    denominator: 1n,
    exponent: Math.max(biased, 1) - bias(format) - fractionBits,
  };
}

/** FPRound of a number other than zero. @returns bits and cumulative flags */
function round(format: Format, value: Exact, mode: number, flush: boolean): readonly [bits: bigint, flags: number] {
  const { exponentBits, fractionBits } = format;
  const negative = value.numerator < 0n;
  const sign = negative ? shift(1n, exponentBits + fractionBits) : 0n;
  let top = negative ? -value.numerator : value.numerator;
  let bottom = value.denominator;
  // exponent: that of the leading one
  let exponent = bitLength(top) - bitLength(bottom) + value.exponent;
  const below = (n: number): boolean =>
    n >= value.exponent ? top < shift(bottom, n - value.exponent) : shift(top, value.exponent - n) < bottom;
  if (below(exponent)) exponent--;
  const least = 1 - bias(format);
  if (flush && exponent < least) return [sign, FPSCR_UFC];
  const unit = Math.max(exponent, least) - fractionBits;
  if (unit >= value.exponent) bottom = shift(bottom, unit - value.exponent);
  else top = shift(top, value.exponent - unit);
  let mantissa = top / bottom;
  const rest = top % bottom;
  let flags = rest === 0n ? 0 : FPSCR_IXC;
  if (exponent < least && rest !== 0n) flags |= FPSCR_UFC;
  const half = 2n * rest - bottom;
  const up = [
    half > 0n || (half === 0n && (mantissa & 1n) === 1n),
    rest > 0n && !negative,
    rest > 0n && negative,
    false,
  ];
  if (up[mode]) mantissa++;
  // Denormal: no leading one in its place. A carry goes into the exponent either way.
  const biased = BigInt(Math.max(exponent, least) + bias(format) - 1);
  const bits = (biased << BigInt(fractionBits)) + mantissa;
  const infinity = shift(shift(1n, exponentBits) - 1n, fractionBits);
  if (bits < infinity) return [sign | bits, flags];
  const toInfinity = mode === 0 || (mode === 1 && !negative) || (mode === 2 && negative);
  return [sign | (toInfinity ? infinity : infinity - 1n), FPSCR_OFC | FPSCR_IXC];
}

const common = (a: Exact, b: Exact): readonly [bigint, bigint, number] => {
  const exponent = Math.min(a.exponent, b.exponent);
  return [shift(a.numerator, a.exponent - exponent), shift(b.numerator, b.exponent - exponent), exponent];
};
function add(a: Exact, b: Exact): Exact {
  const [x, y, exponent] = common(a, b);
  return { numerator: x + y, denominator: 1n, exponent };
}
const multiply = (a: Exact, b: Exact): Exact => ({
  numerator: a.numerator * b.numerator,
  denominator: 1n,
  exponent: a.exponent + b.exponent,
});
function divide(a: Exact, b: Exact): Exact {
  const negative = b.numerator < 0n;
  return {
    numerator: negative ? -a.numerator : a.numerator,
    denominator: negative ? -b.numerator : b.numerator,
    exponent: a.exponent - b.exponent,
  };
}
/** A root of 80 bits or more, with one more bit for what it leaves. */
function root(a: Exact): Exact {
  const up = 160 + (a.exponent & 1);
  const radicand = shift(a.numerator, up);
  // Newton's method from above
  let estimate = shift(1n, (bitLength(radicand) >> 1) + 1);
  for (;;) {
    const next = (estimate + radicand / estimate) / 2n;
    if (next >= estimate) break;
    estimate = next;
  }
  const exact = estimate * estimate === radicand;
  return { numerator: 2n * estimate + (exact ? 0n : 1n), denominator: 1n, exponent: (a.exponent - up) / 2 - 1 };
}

type Bits = readonly [low: number, high: number];
const wide = ({ name }: Format, [low, high]: Bits): bigint =>
  name === 'single' ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

interface Case {
  readonly name: string;
  readonly operands: number;
  readonly exact: (values: readonly Exact[]) => Exact | undefined;
  readonly single: (o: readonly Bits[], fpscr: number, out: FloatResult) => number;
  readonly double: (o: readonly Bits[], fpscr: number, out: FloatResult) => void;
}

const unlessZero = (b: Exact, of: () => Exact): Exact | undefined => (b.numerator === 0n ? undefined : of());

const CASES: readonly Case[] = [
  {
    name: 'FPAdd',
    operands: 2,
    exact: ([a, b]) => add(a, b),
    single: ([a, b], fpscr, out) => singles.FPAdd(a[0], b[0], fpscr, out),
    double: ([a, b], fpscr, out) => doubles.FPAdd(a[1], a[0], b[1], b[0], fpscr, out),
  },
  {
    name: 'FPSub',
    operands: 2,
    exact: ([a, b]) => add(a, { ...b, numerator: -b.numerator }),
    single: ([a, b], fpscr, out) => singles.FPSub(a[0], b[0], fpscr, out),
    double: ([a, b], fpscr, out) => doubles.FPSub(a[1], a[0], b[1], b[0], fpscr, out),
  },
  {
    name: 'FPMul',
    operands: 2,
    exact: ([a, b]) => multiply(a, b),
    single: ([a, b], fpscr, out) => singles.FPMul(a[0], b[0], fpscr, out),
    double: ([a, b], fpscr, out) => doubles.FPMul(a[1], a[0], b[1], b[0], fpscr, out),
  },
  {
    name: 'FPDiv',
    operands: 2,
    exact: ([a, b]) => unlessZero(b, () => divide(a, b)),
    single: ([a, b], fpscr, out) => singles.FPDiv(a[0], b[0], fpscr, out),
    double: ([a, b], fpscr, out) => doubles.FPDiv(a[1], a[0], b[1], b[0], fpscr, out),
  },
  {
    name: 'FPMulAdd',
    operands: 3,
    exact: ([a, b, c]) => add(c, multiply(a, b)),
    single: ([a, b, c], fpscr, out) => singles.FPMulAdd(c[0], a[0], b[0], fpscr, out),
    double: ([a, b, c], fpscr, out) => doubles.FPMulAdd(c[1], c[0], a[1], a[0], b[1], b[0], fpscr, out),
  },
  {
    name: 'FPSqrt',
    operands: 1,
    exact: ([a]) => (a.numerator > 0n ? root(a) : undefined),
    single: ([a], fpscr, out) => singles.FPSqrt(a[0], fpscr, out),
    double: ([a], fpscr, out) => doubles.FPSqrt(a[1], a[0], fpscr, out),
  },
];

describe('floating-point arithmetic against exact numbers', function () {
  this.timeout(60_000);

  for (const format of [SINGLE, DOUBLE])
    for (const { name, operands, exact, ...ours } of CASES)
      it(`${name} of ${format.name}s in each rounding mode, with and without flush to zero`, () => {
        const random = seededRandom(SEED);
        const out = new FloatResult();
        let compared = 0;
        for (let i = 0; i < OPERANDS; i++) {
          const near = random() % 3 === 0 ? random() & 0xfff : 0;
          const bits = Array.from({ length: operands }, () => randomOperand(format.name, random, near));
          const values = bits.map((operand) => unpack(format, wide(format, operand)));
          if (!values.every((value) => value !== undefined)) continue;
          const denormal = ({ numerator }: Exact): boolean =>
            numerator !== 0n && bitLength(numerator < 0n ? -numerator : numerator) <= format.fractionBits;
          for (let setting = 0; setting < 8; setting++) {
            const mode = setting & 3;
            const flush = setting >= 4;
            const flushed = values.map((value) => (flush && denormal(value) ? { ...value, numerator: 0n } : value));
            const result = exact(flushed);
            // Zeros and their signs are the comparison with QEMU's.
            if (result === undefined || result.numerator === 0n) continue;
            const [expected, flags] = round(format, result, mode, flush);
            const fpscr = (mode << FPSCR_RMode_shift) | (flush ? FPSCR_FZ : 0);
            out.cumulative = 0;
            let got: bigint;
            if (format.name === 'single') got = BigInt(ours.single(bits, fpscr, out) >>> 0);
            else {
              ours.double(bits, fpscr, out);
              got = wide(format, [out.low, out.high]);
            }
            const inputs: number = flush && values.some(denormal) ? FPSCR_IDC : 0;
            const where = `seed ${SEED}: ${bits.map((operand) => wide(format, operand).toString(16)).join(', ')}, mode ${mode}${flush ? ', FZ' : ''}`;
            assert.equal(got.toString(16), expected.toString(16), where);
            assert.equal(out.cumulative, flags | inputs, `flags of ${where}`);
            compared++;
          }
        }
        assert.ok(compared > OPERANDS, `${compared} compared`);
      });

  it('FPDoubleToSingle in each rounding mode', () => {
    const random = seededRandom(SEED);
    const out = new FloatResult();
    let compared = 0;
    for (let i = 0; i < OPERANDS; i++) {
      const [low, high] = randomOperand('double', random, 0);
      const value = unpack(DOUBLE, wide(DOUBLE, [low, high]));
      if (value === undefined || value.numerator === 0n) continue;
      for (let mode = 0; mode < 4; mode++) {
        const [expected, flags] = round(SINGLE, value, mode, false);
        out.cumulative = 0;
        const fpscr = mode << FPSCR_RMode_shift;
        const got = FPDoubleToSingle(high, low, fpscr, out);
        assert.equal((got >>> 0).toString(16), expected.toString(16), `${wide(DOUBLE, [low, high]).toString(16)}`);
        assert.equal(out.cumulative, flags);
        compared++;
      }
    }
    assert.ok(compared > OPERANDS, `${compared} compared`);
  });
});
