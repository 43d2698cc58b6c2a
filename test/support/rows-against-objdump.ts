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

/** A legal word of a row, and objdump's text of it. */
export interface DisassembledWord {
  readonly row: CompiledRow;
  readonly word: number;
  readonly text: string;
}

/** So many random words of each of these rows, which are of one instruction set. @param admitted rows that take part; all unless told */
export function disassembledWords(
  rows: readonly Row[],
  each: number,
  seed: number,
  admitted: (row: CompiledRow) => boolean = () => true,
): DisassembledWord[] {
  const [{ isa }] = rows;
  const random = seededRandom(seed);
  const labels = new Set(rows.map(rowLabel));
  const wanted = table
    .filter((row) => row.isa === isa && labels.has(rowLabel(row)) && admitted(row))
    .flatMap((row) =>
      Array.from({ length: each }, () => {
        const word = randomWord(row, random);
        assert.notEqual(word, undefined, `${rowLabel(row)}: no legal word found`);
        return { row, word: word! };
      }),
    );
  const texts = disassemble(
    isa,
    wanted.map(({ word }) => word),
  );
  return wanted.map((one, i) => ({ ...one, text: texts[i] }));
}

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
        const words = disassembledWords(
          rows,
          WORDS_PER_ROW,
          20231,
          (row) => row.operation !== null || withUndefined(row),
        );
        const wrong = new Map<string, string>();
        for (const { row, word, text } of words) {
          const exception: TextException | undefined = exceptions[`${row.isa} ${rowLabel(row)}`];
          const pattern = exception?.spelled ?? mnemonicPattern(row.syntax);
          const unpredictable = text.includes('UNPREDICTABLE') && !exception?.unpredictable;
          if (!isUndefinedText(text) && !unpredictable && pattern.test(text.split(' ')[0])) continue;
          wrong.set(rowLabel(row), `${row.isa} ${rowLabel(row)}: ${(word >>> 0).toString(16)} is "${text}"`);
        }
        assert.deepEqual([...wrong.values()], []);
      });
  });
}
