/**
 * The floating-point part of the emitting builder. What it cannot do inline it leaves to the reference (out of line) or to the out-of-line
 * handler (fast loop): `escape` says how. Knows no instruction.
 */
import { FpAccess, Word } from '../arm/state.js';
import { STATE_BASE } from '../mem/layout.js';
import type { Value, VReg } from '../ops/builder.js';
import type { FloatBuilder } from '../ops/float-builder.js';
import { Op } from './wasm/opcodes.js';
import type { CodeWriter } from './wasm/code.js';

/** What this part needs of the builder that it belongs to. */
export interface FloatHost {
  readonly code: () => CodeWriter;
  /** Puts a value on the stack; takes what is on the stack into a new value. */
  readonly push: (value: Value) => void;
  readonly take: () => Value;
  /** Pushes 4 × a register operand's number. */
  readonly pushOffset: (operand: VReg) => void;
  /** Told before state is read, and before it is written. */
  readonly reading: () => void;
  readonly effect: () => void;
  /** Gives the instruction up, with nothing of it done, if what is on the stack is not zero. */
  readonly escapeIf: () => void;
}

/** Byte address of the extension registers. */
const V = STATE_BASE + 4 * Word.V;

export class FloatEmitter implements FloatBuilder {
  constructor(protected readonly host: FloatHost) {}

  CheckVFPEnabled(): void {
    this.#require(FpAccess.VFP);
  }

  CheckAdvSIMDEnabled(): void {
    this.#require(FpAccess.AdvSIMD);
  }

  #require(access: number): void {
    const code = this.host.code();
    code.loadWord(STATE_BASE + 4 * Word.FP_ACCESS);
    code.const(access);
    code.op(Op.i32_and);
    code.op(Op.i32_eqz);
    this.host.escapeIf();
  }

  S(operand: VReg): Value {
    return this.#load(operand, false, 0);
  }

  setS(operand: VReg, value: Value): void {
    this.#store(operand, false, 0, value);
  }

  low(operand: VReg): Value {
    return this.#load(operand, true, 0);
  }

  high(operand: VReg): Value {
    return this.#load(operand, true, 4);
  }

  setD(operand: VReg, high: Value, low: Value): void {
    this.#store(operand, true, 0, low);
    this.#store(operand, true, 4, high);
  }

  /** Pushes the byte offset of an S or D register. */
  protected pushRegister(operand: VReg, double: boolean): void {
    this.host.pushOffset(operand);
    if (!double) return;
    const code = this.host.code();
    code.const(1);
    code.op(Op.i32_shl);
  }

  #load(operand: VReg, double: boolean, at: number): Value {
    this.host.reading();
    this.pushRegister(operand, double);
    this.host.code().load(Op.i32_load, V + at);
    return this.host.take();
  }

  #store(operand: VReg, double: boolean, at: number, value: Value): void {
    this.host.effect();
    this.pushRegister(operand, double);
    this.host.push(value);
    this.host.code().store(Op.i32_store, V + at);
  }
}
