/**
 * Trap records: what happened at each trap, in pages of typed arrays, one row of pages for each exit class, written without allocation but for a new page
 * now and then. A flood of one class pushes out records of that class alone, and each keeps its last some thousands; where somebody wants a longer
 * history, all classes share many more pages, and the oldest page of a class that has more than that goes first. Readers get the rows merged, in the order
 * of the traps. A record holds only what a replay reproduces bit for bit; host cost is sampled elsewhere (metrics.ts).
 *
 *   page:   0 … PAGE-1             PAGE … 2·PAGE-1            …   (of one class: its n-th record is in slot n mod PAGE of page n div PAGE)
 *   slot:   three numbers, and WORDS words: PC, word, address, changed, kind, where its old values begin, then R0 … R14, PC, CPSR behind the trap
 *   old:    of each slot in turn, as many words as bits are set in `changed`: what those registers held before the trap, R0 first
 */
import { exitClasses } from './classes.js';

/** Records that each class keeps in any case before its oldest is overwritten; a power of two. */
export const RECORD_CAPACITY = 1 << 12;
/** Records of all classes that a long history keeps at most. */
export const HISTORY_CAPACITY = 1 << 20;
const CLASSES = exitClasses.length;
/** Records of a page; a power of two. */
const PAGE = 1 << 9;
/** Full pages that each class keeps in any case. */
const KEPT_PAGES = RECORD_CAPACITY / PAGE;
/** R0..R14, PC, CPSR. */
const VALUES = 17;
// Words of a slot. The kind: isa 3:0, cause 7:4, verdict 11:8, mode before 24:20, mode after 29:25.
const AT_PC = 0;
const AT_WORD = 1;
const AT_ADDRESS = 2;
const AT_CHANGED = 3;
const AT_KIND = 4;
const AT_OLD = 5;
const AT_VALUES = 6;
const WORDS = AT_VALUES + VALUES;
/** Old values that a page has room for at first. */
const FIRST_OLD = 4 * PAGE;
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
  /** Virtual time at which it happened, in instructions' worth: more than `count` by what was slept. */
  readonly ticks: number;
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

/** The registers of the guest around a trap: R0..R14, PC, CPSR. */
export interface TrapRegisters {
  readonly before: Uint32Array;
  readonly after: Uint32Array;
}

const PAGE_BYTES = PAGE * (3 * Float64Array.BYTES_PER_ELEMENT + WORDS * Uint32Array.BYTES_PER_ELEMENT) + 4 * FIRST_OLD;
/** Pages that are made at once for a long history. PERF: memory that the host hands out fresh need not be cleared (recording, in panels.bench). */
const SLAB = 1 << 6;

class Page {
  readonly sequences: Float64Array;
  readonly counts: Float64Array;
  readonly ticks: Float64Array;
  readonly words: Uint32Array;
  old: Uint32Array;
  oldCount = 0;

  /** In a buffer with room for it at `offset`. */
  constructor(buffer: ArrayBuffer, offset: number) {
    const numbers = PAGE * Float64Array.BYTES_PER_ELEMENT;
    this.sequences = new Float64Array(buffer, offset, PAGE);
    this.counts = new Float64Array(buffer, offset + numbers, PAGE);
    this.ticks = new Float64Array(buffer, offset + 2 * numbers, PAGE);
    this.words = new Uint32Array(buffer, offset + 3 * numbers, PAGE * WORDS);
    this.old = new Uint32Array(buffer, offset + 3 * numbers + this.words.byteLength, FIRST_OLD);
  }

  /** Some pages in one buffer. */
  static several(count: number): Page[] {
    const buffer = new ArrayBuffer(count * PAGE_BYTES);
    return Array.from({ length: count }, (_, i) => new Page(buffer, i * PAGE_BYTES));
  }

  get bytes(): number {
    return PAGE_BYTES + (this.old.length > FIRST_OLD ? this.old.byteLength : 0);
  }

  /** The same in a buffer of its own. */
  copy(): Page {
    const [page] = Page.several(1);
    page.sequences.set(this.sequences);
    page.counts.set(this.counts);
    page.ticks.set(this.ticks);
    page.words.set(this.words);
    page.oldCount = this.oldCount;
    if (this.old.length > FIRST_OLD) page.old = this.old;
    else page.old.set(this.old);
    return page;
  }

