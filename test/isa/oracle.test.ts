/** The table against the list of sensitive instructions that was made and checked outside this project. Neither was derived from the other. */
import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.js';
import { factNames } from '../../src/isa/facts.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { Fact } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { firstListed, GUARDS, listed, matches, type Class, type Listed } from '../support/sensitive-list.js';
import { need } from '../support/tools.js';

/** Each class is met by one of these facts. */
const DEMANDED: Readonly<Record<Class, number>> = {
  S: Fact.sensitive,
  U: Fact.sensitive,
  P: Fact.privileged | Fact.undefined,
  E: Fact.exceptionCall,
  C: Fact.branch,
  H: Fact.hint,
  X: Fact.exclusive,
  N: Fact.systemRegister,
};

interface Explained {
  /** What the table says instead. */
  readonly facts: number;
  /** Only for these words; otherwise for all of the row. */
  readonly when?: (word: number) => boolean;
  readonly why: string;
}

const literal: Explained = {
  facts: Fact.readsPc,
  when: (word) => ((word >>> 16) & 15) === 15,
  why: 'with Rn = 1111 it is the literal form, which has the usual rights (A8.8.64 and others)',
};

/** Where the table sees a row of the list otherwise. */
const EXPLAINED: Readonly<Record<string, Explained>> = {
  'T16 IT': { facts: Fact.plain, why: 'it decides what executes, but the next instruction is the next in memory' },
  'A32 LDREX/STREX': {
    facts: Fact.load | Fact.store,
    when: (word) => (word & 0x60) !== 0,
    why: 'the mask of the list leaves bits 6:5 open; other than 00 they are a load or store of a halfword or two words',
  },
  'T32 LDRT': literal,
  'T32 LDRBT': literal,
  'T32 LDRHT': literal,
  'T32 LDRSBT': literal,
  'T32 LDRSHT': literal,
};

function demandedOf(row: Listed, word: number): number {
  const explained: Explained | undefined = EXPLAINED[`${row.isa} ${row.name}`];
  return explained && (explained.when?.(word) ?? true) ? explained.facts : DEMANDED[row.cls];
}

/** Rows that are sensitive by our own caution and not in the list. */
const NOT_LISTED: readonly string[] = ['A32 CMPP, CMNP, TEQP, TSTP A3'];

const WORDS = 500;

describe('the list of sensitive instructions', () => {
  it('has guards that we understand', () => {
    assert.deepEqual(
      [...new Set(listed.map((row) => row.guard))].filter((guard) => !(guard in GUARDS)),
      [],
    );
  });

  for (const isa of ['A32', 'T16', 'T32'] as const)
    it(`${isa}: words of every row decode to rows with the facts of its class, or to none`, () => {
      const random = seededRandom(8);
      const wrong = new Map<string, string>();
      for (const row of listed.filter((other) => other.isa === isa)) {
        const label = `${isa} ${row.name}`;
        let decoded = 0;
        for (let i = 0; i < WORDS; i++) {
          const word = ((random() & ~Number(row.mask)) | Number(row.value)) & (isa === 'T16' ? 0xffff : -1);
          if (firstListed(isa, word) !== row) continue;
          const ours = decode(isa, word);
          if (ours === undefined) continue;
          decoded++;
          // an Undefined word traps, whatever it was meant to be
          if ((ours.facts & (demandedOf(row, word) | Fact.undefined)) === 0)
            wrong.set(
              label,
              `${label} (${row.cls}): ${(word >>> 0).toString(16)} is ${ours.name} ${ours.encoding}: ${factNames(ours.facts).join(', ')}`,
            );
        }
        if (decoded === 0) wrong.set(label, `${label}: no word of it is in the table`);
      }
      assert.deepEqual([...wrong.values()], []);
    });

  it('has samples, each of which decodes to a row with the facts of its class', function () {
    need(this, ...ASSEMBLER);
    const samples = listed.flatMap((row) => row.samples.map((text) => ({ row, text })));
    const wrong: string[] = [];
    for (const thumb of [false, true]) {
      const ours = samples.filter(({ row }) => (row.isa !== 'A32') === thumb);
      // one program; labels tell where each sample starts
      const bytes = Buffer.from(
        assemble(
          '.fpu vfpv3\n' +
            ours.map(({ text }) => `.balign 8\n${text}${text.startsWith('it ') ? '\nnopeq' : ''}`).join('\n'),
          { thumb },
        ),
      );
      ours.forEach(({ row, text }, i) => {
        const [first, second] = [
          bytes.readUInt16LE(8 * i),
          bytes.length > 8 * i + 2 ? bytes.readUInt16LE(8 * i + 2) : 0,
        ];
        const word = row.isa === 'A32' ? bytes.readInt32LE(8 * i) : row.isa === 'T16' ? first : (first << 16) | second;
        const found = decode(row.isa, word);
        const label = `${row.isa} ${row.name}`;
        if (!matches(row, word))
          wrong.push(`${label}: "${text}" is ${(word >>> 0).toString(16)}, which is not of its row`);
        else if (found === undefined || (found.facts & demandedOf(row, word)) === 0)
          wrong.push(
            `${label} (${row.cls}): "${text}" is ${found ? `${found.name}: ${factNames(found.facts).join(', ')}` : 'in no row'}`,
          );
      });
    }
    assert.deepEqual(wrong, []);
  });

  it('has every instruction that the table calls sensitive or privileged', () => {
    const random = seededRandom(9);
    const missing: string[] = [];
    for (const row of table.filter(({ facts }) => facts & (Fact.sensitive | Fact.privileged))) {
      if (NOT_LISTED.includes(`${row.isa} ${row.name} ${row.encoding}`)) continue;
      for (let i = 0; i < 100; i++) {
        const word = randomWord(row, random) ?? randomWord(row, random, { unpredictable: true });
        assert.ok(word !== undefined);
        const found = firstListed(row.isa, word);
        if (found && 'SUPEHX'.includes(found.cls)) continue;
        missing.push(`${row.isa} ${row.name} ${row.encoding}: ${(word >>> 0).toString(16)}`);
        break;
      }
    }
    assert.deepEqual(missing, []);
  });
});
