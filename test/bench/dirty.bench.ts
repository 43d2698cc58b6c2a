/**
 * What it costs to know which pages were written: the kernels of the engine's bench with epochs of so many instructions, which snapshots would end, and in one
 * single epoch; on both tiers; processor time, the least of interleaved runs, and dirty pages at the end of an epoch.
 *
 *   npm run bench -- dirty        TRAPLINE_KERNELS: a list of kernels, TRAPLINE_RUNS: runs (default 3), TRAPLINE_EPOCH: instructions (default 20 million)
 */
import { runImage, type Result } from './engine/run.js';
import { build, KERNELS, RANDOM } from './kernels.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 3);
const EPOCH = Number(process.env.TRAPLINE_EPOCH ?? 20_000_000);
const ONLY = process.env.TRAPLINE_KERNELS?.split(',');

let sum = 0;
let count = 0;
for (const [kernel, rounds] of KERNELS) {
  if (ONLY !== undefined && !ONLY.includes(kernel)) continue;
  // Accesses all over memory are what costs, and theirs is a short run.
  const { binary } = build(kernel, 'arm', kernel === RANDOM ? 10 * rounds : rounds);
  const best: (Result | undefined)[] = [undefined, undefined];
  for (let run = 0; run < RUNS; run++)
    [undefined, EPOCH].forEach((epoch, i) => {
      const result = runImage(binary, 'both', false, epoch);
      if (result.seconds < (best[i]?.seconds ?? Infinity)) best[i] = result;
    });
  const [without, epochs] = best as Result[];
  const ratio = epochs.seconds / without.seconds;
  sum += Math.log(ratio);
  count++;
  const pages = (epochs.dirtyPages ?? 0) / Math.ceil(epochs.instructions / EPOCH);
  console.log(
    `${kernel.padEnd(10)}${without.seconds.toFixed(3)} s, in epochs ${epochs.seconds.toFixed(3)} s: ${ratio.toFixed(3)}; ${pages.toFixed(0)} pages`,
  );
}
console.log(`${'mean'.padEnd(10)}${Math.exp(sum / count).toFixed(3)}`);