  /** Makes room for more old values. */
  grow(): void {
    const larger = new Uint32Array(2 * this.old.length);
    larger.set(this.old);
    this.old = larger;
  }
}

export class TrapRecords {
  /** By class: its pages, the newest last, and the number of the first one. */
  private readonly pages: Page[][] = Array.from({ length: CLASSES }, () => []);
  private readonly firstPages = new Float64Array(CLASSES);
  /** By class: the page that is written to. */
  private readonly current: (Page | undefined)[] = new Array<Page | undefined>(CLASSES).fill(undefined);
  private pageCount = 0;
  /** Pages that nothing was written to yet. */
  private spare: Page[] = [];
  /** Pages of all classes, where a long history is wanted; 0 where not. */
  private mostPages = 0;
  /** Records appended by class since the start, how many of them had been when all was cleared, and when the guest was switched on last. */
  private readonly appended = new Float64Array(CLASSES);
  private readonly cleared = new Float64Array(CLASSES);
  private readonly began = new Float64Array(CLASSES);
  private total = 0;

  /** Bytes that the records take. */
  get bytes(): number {
    let bytes = this.spare.length * PAGE_BYTES;
    for (const pages of this.pages) for (const page of pages) bytes += page.bytes;
    return bytes;
  }

  /** Records that all classes together may have; each has room for {@link RECORD_CAPACITY} in any case. */
  get capacity(): number {
    return this.mostPages === 0 ? CLASSES * RECORD_CAPACITY : this.mostPages * PAGE;
  }

  /** Whether a long history is kept. */
  get isLong(): boolean {
    return this.mostPages > 0;
  }

  /** Keeps a long history from now on, or no longer: what is beyond each class's own room is forgotten then. */
  keepLong(on: boolean): void {
    if (on === this.isLong) return;
    this.mostPages = on ? HISTORY_CAPACITY / PAGE : 0;
    if (on) return;
    this.spare = [];
    for (let cls = 0; cls < CLASSES; cls++) {
      while (this.pages[cls].length > KEPT_PAGES + 1) this.shiftPage(cls);
      // what is left must not hold whole buffers
      this.pages[cls] = this.pages[cls].map((page) => page.copy());
      this.current[cls] = this.pages[cls].at(-1);
    }
  }

  /** Sequence number of the newest record; 0 if there was none. */
  get newest(): number {
    return this.total;
  }

  /** Sequence number of the oldest record that is still there; one more than {@link newest} if none is. Later ones may be gone. */
  get oldest(): number {
    let oldest = this.total + 1;
    for (let cls = 0; cls < CLASSES; cls++) {
      if (this.kept(cls) > 0) oldest = Math.min(oldest, this.sequenceOf(cls, this.firstKept(cls)));
    }
    return oldest;
  }

  /** Records of a class (index into exitClasses) that were ever written: one more than the number within its class of the newest. */
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

  /** True if a record of the class behind number `sequence` might be lost when `more` further ones come. */
  isShort(cls: number, sequence: number, more: number): boolean {
    const first = this.appended[cls] + more - RECORD_CAPACITY;
    return first > this.firstKept(cls) && this.sequenceOf(cls, first - 1) > sequence;
  }

  /** The number within its class, from 0, of the oldest record that is kept. */
  firstKept(cls: number): number {
    const first = Math.max(this.cleared[cls], this.firstPages[cls] * PAGE);
    return this.isLong ? first : Math.max(first, this.appended[cls] - RECORD_CAPACITY);
  }

  /** The same of those since the guest was switched on last: their times only grow. */
  firstOfRun(cls: number): number {
    return Math.max(this.runBegan(cls), this.firstKept(cls));
  }

  /** The number within its class that the first record of this run has, or would have had, those not counted that were cleared. */
  runBegan(cls: number): number {
    return Math.max(this.began[cls], this.cleared[cls]);
  }

  /** The guest is switched on: time begins anew. */
  restart(): void {
    this.began.set(this.appended);
  }

