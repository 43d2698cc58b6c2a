/**
 * This project's side of a block of sequences: a processor in user mode with flat memory, floating point enabled, that runs the block's program
 * by tier 0 as `qemu-arm` runs it; or runs one sequence by the reference, instruction by instruction, with its accesses held to the slot's window.
 */
import { Stop } from '../../src/arm/engine.js';
import {
  Disposition,
  Exception,
  FaultType,
  type DispositionKind,
  type PendingException,
} from '../../src/arm/exceptions.js';
import { FPEXC_EN, fpFast } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { spreadFlags } from '../../src/arm/psr.js';
import { Word } from '../../src/arm/state.js';
import { Cp15 } from '../../src/arm/cp15.js';
import type { CpuModel } from '../../src/cpu/models.js';
import type { DataAccess } from '../../src/mem/data-access.js';
import { Rig } from '../jit/rig.js';
import {
  EXIT,
  Field,
  MEMORY_END,
  PAD,
  PAD_ADDS,
  POOL_END,
  RECORD_BYTES,
  RECORD_WORDS,
  SEQUENCE,
  SIGBUS,
  SIGILL,
  SIGNAL,
  SIGSEGV,
  slotAddress,
  SLOT_BYTES,
  SLOTS,
  TEXT,
  VARS,
  WINDOW_BYTES,
  windowAddress,
  WINDOWS,
  type BlockOutput,
  type SequenceBlock,
} from './sequence-block.js';

const RAM = 0x4000_0000;

/** The flags that USR mode can set: N, Z, C, V, Q, GE. */
export const FLAGS = 0xf80f_0000 | 0;

const SCTLR_U = 1 << 22;

/** A machine in user mode, MMU off, coprocessors 10 and 11 accessible. */
export function userRig(model: CpuModel, ramBytes: number): Rig {
  const rig = new Rig(ramBytes, model);
  rig.state[Cp15.CPACR] = 0x00f0_0000;
  // Linux has unaligned accesses where a model offers the choice.
  rig.state[Cp15.SCTLR] |= SCTLR_U;
  rig.state[Word.FPEXC] = FPEXC_EN;
  rig.processor.setCpsr(Mode.usr);
  rig.processor.commit();
  return rig;
}

/** Holds a processor's data memory to one slot's window, and for loads to its dump and what lies behind it; with undo. */
class ConfinedData {
  readonly #data: DataAccess;
  readonly #ram: Uint8Array;
  readonly #undo: number[] = [];
  #window = 0;
  #slot = 0;
  /** Address of the latest load. */
  loaded = 0;

  constructor(data: DataAccess, ram: Uint8Array) {
    this.#data = data;
    this.#ram = ram;
    const load = data.load.bind(data);
    const store = data.store.bind(data);
    data.load = (va, size, flags) => {
      this.loaded = va >>> 0;
      return this.#refused(va, size, false) ? 0 : load(va, size, flags);
    };
    data.store = (va, size, value, flags) => {
      if (this.#refused(va, size, true)) return;
      const at = (va >>> 0) - RAM;
      for (let i = 0; i < size; i++) this.#undo.push(at + i, ram[at + i]);
      store(va, size, value, flags);
    };
  }

  open(slot: number): void {
    this.#window = windowAddress(slot);
    this.#slot = slotAddress(slot);
  }

  holds(address: number): boolean {
    return address >= this.#window + 256 && address < this.#window + WINDOW_BYTES - 256;
  }

  #refused(va: number, size: number, write: boolean): boolean {
    const { fault } = this.#data;
    fault.type = FaultType.None;
    const at = va >>> 0;
    if (at >= this.#window && at + size <= this.#window + WINDOW_BYTES) return false;
    if (!write && at >= this.#slot + EXIT.arm && at + size <= this.#slot + POOL_END) return false;
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
      this.#ram[this.#undo.pop()!] = byte;
    }
  }
}

/** One planted instruction. */
export interface Planted {
  readonly word: number;
  readonly length: 2 | 4;
  readonly address: number;
}

/** How a sequence went: to its end, into an UNDEFINED instruction, to a refused access, or out of the slot. */
export type Ending = 'end' | 'undefined' | 'fault' | 'lost';

export class SequenceReference {
  readonly rig: Rig;
  readonly #data: ConfinedData;
  /** What the latest instruction took, if it did not complete. */
  #taken: PendingException | undefined;
  /** After 'fault' and 'lost': which instruction it was; its access, if it was one. */
  readonly stop = { index: 0, fault: 0, address: 0, pc: 0 };
  /** Instructions executed by the latest {@link run}. */
  executed = 0;

