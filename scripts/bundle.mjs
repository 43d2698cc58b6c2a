// Bundles everything that runs outside the tests: one file per composition root of src/entry and per panel of src/webview, into dist/.
//
//   node scripts/bundle.mjs [--watch | --production]
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inRepo, root } from './lib/repo.mjs';
import { preparedModules } from './lib/prepared.mjs';
import { layerSizes } from './lib/sizes.mjs';

/** @typedef {{ entry: string, outfile: string, options: esbuild.BuildOptions }} Bundle */

/** What the browser build puts in place of the Node modules that the debug adapter package asks for. */
const browserShims = /** @type {esbuild.Plugin} */ ({
  name: 'browser-shims',
  setup(build) {
    build.onResolve({ filter: /^url$/ }, () => ({ path: 'url', namespace: 'shim' }));
    build.onLoad({ filter: /^url$/, namespace: 'shim' }, () => ({ contents: 'export const URL = globalThis.URL;' }));
    build.onResolve({ filter: /^events$/ }, () => ({ path: inRepo('node_modules/events/events.js') }));
  },
});

// capstone-wasm locates its wasm beside its own module; we hand it the bytes of dist/capstone.wasm, so any valid URL will do.
const define = { 'import.meta.url': '"file:///trapline"' };

/** @type {esbuild.BuildOptions} */
const node = {
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // what the launcher runs has no module loader of its own
  supported: { 'dynamic-import': false },
  external: ['vscode'],
  define,
  plugins: [preparedModules],
};
/** @type {esbuild.BuildOptions} */
const browser = {
  platform: 'browser',
  target: 'es2022',
  // `module` is asked for behind a test for Node only
  external: ['vscode', 'module'],
  define: { ...define, global: 'globalThis', 'process.platform': '"web"' },
  plugins: [browserShims, preparedModules],
};

/** What is run by src/entry/hosts/launcher.ts is beside that under another name. */
const mainOf = (/** @type {string} */ outfile) => outfile.replace(/\.js$/, '.main.js');

/**
 * V8 is to take its time before it optimises: it counts bytes of bytecode that a function has executed, and begins at 67,584. What our functions do in
 * a second of a guest's boot is less than what optimising them takes of the host's other processor.
 * PERF: of 450 ms of processor time for U-Boot to its prompt (`engine.bench`, U-Boot) a sixth was V8's optimising in vain. From 1,000,000 on, what executes
 * much JavaScript for long is optimised too late: U-Boot at level 0 takes a tenth longer.
 */
const COMMAND_FLAGS = '--interrupt-budget=400000';

/** @type {Record<string, { outfile: string, options: esbuild.BuildOptions, launched?: boolean, flags?: string, banner?: string }>} */
const ENTRIES = {
  'extension.ts': { outfile: 'extension.js', options: node },
  'worker.ts': { outfile: 'worker.js', options: node, launched: true },
  'adapter-server.ts': { outfile: 'adapter-server.js', options: node },
  'cli.ts': {
    outfile: 'cli.js',
    options: { ...node, define: { ...define, TRAPLINE_LAYER_SIZES: JSON.stringify(layerSizes()) } },
    launched: true,
    flags: COMMAND_FLAGS,
    banner: '#!/usr/bin/env node',
  },
  'web-extension.ts': { outfile: 'web/extension.js', options: { ...browser, format: 'cjs' } },
  'web-worker.ts': { outfile: 'web/worker.js', options: { ...browser, format: 'iife' } },
};

/**
 * @param {Bundle & { launched?: boolean, flags?: string, banner?: string }} bundle
 * @returns {Bundle[]} with what starts it, if something does
 */
function withLauncher({ launched, flags = '', banner, ...bundle }) {
  if (!launched) return [bundle];
  const main = mainOf(bundle.outfile);
  const options = {
    ...node,
    define: { ...define, TRAPLINE_MAIN: JSON.stringify(main), TRAPLINE_V8_FLAGS: JSON.stringify(flags) },
    ...(banner && { banner: { js: banner } }),
  };
  return [
    { ...bundle, outfile: main },
    { entry: 'src/entry/hosts/launcher.ts', outfile: bundle.outfile, options },
  ];
}

/** @returns {Bundle[]} */
function bundles() {
  const roots = fs.readdirSync(inRepo('src/entry')).filter((file) => file.endsWith('.ts'));
  const unknown = roots.filter((file) => !(file in ENTRIES));
  if (unknown.length > 0)
    throw new Error(`src/entry/${unknown[0]} has no bundle; add it to ENTRIES in scripts/bundle.mjs`);
  const panels = fs
    .readdirSync(inRepo('src/webview'))
    .filter((panel) => fs.existsSync(inRepo('src/webview', panel, 'main.ts')));
  return [
    ...roots.flatMap((file) => withLauncher({ entry: `src/entry/${file}`, ...ENTRIES[file] })),
    ...panels.map((panel) => ({
      entry: `src/webview/${panel}/main.ts`,
      outfile: `webview/${panel}.js`,
      options: /** @type {esbuild.BuildOptions} */ ({
        ...browser,
        format: 'iife',
        loader: { '.ttf': 'file' },
        assetNames: '[name]',
      }),
    })),
  ];
}

/** @param {{ watch?: boolean, production?: boolean }} [options] */
export async function bundle({ watch = false, production = false } = {}) {
  if (production) fs.rmSync(inRepo('dist'), { recursive: true, force: true });
  fs.mkdirSync(inRepo('dist'), { recursive: true });
  fs.copyFileSync(inRepo('node_modules/capstone-wasm/dist/capstone.wasm'), inRepo('dist/capstone.wasm'));
  const all = bundles().map(({ entry, outfile, options }) => ({
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: `dist/${outfile}`,
    bundle: true,
    sourcemap: !production,
    // names stay: a stack trace in a bug report must be legible
    minifySyntax: production,
    minifyWhitespace: production,
    logLevel: /** @type {const} */ ('warning'),
  }));
  if (!watch) {
    await Promise.all(all.map((options) => esbuild.build(options)));
    return;
  }
  for (const options of all) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
  console.log(`Watching ${all.length} bundles; Ctrl-C ends.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle({ watch: process.argv.includes('--watch'), production: process.argv.includes('--production') }).catch(
    (error) => {
      // esbuild has printed its own messages
      if (!error.errors) console.error(error.message);
      process.exitCode = 1;
    },
  );
}
