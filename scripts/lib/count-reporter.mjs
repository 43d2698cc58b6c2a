// A mocha reporter for the whole run: says what failed, what was skipped and what was slow, and nothing else; leaves the counts in the file that
// TRAPLINE_COUNTS names, where scripts/test.mjs adds them up.
import fs from 'node:fs';
import mocha from 'mocha';

const { Base } = mocha.reporters;
const { EVENT_RUN_END, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = mocha.Runner.constants;
const SLOW_MS = 10_000;
/** How long a file may live after its last test: what it started and did not end would hold it until the runner's limit. */
const LINGER_MS = 20_000;

export default class CountReporter extends Base {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const line = (/** @type {string} */ text) => process.stdout.write(`          ${text}\n`);
    const skipped = /** @type {Map<string, number>} */ (new Map());
    runner.on(EVENT_TEST_PASS, (test) => {
      const took = test.duration ?? 0;
      if (took >= SLOW_MS) line(`${(took / 1000).toFixed(1)} s for ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_FAIL, (test) => line(`FAILED ${test.fullTitle()}`));
    runner.on(EVENT_TEST_PENDING, (test) => {
      const suite = test.parent?.fullTitle() ?? '';
      skipped.set(suite, (skipped.get(suite) ?? 0) + 1);
    });
    runner.once(EVENT_RUN_END, () => {
      for (const [suite, count] of skipped) line(`skipped ${count} in "${suite}"`);
      const { passes: passed = 0, failures: failed = 0, pending = 0 } = this.stats;
      if (failed > 0) this.epilogue();
      const leave = (/** @type {number} */ failed) => {
        const file = process.env.TRAPLINE_COUNTS;
        if (file) fs.writeFileSync(file, JSON.stringify({ passed, failed, skipped: pending }));
      };
      leave(failed);
      setTimeout(() => {
        line(`FAILED: it did not end after its last test; still open: ${process.getActiveResourcesInfo().join(', ')}`);
        leave(failed + 1);
        process.exit();
      }, LINGER_MS).unref();
    });
  }
}
