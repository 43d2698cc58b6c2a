/** `npm run verify:guests`: random guests, 10,000 in the long run, bare against hypervised at every level. */
import { isMainThread } from 'node:worker_threads';
import { verification, type Findings, type VerifyOptions } from './evidence.js';
import { PLATFORMS } from './guest-stage.js';
import { GuestPark, noCounts, type GuestCounts } from './guests.js';
import { serveTasks, shareTasks } from './pool.js';

const GUESTS = 10_000;
/** Guests of one task, which are run by the same few machines one after the other. */
const TASK = 200;

interface Task {
  readonly platform: number;
  readonly seed: number;
  readonly guests: number;
}

function work({ platform, seed, guests }: Task): GuestCounts {
  const park = new GuestPark(PLATFORMS[platform]);
  const counts = noCounts();
  for (let i = 0; i < guests; i++) park.run((seed + i) | 0, counts);
  return counts;
}

async function verify({ seed, share }: VerifyOptions): Promise<Findings> {
  const each = Math.ceil((GUESTS * share) / PLATFORMS.length);
  const tasks: Task[] = [];
  for (let from = 0; from < each; from += TASK)
    for (let platform = 0; platform < PLATFORMS.length; platform++)
      tasks.push({ platform, seed: (seed + platform * GUESTS + from) | 0, guests: Math.min(TASK, each - from) });
  const results = await shareTasks<typeof work>(tasks);
  const rows = PLATFORMS.map(({ model, board }, platform): (string | number)[] => {
    const own = results.filter((_, i) => tasks[i].platform === platform);
    const sum = (of: (counts: GuestCounts) => number): number => own.reduce((total, counts) => total + of(counts), 0);
    return [
      model.name,
      board,
      ...[
        sum(({ guests }) => guests),
        sum(({ instructions }) => instructions),
        sum(({ exceptions }) => exceptions),
        sum(({ aborts }) => aborts),
        sum(({ interrupts }) => interrupts),
        sum(({ operations }) => operations),
        sum(({ repairs }) => repairs),
        sum(({ left }) => left),
      ],
    ];
  });
  return {
    title: 'Random guests, bare and hypervised',
    says: [
      'A seed makes a guest: words of every class of the table, and short idioms for what chance would seldom do (changes of mode by CPS and MSR, exception returns by SUBS PC, RFE and LDM^, SRS, user-bank transfers, indirect branches into either state, IT blocks and conditional instructions of what is sensitive, exclusive accesses around it, stores to code about to be executed, accesses to random pages, waits, interrupt controller and timers); ' +
        'translation tables of one to three address spaces (short descriptors, with TTBCR.N; on the ARM1176 those of ARMv5 with subpages, too; long descriptors on the Cortex-A15 and A7): small and large pages, sections, a supersection, domains, global and not, all rights, execute never, leaves outside RAM; interrupts and FIQs from generic or system timer, UART and software at moments that line up with nothing. The same code is reached in kernel and user mode, in ARM and Thumb state, at several addresses.',
      'Vectors and handlers (ARM, or Thumb by SCTLR.TE; low, high or by VBAR) come back from anything: behind the instruction, by one of several kinds of return, or to another place with other registers, mode and masks. Through a gate (any SVC, and now and then every exception) go entries changed, spaces switched, DACR and controls set (AFE, TRE, WXN, UWXN, A, V, the MMU off and on), each with the TLB maintenance that the architecture requires, by address, by ASID or of everything, as chance has it. ' +
        'A guest that is caught in a loop is set right from outside, in all ways alike; one that has by chance written what only the gate may write is left there, and counted.',
      'Each guest runs for 3,000 instructions or more: bare on the interpreter against levels 0, 1 and 2, and one in eight on the reference, bare and at a level. At level 0 room for shadow tables is short. In a third of the guests the level changes at random during the run, in another everything analysed is dropped now and then. R0 to R15, CPSR and instruction count are compared at every exception; these and all banked and system registers, extension registers, console, and memory every 1 to 400 instructions; all of RAM at the end.',
    ],
    oracles: [],
    tables: [
      {
        title: 'Guests',
        columns: [
          'model',
          'board',
          'guests',
          'instructions',
          'exceptions',
          'aborts',
          'interrupts',
          'operations of the gate',
          'set right',
          'left',
        ],
        rows,
      },
    ],
    differences: [],
    unexplained: results.flatMap(({ problems }) => problems),
  };
}

if (isMainThread) await verification('guests', verify);
else serveTasks(work);
