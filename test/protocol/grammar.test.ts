import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXPLAINED, meaningOf } from '../../src/isa/meanings.js';
import { mnemonicsOf, spellings } from '../../src/isa/mnemonics.js';
import { allRows } from '../../src/isa/table.js';
import { anyOf, grammar, instructionDocs } from '../support/grammar.js';
import { tokenizer, type Token } from '../support/tokens.js';
import { need } from '../support/tools.js';

const root = path.resolve(import.meta.dirname, '../..');
const AS = 'arm-none-eabi-as';
const mnemonics = mnemonicsOf(allRows);

function isMade(file: string, text: string): void {
  const name = path.join(root, 'syntaxes', file);
  if (process.env.ACCEPT === '1') fs.writeFileSync(name, text);
  assert.equal(fs.readFileSync(name, 'utf8'), text);
}

describe('mnemonics of the table', () => {
  it('are read from the syntax column', () => {
    assert.deepEqual(spellings('ADD{S}'), ['add', 'adds']);
    assert.deepEqual(spellings('SMLA<x><y>'), ['smlabb', 'smlabt', 'smlatb', 'smlatt']);
    assert.deepEqual(spellings('TB{B|H}'), ['tbb', 'tbh']);
    assert.deepEqual(spellings('CB{N}Z'), ['cbz', 'cbnz']);
    assert.deepEqual(spellings('VLDMIA'), ['vldm', 'vldmia']);
    assert.deepEqual(spellings('CPS<effect>'), ['cpsie', 'cpsid', 'cps']);
    assert.equal(spellings('IT{<x>{<y>{<z>}}}').length, 1 + 2 + 4 + 8);
    assert.throws(() => spellings('ADD<what>'));
  });

  it('have each spelling once, and a meaning each', () => {
    const words = mnemonics.flatMap((each) => each.words);
    assert.ok(words.length > 400);
    assert.equal(new Set(words).size, words.length);
    assert.deepEqual(
      mnemonics.filter(({ name }) => meaningOf(name) === undefined).map(({ name }) => name),
      [],
      'without a meaning',
    );
    const names = new Set(mnemonics.map(({ name }) => name));
    assert.deepEqual(
      EXPLAINED.filter((name) => !names.has(name)),
      [],
      'meanings without a mnemonic',
    );
    for (const name of EXPLAINED) assert.match(meaningOf(name) ?? '', /^[A-Z].*[.?]$/, name);
  });

  it('are known to the GNU assembler, all of them, and to nobody else', function () {
    need(this, AS);
    const unknown = (words: readonly string[], state: string): string[] => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-words-'));
      const file = path.join(folder, 'words.s');
      fs.writeFileSync(file, `.syntax unified\n.arch armv7ve\n.fpu neon-vfpv4\n${state}\n${words.join('\n')}\n`);
      const { stderr } = spawnSync(AS, [file, '-o', path.join(folder, 'words.o')], { encoding: 'utf8' });
      fs.rmSync(folder, { recursive: true });
      return [...stderr.matchAll(/bad instruction `([\w.]+)/g)].map(([, word]) => word);
    };
    const words = mnemonics.flatMap((each) => each.words);
    const inArm = new Set(unknown([...words, 'nonsense'], '.arm'));
    assert.ok(inArm.has('nonsense'));
    const inNeither = unknown([...inArm], '.thumb');
    // ThumbEE is an architecture of its own to the assembler
    assert.deepEqual(inNeither.sort(), ['enterx', 'leavex', 'nonsense']);
  });

  it('make the resource that editors read (ACCEPT=1 writes it)', () => {
    isMade('arm-asm.instructions.json', instructionDocs(allRows));
  });
});

describe('grammar of ARM assembly', () => {
  const made = `${JSON.stringify(grammar(allRows), null, 2)}\n`;
  let tokens: (text: string) => Token[][];
  let listing: (text: string) => Token[][];

  before(async () => {
    if (process.env.ACCEPT === '1') isMade('arm-asm.tmLanguage.json', made);
    tokens = await tokenizer('source.arm-asm');
    listing = await tokenizer('source.trapline-listing');
  });

  it('is what the instruction table makes of it (ACCEPT=1 writes it)', () => {
    isMade('arm-asm.tmLanguage.json', made);
  });

  it('has one pattern for many words', () => {
    const words = ['add', 'adds', 'adc', 'b', 'bl', ''];
    const pattern = new RegExp(`^${anyOf(words)}$`);
    for (const word of words) assert.match(word, pattern);
    for (const word of ['a', 'ad', 'addsb', 'blx']) assert.doesNotMatch(word, pattern);
  });

  /** `text` as `word:scope word:scope …`, where the end of a scope's name may be left away. */
  const shown = (text: string): string[] =>
    tokens(text)
      .flat()
      .map(({ text: word, scope }) => `${word.trim()} ${scope}`);

  /** Scopes of words, in one line or several. */
  function has(text: string, expected: Readonly<Record<string, string>>): void {
    const all = tokens(text).flat();
    for (const [word, scope] of Object.entries(expected)) {
      const found = all.filter((token) => token.text.trim() === word);
      assert.ok(found.length > 0, `${word} is no token of ${text}, but: ${shown(text).join(', ')}`);
      for (const token of found) assert.equal(token.scope, scope, `${word} in ${text}`);
    }
  }

  const MNEMONIC = 'support.function.mnemonic';
  const BRANCH = 'keyword.control.branch';
  const SENSITIVE = 'keyword.other.sensitive';
  const DIRECTIVE = 'keyword.control.directive';
  const REGISTER = 'variable.language.register';

  it('tells branches, sensitive instructions and others apart', () => {
    const words: Readonly<Record<string, string>> = {
      add: MNEMONIC,
      ADDSEQ: MNEMONIC,
      'ldr.w': MNEMONIC,
      'movs.n': MNEMONIC,
      'ldrex.w': MNEMONIC,
      ldmia: MNEMONIC,
      ldmfd: MNEMONIC,
      stmdbne: MNEMONIC,
      mov: MNEMONIC,
      smlabt: MNEMONIC,
      ittee: MNEMONIC,
      'vadd.i16': MNEMONIC,
      'vmul.f32': MNEMONIC,
      'vcvteq.f32.s32': MNEMONIC,
      vldm: MNEMONIC,
      vldmia: MNEMONIC,
      'vld4.8': MNEMONIC,
      vand: MNEMONIC,
      bne: BRANCH,
      bl: BRANCH,
      bls: BRANCH,
      bxeq: BRANCH,
      'beq.n': BRANCH,
      cbnz: BRANCH,
      mrs: SENSITIVE,
      cpsid: SENSITIVE,
      cps: SENSITIVE,
      svc: SENSITIVE,
      swi: SENSITIVE,
      main: 'entity.name.function.macro',
      tb: 'entity.name.function.macro',
    };
    for (const [word, scope] of Object.entries(words))
      has(`\t${word} foo, bar`, { [word]: scope, foo: 'variable.other' });
  });

  it('knows all spellings, with conditions and widths', () => {
    for (const { words, kind } of mnemonics) {
      const scope = { plain: MNEMONIC, branch: BRANCH, sensitive: SENSITIVE }[kind];
      for (const word of words) {
        for (const text of [word, `${word.toUpperCase()}NE`, `${word}.w`]) has(text, { [text]: scope });
      }
    }
  });

  it('reads comments of every kind', () => {
    assert.deepEqual(shown('@ a ; mov r0, r1'), ['@ a ; mov r0, r1 comment.line.at-sign']);
    assert.deepEqual(shown('   # a comment'), ['# a comment comment.line.number-sign']);
    assert.deepEqual(shown('// nop'), ['// nop comment.line.double-slash']);
    has('mov r0, #1 @ why', { mov: MNEMONIC, r0: REGISTER, '#1': 'constant.numeric', '@ why': 'comment.line.at-sign' });
    has('mov r0, #1 // why', { '// why': 'comment.line.double-slash' });
    has('mov /* to\nadd r1\n*/ r0, r1\nadd r2, r3', {
      'add r1': 'comment.block',
      r0: REGISTER,
      add: MNEMONIC,
      r2: REGISTER,
    });
    has('.ascii "no @ comment" @ but this', {
      'no @ comment': 'string.quoted.double',
      '@ but this': 'comment.line.at-sign',
    });
    has("mov r0, #'@' @ at", { "'@'": 'string.quoted.single', '@ at': 'comment.line.at-sign' });
  });

  it('reads what the C preprocessor reads', () => {
    has('#include <stdio.h>', { '#include': DIRECTIVE, '<stdio.h>': 'string.quoted.other.include' });
    has('#define UART 0x09000000 // its address', {
      '#define': DIRECTIVE,
      '0x09000000': 'constant.numeric.hex',
      '// its address': 'comment.line.double-slash',
    });
    has(' # if 1', { '# if': DIRECTIVE });
  });

  it('reads strings, and what goes on behind an open one', () => {
    has('.asciz "a \\"b\\" \\n"', {
      '.asciz': DIRECTIVE,
      '\\"': 'constant.character.escape',
      '\\n': 'constant.character.escape',
    });
    has('.asciz "open\nmov r0, r1', { mov: MNEMONIC, r0: REGISTER });
  });

  it('reads labels, local ones too, and statements behind them', () => {
    has('start: mov r0, r1', { start: 'entity.name.function', mov: MNEMONIC });
    has('1: subs r0, r0, #1; bne 1b @ again', {
      1: 'constant.numeric.label',
      subs: MNEMONIC,
      bne: BRANCH,
      '1b': 'constant.numeric.label',
    });
    has('b 2f', { b: BRANCH, '2f': 'constant.numeric.label' });
    has('.Lloop: b .Lloop', { b: BRANCH });
    has('add: add r0, r0, b', { r0: REGISTER, b: 'variable.other' });
    assert.equal(tokens('add: add r0')[0][0].scope, 'entity.name.function');
    // a label's name is no mnemonic where it is called
    has('bl sub', { bl: BRANCH, sub: 'variable.other' });
  });

  it('reads directives and definitions', () => {
    has('.thumb_func', { '.thumb_func': DIRECTIVE });
    has('.section .text.start, "ax", %progbits', {
      '.text.start': 'entity.name.section',
      '%progbits': 'support.constant',
    });
    has('.type main, %function', { '.type': DIRECTIVE, main: 'variable.other', '%function': 'support.constant' });
    has('.equ UART, 0x9000', { '.equ': DIRECTIVE, UART: 'variable.other.constant', '0x9000': 'constant.numeric.hex' });
    has('SIZE = 4 * 1024', {
      SIZE: 'variable.other.constant',
      '=': 'keyword.operator.assignment',
      1024: 'constant.numeric',
    });
    has('b = 4', { b: 'variable.other.constant' });
    has('count .req r4', { count: 'variable.other.alias', '.req': DIRECTIVE, r4: REGISTER });
    has('.cpu cortex-a15', { '.cpu': DIRECTIVE, 'cortex-a15': 'constant.other.target' });
    has('.word 1b, main + 4, 0b101', {
      '1b': 'constant.numeric.label',
      main: 'variable.other',
      '0b101': 'constant.numeric',
    });
    has('.float 0e1.5, 2.25', { '0e1.5': 'constant.numeric', '2.25': 'constant.numeric' });
  });

  it('reads macros, their parameters wherever they stand, and their calls', () => {
    const text =
      '.macro store reg, where:req, rest:vararg\nstr\\cond \\reg, [\\where]\nlabel\\@: add\\reg r0, #\\rest\n.endm\nstore r0, r1';
    has(text, {
      '.macro': DIRECTIVE,
      '\\cond': 'variable.parameter.macro',
      '\\reg': 'variable.parameter.macro',
      '\\where': 'variable.parameter.macro',
      'label\\@': 'entity.name.function',
      '.endm': DIRECTIVE,
      store: 'entity.name.function.macro',
    });
  });

  it('reads registers and operands', () => {
    has('ldr r10, [sp, r2, lsl #2]!', {
      r10: REGISTER,
      sp: REGISTER,
      r2: REGISTER,
      lsl: 'keyword.operator.shift',
      '#2': 'constant.numeric',
    });
    has('msr spsr_cxsf, r0', { spsr_cxsf: REGISTER });
    has('mcr p15, 0, r0, c12, c0, 0', { p15: REGISTER, c12: REGISTER, 0: 'constant.numeric' });
    has('vmul.f32 d0, d1, d31[1]', { d0: REGISTER, 'd31[1]': REGISTER });
    has('ldr r0, =0x301', { '=0x301': 'constant.numeric.hex' });
    has('ldr r0, =UART', { UART: 'variable.other' });
    has('bl r16', { r16: 'variable.other' });
  });

  it('finds in the samples nothing that it does not know', () => {
    const folder = path.join(root, 'samples');
    const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[sS]$/.test(name));
    assert.ok(files.length > 50);
    for (const file of files) {
      const text = fs.readFileSync(path.join(folder, file), 'utf8');
      const macros = new Set([...text.matchAll(/\.macro\s+(\w+)/g)].map(([, name]) => name));
      for (const name of ['common/attack.s', 'common/mmu.s', 'common/start.s', 'common/timer.s', 'common/dma.s']) {
        const common = fs.readFileSync(path.join(folder, 'attacks', name), 'utf8');
        for (const [, macro] of common.matchAll(/\.macro\s+(\w+)/g)) macros.add(macro);
      }
      for (const [at, line] of tokens(text).entries()) {
        for (const { text: word, scope } of line) {
          if (scope !== 'entity.name.function.macro') continue;
          assert.ok(macros.has(word.trim()), `${file}:${at + 1}: ${word} is taken for a macro`);
        }
      }
    }
  });

  it('colours instructions of listings, and what is planted', () => {
    const line = '  0x40010020  00 60 0f e1  e10f6000  mrs r6, apsr  ; planted ef000000 (svc #0)';
    const all = listing(line).flat();
    assert.equal(all.find(({ text }) => text.trim() === 'mrs')?.scope, SENSITIVE);
    assert.equal(all.find(({ text }) => text.trim() === 'r6')?.scope, REGISTER);
    assert.equal(all.find(({ text }) => text.trim() === 'planted')?.scope, 'keyword.other.planted');
    const label = listing('_start:\n  0x40010000  24 40 9f e5  e59f4024  ldr r4, [pc, #0x24]  ; 0x4001002c').flat();
    assert.equal(label[0].scope, 'entity.name.function');
    assert.equal(label.find(({ text }) => text.startsWith(';'))?.scope, 'comment.line.semicolon');
  });
});
