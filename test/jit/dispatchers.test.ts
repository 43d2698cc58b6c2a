/** Where cycles can be entered (regions/dispatchers.ts), of small graphs. */
import assert from 'node:assert/strict';
import { findEntrances } from '../../src/jit/regions/dispatchers.js';
import type { Block } from '../../src/jit/regions/flow.js';

/** The entrances of a graph: by name, where its edges lead; the first is the entry. */
function entrances(graph: Readonly<Record<string, string>>): readonly string[] {
  const blocks = Object.fromEntries(Object.keys(graph).map((name) => [name, { name } as unknown as Block]));
  const nameOf = (block: Block): string => (block as unknown as { name: string }).name;
  return findEntrances(Object.values(blocks), (block) => [...graph[nameOf(block)]].map((name) => blocks[name]))
    .map((found) => found.map(nameOf).sort().join(''))
    .sort();
}

describe('entrances of cycles', () => {
  it('are none where each cycle has one', () => {
    assert.deepEqual(entrances({ a: 'b', b: 'c', c: 'bcd', d: 'a' }), []);
    assert.deepEqual(entrances({ a: 'b', b: 'bc', c: '' }), []);
  });

  it('are the blocks that are entered from outside', () => {
    assert.deepEqual(entrances({ a: 'bc', b: 'c', c: 'bd', d: '' }), ['bc']);
    assert.deepEqual(entrances({ a: 'bce', b: 'c', c: 'd', d: 'e', e: 'b' }), ['bce']);
  });

  it('are found in cycles within others, whether these have one or several', () => {
    assert.deepEqual(entrances({ a: 'b', b: 'cd', c: 'd', d: 'cb' }), ['cd']);
    assert.deepEqual(entrances({ a: 'be', b: 'cd', c: 'd', d: 'ce', e: 'b' }), ['be', 'cd']);
  });

  it('do not have the entry of the region among those of a cycle that it leads to', () => {
    assert.deepEqual(entrances({ a: 'bc', b: 'ac', c: 'b' }), ['bc']);
  });
});
