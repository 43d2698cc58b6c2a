import assert from 'node:assert/strict';
import type { InterruptLineInfo } from '../../src/protocol/views/interrupts.js';
import { zoomed } from '../../src/webview/common/stretch.js';
import { barsIn, BOUNDS, linesIn, marksIn, ticksIn } from '../../src/webview/interrupts/lanes.js';
import {
  arrange,
  deedsFor,
  deedWords,
  EventLog,
  lineName,
  lineState,
  type InterruptEvent,
} from '../../src/webview/interrupts/model.js';

const UART: InterruptLineInfo = {
  line: 33,
  label: 'SPI 1',
  name: 'pl011',
  node: '/pl011@9000000',
  level: false,
  held: false,
  enabled: true,
  pending: false,
  active: false,
  trigger: 'level',
  signal: 'IRQ',
  priority: 0xa0,
  group: 0,
  targets: 1,
  raised: 3,
  acknowledged: 2,
};
const TIMER: InterruptLineInfo = {
  ...UART,
  line: 27,
  label: 'PPI 11',
  name: 'virtual timer',
  node: '/timer',
  level: true,
  pending: true,
  raised: 9,
};

describe('the log of interrupt events', () => {
  it('puts pages together, and knows how long ago a line was raised', () => {
    const log = new EventLog();
    log.add({ first: 1, kinds: [0, 2], lines: [27, 27], at: [100, 100] }, 50);
    assert.equal(log.known, 2);
    log.add({ first: 3, kinds: [3, 4], lines: [27, 27], at: [118, 180] }, 50);
    assert.deepEqual(
      log.all.map(({ kind, at, since }) => [kind, at, since]),
      [
        ['raise', 100, undefined],
        ['inject', 100, 0],
        ['acknowledge', 118, 18],
        ['end', 180, 80],
      ],
    );
    // an empty page says nothing new
    log.add({ first: 5, kinds: [], lines: [], at: [] }, 50);
    assert.deepEqual([log.known, log.all.length], [4, 4]);
  });

  it('forgets what came before another recording, or before a gap', () => {
    const log = new EventLog();
    log.add({ first: 1, kinds: [0], lines: [27], at: [100] }, 50);
    log.add({ first: 2, kinds: [3], lines: [27], at: [900] }, 800);
    assert.deepEqual(
      log.all.map(({ kind, since }) => [kind, since]),
      [['acknowledge', undefined]],
    );
    log.add({ first: 9, kinds: [0], lines: [27], at: [2000] }, 800);
    assert.deepEqual(
      log.all.map(({ sequence }) => sequence),
      [9],
    );
  });
});

describe('lines of the panel', () => {
  it('are found by any word, and sorted by any column', () => {
    const all = [UART, TIMER];
    const ids = (text: string, column: string, descending = false) =>
      arrange(all, text, { column, descending }).map(({ line }) => line);
    assert.deepEqual(ids('', 'line'), [27, 33]);
    assert.deepEqual(ids('', 'raised', true), [27, 33]);
    assert.deepEqual(ids('', 'name'), [33, 27]);
    assert.deepEqual(ids('pl011 enabled', 'line'), [33]);
    assert.deepEqual(ids('PENDING', 'line'), [27]);
    assert.deepEqual(ids('no such thing', 'line'), []);
  });

  it('are told in words', () => {
    assert.equal(lineName(UART), '33, SPI 1 (pl011)');
    assert.equal(lineName({ ...UART, line: 57, label: 'GPU IRQ 57' }), 'GPU IRQ 57 (pl011)');
    assert.equal(lineState(TIMER), 'enabled, pending, input high');
    assert.equal(lineState({ ...UART, held: true, level: true, enabled: false }), 'disabled, held high by hand');
  });

  it('say what a hand can do, and what that does', () => {
    assert.deepEqual(deedsFor(UART), ['high']);
    assert.deepEqual(deedsFor({ ...UART, trigger: 'edge' }), ['high', 'pulse']);
    assert.deepEqual(deedsFor({ ...UART, held: true }), ['low']);
    assert.deepEqual(deedsFor({ ...UART, trigger: 'software', pending: true }), ['low']);
    assert.match(deedWords('high', UART, 1234), /33, SPI 1 \(pl011\) goes high at instruction 1,234 and stays so/);
    assert.match(deedWords('high', { ...UART, enabled: false }, 1), /disabled, so the guest is not interrupted/);
    for (const deed of ['high', 'low', 'pulse'] as const) assert.match(deedWords(deed, UART, 1), /same run/);
  });
});

describe('the lanes of the timeline', () => {
  const event = (kind: InterruptEvent['kind'], line: number, at: number): InterruptEvent => ({
    sequence: at,
    kind,
    line,
    at,
    since: undefined,
  });
  const events = [
    event('raise', 27, 100),
    event('inject', 27, 100),
    event('acknowledge', 27, 120),
    event('raise', 33, 150),
    event('end', 27, 180),
    event('lower', 33, 190),
    event('raise', 27, 700),
  ];
  const stretch = { start: 0, end: 1000 };

  it('are those of lines with events in sight', () => {
    assert.deepEqual(linesIn(events, stretch), [27, 33]);
    assert.deepEqual(linesIn(events, { start: 140, end: 160 }), [33]);
    assert.deepEqual(linesIn(events, { start: 300, end: 400 }), []);
  });

  it('have bars from raised to acknowledged to ended', () => {
    assert.deepEqual(barsIn(events, [27, 33], stretch, 100), [
      { kind: 'waiting', lane: 0, from: 0.1, to: 0.12 },
      { kind: 'served', lane: 0, from: 0.12, to: 0.18 },
      { kind: 'waiting', lane: 1, from: 0.15, to: 0.19 },
      { kind: 'waiting', lane: 0, from: 0.7, to: 1 },
    ]);
  });

  it('have one bar for what falls into one column', () => {
    const many = Array.from({ length: 50 }, (_, i) => [
      event('raise', 27, 10 * i),
      event('end', 27, 10 * i + 1),
    ]).flat();
    assert.equal(barsIn(many, [27], stretch, 1000).length, 50);
    assert.equal(barsIn(many, [27], stretch, 10).length, 5);
  });

  it('have one mark for what falls together', () => {
    assert.equal(marksIn(events, [27, 33], stretch, 1000).length, 7);
    // of the two raises of line 27 one is left in a single column
    assert.equal(marksIn(events, [27, 33], stretch, 1).length, 6);
  });

  it('have an axis with round numbers, and zoom about a place', () => {
    assert.deepEqual(ticksIn({ start: 95, end: 1010 }, 5), [200, 400, 600, 800, 1000]);
    assert.deepEqual(ticksIn({ start: 0, end: 20 }, 1000).length, 20, 'no parts of instructions');
    assert.deepEqual(zoomed({ start: 100, end: 200 }, 0.5, 150, BOUNDS), { start: 125, end: 175 });
    assert.deepEqual(zoomed({ start: 100, end: 200 }, 4, 150, BOUNDS), { start: 0, end: 400 });
    assert.deepEqual(zoomed({ start: 100, end: 200 }, 0.01, 150, BOUNDS), { start: 140, end: 160 });
  });
});
