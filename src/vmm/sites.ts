/**
 * Callback sites and the blocks they lie in: what the scanner found and the patcher planted, by physical address and instruction set state.
 * A site is found by its address and state, never by its trap word's immediate. Bounded: {@link LIMITS} says how much is kept at once, and
 * whoever adds makes room first. Knows no processor and no policy.
 */
import type { CompiledRow, Isa } from '../isa/row.js';
import type { Patch } from '../mem/ports.js';
import { PAGE } from '../mem/layout.js';
import { ObservedTargets } from './observed-targets.js';
import { verdicts } from './records.js';
import type { SiteForm } from './short-forms.js';

/** What is kept at once, of pages (by state), blocks and sites. A kernel of 16 MiB fits; a guest that writes code without end does not grow the VMM. */
export const LIMITS = { pages: 8192, blocks: 1 << 16, sites: 1 << 16 } as const;

/** What V8 takes for a block with its end, and for a site with its patch and context, as measured over 40,000 of each. */
const BLOCK_BYTES = 240;
const SITE_BYTES = 1000;

/** The registers of a site's last trap: R0 … R14, PC, CPSR. */
export const CONTEXT_WORDS = 17;

/** An instruction of privileged guest code that was replaced by a trap. */
export class Site {
  /** Traps taken here (executions of a cached indirect branch are in patch.count). */
  hits = 0;
  /** Of those, by index into records.ts' `verdicts`. */
  readonly verdicts: number[] = new Array<number>(verdicts.length).fill(0);
  /** The guest's registers at the last trap: {@link CONTEXT_WORDS} words, once there was one. */
  context: Int32Array | undefined;
  /** Sequence number of the record of its last trap; 0 if there was none. What is arbitrated inline leaves none. */
  lastTrap = 0;
  /** Where control went from here, as far as that was arbitrated: of indirect branches that trap, and of exception returns. */
  targets: ObservedTargets | undefined;

  constructor(
    readonly patch: Patch,
    readonly block: Block,
    /** Guest virtual address under which it was scanned, u32. */
    readonly gva: number,
    readonly isa: Isa,
    /** The row of the original word; undefined for an unknown word. */
    readonly row: CompiledRow | undefined,
    /** Index into exitClasses. */
    readonly cls: number,
    /** What a trap comes to that needs no change of worlds. */
    readonly short?: SiteForm,
  ) {}

  /** A trap here came to its end, and has a record. @param verdict index into records.ts' `verdicts` */
  settled(verdict: number, sequence: number): void {
    this.verdicts[verdict]++;
    this.lastTrap = sequence;
  }

  /** The engine did what a trap here would have come to, so often: that is not looked at, and leaves no context. */
  executed(verdict: number, times: number): void {
    this.hits += times;
    this.verdicts[verdict] += times;
  }

  /** Control went from here to `gva`. Returns whether that is a new target. */
  wentTo(gva: number, thumb: number): boolean {
    return (this.targets ??= new ObservedTargets()).note(gva, thumb);
  }
}

/** The instruction at which the scan of a block ended. */
export interface BlockEnd {
  readonly isa: Isa;
  readonly word: number;
  readonly row: CompiledRow | undefined;
  /** Its place behind the block's first byte. */
  readonly offset: number;
}

/** A run of privileged guest code from its entry to the first instruction that ends it, within one page. */
export interface Block {
  readonly id: number;
  readonly gva: number;
  readonly pa: number;
  readonly thumb: number;
  /** Bytes and instructions from entry to end. */
  length: number;
  instructions: number;
  readonly sites: Site[];
  /** The instruction that ends it; undefined where it runs on, into the next page or into a block that was there before. */
  end: BlockEnd | undefined;
}

/** Which instruction positions of one page are analysed in one state, and by which block. */
export class PageAnalysis {
  /** Per halfword position at which an analysed instruction starts: the block's number; 0 for none. */
  readonly starts = new Uint16Array(PAGE / 2);
  readonly #numbered: (Block | undefined)[] = [undefined];
  readonly #free: number[] = [];
  readonly #blocks = new Map<Block, number>();
  /** That of the map when a block last came or went. */
  version = 0;

