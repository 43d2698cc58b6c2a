/**
 * What panels cost. The Trap Timeline: frames while a person zooms and pans over a million traps, in a real browser; what the worker's answers take; and the
 * guest's speed with the timeline closed, with a long history kept for it, and with its page asking ten times a second. These three take turns in one process,
 * so that their ratios mean something. Every panel: the guest's speed in its worker while the panel's page is open in a browser, against none.
 *
 *   npm run bench panels
 *
 * Without TRAPLINE_CASES it writes docs/benchmarks-panels.md. TRAPLINE_RUNS sets the number of runs (default 5), TRAPLINE_CASES a part of `recording`, `open`, `answers` or `frames`.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { performance } from 'node:perf_hooks';
import { hasBrowser } from '../../scripts/vscode/browser.mjs';
import type { Debugger } from '../../src/debug/api.js';
import { createDebugger, loadDisassembler } from '../../src/debug/index.js';
import { bundle } from '../../scripts/bundle.mjs';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { nodeHost, spawnNodeWorker } from '../../src/entry/hosts/node.js';
import { PROTOCOL_VERSION } from '../../src/protocol/api.js';
import { SessionClient } from '../../src/protocol/client.js';
import { PANELS, type PanelId } from '../../src/protocol/panels.js';
import { debugBackend } from '../../src/session/debug-backend.js';
import { openLocal } from '../../src/session/local.js';
import { framesOf, openPanel } from '../support/panel-page.js';
import { MICRO_GUESTS, microGuest, NS_PER_INSTRUCTION } from './vmm/guests.js';
import { macroOptions, MACRO_GUESTS } from './vmm/measure.js';
import { spreadOf, spreadText } from './report/statistics.js';
import { writePage } from './report/page.js';
import { tableText, type Table } from './report/table.js';
import type { LaunchOptions } from '../../src/protocol/model.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 5);
const ONLY = process.env.TRAPLINE_CASES ?? '';
const MILLION = 1_000_000;
/** A panel looks this often. */
const LOOK_MS = 100;
/** Pixels of a large panel. */
const WIDTH = 1400;
const CAPSTONE = fs.readFileSync(new URL('../../node_modules/capstone-wasm/dist/capstone.wasm', import.meta.url));

interface Subject {
  readonly title: string;
  readonly options: LaunchOptions;
  /** Instructions that are run for one measurement. */
  readonly instructions: number;
}

const COMMON = {
  board: 'virt',
  mode: 'hypervised',
  level: 0,
  engine: 'interpreter',
  memory: 32 << 20,
  loads: [],
  symbols: [],
  semihosting: true,
  epoch: 0,
  coverage: false,
  patches: 'overlay',
  unpredictable: 'undefined',
} as const;

function micro(name: string, instructions: number): Subject {
  const guest = MICRO_GUESTS.find((candidate) => candidate.name === name);
  assert.ok(guest);
  const { program } = microGuest(guest, { turns: 1 << 20, rounds: 40 });
  assert.ok(program);
  return { title: guest.title, options: { ...COMMON, program, nsPerInstruction: NS_PER_INSTRUCTION }, instructions };
}

function rtos(instructions: number): Subject {
  const { images, nsPerInstruction = 64 } = macroOptions(MACRO_GUESTS[0]);
  return {
    title: `rtos, ${MACRO_GUESTS[0].name}`,
    options: { ...COMMON, program: images.program, append: images.append, nsPerInstruction },
    instructions,
  };
}

const create = (options: LaunchOptions): Debugger =>
  createDebugger(options, { console: () => undefined, output: () => undefined, hostNow: () => performance.now() });

/** What a page that shows the whole run asks for while the guest runs. */
function look(guest: Debugger): void {
  const end = guest.statistics().virtualTime + 1;
  guest.views.timeline({ overview: 0, window: { start: 0, end, parts: WIDTH / 2, marks: 4000 } });
  guest.views.timelineRows({ start: 0, end, hidden: [], first: Number.MAX_SAFE_INTEGER, count: 40 });
}

const WAYS = ['closed', 'kept', 'open'] as const;
type Way = (typeof WAYS)[number];

interface Running {
  readonly way: Way;
  readonly guest: Debugger;
  looked: number;
}

function start({ options }: Subject, way: Way): Running {
  const guest = create(options);
  if (way !== 'closed') guest.views.keepHistory(true);
  guest.continue();
  return { way, guest, looked: performance.now() };
}

