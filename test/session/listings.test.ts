/** Listings of a real image: source lines between instructions, ways to the next part, and a search through all code. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { SymbolicInstruction } from '../../src/protocol/model.js';
import { Listings } from '../../src/session/listings.js';
import { root } from '../debug/builds.js';
import { file, launch } from '../debug/guests.js';

const RTOS = path.join(root, 'samples/rtos/rtos-virt.elf');

function listings(): Listings {
  return new Listings(launch({ program: file(RTOS) }).guest);
}

/** All that a search finds, step by step. */
function searchAll(text: string): SymbolicInstruction[] {
  const list = listings();
  const found: SymbolicInstruction[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const step = list.search(text, from);
    found.push(...step.found);
    assert.ok(step.next === undefined || step.next > from, `${step.next} after ${from}`);
    from = step.next;
  }
  return found;
}

describe('listings', () => {
  it('have a line for each source line that instructions are from, before them', () => {
    const list = listings();
    const [svc] = searchAll('cpsid');
    const place = list.at(svc.address);
    assert.ok(place);
    const { text, sources } = list.read(place.document);
    const lines = text.split('\n');
    const source = sources.filter(({ line }) => line < place.line).at(-1);
    assert.ok(source);
    assert.match(source.path, /\.[cShs]$/);
    assert.equal(lines[source.line - 1], `; ${path.basename(source.path)}:${source.sourceLine}`);
    const beside = fs.readFileSync(path.join(root, 'samples/rtos', source.path.split('/').slice(-2).join('/')), 'utf8');
    assert.match(beside.split('\n')[source.sourceLine - 1], /cpsid/i);
    // breakpoints go past it
    assert.equal(list.addressOf(place.document, source.line)?.line, source.line + 1);
  });

  it('lead to the parts before and behind', () => {
    const list = listings();
    const start = list.at(searchAll('')[0].address);
    assert.ok(start);
    const seen = [start.document];
    for (;;) {
      const { text } = list.read(seen[seen.length - 1]);
      const next = /^; goes on at (0x[0-9a-f]{8})$/m.exec(text);
      if (next === null) break;
      const place = list.at(Number(next[1]));
      assert.ok(place);
      const back = /^; before this: (0x[0-9a-f]{8})$/m.exec(list.read(place.document).text);
      assert.equal(list.at(Number(back?.[1]))?.document, seen[seen.length - 1]);
      seen.push(place.document);
    }
    assert.ok(seen.length > 1, 'the kernel is longer than a window');
    assert.equal(new Set(seen).size, seen.length);
  });

  it('can be searched by instruction, word and symbol, all code through', () => {
    const all = searchAll('');
    const returns = searchAll('RFE');
    assert.ok(returns.length > 0 && returns.length < all.length);
    assert.ok(returns.every(({ text }) => text.startsWith('rfe')));
    assert.deepEqual(
      returns,
      all.filter(({ text, symbol }) => `${text} ${symbol ?? ''}`.toLowerCase().includes('rfe')),
    );
    assert.ok(searchAll('aes_').every(({ text, symbol }) => `${text} ${symbol ?? ''}`.includes('aes_')));
    assert.deepEqual(searchAll('no such thing'), []);
  });
});
