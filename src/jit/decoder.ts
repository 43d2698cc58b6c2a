/**
 * From an instruction to its slot: chooses the variant and the handler, and prepares the operands. Owns what makes slots depend on their
 * neighbours (IT blocks). Writes slots; executes nothing.
 */
import { PatchKind } from '../arm/engine.js';
import { PAGE, SLOT_BYTES } from '../mem/layout.js';
import type { MachineMemory } from '../mem/memory.js';
import type { Fetched } from '../mem/fetch.js';
import type { PlainOperation } from '../ops/operation.js';
import { predecode, type Predecoded } from '../ops/predecode.js';
import { variantNeeds } from './emit-cold.js';
import type { HandlerSet } from './handlers.js';
import type { CodePage } from './pages.js';
import { Handler, HANDLER_MASK, PLANTED, slotShift, slotWord, WIDE_SHIFT } from './slots.js';
import type { VariantNeeds } from './variant.js';

const IT_OPERATION = 'IT';
/** The condition number of what has no condition. */
const ALWAYS = 14;
/** Slots that the instructions of an IT block and the IT instruction itself can take: 1 + 4 × 2. */
export const IT_REACH = 9;

/** What slots of one operation with its statics have in common, in one instruction set state. */
interface Kind {
  readonly operation: PlainOperation;
  readonly needs: VariantNeeds;
  /** The body's handler by what else distinguishes variants ({@link Choice}); 0 where not asked for yet. */
  readonly bodies: Int16Array;
}

/** Bits of an index of {@link Kind.bodies}. */
const Choice = { wide: 1, readsR15: 2, inIT: 4, counted: 8, near: 16 } as const;
const CHOICES = 32;

/** Whether a general register operand is R15. */
function usesR15({ generalRegs }: PlainOperation, { regs }: Predecoded): boolean {
  const at = regs.indexOf(15);
  return at >= 0 && at < generalRegs;
}

export class SlotDecoder {
  readonly #i32: Int32Array;
  /** For ARM and for Thumb state. */
  readonly #handlers: readonly HandlerSet[];

  /** PERF: by state and key, so that decoding an instruction of a known kind builds no variant and no name. */
  readonly #kinds = [new Map<string, Kind>(), new Map<string, Kind>()];

  /**
   * @param features of the processor, as a mask of isa/features.ts
   * @param handlerBefore the handler that a slot had before a region began there
   */
  constructor(
    memory: MachineMemory,
    handlers: readonly HandlerSet[],
    private readonly features: number,
    private readonly handlerBefore: (slot: number) => number,
  ) {
    this.#i32 = memory.i32;
    this.#handlers = handlers;
  }

  /**
   * Fills `slot` (byte address) of `page` with the instruction just fetched.
   * @param itstate ITSTATE at the instruction.
   */
  decode(page: CodePage, slot: number, fetched: Fetched, itstate: number): void {
    const { thumb } = page;
    const wide = thumb !== 0 && fetched.length === 4 ? 1 : 0;
    if (fetched.crossesPage) {
      this.#special(slot, Handler.reference);
      return;
    }
    if (fetched.patch?.kind === PatchKind.inlined) {
      const inIT = itstate !== 0 || (thumb !== 0 && this.#isCovered(page, slot));
      this.#inlined(slot, thumb ? ALWAYS : fetched.word >>> 28, inIT, wide);
      return;
    }
    const predecoded = predecode(thumb ? (wide ? 'T32' : 'T16') : 'A32', fetched.word, this.features);
    const { operation } = predecoded;
    const covered = thumb !== 0 && this.#isCovered(page, slot);
    const inIT = itstate !== 0;
    if (operation?.name === IT_OPERATION && !inIT && !covered) {
      this.#decodeIT(page, slot, fetched.word);
      return;
    }
    if (operation?.kind !== 'plain') {
      this.#special(slot, Handler.reference);
      if (fetched.patch === undefined || fetched.patch.kind === PatchKind.trap)
        this.#keepWord(slot, fetched, fetched.patch !== undefined);
      return;
    }
    const kind = this.#kind(thumb, operation, predecoded);
    const { needs } = kind;
    // In an IT block: what has a condition of its own, or branches from its middle, is UNPREDICTABLE there.
    const odd = (inIT || covered) && (predecoded.cond !== 14 || (needs.branch && (itstate & 15) !== 8));
    if (odd && predecoded.cond !== 14) {
      this.#special(slot, Handler.reference);
      return;
    }
    const target = this.#nearTarget(page, slot, needs, predecoded);
    const body = this.#body(
      thumb,
      kind,
      predecoded,
      (wide ? Choice.wide : 0) |
        (usesR15(operation, predecoded) ? Choice.readsR15 : 0) |
        (needs.itBlock && inIT ? Choice.inIT : 0) |
        (fetched.patch?.kind === PatchKind.counted ? Choice.counted : 0) |
        (target >= 0 ? Choice.near : 0),
    );
    if (body === Handler.reference) {
      this.#special(slot, Handler.reference);
      return;
    }
    let handler: number;
    if (odd || (covered && !inIT) || itstate >>> 4 === 15) handler = Handler.alone;
    else if (inIT) handler = Handler.inIT + (itstate >>> 4);
    else handler = this.#handlers[thumb].under(predecoded.cond, body);
    this.#write(slot, slotWord(handler, body, wide), predecoded, target >= 0 ? needs.branchImmediate : -1, target);
  }

  #kind(thumb: number, operation: PlainOperation, { key, statics }: Predecoded): Kind {
    let kind = this.#kinds[thumb].get(key);
    if (kind === undefined) {
      kind = { operation, needs: variantNeeds(operation, statics), bodies: new Int16Array(CHOICES) };
      this.#kinds[thumb].set(key, kind);
    }
    return kind;
  }

  #body(thumb: number, { operation, needs, bodies }: Kind, { statics }: Predecoded, choice: number): number {
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
  #keepWord(slot: number, { word, length }: Fetched, planted: boolean): void {
    this.#i32[slot / 4 + 1] = length | (planted ? PLANTED : 0);
    this.#i32[slot / 4 + 2] = word;
  }

  #write(slot: number, word: number, { regs, imms }: Predecoded, near: number, target: number): void {
    const i32 = this.#i32;
    const at = slot / 4;
    let registers = 0;
    for (let i = 0; i < regs.length; i++) registers |= regs[i] << (8 * i + 2);
    i32[at + 1] = registers;
    i32[at + 2] = near === 0 ? target : (imms[0] ?? 0);
    i32[at + 3] = near === 1 ? target : (imms[1] ?? 0);
    i32[at] = word;
  }

  /** Address of the slot that a direct branch goes to, or -1 if it leaves the page or there is none. */
  #nearTarget(page: CodePage, slot: number, needs: VariantNeeds, predecoded: Predecoded): number {
    if (needs.branchImmediate < 0) return -1;
    const shift = slotShift(page.thumb);
    const offset = (slot - page.slots) >> shift;
    const ahead = page.thumb ? 4 : 8;
    const target = offset + ahead + predecoded.imms[needs.branchImmediate];
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
