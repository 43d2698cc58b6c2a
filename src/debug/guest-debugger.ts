/**
 * The debugger of one guest: puts memory, registers, symbols, breakpoints, run control and views together behind `Debugger`. Holds no logic of its own
 * beyond handing calls on.
 */
import { modeName, Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import type { Guest } from '../machine/guest.js';
import { exitClasses } from '../vmm/classes.js';
import type { BreakpointResult, Debugger, DebuggerEvents, SliceResult, Standing, Statistics } from './api.js';
import { Breakpoints } from './breakpoints/breakpoints.js';
import { Locations } from './breakpoints/locations.js';
import { decodePlace, type CodePlace } from './decode-place.js';

import { Disassembly } from './disassembly.js';
import { debugErrors } from './errors.js';
import { exceptionFilters } from './exception-filters.js';
import { GuestCode } from './guest-code.js';
import { GuestValues } from './guest-values.js';
import { GuestMemoryView } from './memory.js';
import type { Module } from './module.js';
import { scopesOf, variablesOf } from './registers/scopes.js';
import {
  continuePlan,
  runToPlan,
  stepInPlan,
  stepLinePlan,
  stepOutPlan,
  stepOverPlan,
  type Plan,
  type PlanSource,
} from './run/plans.js';
import { RunControl } from './run/run-control.js';
import { GuestStack } from './guest-stack.js';
import { CoverageView } from './views/coverage.js';
import { GuestViews } from './views/views.js';

import type { VmmView } from './vmm-view.js';
import type {
  VmmReport,
  BreakpointRequest,
  FlashSector,
  InstructionInfo,
  ScopeInfo,
  StackFrameInfo,
  TrapInfo,
  VariableInfo,
} from '../protocol/model.js';
import type { DecodedWord } from '../protocol/decoded.js';
import { hex32 } from '../util/bits.js';

/** A guest with its VMM's view, if it runs under one. */
export interface DebuggedGuest {
  readonly guest: Guest;
  readonly vmm?: VmmView;
}

/** Frames that are shown of a trap. */
const MOST_FRAMES = 32;

export class GuestDebugger implements Debugger {
  private readonly guest: Guest;
  private readonly vmm: VmmView | undefined;
  private readonly memory: GuestMemoryView;
  private readonly code: GuestCode;
  private readonly values: GuestValues;
  private readonly callStack: GuestStack;
  readonly views: GuestViews;
  private readonly disassembly: Disassembly;
  private readonly breakpoints: Breakpoints;
  private readonly control: RunControl;
  private trapFilters = new Set<string>();
  /** Records behind this number are still to be read by somebody. */
  private keepAfter: number | undefined;

  constructor({ guest, vmm }: DebuggedGuest, modules: readonly Module[], events: DebuggerEvents) {
    this.guest = guest;
    this.vmm = vmm;
    const notes: string[] = [];
    this.memory = new GuestMemoryView(guest);
    this.code = new GuestCode(guest, this.memory, modules, vmm, notes);
    const { symbols, sources } = this.code;
    this.disassembly = new Disassembly(this.code);
    this.values = new GuestValues(guest, vmm, this.memory, symbols, () => {
      this.control.forget();
    });
    this.views = new GuestViews(symbols, vmm?.hypervisor, {
      guest,
      values: this.values,
      coverage: new CoverageView(guest.machine, modules, symbols, sources, this.code.features),
      physical: this.memory.physical,
      moved: () => {
        this.control.forget();
      },
      stack: (top) => this.callStack.describe(MOST_FRAMES, top),
      hasBreakpoint: (address) => this.breakpoints.has(address),
    });
    this.callStack = new GuestStack(guest, this.code, modules, notes);
    const locations = new Locations(guest);
    this.breakpoints = new Breakpoints({
      symbols,
      sources,
      surroundings: this.values,
      locations,
      log: (text) => {
        events.output('console', text);
      },
      addressOf: (expression) => this.values.address(expression),
    });
    this.control = new RunControl({
      guest,
      breakpoints: this.breakpoints,
      locations,
      position: () => this.position(),
      place: (address) => symbols.describe(address) ?? hex32(address),
      notice: (text) => {
        events.output('console', text);
      },
    });
    for (const note of notes) events.output('console', `Debug information is not complete: ${note}.`);
  }

  // ---- hooks of the guest

  /** The guest takes an exception, as it sees it. */
  guestException(kind: number, address: number, missing?: string): void {
    this.control.noteException({ kind, pc: address >>> 0 });
    this.views.exceptionTaken(kind);
    const filter = exceptionFilters.find((f) => f.kind === kind);
    if (filter === undefined || !this.trapFilters.has(filter.id)) return;
    const taken = `${filter.label} taken at ${this.place(address)}`;
    this.control.stopFor(missing === undefined ? taken : `${taken}. ${missing}`);
  }

  /** The guest executes a sensitive UNPREDICTABLE form, which is taken as Undefined, and the launch asked to stop at such. */
  unpredictable(address: number): void {
    this.control.stopFor(`UNPREDICTABLE instruction at ${this.place(address)}, taken as Undefined`);
  }

  /** The VMM has recorded a trap; `cls` is an index into its exit classes. */
  trapRecorded(cls: number): void {
    const { keepAfter } = this;
    if (keepAfter !== undefined && this.vmm?.isShort(cls, keepAfter) === true) this.control.endSlice();
    const { id, label } = exitClasses[cls];
    if (!this.trapFilters.has(id)) return;
    const trap = this.vmm?.newestTrap();
    if (trap === undefined) return;
    this.control.stopFor(`Trap: ${label} at ${this.place(trap.pc)}: ${trap.text} (${trap.verdict})`);
  }

  // ---- running

  run(limit: number, sleepUntil: number): SliceResult {
    return this.control.run(limit, sleepUntil);
  }

  pause(): void {
    this.control.pause();
  }

  continue(): void {
    this.views.aboutToRun();
    this.control.start(continuePlan(), 'pause');
  }

  stepInstruction(kind: 'in' | 'over' | 'out'): void {
    if (kind === 'out') this.stepOut();
    else this.step(kind === 'in' ? stepInPlan() : stepOverPlan(this.planSource()));
  }

  stepLine(kind: 'in' | 'over' | 'out'): void {
    if (kind === 'out') this.stepOut();
    else this.step(stepLinePlan(this.planSource(), kind === 'over'));
  }

  runTo(address: number): void {
    this.views.aboutToRun();
    this.control.start(runToPlan((address & ~1) >>> 0), 'goto');
  }

  reset(): void {
    this.control.forget();
    this.breakpoints.forgetHits();
    this.views.aboutToRun();
    this.guest.reset();
  }

  private stepOut(): void {
    const caller = this.callStack.frames(2).at(1);
    if (caller === undefined) throw debugErrors.noCaller(this.place(this.pc()));
    this.step(stepOutPlan(this.planSource(), caller));
  }

  private step(plan: Plan): void {
    this.views.aboutToRun();
    this.control.start(plan, 'step');
  }

  private position() {
    const { cpu } = this.guest;
    return { pc: this.pc(), sp: cpu.readR(13) >>> 0, mode: cpu.mode(), thumb: cpu.thumb() };
  }

  private planSource(): PlanSource {
    const { sources, symbols } = this.code;
    return {
      position: () => this.position(),
      instruction: () => this.disassembly.at(this.pc(), this.guest.cpu.thumb()),
      lineAt: (address) => sources.lineAt(address),
      lineLength: (address) => {
        const range = sources.rangeAt(address);
        return range === undefined ? 0 : range.end - range.start;
      },
      functionStart: (address) => symbols.extent(address)?.start,
    };
  }

  // ---- breakpoints

  setSourceBreakpoints(
    path: string,
    lines: readonly (BreakpointRequest & { readonly line: number })[],
  ): readonly BreakpointResult[] {
    return this.breakpoints.setSource(path, lines);
  }

  breakpointLines(path: string, first: number, last: number): readonly number[] {
    return this.code.sources.linesWithCode(path, first, last);
  }

  setFunctionBreakpoints(
    names: readonly (BreakpointRequest & { readonly name: string })[],
  ): readonly BreakpointResult[] {
    return this.breakpoints.setFunctions(names);
  }

  setInstructionBreakpoints(
    addresses: readonly (BreakpointRequest & { readonly address: number })[],
  ): readonly BreakpointResult[] {
    return this.breakpoints.setInstructions(addresses);
  }

  /** @throws UserError 242 */
  setTrapFilters(classes: readonly string[]): void {
    const known = this.trapClasses().map(({ id }) => id);
    const unknown = classes.find((id) => !known.includes(id));
    if (unknown !== undefined) throw debugErrors.unknownTrapClass(unknown, known.join(', '));
    this.trapFilters = new Set(classes);
    this.vmm?.watch(this.trapFilters);
  }

  trapClasses(): readonly { readonly id: string; readonly label: string; readonly description: string }[] {
    return [...exitClasses, ...exceptionFilters].map(({ id, label, description }) => ({ id, label, description }));
  }

  // ---- looking

  stack(maximum: number): readonly StackFrameInfo[] {
    return this.callStack.describe(maximum);
  }

  scopes(): readonly ScopeInfo[] {
    return scopesOf(this.values);
  }

  variables(scope: string): readonly VariableInfo[] {
    return variablesOf(this.values, scope);
  }

  /** @throws UserError 200–211, 230–234 */
  setVariable(evaluateName: string, expression: string): string {
    return this.values.set(evaluateName, expression);
  }

  /** @throws UserError 200–211 */
  evaluate(expression: string): { readonly value: string; readonly type?: string; readonly memoryReference?: string } {
    return this.values.show(expression);
  }

  readMemory(address: number, length: number): Uint8Array {
    return this.memory.read(address, length);
  }

  writeMemory(address: number, bytes: Uint8Array): number {
    return this.memory.write(address, bytes);
  }

  disassemble(address: number, instructionOffset: number, count: number): readonly InstructionInfo[] {
    return this.disassembly.list(address, instructionOffset, count);
  }

  decodeAt(place: CodePlace): readonly DecodedWord[] {
    return decodePlace(this.code, this.disassembly, place, this.guest.cpu.model.name);
  }

  symbols(
    filter: string,
    maximum: number,
  ): readonly { readonly name: string; readonly address: number; readonly size: number }[] {
    return this.code.symbols.search(filter, maximum).map(({ name, address, size }) => ({ name, address, size }));
  }

  codeRanges(): readonly {
    readonly name: string;
    readonly address: number;
    readonly length: number;
    readonly thumb: boolean;
  }[] {
    return this.code.ranges;
  }

  // ---- the outside world

  input(bytes: Uint8Array): void {
    this.guest.board.type(bytes);
  }

  standing(): Standing {
    const { machine, mode, cpu } = this.guest;
    return {
      instructions: machine.clock.instructions(),
      virtualTime: machine.clock.now(),
      mode,
      ...(this.vmm && { level: this.vmm.level }),
      cpu: cpu.model.name,
      cpuMode: modeName(cpu.state[Word.PSR] & Psr.M),
    };
  }

  statistics(): Statistics {
    const none = { exits: [], blocks: 0, sites: 0, injectedInterrupts: 0 };
    return { ...this.standing(), ...(this.vmm?.statistics() ?? none) };
  }

  report(): VmmReport {
    if (this.vmm === undefined) throw debugErrors.noMonitor();
    return this.vmm.report(this.code.symbols);
  }

  setLevel(level: number): void {
    if (this.vmm === undefined) throw debugErrors.noMonitor();
    this.vmm.setLevel(level);
  }

  takeFlashChanges(): readonly FlashSector[] {
    return [...(this.guest.board.store?.takeDirty() ?? [])].map(({ offset, bytes }) => ({
      offset,
      bytes: bytes.slice(),
    }));
  }

  traps(after: number, maximum: number, before?: number, cls?: string): readonly TrapInfo[] {
    const only = cls === undefined ? undefined : exitClasses.findIndex(({ id }) => id === cls);
    return this.vmm?.traps(after, maximum, before, only) ?? [];
  }

  keepTraps(after: number | undefined): void {
    this.keepAfter = after;
  }

  clearTraps(): void {
    this.vmm?.clearTraps();
  }

  pc(): number {
    return this.guest.cpu.instructionAddress();
  }

  private place(address: number): string {
    return this.code.symbols.describe(address) ?? hex32(address);
  }
}
