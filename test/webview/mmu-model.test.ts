/** The model of the panel "MMU": pages of ranges put together, changes, what shadow tables cover, the map. */
import assert from 'node:assert/strict';
import type { MmuRange, RangeQuery } from '../../src/protocol/views/mmu.js';
import { allRanges, append, cells, covered, kindOf, mark, sizeText, within } from '../../src/webview/mmu/model.js';
import { range } from './mmu-ranges.js';

const MIB = 0x10_0000;

describe('webview/mmu/model', () => {
  it('makes one range of what a question has cut', () => {
    const ranges: MmuRange[] = [];
    append(ranges, { ranges: [range(0, 0x1000), range(0x5000, 0x1000)], next: 0x6000 });
    append(ranges, { ranges: [range(0x6000, 0x2000)], next: 0x8000 });
    append(ranges, { ranges: [range(0x8000, 0x1000, { pa: 0x9000 })], next: 0x9000 });
    append(ranges, { ranges: [], next: 0xa000 });
    append(ranges, { ranges: [range(0xa000, 0x1000), range(0xb000, 0x1000, { PL0: 'r--' })], next: 0xc000 });
    assert.deepEqual(
      ranges.map(({ address, length, pieces }) => [address, length, pieces]),
      [
        [0, 0x1000, 1],
        [0x5000, 0x4000, 2],
        [0xa000, 0x1000, 1],
        [0xb000, 0x1000, 1],
      ],
    );
  });

  it('asks for all ranges of a stretch, page by page', async () => {
    const asked: RangeQuery[] = [];
    const ask = (query: RangeQuery) => {
      asked.push(query);
      return Promise.resolve({ ranges: [range(query.first, 0x1000)], next: query.first + 0x1000 });
    };
    const found = await allRanges(ask, { space: 'guest', first: 0x1000, end: 0x3000, contiguous: true });
    assert.deepEqual(
      asked.map(({ first, end, contiguous }) => [first, end, contiguous]),
      [
        [0x1000, 0x3000, true],
        [0x2000, 0x3000, true],
      ],
    );
    assert.deepEqual(
      found.map(({ address, length }) => [address, length]),
      [[0x1000, 0x2000]],
    );
  });

  it('marks what is new, changed and gone', () => {
    const before = [range(0, 0x1000), range(0x2000, 0x1000), range(0x4000, 0x1000)];
    const now = [range(0, 0x1000), range(0x2000, 0x2000), range(0x8000, 0x1000)];
    assert.deepEqual(
      mark(now, before).map(({ range: { address }, change }) => [address, change]),
      [
        [0, undefined],
        [0x2000, 'changed'],
        [0x4000, 'gone'],
        [0x8000, 'new'],
      ],
    );
    assert.ok(mark(now, undefined).every(({ change }) => change === undefined));
    assert.equal(mark([range(0, 0x1000, { pa: 0x7000 })], before)[0].change, 'changed');
    assert.equal(mark([range(0, 0x1000, { PL0: 'r--' })], before)[0].change, 'changed');
  });

  it('cuts ranges, and counts what they cover', () => {
    const shadow = [range(0x1000, 0x2000), range(0x8000, 0x1000, { fault: 'Access flag fault, level 2' })];
    assert.equal(covered(shadow, 0, 0x10000), 0x2000);
    assert.equal(covered(shadow, 0x2000, 0x800), 0x800);
    assert.deepEqual(
      within(shadow, 0x1800, 0x800).map(({ address, length, pa }) => [address, length, pa]),
      [[0x1800, 0x800, 0x1800]],
    );
  });

  it('has a cell for each MiB, of the kind that has most of it', () => {
    const map = cells([
      { range: range(0, 2 * MIB) },
      { range: range(3 * MIB, 0x1000, { PL1: 'r--' }) },
      { range: range(3 * MIB + 0x1000, 0x2000, { PL1: 'rw-' }), change: 'new' },
      { range: range(5 * MIB, MIB), change: 'gone' },
    ]);
    assert.equal(map.length, 4096);
    assert.deepEqual(
      map.slice(0, 3).map(({ kind, share }) => [kind, share]),
      [
        ['code', 1],
        ['code', 1],
        ['none', 0],
      ],
    );
    assert.deepEqual([map[3].kind, map[3].changed, map[3].share], ['data', true, 3 / 256]);
    assert.deepEqual([map[5].kind, map[5].changed], ['none', true]);
    assert.equal(kindOf(range(0, 1, { PL1: '---' })), 'closed');
    assert.equal(kindOf(range(0, 1, { attributes: 'Device, Shareable', target: 'pl011', PL1: 'rw-' })), 'device');
  });

  it('says sizes as people do', () => {
    assert.deepEqual([2 ** 30, MIB, 0x3000, 100].map(sizeText), ['1 GiB', '1 MiB', '12 KiB', '100 B']);
  });
});
