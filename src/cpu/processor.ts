/**
 * The processor: puts its parts together and is what operations (SystemPort) and WebAssembly engines (EnginePort) see of them. The parts are
 * in the files beside this one: core (modes, banks, lines), status (PSR writes), exceptions, monitor, system-registers, executor.
 */
import { CodeBreakpoints } from '../arm/breakpoints.js';
import type { AttemptKind } from '../arm/coverage.js';
import { MethodOfEntry } from '../arm/debug-registers.js';
import type { BlockAdmission } from '../arm/engine.js';
import { AccessFlag, type EnginePort, type ShortForm } from '../arm/engine-port.js';
import { Exception, type ExceptionKind, type TrapHandler } from '../arm/exceptions.js';
import { Mode, Psr } from '../arm/modes.js';
import { assembleCpsr, itstateOfPsr, spreadFlags } from '../arm/psr.js';
import { Attention, Word } from '../arm/state.js';
import type { SystemPort } from '../arm/system-port.js';
import type { GenericTimerPort } from '../arm/timer-port.js';
import { Cp15, CNTKCTL_EVNTEN, SCTLR_EE, SCTLR_TE, SCTLR_V } from '../arm/cp15.js';
import { thumbLengthOf } from '../isa/decode.js';
import { featureMask } from '../isa/features.js';
import type { PhysicalBus } from '../mem/bus.js';
import { DataAccess } from '../mem/data-access.js';
import type { FetchUnit } from '../mem/fetch.js';
import type { CpuMemory } from '../mem/memory.js';
import type { Mmu } from '../mem/mmu.js';
import { ABANDONED } from './abandon.js';
import { Core } from './core.js';
import { DebugEvents } from './debug-events.js';
import { exceptionReturn } from './exception-returns.js';
import { ExceptionUnit, type DebugReport } from './exceptions.js';
import { Executor, OperationMemory } from './executor.js';
import { FloatRegisters } from './float-registers.js';
import { isV7, type CpuModel } from './models.js';
import { ExclusiveMonitor } from './monitor.js';
import { ShortForms } from './short-forms.js';
import { BadMode, CPSRWriteByInstr, SPSRWriteByInstr } from './status.js';
import { arm1176Behaviours } from './sysreg-arm1176.js';
import { debugBehaviours } from './sysreg-debug.js';
import { memoryBehaviours } from './sysreg-memory.js';
import { isPerformanceRegister, PerformanceMonitor, type PerformanceWiring } from './sysreg-performance.js';
import { timerBehaviours } from './sysreg-timer.js';
import { SystemRegisters } from './system-registers.js';

/** What a processor is made from. */
export interface ProcessorParts {
  readonly memory: CpuMemory;
  readonly bus: PhysicalBus;
  readonly mmu: Mmu;
  readonly fetch: FetchUnit;
  readonly model: CpuModel;
  /** The generic timer; without one its registers are Undefined. */
  readonly timer?: GenericTimerPort;
  /** Instructions executed since power-on, exact at the current one: what the performance monitors count. */
  readonly instructions?: () => number;
  /** What their overflow interrupt is wired to. */
  readonly performance?: PerformanceWiring;
  /** Whether it has performance monitors; without them their registers are Undefined. Default: it has. */
  readonly performanceMonitors?: boolean;
}

/** Calls that the board's firmware may serve. Each returns true if it did; the call then completes like any instruction. */
export interface Firmware {
  hypervisorCall(immediate: number): boolean;
  secureMonitorCall(immediate: number): boolean;
  semihosting(): boolean;
}

/** What a snapshot keeps of the processor beside the memory. */
export interface ProcessorState {
  readonly irqLine: boolean;
  readonly fiqLine: boolean;
  readonly waiting: Core['waiting'];
  readonly eventRegister: boolean;
}

