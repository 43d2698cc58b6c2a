import assert from 'node:assert/strict';
import { LAUNCH_ATTRIBUTES, parseNumber, parseSize } from '../../src/protocol/configuration.js';
import { FileProblem, prepareLaunch, type FilePort } from '../../src/protocol/prepare.js';
import { exceptionFilters } from '../../src/debug/exception-filters.js';
import type { TrapClassInfo } from '../../src/protocol/model.js';
import { GUEST_EXCEPTIONS, TRAP_CLASSES } from '../../src/protocol/trap-classes.js';
import { validateConfiguration } from '../../src/protocol/validate.js';
import { UserError } from '../../src/util/errors.js';
import { exitClasses } from '../../src/vmm/classes.js';

function refused(raw: Record<string, unknown>): UserError {
  try {
    validateConfiguration(raw);
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error;
  }
  throw new Error(`accepted ${JSON.stringify(raw)}`);
}

describe('launch configuration', () => {
  it('takes a program alone and fills in the defaults', () => {
    const configuration = validateConfiguration({ type: 'trapline', request: 'launch', name: 'x', program: 'a.elf' });
    assert.equal(configuration.mode, 'hypervised');
    assert.equal(configuration.level, 1);
    assert.equal(configuration.memory, '128M');
    assert.deepEqual(configuration.load, []);
    assert.equal('type' in configuration, false);
  });

  it('has defaults that pass its own check', () => {
    for (const [name, { default: value }] of Object.entries(LAUNCH_ATTRIBUTES)) {
      if (value !== undefined) validateConfiguration({ program: 'a.elf', [name]: value });
    }
  });

  const wrong: [Record<string, unknown>, number, RegExp][] = [
    [{}, 601, /names nothing to run; give an image as "program"/],
    [{ program: '' }, 601, /nothing to run/],
    [{ program: 7 }, 600, /"program".* must be text, not 7\./],
    [{ program: 'a', level: 3 }, 600, /"level".* must be 0, 1 or 2, not 3\./],
    [{ program: 'a', level: '1' }, 600, /"level".* must be 0, 1 or 2, not "1"\./],
    [{ program: 'a', mode: 'bear' }, 600, /"mode".* must be "hypervised" or "bare", not "bear"\./],
    [{ program: 'a', board: 'raspi9' }, 600, /"board".* must be "virt" or "raspi1", not "raspi9"\./],
    [{ program: 'a', memory: '128 elephants' }, 600, /"memory".* such as "128M"/],
    [{ program: 'a', memory: 1.5 }, 600, /"memory"/],
    [{ program: 'a', stopOnEntry: 'yes' }, 600, /"stopOnEntry".* must be true or false, not "yes"\./],
    [{ program: 'a', nsPerInstruction: 0 }, 600, /"nsPerInstruction".* must be a number above 0, not 0\./],
    [{ program: 'a', nsPerInstruction: NaN }, 600, /"nsPerInstruction"/],
    [{ program: 'a', load: 'b' }, 600, /"load".* must be a list, not "b"\./],
    [{ load: [{ file: 'b' }] }, 605, /"address" is missing in "load\[0\]"/],
    [{ load: [{ file: 'b', address: 'there' }] }, 600, /"load\[0\]\.address".* such as "0x40008000"/],
    [{ load: [{ file: 'b', address: 0, at: 1 }] }, 606, /"at" in "load\[0\]".* it may have file or address\./],
    [{ program: 'a', symbols: [7] }, 600, /"symbols\[0\]".* must be an object, not 7\./],
  ];
  for (const [raw, number, message] of wrong) {
    it(`refuses ${JSON.stringify(raw)} in one sentence`, () => {
      const error = refused(raw);
      assert.equal(error.number, number);
      assert.match(error.message, message);
      assert.match(error.message, /^[^\n]+\.$/);
    });
  }

  it('reads sizes and numbers as people write them', () => {
    const sizes: [string | number, number | undefined][] = [
      ['128M', 2 ** 27],
      ['64k', 2 ** 16],
      ['1 GiB', 2 ** 30],
      ['0x1000', 4096],
      [123, 123],
      ['', undefined],
      ['-1', undefined],
    ];
    for (const [text, value] of sizes) assert.equal(parseSize(text), value, String(text));
    assert.equal(parseNumber('0x40008000'), 0x40008000);
    assert.equal(parseNumber('-0x10'), -16);
    assert.equal(parseNumber('1e3'), undefined);
  });
});

