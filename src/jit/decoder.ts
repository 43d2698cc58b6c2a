/**
 * From an instruction to its slot: chooses the variant and the handler, and prepares the operands. Owns what makes slots depend on their
 * neighbours (IT blocks). Writes slots; executes nothing.
 */
import { type BlockAdmission, PatchKind } from '../arm/engine.js';
import { PAGE, SLOT_BYTES } from '../mem/layout.js';
import type { MachineMemory } from '../mem/memory.js';
import type { Fetched, FetchUnit } from '../mem/fetch.js';
import type { Patch } from '../mem/ports.js';
import type { Isa } from '../isa/row.js';
import { predecode } from '../ops/predecode.js';
import type { HandlerSet } from './handlers.js';
import type { CodePage } from './pages.js';
import type { ShortFormTable } from './short-forms.js';
import { closingSlot, Handler, HANDLER_MASK, slotShift, slotWord, WIDE_SHIFT } from './slots.js';
import type { VariantNeeds } from './variant.js';
import { Entry, type Kind, Words } from './words.js';

const IT_OPERATION = 'IT';
/** The condition number of what has no condition. */
const ALWAYS = 14;
/** Slots that the instructions of an IT block and the IT instruction itself can take: 1 + 4 × 2. */
export const IT_REACH = 9;

/** Bits of an index of {@link Kind.bodies}. */
const Choice = { wide: 1, readsR15: 2, inIT: 4, counted: 8, near: 16 } as const;

/** Whether a patch is called where its slot is executed. */
function isCalled(patch: Patch | undefined): boolean {
  return patch?.arbitrate !== undefined && patch.kind !== PatchKind.counted && patch.shortForm === undefined;
}

export class SlotDecoder {
  readonly #i32: Int32Array;
  readonly #u16: Uint16Array;
  /** For ARM and for Thumb state. */
  readonly #handlers: readonly HandlerSet[];
  readonly #words: Words;

  /**
   * @param features of the processor, as a mask of isa/features.ts
   * @param handlerBefore the handler that a slot had before a region began there
   */
  constructor(
    memory: MachineMemory,
    handlers: readonly HandlerSet[],
    private readonly features: number,
    private readonly fetch: FetchUnit,
    shortForms: ShortFormTable,
    private readonly handlerBefore: (slot: number) => number,
  ) {
    this.#i32 = memory.i32;
    this.#u16 = memory.u16;
    this.#handlers = handlers;
    this.#words = new Words(features, shortForms);
  }

