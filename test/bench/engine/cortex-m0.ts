/** The kernels built for a Cortex-M0: both tiers against rp2040js, an emulator in JavaScript that its users find quick. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { buildForM0 } from '../kernels.js';
import { spreadOf } from '../report/statistics.js';
import { executeJob } from './processes.js';
import { M0_HERE, type Result } from './run.js';

const FLASH = 0x1000_0000;
const SRAM = 0x2000_0000;
/** What is a moment for us takes an interpreter long: it gets so many rounds less. */
const FEWER_ROUNDS = 100;

/**
 * Runs an image in this process on rp2040js, by nothing but its core: no clock, no peripheral. It is loaded here, since all jobs of the benchmark
 * are in one bundle, and none other is to wait for it.
 */
export async function runOnRp2040(code: string, data: string): Promise<Result> {
  const { RP2040 } = await import('rp2040js');
  const mcu = new RP2040();
  mcu.flash.set(fs.readFileSync(code));
  mcu.sram.set(fs.readFileSync(data));
  const { core } = mcu;
  core.PC = FLASH;
  let done = false;
  mcu.onBreak = () => (done = true);
  const before = process.cpuUsage();
  let instructions = 0;
  for (; !done; instructions++) core.executeInstruction();
  const used = process.cpuUsage(before);
  return {
    text: (core.registers[0] >>> 0).toString(16),
    seconds: (used.user + used.system) / 1e6,
    instructions,
    peakMemory: process.resourceUsage().maxRSS * 1024,
  };
}

/** Speeds as in Comparison. */
export interface M0Comparison {
  readonly kernel: string;
  readonly both: number;
  readonly rp2040js: number;
  readonly ratio: number;
  /** Of the run that both made. */
  readonly retired: number;
}

/** @throws if they do not agree on what the kernel computed, or on how many instructions that took */
export async function compareOnM0(kernel: string, rounds: number, runs: number): Promise<M0Comparison> {
  const few = Math.ceil(rounds / FEWER_ROUNDS);
  const there = buildForM0(kernel, few, FLASH, SRAM);
  const same = buildForM0(kernel, few, M0_HERE.code, M0_HERE.data);
  const long = buildForM0(kernel, rounds, M0_HERE.code, M0_HERE.data);
  const ours: number[] = [];
  const theirs: number[] = [];
  let retired = 0;
  for (let run = 0; run < runs; run++) {
    const other = await executeJob<Result>('rp2040', there.code, there.data);
    const short = await executeJob<Result>('m0', same.code, same.data);
    assert.equal(short.text, other.text, `${kernel}: what rp2040js and both tiers computed`);
    assert.equal(short.instructions, other.instructions, `${kernel}: instructions on rp2040js and both tiers`);
    const here = await executeJob<Result>('m0', long.code, long.data);
    ours.push(here.instructions / here.seconds / 1e6);
    theirs.push(other.instructions / other.seconds / 1e6);
    retired = other.instructions;
  }
  const [both, rp2040js] = [spreadOf(ours).median, spreadOf(theirs).median];
  return { kernel, both, rp2040js, ratio: both / rp2040js, retired };
}
