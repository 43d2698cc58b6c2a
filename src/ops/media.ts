/** Operations of the media group: parallel and saturating arithmetic, selection, packing, extension, bit fields, reversal, division. */
import type { Builder, Value } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import {
  clampSigned,
  halfword,
  Shift,
  signExtendByte,
  signExtendHalf,
  SignedSatAdd,
  SignedSatQ,
  SignedSatSub,
  UnsignedSatQ,
} from './pseudocode.js';

/** What a prefix of the parallel additions and subtractions does to each lane. */
interface Prefix {
  readonly name: string;
  readonly signed: boolean;
  readonly result: 'modulo' | 'saturate' | 'halve';
}

const PREFIXES: readonly Prefix[] = [
  { name: 'S', signed: true, result: 'modulo' },
  { name: 'Q', signed: true, result: 'saturate' },
  { name: 'SH', signed: true, result: 'halve' },
  { name: 'U', signed: false, result: 'modulo' },
  { name: 'UQ', signed: false, result: 'saturate' },
  { name: 'UH', signed: false, result: 'halve' },
];

/** Lanes from the lowest: which half of R[m] each works with, and whether it subtracts. */
interface Lanes {
  readonly name: string;
  readonly width: 8 | 16;
  readonly lanes: readonly { readonly of: number; readonly subtract: boolean }[];
}

function uniform(width: 8 | 16, subtract: boolean): Lanes['lanes'] {
  return Array.from({ length: 32 / width }, (_, of) => ({ of, subtract }));
}

const LANES: readonly Lanes[] = [
  { name: 'ADD16', width: 16, lanes: uniform(16, false) },
  {
    name: 'ASX',
    width: 16,
    lanes: [
      { of: 1, subtract: true },
      { of: 0, subtract: false },
    ],
  },
  {
    name: 'SAX',
    width: 16,
    lanes: [
      { of: 1, subtract: false },
      { of: 0, subtract: true },
    ],
  },
  { name: 'SUB16', width: 16, lanes: uniform(16, true) },
  { name: 'ADD8', width: 8, lanes: uniform(8, false) },
  { name: 'SUB8', width: 8, lanes: uniform(8, true) },
];

/** Lane `i` of `value`, extended to a word. */
function lane(b: Builder, value: Value, i: number, width: number, signed: boolean): Value {
  const top = 32 - width * (i + 1);
  const atTop = top === 0 ? value : b.shl(value, b.const(top));
  return signed ? b.sar(atTop, b.const(32 - width)) : b.shr(atTop, b.const(32 - width));
}

/** One lane's result, not yet cut to its width. */
function laneResult(b: Builder, { signed, result }: Prefix, width: number, value: Value): Value {
  if (result === 'halve') return b.sar(value, b.const(1));
  if (result === 'modulo') return value;
  const limit = signed ? (1 << (width - 1)) - 1 : (1 << width) - 1;
  return clampSigned(b, value, b.const(signed ? -limit - 1 : 0), b.const(limit));
}

/** A lane's GE bit: a sum or difference that is not negative or, for unsigned sums, that carries out. */
function laneGE(b: Builder, signed: boolean, subtract: boolean, width: number, value: Value): Value {
  if (!signed && !subtract) return b.shr(value, b.const(width));
  return b.xor(b.shr(value, b.const(31)), b.const(1));
}

function parallel(prefix: Prefix, { name, width, lanes }: Lanes): Operation {
  return plain(prefix.name + name, { regs: ['d', 'n', 'm'], imms: [], statics: [] }, (b, o) => {
    const n = b.R(o.n);
    const m = b.R(o.m);
    let result = b.const(0);
    let ge = b.const(0);
    lanes.forEach(({ of, subtract }, i) => {
      const x = lane(b, n, i, width, prefix.signed);
      const y = lane(b, m, of, width, prefix.signed);
      const value = subtract ? b.sub(x, y) : b.add(x, y);
      const cut = b.and(laneResult(b, prefix, width, value), b.const((1 << width) - 1));
      result = i === 0 ? cut : b.or(result, b.shl(cut, b.const(width * i)));
      if (prefix.result === 'modulo') {
        const bit = laneGE(b, prefix.signed, subtract, width, value);
        const bits = width === 16 ? b.mul(bit, b.const(3)) : bit;
        ge = i === 0 ? bits : b.or(ge, b.shl(bits, b.const((width * i) >> 3)));
      }
    });
    if (prefix.result === 'modulo') b.setGE(ge);
    b.setR(o.d, result);
  });
}

const THREE = { regs: ['d', 'n', 'm'], imms: [], statics: [] } as const;
const TWO = { regs: ['d', 'm'], imms: [], statics: [] } as const;
const EVEN_BYTES = 0x00ff00ff;

