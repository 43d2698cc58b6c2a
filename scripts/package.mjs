// Makes the .vsix: production bundles, then vsce with the files that .vscodeignore lets through.
//
//   node scripts/package.mjs [FILE]     default: dist/trapline.vsix
import path from 'node:path';
import { bundle } from './bundle.mjs';
import { inRepo, runModule } from './lib/repo.mjs';

const out = path.resolve(process.argv[2] ?? inRepo('dist/trapline.vsix'));
await bundle({ production: true });
// everything is bundled, so no node_modules; there is no repository on the web for the README's links to point into
const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
process.exitCode = await runModule('@vscode/vsce/vsce', ['package', ...options, '--out', out]);
