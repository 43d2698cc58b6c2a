/**
 * Expressions of a region: pure 32-bit values as nodes in typed arrays, folded when they are made and emitted only where they are used. So
 * what nobody asks for (most flags) costs no code. A node may come to live in a local of the function; from then on it is read from there.
 * Knows no register, no flag and no instruction.
 */
import type { Value } from '../../ops/builder.js';
import { rotateRight } from '../../util/bits.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';

/** Kinds of nodes beside the opcodes of WebAssembly, which are larger (or `select`). */
const Kind = { constant: 0, local: 1, mulHighU: 2, mulHighS: 3 } as const;

const FIRST_CAPACITY = 4096;
const RECENT_CONSTANTS = 64;

function fold(opcode: number, x: number, y: number): number {
  switch (opcode) {
    case Op.i32_add:
      return (x + y) | 0;
    case Op.i32_sub:
      return (x - y) | 0;
    case Op.i32_mul:
      return Math.imul(x, y);
    case Op.i32_and:
      return x & y;
    case Op.i32_or:
      return x | y;
    case Op.i32_xor:
      return x ^ y;
    case Op.i32_shl:
      return x << y;
    case Op.i32_shr_u:
      return (x >>> y) | 0;
    case Op.i32_shr_s:
      return x >> y;
    case Op.i32_rotr:
      return rotateRight(x, y & 31) | 0;
    case Op.i32_eq:
      return +(x === y);
    case Op.i32_ne:
      return +(x !== y);
    case Op.i32_lt_u:
      return +(x >>> 0 < y >>> 0);
    case Op.i32_le_u:
      return +(x >>> 0 <= y >>> 0);
    default:
      return +(x < y);
  }
}

export class Expressions {
  #kind = new Uint8Array(FIRST_CAPACITY);
  #a = new Int32Array(FIRST_CAPACITY);
  #b = new Int32Array(FIRST_CAPACITY);
  #c = new Int32Array(FIRST_CAPACITY);
  /** How many nodes and other places ask for it. */
  #uses = new Int32Array(FIRST_CAPACITY);
  /** The local in which it is, or -1. */
  #local = new Int32Array(FIRST_CAPACITY);
  #length = 0;
  /** By their low bits: the node of a constant that was asked for last. PERF: most are asked for again at once, and a Map is slow. */
  readonly #constants = new Int32Array(RECENT_CONSTANTS);
  /** Nodes that were given a local, and what they had before: to be undone where the code that did it may not have been executed. */
  #journal: number[] = [];
  /** Takes a local for a value that is used more than once. */
  takeTemporary: () => number = () => 0;

  /** Forgets all nodes. */
  reset(): void {
    this.#length = 0;
    this.#journal.length = 0;
  }

  #node(kind: number, a: number, b: number, c: number): Value {
    if (this.#length === this.#kind.length) this.#grow();
    const id = this.#length++;
    this.#kind[id] = kind;
    this.#a[id] = a;
    this.#b[id] = b;
    this.#c[id] = c;
    this.#uses[id] = 0;
    this.#local[id] = -1;
    return id as Value;
  }

