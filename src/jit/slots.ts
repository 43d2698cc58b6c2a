/**
 * The predecoded slot: what the interpreter knows of one instruction. Owns its bits and the numbers of the handlers that are not made
 * from operations. A slot that was never decoded, or whose instruction changed, has word 0 clear; the operands may then be stale.
 *
 *   word 0   31    30   28 27     16 15           0
 *            | wide |  0   |  body   |  handler   |
 *   word 1   register operands 3, 2, 1, 0: a byte each, the register's offset in the state block (4 × its number)
 *   word 2   immediate operand 0: the i32, or the byte address of the target's slot for a near branch
 *   word 3   immediate operand 1
 *
 * Of what the reference executes, words 1 and 2 may be the instruction's length and its word; or word 1 is 0, and it is fetched each time. In the slot that
 * closes a page, word 1 is the byte address of the next page's slots, as the instruction that crosses into it was decoded with.
 *
 *   handler  what the fast loop does
 *   body     the handler of the operation itself, without condition; also its index in the table of out-of-line handlers
 *   wide     a 32-bit Thumb instruction: the next instruction's slot is the next but one
 */
import { SLOT_BYTES, SLOT_UNIT } from '../mem/layout.js';

/** Byte offsets in a slot. */
export const SlotByte = { handler: 0, body: 2, registers: 4, immediates: 8 } as const;

/** Handlers that no operation makes; the others are numbered for ARM and for Thumb state apart. Those without a case in the fast loop leave it, and the instruction is executed by itself. */
export const Handler = {
  undecoded: 0,
  /** 1 to 14: condition 0 to 13, then the body. */
  condition: 1,
  /** The reference executes it: system operations, undefined words, what cannot be kept in a slot. */
  reference: 15,
  /** There may be a breakpoint at this address. */
  stop: 16,
  /** Behind the last instruction of a page. */
  pageEnd: 17,
  /** IT: immediate 0 is the new ITSTATE. */
  IT: 18,
  /** The body is executed by itself, never in the fast loop. */
  alone: 19,
  /** 20 to 34: inside an IT block under condition 0 to 14, then the body. */
  inIT: 20,
  /** A patch executes in its place: the engine knows it by the slot. As a body only, if there is a condition to look at before. */
  inlined: 35,
  /** A region of tier 1 begins here: SLOT_REGIONS says which, and the region which handler was here before. */
  region: 36,
  /** The last instruction of a page of Thumb code, whose second halfword is the next page's first: executed by itself, if that is still so. */
  crossing: 37,
  /** The first handler that is made from an operation. */
  first: 38,
} as const;

/** Numbers of handlers are below this, in each instruction set state. */
export const HANDLER_LIMIT = 1 << 12;
export const HANDLER_MASK = 0xffff;
export const BODY_SHIFT = 16;
export const BODY_MASK = HANDLER_LIMIT - 1;
export const WIDE_SHIFT = 31;

/** Slots of a page's instructions; one more closes the page (Handler.pageEnd…). */
const ARM_SLOTS = 1024;
const THUMB_SLOTS = 2048;

/** Bytes from a page's first slot to the one that closes it. */
export function closingSlot(thumb: number): number {
  return (thumb ? THUMB_SLOTS : ARM_SLOTS) * SLOT_BYTES;
}

/** Bytes of slots that a page of code takes. */
export function pageBytes(thumb: number): number {
  return thumb ? 2 * SLOT_UNIT : SLOT_UNIT;
}

/** Guest bytes to slot bytes, as a shift. */
export function slotShift(thumb: number): number {
  return thumb ? 3 : 2;
}

/** Word 0 of a slot. `wide` is 0 or 1. */
export function slotWord(handler: number, body: number, wide: number): number {
  return handler | (body << BODY_SHIFT) | (wide << WIDE_SHIFT);
}

/** The slot that closes a page. */
export const PAGE_END = slotWord(Handler.pageEnd, Handler.pageEnd, 0);