  get blocks(): IterableIterator<Block> {
    return this.#blocks.keys();
  }

  get size(): number {
    return this.#blocks.size;
  }

  add(block: Block): void {
    const number = this.#free.pop() ?? this.#numbered.length;
    this.#numbered[number] = block;
    this.#blocks.set(block, number);
  }

  /** What stands in {@link starts} for a block of the page. */
  numberOf(block: Block): number {
    return this.#blocks.get(block) as number;
  }

  /** @param at byte offset in the page */
  blockAt(at: number): Block | undefined {
    return this.#numbered[this.starts[at >> 1]];
  }

  /** `block` has an instruction there. */
  mark(at: number, block: Block): void {
    this.starts[at >> 1] = this.numberOf(block);
  }

  /** Adds the blocks with a byte in `[at, at + length)`, offsets that may lie outside the page, to `found`, each once. */
  addOverlapping(at: number, length: number, found: Block[]): void {
    // An instruction with a byte there starts at most three before, at an even one.
    const from = Math.max(0, (at - 2) & -2);
    const to = Math.min(at + length, PAGE);
    for (let i = from; i < to; i += 2) {
      const block = this.blockAt(i);
      if (block === undefined || found.includes(block)) continue;
      if ((block.pa & (PAGE - 1)) + block.length > at) found.push(block);
    }
  }

  remove(block: Block): void {
    const number = this.numberOf(block);
    const from = (block.pa & (PAGE - 1)) >> 1;
    const to = Math.min(from + (block.length >> 1), PAGE / 2);
    for (let i = from; i < to; i++) if (this.starts[i] === number) this.starts[i] = 0;
    this.#numbered[number] = undefined;
    this.#free.push(number);
    this.#blocks.delete(block);
  }
}

export class AnalysisMap {
  private readonly pages = new Map<number, PageAnalysis>();
  private readonly sites = new Map<number, Site>();
  private blockTotal = 0;
  private dropTotal = 0;
  private instructionTotal = 0;
  private byteTotal = 0;
  private siteTotal = 0;
  /** Targets of sites that were told apart since the start. */
  targetsSeen = 0;
  private blockCount = 0;
  private instructionCount = 0;

  /** Blocks, instructions, bytes and sites analysed since the start, dropped ones included. */
  get blocksAnalysed(): number {
    return this.blockTotal;
  }
  /** Another number: blocks came or went. */
  get version(): number {
    return this.blockTotal + this.dropTotal;
  }
  get instructionsAnalysed(): number {
    return this.instructionTotal;
  }
  get bytesAnalysed(): number {
    return this.byteTotal;
  }
  get sitesPlanted(): number {
    return this.siteTotal;
  }
  /** Blocks, sites and instructions that are analysed now. */
  get liveBlocks(): number {
    return this.blockCount;
  }
  get liveSites(): number {
    return this.sites.size;
  }
  get liveInstructions(): number {
    return this.instructionCount;
  }
  /** Pages with analysed code, a page in two states counted twice. */
  get livePages(): number {
    return this.pages.size;
  }

  /** Numbers of the physical pages with analysed code. */
  analysedPages(): number[] {
    return [...this.pages.keys()].map((key) => Math.floor(key / 2));
  }

  /** Another text: blocks of a page (any address in it), in either state, came or went. */
  pageVersion(pa: number): string {
    const [arm, thumb] = [0, 1].map((state) => this.pages.get(pageKey(pa, state))?.version ?? 0);
    return `${arm} ${thumb}`;
  }

  /** Bytes that all this takes, by the sizes of what it consists of: an estimate for objects, whose layout is the host's. */
  get bytes(): number {
    return this.pages.size * PAGE + this.blockCount * BLOCK_BYTES + this.sites.size * SITE_BYTES;
  }

  /** The block whose scan covered the instruction that starts at `pa`, in its current content. */
  blockAt(pa: number, thumb: number): Block | undefined {
    return this.pages.get(pageKey(pa, thumb))?.blockAt(pa & (PAGE - 1));
  }

  siteAt(pa: number, thumb: number): Site | undefined {
    return this.sites.get(siteKey(pa, thumb));
  }

