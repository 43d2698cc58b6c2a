/**
 * Scanned blocks as code that people read: their instructions with texts and classes, where control goes from them and from where it comes. Keeps what
 * it found out of each block for as long as the block lives. Draws no graph and counts nothing.
 */
import { conditionOf, literalAddress } from '../../isa/flow.js';
import { Fact } from '../../isa/row.js';
import { PAGE } from '../../mem/layout.js';
import { exitClasses, siteClass } from '../../vmm/classes.js';
import type { CountedPlace } from '../../vmm/execution-counts.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import type { Block, Site } from '../../vmm/sites.js';
import { successors, type Edge } from '../../vmm/successors.js';
import { decodeBytes, hasFact, itConditions, type Instruction } from '../code.js';
import { instructionText, learnTexts } from '../disassembler.js';
import type { SymbolTable } from '../symbols.js';

const ALWAYS = 14;
/** Blocks that one call of {@link ScannedCode.learn} adds to what is known of incoming edges: some milliseconds' worth. */
const BLOCKS_AT_ONCE = 1000;

/** An instruction of a scanned block. */
export interface Line {
  readonly instruction: Instruction;
  readonly pa: number;
  readonly text: string;
  /** `innocuous`, `branch`, or an exit class. */
  readonly cls: string;
  readonly site: Site | undefined;
  /** It executes whenever it is reached. */
  readonly always: boolean;
}

/** What is known of a block. */
export interface ScannedBlock {
  readonly block: Block;
  readonly lines: readonly Line[];
  /** Where control goes from its end. */
  readonly edges: readonly Edge[];
}

