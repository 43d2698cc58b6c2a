import assert from 'node:assert/strict';
import type { TrapsEvent } from '../../src/protocol/api.js';
import type { TrapInfo } from '../../src/protocol/model.js';
import { scrollToRow, visibleRows } from '../../src/webview/common/window.js';
import { gapSize, MOST_ROWS, TrapsModel, type Row } from '../../src/webview/traps/model.js';

function trap(sequence: number, text = 'mrs r0, apsr'): TrapInfo {
  return {
    sequence,
    count: sequence * 10,
    pc: 0x8000,
    isa: 'A32',
    word: 0,
    text,
    cls: text === 'wfi' ? 'wait' : 'status-register',
    cause: 'SVC',
    verdict: 'emulate',
    modeBefore: 'svc',
    modeAfter: 'svc',
    changed: [],
  };
}

function event(first: number, last: number, cleared = false): TrapsEvent {
  const records = Array.from({ length: last - first + 1 }, (_, i) => trap(first + i));
  const classes = [{ cls: 'status-register', count: last, rate: 0, dropped: 0, unrecorded: 0 }];
  return { records, classes, total: last, cleared };
}

/** `5 4 (2) 1`: sequences, and gaps by their size. */
function show(rows: readonly Row[]): string {
  return rows.map((row) => (row.kind === 'trap' ? row.trap.sequence : `(${gapSize(row)})`)).join(' ');
}

describe('traps view: model', () => {
  it('lists the newest first', () => {
    const model = new TrapsModel();
    model.live(event(1, 2, true), false);
    model.live(event(3, 3), false);
    assert.equal(show(model.rows), '3 2 1');
    assert.equal(model.total, 3);
  });

  it('asks on below the first batch of a session that runs already', () => {
    const model = new TrapsModel();
    model.live(event(501, 502, true), false);
    assert.equal(show(model.rows), '502 501');
    assert.deepEqual(model.older, { before: 501 });
  });

  it('marks what the live feed left out, and merges gaps', () => {
    const model = new TrapsModel();
    model.live(event(1, 1, true), false);
    model.live(event(11, 12), false);
    assert.equal(show(model.rows), '12 11 (9) 1');
    model.setFilter({ text: 'wfi' });
    model.live(event(20, 21), false);
    model.live(event(30, 31), false);
    // between and in the batches nothing matched, so one gap covers what nobody looked at
    assert.equal(show(model.rows), '(17)');
  });

  it('fills a gap from its newer end, as far as a page goes', () => {
    const model = new TrapsModel();
    model.live(event(1, 1, true), false);
    model.live(event(8, 8), false);
    const gap = model.rows[1];
    assert.ok(gap.kind === 'gap');
    model.fill(gap, { records: [trap(7), trap(6), trap(5)], more: true, next: 5 });
    assert.equal(show(model.rows), '8 7 6 5 (3) 1');
    const rest = model.rows[4];
    assert.ok(rest.kind === 'gap');
    model.fill(rest, { records: [trap(4), trap(3), trap(2), trap(1)], more: false, next: 1 });
    assert.equal(show(model.rows), '8 7 6 5 4 3 2 1');
  });

  it('holds new rows back while the user looks at old ones', () => {
    const model = new TrapsModel();
    model.live(event(1, 2, true), false);
    model.live(event(3, 4), true);
    model.live(event(9, 9), true);
    assert.equal(show(model.rows), '2 1');
    assert.equal(model.waiting, 7);
    model.release();
    assert.equal(show(model.rows), '9 (4) 4 3 2 1');
    assert.equal(model.waiting, 0);
  });

  it('keeps a bounded number of rows, and knows where to ask on', () => {
    const model = new TrapsModel();
    model.live(event(1, 200, true), false);
    for (let first = 201; first <= 10_000; first += 200) model.live(event(first, first + 199), false);
    assert.equal(model.rows.length, MOST_ROWS);
    const last = model.rows[MOST_ROWS - 1];
    assert.ok(last.kind === 'trap');
    assert.deepEqual(model.older, { before: last.trap.sequence });
    for (let first = 10_001; first <= 20_000; first += 200) model.live(event(first, first + 199), true);
    assert.ok(model.held.length <= MOST_ROWS);
    assert.equal(model.waiting, 10_000);
  });

  it('appends older pages once', () => {
    const model = new TrapsModel();
    model.live(event(5, 6, true), false);
    model.setFilter({ cls: 'wait' });
    model.live(event(9, 9), false);
    model.rows.push({ kind: 'trap', trap: trap(9, 'wfi') });
    model.start({ records: [trap(4, 'wfi'), trap(3, 'wfi')], more: true, next: 3 });
    assert.equal(show(model.rows), '9 4 3');
    assert.deepEqual(model.older, { before: 3 });
    model.append({ records: [trap(3, 'wfi'), trap(2, 'wfi')], more: false, next: 2 });
    assert.equal(show(model.rows), '9 4 3 2');
    assert.equal(model.older, undefined);
  });

  it('knows how many records of what it shows are no longer kept', () => {
    const model = new TrapsModel();
    const classes = [
      { cls: 'device', count: 9000, rate: 0, dropped: 4904, unrecorded: 0 },
      { cls: 'wait', count: 10, rate: 0, dropped: 0, unrecorded: 0 },
    ];
    model.live({ records: [trap(9010)], classes, total: 9010, cleared: true }, false);
    assert.equal(model.dropped, 4904);
    model.setFilter({ cls: 'wait' });
    assert.equal(model.dropped, 0);
    model.setFilter({ cls: 'device' });
    assert.equal(model.dropped, 4904);
  });

  it('knows how many traps of what it shows left no record', () => {
    const model = new TrapsModel();
    const classes = [
      { cls: 'coprocessor', count: 700, rate: 0, dropped: 0, unrecorded: 690 },
      { cls: 'user-access', count: 5, rate: 0, dropped: 0, unrecorded: 5 },
      { cls: 'wait', count: 10, rate: 0, dropped: 3, unrecorded: 0 },
    ];
    model.live({ records: [trap(20)], classes, total: 715, cleared: true }, false);
    assert.deepEqual([model.unrecorded, model.dropped], [695, 3]);
    model.setFilter({ cls: 'coprocessor' });
    assert.deepEqual([model.unrecorded, model.dropped], [690, 0]);
    model.setFilter({ cls: 'wait' });
    assert.deepEqual([model.unrecorded, model.dropped], [0, 3]);
  });

  it('forgets everything when the records were cleared', () => {
    const model = new TrapsModel();
    model.live(event(1, 9, true), false);
    model.live({ records: [], classes: [], total: 0, cleared: true }, true);
    assert.equal(show(model.rows), '');
    model.live(event(1, 1), false);
    assert.equal(show(model.rows), '1');
  });
});

describe('lists of fixed row height', () => {
  it('draw what is seen and a little around it', () => {
    assert.deepEqual(visibleRows(0, 100, 20, 1000), { first: 0, end: 13 });
    assert.deepEqual(visibleRows(2000, 100, 20, 1000), { first: 92, end: 113 });
    assert.deepEqual(visibleRows(0, 100, 20, 3), { first: 0, end: 3 });
    assert.deepEqual(visibleRows(5000, 100, 20, 3), { first: 3, end: 3 });
  });

  it('scroll no further than needed', () => {
    assert.equal(scrollToRow(3, 0, 100, 20), 0);
    assert.equal(scrollToRow(5, 0, 100, 20), 20);
    assert.equal(scrollToRow(1, 100, 100, 20), 20);
  });
});