/** What an extension makes of its rotated operand. */
const EXTENSIONS: readonly (readonly [name: string, extend: (b: Builder, rotated: Value) => Value])[] = [
  ['SXTB', signExtendByte],
  ['SXTH', signExtendHalf],
  ['UXTB', (b, rotated) => b.and(rotated, b.const(0xff))],
  ['UXTH', (b, rotated) => b.and(rotated, b.const(0xffff))],
];

function extensions(): Operation[] {
  return EXTENSIONS.flatMap(([name, extend]) => [
    plain(name, { regs: ['d', 'm'], imms: ['rotation'], statics: [] }, (b, o) => {
      b.setR(o.d, extend(b, b.ror(b.R(o.m), b.imm(o.rotation))));
    }),
    plain(name.replace('XT', 'XTA'), { regs: ['d', 'n', 'm'], imms: ['rotation'], statics: [] }, (b, o) => {
      b.setR(o.d, b.add(b.R(o.n), extend(b, b.ror(b.R(o.m), b.imm(o.rotation)))));
    }),
  ]);
}

/** Bytes 0 and 2 of `value`, each extended to a halfword. */
function extendBytes(b: Builder, value: Value, signed: boolean): Value {
  const bytes = b.and(value, b.const(EVEN_BYTES));
  if (!signed) return bytes;
  // Adding ff00 to a halfword whose byte is negative: the product does it for both.
  const negative = b.and(b.shr(bytes, b.const(7)), b.const(0x00010001));
  return b.or(bytes, b.mul(negative, b.const(0xff00)));
}

/** The sums of the two halfwords of x and y, each modulo 2^16. */
function addHalves(b: Builder, x: Value, y: Value): Value {
  const high = b.add(b.and(x, b.const(-0x10000)), b.and(y, b.const(-0x10000)));
  return b.or(high, b.and(b.add(x, y), b.const(0xffff)));
}

function extensions16(name: string, signed: boolean): Operation[] {
  return [
    plain(`${name}B16`, { regs: ['d', 'm'], imms: ['rotation'], statics: [] }, (b, o) => {
      b.setR(o.d, extendBytes(b, b.ror(b.R(o.m), b.imm(o.rotation)), signed));
    }),
    plain(`${name}AB16`, { regs: ['d', 'n', 'm'], imms: ['rotation'], statics: [] }, (b, o) => {
      b.setR(o.d, addHalves(b, b.R(o.n), extendBytes(b, b.ror(b.R(o.m), b.imm(o.rotation)), signed)));
    }),
  ];
}

/** SSAT16 and USAT16: both halves, as signed halfwords, through the same saturation. */
function saturate16(name: string, saturate: typeof SignedSatQ): Operation {
  return plain(name, { regs: ['d', 'n'], imms: ['saturate_to'], statics: [] }, (b, o) => {
    const n = b.R(o.n);
    const low = saturate(b, halfword(b, n, 0), o.saturate_to);
    const high = saturate(b, halfword(b, n, 1), o.saturate_to);
    b.setR(o.d, b.or(b.shl(high, b.const(16)), b.and(low, b.const(0xffff))));
  });
}

function saturate(name: string, saturation: typeof SignedSatQ): Operation {
  return plain(name, { regs: ['d', 'n'], imms: ['saturate_to', 'shift_n'], statics: ['shift_t'] }, (b, o) => {
    b.setR(o.d, saturation(b, Shift(b, b.R(o.n), o.shift_t, o.shift_n), o.saturate_to));
  });
}

/** |x - y| of byte `i` of both. */
function byteDifference(b: Builder, x: Value, y: Value, i: number): Value {
  const difference = b.sub(lane(b, x, i, 8, false), lane(b, y, i, 8, false));
  const sign = b.sar(difference, b.const(31));
  return b.sub(b.xor(difference, sign), sign);
}

function sumOfDifferences(b: Builder, x: Value, y: Value): Value {
  const low = b.add(byteDifference(b, x, y, 0), byteDifference(b, x, y, 1));
  return b.add(low, b.add(byteDifference(b, x, y, 2), byteDifference(b, x, y, 3)));
}

/** Exchanges neighbouring groups of `n` bits; `mask` has the lower group of each pair. */
function exchange(b: Builder, value: Value, n: number, mask: number): Value {
  const upper = b.shl(b.and(value, b.const(mask)), b.const(n));
  return b.or(upper, b.and(b.shr(value, b.const(n)), b.const(mask)));
}

function reverseBytes(b: Builder, value: Value): Value {
  return b.ror(exchange(b, value, 8, EVEN_BYTES), b.const(16));
}

