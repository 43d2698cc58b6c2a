/**
 * Trap records: what happened at each trap, in rings of typed arrays, one ring for each exit class, written without allocation. A flood of one class
 * pushes out records of that class alone; readers get the rings merged, in the order of the traps. A record holds only what a replay reproduces
 * bit for bit; host cost is sampled elsewhere (metrics.ts).
 *
 *   class:  0                     1                           13
 *   slot:   0 … CAPACITY-1        CAPACITY … 2·CAPACITY-1     …            (the n-th record of a class is in slot n mod CAPACITY of its ring)
 *   value:  17 words a slot: R0 … R14, PC, CPSR
 */
import { exitClasses } from './classes.js';

/** Records kept of each class before its oldest is overwritten; a power of two. */
export const RECORD_CAPACITY = 1 << 12;
const CLASSES = exitClasses.length;
const SLOTS = CLASSES * RECORD_CAPACITY;
const VALUES = 17;

/** What a record's `isa` and `cause` numbers mean. */
export const recordIsas = ['-', 'A32', 'T16', 'T32'] as const;
export const recordCauses = ['SVC', 'UND', 'PABT', 'DABT', 'HVC', 'SMC', 'IRQ', 'FIQ'] as const;
export const verdicts = ['allow', 'emulate', 'inject', 'deny'] as const;
export type Verdict = (typeof verdicts)[number];
export type Cause = (typeof recordCauses)[number];
export type RecordIsa = (typeof recordIsas)[number];

/** One trap, as the readers give it. */
export interface TrapRecord {
  /** 1 for the first trap of the run, without gaps. */
  readonly sequence: number;
  /** Retired-instruction count at which it happened. */
  readonly count: number;
  /** Guest virtual address of the instruction, u32. */
  readonly pc: number;
  readonly isa: RecordIsa;
  /** The guest's own word; 0 for interrupts, and where it could not be fetched. */
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
  private readonly sequences = new Float64Array(SLOTS);
  private readonly counts = new Float64Array(SLOTS);
  private readonly pcs = new Uint32Array(SLOTS);
  private readonly words = new Uint32Array(SLOTS);
  private readonly addresses = new Uint32Array(SLOTS);
  private readonly changes = new Uint32Array(SLOTS);
  /** isa 3:0, cause 7:4, verdict 11:8, mode before 24:20, mode after 29:25. */
  private readonly kinds = new Uint32Array(SLOTS);
  private readonly values = new Uint32Array(SLOTS * VALUES);
  /** Records appended by class since power-on, and how many of them had been when all was cleared. */
  private readonly appended = new Float64Array(CLASSES);
  private readonly cleared = new Float64Array(CLASSES);
  private total = 0;

  /** Bytes that the rings take. */
  get bytes(): number {
    return SLOTS * (2 * Float64Array.BYTES_PER_ELEMENT + (5 + VALUES) * Uint32Array.BYTES_PER_ELEMENT);
  }

  /** Sequence number of the newest record; 0 if there was none. */
  get newest(): number {
    return this.total;
  }

  /** Sequence number of the oldest record that is still there; one more than {@link newest} if none is. Later ones may be gone. */
  get oldest(): number {
    let oldest = this.total + 1;
    for (let cls = 0; cls < CLASSES; cls++) {
      if (this.kept(cls) > 0) oldest = Math.min(oldest, this.sequences[slotOf(cls, this.firstKept(cls))]);
    }
    return oldest;
  }

  /** Records of a class (index into exitClasses) that were ever written. */
  written(cls: number): number {
    return this.appended[cls];
  }

  /** Records of a class that can be read. */
  kept(cls: number): number {
    return this.appended[cls] - this.firstKept(cls);
  }

  /** Records of a class that were overwritten by newer ones, those before the last `clear` not counted. */
  dropped(cls: number): number {
    return this.firstKept(cls) - this.cleared[cls];
  }

