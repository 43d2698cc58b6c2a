/** The panel "Blocks", asked as the panel asks: graphs of programs whose flow is known, counts that can be counted by hand, memory by use, search. */
import assert from 'node:assert/strict';
import type { Debugger } from '../../../src/debug/api.js';

import { memoryUses } from '../../../src/vmm/analysed-memory.js';
import { need } from '../../support/tools.js';
import { compileGuest, file, launch, launchSample, stopOf } from '../guests.js';
import type { BlockGraph, BlocksAnswer, BlocksQuery } from '../../../src/protocol/views/blocks.js';

const LOOPS = 10;
const PROGRAM = `
        .syntax unified
        .arm
        .global main
        .type   main, %function
main:   mov     r6, lr
        mov     r7, #3
again:  mov     r4, #${LOOPS}
loop:   tst     r4, #1
        beq     even
odd:    add     r5, r5, #1
        b       next
even:   bl      helper
next:   subs    r4, r4, #1
        bne     loop
done:   mrs     r0, cpsr
        subs    r7, r7, #1
        bne     again
        bx      r6
helper: adr     r0, leaf
        bx      r0
leaf:   bx      lr
never:  b       never
`;

const QUERY: BlocksQuery = { scope: 'function', most: 50, known: 0, counting: false };

/** Asks until all is there. */
function ask(guest: Debugger, query: Partial<BlocksQuery> = {}): BlocksAnswer {
  for (let turns = 0; turns < 50; turns++) {
    const answer = guest.views.blocks({ ...QUERY, ...query });
    if (!answer.more) return answer;
  }
  throw new Error('there is always more');
}

function graphOf(guest: Debugger, query: Partial<BlocksQuery> = {}): BlockGraph {
  const { graph } = ask(guest, query);
  assert.ok(graph);
  return graph;
}

/** `loop -taken-> even`, by symbols. */
function edgesOf({ nodes, stubs, edges }: BlockGraph): string[] {
  const names = new Map([...nodes, ...stubs].map(({ id, symbol = '?' }) => [id, symbol]));
  return edges.map(({ from, to, kind }) => `${names.get(from)} -${kind}-> ${names.get(to)}`).sort();
}

/** A guest at `done` for the first time: everything before it was scanned. */
function stoppedAtDone(level: number): Debugger {
  const { guest } = launch({
    program: file(compileGuest({ 'main.s': PROGRAM })),
    mode: 'hypervised',
    level,
    engine: 'interpreter',
  });
  guest.setFunctionBreakpoints([{ name: 'done' }]);
  guest.continue();
  stopOf(guest);
  return guest;
}

