/** A kernel on each engine, in turns: speeds, what was retired, and memory. */
import assert from 'node:assert/strict';
import { build, type State } from '../kernels.js';
import { spreadOf } from '../report/statistics.js';
import { executeJob } from './processes.js';
import { countByQemu, runQemu } from './qemu.js';
import { type Result, TIERS, type Tiers } from './run.js';

/**
 * Speeds in million guest instructions per second of processor time, medians: of the kernel proper, on each engine less what an image takes that does
 * no round of it; of tier 1 alone, which translates what is not worth it for long, that of one run. */
export interface Comparison {
  readonly kernel: string;
  readonly state: State;
  readonly tier0: number;
  readonly tier1: number;
  readonly both: number;
  readonly qemu: number;
  /** Of both tiers to QEMU. */
  readonly ratio: number;
  /** Instructions from reset to the end, on every engine of ours; and those of the kernel proper, which QEMU counts, too, here and there. */
  readonly retired: { readonly all: number; readonly kernel: number; readonly kernelAtQemu: number };
  /** Bytes resident at most, of the whole process. */
  readonly peakMemory: { readonly tier0: number; readonly tier1: number; readonly both: number; readonly qemu: number };
}

/** The number next to `near` that a counter of 32 bits cannot tell from `count`. */
function modulo32(count: number, near: number): number {
  return near + ((count - near) | 0);
}

const middle = (values: readonly number[]): number => spreadOf(values).median;

/**
 * @param tiers what to measure of ours: the others are 0
 * @throws if engines do not agree on what the kernel computed, or on how many instructions that took
 */
export async function compareOn(
  kernel: string,
  state: State,
  rounds: number,
  runs: number,
  tiers: readonly Tiers[] = TIERS,
): Promise<Comparison> {
  const image = build(kernel, state, rounds);
  const idle = build(kernel, state, 0);
  const ours: Record<Tiers, Result[]> = { zero: [], one: [], both: [] };
  const nothing: Record<Tiers, Result[]> = { zero: [], one: [], both: [] };
  const theirs: number[] = [];
  const startup: number[] = [];
  let qemuMemory = 0;
  for (let run = 0; run < runs; run++) {
    const there = await runQemu(image);
    theirs.push(there.seconds);
    startup.push((await runQemu(idle)).seconds);
    qemuMemory = Math.max(qemuMemory, there.peakMemory);
    for (const which of tiers) {
      if (which === 'one' && run > 0) continue;
      const here = await executeJob<Result>('run', image.binary, which);
      assert.equal(here.text.split(' ')[0], there.checksum, `${kernel}: what tiers ${which} and QEMU computed`);
      ours[which].push(here);
      nothing[which].push(await executeJob<Result>('run', idle.binary, which));
    }
  }
  const all = ours[tiers[0]][0].instructions;
  for (const which of tiers)
    for (const { instructions } of ours[which])
      assert.equal(instructions, all, `${kernel}: instructions on tiers ${which} and ${tiers[0]}`);
  const here = all - nothing[tiers[0]][0].instructions;
  const kernelAtQemu = modulo32((await countByQemu(image)) - (await countByQemu(idle)), here);
  assert.equal(kernelAtQemu, here, `${kernel}: instructions of the kernel at QEMU and here`);
  const timeOf = (results: readonly Result[]): number => middle(results.map(({ seconds }) => seconds));
  const speed = (which: Tiers): number =>
    ours[which].length === 0 ? 0 : here / (timeOf(ours[which]) - timeOf(nothing[which])) / 1e6;
  const memory = (results: readonly Result[]): number => Math.max(0, ...results.map(({ peakMemory }) => peakMemory));
  const both = speed('both');
  const qemu = here / Math.max(0.001, middle(theirs) - middle(startup)) / 1e6;
  return {
    kernel,
    state,
    tier0: speed('zero'),
    tier1: speed('one'),
    both,
    qemu,
    ratio: both / qemu,
    retired: { all, kernel: here, kernelAtQemu },
    peakMemory: { tier0: memory(ours.zero), tier1: memory(ours.one), both: memory(ours.both), qemu: qemuMemory },
  };
}
