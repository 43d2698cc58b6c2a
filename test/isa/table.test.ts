import assert from 'node:assert/strict';
import { compileTable } from '../../src/isa/compile.js';
import { buildIndex, decode, inPrecedence, lookup, thumbLength, unpredictableReasons } from '../../src/isa/decode.js';
import { lintTable } from '../../src/isa/lint.js';
import type { LintRule } from '../../src/isa/lint.js';
import { Fact } from '../../src/isa/row.js';
import type { Row } from '../../src/isa/row.js';
import { allRows } from '../../src/isa/table.js';
import { operandNames, operations } from '../../src/ops/index.js';
import { operations as shortForms } from '../../src/ops/short-forms.js';

const shapes = new Map(operations.map((operation) => [operation.name, operandNames(operation)]));

/** A good row that a case spoils. */
const good: Row = {
  isa: 'A32',
  name: 'MUL',
  encoding: 'A1',
  pattern: 'cond:4 0000000 S:1 Rd:4 (0)(0)(0)(0) Rm:4 1001 Rn:4',
  section: 'DDI 0406C A8.8.114',
  facts: Fact.plain,
  operation: 'MUL',
  args: (f) => ({ d: f.Rd, n: f.Rn, m: f.Rm, setflags: f.S }),
  syntax: 'MUL{S}<c> <Rd>, <Rn>, <Rm>',
};
const special: Row = {
  ...good,
  name: 'SPECIAL',
  pattern: 'cond:4 0000000 0 1111 (0)(0)(0)(0) Rm:4 1001 Rn:4',
  args: (f) => ({ d: 15, n: f.Rn, m: f.Rm, setflags: 0 }),
};

function rulesOf(rows: readonly Row[]): LintRule[] {
  return [...new Set(lintTable(rows, shapes).map((problem) => problem.rule))].sort();
}

describe('the lint of instruction tables', () => {
  it('accepts a good row, and an overlap that is declared', () => {
    assert.deepEqual(lintTable([good], shapes), []);
    assert.deepEqual(lintTable([good, { ...special, over: ['MUL A1'] }], shapes), []);
  });

  const refused: [string, LintRule, readonly Row[]][] = [
    ['a pattern with a stray sign', 'pattern', [{ ...good, pattern: good.pattern.replace('1001', '10x1') }]],
    ['a should-be group', 'pattern', [{ ...good, pattern: good.pattern.replace('(0)(0)(0)(0)', '(0000)') }]],
    ['a bit too few', 'width', [{ ...good, pattern: good.pattern.replace('1001', '100') }]],
    ['a bit too many', 'width', [{ ...good, pattern: good.pattern.replace('Rn:4', 'Rn:5') }]],
    ['a 32-bit pattern in T16', 'width', [{ ...good, isa: 'T16' }]],
    ['no facts', 'facts', [{ ...good, facts: 0 }]],
    ['plain and a branch', 'facts', [{ ...good, facts: Fact.plain | Fact.branch }]],
    ['indirect but no branch', 'facts', [{ ...good, facts: Fact.indirect }]],
    ['undefined with an operation', 'facts', [{ ...good, facts: Fact.undefined }]],
    ['no operation and not undefined', 'facts', [{ ...good, operation: null }]],
    ['an unknown fact', 'facts', [{ ...good, facts: 1 << 30 }]],
    ['the same label twice', 'name', [good, { ...good, pattern: good.pattern.replace('1001', '1101') }]],
    ['an unknown operation', 'reference', [{ ...good, operation: 'MULTIPLY' }]],
    ['over a row that is not there', 'reference', [{ ...good, over: ['MULS A1'] }]],
    ['a section of another manual', 'reference', [{ ...good, section: 'DDI 0100I A4.1' }]],
    ['an overlap that nobody declares', 'overlap', [good, special]],
    [
      'an overlap that both declare',
      'overlap',
      [
        { ...good, over: ['SPECIAL A1'] },
        { ...special, over: ['MUL A1'] },
      ],
    ],
    [
      'over a row with no common word',
      'stale',
      [good, { ...good, name: 'OTHER', pattern: good.pattern.replace('1001', '1101'), over: ['MUL A1'] }],
    ],
    ['a row below one that takes all', 'unreachable', [special, { ...good, over: ['SPECIAL A1'] }]],
    [
      'a row below two that take all',
      'unreachable',
      [
        good,
        {
          ...good,
          name: 'LOW',
          pattern: good.pattern.replace('Rd:4', '0 x:3'),
          args: (f) => ({ ...good.args(f), d: 0 }),
          over: ['MUL A1'],
        },
        {
          ...good,
          name: 'HIGH',
          pattern: good.pattern.replace('Rd:4', '1 x:3'),
          args: (f) => ({ ...good.args(f), d: 0 }),
          over: ['MUL A1'],
        },
      ],
    ],
    ['a missing operand', 'arguments', [{ ...good, args: (f) => ({ d: f.Rd, n: f.Rn, m: f.Rm }) }]],
    ['an operand that is undefined', 'arguments', [{ ...good, args: (f) => ({ ...good.args(f), m: f.Rs }) }]],
    ['an operand beyond 32 bits', 'arguments', [{ ...good, args: (f) => ({ ...good.args(f), m: f.Rm * 2 ** 31 }) }]],
    ['a should-be condition', 'should-be', [{ ...good, pattern: good.pattern.replace('cond:4', '111(0)') }]],
    [
      'a row that takes words by a bit that it only should have',
      'should-be',
      [
        { ...good, name: 'MLA', pattern: good.pattern.replace('(0)(0)(0)(0)', '1000') },
        { ...good, over: ['MLA A1'] },
      ],
    ],
  ];
  for (const [what, rule, rows] of refused)
    it(`refuses ${what}`, () => {
      assert.ok(rulesOf(rows).includes(rule), `expected ${rule}, got ${JSON.stringify(lintTable(rows, shapes))}`);
    });
});

