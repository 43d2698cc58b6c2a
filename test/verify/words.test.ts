/** A seeded share of `npm run verify:words`, and that it would notice. */
import assert from 'node:assert/strict';
import { cortexA15, cpuModels } from '../../src/cpu/models.js';
import { compileRow, compileTable } from '../../src/isa/compile.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { Fact, type Isa, type Row } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { precedes, sizeOf, SPACES, spacesOf, Walk, wordOf, type Leaf } from './cubes.js';
import { rowWords } from './enumerate.js';
import { runsUntouched, userMode, UserModePair } from './user-mode.js';
import {
  choices,
  ISAS,
  proveConditions,
  proveFields,
  proveIndex,
  sampleDecoder,
  SPACE_WORDS,
  unreached,
  walkSpace,
} from './words.js';

const good: Row = {
  isa: 'T16',
  name: 'GOOD',
  encoding: 'T1',
  pattern: '0100 Rd:4 (0)(0) imm6:6',
  section: 'DDI 0406C A8.8.1',
  facts: Fact.plain,
  operation: 'NOP',
  args: () => ({}),
  unpredictable: [{ when: (f) => f.Rd === 15 && (f.imm6 & 1) === 1, says: 'd is 15 and the immediate odd' }],
  syntax: 'GOOD <Rd>, #<imm6>',
};

function leavesOf(rows: readonly Row[]): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = new Walk(compileTable(rows), true);
  for (const cube of SPACES.T16['first halfwords below 11101']) walk.leaves(cube, (leaf) => leaves.push(leaf));
  return leaves;
}

const wordsOf = (leaves: readonly Leaf[], which: (leaf: Leaf) => boolean): number =>
  leaves.filter(which).reduce((sum, leaf) => sum + sizeOf(leaf), 0);

describe('a walk by sets of words', () => {
  it('counts what counting words one by one gives', () => {
    const over: Row = {
      ...good,
      name: 'OVER',
      pattern: '0100 0 Rd:3 0 imm7:7',
      over: ['GOOD T1'],
      guard: { when: (f) => f.Rd !== 3, says: 'd is not 3' },
      unpredictable: [],
    };
    const leaves = leavesOf([good, over]);
    let matching = 0;
    let first = 0;
    let unpredictable = 0;
    for (let word = 0x4000; word < 0x5000; word++) {
      matching++;
      const Rd = (word >>> 8) & 15;
      if (Rd < 8 && Rd !== 3 && (word & 0x80) === 0) first++;
      else if ((word & 0xc0) !== 0 || (Rd === 15 && (word & 1) === 1)) unpredictable++;
    }
    assert.equal(
      wordsOf(leaves, () => true),
      0xe800,
    );
    assert.equal(
      wordsOf(leaves, ({ row }) => row !== undefined),
      matching,
    );
    assert.equal(
      wordsOf(leaves, ({ row }) => row?.name === 'OVER'),
      first,
    );
    assert.equal(
      wordsOf(leaves, (leaf) => leaf.unpredictable === true),
      unpredictable,
    );
    assert.ok(leaves.filter(({ row }) => row?.name === 'OVER').every(({ others }) => others[0].name === 'GOOD'));
  });

  it('shows a second row that nobody declared', () => {
    const rows = compileTable([good, { ...good, name: 'SAME' }]);
    const leaves = leavesOf([good, { ...good, name: 'SAME' }]);
    assert.ok(leaves.some(({ others }) => others.length === 1));
    assert.equal(precedes(rows)(rows[0], rows[1]), false);
  });

  it('has spaces whose sets add up to what the architecture has', () => {
    for (const isa of ISAS)
      for (const [space, cubes] of Object.entries(SPACES[isa]))
        assert.equal(
          cubes.reduce((sum, cube) => sum + sizeOf(cube), 0),
          SPACE_WORDS[space],
        );
    assert.equal(wordOf({ mask: 0xff00, value: 0x1200 }, 0xabcd), 0x12cd);
  });
});

