import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { scanImage, inspectImage } from '../../src/debug/index.js';
import { instructionText } from '../../src/debug/disassembler.js';
import { UserError } from '../../src/util/errors.js';
import { need, UBOOT } from '../support/tools.js';
import { compile, OTHER_C, PROGRAM_C, root, SQUARE_H } from './builds.js';
import { file, launchSample, runToFunction, settle } from './guests.js';

const privilege = () => file(path.join(root, 'samples/privilege/privilege.elf'));

/** Address and bytes of every instruction and datum as objdump splits them. */
function objdump(name: string): string[] {
  return execFileSync('arm-none-eabi-objdump', ['-d', '-z', name], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*([0-9a-f]+):\t((?:[0-9a-f]{4,8} ?)+)/.exec(line))
    .filter((m) => m !== null)
    .map((m) => `${m[1]} ${m[2].trim().replace(' ', '')}`);
}

describe('disassembly', () => {
  it('splits code and data as objdump does, in ARM and Thumb', function () {
    need(this, 'arm-none-eabi-gcc', 'arm-none-eabi-objdump');
    const sources = { 'main.c': PROGRAM_C, 'square.h': SQUARE_H, 'other.c': OTHER_C };
    for (const options of [['-O0'], ['-O2', '-mthumb'], ['-O1', '-mthumb-interwork']]) {
      const name = compile(sources, ...options);
      const image = inspectImage(file(name));
      const mine = image.info.ranges.flatMap(({ address, length }) =>
        image
          .disassemble(address, 0, length)
          .filter((i) => i.address < address + length)
          .map((i) => {
            const pairs = i.bytes.match(/../g) ?? [];
            const halves =
              pairs.length === 4 ? [pairs[1] + pairs[0], pairs[3] + pairs[2]] : [[...pairs].reverse().join('')];
            const word = i.isa === 'A32' ? [...pairs].reverse().join('') : halves.join('');
            return `${i.address.toString(16)} ${word}`;
          }),
      );
      assert.deepEqual(mine, objdump(name));
    }
  });

  it('lists the same instructions forwards and backwards', () => {
    const image = inspectImage(privilege());
    for (const { address, length } of image.info.ranges) {
      const all = image.disassemble(address, 0, length).filter((i) => i.address < address + length);
      assert.ok(all.length > 40);
      for (let i = 0; i < all.length; i++) {
        const here = all[i].address;
        assert.deepEqual(
          image.disassemble(here, -i, all.length),
          all,
          `${i} instructions back from 0x${here.toString(16)}`,
        );
        assert.deepEqual(image.disassemble(here, -3, 5), all.slice(Math.max(0, i - 3), Math.min(all.length, i + 2)));
        assert.deepEqual(image.disassemble(here, 2, 3), all.slice(i + 2, i + 5));
      }
    }
    assert.deepEqual(image.disassemble(0x1000_0000, -4, 8), []);
    assert.deepEqual(image.disassemble(0xffff_fffe, 0, 8), []);
    assert.deepEqual(image.disassemble(0, -8, 4), []);
  });

  it('names what instructions refer to', () => {
    const image = inspectImage(privilege());
    const texts = image.disassemble(0x4001_0000, 0, 200).map(({ text }) => text);
    const has = (pattern: RegExp) =>
      assert.ok(
        texts.some((text) => pattern.test(text)),
        String(pattern),
      );
    has(/^bl #0x[0-9a-f]+ <mmu_on>$/);
    has(/^ldr r0, \[pc, #0x[0-9a-f]+\] {2}; =0x4001[0-9a-f]+ <vectors>$/);
    has(/^(add|adr) r0, (pc, )?#0x[0-9a-f]+ {2}; 0x4001[0-9a-f]+ <banner>$/);
    has(/^\.word 0x4001[0-9a-f]+ <sys_exit>$/);
    has(/^\.word 0x[0-9a-f]+ {2}; "kern"$/);
    const user = image.disassemble(0x4010_0000, 0, 40);
    assert.ok(user.some(({ text }) => text === 'ite eq'));
    assert.ok(
      user.some(({ text }) => /^ldreq r0, \[pc, .*<kept>$/.test(text)),
      'IT conditions',
    );
    // also when the list begins inside of the block
    const inside = user.find(({ text }) => text.startsWith('ldrne'));
    assert.ok(inside);
    assert.equal(image.disassemble(inside.address, 0, 1)[0].text, inside.text);
  });

  it('has a text for every word', () => {
    let seed = 1;
    for (let i = 0; i < 20000; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const word = (seed ^ (seed << 13)) >>> 0;
      assert.notEqual(instructionText('A32', word, 0x8000), '');
      assert.notEqual(instructionText('T16', word & 0xffff, 0x8000, i % 15), '');
      assert.notEqual(instructionText('T32', (word | 0xf000_0000) >>> 0, 0x8000), '');
    }
    assert.equal(instructionText('A32', 0xffff_ffff, 0), '.inst 0xffffffff');
    assert.equal(instructionText('A32', 0xe10f_0000, 0), 'mrs r0, cpsr');
  });

  it('shows planted words, and their traps', () => {
    const { guest } = launchSample('hello', { mode: 'hypervised' });
    const list = () => guest.disassemble(guest.codeRanges()[0].address, 0, 12);
    assert.ok(list().every(({ planted }) => planted === undefined));
    guest.continue();
    settle(guest);
    const site = list().find(({ text }) => text === 'mrs r6, cpsr');
    assert.ok(site);
    assert.match(site.planted ?? '', /^ef[0-9a-f]{6}$/);
    assert.match(site.plantedText ?? '', /^svc /);
    assert.equal(site.hits, 1);
    assert.equal(site.cls, 'status register');
    assert.equal(list()[0].planted, undefined);
    assert.equal(list()[0].cls, 'innocuous');
    // what the guest reads is its own word
    assert.equal(site.bytes, '00600fe1');
  });

  it('follows the processor where no symbol says what the code is', () => {
    const { guest } = launchSample('privilege', { mode: 'bare' });
    runToFunction(guest, 'user_main');
    // the same halfwords, copied to where nothing is known
    const code = guest.readMemory(guest.pc(), 16);
    guest.writeMemory(0x4016_0000, code);
    const copy = guest.disassemble(0x4016_0000, 0, 4);
    assert.deepEqual(
      copy.map(({ isa, bytes }) => [isa, bytes]),
      guest.disassemble(guest.pc(), 0, 4).map(({ isa, bytes }) => [isa, bytes]),
    );
  });
});

describe('inspection of images', () => {
  it('shows headers, segments, sections and symbols', () => {
    const { info } = inspectImage(privilege());
    assert.equal(info.entry, 0x4001_0000);
    assert.deepEqual(info.header[1], { name: 'Entry', value: '0x40010000 <_start>, ARM' });
    assert.deepEqual(
      info.segments.map(({ type, flags }) => `${type} ${flags}`),
      ['LOAD rwx', 'LOAD r-x'],
    );
    assert.deepEqual(
      info.ranges.map(({ name, address, thumb }) => [name, address, thumb]),
      [
        ['.text', 0x4001_0000, false],
        ['.user', 0x4010_0000, true],
      ],
    );
    assert.ok(info.sections.some(({ name, type, flags }) => name === '.bss' && type === 'NOBITS' && flags === 'aw-'));
    assert.ok(
      info.symbols.some((s) => s.name === 'user_main' && s.kind === 'function' && s.thumb && s.binding === 'global'),
    );
    assert.ok(info.symbols.every(({ name }) => !name.startsWith('$')));
  });

  it('takes raw images, and refuses bad ones', () => {
    const image = inspectImage({ name: 'x.bin', bytes: Uint8Array.of(0x00, 0xf0, 0x20, 0xe3, 1, 2) });
    assert.equal(image.info.header[0].value, 'raw image');
    assert.deepEqual(
      image.disassemble(image.info.entry, 0, 9).map(({ text }) => text),
      ['nop', '.hword 0x0201'],
    );
    for (const [bytes, number] of [
      [[], 100],
      [[0x7f, 0x45, 0x4c, 0x46, 1], 101],
    ] as const) {
      const bad = { name: 'bad', bytes: Uint8Array.from(bytes) };
      assert.throws(
        () => inspectImage(bad),
        (e) => e instanceof UserError && e.number === number,
      );
      assert.throws(
        () => scanImage(bad),
        (e) => e instanceof UserError && e.number === number,
      );
    }
  });
});

describe('census', () => {
  it('of a sample counts its instructions by class', function () {
    need(this, 'arm-none-eabi-objdump');
    const census = scanImage(privilege());
    assert.equal(census.method, 'symbols');
    const text = execFileSync('arm-none-eabi-objdump', ['-d', path.join(root, 'samples/privilege/privilege.elf')], {
      encoding: 'utf8',
    });
    const instructions = text
      .split('\n')
      .filter((line) => /^\s*[0-9a-f]+:\t/.test(line) && !/\.(word|short|byte)\b/.test(line));
    assert.equal(census.instructions, instructions.length);
    assert.equal(census.unknown, 0);
    const count = (pattern: RegExp) =>
      instructions.filter((line) => pattern.test(line.split('\t').slice(2).join(' '))).length;
    const classes = new Map(census.classes.map((c) => [c.cls, c.count]));
    assert.equal(classes.get('coprocessor'), count(/^m(cr|rc) /));
    assert.equal(classes.get('status-register'), count(/^(cps|mrs|msr)/));
    assert.equal(classes.get('exception-call'), count(/^(svc|hvc)/));
    assert.equal(census.indirectBranches.length, count(/^(bx|blx) (r\d+|lr|ip)/));
    assert.equal(census.directBranches, count(/^(b|bl|b\w\w)(\.[nw])? +[0-9a-f]+ /));
    const total = census.classes.reduce((sum, c) => sum + c.count, 0);
    assert.equal(total, census.instructions);
    assert.ok(census.sensitive.every(({ text: t, cls }) => t !== '' && cls !== 'indirect-branch'));
  });

  it('of a raw image follows control flow', function () {
    need(this, UBOOT);
    const census = scanImage(file(UBOOT), 0);
    assert.equal(census.method, 'control flow');
    assert.ok(census.instructions > 100_000, `${census.instructions}`);
    assert.ok(census.unknown < census.instructions / 1000, `${census.unknown} unknown`);
    assert.ok(
      census.sensitive.some(({ text }) => /^mcr p15, #0, r\d+, c12, c0, #0/.test(text)),
      'it sets VBAR',
    );
  });
});