export const operations: readonly Operation[] = [
  ...PREFIXES.flatMap((prefix) => LANES.map((lanes) => parallel(prefix, lanes))),

  plain('QADD', THREE, (b, o) => b.setR(o.d, SignedSatAdd(b, b.R(o.m), b.R(o.n)))),
  plain('QSUB', THREE, (b, o) => b.setR(o.d, SignedSatSub(b, b.R(o.m), b.R(o.n)))),
  plain('QDADD', THREE, (b, o) => {
    const n = b.R(o.n);
    b.setR(o.d, SignedSatAdd(b, b.R(o.m), SignedSatAdd(b, n, n)));
  }),
  plain('QDSUB', THREE, (b, o) => {
    const n = b.R(o.n);
    b.setR(o.d, SignedSatSub(b, b.R(o.m), SignedSatAdd(b, n, n)));
  }),

  saturate('SSAT', SignedSatQ),
  saturate('USAT', UnsignedSatQ),
  saturate16('SSAT16', SignedSatQ),
  saturate16('USAT16', UnsignedSatQ),

  // One byte of ones for each GE bit: the product moves bit i to bit 8 i.
  plain('SEL', THREE, (b, o) => {
    const bits = b.and(b.mul(b.GE(), b.const(0x00204081)), b.const(0x01010101));
    const mask = b.mul(bits, b.const(0xff));
    b.setR(o.d, b.or(b.and(b.R(o.n), mask), b.and(b.R(o.m), b.not(mask))));
  }),

  plain('PKH', { regs: ['d', 'n', 'm'], imms: ['shift_n'], statics: ['tbform', 'shift_t'] }, (b, o) => {
    const n = b.R(o.n);
    const operand2 = Shift(b, b.R(o.m), o.shift_t, o.shift_n);
    const top = o.tbform ? n : operand2;
    const bottom = o.tbform ? operand2 : n;
    b.setR(o.d, b.or(b.and(top, b.const(-0x10000)), b.and(bottom, b.const(0xffff))));
  }),

  ...extensions(),
  ...extensions16('SXT', true),
  ...extensions16('UXT', false),

  plain('REV', TWO, (b, o) => b.setR(o.d, reverseBytes(b, b.R(o.m)))),
  plain('REV16', TWO, (b, o) => b.setR(o.d, exchange(b, b.R(o.m), 8, EVEN_BYTES))),
  plain('REVSH', TWO, (b, o) => b.setR(o.d, signExtendHalf(b, exchange(b, b.R(o.m), 8, EVEN_BYTES)))),
  plain('RBIT', TWO, (b, o) => {
    const pairs = exchange(b, b.R(o.m), 1, 0x55555555);
    const nibbles = exchange(b, pairs, 2, 0x33333333);
    b.setR(o.d, reverseBytes(b, exchange(b, nibbles, 4, 0x0f0f0f0f)));
  }),
  plain('CLZ', TWO, (b, o) => b.setR(o.d, b.clz(b.R(o.m)))),

  plain('BFC', { regs: ['d'], imms: ['mask'], statics: [] }, (b, o) => {
    b.setR(o.d, b.and(b.R(o.d), b.not(b.imm(o.mask))));
  }),
  plain('BFI', { regs: ['d', 'n'], imms: ['mask', 'lsbit'], statics: [] }, (b, o) => {
    const mask = b.imm(o.mask);
    const inserted = b.and(b.shl(b.R(o.n), b.imm(o.lsbit)), mask);
    b.setR(o.d, b.or(b.and(b.R(o.d), b.not(mask)), inserted));
  }),
  plain('UBFX', { regs: ['d', 'n'], imms: ['lsbit', 'mask'], statics: [] }, (b, o) => {
    b.setR(o.d, b.and(b.shr(b.R(o.n), b.imm(o.lsbit)), b.imm(o.mask)));
  }),
  plain('SBFX', { regs: ['d', 'n'], imms: ['toTop', 'fromTop'], statics: [] }, (b, o) => {
    b.setR(o.d, b.sar(b.shl(b.R(o.n), b.imm(o.toTop)), b.imm(o.fromTop)));
  }),

  plain('USAD8', THREE, (b, o) => b.setR(o.d, sumOfDifferences(b, b.R(o.n), b.R(o.m)))),
  plain('USADA8', { regs: ['d', 'n', 'm', 'a'], imms: [], statics: [] }, (b, o) => {
    b.setR(o.d, b.add(b.R(o.a), sumOfDifferences(b, b.R(o.n), b.R(o.m))));
  }),

  // @impdef Division by zero gives zero; no Undefined instruction exception is taken (the A profile has no such trap).
  ...(['SDIV', 'UDIV'] as const).map((name) =>
    plain(name, THREE, (b, o) => {
      const n = b.R(o.n);
      const m = b.R(o.m);
      const quotient = (): Value => (name === 'SDIV' ? b.divS(n, m) : b.divU(n, m));
      b.setR(
        o.d,
        b.choose(m, quotient, () => b.const(0)),
      );
    }),
  ),
];