describe('every word', () => {
  const models = [...cpuModels.values()];

  for (const { name, features } of models)
    it(`of every instruction set has one row or none on the ${name}`, function () {
      this.timeout(120_000);
      for (const isa of ISAS) {
        for (const space of Object.keys(spacesOf(isa, features)))
          assert.deepEqual(walkSpace(isa, space, features, false, 1, 1).problems, []);
        assert.deepEqual(unreached(isa, features), []);
        assert.deepEqual(sampleDecoder(isa, 30_000, 1, features), []);
      }
    });

  it('is UNPREDICTABLE or not as the decoder says: T16, T32 and the unconditional A32 ones', function () {
    this.timeout(120_000);
    for (const [isa, space] of [
      ['T16', 'first halfwords below 11101'],
      ['A32', 'condition 1111'],
    ] as const) {
      const counts = walkSpace(isa, space, undefined, true, 2, 1);
      assert.deepEqual(counts.problems, []);
      assert.ok(counts.unpredictable > 1000 && counts.legal > counts.unpredictable);
    }
    assert.deepEqual(walkSpace('T32', 'first halfwords from 11101', undefined, true).problems, []);
  });

  it('of A32 is decoded alike under all conditions but 1111', function () {
    this.timeout(60_000);
    const { conditional, unconditional, fixed, reading, problems } = proveConditions();
    assert.deepEqual(problems, []);
    assert.ok(conditional > 100 && unconditional > 20);
    assert.deepEqual(fixed, ['UDF A1 (1110)']);
    assert.deepEqual(reading, ['HVC A1', 'BKPT A1']);
  });

  for (const isa of ISAS)
    it(`${isa}: the index holds every row where its words are`, () => {
      const { buckets, problems } = proveIndex(isa);
      assert.deepEqual(problems, []);
      assert.ok(buckets >= 1024);
    });

  it('is judged by conditions that read fields of their diagrams', () => {
    assert.deepEqual(proveFields(), []);
  });

  it('that is UNPREDICTABLE has its stated choice', () => {
    for (const isa of ISAS) {
      const counts = choices(isa, 50, 3);
      assert.deepEqual(counts.problems, []);
      assert.ok(counts.executed > 0 && counts.sensitive > 0);
    }
  });
});

describe('words of a row', () => {
  it('are all words of a small row, and each value of each small field of a large one', () => {
    const small = table.find((row) => row.isa === 'T16' && row.name === 'BX')!;
    assert.equal(new Set(rowWords(small, seededRandom(1), 0).map((word) => (word >>> 3) & 15)).size, 16);
    const large = table.find((row) => row.isa === 'A32' && row.name === 'MLA')!;
    const words = rowWords(large, seededRandom(1), 10);
    for (const { lo, width } of large.fields)
      assert.ok(new Set(words.map((word) => (word >>> lo) & ((1 << width) - 1))).size >= Math.min(15, 1 << width));
  });
});

describe('words that the scanner lets run', () => {
  for (const isa of ISAS)
    it(`${isa}: change nothing privileged and depend on nothing privileged`, function () {
      this.timeout(120_000);
      const counts = userMode(isa, cortexA15, 20, 3000, 4);
      assert.deepEqual(counts.problems, []);
      assert.ok(counts.completed > 5000 && counts.excepted > 100 && counts.excepted < counts.completed);
    });

  it('would be noticed if they were sensitive', () => {
    const pair = new UserModePair(cortexA15, 5);
    const noticed = (isa: Isa, word: number): boolean => {
      for (let i = 0; i < 20; i++) if (pair.run(isa, word) !== undefined) return true;
      return false;
    };
    // MRS r0, CPSR in both instruction sets
    assert.equal(noticed('A32', 0xe10f_0000 | 0), true);
    assert.equal(noticed('T32', 0xf3ef_8000 | 0), true);
    // ADD r0, r1, r2
    assert.equal(noticed('A32', 0xe081_0002 | 0), false);
    const random = seededRandom(6);
    const sensitive = table.filter(({ facts }) => (facts & Fact.sensitive) !== 0);
    assert.ok(sensitive.length > 20 && !sensitive.some(runsUntouched));
    const found = sensitive.filter((row) => noticed(row.isa, randomWord(row, random, { fields: { cond: 14 } }) ?? 0));
    assert.ok(found.length >= 2, found.map(({ name }) => name).join());
  });

  it('are no words of a row that nobody knows', () => {
    assert.equal(runsUntouched(undefined), false);
    assert.equal(runsUntouched(compileRow({ ...good, operation: null, facts: Fact.undefined }, 0)), false);
  });
});
