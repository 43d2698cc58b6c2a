/**
 * What the debugger offers to the session: one object per launched guest, target-neutral, host-free. The session server translates protocol
 * messages to calls of this and nothing else. All addresses are guest virtual addresses (u32) unless they say otherwise; counts are retired
 * instructions. Methods raise `UserError` (util/errors.ts) for what a user did wrong, and nothing else.
 */
import type { CodePlace } from './decode-place.js';

import type { Views } from './views/views.js';
import type {
  VmmReport,
  BreakpointRequest,
  StackFrameInfo,
  ScopeInfo,
  VariableInfo,
  InstructionInfo,
  FlashSector,
  TrapInfo,
} from '../protocol/model.js';
import type { DecodedWord } from '../protocol/decoded.js';

/** Where and why execution stopped, or that it did not. */
export type SliceResult =
  /** The slice's limit of instructions was used up; call again. */
  | { readonly kind: 'running' }
  | { readonly kind: 'idle'; readonly until: number }
  | { readonly kind: 'waiting' }
  /** `dead`: the guest can never make progress again; it can still be looked at, and another `run` returns the same. */
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly dead?: true }
  | { readonly kind: 'exited'; readonly code: number; readonly text: string };

export interface StopReason {
  readonly reason:
    'breakpoint' | 'function breakpoint' | 'instruction breakpoint' | 'step' | 'entry' | 'pause' | 'exception' | 'goto';
  /** One line for the user. */
  readonly text: string;
  /** Ids of the breakpoints that were hit. */
  readonly breakpoints: readonly number[];
}

export interface BreakpointResult {
  readonly id: number;
  readonly verified: boolean;
  /** Why it is not verified, or a note. */
  readonly message?: string;
  readonly address?: number;
  readonly line?: number;
}

export interface TrapClassCount {
  readonly cls: string;
  readonly count: number;
  /** Records of the class that newer ones have overwritten since the last `clearTraps`. */
  readonly dropped: number;
  /** Exits that left no record: those that engines arbitrate inline at level 2. */
  readonly unrecorded: number;
}

/** Where the guest stands, which costs little to ask: whoever runs it does so at each slice. */
export interface Standing {
  readonly instructions: number;
  /** Virtual nanoseconds since power-on. */
  readonly virtualTime: number;
  readonly mode: 'bare' | 'hypervised';
  /** Optimisation level of the VMM, where there is one. */
  readonly level?: number;
  /** Name of the processor model. */
  readonly cpu: string;
  readonly cpuMode: string;
}

export interface Statistics extends Standing {
  readonly exits: readonly TrapClassCount[];
  readonly blocks: number;
  readonly sites: number;
  readonly injectedInterrupts: number;
}

export interface DebuggerEvents {
  /** Bytes left the guest's UART (or semihosting console). Called while `run` executes; `pause` from here stops at the next instruction. */
  console(bytes: Uint8Array): void;
  /** A line for the debug console: log points, guest errors, notices. */
  output(category: 'console' | 'important' | 'stdout' | 'stderr', text: string): void;
  /** Host time in ms, for whoever wants to know what exits cost. */
  readonly hostNow?: () => number;
  /** Somebody will: what exits cost is sampled from the start. */
  readonly timed?: boolean;
}

/** One launched guest under the debugger. */
export interface Debugger {
  /**
   * Runs at most `limit` instructions. `sleepUntil` (virtual ns) is how far the time of a sleeping CPU may pass: the session gives the virtual
   * time that host time has reached, and `idle` comes back with the next event's time; Infinity means no pacing (never `idle`).
   */
  run(limit: number, sleepUntil: number): SliceResult;
  /** Asks a running step or continue to stop at the next instruction boundary; the next `run` returns `stopped`. */
  pause(): void;
  /** The next `run` calls carry this out, until one returns `stopped`. */
  continue(): void;
  /** @throws UserError 235 for `out` where the caller is not known */
  stepInstruction(kind: 'in' | 'over' | 'out'): void;
  stepLine(kind: 'in' | 'over' | 'out'): void;
  /** Continue to an address once. */
  runTo(address: number): void;
  reset(): void;

  setSourceBreakpoints(
    path: string,
    lines: readonly (BreakpointRequest & { readonly line: number })[],
  ): readonly BreakpointResult[];
  /** Lines of `[first, last]` in a source file that have code. */
  breakpointLines(path: string, first: number, last: number): readonly number[];
  setFunctionBreakpoints(
    names: readonly (BreakpointRequest & { readonly name: string })[],
  ): readonly BreakpointResult[];
  setInstructionBreakpoints(
    addresses: readonly (BreakpointRequest & { readonly address: number })[],
  ): readonly BreakpointResult[];
  /** What to stop at: ids from `trapClasses`; such classes trap at every level of the VMM. The stop comes when the trap was arbitrated, or when the exception's handler is about to begin. */
  setTrapFilters(classes: readonly string[]): void;
  /** The VMM's exit classes, which records have; and, as further filters, the guest's own exceptions (`exception-…`). */
  trapClasses(): readonly { readonly id: string; readonly label: string; readonly description: string }[];

  stack(maximum: number): readonly StackFrameInfo[];
  scopes(): readonly ScopeInfo[];
  variables(scope: string): readonly VariableInfo[];
  /** Sets a register, a field or memory by its evaluateName; takes what the view shows as well. Returns the value as it now shows. */
  setVariable(evaluateName: string, expression: string): string;
  evaluate(expression: string): { readonly value: string; readonly type?: string; readonly memoryReference?: string };

  /** Reads guest memory through the guest's translation. Unreadable bytes end the result early. No device is read. */
  readMemory(address: number, length: number): Uint8Array;
  /** Writes; returns how many bytes were written. */
  writeMemory(address: number, bytes: Uint8Array): number;
  disassemble(address: number, instructionOffset: number, count: number): readonly InstructionInfo[];
  /** Explains the instructions at a place; none where no code is known. */
  decodeAt(place: CodePlace): readonly DecodedWord[];
  /** Addresses of the nearest symbols, for "go to symbol" in listings. */
  symbols(
    filter: string,
    maximum: number,
  ): readonly { readonly name: string; readonly address: number; readonly size: number }[];
  /** Executable ranges known from images, for the listing. */
  codeRanges(): readonly {
    readonly name: string;
    readonly address: number;
    readonly length: number;
    readonly thumb: boolean;
  }[];

  /** Bytes typed by the user; stamped with the current instruction count. */
  input(bytes: Uint8Array): void;
  standing(): Standing;
  statistics(): Statistics;
  /** The metrics of the VMM. @throws UserError 251 for a bare guest */
  report(): VmmReport;
  /** What panels show. */
  readonly views: Views;
  /** Changes the VMM's optimisation level. @throws UserError 123, and 251 for a bare guest */
  setLevel(level: number): void;
  /** Copies of the sectors of the second flash that were changed since the last call, by the guest or by a write of the debugger. */
  takeFlashChanges(): readonly FlashSector[];
  /**
   * Records with sequence number > `after` (and < `before`), oldest first, at most `maximum` newest ones, of the class `cls` or of all. Numbers start at
   * 1 and only grow. Some thousands of each class are kept.
   */
  traps(after: number, maximum: number, before?: number, cls?: string): readonly TrapInfo[];
  /**
   * Until the next call, `run` returns early rather than let a record with sequence number > `after` be overwritten: for a client that wants every one.
   * `undefined`: nobody does.
   */
  keepTraps(after: number | undefined): void;
  clearTraps(): void;
  pc(): number;
}
