/**
 * What memory costs under the VMM: loops around domains, address spaces, unprivileged accesses and page faults, bare against hypervised (level 1).
 * Processor time per turn less that of an empty loop, medians of interleaved runs in one process; shadow entries filled per turn.
 *
 *   node scripts/bench.mjs memory
 *
 * TRAPLINE_RUNS sets the number of runs (default 7), TRAPLINE_TURNS of turns (default 20,000), TRAPLINE_CASES a part of the names of what to run.
 */
import { assembled, MIB, TestGuest, type Way } from '../support/guest.js';
import {
  CONTEXTIDR,
  DACR,
  enterSpace,
  frame,
  KERNEL_ONLY,
  level1,
  map,
  mmuGuest,
  NOT_GLOBAL,
  SMALL,
  TLBIALL,
  tlbimva,
  touchPages,
  TTBR0,
  turns,
  WINDOW,
} from '../support/mmu-guest.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 7);
const TURNS = Number(process.env.TRAPLINE_TURNS ?? 20_000);
const ONLY = process.env.TRAPLINE_CASES ?? '';
const WAYS: readonly Way[] = [{ engine: 'interpreter' }, { engine: 'interpreter', level: 1 }];
const MOST_SPACES = 8;
const PAGES = 16;

interface Case {
  readonly name: string;
  /** Of one turn. Keeps r4 and above. */
  readonly body: string;
}

/** Pages of the window in all spaces: 16 of each space's own, the 17th for the kernel only. */
function windows(): string {
  const spaces = Array.from({ length: MOST_SPACES }, (_, space) => space);
  return spaces
    .map(
      (space) => `
      ${Array.from({ length: PAGES }, (_, n) => map(n, frame(16 + space * PAGES + n) | SMALL | NOT_GLOBAL, space)).join('')}
      ${map(PAGES, frame(0) | KERNEL_ONLY, space)}
      b 2f
      .ltorg
    2:`,
    )
    .join('');
}

const OPEN = 0b0101;
const CLOSED = 0b0001;

function switching(spaces: number, via: (space: number) => string): string {
  return Array.from({ length: spaces }, (_, space) => `${via(space)} ${touchPages(WINDOW, PAGES)}`).join('');
}

const CASES: readonly Case[] = [
  { name: 'empty', body: '' },
  { name: 'DACR closed and open', body: `${DACR(CLOSED)} ${DACR(OPEN)}` },
  {
    name: 'DACR, a user page in between',
    body: `${DACR(OPEN)} ldr r0, =${WINDOW}\n ldr r1, [r0]\n ${DACR(CLOSED)}`,
  },
  { name: 'DACR, 16 user pages in between', body: `${DACR(OPEN)} ${touchPages(WINDOW, PAGES)} ${DACR(CLOSED)}` },
  { name: '16 pages', body: touchPages(WINDOW, PAGES) },
  { name: '2 spaces, 16 pages each', body: switching(2, (space) => enterSpace(space, space + 1)) },
  { name: '4 spaces, 16 pages each', body: switching(4, (space) => enterSpace(space, space + 1)) },
  { name: '8 spaces, 16 pages each', body: switching(8, (space) => enterSpace(space, space + 1)) },
  {
    name: '2 spaces, ASID then TTBR0',
    body: switching(2, (space) => `${CONTEXTIDR(space + 1)} ${TTBR0(level1(space))}`),
  },
  { name: '2 spaces by TLBIALL, no ASID', body: switching(2, (space) => `${TTBR0(level1(space))} ${TLBIALL}`) },
  { name: 'LDRT', body: `ldr r0, =${WINDOW}\n ldrt r1, [r0]\n` },
  { name: 'LDRT that faults', body: `ldr r0, =${WINDOW + PAGES * 0x1000}\n ldrt r1, [r0]\n` },
  { name: 'a load that faults', body: `ldr r0, =${WINDOW + 0xf_0000}\n ldr r1, [r0]\n` },
  { name: 'TLBIMVA, and the page', body: `${tlbimva(WINDOW | 1)} ldr r0, =${WINDOW}\n ldr r1, [r0]\n` },
  { name: 'TLBIALL, and 16 pages', body: `${TLBIALL} ${touchPages(WINDOW, PAGES)}` },
];

interface Result {
  readonly ns: number;
  readonly fills: number;
}

function run(way: Way, images: ReturnType<typeof assembled>): Result {
  const test = new TestGuest(way, { images, memory: 8 * MIB });
  const before = process.cpuUsage();
  const stop = test.run(2 ** 40);
  const { user, system } = process.cpuUsage(before);
  if (stop.kind !== 'exit') throw new Error(`${JSON.stringify(stop)} at ${test.place()}`);
  return { ns: (user + system) * 1e3, fills: test.hypervisor?.shadow.fills ?? 0 };
}

function source(body: string, count: number): string {
  return mmuGuest(
    `
      ${windows()}
      ${DACR(OPEN)}
      ${enterSpace(0, 1)}
      ${turns(count, body)}`,
    { spaces: MOST_SPACES, windowDomain: 1 },
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

console.log(`${'one turn of'.padEnd(34)}${'bare'.padStart(10)}${'level 1'.padStart(10)}${'ratio'.padStart(9)}   fills`);
// The host compiles what it runs: so that the first cases do not pay for all.
for (const { body } of CASES) for (const way of WAYS) run(way, assembled(source(body, 1000)));
const empty = WAYS.map(() => 0);
for (const { name, body } of CASES) {
  if (name !== 'empty' && !name.includes(ONLY)) continue;
  const images = [TURNS, 1].map((count) => assembled(source(body, count)));
  const turnNs: number[][] = WAYS.map(() => []);
  let fills = 0;
  for (let n = 0; n < RUNS; n++) {
    WAYS.forEach((way, i) => {
      const [long, short] = images.map((image) => run(way, image));
      turnNs[i].push((long.ns - short.ns) / (TURNS - 1));
      fills = (long.fills - short.fills) / (TURNS - 1);
    });
  }
  const ns = turnNs.map((values, i) => median(values) - empty[i]);
  if (name === 'empty') empty.splice(0, 2, ...ns);
  const cells = [...ns.map((value) => `${value.toFixed(0)} ns`.padStart(10)), (ns[1] / ns[0]).toFixed(2).padStart(9)];
  console.log(name.padEnd(34) + cells.join('') + fills.toFixed(2).padStart(8));
}
