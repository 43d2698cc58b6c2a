/** `npm run verify:decode`: decode and text against GNU objdump and capstone. */
import { isMainThread } from 'node:worker_threads';
import { loadDisassembler } from '../../src/debug/disassembler.js';
import { rowLabel } from '../../src/isa/compile.js';
import type { Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { EXPLAINED } from '../support/unallocated.js';
import { rowsAgainstBoth, unallocatedAgainstBoth, type DecodeCounts } from './decode.js';
import { TEXT_DIFFERENCES } from './decode-differences.js';
import {
  oracleVersion,
  packageVersion,
  verification,
  type Difference,
  type Findings,
  type VerifyOptions,
} from './evidence.js';
import { serveTasks, shareTasks } from './pool.js';
import { ISAS } from './words.js';

/** Random words of each row beside those with each field at its values. */
const MORE = 400;
/** Words in no row, of A32 and T32 each. */
const UNALLOCATED = 300_000;
const TEST = 'test/verify/decode.test.ts: ';

interface Task {
  readonly kind: 'rows' | 'unallocated';
  readonly isa: Isa;
  readonly seed: number;
  readonly count: number;
}

async function work({ kind, isa, seed, count }: Task): Promise<DecodeCounts> {
  await loadDisassembler();
  return kind === 'rows' ? rowsAgainstBoth(isa, count, seed) : unallocatedAgainstBoth(isa, count, seed);
}

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const tasks: Task[] = ISAS.flatMap((isa) => [
    { kind: 'rows' as const, isa, seed, count: Math.ceil(MORE * share) },
    { kind: 'unallocated' as const, isa, seed, count: Math.ceil(UNALLOCATED * share) },
  ]);
  const results = await shareTasks<typeof work>(tasks);
  const met = new Map<string, number>();
  for (const counts of results) for (const [what, count] of counts.met) met.set(what, (met.get(what) ?? 0) + count);
  const differences: Difference[] = [
    ...TEXT_DIFFERENCES.map(({ what, why, section, rows }) => ({
      what,
      why,
      section:
        section ?? table.find((row) => rows.test(`${row.isa} ${rowLabel(row)}`))!.section.replace('DDI 0406C ', ''),
      count: met.get(what) ?? 0,
      test: TEST + what,
    })),
    ...EXPLAINED.map(({ what, why, section }) => ({
      what,
      why,
      section,
      count: met.get(what) ?? 0,
      test: TEST + what,
    })),
  ];
  return {
    title: 'Decode and text against GNU objdump and capstone',
    says: [
      'Words of every row that does something: each field at every value where it has at most five bits, at its ends and single bits where it has more, the other fields at random; rows with at most ten free bits completely; random words besides. What is legal by the table must have the mnemonic of the row in objdump, unmarked, and capstone (whose text people see) must say the same as objdump, operands included, after both are brought to one spelling: radix of numbers, names of registers and conditions, lists written out.',
      'Words of no row, from every set of words that the walk of the table gives (all of them in T16), must be unknown to both.',
    ],
    oracles: [oracleVersion('objdump', 'arm-none-eabi-objdump'), packageVersion('capstone-wasm')],
    tables: [
      {
        title: 'Words',
        columns: ['isa', 'what', 'rows', 'words', 'alike as they stand'],
        rows: tasks.map(({ isa, kind }, i) => {
          const { rows, words, same } = results[i];
          return [isa, kind === 'rows' ? 'words of rows' : 'words of no row', rows, words, same];
        }),
      },
    ],
    differences,
    unexplained: results.flatMap(({ problems }) => problems),
  };
}

if (isMainThread) await verification('decode', verify);
else serveTasks(work);
