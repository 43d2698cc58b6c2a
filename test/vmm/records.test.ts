import assert from 'node:assert/strict';
import { RECORD_CAPACITY, TrapRecords } from '../../src/vmm/records.js';

const before = new Int32Array(17);
const after = new Int32Array(17);

/** Appends a record whose program counter tells it from the others. */
function append(records: TrapRecords, pc: number, count = pc): void {
  before.fill(0);
  after.fill(0);
  before[15] = pc;
  after[15] = pc + 4;
  records.append(count, 1, 0xe10f0000, 0, 1, 1, 0, pc + 4, before, after);
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
    records.append(2 ** 40 + 5, 3, 0xf3ef_8000 | 0, 7, 5, 2, 0x9000_0018, 0xffff_000c, before, after);
    const record = records.read(1)!;
    assert.deepEqual(
      { ...record, values: [...record.values] },
      {
        sequence: 1,
        count: 2 ** 40 + 5,
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

  it('are numbered from one, and keep as many as there is room for', () => {
    const records = new TrapRecords();
    assert.deepEqual([records.oldest, records.newest], [1, 0]);
    assert.equal(records.read(0), undefined);
    assert.equal(records.read(1), undefined);
    const total = RECORD_CAPACITY + 10;
    for (let i = 1; i <= total; i++) append(records, 4 * i, i);
    assert.deepEqual([records.oldest, records.newest], [11, total]);
    assert.equal(records.read(10), undefined);
    assert.equal(records.read(total + 1), undefined);
    for (const sequence of [11, 12, RECORD_CAPACITY, RECORD_CAPACITY + 1, total]) {
      const record = records.read(sequence)!;
      assert.deepEqual([record.sequence, record.count, record.pc], [sequence, sequence, 4 * sequence]);
    }
  });

  it('are forgotten by clear, which numbers on', () => {
    const records = new TrapRecords();
    for (let i = 1; i <= 5; i++) append(records, 4 * i);
    records.clear();
    assert.deepEqual([records.oldest, records.newest], [6, 5]);
    assert.equal(records.read(5), undefined);
    append(records, 0x600);
    assert.deepEqual([records.oldest, records.newest, records.read(6)?.pc], [6, 6, 0x600]);
  });
});
