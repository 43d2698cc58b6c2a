/**
 * What coverage costs: the kernels of the engine's bench with and without it, on both tiers; processor time, the least of interleaved runs.
 *
 *   npm run bench -- coverage        TRAPLINE_KERNELS: a list of kernels, TRAPLINE_RUNS: runs (default 3)
 */
import { runImage } from './engine/run.js';
import { build, KERNELS } from './kernels.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 3);
const ONLY = process.env.TRAPLINE_KERNELS?.split(',');

let sum = 0;
let count = 0;
for (const [kernel, rounds] of KERNELS) {
  if (ONLY !== undefined && !ONLY.includes(kernel)) continue;
  const { binary } = build(kernel, 'arm', rounds);
  const [off, on] = [false, true].map((covers) => ({ covers, seconds: Infinity }));
  for (let run = 0; run < RUNS; run++)
    for (const way of [off, on]) way.seconds = Math.min(way.seconds, runImage(binary, 'both', way.covers).seconds);
  const ratio = on.seconds / off.seconds;
  sum += Math.log(ratio);
  count++;
  console.log(
    `${kernel.padEnd(10)}${off.seconds.toFixed(3)} s, counted ${on.seconds.toFixed(3)} s: ${ratio.toFixed(3)}`,
  );
}
console.log(`${'mean'.padEnd(10)}${Math.exp(sum / count).toFixed(3)}`);
