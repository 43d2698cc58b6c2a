/**
 * What the VMM costs on a real guest: Debian's U-Boot to its prompt, a key pressed at autoboot, bare against hypervised at each level. Processor time
 * of fresh processes (compilation included), medians of interleaved runs; then the host cost of an exit by class, sampled in one run.
 *
 *   node scripts/bench.mjs uboot
 *
 * TRAPLINE_RUNS sets the number of runs (default 5).
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createBareGuest } from '../../src/machine/bare-guest.js';
import type { GuestHooks, GuestOptions } from '../../src/machine/guest-options.js';
import type { Guest } from '../../src/machine/guest.js';
import { createHypervisor } from '../../src/vmm/hypervisor.js';

const UBOOT = '/usr/lib/u-boot/qemu_arm/u-boot.bin';
const RUNS = Number(process.env.TRAPLINE_RUNS ?? 5);
const WAYS = ['bare', 'level 0', 'level 1', 'level 2'] as const;
type Way = (typeof WAYS)[number];
const SLICE = 1_000_000;
const PATIENCE = 100_000_000;

interface Result {
  readonly seconds: number;
  readonly instructions: number;
  readonly exits: number;
}

/** Runs U-Boot to its prompt in this process. */
function toPrompt(way: Way, costs: boolean): Result {
  const before = process.cpuUsage();
  let console = '';
  let stage = 0;
  const running = (): Guest => guest;
  const hooks: GuestHooks = {
    console: (byte) => {
      console += String.fromCharCode(byte);
      if (stage === 0 && console.includes('stop autoboot')) {
        stage = 1;
        running().board.type(Uint8Array.of(0x0d));
      }
      if (stage === 1 && console.endsWith('\n=> ')) {
        stage = 2;
        running().machine.requestStop();
      }
    },
    guestError: () => {},
    guestException: () => {},
  };
  const options: GuestOptions = {
    board: 'virt',
    cpu: 'cortex-a15',
    memory: 128 << 20,
    engine: 'interpreter',
    nsPerInstruction: 64,
    epoch: 0,
    semihosting: false,
    unpredictable: 'undefined',
    images: { bios: { name: UBOOT, bytes: new Uint8Array(fs.readFileSync(UBOOT)) }, loads: [] },
  };
  const hypervisor =
    way === 'bare'
      ? undefined
      : createHypervisor(
          { ...options, level: Number(way.slice(-1)), patches: 'overlay' },
          { ...hooks, trap: () => {}, ...(costs && { hostNow: () => performance.now() }) },
        );
  const guest: Guest = hypervisor ?? createBareGuest(options, hooks);
  const instructions = (): number => guest.machine.clock.instructions();
  while (stage < 2) {
    guest.run({ limit: SLICE, skipBreakpointOnce: false, sleepUntil: Infinity });
    if (instructions() > PATIENCE) throw new Error(`no prompt after ${instructions()} instructions:\n${console}`);
  }
  const used = process.cpuUsage(before);
  if (costs && hypervisor) {
    process.stdout.write(`\n${way}: exits by class to the prompt, and what one costs the host (sampled)\n`);
    for (const { id, count, sampled, sampledNs } of hypervisor.metrics.byClass()) {
      if (count === 0) continue;
      const each = sampled === 0 ? '' : `${(sampledNs / sampled / 1000).toFixed(2)} µs`;
      process.stdout.write(`  ${id.padEnd(18)}${String(count).padStart(10)}${each.padStart(12)}\n`);
    }
  }
  return {
    seconds: (used.user + used.system) / 1e6,
    instructions: instructions(),
    exits: hypervisor?.metrics.total() ?? 0,
  };
}

function inFreshProcess(way: Way): Result {
  const output = execFileSync(process.execPath, [process.argv[1], 'run', way], { encoding: 'utf8' });
  return JSON.parse(output) as Result;
}

function compare(): void {
  const results = new Map<Way, Result[]>(WAYS.map((way) => [way, []]));
  for (let run = 0; run < RUNS; run++) for (const way of WAYS) results.get(way)?.push(inFreshProcess(way));
  const median = (way: Way): Result => {
    const sorted = [...(results.get(way) ?? [])].sort((a, b) => a.seconds - b.seconds);
    return sorted[sorted.length >> 1];
  };
  const bare = median('bare');
  console.log('way          instructions      exits   seconds   MIPS   to bare');
  for (const way of WAYS) {
    const { seconds, instructions, exits } = median(way);
    const cells = [
      `${(instructions / 1e6).toFixed(1)} M`.padStart(12),
      String(exits).padStart(10),
      seconds.toFixed(2).padStart(9),
      (instructions / seconds / 1e6).toFixed(0).padStart(6),
      (seconds / bare.seconds).toFixed(2).padStart(9),
    ];
    console.log(way.padEnd(12), ...cells);
  }
  for (const way of WAYS) if (way !== 'bare') toPrompt(way, true);
}

if (process.argv[2] === 'run') console.log(JSON.stringify(toPrompt(process.argv[3] as Way, false)));
else compare();
