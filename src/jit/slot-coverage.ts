/**
 * Coverage of predecoded code. Code that is made to count adds at the ends of straight runs only: one to the first slot of a run, and minus one to the
 * slot behind its last instruction, in SLOT_RUNS. The sum of a page's words up to a slot is how often that slot was reached, or passed as the second half of
 * a wide instruction. Instructions whose condition fails are counted one by one, in SLOT_FAILURES. Owns these words, and when they are added up.
 */
import type { Coverage } from '../arm/coverage.js';
import { PAGE, SLOT_BYTES, SLOT_FAILURES, SLOT_POOL, SLOT_RUNS } from '../mem/layout.js';
import type { CodePage } from './pages.js';
import { closingSlot, WIDE_SHIFT } from './slots.js';
import type { CodeWriter } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** Where the word of a slot lies: this, and a quarter of the slot's byte address. */
const RUNS = SLOT_RUNS - SLOT_POOL / 4;
const FAILURES = SLOT_FAILURES - SLOT_POOL / 4;

/** Byte addresses of a slot's words. */
export function slotRuns(slot: number): number {
  return RUNS + slot / 4;
}
export function slotFailures(slot: number): number {
  return FAILURES + slot / 4;
}

/** Emits what counts, or nothing where nobody wants it. Each function wants the local that holds a slot's byte address. */
export interface CoverageCode {
  /** A run begins at the slot. */
  begin(slot: number): void;
  /** A run ends before the slot. */
  endBefore(slot: number): void;
  /** A run ends with the slot, whose instruction was reached. @param wide 1 for a 32-bit Thumb instruction, else 0 */
  endWith(slot: number, wide: number): void;
  /** The condition of the slot's instruction failed. */
  failed(slot: number): void;
}

export const noCoverage: CoverageCode = {
  begin: () => undefined,
  endBefore: () => undefined,
  endWith: () => undefined,
  failed: () => undefined,
};

/** For one function of a module. */
export function countingCoverage(code: CodeWriter): CoverageCode {
  const word = code.local();
  const add = (slot: number, base: number, amount: number): void => {
    code.get(slot);
    code.const(2);
    code.op(Op.i32_shr_u);
    code.set(word);
    code.get(word);
    code.get(word);
    code.load(Op.i32_load, base);
    code.const(amount);
    code.op(Op.i32_add);
    code.store(Op.i32_store, base);
  };
  return {
    begin: (slot) => add(slot, RUNS, 1),
    endBefore: (slot) => add(slot, RUNS, -1),
    endWith: (slot, wide) => add(slot, RUNS + ((1 + wide) * SLOT_BYTES) / 4, -1),
    failed: (slot) => add(slot, FAILURES, 1),
  };
}

/** Emits that the instruction at a slot was reached, which is not part of a longer run. */
export function emitReached(code: CodeWriter, coverage: CoverageCode, slot: number): void {
  coverage.begin(slot);
  code.get(slot);
  code.load(Op.i32_load, 0);
  code.const(0);
  code.op(Op.i32_lt_s);
  code.if(
    () => coverage.endWith(slot, 1),
    () => coverage.endWith(slot, 0),
  );
}

/**
 * Emits the same for behind an instruction that may have taken its own slot away: what stood there when it was reached has been added up then, so that
 * `reached(pc, thumb)` counts it without the slot.
 * @param word local that holds the slot's first word as it was before
 * @param pc local that holds the instruction's address
 */
export function emitWasReached(
  code: CodeWriter,
  coverage: CoverageCode,
  { slot, word, pc }: { readonly slot: number; readonly word: number; readonly pc: number },
  reached: number,
  pushThumb: () => void,
): void {
  code.get(slot);
  code.load(Op.i32_load, 0);
  code.get(word);
  code.op(Op.i32_eq);
  code.if(
    () => emitReached(code, coverage, slot),
    () => {
      code.get(pc);
      pushThumb();
      code.call(reached);
    },
  );
}

/** The words of the pages that are entered. No run may be under way when one of its methods is called. */
export class SlotCoverage {
  /** The address under which each page was entered last. */
  readonly #addresses = new Map<CodePage, number>();

  /** @param settle brings the words of a page up to date, before they are added up */
  constructor(
    private readonly i32: Int32Array,
    readonly coverage: Coverage,
    private readonly settle: (page: CodePage) => void,
  ) {}

  /** A page is entered at `va`. Returns the address under which it was entered before, if that is another page. */
  entered(page: CodePage, va: number): number | undefined {
    const address = (va & -PAGE) >>> 0;
    const before = this.#addresses.get(page);
    if (before === address) return undefined;
    if (before !== undefined) this.#addUp(page, before);
    this.#addresses.set(page, address);
    return before;
  }

  /** The slots of a page are about to be cleared. */
  clearing(page: CodePage): void {
    const va = this.#addresses.get(page);
    if (va !== undefined) this.#addUp(page, va);
  }

  /** All pages are taken away. */
  forget(): void {
    this.#addresses.clear();
  }

  addUpAll(): void {
    for (const [page, va] of this.#addresses) this.#addUp(page, va);
  }

  #addUp(page: CodePage, va: number): void {
    this.settle(page);
    addUp(this.i32, page, va, this.coverage);
  }
}

/** Adds a page's words to the coverage of an address, and clears them. */
function addUp(i32: Int32Array, { slots, thumb }: CodePage, va: number, coverage: Coverage): void {
  const first = slots / 4;
  const words = closingSlot(thumb) / SLOT_BYTES;
  const runs = (RUNS + first) / 4;
  const failures = (FAILURES + first) / 4;
  const { reached, failed } = coverage.page(va, thumb);
  /** How often the slot before was reached, if it holds a wide instruction. */
  let passed = 0;
  let sum = 0;
  for (let i = 0; i < words; i++) {
    sum += i32[runs + i];
    const here = sum - passed;
    reached[i] += here;
    failed[i] += i32[failures + i];
    passed = i32[first + i * (SLOT_BYTES / 4)] >>> WIDE_SHIFT === 0 ? 0 : here;
  }
  i32.fill(0, runs, runs + words + 1);
  i32.fill(0, failures, failures + words);
}
