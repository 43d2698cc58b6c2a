/** Commands that build an assembly file, and what is read from the tools' output; the tools are asked where they are installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  buildArguments,
  commandText,
  namesScript,
  toolKind,
  type CommandLine,
} from '../../src/extension/build/command-line.js';
import { problemsOf } from '../../src/extension/build/problems.js';
import { need } from '../support/tools.js';

const root = path.resolve(import.meta.dirname, '../..');
const GCC = 'arm-none-eabi-gcc';
const line: CommandLine = { source: 'a.s', output: '/o/a.elf', script: '/x/virt.ld', board: 'virt', extra: [] };

describe('the command line of a build', () => {
  it('is that of GNU tools', () => {
    assert.equal(
      commandText('arm-none-eabi-gcc', buildArguments('gcc', line)),
      'arm-none-eabi-gcc -mcpu=cortex-a15 -mfpu=neon-vfpv4 -mfloat-abi=softfp -g -nostdlib -static -Wl,--build-id=none ' +
        '-Wl,-z,max-page-size=4096 -T /x/virt.ld -o /o/a.elf a.s',
    );
  });

  it('is that of clang with lld', () => {
    const args = buildArguments('clang', { ...line, board: 'raspi1', extra: ['-DX=1'] });
    assert.equal(
      commandText('clang', args),
      'clang --target=arm-none-eabi -fuse-ld=lld -mcpu=arm1176jzf-s -mfpu=vfp -mfloat-abi=softfp -g -nostdlib -static ' +
        '-Wl,--build-id=none -Wl,-z,max-page-size=4096 -T /x/virt.ld -o /o/a.elf a.s -DX=1',
    );
  });

  it('follows the processor, and the script of the user', () => {
    assert.ok(buildArguments('gcc', { ...line, cpu: 'cortex-a8' }).includes('-mfpu=neon'));
    assert.ok(!buildArguments('gcc', { ...line, script: undefined }).includes('-T'));
    for (const argument of ['-Tx.ld', '-T', '--script=x', '-Wl,-T,x.ld', '-Wl,-z,now,-Tx'])
      assert.ok(namesScript([argument]), argument);
    for (const argument of ['-Ttext=0', '-Ttext', '-Wl,-z,now', '-DT', 'T'])
      assert.ok(!namesScript([argument]), argument);
    const kinds = [
      'clang',
      '/usr/bin/clang-14',
      'C:\\llvm\\clang.exe',
      'arm-none-eabi-gcc',
      '/opt/clang/bin/arm-gcc',
    ].map(toolKind);
    assert.deepEqual(kinds, ['clang', 'clang', 'clang', 'gcc', 'gcc']);
  });

  it('is shown as it could be typed', () => {
    assert.equal(commandText('gcc', ['a b.s', '-DX="1"']), `gcc 'a b.s' '-DX="1"'`);
  });
});

describe('problems in the output of tools', () => {
  const shown = (text: string): string[] =>
    problemsOf(text).map(
      ({ file = '-', line: at = '-', column, severity, message, related }) =>
        `${file}:${at}${column === undefined ? '' : `:${column}`} ${severity} ${message}` +
        related.map((place) => ` <${place.file}:${place.line} ${place.message}>`).join(''),
    );

  it('are those of GNU as', () => {
    const text =
      "a.s: Assembler messages:\na.s:4: Error: bad instruction `bad'\na.s:7: Warning: careful\na.s:9: Info: macro invoked from here\n";
    assert.deepEqual(shown(text), [
      "a.s:4 error bad instruction `bad'",
      'a.s:7 warning careful <a.s:9 macro invoked from here>',
    ]);
    assert.deepEqual(shown("Assembler messages:\nError: can't open e.s for reading: No such file or directory"), [
      "-:- error can't open e.s for reading: No such file or directory",
    ]);
  });

  it('are those of the C preprocessor and of clang', () => {
    assert.deepEqual(
      shown('c.S:1:10: fatal error: nofile.h: No such file\n    1 | #include\n      |  ^~~\ncompilation terminated.'),
      ['c.S:1:10 error nofile.h: No such file'],
    );
    assert.deepEqual(
      shown('a.s:3:2: error: invalid instruction\n foo r0\n ^\na.s:5:1: note: while in macro instantiation'),
      ['a.s:3:2 error invalid instruction <a.s:5 while in macro instantiation>'],
    );
  });

  it('are where a macro was called, for clang', () => {
    const text =
      '<instantiation>:1:1: error: invalid instruction\nmov r0, #0x12345\n^\na.s:6:2: note: while in macro instantiation\n foo r0\n ^\n' +
      '<instantiation>:1:10: note: invalid operand\na.s:6:2: note: while in macro instantiation\n';
    assert.deepEqual(shown(text), ['a.s:6 error invalid instruction']);
  });

  it('are those of GNU ld', () => {
    const ld = '/usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld:';
    assert.deepEqual(
      shown(
        [
          `${ld} warning: cannot find entry symbol _start; defaulting to 00008000`,
          `${ld} /tmp/ccjpBak0.o: in function \`start':`,
          "/tmp/bt/b.s:2: undefined reference to `nothing'",
          `${ld} /tmp/bt/b.s:3: undefined reference to \`other'`,
          `/tmp/bt/b.s:3:(.text+0x4): relocation truncated to fit: R_ARM_CALL`,
          `${ld}bad.ld:2: syntax error`,
          `${ld} cannot open linker script file none.ld: No such file or directory`,
          'collect2: error: ld returned 1 exit status',
        ].join('\n'),
      ),
      [
        '-:- warning cannot find entry symbol _start; defaulting to 00008000',
        "/tmp/bt/b.s:2 error undefined reference to `nothing'",
        "/tmp/bt/b.s:3 error undefined reference to `other'",
        '/tmp/bt/b.s:3 error relocation truncated to fit: R_ARM_CALL',
        'bad.ld:2 error syntax error',
        '-:- error cannot open linker script file none.ld: No such file or directory',
      ],
    );
  });

  it('are those of lld, and of drivers', () => {
    assert.deepEqual(
      shown(
        'ld.lld: error: undefined symbol: nothing\n>>> referenced by b.s:2 (/tmp/b.s:2)\n>>>               /tmp/b-1.o:(.text+0x0)\n' +
          '>>> referenced by b.s:4\n>>>               /tmp/b-1.o:(.text+0x8)\n' +
          'ld.lld: warning: cannot find entry symbol _start; not setting start address\n' +
          'ld.lld: error: bad.ld:2: ; expected, but got .text\n' +
          'clang: error: ld.lld command failed with exit code 1 (use -v to see invocation)',
      ),
      [
        'b.s:2 error undefined symbol: nothing <b.s:4 here, too>',
        '-:- warning cannot find entry symbol _start; not setting start address',
        'bad.ld:2 error ; expected, but got .text',
      ],
    );
    assert.deepEqual(shown("arm-none-eabi-gcc: error: unrecognized command-line option '-mbla'"), [
      "-:- error unrecognized command-line option '-mbla'",
    ]);
    assert.deepEqual(shown('clang -cc1as: fatal error: error in backend: Unknown Arch: armv7ve'), [
      '-:- error error in backend: Unknown Arch: armv7ve',
    ]);
    assert.deepEqual(shown('C:\\x\\a.s:4: Error: bad'), ['C:\\x\\a.s:4 error bad']);
  });

  it('are none in what says nothing', () => {
    assert.deepEqual(shown('\nfirst pass\n  |   ^~~\nhello: world\n'), []);
  });
});

describe('building with the GNU toolchain', function () {
  this.timeout(20_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-build-'));
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  function build(text: string, more: Partial<CommandLine> = {}) {
    fs.writeFileSync(path.join(folder, more.source ?? 'x.s'), text);
    const output = path.join(folder, 'x.elf');
    fs.rmSync(output, { force: true });
    const script = path.join(root, `media/boards/${more.board ?? 'virt'}.ld`);
    const args = buildArguments('gcc', { ...line, source: 'x.s', output, script, ...more });
    const { stderr, status } = spawnSync(GCC, args, { cwd: folder, encoding: 'utf8' });
    return { problems: problemsOf(stderr), status, bytes: status === 0 ? fs.readFileSync(output) : undefined };
  }

  const PROGRAM =
    '.syntax unified\n.global _start\n_start: ldr sp, =__stack_top\nldr r0, =value\n.bss\nvalue: .space 4\n';
  const ENTRY = 24;

  it('links for each board where it is entered', function () {
    need(this, GCC);
    for (const [board, entry] of [
      ['virt', 0x40010000],
      ['raspi1', 0x8000],
    ] as const) {
      const { problems, bytes } = build(PROGRAM, { board });
      assert.deepEqual(problems, []);
      assert.equal(bytes?.readUInt32LE(ENTRY), entry);
    }
  });

  it('has the instructions of the board’s processor, floating point and hypervisor calls among them', function () {
    need(this, GCC);
    const { problems } = build(
      `${PROGRAM}.text\nvmul.f32 d0, d1, d2\nvfma.f32 s0, s1, s2\nhvc #0\nsmc #0\nsdiv r0, r1, r2\n`,
    );
    assert.deepEqual(problems, []);
    assert.equal(build(`${PROGRAM}.text\nsdiv r0, r1, r2\n`, { board: 'raspi1' }).problems.length, 1);
  });

  it('runs the preprocessor over .S files', function () {
    need(this, GCC);
    const text = '#define START _start\n.global START\nSTART: nop\n#ifdef WRONG\nnonsense\n#endif\n';
    assert.deepEqual(build(text, { source: 'x.S' }).problems, []);
    const [problem] = build(text, { source: 'x.S', extra: ['-DWRONG'] }).problems;
    assert.equal(`${problem.file}:${problem.line}`, 'x.S:5');
  });

  it('says what is wrong, and where', function () {
    need(this, GCC);
    const { problems, status } = build('.syntax unified\n.global _start\n_start: nonsense r0\n');
    assert.equal(status, 1);
    assert.equal(problems.length, 1);
    assert.equal(problems[0].file, 'x.s');
    assert.equal(problems[0].line, 3);
    const [undefinedName] = build('.global _start\n_start: bl nowhere\n').problems;
    assert.equal(undefinedName.line, 2);
    assert.match(undefinedName.message, /nowhere/);
    const warned = build('start: nop\n');
    assert.equal(warned.status, 0);
    assert.match(warned.problems[0].message, /entry symbol _start/);
  });
});
