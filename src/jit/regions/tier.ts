/**
 * Tier control: which slots become regions and when, the modules that hold them, and when they go. Owns the regions' numbers and all that says
 * which slot leads to which region; a region goes when a slot that it was made from is cleared. Generates by region.ts, and executes nothing.
 */
import { Word } from '../../arm/state.js';
import type { FetchUnit } from '../../mem/fetch.js';
import { codeHashEntry, INVALID_BANK, PAGE, REGIONS, tlbBank } from '../../mem/layout.js';
import type { MachineMemory } from '../../mem/memory.js';
import { FIRST_REGION } from '../driver.js';
import { type DriverExports, ENVIRONMENT } from '../interpreter.js';
import type { CodePage, CodePages } from '../pages.js';
import { Scratch } from '../scratch.js';
import type { ShortFormTable } from '../short-forms.js';
import { Handler, HANDLER_MASK, slotShift } from '../slots.js';
import { ModuleWriter } from '../wasm/module.js';
import { Expressions } from './expressions.js';
import { RegionCounts, RunWords, settleRuns } from './counts.js';
import { type Block, branchTarget, type Flow, formFlow, lastOf } from './flow.js';
import { Heat, type HeatOptions } from './heat.js';
import { By, InstructionReader } from './instructions.js';
import type { Neighbour } from './calls.js';
import { type RegionCalls, RegionEmitter } from './region.js';
import { MOST_NESTED, RegionByte, regionEntry, regionOfEntry, slotRegion } from './table.js';
import { BranchKind } from './traits.js';

/** How tier 1 is controlled. */
export interface TierOptions extends HeatOptions {
  /** Bytes of WebAssembly that are kept at most; beyond, all regions go, and what is still hot comes back. */
  readonly mostBytes?: number;
  /** Told of each module's binary: for those who want to look at it. */
  readonly onModule?: (binary: Uint8Array) => void;
}

/** PERF: measured with engine.bench; the larger, the later hot code is fast; the smaller, the more code is generated that is executed little. */
export const TIER_DEFAULTS: TierOptions = { threshold: 3000, timesAtFirst: 20 };

/** A module holds at most so many regions. */
const MOST_IN_MODULE = 64;
/** As many begin at one slot, for different addresses and code keys: a page that is mapped twice, or executed at both privilege levels. */
const MOST_AT_SLOT = 4;
/**
 * In one slice regions are begun until they have so many instructions: translating must not be noticed, so it takes 10 ms at most. At first, while
 * the host has not compiled the generator, an instruction takes ten times as long (regions.bench): then it is a few, and more for each one made.
 */
const MOST_INSTRUCTIONS = 1500;
const FIRST_INSTRUCTIONS = 100;
const WARMTH = 16;
/** Slots that wait for others to become hot, so that they share a module. */
const WORTHWHILE = 16;
/** Or until so many slices have passed. */
const SLICES_TO_WAIT = 2;
const MOST_BYTES = 24 << 20;
/**
 * What a module's regions call, and is a region of another module, is copied into it, up to so many instructions, or half as many as the module has.
 * PERF: qsort is 1.5 times as fast: its comparison is hot before what calls it.
 */
const LEAST_COPIED = 128;

/** Regions are left so often for an instruction at most, within so many attempts: one in 400 can be a new page of memory each time. */
const MOST_LEFT = 512;
const LEFT_WITHIN = 200_000;

const LR = 14;

/** Indices of what a module of regions imports, in this order. */
const CALLS: RegionCalls = { enter: 0, handler: 1, reference: 2, arbitrate: 3 };
const IMPORTS = 4;

/** A slot that has become hot, and how execution got there. */
interface Request {
  readonly slot: number;
  readonly pc: number;
  readonly thumb: number;
  readonly key: number;
  readonly bank: number;
  /** R14 then: if it was called, where the call returns to. */
  readonly lr: number;
  /** A region calls it. */
  readonly called: boolean;
}

