/**
 * The sample rtos: a kernel with tasks, a tick and address spaces, on each board. QEMU, counting instructions as our virtual clock does, writes the
 * same text as the bare guest, numbers of its time included; hypervised it is the same run at every level and with either engine.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import type { GuestStop } from '../../src/machine/run.js';
import { recordHistory, assertSameHistory, type Subject } from '../support/guest-history.js';
import { MIB, TestGuest, wayName, WAYS, type TestGuestOptions, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

/** QEMU's `-icount shift=6`: an instruction takes 2^6 ns. */
const ICOUNT_SHIFT = 6;
/** More than the longest run takes, in instructions. */
const PATIENCE = 200_000_000;
const SUCCESS: GuestStop = { kind: 'exit', code: 0, how: 'semihosting' };

interface Board {
  readonly name: string;
  readonly cpu: string;
  readonly memory: number;
  readonly qemu: readonly string[];
}

const BOARDS: readonly Board[] = [
  {
    name: 'virt',
    cpu: 'cortex-a15',
    memory: 16 * MIB,
    qemu: ['-M', 'virt,gic-version=2,highmem=off', '-cpu', 'cortex-a15', '-nic', 'none'],
  },
  { name: 'raspi1', cpu: 'arm1176', memory: 64 * MIB, qemu: ['-M', 'raspi1ap'] },
];

const elfOf = ({ name }: Board): string => new URL(`../../samples/rtos/rtos-${name}.elf`, import.meta.url).pathname;

function optionsFor(board: Board, append: string): TestGuestOptions {
  const file = elfOf(board);
  return {
    board: board.name,
    cpu: board.cpu,
    memory: board.memory,
    nsPerInstruction: 2 ** ICOUNT_SHIFT,
    semihosting: true,
    images: { program: { name: file, bytes: new Uint8Array(fs.readFileSync(file)) }, loads: [], append },
  };
}

function runsTo(way: Way, board: Board, append: string, end: GuestStop = SUCCESS): TestGuest {
  const guest = new TestGuest(way, optionsFor(board, append));
  assert.deepEqual(guest.end(PATIENCE), end, `${wayName(way)}: ${guest.console}`);
  assert.deepEqual(guest.complaints, []);
  return guest;
}

function onQemu(board: Board, append: string): string {
  const timing = ['-icount', `shift=${ICOUNT_SHIFT},sleep=off`];
  const io = ['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-semihosting'];
  const args = [...board.qemu, ...timing, ...io, '-kernel', elfOf(board), '-append', append];
  return execFileSync('qemu-system-arm', args, {
    encoding: 'latin1',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A text without the microseconds that something took, and these numbers. */
function withoutTimes(text: string): { text: string; times: number[] } {
  const times: number[] = [];
  const rest = text.replace(/took (\d+) us/g, (_, us: string) => {
    times.push(Number(us));
    return 'took … us';
  });
  return { text: rest, times };
}

for (const board of BOARDS) {
  describe(`the sample rtos on ${board.name}`, function () {
    this.timeout(120_000);

    it('passes its own checks, all of them, and its benchmarks were preempted while they ran', () => {
      const { console: text } = runsTo({ engine: 'interpreter' }, board, '');
      for (const what of ['demo: ', 'faults: ', 'fib: ', 'dhry: ', 'aes: '])
        assert.ok(text.includes(`\n${what}`), what);
      assert.ok(text.endsWith('rtos: all checks passed\r\n'), text);
      const preempted = [...text.matchAll(/was preempted (\d+) times; others spun (\d+) times/g)];
      assert.equal(preempted.length, 3);
      for (const [line, times, turns] of preempted) assert.ok(Number(times) > 30 && Number(turns) > 1_000_000, line);
    });

    for (const append of ['', 'fib dhry rounds=3 spin=4', 'aes rounds=1 spin=0']) {
      it(`writes what it writes on QEMU: ${append || 'everything'}`, function () {
        need(this, 'qemu-system-arm');
        const ours = withoutTimes(runsTo({ engine: 'interpreter' }, board, append).console);
        const theirs = withoutTimes(onQemu(board, append));
        assert.equal(ours.text, theirs.text);
        // Their timers interrupt at a nanosecond of their own within the instruction.
        ours.times.forEach((us, i) =>
          assert.ok(Math.abs(us - theirs.times[i]) <= 2, `${us} us, QEMU ${theirs.times[i]}`),
        );
      });
    }

    for (const level of [0, 1, 2] as const) {
      it(`level ${level}: the whole run ends with the same text, at the same instruction`, () => {
        const bare = runsTo({ engine: 'interpreter' }, board, '');
        const hypervised = runsTo({ engine: 'interpreter', level }, board, '');
        assert.equal(hypervised.console, bare.console);
        assert.equal(hypervised.instructions, bare.instructions);
      });
    }

    it('has the same history in every way, with a tick every ten thousand instructions', () => {
      const subject: Subject = {
        options: {
          ...optionsFor(board, 'demo fault fib rounds=1 spin=1'),
          nsPerInstruction: 1000,
          sampleEvery: 9973,
        },
        script: (guest) => assert.deepEqual(guest.end(PATIENCE), SUCCESS, guest.console),
      };
      const [first, ...others] = WAYS;
      const baseline = recordHistory(first, subject);
      assert.ok(baseline.guest.exceptions.length > 400, `${baseline.guest.exceptions.length} exceptions`);
      for (const way of others) assertSameHistory(baseline, recordHistory(way, subject), subject);
    });

    it('says which words mean nothing', () => {
      const { console: text } = runsTo({ engine: 'interpreter' }, board, 'fbi rounds=', {
        kind: 'exit',
        code: 2,
        how: 'semihosting',
      });
      assert.match(text, /'fbi' means nothing.*\r\n'rounds=' means nothing/);
    });

    it('switches the board off where nobody answers semihosting calls', () => {
      const guest = new TestGuest({ engine: 'interpreter' }, { ...optionsFor(board, ''), semihosting: false });
      assert.deepEqual(guest.end(PATIENCE), { kind: 'exit', code: 0, how: 'power-off' });
      assert.ok(guest.console.endsWith('rtos: all checks passed\r\n'), guest.console);
    });
  });
}
