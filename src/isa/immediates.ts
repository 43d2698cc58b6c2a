/**
 * The manual's expansion of encoded immediates and shifts, as far as it can be done from the word alone. Shared by argument sets; a carry
 * that depends on the flags is said as {@link Carry.unchanged}.
 */
import { rotateRight } from '../util/bits.js';

/** SRType, with the shifts that need no count or one that a 5-bit count cannot say. */
export const SRType = {
  LSL: 0,
  LSR: 1,
  ASR: 2,
  ROR: 3,
  RRX: 4,
  /** LSL #0. */
  none: 5,
  /** LSR #32: shifts everything out. */
  LSR_32: 6,
  /** ASR #32. */
  ASR_32: 7,
} as const;

/** The static operand `carry` of an immediate: the carry out of its expansion. */
export const Carry = { zero: 0, one: 1, unchanged: 2 } as const;

/** The static operand `setflags`. */
export const SetFlags = {
  no: 0,
  yes: 1,
  /** `setflags = !InITBlock()`. */
  outsideITBlock: 2,
} as const;

/** An expanded immediate and its carry out ({@link Carry}). */
export interface Expanded {
  readonly imm32: number;
  readonly carry: number;
}

/** ARMExpandImm_C (A5.2.4). `imm12` is 12 bits; the result is an i32. */
export function ARMExpandImm_C(imm12: number): Expanded {
  const imm32 = rotateRight(imm12 & 0xff, 2 * (imm12 >>> 8));
  return { imm32, carry: imm12 >>> 8 === 0 ? Carry.unchanged : imm32 >>> 31 };
}

/** ThumbExpandImm_C (A6.3.2). `imm12` is i:imm3:imm8; the result is an i32. */
export function ThumbExpandImm_C(imm12: number): Expanded {
  const imm8 = imm12 & 0xff;
  if (imm12 >>> 10 === 0) {
    const pattern = [1, 0x00010001, 0x01000100, 0x01010101][(imm12 >>> 8) & 3];
    return { imm32: Math.imul(imm8, pattern), carry: Carry.unchanged };
  }
  const imm32 = rotateRight(0x80 | (imm12 & 0x7f), imm12 >>> 7);
  return { imm32, carry: imm32 >>> 31 };
}

/** True where ThumbExpandImm is UNPREDICTABLE: a pattern of zero bytes. */
export function ThumbExpandImmUnpredictable(imm12: number): boolean {
  return imm12 >>> 10 === 0 && ((imm12 >>> 8) & 3) !== 0 && (imm12 & 0xff) === 0;
}

/** A shift by a constant: `shift_t` of {@link SRType}, `shift_n` in bits (0 to 32). */
export interface ImmShift {
  readonly shift_t: number;
  readonly shift_n: number;
}

/** DecodeImmShift (A8.4.3), with LSL #0, LSR #32 and ASR #32 told apart. */
export function DecodeImmShift(type: number, imm5: number): ImmShift {
  switch (type) {
    case 0:
      return imm5 === 0 ? { shift_t: SRType.none, shift_n: 0 } : { shift_t: SRType.LSL, shift_n: imm5 };
    case 1:
      return imm5 === 0 ? { shift_t: SRType.LSR_32, shift_n: 32 } : { shift_t: SRType.LSR, shift_n: imm5 };
    case 2:
      return imm5 === 0 ? { shift_t: SRType.ASR_32, shift_n: 32 } : { shift_t: SRType.ASR, shift_n: imm5 };
    default:
      return imm5 === 0 ? { shift_t: SRType.RRX, shift_n: 1 } : { shift_t: SRType.ROR, shift_n: imm5 };
  }
}
