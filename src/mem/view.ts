/**
 * How an evaluator reaches data memory: the interface that a processor's accesses (data-access.ts) implement. Knows nothing of translation
 * or buses.
 */

/** Why an access was refused. One object per view is reused: read it before the next access. */
export interface MemoryFault {
  /** FaultType of arm/exceptions.ts; 0 after an access that succeeded. */
  type: number;
  /** Translation table level (1 to 3) where it applies, else 0. */
  level: number;
  /** The domain (short descriptors) where known, else 0. */
  domain: number;
  /** The address to report, u32: of the first byte that could not be accessed. */
  address: number;
  write: boolean;
}

/** Data memory as one instruction sees it. Addresses are taken modulo 2^32; `flags` are bits of AccessFlag (arm/engine-port.ts). */
export interface MemoryView {
  /** The outcome of the latest access: look at `fault.type` after each. */
  readonly fault: MemoryFault;
  /**
   * Loads 1, 2 or 4 bytes in the order that CPSR.E says: zero-extended, or sign-extended with AccessFlag.signed; a word is an i32.
   * Returns 0 with `fault.type` set if the access is refused.
   */
  load(va: number, size: 1 | 2 | 4, flags: number): number;
  /** Stores the low `size` bytes of `value`; nothing is stored if any byte of the access is refused. */
  store(va: number, size: 1 | 2 | 4, value: number, flags: number): void;
}

/** A fault record with nothing in it. */
export function noFault(): MemoryFault {
  return { type: 0, level: 0, domain: 0, address: 0, write: false };
}
