/** Operations of Advanced SIMD that move lanes or bytes, or write an immediate (DDI 0406C A7.4.5, A7.4.6, VEXT, VTBL, VDUP). */
import type { Builder, Imm, Value, VReg } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import { esizeOf, join, type Narrow, read, write } from './simd.js';
import type { Esize, Vector, VectorBuilder } from './vector-builder.js';

/** Numbers of 16 bytes, for a shuffle of two vectors of which the low `width` bytes count: those of `lanes`, repeated if they are fewer. */
function laneBytes(esize: Esize, width: 8 | 16, lanes: readonly number[]): number[] {
  const bytes = esize / 8;
  return Array.from({ length: 16 }, (_, i) => {
    const at = lanes[Math.floor(i / bytes) % lanes.length] * bytes;
    return (at < width ? at : 16 + at - width) + (i % bytes);
  });
}

/** The lanes of both results: those of the first operand are numbered from 0, those of the second from `count`. */
type Exchange = (count: number) => readonly [d: number[], m: number[]];

const sequence = (length: number, lane: (i: number) => number): number[] => Array.from({ length }, (_, i) => lane(i));

/** Even lanes of both side by side; odd ones. */
const transpose: Exchange = (count) => [
  sequence(count, (i) => (i & 1 ? count + i - 1 : i)),
  sequence(count, (i) => (i & 1 ? count + i : i + 1)),
];
/** All even lanes; all odd ones. */
const unzip: Exchange = (count) => [sequence(count, (i) => 2 * i), sequence(count, (i) => 2 * i + 1)];
/** Lanes of both in turn: the lower halves'; the upper halves'. */
const zip: Exchange = (count) => [
  sequence(count, (i) => (i >> 1) + (i & 1 ? count : 0)),
  sequence(count, (i) => (count >> 1) + (i >> 1) + (i & 1 ? count : 0)),
];

/**
 * Two registers that exchange lanes.
 * @unpredictable VTRN, VUZP, VZIP and VSWP of a register with itself, which leave it UNKNOWN: what belongs to `m` stays.
 */
function exchange(name: string, lanesOf: Exchange): Operation {
  return plain(name, { regs: [], vregs: ['d', 'm'], imms: [], statics: ['size', 'Q'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const v = b.simd;
    const esize = esizeOf(o.size);
    const width = o.Q ? 16 : 8;
    const [lanesD, lanesM] = lanesOf((8 * width) / esize);
    const d = read(b, o.Q, o.d);
    const m = read(b, o.Q, o.m);
    write(b, o.Q, o.d, v.shuffle(d, m, laneBytes(esize, width, lanesD)));
    write(b, o.Q, o.m, v.shuffle(d, m, laneBytes(esize, width, lanesM)));
  });
}

/** Reverses the lanes of each group of bits. */
function reverse(groupsize: number): Operation {
  return plain(`VREV${groupsize}`, { regs: [], vregs: ['d', 'm'], imms: [], statics: ['size', 'Q'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const esize = esizeOf(o.size);
    const flip = groupsize / esize - 1;
    const m = read(b, o.Q, o.m);
    const lanes = sequence(128 / esize, (i) => i ^ flip);
    write(b, o.Q, o.d, b.simd.shuffle(m, m, laneBytes(esize, 16, lanes)));
  });
}

/** The bytes of a table of up to 32 that `indices` name; zero for what is beyond it. */
function lookUp(v: VectorBuilder, table: readonly Vector[], indices: Vector): Vector {
  const low = v.swizzle(table[0], indices);
  if (table.length === 1) return low;
  return v.or(low, v.swizzle(table[1], v.sub(8, indices, v.splatConst(8, 16))));
}

/** D[n] and the registers behind it, two to a vector. */
function registerTable(v: VectorBuilder, n: VReg, length: number): Vector[] {
  const table: Vector[] = [];
  for (let i = 0; i < length; i += 2) table.push(i + 1 === length ? v.D(n, i) : join(v, v.D(n, i), v.D(n, i + 1)));
  return table;
}

/**
 * VTBL and VTBX: what is beyond the table is zero, or stays.
 * @unpredictable VTBL and VTBX with a table beyond D31: it goes on at D0.
 */
function table(name: string, keep: boolean): Operation {
  return plain(name, { regs: [], vregs: ['d', 'n', 'm'], imms: [], statics: ['length'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const v = b.simd;
    const indices = v.D(o.m);
    const found = lookUp(v, registerTable(v, o.n, o.length), indices);
    v.setD(o.d, keep ? v.bitselect(found, v.D(o.d), v.lt_u(8, indices, v.splatConst(8, 8 * o.length))) : found);
  });
}

const COUNTING = [0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c] as const;

/** Bytes from `position` on of Q[m]:Q[n] or D[m]:D[n]. */
const VEXT = plain('VEXT', { regs: [], vregs: ['d', 'n', 'm'], imms: ['position'], statics: ['Q'] }, (b, o) => {
  b.fp.CheckAdvSIMDEnabled();
  const v = b.simd;
  const bytes = o.Q ? [v.Q(o.n), v.Q(o.m)] : [join(v, v.D(o.n), v.D(o.m))];
  const indices = v.add(8, v.const(...COUNTING), v.splat(8, b.imm(o.position)));
  write(b, o.Q, o.d, lookUp(v, bytes, indices));
});

/** Both halves of the result are high : low. */
function splat64(b: Builder, low: Value, high: Value): Vector {
  return b.simd.shuffle(
    b.simd.splat(32, low),
    b.simd.splat(32, high),
    [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23],
  );
}

/** One register and a modified immediate. */
function immediate(name: string, compute: (v: VectorBuilder, imm64: Vector, d: () => Vector) => Vector): Operation {
  return plain(name, { regs: [], vregs: ['d'], imms: ['low', 'high'], statics: ['Q'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const value = (operand: Imm): Value => b.imm(operand);
    const imm64 = splat64(b, value(o.low), value(o.high));
    write(
      b,
      o.Q,
      o.d,
      compute(b.simd, imm64, () => read(b, o.Q, o.d)),
    );
  });
}

export const operations: readonly Operation[] = [
  ...[16, 32, 64].map(reverse),
  exchange('VTRN', transpose),
  exchange('VUZP', unzip),
  exchange('VZIP', zip),
  plain('VSWP', { regs: [], vregs: ['d', 'm'], imms: [], statics: ['Q'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const d = read(b, o.Q, o.d);
    const m = read(b, o.Q, o.m);
    write(b, o.Q, o.d, m);
    write(b, o.Q, o.m, d);
  }),
  table('VTBL', false),
  table('VTBX', true),
  VEXT,
  plain('VDUP_scalar', { regs: [], vregs: ['d', 'm'], imms: ['index'], statics: ['size', 'Q'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    write(b, o.Q, o.d, b.simd.splatElem(esizeOf(o.size) as Narrow, o.m, b.imm(o.index)));
  }),
  immediate('VMOV_imm', (_v, imm64) => imm64),
  immediate('VMVN_imm', (v, imm64) => v.not(imm64)),
  immediate('VORR_imm', (v, imm64, d) => v.or(d(), imm64)),
  immediate('VBIC_imm', (v, imm64, d) => v.andnot(d(), imm64)),
];