describe('the instruction table', () => {
  it('passes the lint', () => {
    assert.deepEqual(
      lintTable(allRows, shapes).map((problem) => `${problem.row}: ${problem.rule}: ${problem.message}`),
      [],
    );
  });

  it('uses every operation but short forms, which cpu/short-forms.ts chooses', () => {
    const used = new Set([...allRows.map((row) => row.operation), ...shortForms.map(({ name }) => name)]);
    assert.deepEqual(
      operations.map((operation) => operation.name).filter((name) => !used.has(name)),
      [],
    );
  });
});

describe('decoding', () => {
  const rows = compileTable([
    { ...good, name: 'LAST' },
    { ...special, name: 'FIRST', over: ['LAST A1'], guard: { says: 'm is not 0', when: (f) => f.Rm !== 0 } },
  ]);
  const index = buildIndex('A32', rows);
  const nameOf = (word: number): string | undefined => lookup(index, word | 0)?.name;

  it('takes the row that is over the other, if its guard holds', () => {
    assert.equal(nameOf(0xe00f0192), 'FIRST');
    assert.equal(nameOf(0xe00f0092), 'LAST');
    assert.equal(nameOf(0xe01f0192), 'LAST');
  });

  it('keeps the condition 1111 apart', () => {
    assert.equal(nameOf(0xf00f0192), undefined);
  });

  it('matches whatever should-be bits are, and says that they are wrong', () => {
    assert.equal(nameOf(0xe001f293), 'LAST');
    const word = 0xe001f293 | 0;
    assert.equal(unpredictableReasons(lookup(index, word)!, word).length, 1);
    assert.equal(unpredictableReasons(lookup(index, word & ~0xf000)!, word & ~0xf000).length, 0);
  });

  it('refuses circular precedence', () => {
    const circular = compileTable([
      { ...good, over: ['SPECIAL A1'] },
      { ...special, over: ['MUL A1'] },
    ]);
    assert.throws(() => inPrecedence(circular), /circular/);
  });

  it('gives words that are not allocated to no row', () => {
    assert.equal(decode('A32', 0xe7f00010 | 0), undefined);
    assert.equal(decode('T16', 0xb800), undefined);
    assert.equal(decode('T32', 0xfa80f0c0 | 0), undefined);
  });

  it('knows how long a Thumb instruction is', () => {
    assert.deepEqual([0x4770, 0xe7fe, 0xe800, 0xf000, 0xffff, 0xdf00].map(thumbLength), [2, 2, 4, 4, 4, 2]);
  });
});
