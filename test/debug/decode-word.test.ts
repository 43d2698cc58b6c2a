/** What "Decode this word" says: golden texts for a handful, something complete for a word of every row, and the same of code at a place. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { loadDisassembler } from '../../src/debug/disassembler.js';
import { decodeWord } from '../../src/debug/decode-word.js';
import { inspectImage } from '../../src/debug/inspect.js';
import { rowLabel } from '../../src/isa/compile.js';
import { decode } from '../../src/isa/decode.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { decodedMarkdown, decodedText } from '../../src/protocol/decoded-text.js';
import { UserError } from '../../src/util/errors.js';
import { siteClass } from '../../src/vmm/classes.js';
import { levels } from '../../src/vmm/patcher.js';
import { launchSample } from './guests.js';
import type { DecodedWord } from '../../src/protocol/decoded.js';

const GOLDEN = path.resolve(import.meta.dirname, 'golden');

/** Words that stand for their kinds. */
const HANDFUL: readonly (readonly [name: string, isa: Isa, word: number])[] = [
  ['an indirect branch', 'A32', 0xe1a0f00e],
  ['a conditional status register read', 'A32', 0x010f0000],
  ['a system register write', 'A32', 0xee010f10],
  ['a load', 'A32', 0xe59f4004],
  ['an UNPREDICTABLE branch', 'A32', 0xe1200f1e],
  ['a Thumb exception return', 'T32', 0xf3de8f04],
  ['a Thumb breakpoint', 'T16', 0xbe05],
  ['no instruction', 'A32', 0xe6000010],
];

