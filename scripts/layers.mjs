// The layer table (layers.json) and what derives from it: one TypeScript project per folder of src/, the solution that lists them, and the answers
// the linter and the dependency test ask for. Knows nothing of what the layers contain.
//
//   node scripts/layers.mjs           write the generated tsconfig files
//   node scripts/layers.mjs --check   exit 1 if one of them is not what would be written
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib/repo.mjs';

/**
 * What the compiler may see of the world around a layer, by the table's `host`.
 * @type {Record<string, { lib: string[], types: string[], files: string[] }>}
 */
const HOSTS = {
  none: { lib: ['ES2022'], types: [], files: ['webassembly.d.ts', 'text.d.ts'] },
  worker: { lib: ['ES2022'], types: [], files: ['webassembly.d.ts', 'text.d.ts', 'timers.d.ts'] },
  vscode: { lib: ['ES2022'], types: ['vscode'], files: ['webassembly.d.ts', 'text.d.ts', 'timers.d.ts'] },
  node: { lib: ['ES2022'], types: ['node'], files: ['webassembly.d.ts'] },
  dom: { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], files: [] },
  any: { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: ['node', 'vscode'], files: [] },
};

/** @typedef {{ imports: string[], host: string, packages: string[], node: boolean }} Layer */

/**
 * Packages whose own declarations the compiler cannot find: declared beside the layers.
 * @type {Record<string, string>}
 */
const DECLARED_HERE = { 'capstone-wasm': 'capstone-wasm.d.ts' };

/**
 * The table, completed: `util` may be imported from everywhere, `"*"` stands for every other layer.
 * @returns {Map<string, Layer>}
 */
export function readLayers() {
  const table = JSON.parse(fs.readFileSync(path.join(root, 'layers.json'), 'utf8'));
  const names = Object.keys(table);
  return new Map(
    names.map((name) => {
      const { imports, host, packages = [] } = table[name];
      if (!(host in HOSTS)) throw new Error(`layers.json: ${name} has the unknown host "${host}"`);
      const listed = imports === '*' ? names : ['util', ...imports];
      for (const other of listed)
        if (!names.includes(other)) throw new Error(`layers.json: ${name} imports the unknown layer "${other}"`);
      return [
        name,
        {
          imports: [...new Set(listed)].filter((other) => other !== name),
          host,
          packages,
          node: HOSTS[host].types.includes('node'),
        },
      ];
    }),
  );
}

/** Every generated file: path relative to the repository -> its text. */
export function generatedFiles() {
  const layers = readLayers();
  const files = new Map();
  const json = (/** @type {unknown} */ value) => JSON.stringify(value, null, 2) + '\n';
  for (const [name, { imports, host, packages }] of layers) {
    const { lib, types } = HOSTS[host];
    const ambient = [
      ...HOSTS[host].files,
      ...packages.filter((name) => name in DECLARED_HERE).map((name) => DECLARED_HERE[name]),
    ];
    files.set(
      `src/${name}/tsconfig.json`,
      json({
        extends: '../../tsconfig.base.json',
        compilerOptions: {
          rootDir: '..',
          outDir: '../../out/types',
          tsBuildInfoFile: `../../out/info/${name}.tsbuildinfo`,
          lib,
          types,
        },
        include: ['**/*.ts', ...ambient.map((file) => `../${file}`)],
        references: imports.map((other) => ({ path: `../${other}` })),
      }),
    );
  }
  const all = [...layers.keys()];
  files.set(
    'scripts/tsconfig.json',
    json({
      extends: '../tsconfig.base.json',
      compilerOptions: {
        rootDir: '..',
        outDir: '../out/types',
        tsBuildInfoFile: '../out/info/scripts.tsbuildinfo',
        lib: HOSTS.any.lib,
        types: ['node', 'mocha'],
        allowJs: true,
        checkJs: true,
      },
      include: ['**/*.mjs'],
      references: [],
    }),
  );
  files.set(
    'test/tsconfig.json',
    json({
      extends: '../tsconfig.base.json',
      compilerOptions: {
        rootDir: '..',
        outDir: '../out/types',
        tsBuildInfoFile: '../out/info/test.tsbuildinfo',
        lib: HOSTS.any.lib,
        types: [...HOSTS.any.types, 'mocha'],
        // for the scripts that tests import; their types come from the scripts' own project
        allowJs: true,
      },
      include: ['**/*.ts', ...Object.values(DECLARED_HERE).map((file) => `../src/${file}`)],
      references: [...all.map((name) => ({ path: `../src/${name}` })), { path: '../scripts' }],
    }),
  );
  files.set(
    'tsconfig.json',
    json({
      files: [],
      references: [...all.map((name) => ({ path: `src/${name}` })), { path: 'scripts' }, { path: 'test' }],
    }),
  );
  return files;
}

/**
 * Whether a file of src/ may import something: the rule that the linter and the dependency test share.
 * @param {Map<string, Layer>} layers as {@link readLayers} gives them
 * @param {string} file relative to src/, with forward slashes
 * @param {string} specifier as written in the import
 * @returns {string | undefined} what is wrong with it
 */
export function judgeImport(layers, file, specifier) {
  const name = file.split('/')[0];
  const layer = layers.get(name);
  if (!layer) return `src/${name} is not a layer of layers.json`;
  if (!specifier.startsWith('.')) {
    if (builtinModules.includes(specifier)) return `write node:${specifier}`;
    if (specifier.startsWith('node:')) return layer.node ? undefined : `${name} may not use Node (${specifier})`;
    const known = layer.packages.some((allowed) => specifier === allowed || specifier.startsWith(`${allowed}/`));
    return known ? undefined : `layers.json gives ${name} no package ${specifier}`;
  }
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (target.startsWith('..')) return `${specifier} lies outside src/`;
  if (/\/tsconfig|\.ts$/.test(target)) return `${specifier} must name the .js file that its source becomes`;
  const other = target.split('/')[0];
  if (other === name || layer.imports.includes(other)) return undefined;
  return `${name} may not import ${other}; layers.json lists ${layer.imports.join(', ') || 'nothing'}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  for (const [file, text] of generatedFiles()) {
    const at = path.join(root, file);
    if (fs.existsSync(at) && fs.readFileSync(at, 'utf8') === text) continue;
    if (check) {
      console.error(`${file} is not what layers.json says; run: node scripts/layers.mjs`);
      process.exitCode = 1;
    } else {
      fs.mkdirSync(path.dirname(at), { recursive: true });
      fs.writeFileSync(at, text);
      console.log(`wrote ${file}`);
    }
  }
}
