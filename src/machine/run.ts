/** What a run is asked for and how it ends: the vocabulary of the machine's run loop and of everyone who drives a guest. */

/** Why `Guest.run` returned. */
export type GuestStop =
  /** The limit of instructions was reached; or a limit of events, while the processor slept. */
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
