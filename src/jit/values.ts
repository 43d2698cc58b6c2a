/**
 * The part of an emitting builder that computes: values, constants, arithmetic, comparisons. Knows nothing of operands, state or memory.
 *
 * A `Value` is a handle: a local of the function (0 and up), or a constant (below 0). Every primitive computes at once into a local of its
 * own, so a value stays what it was whatever happens later; constants are folded.
 */
import type { Value } from '../ops/builder.js';
import { rotateRight } from '../util/bits.js';
import type { CodeWriter } from './wasm/code.js';
import { Op, ValueType, type ValueTypeCode } from './wasm/opcodes.js';

/** The temporary locals of one type. */
interface Pool {
  readonly locals: number[];
  used: number;
}

/** Temporary locals of a function, given back all at once between two handlers. */
export class Temporaries {
  readonly #pools = new Map<ValueTypeCode, Pool>();

  constructor(readonly code: CodeWriter) {}

  take(type: ValueTypeCode = ValueType.i32): number {
    let pool = this.#pools.get(type);
    if (pool === undefined) this.#pools.set(type, (pool = { locals: [], used: 0 }));
    if (pool.used === pool.locals.length) pool.locals.push(this.code.local(type));
    return pool.locals[pool.used++];
  }

  release(): void {
    for (const pool of this.#pools.values()) pool.used = 0;
  }
}

export abstract class ValueBuilder {
  readonly #constants: number[] = [];

  constructor(
    protected code: CodeWriter,
    protected readonly temporaries: Temporaries,
  ) {}

  abstract choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value;

  // ---- values

  protected constant(value: Value): number | undefined {
    return value < 0 ? this.#constants[~(value as number)] : undefined;
  }

  /** Puts a value on the stack. */
  protected push(value: Value): void {
    if (value < 0) this.code.const(this.#constants[~(value as number)]);
    else this.code.get(value);
  }

  /** Takes what is on the stack into a new value. */
  protected take(): Value {
    const local = this.temporaries.take();
    this.code.set(local);
    return local as Value;
  }

  const(value: number): Value {
    const word = value | 0;
    let at = this.#constants.indexOf(word);
    if (at < 0) at = this.#constants.push(word) - 1;
    return ~at as Value;
  }

  // ---- arithmetic

  protected binary(opcode: number, a: Value, b: Value, fold: (a: number, b: number) => number): Value {
    const x = this.constant(a);
    const y = this.constant(b);
    if (x !== undefined && y !== undefined) return this.const(fold(x, y));
    this.push(a);
    this.push(b);
    this.code.op(opcode);
    return this.take();
  }

  add(a: Value, b: Value): Value {
    if (this.constant(b) === 0) return a;
    if (this.constant(a) === 0) return b;
    return this.binary(Op.i32_add, a, b, (x, y) => x + y);
  }

  sub(a: Value, b: Value): Value {
    if (this.constant(b) === 0) return a;
    return this.binary(Op.i32_sub, a, b, (x, y) => x - y);
  }

  mul(a: Value, b: Value): Value {
    return this.binary(Op.i32_mul, a, b, Math.imul);
  }

  and(a: Value, b: Value): Value {
    if (this.constant(b) === -1) return a;
    return this.binary(Op.i32_and, a, b, (x, y) => x & y);
  }

  or(a: Value, b: Value): Value {
    if (this.constant(b) === 0) return a;
    return this.binary(Op.i32_or, a, b, (x, y) => x | y);
  }

  xor(a: Value, b: Value): Value {
    if (this.constant(b) === 0) return a;
    return this.binary(Op.i32_xor, a, b, (x, y) => x ^ y);
  }

  not(a: Value): Value {
    return this.xor(a, this.const(-1));
  }

  neg(a: Value): Value {
    return this.sub(this.const(0), a);
  }

  shl(a: Value, n: Value): Value {
    return this.shift(Op.i32_shl, a, n, (x, y) => x << y);
  }

  shr(a: Value, n: Value): Value {
    return this.shift(Op.i32_shr_u, a, n, (x, y) => x >>> y);
  }

  sar(a: Value, n: Value): Value {
    return this.shift(Op.i32_shr_s, a, n, (x, y) => x >> y);
  }

  ror(a: Value, n: Value): Value {
    return this.shift(Op.i32_rotr, a, n, rotateRight);
  }

  private shift(opcode: number, a: Value, n: Value, fold: (a: number, b: number) => number): Value {
    const amount = this.constant(n);
    if (amount !== undefined && (amount & 31) === 0) return a;
    return this.binary(opcode, a, n, fold);
  }

  clz(a: Value): Value {
    this.push(a);
    this.code.op(Op.i32_clz);
    return this.take();
  }

  divU(a: Value, b: Value): Value {
    return this.binary(Op.i32_div_u, a, b, (x, y) => (x >>> 0) / (y >>> 0));
  }

  /** WebAssembly traps on -2^31 / -1, so a divisor of -1 negates instead. */
  divS(a: Value, b: Value): Value {
    return this.choose(
      this.eq(b, this.const(-1)),
      () => this.neg(a),
      () => {
        this.push(a);
        this.push(b);
        this.code.op(Op.i32_div_s);
        return this.take();
      },
    );
  }

  mulHighU(a: Value, b: Value): Value {
    return this.mulHigh(Op.i64_extend_i32_u, a, b);
  }

  mulHighS(a: Value, b: Value): Value {
    return this.mulHigh(Op.i64_extend_i32_s, a, b);
  }

  private mulHigh(extend: number, a: Value, b: Value): Value {
    this.push(a);
    this.code.op(extend);
    this.push(b);
    this.code.op(extend);
    this.code.op(Op.i64_mul);
    this.code.const64(32);
    this.code.op(Op.i64_shr_u);
    this.code.op(Op.i32_wrap_i64);
    return this.take();
  }

  // ---- comparisons

  eq(a: Value, b: Value): Value {
    if (this.constant(b) === 0) return this.isZero(a);
    return this.binary(Op.i32_eq, a, b, (x, y) => +(x === y));
  }

  ne(a: Value, b: Value): Value {
    return this.binary(Op.i32_ne, a, b, (x, y) => +(x !== y));
  }

  ltU(a: Value, b: Value): Value {
    return this.binary(Op.i32_lt_u, a, b, (x, y) => +(x >>> 0 < y >>> 0));
  }

  leU(a: Value, b: Value): Value {
    return this.binary(Op.i32_le_u, a, b, (x, y) => +(x >>> 0 <= y >>> 0));
  }

  ltS(a: Value, b: Value): Value {
    return this.binary(Op.i32_lt_s, a, b, (x, y) => +(x < y));
  }

  private isZero(a: Value): Value {
    const known = this.constant(a);
    if (known !== undefined) return this.const(+(known === 0));
    this.push(a);
    this.code.op(Op.i32_eqz);
    return this.take();
  }

  select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    const known = this.constant(condition);
    if (known !== undefined) return known !== 0 ? whenTrue : whenFalse;
    this.push(whenTrue);
    this.push(whenFalse);
    this.push(condition);
    this.code.op(Op.select);
    return this.take();
  }
}
