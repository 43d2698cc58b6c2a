/** Two equal machines, one run by the reference and one by tier 0, with or without tier 1, that are compared word by word. */
import assert from 'node:assert/strict';
import type { Coverage } from '../../src/arm/coverage.js';
import { Word } from '../../src/arm/state.js';
import type { StopKind } from '../../src/arm/engine.js';
import { hex32 } from '../../src/util/bits.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { TIER1 } from '../support/tier1.js';
import { Rig } from './rig.js';

/** State words that do not survive an exit: what R15 reads as, and helpers' scratch. */
const NOT_COMPARED = new Set<number>([Word.R15_READ, Word.SCO, Word.SCO + 1]);

const NAMES = new Map<number, string>(Object.entries(Word).map(([name, word]) => [word, name]));
const nameOf = (word: number): string => (word < 15 ? `R${word}` : (NAMES.get(word) ?? `word ${word}`));

/** "reached, failed" by place, of what was reached. */
function countsOf(coverage: Coverage | undefined): Map<string, string> {
  const counts = new Map<string, string>();
  for (const { va, thumb, reached, failed } of coverage?.pages ?? [])
    reached.forEach((count, i) => {
      const place = `${hex32(va + i * (thumb ? 2 : 4))}${thumb ? ' Thumb' : ''}`;
      if (count !== 0 || failed[i] !== 0) counts.set(place, `${count} reached, ${failed[i]} failed`);
    });
  return counts;
}

export class Pair {
  readonly expected: Rig;
  readonly actual: Rig;

  /** @param tier1 with it the second machine has tier 1, too @param covers both count what they execute */
  constructor(ramBytes?: number, tier1: TierOptions | undefined = TIER1, covers = false) {
    this.expected = new Rig(ramBytes, undefined, undefined, covers);
    this.actual = new Rig(ramBytes, undefined, tier1, covers);
  }

  /** Does the same to both. */
  both(action: (rig: Rig) => void): void {
    action(this.expected);
    action(this.actual);
  }

  /** Runs both for `budget` attempts and compares all that they left. @param context what a failure says first. */
  run(budget: number, context: () => string, skipBreakpointOnce = false): StopKind {
    const expected = this.expected.reference.run(budget, skipBreakpointOnce);
    const actual = this.actual.interpreter.run(budget, skipBreakpointOnce);
    const difference = this.difference();
    if (difference !== undefined || expected !== actual) {
      const stops = expected === actual ? '' : `stopped for ${actual}, the reference for ${expected}; `;
      assert.fail(`${context()}: after a budget of ${budget}: ${stops}${difference ?? ''}`);
    }
    return expected;
  }

  /** The first difference in what was counted, in words. */
  coverageDifference(): string | undefined {
    this.actual.interpreter.flushCounters();
    const [expected, actual] = [this.expected, this.actual].map(({ coverage }) => countsOf(coverage));
    for (const place of new Set([...expected.keys(), ...actual.keys()])) {
      if (expected.get(place) !== actual.get(place))
        return `${place}: ${actual.get(place) ?? 'never'}, the reference says ${expected.get(place) ?? 'never'}`;
    }
    return undefined;
  }

  /** The first difference in state or memory, in words. */
  difference(): string | undefined {
    const a = this.expected.state;
    const b = this.actual.state;
    for (let i = 0; i < a.length; i++) {
      if (a[i] !== b[i] && !NOT_COMPARED.has(i))
        return `${nameOf(i)} is ${hex32(b[i])}, the reference has ${hex32(a[i])}`;
    }
    const memory = Buffer.compare(this.expected.ram, this.actual.ram);
    if (memory === 0) return undefined;
    const at = this.expected.ram.findIndex((byte, i) => byte !== this.actual.ram[i]);
    return `RAM at +${hex32(at)} is ${this.actual.ram[at]}, the reference has ${this.expected.ram[at]}`;
  }
}
