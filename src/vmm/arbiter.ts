/**
 * The arbiter: owns every exception of the real CPU. It finds out why the guest trapped, lets the virtual CPU execute the original instruction
 * where the guest is not allowed to run it itself, fills shadow tables, injects what the guest must see, and leaves a record. Every
 * decision about a trap is made here; nothing about how instructions behave is.
 */
import {
  Disposition,
  Exception,
  FaultType,
  type DispositionKind,
  type ExceptionKind,
  type PendingException,
  type TrapHandler,
} from '../arm/exceptions.js';
import { Psr } from '../arm/modes.js';
import { assembleCpsr } from '../arm/psr.js';
import { Word } from '../arm/state.js';
import type { Isa } from '../isa/row.js';
import type { Processor } from '../machine/machine.js';
import { Access, type AccessKind } from '../mem/ports.js';
import { classIndex } from './classes.js';
import type { GuestTime } from './guest-time.js';
import type { MemoryConfigurator } from './memory.js';
import type { Metrics } from './metrics.js';
import type { Patcher } from './patcher.js';
import { recordCauses, recordIsas, verdicts, type Cause, type TrapRecords, type Verdict } from './records.js';
import type { SiteForm } from './short-forms.js';
import { SingleTransfers } from './single-transfers.js';
import { CONTEXT_WORDS, type Site } from './sites.js';
import type { World } from './world.js';

/** Index into recordCauses by kind of exception. */
const causeOf = new Uint8Array(Object.keys(Exception).length);
for (const [kind, cause] of [
  [Exception.Undefined, 'UND'],
  [Exception.SupervisorCall, 'SVC'],
  [Exception.PrefetchAbort, 'PABT'],
  [Exception.DataAbort, 'DABT'],
  [Exception.HypervisorCall, 'HVC'],
  [Exception.SecureMonitorCall, 'SMC'],
  [Exception.IRQ, 'IRQ'],
  [Exception.FIQ, 'FIQ'],
] as const satisfies readonly (readonly [number, Cause])[]) {
  causeOf[kind] = recordCauses.indexOf(cause);
}

/** Index into recordIsas of an instruction of so many bytes; 0 is that of none. */
function isaOf(length: number, thumb: boolean): number {
  if (length === 0) return 0;
  return length === 2 ? 2 : thumb ? 3 : 1;
}

// PERF: indices, not names, in the path of every exit (the exits of `uboot.bench`).
const UNDEFINED = classIndex('undefined');
const EXCEPTION_CALL = classIndex('exception-call');
const USER_EXCEPTION = classIndex('user-exception');
const DEVICE = classIndex('device');
const GUEST_FAULT = classIndex('guest-fault');
const SHADOW_FILL = classIndex('shadow-fill');
const INTERRUPT = classIndex('interrupt');
const INDIRECT_BRANCH = classIndex('indirect-branch');
const USER_ACCESS = classIndex('user-access');
const EXCEPTION_RETURN = classIndex('exception-return');
const verdict = (name: Verdict): number => verdicts.indexOf(name);
const ALLOW = verdict('allow');
const EMULATE = verdict('emulate');
const INJECT = verdict('inject');
const DENY = verdict('deny');

const NO_EXCEPTION = -1;

/** What the arbiter works with. */
export interface ArbiterParts {
  readonly real: Processor;
  readonly virtual: Processor;
  readonly world: World;
  readonly memory: MemoryConfigurator;
  readonly patcher: Patcher;
  readonly records: TrapRecords;
  readonly metrics: Metrics;
  readonly time: GuestTime;
  /** Instructions executed since power-on. */
  readonly instructions: () => number;
  /** Instructions' worth of time that was slept since then. */
  readonly slept: () => number;
  /** Called after each record. */
  readonly onTrap: (cls: number) => void;
}

/** Whether a fault of the real CPU may be for want of a shadow entry with the rights that the guest has. */
function mayBeFilled(fault: number): boolean {
  return fault === FaultType.Translation || fault === FaultType.Permission || fault === FaultType.Domain;
}

/** The verdict (index into `verdicts`) on a site if the guest takes no exception there. */
export function expectedVerdict({ cls }: Site): number {
  return cls === INDIRECT_BRANCH || cls === USER_ACCESS ? ALLOW : EMULATE;
}

