import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { preparedModules } from '../../scripts/lib/prepared.mjs';
import { Counts } from '../../src/jit/fast-loop.js';
import { hotHandlers } from '../../src/jit/hot.js';
import { generateInterpreter } from '../../src/jit/interpreter.js';
import { prepared } from '../../src/jit/prepared.js';

describe('base modules that are prepared', function () {
  this.timeout(60_000);

  it('are those that an engine would generate', async () => {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: `export * from './src/jit/prepared.js';`, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      plugins: [preparedModules],
    });
    const text = Buffer.from(outputFiles[0].contents).toString('base64');
    const bundled = ((await import(`data:text/javascript;base64,${text}`)) as { prepared: typeof prepared }).prepared;
    assert.deepEqual(Object.keys(bundled), [String(Counts.nothing), String(Counts.arrivals)]);
    for (const [counts, binary] of Object.entries(bundled))
      assert.deepEqual(Buffer.from(binary!), Buffer.from(generateInterpreter(hotHandlers(), Number(counts))));
  });

  it('are none in the sources', () => {
    assert.deepEqual(prepared, {});
  });
});
