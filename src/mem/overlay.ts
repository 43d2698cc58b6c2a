/**
 * The fetch overlay: the words that are executed instead of memory's content, by physical address of the instruction's first byte,
 * instruction set state and fetch context. An open hash over typed arrays, so that a lookup allocates nothing; knows no site and no policy.
 *
 * A key is two words: the low 32 bits of the address, and
 *
 *   31     11 10    3   2       1         0
 *   [   0    | pa>>32 | thumb | context | used ]
 */
import { assert } from '../util/assert.js';
import { PAGE } from './layout.js';
import type { Overlay, Patch } from './ports.js';

const USED = 1;
const FIRST_CAPACITY = 256;
const NONE: readonly Patch[] = [];

export class FetchOverlay implements Overlay {
  onChange: (pa: number, length: number) => void = () => {};

  #size = 0;
  /** A power of two, at least twice `#size`. */
  #capacity = FIRST_CAPACITY;
  #low = new Int32Array(FIRST_CAPACITY);
  #tag = new Int32Array(FIRST_CAPACITY);
  #patches: (Patch | undefined)[] = new Array<Patch | undefined>(FIRST_CAPACITY).fill(undefined);
  readonly #byPage = new Map<number, Patch[]>();

  get size(): number {
    return this.#size;
  }

  lookup(pa: number, thumb: number, context: number): Patch | undefined {
    return this.#size === 0 ? undefined : this.#patches[this.#slot(pa, thumb, context)];
  }

  /** Replaces a patch of the same key. */
  install(patch: Patch): void {
    if ((this.#size + 1) * 2 > this.#capacity) this.#grow();
    const at = this.#slot(patch.pa, patch.thumb, patch.context);
    const old = this.#patches[at];
    const list = this.#byPage.get(pageOf(patch.pa));
    if (old !== undefined) {
      list!.splice(list!.indexOf(old), 1, patch);
    } else {
      this.#size++;
      if (list === undefined) this.#byPage.set(pageOf(patch.pa), [patch]);
      else list.push(patch);
    }
    this.#low[at] = patch.pa | 0;
    this.#tag[at] = tagOf(patch.pa, patch.thumb, patch.context);
    this.#patches[at] = patch;
    this.onChange(patch.pa, old === undefined ? patch.length : Math.max(patch.length, old.length));
  }

  /** Harmless where there is none. */
  remove(pa: number, thumb: number, context: number): void {
    const at = this.#slot(pa, thumb, context);
    const patch = this.#patches[at];
    if (patch === undefined) return;
    this.#vacate(at);
    this.#size--;
    const list = this.#byPage.get(pageOf(pa));
    assert(list !== undefined, 'a patch of the overlay is in the list of its page');
    list.splice(list.indexOf(patch), 1);
    if (list.length === 0) this.#byPage.delete(pageOf(pa));
    this.onChange(pa, patch.length);
  }

  /** In the order of their installation. A live list: copy it before installing or removing. */
  inPage(pa: number): readonly Patch[] {
    return this.#byPage.get(pageOf(pa)) ?? NONE;
  }

  /** Every patch, in no particular order. */
  *all(): IterableIterator<Patch> {
    for (const list of this.#byPage.values()) yield* list;
  }

  /** Where that key is, or else the vacant place where it would go. */
  #slot(pa: number, thumb: number, context: number): number {
    const low = pa | 0;
    const tag = tagOf(pa, thumb, context);
    const mask = this.#capacity - 1;
    let at = hash(low, tag) & mask;
    while (this.#tag[at] !== 0 && (this.#tag[at] !== tag || this.#low[at] !== low)) at = (at + 1) & mask;
    return at;
  }

  /** Empties a place and moves up what linear probing had pushed behind it. */
  #vacate(hole: number): void {
    const mask = this.#capacity - 1;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      if (this.#tag[at] === 0) break;
      const home = hash(this.#low[at], this.#tag[at]) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#low[hole] = this.#low[at];
      this.#tag[hole] = this.#tag[at];
      this.#patches[hole] = this.#patches[at];
      hole = at;
    }
    this.#tag[hole] = 0;
    this.#patches[hole] = undefined;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#low = new Int32Array(this.#capacity);
    this.#tag = new Int32Array(this.#capacity);
    this.#patches = new Array<Patch | undefined>(this.#capacity).fill(undefined);
    for (const patch of this.all()) {
      const at = this.#slot(patch.pa, patch.thumb, patch.context);
      this.#low[at] = patch.pa | 0;
      this.#tag[at] = tagOf(patch.pa, patch.thumb, patch.context);
      this.#patches[at] = patch;
    }
  }
}

function tagOf(pa: number, thumb: number, context: number): number {
  return (Math.floor(pa / 0x1_0000_0000) << 3) | (thumb << 2) | (context << 1) | USED;
}

function hash(low: number, tag: number): number {
  const h = Math.imul(low ^ (tag << 27), 0x9e37_79b1);
  return h ^ (h >>> 15);
}

function pageOf(pa: number): number {
  return Math.floor(pa / PAGE);
}
