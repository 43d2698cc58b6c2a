/**
 * MRC, MCR, MRRC and MCRR as the processor serves them: finds the row of isa/sysreg.ts, checks the rights of the current privilege level,
 * and reads or writes. What a register does beyond keeping a value is in the files sysreg-*.ts, by group.
 */
import {
  Cp15,
  CNTKCTL_PL0PCTEN,
  CNTKCTL_PL0PTEN,
  CNTKCTL_PL0VCTEN,
  CNTKCTL_PL0VTEN,
  PMUSERENR_EN,
} from '../arm/cp15.js';
import { DBGDSCR_UDCCdis } from '../arm/debug-registers.js';
import { Exception } from '../arm/exceptions.js';
import { Word } from '../arm/state.js';
import {
  hasRegister,
  sysregIndex,
  systemRegisters,
  type SysregAccess,
  type SysregControl,
  type SystemRegister,
} from '../isa/sysreg.js';
import { assert } from '../util/assert.js';
import type { Core } from './core.js';
import type { ExceptionUnit } from './exceptions.js';
import type { CpuModel } from './models.js';

/** What a register does when it is accessed; what is left out follows from the row's kind. Words are i32. */
export interface RegisterBehaviour {
  readonly read?: () => number;
  readonly write?: (value: number) => void;
  readonly read64?: (out: DoubleWord) => void;
  readonly write64?: (low: number, high: number) => void;
}

/** Behaviours by register name. */
export type Behaviours = Readonly<Record<string, RegisterBehaviour>>;

/** A 64-bit value as two i32 words. */
export interface DoubleWord {
  low: number;
  high: number;
}

interface Entry {
  readonly row: SystemRegister;
  readonly read: () => number;
  readonly write: (value: number) => void;
  readonly read64: (out: DoubleWord) => void;
  readonly write64: (low: number, high: number) => void;
  /** Where reads and writes have no behaviour: the index of the word in the state block that they access, or the value that is always read. */
  readonly readWord?: number;
  readonly writeWord?: number;
  readonly constant?: number;
}

/** What an access to a register comes to, if it is no more than this: a word of the state block, a value that is read, or no effect at all. */
export interface Storage {
  readonly word?: number;
  readonly value?: number;
  readonly nothing?: boolean;
}

const NO_STORAGE: Storage = {};

const TEECR_XED = 1 << 0;
/** User mode may reach the ARM1176's performance monitor (DDI 0301H 3.2.50). */
const SUNAVCR_V = 1 << 0;

function key32(coproc: number, opc1: number, CRn: number, CRm: number, opc2: number): number {
  return (coproc << 14) | (opc1 << 11) | (CRn << 7) | (CRm << 3) | opc2;
}

function key64(coproc: number, opc1: number, CRm: number): number {
  return (1 << 18) | (coproc << 8) | (opc1 << 4) | CRm;
}

const ignoreWrite = (): void => {};
/** Of an operation on what does not exist here: PL1 may execute it, and that is all. */
export const NO_EFFECT: RegisterBehaviour = { write: ignoreWrite, write64: ignoreWrite };
const notThisWidth = (): never => {
  throw new Error('a system register row of one width was accessed with the other');
};

/** The operands of MRC and MCR, or of MRRC and MCRR: these have `t2`, and no CRn and opc2. */
export interface SystemTransfer {
  readonly coproc: number;
  readonly opc1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly opc2: number;
  readonly write: boolean;
  readonly t: number;
  readonly t2: number | undefined;
}

/** Whether an access is more than one to a word or a constant. Of operations some take exceptions: they are not meant. */
function hasEffect({ row, readWord, writeWord }: Entry, write: boolean): boolean {
  return row.kind === 'computed' || (row.kind === 'storage' && (write ? writeWord : readWord) === undefined);
}

function permits(access: SysregAccess, write: boolean): boolean {
  return access === 'RW' || access === (write ? 'WO' : 'RO');
}

export class SystemRegisters {
  readonly #core: Core;
  readonly #state: Int32Array;
  readonly #exceptions: ExceptionUnit;
  readonly #model: CpuModel;
  readonly #entries = new Map<number, Entry>();
  readonly #out: DoubleWord = { low: 0, high: 0 };

