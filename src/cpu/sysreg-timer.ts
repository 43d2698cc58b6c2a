/** The generic timer's registers of CP15 c14 (DDI 0406C B8.1), served by the device behind the timer port. Rights are checked before. */
import { TimerKind, type GenericTimerPort, type TimerKindValue } from '../arm/timer-port.js';
import type { Behaviours, DoubleWord, RegisterBehaviour } from './system-registers.js';

/** Without a timer there is no generic timer: its registers are Undefined. */
export function timerBehaviours(timer: GenericTimerPort | undefined): Behaviours {
  if (timer === undefined) return {};
  const count = (kind: TimerKindValue): RegisterBehaviour => ({
    read64: (out: DoubleWord) => {
      const value = timer.counter(kind);
      out.low = value | 0;
      out.high = Math.floor(value / 0x1_0000_0000) | 0;
    },
  });
  const timerValue = (kind: TimerKindValue): RegisterBehaviour => ({
    read: () => timer.readTimerValue(kind),
    write: (value) => timer.writeTimerValue(kind, value),
  });
  const control = (kind: TimerKindValue): RegisterBehaviour => ({
    read: () => timer.readControl(kind),
    write: (value) => timer.writeControl(kind, value),
  });
  const compare = (kind: TimerKindValue): RegisterBehaviour => ({
    read64: (out: DoubleWord) => {
      const value = timer.readCompare(kind);
      out.low = value.low;
      out.high = value.high;
    },
    write64: (low, high) => timer.writeCompare(kind, low, high),
  });
  return {
    CNTPCT: count(TimerKind.physical),
    CNTVCT: count(TimerKind.virtual),
    CNTP_TVAL: timerValue(TimerKind.physical),
    CNTV_TVAL: timerValue(TimerKind.virtual),
    CNTP_CTL: control(TimerKind.physical),
    CNTV_CTL: control(TimerKind.virtual),
    CNTP_CVAL: compare(TimerKind.physical),
    CNTV_CVAL: compare(TimerKind.virtual),
  };
}
