/**
 * What it costs to go to the VMM and back: by an exception at level 1, inline at level 2, and what the same takes bare; on tier 0 and on both tiers.
 * Nanoseconds of processor time each, less the loop; medians. The engine's own part of it, an exception or a device with nothing behind it, is in `engine`.
 *
 *   npm run bench -- exits        TRAPLINE_RUNS: runs of each (default 3)
 */
import type { Way } from '../support/guest.js';
import { MICRO_GUESTS } from './vmm/guests.js';
import { measureMicro } from './vmm/measure.js';
import { spreadOf } from './report/statistics.js';
import { tableText } from './report/table.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 3);
const ENGINES = ['interpreter', 'jit'] as const;
const LEVELS = [undefined, 1, 2] as const;
const GUESTS = new Set([
  'mrs-cpsr',
  'msr-cpsr-control',
  'msr-mode-switch',
  'cps-interrupts',
  'spsr',
  'exception-return',
  'cp15-write',
  'svc-round-trip',
  'device-read',
]);

const ways: readonly Way[] = LEVELS.flatMap((level) => ENGINES.map((engine) => ({ engine, level })));
const rows = MICRO_GUESTS.filter(({ name }) => GUESTS.has(name)).map((guest) => {
  const times: number[][] = ways.map(() => []);
  for (let run = 0; run < RUNS; run++) ways.forEach((way, i) => times[i].push(...measureMicro(guest, way).ns));
  return [guest.title, ...times.map((values) => spreadOf(values).median.toFixed(0))];
});
const columns = LEVELS.flatMap((level) =>
  ['tier 0', 'both'].map((tiers) => `${level === undefined ? 'bare' : `level ${level}`}, ${tiers}`),
);
console.log(tableText({ title: 'to the VMM and back, ns', about: '', columns: ['what', ...columns], rows }));