  constructor(model: CpuModel) {
    this.rig = userRig(model, MEMORY_END - RAM);
    this.#data = new ConfinedData(this.rig.processor.data, this.rig.ram);
    this.rig.processor.trapHandler = {
      take: (exception) => {
        this.#taken = exception;
        return Disposition.Resume;
      },
    };
  }

  /** Gives it a block's text and windows; slot by slot follow. */
  load(block: SequenceBlock): void {
    this.rig.bus.writeBlock(TEXT, block.text);
    this.rig.bus.writeBlock(
      WINDOWS,
      block.data.subarray(WINDOWS - VARS, WINDOWS - VARS + block.shape.slots * WINDOW_BYTES),
    );
  }

  /** Memory as it is now, from an address on. */
  memory(address: number, length: number): Uint8Array {
    return this.rig.ram.subarray(address - RAM, address - RAM + length);
  }

  /** Registers and flags from a record's words; PC at the start of slot `i`'s sequence. */
  begin(i: number, input: Int32Array, thumb: boolean): void {
    const { state, processor } = this.rig;
    this.#data.open(i);
    for (let n = 0; n < 15; n++) state[n] = input[n];
    spreadFlags(state, input[Field.APSR], FLAGS);
    state[Word.FPSCR] = input[Field.FPSCR];
    state[Word.FP_FAST] = fpFast(input[Field.FPSCR]);
    for (let n = 0; n < 64; n++) state[Word.V + n] = input[Field.D + n];
    state[Word.PC] = slotAddress(i) + SEQUENCE;
    state[Word.EXCLUSIVE] = 0;
    state[Word.ITSTATE] = 0;
    if (state[Word.T] !== (thumb ? 1 : 0)) processor.setCpsr(Mode.usr | (thumb ? Psr.T : 0) | input[Field.APSR]);
  }

  get pc(): number {
    return this.rig.state[Word.PC] >>> 0;
  }

  /** Address of the latest load. */
  get loaded(): number {
    return this.#data.loaded;
  }

  get thumb(): boolean {
    return this.rig.state[Word.T] !== 0;
  }

  /** Whether an address lies well inside the window of the slot at hand. */
  inWindow(address: number): boolean {
    return this.#data.holds(address >>> 0);
  }

  /** Executes from PC on in slot `i` until the sequence of `planted` ends, at least `from` on. */
  run(i: number, planted: readonly Planted[], from = 0): Ending {
    const { state, processor } = this.rig;
    const slot = slotAddress(i);
    let index = from;
    const thumb = state[Word.T];
    this.executed = 0;
    for (;;) {
      const pc = state[Word.PC];
      while (index < planted.length && planted[index].address < pc) index++;
      if (index >= planted.length || planted[index].address !== pc || state[Word.T] !== thumb) {
        if (state[Word.T] === thumb && planted.length > 0) {
          const last = planted[planted.length - 1];
          if (pc === last.address + last.length)
            return (state[Word.ITSTATE] & 15) === 0 ? 'end' : this.#stop('lost', index - 1, 0, pc);
        }
        return this.#land(slot, pc, thumb) ? 'end' : this.#stop('lost', Math.max(0, index - 1), 0, pc);
      }
      this.#taken = undefined;
      processor.executeFetched(planted[index].word, planted[index].length);
      this.executed++;
      const exception = this.#taken as PendingException | undefined;
      if (exception !== undefined) {
        if (exception.kind === Exception.Undefined) return this.#stop('undefined', index, 0, pc);
        const fault = exception.kind === Exception.DataAbort ? exception.fault : -1;
        return this.#stop('fault', index, fault, exception.address);
      }
      if (state[Word.PC] <= pc) return this.#stop('lost', index, 0, state[Word.PC]);
    }
  }

  #stop(ending: Ending, index: number, fault: number, address: number): Ending {
    Object.assign(this.stop, { index, fault, address, pc: this.rig.state[Word.PC] });
    return ending;
  }

  /** After a branch out of the sequence: does what stands at the branch targets. */
  #land(slot: number, pc: number, thumb: number): boolean {
    const { state } = this.rig;
    const to = state[Word.T] !== 0 ? 'thumb' : 'arm';
    if (pc === slot + PAD[to]) state[13] += PAD_ADDS[to];
    else if (pc !== slot + EXIT[to] || state[Word.T] !== thumb) return false;
    return true;
  }

  /** The record that the sequence leaves. */
  read(ending: Ending, out: Int32Array): void {
    const { state } = this.rig;
    for (let n = 0; n < 15; n++) out[n] = state[n];
    out[Field.APSR] = this.rig.processor.readCpsr() & FLAGS;
    out[Field.FPSCR] = state[Word.FPSCR];
    out[Field.STATUS] = ending === 'undefined' ? SIGNAL | SIGILL : 0;
    out[Field.FAULT_PC] = ending === 'undefined' ? this.stop.pc : 0;
    for (let n = 0; n < 64; n++) out[Field.D + n] = state[Word.V + n];
  }

  keep(): void {
    this.#data.keep();
  }
  rollBack(): void {
    this.#data.rollBack();
  }
}

