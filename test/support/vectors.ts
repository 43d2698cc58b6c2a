/**
 * Random instructions, executed by the reference in USR mode and by `qemu-arm`, and compared: registers and flags after each, memory at the
 * end. The reference goes first, so that inputs can be found whose loads and stores stay inside the window.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Disposition, Exception, FaultType, type PendingException } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { spreadFlags } from '../../src/arm/psr.js';
import { Word } from '../../src/arm/state.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import type { DataAccess } from '../../src/mem/data-access.js';
import { predecode } from '../../src/ops/predecode.js';
import { hex32 } from '../../src/util/bits.js';
import { CpuRig } from './cpu-rig.js';
import {
  DUMP,
  LITERAL,
  PAD,
  QemuBlock,
  SIGBUS,
  SIGILL,
  SIGNAL,
  SLOT,
  SLOTS,
  TEXT,
  VARS,
  WINDOW,
  WINDOW_BYTES,
  type State,
} from './qemu-user.js';

/** The flags that USR mode can set: N, Z, C, V, Q, GE. */
const FLAGS = 0xf80f_0000 | 0;

/** Restricts a processor's data memory to the block's window (and text, for loads), with undo. */
class ConfinedData {
  readonly #data: DataAccess;
  readonly #bytes: Uint8Array;
  /** Where the block's text ends. */
  textEnd = TEXT;
  readonly #undo: number[] = [];
  /** Address of the latest load. */
  loaded = 0;

  constructor(data: DataAccess, window: Uint8Array) {
    this.#data = data;
    this.#bytes = window;
    const load = data.load.bind(data);
    const store = data.store.bind(data);
    data.load = (va, size, flags) => {
      this.loaded = va >>> 0;
      return this.#refused(va, size, false) ? 0 : load(va, size, flags);
    };
    data.store = (va, size, value, flags) => {
      if (this.#refused(va, size, true)) return;
      const at = (va >>> 0) - WINDOW;
      for (let i = 0; i < size; i++) this.#undo.push(at + i, this.#bytes[at + i]);
      store(va, size, value, flags);
    };
  }

  #refused(va: number, size: number, write: boolean): boolean {
    const { fault } = this.#data;
    fault.type = FaultType.None;
    const at = va >>> 0;
    if (at >= WINDOW && at + size <= WINDOW + WINDOW_BYTES) return false;
    if (!write && at >= TEXT && at + size <= this.textEnd) return false;
    Object.assign(fault, { type: FaultType.External, level: 0, domain: 0, address: at, write });
    return true;
  }

  /** Stores since the last call become final. */
  keep(): void {
    this.#undo.length = 0;
  }

  rollBack(): void {
    while (this.#undo.length > 0) {
      const byte = this.#undo.pop()!;
      this.#bytes[this.#undo.pop()!] = byte;
    }
  }
}

export interface FuzzOptions {
  readonly seed: number;
  /** At least so many vectors (an instruction with one set of inputs). */
  readonly vectors: number;
  readonly isa: Isa;
  readonly rows: readonly CompiledRow[];
  /** Instructions in a block (one qemu-arm process), and rounds with new inputs for each. */
  readonly slots?: number;
  readonly rounds?: number;
}

export interface FuzzResult {
  readonly vectors: number;
  /** Vectors by row label. */
  readonly byRow: ReadonlyMap<string, number>;
  /** Rows for which no word or no inputs were found. */
  readonly unreached: readonly string[];
}

/** One instruction of a block. */
interface Planted {
  readonly row: CompiledRow;
  readonly word: number;
  readonly length: 2 | 4;
  /** The IT instruction before it, if any. */
  readonly it: number | undefined;
  /** Inputs that were found to work. */
  readonly safe: Int32Array;
}

