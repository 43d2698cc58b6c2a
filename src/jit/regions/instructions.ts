/**
 * Instructions as a region sees them, read back from slots: only what tier 0 has decoded, and so has been admitted and executed before, can be
 * part of a region. Owns how a slot becomes an {@link Instruction}; knows no control flow and emits nothing.
 */
import { PatchKind } from '../../arm/engine.js';
import { FpAccess, FpFast, Word } from '../../arm/state.js';
import { codeHashEntry, PAGE } from '../../mem/layout.js';
import type { FetchUnit } from '../../mem/fetch.js';
import type { MachineMemory } from '../../mem/memory.js';
import type { Patch } from '../../mem/ports.js';
import type { PlainOperation } from '../../ops/operation.js';
import { predecode, type Predecoded } from '../../ops/predecode.js';
import { Fact } from '../../isa/row.js';
import type { CodePages } from '../pages.js';
import type { ShortFormTable } from '../short-forms.js';
import { BODY_MASK, BODY_SHIFT, Handler, HANDLER_MASK, slotShift } from '../slots.js';
import { BranchKind, traitsOf, type Traits } from './traits.js';

/** How a region executes an instruction. */
export const By = {
  /** By code of its own. */
  region: 0,
  /** By the out-of-line handler of its slot. */
  handler: 1,
  /** By the reference. */
  reference: 2,
  /** IT: it is known what it does to the instructions behind it. */
  IT: 3,
  /** By the patch of its slot, where its condition holds. */
  patch: 4,
} as const;

/** Condition number of what has none. */
export const ALWAYS = 14;

/** R15. */
export const PC = 15;

/** General registers as bits: all but the PC. */
const REGISTERS = 0x7fff;
const LR = 1 << 14;

/** PERF: of one shape, made by one constructor: regions are formed from tens of thousands of these. */
export class Instruction {
  /**
   * @param pc u32
   * @param slot byte address of its slot
   * @param cond 0 to 13, or {@link ALWAYS}
   * @param itstate ITSTATE at it; `nextItstate` at the next one in memory order
   * @param reads general registers that it reads, as bits; `writes` those that it writes. Of one that the region has no code for: none
   * @param counted its executions are counted for a patch
   * @param ends nothing behind it is reached from it
   */
  constructor(
    readonly pc: number,
    readonly length: number,
    readonly slot: number,
    readonly itstate: number,
    readonly nextItstate: number,
    readonly predecoded: Predecoded,
    readonly by: number,
    readonly cond: number,
    readonly traits: Traits,
    readonly reads: number,
    readonly writes: number,
    readonly counted: boolean,
    readonly ends: boolean,
  ) {}
}

const NO_TRAITS: Traits = {
  flagsRead: 0,
  flagsWritten: 0,
  reads: 0,
  writes: 0,
  writesLR: false,
  list: 'none',
  memory: true,
  stores: false,
  dual: false,
  branch: BranchKind.none,
  branchImmediate: 0,
  effects: true,
  extension: false,
  arithmetic: 'none',
  flagsInState: false,
  givesUp: false,
  foreign: true,
  steps: undefined,
};

/** One that the region has no code of its own for. */
function ownless(
  pc: number,
  length: number,
  slot: number,
  itstate: number,
  nextItstate: number,
  predecoded: Predecoded,
  by: number,
  cond: number,
  ends: boolean,
): Instruction {
  return new Instruction(pc, length, slot, itstate, nextItstate, predecoded, by, cond, NO_TRAITS, 0, 0, false, ends);
}

/** A page of code at the address where a region has it. */
export interface PageView {
  /** Virtual address. */
  readonly va: number;
  /** Its slots. */
  readonly slots: number;
  /** Byte address of its contents in the memory, and its physical one. */
  readonly host: number;
  readonly pa: number;
  readonly context: number;
}

/** What instructions are read from. */
export interface InstructionParts {
  readonly memory: MachineMemory;
  readonly pages: CodePages;
  readonly features: number;
  readonly fetch: FetchUnit;
  readonly shortForms: ShortFormTable;
  /** Whether a slot has been branched to more than now and then. */
  readonly isTarget: (slot: number) => boolean;
  /** Whether the instruction of a slot made regions be left again and again. */
  readonly isSlow: (slot: number) => boolean;
  /** The handler that a slot had before a region began there. */
  readonly handlerBefore: (slot: number) => number;
}

/** Bits of registers by their operands' bits. */
function registersOf(operands: number, regs: readonly number[]): number {
  let bits = 0;
  for (let i = 0; operands >>> i !== 0; i++) if (((operands >>> i) & 1) === 1) bits |= 1 << regs[i];
  return bits & REGISTERS;
}

/** ITAdvance() (A2.5.2). */
function advanced(itstate: number): number {
  return (itstate & 7) === 0 ? 0 : (itstate & 0xe0) | ((itstate << 1) & 0x1f);
}

/** What takes an exception by design, or returns from one: nothing behind it is reached from it. */
const ENDS = Fact.exceptionCall | Fact.exceptionReturn | Fact.undefined;