/** Lets a guest run for some instructions, and takes the looks that are due. Returns processor time, µs. */
function run(running: Running, instructions: number): number {
  const { guest, way } = running;
  const { user, system } = process.cpuUsage();
  for (let left = instructions; left > 0;) {
    const before = guest.statistics().instructions;
    const result = guest.run(Math.min(left, 200_000), Infinity);
    assert.equal(result.kind, 'running', `${JSON.stringify(result)}: the guest is too short`);
    left -= guest.statistics().instructions - before;
    if (way !== 'open' || performance.now() - running.looked < LOOK_MS) continue;
    look(guest);
    running.looked = performance.now();
  }
  const used = process.cpuUsage();
  return used.user + used.system - user - system;
}

const SEGMENTS = 8;

/** Processor time of each way for the same instructions, a little of each in turn: other work on the host hits all alike. */
function compare(subject: Subject): Record<Way, number> {
  const guests = WAYS.map((way) => start(subject, way));
  const segment = subject.instructions / SEGMENTS;
  for (const running of guests) run(running, segment);
  const times = { closed: 0, kept: 0, open: 0 };
  for (let i = 0; i < SEGMENTS; i++) {
    for (let turn = 0; turn < WAYS.length; turn++) {
      const running = guests[(i + turn) % WAYS.length];
      times[running.way] += run(running, segment);
    }
  }
  return times;
}

function recording(): Table {
  const table: Table = {
    title: 'Recording for the timeline',
    about:
      'Level 0, where every sensitive instruction traps. Millions of instructions in a second of processor time with the timeline closed; what of that speed is left while records are kept in memory that is new, and when a page looks at the whole run ten times a second besides.',
    columns: ['guest', 'traps', 'closed, MIPS', 'kept, of closed', 'open, of closed', 'open, of kept'],
    rows: [],
  };
  for (const subject of [micro('mrs-cpsr', 5_600_000), micro('task-yield', 8_000_000), rtos(200_000_000)]) {
    const runs = Array.from({ length: RUNS }, () => compare(subject));
    const ratio = (a: Way, b: Way) => spreadText(spreadOf(runs.map((times) => times[b] / times[a])), 3);
    table.rows.push([
      subject.title,
      String(trapsOf(subject)),
      spreadText(spreadOf(runs.map(({ closed }) => subject.instructions / closed)), 1),
      ratio('kept', 'closed'),
      ratio('open', 'closed'),
      ratio('open', 'kept'),
    ]);
  }
  return table;
}

/** Traps in the instructions that are measured. */
function trapsOf(subject: Subject): number {
  const running = start(subject, 'closed');
  const total = (): number => running.guest.statistics().exits.reduce((sum, { count }) => sum + count, 0);
  run(running, subject.instructions / SEGMENTS);
  const before = total();
  run(running, subject.instructions);
  return total() - before;
}

