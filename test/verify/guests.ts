/**
 * Random guests, bare and hypervised: made from a seed, run in step in several ways, compared at each exception, every few hundred instructions and
 * at the end. What differs is repeated, shrunk and told. A guest that breaks by chance the rules of TLB maintenance (random code has found the tables,
 * or written a register of the gate's) is left there, since what it then sees is nobody's promise; how often is counted.
 */
import { Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Bank, Word } from '../../src/arm/state.js';
import type { GuestStop } from '../../src/machine/run.js';
import { levels, type Level } from '../../src/vmm/patcher.js';
import { instructionText, wayName, wordAt } from '../support/guest.js';
import { differences, visibleState } from '../vmm/compare.js';
import type { Unit } from './guest-code.js';
import {
  COUNT,
  isBoundary,
  OPERATION_BYTES,
  OPERATIONS,
  POINTER,
  RAM_SIZE,
  SAVE,
  TABLES,
  TABLES_SIZE,
  WILD,
  WILD_SIZE,
  type Platform,
} from './guest-runtime.js';
import { BANKED, GuestStage, makeGuest, PLATFORMS, SEEDS_APART, type RandomGuest } from './guest-stage.js';

/** The first words in which two ways differ, or undefined. PERF: as they lie there; names and digests are for {@link visibleState}. */
function unlike(a: GuestStage, b: GuestStage, from: number, length: number): string | undefined {
  const [x, y] = [a.test.guest.cpu.state, b.test.guest.cpu.state];
  for (let i = 0; i < 15; i++) if (x[i] !== y[i]) return `R${i}`;
  for (let i = Word.PC; i <= Word.PSR; i++) if (x[i] !== y[i]) return `state word ${i}`;
  // The slots of the registers in use are stale.
  for (let i = Word.BANK + Bank.SPSR; i < Word.V; i++) if (x[i] !== y[i]) return `state word ${i}`;
  for (const mode of BANKED)
    for (let n = mode === Mode.usr || mode === Mode.fiq ? 8 : 13; n < 15; n++)
      if (a.test.guest.cpu.readBanked(n, mode) !== b.test.guest.cpu.readBanked(n, mode)) return `R${n} of mode ${mode}`;
  const [v, w] = [a.test.guest.cpu.memory.vectors, b.test.guest.cpu.memory.vectors];
  for (let i = 0; i < v.length; i++) if (v[i] !== w[i]) return `vector word ${i}`;
  if (x[Word.FPEXC] !== y[Word.FPEXC]) return 'FPEXC';
  if (a.test.instructions !== b.test.instructions) return 'instructions';
  if (a.history !== b.history) return 'the states at some exception';
  if (a.test.console !== b.test.console) return 'the console';
  return Buffer.compare(a.ram(from, length), b.ram(from, length)) === 0 ? undefined : 'memory';
}

const HIGH_VECTORS = 0xffff_0000;

function inHandlers({ test }: GuestStage, { platform }: RandomGuest): boolean {
  const page = (test.pc & ~0xfff) >>> 0;
  return page === platform.runtime || page === 0 || page === HIGH_VECTORS;
}

/** How many operations of its list the gate has passed; any number, if random code has found the pointer. */
function operationsDone(stage: GuestStage, { platform }: RandomGuest): number {
  return (stage.word(SAVE + POINTER) - platform.ram - OPERATIONS) / OPERATION_BYTES;
}

function believable(done: number, { tables }: RandomGuest): boolean {
  return Number.isInteger(done) && done >= 0 && done < tables.operations.length;
}

/** Whether a guest, as far as it is outside its handlers, has kept to the rules: see {@link GuestTables}. */
function keepsRules(stage: GuestStage, guest: RandomGuest): boolean {
  if (inHandlers(stage, guest)) return true;
  const { test } = stage;
  const { tables } = guest;
  const done = operationsDone(stage, guest);
  const { operations } = tables;
  if (!believable(done, guest)) return false;
  if (done > 0 && !isBoundary(operations[done - 1].name)) return false;
  const { state } = test.guest.cpu;
  for (const [index, mask, value] of tables.controls(done)) if (((state[index] & mask) ^ value) !== 0) return false;
  return Buffer.compare(stage.ram(TABLES, TABLES_SIZE), tables.expected(done)) === 0;
}

/** A number that is another whenever there was an exception, or the gate has done something. */
function progressOf(stage: GuestStage): number {
  return stage.word(SAVE + COUNT) * 0x1_0000 + (stage.word(SAVE + POINTER) % 0x1_0000);
}