describe('decode this word', () => {
  before(() => loadDisassembler());

  it('says all there is to say: golden texts', () => {
    const text = HANDFUL.map(([name, isa, word]) => `== ${name}\n${decodedText(decodeWord({ isa, word }))}`).join('\n');
    compareGolden('decode-word.txt', text);
  });

  it('says the same in Markdown', () => {
    const text = HANDFUL.slice(0, 2).map(([, isa, word]) => decodedMarkdown(decodeWord({ isa, word })));
    compareGolden('decode-word-markdown.txt', `${text.join('\n\n---\n\n')}\n`);
  });

  it('has something complete to say of every row of the table', () => {
    const random = seededRandom(0xdec0de);
    let rows = 0;
    for (const row of table) {
      const word = randomWord(row, random, {});
      if (word === undefined || decode(row.isa, word) !== row) continue;
      rows++;
      const decoded = decodeWord({ isa: row.isa, word });
      const text = decodedText(decoded);
      const where = `${row.isa} ${rowLabel(row)}\n${text}`;
      assert.doesNotMatch(text, /undefined|NaN|null|\[object|: \.| {5}\n/, where);
      assert.doesNotMatch(decodedMarkdown(decoded), /undefined|NaN|null|\[object/, where);
      assert.equal(decoded.manual?.heading, row.name, where);
      assert.equal(decoded.bits.map(({ digits }) => digits).join(''), binary(word, row.width), where);
      assert.deepEqual(
        new Set(decoded.bits.flatMap(({ name }) => name ?? [])),
        new Set(row.fields.map(({ name }) => name)),
        where,
      );
      for (const { kind, meaning } of decoded.bits) assert.ok(kind !== 'field' || meaning, where);
      if (decoded.scanner.cls !== siteClass(row)) assert.equal(`${row.isa} ${row.name}`, 'T16 BKPT', where);
      assert.deepEqual(
        decoded.arbiter.map(({ level }) => level),
        [...levels],
        where,
      );
      for (const { says } of [...decoded.arbiter, decoded.scanner]) assert.match(says, /^[A-Z0].*\.$/, where);
      assert.ok(decoded.facts.length > 0 || decoded.sensitivity !== 'innocuous', where);
      assert.ok(decoded.why.length > 40, where);
    }
    assert.ok(rows > 0.95 * table.length, `${rows} of ${table.length} rows`);
  });

  it('lays should-be bits and fields in several places out as they are', () => {
    const { bits, unpredictable } = decodeWord({ isa: 'A32', word: 0xe1200f1e });
    assert.deepEqual(
      bits.filter(({ kind }) => kind === 'should').map(({ lo, digits, expected }) => [lo, digits, expected]),
      [[8, '000000001111', '111111111111']],
    );
    assert.match(unpredictable[0], /^Bits 19:8 should be 1{12} and are 000000001111\.$/);
    const { bits: split } = decodeWord({ isa: 'T16', word: 0x4647 }); // MOV r7, r8: D is bit 7, Rd the low three
    assert.deepEqual(
      split.filter(({ kind }) => kind === 'field').map(({ name, lo, width }) => `${name}@${lo}+${width}`),
      ['D@7+1', 'Rm@3+4', 'Rd@0+3'],
    );
  });

  it('knows system registers, and which of them PL0 may reach', () => {
    const why = (word: number): string => decodeWord({ isa: 'A32', word }).why;
    assert.match(
      why(0xee010f10),
      /The register is SCTLR \(System Control Register, DDI 0406C B[\d.]+\): at PL1 readable and writable, at PL0 not acc/,
    );
    assert.match(why(0xee1d0f50), /TPIDRURW .* here it is sensitive without being privileged\.$/);
    assert.match(why(0xee0f0ff0), /No system register is there: the access is UNDEFINED/);
  });

  it('says what a processor lacks', () => {
    const word = 0xe730f211; // UDIV
    assert.equal(decodeWord({ isa: 'A32', word, cpu: 'cortex-a15' }).missing, undefined);
    const lacking = decodeWord({ isa: 'A32', word, cpu: 'cortex-a8' });
    assert.match(lacking.missing ?? '', /^UDIV needs the divide extension, which cortex-a8 lacks/);
    assert.deepEqual([lacking.manual, lacking.sensitivity, lacking.scanner.cls], [undefined, 'unknown', 'undefined']);
    assert.match(decodedText(lacking), /no instruction of this processor/);
    assert.throws(
      () => decodeWord({ isa: 'A32', word, cpu: 'z80' }),
      (error) => error instanceof UserError && error.number === 121,
    );
  });
});

describe('decode this code', () => {
  before(() => loadDisassembler());

  const image = (name: string) => {
    const file = new URL(`../../samples/${name}/${name}.elf`, import.meta.url);
    return inspectImage({ name: `${name}.elf`, bytes: new Uint8Array(fs.readFileSync(file)) });
  };
  const brief = (words: readonly DecodedWord[]) => words.map(({ address, isa, text }) => [address, isa, text]);

  it('of an image, by address and by source line', () => {
    const hello = image('hello');
    const mrs = [[0x4001_0020, 'A32', 'mrs r6, cpsr']];
    assert.deepEqual(brief(hello.decodeAt({ address: 0x4001_0020 })), mrs);
    const lines = fs.readFileSync(new URL('../../samples/hello/hello.s', import.meta.url), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('mrs ')) + 1;
    assert.deepEqual(brief(hello.decodeAt({ path: '/somewhere/hello.s', line })), mrs);
    const label = lines.findIndex((text) => text.startsWith('message:')) + 1;
    assert.deepEqual(hello.decodeAt({ path: '/somewhere/hello.s', line: label }), [], 'no code');
    assert.deepEqual(hello.decodeAt({ path: '/somewhere/other.s', line }), [], 'no such file');
    assert.deepEqual(hello.decodeAt({ address: 0x5000_0000 }), [], 'no memory');
  });

  it('of Thumb code: the word as the manual writes it', () => {
    const thumb = image('privilege').decodeAt({ address: 0x4010_000e });
    assert.deepEqual(brief(thumb), [[0x4010_000e, 'T16', 'str r5, [r4]']]);
    assert.equal(thumb[0].digits, '6025');
  });

  it('of a guest, for its processor', () => {
    const { guest } = launchSample('hello', { mode: 'hypervised' });
    const [decoded] = guest.decodeAt({ address: guest.pc() });
    assert.deepEqual([decoded.address, decoded.cpu], [guest.pc(), 'cortex-a15']);
    assert.equal(decoded.text, 'mov r4, #0x9000000');
  });
});

function binary(word: number, width: number): string {
  return (word >>> 0).toString(2).padStart(32, '0').slice(-width);
}

/** ACCEPT=1 writes what is said now. */
function compareGolden(name: string, text: string): void {
  const file = path.join(GOLDEN, name);
  if (process.env.ACCEPT === '1') fs.writeFileSync(file, text);
  assert.equal(text, fs.readFileSync(file, 'utf8'));
}
