// Runs the benchmarks of test/bench one after another, each in its own process, bundled as the product is (no loader in the measured code).
//
//   node scripts/bench.mjs [PART-OF-A-NAME…] [--json]
//
// With --json what was found is printed as one object on the last line, and of what is not named only the engine's is run: it is the one that does that.
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import { preparedModules } from './lib/prepared.mjs';
import { ensureDependencies, inRepo, root, run, seconds } from './lib/repo.mjs';
import { ownPlace } from './lib/suites.mjs';

if (!(await ensureDependencies())) process.exit(1);
const json = process.argv.includes('--json');
const names = process.argv.slice(2).filter((argument) => argument !== '--json');
const wanted = json && names.length === 0 ? ['engine'] : names;
const folder = inRepo('test/bench');
const files = (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (files.length === 0) {
  console.error(
    wanted.length > 0 ? `No file of test/bench matches ${wanted.join(' or ')}.` : 'test/bench holds no *.bench.ts.',
  );
  process.exit(1);
}
for (const file of files) {
  const outfile = inRepo('out/bench', file.replace(/\.ts$/, '.mjs'));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [`test/bench/${file}`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    plugins: [ownPlace, preparedModules],
    logLevel: 'warning',
  });
  console.log(`\n== ${file.replace('.bench.ts', '')}`);
  const start = performance.now();
  if ((await run(process.execPath, ['--enable-source-maps', outfile, ...(json ? ['--json'] : [])])) !== 0)
    process.exitCode = 1;
  if (!json) console.log(`   (${seconds(start)})`);
}
