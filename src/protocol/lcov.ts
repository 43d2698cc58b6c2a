/**
 * Coverage as text in the format that lcov's tools read (geninfo(1)): lines, functions, and both outcomes of conditional instructions as branches. And how
 * the coverage of several runs becomes one.
 */
import type { BranchCoverageInfo, CoverageCount, FileCoverageInfo, FileCoverageSummary } from './views/coverage.js';

const count = (things: readonly boolean[]): CoverageCount => ({
  covered: things.filter(Boolean).length,
  total: things.length,
});

/** What the numbers of a file come to. */
export function summaryOf({ path, lines, functions }: FileCoverageInfo): FileCoverageSummary {
  return {
    path,
    lines: count(lines.map(({ reached }) => reached > 0)),
    branches: count(
      lines.flatMap(({ branches }) => branches.flatMap(({ passed, failed }) => [passed > 0, failed > 0])),
    ),
    functions: count(functions.map(({ reached }) => reached > 0)),
  };
}

/** @param title the name of the test, of word characters; others become `_` */
export function lcovText(files: readonly FileCoverageInfo[], title: string): string {
  return files.map((file) => record(file, title.replace(/\W/g, '_'))).join('');
}

function record(file: FileCoverageInfo, title: string): string {
  const { path, lines, functions } = file;
  const sums = summaryOf(file);
  const branches = lines.flatMap(({ line, reached, branches }) =>
    branches.flatMap(({ passed, failed }, i) =>
      [passed, failed].map((taken, j) => `BRDA:${line},${i},${j},${reached === 0 ? '-' : taken}`),
    ),
  );
  return [
    `TN:${title}`,
    `SF:${path}`,
    ...functions.map(({ name, line }) => `FN:${line},${name}`),
    ...functions.map(({ name, reached }) => `FNDA:${reached},${name}`),
    `FNF:${sums.functions.total}`,
    `FNH:${sums.functions.covered}`,
    ...branches,
    `BRF:${sums.branches.total}`,
    `BRH:${sums.branches.covered}`,
    ...lines.map(({ line, reached }) => `DA:${line},${reached}`),
    `LF:${sums.lines.total}`,
    `LH:${sums.lines.covered}`,
    'end_of_record',
    '',
  ].join('\n');
}

/** Two runs of the same file: counts add up. What only one of them has is as it is there. */
export function mergedCoverage(a: FileCoverageInfo, b: FileCoverageInfo): FileCoverageInfo {
  return {
    path: a.path,
    lines: merged(
      a.lines,
      b.lines,
      ({ line }) => line,
      (x, y) => ({
        line: x.line,
        reached: x.reached + y.reached,
        branches: merged(x.branches, y.branches, ({ address, text }) => `${address} ${text}`, addBranches),
      }),
    ).sort((x, y) => x.line - y.line),
    functions: merged(
      a.functions,
      b.functions,
      ({ name, line }) => `${line} ${name}`,
      (x, y) => ({ ...x, reached: x.reached + y.reached }),
    ),
  };
}

function addBranches(a: BranchCoverageInfo, b: BranchCoverageInfo): BranchCoverageInfo {
  return { ...a, passed: a.passed + b.passed, failed: a.failed + b.failed };
}

function merged<T>(a: readonly T[], b: readonly T[], keyOf: (one: T) => string | number, add: (a: T, b: T) => T): T[] {
  const all = new Map(a.map((one) => [keyOf(one), one]));
  for (const one of b) {
    const other = all.get(keyOf(one));
    all.set(keyOf(one), other === undefined ? one : add(other, one));
  }
  return [...all.values()];
}