  /**
   * Appends a record. `before` and `after` hold R0..R14, PC, CPSR (17 words) around the trap; `next` is the address behind the instruction. `slept` is how much
   * virtual time is ahead of the count of instructions, in instructions' worth. PC and CPSR after the trap may be given apart: `after` is a state block then.
   */
  append(
    count: number,
    slept: number,
    isa: number,
    word: number,
    cls: number,
    cause: number,
    verdict: number,
    address: number,
    next: number,
    before: Int32Array,
    after: Int32Array,
    pc = after[15],
    cpsr = after[16],
  ): void {
    const slot = this.appended[cls]++ & (PAGE - 1);
    const page = slot === 0 ? this.turnPage(cls) : (this.current[cls] as Page);
    if (page.oldCount + VALUES > page.old.length) page.grow();
    const { words, old } = page;
    const base = slot * WORDS;
    let oldCount = page.oldCount;
    words[base + AT_OLD] = oldCount;
    let changed = 0;
    // PERF: by fives, which takes three quarters of the time that one by one takes (this function alone).
    for (let n = 0; n < 15; n += 5) {
      const at = base + AT_VALUES + n;
      const value0 = after[n];
      const value1 = after[n + 1];
      const value2 = after[n + 2];
      const value3 = after[n + 3];
      const value4 = after[n + 4];
      words[at] = value0;
      words[at + 1] = value1;
      words[at + 2] = value2;
      words[at + 3] = value3;
      words[at + 4] = value4;
      let differ = 0;
      if (before[n] !== value0) differ |= 1;
      if (before[n + 1] !== value1) differ |= 2;
      if (before[n + 2] !== value2) differ |= 4;
      if (before[n + 3] !== value3) differ |= 8;
      if (before[n + 4] !== value4) differ |= 16;
      changed |= differ << n;
      for (; differ !== 0; differ &= differ - 1) old[oldCount++] = before[n + 31 - Math.clz32(differ & -differ)];
    }
    words[base + AT_VALUES + 15] = pc;
    words[base + AT_VALUES + 16] = cpsr;
    // what PC was is kept in any case
    if (pc !== (next | 0)) changed |= 1 << 15;
    if (before[16] !== cpsr) {
      changed |= 1 << 16;
      old[oldCount++] = before[16];
    }
    page.oldCount = oldCount;
    page.sequences[slot] = ++this.total;
    page.counts[slot] = count;
    page.ticks[slot] = count + slept;
    words[base + AT_PC] = before[15];
    words[base + AT_WORD] = word;
    words[base + AT_ADDRESS] = address;
    words[base + AT_CHANGED] = changed;
    words[base + AT_KIND] = isa | (cause << 4) | (verdict << 8) | ((before[16] & 31) << 20) | ((cpsr & 31) << 25);
  }

  /** The record with this sequence number, or undefined if it is not kept (any more). */
  read(sequence: number): TrapRecord | undefined {
    return this.select(sequence - 1, sequence + 1, 1).at(0);
  }

  /** The registers around the trap with this sequence number, or undefined if it is not kept (any more). */
  registers(sequence: number): TrapRegisters | undefined {
    for (let cls = 0; cls < CLASSES; cls++) {
      const n = this.firstNotBelow(cls, sequence);
      if (n < this.appended[cls] && this.sequenceOf(cls, n) === sequence) return this.registersOf(cls, n);
    }
    return undefined;
  }

