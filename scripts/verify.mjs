// Runs the verifications of test/verify one after another, each in its own process, bundled as tests are. Each rewrites its section of
// docs/evidence.md; test/verify/evidence.ts says how to add one.
//
//   node scripts/verify.mjs [NAME…] [--seed NUMBER] [--share NUMBER]
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import { ensureDependencies, inRepo, root, run, seconds } from './lib/repo.mjs';
import { ownPlace } from './lib/suites.mjs';

if (!(await ensureDependencies())) process.exit(1);
const suffix = '.verify.ts';
const names = fs
  .readdirSync(inRepo('test/verify'))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length));
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('--'));
const wanted = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`There is no verification "${unknown}"; there are: ${names.join(' ')}`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : names) {
  const outfile = inRepo('out/verify', `${name}.mjs`);
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [`test/verify/${name}${suffix}`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    plugins: [ownPlace],
    logLevel: 'warning',
  });
  console.log(`\n== ${name}`);
  const start = performance.now();
  if ((await run(process.execPath, ['--enable-source-maps', outfile, ...options])) !== 0) process.exitCode = 1;
  console.log(`   (${seconds(start)})`);
}
