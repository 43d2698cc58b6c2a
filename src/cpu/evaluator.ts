/**
 * The builder that evaluates at once: an operation written against ops/builder.ts becomes the reference. Every Value is an i32 number.
 * Knows no encoding; memory is whatever view it is given.
 */
import { Attempt } from '../arm/coverage.js';
import { AccessFlag, ALIGNMENT_SHIFT } from '../arm/engine-port.js';
import { Psr } from '../arm/modes.js';
import { assembleCpsr } from '../arm/psr.js';
import { Word } from '../arm/state.js';
import type { AccessOptions, Builder, DataSize, Imm, Reg, Value } from '../ops/builder.js';
import type { Vector } from '../ops/vector-builder.js';
import { AssertionError } from '../util/assert.js';
import type { Core } from './core.js';
import { FloatEvaluator } from './float-evaluator.js';
import { VectorFloatEvaluator } from './vector-float-evaluator.js';

/** Data memory for operations: like a MemoryView, but a refused access does not return. */
export interface DataPort {
  load(va: number, size: DataSize, flags: number): number;
  store(va: number, size: DataSize, value: number, flags: number): void;
}

const NZCV = Psr.N | Psr.Z | Psr.C | Psr.V;

const v = (word: number): Value => (word | 0) as Value;

function accessFlags(options: AccessOptions | undefined): number {
  if (options === undefined) return 0;
  return (
    (options.signed ? AccessFlag.signed : 0) |
    (options.aligned ? AccessFlag.aligned : 0) |
    (options.unprivileged ? AccessFlag.unprivileged : 0)
  );
}

function alignmentFlags(alignment: number): number {
  return (31 - Math.clz32(alignment)) << ALIGNMENT_SHIFT;
}

/** Words of vectors on their way from memory. */
const elements = new Int32Array(8);

/** The high word of the unsigned 64-bit product of two words, i32. */
export function mulHighUnsigned(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(carry / 0x1_0000)) | 0;
}

/** What no instruction's own operation does. */
const unknown = (): never => {
  throw new AssertionError('the reference executes no short forms');
};

export class Evaluator implements Builder {
  readonly fp: FloatEvaluator;
  readonly simd: VectorFloatEvaluator;
  readonly #core: Core;
  readonly #state: Int32Array;
  readonly #data: DataPort;

  /** @param undefinedInstruction raises the Undefined Instruction exception */
  constructor(core: Core, data: DataPort, undefinedInstruction: () => never) {
    this.#core = core;
    this.#state = core.state;
    this.#data = data;
    this.fp = new FloatEvaluator(core, data, undefinedInstruction);
    this.simd = new VectorFloatEvaluator(core.vectors, (bits) => this.fp.accumulate(bits));
  }

  // ---- constants and operands
  const(value: number): Value {
    return v(value);
  }
  imm(operand: Imm): Value {
    return v(operand);
  }
  R(operand: Reg): Value {
    return this.#state[operand] as Value;
  }
  setR(operand: Reg, value: Value): void {
    this.#state[operand] = value;
  }
  PC(): Value {
    return this.#state[Word.R15_READ] as Value;
  }
  setLR(value: Value): void {
    this.#state[14] = value;
  }
  nextInstruction(): Value {
    return v(this.#core.following);
  }
  sameRegister(a: Reg, b: Reg): Value {
    return (a === b ? 1 : 0) as Value;
  }

  // ---- arithmetic
  add(a: Value, b: Value): Value {
    return v(a + b);
  }
  sub(a: Value, b: Value): Value {
    return v(a - b);
  }
  mul(a: Value, b: Value): Value {
    return Math.imul(a, b) as Value;
  }
  and(a: Value, b: Value): Value {
    return (a & b) as Value;
  }
  or(a: Value, b: Value): Value {
    return (a | b) as Value;
  }
  xor(a: Value, b: Value): Value {
    return (a ^ b) as Value;
  }
  not(a: Value): Value {
    return ~a as Value;
  }
  neg(a: Value): Value {
    return v(0 - a);
  }
  shl(a: Value, n: Value): Value {
    return (a << n) as Value;
  }
  shr(a: Value, n: Value): Value {
    return v(a >>> n);
  }
  sar(a: Value, n: Value): Value {
    return (a >> n) as Value;
  }
  ror(a: Value, n: Value): Value {
    return ((a >>> n) | (a << (32 - n))) as Value;
  }
  clz(a: Value): Value {
    return Math.clz32(a) as Value;
  }
  divU(a: Value, b: Value): Value {
    return v((a >>> 0) / (b >>> 0));
  }
  divS(a: Value, b: Value): Value {
    return v(a / b);
  }
  mulHighU(a: Value, b: Value): Value {
    return mulHighUnsigned(a, b) as Value;
  }
  mulHighS(a: Value, b: Value): Value {
    return v(mulHighUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0));
  }

  // ---- comparisons
  eq(a: Value, b: Value): Value {
    return (a === b ? 1 : 0) as Value;
  }
  ne(a: Value, b: Value): Value {
    return (a !== b ? 1 : 0) as Value;
  }
  ltU(a: Value, b: Value): Value {
    return (a >>> 0 < b >>> 0 ? 1 : 0) as Value;
  }
  leU(a: Value, b: Value): Value {
    return (a >>> 0 <= b >>> 0 ? 1 : 0) as Value;
  }
  ltS(a: Value, b: Value): Value {
    return (a < b ? 1 : 0) as Value;
  }

