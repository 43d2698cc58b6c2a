/** `npm run verify:aborts`: every row that touches memory, faulting on each of its accesses, on every processor model. */
import { isMainThread } from 'node:worker_threads';
import { cpuModels } from '../../src/cpu/models.js';
import { AbortCheck, memoryRows, type AbortCounts } from './aborts.js';
import { verification, type Findings, type VerifyOptions } from './evidence.js';
import { serveTasks, shareTasks } from './pool.js';

/** Words of each row; each faults on each of its accesses. */
const WORDS = 100;

interface Task {
  readonly model: string;
  readonly seed: number;
  readonly words: number;
}

function work({ model, seed, words }: Task): AbortCounts {
  const check = new AbortCheck(cpuModels.get(model)!, seed);
  for (const row of memoryRows(check.model)) check.row(row, words);
  return check.counts;
}

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const words = Math.ceil(WORDS * share);
  const tasks = [...cpuModels.keys()].map((model, i) => ({ model, seed: seed + i, words }));
  const results = await shareTasks<typeof work>(tasks);
  return {
    title: 'Data aborts',
    says: [
      'Every row that loads or stores and that USR mode may execute (literals and Store-Exclusives excepted), with random operands, on the reference and in the WebAssembly interpreter, under the short-descriptor format: for each of its accesses in turn the page behind a boundary has no translation, and the access begins at the boundary or crosses it; a store to where the same instruction has loaded meets a read-only page. ' +
        'What must hold is the manual’s: the base register is restored (B1.9.8), registers that the instruction does not load and flags keep their values, memory has changed only where accesses before the faulting one stored, DFSR (with WnR), DFAR, LR_abt and the mode are exact. Both engines agree in every bit of their state, in which the manual leaves what was loaded before the fault UNKNOWN.',
    ],
    oracles: [],
    tables: [
      {
        title: 'Aborts',
        columns: ['model', 'rows', 'words of each', 'aborts', 'seed'],
        rows: results.map(({ rows, cases }, i) => [tasks[i].model, rows, words, cases, tasks[i].seed]),
      },
    ],
    differences: [],
    unexplained: results.flatMap(({ problems, unreached }) => [
      ...problems,
      ...unreached.map((row) => `no fault was reached: ${row}`),
    ]),
  };
}

if (isMainThread) await verification('aborts', verify);
else serveTasks(work);
