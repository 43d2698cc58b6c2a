/**
 * The generic timer of one processor (DDI 0406C B8): the system counter, the physical and the virtual timer. Which accesses the guest may
 * make (CNTKCTL) is the processor's business. With no EL2 the virtual offset CNTVOFF is 0, so both timers count the same.
 */
import type { Clock, IrqLine, ScheduledEvent } from '../mem/device.js';
import { TimerKind, type GenericTimerPort, type TimerKindValue } from '../mem/timer.js';
import { assert } from '../util/assert.js';

const CTL_ENABLE = 1 << 0;
const CTL_IMASK = 1 << 1;
const CTL_ISTATUS = 1 << 2;
const WORD = 2 ** 32;

/** One timer: a compare value against the common counter (B8.1.5). */
class Timer {
  control = 0;
  compareLow = 0;
  compareHigh = 0;
  private event: ScheduledEvent | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly line: IrqLine,
    private readonly period: number,
  ) {}

  /** CVAL as a number: exact below 2^53, and above it beyond any count that is ever reached. */
  private compare(): number {
    return this.compareHigh * WORD + this.compareLow;
  }

  /** EventTriggered of B8.1.5: the compare value is reached. Unsigned, as all 64 bits are. */
  reached(): boolean {
    return Math.floor(this.clock.now() / this.period) >= this.compare();
  }

  /** Drives the line, and schedules its rise at the first instruction boundary where the condition holds. */
  update(): void {
    this.event?.cancel();
    this.event = undefined;
    const unmasked = (this.control & (CTL_ENABLE | CTL_IMASK)) === CTL_ENABLE;
    const level = unmasked && this.reached();
    this.line.set(level);
    if (!unmasked || level) return;
    const at = this.compare() * this.period;
    if (at <= Number.MAX_SAFE_INTEGER) this.event = this.clock.schedule(at, () => this.update());
  }
}

/** What a processor's generic timer is wired to. */
export interface GenericTimerWiring {
  readonly clock: Clock;
  /** Interrupt lines: on `virt` PPI 30 (non-secure physical) and PPI 27 (virtual). */
  readonly physical: IrqLine;
  readonly virtual: IrqLine;
}

export class GenericTimer implements GenericTimerPort {
  private readonly clock: Clock;
  /** Virtual nanoseconds a count. */
  private readonly period: number;
  private readonly timers: readonly [Timer, Timer];

  /** @param frequency of the counter in Hz; a divisor of 10^9, so that a count is a whole number of nanoseconds */
  constructor(
    wiring: GenericTimerWiring,
    readonly frequency = 62_500_000,
  ) {
    this.period = 1e9 / frequency;
    assert(Number.isInteger(this.period), `a counter of ${frequency} Hz has no whole period in nanoseconds`);
    this.clock = wiring.clock;
    const timer = (line: IrqLine): Timer => new Timer(wiring.clock, line, this.period);
    this.timers = [timer(wiring.physical), timer(wiring.virtual)];
    assert(TimerKind.physical === 0 && TimerKind.virtual === 1, 'timers are indexed by TimerKind');
  }

  counter(): number {
    return Math.floor(this.clock.now() / this.period);
  }

  /** @impdef ISTATUS reads 0 while ENABLE is 0 (UNKNOWN by the manual). */
  readControl(kind: TimerKindValue): number {
    const timer = this.timers[kind];
    return timer.control & CTL_ENABLE && timer.reached() ? timer.control | CTL_ISTATUS : timer.control;
  }

  writeControl(kind: TimerKindValue, value: number): void {
    const timer = this.timers[kind];
    timer.control = value & (CTL_ENABLE | CTL_IMASK);
    timer.update();
  }

  readCompare(kind: TimerKindValue): { low: number; high: number } {
    const timer = this.timers[kind];
    return { low: timer.compareLow, high: timer.compareHigh };
  }

  writeCompare(kind: TimerKindValue, low: number, high: number): void {
    const timer = this.timers[kind];
    timer.compareLow = low >>> 0;
    timer.compareHigh = high >>> 0;
    timer.update();
  }

  readTimerValue(kind: TimerKindValue): number {
    return (this.timers[kind].compareLow - (this.counter() % WORD)) | 0;
  }

  /** CVAL = (count + SignExtend(value))<63:0>. */
  writeTimerValue(kind: TimerKindValue, value: number): void {
    const sum = this.counter() + (value | 0);
    const wrapped = sum < 0 ? sum + WORD : sum;
    const high = sum < 0 ? WORD - 1 : Math.floor(sum / WORD);
    this.writeCompare(kind, wrapped % WORD, high);
  }

  /** Both timers off. The counter itself never stops: it is virtual time. */
  reset(): void {
    for (const timer of this.timers) {
      timer.control = timer.compareLow = timer.compareHigh = 0;
      timer.update();
    }
  }

  save(): unknown {
    return this.timers.map(({ control, compareLow, compareHigh }) => ({ control, compareLow, compareHigh }));
  }

  restore(state: unknown): void {
    (state as Pick<Timer, 'control' | 'compareLow' | 'compareHigh'>[]).forEach((saved, kind) => {
      const timer = this.timers[kind];
      Object.assign(timer, saved);
      timer.update();
    });
  }
}