export class Arbiter implements TrapHandler {
  /** R0..R14, PC, CPSR of the guest before a trap that is no site's. */
  private readonly before = new Int32Array(CONTEXT_WORDS);
  /** Kind of the exception that the guest took while the virtual CPU executed, or NO_EXCEPTION. */
  guestException = NO_EXCEPTION;

  /** PERF: R0..R14 of the virtual CPU, copied as a whole by the host's own code (all of vmm.bench). */
  private readonly registers: Int32Array;
  private readonly realRegisters: Int32Array;

  private readonly transfers: SingleTransfers;
  /** Of the device access under way: its address, the instruction, and the register that it loads or stores. */
  private readonly access = { address: 0, word: 0, length: 0, register: 0 };

  private readonly guestPhysical = (pa: number): number => this.parts.memory.guestPhysical(pa);
  private readonly physical = (gpa: number): number => this.parts.memory.physical(gpa);

  constructor(private readonly parts: ArbiterParts) {
    this.registers = parts.virtual.state.subarray(0, 15);
    this.realRegisters = parts.real.state.subarray(0, 15);
    this.transfers = new SingleTransfers(parts.virtual.features);
  }

  take(e: PendingException): DispositionKind {
    const { metrics } = this.parts;
    metrics.begin();
    switch (e.kind) {
      case Exception.DataAbort:
        return this.dataAbort(e);
      case Exception.PrefetchAbort:
        return this.prefetchAbort(e);
      case Exception.IRQ:
      case Exception.FIQ:
        return this.interrupt(e);
      default:
        return this.instruction(e);
    }
  }

  // ---- instructions that trap

  /** A planted trap, or one that the guest's user code took by itself. */
  private instruction(e: PendingException): DispositionKind {
    const { real, virtual, patcher } = this.parts;
    const kernel = virtual.CurrentModeIsNotUser();
    const thumb = real.thumb() ? 1 : 0;
    let site: Site | undefined;
    if (kernel) site = this.siteAt(e.pc, thumb);
    else if (patcher.plantsInMemory) site = this.siteUnderUser(e.pc, thumb);
    if (site === undefined) {
      this.execute(e.kind, e.address, kernel ? UNDEFINED : USER_EXCEPTION, e.word, e.length, EMULATE, this.isGuests(e));
      return Disposition.Resume;
    }
    this.atSite(site);
    return Disposition.Resume;
  }

  /** A trap that the engine knows to be this site's: no exception tells of it. */
  trapped(site: Site): void {
    this.parts.metrics.begin();
    this.atSite(site);
  }

  private atSite(site: Site): void {
    const { virtual, records } = this.parts;
    site.hits++;
    const { original, length, thumb } = site.patch;
    const context = (site.context ??= new Int32Array(CONTEXT_WORDS));
    const kind = thumb !== 0 && length === 4 ? Exception.Undefined : Exception.SupervisorCall;
    const { short } = site;
    if (short?.execute !== undefined && this.shortly(kind, site, short, short.execute, context)) return;
    const reached = this.execute(kind, 0, site.cls, original, length, expectedVerdict(site), true, context);
    site.settled(reached, records.newest);
    this.noteTarget(site, virtual.state[Word.PC], virtual.state[Word.T]);
  }

  /**
   * A trap whose instruction is executed where the guest is, without a change of worlds. False, with nothing done, if that gives up.
   * PERF: half of what a change of worlds and back takes (`exits.bench`).
   */
  private shortly(
    kind: ExceptionKind,
    site: Site,
    { changes }: SiteForm,
    execute: () => boolean,
    before: Int32Array,
  ): boolean {
    const { real, virtual, records, metrics, onTrap } = this.parts;
    const { state } = real;
    const { original, length } = site.patch;
    this.captureReal(before);
    if (!execute()) return false;
    if (changes) this.mirror();
    const cpsr = (assembleCpsr(state) & ~Psr.M) | virtual.mode();
    const verdict = expectedVerdict(site);
    this.record(kind, original, length, site.cls, verdict, 0, before, state, cpsr);
    site.settled(verdict, records.newest);
    this.guestException = NO_EXCEPTION;
    this.noteTarget(site, state[Word.PC], state[Word.T]);
    metrics.end(site.cls, verdict);
    onTrap(site.cls);
    return true;
  }