  /**
   * @param behaviours of every `computed` and `operation` row that this processor offers; a row without is Undefined
   * @param lacks whether this processor does not have a register, whatever its row says
   */
  constructor(
    core: Core,
    exceptions: ExceptionUnit,
    model: CpuModel,
    behaviours: Behaviours,
    lacks: (row: SystemRegister) => boolean = () => false,
  ) {
    this.#core = core;
    this.#state = core.state;
    this.#exceptions = exceptions;
    this.#model = model;
    for (const name of Object.keys(behaviours)) {
      assert(
        systemRegisters.some((row) => row.name === name),
        `behaviour of an unknown system register '${name}'`,
      );
    }
    for (const row of systemRegisters) {
      const entry = lacks(row) || !hasRegister(model, row) ? undefined : this.#entry(row, behaviours[row.name]);
      if (entry === undefined) continue;
      const key =
        row.width === 64
          ? key64(row.coproc, row.opc1, row.CRm)
          : key32(row.coproc, row.opc1, row.CRn, row.CRm, row.opc2);
      this.#entries.set(key, entry);
    }
  }

  /** The value that a register of this model has after reset, u32. */
  resetValue(row: SystemRegister): number {
    if (row.reset !== 'model') return row.reset;
    const value = this.#model.registers[row.name];
    assert(value !== undefined, `model ${this.#model.name} lacks a value for ${row.name}`);
    return value;
  }

  /** Sets every stored register to its reset value. */
  reset(): void {
    for (const row of systemRegisters) {
      if (row.words === 0) continue;
      const word = Word.CP15 + sysregIndex(row.name);
      this.#state.fill(0, word, word + row.words);
      if (hasRegister(this.#model, row)) this.#state[word] = this.resetValue(row);
    }
  }

  #entry(row: SystemRegister, behaviour: RegisterBehaviour | undefined): Entry | undefined {
    if (row.kind === 'absent') return undefined;
    const state = this.#state;
    if (row.kind === 'constant') {
      const value = this.resetValue(row) | 0;
      return {
        row,
        read: () => value,
        write: ignoreWrite,
        read64: (out) => {
          out.low = value;
          out.high = 0;
        },
        write64: ignoreWrite,
        constant: value,
      };
    }
    if (row.kind !== 'storage') {
      if (behaviour === undefined) return undefined;
      const { read = notThisWidth, write = notThisWidth, read64 = notThisWidth, write64 = notThisWidth } = behaviour;
      return { row, read, write, read64, write64 };
    }
    const word = Word.CP15 + sysregIndex(row.name);
    return {
      row,
      readWord: behaviour?.read === undefined ? word : undefined,
      writeWord: behaviour?.write === undefined ? word : undefined,
      read: behaviour?.read ?? (() => state[word]),
      write:
        behaviour?.write ??
        ((value) => {
          state[word] = value;
        }),
      read64:
        behaviour?.read64 ??
        ((out) => {
          out.low = state[word];
          out.high = state[word + 1];
        }),
      write64:
        behaviour?.write64 ??
        ((low, high) => {
          state[word] = low;
          state[word + 1] = high;
        }),
    };
  }

  // ---- accesses by instructions; they raise Undefined where the register or the right is missing

  read(coproc: number, opc1: number, CRn: number, CRm: number, opc2: number): number {
    return this.#allowed(key32(coproc, opc1, CRn, CRm, opc2), false).read() | 0;
  }

  write(coproc: number, opc1: number, CRn: number, CRm: number, opc2: number, value: number): void {
    this.#allowed(key32(coproc, opc1, CRn, CRm, opc2), true).write(value | 0);
  }

  /** The result is one reused object. */
  read64(coproc: number, opc1: number, CRm: number): DoubleWord {
    this.#allowed(key64(coproc, opc1, CRm), false).read64(this.#out);
    return this.#out;
  }

  write64(coproc: number, opc1: number, CRm: number, low: number, high: number): void {
    this.#allowed(key64(coproc, opc1, CRm), true).write64(low | 0, high | 0);
  }

  #allowed(key: number, write: boolean): Entry {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#mayAccess(entry.row, write)) return this.#exceptions.raise(Exception.Undefined);
    return entry;
  }

