/**
 * The session protocol: the requests that a worker answers and the events that it sends. One table of each, typed by method name; `client.ts` calls
 * them, the `session` layer serves them. Nothing here depends on shared memory or on how the messages travel.
 */
import type { DecodedWord, WordPlace, WordRequest } from './decoded.js';
import type {
  BreakpointInfo,
  BreakpointRequest,
  CensusInfo,
  EvaluateInfo,
  FlashSector,
  ImageFile,
  ImageInfo,
  InstructionInfo,
  LaunchOptions,
  ListingInfo,
  ListingPlace,
  ListingSearch,
  ScopeInfo,
  StackInfo,
  StatisticsInfo,
  VmmReport,
  StatusInfo,
  StopInfo,
  SymbolInfo,
  TrapClassInfo,
  TrapClassRate,
  TrapFilter,
  TrapInfo,
  TrapPage,
  VariableInfo,
} from './model.js';
import type { InterruptQuery, InterruptsInfo, LineDrive } from './views/interrupts.js';
import type { RegisterGroup, RegisterInfo, RegisterName } from './views/registers.js';
import type { FileCoverageInfo, ListingCoverageInfo } from './views/coverage.js';
import type { MemoryBytes, MemoryMap, MemoryPlace, MemoryQuery, SearchQuery, SearchResult } from './views/memory.js';
import type {
  MmuState,
  RangePage,
  RangeQuery,
  TlbPage,
  TlbQuery,
  TranslationInfo,
  TranslationQuery,
} from './views/mmu.js';
import type {
  TimelineAnswer,
  TimelineQuery,
  TimelineRows,
  TimelineRowsQuery,
  TrapDetail,
  TrapExportPart,
  TrapExportQuery,
} from './views/timeline.js';
import type {
  BlocksAnswer,
  BlocksQuery,
  FindCodeAnswer,
  FindCodeQuery,
  MemoryMapAnswer,
  MemoryMapQuery,
} from './views/blocks.js';
import type { SiteComparison, SiteDetail, SitePage, SiteQuery } from './views/sites.js';

/** Clients and workers of different versions refuse each other. */
export const PROTOCOL_VERSION = 1;

/** The first page of traps that panels ask for, and the most that one event carries. */
export const TRAP_PAGE = 200;
/** Live events about traps and status come at most this often, ms. */
export const LIVE_INTERVAL_MS = 100;
/** So do events about the second flash, whose contents a client may write to a file, ms. */
export const FLASH_INTERVAL_MS = 1000;

/** How the worker spends host time. */
export interface PacingOptions {
  /** Keep virtual time from running ahead of host time: for sessions with a person at the keyboard. */
  readonly paced: boolean;
  /** Stop after this many instructions; for the command line. */
  readonly instructionLimit?: number;
}

export type AutomationStep =
  | { readonly kind: 'expect'; readonly pattern: string; readonly flags: string }
  | { readonly kind: 'send'; readonly bytes: Uint8Array };

/** A scripted user in place of a person. `met` follows when the script is done or `until` (a regular expression, `^` and `$` at lines) was written. */
export interface AutomationOptions {
  readonly steps?: readonly AutomationStep[];
  readonly until?: string;
}

export type StepUnit = 'instruction' | 'line';
export type StepKind = 'in' | 'over' | 'out';

/** Requests by name. Those below `launch` are refused until it succeeded. */
export interface SessionApi {
  /** `disassembler`: the bytes of capstone's WebAssembly module; without them instructions show as words. */
  initialize(params: { readonly version: number; readonly disassembler?: Uint8Array }): Record<string, never>;
  /** Looks at an ELF file or raw image without running it; later `imageLines` refer to it. */
  inspect(params: { readonly file: ImageFile }): ImageInfo;
  /** As `disassemble`, of the image. */
  imageLines(params: {
    readonly address: number;
    readonly offset: number;
    readonly count: number;
  }): readonly InstructionInfo[];
  scan(params: { readonly file: ImageFile; readonly address?: number }): CensusInfo;
  /** What a word means. No guest need be there. */
  decode(params: WordRequest): DecodedWord;
  /** The same of the instructions at a place in the launched guest, or else in the image that was inspected last; none where no code is known. */
  decodeAt(params: WordPlace): readonly DecodedWord[];

  /**
   * Loads a guest, in place of the one before if there was one: breakpoints are to be set anew, subscriptions stay. It does not run before `continue`
   * or a step.
   */
  launch(params: {
    readonly options: LaunchOptions;
    readonly pacing: PacingOptions;
    readonly automation?: AutomationOptions;
    /** Exits are timed on the host, for `report`; that costs a little at each. */
    readonly timed?: boolean;
  }): {
    readonly trapClasses: readonly TrapClassInfo[];
    readonly status: StatusInfo;
  };
  continue(params: Record<string, never>): void;
  pause(params: Record<string, never>): void;
  step(params: { readonly unit: StepUnit; readonly kind: StepKind }): void;
  runTo(params: { readonly address: number }): void;
  /** Halts the guest without a `stopped` event, for a session that is about to end. What is left to say of the second flash comes before the answer. */
  finish(params: Record<string, never>): void;

