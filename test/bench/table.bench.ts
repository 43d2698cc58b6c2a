/**
 * What the instruction table takes at start-up: its rows made and compiled, and the decoder's index of each instruction set built. In fresh
 * processes, since it happens once, in code that nothing has warmed up. Fails where the median is over the limit.
 *
 *   node scripts/bench.mjs table
 */
import { execFileSync } from 'node:child_process';

const LIMIT_MS = 30;
const RUNS = Number(process.env.TRAPLINE_RUNS ?? 15);

/** Of processor time, so that other work on the machine does not count. */
function milliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(): Promise<void> {
  const start = milliseconds();
  const { table } = await import('../../src/isa/table.js');
  const rows = milliseconds();
  const { decode } = await import('../../src/isa/decode.js');
  for (const isa of ['A32', 'T32', 'T16'] as const) decode(isa, 0);
  const end = milliseconds();
  console.log(JSON.stringify([table.length, rows - start, end - rows]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function bench(): void {
  const runs = Array.from({ length: RUNS }, () => {
    const text = execFileSync(process.execPath, [process.argv[1], 'measure'], { encoding: 'utf8' });
    return JSON.parse(text) as [rows: number, table: number, index: number];
  });
  const table = median(runs.map((run) => run[1]));
  const index = median(runs.map((run) => run[2]));
  const both = median(runs.map((run) => run[1] + run[2]));
  console.log(`${runs[0][0]} rows: made and compiled in ${table.toFixed(1)} ms, indexed in ${index.toFixed(1)} ms`);
  console.log(
    `start-up: ${both.toFixed(1)} ms, at most ${LIMIT_MS} ms of processor time (medians of ${RUNS} processes)`,
  );
  if (both > LIMIT_MS) process.exitCode = 1;
}

if (process.argv[2] === 'measure') void measure();
else bench();
