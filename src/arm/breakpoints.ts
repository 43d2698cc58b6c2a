/**
 * Addresses of instructions before which something has to be asked: where an engine stops for a debugger, or where the processor looks for
 * a debug event of its guest's. Engines ask when they decode (or before each instruction) and forget what they decoded when told of a change.
 * Keyed by virtual address; what kind of breakpoint it is, and whether its condition holds, is for those who put it there to know.
 */

/** Bits of an address within its page, of 4 KiB. */
const IN_PAGE = 0xfff;

/** Told the virtual address (u32) whose breakpoint came or went; undefined if it may be any. */
export type BreakpointListener = (va: number | undefined) => void;

export class CodeBreakpoints {
  readonly #addresses = new Set<number>();
  readonly #listeners: BreakpointListener[] = [];
  #everywhere = false;

  /** Number of addresses. Zero lets an engine skip the question, if {@link everywhere} does not hold. */
  get size(): number {
    return this.#addresses.size;
  }

  /** Whether no address is one of these. */
  get none(): boolean {
    return this.#addresses.size === 0 && !this.#everywhere;
  }

  /** Every address counts as one of these. */
  get everywhere(): boolean {
    return this.#everywhere;
  }

  /** Adds the instruction at `va` (bit 0 is ignored). Adding twice is adding once. */
  add(va: number): void {
    const address = (va & ~1) >>> 0;
    if (this.#addresses.has(address)) return;
    this.#addresses.add(address);
    this.#notify(address);
  }

  delete(va: number): void {
    const address = (va & ~1) >>> 0;
    if (this.#addresses.delete(address)) this.#notify(address);
  }

  /** Removes every breakpoint. */
  clear(): void {
    for (const va of [...this.#addresses]) this.delete(va);
  }

  /** Makes these the addresses (u32, even), and no others; or all, with `everywhere`. */
  assign(addresses: ReadonlySet<number>, everywhere: boolean): void {
    for (const va of [...this.#addresses]) if (!addresses.has(va)) this.delete(va);
    for (const va of addresses) this.add(va);
    if (this.#everywhere === everywhere) return;
    this.#everywhere = everywhere;
    this.#notify(undefined);
  }

  has(va: number): boolean {
    return this.#everywhere || this.#addresses.has(va >>> 0);
  }

  /** Whether there is one at `va`; for a page that is executed at several addresses (`aliased`), at any address that may be one of them. */
  mayHold(va: number, aliased: boolean): boolean {
    if (this.#everywhere) return true;
    if (this.#addresses.size === 0) return false;
    if (!aliased) return this.#addresses.has(va >>> 0);
    for (const address of this.#addresses) if (((address ^ va) & IN_PAGE & ~1) === 0) return true;
    return false;
  }

  /** Calls `listener` after each change. Engines register once, for life. */
  onChange(listener: BreakpointListener): void {
    this.#listeners.push(listener);
  }

  #notify(va: number | undefined): void {
    for (const listener of this.#listeners) listener(va);
  }
}
