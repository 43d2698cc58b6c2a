import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { DwarfSections } from '../../src/debug/dwarf/forms.js';
import { readLineTables, type LineTables } from '../../src/debug/dwarf/line.js';
import { dwarfSections } from '../../src/debug/module.js';
import { SourceMap } from '../../src/debug/source-map.js';
import { need } from '../support/tools.js';
import { compile, elfAt, objdumpLines, OTHER_C, PROGRAM_C, sample, scratch, SQUARE_H, root } from './builds.js';
import type { ElfFile } from '../../src/machine/elf.js';

function read(elf: ElfFile): { tables: LineTables; notes: string[] } {
  const notes: string[] = [];
  return { tables: readLineTables(dwarfSections(elf, notes), notes), notes };
}

/** Rows as {@link objdumpLines} writes them. */
function rows(tables: LineTables): string[] {
  const text: string[] = [];
  for (const s of tables.sequences) {
    for (let i = 0; i < s.addresses.length; i++) {
      const name = tables.files[s.files[i]].replace(/.*\//, '');
      text.push(`${name}:${s.lines[i]}@${s.addresses[i].toString(16)}${s.statements[i] === 0 ? '*' : ''}`);
    }
    text.push(`end@${s.end.toString(16)}`);
  }
  return text;
}

describe('line tables', () => {
  const programs = { 'main.c': PROGRAM_C, 'square.h': SQUARE_H, 'lib/other.c': OTHER_C };

  for (const name of ['hello', 'privilege']) {
    it(`of ${name} are as objdump decodes them`, function () {
      need(this, 'arm-none-eabi-objdump');
      const { tables, notes } = read(sample(name));
      assert.deepEqual(notes, []);
      const expected = objdumpLines(path.join(root, 'samples', name, `${name}.elf`));
      assert.ok(expected.length > 8);
      assert.deepEqual(rows(tables), expected);
      assert.deepEqual([...tables.files], [`${name}.s`]);
    });
  }

  // GCC's own tables and those of the assembler, ARM and Thumb, optimised or not
  for (const version of [2, 3, 4, 5]) {
    for (const options of [
      ['-O0'],
      ['-O2', '-mthumb'],
      ['-O2', '-gno-as-loc-support', '-gno-as-locview-support'],
      ['-Os', '-mthumb', '-ffunction-sections', '-Wl,--gc-sections'],
    ]) {
      it(`of C by -gdwarf-${version} ${options.join(' ')} are as objdump decodes them`, function () {
        need(this, 'arm-none-eabi-gcc', 'arm-none-eabi-objdump');
        const file = compile(programs, `-gdwarf-${version}`, ...options);
        const { tables, notes } = read(elfAt(file));
        assert.deepEqual(notes, []);
        const expected = objdumpLines(file);
        assert.ok(expected.length > 20);
        assert.deepEqual(rows(tables), expected);
      });
    }
  }

  it('of assembly in version 5 are as objdump decodes them, with absolute paths', function () {
    need(this, 'arm-none-eabi-as', 'arm-none-eabi-ld', 'arm-none-eabi-objdump');
    const folder = scratch();
    const source = path.join(root, 'samples/privilege/privilege.s');
    execFileSync('arm-none-eabi-as', ['-gdwarf-5', '-o', 'p.o', source], { cwd: folder });
    execFileSync('arm-none-eabi-ld', ['-T', source.replace('.s', '.ld'), '-o', 'p.elf', 'p.o'], {
      cwd: folder,
      stdio: 'pipe',
    });
    const file = path.join(folder, 'p.elf');
    const { tables, notes } = read(elfAt(file));
    assert.deepEqual(notes, []);
    assert.deepEqual(rows(tables), objdumpLines(file));
    assert.deepEqual([...tables.files], [source]);
  });

  it('join directories of headers and of units', function () {
    need(this, 'arm-none-eabi-gcc');
    for (const version of [3, 5]) {
      const file = compile(programs, `-gdwarf-${version}`, '-O0');
      const { tables } = read(elfAt(file));
      const folder = path.dirname(file);
      const expected = ['main.c', 'lib/other.c', 'generated.y'].map((name) => path.join(folder, name));
      for (const name of expected)
        assert.ok(tables.files.includes(name), `v${version}: ${name} in ${tables.files.join(', ')}`);
    }
  });

  it('take names by index from .debug_str_offsets, as clang writes them', function () {
    need(this, 'arm-none-eabi-as', 'arm-none-eabi-ld');
    // a version 4 line table beside a version 5 unit that names its directory by DW_FORM_strx1
    const file = compile(
      {
        'strx.s': `
        .section .debug_abbrev,"",%progbits
        .byte 1, 0x11, 0
        .uleb128 0x72, 0x17, 0x03, 0x25, 0x1b, 0x25, 0x10, 0x17, 0, 0
        .byte 0
        .section .debug_info,"",%progbits
        .4byte info_end - info_start
info_start: .2byte 5
        .byte 1, 4
        .4byte .debug_abbrev
        .uleb128 1
        .4byte offsets
        .byte 0, 1
        .4byte .debug_line
info_end:
        .section .debug_str_offsets,"",%progbits
        .4byte offsets_end - .Lstart
.Lstart: .2byte 5, 0
offsets: .4byte name - .debug_str, directory - .debug_str
offsets_end:
        .section .debug_str,"MS",%progbits,1
name: .asciz "code.c"
directory: .asciz "/made/here"
        .section .debug_line,"",%progbits
        .4byte line_end - line_start
line_start: .2byte 4
        .4byte program - header
header: .byte 1, 1, 1, -5, 14, 13
        .byte 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1
        .asciz "sub"
        .byte 0
        .asciz "code.c"
        .byte 1, 0, 0
        .byte 0
program: .byte 0, 5, 2
        .4byte _start
        .byte 3, 9, 1, 2, 4, 0, 1, 1
line_end:
        .text
        .global _start
_start: nop
`,
      },
      '-g0',
    );
    const { tables, notes } = read(elfAt(file));
    assert.deepEqual(notes, []);
    assert.deepEqual([...tables.files], ['/made/here/sub/code.c']);
    assert.deepEqual(rows(tables), ['code.c:10@8000', 'end@8004']);
  });

  it('that are damaged give notes and no exception', function () {
    need(this, 'arm-none-eabi-gcc');
    for (const options of [['-gdwarf-4'], ['-gdwarf-5', '-gno-as-loc-support', '-gno-as-locview-support']]) {
      const elf = elfAt(compile(programs, ...options, '-O1'));
      const intact = dwarfSections(elf, []);
      let noted = 0;
      // deterministic: a linear congruential generator
      let seed = 12345;
      const random = (below: number) => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
      };
      for (let round = 0; round < 1500; round++) {
        const sections: Record<string, Uint8Array | undefined> = { ...intact };
        const names = Object.keys(sections).filter((name) => (sections[name]?.length ?? 0) > 0);
        for (let n = 1 + random(3); n > 0; n--) {
          const name = names[random(names.length)];
          const bytes = sections[name]!.slice();
          if (random(4) === 0) sections[name] = bytes.subarray(0, random(bytes.length));
          else for (let k = 1 + random(4); k > 0; k--) bytes[random(bytes.length)] ^= 1 << random(8);
          sections[name] ??= bytes;
          if (sections[name].length === intact[name as keyof DwarfSections]!.length) sections[name] = bytes;
        }
        const notes: string[] = [];
        readLineTables(sections, notes);
        if (notes.length > 0) noted++;
      }
      assert.ok(noted > 300, `only ${noted} of 1500 damaged inputs were noticed`);
    }
  });
});

