/**
 * What a guest could see of its processor, at each of its exceptions, at each byte it sends, and every so many instructions: recorded, and
 * compared between two ways of running it. Where two histories part, the runs are repeated to find the instruction.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { Psr } from '../../src/arm/modes.js';
import { STATE_WORDS, Word } from '../../src/arm/state.js';
import {
  instructionText,
  Reached,
  TestGuest,
  wayName,
  wordAt,
  type GuestEvent,
  type TestGuestOptions,
  type Way,
} from './guest.js';

/** What is done with a guest: run, expect, send. The same for every way of running it. */
export type Script = (guest: TestGuest) => void;

/** Words of a record: R0..R14, PC, CPSR, then the banked registers, CP15 and extension registers as they lie in the state block. */
const CORE_WORDS = 17;
const RECORD_WORDS = CORE_WORDS + STATE_WORDS - Word.BANK;

const cp15Names = new Map<number, string>(Object.entries(Cp15).map(([name, word]) => [word, name]));

function wordName(n: number): string {
  if (n < 15) return `R${n}`;
  if (n < CORE_WORDS) return ['PC', 'CPSR'][n - 15];
  const word = n - CORE_WORDS + Word.BANK;
  return word < Word.CP15
    ? `banked word ${word - Word.BANK}`
    : (cp15Names.get(word) ?? `CP15 word ${word - Word.CP15}`);
}

/** What the guest can see of its processor now, in words: see {@link differenceOf}. */
export function stateOf(guest: TestGuest): Int32Array {
  const { state } = guest.guest.cpu;
  const record = new Int32Array(RECORD_WORDS);
  record.set(state.subarray(0, 15));
  record[15] = state[Word.PC];
  record[16] = guest.cpsr;
  record.set(state.subarray(Word.BANK, STATE_WORDS), CORE_WORDS);
  record.set(guest.guest.cpu.memory.vectors, CORE_WORDS + Word.V - Word.BANK);
  return record;
}

interface Entry {
  readonly event: GuestEvent;
  /** The byte, or the kind of exception. */
  readonly detail: number;
  readonly instructions: number;
  /** Virtual ns. */
  readonly time: number;
  readonly state: Int32Array;
}

export interface GuestHistory {
  readonly way: Way;
  readonly entries: readonly Entry[];
  /** As `run` last left it. */
  readonly guest: TestGuest;
  /** At the end: all memory that the guest could have written (live), and its devices. */
  readonly memories: ReadonlyMap<string, Uint8Array>;
  readonly devices: unknown;
}

/** What is compared: a guest by its options, and what is done with it. */
export interface Subject {
  readonly options: TestGuestOptions;
  readonly script: Script;
}

/** Runs the script in one way and records. */
export function recordHistory(way: Way, { options, script }: Subject): GuestHistory {
  const entries: Entry[] = [];
  const guest = new TestGuest(way, {
    ...options,
    onEvent: (event, detail, g) => {
      const { clock } = g.guest.machine;
      entries.push({ event, detail, instructions: clock.instructions(), time: clock.now(), state: stateOf(g) });
    },
  });
  script(guest);
  const { memory } = guest.guest.machine;
  const guestMemories = memory.guests.filter(({ name }) => ['flash0', 'flash1', 'ram'].includes(name));
  const memories = new Map(guestMemories.map((m) => [m.name, memory.bytes(m)]));
  return { way, entries, guest, memories, devices: guest.guest.board.save() };
}

