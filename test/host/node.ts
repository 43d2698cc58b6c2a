/** The suite's entry in an extension host on Node. */
import fs from 'node:fs';
import Mocha from 'mocha';
import { runAndReport } from './report.js';
import { loadSuite } from './suite.js';

const TEST_LIMIT_MS = 90_000;

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_LIMIT_MS, reporter: 'min' });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  await loadSuite();
  const file = process.env.TRAPLINE_HOST_RESULTS;
  await runAndReport(mocha, `extension host on Node ${process.versions.node}`, (report) => {
    if (file) fs.writeFileSync(file, report);
  });
}
