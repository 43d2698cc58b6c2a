/** U-Boot to its prompt in wall time, by the command `trapline run` beside QEMU; and how long the start takes. Each is a process of its own, from its start. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRepo } from '../../../scripts/lib/repo.mjs';
import { Exit } from '../../../src/cli/run.js';
import { createBareGuest } from '../../../src/machine/bare-guest.js';
import { spreadOf, type Spread } from '../report/statistics.js';
import { bootUboot, UBOOT, type UbootWay } from '../vmm/uboot.js';
import { executeJob, residentAtMost } from './processes.js';

const QEMU = 'qemu-system-arm';
const QEMU_ARGUMENTS =
  '-M virt,gic-version=2,highmem=off -cpu cortex-a15 -m 128M -nic none -display none -monitor none -serial stdio -bios';
/** Bytes of guest RAM that {@link bootUboot} has. */
export const BOOT_RAM = 128 << 20;

const CLI = inRepo('dist/cli.js');

/** With certificates named in the environment Node parses them all before anything else, 40 ms at every start: that is nothing of ours or of QEMU's. */
const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

/** The command that boots U-Boot each way. */
const WAYS: Partial<Record<UbootWay, string>> = { bare: '--mode bare', 'level 2': '--level 2' };

/** How a program has brought U-Boot to its prompt. */
interface Boot {
  /** Of wall time, from the program's start. */
  readonly seconds: number;
  readonly peakMemory: number;
}

/** Starts a program that boots U-Boot on its own standard input and output; a key stops the countdown as soon as it can. */
function bootBy(command: string, args: readonly string[]): Promise<Boot> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env });
    let console = '';
    let typed = false;
    child.stdout.on('data', (piece: Buffer) => {
      console += piece.toString('latin1');
      if (!typed && console.includes('stop autoboot')) {
        typed = true;
        child.stdin.write('\r');
      }
      if (typed && console.endsWith('\n=> ')) {
        const seconds = (performance.now() - start) / 1000;
        resolve({ seconds, peakMemory: residentAtMost(child.pid ?? 0) });
        child.kill('SIGKILL');
      }
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${command} ended before the prompt:\n${console}`)));
  });
}

/** Builds the command. What that takes is loaded here alone: V8 would still be optimising it while other processes of this benchmark measure. */
async function buildCommand(): Promise<void> {
  const { bundle } = (await import(
    pathToFileURL(inRepo('scripts/bundle.mjs')).href
  )) as typeof import('../../../scripts/bundle.mjs');
  await bundle({ production: true });
}

/** A boot to the end: what V8 keeps of the command's code (src/entry/hosts/launcher.ts) is there from the second time on. */
function warmUp(): void {
  const script = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-boot-')), 'script');
  fs.writeFileSync(script, 'expect /stop autoboot/\nsend "\\r"\nexpect /=> $/\nquit\n');
  const { status } = spawnSync(process.execPath, [CLI, 'run', '--bios', UBOOT, '--script', script], { env });
  if (status !== 0) throw new Error(`the command ended with ${status}`);
  fs.rmSync(path.dirname(script), { recursive: true });
}

/** The first instructions of U-Boot by the command; its exit code says that they were all it was to execute. */
function startCommand(): number {
  const start = performance.now();
  const args = [CLI, 'run', '--bios', UBOOT, '--mode', 'bare', '--max-instructions', '1'];
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
  if (status !== Exit.limit) throw new Error(`the command ended with ${status}: ${stderr.toString()}`);
  return performance.now() - start;
}

/** In this process: instructions to the prompt. */
export function bootHere(way: UbootWay): { readonly instructions: number } {
  const { instructions } = bootUboot(way, undefined, 'jit');
  return { instructions };
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

/** The command `trapline run` beside QEMU. */
export async function compareBoots(ways: readonly UbootWay[], runs: number): Promise<Boots[]> {
  if (!fs.existsSync(UBOOT)) return [];
  await buildCommand();
  const qemu: Boot[] = [];
  const ours = ways.map(() => [] as Boot[]);
  const commands = ways.map((way) => [CLI, 'run', '--bios', UBOOT, ...(WAYS[way] ?? '').split(' ')]);
  warmUp();
  for (let run = 0; run < runs; run++) {
    qemu.push(await bootBy(QEMU, [...QEMU_ARGUMENTS.split(' '), UBOOT]));
    for (const [i, args] of commands.entries()) ours[i].push(await bootBy(process.execPath, args));
  }
  const secondsOf = (boots: readonly Boot[]): Spread => spreadOf(boots.map(({ seconds }) => seconds));
  const theirs = secondsOf(qemu);
  const found: Boots[] = [];
  for (const [i, way] of ways.entries()) {
    const seconds = secondsOf(ours[i]);
    const peakMemory = Math.max(...ours[i].map((boot) => boot.peakMemory));
    const { instructions } = await executeJob<{ readonly instructions: number }>('uboot', way);
    found.push({ way, seconds, qemu: theirs, ratio: seconds.median / theirs.median, instructions, peakMemory });
  }
  return found;
}

/** Milliseconds of `trapline run` for one guest instruction, from its start to its end; and of those, what it takes once the code is there. */
export interface Start {
  readonly process: number;
  readonly code: number;
}

/** In this process: milliseconds until the first guest instruction has been executed. */
export function startHere(): { readonly code: number } {
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
  return { code: performance.now() - code };
}

export async function measureStart(runs: number): Promise<Start> {
  await buildCommand();
  warmUp();
  const all: Start[] = [];
  for (let run = 0; run < runs; run++) {
    const { code } = await executeJob<{ readonly code: number }>('start');
    all.push({ process: startCommand(), code });
  }
  const middle = (of: (start: Start) => number): number => spreadOf(all.map(of)).median;
  return { process: middle((start) => start.process), code: middle((start) => start.code) };
}