  #grow(): void {
    const larger = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(old.length * 2);
      array.set(old);
      return array;
    };
    const kind = new Uint8Array(this.#kind.length * 2);
    kind.set(this.#kind);
    this.#kind = kind;
    this.#a = larger(this.#a);
    this.#b = larger(this.#b);
    this.#c = larger(this.#c);
    this.#uses = larger(this.#uses);
    this.#local = larger(this.#local);
  }

  // ---- making

  constant(value: number): Value {
    const word = value | 0;
    const place = word & (RECENT_CONSTANTS - 1);
    const id = this.#constants[place];
    if (id < this.#length && this.#kind[id] === Kind.constant && this.#a[id] === word) return id as Value;
    return (this.#constants[place] = this.#node(Kind.constant, word, 0, 0));
  }

  /** What a local holds now. */
  ofLocal(local: number): Value {
    const id = this.#node(Kind.local, 0, 0, 0);
    this.#local[id] = local;
    return id;
  }

  isConstant(value: Value): boolean {
    return this.#kind[value] === Kind.constant;
  }

  /** The word of a constant. */
  word(value: Value): number {
    return this.#a[value];
  }

  isZero(value: Value): boolean {
    return this.#kind[value] === Kind.constant && this.#a[value] === 0;
  }

  use(value: Value): void {
    this.#uses[value]++;
  }

  binary(opcode: number, a: Value, b: Value): Value {
    const y = this.#kind[b] === Kind.constant;
    if (this.#kind[a] === Kind.constant) {
      if (y) return this.constant(fold(opcode, this.#a[a], this.#a[b]));
      if (this.#a[a] === 0) {
        if (opcode === Op.i32_add || opcode === Op.i32_or || opcode === Op.i32_xor) return b;
        if (opcode === Op.i32_and) return a;
        if (opcode === Op.i32_le_u) return this.constant(1);
      }
    } else if (y) {
      const folded = this.#withConstant(opcode, a, b);
      if (folded >= 0) return folded as Value;
    } else if (a === b) {
      if (opcode === Op.i32_xor || opcode === Op.i32_sub) return this.constant(0);
      if (opcode === Op.i32_and || opcode === Op.i32_or) return a;
    }
    this.#uses[a]++;
    this.#uses[b]++;
    return this.#node(opcode, a, b, 0);
  }

  /** The operation with a constant as its second operand, where that makes it simpler; else -1. */
  #withConstant(opcode: number, a: Value, b: Value): number {
    const word = this.#a[b];
    switch (opcode) {
      case Op.i32_add:
        if (word === 0) return a;
        // PERF: of two constants that are added one after the other V8 would make one too, but addresses are compared here.
        if (this.#kind[a] === Op.i32_add && this.#kind[this.#b[a]] === Kind.constant && this.#local[a] < 0)
          return this.binary(Op.i32_add, this.#a[a] as Value, this.constant(this.#a[this.#b[a]] + word));
        return -1;
      case Op.i32_sub:
        return word === 0 ? a : -1;
      case Op.i32_or:
      case Op.i32_xor:
        return word === 0 ? a : -1;
      case Op.i32_and:
        return word === 0 ? b : word === -1 ? a : -1;
      case Op.i32_shl:
      case Op.i32_shr_u:
      case Op.i32_shr_s:
      case Op.i32_rotr:
        return (word & 31) === 0 ? a : -1;
      case Op.i32_lt_u:
        return word === 0 ? this.constant(0) : -1;
      default:
        return -1;
    }
  }

  unary(opcode: number, a: Value): Value {
    if (this.#kind[a] === Kind.constant)
      return this.constant(opcode === Op.i32_clz ? Math.clz32(this.#a[a]) : +(this.#a[a] === 0));
    this.#uses[a]++;
    return this.#node(opcode, a, 0, 0);
  }

  mulHigh(signed: boolean, a: Value, b: Value): Value {
    this.#uses[a]++;
    this.#uses[b]++;
    return this.#node(signed ? Kind.mulHighS : Kind.mulHighU, a, b, 0);
  }

  select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    if (this.isConstant(condition)) return this.word(condition) !== 0 ? whenTrue : whenFalse;
    this.#uses[condition]++;
    this.#uses[whenTrue]++;
    this.#uses[whenFalse]++;
    return this.#node(Op.select, whenTrue, whenFalse, condition);
  }

  // ---- looking

  kind(value: Value): number {
    return this.#kind[value];
  }

  left(value: Value): Value {
    return this.#a[value] as Value;
  }

  right(value: Value): Value {
    return this.#b[value] as Value;
  }

  /** The node to which a value adds a constant, by however many additions. */
  base(value: Value): Value {
    let at = value;
    while (this.#addsConstant(at)) at = this.#a[at] as Value;
    return at;
  }

  /** The constant that a value adds to its {@link base}, i32. */
  offset(value: Value): number {
    let sum = 0;
    for (let at = value; this.#addsConstant(at); at = this.#a[at] as Value) {
      const word = this.#a[this.#b[at]];
      sum = (this.#kind[at] === Op.i32_add ? sum + word : sum - word) | 0;
    }
    return sum;
  }

  #addsConstant(value: Value): boolean {
    const kind = this.#kind[value];
    return (kind === Op.i32_add || kind === Op.i32_sub) && this.#kind[this.#b[value]] === Kind.constant;
  }

  /** The local that holds it, or -1. */
  local(value: Value): number {
    return this.#local[value];
  }

  /** Calls `visit` for each local from which a value would be read now. */
  forEachLocal(value: Value, visit: (node: Value, local: number) => void): void {
    const local = this.#local[value];
    if (local >= 0) {
      visit(value, local);
      return;
    }
    switch (this.#kind[value]) {
      case Kind.constant:
        return;
      case Op.i32_eqz:
      case Op.i32_clz:
        this.forEachLocal(this.#a[value] as Value, visit);
        return;
      default:
        this.forEachLocal(this.#a[value] as Value, visit);
        this.forEachLocal(this.#b[value] as Value, visit);
        if (this.#kind[value] === Op.select) this.forEachLocal(this.#c[value] as Value, visit);
    }
  }

  // ---- locals

  /** From now on the value is in this local. */
  home(value: Value, local: number): void {
    this.#journal.push(value, this.#local[value]);
    this.#local[value] = local;
  }

  /** Where the journal ends. */
  get mark(): number {
    return this.#journal.length;
  }

  /** Undoes all that {@link home} did since `mark`. */
  rollback(mark: number): void {
    const journal = this.#journal;
    while (journal.length > mark) {
      const local = journal.pop() as number;
      this.#local[journal.pop() as number] = local;
    }
  }

  // ---- emitting

  /** Pushes a value. What is used elsewhere, too, is kept in a local. */
  push(code: CodeWriter, value: Value): void {
    const local = this.#local[value];
    if (local >= 0) {
      code.get(local);
      return;
    }
    this.compute(code, value);
    if (this.#uses[value] > 1 && this.#kind[value] !== Kind.constant) {
      const temporary = this.takeTemporary();
      code.set(temporary);
      code.get(temporary);
      this.home(value, temporary);
    }
  }

  /** Pushes a value that is in no local, and keeps it in none. */
  compute(code: CodeWriter, value: Value): void {
    const kind = this.#kind[value];
    const a = this.#a[value] as Value;
    const b = this.#b[value] as Value;
    switch (kind) {
      case Kind.constant:
        code.const(a);
        return;
      case Kind.mulHighU:
      case Kind.mulHighS: {
        const extend = kind === Kind.mulHighS ? Op.i64_extend_i32_s : Op.i64_extend_i32_u;
        this.push(code, a);
        code.op(extend);
        this.push(code, b);
        code.op(extend);
        code.op(Op.i64_mul);
        code.const64(32);
        code.op(Op.i64_shr_u);
        code.op(Op.i32_wrap_i64);
        return;
      }
      case Op.i32_eqz:
      case Op.i32_clz:
        this.push(code, a);
        code.op(kind);
        return;
      case Op.select:
        this.push(code, a);
        this.push(code, b);
        this.push(code, this.#c[value] as Value);
        code.op(Op.select);
        return;
      default:
        this.push(code, a);
        this.push(code, b);
        code.op(kind);
    }
  }
}