export class Processor implements SystemPort, EnginePort {
  readonly memory: CpuMemory;
  readonly bus: PhysicalBus;
  readonly mmu: Mmu;
  readonly fetch: FetchUnit;
  readonly model: CpuModel;
  readonly state: Int32Array;
  readonly systemRegisters: SystemRegisters;
  readonly floatRegisters: FloatRegisters;
  /** Data memory with the current rights. */
  readonly data: DataAccess;
  readonly checkedCode = new CodeBreakpoints();
  firmware: Firmware | undefined;
  /** Told the address (u32) of a sensitive UNPREDICTABLE form about to be taken as Undefined. */
  onUnpredictable: ((pc: number) => void) | undefined;

  readonly #core: Core;
  readonly #exceptions: ExceptionUnit;
  readonly #monitor: ExclusiveMonitor;
  readonly #operationMemory: OperationMemory;
  readonly #executor: Executor;
  readonly #timer: GenericTimerPort | undefined;
  readonly #performance: PerformanceMonitor;
  readonly #shortForms: ShortForms;
  /** The events that its own debug registers ask for. */
  readonly #debug: DebugEvents;

  constructor(parts: ProcessorParts) {
    const { memory, bus, mmu, model, timer } = parts;
    this.memory = memory;
    this.bus = bus;
    this.mmu = mmu;
    this.fetch = parts.fetch;
    this.model = model;
    this.#timer = timer;
    mmu.armv6 = !isV7(model);
    if (!hasThumb2(model)) parts.fetch.thumbLength = (first, second) => thumbLengthOf(model.features, first, second);
    const state = memory.state;
    this.state = state;
    const core = new Core(state, () => mmu.select(), memory.vectors);
    const exceptions = new ExceptionUnit(core, debugReport(model));
    const debug = new DebugEvents(core, model);
    this.#debug = debug;
    this.#core = core;
    this.#exceptions = exceptions;
    this.#monitor = new ExclusiveMonitor(state, memory.u8, mmu, bus, exceptions);
    this.floatRegisters = new FloatRegisters(core, exceptions, model);
    this.data = new DataAccess(memory, mmu, bus);
    this.#operationMemory = new OperationMemory(exceptions, this.data);
    this.#executor = new Executor(core, parts.fetch, exceptions, this.#operationMemory, model.features, debug);
    debug.listeners.push(() => this.#heedDebugEvents(debug));
    const performance = new PerformanceMonitor(state, parts.instructions ?? (() => 0), model, parts.performance);
    this.#performance = performance;
    const behaviours = {
      ...memoryBehaviours({
        core,
        mmu,
        exceptions,
        model,
        waitForInterrupt: () => this.WaitForInterrupt(),
        addressesMoved: () => debug.update(),
      }),
      ...performance.behaviours(),
      ...timerBehaviours(timer),
      ...debugBehaviours(state, () => debug.update()),
      ...arm1176Behaviours(),
    };
    const lacks = parts.performanceMonitors === false ? isPerformanceRegister : undefined;
    this.systemRegisters = new SystemRegisters(core, exceptions, model, behaviours, lacks);
    this.#shortForms = new ShortForms(state, this.systemRegisters);
    this.reset();
  }

  // ---- what may be attached

  get trapHandler(): TrapHandler | undefined {
    return this.#exceptions.trapHandler;
  }
  set trapHandler(handler: TrapHandler | undefined) {
    this.#exceptions.trapHandler = handler;
  }

  get admission(): BlockAdmission | undefined {
    return this.fetch.admission;
  }
  set admission(admission: BlockAdmission | undefined) {
    this.fetch.admission = admission;
  }

  // ---- reset, snapshots, changes from outside

  /** Power-on: TakeReset (B1.9.1). General registers are UNKNOWN then: zero. */
  reset(): void {
    const { state } = this;
    const core = this.#core;
    const lines = state[Word.LINES];
    state.fill(0);
    state[Word.LINES] = lines;
    core.vectors.fill(0);
    this.systemRegisters.reset();
    this.#debug.update();
    this.#performance.reset();
    if (this.#timer !== undefined) state[Cp15.CNTFRQ] = this.#timer.frequency;
    const SCTLR = state[Cp15.SCTLR];
    state[Word.PSR] = Mode.svc | Psr.A | Psr.I | Psr.F | ((SCTLR & SCTLR_EE) !== 0 ? Psr.E : 0);
    state[Word.T] = (SCTLR & SCTLR_TE) !== 0 ? 1 : 0;
    state[Word.PC] = (SCTLR & SCTLR_V) !== 0 ? 0xffff_0000 : 0;
    core.waiting = 'no';
    core.eventRegister = false;
    core.executing = false;
    this.mmu.flushAll();
    core.updateContext();
  }

  save(): ProcessorState {
    const { irqLine, fiqLine, waiting, eventRegister } = this.#core;
    return { irqLine, fiqLine, waiting, eventRegister };
  }

  /** The inverse of save; the state block must have been restored before. */
  restore(saved: ProcessorState): void {
    Object.assign(this.#core, saved);
    this.#performance.service();
    this.#debug.update();
    this.#core.updateContext();
  }

  /** To be called after registers or system registers were changed in the state block from outside. */
  commit(): void {
    this.mmu.flushAll();
    this.#debug.update();
    this.#core.updateContext();
  }

  /** To be called after CPSR alone was changed in the state block from outside, between instructions. */
  statusChanged(): void {
    this.#core.updateContext();
  }

  /** The same where no more than A, I and F was. */
  masksChanged(): void {
    this.#core.noticeInterrupts();
  }

  /** Sets every bit of CPSR that exists, and exchanges the banks: for debuggers and monitors. A reserved mode number leaves M alone. */
  setCpsr(value: number): void {
    const { state } = this;
    const core = this.#core;
    spreadFlags(state, value, -1);
    const rest = Psr.E | Psr.A | Psr.I | Psr.F;
    state[Word.PSR] = (state[Word.PSR] & ~rest) | (value & rest);
    state[Word.T] = (value & Psr.T) !== 0 ? 1 : 0;
    state[Word.ITSTATE] = state[Word.T] !== 0 ? itstateOfPsr(value) : 0;
    if (BadMode(value & Psr.M)) core.updateContext();
    else core.switchMode(value & Psr.M);
  }

  /** Goes over to a fetch context (with {@link Mmu.useContexts}): its tables, bank and code key. */
  switchContext(context: number): void {
    const { state } = this;
    if (state[Word.CONTEXT] === context) return;
    this.mmu.switchContext(context);
    this.#core.contextChanged();
  }

  // ---- debug events

  /**
   * Lets what this processor executes have the debug events that another one's registers ask for, by that one's mode and context: under a VMM the
   * guest's code runs here, and what the guest believes in is there. For good.
   */
  followDebugEvents(other: Processor): void {
    const debug = other.#debug;
    this.#executor.debug = debug;
    debug.listeners.push(() => this.#heedDebugEvents(debug));
    this.#heedDebugEvents(debug);
  }

  #heedDebugEvents(debug: DebugEvents): void {
    if (this.#executor.debug !== debug) return;
    this.checkedCode.assign(debug.addresses, debug.everywhere);
    const watch = debug.data ? debug : undefined;
    if (watch !== undefined || this.mmu.watch !== undefined) this.mmu.watch = watch;
  }

  // ---- interrupt lines and waiting

  get irqLine(): boolean {
    return this.#core.irqLine;
  }
  set irqLine(level: boolean) {
    this.#core.irqLine = level;
    if (level) this.#core.noticeInterrupts();
  }

  get fiqLine(): boolean {
    return this.#core.fiqLine;
  }
  set fiqLine(level: boolean) {
    this.#core.fiqLine = level;
    if (level) this.#core.noticeInterrupts();
  }

  get sleeping(): boolean {
    return this.#core.waiting !== 'no' && !this.#core.wakes();
  }

  /** Ends a sleep: what engines do with one that is over, and a debugger that moves PC with any. */
  wake(): void {
    const core = this.#core;
    if (core.waiting === 'event') core.eventRegister = false;
    core.waiting = 'no';
  }

  /** Takes an FIQ or IRQ if its line is up and not masked. To be called between instructions. Returns whether one was taken. */
  deliverInterrupts(): boolean {
    const core = this.#core;
    if (!core.interruptPending()) return false;
    this.wake();
    const fiq = core.fiqLine && (this.state[Word.PSR] & Psr.F) === 0;
    this.#exceptions.interrupt(fiq ? Exception.FIQ : Exception.IRQ);
    return true;
  }

  /** Makes the engine leave after the current instruction and its `run` return {@link Stop.Host}. */
  requestStop(): void {
    this.state[Word.ATTENTION] |= Attention.host;
  }

  /** Makes the engine leave after the current instruction. */
  requestAttention(): void {
    this.#core.leave();
  }

  // ---- EnginePort

  get features(): number {
    return this.model.features;
  }

  shortForm(operation: string, operands: Readonly<Record<string, number>>): ShortForm | undefined {
    return this.#shortForms.of(operation, operands);
  }

  slowLoad(va: number, size: number, flags: number): number {
    const value = this.data.load(va >>> 0, size as 1 | 2 | 4, flags);
    if (this.data.fault.type !== 0) {
      this.#dataAbort();
      return 0;
    }
    return value;
  }

  slowStore(va: number, size: number, value: number, flags: number): void {
    this.data.store(va >>> 0, size as 1 | 2 | 4, value, flags);
    if (this.data.fault.type !== 0) this.#dataAbort();
  }

  /** The engine's instruction faulted: who looks at the exception wants to see the word, too. */
  #dataAbort(): void {
    const core = this.#core;
    core.word = 0;
    core.length = 0;
    if (this.trapHandler !== undefined) {
      const fetched = this.fetch.executing(this.state[Word.PC]);
      if (fetched.fault === 0) {
        core.word = fetched.word;
        core.length = fetched.length;
      }
    }
    this.#exceptions.dataAbort(this.data.fault, false);
  }

  get attempt(): AttemptKind {
    return this.#core.attempt;
  }

  executeReference(): void {
    this.#executor.step(this);
  }

  executeKnown(word: number, length: number): void {
    this.#executor.stepKnown(word, length, this);
  }

  /** {@link executeReference} of a word that was fetched from PC before: a monitor knows what it replaced. */
  executeFetched(word: number, length: number): void {
    this.#executor.executeFetched(word, length, this);
  }

  /**
   * What a transfer between general and system registers comes to at PL1, the general ones being those in `registers`, from R0 on; undefined if it is none, or
   * one that may take an exception, or concerns no more than a word ({@link shortForm}).
   */
  systemTransfer(
    operation: string,
    o: Readonly<Record<string, number>>,
  ): ((registers: Int32Array) => void) | undefined {
    const write = operation === 'MCR' || operation === 'MCRR';
    if (!write && operation !== 'MRC' && operation !== 'MRRC') return undefined;
    const { coproc, opc1, CRn, CRm, opc2, t, t2 } = o;
    // To R15 MRC sets flags.
    return t === 15 ? undefined : this.systemRegisters.transferOf({ coproc, opc1, CRn, CRm, opc2, write, t, t2 });
  }

  /** What executes an exception return while another processor has this one's general registers: see exception-returns.ts. */
  exceptionReturn(
    operation: string,
    operands: Readonly<Record<string, number>>,
    live: Processor,
  ): (() => boolean) | undefined {
    return exceptionReturn(this.#core, live.#core, operation, operands);
  }

  /** Goes on behind the instruction of `length` bytes at PC, which was executed by somebody else. */
  skip(length: number): void {
    this.#executor.skip(length);
  }

  translateFetch(va: number): number {
    const fetched = this.fetch.translate(va);
    if (fetched.fault === 0) return fetched.pa;
    this.#exceptions.prefetchAbort(fetched.fault, fetched.level, fetched.domain, fetched.faultAddress);
    return -1;
  }

  // ---- SystemPort: registers and status

  readR(n: number): number {
    return n === 15 ? (this.state[Word.PC] + (this.#core.thumb() ? 4 : 8)) | 0 : this.state[n];
  }

  writeR(n: number, value: number): void {
    this.state[n] = value;
  }

  readBanked(n: number, mode: number): number {
    return n === 15 ? this.readR(15) : this.state[this.#core.bankedWord(n, mode)];
  }

  writeBanked(n: number, mode: number, value: number): void {
    this.state[this.#core.bankedWord(n, mode)] = value;
  }

  readSpsr(mode: number): number {
    return this.state[this.#core.spsrWord(mode)];
  }

  writeSpsr(mode: number, value: number): void {
    this.state[this.#core.spsrWord(mode)] = value;
  }

  readCpsr(): number {
    return assembleCpsr(this.state);
  }

  CPSRWriteByInstr(value: number, mask: number, isReturn: boolean): void {
    CPSRWriteByInstr(this.#core, value, mask, isReturn);
  }

  SPSRWriteByInstr(value: number, mask: number): void {
    const mode = this.#core.mode();
    if (mode === Mode.usr || mode === Mode.sys) this.unpredictable();
    SPSRWriteByInstr(this.#core, value, mask);
  }

  mode(): number {
    return this.#core.mode();
  }

  CurrentModeIsNotUser(): boolean {
    return this.#core.privileged();
  }

  thumb(): boolean {
    return this.#core.thumb();
  }

  instructionAddress(): number {
    return this.state[Word.PC] >>> 0;
  }

  nextInstruction(): number {
    return this.#core.following;
  }

  branchTo(target: number): void {
    const address = (target & (this.#core.thumb() ? ~1 : ~3)) >>> 0;
    if (this.#core.executing) this.#core.next = address;
    else this.state[Word.PC] = address;
  }

  BXWritePC(target: number): void {
    this.#core.setThumb((target & 1) !== 0);
    this.branchTo(target);
  }

  BranchWritePC(target: number): void {
    this.branchTo(target);
  }

  setITSTATE(value: number): void {
    this.state[Word.ITSTATE] = value & 0xff;
    this.#core.itstateWritten = true;
  }

  setEndianness(big: boolean): void {
    const { state } = this;
    state[Word.PSR] = big ? state[Word.PSR] | Psr.E : state[Word.PSR] & ~Psr.E;
    this.#core.updateContext();
  }

  // ---- SystemPort: exceptions

  raise(kind: ExceptionKind, immediate = 0): never {
    if (kind === Exception.HypervisorCall || kind === Exception.SecureMonitorCall) {
      if (this.#core.privileged() && this.#firmwareServes(kind, immediate)) {
        this.#executor.complete();
        this.#core.executing = false;
        this.state[Word.ATTENTION] |= Attention.abandoned;
        throw ABANDONED;
      }
      // No EL2 and no EL3: the calls are Undefined.
      return this.#exceptions.raise(Exception.Undefined);
    }
    return this.#exceptions.raise(kind);
  }

  #firmwareServes(kind: ExceptionKind, immediate: number): boolean {
    const { firmware } = this;
    if (firmware === undefined) return false;
    return kind === Exception.HypervisorCall
      ? firmware.hypervisorCall(immediate)
      : firmware.secureMonitorCall(immediate);
  }

  CallSupervisor(): void {
    this.#exceptions.take(Exception.SupervisorCall);
  }

  undefinedInstruction(): never {
    return this.#exceptions.raise(Exception.Undefined);
  }

  /** Sensitive UNPREDICTABLE forms are Undefined; who wants to know is told first. */
  unpredictable(): never {
    this.onUnpredictable?.(this.state[Word.PC] >>> 0);
    return this.#exceptions.raise(Exception.Undefined);
  }

  BKPTInstrDebugEvent(): never {
    return this.#exceptions.raiseBreakpoint();
  }

  semihosting(): boolean {
    return this.firmware !== undefined && this.firmware.semihosting();
  }

  // ---- SystemPort: memory

  load(address: number, size: 1 | 2 | 4, aligned: boolean, unprivileged: boolean): number {
    return this.#operationMemory.load(address >>> 0, size, flagsOf(aligned, unprivileged));
  }

  store(address: number, size: 1 | 2 | 4, value: number, aligned: boolean, unprivileged: boolean): void {
    this.#operationMemory.store(address >>> 0, size, value, flagsOf(aligned, unprivileged));
  }

  SetExclusiveMonitors(address: number, size: number): void {
    this.#monitor.set(address >>> 0, size);
  }

  ExclusiveMonitorsPass(address: number, size: number): boolean {
    return this.#monitor.pass(address >>> 0, size);
  }

  ClearExclusiveLocal(): void {
    this.#monitor.clear();
  }

  // ---- SystemPort: coprocessors

  readCoprocessor(coproc: number, opc1: number, crn: number, crm: number, opc2: number): number {
    return this.systemRegisters.read(coproc, opc1, crn, crm, opc2);
  }

  writeCoprocessor(coproc: number, opc1: number, crn: number, crm: number, opc2: number, value: number): void {
    this.systemRegisters.write(coproc, opc1, crn, crm, opc2, value);
  }

  readCoprocessor64(coproc: number, opc1: number, crm: number): { low: number; high: number } {
    return this.systemRegisters.read64(coproc, opc1, crm);
  }

  writeCoprocessor64(coproc: number, opc1: number, crm: number, low: number, high: number): void {
    this.systemRegisters.write64(coproc, opc1, crm, low, high);
  }

  readFloatRegister(reg: number): number {
    return this.floatRegisters.read(reg);
  }

  writeFloatRegister(reg: number, value: number): void {
    this.floatRegisters.write(reg, value);
  }

  // ---- SystemPort: waiting

  WaitForInterrupt(): void {
    const core = this.#core;
    if (core.irqLine || core.fiqLine) return;
    core.waiting = 'interrupt';
    core.leave();
  }

  /** @impdef with the timer's event stream enabled WFE completes at once: the next event is never far. */
  WaitForEvent(): void {
    const core = this.#core;
    if (core.eventRegister) {
      core.eventRegister = false;
      return;
    }
    if ((this.state[Cp15.CNTKCTL] & CNTKCTL_EVNTEN) !== 0 || core.interruptPending()) return;
    core.waiting = 'event';
    core.leave();
  }

  SendEvent(): void {
    this.#core.eventRegister = true;
  }
}

function hasThumb2({ features }: CpuModel): boolean {
  return (features & V6T2) !== 0;
}
const V6T2 = featureMask(['v6T2']);

/** v7.1 Debug came with the processors that have the Virtualization Extensions. */
const V71 = featureMask(['virtualization']);

/**
 * @impdef watchpoints are synchronous on every model. v7.1 Debug says so, and then leaves DBGWFAR alone; the method of entry of v6.1 Debug
 * does not tell.
 */
function debugReport(model: CpuModel): DebugReport {
  if (!isV7(model)) return { watchpoint: MethodOfEntry.watchpoint, instructionAddress: true };
  return { watchpoint: MethodOfEntry.synchronousWatchpoint, instructionAddress: (model.features & V71) === 0 };
}

function flagsOf(aligned: boolean, unprivileged: boolean): number {
  return (aligned ? AccessFlag.aligned : 0) | (unprivileged ? AccessFlag.unprivileged : 0);
}