/** @throws with the first entry, and the first instruction, at which the two part */
export function assertSameHistory(a: GuestHistory, b: GuestHistory, subject: Subject): void {
  const count = Math.max(a.entries.length, b.entries.length);
  for (let i = 0; i < count; i++) {
    const difference = differenceBetween(a.entries[i], b.entries[i]);
    if (difference === undefined) continue;
    const from = i === 0 ? 0 : a.entries[i - 1].instructions;
    const to = Math.max(a.entries[i]?.instructions ?? 0, b.entries[i]?.instructions ?? 0);
    const where = firstDivergence(a.way, b.way, subject, from, to);
    const names = `${wayName(a.way)} and ${wayName(b.way)}`;
    assert.fail(`${names} part at event ${i} of ${count}: ${difference}\n${where}`);
  }
  assert.equal(b.guest.console, a.guest.console);
  assert.deepEqual(b.guest.exceptions, a.guest.exceptions);
  assert.deepEqual(b.guest.complaints, a.guest.complaints);
  assert.equal(b.guest.instructions, a.guest.instructions);
  assert.deepEqual([...b.memories.keys()], [...a.memories.keys()]);
  for (const [name, bytes] of a.memories) {
    // Not deepEqual, which would try to print them.
    assert.ok(Buffer.compare(bytes, b.memories.get(name)!) === 0, `memory at the end: ${name}`);
  }
  assert.deepEqual(b.devices, a.devices, 'devices at the end');
}

function differenceBetween(a: Entry | undefined, b: Entry | undefined): string | undefined {
  if (a === undefined || b === undefined) return `only one has ${describe(a ?? b!)}`;
  if (a.event !== b.event || a.detail !== b.detail || a.instructions !== b.instructions || a.time !== b.time)
    return `${describe(a)} against ${describe(b)}`;
  const n = firstDifferent(a.state, b.state);
  return n < 0 ? undefined : `at ${describe(a)}: ${registerDifference(a.state, b.state, n)}`;
}

function describe({ event, detail, instructions, time, state }: Entry): string {
  return `${event} ${detail} after ${instructions} instructions (${time} ns) at PC ${hex(state[15])}`;
}

function firstDifferent(a: Int32Array, b: Int32Array): number {
  for (let n = 0; n < RECORD_WORDS; n++) if (a[n] !== b[n]) return n;
  return -1;
}

/** The first register that differs between two results of {@link stateOf}, with both values. */
export function differenceOf(a: Int32Array, b: Int32Array): string | undefined {
  const n = firstDifferent(a, b);
  return n < 0 ? undefined : registerDifference(a, b, n);
}

function registerDifference(a: Int32Array, b: Int32Array, n: number): string {
  return `${wordName(n)} is ${hex(a[n])} against ${hex(b[n])}`;
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** How many steps an interval is divided into on each pass. */
const DIVISIONS = 100;

/** Repeats both runs to find the first instruction between two counts behind which the states differ. */
function firstDivergence(a: Way, b: Way, subject: Subject, from: number, to: number): string {
  let start = from;
  let stride = Math.ceil((to - from + 1) / DIVISIONS);
  for (;;) {
    const guests = [a, b].map((way) => runTo(way, subject, start));
    for (let steps = 0; steps <= DIVISIONS; steps++) {
      const before = guests.map(stateOf);
      const n = firstDifferent(before[0], before[1]);
      if (n >= 0 && steps === 0)
        return `Already before instruction ${start}: ${registerDifference(before[0], before[1], n)}`;
      const word = wordAt(guests[0], before[0][15]);
      for (const guest of guests) advance(guest, stride);
      const [one, other] = guests.map(stateOf);
      const found = firstDifferent(one, other);
      if (found < 0) {
        start += stride;
        continue;
      }
      if (stride > 1) break;
      const text = instructionText(word, (before[0][16] & Psr.T) !== 0);
      return `Instruction ${start} at ${hex(before[0][15])}, ${text}: ${registerDifference(one, other, found)}`;
    }
    if (stride === 1) return 'Repeating the runs showed no instruction at which the registers part.';
    stride = Math.ceil(stride / DIVISIONS);
  }
}

function runTo(way: Way, { options, script }: Subject, count: number): TestGuest {
  const guest = new TestGuest(way, options);
  guest.stopAt = count;
  try {
    script(guest);
  } catch (error) {
    if (!(error instanceof Reached)) throw error;
  }
  guest.stopAt = Infinity;
  return guest;
}

/** Executes `count` instructions, unless the guest ends. */
function advance(guest: TestGuest, count: number): void {
  const end = guest.instructions + count;
  while (guest.instructions < end) {
    const stop = guest.run(end - guest.instructions);
    if (stop.kind !== 'host' && stop.kind !== 'limit') return;
  }
}
