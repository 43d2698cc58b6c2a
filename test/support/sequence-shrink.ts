/**
 * Makes a difference small: drops instructions and simplifies operands of one sequence as long as the difference stays, and says what is left.
 */
import { predecode } from '../../src/ops/predecode.js';
import { rowLabel } from '../../src/isa/compile.js';
import type { Isa } from '../../src/isa/row.js';
import {
  Field,
  RECORDS,
  RECORD_WORDS,
  SEQUENCE,
  SequenceBlock,
  slotAddress,
  WINDOW_BYTES,
  windowAddress,
  WINDOWS,
} from './sequence-block.js';
import { recordDifferences, type Contestants } from './sequence-rig.js';
import type { Item, Sequence } from './sequences.js';
import { disassemble } from './vectors.js';

/** Where two sides of a block differ first. */
export interface Divergence {
  readonly slot: number;
  /** Undefined if only memory differs, at the end. */
  readonly round: number | undefined;
  readonly who: string;
  readonly says: readonly string[];
}

/** One sequence with one set of operands. */
interface Candidate {
  readonly items: readonly Item[];
  readonly input: Int32Array;
  readonly window: Uint8Array;
}

interface Verdict {
  readonly says: readonly string[];
  readonly before: Candidate;
}

class Shrinker {
  readonly #contestants: Contestants;
  readonly #block: SequenceBlock;
  readonly #slot: number;

  constructor(contestants: Contestants, block: SequenceBlock, found: Divergence) {
    this.#contestants = contestants;
    this.#block = block;
    this.#slot = found.slot;
  }