  // ---- choice
  select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    return condition !== 0 ? whenTrue : whenFalse;
  }
  choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    return condition !== 0 ? whenTrue() : whenFalse();
  }
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    if (condition !== 0) then();
    else if (otherwise !== undefined) otherwise();
  }

  // ---- flags
  C(): Value {
    return this.#state[Word.CF] as Value;
  }
  setNZ(result: Value): void {
    this.#state[Word.NF] = result;
    this.#state[Word.ZF] = result;
  }
  setNZ64(high: Value, low: Value): void {
    this.#state[Word.NF] = high;
    this.#state[Word.ZF] = high | low;
  }
  setC(carry: Value): void {
    this.#state[Word.CF] = carry;
  }
  setV(sign: Value): void {
    this.#state[Word.VF] = sign;
  }
  orQ(condition: Value): void {
    this.#state[Word.QF] |= condition;
  }
  GE(): Value {
    return this.#state[Word.GE] as Value;
  }
  setGE(value: Value): void {
    this.#state[Word.GE] = value & 15;
  }
  NZCV(): Value {
    return (assembleCpsr(this.#state) & NZCV) as Value;
  }
  // short forms are engines' alone
  stateWord = unknown;
  setStateWord = unknown;
  giveUpIf = unknown;
  giveUpUnlessDirect = unknown;
  inITBlock(): Value {
    return ((this.#state[Word.ITSTATE] & 15) !== 0 ? 1 : 0) as Value;
  }

  // ---- memory
  load(address: Value, size: DataSize, options?: AccessOptions): Value {
    return this.#data.load(address >>> 0, size, accessFlags(options)) as Value;
  }
  store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void {
    this.#data.store(address >>> 0, size, value, accessFlags(options));
  }
  forEachRegister(list: Imm, start: Value, body: (register: Reg, address: Value) => void): void {
    let address = start;
    for (let rest = list & 0x7fff; rest !== 0; rest &= rest - 1) {
      body((31 - Math.clz32(rest & -rest)) as Reg, address);
      address = v(address + 4);
    }
  }

  loadElements(address: Value, size: DataSize, count: number, alignment: Value): readonly Value[] {
    const values: Value[] = [];
    for (let i = 0; i < count; i++)
      values.push(this.#data.load((address + size * i) >>> 0, size, i === 0 ? alignmentFlags(alignment) : 0) as Value);
    return values;
  }
  storeElements(address: Value, size: DataSize, values: readonly Value[], alignment: Value): void {
    values.forEach((value, i) => {
      this.#data.store((address + size * i) >>> 0, size, value, i === 0 ? alignmentFlags(alignment) : 0);
    });
  }
  loadVectors(address: Value, bytes: number, ebytes: Value, alignment: Value): readonly Vector[] {
    const size = Math.min(ebytes, 4) as DataSize;
    const swap = this.#swap(ebytes);
    elements.fill(0);
    for (let at = 0; at < bytes; at += size) {
      const value = this.#data.load((address + at) >>> 0, size, at === 0 ? alignmentFlags(alignment) : 0);
      elements[(at ^ swap) >> 2] |= value << (8 * (at & 3));
    }
    const vectors: Vector[] = [];
    for (let i = 0; i < bytes / 4; i += 4)
      vectors.push(this.simd.const(elements[i], elements[i + 1], elements[i + 2], elements[i + 3]));
    return vectors;
  }
  storeVectors(address: Value, bytes: number, ebytes: Value, alignment: Value, vectors: readonly Vector[]): void {
    const size = Math.min(ebytes, 4) as DataSize;
    const swap = this.#swap(ebytes);
    for (let at = 0; at < bytes; at += size) {
      const word = this.simd.extract_lane_u(32, vectors[at >> 4], ((at ^ swap) >> 2) & 3);
      const flags = at === 0 ? alignmentFlags(alignment) : 0;
      this.#data.store((address + at) >>> 0, size, word >>> (8 * (at & 3)), flags);
    }
  }
  /** A doubleword is two words: of a big-endian one the high word comes first. */
  #swap(ebytes: number): number {
    return ebytes === 8 && (this.#state[Word.PSR] & Psr.E) !== 0 ? 4 : 0;
  }

  // ---- control
  BranchWritePC(target: Value): void {
    this.#core.next = (target & (this.#core.thumb() ? ~1 : ~3)) >>> 0;
  }
  /** @unpredictable BXWritePC to an address with bits 1:0 = 10: enters ARM state with both bits cleared (A2.3.1). */
  BXWritePC(target: Value): void {
    const thumb = (target & 1) !== 0;
    if (thumb !== this.#core.thumb()) this.#core.setThumb(thumb);
    this.#core.next = (target & (thumb ? ~1 : ~3)) >>> 0;
  }
  branchRelative(offset: Imm): void {
    this.BranchWritePC(this.add(this.PC(), this.imm(offset)));
  }
  conditionFailed(): void {
    this.#core.attempt = Attempt.failed;
  }

  branchRelativeExchange(offset: Imm): void {
    const target = ((this.PC() & ~3) + offset) >>> 0;
    this.#core.setThumb(!this.#core.thumb());
    this.#core.next = target;
  }
}