/** How a run of a guest went. */
export interface Outcome {
  readonly instructions: number;
  readonly exceptions: readonly number[];
  /** What the gate has done, as far as its pointer can be believed in the end. */
  readonly operations: number;
  readonly repairs: number;
  /** It broke the rules, and was left. */
  readonly left: boolean;
  /** The stage that differs from the first. */
  readonly wrong?: GuestStage;
  readonly says: readonly string[];
}

const MOST_REPAIRS = 100;
/** Instructions without an exception after which a guest is taken to be in a loop. */
const PATIENCE = 120;

/**
 * Runs a guest in several ways, in step; the first is the reference.
 * @param until stops there, and compares. Instructions.
 * @param watch called before each instruction of the first, which then runs one by one
 */
export function runGuest(
  guest: RandomGuest,
  stages: readonly GuestStage[],
  until = Infinity,
  watch?: (first: GuestStage) => boolean,
): Outcome {
  const [first, ...others] = stages;
  for (const stage of stages) stage.begin(guest);
  let repairs = 0;
  let idle = 0;
  let progress = progressOf(first);
  const outcome = (left: boolean, wrong?: GuestStage, says: readonly string[] = []): Outcome => ({
    instructions: first.test.instructions,
    exceptions: first.test.exceptions,
    operations: believable(operationsDone(first, guest), guest) ? operationsDone(first, guest) : 0,
    repairs,
    left,
    wrong,
    says,
  });
  const compare = (stop: string, stops: readonly string[], whole: boolean): Outcome | undefined => {
    for (const [i, other] of others.entries()) {
      const memory: [number, number] = whole ? [0, RAM_SIZE] : [SAVE, WILD + WILD_SIZE - SAVE];
      const what = unlike(first, other, ...memory);
      if (stops[i] === stop && what === undefined) continue;
      const says = [what ?? 'how it stops', ...differences(visibleState(first.test), visibleState(other.test))];
      return outcome(false, other, stops[i] === stop ? says : [`${stop} and ${stops[i]}`, ...says]);
    }
    return undefined;
  };
  let executed = 0;
  for (const chunk of guest.chunks) {
    const length = Math.min(chunk.length, until - executed);
    let stop: GuestStop = { kind: 'limit' };
    if (watch === undefined) stop = first.run(length);
    else
      for (let n = 0; n < length && stop.kind === 'limit'; n++) {
        if (!watch(first)) return outcome(true);
        stop = first.run(1);
      }
    const text = JSON.stringify(stop);
    const stops = others.map((other) => JSON.stringify(other.run(length)));
    executed += length;
    const last = executed >= until;
    if (!keepsRules(first, guest)) return outcome(true);
    const found = compare(text, stops, last);
    if (found !== undefined) return found;
    if (last || ['exit', 'reset', 'dead'].includes(stop.kind)) return outcome(false);
    for (const stage of stages) {
      stage.trouble(chunk, guest);
      if (chunk.typed !== '') stage.test.send(chunk.typed);
    }
    const now = progressOf(first);
    idle = now === progress ? idle + length : 0;
    progress = now;
    // The handlers, gate included, are left alone as long as they may come to their end.
    if (stop.kind === 'limit' && idle < (inHandlers(first, guest) ? 4 * PATIENCE : PATIENCE)) continue;
    if (++repairs > MOST_REPAIRS) break;
    idle = 0;
    for (const stage of stages) stage.repair(guest);
  }
  return (
    compare(
      '',
      others.map(() => ''),
      true,
    ) ?? outcome(false)
  );
}

/** The guest without some of its units: no-operations stand there. */
function without(guest: RandomGuest, units: readonly Unit[]): RandomGuest {
  const memory = guest.memory.slice();
  const view = new DataView(memory.buffer);
  for (const { at, bytes, thumb } of units)
    for (let i = 0; i < bytes; i += thumb ? 2 : 4)
      if (thumb) view.setUint16(WILD + at + i, 0x46c0, true);
      else view.setUint32(WILD + at + i, 0xe1a0_0000, true);
  const gone = new Set(units);
  return { ...guest, memory, units: guest.units.filter((unit) => !gone.has(unit)) };
}

/** Fewer units that still show a difference between two ways. */
function shrink(guest: RandomGuest, pair: readonly GuestStage[], tries: number): RandomGuest {
  let small = guest;
  for (let size = small.units.length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < small.units.length && tries > 0;) {
      tries--;
      const less = without(small, small.units.slice(from, from + size));
      const { wrong, left } = runGuest(less, pair);
      if (wrong !== undefined && !left) small = less;
      else from += size;
    }
  return small;
}

