/** `npm run verify:aborts`: every row that touches memory, and every fetch, faulting on each of its accesses, on every processor model. */
import { isMainThread } from 'node:worker_threads';
import { cpuModels } from '../../src/cpu/models.js';
import { AbortJudge, EXPLAINED } from './abort-judge.js';
import { formatsOf, type Format } from './abort-pages.js';
import { AbortCheck, memoryRows, type AbortCounts } from './aborts.js';
import { oracleVersion, verification, type Findings, type VerifyOptions } from './evidence.js';
import { FetchCheck, type FetchCounts } from './fetch-aborts.js';
import { serveTasks, shareTasks } from './pool.js';

/** Words of each row, each of which faults on each of its accesses; and of each instruction set in each place whose fetch aborts. */
const WORDS = 100;

interface Task {
  readonly kind: 'data' | 'fetch';
  readonly model: string;
  readonly format: Format;
  readonly seed: number;
  readonly words: number;
}

interface Result {
  readonly counts: AbortCounts | FetchCounts;
  readonly judged: number;
  readonly explained: readonly (readonly [what: string, count: number])[];
  readonly unexplained: readonly string[];
}

function work({ kind, model, format, seed, words }: Task): Result {
  const processor = cpuModels.get(model)!;
  const check = kind === 'data' ? new AbortCheck(processor, format, seed) : new FetchCheck(processor, format, seed);
  const judge = new AbortJudge(processor, format, check.pattern);
  check.judge = (one) => judge.add(one);
  if (check instanceof AbortCheck) for (const row of memoryRows(processor)) check.row(row, words);
  else check.run(words);
  judge.finish();
  return {
    counts: check.counts,
    judged: judge.judged,
    explained: [...judge.explained].map(([{ what }, count]) => [what, count]),
    unexplained: [...check.counts.problems, ...judge.unexplained],
  };
}

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const words = Math.ceil(WORDS * share);
  const tasks = (['data', 'fetch'] as const).flatMap((kind) =>
    [...cpuModels.values()].flatMap((model, i) =>
      formatsOf(model).map((format, j): Task => {
        return { kind, model: model.name, format, seed: (seed + 2 * i + j) | 0, words };
      }),
    ),
  );
  const results = await shareTasks<typeof work>(tasks);
  const met = new Map<string, number>();
  for (const { explained } of results)
    for (const [what, count] of explained) met.set(what, (met.get(what) ?? 0) + count);
  const unexplained = results.flatMap((result) => [...result.unexplained]);
  const data: (string | number)[][] = [];
  const fetches: (string | number)[][] = [];
  tasks.forEach(({ model, format, seed: own }, i) => {
    const { counts, judged } = results[i];
    if ('rows' in counts) {
      const { rows, cases, misaligned, harmless, unreached } = counts;
      data.push([model, format, rows, words, cases, misaligned, harmless, judged, String(own)]);
      unexplained.push(...unreached.map((row) => `${model} ${format}: no fault was reached: ${row}`));
    } else fetches.push([model, format, counts.cases, counts.across, judged, String(own)]);
  });
  return {
    title: 'Aborts',
    says: [
      'Data aborts: every row that loads or stores, literals, Store-Exclusives and the privileged forms included, with random operands, in both byte orders, on the reference and in the WebAssembly interpreter, under the short-descriptor format and (where the model has it) the long one. For each of its accesses in turn the page behind a boundary is closed (no translation, no access at PL0, access flag clear, read-only), and the access begins at the boundary or crosses it; a store to where the same instruction has loaded meets a read-only page. Besides, with SCTLR.A set, the first access is not aligned. ' +
        'Literals reach the page by where their code lies. A Store-Exclusive follows the Load-Exclusive that lets it pass, to a page that is read-only; without one it does not access, and says so in its status register. PLD, PLDW and PLI of a closed page do nothing.',
      'Prefetch aborts: instructions in a page that is closed to fetches (execute never included), entered by an exception return, a branch, and from the page before; and Thumb instructions whose second half alone lies there (before Thumb-2 the second half of a BL is an instruction of its own).',
      'What must hold is the manual’s: the base register is restored (B1.9.8), registers that the instruction does not load and flags keep their values, memory has changed only where accesses before the faulting one stored; DFSR (with WnR) and DFAR, or IFSR and IFAR, LR_abt, SPSR_abt and the mode are exact, and the other pair of fault registers is untouched. Both engines agree in every bit of their state, instruction counts included.',
      'Then a guest runs each case under `qemu-system-arm`, on a processor of the same model with the same translation tables: the exception, its link register, SPSR_abt, DFSR, DFAR, IFSR, IFAR, R0 to R14, the extension registers and memory must be the same. What the manual leaves UNKNOWN (registers that were to be loaded, memory that was to be stored to) may differ.',
    ],
    oracles: [oracleVersion('qemu-system-arm', 'qemu-system-arm')],
    tables: [
      {
        title: 'Data aborts',
        columns: [
          'model',
          'descriptors',
          'rows',
          'words of each',
          'aborts',
          'of them not aligned',
          'must not abort',
          'judged by QEMU',
          'seed',
        ],
        rows: data,
      },
      {
        title: 'Prefetch aborts',
        columns: ['model', 'descriptors', 'aborts', 'of them on a second half', 'judged by QEMU', 'seed'],
        rows: fetches,
      },
    ],
    differences: EXPLAINED.map((difference) => ({ ...difference, count: met.get(difference.what) ?? 0 })),
    unexplained,
  };
}

if (isMainThread) await verification('aborts', verify);
else serveTasks(work);
