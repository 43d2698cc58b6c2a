/** The test that every row of some groups is what objdump says it is: random legal words, each with the mnemonic of the row's syntax. */
import assert from 'node:assert/strict';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { CompiledRow, Row } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { disassemble, isUndefinedText, mnemonicPattern } from './objdump.js';
import { need } from './tools.js';

/** Where objdump's text is not the row's syntax. */
export interface TextException {
  readonly spelled?: RegExp;
  /** objdump calls the words UNPREDICTABLE, and the manual does not. */
  readonly unpredictable?: true;
  readonly why: string;
}

const WORDS_PER_ROW = 200;

/** Declares one test a group. `exceptions` go by `isa name encoding`. Rows without operation take part where `withUndefined` names them. */
export function rowsAgainstObjdump(
  groups: Readonly<Record<string, readonly Row[]>>,
  exceptions: Readonly<Record<string, TextException>>,
  withUndefined: (row: Row) => boolean = () => false,
): void {
  describe('rows against objdump', () => {
    before(function () {
      need(this, 'arm-none-eabi-objdump');
    });

    for (const [group, rows] of Object.entries(groups))
      it(`${group}: every row's words have its mnemonic`, () => {
        const labels = new Set(rows.map(rowLabel));
        const isa = rows[0].isa;
        const random = seededRandom(20231);
        const wanted: { row: CompiledRow; word: number }[] = [];
        for (const row of table.filter(
          (other) =>
            other.isa === isa && labels.has(rowLabel(other)) && (other.operation !== null || withUndefined(other)),
        ))
          for (let i = 0; i < WORDS_PER_ROW; i++) {
            const word = randomWord(row, random);
            assert.notEqual(word, undefined, `${rowLabel(row)}: no legal word found`);
            wanted.push({ row, word: word! });
          }
        const texts = disassemble(
          isa,
          wanted.map(({ word }) => word),
        );
        const wrong = new Map<string, string>();
        wanted.forEach(({ row, word }, i) => {
          const exception: TextException | undefined = exceptions[`${row.isa} ${rowLabel(row)}`];
          const pattern = exception?.spelled ?? mnemonicPattern(row.syntax);
          const text = texts[i];
          const unpredictable = text.includes('UNPREDICTABLE') && !exception?.unpredictable;
          if (!isUndefinedText(text) && !unpredictable && pattern.test(text.split(' ')[0])) return;
          wrong.set(rowLabel(row), `${row.isa} ${rowLabel(row)}: ${(word >>> 0).toString(16)} is "${text}"`);
        });
        assert.deepEqual([...wrong.values()], []);
      });
  });
}