describe('source map', () => {
  const map = (elf: ElfFile, offset = 0) => {
    const notes: string[] = [];
    const made = new SourceMap([{ elf, offset }], notes);
    assert.deepEqual(notes, []);
    return made;
  };

  /** The line of a sample's source that begins with `_start:`, its first instruction. */
  const startLine = (name: string) => {
    const text = fs.readFileSync(path.join(root, 'samples', name, `${name}.s`), 'utf8').split('\n');
    return text.findIndex((line) => line.startsWith('_start:')) + 1;
  };

  it('finds lines of addresses and addresses of lines in a sample', () => {
    const lines = map(sample('privilege'));
    const first = startLine('privilege');
    // a comment follows, then three instructions
    const second = first + 2;
    assert.deepEqual(lines.lineAt(0x40010000), { path: 'privilege.s', line: first, isStart: true });
    assert.deepEqual(lines.lineAt(0x40010002), { path: 'privilege.s', line: first, isStart: false });
    assert.equal(lines.lineAt(0x40013ffc), undefined);
    assert.equal(lines.lineAt(0x3ffffffc), undefined);
    const resolve = (file: string, line: number) => lines.resolve(file, line, () => 0);
    const expected = { line: second, addresses: [0x40010004] };
    assert.deepEqual(resolve('/home/someone/samples/privilege/privilege.s', second), expected);
    assert.deepEqual(resolve('privilege.s', first + 1), expected, 'the next line with code');
    assert.equal(resolve('privilege.s', 4000), undefined);
    assert.equal(resolve('hello.s', first), undefined);
    const found = lines.linesWithCode('privilege.s', first - 2, second + 2);
    assert.deepEqual(found, [first, second, second + 1, second + 2]);
  });

  it('moves with its module', () => {
    const lines = map(sample('hello'), 0x1000_0000);
    const first = startLine('hello');
    assert.deepEqual(lines.lineAt(0x5001_0000)?.line, first);
    assert.equal(lines.lineAt(0x4001_0000), undefined);
    const found = lines.resolve('hello.s', first, () => 0);
    assert.deepEqual(found, { line: first, addresses: [0x5001_0000] });
  });

  it('gives every place that an inlined line was compiled to, one for each function', function () {
    need(this, 'arm-none-eabi-gcc');
    const main = `#include "square.h"
int a(int x) { return square(x); }
int b(int x) { return square(x) + 1; }
void _start(void) { a(1); b(2); for (;;); }
`;
    const elf = elfAt(
      compile({ 'main.c': main, 'square.h': SQUARE_H }, '-O1', '-fno-inline-small-functions', '-fno-ipa-pure-const'),
    );
    const lines = map(elf);
    const found = lines.resolve('square.h', 3, (address) =>
      elf.symbols.findIndex((s) => address >= s.address && address < s.address + s.size),
    );
    assert.equal(found?.line, 3);
    assert.equal(found.addresses.length, 2);
  });

  it('leaves out functions that the linker threw away', function () {
    need(this, 'arm-none-eabi-gcc');
    const elf = elfAt(
      compile(
        { 'main.c': PROGRAM_C + OTHER_C, 'square.h': SQUARE_H },
        '-O0',
        '-ffunction-sections',
        '-Wl,--gc-sections',
      ),
    );
    assert.ok(
      read(elf).tables.sequences.some((s) => s.addresses[0] === 0),
      'the file has such sequences',
    );
    const lines = map(elf);
    assert.equal(lines.lineAt(0), undefined);
    assert.equal(
      lines.resolve('generated.y', 500, () => 0),
      undefined,
    );
  });
});