  /** The virtual CPU was written to without a change of worlds: what follows from that for the real one. */
  private mirror(): void {
    const { virtual, world } = this.parts;
    virtual.state[Word.ATTENTION] = 0;
    this.goOn(world.mirror());
  }

  /** {@link capture} where the guest was not taken over into the virtual CPU. */
  private captureReal(into: Int32Array): void {
    const { real, virtual } = this.parts;
    into.set(this.realRegisters);
    into[15] = real.state[Word.PC];
    into[16] = (assembleCpsr(real.state) & ~Psr.M) | virtual.mode();
  }

  /**
   * Whether the word that the real CPU fetched is the guest's own: it is where no trap can stand in memory.
   * PERF: the virtual CPU need not fetch it again (`svc-round-trip` and `device-read` of vmm.bench).
   */
  private isGuests(e: PendingException): boolean {
    return e.length !== 0 && !this.parts.patcher.plantsInMemory;
  }

  private siteAt(gva: number, thumb: number): Site | undefined {
    const pa = this.parts.memory.codeAt(gva);
    return pa < 0 ? undefined : this.parts.patcher.map.siteAt(pa, thumb);
  }

  /** Of traps in memory: the site that guest user code met, because it runs code that the kernel ran before. */
  private siteUnderUser(gva: number, thumb: number): Site | undefined {
    const { real, patcher } = this.parts;
    const outcome = real.mmu.access(gva, Access.fetch, false);
    return outcome.fault === FaultType.None ? patcher.map.siteAt(outcome.pa, thumb) : undefined;
  }

  /**
   * Level 2: what a trap at this site would come to, called by the engine at the instruction, its condition having passed. Counted as every other
   * exit is; the site keeps what it came to, and no record is written, but of what is denied.
   */
  inline(site: Site): void {
    const { real, virtual, world, metrics } = this.parts;
    metrics.begin();
    site.hits++;
    const context = (site.context ??= new Int32Array(CONTEXT_WORDS));
    const { short } = site;
    // What engines have a form for has given up by now.
    if (short?.execute !== undefined && short.form === undefined) {
      this.captureReal(context);
      if (short.execute()) {
        if (short.changes) this.mirror();
        this.guestException = NO_EXCEPTION;
        this.noteTarget(site, real.state[Word.PC], real.state[Word.T]);
        const verdict = expectedVerdict(site);
        site.verdicts[verdict]++;
        metrics.end(site.cls, verdict);
        return;
      }
    }
    world.enter();
    this.capture(context);
    this.guestException = NO_EXCEPTION;
    const { original, length } = site.patch;
    this.onVirtual(original, length, true);
    const reached = this.reached(site.cls, expectedVerdict(site));
    site.verdicts[reached]++;
    if (reached === DENY) this.recordRefusal(site, context);
    this.noteTarget(site, virtual.state[Word.PC], virtual.state[Word.T]);
    this.resume();
    metrics.end(site.cls, reached);
  }

  /** Where control goes from a site whose word does not say it, unless the guest took an exception there. */
  private noteTarget(site: Site, pc: number, thumb: number): void {
    if (site.cls !== INDIRECT_BRANCH && site.cls !== EXCEPTION_RETURN) return;
    if (this.guestException === NO_EXCEPTION && site.wentTo(pc, thumb)) this.parts.patcher.map.targetsSeen++;
  }

  /** What is denied is recorded at every level. */
  private recordRefusal({ cls, patch }: Site, before: Int32Array): void {
    const { original, length } = patch;
    this.record(Exception.Undefined, original, length, cls, DENY, 0, before);
    this.parts.onTrap(cls);
  }

  /** Appends a record of a trap whose context before it is `before`; what came of it is the state of a processor, the virtual one's unless said. */
  private record(
    kind: ExceptionKind,
    word: number,
    length: number,
    cls: number,
    verdict: number,
    address: number,
    before: Int32Array,
    after = this.parts.virtual.state,
    cpsr = assembleCpsr(after),
  ): void {
    const { records, instructions, slept } = this.parts;
    const isa = isaOf(length, (before[16] & Psr.T) !== 0);
    const cause = causeOf[kind];
    const pc = after[Word.PC];
    const next = before[15] + length;
    records.append(instructions(), slept(), isa, word, cls, cause, verdict, address, next, before, after, pc, cpsr);
  }

