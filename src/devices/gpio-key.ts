/** A push button on a GPIO pin: pressed from outside, it holds the pin high for a moment and lets go by itself. */
import type { Clock, IrqLine, ScheduledEvent } from '../mem/device.js';

/** How long a press lasts, in virtual nanoseconds. */
const PRESS = 100e6;

export class GpioKey {
  private releaseAt = -1;
  private event: ScheduledEvent | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly pin: IrqLine,
  ) {}

  /** Presses the button, or holds it down for longer. */
  press(): void {
    this.hold(this.clock.now() + PRESS);
  }

  reset(): void {
    this.hold(-1);
  }

  /** Virtual time (ns) at which the button comes up, -1 while it is up. */
  save(): unknown {
    return this.releaseAt;
  }

  restore(state: unknown): void {
    this.hold(state as number);
  }

  private hold(until: number): void {
    this.event?.cancel();
    this.releaseAt = until;
    this.event = until < 0 ? undefined : this.clock.schedule(until, () => this.release());
    this.pin.set(until >= 0);
  }

  private release(): void {
    this.releaseAt = -1;
    this.event = undefined;
    this.pin.set(false);
  }
}
