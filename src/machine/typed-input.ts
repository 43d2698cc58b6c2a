/** What was typed at the far end of a serial line and has not arrived yet: bytes come at the speed of the line, and wait while there is no room. */
import type { Clock } from '../mem/device.js';

/** Ten bits each at 115,200 bits a second, in virtual ns. */
const BYTE_TIME = Math.round(1e10 / 115_200);

interface Saved {
  readonly typed: readonly number[];
  readonly feedAt: number;
}

export class TypedInput {
  private typed: number[] = [];
  /** When the next byte is offered, virtual ns; Infinity while none waits. */
  private feedAt = Infinity;

  /** @param receive offers a byte to a port; false if it has no room, and will say so by {@link resume} when it has */
  constructor(
    private readonly clock: Clock,
    private readonly receive: (byte: number) => boolean,
  ) {}

  type(bytes: Uint8Array): void {
    for (const byte of bytes) this.typed.push(byte);
    if (this.feedAt === Infinity) this.feed();
  }

  /** A port that refused a byte would now take it. */
  resume(): void {
    this.feedLater(this.clock.now());
  }

  /** Takes the next byte past the port; -1 if there is none. */
  take(): number {
    return this.typed.shift() ?? -1;
  }

  private feed(): void {
    this.feedAt = Infinity;
    if (this.typed.length === 0 || !this.receive(this.typed[0])) return;
    this.typed.shift();
    if (this.typed.length > 0) this.feedLater(this.clock.now() + BYTE_TIME);
  }

  private feedLater(at: number): void {
    this.feedAt = at;
    this.clock.schedule(at, () => this.feed());
  }

  reset(): void {
    this.typed = [];
    this.feedAt = Infinity;
  }

  save(): Saved {
    return { typed: [...this.typed], feedAt: this.feedAt };
  }

  /** To be called when the clock has been restored. */
  restore(state: unknown): void {
    const { typed, feedAt } = state as Saved;
    this.typed = [...typed];
    this.feedAt = Infinity;
    if (feedAt !== Infinity) this.feedLater(feedAt);
  }
}
