/**
 * Callback sites and the blocks they lie in: what the scanner found and the patcher planted, by physical address and instruction set state.
 * A site is found by its address and state, never by its trap word's immediate. Knows no processor and no policy.
 */
import type { CompiledRow, Isa } from '../isa/row.js';
import type { Patch } from '../mem/ports.js';
import { PAGE } from '../mem/layout.js';

/** An instruction of privileged guest code that was replaced by a trap. */
export interface Site {
  readonly patch: Patch;
  readonly block: Block;
  /** Guest virtual address under which it was scanned, u32. */
  readonly gva: number;
  readonly isa: Isa;
  /** The row of the original word; undefined for an unknown word. */
  readonly row: CompiledRow | undefined;
  /** Index into exitClasses. */
  readonly cls: number;
  /** Traps taken here (executions of a cached indirect branch are in patch.count). */
  hits: number;
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
}

/** Which instruction positions of one page are analysed in one state, and by which block. */
class PageAnalysis {
  /** Block per halfword position at which an analysed instruction starts. */
  readonly blockAt: (Block | undefined)[] = new Array<Block | undefined>(PAGE / 2).fill(undefined);
  readonly blocks = new Set<Block>();
}

export class AnalysisMap {
  private readonly pages = new Map<number, PageAnalysis>();
  private readonly sites = new Map<number, Site>();
  private blockTotal = 0;
  private blockCount = 0;
  private instructionCount = 0;

  /** Blocks analysed since the start, dropped ones included. */
  get blocksAnalysed(): number {
    return this.blockTotal;
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

  /** The block whose scan covered the instruction that starts at `pa`, in its current content. */
  blockAt(pa: number, thumb: number): Block | undefined {
    return this.pages.get(pageKey(pa, thumb))?.blockAt[(pa & (PAGE - 1)) >> 1];
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

  newBlock(gva: number, pa: number, thumb: number): Block {
    const block: Block = { id: ++this.blockTotal, gva, pa, thumb, length: 0, instructions: 0, sites: [] };
    let page = this.pages.get(pageKey(pa, thumb));
    if (page === undefined) this.pages.set(pageKey(pa, thumb), (page = new PageAnalysis()));
    page.blocks.add(block);
    this.blockCount++;
    return block;
  }

  /** Records the next instruction of a block. */
  addInstruction(block: Block, length: number): void {
    const pa = block.pa + block.length;
    (this.pages.get(pageKey(pa, block.thumb)) as PageAnalysis).blockAt[(pa & (PAGE - 1)) >> 1] = block;
    block.length += length;
    block.instructions++;
    this.instructionCount++;
  }

  addSite(site: Site): void {
    site.block.sites.push(site);
    this.sites.set(siteKey(site.patch.pa, site.patch.thumb), site);
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
        for (const block of analysis.blocks) {
          if (block.pa < pa + length && pa < block.pa + block.length) found.push(block);
        }
      }
    }
    return found;
  }

  /** Forgets a block and its sites. */
  drop(block: Block): void {
    const page = this.pages.get(pageKey(block.pa, block.thumb)) as PageAnalysis;
    page.blocks.delete(block);
    const from = (block.pa & (PAGE - 1)) >> 1;
    const to = Math.min(from + (block.length >> 1), PAGE / 2);
    for (let i = from; i < to; i++) if (page.blockAt[i] === block) page.blockAt[i] = undefined;
    for (const site of block.sites) this.sites.delete(siteKey(site.patch.pa, site.patch.thumb));
    if (page.blocks.size === 0) this.pages.delete(pageKey(block.pa, block.thumb));
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
