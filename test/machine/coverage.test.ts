/**
 * Coverage: how often each instruction was reached, and how often its condition failed. QEMU, which logs every instruction, says the first of a program
 * made for it; the program itself knows the second. The engines agree on whole guests, bare and hypervised at every level.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CoveragePage } from '../../src/arm/coverage.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import {
  assembled,
  MIB,
  ORIGIN,
  POWER_OFF,
  TestGuest,
  wayName,
  WAYS,
  type TestGuestOptions,
} from '../support/guest.js';
import { traceQemu } from '../support/qemu-trace.js';
import { need } from '../support/tools.js';

/** Loops, calls across pages, conditions that pass and fail, IT blocks, both states, code that is written while it runs. */
const PROGRAM = `
    adr sp, again
    mov r4, #0
    mov r5, #100
again:
    tst r5, #1
    addne r4, r4, #1
    addeq r4, r4, #2
    bleq even
    subs r5, r5, #1
    bne again
    ldr r0, =thumb + 1
    blx r0
    ldr r6, =far
    blx r6
    adr r1, patched
    ldr r2, =0xe2844003        @ add r4, r4, #3
    mov r7, #3
rewrite:
    bl patched
    str r2, [r1]
    mcr p15, 0, r7, c7, c5, 0
    mrcne p15, 0, r8, c0, c0, 0
    mrceq p15, 0, r8, c0, c0, 0
    subs r7, r7, #1
    bne rewrite
    ${POWER_OFF}
patched:
    add r4, r4, #1
    bx lr
even:
    add r4, r4, #4
    bx lr
    .thumb
    .thumb_func
thumb:
    movs r0, #10
1:  subs r0, r0, #1
    lsls r3, r0, #31
    itete ne
    addne r4, #1
    addeq r4, #2
    ldrne.w r3, [sp, #-4]
    moveq.w r3, #7
    cbz r0, done
    cbnz r0, next
next:
    b 1b
done:
    bx lr
    .align 2
    .ltorg
    .arm
    .org 0x1ffc
far:
    mov r0, #1
    add r0, r0, #1
    bx lr
`;

function reachedOf(pages: Iterable<CoveragePage>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { va, thumb, reached } of pages) {
    reached.forEach((count, i) => {
      assert.ok(count >= 0, `${count} at ${i} of ${va.toString(16)}`);
      if (count > 0) counts.set(`${(va + i * (thumb ? 2 : 4)).toString(16)} ${thumb}`, count);
    });
  }
  return counts;
}

function failedOf(pages: Iterable<CoveragePage>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { va, thumb, failed } of pages) {
    failed.forEach((count, i) => {
      if (count > 0) counts.set(`${(va + i * (thumb ? 2 : 4)).toString(16)} ${thumb}`, count);
    });
  }
  return counts;
}

function covered(way: (typeof WAYS)[number], options: TestGuestOptions, limit?: number): Iterable<CoveragePage> {
  const run = new TestGuest(way, { ...options, coverage: true });
  const { kind } = run.end(limit);
  assert.ok(kind === 'exit', `${kind}: ${run.console}`);
  const { engine, coverage } = run.guest.machine;
  engine.flushCounters();
  assert.ok(coverage);
  return coverage.pages;
}

function sample(name: string, more: Partial<TestGuestOptions> = {}, append?: string): TestGuestOptions {
  const file = new URL(`../../samples/${name}`, import.meta.url).pathname;
  const images = { program: { name: file, bytes: new Uint8Array(fs.readFileSync(file)) }, loads: [], append };
  return { semihosting: true, nsPerInstruction: 64, ...more, images };
}

/** Guests with interrupts, address spaces and user code. */
const WHOLE: Readonly<Record<string, TestGuestOptions>> = {
  privilege: sample('privilege/privilege.elf'),
  rtos: sample('rtos/rtos-virt.elf', {}, 'fib rounds=1 spin=2'),
  'rtos on raspi1': sample(
    'rtos/rtos-raspi1.elf',
    { board: 'raspi1', cpu: 'arm1176', memory: 64 * MIB },
    'fib rounds=1 spin=2',
  ),
};

const sorted = (counts: Map<string, number>): [string, number][] => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));

describe('coverage', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER, 'qemu-system-arm');
  });

  it('each instruction is reached as often as on QEMU', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-coverage-'));
    const file = path.join(folder, 'program.bin');
    fs.writeFileSync(file, assemble(PROGRAM, { origin: ORIGIN }));
    const seen = new Map<string, number>();
    const args = ['-M', 'virt,gic-version=2,highmem=off', '-cpu', 'cortex-a15', '-m', '16', '-display', 'none'];
    try {
      await traceQemu({ args: [...args, '-nic', 'none', '-kernel', file], limit: 1e6 }, (state) => {
        const key = `${(state[15] >>> 0).toString(16)} ${(state[16] >>> 5) & 1}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        return true;
      });
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
    // QEMU comes to our program through a loader of its own
    const ours = [...seen].filter(([key]) => parseInt(key, 16) >= ORIGIN && parseInt(key, 16) < ORIGIN + MIB);
    for (const way of WAYS) {
      const counts = reachedOf(covered(way, { images: assembled(PROGRAM) }));
      assert.deepEqual(sorted(counts), sorted(new Map(ours)), wayName(way));
    }
  });

  it('failed conditions are counted apart', () => {
    const failures: Readonly<Record<string, number>> = {
      'addne r4, r4, #1': 50,
      'addeq r4, r4, #2': 50,
      'bleq even': 50,
      'bne again': 1,
      'mrcne p15': 1,
      'mrceq p15': 2,
      'bne rewrite': 1,
      'addne r4, #1': 5,
      'addeq r4, #2': 5,
      'ldrne.w': 5,
      'moveq.w': 5,
      'cbz r0': 9,
      'cbnz r0': 0,
    };
    const names = Object.keys(failures);
    const labels = names.map((_, i) => `condition${i}`);
    const labelled = names.reduce((text, name, i) => text.replace(name, `${labels[i]}: ${name}`), PROGRAM);
    // the program ends with the addresses of its conditional instructions
    const marked = `${labelled} .word ${labels.join(', ')}\n`;
    const bytes = Buffer.from(assemble(marked, { origin: ORIGIN }));
    for (const way of WAYS) {
      const pages = [...covered(way, { images: assembled(marked) })];
      const failed = failedOf(pages);
      names.forEach((name, i) => {
        const address = bytes.readUInt32LE(bytes.length - 4 * (names.length - i));
        const found = failed.get(`${address.toString(16)} 0`) ?? failed.get(`${address.toString(16)} 1`) ?? 0;
        assert.equal(found, failures[name], `${wayName(way)}: ${name}`);
      });
      assert.equal(failed.size, Object.values(failures).filter((count) => count > 0).length, wayName(way));
    }
  });

  for (const [name, options] of Object.entries(WHOLE)) {
    it(`the engines agree on ${name}, bare and hypervised`, () => {
      const [wanted, ...others] = WAYS.filter(({ engine, level }) => engine === 'interpreter' || level === undefined)
        .sort((a, b) => (a.engine < b.engine ? 1 : -1))
        .map((way) => {
          const pages = [...covered(way, options, 40_000_000)];
          return { way, reached: sorted(reachedOf(pages)), failed: sorted(failedOf(pages)) };
        });
      assert.equal(wanted.way.engine, 'reference');
      for (const { way, reached, failed } of others) {
        assert.deepEqual(reached, wanted.reached, wayName(way));
        assert.deepEqual(failed, wanted.failed, wayName(way));
      }
    });
  }
});
