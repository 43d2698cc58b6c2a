/** `npm run verify:words`: every word walked, for every processor model; the scanner's classes against execution. */
import { isMainThread } from 'node:worker_threads';
import { cpuModels } from '../../src/cpu/models.js';
import type { Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { spacesOf } from './cubes.js';
import { verification, type EvidenceTable, type Findings, type VerifyOptions } from './evidence.js';
import { serveTasks, shareTasks } from './pool.js';
import { userMode, type UserModeCounts } from './user-mode.js';
import {
  choices,
  ISAS,
  proveConditions,
  proveFields,
  proveIndex,
  sampleDecoder,
  unreached,
  walkSpace,
  type ChoiceCounts,
  type SpaceCounts,
} from './words.js';

/** Random words that are looked up one by one, of A32 and of T32, in all. */
const SAMPLES = 10_000_000;
/** UNPREDICTABLE words of each row whose choice is looked at. */
const CHOICES = 1000;
/** Random words of each row, and of each instruction set, that are executed in USR mode. */
const RUNS = 5000;
const RUNS_ANYWHERE = 2_000_000;

/** What is UNPREDICTABLE there follows from what is under 1110: see the proof of the conditions. */
const PROVEN = 'conditions 0000 to 1101';

const models = [...cpuModels.values()];

type Task =
  | { readonly kind: 'walk'; readonly model: string; readonly isa: Isa; readonly space: string; readonly seed: number }
  | {
      readonly kind: 'sample' | 'choices' | 'user';
      readonly model: string;
      readonly isa: Isa;
      readonly seed: number;
      readonly count: number;
    };

type Result =
  | { readonly kind: 'walk'; readonly counts: SpaceCounts }
  | { readonly kind: 'sample'; readonly problems: readonly string[] }
  | { readonly kind: 'choices'; readonly counts: ChoiceCounts }
  | { readonly kind: 'user'; readonly counts: UserModeCounts };

function work(task: Task): Result {
  const { isa, seed } = task;
  const model = cpuModels.get(task.model)!;
  switch (task.kind) {
    case 'walk':
      return { kind: 'walk', counts: walkSpace(isa, task.space, model.features, task.space !== PROVEN, seed) };
    case 'sample':
      return { kind: 'sample', problems: sampleDecoder(isa, task.count, seed, model.features) };
    case 'choices':
      return { kind: 'choices', counts: choices(isa, task.count, seed, model.features) };
    case 'user':
      return {
        kind: 'user',
        counts: userMode(isa, model, task.count, Math.round((task.count * RUNS_ANYWHERE) / RUNS), seed),
      };
  }
}

function tasksOf({ seed, share }: VerifyOptions): Task[] {
  const tasks: Task[] = [];
  for (const { name, features } of models)
    for (const isa of ISAS)
      for (const space of Object.keys(spacesOf(isa, features)))
        tasks.push({ kind: 'walk', model: name, isa, space, seed });
  const perSample = Math.ceil((SAMPLES * share) / (2 * models.length));
  models.forEach(({ name }, i) => {
    for (const isa of ISAS) {
      const own = { model: name, isa, seed: seed + i };
      tasks.push({ kind: 'sample', count: perSample, ...own });
      tasks.push({ kind: 'choices', count: Math.ceil(CHOICES * share), ...own });
      tasks.push({ kind: 'user', count: Math.ceil(RUNS * share), ...own });
    }
  });
  return tasks;
}

async function verify(options: VerifyOptions): Promise<Findings> {
  const tasks = tasksOf(options);
  const results = await shareTasks<typeof work>(tasks);
  const unexplained: string[] = [...proveFields()];
  const walked: (string | number)[][] = [];
  const chosen: (string | number)[][] = [];
  const ran: (string | number)[][] = [];
  let sampled = 0;
  tasks.forEach((task, i) => {
    const result = results[i];
    const { model, isa } = task;
    if (result.kind === 'sample') {
      sampled += task.kind === 'sample' && isa !== 'T16' ? task.count : 0xe800;
      unexplained.push(...result.problems.map((problem) => `${model}: ${problem}`));
      return;
    }
    const { counts } = result;
    unexplained.push(...counts.problems.map((problem) => `${model}: ${problem}`));
    if (result.kind === 'walk') {
      const c = result.counts;
      const asked = c.space !== PROVEN;
      walked.push([
        model,
        `${isa}, ${c.space}`,
        c.words,
        c.sets,
        c.rows,
        asked ? c.legal : `${c.legal.toLocaleString('en')} with`,
        asked ? c.unpredictable : 'as under 1110',
        c.undefined,
        c.unallocated,
      ]);
    } else if (result.kind === 'choices') {
      const c = result.counts;
      chosen.push([model, isa, c.rows, c.words, c.executed, c.sensitive, c.r15, c.lacking]);
    } else {
      const c = result.counts;
      ran.push([model, isa, c.rows, c.words, c.completed, c.excepted]);
    }
  });
  for (const { name, features } of models)
    for (const isa of ISAS) unexplained.push(...unreached(isa, features).map((problem) => `${name}: ${problem}`));
  let buckets = 0;
  for (const isa of ISAS) {
    const proof = proveIndex(isa);
    buckets += proof.buckets;
    unexplained.push(...proof.problems);
  }
  const conditions = proveConditions();
  unexplained.push(...conditions.problems);

  const tables: EvidenceTable[] = [
    {
      title: 'Words by what they are',
      columns: [
        'model',
        'space',
        'words',
        'sets',
        'rows',
        'legal',
        'UNPREDICTABLE',
        'Undefined by a row',
        'unallocated',
      ],
      rows: walked,
    },
    {
      title: 'The choice for UNPREDICTABLE words',
      columns: [
        'model',
        'isa',
        'rows',
        'words',
        'executed as written',
        'Undefined: sensitive',
        'Undefined: R15',
        'Undefined: D16 to D31',
      ],
      rows: chosen,
    },
    {
      title: 'Words that the scanner lets run, in USR mode from two states',
      columns: ['model', 'isa', 'rows', 'words', 'completed', 'took the same exception'],
      rows: ran,
    },
  ];
  return {
    title: 'Every word',
    says: [
      `All words of T16 (0xe800), of T32 (3 × 2²⁷, the first halfwords from 11101) and of A32 (2³², every condition) are walked for each processor model, against the ${table.length} rows that the table has. ` +
        'They are walked as sets: a set of words is split, bit by bit and field by field, until every row matches all of it or none, and every guard and UNPREDICTABLE condition gives one answer for all of it. ' +
        'Each set then has one row that is declared to precede all others which match, or none: an unallocated word is Undefined. The sizes of the sets add up to the size of the space, and no row is without words.',
      `The conditions: ${conditions.conditional} rows leave the condition to its field, of which ${conditions.reading.length} read it (${conditions.reading.join(', ')}); ${conditions.unconditional} fix 1111; ${conditions.fixed.length} fix another (${conditions.fixed.join(', ')}). So what holds for 1110 holds for 0000 to 1101 (where HVC and BKPT are UNPREDICTABLE besides); they were walked all the same, but for what is UNPREDICTABLE.`,
      `The decoder's index is proven bucket by bucket (${buckets.toLocaleString('en')} buckets): each holds, in precedence, every row that shares a word with it. Besides, ${sampled.toLocaleString('en')} single words (all of T16, the others at random) were looked up in the decoder and in the rows one after another.`,
      'UNPREDICTABLE words: sensitive ones, and those that would write R15 as if it were a general register, are Undefined; others execute as their fields say. Words of every row that has such were put to the predecoder.',
      'A word that the scanner lets run untouched (innocuous ones, and indirect branches, which run at level 1) is executed by the reference in USR mode from two states that agree in what PL0 may know and differ in all else: banked registers, SPSRs, system registers, A, I and F, the bits of SCTLR for exception entry. ' +
        'It may change nothing privileged and must leave both agreeing, memory and exceptions included. Fields are enumerated; random words come on top.',
    ],
    oracles: [],
    tables,
    differences: [],
    unexplained,
  };
}

if (isMainThread) await verification('words', verify);
else serveTasks(work);
