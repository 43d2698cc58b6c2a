/**
 * Base modules that need not be generated when an engine is made, by what they count (fast-loop.ts, Counts). In the sources there are none: whoever
 * bundles them puts these here (scripts/lib/prepared.mjs), generated from the very sources that are bundled.
 */
export const prepared: Readonly<Record<number, Uint8Array | undefined>> = {};
