/** Facts as names: for messages, documents and tests. */
import type { FactName } from './row.js';
import { Fact } from './row.js';

/** All fact names in the order of their bits. */
export const factOrder = Object.keys(Fact) as readonly FactName[];

/** The names of the bits set in `facts`. */
export function factNames(facts: number): FactName[] {
  return factOrder.filter((name) => (facts & Fact[name]) !== 0);
}

/** All bits that have a meaning. */
export const allFacts = factOrder.reduce((bits, name) => bits | Fact[name], 0);
