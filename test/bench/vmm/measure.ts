/** Runs the benchmarks of the VMM and times them: the micro-benchmarks' guests loop by loop, the macro-benchmarks as whole runs of the sample rtos. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { MIB, TestGuest, wayName, type TestGuestOptions, type Way } from '../../support/guest.js';
import { spreadOf } from '../report/statistics.js';
import { fullLength, MARKS, microGuest, NS_PER_INSTRUCTION, WARM_UP, type MicroGuest } from './guests.js';

/** The ways that are compared; the first is what the others are compared with. */
export const WAYS: readonly Way[] = [
  { engine: 'interpreter' },
  { engine: 'interpreter', level: 0 },
  { engine: 'interpreter', level: 1 },
  { engine: 'interpreter', level: 2 },
];

/** Level 0 with direct branches trapping as well. */
export const ALL_BRANCHES: Way & { readonly allBranches: true } = {
  engine: 'interpreter',
  level: 0,
  allBranches: true,
};

/** Processor time of this process, ms: other work on the host does not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** More than any of them takes, in instructions. */
export const PATIENCE = 2_000_000_000;

/** What one thing takes, less the empty loop. */
export interface MicroResult {
  /** Nanoseconds of the host's processor, one number for each round that counts. */
  readonly ns: number[];
  /** Retired instructions: the same in every round. */
  readonly instructions: number;
  /** What the guest itself measured: its exit code. */
  readonly code: number;
}

/** Runs a guest once. The first of several rounds only warm up. */
export function measureMicro(guest: MicroGuest, way: Way & { readonly allBranches?: true }): MicroResult {
  const length = fullLength(guest);
  const things = length.turns * (guest.perTurn ?? 1);
  const ns: number[] = [];
  const instructions: number[] = [];
  const at = { time: 0, count: 0 };
  const empty = { time: 0, count: 0 };
  let loops = 0;
  const run = new TestGuest(way, {
    images: microGuest(guest, length),
    allBranches: way.allBranches,
    semihosting: true,
    nsPerInstruction: NS_PER_INSTRUCTION,
    onEvent: (event, byte, machine) => {
      if (event !== 'byte') return;
      const time = now();
      const count = machine.instructions;
      const mark = String.fromCharCode(byte);
      if (mark === MARKS.empty[1]) {
        empty.time = time - at.time;
        empty.count = count - at.count;
      } else if (mark === MARKS.body[1]) {
        if (loops++ >= Math.min(WARM_UP, length.rounds - 1)) {
          ns.push(((time - at.time - empty.time) * 1e6) / things);
          instructions.push((count - at.count - empty.count) / things);
        }
      }
      at.count = machine.instructions;
      at.time = now();
    },
  });
  const end = run.end(PATIENCE);
  assert.ok(end.kind === 'exit', `${guest.name}, ${wayName(way)}: ${JSON.stringify(end)}`);
  return { ns, instructions: instructions[0], code: end.code };
}

/** A macro-benchmark: words for the sample rtos. */
export interface MacroGuest {
  readonly name: string;
  readonly append: string;
}

export const MACRO_GUESTS: readonly MacroGuest[] = [
  { name: 'Fibonacci', append: 'fib rounds=800 spin=2' },
  { name: 'Dhrystone-class', append: 'dhry rounds=480 spin=2' },
  { name: 'AES', append: 'aes rounds=280 spin=2' },
];

export interface MacroResult {
  /** Processor time of the host from power-on to the end, compilation included. */
  readonly seconds: number;
  readonly instructions: number;
  readonly exits: number;
}

/** How the sample rtos is launched. */
export function macroOptions({ append }: MacroGuest): TestGuestOptions {
  const file = new URL('../../../samples/rtos/rtos-virt.elf', import.meta.url).pathname;
  return {
    memory: 16 * MIB,
    nsPerInstruction: 64,
    semihosting: true,
    images: { program: { name: file, bytes: new Uint8Array(fs.readFileSync(file)) }, loads: [], append },
  };
}

/** How often a benchmark is run in one process: after half of that the host has optimised what it will. */
const MACRO_RUNS = 12;

/** The first run of a process, and the median of the later half, in seconds. */
export interface MacroRuns {
  readonly first: MacroResult;
  readonly later: number;
}

/** For a process of its own: runs the sample rtos several times. */
export function measureMacros(guest: MacroGuest, way: Way): MacroRuns {
  const runs = Array.from({ length: MACRO_RUNS }, () => measureMacro(guest, way));
  return { first: runs[0], later: spreadOf(runs.slice(MACRO_RUNS / 2).map(({ seconds }) => seconds)).median };
}

/** Runs the sample rtos, for which all must be right with itself. */
function measureMacro(guest: MacroGuest, way: Way): MacroResult {
  const run = new TestGuest(way, macroOptions(guest));
  const before = now();
  const end = run.end(PATIENCE);
  const seconds = (now() - before) / 1000;
  assert.deepEqual(end, { kind: 'exit', code: 0, how: 'semihosting' }, run.console);
  return { seconds, instructions: run.instructions, exits: run.hypervisor?.metrics.total() ?? 0 };
}