  #mayAccess(row: SystemRegister, write: boolean): boolean {
    if (this.#core.privileged()) return permits(row.PL1, write);
    return permits(row.PL0, write) && (row.PL0control === undefined || this.#controlAllows(row.PL0control));
  }

  #controlAllows(control: SysregControl): boolean {
    const state = this.#state;
    switch (control) {
      case 'PMUSERENR':
        return (state[Cp15.PMUSERENR] & PMUSERENR_EN) !== 0;
      case 'CNTKCTL.PL0PCTEN':
        return (state[Cp15.CNTKCTL] & CNTKCTL_PL0PCTEN) !== 0;
      case 'CNTKCTL.PL0VCTEN':
        return (state[Cp15.CNTKCTL] & CNTKCTL_PL0VCTEN) !== 0;
      case 'CNTKCTL.PL0xCTEN':
        return (state[Cp15.CNTKCTL] & (CNTKCTL_PL0PCTEN | CNTKCTL_PL0VCTEN)) !== 0;
      case 'CNTKCTL.PL0PTEN':
        return (state[Cp15.CNTKCTL] & CNTKCTL_PL0PTEN) !== 0;
      case 'CNTKCTL.PL0VTEN':
        return (state[Cp15.CNTKCTL] & CNTKCTL_PL0VTEN) !== 0;
      case 'TEECR':
        return (state[Cp15.TEECR] & TEECR_XED) === 0;
      case 'DBGDSCR':
        return (state[Cp15.DBGDSCR] & DBGDSCR_UDCCdis) === 0;
      case 'SUNAVCR':
        return (state[Cp15.SUNAVCR] & SUNAVCR_V) !== 0;
    }
  }

  /** What an access by PL1 comes to that has no effect beside a word or a value. */
  storageOf(coproc: number, opc1: number, CRn: number, CRm: number, opc2: number, write: boolean): Storage {
    const entry = this.#entries.get(key32(coproc, opc1, CRn, CRm, opc2));
    if (entry === undefined || !permits(entry.row.PL1, write)) return NO_STORAGE;
    return write
      ? { word: entry.writeWord, nothing: entry.write === ignoreWrite }
      : { word: entry.readWord, value: entry.constant };
  }

  /**
   * What a transfer between PL1's registers, which lie one behind the other from R0 on, and a system register comes to that has an effect, or computes what is
   * read, and takes no exception; undefined of all others.
   */
  transferOf(transfer: SystemTransfer): ((registers: Int32Array) => void) | undefined {
    const { coproc, opc1, CRn, CRm, opc2, write, t, t2 } = transfer;
    const wide = t2 !== undefined;
    const entry = this.#entries.get(wide ? key64(coproc, opc1, CRm) : key32(coproc, opc1, CRn, CRm, opc2));
    if (entry === undefined || !permits(entry.row.PL1, write) || !hasEffect(entry, write)) return undefined;
    const { read, read64, write64 } = entry;
    if (!wide)
      return write
        ? (registers) => entry.write(registers[t])
        : (registers) => {
            registers[t] = read();
          };
    if (write) return (registers) => write64(registers[t], registers[t2]);
    const out = this.#out;
    return (registers) => {
      read64(out);
      registers[t] = out.low;
      registers[t2] = out.high;
    };
  }

  // ---- accesses by names, without rights: for debuggers and monitors

  /** Whether this processor has a register. */
  has(row: SystemRegister): boolean {
    return this.#entryOf(row)?.row === row;
  }

  /** Reads a register by its row: what PL1 would read, low word first. A write-only one reads as zero. */
  peek(row: SystemRegister, out: DoubleWord): void {
    out.low = 0;
    out.high = 0;
    const entry = this.#entryOf(row);
    if (entry === undefined || !permits(row.PL1, false)) return;
    if (row.width === 64) entry.read64(out);
    else out.low = entry.read();
  }

  /** Writes a register by its row as PL1 would, side effects included. Returns false if PL1 may not write it. */
  poke(row: SystemRegister, low: number, high: number): boolean {
    const entry = this.#entryOf(row);
    if (entry === undefined || !permits(row.PL1, true)) return false;
    if (row.width === 64) entry.write64(low | 0, high | 0);
    else entry.write(low | 0);
    return true;
  }

  #entryOf(row: SystemRegister): Entry | undefined {
    const key =
      row.width === 64 ? key64(row.coproc, row.opc1, row.CRm) : key32(row.coproc, row.opc1, row.CRn, row.CRm, row.opc2);
    const entry = this.#entries.get(key);
    return entry?.row === row ? entry : undefined;
  }
}
