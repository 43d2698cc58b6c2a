/**
 * By which base registers a region accesses memory more than once, so that it pays to remember their last pages: in a block, and in loops in which
 * nothing is executed but the region, for what is known of translations when such a loop is entered holds as long as it goes on. Emits nothing.
 */
import { bitCount } from '../../util/bits.js';
import type { Block, Flow } from './flow.js';
import { By, type Instruction, PC } from './instructions.js';
import { LastPages } from './page-locals.js';

function isOwn({ call, instructions }: Block): boolean {
  return !call && instructions.every(({ by }) => by === By.region || by === By.IT);
}

/** The blocks of the loop at `head`, which must be its only entrance; undefined if one of them executes something else. */
function ownLoop(head: Block): ReadonlySet<Block> | undefined {
  const found = new Set([head]);
  const work = head.predecessors.filter(({ order }) => order >= head.order);
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    if (found.has(block)) continue;
    if (!isOwn(block)) return undefined;
    found.add(block);
    work.push(...block.predecessors);
  }
  return isOwn(head) ? found : undefined;
}

/** By block in such loops, the head of the outermost that it is in. */
function findOwnLoops(blocks: readonly Block[]): ReadonlyMap<Block, Block> {
  const heads = new Map<Block, Block>();
  for (const head of blocks) {
    if (!head.loop || heads.has(head)) continue;
    for (const block of ownLoop(head) ?? []) if (!heads.has(block)) heads.set(block, head);
  }
  return heads;
}

/** The blocks that are in a loop, whatever else is executed there. */
function findLooped({ blocks }: Flow): ReadonlySet<Block> {
  const found = new Set<Block>();
  for (const head of blocks) {
    if (!head.loop) continue;
    const inside = new Set([head]);
    const work = head.predecessors.filter(({ order }) => order >= head.order);
    for (let block = work.pop(); block !== undefined; block = work.pop()) {
      if (inside.has(block)) continue;
      inside.add(block);
      work.push(...block.predecessors);
    }
    for (const block of inside) found.add(block);
  }
  return found;
}

/**
 * The registers, as bits, that a region with loops reads and writes outside of them only: they stay in the state block (state-locals.ts).
 * PERF: whatever is alive across a loop takes a register of the host's from it (crc; with the flags, deferred.ts: list 1.1 times as fast).
 */
export function registersOutsideLoops(flow: Flow): number {
  const looped = findLooped(flow);
  if (looped.size === 0) return 0;
  let inside = 0;
  for (const { instructions } of looped) for (const { reads, writes } of instructions) inside |= reads | writes;
  return flow.reads & ~inside;
}

/** The place (page-locals.ts) of an access by an instruction, or -1 where that has no base register. */
export function placeOf({ predecoded }: Instruction, stores: boolean): number {
  const base = predecoded.operands.n;
  return base === undefined || base === PC ? -1 : LastPages.place(base, stores);
}

/** More locals than these would cost a loop more than they save it. */
const MOST_PLACES = 2;

function accesses({ by, traits }: Instruction): boolean {
  return by === By.region && traits.memory;
}

/** General registers, as bits, that are computed from what the loop has loaded. */
function findLoaded(blocks: readonly Block[]): number {
  let loaded = 0;
  for (let before = -1; before !== loaded;) {
    before = loaded;
    for (const { instructions } of blocks)
      for (const instruction of instructions) {
        const { reads, writes, traits, predecoded } = instruction;
        if (!accesses(instruction)) loaded |= (reads & loaded) !== 0 ? writes : 0;
        else if (!traits.stores) loaded |= writes & ~(predecoded.operands.wback === 1 ? 1 << predecoded.operands.n : 0);
      }
  }
  return loaded;
}

/**
 * The places whose last pages a loop remembers, as bits: where what was loaded says where to go next.
 * PERF: a load that waits for another waits for the TLB's, too: lists are followed, and tables are looked up, 1.2 times as fast (list, crc). Where
 * addresses are counted up (sieve, matrix, copy) nothing waits for the TLB, and more locals alive make a loop slower by a quarter.
 */
function placesWorthwhile(blocks: readonly Block[]): number {
  const loaded = findLoaded(blocks);
  let places = 0;
  if (loaded === 0) return places;
  for (const { instructions } of blocks)
    for (const instruction of instructions) {
      if (!accesses(instruction)) continue;
      const { n, m } = instruction.predecoded.operands;
      const place = placeOf(instruction, instruction.traits.stores);
      if (place >= 0 && (((loaded >>> n) & 1) === 1 || (m !== undefined && ((loaded >>> m) & 1) === 1)))
        places |= 1 << place;
    }
  return bitCount(places) <= MOST_PLACES ? places : 0;
}

/** Sets of places, as bits. */
export class AccessPlaces {
  readonly #heads: ReadonlyMap<Block, Block>;
  readonly #byHead = new Map<Block, number>();

  constructor({ blocks }: Flow) {
    this.#heads = findOwnLoops(blocks);
    const inside = new Map<Block, Block[]>();
    for (const [block, head] of this.#heads) {
      const others = inside.get(head);
      if (others === undefined) inside.set(head, [block]);
      else others.push(block);
    }
    for (const [head, members] of inside) this.#byHead.set(head, placesWorthwhile(members));
  }

  /** It is the head of a loop, and of none inside of another. */
  isOutermost(block: Block): boolean {
    return this.#heads.get(block) === block;
  }

  /** Of the loop that a block is in. */
  inLoop(block: Block): number {
    const head = this.#heads.get(block);
    return head === undefined ? 0 : (this.#byHead.get(head) ?? 0);
  }

  /** Of a block: those of its loop, and those that it uses several times. */
  inBlock(block: Block): number {
    let [once, more] = [0, 0];
    for (const instruction of block.instructions) {
      if (!accesses(instruction)) continue;
      const place = placeOf(instruction, instruction.traits.stores);
      if (place < 0) continue;
      more |= once & (1 << place);
      once |= 1 << place;
    }
    return more | this.inLoop(block);
  }
}