  /**
   * Lets the virtual CPU execute one instruction at PC.
   * @param known `word` is what stands there. Otherwise the virtual CPU fetches for itself.
   */
  private onVirtual(word: number, length: number, known: boolean): void {
    const { virtual } = this.parts;
    if (known) virtual.executeFetched(word, length);
    else virtual.executeReference();
    virtual.state[Word.ATTENTION] = 0;
  }

  /**
   * Lets the virtual CPU execute the guest's own instruction at PC, exceptions included, and goes back to the guest. Returns the verdict.
   * @param kind of the exception that was taken for it
   * @param address the faulting one, or 0
   * @param known see {@link onVirtual}
   * @param before what takes the guest's registers before the trap
   */
  private execute(
    kind: ExceptionKind,
    address: number,
    cls: number,
    word: number,
    length: number,
    expected: number,
    known = false,
    before: Int32Array = this.before,
  ): number {
    this.parts.world.enter();
    this.capture(before);
    this.guestException = NO_EXCEPTION;
    this.onVirtual(word, length, known);
    const fault = cls === DEVICE && this.guestException !== NO_EXCEPTION;
    return this.finish(kind, address, fault ? GUEST_FAULT : cls, word, length, this.reached(cls, expected), before);
  }

  /**
   * The verdict on what the virtual CPU has just executed. What the guest's kernel asked for and is not there to be had is denied: a word that is
   * Undefined for it, and not meant to be as UDF is.
   * @param expected if the guest took no exception
   */
  private reached(cls: number, expected: number): number {
    if (this.guestException === NO_EXCEPTION) return expected;
    const meant = this.guestException !== Exception.Undefined || cls === EXCEPTION_CALL || cls === USER_EXCEPTION;
    return meant ? INJECT : DENY;
  }

  /** Back to the guest, with a record. Returns the verdict. */
  private finish(
    kind: ExceptionKind,
    address: number,
    cls: number,
    word: number,
    length: number,
    reached: number,
    before: Int32Array,
  ): number {
    const { metrics, onTrap } = this.parts;
    this.record(kind, word, length, cls, reached, address, before);
    this.resume();
    metrics.end(cls, reached);
    onTrap(cls);
    return reached;
  }

  /** Hands the guest's state back to the real CPU, in the context of its present privilege. */
  private resume(): void {
    this.goOn(this.parts.world.leave());
  }

  private goOn(context: number): void {
    const { real, virtual, world, memory, metrics } = this.parts;
    memory.enter(context);
    if (context !== metrics.present) this.changeContext(context);
    // PERF: most exceptions and returns change masks alone, from which little follows (all exits of `exits.bench` that change worlds).
    if (world.controlsChanged) real.statusChanged();
    else if (world.masksChanged) real.masksChanged();
    if (virtual.sleeping) real.requestAttention();
  }

  private changeContext(context: number): void {
    const { metrics, time, instructions, slept } = this.parts;
    const count = instructions();
    metrics.enter(context, count);
    time.enter(context, count + slept());
  }

  private capture(into: Int32Array): void {
    const { state } = this.parts.virtual;
    into.set(this.registers);
    into[15] = state[Word.PC];
    into[16] = assembleCpsr(state);
  }

  // ---- memory

  private dataAbort(e: PendingException): DispositionKind {
    if (mayBeFilled(e.fault)) {
      if (this.fill(e, e.write ? Access.write : Access.read)) return Disposition.Retry;
    }
    // A device, or the guest's own fault: the virtual CPU finds out which when it executes the access.
    this.executeAccess(e, DEVICE, e.word, e.length, this.isGuests(e));
    return Disposition.Resume;
  }

