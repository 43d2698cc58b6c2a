/**
 * The plain data that crosses between the worker and its clients: what a stop, a trap, a breakpoint, a frame, a listing look like on the wire. Every
 * type survives a structured clone. Shapes only; who computes them, and how they are shown, is known elsewhere.
 */

/** A file that came with a launch: its name as the user wrote it, for messages, and its bytes. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A launch with every value checked and every file read: the worker itself has no files. */
export interface LaunchOptions {
  readonly board: string;
  /** A processor model; the board's own where none is named. */
  readonly cpu?: string;
  readonly mode: 'bare' | 'hypervised';
  readonly level: number;
  readonly engine: 'jit' | 'interpreter' | 'reference';
  /** Bytes of RAM. */
  readonly memory: number;
  /** An ELF file, recognised by its magic, or a raw image. */
  readonly program?: ImageFile;
  /** Flash image at address 0. */
  readonly bios?: ImageFile;
  /** Contents of the second flash; its changes are reported only if this is there. */
  readonly flash1?: ImageFile;
  readonly kernel?: ImageFile;
  readonly initrd?: ImageFile;
  readonly dtb?: ImageFile;
  readonly append?: string;
  readonly loads: readonly { readonly file: ImageFile; readonly address: number }[];
  /** ELF files whose symbols apply, moved by `offset` bytes. */
  readonly symbols: readonly { readonly file: ImageFile; readonly offset: number }[];
  readonly semihosting: boolean;
  /** Executions of instructions are counted. */
  readonly coverage: boolean;
  /** Virtual nanoseconds per instruction. */
  readonly nsPerInstruction: number;
  /** Seconds since 1970 that the real-time clock shows at power-on. */
  readonly epoch: number;
  readonly patches: 'overlay' | 'in-place';
  readonly unpredictable: 'undefined' | 'stop';
}

