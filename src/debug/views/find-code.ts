/** Looks for a text in the instructions of all scanned blocks, a part of them at a time. */
import type { Hypervisor } from '../../vmm/hypervisor.js';
import type { ScannedCode } from './scanned-code.js';
import type { FindCodeQuery, FindCodeAnswer } from '../../protocol/views/blocks.js';

/** Instructions that one answer disassembles at most, and blocks that it looks at: some milliseconds' worth. */
const COST_LIMIT = 400;
const BLOCKS_AT_ONCE = 2000;

export function findCode(
  { patcher }: Hypervisor,
  code: ScannedCode,
  { text, from, most }: FindCodeQuery,
): FindCodeAnswer {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: { address: number; symbol?: string; text: string }[] = [];
  if (words.length === 0) return { found };
  code.resetCost();
  let at = 0;
  for (const block of patcher.map.allBlocks()) {
    if (at++ < from) continue;
    if (found.length >= most || code.cost > COST_LIMIT || at - from > BLOCKS_AT_ONCE) return { found, next: at - 1 };
    for (const line of code.of(block).lines) {
      const shown = line.text.toLowerCase();
      if (words.every((word) => shown.includes(word)))
        found.push({ ...code.named(line.instruction.address), text: line.text });
    }
  }
  return { found };
}
