/**
 * Tier 0, and both tiers together, against QEMU in system mode: the same images, MMU on, side by side. Guest instructions per second of processor time (all threads, the
 * engine's compilation included), medians of interleaved runs in fresh processes; QEMU's time without what it takes to start.
 *
 *   node scripts/bench.mjs engine
 *
 * TRAPLINE_RUNS sets the number of runs (default 3), TRAPLINE_KERNELS a list of kernels, TRAPLINE_STATES of `arm`, `thumb`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { Disposition, Exception } from '../../src/arm/exceptions.js';
import { Stop } from '../../src/arm/engine.js';
import { Word } from '../../src/arm/state.js';
import { TIER_DEFAULTS, type TierStatistics } from '../../src/jit/regions/tier.js';
import { RAM, Rig } from '../jit/rig.js';
import { build, EXTENSION_KERNELS, type Image, KERNELS, LOAD_ADDRESS, OUT_OF_MEAN, type State } from './kernels.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 3);
const ONLY = process.env.TRAPLINE_KERNELS?.split(',');
const STATES = (process.env.TRAPLINE_STATES?.split(',') ?? ['arm', 'thumb']) as State[];
const QEMU =
  'qemu-system-arm -M virt,gic-version=2,highmem=off -cpu cortex-a15 -m 64 -nodefaults -display none -serial none -monitor none -semihosting -kernel';
const SYS_WRITE0 = 4;
const SYS_EXIT = 0x18;

type Tiers = 'zero' | 'both';

interface Result {
  readonly checksum: string;
  readonly seconds: number;
  readonly instructions: number;
  readonly statistics?: TierStatistics | undefined;
}

/** Runs an image in this process, on tier 0 or on both tiers. */
function runHere(binary: string, tiers: Tiers): Result {
  const rig = new Rig(64 << 20, undefined, tiers === 'both' ? TIER_DEFAULTS : undefined);
  rig.ram.set(fs.readFileSync(binary), LOAD_ADDRESS - RAM);
  rig.jump(LOAD_ADDRESS);
  const { state, processor } = rig;
  let checksum = '';
  let done = false;
  processor.trapHandler = {
    take: (exception) => {
      if (exception.kind !== Exception.SupervisorCall)
        throw new Error(`exception ${exception.kind} at ${exception.pc}`);
      if (state[0] === SYS_WRITE0) {
        const text = rig.ram.subarray((state[1] >>> 0) - RAM);
        checksum = Buffer.from(text.subarray(0, text.indexOf(0))).toString();
      }
      done = state[0] === SYS_EXIT;
      if (done) processor.requestStop();
      state[Word.PC] = exception.lr;
      return Disposition.Resume;
    },
  };
  const before = process.cpuUsage();
  let instructions = 0;
  while (!done) {
    const budget = 1 << 28;
    const stop = rig.interpreter.run(budget, false);
    instructions += budget - state[Word.COUNT];
    if (stop === Stop.WaitForInterrupt || stop === Stop.Breakpoint) throw new Error(`stopped for ${stop}`);
  }
  const used = process.cpuUsage(before);
  const statistics = rig.interpreter.tier1?.statistics;
  return { checksum: checksum.trim(), seconds: (used.user + used.system) / 1e6, instructions, statistics };
}

function runOurs(image: Image, tiers: Tiers): Result {
  const output = execFileSync(process.execPath, [process.argv[1], 'run', image.binary, tiers], { encoding: 'utf8' });
  return JSON.parse(output) as Result;
}

function runQemu(image: Image): Pick<Result, 'checksum' | 'seconds'> {
  const command = `TIMEFORMAT='%U %S'; time ${QEMU} ${image.elf}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`QEMU: ${stderr}`);
  const lines = (stdout + stderr).trim().split('\n');
  const [user, system] = lines[lines.length - 1].split(' ').map(Number);
  return { checksum: lines[0].trim(), seconds: user + system };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Speeds in million guest instructions per second, and the number of instructions. */
interface Comparison {
  readonly instructions: number;
  /** Of tier 0. */
  readonly interpreter: number;
  /** Of both tiers. */
  readonly speed: number;
  readonly qemu: number;
}

function measure(kernel: string, state: State, rounds: number): Comparison {
  const image = build(kernel, state, rounds);
  const idle = build(kernel, state, 0);
  const interpreted: number[] = [];
  const ours: number[] = [];
  const theirs: number[] = [];
  const startup: number[] = [];
  let instructions = 0;
  for (let run = 0; run < RUNS; run++) {
    const slow = runOurs(image, 'zero');
    const here = runOurs(image, 'both');
    if (slow.instructions !== here.instructions)
      throw new Error(`${kernel}: ${slow.instructions} instructions on tier 0, ${here.instructions} on both`);
    interpreted.push(slow.seconds);
    const there = runQemu(image);
    if (here.checksum !== there.checksum)
      throw new Error(`${kernel}: ${here.checksum} here, ${there.checksum} on QEMU`);
    ({ instructions } = here);
    ours.push(here.seconds);
    theirs.push(there.seconds);
    startup.push(runQemu(idle).seconds);
  }
  const speed = instructions / median(ours) / 1e6;
  const interpreter = instructions / median(interpreted) / 1e6;
  const qemu = instructions / Math.max(0.001, median(theirs) - median(startup)) / 1e6;
  return { instructions, interpreter, speed, qemu };
}

function print(kernel: string, { instructions, interpreter, speed, qemu }: Comparison, note: string): void {
  const cells = [
    interpreter.toFixed(0).padStart(9),
    speed.toFixed(0).padStart(9),
    qemu.toFixed(0).padStart(9),
    (speed / qemu).toFixed(2).padStart(9),
  ];
  console.log(kernel.padEnd(10), `${(instructions / 1e6).toFixed(0)} M`.padStart(12), ...cells, note);
}

const wanted = ([kernel]: readonly [string, number]): boolean => ONLY === undefined || ONLY.includes(kernel);

function compare(state: State): void {
  console.log(`\n${state}: million guest instructions per second`);
  console.log('kernel     instructions    tier 0   tiers 0+1    QEMU     ratio');
  const ratios: number[] = [];
  const speeds: number[] = [];
  for (const [kernel, rounds] of KERNELS.filter(wanted)) {
    const result = measure(kernel, state, rounds);
    print(kernel, result, kernel === OUT_OF_MEAN ? '   (not in the mean)' : '');
    if (kernel === OUT_OF_MEAN) continue;
    ratios.push(result.speed / result.qemu);
    speeds.push(result.speed);
  }
  const mean = geometricMean(speeds);
  const means = [
    ''.padStart(9),
    mean.toFixed(0).padStart(9),
    ''.padStart(9),
    geometricMean(ratios).toFixed(2).padStart(9),
  ];
  console.log('mean'.padEnd(10), ''.padStart(12), ...means, '   (geometric)');
  for (const [kernel, rounds] of EXTENSION_KERNELS.filter(wanted)) {
    const result = measure(kernel, state, rounds);
    print(kernel, result, `   ${(result.speed / mean).toFixed(2)} of the mean`);
  }
}

if (process.argv[2] === 'run') console.log(JSON.stringify(runHere(process.argv[3], process.argv[4] as Tiers)));
else for (const state of STATES) compare(state);
