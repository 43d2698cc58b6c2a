/** The model of the panel "Memory": groups in both byte orders, what is typed over them, what is searched for, what differs from a stop. */
import assert from 'node:assert/strict';
import type { MemoryBytes } from '../../src/protocol/views/memory.js';
import { LastStop } from '../../src/webview/common/last-stop.js';
import {
  addressText,
  asciiOf,
  blocksAround,
  groupBytes,
  groupText,
  patternOf,
  pieceText,
  symbolAt,
  topFor,
  Window,
  type Layout,
} from '../../src/webview/memory/model.js';

const ANSWER: MemoryBytes = {
  address: 0x1000,
  bytes: Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0, 0, 0, 0),
  pieces: [
    { address: 0x1000, length: 8, kind: 'bytes', name: 'RAM', pa: 0x8000 },
    { address: 0x1008, length: 4, kind: 'device', name: 'pl011' },
  ],
  symbols: [{ address: 0x1004, name: 'word' }],
};
const layout = (group: Layout['group'], order: Layout['order']): Layout => ({ columns: 16, group, order });

describe('webview/memory/model', () => {
  const window = Window.of(ANSWER);

  it('scrolls as little as it takes, and leaves room above where somebody went', () => {
    const place = { top: 0x100, rows: 8, columns: 16 };
    assert.equal(topFor(0x17f, place, true), 0x100, 'the last row is in sight');
    assert.equal(topFor(0x185, place, false), 0x110);
    assert.equal(topFor(0x45, place, false), 0x40);
    assert.equal(topFor(0x485, place, true), 0x460);
    assert.equal(topFor(0x5, place, true), 0);
  });

  it('names an address by the symbol before it', () => {
    const symbols = new Map([
      [0x1000, 'main'],
      [0x1040, 'print'],
    ]);
    assert.equal(symbolAt(symbols, 0x1000), 'main');
    assert.equal(symbolAt(symbols, 0x103c), 'main+60');
    assert.equal(symbolAt(symbols, 0x1040), 'print');
    assert.equal(symbolAt(symbols, 0xfff), undefined);
  });

  it('shows groups in the order of their bytes, and none where there is no byte', () => {
    assert.equal(groupText(window, 0x1000, layout(1, 'little')), '11');
    assert.equal(groupText(window, 0x1000, layout(4, 'little')), '44332211');
    assert.equal(groupText(window, 0x1000, layout(4, 'big')), '11223344');
    assert.equal(groupText(window, 0x1008, layout(4, 'big')), '--------');
    assert.equal(window.value(0x1000, 8, 'little'), 0x8877665544332211n);
    assert.equal(window.value(0x1006, 4, 'little'), undefined);
    assert.equal(pieceText(ANSWER.pieces[1]), 'device pl011: looking does not read it');
    assert.equal(asciiOf(0x41) + asciiOf(0x07) + asciiOf(undefined), 'A. ');
  });

  it('makes bytes of digits typed over a group: what is shown again is what was typed', () => {
    for (const group of [1, 2, 4, 8] as const) {
      for (const order of ['little', 'big'] as const) {
        const digits = 'a1b2c3d4e5f60718'.slice(0, 2 * group);
        const bytes = groupBytes(digits, layout(group, order));
        const again = Window.of({
          address: 0,
          bytes,
          pieces: [{ address: 0, length: group, kind: 'bytes', name: '' }],
          symbols: [],
        });
        assert.equal(groupText(again, 0, layout(group, order)), digits);
      }
    }
    assert.deepEqual(groupBytes('5', layout(4, 'little')), Uint8Array.of(5, 0, 0, 0));
  });

  it('asks for whole blocks', () => {
    assert.deepEqual(blocksAround(0x10f0, 0x20), { address: 0x1000, length: 0x200 });
    assert.deepEqual(blocksAround(0x1000, 0x100), { address: 0x1000, length: 0x100 });
  });

  it('understands what is to be found, or says what would be understood', () => {
    assert.deepEqual(patternOf('bytes', 'de AD,be ef', 'little'), Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
    assert.deepEqual(patternOf('bytes', '0xdead', 'little'), Uint8Array.of(0xde, 0xad));
    assert.match(patternOf('bytes', 'dea', 'little') as string, /pairs/);
    assert.deepEqual(patternOf('text', 'hé', 'big'), Uint8Array.of(0x68, 0xc3, 0xa9));
    assert.deepEqual(patternOf('word', '0xe10f0001', 'little'), Uint8Array.of(1, 0, 0x0f, 0xe1));
    assert.deepEqual(patternOf('word', '0xe10f0001', 'big'), Uint8Array.of(0xe1, 0x0f, 0, 1));
    assert.deepEqual(patternOf('word', '-1', 'big'), Uint8Array.of(255, 255, 255, 255));
    assert.match(patternOf('word', '0x100000000', 'big') as string, /32 bits/);
    assert.match(patternOf('word', '12zz', 'big') as string, /32 bits/);
    assert.match(patternOf('text', ' ', 'big') as string, /Type/);
  });

  it('writes addresses with as many digits as they need', () => {
    assert.equal(addressText(0x40, 2 ** 32), '0x00000040');
    assert.equal(addressText(2 ** 33, 2 ** 40), '0x0200000000');
  });
});

describe('webview/common/last-stop', () => {
  const stopped = (instructions: number) => ({ stopped: true, instructions });
  const running = (instructions: number) => ({ stopped: false, instructions });

  it('compares with the stop before, or, of a guest that runs, with the last one', () => {
    const last = new LastStop<string>();
    assert.equal(last.before('a', stopped(1)), undefined);
    last.note('a', 'at 1', stopped(1));
    last.note('b', 'at 1', stopped(1));
    assert.equal(last.before('a', stopped(1)), undefined, 'this is the first');
    last.note('a', 'running', running(5));
    assert.equal(last.before('a', running(5)), 'at 1');
    assert.equal(last.countBefore(running(5)), 1);
    last.note('a', 'at 9', stopped(9));
    assert.equal(last.before('a', stopped(9)), 'at 1');
    assert.equal(last.countBefore(stopped(9)), 1);
    last.note('a', 'edited at 9', stopped(9));
    assert.equal(last.before('a', running(10)), 'edited at 9');
    assert.equal(last.before('b', running(10)), undefined, 'nobody looked at 9');
    last.clear();
    assert.equal(last.before('a', running(10)), undefined);
  });
});
