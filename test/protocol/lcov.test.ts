/** Coverage as an lcov tracefile, judged by lcov's own rules, and the sum of two runs. */
import assert from 'node:assert/strict';
import { lcovText, mergedCoverage, summaryOf } from '../../src/protocol/lcov.js';
import type { FileCoverageInfo } from '../../src/protocol/views/coverage.js';

const BRANCH = { address: 0x8004, text: 'beq out' };
const FILE: FileCoverageInfo = {
  path: '/src/a.s',
  lines: [
    { line: 3, reached: 7, branches: [] },
    { line: 4, reached: 7, branches: [{ ...BRANCH, passed: 7, failed: 0 }] },
    { line: 9, reached: 0, branches: [{ address: 0x8008, text: 'bne in', passed: 0, failed: 0 }] },
  ],
  functions: [
    { name: 'start', line: 3, reached: 1 },
    { name: 'unused', line: 9, reached: 0 },
  ],
};

describe('coverage for lcov', () => {
  it('has a record for each file, in the order that geninfo writes', () => {
    assert.equal(
      lcovText([FILE], 'a.elf'),
      `TN:a_elf
SF:/src/a.s
FN:3,start
FN:9,unused
FNDA:1,start
FNDA:0,unused
FNF:2
FNH:1
BRDA:4,0,0,7
BRDA:4,0,1,0
BRDA:9,0,0,-
BRDA:9,0,1,-
BRF:4
BRH:1
DA:3,7
DA:4,7
DA:9,0
LF:3
LH:2
end_of_record
`,
    );
  });

  it('adds up over runs: lines, branches and functions, and keeps what only one run has', () => {
    const other: FileCoverageInfo = {
      path: '/src/a.s',
      lines: [
        { line: 4, reached: 2, branches: [{ ...BRANCH, passed: 0, failed: 2 }] },
        { line: 2, reached: 5, branches: [] },
      ],
      functions: [{ name: 'unused', line: 9, reached: 4 }],
    };
    const sum = mergedCoverage(FILE, other);
    assert.deepEqual(
      sum.lines.map(({ line, reached }) => [line, reached]),
      [
        [2, 5],
        [3, 7],
        [4, 9],
        [9, 0],
      ],
    );
    assert.deepEqual(sum.lines[2].branches, [{ ...BRANCH, passed: 7, failed: 2 }]);
    assert.deepEqual(summaryOf(sum), {
      path: '/src/a.s',
      lines: { covered: 3, total: 4 },
      branches: { covered: 2, total: 4 },
      functions: { covered: 2, total: 2 },
    });
  });
});
