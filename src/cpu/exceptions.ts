/**
 * Taking exceptions (DDI 0406C B1.8, B1.9): what is offered to the trap handler, what entry writes, where it vectors. For a processor
 * without Security and Virtualization Extensions in use. Decides nothing about when an exception is due.
 */
import { Cp15, SCTLR_EE, SCTLR_TE, SCTLR_V, TTBCR_EAE } from '../arm/cp15.js';
import {
  Disposition,
  Exception,
  FaultType,
  type DispositionKind,
  type ExceptionKind,
  type PendingException,
  type TrapHandler,
} from '../arm/exceptions.js';
import { Mode, Psr } from '../arm/modes.js';
import { advancedItstate, assembleCpsr, PSR_IT, psrOfItstate } from '../arm/psr.js';
import { Attention, Word } from '../arm/state.js';
import { linkOffset, modeOfException, vectorOffset } from '../arm/vectors.js';
import { encodeDfsr, encodeIfsr } from '../mem/fault.js';
import type { MemoryFault } from '../mem/view.js';
import { ABANDONED } from './abandon.js';
import type { Core } from './core.js';

function noException(): PendingException {
  return {
    kind: Exception.Undefined,
    pc: 0,
    lr: 0,
    spsr: 0,
    word: 0,
    length: 0,
    fault: FaultType.None,
    level: 0,
    domain: 0,
    address: 0,
    write: false,
    maintenance: false,
  };
}

/** Exceptions that return behind the instruction that called for them. */
function isCall(kind: ExceptionKind): boolean {
  return kind === Exception.SupervisorCall || kind === Exception.HypervisorCall || kind === Exception.SecureMonitorCall;
}

export class ExceptionUnit {
  /** Sees every exception before it vectors. */
  trapHandler: TrapHandler | undefined;

  readonly #core: Core;
  readonly #state: Int32Array;
  readonly #pending = noException();

  constructor(core: Core) {
    this.#core = core;
    this.#state = core.state;
  }

  // ---- synchronous exceptions of the instruction at PC: delivered, and the operation abandoned

  raise(kind: ExceptionKind): never {
    this.take(kind);
    throw ABANDONED;
  }

  /** BKPTInstrDebugEvent: a prefetch abort that reports a debug event. IFAR is UNKNOWN then: zero. */
  raiseBreakpoint(): never {
    this.#prepare(Exception.PrefetchAbort).fault = FaultType.Debug;
    this.deliver();
    throw ABANDONED;
  }

  raiseDataAbort(fault: Readonly<MemoryFault>, maintenance: boolean): never {
    this.dataAbort(fault, maintenance);
    throw ABANDONED;
  }

  // ---- the same, for callers that are no operations

  take(kind: ExceptionKind): void {
    this.#prepare(kind);
    this.deliver();
  }

  dataAbort(fault: Readonly<MemoryFault>, maintenance: boolean): void {
    const p = this.#prepare(Exception.DataAbort);
    p.fault = fault.type;
    p.level = fault.level;
    p.domain = fault.domain;
    p.address = fault.address >>> 0;
    p.write = fault.write || maintenance;
    p.maintenance = maintenance;
    this.deliver();
  }

  /** The instruction at PC could not be fetched. `address` is that of its first byte that could not (u32). */
  prefetchAbort(type: number, level: number, domain: number, address: number): void {
    const p = this.#prepare(Exception.PrefetchAbort);
    p.word = 0;
    p.length = 0;
    p.fault = type;
    p.level = level;
    p.domain = domain;
    p.address = address >>> 0;
    this.deliver();
  }

  /** IRQ or FIQ, between two instructions: PC is at the next one. */
  interrupt(kind: ExceptionKind): void {
    const p = this.#prepare(kind);
    p.word = 0;
    p.length = 0;
    this.#settle();
  }

  /** Fills in what all exceptions have in common. */
  #prepare(kind: ExceptionKind): PendingException {
    const state = this.#state;
    const p = this.#pending;
    const thumb = this.#core.thumb();
    const psr = assembleCpsr(state);
    p.kind = kind;
    p.pc = state[Word.PC] >>> 0;
    p.word = this.#core.word;
    p.length = this.#core.length;
    p.lr = (p.pc + linkOffset(kind, thumb, p.length)) >>> 0;
    p.spsr = (isCall(kind) ? (psr & ~PSR_IT) | psrOfItstate(advancedItstate(state[Word.ITSTATE])) : psr) >>> 0;
    p.fault = FaultType.None;
    p.level = 0;
    p.domain = 0;
    p.address = 0;
    p.write = false;
    p.maintenance = false;
    return p;
  }

  /** Delivers the pending synchronous exception; the current attempt is over. */
  deliver(): void {
    const disposition = this.#settle();
    if (disposition === Disposition.Retry) this.#state[Word.COUNT] += 1;
    this.#state[Word.ATTENTION] |= Attention.abandoned;
  }

  #settle(): DispositionKind {
    const core = this.#core;
    core.executing = false;
    const disposition = this.trapHandler === undefined ? Disposition.Vector : this.trapHandler.take(this.#pending);
    if (disposition === Disposition.Vector) this.#enter(this.#pending);
    return disposition;
  }

  // ---- entry

  /** ExcVectorBase() (B1.8.1). */
  vectorBase(): number {
    return (this.#state[Cp15.SCTLR] & SCTLR_V) !== 0 ? 0xffff_0000 : (this.#state[Cp15.VBAR] & ~31) >>> 0;
  }

  #enter(p: PendingException): void {
    const state = this.#state;
    if (p.kind === Exception.PrefetchAbort) {
      state[Cp15.IFSR] = encodeIfsr(this.#longFormat(), p.fault, p.level);
      state[Cp15.IFAR] = p.address;
    } else if (p.kind === Exception.DataAbort) {
      state[Cp15.DFSR] = encodeDfsr(this.#longFormat(), p.fault, p.level, p.domain, p.write, p.maintenance);
      state[Cp15.DFAR] = p.address;
    }
    this.#enterMode(p.kind, p.lr, p.spsr);
  }

  #longFormat(): boolean {
    return (this.#state[Cp15.TTBCR] & TTBCR_EAE) !== 0;
  }

  /** Writes LR and SPSR, masks, mode and state, and goes to the vector: all that entry does beside fault registers. */
  #enterMode(kind: ExceptionKind, lr: number, spsr: number): void {
    const state = this.#state;
    const core = this.#core;
    const mode = modeOfException(kind);
    const SCTLR = state[Cp15.SCTLR];
    let psr = (state[Word.PSR] & ~(Psr.J | Psr.E)) | Psr.I;
    if (mode !== Mode.svc && mode !== Mode.und) psr |= Psr.A;
    if (mode === Mode.fiq) psr |= Psr.F;
    if ((SCTLR & SCTLR_EE) !== 0) psr |= Psr.E;
    state[Word.PSR] = psr;
    state[Word.ITSTATE] = 0;
    state[Word.T] = (SCTLR & SCTLR_TE) !== 0 ? 1 : 0;
    core.switchMode(mode);
    state[14] = lr;
    state[core.spsrWord(mode)] = spsr;
    state[Word.PC] = this.vectorBase() + vectorOffset(kind);
  }
}
