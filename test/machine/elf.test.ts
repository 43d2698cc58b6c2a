import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../src/isa/random.js';
import { readElf, sectionBytes, type ElfFile } from '../../src/machine/elf.js';
import { UserError } from '../../src/util/errors.js';
import { need } from '../support/tools.js';

const samples = new URL('../../samples/', import.meta.url);

function sample(name: string): Uint8Array {
  return new Uint8Array(fs.readFileSync(new URL(`${name}/${name}.elf`, samples)));
}

/** A C program with data, Thumb and ARM functions, and debug information. */
function compiled(folder: string): string {
  const source = path.join(folder, 'a.c');
  const file = path.join(folder, 'a.elf');
  fs.writeFileSync(
    source,
    `int zeroed[100]; int set = 5; static const char text[] = "text";
     __attribute__((target("arm"))) int in_arm(int a) { return a + set; }
     __attribute__((target("thumb"))) int in_thumb(int a) { return in_arm(a) * zeroed[a] + text[a]; }
     int main(void) { return in_thumb(3); } void _start(void) { main(); for (;;); }`,
  );
  execFileSync('arm-none-eabi-gcc', ['-g', '-mcpu=cortex-a15', '-nostdlib', '-ffunction-sections', '-o', file, source]);
  return file;
}

/** What readelf says, as lines of fields. */
function readelf(file: string, ...options: string[]): string[][] {
  const text = execFileSync('arm-none-eabi-readelf', ['-W', ...options, file], { encoding: 'utf8' });
  return text.split('\n').map((line) =>
    line
      .replace(/^ *\[ *(\d+)\]/, '$1')
      .trim()
      .split(/\s+/),
  );
}

function assertAsReadelf(file: string, elf: ElfFile): void {
  const entry = readelf(file, '-h').find(([word]) => word === 'Entry')!;
  assert.equal(elf.entry, Number(entry[3]));

  const kinds: Readonly<Record<string, number>> = { LOAD: 1, NOTE: 4, EXIDX: 0x7000_0001, GNU_STACK: 0x6474_e551 };
  const segments = readelf(file, '-l').filter(([kind]) => kind in kinds);
  assert.deepEqual(
    elf.segments.map(({ type, offset, vaddr, paddr, fileSize, memSize }) => [
      type,
      offset,
      vaddr,
      paddr,
      fileSize,
      memSize,
    ]),
    segments.map(([kind, ...numbers]) => [kinds[kind], ...numbers.slice(0, 5).map(Number)]),
  );

  const sections = readelf(file, '-S').filter(([index]) => /^\d+$/.test(index));
  const named = sections.filter((fields) => fields.length > 8 && fields[0] !== '0');
  assert.equal(elf.sections.length, sections.length);
  assert.ok(named.length > 3);
  for (const [index, name, , address, offset, size] of named) {
    const ours = elf.sections[Number(index)];
    assert.deepEqual(
      [ours.name, ours.address, ours.offset, ours.size],
      [name, ...[address, offset, size].map((n) => parseInt(n, 16))],
    );
  }

  // Num: Value Size Type Bind Vis Ndx Name
  const symbols = readelf(file, '-s').filter(
    ([index, , , type, , , where, name]) =>
      /^\d+:$/.test(index) && where !== 'UND' && type !== 'FILE' && type !== 'SECTION' && name !== undefined,
  );
  assert.deepEqual(
    elf.symbols.map(({ name, address, thumb, kind, size, global, absolute }) => ({
      name,
      value: (address | (thumb && kind === 'function' ? 1 : 0)) >>> 0,
      size,
      isFunction: kind === 'function',
      isObject: kind === 'object',
      global,
      absolute,
    })),
    symbols.map(([, value, size, type, bind, , where, name]) => ({
      name,
      value: parseInt(value, 16),
      size: Number(size),
      isFunction: type === 'FUNC',
      isObject: type === 'OBJECT',
      global: bind !== 'LOCAL',
      absolute: where === 'ABS',
    })),
  );
}

function refusal(bytes: Uint8Array): number {
  try {
    readElf('a.elf', bytes);
  } catch (reason) {
    if (!(reason instanceof UserError)) throw reason;
    assert.match(reason.message, /^a\.elf .*\.$/);
    return reason.number;
  }
  return 0;
}

/** The bytes of a sample with some changed. */
function patched(change: (view: DataView) => void): Uint8Array {
  const bytes = sample('hello').slice();
  change(new DataView(bytes.buffer));
  return bytes;
}