const INTERESTING = [
  0, 1, 2, 3, 31, 32, 33, 63, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

function randomOperand(random: RandomSource): number {
  const kind = random() & 7;
  if (kind === 0) return INTERESTING[random() % INTERESTING.length] | 0;
  if (kind === 1) return random() & 0xff;
  if (kind === 2) return Math.imul(random() & 0xffff, 0x10001);
  return random() | 0;
}

/** A harness around one processor: its memory holds the block that runs. */
class Harness {
  readonly rig = new CpuRig();
  readonly state: State;
  readonly #random: RandomSource;
  readonly #isa: Isa;
  block!: QemuBlock;
  readonly #data: ConfinedData;
  /** What the latest instruction took, if it did not complete. */
  #taken: PendingException | undefined;
  readonly inputs = new Int32Array(16);
  readonly outputs = new Int32Array(16);

  constructor(isa: Isa, random: RandomSource) {
    this.#isa = isa;
    this.state = isa === 'A32' ? 'arm' : 'thumb';
    this.#random = random;
    const { cpu } = this.rig;
    this.#data = new ConfinedData(cpu.data, this.window);
    cpu.trapHandler = {
      take: (exception) => {
        this.#taken = { ...exception };
        return Disposition.Resume;
      },
    };
  }

  load(block: QemuBlock): void {
    this.block = block;
    this.rig.bus.writeBlock(TEXT, block.text);
    this.rig.bus.writeBlock(VARS, block.data);
    this.#data.textEnd = TEXT + block.text.length;
    this.rig.state[Word.EXCLUSIVE] = 0;
  }

  get window(): Uint8Array {
    const host = this.rig.host(WINDOW);
    return this.rig.memory.u8.subarray(host, host + WINDOW_BYTES);
  }

  /** Executes `planted` in slot `i` with `inputs`. Returns why it cannot be used, or undefined with `outputs` set. */
  execute(i: number, planted: Planted, inputs: Int32Array): Readonly<Attempt> {
    const { rig } = this;
    const { state } = rig;
    const at = this.block.instructionAddress(i);
    state.set(inputs.subarray(0, 15));
    spreadFlags(state, inputs[15], FLAGS);
    state[Word.PC] = at;
    state[Word.ITSTATE] = planted.it === undefined ? 0 : planted.it & 0xff;
    const thumb = this.state === 'thumb';
    if (state[Word.T] !== (thumb ? 1 : 0) || rig.cpu.mode() !== Mode.usr)
      rig.cpu.setCpsr(Mode.usr | (thumb ? Psr.T : 0));
    state[Word.ITSTATE] = planted.it === undefined ? 0 : planted.it & 0xff;
    spreadFlags(state, inputs[15], FLAGS);
    this.#taken = undefined;
    rig.cpu.executeFetched(planted.word, planted.length);
    const exception = this.#taken as PendingException | undefined;
    if (exception !== undefined) {
      if (exception.kind === Exception.Undefined) {
        this.outputs.set(inputs);
        this.outputs[0] = SIGNAL | SIGILL;
        return DONE;
      }
      attempt.fault = exception.kind === Exception.DataAbort ? exception.fault : -1;
      attempt.address = exception.address;
      return attempt;
    }
    const branched = rig.pc !== at + planted.length || rig.cpu.thumb() !== thumb;
    if (branched && !this.#arrives(i)) return LOST;
    this.outputs.set(state.subarray(0, 15));
    this.outputs[15] = rig.cpsr & FLAGS;
    return DONE;
  }

  /** After a branch: lets the pad run, if the branch went to one. */
  #arrives(i: number): boolean {
    const { rig } = this;
    const slot = SLOTS + i * SLOT;
    const dump = slot + DUMP[this.state];
    const pad = slot + PAD[this.state][rig.cpu.thumb() ? 'thumb' : 'arm'];
    if (rig.pc === pad) {
      for (let steps = 0; steps < 4 && rig.pc !== dump; steps++) rig.step();
    }
    return rig.pc === dump && rig.cpu.thumb() === (this.state === 'thumb');
  }

  /** Random inputs for `planted`, corrected until its accesses stay in the window. False if none were found. */
  findInputs(i: number, planted: Planted, inputs: Int32Array): boolean {
    const random = this.#random;
    for (let n = 0; n < 15; n++) inputs[n] = randomOperand(random);
    inputs[15] = random() & FLAGS;
    const { operands, operation } = predecode(this.#isa, planted.word);
    const base = operands['n'] ?? (operation !== null && this.#usesStack(planted) ? 13 : -1);
    if ((planted.row.facts & Fact.indirect) !== 0) this.#aimBranch(i, planted, inputs);
    const jumpTable = (planted.row.facts & Fact.indirect) !== 0 && (planted.row.facts & Fact.load) !== 0;
    const slotEnd = SLOTS + (i + 1) * SLOT;
    for (let tries = 0; tries < 10; tries++) {
      let got = this.execute(i, planted, inputs);
      // Only a literal stays what it is; the window's words are overwritten.
      if (got === DONE && jumpTable && Math.abs(this.#data.loaded - slotEnd) > 16) got = LOST;
      if (got === DONE) return true;
      this.#data.rollBack();
      if (got === LOST && (planted.row.facts & Fact.load) === 0) {
        // A branch to what was computed: correct a register by how far it missed. It may still miss, if it does more than add.
        const register = operands['m'] ?? operands['n'] ?? 15;
        if (register === 15 || tries > 3) return false;
        inputs[register] += SLOTS + i * SLOT + PAD[this.state][this.rig.cpu.thumb() ? 'thumb' : 'arm'] - this.rig.pc;
        continue;
      }
      if (base < 0 || base === 15) return false;
      if (got === LOST) {
        // A branch to what was loaded: let it load one of the slot's literals, last.
        if (tries > 6) return false;
        inputs[base] += this.#literal(i, planted) - this.#data.loaded;
      } else if (got.fault === FaultType.External) {
        const target = WINDOW + WINDOW_BYTES / 2 + ((random() & 0xfff) - 0x800);
        inputs[base] += target - got.address;
      } else if (got.fault === FaultType.Alignment) {
        const off = got.address & 3;
        inputs[base] -= off !== 0 ? off : got.address & 7;
      } else return false;
    }
    return false;
  }

  #literal(i: number, planted: Planted): number {
    const to = /^TB/.test(planted.row.name) ? 'table' : this.#random() & 1 ? 'thumb' : 'arm';
    return SLOTS + i * SLOT + LITERAL[to];
  }

  #usesStack(planted: Planted): boolean {
    return (planted.row.facts & (Fact.load | Fact.store)) !== 0;
  }

  /** Makes the register that an indirect branch goes to name one of the slot's pads. */
  #aimBranch(i: number, planted: Planted, inputs: Int32Array): void {
    const { operands } = predecode(this.#isa, planted.word);
    const to = this.#random() & 1 ? 'thumb' : 'arm';
    const target = SLOTS + i * SLOT + PAD[this.state][to] + (to === 'thumb' ? 1 : 0);
    const register = operands['m'];
    if (register !== undefined && register < 15) inputs[register] = target;
  }

  keep(): void {
    this.#data.keep();
  }
  rollBack(): void {
    this.#data.rollBack();
  }
}

interface Attempt {
  fault: number;
  address: number;
}
const DONE: Readonly<Attempt> = { fault: 0, address: 0 };
const LOST: Readonly<Attempt> = { fault: -1, address: 0 };
const attempt: Attempt = { fault: 0, address: 0 };

/** Thumb IT instruction for one instruction under `cond` (its mask is 1000). */
function itOne(cond: number): number {
  return 0xbf08 | (cond << 4);
}

/** Immediate fields of direct branches set so that they reach the pad or the dump: low bits chosen, the rest of the offset zero. */
function nearBranch(row: CompiledRow, random: RandomSource): Readonly<Record<string, number>> {
  const fields: Record<string, number> = {};
  for (const { name, width } of row.fields) if (/^imm|^i$/.test(name)) fields[name] = width <= 5 ? 0 : random() % 24;
  for (const name of ['S', 'imm10', 'imm10H', 'imm6', 'i', 'H']) fields[name] = 0;
  if (row.fields.some(({ name }) => name === 'J1')) {
    const far = row.fields.some(({ name }) => name === 'imm10' || name === 'imm10H');
    fields['J1'] = fields['J2'] = far ? 1 : 0;
  }
  if (row.fields.some(({ name }) => name === 'imm5')) fields['imm5'] = random() % 24;
  return fields;
}

/**
 * Runs at least `vectors` vectors.
 * @throws Error that names seed, words, disassembly and the first register that differs.
 */
export function fuzz(options: FuzzOptions): FuzzResult {
  const { seed, vectors, isa, rows, slots = 1024, rounds = 16 } = options;
  const random = seededRandom(seed);
  const harness = new Harness(isa, random);
  const byRow = new Map<string, number>();
  const reached = new Set<CompiledRow>();
  let done = 0;
  let next = 0;
  let failures = 0;
  while (done < vectors) {
    const block = new QemuBlock(harness.state, slots, rounds);
    for (let i = 0; i < block.window.length; i++) block.window[i] = random();
    harness.load(block);
    const planted: Planted[] = [];
    for (let i = 0; i < slots; i++) {
      let found: Planted | undefined;
      while (found === undefined) {
        const row = rows[next++ % rows.length];
        found = plant(harness, i, isa, row, random);
        failures = found === undefined ? failures + 1 : 0;
        if (failures > 50 * rows.length) throw new Error('no usable words');
        if (found !== undefined) reached.add(row);
      }
      planted.push(found);
      block.plant(i, found.word, found.length, found.it);
      byRow.set(rowLabel(found.row), (byRow.get(rowLabel(found.row)) ?? 0) + rounds);
    }
    // Loads from the text see what is planted: the reference's pass comes after all planting.
    harness.load(block);
    const expected = reference(harness, planted, rounds);
    compare(options, harness, planted, expected);
    done += slots * rounds;
  }
  const unreached = rows.filter((row) => !reached.has(row)).map(rowLabel);
  return { vectors: done, byRow, unreached };
}

function plant(harness: Harness, i: number, isa: Isa, row: CompiledRow, random: RandomSource): Planted | undefined {
  const direct = (row.facts & Fact.branch) !== 0 && (row.facts & Fact.indirect) === 0;
  const word = randomWord(row, random, direct ? { fields: nearBranch(row, random) } : {});
  if (word === undefined) return undefined;
  // A third of Thumb instructions stand in an IT block of their own, where that is allowed.
  const mayBeInIT = isa !== 'A32' && (row.facts & Fact.branch) === 0;
  const it = mayBeInIT && random() % 3 === 0 ? itOne(random() % 14) : undefined;
  const planted: Planted = { row, word, length: isa === 'T16' ? 2 : 4, it, safe: new Int32Array(16) };
  harness.block.plant(i, word, planted.length, it);
  harness.rig.bus.writeBlock(
    harness.block.instructionAddress(i) - 2,
    harness.block.text.subarray(
      harness.block.instructionAddress(i) - 2 - TEXT,
      harness.block.instructionAddress(i) + 4 - TEXT,
    ),
  );
  for (let tries = 0; tries < 4; tries++) {
    if (harness.findInputs(i, planted, harness.inputs)) {
      harness.rollBack();
      planted.safe.set(harness.inputs);
      return planted;
    }
    harness.rollBack();
  }
  return undefined;
}

/** The reference's pass, in the order in which the block executes: inputs into the block, outcomes into the result. */
function reference(harness: Harness, planted: readonly Planted[], rounds: number): Int32Array {
  const expected = new Int32Array(planted.length * rounds * 16);
  const { block, inputs } = harness;
  harness.rig.state[Word.EXCLUSIVE] = 0;
  for (let round = 0; round < rounds; round++) {
    planted.forEach((p, i) => {
      if (round === 0 || !harness.findInputs(i, p, inputs)) {
        harness.rollBack();
        inputs.set(p.safe);
        if (harness.execute(i, p, inputs) !== DONE)
          throw new Error(`${rowLabel(p.row)}: inputs that worked no longer do`);
      }
      harness.keep();
      block.setInput(round, i, inputs, inputs[15]);
      expected.set(harness.outputs, (round * planted.length + i) * 16);
    });
  }
  return expected;
}

const NAMES = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'flags'];

function compare(options: FuzzOptions, harness: Harness, planted: readonly Planted[], expected: Int32Array): void {
  const { block } = harness;
  const output = block.run();
  const got = new Int32Array(16);
  const rounds = expected.length / 16 / planted.length;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < planted.length; i++) {
      const index = round * planted.length + i;
      if (index >= output.count) {
        throw new Error(
          `qemu-arm ended (status ${output.status}) at ${describe(options, harness, planted[i], i, round)}`,
        );
      }
      output.read(round, i, got);
      got[15] &= FLAGS;
      if (explained(planted[i], got)) continue;
      for (let n = 0; n < 16; n++) {
        const ours = expected[index * 16 + n];
        if (ours === got[n]) continue;
        const both = `${NAMES[n]}: ours ${hex32(ours)}, qemu-arm ${hex32(got[n])}`;
        throw new Error(`${both}\n${describe(options, harness, planted[i], i, round)}`);
      }
    }
  }
  const ours = harness.window;
  for (let at = 0; at < WINDOW_BYTES; at++) {
    if (ours[at] === output.window[at]) continue;
    const bytes = `ours ${ours[at].toString(16)}, qemu-arm ${output.window[at].toString(16)}`;
    throw new Error(
      `memory at ${hex32(WINDOW + at)}: ${bytes} after block; seed ${options.seed}, ${options.isa}: ${writers(harness, planted, WINDOW + at)}`,
    );
  }
}

