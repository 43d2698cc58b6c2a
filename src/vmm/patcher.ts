/**
 * The patcher: has a block scanned when it is about to run, plants traps over what privileged guest code must not execute or run unseen, and
 * takes everything back when the code changes. It is the engine's block admission. Owns analysis map and planted patches; decides on no trap.
 */
import { PatchKind, type BlockAdmission, type PatchKindValue } from '../arm/engine.js';
import { literalAddress } from '../isa/flow.js';
import { Fact, type CompiledRow } from '../isa/row.js';
import { PAGE } from '../mem/layout.js';
import type { MachineMemory } from '../mem/memory.js';
import { AnalysedMemory } from './analysed-memory.js';
import { classIndex, inlinedClasses, type ExitClassId } from './classes.js';
import { ExecutionCounts } from './execution-counts.js';
import { InnocuousWords } from './innocuous.js';
import type { Plant } from './planting.js';
import { endsBlock, passInnocuous, scanInstruction, type CodeReader, type ScannedInstruction } from './scanner.js';
import { GUEST_KERNEL } from './shadow.js';
import type { SiteForm } from './short-forms.js';
import { AnalysisMap, Site, type Block, type PageAnalysis } from './sites.js';
import { trapsByItself, trapWord } from './trap-word.js';

/**
 * Optimisation levels: 0 every sensitive instruction and every indirect branch traps; 1 indirect branches run natively and are counted;
 * 2 besides, engines call the arbiter for the commonest sites without an exception, and accesses to devices are no traps.
 */
export const levels = [0, 1, 2] as const;
export type Level = (typeof levels)[number];

export interface PatcherOptions {
  readonly plant: Plant;
  /** The machine's, by bytes of which the plant says where the guest's pages are. */
  readonly memory: Pick<MachineMemory, 'u16' | 'i32'>;
  readonly level: Level;
  /** Direct branches trap as well, at every level: for measuring what it saves that they need not. */
  readonly allBranches?: boolean;
  /** Physical address at which the CPU would fetch a guest virtual address (u32, page-aligned) of the guest kernel, or -1. */
  readonly nextPage: (gva: number) => number;
  /** Of the guest's processor, as a mask of isa/features.ts. */
  readonly features: number;
  /** Takes the trap at a site. */
  readonly trapped: (site: Site) => void;
  /** Lets the virtual CPU execute a site's instruction, for level 2. */
  readonly arbitrate: (site: Site) => void;
  /** The short form of an instruction, if it has one that does without arbitration. */
  readonly shortForm?: (row: CompiledRow | undefined, word: number, length: number) => SiteForm | undefined;
  /** Told how often they did. */
  readonly executed?: (site: Site, times: number) => void;
  /** A scan begins, and is over; for whoever measures what scans take. */
  readonly scanBegins?: () => void;
  readonly scanEnds?: () => void;
}

export class Patcher implements BlockAdmission {
  readonly map = new AnalysisMap();
  /** What else is known of the guest's memory. */
  readonly memory = new AnalysedMemory(this.map);
  /** How often instructions execute that somebody looks at. */
  readonly counts: ExecutionCounts;
  readonly #options: PatcherOptions;
  readonly #plant: Plant;
  #level: Level;
  #watched: ReadonlySet<ExitClassId> = new Set();
  /** Guest virtual address of the instruction that is being scanned: where a following page is looked up from. */
  #scanned = 0;
  readonly #reader: CodeReader;
  readonly #innocuous: InnocuousWords;
  #evicted = 0;

