/**
 * Code pages: where the slots of a page of guest code lie in the pool, by physical page, instruction set state and fetch context. Owns the
 * pool's space and the clearing of slots; knows neither what slots mean beyond their word 0 nor virtual addresses.
 */
import { PAGE, SLOT_BYTES, SLOT_POOL, SLOT_POOL_BYTES, SLOT_UNIT } from '../mem/layout.js';
import type { MachineMemory } from '../mem/memory.js';
import { closingSlot, PAGE_END, pageBytes, slotShift } from './slots.js';

/** The slots of one page of code. */
export interface CodePage {
  /** Physical address of its first byte, a number up to 2^40. */
  readonly pa: number;
  readonly thumb: number;
  readonly context: number;
  /** Nothing that was decoded of it may be kept: its subpages have rights of their own, where it is reached in this way. */
  readonly divided: boolean;
  /** Byte address of its first slot. */
  readonly slots: number;
  /** Virtual address under which it was met first, and whether it was met under another one since. */
  readonly va: number;
  aliased: boolean;
  /** Pages whose last instruction was decoded with this one's first halfword. */
  readonly crossedInto: Set<CodePage>;
}

/** Slots from `first` up to but not including `end` (byte addresses) of a page are about to be cleared. */
export type ClearListener = (page: CodePage, first: number, end: number) => void;

/**
 * In Thumb state, bytes around a changed range whose slots depend on it: an instruction that starts up to 3 bytes before it, and those that an IT
 * instruction before them covers or covered. In ARM state there are none.
 */
const BEFORE = 8;
const BEHIND = 16;

const UNITS = Math.floor(SLOT_POOL_BYTES / SLOT_UNIT);

export class CodePages {
  readonly #i32: Int32Array;
  readonly #onClear: ClearListener;
  /** Pages by physical page number. */
  readonly #byPa = new Map<number, CodePage[]>();
  /** The page that each unit of the pool belongs to. */
  readonly #byUnit: (CodePage | undefined)[] = new Array<CodePage | undefined>(UNITS).fill(undefined);
  #used = 0;

  constructor(memory: MachineMemory, onClear: ClearListener) {
    this.#i32 = memory.i32;
    this.#onClear = onClear;
  }

  /** The page of code at `pa` (any byte of it), or undefined if it has no slots. */
  find(pa: number, thumb: number, context: number, divided: boolean): CodePage | undefined {
    return this.#byPa
      .get(Math.floor(pa / PAGE))
      ?.find((page) => page.thumb === thumb && page.context === context && page.divided === divided);
  }

  /** Whether {@link create} would find room in the pool. */
  hasRoom(thumb: number): boolean {
    return this.#used + (thumb ? 2 : 1) <= UNITS;
  }

  /** Gives slots to the page at `pa` and `va` (any byte of it), which has none; all are undecoded. There must be room. */
  create(pa: number, va: number, thumb: number, context: number, divided: boolean): CodePage {
    const number = Math.floor(pa / PAGE);
    const slots = SLOT_POOL + this.#used * SLOT_UNIT;
    const page: CodePage = {
      pa: number * PAGE,
      thumb,
      context,
      divided,
      slots,
      va: va & -PAGE,
      aliased: false,
      crossedInto: new Set(),
    };
    this.#byUnit[this.#used++] = page;
    if (thumb) this.#byUnit[this.#used++] = page;
    const others = this.#byPa.get(number);
    if (others === undefined) this.#byPa.set(number, [page]);
    else others.push(page);
    this.#clearWords(slots, slots + pageBytes(thumb));
    this.#i32[(slots + closingSlot(thumb)) / 4] = PAGE_END;
    return page;
  }

  /** The page whose slots hold the byte address `slot`, or undefined if they were taken away. */
  pageOfSlot(slot: number): CodePage | undefined {
    return this.#byUnit[Math.floor((slot - SLOT_POOL) / SLOT_UNIT)];
  }

  /** Makes every slot undecoded that depends on the bytes `[pa, pa + length)`. */
  invalidate(pa: number, length: number): void {
    if (this.#byPa.size === 0) return;
    const end = pa + length;
    const last = Math.floor((end - 1) / PAGE);
    for (let number = Math.floor(pa / PAGE); number <= last; number++) {
      const pages = this.#byPa.get(number);
      if (pages !== undefined) for (const page of pages) this.#clearAround(page, pa - page.pa, end - page.pa);
    }
  }

  /** Told each time that a page is entered: one that is executed at several addresses is to be decoded with all of them in mind. */
  entered(page: CodePage, va: number): void {
    if (page.aliased || page.va === (va & -PAGE)) return;
    page.aliased = true;
    this.#clear(page, 0, PAGE);
  }

  /** Makes the slots at one offset in a page undecoded, in all pages. */
  invalidateOffset(offset: number): void {
    for (const pages of this.#byPa.values()) for (const page of pages) this.#clearAround(page, offset, offset + 1);
  }

  /** Takes all slots away. */
  clear(): void {
    for (const pages of this.#byPa.values()) for (const page of pages) this.#clear(page, 0, PAGE);
    this.#byPa.clear();
    this.#byUnit.fill(undefined);
    this.#used = 0;
  }

  /** Clears the slots that depend on the bytes from offset `from` to `to` (not included); both may lie outside the page. */
  #clearAround(page: CodePage, from: number, to: number): void {
    if (page.thumb) this.#clear(page, from - BEFORE, to + BEHIND);
    else this.#clear(page, from, to);
  }

  /** Clears the slots of instructions that start at offsets `from` to `to` (not included); both may lie outside the page. */
  #clear(page: CodePage, from: number, to: number): void {
    const shift = slotShift(page.thumb);
    const start = Math.max(0, from) & (page.thumb ? -2 : -4);
    const first = page.slots + (start << shift);
    const end = page.slots + (Math.min(PAGE, to) << shift);
    this.#onClear(page, first, end);
    this.#clearWords(first, end);
    if (start > 0 || page.crossedInto.size === 0) return;
    const crossing = [...page.crossedInto];
    page.crossedInto.clear();
    for (const before of crossing) this.#clear(before, PAGE - 2, PAGE);
  }

  #clearWords(first: number, end: number): void {
    for (let word = first / 4; word < end / 4; word += SLOT_BYTES / 4) this.#i32[word] = 0;
  }
}