/** Differences that the manual allows. */
function explained(planted: Planted, got: Int32Array): boolean {
  // BXWritePC to an address with bits 1:0 = 10 is UNPREDICTABLE (A2.3.1): we go to the word there, qemu-arm takes an alignment fault.
  return (planted.row.facts & Fact.indirect) !== 0 && got[0] === (SIGNAL | SIGBUS);
}

/** Instructions that store at all, for a difference in memory: which of them it was, the next run with fewer rows tells. */
function writers(harness: Harness, planted: readonly Planted[], address: number): string {
  const rows = new Set(planted.filter((p) => (p.row.facts & Fact.store) !== 0).map((p) => rowLabel(p.row)));
  return `${[...rows].join('; ')} (slot records of ${harness.block.slots} slots, address ${hex32(address)})`;
}

function describe(options: FuzzOptions, harness: Harness, p: Planted, i: number, round: number): string {
  const digits = p.length === 2 ? 4 : 8;
  const word = (p.word >>> 0).toString(16).padStart(digits, '0');
  const inputs = new DataView(harness.block.data.buffer);
  const record = 0x10_0000 + (round * harness.block.slots + i) * 64;
  const thumb = harness.state === 'thumb';
  const names = thumb ? [...NAMES.slice(0, 13), 'lr', 'sp', 'flags'] : NAMES;
  const values = names.map((name, n) => `${name}=${hex32(inputs.getInt32(record + 4 * n, true))}`);
  return [
    `seed ${options.seed}, slot ${i}, round ${round}, at ${hex32(harness.block.instructionAddress(i))}`,
    `${p.row.isa} ${rowLabel(p.row)}: ${p.it === undefined ? '' : `(it ${(p.it >>> 4) & 15}) `}${word}  ${disassemble(p.word, p.length, thumb)}`,
    values.join(' '),
  ].join('\n');
}

