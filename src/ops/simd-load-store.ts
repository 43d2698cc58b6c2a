/**
 * Element and structure loads and stores of Advanced SIMD (DDI 0406C A7.7). All accesses come first, lowest address first; then registers and
 * base change: a fault leaves both as they were.
 *
 * @unpredictable A list of registers that goes beyond D31: it goes on at D0.
 */
import { Writeback } from '../isa/vector/element-load-store.js';
import type { Builder, DataSize, Imm, Reg, Value, VReg } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';
import { esizeOf, join, type Narrow } from './simd.js';
import type { Vector } from './vector-builder.js';

/** What all bodies of the group find among their operands, as far as their shape has it. */
interface StructureOperands {
  readonly n: Reg;
  readonly m: Reg;
  readonly d: VReg;
  readonly alignment: Imm;
  readonly ebytes: Imm;
  readonly index: Imm;
  readonly size: number;
  readonly regs: number;
  readonly inc: number;
  readonly wback: number;
}

type Static = 'size' | 'regs' | 'inc' | 'wback';

function structure(
  name: string,
  imms: readonly ('alignment' | 'ebytes' | 'index')[],
  statics: readonly Static[],
  body: (b: Builder, o: StructureOperands, base: Value) => number,
): Operation {
  return plain(name, { regs: ['n', 'm'], vregs: ['d'], imms, statics: [...statics, 'wback'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const operands = o as unknown as StructureOperands;
    const base = b.R(operands.n);
    const bytes = body(b, operands, base);
    if (operands.wback === Writeback.transferred) b.setR(operands.n, b.add(base, b.const(bytes)));
    else if (operands.wback === Writeback.register) b.setR(operands.n, b.add(base, b.R(operands.m)));
  });
}

// ---- multiple structures

/** How structures of `elements` lie in memory and in registers. The t-th register of the transfer is number `t % regs` of element `t / regs`. */
interface Layout {
  readonly elements: number;
  readonly regs: number;
  readonly inc: number;
  /** Bytes of an element: 1, 2 or 4; 8 where elements are not told apart. */
  readonly ebytes: number;
}

/** How many D registers behind `d` the t-th register is. */
function registerAt({ regs, inc }: Layout, t: number): number {
  return Math.floor(t / regs) * inc + (t % regs);
}

/** Where byte `i` of the t-th register is in memory. */
function memoryByte({ elements, regs, ebytes }: Layout, t: number, i: number): number {
  const inElement = (t % regs) * 8 + i;
  const structureNumber = Math.floor(inElement / ebytes);
  return (structureNumber * elements + Math.floor(t / regs)) * ebytes + (inElement % ebytes);
}

/** From memory's vectors to registers. */
function spread(b: Builder, layout: Layout, d: VReg, vectors: readonly Vector[]): void {
  const v = b.simd;
  const last = vectors[vectors.length - 1];
  for (let t = 0; t < layout.elements * layout.regs; t++) {
    const from = Array.from({ length: 16 }, (_, i) => memoryByte(layout, t, i & 7));
    const inOrder = from.every((byte, i) => i > 7 || byte === i);
    v.setD(d, inOrder ? vectors[0] : v.shuffle(vectors[0], last, from), registerAt(layout, t));
  }
}

/** From registers to memory's vectors. */
function gather(b: Builder, layout: Layout, d: VReg): Vector[] {
  const v = b.simd;
  const count = layout.elements * layout.regs;
  const pairs: Vector[] = [];
  for (let t = 0; t < count; t += 2) {
    const low = v.D(d, registerAt(layout, t));
    pairs.push(t + 1 === count ? low : join(v, low, v.D(d, registerAt(layout, t + 1))));
  }
  if (layout.elements === 1) return pairs;
  const byteOfMemory: number[] = [];
  for (let t = 0; t < count; t++) for (let i = 0; i < 8; i++) byteOfMemory[memoryByte(layout, t, i)] = 8 * t + i;
  return pairs.map((_, i) => {
    const from = Array.from({ length: 16 }, (_unused, at) => byteOfMemory[16 * i + at] ?? 0);
    return v.shuffle(pairs[0], pairs[pairs.length - 1], from);
  });
}

/** Single elements lie in memory as in registers: one handler does for all their sizes. */
function multiple(elements: number): Operation[] {
  const alone = elements === 1;
  const imms = alone ? (['ebytes', 'alignment'] as const) : (['alignment'] as const);
  const statics: readonly Static[] = alone ? ['regs'] : ['size', 'regs', 'inc'];
  const layoutOf = (o: StructureOperands): Layout =>
    alone ? { elements, regs: o.regs, inc: 0, ebytes: 8 } : { elements, regs: o.regs, inc: o.inc, ebytes: 1 << o.size };
  const ebytesOf = (b: Builder, o: StructureOperands): Value => (alone ? b.imm(o.ebytes) : b.const(1 << o.size));
  return [
    structure(`VLD${elements}_multiple`, imms, statics, (b, o, base) => {
      const layout = layoutOf(o);
      const bytes = 8 * elements * o.regs;
      spread(b, layout, o.d, b.loadVectors(base, bytes, ebytesOf(b, o), b.imm(o.alignment)));
      return bytes;
    }),
    structure(`VST${elements}_multiple`, imms, statics, (b, o, base) => {
      const layout = layoutOf(o);
      const bytes = 8 * elements * o.regs;
      b.storeVectors(base, bytes, ebytesOf(b, o), b.imm(o.alignment), gather(b, layout, o.d));
      return bytes;
    }),
  ];
}

// ---- one lane, all lanes

function oneLane(elements: number): Operation[] {
  const statics = ['size', 'inc'] as const;
  return [
    structure(`VLD${elements}_lane`, ['index', 'alignment'], statics, (b, o, base) => {
      const size = (1 << o.size) as DataSize;
      const values = b.loadElements(base, size, elements, b.imm(o.alignment));
      for (let i = 0; i < elements; i++)
        b.simd.setElem(esizeOf(o.size) as Narrow, o.d, b.imm(o.index), values[i], i * o.inc);
      return size * elements;
    }),
    structure(`VST${elements}_lane`, ['index', 'alignment'], statics, (b, o, base) => {
      const size = (1 << o.size) as DataSize;
      const values: Value[] = [];
      for (let i = 0; i < elements; i++)
        values.push(b.simd.Elem(esizeOf(o.size) as Narrow, o.d, b.imm(o.index), i * o.inc));
      b.storeElements(base, size, values, b.imm(o.alignment));
      return size * elements;
    }),
  ];
}

function allLanes(elements: number): Operation {
  return structure(`VLD${elements}_all`, ['alignment'], ['size', 'regs', 'inc'], (b, o, base) => {
    const size = (1 << o.size) as DataSize;
    const values = b.loadElements(base, size, elements, b.imm(o.alignment));
    for (let i = 0; i < elements; i++) {
      const replicated = b.simd.splat(esizeOf(o.size) as Narrow, values[i]);
      for (let r = 0; r < o.regs; r++) b.simd.setD(o.d, replicated, i * o.inc + r);
    }
    return size * elements;
  });
}

export const operations: readonly Operation[] = [1, 2, 3, 4].flatMap((elements) => [
  ...multiple(elements),
  ...oneLane(elements),
  allLanes(elements),
]);
