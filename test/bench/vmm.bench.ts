/**
 * What the VMM costs: the three benchmarks of the sample rtos and U-Boot's boot as whole runs, then each kind of work that exits to the VMM or is
 * analysed by it, bare against hypervised at each level, with the ablations. Runs are interleaved, figures are medians with the middle half of what was measured.
 *
 *   npm run bench:vmm
 *
 * Without TRAPLINE_CASES it writes docs/benchmarks-vmm.md. TRAPLINE_RUNS sets the number of runs (default 7), TRAPLINE_CASES a part of the names of
 * what to run.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { MICRO_GUESTS } from './vmm/guests.js';
import {
  ALL_BRANCHES,
  MACRO_GUESTS,
  macroOptions,
  measureMacros,
  measureMicro,
  PATIENCE,
  WAYS,
  type MacroRuns,
  type MicroResult,
} from './vmm/measure.js';
import { spreadOf, spreadText, type Spread } from './report/statistics.js';
import { writePage } from './report/page.js';
import { tableText, type Table } from './report/table.js';
import { bootRepeatedly, UBOOT, UBOOT_WAYS, type Boots, type UbootWay } from './vmm/uboot.js';
import { imageOf, runImage, type ImageRun } from './vmm/whole-image.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 7);
/** But of U-Boot: whole runs and micro-benchmarks are several by themselves, and what the whole image costs is no close call. */
const FEW_RUNS = Math.min(RUNS, 3);
const ONLY = process.env.TRAPLINE_CASES ?? '';

/** The engines whose users the whole runs are those of. */
const TIERS = { interpreter: 'tier 0', jit: 'both tiers' } as const;
type Tiers = keyof typeof TIERS;

const LEVEL_NAMES = ['bare', 'level 0', 'level 1', 'level 2'] as const;
const chosen = <T extends { readonly name: string }>(guests: readonly T[]): T[] =>
  guests.filter(({ name }) => name.includes(ONLY));

function nanoseconds(spread: Spread): string {
  return spreadText(spread, Math.abs(spread.median) < 100 ? 1 : 0);
}

/** What this program measures when it is started anew with these words. */
function inProcess<T>(...words: string[]): T {
  return JSON.parse(execFileSync(process.execPath, [process.argv[1], ...words], { encoding: 'utf8' })) as T;
}

/** One result for each run in each way, the ways taking turns. */
function interleaved<W, T>(ways: readonly W[], measure: (way: W) => T, times = RUNS): T[][] {
  const results: T[][] = ways.map(() => []);
  for (let run = 0; run < times; run++) ways.forEach((way, i) => results[i].push(measure(way)));
  return results;
}

/** Ratios run by run, the first being what the others are compared with; and that of the quickest runs, which the rest of the host disturbs least. */
function ratios(results: readonly (readonly number[])[]): string[] {
  const [base, ...others] = results;
  return others.map((values) => {
    const quickest = Math.min(...values) / Math.min(...base);
    return `${spreadText(spreadOf(values.map((value, i) => value / base[i])), 3)}; ${quickest.toFixed(3)}`;
  });
}

function macro(engine: Tiers): Table {
  const table: Table = {
    title: `Whole runs of rtos, ${TIERS[engine]}`,
    about:
      'Each benchmark task of the sample `rtos` beside two spinning tasks, from power-on to the end, in processes that take turns, as a user’s guest has one: processor time of the host, and its ratio to bare; then the ratio of the quickest ones, which those disturb least who else is on the host. The first line of each is the first run of a process, whatever the host compiles on the way included; the second the median of the later six of twelve, when the host has optimised what it will.',
    columns: ['benchmark', 'instructions', 'bare, s', 'level 0', 'level 1', 'level 2', 'exits at levels 0, 1, 2'],
    rows: [],
  };
  for (const guest of chosen(MACRO_GUESTS)) {
    const measure = (way: number): MacroRuns => inProcess('macro', guest.name, String(way), engine);
    const results = interleaved([...WAYS.keys()], measure, FEW_RUNS);
    const [{ first }] = results[0];
    for (const { first: run } of results.flat())
      assert.equal(run.instructions, first.instructions, `${guest.name}: not the same run`);
    const add = (name: string, seconds: (runs: MacroRuns) => number): void => {
      const times = results.map((runs) => runs.map(seconds));
      table.rows.push([
        name,
        `${(first.instructions / 1e6).toFixed(1)} M`,
        spreadText(spreadOf(times[0]), 2),
        ...ratios(times),
        results
          .slice(1)
          .map(([{ first: run }]) => run.exits)
          .join(', '),
      ]);
    };
    add(`${guest.name}, first`, (runs) => runs.first.seconds);
    add(`${guest.name}, later`, (runs) => runs.later);
    console.error(guest.name);
  }
  return table;
}

