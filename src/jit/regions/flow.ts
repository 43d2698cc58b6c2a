/**
 * The control flow of a region: basic blocks, their order, dominators and loops, the flags that must be right at their starts, and how many
 * instructions lie between two looks at the attempts that are left. Emits nothing.
 */
import { assert } from '../../util/assert.js';
import { findEntrances } from './dispatchers.js';
import { ALWAYS, By, type Instruction, type InstructionReader } from './instructions.js';
import { isSwitch, switchTargets } from './switches.js';
import { MOST_INSTRUCTIONS } from './table.js';
import { BranchKind, Flag } from './traits.js';

/** Instructions of a region at most; a block may be cut short. */
const MOST_BLOCKS = 300;
/** A region has code from so many bytes before its entry to so many behind it. */
export const RANGE = 4096;

export interface Block {
  readonly pc: number;
  readonly instructions: Instruction[];
  /** The block behind it in memory order, where execution can go there. */
  next: Block | undefined;
  /** The block that its branch goes to. */
  target: Block | undefined;
  /** PC behind its last instruction. */
  end: number;
  /** ITSTATE there. */
  endItstate: number;
  /** The last instruction is a call. */
  call: boolean;
  /** Where its computed branch has gone, as far as the region has that. */
  cases: readonly Block[];
  /** It is one of the {@link cases} of a block. */
  isCase: boolean;
  /** What leads here goes by way of this block, which has no instructions: execution goes on at one of its {@link cases}. */
  dispatcher: Block | undefined;

  // ---- what the analysis finds
  /** Place in reverse postorder, -1 while not found. */
  order: number;
  dominator: Block | undefined;
  readonly dominated: Block[];
  readonly predecessors: Block[];
  /** Branches from behind, in the order, lead here. */
  loop: boolean;
  /** Attempts are looked at when it is entered, and must last for so many instructions. */
  looked: boolean;
  longest: number;
  /** Flags that must be right at its start. */
  flagsLive: number;
  /** They need not be computed there: only what leaves the region may want them. */
  flagsDeferred: boolean;
}

export interface Flow {
  readonly entry: Block;
  /** In reverse postorder. */
  readonly blocks: readonly Block[];
  /** Number of instructions. */
  readonly size: number;
  readonly reads: number;
  readonly writes: number;
  readonly flagsWritten: number;
  /** Flags that are read or written. */
  readonly flags: number;
}

/** It has no instructions, and leads to one of its cases. */
export function isDispatcher({ cases }: Block): boolean {
  return cases.length > 0 && cases[0].dispatcher?.cases === cases;
}

export function lastOf({ instructions }: Block): Instruction {
  return instructions[instructions.length - 1];
}

/** An address in the page of a block's last instruction. */
export function pageOf(block: Block): number {
  return lastOf(block).pc;
}

/** The address that a direct branch goes to, u32. */
export function branchTarget(instruction: Instruction, thumb: number): number {
  const { pc, traits, predecoded } = instruction;
  const operation = predecoded.operation;
  const name = operation?.kind === 'plain' ? operation.imms[0] : '';
  const offset = predecoded.operands[name];
  const base = pc + (thumb ? 4 : 8);
  if (traits.branch === BranchKind.exchange) return (((base & ~3) + offset) & (thumb ? -4 : -2)) >>> 0;
  return ((base + offset) & (thumb ? -2 : -4)) >>> 0;
}

/**
 * By halfword of the code around a region's entry: 1 + the index of the instruction found there, and whether a block begins there.
 * PERF: shared by all regions, of which one is formed at a time.
 */
const places = new Int32Array(RANGE);
const leaders = new Uint8Array(RANGE);

function newBlock(pc: number): Block {
  return {
    pc,
    instructions: [],
    next: undefined,
    target: undefined,
    end: pc,
    endItstate: 0,
    call: false,
    cases: [],
    isCase: false,
    dispatcher: undefined,
    order: -1,
    dominator: undefined,
    dominated: [],
    predecessors: [],
    loop: false,
    looked: false,
    longest: 0,
    flagsLive: 0,
    flagsDeferred: false,
  };
}

class Former {
  readonly #found: Instruction[] = [];
  readonly blocks = new Map<number, Block>();
  readonly #work: number[] = [];

