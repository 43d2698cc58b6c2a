// The layer table (layers.json) and what derives from it: one TypeScript project per folder of src/, the solution that lists them, and the answers
// the linter and the dependency test ask for. Knows nothing of what the layers contain.
//
//   node scripts/layers.mjs           write the generated tsconfig files
//   node scripts/layers.mjs --check   exit 1 if one of them is not what would be written
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What the compiler may see of the world around a layer, by the table's `host`. */
const HOSTS = {
  none: { lib: ['ES2022'], types: [], files: ['webassembly.d.ts', 'text.d.ts'] },
  worker: { lib: ['ES2022'], types: [], files: ['webassembly.d.ts', 'text.d.ts', 'timers.d.ts'] },
  vscode: { lib: ['ES2022'], types: ['vscode'], files: ['webassembly.d.ts', 'text.d.ts', 'timers.d.ts'] },
  node: { lib: ['ES2022'], types: ['node'], files: ['webassembly.d.ts'] },
  dom: { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [], files: [] },
  any: { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: ['node', 'vscode'], files: [] },
};

/** Packages whose own declarations the compiler cannot find: declared beside the layers. */
const DECLARED_HERE = { 'capstone-wasm': 'capstone-wasm.d.ts' };

/**
 * The table, completed: `util` may be imported from everywhere, `"*"` stands for every other layer.
 * @returns {Map<string, { imports: string[], host: keyof typeof HOSTS, packages: string[], node: boolean }>}
 */
export function readLayers() {
  const table = JSON.parse(fs.readFileSync(path.join(root, 'layers.json'), 'utf8'));
  const names = Object.keys(table);
  return new Map(
    names.map((name) => {
      const { imports, host, packages = [] } = table[name];
      if (!(host in HOSTS)) throw new Error(`layers.json: ${name} has the unknown host "${host}"`);
      const listed = imports === '*' ? names : ['util', ...imports];
      for (const other of listed) if (!names.includes(other)) throw new Error(`layers.json: ${name} imports the unknown layer "${other}"`);
      return [name, { imports: [...new Set(listed)].filter((other) => other !== name), host, packages, node: HOSTS[host].types.includes('node') }];
    }),
  );
}

/** Every generated file: path relative to the repository -> its text. */
export function generatedFiles() {
  const layers = readLayers();
  const files = new Map();
  const json = (value) => JSON.stringify(value, null, 2) + '\n';
  for (const [name, { imports, host, packages }] of layers) {
    const { lib, types } = HOSTS[host];
    const ambient = [...HOSTS[host].files, ...packages.filter((name) => name in DECLARED_HERE).map((name) => DECLARED_HERE[name])];
    files.set(
      `src/${name}/tsconfig.json`,
      json({
        extends: '../../tsconfig.base.json',
        compilerOptions: { rootDir: '..', outDir: '../../out/types', tsBuildInfoFile: `../../out/info/${name}.tsbuildinfo`, lib, types },
        include: ['**/*.ts', ...ambient.map((file) => `../${file}`)],
        references: imports.map((other) => ({ path: `../${other}` })),
      }),
    );
  }
  const all = [...layers.keys()];
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
      },
      include: ['**/*.ts', ...Object.values(DECLARED_HERE).map((file) => `../src/${file}`)],
      references: all.map((name) => ({ path: `../src/${name}` })),
    }),
  );
  files.set('tsconfig.json', json({ files: [], references: [...all.map((name) => ({ path: `src/${name}` })), { path: 'test' }] }));
  return files;
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