function uboot(engine: Tiers): Table {
  const table: Table = {
    title: `U-Boot, ${TIERS[engine]}`,
    about:
      'Debian’s U-Boot from power-on to its prompt, in processes that take turns. The first line is what somebody feels who starts it: the processor time of the thread that runs the guest, whatever is compiled or optimised on the way included, the making of the machine not. The second adds the host’s compiler and collector threads. The last one is the median of four further boots in the same process, with nothing left to compile.',
    columns: ['measured', 'instructions', 'bare, s', 'level 0', 'level 1', 'level 2', 'exits at levels 0, 1, 2'],
    rows: [],
  };
  if (!fs.existsSync(UBOOT) || !'U-Boot'.includes(ONLY)) return table;
  const results = interleaved(UBOOT_WAYS, (way) => inProcess<Boots>('uboot', way, engine));
  const add = (measured: string, seconds: (boots: Boots) => number): void => {
    const times = results.map((runs) => runs.map(seconds));
    table.rows.push([
      measured,
      `${(results[0][0].first.instructions / 1e6).toFixed(1)} M`,
      spreadText(spreadOf(times[0]), 3),
      ...ratios(times),
      results
        .slice(1)
        .map(([{ first }]) => first.exits)
        .join(', '),
    ]);
  };
  add('first boot', ({ first }) => first.thread);
  add('first boot, all threads', ({ first }) => first.process);
  add('later boot', ({ warm }) => warm.thread);
  return table;
}

const MICRO_WAYS = [WAYS[0], ALL_BRANCHES, ...WAYS.slice(1)];

function micro(): Table {
  const table: Table = {
    title: 'One of them, in host nanoseconds',
    about:
      'Loops in guest-privileged mode, less the empty loop, each in a process of its own, as a user’s guest is. _All branches_ is level 0 with direct branches trapping as well; at level 0 proper only indirect ones trap, at level 1 they run natively and are counted.',
    columns: ['what', 'instructions', ...LEVEL_NAMES.slice(0, 1), 'all branches', ...LEVEL_NAMES.slice(1)],
    rows: [],
  };
  for (const guest of chosen(MICRO_GUESTS)) {
    const measure = (way: number): MicroResult => inProcess('micro', guest.name, String(way));
    const results = interleaved([...MICRO_WAYS.keys()], measure, FEW_RUNS);
    const [{ instructions, code }] = results[0];
    for (const result of results.flat()) {
      assert.deepEqual([result.instructions, result.code], [instructions, code], `${guest.name}: not the same run`);
    }
    table.rows.push([
      code === 0 ? guest.title : `${guest.title}; guest measured ${code}`,
      `${Number(instructions.toFixed(2))}`,
      ...results.map((runs) => nanoseconds(spreadOf(runs.flatMap(({ ns }) => ns)))),
    ]);
    console.error(guest.title);
  }
  return table;
}

function wholeImage(): Table {
  const table: Table = {
    title: 'Lazy analysis against the whole image',
    about:
      'Level 2. _Whole image_: every word of the kernel’s code is analysed before the guest’s first instruction; lazily, what is about to run. Processor time of the analysis ahead of the run, and of the run.',
    columns: ['benchmark', 'analysed', 'ahead, ms', 'run, s', 'instructions analysed', 'sites planted'],
    rows: [],
  };
  for (const guest of chosen(MACRO_GUESTS)) {
    const options = macroOptions(guest);
    const image = imageOf(options);
    const results = interleaved([undefined, image], (what) => runImage(WAYS[3], options, what, PATIENCE), FEW_RUNS);
    results.forEach((runs: ImageRun[], i) => {
      table.rows.push([
        guest.name,
        i === 0 ? 'lazily' : 'whole image',
        i === 0 ? '–' : spreadText(spreadOf(runs.map(({ sweep }) => sweep * 1000)), 1),
        spreadText(spreadOf(runs.map(({ run }) => run)), 2),
        String(runs[0].instructionsAnalysed),
        String(runs[0].sites),
      ]);
    });
  }
  return table;
}

function all(): void {
  const [loadBefore] = os.loadavg();
  const tables: Table[] = [];
  const engines = Object.keys(TIERS) as Tiers[];
  const whole = engines.flatMap((engine) => [() => macro(engine), () => uboot(engine)]);
  for (const measure of [...whole, wholeImage, micro]) {
    const table = measure();
    if (table.rows.length === 0) continue;
    console.log(`${tableText(table)}\n`);
    tables.push(table);
  }
  if (ONLY !== '') return;
  writePage({
    file: 'benchmarks-vmm.md',
    title: 'What the VMM costs',
    command: 'npm run bench:vmm',
    runs: `${RUNS} runs of U-Boot, ${FEW_RUNS} of the others, interleaved; medians with the middle half of what was measured`,
    loadBefore,
    tables,
  });
}

/** Does what {@link inProcess} asks for. */
function part(what: string, ...words: string[]): unknown {
  if (what === 'uboot') return bootRepeatedly(words[0] as UbootWay, words[1] as Tiers);
  if (what === 'macro') {
    const guest = MACRO_GUESTS.find(({ name }) => name === words[0]);
    assert.ok(guest, `${what}: ${words.join(' ')}`);
    return measureMacros(guest, { ...WAYS[Number(words[1])], engine: words[2] as Tiers });
  }
  const guest = MICRO_GUESTS.find(({ name }) => name === words[0]);
  assert.ok(guest, `${what}: ${words.join(' ')}`);
  return measureMicro(guest, MICRO_WAYS[Number(words[1])]);
}

const [, , what, ...words] = process.argv;
if (what === undefined) all();
else console.log(JSON.stringify(part(what, ...words)));
