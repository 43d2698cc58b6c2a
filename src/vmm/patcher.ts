/**
 * The patcher: has privileged guest code scanned before it first runs, plants a trap over every instruction that must not run unseen, and
 * takes everything back when the code changes. It is the engine's block admission. Owns analysis map and planted patches; decides on no trap.
 */
import { PatchKind, type BlockAdmission } from '../arm/engine.js';
import type { PhysicalBus } from '../mem/bus.js';
import { PAGE } from '../mem/layout.js';
import type { FetchOverlay } from '../mem/overlay.js';
import { classIndex, type ExitClassId } from './classes.js';
import { endsBlock, scanInstruction, type CodeReader, type ScannedInstruction } from './scanner.js';
import { GUEST_KERNEL } from './shadow.js';
import { AnalysisMap, type Block, type Site } from './sites.js';
import { trapsByItself, trapWord } from './trap-word.js';

/** Optimisation levels: 0 every indirect branch traps; 1 indirect branches run natively and are counted. */
export const levels = [0, 1] as const;
export type Level = (typeof levels)[number];

export class Patcher implements BlockAdmission {
  readonly map = new AnalysisMap();
  #level: Level;
  /** Guest virtual address of the instruction that is being scanned: where a following page is looked up from. */
  #scanned = 0;
  readonly #reader: CodeReader;

  /**
   * @param bus the physical bus that guest code is read from
   * @param nextPage physical address at which the CPU would fetch a guest virtual address (u32, page-aligned) of the guest kernel, or -1
   * @param features of the guest's processor, as a mask of isa/features.ts
   */
  constructor(
    bus: PhysicalBus,
    private readonly overlay: FetchOverlay,
    level: Level,
    nextPage: (gva: number) => number,
    features: number,
  ) {
    this.#level = level;
    this.#reader = {
      features,
      read: (pa, size) => {
        if (bus.directPage(pa, false) < 0) return -1;
        return bus.read(pa, size) >>> 0;
      },
      nextPage: () => nextPage(((this.#scanned & -PAGE) + PAGE) >>> 0),
    };
  }

  get level(): Level {
    return this.#level;
  }

  /** Changes the level. Everything analysed is dropped and will be scanned anew. */
  setLevel(level: Level): void {
    this.#level = level;
    this.dropAll();
  }

  admit(gva: number, pa: number, thumb: number, context: number): void {
    if (context !== GUEST_KERNEL) return;
    const known = this.map.blockAt(pa, thumb);
    if (known !== undefined) {
      if (pa % PAGE !== PAGE - 2 || !this.#crosses(known, pa)) return;
      // An instruction on two pages is never kept: either page may have changed, or another one may follow now.
      this.#drop(known);
    }
    this.#scan(gva, pa, thumb);
  }

  /** True if the block's last instruction starts at `pa` and reaches into the next page. */
  #crosses(block: Block, pa: number): boolean {
    return block.pa + block.length === pa + 4;
  }

  #scan(gva: number, pa: number, thumb: number): void {
    const block = this.map.newBlock(gva, pa, thumb);
    const pageEnd = (Math.floor(pa / PAGE) + 1) * PAGE;
    for (let at = pa; at < pageEnd && (at === pa || this.map.blockAt(at, thumb) === undefined);) {
      this.#scanned = (gva + (at - pa)) >>> 0;
      const instruction = scanInstruction(this.#reader, at, thumb);
      if (instruction === undefined) break;
      this.map.addInstruction(block, instruction.length);
      at += instruction.length;
      if (instruction.cls !== undefined) this.#plant(block, instruction, instruction.cls);
      if (endsBlock(instruction)) break;
    }
  }

  #plant(block: Block, instruction: ScannedInstruction, cls: ExitClassId): void {
    const { row, isa, word, pa, length } = instruction;
    if (trapsByItself(isa, row)) return;
    const counted = cls === 'indirect-branch' && this.#level >= 1;
    const site: Site = {
      patch: {
        pa,
        thumb: block.thumb,
        context: GUEST_KERNEL,
        length,
        original: word,
        planted: trapWord(isa, word),
        kind: counted ? PatchKind.counted : PatchKind.trap,
        count: 0,
      },
      block,
      gva: this.#scanned,
      isa,
      row,
      cls: classIndex(cls),
      hits: 0,
    };
    this.map.addSite(site);
    this.overlay.install(site.patch);
  }

  /** Guest code in `[pa, pa + length)` changed: what was analysed there is dropped, and must be admitted anew. */
  codeChanged(pa: number, length: number): void {
    for (const block of this.map.overlapping(pa, length)) this.#drop(block);
  }

  /** Takes every patch back. The fetch view then equals memory. */
  dropAll(): void {
    for (const block of [...this.map.allBlocks()]) this.#drop(block);
  }

  #drop(block: Block): void {
    for (const { patch } of block.sites) this.overlay.remove(patch.pa, patch.thumb, patch.context);
    this.map.drop(block);
  }
}
