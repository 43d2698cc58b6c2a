/** What the panel "Blocks" says beside its graph: where the PC is, what is counted, why there is no graph. */
import type { BlockGraph, BlocksAnswer } from '../../protocol/views/blocks.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';

export function pcWords(
  { pc, pcSymbol, user, pcScanned, pcNode }: BlocksAnswer,
  graph: BlockGraph | undefined,
): string {
  const at = pcSymbol === undefined ? hex32(pc) : `${hex32(pc)} ${pcSymbol}`;
  if (user) return `PC ${at}, user code`;
  // what there is instead of a graph says why there is none
  if (!graph) return `PC ${at}`;
  if (!pcScanned) return `PC ${at}, not scanned yet: that happens when it executes`;
  return pcNode === 0 ? `PC ${at}, outside of this graph` : `PC ${at}`;
}

export function sizeWords({ nodes, cut }: Pick<BlockGraph, 'nodes' | 'cut'>): string {
  return `${blocks(nodes.length)}${cut ? ', and there are more' : ''}`;
}

export function countedWords({ since, later = 0, counts }: Pick<BlocksAnswer, 'since' | 'later' | 'counts'>): string {
  if (since === 0) return 'Executions of the whole run';
  if (since !== undefined) {
    const rest = later > 0 ? `, of ${full(later)} blocks since they came into the graph` : '';
    return `Executions since instruction ${full(since)}${rest}`;
  }
  return counts.some((count) => count >= 0)
    ? 'Counts are those of callback sites since they were scanned; press Count for all blocks.'
    : '';
}

/** @param address what was asked for; undefined: the PC @param answer undefined before there is one */
export function whyNone(name: string, address: number | undefined, answer: BlocksAnswer | undefined): string {
  if (!answer || answer.more) return `Reading the blocks of ${name}…`;
  if (answer.user && address === undefined)
    return `${name} executes user code at ${hex32(answer.pc)}, which is not scanned: it runs untouched. Pause it in its kernel, or search for a place in it.`;
  const where = hex32(address ?? answer.pc);
  return answer.none === 'unmapped'
    ? `The guest's tables lead from ${where} to no memory of code.`
    : `No scanned code at ${where} yet: the monitor scans a block when it is about to run for the first time.`;
}

function blocks(count: number): string {
  return `${full(count)} ${count === 1 ? 'block' : 'blocks'}`;
}
