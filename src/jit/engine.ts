/**
 * Tier 0 as an {@link Engine}: runs the generated interpreter over predecoded slots, and serves it with code pages, decoding and the
 * processor's slow paths. Owns the pool of slots and the code page hash's entries. Knows the processor by its port only.
 */
import type { CodeBreakpoints } from '../arm/breakpoints.js';
import { Attempt, type Coverage } from '../arm/coverage.js';
import type { EnginePort, ShortForm } from '../arm/engine-port.js';
import { type Engine, PatchKind, Stop, type StopKind } from '../arm/engine.js';
import { Attention, Word } from '../arm/state.js';
import {
  CODE_HASH,
  codeHashEntry,
  CODE_HASH_ENTRIES,
  PAGE,
  SLOT_BYTES,
  SLOT_COUNTERS,
  SLOT_POOL,
  TLB_TABLE_BYTES,
} from '../mem/layout.js';
import type { Fetched, FetchUnit } from '../mem/fetch.js';
import type { MachineMemory } from '../mem/memory.js';
import type { Patch } from '../mem/ports.js';
import { IT_REACH, SlotDecoder } from './decoder.js';
import { formExecution } from './form-execution.js';
import { HandlerSet } from './handlers.js';
import { ExtensionLoops } from './extension-loops.js';
import { hotHandlers } from './hot.js';
import { Exit } from './driver.js';
import { Counts } from './fast-loop.js';
import { type DriverCalls, type DriverExports, ENVIRONMENT, generateInterpreter } from './interpreter.js';
import { type CodePage, CodePages } from './pages.js';
import { prepared } from './prepared.js';
import { RegionTier, type TierOptions } from './regions/tier.js';
import { Scratch } from './scratch.js';
import { ShortFormTable } from './short-forms.js';
import { SlotCoverage } from './slot-coverage.js';
import { BODY_MASK, BODY_SHIFT, Handler, HANDLER_LIMIT, HANDLER_MASK } from './slots.js';

/**
 * Attempts after which the interpreter returns in any case.
 * PERF: V8 replaces its first, quickly compiled code of a function by optimised code at the next call, not while it runs.
 */
const SLICE = 200_000;
/** Attempts after which what slots count is added up, lest one of their words overflow. */
const MOST_UNCOUNTED = 1 << 30;

/** What the interpreter works with. */
export interface InterpreterParts {
  readonly memory: MachineMemory;
  readonly port: EnginePort;
  readonly fetch: FetchUnit;
  readonly breakpoints: CodeBreakpoints;
  /** Where executions are to be counted. */
  readonly coverage?: Coverage;
}

/** By what they count. */
const modules: (WebAssembly.Module | undefined)[] = [];

/** The bit of CODE_KEY that tells the banks apart. */
const KEY_BANK = 1 << 2;

export class InterpreterEngine implements Engine {
  readonly name: 'interpreter' | 'jit';
  /** Tier 1, where the engine has it. */
  readonly tier1: RegionTier | undefined;

  readonly #state: Int32Array;
  readonly #i32: Int32Array;
  readonly #port: EnginePort;
  readonly #coverage: SlotCoverage | undefined;
  readonly #fetch: FetchUnit;
  readonly #breakpoints: CodeBreakpoints;
  readonly #pages: CodePages;
  readonly #decoder: SlotDecoder;
  readonly #decoded = (slot: number): void => this.tier1?.decoded(slot);
  readonly #interpret: () => number;
  readonly #extension: ExtensionLoops;
  readonly #formExecution: (form: ShortForm) => () => boolean;
  /** Patches whose executions are counted, or that execute in an instruction's place, by their slot's address. */
  readonly #patches = new Map<number, Patch>();
  /** Attempts that may have been made since slots' counters were last added up. */
  #uncounted = 0;