export class ScannedCode {
  private readonly scanned = new WeakMap<Block, ScannedBlock>();
  /** Blocks from whose end control may go to a guest virtual address. Some may be gone. */
  private sources = new Map<number, Block[]>();
  private learnedId = 0;
  private learnedVersion = -1;
  private learned = 0;
  /** Sites from which control was seen to go to a guest virtual address. */
  private observed = new Map<number, Site[]>();
  private observedVersion = -1;
  /** Instructions whose texts were made since {@link resetCost}. */
  private made = 0;

  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly symbols: SymbolTable,
  ) {}

  /** Instructions that had to be disassembled since the last {@link resetCost}. */
  get cost(): number {
    return this.made;
  }

  resetCost(): void {
    this.made = 0;
  }

  of(block: Block): ScannedBlock {
    let known = this.scanned.get(block);
    if (known === undefined) this.scanned.set(block, (known = this.read(block)));
    return known;
  }

  /** Whether {@link of} costs nothing. */
  knows(block: Block): boolean {
    return this.scanned.has(block);
  }

  /** The block that covers an instruction, in its present content. */
  blockAt(pa: number, thumb: number): Block | undefined {
    return this.hypervisor.patcher.map.blockAt(pa, thumb);
  }

  isLive(block: Block): boolean {
    return this.blockAt(block.pa, block.thumb) === block;
  }

  /** `{ address, symbol? }` of an address. */
  named(address: number): { readonly address: number; readonly symbol?: string } {
    const symbol = this.symbols.describe(address);
    return { address, ...(symbol !== undefined && { symbol }) };
  }

  /** Brings what {@link into} answers up to date. Returns whether there is more to learn. */
  learn(): boolean {
    const { map } = this.hypervisor.patcher;
    if (this.observedVersion !== map.targetsSeen + map.version) this.observe();
    if (this.learnedVersion === map.version) return false;
    // what is gone would fill it in the end
    if (this.learned > 2 * map.liveBlocks + BLOCKS_AT_ONCE) {
      this.sources = new Map();
      this.learnedId = 0;
      this.learned = 0;
    }
    const fresh: Block[] = [];
    for (const block of map.allBlocks()) if (block.id > this.learnedId) fresh.push(block);
    fresh.sort((a, b) => a.id - b.id);
    for (const block of fresh.slice(0, BLOCKS_AT_ONCE)) this.addSource(block);
    this.learned += Math.min(fresh.length, BLOCKS_AT_ONCE);
    if (fresh.length > BLOCKS_AT_ONCE) return true;
    this.learnedVersion = map.version;
    return false;
  }

  /** Blocks from whose end control may go to an address, as far as their words say it. */
  into(gva: number): readonly Block[] {
    return (this.sources.get(gva) ?? []).filter((block) => this.isLive(block));
  }

  /** Sites from which control was seen to go to an address. */
  seenInto(gva: number): readonly Site[] {
    return this.observed.get(gva) ?? [];
  }

  private addSource(block: Block): void {
    this.learnedId = block.id;
    // what stands in an IT block may be skipped: who asks looks at the edges themselves
    for (const { gva } of successors(block, block.thumb !== 0)) {
      if (gva === undefined) continue;
      const there = this.sources.get(gva);
      if (there === undefined) this.sources.set(gva, [block]);
      else there.push(block);
    }
  }

  private observe(): void {
    const { map } = this.hypervisor.patcher;
    this.observedVersion = map.targetsSeen + map.version;
    this.observed = new Map();
    for (const site of map.allSites()) {
      for (const { gva } of site.targets?.all() ?? []) {
        const there = this.observed.get(gva);
        if (there === undefined) this.observed.set(gva, [site]);
        else there.push(site);
      }
    }
  }

  private read(block: Block): ScannedBlock {
    const { features } = this.hypervisor.cpu;
    const inThumb = block.thumb !== 0;
    const bytes = this.bytesOf(block);
    learnTexts(bytes, block.gva, inThumb);
    const lines: Line[] = [];
    let pending: readonly number[] = [];
    let conditionOfEnd = ALWAYS;
    for (let offset = 0; offset < block.length;) {
      const instruction = decodeBytes(bytes, offset, (block.gva + offset) >>> 0, inThumb, features);
      if (instruction === undefined) break;
      conditionOfEnd = pending[0] ?? ALWAYS;
      lines.push(this.lineOf(block, instruction, offset, conditionOfEnd));
      pending = itConditions(instruction) ?? pending.slice(1);
      offset += instruction.length;
    }
    this.made += lines.length;
    return { block, lines, edges: successors(block, conditionOfEnd !== ALWAYS) };
  }

  private lineOf(block: Block, instruction: Instruction, offset: number, condition: number): Line {
    const { isa, word, row, address } = instruction;
    const pa = block.pa + offset;
    const site = this.hypervisor.patcher.map.siteAt(pa, block.thumb);
    const cls = site === undefined ? siteClass(row) : exitClasses[site.cls].id;
    const text = instructionText(isa, word, address, condition);
    return {
      instruction,
      pa,
      text: text + this.literal(instruction) + this.target(block, instruction),
      cls: cls ?? (hasFact(instruction, Fact.branch) ? 'branch' : 'innocuous'),
      site,
      always: condition === ALWAYS && conditionOf(instruction) === ALWAYS,
    };
  }

  /** Where a load relative to PC reads. What it finds there may change, and so is not said. */
  private literal(instruction: Instruction): string {
    const at = literalAddress(instruction);
    if (at === undefined) return '';
    const name = this.symbols.describe(at);
    return `  ; [0x${at.toString(16)}${name === undefined ? '' : ` <${name}>`}]`;
  }

  /** The name of what a branch leads to. */
  private target(block: Block, { address }: Instruction): string {
    if (block.end === undefined || block.gva + block.end.offset !== address) return '';
    const [edge] = successors(block);
    const name = edge.gva === undefined || edge.kind === 'runs on' ? undefined : this.symbols.describe(edge.gva);
    return name === undefined ? '' : `  ; <${name}>`;
  }

  /** The guest's own bytes of a block, the second half of an instruction across the page's end included. */
  private bytesOf({ pa, gva, length }: Block): Uint8Array {
    const bytes = new Uint8Array(length);
    const { patcher } = this.hypervisor;
    const start = pa - (pa % PAGE);
    for (let at = 0; at < length; at += 2) {
      const inPage = pa + at < start + PAGE;
      const place = inPage ? pa + at : this.hypervisor.codePlace((gva + at) >>> 0);
      const half = place < 0 ? 0 : patcher.read(place, 2);
      bytes[at] = half & 0xff;
      bytes[at + 1] = (half >> 8) & 0xff;
    }
    return bytes;
  }
}

/** Where the engine is to count how often a line executes. */
export function placeOf({ pa, instruction }: Line): CountedPlace {
  const { isa, length, word } = instruction;
  return { pa, thumb: isa === 'A32' ? 0 : 1, length, word: word | 0 };
}

/** Whether an instruction can be counted with a patch: one that lies in one page. */
export function canCount({ pa, instruction }: Line): boolean {
  return (pa % PAGE) + instruction.length <= PAGE;
}

/** Whether an instruction may fault, and then execute twice. */
export function mayFault({ instruction }: Line): boolean {
  return hasFact(instruction, Fact.load) || hasFact(instruction, Fact.store);
}