  setSourceBreakpoints(params: {
    readonly path: string;
    readonly breakpoints: readonly (BreakpointRequest & { readonly line: number })[];
  }): readonly BreakpointInfo[];
  setListingBreakpoints(params: {
    readonly document: string;
    readonly breakpoints: readonly (BreakpointRequest & { readonly line: number })[];
  }): readonly BreakpointInfo[];
  /** A name may also be an address, written `0x…` or `*0x…`. */
  setFunctionBreakpoints(params: {
    readonly breakpoints: readonly (BreakpointRequest & { readonly name: string })[];
  }): readonly BreakpointInfo[];
  setInstructionBreakpoints(params: {
    readonly breakpoints: readonly (BreakpointRequest & { readonly address: number })[];
  }): readonly BreakpointInfo[];
  /** Exactly one of `path` and `document`. */
  breakpointLines(params: {
    readonly path?: string;
    readonly document?: string;
    readonly first: number;
    readonly last: number;
  }): readonly number[];
  /** Trap classes to stop at. Each owner (the adapter, the Traps view) has its own list; all of them apply, also to guests launched later. */
  setTrapFilters(params: { readonly owner: string; readonly classes: readonly string[] }): void;

  /** Frames from `first` on, the innermost is 0; each comes with its place in a listing, which costs time for code that was not shown before. */
  stack(params: { readonly first: number; readonly count: number }): StackInfo;
  scopes(params: Record<string, never>): readonly ScopeInfo[];
  variables(params: { readonly scope: string }): readonly VariableInfo[];
  setVariable(params: { readonly evaluateName: string; readonly expression: string }): { readonly value: string };
  evaluate(params: { readonly expression: string }): EvaluateInfo;
  readMemory(params: { readonly address: number; readonly length: number }): Uint8Array;
  writeMemory(params: { readonly address: number; readonly bytes: Uint8Array }): number;
  disassemble(params: {
    readonly address: number;
    readonly offset: number;
    readonly count: number;
  }): readonly InstructionInfo[];
  symbols(params: { readonly filter: string; readonly maximum: number }): readonly SymbolInfo[];

  /** The listing document that shows an address, made if need be. */
  listingAt(params: { readonly address: number }): ListingPlace | null;
  listing(params: { readonly document: string }): ListingInfo;
  /**
   * Instructions of all code that is known whose text, word or symbol holds `text`, case aside: a piece of the code for each request, from `from` on or
   * from the beginning.
   */
  searchListing(params: { readonly text: string; readonly from?: number }): ListingSearch;

  /** Bytes typed by the user, for the guest's UART. */
  input(params: { readonly bytes: Uint8Array }): void;
  status(params: Record<string, never>): StatusInfo;
  statistics(params: Record<string, never>): StatisticsInfo;
  /** The metrics of the VMM; an error for a bare guest. */
  report(params: Record<string, never>): VmmReport;
  /** A part of the table of callback sites; an error for a bare guest. */
  sites(params: SiteQuery): SitePage;
  /** The interrupt controller. What happens to interrupts is recorded for as long as this is asked now and then. */
  interrupts(params: InterruptQuery): InterruptsInfo;
  /** Drives an interrupt line by hand, beside whatever else does: an input to the guest like typed bytes, also while it runs. */
  driveInterrupt(params: LineDrive): void;
  /** The groups of registers: of the processor, as the guest sees it, and of devices. */
  registerGroups(params: Record<string, never>): readonly RegisterGroup[];
  /** The registers of a group, without their fields. */
  registers(params: { readonly group: string }): readonly RegisterInfo[];
  /** A register with its fields. */
  register(params: { readonly id: string }): RegisterInfo;
  registerNames(params: Record<string, never>): readonly RegisterName[];
  /** Sets a register or a field of it: the processor's while the guest stands still, a device's, as the guest would write it, at any time. */
  setRegister(params: { readonly id: string; readonly field?: string; readonly expression: string }): RegisterInfo;
  /** What was executed of the files of the debug information; an error unless the launch asked for coverage. */
  coverage(params: Record<string, never>): readonly FileCoverageInfo[];
  /** The same of the instructions of a listing, by line. */
  listingCoverage(params: { readonly document: string }): readonly ListingCoverageInfo[];
  /** What governs the translations of an address space (`guest`: the one that the guest is in). */
  mmuState(params: { readonly space: string }): MmuState;
  mmuRanges(params: RangeQuery): RangePage;
  mmuTranslate(params: TranslationQuery): TranslationInfo;
  mmuTlb(params: TlbQuery): TlbPage;
  memoryMap(params: Record<string, never>): MemoryMap;
  memoryBytes(params: MemoryQuery): MemoryBytes;
  /** Writes; returns how many bytes were written. */
  memoryStore(params: MemoryPlace & { readonly address: number; readonly bytes: Uint8Array }): number;
  /** The value of an expression as an address: `sp`, `main+8`, `0x40010000`. */
  memoryAddress(params: { readonly expression: string }): number;
  /** Searches a part of what was asked for. */
  memorySearch(params: SearchQuery): SearchResult;
  /** One callback site in full; `null` if it is gone. */
  site(params: { readonly key: number }): SiteDetail | null;
  /** The code around an address, with the guest's own words and with those that are fetched. */
  compareSites(params: { readonly address: number }): SiteComparison;
  /** The graph of scanned code around a place. Counting lasts as long as somebody asks for it. An error for a bare guest, as the next two. */
  blocks(params: BlocksQuery): BlocksAnswer;
  /** What is known of the guest's memory, by page. */
  analysisMap(params: MemoryMapQuery): MemoryMapAnswer;
  /** Instructions of scanned code, a part of it at a time. */
  findCode(params: FindCodeQuery): FindCodeAnswer;
  /** Changes the VMM's optimisation level, also while the guest runs; a `status` comes before the answer. An error for a bare guest. */
  setLevel(params: { readonly level: number }): void;