  /** @param tier1 with it hot code becomes regions: the engine `jit` */
  constructor({ memory, port, fetch, breakpoints, coverage }: InterpreterParts, tier1?: TierOptions) {
    this.name = tier1 === undefined ? 'interpreter' : 'jit';
    this.#state = memory.state;
    this.#i32 = memory.i32;
    this.#port = port;
    this.#coverage = coverage && new SlotCoverage(memory.i32, coverage, (page) => this.tier1?.settleCounts(page));
    this.#fetch = fetch;
    this.#breakpoints = breakpoints;
    this.#pages = new CodePages(memory, (page, first, end) => {
      this.#coverage?.clearing(page);
      this.tier1?.cleared(page, first, end);
      this.#dropPatches(first, end);
    });

    const hot = hotHandlers();
    const covers = coverage !== undefined;
    const counts = (covers ? Counts.executions : 0) | (tier1 === undefined ? 0 : Counts.arrivals);
    const module = (modules[counts] ??= new WebAssembly.Module(prepared[counts] ?? generateInterpreter(hot, counts)));
    const calls: DriverCalls = {
      enterPage: () => (this.#enterPage() ? 1 : 0),
      decode: (slot) => this.#decode(slot),
      executeReference: coverage
        ? (slot) => this.#count(coverage, () => this.#executeAt(slot))
        : (slot) => this.#executeAt(slot),
      arbitrate: (slot) => (this.#patches.get(slot) as Required<Patch>).arbitrate(),
      want: (entry) => {
        const thumb = entry < HANDLER_LIMIT ? 0 : 1;
        this.#extension.want(thumb, entry % HANDLER_LIMIT);
        return handlers[thumb].want(entry % HANDLER_LIMIT) ? 1 : 0;
      },
      hot: (slot) => this.tier1?.hot(slot),
      leftFor: () => this.tier1?.leftFor(),
      reached: (pc, thumb) => coverage?.add(pc, thumb, Attempt.passed),
      slowLoad: (va, size, flags) => {
        const value = port.slowLoad(va, size, flags);
        if (this.tier1 !== undefined) this.#tellServed(this.tier1, va, size, 0);
        return value;
      },
      slowStore: (va, size, value, flags) => {
        port.slowStore(va, size, value, flags);
        if (this.tier1 !== undefined) this.#tellServed(this.tier1, va, size, TLB_TABLE_BYTES);
      },
    };
    const instance = new WebAssembly.Instance(module, {
      [ENVIRONMENT]: { memory: memory.memory, ...calls },
    });
    const exports = instance.exports as unknown as DriverExports;
    this.#interpret = exports.run;
    this.#extension = new ExtensionLoops(memory.u8, memory.memory, exports.handlers, hot, counts);
    const environment = { memory: memory.memory, slowLoad: exports.slowLoad, slowStore: exports.slowStore };
    const handlers = hot.map(
      (list, thumb) => new HandlerSet(list, environment, exports.handlers, thumb * HANDLER_LIMIT, covers),
    );
    this.#formExecution = (form) => formExecution(form, handlers[0], exports.handlers, memory.i32);
    const before = (slot: number): number => this.tier1?.handlerBefore(slot) ?? 0;
    const shortForms = new ShortFormTable(port);
    this.#decoder = new SlotDecoder(memory, handlers, port.features, fetch, shortForms, before);
    if (tier1 !== undefined) {
      const { features } = port;
      this.tier1 = new RegionTier({ memory, pages: this.#pages, fetch, features, shortForms, exports, covers }, tier1);
    }

    const forget = (va: number | undefined): void => {
      if (va === undefined) this.invalidateAllCode();
      else this.#pages.invalidateOffset(va % PAGE);
    };
    breakpoints.onChange(forget);
    port.checkedCode.onChange(forget);
  }

  run(budget: number, skipBreakpointOnce: boolean): StopKind {
    const state = this.#state;
    const port = this.#port;
    state[Word.COUNT] = budget;
    // What asked to leave before this run has been looked at by now; a request to stop has not.
    state[Word.ATTENTION] &= Attention.host;
    if (port.sleeping) return Stop.WaitForInterrupt;
    port.wake();
    if (state[Word.ATTENTION] !== 0) return this.#heedAttention();
    let skip = skipBreakpointOnce;
    while (state[Word.COUNT] > 0) {
      const exit = skip ? Exit.stop : this.#interpretSlice();
      if (exit === Exit.stop) {
        if (!skip && this.#breakpoints.has(state[Word.PC])) return Stop.Breakpoint;
        skip = this.#step();
      }
      if (state[Word.ATTENTION] !== 0) return this.#heedAttention();
    }
    return Stop.Budget;
  }

  #interpretSlice(): number {
    this.tier1?.turn();
    const count = this.#state[Word.COUNT];
    this.#i32[Scratch.FLOOR / 4] = Math.max(0, count - SLICE);
    this.#uncounted += SLICE;
    if (this.#uncounted > MOST_UNCOUNTED) this.flushCounters();
    const exit = this.#interpret();
    this.tier1?.elapsed(count - this.#state[Word.COUNT]);
    return exit;
  }

  /** The instruction at PC by the reference, which need not fetch it if the slot has kept its word. */
  #executeAt(slot: number): void {
    const i32 = this.#i32;
    const at = slot / 4;
    const length = i32[at + 1];
    // It has led elsewhere, or given up: to be decoded anew, for then it may hold again.
    if ((i32[at] & HANDLER_MASK) === Handler.crossing) i32[at] = 0;
    if (((i32[at] >>> BODY_SHIFT) & BODY_MASK) === Handler.reference && length !== 0)
      this.#port.executeKnown(i32[at + 2], length);
    else this.#port.executeReference();
  }

  /** One instruction by the reference, counted unless a repaired fault gave the attempt back. */
  #count(coverage: Coverage, execute: () => void): void {
    const state = this.#state;
    const left = state[Word.COUNT];
    const pc = state[Word.PC];
    const thumb = state[Word.T];
    execute();
    if (state[Word.COUNT] === left) coverage.add(pc, thumb, this.#port.attempt);
  }

  /** One instruction by the reference. Returns whether a repaired fault gave the attempt back: the same instruction, then, once more. */
  #step(): boolean {
    const state = this.#state;
    const left = state[Word.COUNT];
    state[Word.COUNT] = left - 1;
    if (this.#coverage === undefined) this.#port.executeReference();
    else this.#count(this.#coverage.coverage, () => this.#port.executeReference());
    state[Word.ATTENTION] &= ~(Attention.abandoned | Attention.context);
    return state[Word.COUNT] === left;
  }

  #heedAttention(): StopKind {
    const attention = this.#state[Word.ATTENTION];
    this.#state[Word.ATTENTION] = 0;
    if ((attention & Attention.host) !== 0) return Stop.Host;
    return this.#port.sleeping ? Stop.WaitForInterrupt : Stop.Attention;
  }

  formExecution(form: ShortForm): () => boolean {
    return this.#formExecution(form);
  }

  invalidateCode(pa: number, length: number): void {
    this.#pages.invalidate(pa, length);
  }

  invalidateAllCode(): void {
    this.#pages.clear();
    this.#coverage?.forget();
    this.tier1?.dropAll();
    this.#extension.tellDriver();
    this.#i32.fill(0, CODE_HASH / 4, CODE_HASH / 4 + 2 * CODE_HASH_ENTRIES);
  }

  /** Adds what the interpreter counted to the patches of kind `counted`. To be called before their counts are read. */
  flushCounters(): void {
    this.#uncounted = 0;
    this.#coverage?.addUpAll();
    for (const [slot, patch] of this.#patches) this.#flushCounter(slot, patch);
  }

  // ---- what the interpreter calls

  /** Tells tier 1 where the slow path was for want of a TLB word that is there now. `table` lies so far behind that for loads. */
  #tellServed(tier1: RegionTier, va: number, size: number, table: number): void {
    const word = this.#i32[(this.#state[Word.TLB_BANK] + table) / 4 + (va >>> 12)];
    if (((word | va) & (size - 1)) === 0 && (word & 1) === 0) tier1.served();
  }

  /** Returns whether to stop, because there is a breakpoint: it comes before an abort, and before what a trap handler makes of one. */
  #enterPage(): boolean {
    const state = this.#state;
    const va = state[Word.PC] >>> 0;
    if (this.#breakpoints.has(va)) return true;
    // An abort counts as an attempt; otherwise the instruction will.
    state[Word.COUNT]--;
    const pa = this.#port.translateFetch(va);
    if (pa < 0) return false;
    state[Word.COUNT]++;
    const { divided } = this.#fetch;
    let page = this.#pages.find(pa, state[Word.T], state[Word.CONTEXT], divided);
    if (page === undefined && !this.#pages.hasRoom(state[Word.T])) this.invalidateAllCode();
    page ??= this.#createPage(pa, va, divided);
    this.#putInHash(page, va);
    return false;
  }

  #createPage(pa: number, va: number, divided: boolean): CodePage {
    return this.#pages.create(pa, va, this.#state[Word.T], this.#state[Word.CONTEXT], divided);
  }

  /** The page, which `va` has been translated to for a fetch, is executed there until the translation goes. */
  #putInHash(page: CodePage, va: number): void {
    this.#pages.entered(page, va);
    // Counted under one address at a time: under another one it is to be entered anew.
    const other = this.#coverage?.entered(page, va);
    const key = this.#state[Word.CODE_KEY];
    if (other !== undefined) for (const its of [key, key ^ KEY_BANK]) this.#takeOutOfHash(page, other, its);
    const entry = codeHashEntry(va, key) / 4;
    this.#i32[entry] = (va & -PAGE) | key;
    this.#i32[entry + 1] = page.slots;
  }

  #takeOutOfHash(page: CodePage, va: number, key: number): void {
    const entry = codeHashEntry(va, key) / 4;
    if (this.#i32[entry + 1] === page.slots) this.#i32[entry] = 0;
  }

  /**
   * The page into which the instruction just fetched crosses, if its slot is to be kept. Where executions are counted it is not: its second slot, where a run
   * behind it would end, is not its page's.
   */
  #secondPage({ secondPa, divided, crossesPage }: Fetched, va: number): CodePage | undefined {
    const state = this.#state;
    if (!crossesPage || divided || this.#coverage !== undefined) return undefined;
    let page = this.#pages.find(secondPa, state[Word.T], state[Word.CONTEXT], divided);
    if (page === undefined && !this.#pages.hasRoom(state[Word.T])) return undefined;
    page ??= this.#createPage(secondPa, va, divided);
    this.#putInHash(page, va);
    return page;
  }

  #decode(slot: number): void {
    const state = this.#state;
    const va = state[Word.PC] >>> 0;
    const page = this.#pages.pageOfSlot(slot);
    if (page === undefined) return;
    if (this.#breakpoints.mayHold(va, page.aliased)) {
      this.#decoder.stop(slot);
      return;
    }
    if (page.divided || this.#port.checkedCode.mayHold(va, page.aliased)) {
      this.#decoder.reference(slot);
      return;
    }
    this.tier1?.decoded(slot);
    const fetched = this.#fetch.fetch(va);
    if (fetched.fault !== 0) {
      // Only the second page of an instruction can fault here: the reference takes the abort.
      this.#decoder.reference(slot);
      return;
    }
    // An IT instruction has the slots behind it decoded anew.
    if (page.thumb && fetched.word >>> 8 === 0xbf && this.#coverage !== undefined) {
      this.#coverage.clearing(page);
      // What regions counted goes by what the slots say.
      this.tier1?.cleared(page, slot + SLOT_BYTES, slot + IT_REACH * SLOT_BYTES);
    }
    const second = this.#secondPage(fetched, (va + 2) >>> 0);
    const goesOn = this.#decoder.decode(page, slot, fetched, state[Word.ITSTATE], second);
    if (fetched.patch !== undefined) this.#patches.set(slot, fetched.patch);
    const noneStop = this.#breakpoints.none && this.#port.checkedCode.none;
    if (goesOn && noneStop) this.#decoder.decodeBehind(page, slot, this.#decoded);
  }

  // ---- patches of slots

  /** PERF: a change of one instruction asks for its few slots, not for all patches there are (the analysis of `uboot.bench`). */
  #dropPatches(first: number, end: number): void {
    if ((end - first) / SLOT_BYTES < this.#patches.size) {
      for (let slot = first; slot < end; slot += SLOT_BYTES) this.#dropPatch(slot);
    } else {
      for (const slot of this.#patches.keys()) if (slot >= first && slot < end) this.#dropPatch(slot);
    }
  }

  #dropPatch(slot: number): void {
    const patch = this.#patches.get(slot);
    if (patch === undefined) return;
    this.#flushCounter(slot, patch);
    this.#patches.delete(slot);
  }

  #flushCounter(slot: number, patch: Patch): void {
    const counter = SLOT_COUNTERS / 4 + (slot - SLOT_POOL) / SLOT_BYTES;
    const times = this.#i32[counter];
    if (times === 0) return;
    this.#i32[counter] = 0;
    if (patch.kind === PatchKind.counted) patch.count += times;
    else patch.executed?.(times);
  }
}
