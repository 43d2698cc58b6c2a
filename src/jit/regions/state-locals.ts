/**
 * The part of the state that a region has in locals: how general registers, flags and the attempts that are left get there from the state block, and back.
 * Does not know when.
 */
import { Word } from '../../arm/state.js';
import { stateAddress } from '../emitter.js';
import { Scratch } from '../scratch.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import type { Flow } from './flow.js';
import { Local, REGISTERS } from './locals.js';
import { Flag } from './traits.js';

const FLAG_WORDS = [
  [Flag.N, Local.N, Word.NF],
  [Flag.Z, Local.Z, Word.ZF],
  [Flag.C, Local.C, Word.CF],
  [Flag.V, Local.V, Word.VF],
] as const;

export class StateLocals {
  /**
   * @param flow what it reads and writes
   * @param resident registers (bits) that stay in the state block: their locals hold them where they have been loaded or written, and each write
   *   goes to both
   */
  constructor(
    private readonly code: CodeWriter,
    private readonly flow: Pick<Flow, 'reads' | 'flags' | 'flagsWritten'>,
    private readonly thumb: number,
    readonly resident = 0,
  ) {}

  /** The flags that the region writes, as bits. */
  get flagsWritten(): number {
    return this.flow.flagsWritten;
  }

  /** Loads registers (bits): else those that the region reads or writes, and that do not stay in the state block. */
  loadRegisters(registers = this.flow.reads & ~this.resident): void {
    const code = this.code;
    for (let n = 0; n < REGISTERS; n++) {
      if (((registers >>> n) & 1) === 0) continue;
      code.loadWord(stateAddress(Word.R + n));
      code.set(Local.R + n);
    }
  }

  loadFlags(): void {
    const code = this.code;
    for (const [flag, local, word] of FLAG_WORDS) {
      if ((this.flow.flags & flag) === 0) continue;
      code.loadWord(stateAddress(word));
      code.set(local);
    }
  }

  /** Stores registers (bits) that were written. */
  storeRegisters(registers: number): void {
    for (let n = 0; n < REGISTERS; n++) if (((registers & ~this.resident) >>> n) & 1) this.#storeRegister(n);
  }

  /** To be called when the local of a register has been set. */
  wrote(n: number): void {
    if (((this.resident >>> n) & 1) === 1) this.#storeRegister(n);
  }

  #storeRegister(n: number): void {
    this.code.storeWord(stateAddress(Word.R + n), () => this.code.get(Local.R + n));
  }

  /** Stores flags (bits) from their locals. */
  storeFlags(flags = this.flow.flagsWritten): void {
    const code = this.code;
    for (const [flag, local, word] of FLAG_WORDS) {
      if ((flags & flag) !== 0) code.storeWord(stateAddress(word), () => code.get(local));
    }
  }

  /** The attempts that are left are in a local, and in Scratch.LEFT while others count. */
  loadCount(): void {
    this.code.loadWord(Scratch.LEFT);
    this.code.set(Local.count);
  }

  /** @param ahead instructions of the present block that are charged, and not executed by now */
  storeCount(ahead: number): void {
    const code = this.code;
    code.storeWord(Scratch.LEFT, () => {
      code.get(Local.count);
      if (ahead > 0) {
        code.const(ahead);
        code.op(Op.i32_add);
      }
    });
  }

  addToCount(amount: number): void {
    if (amount === 0) return;
    const code = this.code;
    code.get(Local.count);
    code.const(amount);
    code.op(Op.i32_add);
    code.set(Local.count);
  }

  storeConstant(word: number, value: number): void {
    this.code.storeWord(stateAddress(word), () => this.code.const(value));
  }

  /** To Thumb state, or from it: the key of code is another then, too. */
  exchangeState(): void {
    const code = this.code;
    this.storeConstant(Word.T, 1 - this.thumb);
    code.storeWord(stateAddress(Word.CODE_KEY), () => {
      code.loadWord(stateAddress(Word.CODE_KEY));
      code.const(2);
      code.op(Op.i32_xor);
    });
  }
}