interface Region {
  readonly id: number;
  readonly slot: number;
  readonly request: Request;
  /** First slots and ends (byte addresses) of what it was made from, by turns. */
  readonly spans: readonly number[];
  /** The first slots of the pages that it was made from. */
  readonly pages: readonly number[];
  /** What counts what it executes. */
  readonly counts: RegionCounts | undefined;
}

/** A region on its way. */
interface Draft {
  readonly request: Request;
  /** Only regions of its module call it: where others enter there is another region. */
  readonly copy: boolean;
  readonly flow: Flow;
  readonly reader: InstructionReader;
  readonly counts: RegionCounts | undefined;
  readonly id: number;
  readonly functionIndex: number;
}

export interface TierParts {
  readonly memory: MachineMemory;
  readonly pages: CodePages;
  readonly fetch: FetchUnit;
  readonly features: number;
  readonly shortForms: ShortFormTable;
  readonly exports: DriverExports;
  /** Whether what is executed is counted. */
  readonly covers: boolean;
}

/** What there is, and what was done. */
export interface TierStatistics {
  regions: number;
  modules: number;
  instructions: number;
  bytes: number;
}

export class RegionTier {
  readonly statistics: TierStatistics = { regions: 0, modules: 0, instructions: 0, bytes: 0 };

  readonly #parts: TierParts;
  readonly #options: TierOptions;
  readonly #i32: Int32Array;
  readonly #u16: Uint16Array;
  readonly #table: WebAssembly.Table;
  readonly #environment: Record<string, WebAssembly.ImportValue>;
  readonly #heat: Heat;
  readonly #expressions = new Expressions();
  /** Live regions by number. */
  readonly #regions = new Map<number, Region>();
  /** Live regions by the first slot of each page that they were made from. */
  readonly #byPage = new Map<number, Set<Region>>();
  /** How often regions were left of late for the instruction of a slot; and the slots of which that was too often. */
  readonly #left = new Map<number, number>();
  /** The slot that a region was left for last, unless it does not count. */
  #leftLast = -1;
  readonly #slow = new Set<number>();
  readonly #isSlow = (slot: number): boolean => this.#slow.has(slot);
  #elapsed = 0;
  /** Where calls have gone, by what they return to. */
  readonly #calledFrom = new Map<string, number>();
  #queue: Request[] = [];
  #waited = 0;
  /** Instructions that may be translated in this slice. */
  #allowance = FIRST_INSTRUCTIONS;
  readonly #runWords = new RunWords();
  #next = 0;
  #bytes = 0;

