/**
 * Traps on their way to clients: live batches with counts and rates, and pages that a filter narrows. Reads the debugger's records, keeps none itself.
 */
import type { Debugger, TrapClassCount } from '../debug/api.js';
import { TRAP_PAGE, type TrapsEvent } from '../protocol/api.js';
import { matchesFilter } from '../protocol/trap-filter.js';
import type { TrapClassRate, TrapFilter, TrapInfo, TrapPage } from '../protocol/model.js';

/** Rates are over about this much host time, ms. */
const RATE_WINDOW_MS = 1000;
/** Records looked at in one go while a filter finds nothing. */
const SCAN_CHUNK = 512;
/** Host time that one page may take; the client asks on from where it ended, ms. */
const SCAN_LIMIT_MS = 20;

interface Sample {
  readonly at: number;
  readonly counts: ReadonlyMap<string, number>;
}

export class TrapFeed {
  private seen = 0;
  private samples: Sample[] = [];
  private wasCleared = true;
  private ratesShown = false;
  private total = 0;

  constructor(
    private readonly guest: Debugger,
    private readonly now: () => number,
  ) {}

  /** The next live event, or undefined if nothing happened since the last one. `every`: no record is left out. */
  next(every: boolean, running: boolean): TrapsEvent | undefined {
    const records = this.guest.traps(this.seen, every ? Number.MAX_SAFE_INTEGER : TRAP_PAGE);
    if (records.length > 0) this.seen = records[records.length - 1].sequence;
    this.guest.keepTraps(every ? this.seen : undefined);
    const classes = this.rates(this.guest.statistics().exits, running);
    const cleared = this.wasCleared;
    this.wasCleared = false;
    const rated = classes.some(({ rate }) => rate > 0);
    let total = 0;
    for (const { count } of classes) total += count;
    // traps may be counted without a record, also in a single step
    const counted = total !== this.total;
    if (!cleared && records.length === 0 && !rated && !this.ratesShown && !counted) return undefined;
    this.ratesShown = rated;
    this.total = total;
    return { records, classes, total, cleared };
  }

  /** Whether the last event showed a rate above zero. */
  get active(): boolean {
    return this.ratesShown;
  }

  private rates(exits: readonly TrapClassCount[], running: boolean): TrapClassRate[] {
    const at = this.now();
    if (!running) this.samples = [];
    const oldest = this.samples[0];
    this.samples.push({ at, counts: new Map(exits.map(({ cls, count }) => [cls, count])) });
    while (this.samples.length > 2 && at - this.samples[1].at >= RATE_WINDOW_MS) this.samples.shift();
    const seconds = oldest ? (at - oldest.at) / 1000 : 0;
    return exits
      .filter(({ count }) => count > 0)
      .map(({ cls, count, dropped, unrecorded }) => ({
        cls,
        count,
        dropped,
        unrecorded,
        rate: seconds > 0 ? Math.max(0, count - (oldest.counts.get(cls) ?? 0)) / seconds : 0,
      }));
  }

  /** Forgets all records; clients hear of it with the next event. */
  clear(): void {
    this.guest.clearTraps();
    this.restart();
  }

  /** Nobody listens any more. */
  rest(): void {
    this.guest.keepTraps(undefined);
  }

  /** From the first record again: a client begins to listen. */
  restart(): void {
    this.samples = [];
    this.seen = 0;
    this.wasCleared = true;
  }

  /** Matching records older than `before`, newest first. May end early, with `more` set, when matches are rare. */
  page(before: number | undefined, maximum: number, filter: TrapFilter | undefined): TrapPage {
    const found: TrapInfo[] = [];
    const deadline = this.now() + SCAN_LIMIT_MS;
    let end = before ?? Number.MAX_SAFE_INTEGER;
    const cls = filter?.cls;
    for (;;) {
      const chunk = this.guest.traps(0, SCAN_CHUNK, end, cls);
      for (let i = chunk.length - 1; i >= 0; i--) {
        const trap = chunk[i];
        end = trap.sequence;
        if (!matchesFilter(trap, filter)) continue;
        found.push(trap);
        if (found.length === maximum)
          return { records: found, more: this.guest.traps(0, 1, end, cls).length > 0, next: end };
      }
      if (chunk.length < SCAN_CHUNK) return { records: found, more: false, next: end };
      if (this.now() > deadline) return { records: found, more: true, next: end };
    }
  }
}
