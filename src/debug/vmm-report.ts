/**
 * The VMM's metrics as one plain object: what was analysed, what was planted, what trapped and what it came to, what it cost, what is held. Gathers
 * and names; counts nothing itself.
 */
import { table } from '../isa/table.js';
import { exitClasses } from '../vmm/classes.js';
import type { Hypervisor } from '../vmm/hypervisor.js';
import { verdicts, type Verdict } from '../vmm/records.js';
import { GUEST_KERNEL, GUEST_USER } from '../vmm/shadow.js';
import { instructionText } from './disassembler.js';
import type { SymbolTable } from './symbols.js';
import type { VmmReport } from '../protocol/model.js';

const BUSIEST = 20;

const named = (counts: readonly number[]): Record<Verdict, number> =>
  Object.fromEntries(verdicts.map((verdict, i) => [verdict, counts[i] ?? 0])) as Record<Verdict, number>;

export function reportOf(hypervisor: Hypervisor, symbols: SymbolTable): VmmReport {
  const { machine, metrics, patcher, shadow, cpu } = hypervisor;
  machine.engine.flushCounters();
  const instructions = machine.clock.instructions();
  const { map } = patcher;
  const sites = [...map.allSites()].map((site) => ({ site, hits: site.hits + site.patch.count }));
  const rows = { A32: 0, T16: 0, T32: 0 };
  for (const { isa } of table) rows[isa]++;
  return {
    cpu: cpu.model.name,
    level: patcher.level,
    patches: patcher.plantsInMemory ? 'in-place' : 'overlay',
    instructions,
    virtualTime: machine.clock.now(),
    kernelInstructions: metrics.executedIn(GUEST_KERNEL, instructions),
    userInstructions: metrics.executedIn(GUEST_USER, instructions),
    rows,
    analysis: {
      blocks: map.blocksAnalysed,
      instructions: map.instructionsAnalysed,
      bytes: map.bytesAnalysed,
      sites: map.sitesPlanted,
      evictedBlocks: patcher.evictedBlocks,
      ns: metrics.analysisNs,
    },
    live: { blocks: map.liveBlocks, instructions: map.liveInstructions, sites: map.liveSites },
    memoryUse: patcher.memory.totals(),
    memoryHeld: hypervisor.memoryHeld(),
    shadow: { fills: shadow.fills, flushes: shadow.flushes, evictions: shadow.evictions },
    injectedInterrupts: metrics.injectedInterrupts,
    exits: metrics.byClass().map(({ id, count, verdicts: reached, sampled, sampledNs, leastNs, mostNs }, i) => ({
      cls: id,
      label: exitClasses[i].label,
      count,
      verdicts: named(reached),
      timed: sampled,
      averageNs: sampled === 0 ? 0 : sampledNs / sampled,
      leastNs,
      mostNs,
    })),
    sitesByClass: exitClasses
      .map(({ id }, cls) => ({ cls: id, count: sites.filter(({ site }) => site.cls === cls).length }))
      .filter(({ count }) => count > 0),
    busiest: sites
      .sort((a, b) => b.hits - a.hits)
      .slice(0, BUSIEST)
      .filter(({ hits }) => hits > 0)
      .map(({ site, hits }) => {
        const symbol = symbols.describe(site.gva);
        return {
          address: site.gva,
          ...(symbol !== undefined && { symbol }),
          text: instructionText(site.isa, site.patch.original, site.gva),
          cls: exitClasses[site.cls].id,
          hits,
          verdicts: named(site.verdicts),
        };
      }),
  };
}
