/**
 * What it costs to make regions: microseconds for each guest instruction, for generating and encoding, and for V8's part.
 *
 *   node scripts/bench.mjs regions
 */
import { measureGenerating } from './engine/generating.js';
import type { State } from './kernels.js';
import { executeJob } from './engine/processes.js';
import type { Generating } from './engine/generating.js';

async function main(): Promise<void> {
  for (const state of ['arm', 'thumb'] as State[]) {
    const { instructions, bytes, generating, engine, longest } = await executeJob<Generating>(state);
    console.log(
      `${state}: ${instructions} instructions, ${bytes.toFixed(0)} bytes for each; ` +
        `generating ${generating.toFixed(2)} µs, V8 ${engine.toFixed(2)} µs for each; at once ${longest.toFixed(1)} ms at most`,
    );
  }
}

if (process.argv[2] === undefined) await main();
else console.log(JSON.stringify(measureGenerating(process.argv[2] as State)));
