/**
 * What the questions of the panels "Blocks" and "Callback Sites" cost the worker, and what laying out a graph costs the page: processor time, so that a busy
 * machine does not count. Debian's U-Boot at its prompt, the sample rtos, and a guest with thirty thousand sites.
 *
 *   node scripts/bench.mjs views
 */
import fs from 'node:fs';
import { loadDisassembler } from '../../src/debug/index.js';
import { SymbolTable } from '../../src/debug/symbols.js';
import { BlockView } from '../../src/debug/views/blocks.js';
import { SiteTable } from '../../src/debug/views/sites.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import { boxesOf } from '../../src/webview/blocks/boxes.js';
import { layOut } from '../../src/webview/blocks/layout.js';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { assembled, MIB, TestGuest } from '../support/guest.js';
import { UBOOT } from '../support/tools.js';
import type { SiteQuery } from '../../src/protocol/views/sites.js';
import type { BlocksAnswer, BlocksQuery } from '../../src/protocol/views/blocks.js';

const MANY_SITES = 30_000;
/** Of a monospaced font of 12 pixels. */
const CHARACTER = 7.2;

/** Processor time in ms. */
function cost<T>(work: () => T): { readonly result: T; readonly ms: number } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { result, ms: (user + system) / 1000 };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

const show = (what: string, ms: number): void => {
  console.log(`  ${what.padEnd(52)}${ms.toFixed(2).padStart(9)} ms`);
};

/** Asks until all is there. */
function whole(view: BlockView, query: BlocksQuery): { readonly answer: BlocksAnswer; readonly costs: number[] } {
  const costs: number[] = [];
  for (;;) {
    const { result, ms } = cost(() => view.ask(query));
    costs.push(ms);
    if (!result.more) return { answer: result, costs };
  }
}

function blocks(hypervisor: Hypervisor, address?: number): void {
  const view = new BlockView(hypervisor, new SymbolTable([]));
  const query: BlocksQuery = {
    scope: 'calls',
    most: 300,
    known: 0,
    counting: false,
    ...(address !== undefined && { address }),
  };
  const { answer, costs } = whole(view, query);
  const { graph, version } = answer;
  if (graph === undefined) {
    console.log('  no graph here');
    return;
  }
  console.log(`  ${graph.nodes.length} blocks, ${graph.edges.length} edges, ${graph.stubs.length} ends`);
  show(
    `the first time, all of ${costs.length} questions`,
    costs.reduce((sum, ms) => sum + ms, 0),
  );
  show('the first time, the dearest question', Math.max(...costs));
  // a graph of another size is made anew
  const anew = Array.from({ length: 20 }, (_, i) => cost(() => view.ask({ ...query, most: 299 + (i % 2) })).ms);
  show('made anew', median(anew));
  view.ask(query);
  show(
    'unchanged',
    median(Array.from({ length: 50 }, () => cost(() => view.ask({ ...query, known: version + 100 })).ms)),
  );
  const boxes = boxesOf(graph, CHARACTER);
  show('laid out, the first time', cost(() => layOut(boxes, graph.edges)).ms);
  show('laid out', median(Array.from({ length: 10 }, () => cost(() => layOut(boxes, graph.edges)).ms)));
}

function sites(hypervisor: Hypervisor, run: () => void): void {
  const table = new SiteTable(hypervisor, new SymbolTable([]), () => false);
  const query: SiteQuery = { order: 'hits', descending: true, text: '', first: 0, count: 60 };
  const times = (more: Partial<SiteQuery>): number =>
    median(
      Array.from({ length: 15 }, () => {
        run();
        return cost(() => table.page({ ...query, ...more })).ms;
      }),
    );
  show(`${MANY_SITES.toLocaleString('en')} sites, the first time`, cost(() => table.page(query)).ms);
  show('by hits', times({}));
  show('by hits, rows held', times({ hold: true }));
  show('of one class', times({ cls: 'status-register' }));
  const first = cost(() => table.page({ ...query, text: 'mrs' }));
  show('by text, a first part', first.ms);
  while (table.page({ ...query, text: 'mrs' }).pending > 0);
  show('by text', times({ text: 'mrs' }));
}

await loadDisassembler();
if (fs.existsSync(UBOOT)) {
  console.log("\nDebian's U-Boot, 60 M instructions");
  const uboot = new TestGuest(
    { engine: 'interpreter', level: 1 },
    { images: { bios: { name: UBOOT, bytes: new Uint8Array(fs.readFileSync(UBOOT)) }, loads: [] }, memory: 128 * MIB },
  );
  uboot.run(60_000_000);
  blocks(uboot.hypervisor as Hypervisor);
}
console.log('\nThe sample rtos, 20 M instructions');
const rtosFile = inRepo('samples/rtos/rtos-virt.elf');
const rtos = new TestGuest(
  { engine: 'interpreter', level: 1 },
  {
    images: { program: { name: 'rtos', bytes: new Uint8Array(fs.readFileSync(rtosFile)) }, loads: [] },
    memory: 64 * MIB,
  },
);
rtos.run(20_000_000);
const { map } = (rtos.hypervisor as Hypervisor).patcher;
blocks(rtos.hypervisor as Hypervisor, [...map.allBlocks()].at(-1)?.gva);

console.log('\nA guest with many sites');
const many = new TestGuest(
  { engine: 'interpreter', level: 1 },
  { images: assembled(`again: .rept ${MANY_SITES}\n mrs r0, cpsr\n .endr\n b again`) },
);
many.run(MANY_SITES + 10);
sites(many.hypervisor as Hypervisor, () => many.run(500));
