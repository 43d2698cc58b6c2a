/** What the panel "Blocks" knows of memory, and what it says. */
import assert from 'node:assert/strict';
import type { BlocksAnswer, MemoryMapQuery } from '../../src/protocol/views/blocks.js';
import { MEMORY_PAGE, MEMORY_USES } from '../../src/protocol/views/blocks.js';
import { AnalysedMemory } from '../../src/webview/blocks/analysed.js';
import { countedWords, pcWords, sizeWords, whyNone } from '../../src/webview/blocks/words.js';

describe('webview/blocks/analysed', () => {
  const CODE = MEMORY_USES.indexOf('innocuous');
  /** Three pages; the first two have code at other addresses, with instructions at halfwords 8 and 100. */
  const pages = {
    addresses: Float64Array.of(0x4000, 0x5000, 0x9000),
    code: Float64Array.of(0xc000_4000, 0xc000_5000, -1),
    uses: new Uint16Array(3 * MEMORY_USES.length),
  };
  const detail = new Uint8Array(MEMORY_PAGE / 2);
  detail[8] = detail[100] = CODE;

  function remembering() {
    const asked: MemoryMapQuery[] = [];
    const memory = new AnalysedMemory((query) => {
      asked.push(query);
      const { known, page } = query;
      return Promise.resolve({
        version: 7,
        more: false,
        ...(known !== 7 && { pages }),
        ...(page !== undefined && { detail: page === 0x9000 ? new Uint8Array(MEMORY_PAGE / 2) : detail }),
      });
    });
    return { asked, memory };
  }

  it('shows the page of the code that is looked at', async () => {
    const { asked, memory } = remembering();
    await memory.load();
    assert.equal(memory.takePicked(), undefined);
    assert.equal(memory.follow(0xc000_5010), true);
    assert.deepEqual([memory.page, memory.detail], [0x5000, undefined]);
    await memory.load();
    assert.equal(memory.detail, detail);
    assert.equal(memory.pages, pages, 'what still holds is not sent again');
    assert.equal(memory.follow(0xc000_5ffe), false, 'it is shown already');
    assert.equal(memory.follow(0x1234), false, 'there is no such page');
    assert.deepEqual(asked, [{ known: 0 }, { known: 7, page: 0x5000 }]);
  });

  it('leads to the code of a page that was picked, and stays there', async () => {
    const { memory } = remembering();
    await memory.load();
    memory.pick(0x4000 + 0x20);
    assert.equal(memory.takePicked(), undefined, 'it is not loaded yet');
    await memory.load();
    assert.deepEqual(memory.takePicked(), { address: 0xc000_4000 + 200 });
    assert.equal(memory.takePicked(), undefined, 'once');
    assert.equal(memory.follow(0xc000_5010), false);
    memory.pick(0x4000 + 0x800);
    assert.deepEqual(memory.takePicked(), { address: 0xc000_4000 + 16 }, 'nothing is behind it');
    memory.release();
    assert.equal(memory.follow(0xc000_5010), true);
  });

  it('leads nowhere from a page without code', async () => {
    const { memory } = remembering();
    await memory.load();
    memory.pick(0x9000);
    await memory.load();
    assert.deepEqual(memory.takePicked(), { address: undefined });
  });

  it('forgets another guest', async () => {
    const { asked, memory } = remembering();
    await memory.load();
    memory.pick(0x4000);
    memory.clear();
    await memory.load();
    assert.deepEqual(asked.at(-1), { known: 0 });
    assert.equal(memory.takePicked(), undefined);
  });
});

describe('webview/blocks/words', () => {
  const answer: BlocksAnswer = {
    version: 1,
    more: false,
    pc: 0x4001_0000,
    pcNode: 1,
    pcScanned: true,
    user: false,
    center: 0x4001_0000,
    counts: [-1],
    taken: [],
  };
  const graph = { nodes: [], stubs: [], edges: [], cut: true };

  it('say where the PC is', () => {
    assert.equal(pcWords(answer, graph), 'PC 0x40010000');
    assert.equal(pcWords({ ...answer, pcSymbol: 'main+4', user: true }, graph), 'PC 0x40010000 main+4, user code');
    assert.match(pcWords({ ...answer, pcScanned: false }, graph), /not scanned yet/);
    assert.match(pcWords({ ...answer, pcNode: 0 }, graph), /outside of this graph/);
    assert.equal(pcWords({ ...answer, pcNode: 0 }, undefined), 'PC 0x40010000');
    assert.equal(pcWords({ ...answer, pcScanned: false }, undefined), 'PC 0x40010000', 'said in its place');
    assert.equal(sizeWords(graph), '0 blocks, and there are more');
  });

  it('say what is counted', () => {
    assert.equal(countedWords({ since: 0, counts: [] }), 'Executions of the whole run');
    assert.equal(countedWords({ since: 1234, counts: [] }), 'Executions since instruction 1,234');
    assert.match(countedWords({ since: 5, later: 2, counts: [] }), /, of 2 blocks since they came into the graph$/);
    assert.match(countedWords({ counts: [-1, 3] }), /callback sites/);
    assert.equal(countedWords({ counts: [-1] }), '');
  });

  it('say why there is no graph', () => {
    assert.equal(whyNone('hello', undefined, undefined), 'Reading the blocks of hello…');
    assert.match(whyNone('hello', undefined, { ...answer, user: true }), /user code at 0x40010000/);
    assert.match(whyNone('hello', 0x8000, { ...answer, none: 'unmapped' }), /lead from 0x00008000 to no memory/);
    assert.match(whyNone('hello', undefined, answer), /No scanned code at 0x40010000 yet/);
  });
});
