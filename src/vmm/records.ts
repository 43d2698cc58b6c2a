/**
 * Trap records: a bounded ring of fixed-size entries in typed arrays, written without allocation. A record holds only what a replay
 * reproduces bit for bit; host cost is sampled elsewhere (metrics.ts).
 */

/** Sizes: words per record, and records kept before the oldest is overwritten. */
const WORDS = 24;
export const RECORD_CAPACITY = 1 << 16;

/** What a record's `isa` and `cause` numbers mean. */
export const recordIsas = ['-', 'A32', 'T16', 'T32'] as const;
export const recordCauses = ['SVC', 'UND', 'PABT', 'DABT', 'HVC', 'SMC', 'IRQ', 'FIQ'] as const;
export const verdicts = ['allow', 'emulate', 'inject', 'deny'] as const;
export type Verdict = (typeof verdicts)[number];
export type Cause = (typeof recordCauses)[number];
export type RecordIsa = (typeof recordIsas)[number];

/** One trap, as `read` gives it. */
export interface TrapRecord {
  /** 1 for the first trap of the run, without gaps. */
  readonly sequence: number;
  /** Retired-instruction count at which it happened. */
  readonly count: number;
  /** Guest virtual address of the instruction, u32. */
  readonly pc: number;
  readonly isa: RecordIsa;
  /** The guest's own word, 0 for interrupts. */
  readonly word: number;
  /** Index into exitClasses. */
  readonly cls: number;
  readonly cause: Cause;
  readonly verdict: Verdict;
  /** Virtual mode numbers. */
  readonly modeBefore: number;
  readonly modeAfter: number;
  /** Faulting or device address where there is one, else 0. */
  readonly address: number;
  /** Bit n set: R[n] of the guest changed (15: a branch other than to the next instruction); bit 16: the flags or another CPSR bit. */
  readonly changed: number;
  /** Values after the trap of the registers in `changed`: index n for R[n], 15 PC, 16 CPSR. Others are 0. */
  readonly values: Uint32Array;
}

export class TrapRecords {
  private readonly words = new Uint32Array(RECORD_CAPACITY * WORDS);
  private total = 0;
  private firstKept = 1;

  /** Sequence number of the newest record; 0 if none. */
  get newest(): number {
    return this.total;
  }
  /** Sequence number of the oldest record that is still there. */
  get oldest(): number {
    return Math.max(this.firstKept, this.total - RECORD_CAPACITY + 1);
  }

  /**
   * Appends a record. `before` and `after` hold R0..R14, PC, CPSR (17 words) around the trap; `next` is the address behind the instruction.
   */
  append(
    count: number,
    isa: number,
    word: number,
    cls: number,
    cause: number,
    verdict: number,
    address: number,
    next: number,
    before: Int32Array,
    after: Int32Array,
  ): void {
    const base = (this.total % RECORD_CAPACITY) * WORDS;
    this.total++;
    const w = this.words;
    w[base] = count;
    w[base + 1] = Math.floor(count / 2 ** 32);
    w[base + 2] = before[15];
    w[base + 3] = word;
    let changed = 0;
    for (let n = 0; n < 15; n++) {
      const same = before[n] === after[n];
      w[base + 7 + n] = same ? 0 : after[n];
      if (!same) changed |= 1 << n;
    }
    if (after[15] !== (next | 0)) changed |= 1 << 15;
    if (before[16] !== after[16]) changed |= 1 << 16;
    w[base + 4] =
      isa | (cause << 4) | (verdict << 8) | (cls << 12) | ((before[16] & 31) << 20) | ((after[16] & 31) << 25);
    w[base + 5] = changed;
    w[base + 6] = address;
    w[base + 22] = after[15];
    w[base + 23] = after[16];
  }

  /** The record with this sequence number, or undefined if it is not kept (any more). */
  read(sequence: number): TrapRecord | undefined {
    if (sequence < this.oldest || sequence > this.total) return undefined;
    const base = ((sequence - 1) % RECORD_CAPACITY) * WORDS;
    const w = this.words;
    const packed = w[base + 4];
    const changed = w[base + 5];
    const values = new Uint32Array(17);
    for (let n = 0; n < 17; n++) if ((changed >>> n) & 1) values[n] = w[base + 7 + n];
    return {
      sequence,
      count: w[base + 1] * 2 ** 32 + w[base],
      pc: w[base + 2],
      isa: recordIsas[packed & 15],
      word: w[base + 3],
      cls: (packed >>> 12) & 0xff,
      cause: recordCauses[(packed >>> 4) & 15],
      verdict: verdicts[(packed >>> 8) & 15],
      modeBefore: (packed >>> 20) & 31,
      modeAfter: (packed >>> 25) & 31,
      address: w[base + 6],
      changed,
      values,
    };
  }

  /** Forgets what is kept; sequence numbers go on. */
  clear(): void {
    this.firstKept = this.total + 1;
  }
}
