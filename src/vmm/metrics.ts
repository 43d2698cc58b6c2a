/**
 * The metrics of the VMM (4.1.6 of the thesis, and its exits): what happened, by class and verdict; what it cost the host, sampled; how many
 * instructions the guest's kernel and user code executed; what analysis took. What is here never influences the guest.
 */
import { exitClasses, type ExitClassId } from './classes.js';
import { verdicts } from './records.js';
import { GUEST_KERNEL } from './shadow.js';

/** The first exits of a class are all timed, later ones now and then. */
const TIMED_AT_FIRST = 64;
const SAMPLE_EVERY = 16;
/** Now and then, for who does not ask for more. */
const SAMPLE_SELDOM = 64;
const VERDICTS = verdicts.length;

export interface ClassMetrics {
  readonly id: ExitClassId;
  readonly count: number;
  /** By index into records.ts' `verdicts`. Exits that end without one, of no instruction, are in none. */
  readonly verdicts: readonly number[];
  /** Exits that were timed; their host time in ns: sum, least and most. */
  readonly sampled: number;
  readonly sampledNs: number;
  readonly leastNs: number;
  readonly mostNs: number;
}

export class Metrics {
  private readonly counts = new Float64Array(exitClasses.length);
  private readonly reached = new Float64Array(exitClasses.length * VERDICTS);
  private readonly sampled = new Float64Array(exitClasses.length);
  private readonly ns = new Float64Array(exitClasses.length);
  private readonly least = new Float64Array(exitClasses.length).fill(Infinity);
  private readonly most = new Float64Array(exitClasses.length);
  private turn = 0;
  private startedAt = -1;
  private analysisAt = 0;
  injectedInterrupts = 0;
  /** Host time that analysis took, in ns; 0 without a clock. */
  analysisNs = 0;
  /** Instructions executed by context, up to the latest change of it. */
  private readonly executed = new Float64Array(2);
  private context = GUEST_KERNEL;
  private since = 0;

  /** Exits are timed now and then. */
  private sampling = false;

  /**
   * @param hostNow host time in ms
   * @param settle has {@link count} told of what engines have counted so far
   * @param timed costs are sampled all along, the first ones of each class without exception, and analysis is timed
   */
  constructor(
    private readonly hostNow: (() => number) | undefined,
    private readonly timed: boolean,
    private readonly settle: () => void = () => {},
  ) {}

  /** Times exits now and then, or no longer. */
  sample(on: boolean): void {
    this.sampling = on && this.hostNow !== undefined;
  }

  /** Exits that are not timed. */
  count(cls: number, verdict: number, times = 1): void {
    this.counts[cls] += times;
    this.reached[cls * VERDICTS + verdict] += times;
  }

  /** An exit begins. */
  begin(): void {
    if (!this.timed && !this.sampling) return;
    this.turn++;
    // Of which class it is shows at its end.
    if (this.timed || this.turn % SAMPLE_SELDOM === 0) this.startedAt = (this.hostNow as () => number)();
  }

  /** It is over: of this class (index into exitClasses), with this verdict (index into `verdicts`). */
  end(cls: number, verdict: number): void {
    const count = ++this.counts[cls];
    this.reached[cls * VERDICTS + verdict]++;
    if (this.startedAt < 0) return;
    if (count <= TIMED_AT_FIRST || this.turn % SAMPLE_EVERY === 0) {
      const ns = ((this.hostNow as () => number)() - this.startedAt) * 1e6;
      this.sampled[cls]++;
      this.ns[cls] += ns;
      if (ns < this.least[cls]) this.least[cls] = ns;
      if (ns > this.most[cls]) this.most[cls] = ns;
    }
    this.startedAt = -1;
  }

  /** The context in which the guest executes. */
  get present(): number {
    return this.context;
  }

  /** The guest goes on in a context, having executed so many instructions since power-on. */
  enter(context: number, instructions: number): void {
    if (context === this.context) return;
    this.executed[this.context] += instructions - this.since;
    this.since = instructions;
    this.context = context;
  }

  /** Instructions of a context until now. */
  executedIn(context: number, instructions: number): number {
    return this.executed[context] + (context === this.context ? instructions - this.since : 0);
  }

  /** Analysis begins. */
  beginAnalysis(): void {
    if (this.timed && this.hostNow !== undefined) this.analysisAt = this.hostNow();
  }

  /** It is over. */
  endAnalysis(): void {
    if (this.timed && this.hostNow !== undefined) this.analysisNs += (this.hostNow() - this.analysisAt) * 1e6;
  }

  byClass(): ClassMetrics[] {
    this.settle();
    return exitClasses.map(({ id }, i) => ({
      id,
      count: this.counts[i],
      verdicts: [...this.reached.subarray(i * VERDICTS, (i + 1) * VERDICTS)],
      sampled: this.sampled[i],
      sampledNs: this.ns[i],
      leastNs: this.sampled[i] === 0 ? 0 : this.least[i],
      mostNs: this.most[i],
    }));
  }

  /** Exits of a class, index into exitClasses. */
  exitsOf(cls: number): number {
    return this.counts[cls];
  }

  /** Exits of all classes. */
  total(): number {
    this.settle();
    return this.counts.reduce((sum, n) => sum + n, 0);
  }

  /** Power-on: time and instructions begin anew. What was counted stays. */
  restart(): void {
    this.context = GUEST_KERNEL;
    this.since = 0;
    this.startedAt = -1;
  }
}