  /**
   * Fills `slot` (byte address) of `page` with the instruction just fetched. Returns whether the one behind it is executed next, unless an
   * exception is taken.
   * @param itstate ITSTATE at the instruction.
   * @param second the page of the second halfword, if that is another one and the engine has it
   */
  decode(page: CodePage, slot: number, fetched: Fetched, itstate: number, second?: CodePage): boolean {
    const { thumb } = page;
    const wide = thumb !== 0 && fetched.length === 4 ? 1 : 0;
    if (fetched.crossesPage) {
      if (second === undefined || itstate !== 0 || !this.#crossing(page, slot, fetched, second))
        this.#special(slot, Handler.reference);
      return false;
    }
    const { patch } = fetched;
    if (isCalled(patch)) {
      const inIT = itstate !== 0 || (thumb !== 0 && this.#isCovered(page, slot));
      this.#inlined(slot, thumb ? ALWAYS : fetched.word >>> 28, inIT, wide);
      return false;
    }
    const isa = thumb ? (wide ? 'T32' : 'T16') : 'A32';
    const words = this.#words;
    const entry = patch?.shortForm ? words.ofPatch(isa, fetched.word, patch.shortForm) : words.find(isa, fetched.word);
    if (entry >= 0) {
      const counts = patch !== undefined && patch.kind !== PatchKind.trap;
      return this.#plain(page, slot, entry, wide, itstate, counts ? Choice.counted : 0);
    }
    this.#system(page, slot, fetched, isa, itstate);
    return false;
  }

  /**
   * Fills the slots behind `slot` that execution goes on to from there, as far as they hold plain operations without a branch, in the same page, and
   * are admitted. Nobody else may have to be asked before they are executed.
   * @param decoded told of each
   * PERF: it takes the interpreter a tenth of executing large cold code to come here for each instruction (bigcode; U-Boot with a VMM).
   */
  decodeBehind(page: CodePage, slot: number, decoded: (slot: number) => void): void {
    const { thumb } = page;
    const shift = slotShift(thumb);
    const host = this.fetch.hostPage(page.pa);
    if (host < 0) return;
    const { admission } = this.fetch;
    let admittedTo = admission === undefined ? page.pa + PAGE : 0;
    let at = slot;
    for (;;) {
      at += SLOT_BYTES << (thumb ? this.#i32[at / 4] >>> WIDE_SHIFT : 0);
      const offset = (at - page.slots) >> shift;
      if (offset >= PAGE || this.#i32[at / 4] !== 0) return;
      const pa = page.pa + offset;
      if (pa >= admittedTo) {
        admittedTo = (admission as BlockAdmission).admittedTo(pa, thumb, page.context);
        if (pa >= admittedTo) return;
      }
      if (this.fetch.patch(pa, thumb, page.context) !== undefined) return;
      const length = thumb ? this.#thumbLength(host, offset) : 4;
      if (offset + length > PAGE) return;
      const entry = this.#entryAt(thumb, length, host + offset);
      if (entry < 0) return;
      decoded(at);
      if (!this.#plain(page, at, entry, thumb && length === 4 ? 1 : 0, 0, 0)) return;
    }
  }

  #thumbLength(host: number, offset: number): number {
    const at = (host + offset) >>> 1;
    return this.fetch.thumbLength(this.#u16[at], offset + 2 < PAGE ? this.#u16[at + 1] : -1);
  }

  /** The entry of the word at an address in the memory. */
  #entryAt(thumb: number, length: number, host: number): number {
    if (thumb === 0) return this.#words.find('A32', this.#i32[host >>> 2]);
    const first = this.#u16[host >>> 1];
    return length === 2
      ? this.#words.find('T16', first)
      : this.#words.find('T32', (first << 16) | this.#u16[(host >>> 1) + 1]);
  }

  /**
   * An instruction that lies on two pages, if it is plain and unconditional. The slot counts as long as the code page hash leads to this `second` page,
   * and goes with the first halfword of that.
   * PERF: the reference takes 6 µs for one (bigcode, whose T32 executes 12,000).
   */
  #crossing(page: CodePage, slot: number, { word, patch }: Fetched, second: CodePage): boolean {
    const words = this.#words;
    const entry = patch === undefined ? words.find('T32', word) : -1;
    if (entry < 0 || words.cond(entry) !== ALWAYS || this.#isCovered(page, slot)) return false;
    const body = this.#body(page.thumb, words.kind(entry), Choice.wide | (words.readsR15(entry) ? Choice.readsR15 : 0));
    if (body === Handler.reference) return false;
    this.#write(slot, slotWord(Handler.crossing, body, 1), entry, -1, -1);
    this.#i32[(page.slots + closingSlot(page.thumb)) / 4 + 1] = second.slots;
    second.crossedInto.add(page);
    return true;
  }

  /** What the reference executes, and IT. */
  #system(page: CodePage, slot: number, fetched: Fetched, isa: Isa, itstate: number): void {
    const { operation } = predecode(isa, fetched.word, this.features);
    if (operation?.name === IT_OPERATION && itstate === 0 && !this.#isCovered(page, slot)) {
      this.#decodeIT(page, slot, fetched.word);
      return;
    }
    this.#special(slot, Handler.reference);
    if (fetched.patch === undefined) this.#keepWord(slot, fetched);
  }

  /** A plain operation, whose word has an entry. Returns what {@link decode} does. */
  #plain(page: CodePage, slot: number, entry: number, wide: number, itstate: number, counted: number): boolean {
    const { thumb } = page;
    const words = this.#words;
    const kind = words.kind(entry);
    const cond = words.cond(entry);
    const { needs } = kind;
    const covered = thumb !== 0 && this.#isCovered(page, slot);
    const inIT = itstate !== 0;
    // In an IT block: what has a condition of its own, or branches from its middle, is UNPREDICTABLE there.
    const odd = (inIT || covered) && (cond !== ALWAYS || (needs.branch && (itstate & 15) !== 8));
    if (odd && cond !== ALWAYS) {
      this.#special(slot, Handler.reference);
      return false;
    }
    const target = this.#nearTarget(page, slot, needs, entry);
    const body = this.#body(
      thumb,
      kind,
      counted |
        (wide ? Choice.wide : 0) |
        (words.readsR15(entry) ? Choice.readsR15 : 0) |
        (needs.itBlock && inIT ? Choice.inIT : 0) |
        (target >= 0 ? Choice.near : 0),
    );
    if (body === Handler.reference) {
      this.#special(slot, Handler.reference);
      return false;
    }
    let handler: number;
    if (odd || (covered && !inIT) || itstate >>> 4 === 15) handler = Handler.alone;
    else if (inIT) handler = Handler.inIT + (itstate >>> 4);
    else handler = this.#handlers[thumb].under(cond, body);
    this.#write(slot, slotWord(handler, body, wide), entry, target >= 0 ? needs.branchImmediate : -1, target);
    return !needs.branch && !inIT && !covered;
  }

  #body(thumb: number, { operation, statics, needs, bodies }: Kind, choice: number): number {
    if (bodies[choice] === 0) {
      const readsR15 = (choice & Choice.readsR15) !== 0;
      bodies[choice] = this.#handlers[thumb].body({
        operation,
        statics,
        thumb: needs.state || readsR15 ? thumb : 0,
        wide: choice & Choice.wide,
        readsR15,
        inIT: (choice & Choice.inIT) !== 0,
        counted: (choice & Choice.counted) !== 0,
        nearImmediate: (choice & Choice.near) !== 0 ? needs.branchImmediate : -1,
      });
    }
    return bodies[choice];
  }

  /** A slot at which the loop stops because there may be a breakpoint. */
  stop(slot: number): void {
    this.#special(slot, Handler.stop);
  }

  /** A slot that the reference executes. */
  reference(slot: number): void {
    this.#special(slot, Handler.reference);
  }

  /** A slot that a patch executes, under the condition of its instruction or, in an IT block, of that. */
  #inlined(slot: number, cond: number, inIT: boolean, wide: number): void {
    let handler: number = Handler.inlined;
    if (inIT) handler = Handler.alone;
    else if (cond < ALWAYS) handler = Handler.condition + cond;
    this.#i32[slot / 4] = slotWord(handler, Handler.inlined, wide);
  }

  #special(slot: number, handler: number): void {
    this.#i32[slot / 4] = slotWord(handler, handler, 0);
    this.#i32[slot / 4 + 1] = 0;
  }

  /** What the reference would fetch. */
  #keepWord(slot: number, { word, length }: Fetched): void {
    this.#i32[slot / 4 + 1] = length;
    this.#i32[slot / 4 + 2] = word;
  }

  #write(slot: number, word: number, entry: number, near: number, target: number): void {
    const i32 = this.#i32;
    const known = this.#words.i32;
    const at = slot / 4;
    i32[at + 1] = known[entry + Entry.registers];
    i32[at + 2] = near === 0 ? target : known[entry + Entry.immediates];
    i32[at + 3] = near === 1 ? target : known[entry + Entry.immediates + 1];
    i32[at] = word;
  }

  /** Address of the slot that a direct branch goes to, or -1 if it leaves the page or there is none. */
  #nearTarget(page: CodePage, slot: number, { branchImmediate }: VariantNeeds, entry: number): number {
    if (branchImmediate < 0) return -1;
    const shift = slotShift(page.thumb);
    const offset = (slot - page.slots) >> shift;
    const ahead = page.thumb ? 4 : 8;
    const target = offset + ahead + this.#words.i32[entry + Entry.immediates + branchImmediate];
    return target >= 0 && target < PAGE ? page.slots + (target << shift) : -1;
  }

  // ---- IT blocks

  /**
   * An IT instruction, and the slots that it covers: those were decoded without knowing of it, so they are decoded again when they are met.
   */
  #decodeIT(page: CodePage, slot: number, word: number): void {
    const i32 = this.#i32;
    i32[slot / 4 + 2] = word & 0xff;
    i32[slot / 4] = slotWord(Handler.IT, Handler.IT, 0);
    const end = page.slots + (PAGE << slotShift(1));
    for (let i = 1; i < IT_REACH && slot + i * SLOT_BYTES < end; i++) i32[slot / 4 + i * (SLOT_BYTES / 4)] = 0;
  }

  /** Whether an IT instruction before `slot`, in the same page, may cover it: says yes too often, never too rarely. */
  #isCovered(page: CodePage, slot: number): boolean {
    for (let i = 1; i < IT_REACH; i++) {
      const before = slot - i * SLOT_BYTES;
      if (before < page.slots) return false;
      if (this.#handlerAt(before) === Handler.IT) return this.#mayReach(before, slot);
    }
    return false;
  }

  #handlerAt(slot: number): number {
    const handler = this.#i32[slot / 4] & HANDLER_MASK;
    return handler === Handler.region ? this.handlerBefore(slot) : handler;
  }

  /** Whether the block of the IT instruction at slot `it` reaches `slot`, as far as the slots between are decoded. */
  #mayReach(it: number, slot: number): boolean {
    const mask = this.#i32[it / 4 + 2] & 15;
    let left = 4 - (31 - Math.clz32(mask & -mask));
    let at = it + SLOT_BYTES;
    while (at < slot) {
      const word = this.#i32[at / 4];
      // How long an instruction is that is not decoded, or that the reference executes, the slot does not say.
      if (word === 0 || this.#handlerAt(at) === Handler.reference) return true;
      left--;
      at += SLOT_BYTES << (word >>> WIDE_SHIFT);
    }
    return left > 0;
  }
}