  /** Live `traps` events on or off. `every`: events carry all records, none is left out (for trace files). */
  subscribeTraps(params: { readonly on: boolean; readonly every?: boolean }): void;
  /** Matching records older than `before` (all, if absent), newest first. */
  traps(params: { readonly before?: number; readonly maximum: number; readonly filter?: TrapFilter }): TrapPage;
  clearTraps(params: Record<string, never>): void;
  /** Whether a long history of traps is kept: as many records as `timeline` says. Holds for guests launched later, too; nothing for a bare one. */
  keepTrapHistory(params: { readonly on: boolean }): void;
  /** The run, or a stretch of it, in parts of time; an error for a bare guest, as are those below. */
  timeline(params: TimelineQuery): TimelineAnswer;
  /** Records of a stretch of time as rows of a table. */
  timelineRows(params: TimelineRowsQuery): TimelineRows;
  /** `null`: its record is no longer kept. */
  trapDetail(params: { readonly sequence: number }): TrapDetail | null;
  /** The next part of a file of traps. */
  exportTraps(params: TrapExportQuery): TrapExportPart;
}

/** Events by name. */
export interface SessionEvents {
  /** Execution stopped; `status` is that of this moment. */
  stopped: { readonly stop: StopInfo; readonly status: StatusInfo };
  continued: Record<string, never>;
  /** The guest ended the run: power-off, or a semihosting exit with a code. */
  ended: { readonly code: number; readonly text: string; readonly status: StatusInfo };
  /** The launch's automation has done its work; the guest stands still. */
  met: { readonly status: StatusInfo };
  /** The instruction limit of the launch is used up. */
  limit: { readonly status: StatusInfo };
  /** Bytes that left the guest's UART. */
  console: { readonly bytes: Uint8Array };
  /** A line for the debug console. */
  output: { readonly category: 'console' | 'important' | 'stdout' | 'stderr'; readonly text: string };
  /** First when a guest is loaded; while it runs, at most every {@link LIVE_INTERVAL_MS}; also when it falls asleep or wakes, and when the level changes. */
  status: StatusInfo;
  traps: TrapsEvent;
  /**
   * Sectors of the second flash that changed since the last such event, if the launch gave that flash contents: before the guest is said to stand still
   * or to have ended, and while it runs at most every {@link FLASH_INTERVAL_MS}.
   */
  flash: { readonly sectors: readonly FlashSector[] };
  /** A client changed registers or memory: whoever shows them looks again. */
  edited: Record<string, never>;
  /** Texts of listing documents changed (code was patched or written). */
  listings: { readonly documents: readonly string[] };
  /** The worker met a bug of ours. The session is of no more use. */
  failed: { readonly message: string };
}

export interface TrapsEvent {
  /** New records, oldest first: the newest {@link TRAP_PAGE} at most, unless every record was asked for. */
  readonly records: readonly TrapInfo[];
  readonly classes: readonly TrapClassRate[];
  readonly total: number;
  /** Set after `clearTraps`, and when another guest was launched: forget what was shown. */
  readonly cleared: boolean;
}

export type Method = keyof SessionApi;
export type Params<M extends Method> = Parameters<SessionApi[M]>[0];
export type Result<M extends Method> = ReturnType<SessionApi[M]>;
export type EventName = keyof SessionEvents;
