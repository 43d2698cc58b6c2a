/** The command as a process: its exit codes, what it writes where, and one sentence for each bad end. Guests are a few words of machine code. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { need, UBOOT } from '../support/tools.js';
import { buildCli, type CliProcess, type Outcome } from './process.js';

const root = path.resolve(import.meta.dirname, '../..');
const HELLO = path.join(root, 'samples/hello/hello.elf');
const PRIVILEGE = path.join(root, 'samples/privilege/privilege.elf');

const GUESTS: Readonly<Record<string, readonly number[]>> = {
  // b .
  spin: [0xeafffffe],
  // cpsid aif · wfi · b to the wfi
  asleep: [0xf10c01c0, 0xe320f003, 0xeafffffd],
  // mvn r0, #3 · mov pc, r0
  nowhere: [0xe3e00003, 0xe1a0f000],
  // mov r0, #0x60000000 · str r1, [r0] · b .
  unmapped: [0xe3a00206, 0xe5801000, 0xeafffffe],
  // mov r0, #SYS_EXIT_EXTENDED · add r1, pc, #0 · svc 0x123456 · ADP_Stopped_ApplicationExit · 42
  semihosting: [0xe3a00020, 0xe28f1000, 0xef123456, 0x20026, 42],
  // UART on, then echo each byte until q, then PSCI SYSTEM_OFF
  echo: [
    0xe3a04409, 0xe3000301, 0xe5840030, 0xe5940018, 0xe3100010, 0x1afffffc, 0xe5940000, 0xe5840000, 0xe3500071,
    0x1afffff8, 0xe3000008, 0xe3480400, 0xe1400070,
  ],
};

describe('trapline as a process', function () {
  this.timeout(60_000);
  let cli: CliProcess;

  before(async () => {
    cli = await buildCli();
    for (const [name, words] of Object.entries(GUESTS)) {
      fs.writeFileSync(guest(name), Buffer.from(Uint32Array.from(words).buffer));
    }
  });
  after(() => {
    cli.remove();
  });

  const guest = (name: string): string => path.join(cli.folder, `${name}.bin`);
  const trapline = (args: readonly string[], input = ''): Promise<Outcome> => cli.run(args, input);

  const sentence = /^[^\n]+[.;:)!]\n$/;

  it('decodes words, as text and as JSON', async () => {
    const text = await trapline(['decode', '0xe1a0f00e', 'e10f0000']);
    assert.deepEqual([text.code, text.stderr], [0, '']);
    assert.match(text.stdout, /^0xe1a0f00e {2}mov pc, lr\n {2}A32: MOV \(register, ARM\), encoding A1 pc \(DDI 0406C/);
    assert.match(text.stdout, /\n\n0xe10f0000 {2}mrs r0, cpsr\n/);
    const json = await trapline(['decode', '--thumb', '0xf3ef8000', '--cpu', 'arm1176', '--json']);
    const [decoded] = JSON.parse(json.stdout) as { isa: string; cpu: string; text: string; missing?: string }[];
    assert.deepEqual([decoded.isa, decoded.cpu, decoded.text], ['T32', 'arm1176', 'mrs r0, cpsr']);
    assert.match(decoded.missing ?? '', /^MRS needs ARMv6T2 \(Thumb-2\), which arm1176 lacks/);
    const wrong = await trapline(['decode', 'lr']);
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(
      wrong.stderr,
      /^trapline: "lr" is no instruction word; write hexadecimal digits, such as 0xe1a0f00e\.\n$/,
    );
  });

  for (const mode of ['bare', 'hypervised']) {
    describe(mode, () => {
      const run = (args: readonly string[], input?: string) => trapline(['run', '--mode', mode, ...args], input);

      it('gives the console on standard output, and 0 when the guest powers off', async () => {
        const { code, stdout, stderr } = await run([HELLO]);
        assert.equal(stdout, 'Hello from a guest on ARM.\r\n');
        assert.equal(stderr, 'The guest powered off.\n');
        assert.equal(code, 0);
      });

      it('prints one object of statistics last', async () => {
        const { stdout } = await run([PRIVILEGE, '--stats', 'json']);
        const lines = stdout.trimEnd().split('\n');
        const statistics = JSON.parse(lines[lines.length - 1]) as Record<string, unknown>;
        assert.deepEqual(Object.keys(statistics), [
          ...['instructions', 'wallSeconds', 'mips', 'mode', 'exits', 'blocks', 'sites', 'injectedInterrupts'],
        ]);
        const exits = statistics.exits as Record<string, number>;
        if (mode === 'hypervised') {
          assert.ok(exits['exception-return'] > 0 && exits.device > 0);
          assert.equal(statistics.injectedInterrupts, 3);
        } else assert.deepEqual(exits, {});
      });

      it('ends with 0 where the awaited text comes', async () => {
        const { code, stdout } = await run([HELLO, '--until', 'from a']);
        assert.equal(stdout, 'Hello from a');
        assert.equal(code, 0);
      });

      it('ends with 1 when the guest ends before that', async () => {
        const { code, stderr } = await run([HELLO, '--until', 'never written']);
        assert.match(stderr, /^The guest ended before --until was met: The guest powered off\.\n$/);
        assert.equal(code, 1);
      });

      it("ends with the guest's own code", async () => {
        const { code, stderr } = await run([guest('semihosting')]);
        assert.match(stderr, /42/);
        assert.equal(code, 42);
      });

      it('ends with 3 at the instruction limit and at the time limit', async () => {
        const limited = await run([guest('spin'), '--max-instructions', '12345', '--stats', 'json']);
        assert.equal(limited.code, 3);
        assert.equal((JSON.parse(limited.stdout) as { instructions: number }).instructions, 12345);
        const timed = await run([guest('spin'), '--timeout', '0.3']);
        assert.equal(timed.code, 3);
        assert.match(timed.stderr, /within 0\.3 s/);
      });

      for (const name of ['asleep', 'nowhere', 'unmapped']) {
        it(`ends with 1 and one sentence for a guest that is ${name}`, async () => {
          const { code, stderr } = await run([guest(name), '--timeout', '20']);
          assert.match(stderr, sentence);
          assert.doesNotMatch(stderr, /bug/);
          assert.equal(code, 1);
        });
      }

      it('types what comes on standard input', async () => {
        const { code, stdout } = await run([guest('echo'), '--timeout', '20'], 'to and froq');
        assert.equal(stdout, 'to and froq');
        assert.equal(code, 0);
      });

      it('follows a script', async () => {
        const script = path.join(cli.folder, `script-${mode}`);
        fs.writeFileSync(script, '# type, wait, type\nsend "abc"\nexpect /abc$/\nsend "xq"\nexpect /xq/\nquit\n');
        const { code, stdout } = await run([guest('echo'), '--script', script, '--timeout', '20']);
        assert.equal(stdout, 'abcxq');
        assert.equal(code, 0);
      });

      it('is the same run each time a script types', async () => {
        const script = path.join(cli.folder, `same-${mode}`);
        fs.writeFileSync(script, 'send "ab"\nexpect /b/\nsend "c"\nexpect /c/\n');
        const counts = new Set<number>();
        for (let i = 0; i < 3; i++) {
          const { stdout } = await run([guest('echo'), '--script', script, '--stats', 'json']);
          counts.add((JSON.parse(stdout.split('\n').at(-2) ?? '') as { instructions: number }).instructions);
        }
        assert.equal(counts.size, 1, [...counts].join());
      });
    });
  }

  it('writes a line of JSON for each trap, and leaves none out', async () => {
    const trace = path.join(cli.folder, 'trace.jsonl');
    const { stdout } = await trapline(['run', PRIVILEGE, '--trace', trace, '--stats', 'json']);
    const { exits } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { exits: Record<string, number> };
    const records = fs
      .readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number; cls: string });
    records.forEach(({ sequence }, i) => {
      assert.equal(sequence, i + 1);
    });
    // the monitor's own housekeeping is counted but has no records
    delete exits['shadow-fill'];
    for (const [cls, count] of Object.entries(exits)) {
      assert.equal(records.filter((record) => record.cls === cls).length, count, cls);
    }
  });

  it('takes the census of an image', async () => {
    const { code, stdout } = await trapline(['scan', PRIVILEGE]);
    assert.equal(code, 0);
    assert.match(stdout, /^.*privilege\.elf: [0-9]+ instructions/);
    assert.match(stdout, /Sensitive sites:\n {2}0x40010000 {2}A32 {2}f10c01c0 {2}cpsid aif/);
    assert.match(stdout, /Indirect branches:\n/);
  });

  const wrong: [string, readonly string[], RegExp][] = [
    ['no command', [], /needs a command/],
    ['an unknown option', ['run', 'x', '--fast'], /no option --fast/],
    ['a missing image', ['run', 'gone.elf'], /gone\.elf does not exist; correct the path of IMAGE\./],
    ['a missing flash image', ['run', '--bios', 'gone.bin'], /gone\.bin does not exist; correct the path of --bios\./],
    [
      'a missing script',
      ['run', 'spin.bin', '--script', 'gone'],
      /gone does not exist; correct the path of --script\./,
    ],
    ['an image for scan that is not there', ['scan', 'gone.elf'], /gone\.elf does not exist/],
    ['an unknown level', ['run', 'spin.bin', '--level', '7'], /--level must be 0, 1 or 2, not 7\./],
    [
      'a trace that cannot be written',
      ['run', 'spin.bin', '--trace', '/no/such/folder/t'],
      /--trace .* cannot be written/,
    ],
    ['memory that is none', ['run', 'spin.bin', '--memory', '1'], /memory/],
  ];
  for (const [what, args, message] of wrong) {
    it(`ends with 2 and one sentence for ${what}`, async () => {
      const { code, stderr, stdout } = await trapline(args);
      assert.match(stderr, message);
      assert.match(stderr, sentence);
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });
  }

  it('boots U-Boot by a script, the same bare and hypervised', async function () {
    need(this, UBOOT);
    const script = path.join(cli.folder, 'u-boot');
    fs.writeFileSync(
      script,
      'expect /stop autoboot/\nsend " "\nexpect /=> $/\nsend "version\\r"\nexpect /=> $/\nquit\n',
    );
    const texts = new Set<string>();
    for (const mode of ['bare', 'hypervised']) {
      const args = ['run', '--bios', UBOOT, '--mode', mode, '--script', script, '--timeout', '50'];
      const { code, stdout, stderr } = await trapline(args);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /U-Boot 20/);
      texts.add(stdout);
    }
    assert.equal(texts.size, 1);
  });
});