  constructor(options: PatcherOptions) {
    this.#options = options;
    this.#plant = options.plant;
    this.counts = new ExecutionCounts(options.plant, this.map);
    this.#level = options.level;
    this.#innocuous = new InnocuousWords(options.features);
    this.#reader = {
      features: options.features,
      read: (pa, size) => this.#plant.read(pa, size),
      nextPage: () => options.nextPage(((this.#scanned & -PAGE) + PAGE) >>> 0),
    };
  }

  get level(): Level {
    return this.#level;
  }

  /** Whether traps stand in the guest's memory, where its user code meets them, too. */
  get plantsInMemory(): boolean {
    return this.#plant.inMemory;
  }

  /** The guest's own bytes, 2 or 4 of them, little-endian and unsigned; -1 where there is no memory. */
  read(pa: number, size: 2 | 4): number {
    return this.#plant.read(pa, size);
  }

  /** Blocks that were dropped because there was no room for them. */
  get evictedBlocks(): number {
    return this.#evicted;
  }

  /** Changes the level. Everything analysed is dropped and will be scanned anew. */
  setLevel(level: Level): void {
    this.#level = level;
    this.dropAll();
  }

  /** Classes whose sites trap at every level, because somebody wants each of their traps. Everything analysed is dropped if that is new. */
  watch(classes: ReadonlySet<ExitClassId>): void {
    const isNew = (cls: ExitClassId): boolean => classes.has(cls) !== this.#watched.has(cls);
    const changed = isNew('indirect-branch') || [...inlinedClasses].some(isNew);
    this.#watched = classes;
    if (changed) this.dropAll();
  }

  admit(gva: number, pa: number, thumb: number, context: number): void {
    if (context !== GUEST_KERNEL) {
      this.memory.noteUser(pa, thumb === 0 ? 4 : 2);
      return;
    }
    const known = this.map.blockAt(pa, thumb);
    if (known !== undefined) {
      if (pa % PAGE !== PAGE - 2 || !this.#crosses(known, pa)) return;
      // An instruction on two pages is never kept: either page may have changed, or another one may follow now.
      this.#drop(known);
    }
    this.#options.scanBegins?.();
    this.#scan(gva, pa, thumb);
    this.#options.scanEnds?.();
  }

  admittedTo(pa: number, thumb: number, context: number): number {
    const block = context === GUEST_KERNEL ? this.map.blockAt(pa, thumb) : undefined;
    return block === undefined ? pa : block.pa + block.length;
  }

  /** True if the block's last instruction starts at `pa` and reaches into the next page. */
  #crosses(block: Block, pa: number): boolean {
    return block.pa + block.length === pa + 4;
  }

  #scan(gva: number, pa: number, thumb: number): void {
    for (const block of this.map.toEvict(pa, thumb)) {
      this.#drop(block);
      this.#evicted++;
    }
    const block = this.map.newBlock(gva, pa, thumb);
    const page = this.map.pageOf(block);
    const pageStart = pa - (pa % PAGE);
    const host = this.#plant.ownPage(pa);
    for (;;) {
      if (host >= 0) this.#pass(block, page, host);
      const at = pa + block.length;
      if (at >= pageStart + PAGE || page.blockAt(at - pageStart) !== undefined) break;
      this.#scanned = (gva + block.length) >>> 0;
      const instruction = scanInstruction(this.#reader, at, thumb);
      if (instruction === undefined) break;
      this.map.addInstruction(block, instruction.length, page);
      this.#noteLiteral(instruction);
      const cls = instruction.cls ?? (this.#options.allBranches === true ? branchClass(instruction) : undefined);
      if (cls !== undefined) this.#plantTrap(block, instruction, cls);
      if (endsBlock(instruction)) {
        const { isa, word, row, pa: last } = instruction;
        block.end = { isa, word, row, offset: last - pa };
        break;
      }
    }
  }

  /** Adds to a block the instructions that it goes on with and that need no look at them. */
  #pass(block: Block, page: PageAnalysis, host: number): void {
    const { u16, i32 } = this.#options.memory;
    const from = (block.pa % PAGE) + block.length;
    const code = { u16, i32, host, starts: page.starts };
    const { end, instructions } = passInnocuous(this.#innocuous, code, from, block.thumb, page.numberOf(block));
    this.map.grow(block, end - from, instructions);
  }

  /** A literal in the same page: where another one lies is not asked for. */
  #noteLiteral({ pa, isa, word, row }: ScannedInstruction): void {
    const address = this.#scanned;
    const literal = literalAddress({ address, isa, word, row });
    if (literal !== undefined && literal >>> 12 === address >>> 12) this.memory.noteData(pa + (literal - address), 4);
  }

  #plantTrap(block: Block, instruction: ScannedInstruction, cls: ExitClassId): void {
    const { row, isa, word, pa, length } = instruction;
    if (trapsByItself(isa, row)) return;
    const options = this.#options;
    const kind = this.#kind(cls);
    const short = kind === PatchKind.counted ? undefined : options.shortForm?.(row, word, length);
    const site: Site = new Site(
      {
        pa,
        thumb: block.thumb,
        context: GUEST_KERNEL,
        length,
        original: word,
        planted: trapWord(isa, word),
        kind,
        count: 0,
        arbitrate: kind === PatchKind.trap ? () => options.trapped(site) : () => options.arbitrate(site),
        shortForm: kind === PatchKind.inlined ? short?.form : undefined,
        executed: (times) => options.executed?.(site, times),
      },
      block,
      this.#scanned,
      isa,
      row,
      classIndex(cls),
      short,
    );
    this.map.addSite(site);
    this.#plant.install(site.patch);
  }

  #kind(cls: ExitClassId): PatchKindValue {
    if (this.#watched.has(cls)) return PatchKind.trap;
    if (cls === 'indirect-branch')
      return this.#level >= 1 && this.#options.allBranches !== true ? PatchKind.counted : PatchKind.trap;
    // What stands in memory traps at every level: that is what planting in place is for.
    const inlined = this.#level >= 2 && !this.#plant.inMemory && inlinedClasses.has(cls);
    return inlined ? PatchKind.inlined : PatchKind.trap;
  }

  /** Guest code in `[pa, pa + length)` changed: what was analysed there is dropped, and must be admitted anew. */
  codeChanged(pa: number, length: number): void {
    // The patcher's own writes change nothing of the guest's.
    if (this.#plant.writing) return;
    for (const block of this.map.overlapping(pa, length)) this.#drop(block);
    this.memory.changed(pa, length);
  }

  /** Takes every patch back. The fetch view then equals memory. */
  dropAll(): void {
    for (const block of [...this.map.allBlocks()]) this.#drop(block);
    this.memory.clear();
  }

  #drop(block: Block): void {
    this.counts.forget(block);
    for (const { patch } of block.sites) this.#plant.remove(patch);
    this.map.drop(block);
  }
}

/** Where all branches trap, direct ones are of the indirect ones' class. */
function branchClass({ row }: ScannedInstruction): ExitClassId | undefined {
  return row !== undefined && (row.facts & Fact.branch) !== 0 ? 'indirect-branch' : undefined;
}
