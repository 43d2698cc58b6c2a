/**
 * `npm run verify:soak`: random programs for an hour (`--share` of one), tier 1 against the reference. What a failure names, its kind, the first seed
 * and the program's number, is what `RandomPrograms` (test/jit/random-programs.ts) wants to do it again.
 */
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { type ProgramKind, RandomPrograms } from '../jit/random-programs.js';
import { verification, type Findings, type VerifyOptions } from './evidence.js';

const HOUR_MS = 3_600_000;
/** Programs on one pair of machines, before the next kind has its turn on new ones. */
const BATCH = 320;
/** What goes wrong so often does not get better. */
const MOST_FAILURES = 20;

const KINDS: readonly ProgramKind[] = (['A32', 'Thumb'] as const).flatMap((isa): ProgramKind[] => [
  { isa, mmu: true, unpredictable: false, restless: true },
  { isa, mmu: false, unpredictable: false },
  { isa, mmu: true, unpredictable: false },
  { isa, mmu: true, unpredictable: true, restless: true },
  { isa, mmu: true, unpredictable: false, restless: true, covered: true },
]);

/** At 1 all code becomes regions as soon as it is branched to; later, it is known to tier 0 and to its neighbours before. */
const TIERS: readonly TierOptions[] = [{ threshold: 1 }, { threshold: 1 }, { threshold: 12 }];

function nameOf({ isa, mmu, unpredictable, restless, covered }: ProgramKind): string {
  const parts = [isa, `MMU ${mmu ? 'on' : 'off'}`];
  if (unpredictable) parts.push('UNPREDICTABLE words');
  if (restless !== undefined) parts.push('restless');
  if (covered !== undefined) parts.push('counted');
  return parts.join(', ');
}

function verify({ seed, share }: VerifyOptions): Findings {
  const end = performance.now() + share * HOUR_MS;
  const rows = KINDS.map((kind) => ({ kind, programs: 0, attempts: 0, regions: 0 }));
  const unexplained: string[] = [];
  for (let batch = 0; performance.now() < end && unexplained.length < MOST_FAILURES; batch++) {
    const row = rows[batch % rows.length];
    const tier1 = TIERS[Math.floor(batch / rows.length) % TIERS.length];
    const programs = new RandomPrograms(row.kind, (seed + batch * BATCH) | 0, tier1);
    try {
      for (let i = 0; i < BATCH && performance.now() < end; i++) {
        row.attempts += programs.next();
        row.programs++;
      }
    } catch (error) {
      const { message } = error as Error;
      unexplained.push(`threshold ${tier1.threshold}: ${programs.place}: ${message.split('\n')[0]}`);
      console.log(unexplained[unexplained.length - 1]);
    }
    row.regions += programs.regions;
  }
  return {
    title: 'Translated code against the reference: a soak',
    says: [
      'Random instructions of all rows, and nests of loops of them, run by the reference and by tier 0 with tier 1, where every branch target becomes a region at once, or after twelve arrivals. ' +
        'Programs write over themselves, take exceptions, change modes, states and byte order, and run under translation with pages of all rights. The restless ones have floating point and vectors, both byte orders and alignment checks from the start, ' +
        'and between runs interrupts, breakpoints, other translations and other code.',
      'After each of many runs of random length all state and all memory must be the same, and why the run ended; where executions are counted, so must be the counts of each instruction.',
    ],
    oracles: [],
    tables: [
      {
        title: 'Programs',
        columns: ['kind', 'programs', 'instructions', 'regions'],
        rows: rows.map(({ kind, programs, attempts, regions }) => [nameOf(kind), programs, attempts, regions]),
      },
    ],
    differences: [],
    unexplained,
  };
}

await verification('soak', verify);