describe('blocks of scanned code', () => {
  before(function () {
    need(this, 'arm-none-eabi-gcc');
  });

  it('make the graph of a function, cut where branches lead into a block', () => {
    const guest = stoppedAtDone(1);
    const graph = graphOf(guest);
    assert.deepEqual(graph.nodes.map(({ symbol }) => symbol).sort(), ['even', 'loop', 'main', 'next', 'odd']);
    assert.deepEqual(edgesOf(graph), [
      'even -returned to-> next',
      'loop -not taken-> odd',
      'loop -taken-> even',
      'main -runs on-> loop',
      'next -not taken-> done',
      'next -taken-> loop',
      'odd -taken-> next',
    ]);
    const even = graph.nodes.find(({ symbol }) => symbol === 'even');
    assert.deepEqual(
      even?.calls.map(({ symbol }) => symbol),
      ['helper'],
    );
    assert.deepEqual(
      graph.stubs.map(({ kind, symbol }) => [kind, symbol]),
      [['unscanned', 'done']],
      'scanned when it runs',
    );
  });

  it('follow the PC, and keep their version while nothing changes', () => {
    const guest = stoppedAtDone(1);
    const first = ask(guest);
    const stub = first.graph?.stubs.find(({ id }) => id === first.pcNode);
    assert.deepEqual([stub?.kind, stub?.symbol], ['unscanned', 'done'], 'a breakpoint stops before it is scanned');
    assert.equal(first.pcScanned, false);
    const [never] = guest.symbols('never', 1);
    assert.equal(ask(guest, { address: never.address }).none, 'unscanned');
    assert.equal(ask(guest, { address: 0xf000_0000 }).none, 'unmapped');
    guest.stepInstruction('in');
    stopOf(guest);
    const answer = ask(guest);
    const at = answer.graph?.nodes.find(({ id }) => id === answer.pcNode);
    assert.equal(at?.symbol, 'done');
    assert.equal(answer.pcScanned, true);
    assert.equal(answer.pcSymbol, 'done+4');
    const again = ask(guest, { known: answer.version });
    assert.equal(again.graph, undefined);
    assert.equal(again.version, answer.version);
    const other = ask(guest, { known: answer.version, scope: 'calls' });
    assert.ok(other.graph);
    assert.ok(other.graph.nodes.some(({ symbol }) => symbol === 'helper'));
    assert.ok(edgesOf(other.graph).includes('even -called-> helper'));
  });

  it('say where indirect branches went where they trap, and that nobody knows where they do not', () => {
    const from = (level: number): string[] => {
      const guest = stoppedAtDone(level);
      const [{ address }] = guest.symbols('helper', 1);
      return edgesOf(graphOf(guest, { address }));
    };
    assert.deepEqual(from(0), ['helper -indirect-> leaf', 'leaf -indirect-> next']);
    assert.deepEqual(from(1), ['helper -taken-> ?']);
    const guest = stoppedAtDone(0);
    const [{ address }] = guest.symbols('leaf', 1);
    const graph = graphOf(guest, { address });
    assert.deepEqual(
      graph.stubs.map(({ kind, symbol }) => [kind, symbol]),
      [['elsewhere', 'next']],
      'a return leaves the function',
    );
    const { taken } = ask(guest, { address });
    assert.deepEqual([...taken].sort(), [LOOPS / 2, LOOPS / 2]);
  });

  for (const level of [0, 1, 2]) {
    it(`are counted while somebody looks, edges as well: level ${level}`, () => {
      const guest = stoppedAtDone(level);
      const before = ask(guest, { counting: true });
      assert.ok(
        before.counts.every((count) => count === -1),
        'nothing has run since',
      );
      guest.continue();
      stopOf(guest);
      const { graph, counts, taken, since } = ask(guest, { counting: true });
      assert.ok(graph);
      assert.ok(since !== undefined && since < guest.statistics().instructions);
      const counted = Object.fromEntries(graph.nodes.map(({ symbol = '' }, i) => [symbol, counts[i]]));
      const { again, loop, odd, even, next, main } = counted;
      assert.deepEqual({ loop, odd, even, next, main }, { loop: 10, odd: 5, even: 5, next: 10, main: 0 });
      assert.equal(again, -1, 'that a branch leads here is known only now');
      const names = new Map([...graph.nodes, ...graph.stubs].map(({ id, symbol = '?' }) => [id, symbol]));
      const times = Object.fromEntries(
        graph.edges.map(({ from, to, kind }, i) => [`${names.get(from)} -${kind}-> ${names.get(to)}`, taken[i]]),
      );
      assert.equal(times['loop -taken-> even'], 5);
      assert.equal(times['loop -not taken-> odd'], 5);
      assert.equal(times['next -taken-> loop'], 9);
      assert.equal(times['next -not taken-> done'], 1);
      assert.equal(times['odd -taken-> next'], 5);
      assert.equal(times['even -returned to-> next'], -1, 'that is not this branch alone');
      guest.views.stopCounting();
      assert.equal(ask(guest).since, undefined);
    });
  }

  it('are counted by the launch where it has everything counted, with nothing planted for it', () => {
    const { guest } = launch({
      program: file(compileGuest({ 'main.s': PROGRAM })),
      mode: 'hypervised',
      level: 1,
      engine: 'interpreter',
      coverage: true,
    });
    guest.setFunctionBreakpoints([{ name: 'done' }]);
    for (let pass = 0; pass < 2; pass++) {
      guest.continue();
      stopOf(guest);
    }
    const { graph, counts, taken, since } = ask(guest);
    assert.ok(graph);
    assert.equal(since, 0);
    const counted = Object.fromEntries(graph.nodes.map(({ symbol = '' }, i) => [symbol, counts[i]]));
    assert.deepEqual([counted.main, counted.again, counted.loop, counted.odd, counted.next], [1, 2, 20, 10, 20]);
    const { id } = graph.nodes.find(({ symbol }) => symbol === 'next') ?? { id: 0 };
    const branch = graph.edges.findIndex(({ from, kind }) => from === id && kind === 'taken');
    assert.equal(taken[branch], 18);
  });

  it('are found by the text of their instructions, and in the map of memory', () => {
    const guest = stoppedAtDone(1);
    const { found, next } = guest.views.findCode({ text: 'TST r4', from: 0, most: 10 });
    assert.deepEqual(
      found.map(({ symbol, text }) => [symbol, text]),
      [['loop', 'tst r4, #1']],
    );
    assert.equal(next, undefined);
    const { pages, more, version } = guest.views.analysisMap({ known: 0 });
    assert.equal(more, false);
    assert.ok(pages);
    const page = pages.addresses.indexOf(guest.pc() & -0x1000);
    assert.ok(page >= 0);
    assert.equal(pages.code[page], guest.pc() & -0x1000, 'the MMU is off');
    const { detail } = guest.views.analysisMap({ known: version, page: pages.addresses[page] });
    assert.ok(detail);
    const [loop] = guest.symbols('loop', 1);
    assert.equal(memoryUses[detail[(loop.address & 0xfff) / 2]], 'innocuous');
    const [leaf] = guest.symbols('leaf', 1);
    assert.equal(memoryUses[detail[(leaf.address & 0xfff) / 2]], 'site');
    const [never] = guest.symbols('never', 1);
    assert.equal(memoryUses[detail[(never.address & 0xfff) / 2]], 'unanalysed');
    const sites = detail.reduce((sum, use) => sum + Number(memoryUses[use] === 'site'), 0);
    assert.equal(pages.uses[page * memoryUses.length + memoryUses.indexOf('site')], sites);
    assert.equal(guest.views.analysisMap({ known: version }).pages, undefined);
  });

  it('are nobody’s on a bare guest', () => {
    const { guest } = launchSample('hello', { mode: 'bare' });
    assert.throws(() => ask(guest), /monitor/);
  });
});
