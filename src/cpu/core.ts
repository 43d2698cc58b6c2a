/**
 * What the parts of the processor share: the state block, the course of the current instruction, the interrupt lines, and the words that
 * follow from mode and settings (TLB bank, code key, attention). Owns register banking (DDI 0406C B1.3.2). Knows no instruction.
 */
import { Attempt, type AttemptKind } from '../arm/coverage.js';
import { FPSCR_BITS, fpAccess, fpFast } from '../arm/fpscr.js';
import { Bank, Attention, VECTOR_WORDS, Word } from '../arm/state.js';
import { bankOf, Mode, Psr } from '../arm/modes.js';
import { assert } from '../util/assert.js';

const R8_usr = Word.BANK + Bank.R8_usr;
const R8_fiq = Word.BANK + Bank.R8_fiq;

/** Word index of R13 in a bank; R14 follows. */
function r13Word(bank: number): number {
  return Word.BANK + Bank.R13 + 2 * bank;
}

function spsrWord(bank: number): number {
  return Word.BANK + Bank.SPSR + bank;
}

export class Core {
  // ---- the current instruction
  /** True while an operation runs: branches then go to `next`; otherwise (trap handlers, debuggers) straight to PC. */
  executing = false;
  /** Where execution goes on after the current instruction, u32. */
  next = 0;
  /** Address of the instruction behind the current one in memory, u32. */
  following = 0;
  /** The current word as fetched, and its length in bytes. */
  word = 0;
  length = 0;
  /** The operation wrote ITSTATE: it is not to be advanced. */
  itstateWritten = false;
  /** What became of the instruction that was stepped last. */
  attempt: AttemptKind = Attempt.none;

  // ---- floating point
  /** Bits of FPSCR that can be written. */
  fpscrBits = FPSCR_BITS;
  /** Data processing on short vectors is there; otherwise it is Undefined. */
  shortVectors = false;
  /** D16 to D31 are there. */
  hasD32 = true;

  // ---- waiting
  /** WFI or WFE executed, and nothing has woken the processor yet. */
  waiting: 'no' | 'interrupt' | 'event' = 'no';
  /** The Event Register (B1.8.13). */
  eventRegister = false;

  /**
   * @param select brings TLB_BANK and CODE_KEY in line with mode, state, endianness, domains and fetch context (Mmu.select).
   * @param vectors the vector block, from Word.V on: the state block's own, or that of a processor with which it is shared
   */
  constructor(
    readonly state: Int32Array,
    readonly select: () => void,
    readonly vectors: Int32Array = state.subarray(Word.V, Word.V + VECTOR_WORDS),
  ) {}

  // ---- modes and registers

  mode(): number {
    return this.state[Word.PSR] & Psr.M;
  }

  /** CurrentModeIsNotUser(). */
  privileged(): boolean {
    return (this.state[Word.PSR] & Psr.M) !== Mode.usr;
  }

  thumb(): boolean {
    return this.state[Word.T] !== 0;
  }

  /** Sets CPSR.M and exchanges the banked registers. `mode` is one that this processor has. */
  switchMode(mode: number): void {
    const { state } = this;
    const from = bankOf(this.mode());
    const to = bankOf(mode);
    assert(to >= 0, 'a reserved mode number');
    state[Word.PSR] = (state[Word.PSR] & ~Psr.M) | mode;
    if (from !== to) {
      state[r13Word(from)] = state[13];
      state[r13Word(from) + 1] = state[14];
      state[13] = state[r13Word(to)];
      state[14] = state[r13Word(to) + 1];
      if (from === FIQ_BANK) this.#exchangeHigh(R8_fiq, R8_usr);
      else if (to === FIQ_BANK) this.#exchangeHigh(R8_usr, R8_fiq);
    }
    this.updateContext();
  }

