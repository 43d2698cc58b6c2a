/**
 * Which 4 KiB pages of the one memory were written in the present epoch: what a snapshot has to copy. Every writer's stores are noted: those of processors,
 * of devices and of their DMA, of the loader and of debuggers. Knows neither what lies in a page nor who asks.
 *
 * It costs the inline store nothing: a TLB word lets stores through only if its page is dirty already, so that the first store to a page of an epoch takes the
 * slow path, which notes it; and an epoch begins with the words for stores taken away. (`npm run bench -- dirty` measures both.)
 *
 * Not noted is what the machine itself keeps in the one memory: state blocks and slots, and a VMM's shadow tables, which follow from the guest's own.
 */
import { PAGE } from './layout.js';

export class DirtyPages {
  /** Called when an epoch begins: whoever lets stores through without noting them is to stop, for all pages. */
  onEpoch: () => void = () => {};

  /** By page of the memory. */
  readonly #dirty: Uint8Array;
  /** The dirty ones, in the order in which they became so. */
  readonly #pages: Int32Array;
  #count = 0;

  /** @param bytes of the memory; the first epoch begins. */
  constructor(bytes: number) {
    this.#dirty = new Uint8Array(bytes / PAGE);
    this.#pages = new Int32Array(bytes / PAGE);
  }

  /** Byte addresses in the memory of the pages written since the epoch began, in no particular order; a page that was to be written, and was not, may be among them. */
  get pages(): number[] {
    return Array.from(this.#pages.subarray(0, this.#count), (page) => page * PAGE);
  }

  /** How many {@link pages} there are. */
  get count(): number {
    return this.#count;
  }

  /** Whether the page that holds a byte of the memory is dirty. */
  has(host: number): boolean {
    return this.#dirty[host >>> 12] !== 0;
  }

  /** A byte of the memory is about to be written, or has been. */
  mark(host: number): void {
    const page = host >>> 12;
    if (this.#dirty[page] !== 0) return;
    this.#dirty[page] = 1;
    this.#pages[this.#count++] = page;
  }

  /** The same of `length` bytes. */
  markRange(host: number, length: number): void {
    for (let at = host - (host % PAGE); at < host + length; at += PAGE) this.mark(at);
  }

  /** All pages are clean. To be called between two instructions. Costs a look at each dirty page, and at each that the TLB lets stores through to. */
  beginEpoch(): void {
    for (let i = 0; i < this.#count; i++) this.#dirty[this.#pages[i]] = 0;
    this.#count = 0;
    this.onEpoch();
  }
}
