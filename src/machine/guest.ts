/**
 * A guest as everything above the machine drives it, whichever way it runs: bare (it owns the board) or hypervised (under the VMM).
 * Debugger, session and command line are written against this; they need not know which of the two they hold.
 */
import type { Processor } from '../cpu/processor.js';
import type { PhysicalBus } from '../mem/bus.js';
import type { Board } from './board.js';
import type { LoadPlan } from './images.js';
import type { Machine } from './machine.js';
import type { GuestStop, RunOptions } from './run.js';

export interface Guest {
  readonly mode: 'bare' | 'hypervised';
  readonly machine: Machine;
  /** The processor as the guest sees it: registers, modes, CP15, translation. Valid whenever `run` is not executing. */
  readonly cpu: Processor;
  /** Guest-physical address space. */
  readonly bus: PhysicalBus;
  readonly board: Board;
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
