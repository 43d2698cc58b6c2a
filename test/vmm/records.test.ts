import assert from 'node:assert/strict';
import { HISTORY_CAPACITY, RECORD_CAPACITY, TrapRecords, type TrapRecord } from '../../src/vmm/records.js';

const before = new Int32Array(17);
const after = new Int32Array(17);

/** Appends a record whose program counter tells it from the others. */
function append(records: TrapRecords, pc: number, count = pc, cls = 0): void {
  before.fill(0);
  after.fill(0);
  before[15] = pc;
  after[15] = pc + 4;
  records.append(count, 0, 1, 0xe10f0000, cls, 1, 1, 0, pc + 4, before, after);
}

describe('trap records', () => {
  it('hold what happened', () => {
    const records = new TrapRecords();
    for (let n = 0; n < 15; n++) before[n] = after[n] = n;
    after[3] = -1;
    after[14] = 0x8000_0000 | 0;
    before[15] = 0xffff_0008 | 0;
    after[15] = 0x4000_0100;
    before[16] = 0x6000_01d3;
    after[16] = 0x6000_0010;
    records.append(2 ** 40 + 5, 100, 3, 0xf3ef_8000 | 0, 7, 5, 2, 0x9000_0018, 0xffff_000c, before, after);
    const record = records.read(1)!;
    assert.deepEqual(
      { ...record, values: [...record.values] },
      {
        sequence: 1,
        count: 2 ** 40 + 5,
        ticks: 2 ** 40 + 105,
        pc: 0xffff_0008,
        isa: 'T32',
        word: 0xf3ef_8000,
        cls: 7,
        cause: 'SMC',
        verdict: 'inject',
        modeBefore: 0x13,
        modeAfter: 0x10,
        address: 0x9000_0018,
        changed: (1 << 3) | (1 << 14) | (1 << 15) | (1 << 16),
        values: [0, 0, 0, 0xffff_ffff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x8000_0000, 0x4000_0100, 0x6000_0010],
      },
    );
  });

  it('do not call going on behind the instruction a branch', () => {
    const records = new TrapRecords();
    append(records, 0xffff_fffc);
    assert.equal(records.read(1)!.changed, 0);
  });

  it('are numbered from one', () => {
    const records = new TrapRecords();
    assert.deepEqual([records.oldest, records.newest], [1, 0]);
    assert.equal(records.read(0), undefined);
    assert.equal(records.read(1), undefined);
    append(records, 4);
    assert.deepEqual([records.oldest, records.newest, records.read(1)?.pc, records.read(2)], [1, 1, 4, undefined]);
  });

  it('keep as many of a class as there is room for, and count the others', () => {
    const records = new TrapRecords();
    const total = RECORD_CAPACITY + 10;
    for (let i = 1; i <= total; i++) append(records, 4 * i, i);
    assert.deepEqual([records.oldest, records.newest], [11, total]);
    assert.deepEqual([records.kept(0), records.dropped(0), records.dropped(1)], [RECORD_CAPACITY, 10, 0]);
    assert.equal(records.read(10), undefined);
    assert.equal(records.read(total + 1), undefined);
    for (const sequence of [11, 12, RECORD_CAPACITY, RECORD_CAPACITY + 1, total]) {
      const record = records.read(sequence)!;
      assert.deepEqual([record.sequence, record.count, record.pc], [sequence, sequence, 4 * sequence]);
    }
  });

  it('of a rare class outlast any number of a frequent one, and are read in order', () => {
    const records = new TrapRecords();
    const rare = new Set<number>();
    const total = 5 * RECORD_CAPACITY;
    for (let i = 1; i <= total; i++) {
      const isRare = i % 1000 === 0;
      if (isRare) rare.add(i);
      append(records, i, i, isRare ? 13 : 9);
    }
    assert.equal(records.oldest, 1000);
    assert.equal(records.dropped(9), total - rare.size - RECORD_CAPACITY);
    assert.equal(records.dropped(13), 0);
    const frequent = Array.from({ length: total }, (_, i) => i + 1).filter((n) => !rare.has(n));
    const kept = [...rare, ...frequent.slice(-RECORD_CAPACITY)].sort((a, b) => a - b);
    const numbers = (found: readonly TrapRecord[]): number[] => found.map(({ sequence }) => sequence);
    assert.deepEqual(numbers(records.select(0, Infinity, Infinity)), kept);
    assert.deepEqual(numbers(records.select(0, Infinity, 7)), kept.slice(-7), 'the newest');
    assert.deepEqual(
      numbers(records.select(3000, total - 100, Infinity)),
      kept.filter((n) => n > 3000 && n < total - 100),
    );
    assert.deepEqual(numbers(records.select(0, 4000, 2)), [2000, 3000], 'backwards from a number');
    assert.deepEqual(numbers(records.select(2000, Infinity, Infinity, 13)), [...rare].slice(2), 'one class');
    assert.deepEqual(records.select(0, Infinity, Infinity, 5), []);
    for (const { sequence, cls, pc } of records.select(0, Infinity, Infinity)) {
      assert.deepEqual([cls, pc], [rare.has(sequence) ? 13 : 9, sequence]);
    }
  });

  it('tell when one that was not read yet is about to be lost', () => {
    const records = new TrapRecords();
    for (let i = 1; i <= RECORD_CAPACITY - 10; i++) append(records, i, i, 4);
    assert.equal(records.isShort(4, 0, 10), false);
    assert.equal(records.isShort(4, 0, 11), true);
    assert.equal(records.isShort(4, 1, 11), false, 'the first was read');
    assert.equal(records.isShort(5, 0, 11), false);
    for (let i = 1; i <= 100; i++) append(records, i, i, 4);
    const lost = 90;
    assert.equal(records.isShort(4, lost + 20, 20), false);
    assert.equal(records.isShort(4, lost + 19, 20), true);
  });

  it('are forgotten by clear, which numbers on', () => {
    const records = new TrapRecords();
    for (let i = 1; i <= RECORD_CAPACITY + 5; i++) append(records, 4 * i);
    records.clear();
    const next = RECORD_CAPACITY + 6;
    assert.deepEqual([records.oldest, records.newest, records.dropped(0)], [next, next - 1, 0]);
    assert.equal(records.read(next - 1), undefined);
    append(records, 0x600);
    assert.deepEqual([records.oldest, records.newest, records.read(next)?.pc], [next, next, 0x600]);
    assert.deepEqual(
      records.select(0, Infinity, Infinity).map(({ sequence }) => sequence),
      [next],
    );
  });

  it('keep the registers around each trap, however many of them changed', () => {
    const records = new TrapRecords();
    const total = 3000;
    const sets: { before: number[]; after: number[] }[] = [];
    for (let i = 0; i < total; i++) {
      for (let n = 0; n < 17; n++) {
        before[n] = i * 100 + n;
        // from no register to all of them
        after[n] = n < i % 18 ? -before[n] - 1 : before[n];
      }
      sets.push({ before: [...before].map((value) => value >>> 0), after: [...after].map((value) => value >>> 0) });
      records.append(i, 0, 1, 0, i % 2, 0, 0, 0, 0, before, after);
    }
    for (const sequence of [1, 2, 17, 18, 513, 1025, 2999, 3000]) {
      const found = records.registers(sequence)!;
      assert.deepEqual({ before: [...found.before], after: [...found.after] }, sets[sequence - 1], String(sequence));
    }
    assert.equal(records.registers(3001), undefined);
  });

  it('are a million where a long history is wanted, of which the oldest go first, but never the last thousands of a class', () => {
    const records = new TrapRecords();
    records.keepLong(true);
    const total = HISTORY_CAPACITY + 100_000;
    // a class that was busy only at the beginning
    for (let i = 1; i <= 6000; i++) append(records, i, i, 3);
    for (let i = 6001; i <= total; i++) append(records, i, i, i % 3 === 0 ? 9 : 4);
    assert.ok(records.kept(3) >= RECORD_CAPACITY && records.kept(3) < 6000, `${records.kept(3)} of the old class`);
    const kept = records.kept(3) + records.kept(4) + records.kept(9);
    assert.ok(kept <= HISTORY_CAPACITY && kept > HISTORY_CAPACITY - 3 * 512, String(kept));
    assert.equal(records.dropped(4) + records.dropped(9) + records.dropped(3), total - kept);
    const bytes = records.bytes;
    assert.ok(bytes < 160e6, `${bytes} bytes`);
    const first = total - 900_000;
    const found = records.select(first - 1, first + 5, Infinity);
    assert.deepEqual(
      found.map(({ sequence, pc, cls }) => [sequence, pc, cls]),
      [0, 1, 2, 3, 4].map((n) => [first + n, first + n, (first + n) % 3 === 0 ? 9 : 4]),
    );
    records.keepLong(false);
    assert.deepEqual(
      [3, 4, 9].map((cls) => records.kept(cls)),
      [RECORD_CAPACITY, RECORD_CAPACITY, RECORD_CAPACITY],
    );
    assert.ok(records.bytes < bytes / 20, 'the room is given back');
    assert.equal(records.read(total)?.pc, total);
    for (let i = 1; i <= 5000; i++) append(records, i, total + i, 4);
    assert.equal(records.kept(4), RECORD_CAPACITY);
    assert.equal(records.read(total + 5000)?.pc, 5000);
  });
});
