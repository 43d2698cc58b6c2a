/**
 * Where the guest's virtual time goes: to user code, to sleep, and the rest to the kernel. Kept as intervals, a bounded number of them, and only what a
 * replay reproduces. Times are ticks: instructions' worth since power-on.
 */
import { GUEST_USER } from './shadow.js';

/** Intervals that are kept in any case, and where somebody wants a long history; powers of two. */
const SHORT = 1 << 12;
const LONG = 1 << 18;

/** Intervals that do not overlap, in order; the oldest ones give way. Sums over any time are a search away. */
export class IntervalLog {
  private mask = SHORT - 1;
  private starts = new Float64Array(SHORT);
  private ends = new Float64Array(SHORT);
  /** By interval: ticks that all intervals before it cover. */
  private sums = new Float64Array(SHORT);
  /** Intervals since power-on; the last one may be open. */
  private count = 0;
  /** Number of the oldest interval that had not been lost when room was last made or given back. */
  private kept = 0;
  private covered = 0;
  private open = false;

  get isOpen(): boolean {
    return this.open;
  }

  get bytes(): number {
    return 3 * this.starts.byteLength;
  }

  /** Ticks from which on all intervals are kept. */
  get since(): number {
    const { first } = this;
    return first === 0 ? 0 : this.starts[first & this.mask];
  }

  begin(at: number): void {
    if (this.open) return;
    this.open = true;
    const last = (this.count - 1) & this.mask;
    // goes on where the last one ended
    if (this.count > this.first && this.ends[last] === at) return;
    const slot = this.count++ & this.mask;
    this.starts[slot] = at;
    this.sums[slot] = this.covered;
  }

  end(at: number): void {
    if (!this.open) return;
    this.open = false;
    const slot = (this.count - 1) & this.mask;
    this.ends[slot] = at;
    this.covered = this.sums[slot] + at - this.starts[slot];
  }

  /** Ticks before `at` that intervals cover; before {@link since} as if they were spread evenly. */
  before(at: number): number {
    const n = this.lastNotAfter(at);
    const { first } = this;
    if (n < first) return first === 0 ? 0 : (this.sums[first & this.mask] * at) / this.since;
    const slot = n & this.mask;
    return this.sums[slot] + Math.min(at, this.endOf(n, at)) - this.starts[slot];
  }

  /** Intervals with some time in `[from, to)`, at most `maximum`, cut to that, oldest first: pairs of begin and end. */
  between(from: number, to: number, maximum: number): number[] {
    const pairs: number[] = [];
    for (let n = Math.max(this.first, this.lastNotAfter(from)); n < this.count && pairs.length < 2 * maximum; n++) {
      const start = Math.max(from, this.starts[n & this.mask]);
      const end = Math.min(to, this.endOf(n, to));
      if (start >= to) break;
      if (end > start) pairs.push(start, end);
    }
    return pairs;
  }

  restart(): void {
    this.count = 0;
    this.kept = 0;
    this.covered = 0;
    this.open = false;
  }

  keepLong(on: boolean): void {
    const capacity = on ? LONG : SHORT;
    if (capacity === this.mask + 1) return;
    const first = Math.max(this.first, this.count - capacity);
    const moved = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(capacity);
      for (let n = first; n < this.count; n++) to[n & (capacity - 1)] = from[n & this.mask];
      return to;
    };
    this.starts = moved(this.starts);
    this.ends = moved(this.ends);
    this.sums = moved(this.sums);
    this.kept = first;
    this.mask = capacity - 1;
  }

  /** Number of the oldest interval that is kept. */
  private get first(): number {
    return Math.max(this.kept, this.count - this.mask - 1);
  }

  /** End of an interval; of the open one `now`. */
  private endOf(n: number, now: number): number {
    return this.open && n === this.count - 1 ? now : this.ends[n & this.mask];
  }

  /** Number of the last kept interval that begins at `at` or before; one less than that of the first if none does. */
  private lastNotAfter(at: number): number {
    let low = this.first;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.starts[middle & this.mask] <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export class GuestTime {
  /** Time that guest user code has had, awake. */
  readonly user = new IntervalLog();
  /** Time that nothing was executed. */
  readonly asleep = new IntervalLog();

  get bytes(): number {
    return this.user.bytes + this.asleep.bytes;
  }

  /** The guest goes on in a context. */
  enter(context: number, at: number): void {
    if (context === GUEST_USER) this.user.begin(at);
    else this.user.end(at);
  }

  sleep(from: number, to: number): void {
    const { user, asleep } = this;
    const inUser = user.isOpen;
    if (inUser) user.end(from);
    asleep.begin(from);
    asleep.end(to);
    if (inUser) user.begin(to);
  }

  /** Power-on. */
  restart(): void {
    this.user.restart();
    this.asleep.restart();
  }

  keepLong(on: boolean): void {
    this.user.keepLong(on);
    this.asleep.keepLong(on);
  }
}
