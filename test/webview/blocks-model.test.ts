/** What the panel "Blocks" makes of an answer before it draws: boxes, words, neighbours, rows, pages, what a search finds. */
import assert from 'node:assert/strict';
import type { BlockGraph, BlockLine, BlockNode, MemoryPages } from '../../src/protocol/views/blocks.js';
import { boxesOf, describeNode, neighbours, shorten, textOfLine } from '../../src/webview/blocks/boxes.js';
import { sortBlocks } from '../../src/webview/blocks/list.js';
import { heat } from '../../src/webview/blocks/paint.js';
import { addressOf, Search } from '../../src/webview/blocks/search.js';
import { classSign, EDGES, SIGNED_CLASSES, USES } from '../../src/webview/blocks/signs.js';
import { describePage, placePages } from '../../src/webview/blocks/strip.js';
import { breakpointAt, toggled } from '../../src/webview/common/breakpoints.js';

const line = (address: number, cls = 'innocuous'): BlockLine => ({
  address,
  text: `instruction ${address}`,
  cls,
  ...(cls !== 'innocuous' && { site: { key: address, kind: 'trap' } }),
});
const node = (id: number, lines: readonly BlockLine[], more: Partial<BlockNode> = {}): BlockNode => ({
  id,
  address: 0x1000 * id,
  isa: 'ARM',
  lines,
  calls: [],
  from: [],
  ...more,
});
const GRAPH: BlockGraph = {
  nodes: [
    node(1, [line(0x1000), line(0x1004, 'coprocessor')], { symbol: 'start' }),
    node(2, [line(0x2000)], { calls: [{ address: 0x9000, symbol: 'memcpy' }] }),
  ],
  stubs: [{ id: -1, kind: 'unknown' }],
  edges: [
    { from: 1, to: 2, kind: 'not taken' },
    { from: 1, to: -1, kind: 'taken' },
    { from: 2, to: 1, kind: 'taken' },
  ],
  cut: false,
};

describe('the model of the panel "Blocks"', () => {
  it('shortens long blocks in the middle, and never leaves out a site', () => {
    const few = Array.from({ length: 18 }, (_, i) => line(i));
    assert.equal(shorten(few).length, 18);
    const many = Array.from({ length: 100 }, (_, i) => line(i, i === 50 ? 'wait' : 'innocuous'));
    const shown = shorten(many);
    assert.deepEqual(shown.map(textOfLine).slice(8, 13), [
      'instruction 8',
      '… 41 more …',
      'instruction 50',
      '… 44 more …',
      'instruction 95',
    ]);
    const left = shown.reduce((sum, part) => sum + ('leftOut' in part ? part.leftOut : 1), 0);
    assert.equal(left, 100);
  });

  it('makes boxes wide enough for what stands in them', () => {
    const boxes = boxesOf(GRAPH, 7);
    assert.deepEqual(
      boxes.map(({ id }) => id),
      [1, 2, -1],
    );
    assert.ok(boxes[0].width > 'instruction 4100'.length * 7);
    assert.ok(boxes[1].height > boxes[0].height - 1, 'the line of calls has its place');
  });

  it('says in words what a block is, and which blocks are next to it', () => {
    assert.equal(
      describeNode(GRAPH.nodes[0], 1234),
      'Block 0x00001000 start, 2 instructions, 1 callback sites (system register), executed 1,234 times',
    );
    assert.equal(describeNode(GRAPH.nodes[1], -1), 'Block 0x00002000, 1 instructions, no callback sites');
    const { out, into } = neighbours(GRAPH, 1);
    assert.deepEqual(out, [
      { id: 2, edge: 0 },
      { id: -1, edge: 1 },
    ]);
    assert.deepEqual(into, [{ id: 2, edge: 2 }]);
  });

  it('lists the same as rows', () => {
    const rows = sortBlocks(GRAPH, [7, 9], { column: 'count', descending: true });
    assert.deepEqual(
      rows.map(({ node: { id }, count, sites }) => [id, count, sites]),
      [
        [2, 9, 0],
        [1, 7, 1],
      ],
    );
    assert.equal(rows[1].goes, 'branch not taken 0x00002000, branch taken to ?');
  });

  it('has for every class, edge and use a sign beside its colour, no two alike', () => {
    const letters = SIGNED_CLASSES.map((cls) => classSign(cls).letters);
    assert.equal(new Set(letters).size, letters.length);
    const signs = Object.values(EDGES).map(({ dash, colour }) => `${dash.join()} ${colour}`);
    assert.equal(new Set(signs).size, signs.length);
    assert.equal(new Set(Object.values(USES).map(({ label }) => label)).size, 5);
  });

  it('draws heat from none to full on a scale of powers', () => {
    assert.deepEqual([heat(0, 10), heat(-1, 10), heat(10, 10)], [0, 0, 1]);
    assert.ok(heat(10, 1_000_000) > 0.1);
  });

  it('places pages side by side, with gaps where memory has gaps, and says what they hold', () => {
    const pages: MemoryPages = {
      addresses: Float64Array.of(0x1000, 0x2000, 0x8000),
      code: Float64Array.of(-1, 0x2000, -1),
      uses: Uint16Array.of(2048, 0, 0, 0, 0, 1948, 0, 20, 70, 10, 2000, 48, 0, 0, 0),
    };
    const { lefts, width } = placePages(pages.addresses);
    assert.deepEqual(lefts, [0, 1, 2.5]);
    assert.equal(width, 3.5);
    assert.equal(
      describePage(pages, 1),
      '0x00002000: 140 bytes innocuous, 40 bytes reached as data, 20 bytes callback sites',
    );
    assert.equal(describePage(pages, 0), '0x00001000: nothing');
  });
});

describe('the search of the panel "Blocks"', () => {
  it('knows an address from a word', () => {
    for (const [text, address] of [
      ['0x40008000', 0x4000_8000],
      ['40008000', 0x4000_8000],
      ['0xadd', 0xadd],
      ['add', undefined],
      ['mrs r0', undefined],
      ['', undefined],
    ] as const)
      assert.equal(addressOf(text).at(0)?.address, address, text);
  });

  it('asks until all code was looked at, and forgets what nobody waits for any more', async () => {
    const asked: number[] = [];
    let changes = 0;
    const search = new Search(
      {
        symbols: (filter) => Promise.resolve([{ name: `${filter}_all`, address: 1, size: 0 }]),
        findCode: (text, from) => {
          asked.push(from);
          const found = [{ address: 0x100 + from, text }];
          return Promise.resolve(from < 2 ? { found, next: from + 1 } : { found });
        },
      },
      () => changes++,
    );
    await search.start('mrs');
    assert.deepEqual(asked, [0, 1, 2]);
    assert.deepEqual(
      search.found.map(({ label }) => label),
      ['mrs_all', 'mrs', 'mrs', 'mrs'],
    );
    assert.equal(search.busy, false);
    assert.ok(changes >= 4);
    const first = search.start('old');
    await search.start('new');
    await first;
    assert.ok(search.found.every(({ label }) => label.startsWith('new')));
  });
});

describe('breakpoints as panels show them', () => {
  it('tells own ones, switched off ones and others apart, and toggles only its own', () => {
    const own = [
      { address: 8, enabled: true },
      { address: 12, enabled: false },
    ];
    assert.deepEqual(
      [4, 8, 12, 16].map((address) => breakpointAt(own, address, address !== 4)),
      ['none', 'enabled', 'disabled', 'elsewhere'],
    );
    assert.equal(toggled(8, 'enabled').to, 'none');
    assert.equal(toggled(16, 'elsewhere').to, 'enabled');
  });
});
