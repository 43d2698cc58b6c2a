/**
 * The engine against QEMU in system mode: the same images, MMU on, side by side; then against rp2040js on images for a Cortex-M0, U-Boot's boot, and
 * what it takes to start, to translate, and to leave for a handler. Guest instructions per second of processor time (all threads, the engine's
 * compilation included), medians of interleaved runs in fresh processes; on both sides without what an image takes that does nothing.
 *
 *   node scripts/bench.mjs engine [--json]
 *
 * It writes docs/benchmarks-engine.md; with --json it prints what it found as one line at the end. For a quick look: TRAPLINE_KERNELS is a list of kernels, TRAPLINE_STATES one
 * of `arm`, `thumb`, TRAPLINE_TIERS one of `zero`, `one`, `both`, TRAPLINE_RUNS the number of runs (default 3); with any of the first three only these
 * kernels are run, and nothing is written.
 */
import os from 'node:os';
import { bootHere, compareBoots, measureStart, startHere } from './engine/boots.js';
import { type Comparison, compareOn } from './engine/comparison.js';
import { compareOnM0, type M0Comparison, runOnRp2040 } from './engine/cortex-m0.js';
import { type Generating, measureGenerating } from './engine/generating.js';
import { executeJob } from './engine/processes.js';
import { type Findings, headerText, rowText, summaryOf, summaryText, writeEnginePage } from './engine/report.js';
import { measureRoundTrips, type RoundTrips } from './engine/round-trips.js';
import { runImage, runM0Image, TIERS, type Tiers } from './engine/run.js';
import { EXTENSION_KERNELS, KERNELS, RANDOM, type State } from './kernels.js';
import type { UbootWay } from './vmm/uboot.js';

const list = (name: string): string[] | undefined => process.env[name]?.split(',');
const RUNS = Number(process.env.TRAPLINE_RUNS ?? 3);
const ONLY = list('TRAPLINE_KERNELS');
const STATES = (list('TRAPLINE_STATES') ?? ['arm', 'thumb']) as State[];
const ONLY_TIERS = list('TRAPLINE_TIERS') as Tiers[] | undefined;
const QUICK = ONLY !== undefined || ONLY_TIERS !== undefined || process.env.TRAPLINE_STATES !== undefined;
/** Bare, and hypervised as it is by default. */
const BOOT_WAYS: readonly UbootWay[] = ['bare', 'level 2'];
/** It does not fit the RP2040's memory. */
const NOT_ON_M0 = RANDOM;

const wanted = ([kernel]: readonly [string, number]): boolean => ONLY === undefined || ONLY.includes(kernel);

async function compareKernels(): Promise<{ kernels: Comparison[]; extensions: Comparison[] }> {
  const kernels: Comparison[] = [];
  const extensions: Comparison[] = [];
  for (const state of STATES) {
    console.log(headerText(state));
    for (const [into, from] of [
      [kernels, KERNELS],
      [extensions, EXTENSION_KERNELS],
    ] as const)
      for (const [kernel, rounds] of from.filter(wanted)) {
        const result = await compareOn(kernel, state, rounds, RUNS, ONLY_TIERS ?? TIERS);
        console.log(rowText(result));
        into.push(result);
      }
  }
  return { kernels, extensions };
}

async function compareM0(): Promise<M0Comparison[]> {
  const found: M0Comparison[] = [];
  for (const [kernel, rounds] of KERNELS) {
    if (kernel === NOT_ON_M0) continue;
    const result = await compareOnM0(kernel, rounds, RUNS);
    console.log(`${kernel} for a Cortex-M0: ${result.both.toFixed(0)} here, ${result.rp2040js.toFixed(0)} rp2040js`);
    found.push(result);
  }
  return found;
}

async function all(): Promise<void> {
  const [loadBefore] = os.loadavg();
  const { kernels, extensions } = await compareKernels();
  if (QUICK) {
    if (kernels.length > 0) console.log(summaryText(summaryOf(kernels)));
    return;
  }
  const findings: Findings = {
    ...summaryOf(kernels),
    kernels,
    extensions,
    cortexM0: await compareM0(),
    boots: await compareBoots(BOOT_WAYS, RUNS + 2),
    start: await measureStart(RUNS + 2),
    generating: {
      arm: await executeJob<Generating>('generate', 'arm'),
      thumb: await executeJob<Generating>('generate', 'thumb'),
    },
    roundTrips: (await executeJob<{ trips: RoundTrips[] }>('trips')).trips,
  };
  writeEnginePage(findings, RUNS, loadBefore);
  if (process.argv.includes('--json')) console.log(JSON.stringify(findings));
}

/** What a process of its own does: named by its first argument. */
const JOBS: Readonly<Record<string, (...of: string[]) => unknown>> = {
  run: (binary, tiers) => runImage(binary, tiers as Tiers),
  m0: runM0Image,
  rp2040: runOnRp2040,
  uboot: (way) => bootHere(way as UbootWay),
  start: startHere,
  generate: (state) => measureGenerating(state as State),
  trips: () => ({ trips: measureRoundTrips() }),
};

const [job, ...of] = process.argv.slice(2);
if (job in JOBS) {
  console.log(JSON.stringify(await JOBS[job](...of)));
  // Not to wait for what V8 still compiles.
  process.exit();
} else await all();