/** The GNU disassembler's text of one word, or a note that it is not there. */
export function disassemble(word: number, length: 2 | 4, thumb: boolean): string {
  const file = path.join(os.tmpdir(), `trapline-word-${process.pid}.bin`);
  const bytes = new DataView(new ArrayBuffer(4));
  if (!thumb) bytes.setUint32(0, word >>> 0, true);
  else if (length === 2) bytes.setUint16(0, word & 0xffff, true);
  else {
    bytes.setUint16(0, word >>> 16, true);
    bytes.setUint16(2, word & 0xffff, true);
  }
  fs.writeFileSync(file, new Uint8Array(bytes.buffer, 0, length));
  try {
    const mode = thumb ? ['-M', 'force-thumb'] : [];
    const text = execFileSync('arm-none-eabi-objdump', ['-D', '-b', 'binary', '-m', 'arm', ...mode, file], {
      encoding: 'utf8',
    });
    return text.trim().split('\n').at(-1)!.split('\t').slice(2).join(' ');
  } catch {
    return '(no disassembler)';
  } finally {
    fs.rmSync(file);
  }
}

/** Sensitive, but in USR mode on both sides what its name says. */
const UNPRIVILEGED = /^(LDR|STR)(S?[BH])?T$/;

/** Why a row is left out of the comparison; undefined for the rows that take part. */
export function leftOut(row: CompiledRow): string | undefined {
  const has = (facts: number): boolean => (row.facts & facts) !== 0;
  if (row.operation === null) return 'recognised and Undefined here (VFP and Advanced SIMD exist on qemu-arm)';
  if (has(Fact.exceptionCall)) return 'generates an exception, which is a signal or a system call there';
  if (has(Fact.sensitive | Fact.privileged) && !UNPRIVILEGED.test(row.name)) {
    return 'system instruction: behaves by privilege, see the processor tests';
  }
  if (/^(SETEND|WFI|WFE|IT)$/.test(row.name)) return 'changes byte order, waits, or is a block of its own';
  if (has(Fact.indirect) && / \(literal\)/.test(row.name)) return 'branches to a literal far away';
  return undefined;
}

/** The rows of an instruction set that can be compared. */
export function comparableRows(isa: Isa, filter: (row: CompiledRow) => boolean = () => true): CompiledRow[] {
  return table.filter((row) => row.isa === isa && leftOut(row) === undefined && filter(row));
}
