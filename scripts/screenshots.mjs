// Takes the pictures of docs/images/views: every view in every kind of theme, over the sample rtos in a real VS Code. The test that judges the views by
// axe visits them all, and keeps what it sees.
//
//   node scripts/screenshots.mjs
import { inRepo, run } from './lib/repo.mjs';

process.env.TRAPLINE_SCREENSHOTS = inRepo('docs/images/views');
process.exitCode = await run(process.execPath, [inRepo('node_modules/mocha/bin/mocha.js'), 'test/e2e/themes.test.ts']);
