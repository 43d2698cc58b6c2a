/**
 * Random sequences of legal instructions for one block: drawn row by row from the table, with inputs under which every access stays in the
 * slot's window and every branch in its slot. The reference goes first: it finds the inputs, and leaves the records that others must leave.
 */
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { randomWord, type RandomSource } from '../../src/isa/random.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { predecode } from '../../src/ops/predecode.js';
import { randomExtension, randomFpscr, randomOperand } from './sequence-operands.js';
import { FLAGS, type Ending, type Planted, type SequenceReference } from './sequence-rig.js';
import {
  Field,
  LITERAL,
  PAD,
  POOL,
  POOL_END,
  RECORD_WORDS,
  SEQUENCE,
  SEQUENCE_END,
  slotAddress,
  SLOT_BYTES,
  WINDOW_BYTES,
  windowAddress,
  type SequenceBlock,
} from './sequence-block.js';

/** An instruction of a sequence. An IT instruction has no row: it belongs to those behind it. */
export interface Item extends Planted {
  readonly row: CompiledRow | undefined;
}

export interface Sequence {
  items: Item[];
  /** Instructions that the reference executed, all rounds together. */
  executed: number;
}

/** What a sequence may be made of. */
export interface Diet {
  readonly isa: Isa;
  readonly rows: readonly CompiledRow[];
  readonly random: RandomSource;
  /** Instructions in the longest sequence. */
  readonly longest: number;
  /** Whether a quarter of Thumb instructions come in IT blocks. */
  readonly itBlocks: boolean;
  /** The bits of FPSCR that exist. */
  readonly fpscr: number;
}

const NOP: Readonly<Record<Isa, number>> = { A32: 0xe1a0_0000, T16: 0x46c0, T32: 0xea4f_0808 };

const touchesMemory = (row: CompiledRow): boolean => (row.facts & (Fact.load | Fact.store)) !== 0;
const isBranch = (row: CompiledRow): boolean => (row.facts & Fact.branch) !== 0;
const has = (row: CompiledRow, fact: number): boolean => (row.facts & fact) !== 0;

/** The word of a Thumb IT instruction for `count` instructions under conditions chosen by chance. */
function randomIt(random: RandomSource, count: number): number {
  const cond = random() % 15;
  let mask = 1 << (4 - count);
  for (let i = 1; i < count; i++) {
    const then = cond === 14 || (random() & 1) === 0;
    mask |= ((cond & 1) ^ (then ? 0 : 1)) << (4 - i);
  }
  return 0xbf00 | (cond << 4) | mask;
}

/** Fields of a direct branch at `address` that take it to `target`, ahead and near: the rest of the offset is zero. */
function branchFields(row: CompiledRow, address: number, target: number): Record<string, number> {
  const fields: Record<string, number> = { S: 0, imm10: 0, imm10H: 0, imm6: 0, i: 0, H: 0 };
  const far = row.fields.some(({ name }) => name === 'imm10' || name === 'imm10H');
  fields['J1'] = fields['J2'] = far ? 1 : 0;
  const halfwords = (target - address - (row.isa === 'A32' ? 8 : 4)) >> 1;
  for (const { name, width } of row.fields) {
    const ones = (1 << width) - 1;
    if (name === 'imm24') fields[name] = (halfwords >> 1) & ones;
    else if (name === 'imm10L') fields[name] = (target - ((address + 4) & ~3)) >> 2;
    else if (/^imm(5|8|11)$/.test(name)) fields[name] = halfwords & ones;
  }
  return fields;
}

const isExclusive = (row: CompiledRow, fact: number): boolean => has(row, Fact.exclusive) && has(row, fact);

/**
 * Whether `row` is a Store-Exclusive of another size than the Load-Exclusive before it: UNPREDICTABLE (A3.4.5), so it is not drawn. Here it
 * fails; qemu-arm compares the stored size of what was loaded.
 */
function storesOtherSize(items: readonly Item[], row: CompiledRow): boolean {
  if (!isExclusive(row, Fact.store)) return false;
  const size = (name: string): string => /EX([BHD]?)/.exec(name)?.[1] ?? '';
  return items.some(
    (item) => item.row !== undefined && isExclusive(item.row, Fact.load) && size(item.row.name) !== size(row.name),
  );
}

export class SequenceAuthor {
  readonly #block: SequenceBlock;
  readonly #reference: SequenceReference;
  readonly #diet: Diet;
  readonly #random: RandomSource;
  readonly #thumb: boolean;
  #nextRow: number;
  readonly #input = new Int32Array(RECORD_WORDS);
  readonly #before = new Int32Array(RECORD_WORDS);
  readonly #safe = new Int32Array(RECORD_WORDS);
  readonly reached = new Set<CompiledRow>();

