import assert from 'node:assert/strict';
import { optionLabel, parseCommand, type RunCommand } from '../../src/cli/options.js';
import { parseScript } from '../../src/cli/script.js';
import { runStatistics, statisticsText } from '../../src/cli/statistics.js';
import { EscapeKey } from '../../src/cli/terminal.js';
import { censusText } from '../../src/cli/scan.js';
import { UserError } from '../../src/util/errors.js';

function run(...args: string[]): RunCommand {
  const command = parseCommand(['run', ...args]);
  assert.ok(command.kind === 'run');
  return command;
}

function refused(...args: string[]): string {
  try {
    parseCommand(args);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /^[^\n]+\.$/, 'not one sentence');
    return error.message;
  }
  throw new Error(`accepted ${args.join(' ')}`);
}

describe('command line', () => {
  it('takes every option', () => {
    const command = run(
      ...[
        'guest.elf',
        '--board',
        'virt',
        '--mode',
        'hypervised',
        '--level',
        '0',
        '--engine',
        'reference',
        '--memory',
        '64M',
      ],
      ...['--bios', 'b', '--kernel', 'k', '--initrd', 'i', '--dtb', 'd', '--append', 'console=ttyAMA0'],
      ...['--load', 'a@b.bin@0x48000000', '--load', 'c@16', '--script', 's', '--until', '=> $'],
      ...['--max-instructions', '1000', '--timeout', '2.5', '--stats', 'json', '--trace', 't'],
    );
    const { configuration, kind, ...rest } = command;
    assert.equal(kind, 'run');
    assert.deepEqual(rest, {
      script: 's',
      until: '=> $',
      maxInstructions: 1000,
      timeoutSeconds: 2.5,
      stats: 'json',
      trace: 't',
    });
    assert.equal(configuration.program, 'guest.elf');
    assert.equal(configuration.level, 0);
    assert.equal(configuration.engine, 'reference');
    assert.equal(configuration.memory, '64M');
    assert.equal(configuration.append, 'console=ttyAMA0');
    assert.equal(configuration.semihosting, true);
    assert.deepEqual(configuration.load, [
      { file: 'a@b.bin', address: '0x48000000' },
      { file: 'c', address: '16' },
    ]);
  });

  it('takes words to decode, of one instruction set or the other', () => {
    assert.deepEqual(parseCommand(['decode', '0xe1a0f00e', 'E10F0000', '--json']), {
      kind: 'decode',
      words: [
        { isa: 'A32', word: 0xe1a0f00e },
        { isa: 'A32', word: 0xe10f0000 },
      ],
      json: true,
    });
    assert.deepEqual(parseCommand(['decode', '--thumb', 'b672', '0xf3ef_8000', '--cpu', 'cortex-a8']), {
      kind: 'decode',
      words: [
        { isa: 'T16', word: 0xb672, cpu: 'cortex-a8' },
        { isa: 'T32', word: 0xf3ef8000, cpu: 'cortex-a8' },
      ],
      json: false,
    });
  });

  it('runs a boot loader without an image', () => {
    assert.equal(run('--bios', 'u-boot.bin', '--mode=bare').configuration.mode, 'bare');
  });

  const wrong: [string[], RegExp][] = [
    [[], /needs a command: run, report, scan or decode/],
    [['walk'], /no command "walk"/],
    [['run'], /nothing to run/],
    [['run', '--bios', ''], /nothing to run/],
    [['run', 'a', 'b'], /takes one image, not 2/],
    [['run', 'a', '--speed', '3'], /no option --speed/],
    [['run', 'a', '--memory'], /--memory needs a value/],
    [['run', 'a', '--level', '3'], /--level must be 0, 1 or 2, not 3\./],
    [['run', 'a', '--level', 'one'], /--level must be 0, 1 or 2, not one\./],
    [['run', 'a', '--mode', 'bear'], /--mode must be hypervised or bare, not bear\./],
    [['run', 'a', '--memory', 'lots'], /--memory must be a number of bytes/],
    [['run', 'a', '--load', 'b.bin'], /--load takes FILE@ADDR/],
    [['run', 'a', '--load', 'b.bin@home'], /address in --load b\.bin@home must be a number/],
    [['run', 'a', '--until', '('], /--until is no regular expression/],
    [['run', 'a', '--max-instructions', '-1'], /--max-instructions needs a value|above 0/],
    [['run', 'a', '--max-instructions', '1.5'], /must be a whole number/],
    [['run', 'a', '--timeout', 'soon'], /--timeout must be a number above 0, not "soon"\./],
    [['run', 'a', '--stats', 'xml'], /--stats must be json or text/],
    [['run', 'a', '--mode', 'bare', '--trace', 't'], /bare guest has none/],
    [['scan'], /takes one image, and none was given/],
    [['scan', 'a', 'b'], /2 were given/],
    [['scan', 'a', '--deep'], /trapline scan has no option --deep/],
    [['decode'], /takes words such as 0xe1a0f00e, and none was given/],
    [['decode', 'lr'], /^"lr" is no instruction word; write hexadecimal digits/],
    [['decode', '0xe1a0f00e0'], /^0xe1a0f00e0 has more than 32 bits/],
    [['decode', '0xb672'], /^0xb672 has 16 bits.*Thumb instruction, add --thumb; if not, write 0x0000b672\.$/],
    [['decode', '--thumb', '0xf3ef'], /^0xf3ef is the first half of a 32-bit Thumb instruction; write both halves/],
    [['decode', '--thumb', '0xb672b662'], /0xb672 is one of 16 bits by itself\. Decode 0xb672 and 0xb662 apart\.$/],
    [['decode', '0xe1a0f00e', '--cpu', 'z80'], /^--cpu must be .*cortex-a15.*, not z80\.$/],
    [['decode', '0xe1a0f00e', '--cpu'], /--cpu needs a value/],
    [['decode', '0xe1a0f00e', '--t32'], /trapline decode has no option --t32/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses "trapline ${args.join(' ')}"`, () => {
      assert.match(refused(...args), message);
    });
  }

  it('has help for each command, with every option and every exit code', () => {
    for (const args of [['--help'], ['run', '--help'], ['scan', '--help'], ['help']]) {
      const command = parseCommand(args);
      assert.ok(command.kind === 'help' && command.text.includes('trapline'));
    }
    const help = parseCommand(['run', '--help']);
    assert.ok(help.kind === 'help');
    for (const option of [
      'board',
      'mode',
      'level',
      'engine',
      'memory',
      'bios',
      'kernel',
      'initrd',
      'dtb',
      'append',
      'load',
    ]) {
      assert.ok(help.text.includes(`--${option} `), option);
    }
    for (const option of ['script', 'until', 'max-instructions', 'timeout', 'stats', 'trace']) {
      assert.ok(help.text.includes(`--${option} `), option);
    }
    assert.match(help.text, /Ctrl-A x/);
    assert.match(help.text, /hypervised, bare\); default hypervised/);
    for (const line of help.text.split('\n')) assert.ok(line.length <= 128, line);
  });

  it('names launch attributes as options in errors', () => {
    assert.equal(optionLabel('program'), 'IMAGE');
    assert.equal(optionLabel('load[2].file'), '--load');
  });
});

describe('script files', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('have expect, send and quit', () => {
    const steps = parseScript(
      's',
      '# a comment\n\nexpect /Hit any key/i\r\nsend "\\x20"\nexpect /=> $/\nsend "a\\"b\\\\\\r\\n"\nquit\nnonsense',
    );
    assert.deepEqual(steps, [
      { kind: 'expect', pattern: 'Hit any key', flags: 'i' },
      { kind: 'send', bytes: bytes(' ') },
      { kind: 'expect', pattern: '=> $', flags: '' },
      { kind: 'send', bytes: bytes('a"b\\\r\n') },
    ]);
  });

  const wrong: [string, RegExp][] = [
    ['expect foo', /^s:1: expect takes a regular expression in slashes/],
    ['\nexpect /(/', /^s:2: /],
    ['send version', /^s:1: send takes text in double quotes/],
    ['send "a\\q"', /escapes are/],
    ['send "a" "b"', /double quotes/],
    ['quit now', /has lines expect, send and quit, not "quit now"/],
    ['wait 3', /not "wait 3"/],
  ];
  for (const [text, message] of wrong) {
    it(`refuse ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseScript('s', text), { number: 660, message });
    });
  }
});

