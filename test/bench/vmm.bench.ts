/**
 * What the VMM costs: the three benchmarks of the sample rtos as whole runs, then each kind of work that exits to the VMM or is analysed by it, bare
 * against hypervised at each level. Runs are interleaved, figures are medians with the middle half of what was measured.
 *
 *   node scripts/bench.mjs vmm
 *
 * TRAPLINE_RUNS sets the number of runs (default 5), TRAPLINE_CASES a part of the names of what to run.
 */
import assert from 'node:assert/strict';
import { MICRO_GUESTS } from './vmm/guests.js';
import { MACRO_GUESTS, measureMacro, measureMicro, WAYS, type MacroResult, type MicroResult } from './vmm/measure.js';
import { spreadOf, spreadText, type Spread } from './vmm/statistics.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 5);
const ONLY = process.env.TRAPLINE_CASES ?? '';
const NAME_WIDTH = 36;
const WIDTH = 26;

const levelNames = WAYS.map(({ level }) => (level === undefined ? 'bare' : `level ${level}`));
const chosen = <T extends { readonly name: string }>(guests: readonly T[]): T[] =>
  guests.filter(({ name }) => name.includes(ONLY));

function row(name: string, cells: readonly string[]): void {
  console.log(name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(WIDTH)).join(''));
}

function nanoseconds(spread: Spread): string {
  return spreadText(spread, Math.abs(spread.median) < 100 ? 1 : 0);
}

/** One result for each run in each way, the ways taking turns. */
function interleaved<T>(measure: (way: (typeof WAYS)[number]) => T): T[][] {
  const results: T[][] = WAYS.map(() => []);
  for (let run = 0; run < RUNS; run++) WAYS.forEach((way, i) => results[i].push(measure(way)));
  return results;
}

function macro(): void {
  row('whole runs, ratio to bare', ['instructions', 'bare, s', ...levelNames.slice(1), 'exits']);
  for (const guest of chosen(MACRO_GUESTS)) {
    for (const way of WAYS) measureMacro(guest, way);
    const [bare, ...others] = interleaved<MacroResult>((way) => measureMacro(guest, way));
    const { instructions } = bare[0];
    for (const run of others.flat()) assert.equal(run.instructions, instructions, `${guest.name}: not the same run`);
    const ratios = others.map((runs) => spreadOf(runs.map(({ seconds }, i) => seconds / bare[i].seconds)));
    row(guest.name, [
      `${(instructions / 1e6).toFixed(1)} M`,
      spreadText(spreadOf(bare.map(({ seconds }) => seconds)), 2),
      ...ratios.map((ratio) => spreadText(ratio, 3)),
      others.map(([{ exits }]) => exits).join(', '),
    ]);
  }
}

function micro(): void {
  row('one of them, host ns', ['instructions', ...levelNames]);
  for (const guest of chosen(MICRO_GUESTS)) {
    const results = interleaved<MicroResult>((way) => measureMicro(guest, way));
    const [{ instructions, code }] = results[0];
    for (const result of results.flat()) {
      assert.deepEqual([result.instructions, result.code], [instructions, code], `${guest.name}: not the same run`);
    }
    row(guest.title, [
      `${Number(instructions.toFixed(2))}`,
      ...results.map((runs) => nanoseconds(spreadOf(runs.flatMap(({ ns }) => ns)))),
    ]);
    if (code !== 0) row('', [`guest measured ${code}`]);
  }
}

macro();
console.log();
micro();