/** Processor time of each thread of this process, ms, by its number: Linux. */
function threadTimes(): ReadonlyMap<string, number> {
  const tasks = fs.readdirSync('/proc/self/task');
  return new Map(
    tasks.map((task) => [
      task,
      Number(fs.readFileSync(`/proc/self/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    ]),
  );
}

/** Millions of instructions of a guest in a second of its worker's processor time, from the guest's 200th million on. */
async function speedBeside(panel: PanelId | undefined, instructions: number): Promise<number> {
  const client = new SessionClient(spawnNodeWorker(inRepo('dist/worker.js')));
  await client.request('initialize', { version: PROTOCOL_VERSION, disassembler: CAPSTONE });
  const { images } = macroOptions({ ...MACRO_GUESTS[0], append: 'fib rounds=100000 spin=2' });
  const options = { ...COMMON, program: images.program, append: images.append, nsPerInstruction: 64, level: 1 };
  await client.request('launch', { options, pacing: { paced: false } });
  const page = panel && (await openPanel(panel, client));
  /** When it has come beyond a count of instructions, and how far. */
  const beyond = (
    count: number,
  ): Promise<{ readonly instructions: number; readonly times: ReadonlyMap<string, number> }> =>
    new Promise((resolve) => {
      client.on('status', ({ instructions }) => {
        if (instructions > count) resolve({ instructions, times: threadTimes() });
      });
    });
  await client.request('continue', {});
  const from = await beyond(2e8);
  const to = await beyond(from.instructions + instructions);
  // the worker is the thread that has done most
  const busiest = Math.max(...[...to.times].map(([task, time]) => time - (from.times.get(task) ?? 0)));
  await page?.close();
  client.close();
  return (to.instructions - from.instructions) / busiest / 1000;
}

async function open(): Promise<Table> {
  await bundle({ production: true });
  const table: Table = {
    title: 'A panel open beside a guest',
    about:
      'The sample rtos (Fibonacci) at level 1, its session in a worker and the page in a browser. Millions of instructions in a second of processor time of the worker.',
    columns: ['panel', 'closed, MIPS', 'open, of closed'],
    rows: [],
  };
  for (const [panel, title] of Object.entries(PANELS) as [PanelId, string][]) {
    const runs: { readonly closed: number; readonly open: number }[] = [];
    for (let i = 0; i < RUNS; i++)
      runs.push({ closed: await speedBeside(undefined, 1e9), open: await speedBeside(panel, 1e9) });
    table.rows.push([
      title,
      spreadText(spreadOf(runs.map(({ closed }) => closed)), 1),
      spreadText(spreadOf(runs.map(({ closed, open }) => open / closed)), 3),
    ]);
  }
  return table;
}

/** A session whose guest has trapped a million times, and stands still. */
async function million(): Promise<SessionClient> {
  const client = new SessionClient(openLocal(nodeHost, debugBackend));
  await client.request('initialize', { version: PROTOCOL_VERSION, disassembler: CAPSTONE });
  await client.request('keepTrapHistory', { on: true });
  await client.request('launch', { options: micro('task-yield', 0).options, pacing: { paced: false } });
  await client.request('continue', {});
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { kept } = await client.request('timeline', { overview: 0 });
    if (kept > MILLION) break;
  }
  const stopped = new Promise((resolve) => {
    client.on('stopped', resolve);
  });
  await client.request('pause', {});
  await stopped;
  return client;
}

async function answers(client: SessionClient): Promise<Table> {
  const { now, kept, bytes } = await client.request('timeline', { overview: 0 });
  const table: Table = {
    title: 'What the worker takes to answer',
    about: `Milliseconds, ${kept.toLocaleString('en')} records in ${(bytes / 1e6).toFixed(0)} MB.`,
    columns: ['asked for', 'ms'],
    rows: [],
  };
  const time = async (what: string, ask: (i: number) => Promise<unknown>): Promise<void> => {
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const start = performance.now();
      await ask(i);
      times.push(performance.now() - start);
    }
    table.rows.push([what, spreadText(spreadOf(times.slice(10)), 2)]);
  };
  const window = (share: number, i: number) => {
    const start = ((i * 0.618) % 1) * now * (1 - share);
    return { start, end: start + share * now, parts: 3 * WIDTH, marks: 4000 };
  };
  for (const share of [1, 0.1, 0.001, 0.00001]) {
    await time(`a window of ${share * 100} % of the run, and the overview`, (i) =>
      client.request('timeline', { overview: 1200, window: window(share, i) }),
    );
  }
  await time('60 rows anywhere', (i) =>
    client.request('timelineRows', { start: 0, end: now, hidden: [], first: ((i * 0.618) % 1) * kept, count: 60 }),
  );
  return table;
}

async function frames(client: SessionClient): Promise<Table> {
  const table: Table = {
    title: 'Frames of the timeline',
    about: `Chromium without a graphics card, 1400 by 900 pixels, more than a million traps. Each frame zooms or pans; times between frames, and from the beginning of a frame until it was drawn, ms.`,
    columns: ['what', 'frames', 'between frames', '95 % below', 'work in a frame', '95 % below'],
    rows: [],
  };
  const { page, close } = await openPanel('timeline', client);
  await page.locator('trapline-timeline-chart .area').waitFor();
  await page.getByText(/1,\d{3},\d{3} traps/).waitFor();
  for (const what of ['zoom', 'pan', 'table'] as const) {
    const { between, work } = await framesOf(page, what);
    const below = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)];
    table.rows.push([
      what,
      String(between.length),
      spreadText(spreadOf(between), 1),
      below(between).toFixed(1),
      spreadText(spreadOf(work), 1),
      below(work).toFixed(1),
    ]);
  }
  await close();
  return table;
}

const [loadBefore] = os.loadavg();
const tables: Table[] = [];
const wanted = (name: string): boolean => name.includes(ONLY);
const add = (table: Table): void => {
  tables.push(table);
  console.log(`${tableText(table)}\n`);
};
await loadDisassembler(CAPSTONE);
if (wanted('recording')) add(recording());
if (wanted('open') && hasBrowser()) add(await open());
if (wanted('answers') || wanted('frames')) {
  const client = await million();
  if (wanted('answers')) add(await answers(client));
  if (wanted('frames') && hasBrowser()) add(await frames(client));
}
if (ONLY === '') {
  writePage({
    file: 'benchmarks-panels.md',
    title: 'What the panels cost',
    command: 'npm run bench panels',
    runs: `${RUNS} runs of each, in turns; medians with the middle half of what was measured`,
    loadBefore,
    tables,
  });
}
process.exit(0);
