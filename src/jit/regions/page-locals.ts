/**
 * The pages that were accessed last by way of each base register, for loads and for stores: locals that hold the page's address and its TLB entry. Owns
 * which of them are right at the point of emission; the TLB can change only where something else than the region is executed.
 *
 * PERF: an address in the same page as the last one needs no look into the TLB, whose load would stand between the address and the access: a list is
 * followed, and a table is looked up, in half the time (list, crc).
 */
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import { Local } from './locals.js';

/** With this bit set a number equals no page's address, nor what an address that is not aligned adds to it. */
const NO_PAGE = 0x800;

export interface PageLocals {
  /** Address of the page, or a number with {@link NO_PAGE}. */
  readonly page: number;
  /** Its entry, if there is a page. */
  readonly entry: number;
}

export class LastPages {
  /** By base register, those of stores behind those of loads. */
  readonly #locals: (PageLocals | undefined)[] = [];
  /** Places in it whose locals say what is true, as bits. */
  #known = 0;

  constructor(private readonly code: CodeWriter) {}

  static place(base: number, stores: boolean): number {
    return base + (stores ? 16 : 0);
  }

  at(place: number): PageLocals {
    return (this.#locals[place] ??= { page: this.code.local(), entry: this.code.local() });
  }

  isKnown(place: number): boolean {
    return ((this.#known >>> place) & 1) === 1;
  }

  learn(place: number): void {
    this.#known |= 1 << place;
  }

  /** Which places are known, as bits; to be set where code may not have been executed, and where blocks begin. */
  get known(): number {
    return this.#known;
  }
  set known(places: number) {
    this.#known = places;
  }

  /**
   * There is no last page, of any of these places (bits); so much is known.
   * PERF: not a constant: V8 keeps one that enters a loop, and is used once more, in a register all the way, and has none for the loop (crc).
   */
  forget(places: number): void {
    for (let place = 0; place < 32; place++) {
      if (((places >>> place) & 1) === 0) continue;
      const { page, entry } = this.at(place);
      this.code.get(Local.count);
      this.code.const(NO_PAGE);
      this.code.op(Op.i32_or);
      this.code.set(page);
      this.code.get(page);
      this.code.set(entry);
      this.learn(place);
    }
  }
}
