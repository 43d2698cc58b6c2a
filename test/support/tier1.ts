/** Whether tests are to run with tier 1 forced. */
import type { TierOptions } from '../../src/jit/regions/tier.js';

/**
 * TRAPLINE_TIER1 runs what the interpreter is to run with tier 1 on top, and says after how many arrivals by a branch code becomes a region: 1, at once.
 */
export const TIER1: TierOptions | undefined =
  process.env.TRAPLINE_TIER1 === undefined ? undefined : { threshold: Number(process.env.TRAPLINE_TIER1) };