  constructor(block: SequenceBlock, reference: SequenceReference, diet: Diet, firstRow: number) {
    this.#block = block;
    this.#reference = reference;
    this.#diet = diet;
    this.#random = diet.random;
    this.#thumb = diet.isa !== 'A32';
    this.#nextRow = firstRow;
  }

  get nextRow(): number {
    return this.#nextRow;
  }

  /** Writes the sequence of slot `i` and its records. `expected` gets the records that the reference leaves, at the same places. */
  write(i: number, expected: Int32Array): Sequence {
    const random = this.#random;
    const most = random() & 1 ? 1 + (random() % this.#diet.longest) : 1 + (random() % Math.min(4, this.#diet.longest));
    const sequence: Sequence = { items: this.#compose(i, most), executed: 0 };
    while (!this.#rounds(i, sequence, expected));
    for (const { row } of sequence.items) if (row !== undefined) this.reached.add(row);
    return sequence;
  }

  // ---- one sequence

  #compose(i: number, length: number): Item[] {
    const reference = this.#reference;
    const items: Item[] = [];
    this.#freshInput(i, this.#input, 1);
    this.#drawMemory(i);
    reference.begin(i, this.#input, this.#thumb);
    let at = slotAddress(i) + SEQUENCE;
    let tries = 0;
    const limit = slotAddress(i) + SEQUENCE_END - 24;
    while (items.length < length && at < limit && tries < (items.length === 0 ? 400 : 40)) {
      tries++;
      const row = this.#diet.rows[this.#nextRow++ % this.#diet.rows.length];
      if (storesOtherSize(items, row)) continue;
      const added = this.#append(i, items, row, at);
      if (added === 0) continue;
      tries = 0;
      const last = items[items.length - 1];
      at = last.address + last.length;
      if (added < 0) break;
    }
    if (items.length === 0) items.push(this.#nop(at));
    this.#safe.set(this.#input);
    reference.rollBack();
    this.#plant(i, items);
    return items;
  }

  /** Tries to append one instruction (or an IT block) of `row`. Returns how many were added; below zero if the sequence ends with it. */
  #append(i: number, items: Item[], row: CompiledRow, at: number): number {
    const random = this.#random;
    const reference = this.#reference;
    const itBlock = this.#diet.itBlocks && this.#thumb && !isBranch(row) && random() % 4 === 0 ? 1 + (random() & 3) : 0;
    const bytes = row.isa === 'T16' ? 2 : 4;
    const direct = isBranch(row) && !has(row, Fact.indirect);
    // A compare-and-branch cannot go right behind itself.
    const skip = direct ? bytes * Math.max(random() & 3, /^CB/.test(row.name) ? 1 : 0) : 0;
    for (let tries = 0; tries < 6; tries++) {
      const fresh: Item[] = [];
      let address = at;
      if (itBlock > 0) {
        fresh.push({ word: randomIt(random, itBlock), length: 2, address, row: undefined });
        address += 2;
      }
      const word = this.#draw(row, random, address, skip, items.length === 0);
      if (word === undefined) return 0;
      fresh.push({ word, length: bytes, address, row });
      address += bytes;
      // The rest of an IT block, or what a branch passes over.
      const rest = itBlock > 0 ? itBlock - 1 : skip / bytes;
      for (let n = 0; n < rest; n++) {
        const filler = this.#filler(address);
        fresh.push(filler);
        address += filler.length;
      }
      const all = [...items, ...fresh];
      this.#before.set(this.#input);
      const ending = this.#attempt(i, all, items.length);
      if (ending === 'end' || (ending === 'undefined' && (items.length === 0 || (random() & 15) === 0))) {
        items.push(...fresh);
        return ending === 'undefined' || (isBranch(row) && !this.#fellThrough(items)) ? -1 : fresh.length;
      }
      this.#input.set(this.#before);
      reference.rollBack();
      this.#replay(i, items);
    }
    return 0;
  }

  /** Whether execution arrived right behind the last instruction. */
  #fellThrough(items: readonly Item[]): boolean {
    const last = items[items.length - 1];
    return this.#reference.pc === last.address + last.length && this.#reference.thumb === this.#thumb;
  }

  #nop(address: number): Item {
    const { isa } = this.#diet;
    return { word: NOP[isa], length: isa === 'T16' ? 2 : 4, address, row: undefined };
  }

  /** An instruction that only computes, under any circumstances. */
  #filler(address: number): Item {
    for (let tries = 0; tries < 50; tries++) {
      const row = this.#diet.rows[this.#random() % this.#diet.rows.length];
      if (isBranch(row) || touchesMemory(row)) continue;
      const word = randomWord(row, this.#random);
      if (word !== undefined) return { word, length: row.isa === 'T16' ? 2 : 4, address, row };
    }
    return this.#nop(address);
  }

  /** Runs `all` from `from` on in the present state, correcting inputs. */
  #attempt(i: number, all: readonly Item[], from: number): Ending {
    const reference = this.#reference;
    let ending = reference.run(i, all, from);
    for (let tries = 0; tries < 8 && (ending === 'fault' || ending === 'lost'); tries++) {
      const { index } = reference.stop;
      if (index < from || !this.#correct(i, all[index], ending, tries)) return ending;
      reference.rollBack();
      reference.begin(i, this.#input, this.#thumb);
      ending = reference.run(i, all);
      if (ending !== 'end' && reference.stop.index < from) return 'lost';
    }
    if (ending === 'end' && this.#loadsTarget(all)) {
      // Only a literal stays what it is: the window's words are overwritten.
      const { loaded } = reference;
      const literals = slotAddress(i) + LITERAL.arm;
      if (loaded < literals || loaded >= literals + 12) return 'lost';
    }
    return ending;
  }

  #loadsTarget(items: readonly Item[]): boolean {
    const last = items[items.length - 1].row;
    return last !== undefined && has(last, Fact.indirect) && has(last, Fact.load);
  }

  /** Corrects the input register that an address came from by how far it missed. False if there is none. */
  #correct(i: number, item: Item, ending: Ending, tries: number): boolean {
    const { row } = item;
    if (row === undefined) return false;
    const random = this.#random;
    const { stop } = this.#reference;
    const { operands } = predecode(row.isa, item.word);
    const base = operands['n'] ?? 13;
    const input = this.#input;
    if (ending === 'lost') {
      if (has(row, Fact.load)) {
        if (base === 15) return false;
        const literal = /^TB/.test(row.name) ? 'table' : random() & 1 ? 'thumb' : 'arm';
        input[base] += slotAddress(i) + LITERAL[literal] - this.#reference.loaded;
        return true;
      }
      const register = operands['m'] ?? operands['n'] ?? 15;
      if (register === 15 || tries > 3) return false;
      const own = this.#thumb ? 'thumb' : 'arm';
      const to = tries === 0 && random() & 1 ? 'thumb' : 'arm';
      // The register itself, where that is all; otherwise by how far it missed. It may still miss, if it does more than add.
      if (tries < 2) input[register] = slotAddress(i) + PAD[to] + (to === 'thumb' ? 1 : 0);
      else input[register] += slotAddress(i) + PAD[own] - stop.pc;
      return true;
    }
    if (base === 15) return false;
    if (stop.fault === FaultType.External) {
      const target = windowAddress(i) + WINDOW_BYTES / 2 + ((random() % 768) - 384);
      input[base] += target - stop.address;
      return true;
    }
    if (stop.fault === FaultType.Alignment) {
      input[base] -= stop.address & [3, 7, 15, 31][Math.min(tries, 3)];
      return true;
    }
    return false;
  }

  /** State and memory after `items`, with the present inputs. */
  #replay(i: number, items: readonly Item[]): void {
    const reference = this.#reference;
    reference.begin(i, this.#input, this.#thumb);
    if (items.length > 0) reference.run(i, items);
  }

  // ---- words and operands

  #draw(row: CompiledRow, random: RandomSource, address: number, skip: number, first: boolean): number | undefined {
    if (isBranch(row) && !has(row, Fact.indirect)) {
      const slot = address & -SLOT_BYTES;
      const other = this.#thumb ? 'arm' : 'thumb';
      const next = address + (row.isa === 'T16' ? 2 : 4);
      const target = has(row, Fact.interworking) ? slot + PAD[other] : next + skip;
      return randomWord(row, random, { fields: branchFields(row, address, target) });
    }
    if (!touchesMemory(row)) return randomWord(row, random);
    if (row.fields.some(({ name }) => name === 'Rn')) {
      const base = first ? undefined : this.#pointer();
      const fields = base === undefined ? {} : this.#registerField(row, base);
      return randomWord(row, random, { fields }) ?? randomWord(row, random);
    }
    return randomWord(row, random, has(row, Fact.readsPc) ? { fields: this.#literal(address) } : {});
  }

  #registerField(row: CompiledRow, register: number): Readonly<Record<string, number>> {
    const field = row.fields.find(({ name }) => name === 'Rn')!;
    return register < 1 << field.width ? { Rn: register } : {};
  }

  /** A register that points into the middle of the window now. */
  #pointer(): number | undefined {
    const { state } = this.#reference.rig;
    const start = this.#random() % 15;
    for (let n = 0; n < 15; n++) {
      const register = (start + n) % 15;
      if (this.#reference.inWindow(state[register])) return register;
    }
    return undefined;
  }

  /** Offset fields of a literal load that reach the pool. */
  #literal(address: number): Record<string, number> {
    const random = this.#random;
    const pc = ((address + (this.#thumb ? 4 : 8)) & ~3) >>> 0;
    const target = ((address & -SLOT_BYTES) + POOL + (random() % (POOL_END - POOL - 16))) & ~3;
    const offset = target - pc;
    return { U: 1, imm12: offset, imm8: offset >> 2, imm4H: (offset >> 4) & 15, imm4L: offset & 15 };
  }

  #freshInput(i: number, input: Int32Array, share: number): void {
    const random = this.#random;
    const middle = windowAddress(i) + WINDOW_BYTES / 2;
    for (let n = 0; n < 15; n++) {
      if (share < 1 && random() % 8 >= share * 8) continue;
      input[n] = share === 1 && random() % 3 === 0 ? middle + (((random() % 512) - 256) & ~7) : randomOperand(random);
    }
    input[Field.APSR] = random() & FLAGS;
    if (this.#block.shape.extension === 0) return;
    input[Field.FPSCR] = randomFpscr(random) & this.#diet.fpscr;
    randomExtension(random, input, Field.D, 2 * this.#block.shape.extension);
  }

  /** A window and a pool of chance, the window with pointers into itself here and there. */
  #drawMemory(i: number): void {
    const pool = this.#block.pool(i);
    const literals = new Int32Array(pool.length / 4);
    randomExtension(this.#random, literals, 0, literals.length);
    pool.set(new Uint8Array(literals.buffer));
    this.#reference.memory(slotAddress(i) + POOL, pool.length).set(pool);
    const bytes = this.#block.window(i);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, WINDOW_BYTES / 4);
    randomExtension(this.#random, words, 0, words.length);
    for (let at = 0; at < words.length; at += 1 + (this.#random() & 15))
      words[at] = windowAddress(i) + WINDOW_BYTES / 4 + (this.#random() % (WINDOW_BYTES / 2));
    this.#reference.memory(windowAddress(i), WINDOW_BYTES).set(bytes);
  }

  #plant(i: number, items: readonly Item[]): void {
    for (const { address, word, length } of items) this.#block.plant(address, word, length);
    const last = items[items.length - 1];
    this.#block.plantEnd(i, last.address + last.length);
  }

  // ---- rounds

  /** All rounds of a sequence. False if it had to be cut, and starts again. */
  #rounds(i: number, sequence: Sequence, expected: Int32Array): boolean {
    const { rounds } = this.#block.shape;
    const { records } = this.#block;
    const reference = this.#reference;
    const input = this.#input;
    sequence.executed = 0;
    reference.memory(windowAddress(i), WINDOW_BYTES).set(this.#block.window(i));
    for (let round = 0; round < rounds; round++) {
      let ending: Ending = 'lost';
      for (const share of round === 0 ? [-1] : [0.5, 0.25, 0, -1]) {
        input.set(this.#safe);
        if (share >= 0) this.#freshInput(i, input, share);
        reference.begin(i, input, this.#thumb);
        ending = reference.run(i, sequence.items);
        if (ending === 'end' || ending === 'undefined') break;
        reference.rollBack();
      }
      if (ending === 'fault' || ending === 'lost') {
        // What it loads has changed: it ends before that. The places stay, so that branches arrive.
        this.#cut(sequence, reference.stop.index);
        this.#plant(i, sequence.items);
        return false;
      }
      reference.keep();
      sequence.executed += reference.executed;
      const at = this.#block.recordIndex(i, round);
      records.set(input, at);
      reference.read(ending, expected.subarray(at, at + RECORD_WORDS));
    }
    return true;
  }

  #cut(sequence: Sequence, index: number): void {
    const nop = NOP[this.#diet.isa];
    sequence.items = sequence.items.map((item, n) =>
      n < index || item.row === undefined ? item : { ...item, word: item.length === 2 ? NOP.T16 : nop, row: undefined },
    );
  }
}
