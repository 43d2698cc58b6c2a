/**
 * The builder's part for floating point: extension registers as words, access checks, status, arithmetic. Like ops/builder.ts, of which it is a
 * part, it knows no encoding and no engine, and its rules are the same.
 */
import type { Value, VReg } from './builder.js';

export interface FloatBuilder {
  // ---- access: the first thing that an operation of these extensions does

  /**
   * CheckVFPEnabled(TRUE) (A2.6): Undefined unless floating point is accessible.
   * @param doubles the D register operands: of those D16 to D31 are Undefined while CPACR.D32DIS is set
   */
  CheckVFPEnabled(...doubles: readonly VReg[]): void;
  /** CheckAdvSIMDEnabled() (A2.6): Undefined unless Advanced SIMD is accessible. */
  CheckAdvSIMDEnabled(): void;

  // ---- registers as words
  /** S[n]. */
  S(operand: VReg): Value;
  setS(operand: VReg, value: Value): void;
  /** D[n]<31:0> and D[n]<63:32>. */
  low(operand: VReg): Value;
  high(operand: VReg): Value;
  /** D[n] = high : low. */
  setD(operand: VReg, high: Value, low: Value): void;
}
