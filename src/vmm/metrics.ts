/** Counters of the VMM: exits by class, and host cost by class, sampled. What is here never influences the guest. */
import { exitClasses, type ExitClassId } from './classes.js';

/** One in so many exits is timed. */
const SAMPLE_EVERY = 16;

export interface ClassMetrics {
  readonly id: ExitClassId;
  readonly count: number;
  /** Exits that were timed, and their host time in ns. */
  readonly sampled: number;
  readonly sampledNs: number;
}

export class Metrics {
  private readonly counts = new Float64Array(exitClasses.length);
  private readonly sampled = new Float64Array(exitClasses.length);
  private readonly ns = new Float64Array(exitClasses.length);
  private turn = 0;
  private startedAt = -1;
  injectedInterrupts = 0;

  /** @param hostNow host time in ms, if costs are to be sampled */
  constructor(private readonly hostNow: (() => number) | undefined) {}

  /** An exit that is not timed. */
  count(cls: number): void {
    this.counts[cls]++;
  }

  /** An exit begins. */
  begin(): void {
    if (this.hostNow === undefined || ++this.turn % SAMPLE_EVERY !== 0) return;
    this.startedAt = this.hostNow();
  }

  /** It is over, and was of this class (index into exitClasses). */
  end(cls: number): void {
    this.counts[cls]++;
    if (this.startedAt < 0) return;
    this.sampled[cls]++;
    this.ns[cls] += ((this.hostNow as () => number)() - this.startedAt) * 1e6;
    this.startedAt = -1;
  }

  byClass(): ClassMetrics[] {
    return exitClasses.map(({ id }, i) => ({
      id,
      count: this.counts[i],
      sampled: this.sampled[i],
      sampledNs: this.ns[i],
    }));
  }

  /** Exits of all classes. */
  total(): number {
    return this.counts.reduce((sum, n) => sum + n, 0);
  }
}
