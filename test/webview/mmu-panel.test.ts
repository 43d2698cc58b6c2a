/** What the panel "MMU" holds and says: rows that unfold, entries of the TLB, words, and how often it may cost a guest time. */
import assert from 'node:assert/strict';
import type { TlbPage, TlbQuery, TlbRow } from '../../src/protocol/views/mmu.js';
import { describeCell } from '../../src/webview/mmu/maps.js';
import { RangeTree } from '../../src/webview/mmu/range-tree.js';
import { Resting } from '../../src/webview/mmu/resting.js';
import { TlbList, tlbWords } from '../../src/webview/mmu/tlb.js';
import { changesWords, summary } from '../../src/webview/mmu/words.js';
import { range } from './mmu-ranges.js';

const MIB = 0x10_0000;
const at = (instructions: number) => ({ stopped: true, instructions });

describe('webview/mmu/range-tree', () => {
  const own = [range(0, 0x4000, { pieces: 2 }), range(0x8000, 0x1000)];
  const rowsOf = (tree: RangeTree) => tree.rows.map(({ of, range: { address }, expanded }) => [of, address, expanded]);

  it('unfolds a range into its pieces', () => {
    const tree = new RangeTree();
    tree.take('guest', own, at(1));
    tree.arrange('guest', false, at(1));
    assert.deepEqual(rowsOf(tree), [
      ['own', 0, false],
      ['own', 0x8000, undefined],
    ]);
    assert.deepEqual(tree.inPieces('guest'), []);
    assert.equal(tree.toggle(tree.rows[0]), true, 'its pieces are not known yet');
    assert.deepEqual(tree.inPieces('guest'), [own[0]]);
    tree.takePieces(new Map([[0, [range(0, 0x1000), range(0x1000, 0x3000, { pa: 0x9000 })]]]));
    tree.arrange('guest', false, at(1));
    assert.deepEqual(rowsOf(tree), [
      ['own', 0, true],
      ['piece', 0, undefined],
      ['piece', 0x1000, undefined],
      ['own', 0x8000, undefined],
    ]);
    assert.equal(tree.toggle(tree.rows[0]), false);
    tree.arrange('guest', false, at(1));
    assert.equal(tree.rows.length, 2);
  });

  it('has below a range what the shadow tables have of it, and says how much', () => {
    const tree = new RangeTree();
    tree.take('guest', own, at(1));
    tree.take('kernel', [range(0x3000, 0x2000), range(0x8000, 0x1000)], at(1));
    tree.take('user', [range(0x1000, 0x1000)], at(1));
    tree.arrange('guest', true, at(1));
    assert.deepEqual(
      tree.rows.map(({ kernel, user, expanded }) => [kernel, user, expanded]),
      [
        [0x1000, 0x1000, false],
        [0x1000, 0, false],
      ],
    );
    tree.toggle(tree.rows[0]);
    tree.arrange('guest', true, at(1));
    assert.deepEqual(
      tree.rows.slice(1, 3).map(({ of, range: { address, length } }) => [of, address, length]),
      [
        ['kernel', 0x3000, 0x1000],
        ['user', 0x1000, 0x1000],
      ],
    );
  });

  it('marks what is different from the stop before', () => {
    const tree = new RangeTree();
    tree.take('guest', own, at(1));
    tree.take('guest', [range(0, 0x4000, { pieces: 2, PL0: 'r--' })], at(2));
    tree.arrange('guest', false, at(2));
    assert.deepEqual(
      tree.marked.map(({ range: { address }, change }) => [address, change]),
      [
        [0, 'changed'],
        [0x8000, 'gone'],
      ],
    );
    assert.equal(tree.countBefore(at(2)), 1);
    tree.forget();
    assert.deepEqual([tree.rows.length, tree.countBefore(at(2))], [0, 1], 'stops are remembered');
    tree.clear();
    assert.equal(tree.countBefore(at(2)), undefined);
  });

  it('counts what is mapped by domain', () => {
    const tree = new RangeTree();
    const ranges = [range(0, 0x1000), range(0x2000, 0x1000), range(0x4000, 0x1000, { domain: 3, fault: 'some' })];
    tree.take('guest', ranges, at(1));
    assert.deepEqual([...tree.mappedByDomain('guest')], [[0, 0x2000]]);
  });
});