const MOST_ARRIVALS = 64;

export class InstructionReader {
  readonly #parts: InstructionParts;
  readonly #i32: Int32Array;
  readonly #u16: Uint16Array;
  #thumb = 0;
  #key = 0;
  /** Pages of the present region, by virtual address; and the one that was asked for last. */
  #recent: PageView | undefined;
  readonly #views = new Map<number, PageView | undefined>();

  constructor(parts: InstructionParts) {
    this.#parts = parts;
    this.#i32 = parts.memory.i32;
    this.#u16 = parts.memory.u16;
  }

  /**
   * Begins a region under a code key (Word.CODE_KEY), at `pc` (u32), whose slot is known: the code page hash may have that page under another key by
   * now, and is asked for it again wherever the region is entered.
   */
  begin(thumb: number, key: number, pc: number, slot: number): void {
    this.#thumb = thumb;
    this.#key = key;
    this.#views.clear();
    const va = (pc & -PAGE) >>> 0;
    this.#recent = this.#viewOf(va, slot - ((pc & (PAGE - 1)) << slotShift(thumb)));
    this.#views.set(va, this.#recent);
  }

  /** The page of code at `va` (u32), if tier 0 knows it and what is decoded of it may be kept. */
  page(va: number): PageView | undefined {
    const start = (va & -PAGE) >>> 0;
    if (this.#recent?.va === start) return this.#recent;
    return (this.#recent = this.#view(start));
  }

  #view(start: number): PageView | undefined {
    if (this.#views.has(start)) return this.#views.get(start);
    const view = this.#lookUp(start);
    this.#views.set(start, view);
    return view;
  }

  #lookUp(va: number): PageView | undefined {
    const entry = codeHashEntry(va, this.#key) / 4;
    if (this.#i32[entry] !== (va | this.#key)) return undefined;
    return this.#viewOf(va, this.#i32[entry + 1]);
  }

  #viewOf(va: number, slots: number): PageView | undefined {
    const page = this.#parts.pages.pageOfSlot(slots);
    if (page === undefined || page.divided || page.slots !== slots) return undefined;
    const host = this.#parts.fetch.hostPage(page.pa);
    return host < 0 ? undefined : { va, slots, host, pa: page.pa, context: page.context };
  }

  /** The instruction at `pc` with this ITSTATE; undefined if a region cannot have it. */
  read(pc: number, itstate: number): Instruction | undefined {
    const page = this.page(pc);
    if (page === undefined) return undefined;
    const slot = page.slots + ((pc & (PAGE - 1)) << slotShift(this.#thumb));
    const word = this.#i32[slot / 4];
    let handler = word & HANDLER_MASK;
    if (handler === Handler.region) handler = this.#parts.handlerBefore(slot);
    const body = (word >>> BODY_SHIFT) & BODY_MASK;
    if (handler === Handler.undecoded || handler === Handler.stop) return undefined;
    const offset = pc & (PAGE - 1);
    const length = this.#length(page, offset);
    // An instruction on two pages is tier 0’s, which looks each time whether it still is what it was.
    if (offset + length > PAGE) return undefined;
    const patch = this.#parts.fetch.patch(page.pa + offset, this.#thumb, page.context);
    const slow = this.#parts.isSlow(slot);
    const predecoded = this.#predecode(page, offset, length, patch, slow);
    if (handler === Handler.IT) return this.#it(pc, slot, itstate, predecoded);
    const { operation, cond: own } = predecoded;
    const inIT = (itstate & 15) !== 0;
    const nextItstate = inIT ? advanced(itstate) : 0;
    const cond = own !== ALWAYS ? own : inIT ? itstate >>> 4 : ALWAYS;
    if (body === Handler.inlined || (slow && patch?.kind === PatchKind.inlined))
      return this.#patched(pc, length, slot, itstate, nextItstate, predecoded, cond, patch);
    if (handler === Handler.reference || operation?.kind !== 'plain') {
      const ends = cond === ALWAYS && this.#endsHere(predecoded, patch);
      return ownless(pc, length, slot, itstate, nextItstate, predecoded, By.reference, ALWAYS, ends);
    }
    if (inIT && (own !== ALWAYS || itstate >>> 4 === 15)) return undefined;
    const traits = traitsOf(predecoded.key, operation, predecoded.statics, inIT);
    const branches = traits.branch !== BranchKind.none;
    const foreign = traits.foreign || (traits.extension && !this.#hasCode(traits));
    if (branches && (foreign || (inIT && (itstate & 15) !== 8))) return undefined;
    const by = foreign ? By.handler : By.region;
    const reads = foreign ? 0 : registersRead(operation, predecoded, traits);
    const writes = foreign ? 0 : registersWritten(operation, predecoded, traits);
    const counted = patch !== undefined && patch.kind !== PatchKind.trap && by === By.region;
    const ends = branches && cond === ALWAYS && operation.name !== 'CBZ';
    return new Instruction(
      pc,
      length,
      slot,
      itstate,
      nextItstate,
      predecoded,
      by,
      cond,
      traits,
      reads,
      writes,
      counted,
      ends,
    );
  }

  /** Whether nothing behind an instruction of the reference's, or a patch's, is reached from it: of a planted trap, by what it replaced. */
  #endsHere({ isa, row }: Predecoded, patch: Patch | undefined): boolean {
    if (patch?.kind !== PatchKind.trap) return ((row?.facts ?? Fact.undefined) & ENDS) !== 0;
    const original = predecode(isa, patch.original, this.#parts.features).row;
    return ((original?.facts ?? Fact.undefined) & (ENDS | Fact.branch)) !== 0;
  }

  /**
   * Whether an operation on extension registers is to have code of its own.
   * PERF: where it would give up as things are now, it would leave the region each time.
   */
  #hasCode({ arithmetic }: Traits): boolean {
    const { state } = this.#parts.memory;
    const access = state[Word.FP_ACCESS];
    if ((access & FpAccess.VFP) === 0 || (access & FpAccess.AdvSIMD) === 0) return false;
    if (arithmetic === 'scalar') return (access & FpAccess.hostArithmetic) !== 0;
    return arithmetic === 'none' || (state[Word.FP_FAST] & FpFast.standard) !== 0;
  }

  /** Addresses from `pc` on that have been branched to, within `bytes` and the page: ascending, and not many. */
  arrivals(pc: number, bytes: number): readonly number[] {
    const page = this.page(pc);
    if (page === undefined) return [];
    const shift = slotShift(this.#thumb);
    const end = Math.min(PAGE, (pc & (PAGE - 1)) + bytes);
    const found: number[] = [];
    for (let offset = pc & (PAGE - 1); offset < end && found.length < MOST_ARRIVALS; offset += this.#thumb ? 2 : 4) {
      const slot = page.slots + (offset << shift);
      if (this.#i32[slot / 4] !== 0 && this.#parts.isTarget(slot)) found.push((page.va + offset) >>> 0);
    }
    return found;
  }

  /** An instruction that a patch executes: where execution goes on, and with what in its registers, shows when it has. */
  #patched(
    pc: number,
    length: number,
    slot: number,
    itstate: number,
    nextItstate: number,
    predecoded: Predecoded,
    cond: number,
    patch: Patch | undefined,
  ): Instruction {
    const ends = cond >= ALWAYS && this.#endsHere(predecoded, patch);
    return ownless(pc, length, slot, itstate, nextItstate, predecoded, By.patch, Math.min(cond, ALWAYS), ends);
  }

  /** The word at an aligned address, -1 where there is no page of code. */
  word(va: number): number {
    const page = this.page(va);
    return page === undefined ? -1 : this.#i32[(page.host + (va & (PAGE - 1))) >>> 2];
  }

  #it(pc: number, slot: number, itstate: number, predecoded: Predecoded): Instruction | undefined {
    if (itstate !== 0) return undefined;
    const next = predecoded.word & 0xff;
    return ownless(pc, 2, slot, itstate, next, predecoded, By.IT, ALWAYS, false);
  }

  #length(page: PageView, offset: number): number {
    if (this.#thumb === 0) return 4;
    const at = (page.host + offset) >>> 1;
    return this.#parts.fetch.thumbLength(this.#u16[at], offset + 2 < PAGE ? this.#u16[at + 1] : -1);
  }

  /** @param slow a short form gives up all the time: the instruction proper, then */
  #predecode(page: PageView, offset: number, length: number, patch: Patch | undefined, slow: boolean): Predecoded {
    const { features, shortForms } = this.#parts;
    const isa = this.#thumb === 0 ? 'A32' : length === 2 ? 'T16' : 'T32';
    if (patch?.kind === PatchKind.trap) return predecode(isa, patch.planted, features);
    const written = predecode(isa, this.#wordAt(page.host + offset, length), features);
    if (slow) return written;
    return patch?.shortForm ? shortForms.ofPatch(written, patch.shortForm) : shortForms.of(written);
  }

  #wordAt(host: number, length: number): number {
    if (this.#thumb === 0) return this.#i32[host >>> 2];
    const first = this.#u16[host >>> 1];
    return length === 2 ? first : (first << 16) | this.#u16[(host >>> 1) + 1];
  }
}

function listed({ imms }: PlainOperation, predecoded: Predecoded): number {
  return predecoded.imms[imms.indexOf('registers')] & REGISTERS;
}

function registersRead(operation: PlainOperation, predecoded: Predecoded, traits: Traits): number {
  const reads = registersOf(traits.reads, predecoded.regs);
  return traits.list === 'store' ? reads | listed(operation, predecoded) : reads;
}

function registersWritten(operation: PlainOperation, predecoded: Predecoded, traits: Traits): number {
  const writes = registersOf(traits.writes, predecoded.regs) | (traits.writesLR ? LR : 0);
  return traits.list === 'load' ? writes | listed(operation, predecoded) : writes;
}
