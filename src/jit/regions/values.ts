/** The part of a region's builder that makes expressions: constants, arithmetic, comparisons. Emits nothing. */
import type { Imm, Value } from '../../ops/builder.js';
import { Op } from '../wasm/opcodes.js';
import type { Expressions } from './expressions.js';

export abstract class RegionValues {
  constructor(protected readonly x: Expressions) {}

  const(value: number): Value {
    return this.x.constant(value);
  }
  imm(operand: Imm): Value {
    return this.x.constant(operand);
  }

  // ---- arithmetic
  /** One of the binary operations below, by its opcode; not `eq`. */
  binary(opcode: number, a: Value, b: Value): Value {
    return this.x.binary(opcode, a, b);
  }
  add(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_add, a, b);
  }
  sub(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_sub, a, b);
  }
  mul(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_mul, a, b);
  }
  and(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_and, a, b);
  }
  or(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_or, a, b);
  }
  xor(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_xor, a, b);
  }
  not(a: Value): Value {
    return this.x.binary(Op.i32_xor, a, this.x.constant(-1));
  }
  neg(a: Value): Value {
    return this.x.binary(Op.i32_sub, this.x.constant(0), a);
  }
  shl(a: Value, n: Value): Value {
    return this.x.binary(Op.i32_shl, a, n);
  }
  shr(a: Value, n: Value): Value {
    return this.x.binary(Op.i32_shr_u, a, n);
  }
  sar(a: Value, n: Value): Value {
    return this.x.binary(Op.i32_shr_s, a, n);
  }
  ror(a: Value, n: Value): Value {
    return this.x.binary(Op.i32_rotr, a, n);
  }
  clz(a: Value): Value {
    return this.x.unary(Op.i32_clz, a);
  }
  mulHighU(a: Value, b: Value): Value {
    return this.x.mulHigh(false, a, b);
  }
  mulHighS(a: Value, b: Value): Value {
    return this.x.mulHigh(true, a, b);
  }
  // ---- comparisons
  eq(a: Value, b: Value): Value {
    return this.x.isZero(b) ? this.x.unary(Op.i32_eqz, a) : this.x.binary(Op.i32_eq, a, b);
  }
  ne(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_ne, a, b);
  }
  ltU(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_lt_u, a, b);
  }
  leU(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_le_u, a, b);
  }
  ltS(a: Value, b: Value): Value {
    return this.x.binary(Op.i32_lt_s, a, b);
  }

  select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    return this.x.select(condition, whenTrue, whenFalse);
  }
}
