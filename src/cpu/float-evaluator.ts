/**
 * The floating-point part of the evaluating builder: registers, checks and status at once. Knows no encoding.
 */
import { FpAccess, Word } from '../arm/state.js';
import type { Value, VReg } from '../ops/builder.js';
import type { FloatBuilder } from '../ops/float-builder.js';
import type { Core } from './core.js';

export class FloatEvaluator implements FloatBuilder {
  readonly #state: Int32Array;
  /** The vector block. */
  readonly #vectors: Int32Array;
  readonly #undefined: () => never;

  /** @param undefinedInstruction raises the Undefined Instruction exception */
  constructor(core: Core, undefinedInstruction: () => never) {
    this.#state = core.state;
    this.#vectors = core.vectors;
    this.#undefined = undefinedInstruction;
  }

  CheckVFPEnabled(...doubles: readonly VReg[]): void {
    const access = this.#state[Word.FP_ACCESS];
    if ((access & FpAccess.VFP) !== 0) return;
    if ((access & FpAccess.lowRegisters) === 0 || doubles.some((d) => d > 15)) this.#undefined();
  }

  CheckAdvSIMDEnabled(): void {
    if ((this.#state[Word.FP_ACCESS] & FpAccess.AdvSIMD) === 0) this.#undefined();
  }

  S(operand: VReg): Value {
    return this.#vectors[operand] as Value;
  }
  setS(operand: VReg, value: Value): void {
    this.#vectors[operand] = value;
  }
  low(operand: VReg): Value {
    return this.#vectors[2 * operand] as Value;
  }
  high(operand: VReg): Value {
    return this.#vectors[2 * operand + 1] as Value;
  }
  setD(operand: VReg, high: Value, low: Value): void {
    this.#vectors[2 * operand] = low;
    this.#vectors[2 * operand + 1] = high;
  }
}
