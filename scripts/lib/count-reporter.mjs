// A mocha reporter for the whole run: prints failures and skips as they come, one line a finished file's worth of dots in between, and leaves the
// counts in the file that TRAPLINE_COUNTS names, where scripts/test.mjs adds them up.
import fs from 'node:fs';
import mocha from 'mocha';

const { Base } = mocha.reporters;
const { EVENT_RUN_END, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = mocha.Runner.constants;
const SLOW_MS = 5000;

export default class CountReporter extends Base {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    let column = 0;
    const line = (/** @type {string} */ text) => {
      process.stdout.write(`${column > 0 ? '\n' : ''}${text}\n`);
      column = 0;
    };
    const skipped = /** @type {Map<string, number>} */ (new Map());
    runner.on(EVENT_TEST_PASS, (test) => {
      if ((test.duration ?? 0) >= SLOW_MS)
        return line(`  ${((test.duration ?? 0) / 1000).toFixed(1)} s  ${test.fullTitle()}`);
      process.stdout.write('.');
      if (++column === 100) line('');
    });
    runner.on(EVENT_TEST_FAIL, (test) => line(`  FAILED ${test.fullTitle()}`));
    runner.on(EVENT_TEST_PENDING, (test) => {
      const suite = test.parent?.fullTitle() ?? '';
      skipped.set(suite, (skipped.get(suite) ?? 0) + 1);
    });
    runner.once(EVENT_RUN_END, () => {
      for (const [suite, count] of skipped) line(`  skipped ${count} in "${suite}"`);
      this.epilogue();
      const { passes: passed = 0, failures: failed = 0, pending = 0 } = this.stats;
      const file = process.env.TRAPLINE_COUNTS;
      if (file) fs.writeFileSync(file, JSON.stringify({ passed, failed, skipped: pending }));
    });
  }
}
