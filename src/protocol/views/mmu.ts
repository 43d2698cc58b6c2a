/** What the panel "MMU" asks and is told. */

/** `guest`: the space that the guest is in; `kernel`, `user`: the shadow tables of that fetch context; others are made from TTBR0 and ASID. */
export interface SpaceInfo {
  readonly id: string;
  readonly name: string;
}

/** How tables are laid out, or that there is none. */
export type TableFormat = 'off' | 'short' | 'subpages' | 'long';

export interface MmuRegister {
  readonly name: string;
  /** Hexadecimal. */
  readonly value: string;
  readonly fields: readonly { readonly name: string; readonly value: string; readonly meaning: string }[];
}

/** What governs the translations of a space. */
export interface MmuState {
  readonly space: SpaceInfo;
  readonly spaces: readonly SpaceInfo[];
  readonly format: TableFormat;
  /** What the guest is in. */
  readonly mode: string;
  readonly privileged: boolean;
  readonly asid: number;
  /** Of the FCSE; 0 where there is none. */
  readonly process: number;
  readonly registers: readonly MmuRegister[];
  /** What DACR says of domains 0 to 15; empty where it has no say. */
  readonly domains: readonly string[];
}

/** Neighbouring entries that say the same. */
export interface MmuRange {
  /** Modified virtual address of the first byte, and bytes. */
  readonly address: number;
  readonly length: number;
  /** Why nothing is translated, where a descriptor is there: an access flag, an external abort. */
  readonly fault?: string;
  /** Of the first byte. */
  readonly pa: number;
  /** How many stretches of physical memory it has; those that are one have ascending physical addresses throughout. */
  readonly pieces: number;
  /** Bytes that one entry maps. */
  readonly leaf: number;
  readonly level: number;
  /** Absent where domains have no say. */
  readonly domain?: number;
  readonly notGlobal: boolean;
  /** `rwx` under the present DACR. */
  readonly PL1: string;
  readonly PL0: string;
  readonly attributes: string;
  /** What is there. */
  readonly target: string;
}

export interface RangeQuery {
  readonly space: string;
  /** From `first` on, below `end`; `end` is at most 2^32. */
  readonly first: number;
  readonly end: number;
  /** Ranges end where physical addresses jump. */
  readonly contiguous: boolean;
}

export interface RangePage {
  readonly ranges: readonly MmuRange[];
  /** Where the next question goes on; `end` when all was looked at. */
  readonly next: number;
}

/** `fetch`: execution. */
export type AccessName = 'read' | 'write' | 'fetch';

export interface TranslationQuery {
  readonly space: string;
  /** Virtual address, u32. */
  readonly address: number;
  readonly privileged: boolean;
  readonly access: AccessName;
}

/** A field of a descriptor. */
export interface DescriptorField {
  readonly name: string;
  /** `31:20`, `18`. */
  readonly bits: string;
  /** Binary for few bits, hexadecimal for many. */
  readonly value: string;
  readonly meaning: string;
}

export interface Descriptor {
  /** As the manual calls it: `Section`, `Small page`. */
  readonly kind: string;
  readonly fields: readonly DescriptorField[];
}

export interface WalkStep {
  readonly title: string;
  readonly text: string;
  /** It ends here, in a fault. */
  readonly fault: boolean;
  /** What was read. `word`: as the processor has it, hexadecimal. */
  readonly descriptor?: Descriptor & { readonly pa: number; readonly word: string };
}

/** What becomes of a kind of access. */
export interface AccessOutcome {
  readonly privileged: boolean;
  readonly access: AccessName;
  /** Absent where it is allowed. */
  readonly fault?: string;
  /** The status register that says so, and its value: `DFSR 0x0000080d`. */
  readonly status?: string;
}

export interface TranslationInfo {
  readonly steps: readonly WalkStep[];
  readonly outcomes: readonly AccessOutcome[];
  /** Physical address, where the asked access is allowed. */
  readonly pa?: number;
}

export interface TlbQuery {
  /** One of `guest`, `kernel`, `user`. */
  readonly space: string;
  /** Virtual address from which on. */
  readonly first: number;
  readonly count: number;
}

export interface TlbRow {
  readonly va: number;
  readonly pa: number;
  /** Bytes of the entry in the tables that it came from. */
  readonly leaf: number;
  readonly level: number;
  readonly domain?: number;
  readonly notGlobal: boolean;
  readonly PL1: string;
  readonly PL0: string;
  /** What engines do without asking: `read`, `write`, `PL0 read`. Empty where they ask. */
  readonly inline: string;
  /** How a walk of the tables as they are now would differ; absent where it would not. */
  readonly stale?: string;
  readonly target: string;
}

export interface TlbPage {
  readonly rows: readonly TlbRow[];
  readonly total: number;
  /** Where the next question goes on; 2^32 at the end. */
  readonly next: number;
}
