/**
 * Runs the loaded mocha suite inside an extension host and hands its outcome to scripts/vscode/host-suite.mjs: lines for people as they come, a
 * report at the end. Knows nothing of what the suite tests.
 */
import * as vscode from 'vscode';

/** What both of mocha's builds, for Node and for the browser, offer. */
export interface SuiteRunner {
  grep(pattern: RegExp): unknown;
  run(done: (failures: number) => void): Mocha.Runner;
}

/** Only tests with a matching full title run; scripts/vscode/host-suite.mjs puts it in. */
declare const __ONLY__: string;

/** A line for people, at once: a measurement, say. */
export function say(line: string): void {
  console.log(`##LINE##  ${line}`);
}

/**
 * @param host how the report names the extension host
 * @param keep stores the report where the host has a disk; the log carries it in any case
 * @returns rejects if a test failed, as VS Code expects of a suite
 */
export function runAndReport(suite: SuiteRunner, host: string, keep?: (report: string) => void): Promise<void> {
  let passed = 0;
  let skipped = 0;
  console.log('##SUITE##');
  if (__ONLY__ !== '') suite.grep(new RegExp(__ONLY__));
  return new Promise((resolve, reject) => {
    const runner = suite.run((failed) => {
      const report = JSON.stringify({ vscode: vscode.version, host, passed, failed, skipped });
      keep?.(report);
      console.log(`##REPORT##${report}`);
      if (failed > 0) reject(new Error(`${failed} tests failed`));
      else resolve();
    });
    runner.on('pass', (test) => {
      passed++;
      say(`passed ${test.fullTitle()} (${test.duration ?? 0} ms)`);
    });
    runner.on('pending', (test) => {
      skipped++;
      say(`skipped ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error: unknown) => {
      say(`FAILED ${test.fullTitle()}`);
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  });
}
