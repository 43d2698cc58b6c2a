/**
 * Evaluates parsed expressions against a guest, with C's arithmetic. Reads registers, symbols and memory through a port; changes nothing.
 */
import { expressionErrors } from '../errors.js';
import type { BinaryOperator, Expression, Node } from './parser.js';
import {
  bitsOf,
  commonType,
  i32,
  make,
  promote,
  sizeOf,
  u32,
  u64,
  type PointerType,
  type Type,
  type Value,
} from './types.js';

/** What expressions see of a guest. */
export interface Surroundings {
  /** Value and width of a register, or of a field as `CPSR.I`; undefined where there is none of that name. @throws UserError */
  register(name: string): { readonly value: bigint; readonly bits: number } | undefined;
  /** Address or value of a symbol. */
  symbol(name: string): number | undefined;
  /** Bytes in memory order; fewer where memory ends. */
  readMemory(address: number, length: number): Uint8Array;
}

/** Something that has a place and may be set. */
export type Place =
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'memory'; readonly address: number; readonly type: Type };

/** @throws UserError 203–208, and what the surroundings raise */
export function evaluate(expression: Expression, surroundings: Surroundings): Value {
  return new Evaluator(expression.text, surroundings).value(expression.root);
}

/** True unless the value is 0. @throws as {@link evaluate} */
export function holds(expression: Expression, surroundings: Surroundings): boolean {
  return evaluate(expression, surroundings).value !== 0n;
}

/** Where the value of an expression lies, if it is a register or in memory. @throws as {@link evaluate} */
export function placeOf(expression: Expression, surroundings: Surroundings): Place | undefined {
  const { root, text } = expression;
  if (root.kind === 'load') return new Evaluator(text, surroundings).memory(root.address);
  if (root.kind !== 'name') return undefined;
  const name = registerName(root.name);
  return surroundings.register(name) === undefined ? undefined : { kind: 'register', name };
}

type Arithmetic = (x: bigint, y: bigint) => bigint;

const comparisons: Partial<Record<BinaryOperator, (x: bigint, y: bigint) => boolean>> = {
  '==': (x, y) => x === y,
  '!=': (x, y) => x !== y,
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '>': (x, y) => x > y,
  '>=': (x, y) => x >= y,
};

/** What is left beside logic, comparisons and shifts. */
const arithmetic: Partial<Record<BinaryOperator, Arithmetic>> = {
  '|': (x, y) => x | y,
  '^': (x, y) => x ^ y,
  '&': (x, y) => x & y,
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '%': (x, y) => x % y,
};

/** `$r0` is r0, as in gdb. */
function registerName(name: string): string {
  return name.startsWith('$') ? name.slice(1) : name;
}

class Evaluator {
  constructor(
    private readonly text: string,
    private readonly surroundings: Surroundings,
  ) {}

  value(node: Node): Value {
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'name':
        return this.name(node.name);
      case 'load': {
        const { address, type } = this.memory(node.address);
        return this.load(address, type);
      }
      case 'address':
        return this.addressOf(node.operand, node.at);
      case 'cast':
        return make(node.type, this.value(node.operand).value);
      case 'choice':
        return this.value(this.value(node.condition).value !== 0n ? node.yes : node.no);
      case 'unary': {
        const operand = this.value(node.operand);
        if (node.operator === '!') return make(i32, operand.value === 0n ? 1n : 0n);
        if (operand.type.kind === 'pointer') throw expressionErrors.notAPointer(this.text, node.at + 1);
        const type = promote(operand.type);
        if (node.operator === '-') return make(type, -operand.value);
        return make(type, node.operator === '~' ? ~operand.value : operand.value);
      }
      case 'binary':
        return this.binary(node.operator, node.left, node.right, node.at);
    }
  }

  /** Address and type of what a pointer points to. */
  memory(node: Node): { readonly kind: 'memory'; readonly address: number; readonly type: Type } {
    const { type, value } = this.value(node);
    return {
      kind: 'memory',
      address: Number(BigInt.asUintN(32, value)),
      type: type.kind === 'pointer' ? type.to : u32,
    };
  }

  private name(name: string): Value {
    const register = this.surroundings.register(registerName(name));
    if (register !== undefined) return make(register.bits > 32 ? u64 : u32, register.value);
    const address = this.surroundings.symbol(name);
    if (address === undefined) throw expressionErrors.unknownName(name);
    return make(u32, BigInt(address));
  }

  private addressOf(node: Node, at: number): Value {
    if (node.kind === 'load') {
      const { address, type } = this.memory(node.address);
      return make({ kind: 'pointer', to: type }, BigInt(address));
    }
    // & before a name says that a symbol is meant where a register has the same name
    const address = node.kind === 'name' ? this.surroundings.symbol(node.name) : undefined;
    if (address === undefined) throw expressionErrors.noAddress(this.text, at + 1);
    return make(u32, BigInt(address));
  }

  private load(address: number, type: Type): Value {
    const size = sizeOf(type);
    const bytes = this.surroundings.readMemory(address, size);
    if (bytes.length < size) throw expressionErrors.unreadable((address + bytes.length) >>> 0);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    return make(type, value);
  }

  private binary(operator: BinaryOperator, left: Node, right: Node, at: number): Value {
    const a = this.value(left);
    if (operator === '&&') return make(i32, a.value !== 0n && this.value(right).value !== 0n ? 1n : 0n);
    if (operator === '||') return make(i32, a.value !== 0n || this.value(right).value !== 0n ? 1n : 0n);
    const b = this.value(right);
    if (operator === '<<' || operator === '>>') return this.shift(operator, a, b, at);
    const type = commonType(a.type, b.type);
    const x = make(type, a.value).value;
    const y = make(type, b.value).value;
    const comparison = comparisons[operator];
    if (comparison !== undefined) return make(i32, comparison(x, y) ? 1n : 0n);
    if (a.type.kind === 'pointer' || b.type.kind === 'pointer') return this.pointer(operator, a, b, at);
    if ((operator === '/' || operator === '%') && y === 0n) throw expressionErrors.divisionByZero(this.text, at + 1);
    return make(type, (arithmetic[operator] as Arithmetic)(x, y));
  }

  private pointer(operator: BinaryOperator, a: Value, b: Value, at: number): Value {
    const scale = (pointer: PointerType) => BigInt(sizeOf(pointer.to));
    if (operator === '+' && a.type.kind === 'pointer' && b.type.kind === 'integer') {
      return make(a.type, a.value + b.value * scale(a.type));
    }
    if (operator === '+' && b.type.kind === 'pointer' && a.type.kind === 'integer') {
      return make(b.type, b.value + a.value * scale(b.type));
    }
    if (operator === '-' && a.type.kind === 'pointer') {
      if (b.type.kind === 'integer') return make(a.type, a.value - b.value * scale(a.type));
      return make(i32, BigInt.asIntN(32, a.value - b.value) / scale(a.type));
    }
    throw expressionErrors.notAPointer(this.text, at + 1);
  }

  /** By the width or more, everything is shifted out. */
  private shift(operator: '<<' | '>>', a: Value, b: Value, at: number): Value {
    if (a.type.kind === 'pointer' || b.type.kind === 'pointer') throw expressionErrors.notAPointer(this.text, at + 1);
    const type = promote(a.type);
    const most = BigInt(bitsOf(type));
    const by = b.value < 0n || b.value > most ? most : b.value;
    return make(type, operator === '<<' ? a.value << by : a.value >> by);
  }
}
