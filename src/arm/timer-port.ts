/**
 * The generic timer (DDI 0406C B8) as the processor's CP15 c14 registers reach it. The device keeps counters, compare values and interrupt
 * lines; the processor checks access rights (CNTKCTL lives there).
 */
export const TimerKind = { physical: 0, virtual: 1 } as const;
export type TimerKindValue = (typeof TimerKind)[keyof typeof TimerKind];

export interface GenericTimerPort {
  /** Counter frequency that reset firmware would write to CNTFRQ, Hz. */
  readonly frequency: number;
  /** CNTPCT or CNTVCT as a count (an integer below 2^53). Must be cheap. */
  counter(kind: TimerKindValue): number;
  /** CNTx_CTL: ENABLE bit 0, IMASK bit 1, ISTATUS bit 2 (read only). */
  readControl(kind: TimerKindValue): number;
  writeControl(kind: TimerKindValue, value: number): void;
  /** CNTx_CVAL as two words. */
  readCompare(kind: TimerKindValue): { low: number; high: number };
  writeCompare(kind: TimerKindValue, low: number, high: number): void;
  /** CNTx_TVAL, i32. */
  readTimerValue(kind: TimerKindValue): number;
  writeTimerValue(kind: TimerKindValue, value: number): void;
}