describe('keys', () => {
  const press = (key: EscapeKey, text: string) => {
    const { bytes, quit } = key.filter(new TextEncoder().encode(text));
    return [new TextDecoder().decode(bytes), quit];
  };

  it('go to the guest as they are, but for Ctrl-A', () => {
    const key = new EscapeKey();
    assert.deepEqual(press(key, 'a\x03\x7f\r'), ['a\x03\x7f\r', false]);
    assert.deepEqual(press(key, 'b\x01'), ['b', false]);
    assert.deepEqual(press(key, '\x01c'), ['\x01c', false]);
    assert.deepEqual(press(key, '\x01xyz'), ['', true]);
  });
});

describe('statistics', () => {
  const statistics = runStatistics(
    {
      instructions: 3_000_000,
      virtualTime: 0,
      mode: 'hypervised',
      exits: [{ cls: 'wait', count: 12, dropped: 0, unrecorded: 0 }],
      blocks: 3,
      sites: 4,
      injectedInterrupts: 5,
      cpu: 'cortex-a15',
      cpuMode: 'svc',
    },
    1500,
  );

  it('have the fields that scripts read', () => {
    assert.deepEqual(statistics, {
      instructions: 3_000_000,
      wallSeconds: 1.5,
      mips: 2,
      mode: 'hypervised',
      exits: { wait: 12 },
      blocks: 3,
      sites: 4,
      injectedInterrupts: 5,
    });
  });

  it('read well as text', () => {
    assert.match(statisticsText(statistics), /^ {2}instructions +3,000,000\n/);
    assert.match(statisticsText(statistics), /\n {2}exits, wait +12$/);
  });
});

describe('census', () => {
  it('lists classes, sensitive sites and indirect branches', () => {
    const text = censusText('a.elf', {
      method: 'symbols',
      instructions: 200,
      unknown: 1,
      classes: [
        { cls: 'innocuous', count: 197 },
        { cls: 'wait', count: 1 },
      ],
      sensitive: [{ address: 0x8000, isa: 'T16', word: 0xbf30, text: 'wfi', cls: 'wait', symbol: 'idle+4' }],
      indirectBranches: [{ address: 0x8004, isa: 'A32', word: 0xe12fff1e, text: 'bx lr', cls: 'indirect-branch' }],
      directBranches: 2,
    });
    assert.match(text, /^a\.elf: 200 instructions, found by symbols\n/);
    assert.match(text, / {2}sensitive +1 \(0\.50 %\)\n/);
    assert.match(text, /\n {2}0x00008000 {2}T16 {2}bf30 {6}wfi +wait {2}idle\+4\n/);
    assert.match(text, /\n {2}0x00008004 {2}A32 {2}e12fff1e {2}bx lr +indirect-branch\n$/);
  });
});
