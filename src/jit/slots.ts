/**
 * The predecoded slot: what the interpreter knows of one instruction. Owns its bits and the numbers of the handlers that are not made
 * from operations. A slot that was never decoded, or whose instruction changed, has word 0 clear; the operands may then be stale.
 *
 *   word 0   31      24 23          12 11           0
 *            |  advance |    body     |   handler   |
 *   word 1   register operands 3, 2, 1, 0: a byte each, the register's offset in the state block (4 × its number)
 *   word 2   immediate operand 0: the i32, or the byte address of the target's slot for a near branch
 *   word 3   immediate operand 1
 *
 *   advance  bytes to the slot of the next instruction in memory order: 16, or 32 for a 32-bit Thumb instruction
 *   handler  what the fast loop does
 *   body     the handler of the operation itself, without condition; also its index in the table of out-of-line handlers
 */
import { SLOT_BYTES, SLOT_UNIT } from '../mem/layout.js';

/** Byte offsets in a slot. */
export const SlotByte = { registers: 4, immediates: 8 } as const;

/** Handlers that no operation makes. Those without a case in the fast loop leave it, and the instruction is executed by itself. */
export const Handler = {
  undecoded: 0,
  /** 1 to 14: condition 0 to 13, then the body. */
  condition: 1,
  /** The reference executes it: system operations, undefined words, what cannot be kept in a slot. */
  reference: 15,
  /** There may be a breakpoint at this address. */
  stop: 16,
  /** Behind the last instruction of a page. */
  pageEndArm: 17,
  pageEndThumb: 18,
  /** IT: immediate 0 is the new ITSTATE. */
  IT: 19,
  /** The body is executed by itself, never in the fast loop. */
  alone: 20,
  /** 21 to 35: inside an IT block under condition 0 to 14, then the body. */
  inIT: 21,
  /** The first handler that is made from an operation. */
  first: 36,
} as const;

/** Numbers of handlers are below this. */
export const HANDLER_LIMIT = 1 << 12;
export const BODY_SHIFT = 12;
export const ADVANCE_SHIFT = 24;

/** Slots of a page's instructions; one more closes the page (Handler.pageEnd…). */
export const ARM_SLOTS = 1024;
export const THUMB_SLOTS = 2048;

/** Bytes of slots that a page of code takes. */
export function pageBytes(thumb: number): number {
  return thumb ? 2 * SLOT_UNIT : SLOT_UNIT;
}

/** Guest bytes to slot bytes, as a shift. */
export function slotShift(thumb: number): number {
  return thumb ? 3 : 2;
}

/** Word 0 of a slot. `advance` in bytes of slots. */
export function slotWord(handler: number, body: number, advance: number): number {
  return handler | (body << BODY_SHIFT) | (advance << ADVANCE_SHIFT);
}

/** The slot that closes a page. */
export function pageEnd(thumb: number): number {
  const handler = thumb ? Handler.pageEndThumb : Handler.pageEndArm;
  return slotWord(handler, handler, SLOT_BYTES);
}
