/** The suite's entry in a web worker extension host, which has no modules but this bundle. */
import 'mocha/mocha.js';
import { runAndReport, type SuiteRunner } from './report.js';
import { loadSuite } from './suite.js';

const TEST_LIMIT_MS = 90_000;

/** What mocha's browser build leaves in the global scope. */
declare const mocha: SuiteRunner & { setup(options: Mocha.MochaOptions): void };

export async function run(): Promise<void> {
  mocha.setup({ ui: 'bdd', timeout: TEST_LIMIT_MS, reporter: 'min' });
  await loadSuite();
  await runAndReport(mocha, 'web worker extension host');
}