  allSites(): Iterable<Site> {
    return this.sites.values();
  }

  *allBlocks(): Iterable<Block> {
    for (const page of this.pages.values()) yield* page.blocks;
  }

  /** Blocks of a page (any address in it) in one state. */
  blocksIn(pa: number, thumb: number): readonly Block[] {
    return [...(this.pages.get(pageKey(pa, thumb))?.blocks ?? [])];
  }

  /**
   * The blocks that must go before a block with many sites may be added to the page of `pa`: those of the page that was first analysed, of
   * pages other than this one while there are any. Empty if there is room.
   */
  toEvict(pa: number, thumb: number): readonly Block[] {
    const here = pageKey(pa, thumb);
    const page = this.pages.get(here);
    const crowded =
      (page === undefined && this.pages.size >= LIMITS.pages) ||
      this.blockCount >= LIMITS.blocks ||
      this.sites.size >= LIMITS.sites;
    if (!crowded) return [];
    for (const [key, { blocks }] of this.pages) if (key !== here) return [...blocks];
    return [...(page?.blocks ?? [])];
  }

  newBlock(gva: number, pa: number, thumb: number): Block {
    const id = ++this.blockTotal;
    const block: Block = { id, gva, pa, thumb, length: 0, instructions: 0, sites: [], end: undefined };
    const page = this.pageOf(block);
    page.add(block);
    page.version = this.version;
    this.blockCount++;
    return block;
  }

  /** What is known of the page in which a block starts, and with it each of its instructions. */
  pageOf({ pa, thumb }: Pick<Block, 'pa' | 'thumb'>): PageAnalysis {
    const key = pageKey(pa, thumb);
    let page = this.pages.get(key);
    if (page === undefined) this.pages.set(key, (page = new PageAnalysis()));
    return page;
  }

  /** Records the next instruction of a block. @param page the block's, which is asked for each of its instructions */
  addInstruction(block: Block, length: number, page = this.pageOf(block)): void {
    page.mark((block.pa + block.length) & (PAGE - 1), block);
    this.grow(block, length, 1);
  }

  /** Records the next instructions of a block, of `length` bytes in all, whose starts its page has. */
  grow(block: Block, length: number, instructions: number): void {
    block.length += length;
    block.instructions += instructions;
    this.instructionCount += instructions;
    this.instructionTotal += instructions;
    this.byteTotal += length;
  }

  addSite(site: Site): void {
    site.block.sites.push(site);
    this.sites.set(siteKey(site.patch.pa, site.patch.thumb), site);
    this.siteTotal++;
  }

  /** Blocks with a byte in `[pa, pa + length)`, of both states. */
  overlapping(pa: number, length: number): Block[] {
    const found: Block[] = [];
    // A block may end in the two bytes behind its page (a 32-bit Thumb instruction across the page end).
    const first = Math.floor((pa - 2) / PAGE);
    const last = Math.floor((pa + length - 1) / PAGE);
    for (let page = first; page <= last; page++) {
      for (const thumb of [0, 1]) {
        const analysis = this.pages.get(pageKey(page * PAGE, thumb));
        if (analysis === undefined) continue;
        if (pa <= page * PAGE && (page + 1) * PAGE <= pa + length) found.push(...analysis.blocks);
        else analysis.addOverlapping(pa - page * PAGE, length, found);
      }
    }
    return found;
  }

  /** Forgets a block and its sites. */
  drop(block: Block): void {
    const page = this.pages.get(pageKey(block.pa, block.thumb)) as PageAnalysis;
    page.remove(block);
    for (const site of block.sites) this.sites.delete(siteKey(site.patch.pa, site.patch.thumb));
    this.dropTotal++;
    page.version = this.version;
    if (page.size === 0) this.pages.delete(pageKey(block.pa, block.thumb));
    this.blockCount--;
    this.instructionCount -= block.instructions;
  }
}

/** Physical addresses reach 2^40: keys are plain numbers, exact up to 2^53. */
function pageKey(pa: number, thumb: number): number {
  return Math.floor(pa / PAGE) * 2 + thumb;
}

function siteKey(pa: number, thumb: number): number {
  return pa * 2 + thumb;
}
