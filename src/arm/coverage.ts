/**
 * Which instructions were reached, how often, and how often their condition failed: counters by virtual address and instruction set state, whatever
 * the address space. Engines add to it; nothing here knows how they count.
 */

const PAGE = 4096;

/** What became of one attempt of the reference to execute an instruction. */
export const Attempt = {
  /** It could not be fetched, or a debug event came first. */
  none: 0,
  /** Its condition passed. It may have taken an exception. */
  passed: 1,
  /** Its condition failed. */
  failed: 2,
} as const;
export type AttemptKind = (typeof Attempt)[keyof typeof Attempt];

/** The counters of one page in one state. Index: byte offset of the instruction ÷ 4 in ARM state, ÷ 2 in Thumb state. */
export interface CoveragePage {
  /** Virtual address of the page. */
  readonly va: number;
  readonly thumb: number;
  /** How often each instruction was reached, its condition failing or not. */
  readonly reached: Float64Array;
  /** How often its condition failed. */
  readonly failed: Float64Array;
}

export interface InstructionCoverage {
  readonly reached: number;
  readonly failed: number;
}

export class Coverage {
  readonly #pages = new Map<number, CoveragePage>();

  /** The counters of the page of an address, made if need be. */
  page(va: number, thumb: number): CoveragePage {
    const number = va >>> 12;
    const key = 2 * number + thumb;
    let page = this.#pages.get(key);
    if (page === undefined) {
      const count = PAGE >> shiftOf(thumb);
      page = { va: number * PAGE, thumb, reached: new Float64Array(count), failed: new Float64Array(count) };
      this.#pages.set(key, page);
    }
    return page;
  }

  get pages(): Iterable<CoveragePage> {
    return this.#pages.values();
  }

  /** One attempt, of the kind that the reference says. */
  add(va: number, thumb: number, attempt: AttemptKind): void {
    if (attempt === Attempt.none) return;
    const page = this.page(va, thumb);
    const at = (va & (PAGE - 1)) >> shiftOf(thumb);
    page.reached[at]++;
    if (attempt === Attempt.failed) page.failed[at]++;
  }

  /** What is known of the instruction at an address. */
  at(va: number, thumb: number): InstructionCoverage {
    const page = this.#pages.get(2 * (va >>> 12) + thumb);
    if (page === undefined) return { reached: 0, failed: 0 };
    const at = (va & (PAGE - 1)) >> shiftOf(thumb);
    return { reached: page.reached[at], failed: page.failed[at] };
  }

  clear(): void {
    this.#pages.clear();
  }
}

function shiftOf(thumb: number): number {
  return thumb === 0 ? 2 : 1;
}