describe('preparing a launch', () => {
  const files = (known: Record<string, Uint8Array>): FilePort => ({
    read: (name) =>
      name in known
        ? Promise.resolve(known[name])
        : Promise.reject(new FileProblem(name !== 'locked', 'permission denied')),
    write: () => Promise.reject(new Error('nothing is to be written before the guest runs')),
    hasDirectory: (name) => Promise.resolve(!name.startsWith('nowhere/')),
  });

  it('reads every file and turns text into numbers', async () => {
    const bytes = new Uint8Array([1, 2]);
    const configuration = validateConfiguration({
      bios: 'u-boot.bin',
      memory: '64M',
      load: [{ file: 'blob', address: '0xC0000000' }],
      symbols: [{ file: 'u-boot.elf', offset: '-0x100' }],
    });
    const options = await prepareLaunch(
      configuration,
      files({ 'u-boot.bin': bytes, blob: bytes, 'u-boot.elf': bytes }),
      99,
    );
    assert.deepEqual(options.bios, { name: 'u-boot.bin', bytes });
    assert.equal(options.loads[0].address, 0xc000_0000);
    assert.equal(options.symbols[0].offset, -256);
    assert.equal(options.memory, 2 ** 26);
    assert.equal(options.epoch, 99);
    assert.equal('program' in options, false);
  });

  const launch = (raw: Record<string, unknown>) => prepareLaunch(validateConfiguration(raw), files({}), 0);

  it('says which attribute names a file that is not there', async () => {
    await assert.rejects(launch({ program: 'gone.elf' }), {
      number: 603,
      message: /^gone\.elf does not exist; correct the path of "program" in the launch configuration\.$/,
    });
    await assert.rejects(launch({ program: 'locked' }), {
      number: 602,
      message: /^locked cannot be read \(permission denied\)/,
    });
    await assert.rejects(launch({ load: [{ file: 'gone', address: 0 }] }), {
      number: 603,
      message: /"load\[0\]\.file"/,
    });
  });

  it('takes a flash file that is not there yet, or is empty, for an erased flash, where its folder exists', async () => {
    const known = { a: new Uint8Array(4), empty: new Uint8Array(0), vars: Uint8Array.of(7) };
    const flash = async (name: string) =>
      (await prepareLaunch(validateConfiguration({ program: 'a', flash: name }), files(known), 0)).flash1;
    assert.deepEqual(await flash('vars'), { name: 'vars', bytes: known.vars });
    assert.deepEqual(await flash('empty'), { name: 'empty', bytes: new Uint8Array(0) });
    assert.deepEqual(await flash('to come'), { name: 'to come', bytes: new Uint8Array(0) });
    assert.equal(await flash(''), undefined);
    await assert.rejects(flash('nowhere/vars'), {
      number: 608,
      message:
        'The folder of nowhere/vars does not exist; make it, or correct the path of "flash" in the launch configuration.',
    });
    await assert.rejects(flash('locked'), { number: 602 });
  });

  it("says how to get Debian's U-Boot", async () => {
    await assert.rejects(launch({ bios: '/usr/lib/u-boot/qemu_arm/u-boot.bin' }), {
      number: 604,
      message: /apt-get install u-boot-qemu$/,
    });
  });

  it('refuses to give a guest no memory', async () => {
    await assert.rejects(
      prepareLaunch(validateConfiguration({ program: 'a', memory: 0 }), files({ a: new Uint8Array(4) }), 0),
      {
        number: 600,
      },
    );
  });
});

describe('what a session can pause at', () => {
  const shown = (list: readonly TrapClassInfo[]) =>
    list.map(({ id, label, description }) => ({ id, label, description }));

  it("are the monitor's classes of traps and the debugger's exceptions", () => {
    assert.deepEqual(TRAP_CLASSES, shown(exitClasses));
    assert.deepEqual(GUEST_EXCEPTIONS, shown(exceptionFilters));
  });
});