const SIGNAL_OF: Readonly<Record<number, number>> = {
  [Exception.Undefined]: SIGILL,
  [Exception.PrefetchAbort]: SIGSEGV,
  [Exception.DataAbort]: SIGSEGV,
};

/** Runs whole blocks by tier 0. */
export class SequenceEngine {
  readonly rig: Rig;
  #ended = '';

  constructor(model: CpuModel) {
    this.rig = userRig(model, MEMORY_END - RAM);
    this.rig.processor.trapHandler = { take: (exception) => this.#take(exception) };
  }

  #take(exception: PendingException): DispositionKind {
    const { state, processor } = this.rig;
    if (exception.kind === Exception.SupervisorCall) {
      if (state[7] === 248) {
        this.#ended = state[0] === 0 ? 'end' : `exit status ${state[0]}`;
        processor.requestStop();
      }
      state[0] = state[7] === 4 ? state[2] : 0;
      state[Word.PC] = exception.pc + 4;
      return Disposition.Resume;
    }
    const slot = exception.pc & -SLOT_BYTES;
    const signal = exception.fault === FaultType.Alignment ? SIGBUS : SIGNAL_OF[exception.kind];
    if (signal === undefined || exception.pc < SLOTS || exception.pc >= VARS) {
      this.#ended = `exception ${exception.kind} at ${exception.pc.toString(16)}`;
      processor.requestStop();
      return Disposition.Resume;
    }
    const record = this.rig.bus.read(VARS, 4) - RECORD_BYTES;
    this.rig.words(record + 4 * Field.STATUS, SIGNAL | signal, exception.pc);
    state[Word.PC] = slot + EXIT.arm;
    state[Word.ITSTATE] = 0;
    processor.setCpsr(processor.readCpsr() & ~(Psr.T | 0x0600_fc00));
    return Disposition.Resume;
  }

  /** Runs a block. The memory that it gives is overwritten by the next run. */
  run(block: SequenceBlock): BlockOutput {
    const { rig } = this;
    rig.bus.writeBlock(TEXT, block.text);
    rig.bus.writeBlock(VARS, block.data);
    rig.interpreter.invalidateAllCode();
    rig.jump(TEXT);
    this.#ended = '';
    while (this.#ended === '') {
      const stop = rig.interpreter.run(1 << 28, false);
      if (stop !== Stop.Host && stop !== Stop.Attention) this.#ended = `stop ${stop}`;
    }
    const bytes = rig.ram.subarray(WINDOWS - RAM, VARS - RAM + block.data.length);
    return { bytes, ended: this.#ended === 'end' ? undefined : `tier 0 ended the block by ${this.#ended}` };
  }
}

const FIELD_NAMES: readonly string[] = [
  ...Array.from({ length: 13 }, (_, n) => `r${n}`),
  ...['sp', 'lr', 'flags', 'fpscr', 'signal', 'at', ''],
  ...Array.from({ length: 64 }, (_, n) => `d${n >> 1}${n & 1 ? ' high' : ' low'}`),
];

/** The words of two records that differ, in words; empty if none does. */
export function recordDifferences(ours: Int32Array, theirs: Int32Array, who: string): string[] {
  const lines: string[] = [];
  for (let n = 0; n < RECORD_WORDS; n++) {
    const mask = n === Field.APSR ? FLAGS : -1;
    if (((ours[n] ^ theirs[n]) & mask) === 0) continue;
    const hex = (word: number): string => ((word & mask) >>> 0).toString(16).padStart(8, '0');
    lines.push(`${FIELD_NAMES[n]}: the reference has ${hex(ours[n])}, ${who} ${hex(theirs[n])}`);
  }
  return lines;
}

/** The reference and tier 0 of one model: made once, used for many blocks. */
export class Contestants {
  readonly reference: SequenceReference;
  readonly engine: SequenceEngine;

  constructor(readonly model: CpuModel) {
    this.reference = new SequenceReference(model);
    this.engine = new SequenceEngine(model);
  }
}
