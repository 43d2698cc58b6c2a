/**
 * Taking exceptions (DDI 0406C B1.8, B1.9): what is offered to the trap handler, what entry writes, where it vectors. For a processor
 * without Security and Virtualization Extensions in use. Decides nothing about when an exception is due.
 */
import { Cp15, FCSETranslate, sysregWord, SCTLR_EE, SCTLR_TE, TTBCR_EAE } from '../arm/cp15.js';
import { MethodOfEntry, withMethodOfEntry } from '../arm/debug-registers.js';
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
import { linkOffset, modeOfException, vectorBase, vectorOffset } from '../arm/vectors.js';
import { encodeDfsr, encodeIfsr } from '../mem/fault.js';
import type { MemoryFault } from '../mem/view.js';
import { ABANDONED } from './abandon.js';
import type { Core } from './core.js';

const DBGWFAR = sysregWord('DBGWFAR');

/** What a watchpoint leaves in the debug registers, which is a model's matter (DDI 0406C C4.1.2). */
export interface DebugReport {
  /** The {@link MethodOfEntry}. */
  readonly watchpoint: number;
  /** DBGWFAR gets the address of the instruction, as it reads R15. */
  readonly instructionAddress: boolean;
}

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
  readonly #debug: DebugReport;
  /** {@link MethodOfEntry} of the prefetch abort that is pending, if that is a debug exception. */
  #method = 0;

  constructor(core: Core, debug: DebugReport) {
    this.#core = core;
    this.#state = core.state;
    this.#debug = debug;
  }

  // ---- synchronous exceptions of the instruction at PC: delivered, and the operation abandoned

  raise(kind: ExceptionKind): never {
    this.take(kind);
    throw ABANDONED;
  }

  /** BKPTInstrDebugEvent: a prefetch abort that reports a debug event. IFAR is UNKNOWN then: zero. */
  raiseBreakpoint(): never {
    this.#prepare(Exception.PrefetchAbort).fault = FaultType.Debug;
    this.#method = MethodOfEntry.BKPT;
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

  /** The instruction at PC has a debug event, `method` its {@link MethodOfEntry}: it is not executed. IFAR is UNKNOWN then: zero. */
  debugEvent(method: number): void {
    const p = this.#prepare(Exception.PrefetchAbort);
    p.word = 0;
    p.length = 0;
    p.fault = FaultType.Debug;
    this.#method = method;
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

  #enter(p: PendingException): void {
    const state = this.#state;
    if (p.kind === Exception.PrefetchAbort) {
      state[Cp15.IFSR] = encodeIfsr(this.#longFormat(), p.fault, p.level);
      state[Cp15.IFAR] = p.fault === FaultType.Debug ? 0 : FCSETranslate(state, p.address);
      if (p.fault === FaultType.Debug) this.#enterDebug(this.#method);
    } else if (p.kind === Exception.DataAbort) {
      state[Cp15.DFSR] = encodeDfsr(this.#longFormat(), p.fault, p.level, p.domain, p.write, p.maintenance);
      // What maintenance operations take is modified already.
      state[Cp15.DFAR] = p.maintenance ? p.address : FCSETranslate(state, p.address);
      if (p.fault === FaultType.Debug) this.#enterWatchpoint(p);
    }
    this.#enterMode(p.kind, p.lr, p.spsr);
  }

  #enterDebug(method: number): void {
    this.#state[Cp15.DBGDSCR] = withMethodOfEntry(this.#state[Cp15.DBGDSCR], method);
  }

  #enterWatchpoint(p: PendingException): void {
    const { watchpoint, instructionAddress } = this.#debug;
    this.#enterDebug(watchpoint);
    if (instructionAddress) this.#state[DBGWFAR] = p.pc + ((p.spsr & Psr.T) !== 0 ? 4 : 8);
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
    state[Word.PC] = vectorBase(state) + vectorOffset(kind);
  }
}
