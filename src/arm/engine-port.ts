/**
 * What a WebAssembly engine needs of the processor beside the memory: the slow paths. `cpu` implements it; `jit` is written against it.
 * Before every call the engine has stored PC (address of the current instruction), COUNT, ITSTATE and the flags in the state block; after
 * every call it looks at Word.ATTENTION: with `abandoned` set the instruction is over and PC, flags and all state are to be reloaded from
 * the state block; with `context` set it reads
 * bank, key and page anew; with `leave` or `host` set it returns after this instruction.
 */
import type { CodeBreakpoints } from './breakpoints.js';
import type { AttemptKind } from './coverage.js';

/**
 * A plain operation, by its name in ops, that does what a system operation does, where it does not give up; with its operands: numbers of general registers,
 * immediates and statics, in the operation's order.
 */
export interface ShortForm {
  readonly name: string;
  readonly regs: readonly number[];
  readonly imms: readonly number[];
  readonly statics: readonly number[];
}

export interface EnginePort {
  /** Instructions that only the reference may execute: it looks for debug events first. */
  readonly checkedCode: CodeBreakpoints;
  /** Features of the processor, as a mask of isa/features.ts: what there is to decode. */
  readonly features: number;
  /** The short form of a system operation, given by its name and operands; undefined where it has none. Always the same for the same ones. */
  shortForm(operation: string, operands: Readonly<Record<string, number>>): ShortForm | undefined;
  /**
   * A data load that the TLB could not serve: unmapped, unaligned, page-crossing, device, big-endian. Fills the TLB where it can.
   * @param size 1, 2 or 4 bytes. @param flags {@link AccessFlag} bits. @returns the loaded value (sign-extended if asked), i32.
   */
  slowLoad(va: number, size: number, flags: number): number;
  slowStore(va: number, size: number, value: number, flags: number): void;
  /**
   * Executes the instruction at PC once by the reference, condition and ITSTATE included, and leaves PC at the next one (wherever that is).
   * Does not touch COUNT except for a `Retry` disposition, which gives the attempt back (COUNT + 1).
   */
  executeReference(): void;
  /**
   * The same of a word (as the table has it) of `length` bytes that was fetched from PC before, and would be fetched again. There is no patch.
   * PERF: the fetch is a third of what an SVC takes to a handler and back (exits.bench).
   */
  executeKnown(word: number, length: number): void;
  /** What became of the last of these. */
  readonly attempt: AttemptKind;
  /**
   * Translates `va` for instruction fetch. @returns the physical address, or -1 after the prefetch abort was taken (ATTENTION is set).
   */
  translateFetch(va: number): number;
  /**
   * WFI or WFE has executed and nothing has woken the processor yet. `run` returns Stop.WaitForInterrupt then: at its start without executing
   * anything, and after the instruction that set Attention.leave.
   */
  readonly sleeping: boolean;
  /** To be called by `run` before it executes anything, when not sleeping: a sleep that something ended is over. */
  wake(): void;
}

/** Bits of the `flags` argument of slow accesses. */
export const AccessFlag = { signed: 1, aligned: 2, unprivileged: 4 } as const;

/** Bits of `flags` from here on: the base 2 logarithm of an alignment beyond the access's own, which faults if it is not met. */
export const ALIGNMENT_SHIFT = 4;