describe('ELF files', () => {
  for (const name of ['hello', 'privilege']) {
    it(`reads the sample ${name} as readelf does`, function () {
      need(this, 'arm-none-eabi-readelf');
      const file = new URL(`${name}/${name}.elf`, samples).pathname;
      assertAsReadelf(file, readElf(file, sample(name)));
    });
  }

  it('reads a compiled program as readelf does', function () {
    this.timeout(20_000);
    need(this, 'arm-none-eabi-gcc', 'arm-none-eabi-readelf');
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-elf-'));
    try {
      const file = compiled(folder);
      const elf = readElf(file, new Uint8Array(fs.readFileSync(file)));
      assertAsReadelf(file, elf);
      assert.equal(elf.symbols.find(({ name }) => name === 'in_thumb')?.thumb, true);
      assert.equal(elf.symbols.find(({ name }) => name === 'in_arm')?.thumb, false);
      assert.ok(sectionBytes(elf, '.debug_info')!.length > 0);
      assert.equal(sectionBytes(elf, '.bss'), undefined);
      assert.equal(sectionBytes(elf, '.nothing'), undefined);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('says what is wrong with a file', () => {
    assert.equal(refusal(new Uint8Array(0)), 100);
    assert.equal(refusal(sample('hello').subarray(0, 40)), 101);
    assert.equal(refusal(sample('hello').subarray(0, 60)), 101);
    assert.equal(refusal(patched((v) => v.setUint8(4, 2))), 102);
    assert.equal(refusal(patched((v) => v.setUint8(5, 2))), 103);
    assert.equal(refusal(patched((v) => v.setUint16(18, 62, true))), 104);
    assert.equal(refusal(Uint8Array.of(1, 2, 3, 4, 5)), 105);
    assert.equal(refusal(patched((v) => v.setUint16(42, 8, true))), 105, 'program headers too small');
    assert.equal(refusal(patched((v) => v.setUint16(46, 8, true))), 105, 'section headers too small');
    const segments = (v: DataView): number => v.getUint32(28, true);
    assert.equal(
      refusal(patched((v) => v.setUint32(segments(v) + 4, 0x7fff_ffff, true))),
      101,
      'segment behind the end',
    );
    assert.equal(
      refusal(patched((v) => v.setUint32(segments(v) + 20, 1, true))),
      105,
      'larger in the file than in memory',
    );
  });

  it('names the machine of a foreign file', () => {
    for (const [machine, name] of [
      [62, 'x86-64'],
      [183, 'AArch64'],
      [4711, 'ELF machine 4711'],
    ] as const) {
      assert.throws(
        () =>
          readElf(
            'a',
            patched((v) => v.setUint16(18, machine, true)),
          ),
        new RegExp(`\\(${name}\\)`),
      );
    }
  });

  it('does not look for names where the file says there are none', () => {
    const { sections, symbols } = readElf(
      'a',
      patched((v) => v.setUint16(50, 0, true)),
    );
    assert.ok(sections.length > 0 && sections.every(({ name }) => name === ''));
    assert.ok(symbols.length > 0, 'symbols have names of their own');
  });

  it('refuses names that are in no string table, and names without end in great number', () => {
    const sections = (v: DataView): number => v.getUint32(32, true);
    const names = (v: DataView): number => sections(v) + 40 * v.getUint16(50, true);
    assert.equal(refusal(patched((v) => v.setUint32(names(v) + 4, 8, true))), 105);

    // 4,000 symbols whose names are all of a quarter megabyte of text
    const count = 4000;
    const text = 52 + 3 * 40;
    const table = text + 0x4_0000;
    const bytes = new Uint8Array(table + 16 * count).fill(0x61, text, table);
    const v = new DataView(bytes.buffer);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    v.setUint16(18, 40, true);
    v.setUint32(32, 52, true);
    [40, 3, 0].forEach((n, i) => v.setUint16(46 + 2 * i, n, true));
    const section = (i: number, ...words: number[]): void =>
      words.forEach((word, k) => v.setUint32(52 + 40 * i + 4 * k, word, true));
    section(1, 0, 3, 0, 0, text, 0x4_0000);
    section(2, 0, 2, 0, 0, table, 16 * count, 1);
    for (let i = 0; i < count; i++) v.setUint16(table + 16 * i + 14, 1, true);
    assert.equal(refusal(bytes), 105);
  });

  it('reads any beginning of a file, or refuses it', () => {
    const bytes = sample('privilege');
    const seen = new Set<number>();
    for (let length = 0; length <= bytes.length; length++) {
      const number = refusal(bytes.subarray(0, length));
      seen.add(number);
      assert.ok(number !== 0 || length === bytes.length, `${length} bytes of ${bytes.length} are taken for all`);
    }
    assert.deepEqual([...seen].sort(), [0, 100, 101, 105]);
  });

  it('reads a file with damaged bytes, or refuses it', () => {
    const whole = sample('privilege');
    const random = seededRandom(5);
    const structures: [number, number][] = [[0, 52]];
    const view = new DataView(whole.buffer);
    structures.push([view.getUint32(28, true), 32 * view.getUint16(44, true)]);
    structures.push([view.getUint32(32, true), 40 * view.getUint16(48, true)]);
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = whole.slice();
      const damages = 1 + (random() % 4);
      for (let k = 0; k < damages; k++) {
        const [from, length] = random() % 4 === 0 ? [0, bytes.length] : structures[random() % structures.length];
        bytes[from + (random() % length)] = random() % 3 === 0 ? 0xff : random();
      }
      if (refusal(bytes) !== 0) refused++;
    }
    assert.ok(refused > 5000 && refused < 20_000, `${refused} refused`);
  });
});