/** A sector of the second flash, as the guest left it. */
export interface FlashSector {
  /** Byte offset in the flash. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A numbered error of the catalogue, as it crosses the wire. Number 0 is a bug of ours. */
export interface ErrorInfo {
  readonly number: number;
  readonly message: string;
}

/** Why the guest stopped, for a person and for the debug adapter. */
export interface StopInfo {
  readonly reason:
    'breakpoint' | 'function breakpoint' | 'instruction breakpoint' | 'step' | 'entry' | 'pause' | 'exception' | 'goto';
  /** One line for the user. */
  readonly text: string;
  /** Ids of the breakpoints that were hit. */
  readonly breakpoints: readonly number[];
  /** The guest can never go on; it can still be looked at. */
  readonly dead: boolean;
}

export interface BreakpointRequest {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

export interface BreakpointInfo {
  readonly id: number;
  readonly verified: boolean;
  /** Why it is not verified, or a note. */
  readonly message?: string;
  readonly address?: number;
  readonly line?: number;
}

/** A line of one of the session's listing documents. */
export interface ListingPlace {
  readonly document: string;
  /** From 1. */
  readonly line: number;
}

export interface StackFrameInfo {
  readonly pc: number;
  /** Of the function, with an offset, where symbols are known; else the address. */
  readonly name: string;
  /** As the debug information has it. */
  readonly path?: string;
  /** From 1. */
  readonly line?: number;
  /** False for frames found by heuristics. */
  readonly certain: boolean;
  /** Where the listing shows `pc`; absent where memory cannot be read. */
  readonly listing?: ListingPlace;
}

export interface StackInfo {
  readonly frames: readonly StackFrameInfo[];
  /** How many there are in all. */
  readonly total: number;
}

/** A register or field as the Variables view shows it. */
export interface VariableInfo {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** Expression for `evaluate` and `setVariable`. */
  readonly evaluateName?: string;
  readonly writable: boolean;
  readonly children?: readonly VariableInfo[];
  /** An address that the memory view can open. */
  readonly memoryReference?: string;
}

export interface ScopeInfo {
  readonly id: string;
  readonly name: string;
  readonly expensive: boolean;
}

export interface EvaluateInfo {
  readonly value: string;
  readonly type?: string;
  readonly memoryReference?: string;
}

export interface InstructionInfo {
  readonly address: number;
  readonly isa: 'A32' | 'T16' | 'T32';
  /** In memory order, hexadecimal. */
  readonly bytes: string;
  readonly text: string;
  readonly symbol?: string;
  readonly path?: string;
  readonly line?: number;
  /** The word that the VMM put in its place, if it did. */
  readonly planted?: string;
  readonly plantedText?: string;
  readonly hits?: number;
  /** The instruction table's class in words: sensitive, branch, innocuous … */
  readonly cls?: string;
}

export interface SymbolInfo {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

export type Verdict = 'allow' | 'emulate' | 'inject' | 'deny';

/** One trap that the VMM handled. */
export interface TrapInfo {
  /** From 1, only growing. */
  readonly sequence: number;
  /** Retired instructions at which it happened. */
  readonly count: number;
  readonly pc: number;
  readonly isa: 'A32' | 'T16' | 'T32' | '-';
  /** The original instruction, and its text. */
  readonly word: number;
  readonly text: string;
  /** One of the classes of {@link TrapClassInfo}. */
  readonly cls: string;
  /** What the processor took: SVC, UND, PABT, DABT, IRQ, FIQ. */
  readonly cause: string;
  readonly verdict: Verdict;
  readonly modeBefore: string;
  readonly modeAfter: string;
  /** Registers that have another value afterwards. */
  readonly changed: readonly { readonly name: string; readonly value: number }[];
}

/** A class of traps: what exception filters and "pause on class" choose from. */
export interface TrapClassInfo {
  readonly id: string;
  readonly label: string;
  readonly description: string;
}

/** How often a class occurred, and how often it does per second of host time. */
export interface TrapClassRate {
  readonly cls: string;
  readonly count: number;
  readonly rate: number;
  /** Records that are no longer kept: newer ones of the class took their places. */
  readonly dropped: number;
  /** Of `count`, traps that left no record: they were arbitrated inline, at level 2. */
  readonly unrecorded: number;
}

/** What a client wants to see of the traps. Every part narrows. */
export interface TrapFilter {
  /** Words that must all occur in the trap's text, class, address, cause or modes; case does not matter. */
  readonly text?: string;
  /** One class only. */
  readonly cls?: string;
}

export interface TrapPage {
  /** Newest first. */
  readonly records: readonly TrapInfo[];
  /** True if older records are left to look at; they may or may not match. */
  readonly more: boolean;
  /** The `before` that goes on where this page ends. */
  readonly next: number;
}

export interface StatisticsInfo {
  readonly instructions: number;
  /** Virtual nanoseconds since power-on. */
  readonly virtualTime: number;
  readonly mode: 'bare' | 'hypervised';
  /** Optimisation level of the VMM, where there is one. */
  readonly level?: number;
  readonly exits: readonly Omit<TrapClassRate, 'rate'>[];
  readonly blocks: number;
  readonly sites: number;
  readonly injectedInterrupts: number;
  /** Name of the processor model. */
  readonly cpu: string;
  readonly cpuMode: string;
}

export type VerdictCounts = Readonly<Record<Verdict, number>>;

export interface ExitReport {
  readonly cls: string;
  readonly label: string;
  readonly count: number;
  readonly verdicts: VerdictCounts;
  /** Exits that were timed, and what they cost the host in ns; zeros where none was. */
  readonly timed: number;
  readonly averageNs: number;
  readonly leastNs: number;
  readonly mostNs: number;
}

export interface SiteReport {
  readonly address: number;
  readonly symbol?: string;
  readonly text: string;
  readonly cls: string;
  readonly hits: number;
  readonly verdicts: VerdictCounts;
}

/** The metrics of a hypervised run. Sizes in bytes. */
export interface VmmReport {
  readonly cpu: string;
  readonly level: number;
  readonly patches: 'overlay' | 'in-place';
  readonly instructions: number;
  readonly virtualTime: number;
  /** Of the instructions, those at virtual PL1 and at virtual PL0. */
  readonly kernelInstructions: number;
  readonly userInstructions: number;
  /** Rows of the instruction table. */
  readonly rows: Readonly<Record<'A32' | 'T16' | 'T32', number>>;
  /** Since power-on, what was dropped included. */
  readonly analysis: {
    readonly blocks: number;
    readonly instructions: number;
    readonly bytes: number;
    readonly sites: number;
    readonly evictedBlocks: number;
    readonly ns: number;
  };
  readonly live: { readonly blocks: number; readonly instructions: number; readonly sites: number };
  /** Bytes of guest memory by what they are to the VMM, of the pages of which it knows anything. */
  readonly memoryUse: Readonly<Record<'unanalysed' | 'user' | 'data' | 'innocuous' | 'site', number>>;
  readonly memoryHeld: { readonly shadowTables: number; readonly analysis: number; readonly records: number };
  readonly shadow: { readonly fills: number; readonly flushes: number; readonly evictions: number };
  readonly injectedInterrupts: number;
  readonly exits: readonly ExitReport[];
  readonly sitesByClass: readonly { readonly cls: string; readonly count: number }[];
  readonly busiest: readonly SiteReport[];
}

/** What the guest is doing. `idle`: asleep until an event or input; `waiting`: only input can wake it. */
export type RunState = 'stopped' | 'running' | 'idle' | 'waiting' | 'ended';

export interface StatusInfo {
  readonly state: RunState;
  readonly instructions: number;
  readonly virtualTime: number;
  /** Millions of instructions per second of host time spent running, over the last interval; 0 while stopped. */
  readonly mips: number;
  readonly mode: 'bare' | 'hypervised';
  /** Optimisation level of the VMM, where there is one. */
  readonly level?: number;
  /** Name of the processor model. */
  readonly cpu: string;
  readonly cpuMode: string;
}

/** A read-only document of disassembly. Its lines never move while the session lives; their text may change. */
export interface ListingInfo {
  readonly document: string;
  readonly title: string;
  readonly text: string;
  /** Lines that say which source line the instructions behind them are from, for a client that has the source. */
  readonly sources: readonly ListingSource[];
}

/** A line of a listing that stands for one of a source file. Lines count from 1. */
export interface ListingSource {
  readonly line: number;
  /** As the debug information has it. */
  readonly path: string;
  readonly sourceLine: number;
}

/** A step of a search through the listing of all code. */
export interface ListingSearch {
  readonly found: readonly SymbolicInstruction[];
  /** Where the search goes on; absent when all was searched. */
  readonly next?: number;
}

/** An instruction with its place. */
export interface SymbolicInstruction {
  readonly address: number;
  readonly text: string;
  readonly symbol?: string;
}

/** An image looked at without running it. */
export interface ImageInfo {
  readonly header: readonly { readonly name: string; readonly value: string }[];
  readonly entry: number;
  readonly segments: readonly SegmentInfo[];
  readonly sections: readonly SectionInfo[];
  readonly symbols: readonly ImageSymbol[];
  readonly ranges: readonly CodeRange[];
}

export interface SegmentInfo {
  readonly type: string;
  readonly address: number;
  readonly physical: number;
  readonly fileSize: number;
  readonly memorySize: number;
  /** As `r-x`. */
  readonly flags: string;
}

export interface SectionInfo {
  readonly name: string;
  readonly type: string;
  readonly address: number;
  readonly size: number;
  readonly flags: string;
}

export interface ImageSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly kind: string;
  readonly binding: string;
  readonly thumb: boolean;
}

export interface CodeRange {
  readonly name: string;
  readonly address: number;
  readonly length: number;
  readonly thumb: boolean;
}

/** The static census of an image. */
export interface CensusInfo {
  /** How instructions were told from data: by the file's mapping symbols, or by what control flow reaches. */
  readonly method: 'symbols' | 'control flow';
  readonly instructions: number;
  readonly unknown: number;
  readonly classes: readonly { readonly cls: string; readonly count: number }[];
  readonly sensitive: readonly CensusSite[];
  readonly indirectBranches: readonly CensusSite[];
  readonly directBranches: number;
}

export interface CensusSite {
  readonly address: number;
  readonly isa: 'A32' | 'T16' | 'T32';
  readonly word: number;
  readonly text: string;
  readonly cls: string;
  readonly symbol?: string;
}
