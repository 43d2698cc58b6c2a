/**
 * Finds where the control flow of a region wants dispatchers (flow.ts): a cycle that can be entered at several blocks is to be entered by way of one alone,
 * since WebAssembly has no other control flow. Compilers make such cycles when they peel a loop's first round in part.
 *
 * PERF: the rest of the region, inner loops above all, keeps its structure. With all blocks behind one br_table sieve in T32 took 1.4 times as long.
 */
import type { Block } from './flow.js';

type Successors = (block: Block) => readonly Block[];

/** The strongly connected components of some blocks that hold a cycle, by Tarjan's algorithm. Edges to `cut` do not count. */
function cycles(blocks: ReadonlySet<Block>, successors: Successors, cut: ReadonlySet<Block>): ReadonlySet<Block>[] {
  const found: ReadonlySet<Block>[] = [];
  const index = new Map<Block, number>();
  const lowest = new Map<Block, number>();
  const open: Block[] = [];
  const visit = (block: Block): number => {
    const own = index.size;
    index.set(block, own);
    open.push(block);
    let low = own;
    let repeats = false;
    for (const successor of successors(block)) {
      if (!blocks.has(successor) || cut.has(successor)) continue;
      repeats ||= successor === block;
      if (!index.has(successor)) low = Math.min(low, visit(successor));
      else if (open.includes(successor)) low = Math.min(low, lowest.get(successor) ?? (index.get(successor) as number));
    }
    lowest.set(block, low);
    if (low === own) {
      const component = new Set(open.splice(open.indexOf(block)));
      if (component.size > 1 || repeats) found.push(component);
    }
    return low;
  };
  for (const block of blocks) if (!index.has(block)) visit(block);
  return found;
}

/**
 * The sets of blocks at which a cycle can be entered where these are several, of cycles within others, too.
 * @param blocks all of the region, its entry first
 */
export function findEntrances(blocks: readonly Block[], successors: Successors): (readonly Block[])[] {
  const found: (readonly Block[])[] = [];
  const within = (part: ReadonlySet<Block>, cut: ReadonlySet<Block>): void => {
    for (const cycle of cycles(part, successors, cut)) {
      const entered = new Set<Block>(cycle.has(blocks[0]) ? [blocks[0]] : []);
      for (const block of blocks)
        if (!cycle.has(block)) for (const to of successors(block)) if (cycle.has(to)) entered.add(to);
      if (entered.size > 1) found.push([...entered]);
      within(cycle, new Set([...cut, ...entered]));
    }
  };
  within(new Set(blocks), new Set());
  return found;
}