  /**
   * The newest `maximum` of the records with a sequence number above `after` and below `before`, oldest first.
   * @param only a class (index into exitClasses), if no other is wanted
   */
  select(after: number, before: number, maximum: number, only?: number): TrapRecord[] {
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
        const sequence = this.sequenceOf(cls, ends[cls] - 1);
        if (sequence <= newest) continue;
        newest = sequence;
        from = cls;
      }
      if (from < 0) break;
      found.push(this.record(from, --ends[from]));
    }
    return found.reverse();
  }

  /** Forgets what is kept; sequence numbers go on. */
  clear(): void {
    this.cleared.set(this.appended);
    for (let cls = 0; cls < CLASSES; cls++) while (this.pages[cls].length > 1) this.shiftPage(cls);
  }

  // ---- by the number within a class, which must be that of a record that is kept

  sequenceOf(cls: number, n: number): number {
    return this.pageOf(cls, n).sequences[n & (PAGE - 1)];
  }

  /** See {@link TrapRecord.ticks}. */
  ticksOf(cls: number, n: number): number {
    return this.pageOf(cls, n).ticks[n & (PAGE - 1)];
  }

  /** Index into {@link verdicts}. */
  verdictOf(cls: number, n: number): number {
    return (this.pageOf(cls, n).words[(n & (PAGE - 1)) * WORDS + AT_KIND] >>> 8) & 15;
  }

  /** The number within its class of the first kept record whose sequence number is not below `sequence`. */
  firstNotBelow(cls: number, sequence: number): number {
    let low = this.firstKept(cls);
    let high = this.appended[cls];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.sequenceOf(cls, middle) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  record(cls: number, n: number): TrapRecord {
    const page = this.pageOf(cls, n);
    const slot = n & (PAGE - 1);
    const words = page.words.subarray(slot * WORDS, (slot + 1) * WORDS);
    const kind = words[AT_KIND];
    const changed = words[AT_CHANGED];
    const values = new Uint32Array(VALUES);
    for (let r = 0; r < VALUES; r++) if ((changed >>> r) & 1) values[r] = words[AT_VALUES + r];
    return {
      sequence: page.sequences[slot],
      count: page.counts[slot],
      ticks: page.ticks[slot],
      pc: words[AT_PC],
      isa: recordIsas[kind & 15],
      word: words[AT_WORD],
      cls,
      cause: recordCauses[(kind >>> 4) & 15],
      verdict: verdicts[(kind >>> 8) & 15],
      modeBefore: (kind >>> 20) & 31,
      modeAfter: (kind >>> 25) & 31,
      address: words[AT_ADDRESS],
      changed,
      values,
    };
  }

  private registersOf(cls: number, n: number): TrapRegisters {
    const { words, old } = this.pageOf(cls, n);
    const base = (n & (PAGE - 1)) * WORDS;
    const after = words.slice(base + AT_VALUES, base + WORDS);
    const before = after.slice();
    const changed = words[base + AT_CHANGED];
    let at = words[base + AT_OLD];
    for (let r = 0; r < VALUES; r++) if (r !== 15 && (changed >>> r) & 1) before[r] = old[at++];
    before[15] = words[base + AT_PC];
    return { before, after };
  }

  // ---- pages

  private pageOf(cls: number, n: number): Page {
    return this.pages[cls][Math.floor(n / PAGE) - this.firstPages[cls]];
  }

  /** The page of a class that comes next: an old one, if one has to go, else a new one. */
  private turnPage(cls: number): Page {
    const pages = this.pages[cls];
    let page: Page | undefined;
    if (!this.isLong) {
      if (pages.length > KEPT_PAGES) page = this.shiftPage(cls);
    } else if (this.pageCount >= this.mostPages) {
      const giving = this.longestAgo();
      if (giving >= 0) page = this.shiftPage(giving);
    }
    page ??= this.freshPage();
    page.oldCount = 0;
    pages.push(page);
    this.pageCount++;
    this.current[cls] = page;
    return page;
  }

  private freshPage(): Page {
    if (this.spare.length === 0) this.spare = Page.several(this.isLong ? SLAB : 1);
    return this.spare.pop() as Page;
  }

  /** The class whose oldest page is the oldest of all, among those that have more than every class keeps; -1 if none has. */
  private longestAgo(): number {
    let oldest = Infinity;
    let found = -1;
    for (let cls = 0; cls < CLASSES; cls++) {
      const pages = this.pages[cls];
      if (pages.length <= KEPT_PAGES + 1 || pages[0].sequences[0] >= oldest) continue;
      [oldest] = pages[0].sequences;
      found = cls;
    }
    return found;
  }

  private shiftPage(cls: number): Page | undefined {
    this.firstPages[cls]++;
    this.pageCount--;
    return this.pages[cls].shift();
  }
}
