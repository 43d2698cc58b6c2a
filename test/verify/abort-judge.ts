/**
 * Abort cases judged by `qemu-system-arm`: what came of each there is compared with what came of it here, but for what the manual leaves UNKNOWN
 * (DDI 0406C B1.9.8) and for the differences that are explained here.
 */
import { SCTLR_A } from '../../src/arm/cp15.js';
import { isV7, type CpuModel } from '../../src/cpu/models.js';
import { hex, type Outcome } from './abort-bench.js';
import { underQemu } from './abort-guest.js';
import { WINDOW, type Format } from './abort-pages.js';
import type { JudgedCase } from './aborts.js';

/** Cases that are judged at a time: fewer than the guest has room for. */
const BATCH = 4000;

/** A disagreement that is understood. */
export interface AbortDifference {
  readonly what: string;
  readonly why: string;
  readonly section: string;
  readonly test: string;
}

const here = (what: string): string => `test/verify/aborts.test.ts: ${what}`;
const difference = (what: string, section: string, why: string): AbortDifference => {
  return { what, why, section, test: here(what) };
};

export const UNKNOWN_REGISTERS = difference(
  'registers that were loaded before the fault',
  'B1.9.8',
  'UNKNOWN after a Data Abort, and the two load in pieces of different sizes',
);
export const UNKNOWN_MEMORY = difference(
  'memory that was stored to before the fault',
  'B1.9.8',
  'UNKNOWN after a Data Abort, but for the location that faulted: QEMU stores two words or several elements at once, and so none of them',
);
export const LOADED_BASE = difference(
  'LDM (User registers) and LDRD that load their base register restore it',
  'B1.9.8',
  'the base register has its original value after a Data Abort; QEMU has loaded it by then, but for the other forms of LDM',
);
export const MONITOR_BEFORE_ALIGNMENT = difference(
  'a Store-Exclusive that is not aligned faults whatever the monitor says',
  'A3.2.1',
  'it generates an Alignment fault; QEMU asks the monitor first',
);
export const EXPLAINED: readonly AbortDifference[] = [
  UNKNOWN_REGISTERS,
  UNKNOWN_MEMORY,
  LOADED_BASE,
  MONITOR_BEFORE_ALIGNMENT,
];

/** What two outcomes disagree in: the explained differences, and the first that is not. */
export interface Disagreement {
  readonly explained: ReadonlySet<AbortDifference>;
  readonly unexplained: string | undefined;
}

/** Compares what came of a case here and under QEMU. */
export function disagreement(one: JudgedCase, theirs: Outcome, model: CpuModel): Disagreement {
  const explained = new Set<AbortDifference>();
  const { ours, loads, row, given } = one;
  if (
    row.name.startsWith('STREX') &&
    given.sctlr === SCTLR_A &&
    ours.ending === 'data abort' &&
    theirs.ending === 'undefined' &&
    theirs.changed.size === 0
  )
    return { explained: explained.add(MONITOR_BEFORE_ALIGNMENT), unexplained: undefined };
  let unexplained: string | undefined;
  const differ = (what: string, mine: number, other: number): void => {
    unexplained ??= `${what} is ${hex(mine)}, QEMU has ${hex(other)}`;
  };
  if (ours.ending !== theirs.ending) unexplained = `ended by ${ours.ending}, QEMU by ${theirs.ending}`;
  for (const field of ['lr', 'spsr', 'dfsr', 'dfar', 'ifsr', 'ifar'] as const)
    if (ours[field] !== theirs[field]) differ(field.toUpperCase(), ours[field], theirs[field]);
  for (let n = 0; n < 15; n++) {
    if (ours.registers[n] === theirs.registers[n]) continue;
    if (((loads.registers >>> n) & 1) !== 0) explained.add(UNKNOWN_REGISTERS);
    else if (/^LDM \(User registers\)|^LDRD/.test(row.name) && n === one.base) explained.add(LOADED_BASE);
    else differ(`R${n}`, ours.registers[n], theirs.registers[n]);
  }
  for (let n = 0; n < (isV7(model) ? 64 : 32); n++) {
    if (ours.extension[n] === theirs.extension[n]) continue;
    if (loads.extension.includes(n)) explained.add(UNKNOWN_REGISTERS);
    else differ(`extension word ${n}`, ours.extension[n], theirs.extension[n]);
  }
  for (const n of new Set([...ours.changed.keys(), ...theirs.changed.keys()])) {
    const [mine, other] = [ours, theirs].map(({ changed }) => changed.get(n) ?? one.pattern[n]);
    if (mine === other) continue;
    if (isStored(one, n, other)) explained.add(UNKNOWN_MEMORY);
    else differ(`the word at ${hex(WINDOW + 4 * n)}`, mine, other);
  }
  return { explained, unexplained };
}

/** Whether each byte of a word of the window is as it was, or is what the instruction stores there when it succeeds. */
function isStored({ stores, stored, pattern }: JudgedCase, n: number, word: number): boolean {
  for (let i = 0; i < 4; i++) {
    const va = WINDOW + 4 * n + i;
    const byte = (word >>> (8 * i)) & 0xff;
    if (byte === ((pattern[n] >>> (8 * i)) & 0xff)) continue;
    if (byte !== stored[4 * n + i] || !stores.some((one) => va >= one.va && va < one.va + one.size)) return false;
  }
  return true;
}

/** Gathers cases and has QEMU judge them. */
export class AbortJudge {
  #waiting: JudgedCase[] = [];
  /** Cases judged, explained differences with how often each was met, and the others. */
  judged = 0;
  readonly explained = new Map<AbortDifference, number>();
  readonly unexplained: string[] = [];

  constructor(
    readonly model: CpuModel,
    readonly format: Format,
    readonly pattern: Int32Array,
  ) {}

  add(one: JudgedCase): void {
    if (this.#waiting.push(one) === BATCH) this.finish();
  }

  /** Judges those that wait. */
  finish(): void {
    const cases = this.#waiting;
    this.#waiting = [];
    if (cases.length === 0) return;
    const { model, format, pattern } = this;
    const theirs = underQemu(
      model,
      format,
      pattern,
      cases.map(({ given }) => given),
    );
    this.judged += cases.length;
    cases.forEach((one, i) => {
      const { explained, unexplained } = disagreement(one, theirs[i], model);
      for (const difference of explained) this.explained.set(difference, (this.explained.get(difference) ?? 0) + 1);
      if (unexplained !== undefined)
        this.unexplained.push(`${model.name} ${format}, ${one.given.where}: ${unexplained}`);
    });
  }
}
