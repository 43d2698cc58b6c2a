/** What the panel "Trap Timeline" asks and is told. Times are virtual nanoseconds since power-on. */
import type { DecodedWord } from '../decoded.js';
import type { StackFrameInfo, TrapInfo, VerdictCounts } from '../model.js';

/** A stretch of time, to be divided into parts of the same length. */
export interface SliceQuery {
  readonly start: number;
  readonly end: number;
  readonly parts: number;
  /** Traps are also given one by one if there are no more than this. */
  readonly marks: number;
}

/** What happened in a stretch of time. */
export interface TimeSlice {
  readonly start: number;
  readonly end: number;
  readonly parts: number;
  /** By class that has records here: how many there are before the end of each part, and first a 0. */
  readonly counts: readonly { readonly cls: string; readonly before: Uint32Array }[];
  /** Time that user code had, and time slept, up to the same points, in parts of time's length. */
  readonly user: Float64Array;
  readonly asleep: Float64Array;
  readonly marks?: TimeMarks;
}

/** Single traps, as columns. */
export interface TimeMarks {
  readonly sequences: Float64Array;
  readonly times: Float64Array;
  /** Index into `TRAP_CLASSES`. */
  readonly classes: Uint8Array;
  /** Index into allow, emulate, inject, deny. */
  readonly verdicts: Uint8Array;
}

/** A class of traps that happened in this run. */
export interface TimelineClass {
  readonly cls: string;
  /** Records that are kept of this run. */
  readonly kept: number;
  /** Time of the oldest of them if older ones are gone, else 0. */
  readonly since: number;
  /** Traps that left no record, since the start of the session. */
  readonly unrecorded: number;
}

export interface TimelineQuery {
  /** The whole run, in so many parts; 0: not asked for. */
  readonly overview: number;
  readonly window?: SliceQuery;
}

export interface TimelineAnswer {
  readonly now: number;
  readonly nsPerInstruction: number;
  /** Records kept of all runs, how many may be, and bytes that they take. */
  readonly kept: number;
  readonly capacity: number;
  readonly bytes: number;
  readonly classes: readonly TimelineClass[];
  /** From when on it is known which time user code had. */
  readonly contextsSince: number;
  readonly overview?: TimeSlice;
  readonly window?: TimeSlice;
}

/** Traps as rows of a table, oldest first. */
export interface TimelineRowsQuery {
  readonly start: number;
  readonly end: number;
  /** Ids of classes that are not wanted. */
  readonly hidden: readonly string[];
  /** Rows from `first` on, at most `count`. */
  readonly first: number;
  readonly count: number;
  /** A trap to be found: one by its number, the one that lies so many further on (shown ones only), or the one nearest to a time. */
  readonly find?: TrapSought;
}

export type TrapSought = { readonly sequence: number; readonly step?: number } | { readonly time: number };

export interface TimelineRow extends TrapInfo {
  readonly time: number;
  readonly symbol?: string;
}

export interface TimelineRows {
  /** Rows that there are. */
  readonly total: number;
  readonly first: number;
  readonly rows: readonly TimelineRow[];
  /** The trap that was to be found; absent if it is not there. `index`: of its row, -1 outside of the stretch. */
  readonly found?: { readonly index: number; readonly sequence: number; readonly time: number };
}

export interface TrapRegister {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** A part of the virtual CPSR in words. */
export interface TrapStatus {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Everything that is known of one trap. */
export interface TrapDetail {
  readonly trap: TimelineRow;
  /** The instruction; absent where the trap is not one of an instruction. */
  readonly decoded?: DecodedWord;
  /** The instruction's condition where it has one. */
  readonly condition?: { readonly code: string; readonly flags: string; readonly passed: boolean };
  /** Why it trapped, and what the arbiter did. */
  readonly why: readonly string[];
  readonly did: readonly string[];
  readonly registers: readonly TrapRegister[];
  readonly status: readonly TrapStatus[];
  readonly stack: readonly StackFrameInfo[];
  /** True if memory has not changed since, so that the stack is that of the trap. */
  readonly stackIsCurrent: boolean;
  /** The callback site that stands there now. */
  readonly site?: { readonly hits: number; readonly verdicts: VerdictCounts };
  /** What traps of this class cost the host, ns: exits that were timed. Absent if none was. */
  readonly cost?: { readonly timed: number; readonly average: number; readonly least: number; readonly most: number };
  /** Whether PC may be stopped at: an interrupt has no instruction of its own. */
  readonly hasInstruction: boolean;
}

export type TrapExportFormat = 'json' | 'csv' | 'chrome';

/** Where the next part of a file of traps begins: with time in the guest's contexts (Chrome's format has it), or with a trap. */
export interface TrapExportPlace {
  readonly stage: 'contexts' | 'traps';
  /** A time, or the sequence number of the last trap that was written. */
  readonly at: number;
}

export interface TrapExportQuery {
  readonly format: TrapExportFormat;
  readonly start: number;
  readonly end: number;
  /** Ids of classes that are not wanted. */
  readonly hidden: readonly string[];
  /** Absent: the file's beginning. */
  readonly from?: TrapExportPlace;
}

export interface TrapExportPart {
  readonly bytes: Uint8Array;
  /** Traps in this part, and traps that are left. */
  readonly traps: number;
  readonly left: number;
  /** Absent at the end. */
  readonly next?: TrapExportPlace;
}

/** A stretch of time in one of the guest's contexts. */
export interface ContextTime {
  readonly context: 'kernel' | 'user' | 'asleep';
  readonly start: number;
  readonly end: number;
}
