import assert from 'node:assert/strict';
import type { InstructionInfo } from '../../src/protocol/model.js';
import { Lines } from '../../src/webview/image/lines.js';

const at = (address: number): InstructionInfo => ({ address, isa: 'A32', bytes: '0000a0e1', text: 'nop' });
const from = (first: number, count: number): InstructionInfo[] =>
  Array.from({ length: count }, (_, i) => at(first + 4 * i));
const show = (lines: Lines): string =>
  lines.rows.map((row) => (row.kind === 'label' ? `${row.name}:` : row.info.address.toString(16))).join(' ');

describe('image editor: lines', () => {
  it('puts labels before their instructions', () => {
    const lines = new Lines(new Map([[4, ['main', 'entry']]]));
    lines.show(from(0, 2));
    assert.equal(show(lines), '0 main: entry: 4');
    assert.equal(lines.rowOf(4), 3);
  });

  it('grows at both ends without doubling, until the ends are reached', () => {
    const lines = new Lines(new Map());
    lines.show(from(0x20, 2));
    assert.equal(lines.after, 0x28);
    lines.append(from(0x28, 1));
    assert.equal(lines.before, 0x20);
    assert.equal(lines.prepend(from(0x18, 3)), 2, 'the one that was there already is not put in front again');
    assert.equal(show(lines), '18 1c 20 24 28');
    lines.append([]);
    assert.equal(lines.after, undefined);
    lines.prepend([]);
    assert.equal(lines.before, undefined);
  });

  it('are walked by instruction, from end to end', () => {
    const lines = new Lines(new Map([[4, ['main']]]));
    assert.equal(lines.step(undefined, 1), undefined);
    lines.show(from(0, 5));
    assert.equal(lines.step(undefined, 1), 0, 'the first one, where none is known');
    assert.equal(lines.step(0, 1), 4);
    assert.equal(lines.step(8, -1), 4);
    assert.equal(lines.step(4, -1), 0);
    assert.equal(lines.step(4, 20), 16);
    assert.equal(lines.step(4, -20), 0);
  });
});
