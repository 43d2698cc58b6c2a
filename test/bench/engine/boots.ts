/** U-Boot to its prompt in wall time, beside QEMU; and how long the start takes. Each in a process of its own, from its start. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createBareGuest } from '../../../src/machine/bare-guest.js';
import { spreadOf, type Spread } from '../report/statistics.js';
import { bootUboot, UBOOT, type UbootWay } from '../vmm/uboot.js';
import { executeJob } from './processes.js';

const QEMU = 'qemu-system-arm';
const QEMU_ARGUMENTS =
  '-M virt,gic-version=2,highmem=off -cpu cortex-a15 -m 128M -nic none -display none -monitor none -serial stdio -bios';
/** Megabytes of guest RAM that {@link bootUboot} has, in bytes. */
export const BOOT_RAM = 128 << 20;

/** Seconds from QEMU's start to the prompt of U-Boot; a key stops its countdown as soon as it can. */
function bootAtQemu(): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(QEMU, [...QEMU_ARGUMENTS.split(' '), UBOOT], { stdio: ['pipe', 'pipe', 'ignore'] });
    let console = '';
    let typed = false;
    child.stdout.on('data', (piece: Buffer) => {
      console += piece.toString('latin1');
      if (!typed && console.includes('stop autoboot')) {
        typed = true;
        child.stdin.write('\r');
      }
      if (typed && console.endsWith('\n=> ')) {
        resolve((performance.now() - start) / 1000);
        child.kill('SIGKILL');
      }
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`QEMU ended before the prompt:\n${console}`)));
  });
}

export interface BootJob {
  /** Instructions to the prompt. */
  readonly instructions: number;
  readonly peakMemory: number;
}

/** In this process. */
export function bootHere(way: UbootWay): BootJob {
  const { instructions } = bootUboot(way, undefined, 'jit');
  return { instructions, peakMemory: process.resourceUsage().maxRSS * 1024 };
}

/** Seconds of wall time from the start of the process. */
export interface Boots {
  readonly way: UbootWay;
  readonly seconds: Spread;
  readonly qemu: Spread;
  readonly ratio: number;
  readonly instructions: number;
  readonly peakMemory: number;
}

export async function compareBoots(ways: readonly UbootWay[], runs: number): Promise<Boots[]> {
  if (!fs.existsSync(UBOOT)) return [];
  const qemu: number[] = [];
  const ours = ways.map(() => [] as { readonly seconds: number; readonly job: BootJob }[]);
  for (let run = 0; run < runs; run++) {
    qemu.push(await bootAtQemu());
    for (const [i, way] of ways.entries()) {
      const job = await executeJob<BootJob>('uboot', way);
      ours[i].push({ seconds: job.wall, job });
    }
  }
  const theirs = spreadOf(qemu);
  return ways.map((way, i) => {
    const seconds = spreadOf(ours[i].map((run) => run.seconds));
    const peakMemory = Math.max(...ours[i].map(({ job }) => job.peakMemory));
    const { instructions } = ours[i][0].job;
    return { way, seconds, qemu: theirs, ratio: seconds.median / theirs.median, instructions, peakMemory };
  });
}

/** Milliseconds from the start of the process, and from when its code is there, until the first guest instruction has been executed. */
export interface Start {
  readonly process: number;
  readonly code: number;
}

/** In this process. */
export function startHere(): Start {
  const code = performance.now();
  const guest = createBareGuest(
    {
      board: 'virt',
      cpu: 'cortex-a15',
      memory: BOOT_RAM,
      engine: 'jit',
      nsPerInstruction: 16,
      epoch: 0,
      semihosting: false,
      unpredictable: 'undefined',
      images: { bios: { name: UBOOT, bytes: new Uint8Array(fs.readFileSync(UBOOT)) }, loads: [] },
    },
    { console: () => {}, guestError: () => {}, guestException: () => {} },
  );
  guest.run({ limit: 1, skipBreakpointOnce: false, sleepUntil: Infinity });
  const now = performance.now();
  return { process: now, code: now - code };
}

export async function measureStart(runs: number): Promise<Start> {
  const all: Start[] = [];
  for (let run = 0; run < runs; run++) all.push(await executeJob<Start>('start'));
  const middle = (of: (start: Start) => number): number => spreadOf(all.map(of)).median;
  return { process: middle((start) => start.process), code: middle((start) => start.code) };
}
