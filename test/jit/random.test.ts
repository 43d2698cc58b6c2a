/**
 * Random programs through the reference and through tier 0, alone and with tier 1. TRAPLINE_PROGRAMS sets how many of each kind (default 100; a third of
 * that with tier 1, a twelfth of those that take long), TRAPLINE_SEED the first seed. Many more: `npm run verify -- soak`.
 */
import { operationByName } from '../../src/ops/index.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { TIER1 } from '../support/tier1.js';
import { type ProgramKind, RandomPrograms } from './random-programs.js';

const PROGRAMS = Number(process.env.TRAPLINE_PROGRAMS ?? 100);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

function runPrograms(kind: ProgramKind, tier1: TierOptions | undefined): void {
  const programs = new RandomPrograms(kind, SEED, tier1);
  // The restless ones take long.
  const share = kind.restless !== undefined ? 12 : tier1 === undefined ? 1 : 3;
  for (let left = Math.ceil(PROGRAMS / share); left > 0; left--) programs.next();
}

const TIERS: readonly (readonly [name: string, tier1: TierOptions | undefined])[] = [
  ['tier 0', TIER1],
  ['tiers 0 and 1', { threshold: 1 }],
];

for (const [tiers, tier1] of TIERS)
  describe(`${tiers} against the reference, random programs`, function () {
    this.timeout(120_000);
    before(() => {
      // A row that no operation implements is Undefined on both; the others must exist, or nothing is compared.
      if (operationByName.size < 100) throw new Error('the operations are missing');
    });

    for (const isa of ['A32', 'Thumb'] as const) {
      for (const mmu of [false, true]) {
        it(`${isa}, MMU ${mmu ? 'on' : 'off'}`, () => runPrograms({ isa, mmu, unpredictable: false }, tier1));
      }
      it(`${isa} with UNPREDICTABLE words`, () => runPrograms({ isa, mmu: true, unpredictable: true }, tier1));
      it(`${isa}, with what they execute counted`, () =>
        runPrograms({ isa, mmu: true, unpredictable: false, restless: true, covered: true }, tier1));
      it(`${isa}, with epochs of dirty pages`, () =>
        runPrograms({ isa, mmu: true, unpredictable: false, restless: true, epochs: true }, tier1));
      it(`${isa}, restless`, () => runPrograms({ isa, mmu: true, unpredictable: false, restless: true }, tier1));
    }
  });
