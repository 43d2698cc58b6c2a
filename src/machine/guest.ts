/**
 * A guest as everything above the machine drives it, whichever way it runs: bare (it owns the board) or hypervised (under the VMM).
 * Debugger, session and command line are written against this; they need not know which of the two they hold.
 */
import type { Processor } from '../cpu/processor.js';
import type { PhysicalBus } from '../mem/bus.js';
import type { LoadPlan } from './images.js';
import type { Machine } from './machine.js';
import type { VirtBoard } from './virt-board.js';

/** Why `Guest.run` returned. */
export type GuestStop =
  /** The limit of instructions was reached. */
  | { readonly kind: 'limit' }
  /** PC is at a code breakpoint; the instruction there was not executed. */
  | { readonly kind: 'breakpoint' }
  /** Something called `requestStop` (a trap that the user wants to see, a watch). */
  | { readonly kind: 'host' }
  /** WFI, and the next event is at `until` (virtual ns), later than `RunOptions.sleepUntil`: the caller paces, then calls run again. */
  | { readonly kind: 'idle'; readonly until: number }
  /** WFI, no event scheduled and no input pending: only input from outside can wake it. */
  | { readonly kind: 'waiting' }
  /** The guest ended the run: power off, or semihosting exit with a code. */
  | { readonly kind: 'exit'; readonly code: number; readonly how: 'power-off' | 'semihosting' }
  /** The guest asked for a reset (PSCI SYSTEM_RESET, or the debugger did). The caller decides; `Guest.reset` performs it. */
  | { readonly kind: 'reset' }
  /** It can never make progress again; `why` is one sentence for the user. */
  | { readonly kind: 'dead'; readonly why: string };

export interface RunOptions {
  /** At most this many instructions. */
  readonly limit: number;
  /** Execute the first instruction even if it has a breakpoint. */
  readonly skipBreakpointOnce: boolean;
  /** Virtual ns up to which the time of a sleeping CPU may pass; Infinity: skip to the next event at once. */
  readonly sleepUntil: number;
}

export interface Guest {
  readonly mode: 'bare' | 'hypervised';
  readonly machine: Machine;
  /** The processor as the guest sees it: registers, modes, CP15, translation. Valid whenever `run` is not executing. */
  readonly cpu: Processor;
  /** Guest-physical address space. */
  readonly bus: PhysicalBus;
  readonly board: VirtBoard;
  /** Where the images went: symbols, entry. */
  readonly plan: LoadPlan;
  /** Runs until something stops it. */
  run(options: RunOptions): GuestStop;
  /** To be called after registers, system registers or memory were changed from outside. */
  commit(): void;
  /** Power-on state with the images loaded anew. */
  reset(): void;
  /** Sets a code breakpoint at a guest virtual address (instruction start; bit 0 clear). */
  addBreakpoint(gva: number): void;
  deleteBreakpoint(gva: number): void;
}
