// Generates tier 0's base module once, when a product is bundled, instead of in each of its processes: 20 ms of some 150 that a start takes
// (`node scripts/bench.mjs engine`, start). Knows which modules are worth their place; what is in them is the sources' affair.
import { Buffer } from 'node:buffer';
import * as esbuild from 'esbuild';
import { inRepo, root } from './repo.mjs';

const NAMESPACE = 'prepared';
/** Those of src/jit/fast-loop.ts, by name: the engines `interpreter` and `jit` without coverage. */
const WORTHWHILE = ['nothing', 'arrivals'];

/** @type {string} what generates modules, and says how they are numbered */
const GENERATOR = `
  import { Counts } from './src/jit/fast-loop.js';
  import { hotHandlers } from './src/jit/hot.js';
  import { generateInterpreter } from './src/jit/interpreter.js';
  export const binaries = ${JSON.stringify(WORTHWHILE)}.map((name) => [Counts[name], generateInterpreter(hotHandlers(), Counts[name])]);
`;

/** @returns {Promise<{ binaries: [counts: number, binary: Uint8Array][], sources: string[] }>} */
async function generate() {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: GENERATOR, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'node20',
  });
  const { binaries } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  return {
    binaries,
    sources: Object.keys(metafile.inputs)
      .filter((file) => file.startsWith('src/'))
      .map((file) => inRepo(file)),
  };
}

/** Fills src/jit/prepared.ts. */
export const preparedModules = /** @type {esbuild.Plugin} */ ({
  name: 'prepared-modules',
  setup(build) {
    /** @type {Map<string, Uint8Array>} */
    const contents = new Map();
    build.onLoad({ filter: /[\\/]src[\\/]jit[\\/]prepared\.ts$/ }, async () => {
      const { binaries, sources } = await generate();
      for (const [counts, binary] of binaries) contents.set(String(counts), binary);
      const imports = binaries.map(([counts]) => `import of${counts} from '${NAMESPACE}:${counts}';`);
      const entries = binaries.map(([counts]) => `[${counts}]: of${counts}`);
      return {
        loader: 'js',
        contents: `${imports.join('\n')}\nexport const prepared = { ${entries.join(', ')} };`,
        resolveDir: root,
        watchFiles: sources,
      };
    });
    build.onResolve({ filter: new RegExp(`^${NAMESPACE}:`) }, ({ path }) => ({
      path: path.slice(NAMESPACE.length + 1),
      namespace: NAMESPACE,
    }));
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      loader: 'binary',
      contents: contents.get(path),
    }));
  },
});
