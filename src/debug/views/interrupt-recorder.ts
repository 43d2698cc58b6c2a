/**
 * What happens to interrupts while somebody looks: a bounded ring of events, and how long lines wait to be acknowledged. Hears the controller and the
 * guest's exceptions; keeps nothing of their state, and costs nothing once nobody has asked for a while.
 */
import { Exception } from '../../arm/exceptions.js';
import type { InterruptController, InterruptEvent } from '../../machine/board.js';
import { INTERRUPT_EVENTS, type InterruptEvents } from '../../protocol/views/interrupts.js';

const indexOf = Object.fromEntries(INTERRUPT_EVENTS.map((kind, i) => [kind, i])) as Record<
  InterruptEvent | 'inject',
  number
>;

const CAPACITY = 1 << 14;
/** Instructions after which nobody looks any more: some seconds at full speed. */
const LEASE = 1_000_000_000;

/** Instructions from raised to acknowledged. */
export interface Latency {
  readonly count: number;
  readonly last: number;
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

export class InterruptRecorder {
  private readonly kinds = new Uint8Array(CAPACITY);
  private readonly lines = new Int16Array(CAPACITY);
  private readonly at = new Float64Array(CAPACITY);
  /** Events that there were; sequence numbers start at 1. */
  private recorded = 0;
  private began = 0;
  private lastAsked = 0;
  private latest = 0;
  // For each line: since when it waits (NaN: it does not), and what waits came to.
  private readonly waitingSince: Float64Array;
  private readonly count: Float64Array;
  private readonly last: Float64Array;
  private readonly least: Float64Array;
  private readonly sum: Float64Array;
  private readonly most: Float64Array;

  /** @param instructions the guest's count */
  constructor(
    private readonly controller: InterruptController,
    private readonly instructions: () => number,
  ) {
    const each = () => new Float64Array(controller.lines);
    this.waitingSince = each().fill(NaN);
    this.count = each();
    this.last = each();
    this.least = each();
    this.sum = each();
    this.most = each();
  }

  /** Somebody looks: records from now on, if it did not yet. */
  watch(): void {
    const now = this.instructions();
    // a guest that was set back has other events before it
    if (this.controller.observer === undefined || now < this.latest) this.begin(now);
    this.lastAsked = now;
  }

  /** The guest takes an exception, as it sees it. */
  exceptionTaken(kind: number): void {
    if (this.controller.observer === undefined) return;
    if (kind === Exception.IRQ) this.record('inject', this.controller.signalled('IRQ'));
    else if (kind === Exception.FIQ) this.record('inject', this.controller.signalled('FIQ'));
  }

  get since(): number {
    return this.began;
  }

  /** Events with a sequence number above `after`: the newest `maximum`. */
  events(after: number, maximum: number): InterruptEvents {
    const first = Math.max(after + 1, this.recorded - Math.min(maximum, CAPACITY) + 1, 1);
    const length = Math.max(0, this.recorded - first + 1);
    const slots = Array.from({ length }, (_, i) => (first + i) % CAPACITY);
    return {
      first,
      kinds: slots.map((slot) => this.kinds[slot]),
      lines: slots.map((slot) => this.lines[slot]),
      at: slots.map((slot) => this.at[slot]),
    };
  }

  latencyOf(line: number): Latency | undefined {
    const count = this.count[line];
    if (count === 0) return undefined;
    const { last, least, sum, most } = this;
    return { count, last: last[line], least: least[line], mean: sum[line] / count, most: most[line] };
  }

  private begin(now: number): void {
    // numbers go on: whoever knows events up to one of them hears the rest
    this.began = this.latest = now;
    this.waitingSince.fill(NaN);
    for (const array of [this.count, this.last, this.least, this.sum, this.most]) array.fill(0);
    this.controller.observer = (event, line) => {
      this.heard(event, line);
    };
  }

  private heard(event: InterruptEvent, line: number): void {
    const now = this.instructions();
    if (now - this.lastAsked > LEASE) {
      this.controller.observer = undefined;
      return;
    }
    this.record(event, line);
    if (event === 'raise') {
      if (Number.isNaN(this.waitingSince[line])) this.waitingSince[line] = now;
    } else if (event === 'acknowledge') this.acknowledged(line, now);
    // what only an input holds up waits no longer once it fell
    else if (event === 'lower' && !this.controller.line(line).pending) this.waitingSince[line] = NaN;
  }

  private acknowledged(line: number, now: number): void {
    const waited = now - this.waitingSince[line];
    this.waitingSince[line] = NaN;
    if (Number.isNaN(waited)) return;
    this.least[line] = this.count[line] === 0 ? waited : Math.min(this.least[line], waited);
    this.most[line] = Math.max(this.most[line], waited);
    this.last[line] = waited;
    this.sum[line] += waited;
    this.count[line]++;
  }

  private record(event: InterruptEvent | 'inject', line: number): void {
    const slot = ++this.recorded % CAPACITY;
    this.latest = this.instructions();
    this.kinds[slot] = indexOf[event];
    this.lines[slot] = line;
    this.at[slot] = this.latest;
  }
}
