/** What the panel "Memory" finds, and what it marks as changed. */
import assert from 'node:assert/strict';
import type { SearchQuery, SearchResult } from '../../src/protocol/views/memory.js';
import { Changes, FRESH_MS } from '../../src/webview/memory/changes.js';
import { Window } from '../../src/webview/memory/model.js';
import { legsOf, Search, type Sought } from '../../src/webview/memory/search.js';

const SOUGHT: Sought = {
  space: 'guest',
  rights: 'nobody',
  pattern: Uint8Array.of(1, 2),
  anyCase: false,
  align: 1,
  backwards: false,
};
const LIMITS = { first: 0, end: 0x100 };
const limits = () => Promise.resolve(LIMITS);

describe('webview/memory/search', () => {
  /** Answers as a session does that looks at 16 addresses at a time. */
  function searching(matches: readonly number[]) {
    const asked: SearchQuery[] = [];
    const ask = (query: SearchQuery): Promise<SearchResult> => {
      asked.push(query);
      const { from, first, end, backwards } = query;
      for (let i = 0, at = from; i < 16; i++, at += backwards ? -1 : 1) {
        if (at < first || at >= end) return Promise.resolve({});
        if (matches.includes(at)) return Promise.resolve({ found: at });
      }
      return Promise.resolve({ next: from + (backwards ? -16 : 16) });
    };
    return { asked, search: new Search(ask, () => undefined) };
  }

  it('goes from the cursor to an end, and on from the other', () => {
    assert.deepEqual(legsOf(LIMITS, 0x20, false), [
      { from: 0x21, first: 0, end: 0x100 },
      { from: 0, first: 0, end: 0x21 },
    ]);
    assert.deepEqual(legsOf(LIMITS, 0x20, true), [
      { from: 0x1f, first: 0, end: 0x100 },
      { from: 0xff, first: 0x1f, end: 0x100 },
    ]);
    assert.equal(legsOf(LIMITS, 0x900, false)[0].from, 0, 'the cursor is elsewhere');
    assert.equal(legsOf(LIMITS, 0x900, true)[0].from, 0xff);
  });

  it('finds the next, the previous, and those beyond the end', async () => {
    const { search } = searching([0x10, 0x80]);
    assert.equal(await search.start(SOUGHT, limits, 0x20, 2 ** 32), 0x80);
    assert.deepEqual(
      [search.busy, search.text, search.found],
      [false, 'Found at 0x00000080.', { first: 0x80, end: 0x82 }],
    );
    assert.equal(await search.start(SOUGHT, limits, 0x80, 2 ** 32), 0x10);
    assert.equal(await search.start({ ...SOUGHT, backwards: true }, limits, 0x80, 2 ** 32), 0x10);
    assert.equal(await search.start({ ...SOUGHT, backwards: true }, limits, 0x10, 2 ** 32), 0x80);
  });

  it('says what is not there, and what went wrong', async () => {
    const { search, asked } = searching([]);
    assert.equal(await search.start(SOUGHT, limits, 0x20, 2 ** 32), undefined);
    assert.deepEqual([search.text, search.found, search.busy], ['Not found.', undefined, false]);
    assert.ok(asked.length > 16, 'a piece at a time');
    await search.start(SOUGHT, () => Promise.reject(new Error('There is no symbol x.')), 0, 2 ** 32);
    assert.deepEqual([search.text, search.busy], ['There is no symbol x.', false]);
  });

  it('gives way to its end, and to another search', async () => {
    const { search, asked } = searching([0xff]);
    const first = search.start(SOUGHT, limits, 0, 2 ** 32);
    search.end('Cancelled.');
    assert.equal(await first, undefined);
    assert.deepEqual([search.text, search.found], ['Cancelled.', undefined]);
    const before = asked.length;
    const second = search.start(SOUGHT, limits, 0, 2 ** 32);
    assert.equal(await search.start(SOUGHT, limits, 0xfe, 2 ** 32), 0xff);
    assert.equal(await second, undefined);
    assert.ok(asked.length - before < 4, 'the one before goes no further');
  });
});

describe('webview/memory/changes', () => {
  const bytes = (...values: number[]): Window =>
    Window.of({
      address: 0x100,
      bytes: Uint8Array.from(values),
      pieces: [{ address: 0x100, length: values.length, kind: 'bytes', name: 'RAM' }],
      symbols: [],
    });
  const at = (instructions: number) => ({ stopped: true, instructions });

  it('marks what is different from the moment before, for a while', () => {
    const changes = new Changes();
    assert.equal(changes.take(bytes(1, 2), 'guest', at(1), 0), true);
    assert.equal(changes.anyFresh, false, 'nothing was there before');
    assert.equal(changes.take(bytes(1, 2), 'guest', at(1), 10), false, 'nothing to draw');
    assert.equal(changes.take(bytes(1, 9), 'guest', at(1), 20), true);
    assert.deepEqual([changes.isFresh(0x100), changes.isFresh(0x101)], [false, true]);
    assert.equal(changes.take(bytes(1, 9), 'guest', at(1), 21 + FRESH_MS), true, 'the mark goes');
    assert.equal(changes.isFresh(0x101), false);
  });

  it('marks what is different from the last stop', () => {
    const changes = new Changes();
    changes.take(bytes(1, 2), 'guest', at(1), 0);
    changes.take(bytes(1, 9), 'guest', at(2), 0);
    changes.fade();
    assert.deepEqual([changes.isDifferent(0x100), changes.isDifferent(0x101)], [false, true]);
    assert.equal(changes.anyFresh, false);
    changes.clear();
    changes.take(bytes(1, 9), 'guest', at(2), 0);
    assert.equal(changes.isDifferent(0x101), false);
  });

  it('takes bytes of another space for no change', () => {
    const changes = new Changes();
    changes.take(bytes(1, 2), 'guest', at(1), 0);
    assert.equal(changes.take(bytes(3, 4), 'physical', at(1), 0), true);
    assert.deepEqual([changes.anyFresh, changes.isDifferent(0x100)], [false, false]);
  });
});
