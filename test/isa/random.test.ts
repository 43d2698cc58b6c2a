import assert from 'node:assert/strict';
import { decode, extractFields, unpredictableReasons } from '../../src/isa/decode.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';

function rowOf(isa: Isa, name: string, encoding: string): CompiledRow {
  const row = table.find((other) => other.isa === isa && other.name === name && other.encoding === encoding);
  assert.ok(row, `${isa} ${name} ${encoding}`);
  return row;
}

function words(
  row: CompiledRow,
  n: number,
  options?: Parameters<typeof randomWord>[2],
  seed = 1,
): (number | undefined)[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => randomWord(row, random, options));
}

describe('random words of a row', () => {
  it('follow from the seed alone', () => {
    const row = rowOf('A32', 'ADD (register, ARM)', 'A1');
    assert.deepEqual(words(row, 20), words(row, 20));
    assert.notDeepEqual(words(row, 20), words(row, 20, {}, 2));
    assert.ok(new Set(words(row, 100)).size > 90);
  });

  it('exist for every row, decode to it, and are legal unless asked otherwise', () => {
    const random = seededRandom(3);
    for (const row of table) {
      const label = `${row.isa} ${row.name} ${row.encoding}`;
      for (let i = 0; i < 5; i++) {
        const any = randomWord(row, random, { unpredictable: true });
        assert.ok(any !== undefined && decode(row.isa, any) === row, label);
        const legal = randomWord(row, random);
        if (legal === undefined) continue;
        assert.equal(decode(row.isa, legal), row, label);
        assert.deepEqual(unpredictableReasons(row, legal), [], label);
      }
    }
  });

  it('leave out registers, in fields of any width', () => {
    const mask = 0xe00c; // r2, r3, sp, lr, pc
    for (const row of [
      rowOf('A32', 'UMLAL', 'A1'),
      rowOf('T16', 'MOV (register, Thumb)', 'T1'),
      rowOf('T16', 'AND (register)', 'T1'),
      rowOf('T32', 'CLZ', 'T1'),
    ])
      for (const word of words(row, 50, { excludedRegisters: mask })) {
        assert.ok(word !== undefined);
        const operands = row.args(extractFields(row, word));
        for (const name of ['d', 'n', 'm', 'dLo', 'dHi'])
          assert.equal((mask >> (operands[name] ?? 0)) & 1, 0, `${name} of ${word.toString(16)}`);
      }
  });

  it('give up where nothing is left', () => {
    assert.equal(words(rowOf('A32', 'MUL', 'A1'), 1, { excludedRegisters: 0xffff })[0], undefined);
  });

  it('take fields that are given', () => {
    for (const word of words(rowOf('A32', 'SUB (immediate, ARM)', 'A1'), 20, { fields: { cond: 5, S: 1, Rn: 7 } }))
      assert.equal((word! & 0xf01f0000) >>> 0, 0x50170000);
  });
});