  #exchangeHigh(save: number, load: number): void {
    const { state } = this;
    for (let n = 0; n < 5; n++) {
      state[save + n] = state[8 + n];
      state[8 + n] = state[load + n];
    }
  }

  /** Where Rmode[n, mode] is kept now (B1.3.2, RBankSelect and LookUpRName): an index into the state block. `n` < 15. */
  bankedWord(n: number, mode: number): number {
    const bank = bankOf(mode);
    const current = bankOf(this.mode());
    assert(bank >= 0, 'a reserved mode number');
    if (n < 8 || bank === current) return n;
    if (n >= 13) return r13Word(bank) + n - 13;
    if (bank === FIQ_BANK) return R8_fiq + n - 8;
    return current === FIQ_BANK ? R8_usr + n - 8 : n;
  }

  /** Where the SPSR of a mode is kept: an index into the state block. */
  spsrWord(mode: number): number {
    return spsrWord(bankOf(mode));
  }

  // ---- what follows from mode and settings

  /**
   * Brings the words that engines go by in line with mode, state, endianness, domains, fetch context, CPACR and FPEXC, tells the engine where they
   * changed, and asks it to leave if an interrupt has become possible. To be called after any change of those.
   */
  updateContext(): void {
    const { state } = this;
    const bank = state[Word.TLB_BANK];
    const key = state[Word.CODE_KEY];
    this.select();
    state[Word.FP_ACCESS] = fpAccess(state, this.vectors[Word.FPSCR - Word.V], this.hasD32);
    if (state[Word.TLB_BANK] !== bank || ((state[Word.CODE_KEY] ^ key) & ~THUMB_KEY) !== 0) this.contextChanged();
    this.noticeInterrupts();
  }

  /** Asks the engine to leave after the current instruction. */
  leave(): void {
    this.state[Word.ATTENTION] |= Attention.leave;
  }

  /** Tells the engine that what it keeps of bank, key and code page may no longer be right. */
  contextChanged(): void {
    this.state[Word.ATTENTION] |= Attention.context;
  }

  /** Sets CPSR.T alone, as interworking branches do. Leaving Thumb state ends an IT block. */
  setThumb(thumb: boolean): void {
    const { state } = this;
    state[Word.T] = thumb ? 1 : 0;
    state[Word.CODE_KEY] = thumb ? state[Word.CODE_KEY] | THUMB_KEY : state[Word.CODE_KEY] & ~THUMB_KEY;
    if (!thumb) state[Word.ITSTATE] = 0;
  }

  /** FPSCR = value, and what follows from it. */
  setFPSCR(value: number): void {
    const { state, vectors } = this;
    vectors[Word.FPSCR - Word.V] = value;
    vectors[Word.FP_FAST - Word.V] = fpFast(value);
    state[Word.FP_ACCESS] = fpAccess(state, value, this.hasD32);
  }

  // ---- interrupts

  get irqLine(): boolean {
    return (this.state[Word.LINES] & Psr.I) !== 0;
  }
  set irqLine(level: boolean) {
    this.#setLine(Psr.I, level);
  }

  get fiqLine(): boolean {
    return (this.state[Word.LINES] & Psr.F) !== 0;
  }
  set fiqLine(level: boolean) {
    this.#setLine(Psr.F, level);
  }

  #setLine(line: number, level: boolean): void {
    const { state } = this;
    state[Word.LINES] = level ? state[Word.LINES] | line : state[Word.LINES] & ~line;
  }

  /** An interrupt line is up and not masked. */
  interruptPending(): boolean {
    return (this.state[Word.LINES] & ~this.state[Word.PSR]) !== 0;
  }

  /** Asks the engine to leave if an interrupt can be taken. */
  noticeInterrupts(): void {
    if (this.interruptPending()) this.leave();
  }

  /** Whether what the processor waits for has come (B1.8.13, B1.8.14): a masked interrupt wakes WFI, not WFE. */
  wakes(): boolean {
    if (this.waiting === 'interrupt') return this.irqLine || this.fiqLine;
    if (this.waiting === 'event') return this.eventRegister || this.interruptPending();
    return true;
  }
}

const FIQ_BANK = bankOf(Mode.fiq);
/** The T bit in CODE_KEY. */
const THUMB_KEY = 2;
