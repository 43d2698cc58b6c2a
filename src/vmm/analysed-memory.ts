/**
 * The map of analysed memory: what each halfword of the guest's memory is to the VMM. Code of the guest's kernel is known from the analysis;
 * this file adds what else is noted on the way: words that analysed code loads as literals, and places from which the guest's user code ran,
 * unscanned. For looking at; no decision rests on it, and so the oldest notes may go when there are too many.
 */
import { PAGE } from '../mem/layout.js';
import type { AnalysisMap } from './sites.js';

/** What a halfword is, the later the stronger where several hold. */
export const memoryUses = ['unanalysed', 'user', 'data', 'innocuous', 'site'] as const;
export type MemoryUse = (typeof memoryUses)[number];

const USER = memoryUses.indexOf('user');
const DATA = memoryUses.indexOf('data');
const INNOCUOUS = memoryUses.indexOf('innocuous');
const SITE = memoryUses.indexOf('site');

/** What was noted of a page. */
interface Notes {
  /** Per halfword, the use. */
  readonly uses: Uint8Array;
  /** Another number: something else is noted. */
  version: number;
}

/** Pages of notes that are kept. */
const NOTED_PAGES = 4096;

export class AnalysedMemory {
  /** By physical page number. */
  readonly #notes = new Map<number, Notes>();
  #changes = 0;

  constructor(private readonly analysis: AnalysisMap) {}

  /** The guest's user code executes an instruction at `pa`. */
  noteUser(pa: number, length: number): void {
    this.#note(pa, length, USER);
  }

  /** Analysed code loads `length` bytes at `pa` as data. */
  noteData(pa: number, length: number): void {
    this.#note(pa, length, DATA);
  }

  /** Memory changed: what was noted there no longer holds. */
  changed(pa: number, length: number): void {
    for (let at = pa - (pa % 2); at < pa + length; at = this.#nextPage(at)) {
      const end = Math.min(pa + length, this.#nextPage(at));
      const notes = this.#notes.get(Math.floor(at / PAGE));
      if (notes === undefined) continue;
      notes.uses.fill(0, (at % PAGE) >> 1, (((end - 1) % PAGE) >> 1) + 1);
      notes.version = ++this.#changes;
    }
  }

  clear(): void {
    this.#notes.clear();
  }

  /** Uses of the page of `pa`: one byte for each halfword, an index into {@link memoryUses}. */
  page(pa: number): Uint8Array {
    const base = pa - (pa % PAGE);
    const uses = new Uint8Array(PAGE / 2);
    const noted = this.#notes.get(base / PAGE);
    if (noted !== undefined) uses.set(noted.uses);
    for (const thumb of [0, 1]) {
      for (const block of this.analysis.blocksIn(base, thumb)) {
        mark(uses, block.pa - base, block.length, INNOCUOUS);
        for (const { patch } of block.sites) mark(uses, patch.pa - base, patch.length, SITE);
      }
    }
    return uses;
  }

  /** Numbers of the physical pages of which anything is known, in no particular order. */
  pages(): number[] {
    return [...new Set([...this.#notes.keys(), ...this.analysis.analysedPages()])];
  }

  /** Another text: {@link page} of this address may answer otherwise. */
  version(pa: number): string {
    return `${this.#notes.get(Math.floor(pa / PAGE))?.version ?? 0} ${this.analysis.pageVersion(pa)}`;
  }

  /** Bytes that the notes take. */
  get bytes(): number {
    return this.#notes.size * (PAGE / 2);
  }

  /** Bytes of guest memory by use, of all pages of which anything is known; `unanalysed` is what is left of them. */
  totals(): Readonly<Record<MemoryUse, number>> {
    const halfwords = memoryUses.map(() => 0);
    for (const page of this.pages()) for (const use of this.page(page * PAGE)) halfwords[use]++;
    return Object.fromEntries(memoryUses.map((use, i) => [use, 2 * halfwords[i]])) as Record<MemoryUse, number>;
  }

  #note(pa: number, length: number, use: number): void {
    const page = Math.floor(pa / PAGE);
    let notes = this.#notes.get(page);
    if (notes === undefined) {
      if (this.#notes.size >= NOTED_PAGES) this.#notes.delete(this.#notes.keys().next().value as number);
      this.#notes.set(page, (notes = { uses: new Uint8Array(PAGE / 2), version: 0 }));
    }
    mark(notes.uses, pa % PAGE, length, use);
    notes.version = ++this.#changes;
  }

  #nextPage(pa: number): number {
    return (Math.floor(pa / PAGE) + 1) * PAGE;
  }
}

/** Raises the uses of `[at, at + length)`, in bytes from the page's start, to `use`. What lies behind the page is cut off. */
function mark(uses: Uint8Array, at: number, length: number, use: number): void {
  const end = Math.min((at + length + 1) >> 1, uses.length);
  for (let i = at >> 1; i < end; i++) if (uses[i] < use) uses[i] = use;
}
