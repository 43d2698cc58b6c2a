/**
 * Instructions whose fetch aborts: in a page that is closed, entered in every way, and Thumb instructions whose second half alone lies in such a
 * page. What must hold is the manual's (DDI 0406C B1.9.7, B3.13): IFSR and IFAR (the half that faults) are exact, LR and SPSR are those of the
 * instruction, and nothing else has changed. Both engines must agree in every bit.
 */
import { Mode, Psr } from '../../src/arm/modes.js';
import { isV7, type CpuModel } from '../../src/cpu/models.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import { AbortPair, hex, type AbortCase } from './abort-bench.js';
import { BOUNDARY, CLOSINGS, CODE, type Closing, type Format } from './abort-pages.js';
import { halfwordsOf } from './abort-words.js';
import type { JudgedCase } from './aborts.js';
import { rowsOf } from './words.js';

/** Where the instruction is, and what runs before it. */
interface Place {
  readonly name: string;
  /** Of the instruction whose fetch aborts. */
  readonly at: number;
  /** Halfwords that run first, in ARM and in Thumb state, and where; R0 is where the instruction is. */
  readonly before?: { readonly at: number; readonly arm: readonly number[]; readonly thumb: readonly number[] };
  /** What that leaves in R14. */
  readonly link?: number;
}

const BX_R0 = { at: CODE, arm: [0xff10, 0xe12f], thumb: [0x4700] };
const nop = (at: number): Place['before'] => ({ at, arm: [0x0000, 0xe1a0], thumb: [0x46c0] });

const INSIDE: readonly Place[] = [
  { name: 'first in the page', at: BOUNDARY },
  { name: 'inside the page', at: BOUNDARY + 0x7fc },
  { name: 'reached by a branch', at: BOUNDARY + 0x84, before: BX_R0 },
];
const FALLING: Readonly<Record<'arm' | 'thumb', Place>> = {
  arm: { name: 'reached from the page before', at: BOUNDARY, before: nop(BOUNDARY - 4) },
  thumb: { name: 'reached from the page before', at: BOUNDARY, before: nop(BOUNDARY - 2) },
};
const ACROSS: readonly Place[] = [
  { name: 'across the boundary', at: BOUNDARY - 2 },
  {
    name: 'across the boundary, reached by a branch',
    at: BOUNDARY - 2,
    // over a halfword that is Undefined
    before: { at: BOUNDARY - 6, arm: [], thumb: [0x4700, 0xde00] },
  },
  { name: 'across the boundary, reached from before', at: BOUNDARY - 2, before: nop(BOUNDARY - 4) },
];

/** Before Thumb-2 the halves of BL and BLX are instructions: the first leaves the PC in R14. */
const BETWEEN_HALVES: Place = {
  name: 'behind the first half of a BL',
  at: BOUNDARY,
  before: { at: BOUNDARY - 2, arm: [], thumb: [0xf000] },
  link: BOUNDARY + 2,
};

function placesOf(isa: Isa, model: CpuModel): readonly Place[] {
  if (isa === 'A32') return [...INSIDE, FALLING.arm];
  const inside = [...INSIDE, FALLING.thumb];
  if (!isV7(model)) return isa === 'T16' ? [...inside, BETWEEN_HALVES] : [];
  return isa === 'T32' ? [...inside, ...ACROSS] : inside;
}

export interface FetchCounts {
  cases: number;
  across: number;
  readonly problems: string[];
}

export class FetchCheck {
  readonly #pair: AbortPair;
  readonly #random: RandomSource;
  readonly counts: FetchCounts = { cases: 0, across: 0, problems: [] };
  judge: ((one: JudgedCase) => void) | undefined;

  constructor(
    readonly model: CpuModel,
    readonly format: Format,
    seed: number,
  ) {
    this.#random = seededRandom(seed);
    this.#pair = new AbortPair(model, format, this.#random);
  }

  get pattern(): Int32Array {
    return this.#pair.pattern;
  }

  /** `words` random instructions of each instruction set in each place, mode and closing. */
  run(words: number): void {
    for (const isa of ['A32', 'T16', 'T32'] as const) {
      const rows = rowsOf(isa, this.model.features);
      for (const place of placesOf(isa, this.model))
        for (const mode of [Mode.usr, Mode.svc])
          for (const closing of CLOSINGS[this.format]) {
            if (closing.to === 'stores' || (closing.to === 'PL0' && mode !== Mode.usr)) continue;
            for (let n = 0; n < words; n++) this.#case(isa, rows, place, mode, closing);
          }
    }
  }

  #case(isa: Isa, rows: readonly CompiledRow[], place: Place, mode: number, closing: Closing): void {
    const random = this.#random;
    const row = rows[random() % rows.length];
    const word = randomWord(row, random);
    if (word === undefined) return;
    const thumb = isa !== 'A32';
    const before = place.before === undefined ? [] : place.before[thumb ? 'thumb' : 'arm'];
    const own = halfwordsOf(isa, word);
    const registers = Int32Array.from({ length: 15 }, () => random());
    registers[0] = place.at | (thumb ? 1 : 0);
    // what runs before may lie elsewhere: then the instruction is what the window holds there
    const halfwords = place.before?.at === CODE ? before : [...before, ...own];
    const given: AbortCase = {
      where: `${isa} ${rowLabel(row)} ${hex(word)}, ${place.name}, ${closing.name}`,
      psr: mode | Psr.A | (thumb ? Psr.T : 0) | (random() & 0xf80f_0000),
      sctlr: closing.sctlr ?? 0,
      descriptor: closing.descriptor,
      code: place.before?.at ?? place.at,
      halfwords,
      registers,
      spsr: Mode.usr,
      extension: Int32Array.from({ length: 64 }, () => random()),
    };
    const { ours, difference } = this.#pair.run(given);
    const problem = (text: string): void =>
      void this.counts.problems.push(`${this.model.name} ${this.format}, ${given.where}: ${text}`);
    if (difference !== undefined) problem(difference);
    this.counts.cases++;
    if (place.at < BOUNDARY || place === BETWEEN_HALVES) this.counts.across++;
    const { pattern } = this;
    const loads = { registers: 0, extension: [] };
    this.judge?.({ row, base: undefined, pattern, given, ours, loads, stores: [], stored: new Uint8Array(0) });
    if (ours.ending !== 'prefetch abort') {
      problem(`no prefetch abort: ${ours.ending}`);
      return;
    }
    const same = (name: string, value: number, wanted: number): void => {
      if (value !== (wanted | 0)) problem(`${name} is ${hex(value)}, not ${hex(wanted)}`);
    };
    same('LR', ours.lr, place.at + 4);
    same('SPSR', ours.spsr, given.psr);
    same('IFSR', ours.ifsr, closing.status);
    same('IFAR', ours.ifar, Math.max(place.at, BOUNDARY));
    same('DFSR', ours.dfsr, 0);
    same('DFAR', ours.dfar, 0);
    for (let n = 0; n < 14; n++) same(`R${n}`, ours.registers[n], registers[n]);
    same('R14', ours.registers[14], place.link ?? registers[14]);
    for (let n = 0; n < 64; n++) same(`extension word ${n}`, ours.extension[n], given.extension[n]);
  }
}
