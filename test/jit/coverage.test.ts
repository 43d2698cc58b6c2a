/** What is counted of instructions that take their own slots away: the reference counts each attempt by itself, and says how often each was reached. */
import assert from 'node:assert/strict';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { Pair } from './pair.js';
import { MARGIN, RAM } from './rig.js';

const CODE = RAM + 0x1000;
/** More than the reference executes of an instruction before its handler is compiled. */
const TURNS = 2000;
const STR_R2_R1 = { A32: 0xe581_2000, T32: 0xf8c1_2000 } as const;
/** A word as the memory has it: T32 begins with its first halfword. */
const inMemory = (isa: 'A32' | 'T32', word: number): number =>
  isa === 'A32' ? word : ((word << 16) | (word >>> 16)) >>> 0;

const TIERS: readonly (readonly [name: string, tier1: TierOptions | undefined])[] = [
  ['tier 0', undefined],
  ['tiers 0 and 1', { threshold: 1 }],
];

for (const [tiers, tier1] of TIERS)
  for (const isa of ['A32', 'T32'] as const)
    describe(`coverage, ${tiers}, ${isa}`, () => {
      /** A loop that begins with `str r2, [r1]` at the address in r1, which stores itself. */
      const loop = (): Pair => {
        const pair = new Pair(undefined, tier1, true);
        pair.both((rig) => {
          rig.loop(CODE, isa, [STR_R2_R1[isa]]);
          rig.state[1] = CODE;
          rig.state[2] = inMemory(isa, STR_R2_R1[isa]) | 0;
          rig.state[8] = TURNS;
        });
        return pair;
      };
      const compare = (pair: Pair, ...budgets: readonly number[]): void => {
        for (const budget of budgets) {
          pair.run(budget, () => `budget ${budget}`);
          assert.equal(pair.coverageDifference(), undefined, `budget ${budget}`);
        }
      };
      const reached = (pair: Pair, offset: number): number | undefined =>
        pair.actual.coverage?.at(CODE + offset, isa === 'T32' ? 1 : 0).reached;

      it('is that of the reference where an instruction stores itself as it is', () => {
        const pair = loop();
        compare(pair, 1, 2, 3, 10, MARGIN, 3 * TURNS);
        assert.deepEqual(
          [0, 4].map((offset) => reached(pair, offset)),
          [TURNS, TURNS],
        );
      });

      it('is that of the reference where an instruction becomes another one, or two', () => {
        for (const budgets of [[1, 1, 1], [1], []]) {
          const pair = loop();
          compare(pair, TURNS);
          pair.both(({ state }) => (state[2] = (isa === 'A32' ? 0xe320_f000 : 0xbf00_bf00) | 0)); // nop, or two of them
          compare(pair, ...budgets, MARGIN + 4 * TURNS);
          assert.deepEqual(
            [0, 4].map((offset) => reached(pair, offset)),
            [TURNS, TURNS],
          );
        }
      });
    });