  /** What differs, or undefined if nothing does or the reference leaves the slot or its window. */
  judge(candidate: Candidate): Verdict | undefined {
    const { reference, engine, model } = this.#contestants;
    const slot = this.#slot;
    const { state, extension } = this.#block.shape;
    const block = new SequenceBlock({ state, slots: slot + 1, rounds: 1, extension });
    for (let i = 0; i <= slot; i++) {
      if (i < slot) block.plantEnd(i, slotAddress(i) + SEQUENCE);
      block.pool(i).set(this.#block.pool(i));
    }
    for (const { address, word, length } of candidate.items) block.plant(address, word, length);
    const last = candidate.items.at(-1)!;
    block.plantEnd(slot, last.address + last.length);
    block.window(slot).set(candidate.window);
    block.records.set(candidate.input, block.recordIndex(slot, 0));
    reference.load(block);
    reference.begin(slot, candidate.input, state === 'thumb');
    const ending = reference.run(slot, candidate.items);
    reference.keep();
    if (ending === 'fault' || ending === 'lost') return undefined;
    const expected = new Int32Array(RECORD_WORDS);
    reference.read(ending, expected);
    const memory = reference.memory(windowAddress(slot), WINDOW_BYTES);
    const says: string[] = [];
    const compare = (bytes: Uint8Array, who: string): void => {
      const copy = bytes.slice();
      const record = new Int32Array(copy.buffer, RECORDS - WINDOWS + 4 * block.recordIndex(slot, 0), RECORD_WORDS);
      says.push(...recordDifferences(expected, record, who));
      const at = windowAddress(slot) - WINDOWS;
      const theirs = copy.subarray(at, at + WINDOW_BYTES);
      memory.forEach((byte, n) => {
        if (byte !== theirs[n] && says.length < 40)
          says.push(
            `memory at ${(windowAddress(slot) + n).toString(16)}: the reference has ${byte.toString(16)}, ${who} ${theirs[n].toString(16)}`,
          );
      });
    };
    for (const [who, output] of [
      ['tier 0', engine.run(block)],
      ['qemu-arm', block.run(model.name)],
    ] as const) {
      if (output.ended === undefined) compare(output.bytes, who);
      else says.push(output.ended);
    }
    return says.length === 0 ? undefined : { says, before: candidate };
  }

  /** The smallest candidate found from `verdict` on. */
  minimize(verdict: Verdict): Verdict {
    let best = verdict;
    const accept = (candidate: Candidate): boolean => {
      const next = this.judge(candidate);
      if (next !== undefined) best = next;
      return next !== undefined;
    };
    for (let round = 0; round < 3; round++) {
      let smaller = false;
      for (let n = best.before.items.length - 1; n >= 0 && best.before.items.length > 1; n--) {
        const { items } = best.before;
        if (accept({ ...best.before, items: this.#without(items, n) })) smaller = true;
      }
      const simple = (change: (input: Int32Array) => void): void => {
        const input = best.before.input.slice();
        change(input);
        if (input.some((word, n) => word !== best.before.input[n]) && accept({ ...best.before, input })) smaller = true;
      };
      simple((input) => input.fill(0, Field.D));
      simple((input) => input.fill(0, 0, 15));
      for (let n = 0; n <= Field.FPSCR; n++) simple((input) => void (input[n] = 0));
      for (let n = Field.D; n < RECORD_WORDS; n += 2) simple((input) => void input.fill(0, n, n + 2));
      if (best.before.window.some((byte) => byte !== 0))
        accept({ ...best.before, window: new Uint8Array(WINDOW_BYTES) });
      if (!smaller) break;
    }
    return best;
  }

  /** The items without number `dropped`, those behind it moved up. */
  #without(items: readonly Item[], dropped: number): Item[] {
    let address = slotAddress(this.#slot) + SEQUENCE;
    return items.flatMap((item, n) => {
      if (n === dropped) return [];
      const moved = { ...item, address };
      address += item.length;
      return [moved];
    });
  }
}

/** The operands of each round, and the window before it: what the reference finds when it goes through the rounds again. */
function candidates(contestants: Contestants, block: SequenceBlock, slot: number, items: readonly Item[]): Candidate[] {
  const { reference } = contestants;
  reference.load(block);
  return Array.from({ length: block.shape.rounds }, (_, round) => {
    const at = block.recordIndex(slot, round);
    const input = block.records.slice(at, at + RECORD_WORDS);
    const window = reference.memory(windowAddress(slot), WINDOW_BYTES).slice();
    reference.begin(slot, input, block.shape.state === 'thumb');
    reference.run(slot, items);
    reference.keep();
    return { items, input, window };
  });
}

function describe({ says, before }: Verdict, isa: Isa, thumb: boolean): string {
  const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
  const lines = before.items.map(({ word, length, address, row }) => {
    const own: Isa = thumb ? (length === 2 ? 'T16' : 'T32') : isa;
    const name = row ?? predecode(own, word).row;
    const digits = (word >>> 0).toString(16).padStart(2 * length, '0');
    return `  ${hex(address)}: ${digits}  ${disassemble(word, length, thumb)}   ; ${name === undefined ? '' : rowLabel(name)}`;
  });
  const names = [
    'r0',
    'r1',
    'r2',
    'r3',
    'r4',
    'r5',
    'r6',
    'r7',
    'r8',
    'r9',
    'r10',
    'r11',
    'r12',
    'sp',
    'lr',
    'flags',
    'fpscr',
  ];
  const registers = names.flatMap((name, n) => (before.input[n] === 0 ? [] : [`${name}=${hex(before.input[n])}`]));
  for (let n = 0; n < 32; n++) {
    const [low, high] = [before.input[Field.D + 2 * n], before.input[Field.D + 2 * n + 1]];
    if ((low | high) !== 0) registers.push(`d${n}=${hex(high)}_${hex(low)}`);
  }
  const zero = before.window.every((byte) => byte === 0) ? ', memory zero' : '';
  return [...lines, `  before: ${registers.join(' ')} (others zero${zero})`, ...says.map((text) => `  ${text}`)].join(
    '\n',
  );
}

/** The shortest sequence and the simplest operands found that show the difference, as text. */
export function shrink(contestants: Contestants, block: SequenceBlock, sequence: Sequence, found: Divergence): string {
  const shrinker = new Shrinker(contestants, block, found);
  const all = candidates(contestants, block, found.slot, sequence.items);
  const thumb = block.shape.state === 'thumb';
  const tried = found.round === undefined ? all : [all[found.round]];
  for (const candidate of tried) {
    const verdict = shrinker.judge(candidate);
    if (verdict !== undefined) return describe(shrinker.minimize(verdict), 'A32', thumb);
  }
  return describe({ says: [...found.says, 'not seen again in the sequence alone'], before: tried[0] }, 'A32', thumb);
}
