/**
 * What the generated interpreter and its JavaScript side share beside the architectural state, at ENGINE_SCRATCH: nothing that a snapshot
 * must keep (HANDLERS is written anew when all code is forgotten). Byte addresses in the one memory.
 *
 *   +0x000  SLOT      byte address of the slot to execute next
 *   +0x004  PC_BASE   what turns a slot's address into its instruction's: PC = (slot >>> shift) + PC_BASE, shift 2 in ARM, 3 in Thumb state
 *   +0x008  FLOOR     leave the interpreter when COUNT is not above this (the end of the slice; 0 is the end of the budget)
 *   +0x00c  PAGE_END  byte address of the slot that closes the page of SLOT's
 *   +0x010  IT_SLOT   the slot in an IT block that the fast loop executes at the moment, with ITSTATE advanced already; or 0
 *   +0x014  ITSTATE   what ITSTATE was before
 *   +0x018  DROPPED   not 0 when regions were dropped since the driver last entered one
 *   +0x01c  LEFT      while a region is executed, and nothing that it calls but other regions: COUNT - FLOOR, and COUNT is not right
 *   +0x020  ENTERED   attempts that were left when a region entered the loop of one block that it executes (jit/regions/deferred.ts)
 *   +0x030  FORM      a slot: the operands of a short form that is executed where its instruction has trapped (form-execution.ts)
 *   +0x400  HANDLERS  one byte per hot handler of ARM, then of Thumb state: bits 3:0 the condition under which its instruction executes
 *                     (14: always), bits 5:4 the fast loops that have it (fast-loop.ts, Loop)
 */
import { ENGINE_SCRATCH } from '../mem/layout.js';

export const Scratch = {
  SLOT: ENGINE_SCRATCH,
  PC_BASE: ENGINE_SCRATCH + 4,
  FLOOR: ENGINE_SCRATCH + 8,
  PAGE_END: ENGINE_SCRATCH + 12,
  IT_SLOT: ENGINE_SCRATCH + 16,
  ITSTATE: ENGINE_SCRATCH + 20,
  DROPPED: ENGINE_SCRATCH + 24,
  LEFT: ENGINE_SCRATCH + 28,
  ENTERED: ENGINE_SCRATCH + 32,
  FORM: ENGINE_SCRATCH + 48,
  HANDLERS: ENGINE_SCRATCH + 0x400,
} as const;

/** Where the loops are in a byte of HANDLERS. */
export const LOOPS_SHIFT = 4;

/** The bound on the handlers of a fast loop; the last number below it is none's. */
export const MAX_HOT = 0x600;
