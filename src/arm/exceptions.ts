/** The exceptions of the architecture (DDI 0406C B1.8), and what an exception being taken looks like to those who watch it. */

export const Exception = {
  Reset: 0,
  Undefined: 1,
  SupervisorCall: 2,
  PrefetchAbort: 3,
  DataAbort: 4,
  HypervisorCall: 5,
  IRQ: 6,
  FIQ: 7,
  SecureMonitorCall: 8,
} as const;
export type ExceptionKind = (typeof Exception)[keyof typeof Exception];

/** Why a memory access was refused, independent of descriptor format; `mem/fault.ts` encodes it as short- or long-format status. */
export const FaultType = {
  None: 0,
  Alignment: 1,
  Translation: 2,
  AccessFlag: 3,
  Domain: 4,
  Permission: 5,
  /** Synchronous external abort on the access itself (nothing at that physical address). */
  External: 6,
  /** Synchronous external abort on a translation table walk. */
  ExternalOnWalk: 7,
  /** BKPT, or a debug event of the debug registers: a breakpoint or vector catch (prefetch abort), a watchpoint (data abort). */
  Debug: 8,
  /** IMPLEMENTATION DEFINED lockdown and other faults never raised here are left out on purpose. */
} as const;

/**
 * An exception about to be taken. One object per CPU is reused: read what you need before you return.
 * The CPU's state is the state *at* the instruction: PC on it, ITSTATE not advanced, no register changed.
 */
export interface PendingException {
  kind: ExceptionKind;
  /** Address of the instruction (for IRQ and FIQ: of the next one to execute), u32. */
  pc: number;
  /** What would be written to LR of the target mode, u32. */
  lr: number;
  /** What would be written to SPSR of the target mode, u32. For SVC/HVC/SMC the ITSTATE in it is the advanced one. */
  spsr: number;
  /** The word that was executed, as fetched (the planted one where there is one); 0 for interrupts and prefetch aborts. */
  word: number;
  /** Length of that word in bytes (2 or 4; 0 for interrupts and prefetch aborts). */
  length: number;
  /** For aborts: {@link FaultType}. */
  fault: number;
  /** For aborts: translation table level (1 to 3) where it applies, else 0. */
  level: number;
  /** For aborts: the domain (short descriptors), else 0. */
  domain: number;
  /** For aborts: the faulting virtual address, u32; the modified one of a maintenance operation. */
  address: number;
  /** For data aborts: true for a write (also cache maintenance, which reports WnR = 1). */
  write: boolean;
  /** For data aborts: true for cache maintenance and address translation (CM in a long-format status). */
  maintenance: boolean;
}

/**
 * What a {@link TrapHandler} decided.
 *
 * Counting: each *attempt* to execute an instruction counts one retired instruction, whether it completes or takes an exception;
 * interrupts count nothing. `Retry` takes the attempt back.
 */
export const Disposition = {
  /** Take the exception as the architecture says: write LR and SPSR, switch mode, vector. */
  Vector: 0,
  /** The handler has dealt with it and set PC (and ITSTATE) to where execution goes on. The attempt counts. */
  Resume: 1,
  /** The cause was repaired: execute from PC again. The attempt does not count. */
  Retry: 2,
} as const;
export type DispositionKind = (typeof Disposition)[keyof typeof Disposition];

/** Sees every exception before it vectors. With none attached, exceptions vector at no extra cost. */
export interface TrapHandler {
  take(exception: PendingException): DispositionKind;
}
