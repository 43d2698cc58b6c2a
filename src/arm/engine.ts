/** What executes instructions, as seen from above: one interface for the reference interpreter and the WebAssembly engines. */
import type { ShortForm } from './engine-port.js';

/** Why `Engine.run` returned. */
export const Stop = {
  /** Exactly `budget` attempts were made. */
  Budget: 0,
  /** An attention was raised (an interrupt line changed, a setting that the machine must look at): call again after looking. */
  Attention: 1,
  /** WFI (or WFE with no event) executed and nothing wakes the CPU now. PC is behind it. */
  WaitForInterrupt: 2,
  /** PC is at an instruction that has a breakpoint; it has not been executed. */
  Breakpoint: 3,
  /** Something above asked for it with `requestStop`. */
  Host: 4,
} as const;
export type StopKind = (typeof Stop)[keyof typeof Stop];

export interface Engine {
  readonly name: 'reference' | 'interpreter' | 'jit';
  /**
   * Executes from the current state until `budget` attempts (a positive count of instructions, at most 2^30) are used up or something
   * stops it. On return all state is in the state block, and `budget - COUNT` attempts were made.
   * @param skipBreakpointOnce the first instruction executes even if it has a breakpoint.
   */
  run(budget: number, skipBreakpointOnce: boolean): StopKind;
  /** Instruction memory, a patch or a breakpoint changed for `[pa, pa + length)` (physical): forget what was decoded there. */
  invalidateCode(pa: number, length: number): void;
  /** Forget everything decoded (after a snapshot was restored, or the overlay was exchanged). */
  invalidateAllCode(): void;
  /**
   * What executes a short form where an instruction has trapped in whose place it stands, and leaves PC there. It returns false, with nothing done, if the form
   * gives up, or there is nothing to execute it yet. The reference has none: it executes instructions.
   */
  formExecution?(form: ShortForm): () => boolean;
  /** Brings the `count` of patches of kind {@link PatchKind.counted}, and coverage where it is counted, up to date: to be called before one is read. */
  flushCounters(): void;
}

/**
 * Asked before the first decoding of any instruction in its current content: the VMM scans there and plants its patches.
 * With none attached every instruction is admitted.
 */
export interface BlockAdmission {
  /**
   * @param va virtual address of the instruction
   * @param pa physical address of its first byte (a number up to 2^40)
   * @param thumb instruction set state, 0 or 1
   * @param context fetch context, 0 or 1
   * On return the overlay holds whatever must be executed instead of memory's content.
   */
  admit(va: number, pa: number, thumb: number, context: number): void;
  /**
   * The instructions from `pa` on, in its page, of which {@link admit} would find nothing to do, as it does where it was asked of their block before: the
   * address behind the last one, or `pa` if there are none.
   */
  admittedTo(pa: number, thumb: number, context: number): number;
}

/**
 * How a patched instruction is executed (see mem/overlay.ts).
 */
export const PatchKind = {
  /** The planted word is fetched, decoded and executed instead of the original. */
  trap: 0,
  /** The original executes; each execution (its condition holding) adds one to the patch's counter (optimisation level 1: cached indirect branches). */
  counted: 1,
  /**
   * The original executes on somebody else's state: where its condition holds, the engine calls the patch's `arbitrate` (optimisation level 2). No
   * exception is taken.
   */
  inlined: 2,
} as const;
export type PatchKindValue = (typeof PatchKind)[keyof typeof PatchKind];