describe('webview/mmu/tlb', () => {
  const ENTRIES = 600;
  const ask = ({ first, count }: TlbQuery): Promise<TlbPage> => {
    const from = first / 0x1000;
    const rows = Array.from(
      { length: Math.min(count, ENTRIES - from) },
      (_, i) => ({ va: (from + i) * 0x1000 }) as TlbRow,
    );
    const next = from + rows.length >= ENTRIES ? 2 ** 32 : (from + rows.length) * 0x1000;
    return Promise.resolve({ rows, total: ENTRIES, next });
  };

  it('loads as many entries as are looked at', async () => {
    const list = new TlbList(ask);
    await list.load('guest');
    assert.deepEqual([list.rows.length, list.total], [256, ENTRIES]);
    assert.equal(list.want(256), false);
    assert.equal(list.want(300), true);
    await list.load('guest');
    assert.equal(list.rows.length, 512);
    assert.equal(list.want(600), true);
    await list.load('guest');
    assert.deepEqual([list.rows.length, list.rows[599].va], [600, 599 * 0x1000]);
    assert.equal(list.want(10_000), false, 'there are no more');
    list.forget();
    await list.load('guest');
    assert.equal(list.rows.length, 256);
  });

  it('says whose entries they are', () => {
    assert.match(tlbWords('kernel', true), /real processor/);
    assert.match(tlbWords('guest', true), /virtual processor: what the monitor/);
    assert.match(tlbWords('asid:7', true), /that the guest has left/);
    assert.match(tlbWords('guest', false), /^“Inline”/);
  });
});

describe('webview/mmu/resting', () => {
  it('works a twentieth of the time at most, and not more often than so', () => {
    const resting = new Resting();
    assert.equal(resting.left(1000), 0);
    resting.begin(1000, 1001);
    assert.deepEqual([resting.left(1001), resting.left(1401)], [400, 0]);
    resting.begin(2000, 2100);
    assert.equal(resting.left(2100), 2000);
    resting.end();
    assert.equal(resting.left(2100), 0);
  });
});

describe('webview/mmu/words', () => {
  const state = {
    space: { id: 'guest', name: 'The guest' },
    format: 'short',
    asid: 5,
    process: 0,
    mode: 'svc',
    privileged: true,
    registers: [
      { name: 'TTBR0', value: '0x40014000', fields: [] },
      { name: 'TTBR1', value: '0x00000000', fields: [] },
      { name: 'DACR', value: '0x00000001', fields: [] },
    ],
    domains: ['client'],
  } as const;

  it('sum up how a space is translated', () => {
    assert.equal(
      summary(state),
      'MMU on, short descriptors · TTBR0 0x40014000 · TTBR1 0x00000000 · ASID 5 · DACR 0x00000001 · the guest is in svc (PL1)',
    );
    assert.doesNotMatch(summary({ ...state, space: { id: 'kernel', name: '' } }), /ASID/);
    assert.match(summary({ ...state, process: 3 }), /FCSE process 3/);
    assert.equal(
      summary({ ...state, format: 'off', domains: [], mode: 'usr', privileged: false }),
      'The MMU is off: every address is a physical one · the guest is in usr (PL0)',
    );
  });

  it('say what has changed', () => {
    const marked = [{ range: range(0, MIB) }, { range: range(MIB, MIB), change: 'new' as const }];
    assert.equal(changesWords(marked.slice(0, 1), undefined), '1 range');
    assert.equal(changesWords(marked, 1234), '2 ranges; 1 differ from the last stop, at instruction 1,234');
    assert.equal(changesWords(marked.slice(0, 1), 7), '1 range; as at the last stop, at instruction 7');
  });

  it('describe a cell of the map', () => {
    const gone = { range: range(2 * MIB, MIB), change: 'gone' as const };
    const marked = [{ range: range(0, 0x1000) }, { range: range(0x2000, 0x1000, { fault: 'a fault' }) }, gone];
    assert.equal(describeCell(marked, 0), 'PL1 rwx, PL0 ---, at 0x00000000, RAM, and 1 more');
    assert.equal(describeCell(marked, 2 * MIB), 'not mapped');
  });
});