  /** True if a record of the class behind number `sequence` would be lost when `more` further ones come. */
  isShort(cls: number, sequence: number, more: number): boolean {
    const first = this.appended[cls] + more - RECORD_CAPACITY;
    return first > this.firstKept(cls) && this.sequences[slotOf(cls, first - 1)] > sequence;
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
    const slot = slotOf(cls, this.appended[cls]++);
    const { values } = this;
    const base = slot * VALUES;
    let changed = 0;
    for (let n = 0; n < 15; n++) {
      const value = after[n];
      values[base + n] = value;
      if (before[n] !== value) changed |= 1 << n;
    }
    values[base + 15] = after[15];
    values[base + 16] = after[16];
    if (after[15] !== (next | 0)) changed |= 1 << 15;
    if (before[16] !== after[16]) changed |= 1 << 16;
    this.sequences[slot] = ++this.total;
    this.counts[slot] = count;
    this.pcs[slot] = before[15];
    this.words[slot] = word;
    this.addresses[slot] = address;
    this.changes[slot] = changed;
    this.kinds[slot] = isa | (cause << 4) | (verdict << 8) | ((before[16] & 31) << 20) | ((after[16] & 31) << 25);
  }

  /** The record with this sequence number, or undefined if it is not kept (any more). */
  read(sequence: number): TrapRecord | undefined {
    return this.select(sequence - 1, sequence + 1, 1).at(0);
  }

  /**
   * The newest `maximum` of the records with a sequence number above `after` and below `before`, oldest first.
   * @param only a class (index into exitClasses), if no other is wanted
   */
  select(after: number, before: number, maximum: number, only?: number): TrapRecord[] {
    const { sequences } = this;
    /** By class: behind the newest record that was not taken yet. */
    const ends = new Float64Array(CLASSES);
    for (let cls = 0; cls < CLASSES; cls++) {
      if (only === undefined || only === cls) ends[cls] = this.firstNotBelow(cls, before);
    }
    const found: TrapRecord[] = [];
    while (found.length < maximum) {
      let newest = after;
      let from = -1;
      for (let cls = 0; cls < CLASSES; cls++) {
        if (ends[cls] <= this.firstKept(cls)) continue;
        const sequence = sequences[slotOf(cls, ends[cls] - 1)];
        if (sequence <= newest) continue;
        newest = sequence;
        from = cls;
      }
      if (from < 0) break;
      found.push(this.recordIn(slotOf(from, --ends[from]), from));
    }
    return found.reverse();
  }

  /** Forgets what is kept; sequence numbers go on. */
  clear(): void {
    this.cleared.set(this.appended);
  }

  /** The number within its class, from 0, of the oldest record that is kept. */
  private firstKept(cls: number): number {
    return Math.max(this.cleared[cls], this.appended[cls] - RECORD_CAPACITY);
  }

  /** The number within its class of the first kept record whose sequence number is not below `sequence`. */
  private firstNotBelow(cls: number, sequence: number): number {
    let low = this.firstKept(cls);
    let high = this.appended[cls];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.sequences[slotOf(cls, middle)] < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private recordIn(slot: number, cls: number): TrapRecord {
    const kind = this.kinds[slot];
    const changed = this.changes[slot];
    const values = new Uint32Array(VALUES);
    for (let n = 0; n < VALUES; n++) if ((changed >>> n) & 1) values[n] = this.values[slot * VALUES + n];
    return {
      sequence: this.sequences[slot],
      count: this.counts[slot],
      pc: this.pcs[slot],
      isa: recordIsas[kind & 15],
      word: this.words[slot],
      cls,
      cause: recordCauses[(kind >>> 4) & 15],
      verdict: verdicts[(kind >>> 8) & 15],
      modeBefore: (kind >>> 20) & 31,
      modeAfter: (kind >>> 25) & 31,
      address: this.addresses[slot],
      changed,
      values,
    };
  }
}

/** Where the n-th record of a class is, from 0. `&` takes a number modulo 2^32, which RECORD_CAPACITY divides. */
function slotOf(cls: number, n: number): number {
  return cls * RECORD_CAPACITY + (n & (RECORD_CAPACITY - 1));
}