  constructor(parts: TierParts, options: TierOptions) {
    const { memory, exports } = parts;
    this.#parts = parts;
    this.#options = options;
    this.#i32 = memory.i32;
    this.#u16 = memory.u16;
    this.#heat = new Heat(memory.u16, options);
    this.#table = exports.handlers;
    const { enter, handler, reference, arbitrate } = exports;
    this.#environment = {
      memory: memory.memory,
      enter: enter!,
      handler: handler!,
      reference: reference!,
      arbitrate: arbitrate!,
    };
  }

  /** What there is now: regions, and bytes of WebAssembly since all were dropped. */
  get kept(): { readonly regions: number; readonly bytes: number } {
    return { regions: this.#regions.size, bytes: this.#bytes };
  }

  /** Told that a slot was decoded: it is counted from the start. */
  decoded(slot: number): void {
    this.#heat.restart(slot);
  }

  /** The handler that a slot had before the region that begins there. */
  handlerBefore(slot: number): number {
    return this.#i32[(regionEntry(this.#u16[slotRegion(slot) / 2 + 1]) + RegionByte.HANDLER) / 4];
  }

  /** The slot at PC has become hot. */
  hot(slot: number): void {
    const { state } = this.#parts.memory;
    const bank = state[Word.TLB_BANK];
    // Without direct accesses a region gains nothing.
    if (bank === tlbBank(INVALID_BANK) || !this.#heat.isHot(slot, this.statistics.instructions)) return;
    const [pc, thumb, key] = [state[Word.PC] >>> 0, state[Word.T], state[Word.CODE_KEY]];
    this.#queue.push({ slot, pc, thumb, key, bank, lr: (state[LR] & -2) >>> 0, called: false });
    if (this.#queue.length >= WORTHWHILE || this.#options.threshold === 1) this.translate();
  }

  /** To be called before each slice, while no region is executed: makes what has waited long enough. */
  turn(): void {
    const warm = Math.floor(this.statistics.instructions / WARMTH);
    this.#allowance = Math.min(MOST_INSTRUCTIONS, FIRST_INSTRUCTIONS + warm);
    if (this.#queue.length > 0 && ++this.#waited > SLICES_TO_WAIT) this.translate();
  }

  // ---- instructions that regions are left for

  /** So many attempts were made since the last time. */
  elapsed(attempts: number): void {
    this.#elapsed += attempts;
    if (this.#elapsed < LEFT_WITHIN) return;
    this.#elapsed = 0;
    this.#left.clear();
  }

  /**
   * A region was left so that the instruction at PC be executed by itself. Where that happens often, a called handler is to execute it.
   * PERF: a loop that polls a device would be tier 0's otherwise, and leave and enter a region each time round besides (exits.bench).
   */
  leftFor(): void {
    const { state } = this.#parts.memory;
    const pc = state[Word.PC] >>> 0;
    const entry = codeHashEntry(pc, state[Word.CODE_KEY]) / 4;
    if (this.#i32[entry] !== ((pc & -PAGE) | state[Word.CODE_KEY])) return;
    const slots = this.#i32[entry + 1];
    const slot = slots + ((pc & (PAGE - 1)) << slotShift(state[Word.T]));
    const times = (this.#left.get(slot) ?? 0) + 1;
    this.#left.set(slot, times);
    this.#leftLast = slot;
    if (times < Math.min(MOST_LEFT, this.#options.threshold) || this.#slow.has(slot)) return;
    this.#slow.add(slot);
    for (const region of [...(this.#byPage.get(slots) ?? [])])
      if (overlaps(region.spans, slot, slot + 1)) this.#remake(region);
  }

  /**
   * An access was served the slow way, and will not be the next time. Where a region has just been left for it, that does not count.
   * PERF: each page's first store of an epoch (mem/dirty-pages.ts) would make stores all over memory slow ones for good (random, in dirty.bench).
   */
  served(): void {
    const times = this.#left.get(this.#leftLast);
    if (times !== undefined) this.#left.set(this.#leftLast, times - 1);
    this.#leftLast = -1;
  }

  #remake(region: Region): void {
    const { slot, request } = region;
    this.#drop(region);
    this.#heat.rest(slot);
    this.#queue.push({ ...request, called: false });
  }

  // ---- making regions

  /** Makes one module of what waits, and of what that calls, as far as it may now. */
  translate(): void {
    const most = this.#options.threshold === 1 ? Infinity : this.#allowance;
    const drafts: Draft[] = [];
    const places = new Map<string, Draft>();
    const inside = new Set<number>();
    const requests = this.#queue;
    let [instructions, copied] = [0, 0];
    let at = 0;
    for (; at < requests.length && drafts.length < MOST_IN_MODULE && instructions < most; at++) {
      const request = requests[at];
      if (places.has(placeOf(request.key, request.pc))) continue;
      if (!request.called && inside.has(request.slot)) {
        // PERF: the heads of a function's loops become hot together, and a region of each would be much the same. Where tier 0 goes on in one,
        // it is asked for again (qsort: 531 instructions generated in place of 967; 1.03 times as fast, compilation included).
        this.#heat.restart(request.slot);
        continue;
      }
      const draft = this.#draft(request, drafts.length);
      if (draft === undefined) continue;
      if (draft.copy && (copied += draft.flow.size) > Math.max(LEAST_COPIED, instructions / 2)) {
        copied -= draft.flow.size;
        continue;
      }
      drafts.push(draft);
      for (const { instructions: of } of draft.flow.blocks) if (of.length > 0) inside.add(of[0].slot);
      places.set(placeOf(request.key, request.pc), draft);
      instructions += draft.flow.size;
      requests.push(...this.#callees(draft));
    }
    // Callees come back by themselves.
    this.#queue = requests.slice(at).filter(({ called }) => !called);
    this.#waited = this.#queue.length > 0 ? SLICES_TO_WAIT : 0;
    if (drafts.length === 0) return;
    const full = this.#next + drafts.length > REGIONS || this.#bytes > (this.#options.mostBytes ?? MOST_BYTES);
    if (full || this.#runWords.isShort) {
      for (const { request } of drafts) this.#heat.restart(request.slot);
      this.dropAll();
      return;
    }
    this.#next += drafts.length;
    this.#allowance -= instructions;
    this.#make(drafts, places);
    this.statistics.instructions += instructions;
  }

  #draft(request: Request, place: number): Draft | undefined {
    const { memory, pages, fetch, features, shortForms } = this.#parts;
    const { slot, pc, thumb, key } = request;
    const copy = this.#leadsFor(slot, key, pc | thumb);
    if (copy && !request.called) {
      this.#heat.countOn(slot);
      return undefined;
    }
    const reader = new InstructionReader({
      memory,
      pages,
      features,
      shortForms,
      fetch,
      handlerBefore: (other) => this.handlerBefore(other),
      isTarget: (other) => this.#isTarget(other),
      isSlow: this.#isSlow,
    });
    reader.begin(thumb, key, pc, slot);
    const flow = formFlow(reader, pc, thumb);
    if (flow === undefined || !isWorthwhile(flow)) return undefined;
    // The head of a loop was branched to.
    if (!request.called && !flow.entry.loop) this.#calledFrom.set(placeOf(key, request.lr), pc);
    const counts = this.#parts.covers ? new RegionCounts(flow, thumb, this.#runWords, this.#isSlow) : undefined;
    return { request, copy, flow, reader, counts, id: this.#next + place, functionIndex: IMPORTS + place };
  }

  #isTarget(slot: number): boolean {
    return this.#hasRegion(slot) || this.#heat.isTarget(slot);
  }

  #hasRegion(slot: number): boolean {
    return (this.#i32[slot / 4] & HANDLER_MASK) === Handler.region;
  }

  /** The numbers of the regions that begin at a slot, the first one first. */
  #idsAt(slot: number): number[] {
    const ids: number[] = [];
    if (!this.#hasRegion(slot)) return ids;
    for (let id = this.#u16[slotRegion(slot) / 2 + 1]; ;) {
      ids.push(id);
      const next = this.#i32[(regionEntry(id) + RegionByte.NEXT) / 4];
      if (next === 0) return ids;
      id = regionOfEntry(next);
    }
  }

  /** Makes these the regions that begin at a slot, instead of those that did. */
  #chain(slot: number, ids: readonly number[], handler: number): void {
    const i32 = this.#i32;
    ids.forEach((id, i) => {
      i32[(regionEntry(id) + RegionByte.NEXT) / 4] = i + 1 < ids.length ? regionEntry(ids[i + 1]) : 0;
    });
    if (ids.length > 0) this.#u16[slotRegion(slot) / 2 + 1] = ids[0];
    i32[slot / 4] = (i32[slot / 4] & ~HANDLER_MASK) | (ids.length > 0 ? Handler.region : handler);
  }

  /** Whether a region that begins at a slot is for this address and code key. */
  #leadsFor(slot: number, key: number, value: number): boolean {
    return this.#idsAt(slot).some((id) => {
      const entry = regionEntry(id) / 4;
      return this.#i32[entry + RegionByte.KEY / 4] === key && this.#i32[entry + RegionByte.VALUE / 4] === (value | 0);
    });
  }

  /** What a region calls, as far as it has been executed often, too. */
  #callees({ request, flow, reader }: Draft): Request[] {
    const { thumb, key } = request;
    const found: Request[] = [];
    for (const block of flow.blocks) {
      if (!block.call) continue;
      const last = lastOf(block);
      const direct = last.traits.branch === BranchKind.relative;
      const pc = direct ? branchTarget(last, thumb) : this.#pointedTo(key, flow, block);
      const page = pc === undefined ? undefined : reader.page(pc);
      if (pc === undefined || page === undefined) continue;
      const slot = page.slots + ((pc & (PAGE - 1)) << slotShift(thumb));
      if (this.#i32[slot / 4] === 0 || !(this.#hasRegion(slot) || this.#heat.isWarm(slot))) continue;
      found.push({ ...request, slot, pc, called: true });
    }
    return found;
  }

  /** Where a call by pointer has gone; or where another one of the same region has, for of a function only the last call is known. */
  #pointedTo(key: number, { blocks }: Flow, block: Block): number | undefined {
    const known = this.#calledFrom.get(placeOf(key, block.end));
    if (known !== undefined) return known;
    for (const other of blocks) {
      if (!other.call || lastOf(other).traits.branch === BranchKind.relative) continue;
      const target = this.#calledFrom.get(placeOf(key, other.end));
      if (target !== undefined) return target;
    }
    return undefined;
  }

  #make(drafts: readonly Draft[], places: ReadonlyMap<string, Draft>): void {
    const module = new ModuleWriter();
    module.importMemory(ENVIRONMENT, 'memory');
    const called = module.type(2, 1);
    for (const name of ['enter', 'handler']) module.importFunction(ENVIRONMENT, name, called);
    for (const name of ['reference', 'arbitrate']) module.importFunction(ENVIRONMENT, name, module.type(3, 1));
    const type = module.type(1, 1);
    for (const { request, flow, reader, counts, id } of drafts) {
      const { thumb, key, bank } = request;
      const neighbour = (pc: number): Neighbour | undefined => places.get(placeOf(key, pc));
      const pointedTo = (block: Block): number | undefined => this.#pointedTo(key, flow, block);
      const context = {
        thumb,
        key,
        bank,
        calls: CALLS,
        reader,
        neighbour,
        pointedTo,
        i32: this.#i32,
        counts,
        isSlow: this.#isSlow,
      };
      const code = new RegionEmitter(flow, context, this.#expressions).emit();
      module.exportFunction(String(id), module.addFunction(type, code));
    }
    const bytes = module.finish();
    this.#options.onModule?.(bytes);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { [ENVIRONMENT]: this.#environment });
    this.#bytes += bytes.length;
    this.statistics.bytes += bytes.length;
    this.statistics.modules++;
    this.statistics.regions += drafts.length;
    for (const draft of drafts) {
      this.#table.set(FIRST_REGION + draft.id, exports[String(draft.id)]);
      this.#install(draft);
    }
  }

  #install({ request, copy, flow, counts, id }: Draft): void {
    const i32 = this.#i32;
    const { slot, pc, thumb, key, bank } = request;
    const entry = regionEntry(id) / 4;
    i32[entry + RegionByte.VALUE / 4] = pc | thumb;
    i32[entry + RegionByte.KEY / 4] = key;
    i32[entry + RegionByte.BANK / 4] = bank;
    i32[entry + RegionByte.DEPTH / 4] = MOST_NESTED;
    if (!copy) this.#begin(slot, id);
    const region: Region = { id, slot, request, counts, ...extentOf(flow, thumb, this.#parts.pages) };
    this.#regions.set(id, region);
    for (const page of region.pages) {
      const others = this.#byPage.get(page);
      if (others === undefined) this.#byPage.set(page, new Set([region]));
      else others.add(region);
    }
  }

  /** A region is what is entered at a slot from now on, where it may be. */
  #begin(slot: number, id: number): void {
    const before = this.#idsAt(slot);
    for (const other of before.splice(MOST_AT_SLOT - 1)) this.#drop(this.#regions.get(other)!);
    const handler = before.length > 0 ? this.handlerBefore(slot) : this.#i32[slot / 4] & HANDLER_MASK;
    this.#i32[(regionEntry(id) + RegionByte.HANDLER) / 4] = handler;
    this.#chain(slot, [id, ...before], handler);
    this.#heat.countOn(slot);
  }

  // ---- dropping regions

  /** Slots from `first` up to but not including `end` (byte addresses) of a page are about to be cleared. */
  cleared(page: CodePage, first: number, end: number): void {
    for (const slot of this.#slow) if (slot >= first && slot < end) this.#slow.delete(slot);
    const regions = this.#byPage.get(page.slots);
    if (regions === undefined) return;
    for (const region of regions) if (overlaps(region.spans, first, end)) this.#drop(region);
  }

  /** What regions have counted of a page goes to its slots. No region is under way, or it is not within a run of its own code. */
  settleCounts(page: CodePage): void {
    for (const { counts } of this.#byPage.get(page.slots) ?? [])
      if (counts !== undefined) settleRuns(this.#i32, counts.runs);
  }

  #drop(region: Region): void {
    const i32 = this.#i32;
    if (region.counts !== undefined) settleRuns(i32, region.counts.runs);
    const { id, slot } = region;
    const ids = this.#idsAt(slot);
    if (ids.includes(id)) {
      const rest = ids.filter((other) => other !== id);
      this.#chain(slot, rest, this.handlerBefore(slot));
      this.#heat.restart(slot);
    }
    i32[(regionEntry(id) + RegionByte.DEPTH) / 4] = 0;
    i32[Scratch.DROPPED / 4] = 1;
    this.#table.set(FIRST_REGION + id, null);
    this.#regions.delete(id);
    for (const page of region.pages) {
      const others = this.#byPage.get(page);
      others?.delete(region);
      if (others?.size === 0) this.#byPage.delete(page);
    }
  }

  /** Drops all regions, and begins to number anew. */
  dropAll(): void {
    for (const region of [...this.#regions.values()]) this.#drop(region);
    for (const { slot } of this.#queue) this.#heat.restart(slot);
    this.#queue = [];
    this.#next = 0;
    this.#bytes = 0;
    this.#runWords.restart();
    this.#left.clear();
    this.#calledFrom.clear();
  }
}

function placeOf(key: number, pc: number): string {
  return `${key}:${pc}`;
}

/** Whether a region is more than a way to leave it. */
function isWorthwhile({ blocks }: Flow): boolean {
  return blocks.some(({ instructions }) => instructions.some(({ by }) => by !== By.reference));
}

function overlaps(spans: readonly number[], first: number, end: number): boolean {
  for (let i = 0; i < spans.length; i += 2) if (spans[i] < end && first < spans[i + 1]) return true;
  return false;
}

/** The slots that a region was made from: blocks lie within a page each. */
function extentOf({ blocks }: Flow, thumb: number, pages: CodePages): Pick<Region, 'spans' | 'pages'> {
  const spans: number[] = [];
  const found = new Set<number>();
  for (const { instructions } of blocks) {
    if (instructions.length === 0) continue;
    const first = instructions[0];
    const last = instructions[instructions.length - 1];
    spans.push(first.slot, last.slot + (last.length << slotShift(thumb)));
    const page = pages.pageOfSlot(first.slot);
    if (page !== undefined) found.add(page.slots);
  }
  return { spans, pages: [...found] };
}