/** How many instructions of a guest show a difference: the fewest, if no earlier chunk does. */
function firstDifference(guest: RandomGuest, pair: readonly GuestStage[]): number {
  let bad = runGuest(guest, pair).instructions;
  let good = Math.max(0, bad - 400);
  while (bad - good > 1) {
    const middle = (bad + good) >> 1;
    if (runGuest(guest, pair, middle).wrong === undefined) good = middle;
    else bad = middle;
  }
  return bad;
}

/** A guest that has shown a difference, told so that one can act on it; undefined if it had broken the rules before. */
export function explain(guest: RandomGuest, first: GuestStage, wrong: GuestStage, tries = 150): string | undefined {
  const pair = [first, wrong];
  const broken = (one: RandomGuest, until: number): boolean =>
    runGuest(one, [first], until, (stage) => keepsRules(stage, one)).left;
  if (broken(guest, firstDifference(guest, pair))) return undefined;
  const small = shrink(guest, pair, tries);
  const bad = firstDifference(small, pair);
  const { says } = runGuest(small, pair, bad);
  const rules = broken(small, bad) ? ['(shrunk, it breaks the rules of maintenance)'] : [];
  const trace: string[] = [];
  for (let n = Math.max(0, bad - 24); n < bad; n++) {
    runGuest(small, [first], n);
    const { test } = first;
    trace.push(`${test.place()}: ${instructionText(wordAt(test, test.pc), (test.cpsr & Psr.T) !== 0)}`);
  }
  const { seed, platform, format, trouble } = guest;
  const repeat = `TRAPLINE_SEED=${seed - SEEDS_APART * PLATFORMS.indexOf(platform)} TRAPLINE_GUESTS=1 npx mocha test/verify/guests.test.ts -g '${platform.model.name} on ${platform.board}'`;
  return [
    `seed ${seed}, ${platform.model.name} on ${platform.board}, ${format} tables, trouble: ${trouble}; ${wayName(wrong.test.way)} against ${wayName(first.test.way)}, after ${bad} instructions:`,
    repeat,
    ...rules,
    ...says,
    'the last of them:',
    ...trace,
    `units left: ${small.units.map(({ at, what }) => `${at.toString(16)} ${what}`).join(', ')}`,
  ].join('\n');
}

export interface GuestCounts {
  guests: number;
  instructions: number;
  exceptions: number;
  interrupts: number;
  aborts: number;
  operations: number;
  repairs: number;
  left: number;
  readonly problems: string[];
}

export function noCounts(): GuestCounts {
  return {
    guests: 0,
    instructions: 0,
    exceptions: 0,
    interrupts: 0,
    aborts: 0,
    operations: 0,
    repairs: 0,
    left: 0,
    problems: [],
  };
}

/** The ways in which guests of a platform are run. The reference engine, which is slow, has its share: see {@link GuestPark.run}. */
export class GuestPark {
  readonly #stages: readonly GuestStage[];
  readonly #slow = new Map<number | undefined, GuestStage>();

  constructor(readonly platform: Platform) {
    this.#stages = ([undefined, 0, 1, 2] as const).map((level) => {
      return new GuestStage(platform, { engine: 'interpreter', level }, level === 1);
    });
  }

  #reference(level?: Level): GuestStage {
    let stage = this.#slow.get(level);
    if (stage === undefined) {
      stage = new GuestStage(this.platform, { engine: 'reference', level }, level === 2);
      this.#slow.set(level, stage);
    }
    return stage;
  }

  /** Runs the guest of a seed: on the interpreter bare and at all levels, one in eight on the reference in two ways, too. */
  run(seed: number, counts: GuestCounts): void {
    const guest = makeGuest(seed, this.platform);
    const more = seed % 8 === 0 ? [this.#reference(), this.#reference(levels[(seed >>> 3) % 3])] : [];
    const outcome = runGuest(guest, [...this.#stages, ...more]);
    counts.guests++;
    counts.instructions += outcome.instructions;
    counts.exceptions += outcome.exceptions.length;
    for (const kind of outcome.exceptions) {
      if (kind === Exception.IRQ || kind === Exception.FIQ) counts.interrupts++;
      if (kind === Exception.DataAbort || kind === Exception.PrefetchAbort) counts.aborts++;
    }
    counts.operations += outcome.operations;
    counts.repairs += outcome.repairs;
    if (outcome.left) counts.left++;
    if (outcome.wrong === undefined) return;
    const problem = explain(guest, this.#stages[0], outcome.wrong);
    if (problem === undefined) counts.left++;
    else counts.problems.push(problem);
  }
}