  /**
   * The real CPU is about to reach a device by the window, and that is to be arbitrated as the abort would be. Returns false, with nothing done, for what is not one
   * aligned load or store of a register and no more: refused, it aborts, and is executed as a whole.
   * PERF: a third of what the abort and a change of worlds take (device reads of `exits.bench`).
   */
  beginDeviceAccess(): boolean {
    const { real, patcher, metrics, world } = this.parts;
    const { state } = real;
    const { access } = this;
    const address = real.data.asking;
    // Where a trap may stand in memory, the virtual CPU fetches for itself.
    if (address < 0 || state[Word.ITSTATE] !== 0 || patcher.plantsInMemory) return false;
    const { fault, word, length } = real.fetch.executing(state[Word.PC]);
    if (fault !== FaultType.None) return false;
    const register = this.transfers.registerOf(recordIsas[isaOf(length, real.thumb())] as Isa, word);
    if (register < 0) return false;
    metrics.begin();
    world.enter();
    this.capture(this.before);
    access.address = address;
    access.word = word;
    access.length = length;
    access.register = register;
    return true;
  }

  /** The device has answered; a load has got `value`. The real CPU completes the instruction. */
  endDeviceAccess(value: number | undefined): void {
    const { virtual, metrics, onTrap } = this.parts;
    const { address, word, length, register } = this.access;
    if (value !== undefined) virtual.state[register] = value;
    virtual.state[Word.PC] += length;
    this.record(Exception.DataAbort, word, length, DEVICE, EMULATE, address, this.before);
    metrics.end(DEVICE, EMULATE);
    onTrap(DEVICE);
  }

  /** {@link execute} of what may be an exclusive access. */
  private executeAccess(e: PendingException, cls: number, word: number, length: number, known: boolean): void {
    const { world } = this.parts;
    world.enterMonitor(this.guestPhysical);
    this.execute(e.kind, e.address, cls, word, length, EMULATE, known);
    world.leaveMonitor(this.physical);
  }

  private prefetchAbort(e: PendingException): DispositionKind {
    if (mayBeFilled(e.fault)) {
      if (this.fill(e, Access.fetch)) return Disposition.Retry;
      if (this.executeWhereDivided(e)) return Disposition.Resume;
    }
    this.execute(e.kind, e.address, GUEST_FAULT, e.word, e.length, EMULATE);
    return Disposition.Resume;
  }

  /**
   * Of a page whose subpages have rights of their own (ARMv6), which has no shadow entry, the virtual CPU executes each instruction, whatever it is. Returns
   * false where the guest cannot fetch it.
   */
  private executeWhereDivided(e: PendingException): boolean {
    const { world, memory, patcher, virtual } = this.parts;
    world.enter();
    const { fault, pa, word, length } = virtual.fetch.fetch(e.pc);
    if (fault !== FaultType.None) return false;
    // Where traps stand in memory, one may be here by another address of the page.
    const site = patcher.plantsInMemory ? patcher.map.siteAt(memory.physical(pa), virtual.thumb() ? 1 : 0) : undefined;
    if (site === undefined) this.executeAccess(e, GUEST_FAULT, word, length, false);
    else this.executeAccess(e, GUEST_FAULT, site.patch.original, site.patch.length, true);
    return true;
  }

  /** Fills the shadow entry of a faulting address, if the guest may make the access and memory is there. */
  private fill(e: PendingException, access: AccessKind): boolean {
    const { memory, metrics, onTrap } = this.parts;
    if (!memory.fill(e.address, access)) return false;
    this.recordFill(e);
    metrics.end(SHADOW_FILL, ALLOW);
    onTrap(SHADOW_FILL);
    return true;
  }

  /** A shadow entry changes nothing of the guest, which tries the same instruction again. */
  private recordFill(e: PendingException): void {
    const { real, records, instructions, slept } = this.parts;
    const { before } = this;
    const isa = isaOf(e.length, real.thumb());
    this.captureReal(before);
    const cause = causeOf[e.kind];
    records.append(instructions(), slept(), isa, e.word, SHADOW_FILL, cause, ALLOW, e.address, e.pc, before, before);
  }

  // ---- interrupts

  private interrupt(e: PendingException): DispositionKind {
    const { virtual, world, metrics } = this.parts;
    world.enter();
    this.capture(this.before);
    if (virtual.deliverInterrupts()) metrics.injectedInterrupts++;
    virtual.state[Word.ATTENTION] = 0;
    this.finish(e.kind, e.address, INTERRUPT, 0, 0, INJECT, this.before);
    return Disposition.Resume;
  }
}