  constructor(
    private readonly reader: InstructionReader,
    private readonly entry: number,
    private readonly thumb: number,
    private readonly switches: boolean,
  ) {
    places.fill(0);
    leaders.fill(0);
  }

  #place(pc: number): number {
    return (pc - this.entry + RANGE) >> 1;
  }

  /** The instruction found at an address. */
  #at(pc: number): Instruction | undefined {
    return Math.abs(pc - this.entry) < RANGE ? this.#found[places[this.#place(pc)] - 1] : undefined;
  }

  #isLeader(pc: number): boolean {
    return Math.abs(pc - this.entry) < RANGE && leaders[this.#place(pc)] === 1;
  }

  form(): Block | undefined {
    this.#lead(this.entry);
    while (this.#work.length > 0 && this.#found.length < MOST_INSTRUCTIONS) this.#follow(this.#work.pop() as number);
    return this.#at(this.entry) === undefined ? undefined : this.#block(this.entry);
  }

  #lead(pc: number): void {
    if (Math.abs(pc - this.entry) >= RANGE || this.#isLeader(pc)) return;
    leaders[this.#place(pc)] = 1;
    this.#work.push(pc);
  }

  /** Reads instructions from `pc` on until one ends the run, or was read before. */
  #follow(pc: number): void {
    let itstate = 0;
    for (let at = pc; this.#found.length < MOST_INSTRUCTIONS && Math.abs(at - this.entry) < RANGE;) {
      if (this.#at(at) !== undefined) return;
      const instruction = this.reader.read(at, itstate);
      if (instruction === undefined) return;
      places[this.#place(at)] = this.#found.push(instruction);
      const { traits, length } = instruction;
      const next = (at + length) >>> 0;
      if (traits.branch !== BranchKind.none) {
        if (traits.branch === BranchKind.relative && !traits.writesLR)
          this.#lead(branchTarget(instruction, this.thumb));
        if (!instruction.ends || traits.writesLR) this.#lead(next);
        if (isSwitch(instruction)) for (const target of this.#cases(instruction)) this.#lead(target);
        return;
      }
      if (instruction.ends) return;
      // The next page is looked up when execution gets there.
      if ((at ^ next) >>> 12 !== 0) {
        this.#lead(next);
        return;
      }
      at = next;
      itstate = instruction.nextItstate;
    }
  }

  #block(pc: number): Block | undefined {
    const known = this.blocks.get(pc);
    if (known !== undefined) return known;
    if (this.#at(pc)?.itstate !== 0 || this.blocks.size >= MOST_BLOCKS) return undefined;
    const block = newBlock(pc);
    this.blocks.set(pc, block);
    let last: Instruction | undefined;
    for (;;) {
      const instruction = this.#at(block.end);
      // Inside an IT block that this path does not know, or knows otherwise.
      if (instruction === undefined || instruction.itstate !== block.endItstate) break;
      last = instruction;
      block.instructions.push(instruction);
      block.end = (instruction.pc + instruction.length) >>> 0;
      block.endItstate = instruction.nextItstate;
      if (instruction.traits.branch !== BranchKind.none || instruction.ends) break;
      if (block.endItstate === 0 && this.#isLeader(block.end)) break;
    }
    if (last === undefined) return block;
    const { traits } = last;
    block.call = traits.branch !== BranchKind.none && traits.writesLR;
    if (traits.branch === BranchKind.relative && !traits.writesLR)
      block.target = this.#block(branchTarget(last, this.thumb));
    if ((!last.ends || block.call) && block.endItstate === 0) block.next = this.#block(block.end);
    if (isSwitch(last)) {
      const cases = new Set(this.#cases(last).flatMap((target) => this.#block(target) ?? []));
      block.cases = [...cases].filter(({ instructions }) => instructions.length > 0);
      for (const one of block.cases) one.isCase = true;
    }
    return block;
  }

  #cases(instruction: Instruction): readonly number[] {
    return this.switches ? switchTargets(this.reader, instruction, this.thumb) : [];
  }
}

/** Reverse postorder from the entry. */
function ordered(entry: Block): Block[] {
  const order: Block[] = [];
  const seen = new Set<Block>([entry]);
  const stack: { block: Block; side: number }[] = [{ block: entry, side: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const { next, target, cases } = top.block;
    const branch = top.side === 0 ? next : top.side === 1 ? target : cases[top.side - 2];
    const successor = branch && wayTo(branch, top.block);
    if (top.side++ > 1 + cases.length) {
      order.push(top.block);
      stack.pop();
    } else if (successor !== undefined && !seen.has(successor)) {
      seen.add(successor);
      stack.push({ block: successor, side: 0 });
    }
  }
  order.reverse();
  order.forEach((block, i) => (block.order = i));
  return order;
}

/** Where execution goes first on its way from a block to `target`. */
function wayTo(target: Block, from: Block): Block {
  return target.dispatcher === undefined || target.dispatcher === from ? target : target.dispatcher;
}

function forEachSuccessor(block: Block, visit: (successor: Block) => void): void {
  const { next, target, cases } = block;
  if (next !== undefined) visit(wayTo(next, block));
  if (target !== undefined && target !== next) visit(wayTo(target, block));
  for (const one of cases) if (one !== next) visit(wayTo(one, block));
}

function successorsOf(block: Block): readonly Block[] {
  const found: Block[] = [];
  forEachSuccessor(block, (successor) => found.push(successor));
  return found;
}

function findDominators(blocks: readonly Block[]): void {
  const [entry] = blocks;
  entry.dominator = entry;
  const meet = (a: Block, b: Block): Block => {
    while (a !== b) {
      while (a.order > b.order) a = a.dominator as Block;
      while (b.order > a.order) b = b.dominator as Block;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const block of blocks) {
      if (block === entry) continue;
      let dominator: Block | undefined;
      for (const before of block.predecessors) {
        if (before.dominator === undefined) continue;
        dominator = dominator === undefined ? before : meet(before, dominator);
      }
      if (block.dominator === dominator) continue;
      block.dominator = dominator;
      changed = true;
    }
  }
  for (const block of blocks) if (block !== entry) block.dominator?.dominated.push(block);
}

function dominates(a: Block, b: Block): boolean {
  let at = b;
  while (at.order > a.order) at = at.dominator as Block;
  return at === a;
}

/** Marks the heads of loops. Returns whether there is one that can be entered elsewhere. */
function findLoops(blocks: readonly Block[]): boolean {
  let irreducible = false;
  for (const block of blocks)
    forEachSuccessor(block, (successor) => {
      if (successor.order > block.order) return;
      successor.loop = true;
      successor.looked = true;
      if (!dominates(successor, block)) irreducible = true;
    });
  return irreducible;
}

/** What reads all flags: whatever may leave the region. */
function leaves({ by, traits }: Instruction): boolean {
  return by !== By.region || traits.memory || traits.extension || traits.givesUp;
}

const CONDITION_FLAGS = [
  Flag.Z,
  Flag.C,
  Flag.N,
  Flag.V,
  Flag.C | Flag.Z,
  Flag.N | Flag.V,
  Flag.N | Flag.V | Flag.Z,
  0,
] as const;

/** @param leaving what counts as reading all flags, whatever leaves the region */
function liveBeforeInstruction(instruction: Instruction, behind: number, leaving: boolean): number {
  if (leaving && leaves(instruction)) return Flag.all;
  const { traits, cond } = instruction;
  const live = cond === ALWAYS ? behind & ~traits.flagsWritten : behind;
  return live | traits.flagsRead | CONDITION_FLAGS[cond >>> 1];
}

function liveBefore({ instructions }: Block, behind: number, leaving: boolean): number {
  let live = behind;
  for (let i = instructions.length - 1; i >= 0; i--) live = liveBeforeInstruction(instructions[i], live, leaving);
  return live;
}

function behindBlock(block: Block, leaving: boolean): number {
  let behind = leaving && !staysInside(block) ? Flag.all : 0;
  forEachSuccessor(block, (successor) => (behind |= successor.flagsLive));
  return behind;
}

/** The flags that are wanted behind each instruction of a block, by what may leave the region, too. */
export function flagsLiveBehind(block: Block): readonly number[] {
  const { instructions } = block;
  let live = behindBlock(block, true);
  const behind: number[] = [];
  for (let i = instructions.length - 1; i >= 0; i--) {
    behind[i] = live;
    live = liveBeforeInstruction(instructions[i], live, true);
  }
  return behind;
}

/** Whether every way out of the block's end leads to another block of the region, and not by a call. */
function staysInside(block: Block): boolean {
  if (isDispatcher(block)) return true;
  const last = lastOf(block);
  if (block.call || block.instructions.length === 0) return false;
  if (last.traits.branch === BranchKind.none) return block.next !== undefined;
  if (last.traits.branch !== BranchKind.relative || block.target === undefined) return false;
  return last.ends || block.next !== undefined;
}

function findLiveFlags(blocks: readonly Block[], leaving: boolean): void {
  for (let changed = true; changed;) {
    changed = false;
    for (let i = blocks.length - 1; i >= 0; i--) {
      const block = blocks[i];
      const live = leaving && block.looked ? Flag.all : liveBefore(block, behindBlock(block, leaving), leaving);
      if (live === block.flagsLive) continue;
      block.flagsLive = live;
      changed = true;
    }
  }
}

/** First what instructions read, then what the outside may want, too. */
function analyseFlags(blocks: readonly Block[]): void {
  findLiveFlags(blocks, false);
  for (const block of blocks) block.flagsDeferred = block.flagsLive === 0;
  findLiveFlags(blocks, true);
  for (const block of blocks) if (block.flagsLive === 0) block.flagsDeferred = false;
  for (const block of blocks)
    if (isDispatcher(block)) block.flagsDeferred = block.cases.every(({ flagsDeferred }) => flagsDeferred);
}

/** The most instructions from each block's start to the next look at the attempts. */
function findLongest(blocks: readonly Block[]): void {
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i];
    let behind = 0;
    // Behind a call the attempts are looked at, too; but it may have a condition.
    const called = block.call && lastOf(block).ends;
    if (!called)
      forEachSuccessor(block, (successor) => {
        if (!successor.looked) behind = Math.max(behind, successor.longest);
      });
    block.longest = block.instructions.length + behind;
  }
}

/** Orders blocks, and finds their dominators and loops. Returns whether there is a loop that can be entered elsewhere than at its head. */
function structure(first: Block): { blocks: readonly Block[]; irreducible: boolean } {
  const blocks = ordered(first);
  for (const block of blocks) forEachSuccessor(block, (successor) => successor.predecessors.push(block));
  findDominators(blocks);
  return { blocks, irreducible: findLoops(blocks) };
}

/** Leads cycles with several entrances by way of dispatchers, and structures what there is now. */
function structureAnew(before: readonly Block[]): readonly Block[] {
  for (const entrances of findEntrances(before, successorsOf)) {
    const dispatcher = newBlock(entrances[0].pc);
    dispatcher.cases = entrances;
    for (const block of entrances) block.dispatcher = dispatcher;
  }
  for (const block of before) {
    block.dominator = undefined;
    block.dominated.length = block.predecessors.length = 0;
    block.loop = block.looked = false;
  }
  const { blocks, irreducible } = structure(before[0]);
  assert(!irreducible, 'a cycle has several entrances still');
  for (const block of blocks) {
    if (!isDispatcher(block)) continue;
    // The attempts are looked at where it is known which it is.
    block.looked = false;
    for (const one of block.cases) one.isCase = one.looked = true;
  }
  return blocks;
}

/**
 * The region that begins at `entry` (u32); undefined if its first instruction cannot be part of one.
 * @param switches computed branches may lead to where they have led before
 */
export function formFlow(reader: InstructionReader, entry: number, thumb: number, switches = true): Flow | undefined {
  const first = new Former(reader, entry, thumb, switches).form();
  if (first === undefined || first.instructions.length === 0) return undefined;
  const { blocks: found, irreducible } = structure(first);
  // A br_table cannot lead to a dispatcher and say which block is meant.
  if (irreducible && found.some(({ isCase }) => isCase)) return formFlow(reader, entry, thumb, false);
  const blocks = irreducible ? structureAnew(found) : found;
  first.looked = true;
  analyseFlags(blocks);
  findLongest(blocks);
  let [size, reads, writes, flagsWritten, flagsRead] = [0, 0, 0, 0, 0];
  for (const { instructions } of blocks) {
    size += instructions.length;
    for (const instruction of instructions) {
      reads |= instruction.reads;
      writes |= instruction.writes;
      flagsWritten |= instruction.traits.flagsWritten;
      flagsRead |= instruction.traits.flagsRead | CONDITION_FLAGS[instruction.cond >>> 1];
    }
  }
  return {
    entry: first,
    blocks,
    size,
    reads: reads | writes,
    writes,
    flagsWritten,
    flags: flagsRead | flagsWritten,
  };
}
