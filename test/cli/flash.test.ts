/** `--flash`: what a guest stores is in the file afterwards, and the next run finds it. A small guest of our own, and U-Boot's environment. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ASSEMBLER } from '../support/assemble.js';
import { flashGuest, KEPT, KEPT_AT } from '../support/flash-guest.js';
import { need, UBOOT } from '../support/tools.js';
import { buildCli, type CliProcess } from './process.js';

const SECTOR = 0x4_0000;

describe('trapline with a flash file', function () {
  this.timeout(60_000);
  let cli: CliProcess;

  before(async () => {
    cli = await buildCli();
  });
  after(() => {
    cli.remove();
  });

  const file = (name: string): string => path.join(cli.folder, name);

  function make(afterwards: Parameters<typeof flashGuest>[0]): string {
    fs.writeFileSync(file(afterwards), flashGuest(afterwards));
    return file(afterwards);
  }

  for (const mode of ['bare', 'hypervised']) {
    describe(mode, () => {
      const run = (...args: string[]) => cli.run(['run', '--mode', mode, '--timeout', '30', ...args]);

      it('makes the file, keeps it over a reset, and gives it to the next run', async function () {
        need(this, ...ASSEMBLER);
        const guest = make('reset');
        const flash = `vars-${mode}`;
        const first = await run(guest, '--flash', flash);
        assert.match(first.stdout, /^wk$/, first.stderr);
        assert.equal(first.code, 0);
        const bytes = fs.readFileSync(file(flash));
        assert.equal(bytes.length, KEPT_AT + SECTOR);
        assert.equal(bytes.readUInt32LE(KEPT_AT), KEPT);
        bytes.fill(0xff, KEPT_AT, KEPT_AT + 4);
        assert.ok(
          bytes.every((byte) => byte === 0xff),
          'something else was stored',
        );
        const second = await run(guest, '--flash', flash);
        assert.equal(second.stdout, 'k', second.stderr);
      });

      it('changes nothing else in a file that is longer, and fills one that is shorter', async function () {
        need(this, ...ASSEMBLER);
        const guest = make('sleep');
        const long = Buffer.alloc(3 * SECTOR, 0x5a);
        long.fill(0xff, KEPT_AT, KEPT_AT + 4);
        for (const [name, before] of Object.entries({ long, short: Buffer.from('short'), none: Buffer.alloc(0) })) {
          fs.writeFileSync(file(name), before);
          const { stdout } = await run(guest, '--flash', name);
          assert.equal(stdout, 'w');
          const wanted = Buffer.alloc(Math.max(before.length, KEPT_AT + SECTOR), 0xff);
          before.copy(wanted);
          wanted.writeUInt32LE(KEPT, KEPT_AT);
          assert.ok(fs.readFileSync(file(name)).equals(wanted), name);
        }
      });

      it('keeps what was stored when the run is cut short', async function () {
        need(this, ...ASSEMBLER);
        const guest = make('spin');
        for (const [end, code] of [
          [['--max-instructions', '100000'], 3],
          [['--timeout', '1.5'], 3],
          [['--until', 'w'], 0],
        ] as const) {
          fs.rmSync(file('cut'), { force: true });
          const outcome = await cli.run(['run', '--mode', mode, guest, '--flash', 'cut', ...end]);
          assert.equal(outcome.code, code, outcome.stderr);
          assert.equal(fs.readFileSync(file('cut')).readUInt32LE(KEPT_AT), KEPT, end[0]);
        }
      });
    });
  }

  it('leaves the file alone where nothing is stored', async function () {
    need(this, ...ASSEMBLER);
    const guest = make('reset');
    const kept = Buffer.alloc(KEPT_AT + 5, 0xff);
    kept.writeUInt32LE(KEPT, KEPT_AT);
    fs.writeFileSync(file('read-only'), kept);
    const { mtimeMs } = fs.statSync(file('read-only'));
    assert.equal((await cli.run(['run', guest, '--flash', 'read-only'])).stdout, 'k');
    assert.ok(fs.readFileSync(file('read-only')).equals(kept));
    assert.equal(fs.statSync(file('read-only')).mtimeMs, mtimeMs);
  });

  it('refuses a file whose folder is not there, or that cannot be read, before anything runs', async function () {
    need(this, ...ASSEMBLER);
    const guest = make('reset');
    const nowhere = await cli.run(['run', guest, '--flash', 'no/such/file']);
    assert.equal(
      nowhere.stderr,
      'trapline: The folder of no/such/file does not exist; make it, or correct the path of --flash.\n',
    );
    assert.deepEqual([nowhere.code, nowhere.stdout], [2, '']);
    const directory = await cli.run(['run', guest, '--flash', '.']);
    assert.match(directory.stderr, /^trapline: \. cannot be read \(EISDIR[^\n]+; give another file as --flash\.\n$/);
    assert.deepEqual([directory.code, directory.stdout], [2, '']);
  });

  it('says once that nothing can be stored, and fails', async function () {
    need(this, ...ASSEMBLER);
    // a name that can be looked for and not made, whoever runs the tests
    fs.symlinkSync(file('no/such/folder'), file('dangling'));
    const { code, stdout, stderr } = await cli.run(['run', make('reset'), '--flash', 'dangling']);
    assert.equal(stdout, 'wk');
    assert.match(
      stderr,
      /^The guest reset the board\.\ndangling cannot be written \(ENOENT[^\n]+\); what the guest stored in its flash is lost unless that is mended before the session ends\.\nThe guest powered off\.\n$/,
    );
    assert.equal(code, 1);
  });

  it('keeps the environment of U-Boot', async function () {
    need(this, UBOOT);
    this.timeout(240_000);
    const boot = async (mode: string, ...commands: string[]): Promise<string> => {
      const typed = commands.map((command) => `send "${command}\\r"\nexpect /\\n=> $/\n`).join('');
      fs.writeFileSync(file('script'), `expect /stop autoboot/\nsend " "\nexpect /\\n=> $/\n${typed}`);
      const { code, stdout, stderr } = await cli.run([
        ...['run', '--mode', mode, '--bios', UBOOT, '--flash', 'environment'],
        ...['--script', 'script', '--timeout', '110'],
      ]);
      assert.equal(code, 0, `${stdout}${stderr}`);
      return stdout.replaceAll('\r', '');
    };
    const first = await boot('hypervised', 'setenv guest remembers', 'saveenv');
    assert.match(first, /bad CRC/, 'the flash was not erased to begin with');
    assert.match(first, /Writing to Flash\.\.\. done/);
    for (const mode of ['hypervised', 'bare']) {
      const next = await boot(mode, 'printenv guest');
      assert.match(next, /^guest=remembers$/m, mode);
      assert.doesNotMatch(next, /bad CRC/, mode);
    }
  });
});
