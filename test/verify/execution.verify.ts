/** `npm run verify:execution`: random sequences of legal instructions on every processor model, against `qemu-arm`. */
import { isMainThread } from 'node:worker_threads';
import { EXPLAINED, LEFT_TO_THE_MANUAL } from '../support/sequence-fuzz.js';
import { oracleVersion, verification, type Difference, type Findings, type VerifyOptions } from './evidence.js';
import { execute, executionTasks } from './execution.js';
import { serveTasks, shareTasks } from './pool.js';

/** Of each instruction set, all models together. */
const VECTORS = 10_000_000;
const TASKS_OF_EACH = 4;

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const results = await shareTasks<typeof execute>(executionTasks(seed, VECTORS * share, TASKS_OF_EACH));
  const rows = new Map<
    string,
    [isa: string, model: string, rows: number, sequences: number, vectors: number, seeds: string]
  >();
  const met = new Map<string, number>();
  for (const { task, rows: count, sequences, vectors, explained } of results) {
    const key = `${task.isa} ${task.model}`;
    const [, , , sequencesBefore, vectorsBefore, seeds] = rows.get(key) ?? ['', '', 0, 0, 0, ''];
    const own = seeds === '' ? String(task.seed) : `${seeds}, ${task.seed}`;
    rows.set(key, [task.isa, task.model, count, sequencesBefore + sequences, vectorsBefore + vectors, own]);
    for (const [what, times] of explained) met.set(what, (met.get(what) ?? 0) + times);
  }
  const differences: Difference[] = EXPLAINED.map(({ what, why, section, test }) => {
    return { what, why, section, test, count: met.get(what) ?? 0 };
  });
  for (const { what, why, section, test } of LEFT_TO_THE_MANUAL)
    differences.push({ what: `${what} (not drawn)`, why, section, test, count: 0 });
  return {
    title: 'Execution against QEMU',
    says: [
      'Sequences of 1 to 50 random legal instructions, drawn from the table row by row, each from a state of its own: core registers and extension registers at the boundaries of integers and of floating point (zeros, denormals, infinities, NaNs of both kinds) and at random, flags, GE, Q, FPSCR with every rounding mode, flush to zero and default NaN. A vector is one instruction executed with one set of operands.',
      'Each sequence runs on the reference (instruction by instruction, which also finds operands under which loads and stores stay in a window and branches in the sequence), in the WebAssembly interpreter and under `qemu-arm`; the latter two run the same program. Compared after each sequence: R0 to R14, flags, GE, Q, D0 to D31, FPSCR, the signal and its address where an instruction is Undefined; in the end the window of each sequence. ' +
        'Rows that a model lacks take part: they must be Undefined on both sides. Privileged rows, exception calls, waiting, SETEND and words that are UNPREDICTABLE do not; nor a Store-Exclusive of another size than the Load-Exclusive before it (UNPREDICTABLE, A3.4.5).',
      'What differs is shrunk to the shortest sequence with the simplest operands, and printed with its seed.',
    ],
    oracles: [oracleVersion('qemu-arm', 'qemu-arm')],
    tables: [
      {
        title: 'Vectors',
        columns: ['isa', 'model', 'rows', 'sequences', 'vectors', 'seeds'],
        rows: [...rows.values()],
      },
    ],
    differences,
    unexplained: results.flatMap(({ unexplained }) => unexplained),
  };
}

if (isMainThread) await verification('execution', verify);
else serveTasks(execute);
