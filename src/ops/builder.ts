/**
 * The builder: the small port against which every operation is written once. Evaluated at once it is the reference (cpu); emitted with
 * operands from a predecoded slot it is tier 0; emitted with operands known it is tier 1 (jit). It knows no encoding and no engine.
 *
 * Rules for operations:
 * - A `Value` is a 32-bit word. It is computed when the builder is called, in the order of the calls; it may be used any number of times
 *   afterwards, but one made inside a branch (`if`, `choose`, `forEachRegister`) must not be used outside.
 * - All memory accesses that may fault come before any register, flag or monitor write that must not happen if they do: a fault abandons
 *   the operation at that point. (Base restored: write the base back last.)
 * - JavaScript `if` on statics; `b.if`/`b.choose` on Values.
 * - A branch or `raise` is the last thing on its path: nothing of the operation executes after it.
 */
import type { FloatBuilder } from './float-builder.js';
import type { Vector } from './vector-builder.js';
import type { VectorFloatBuilder } from './vector-float-builder.js';

declare const valueBrand: unique symbol;
declare const registerBrand: unique symbol;
declare const vectorRegisterBrand: unique symbol;
declare const immediateBrand: unique symbol;

/** A 32-bit word known when the operation executes. Opaque: a number in the reference, a handle in an emitter. */
export type Value = number & { readonly [valueBrand]: true };
/** A register operand (which register, is not known to the operation). */
export type Reg = number & { readonly [registerBrand]: true };
/** A register operand of floating point or Advanced SIMD: the number of an S register, or of a D register (a Q register's is its low half's). */
export type VReg = number & { readonly [vectorRegisterBrand]: true };
/** An immediate operand (i32). */
export type Imm = number & { readonly [immediateBrand]: true };

/** Bytes of a data access. */
export type DataSize = 1 | 2 | 4;

export interface AccessOptions {
  /** Sign-extend a loaded byte or halfword. */
  readonly signed?: boolean;
  /** MemA: any misalignment faults. Otherwise MemU: misalignment faults only under SCTLR.A. */
  readonly aligned?: boolean;
  /** MemU_unpriv: with the rights of PL0 (LDRT, STRT, …). */
  readonly unprivileged?: boolean;
}

export interface Builder {
  /** Floating-point registers, status and arithmetic. */
  readonly fp: FloatBuilder;

  /** Vectors and the extension registers as vectors. */
  readonly simd: VectorFloatBuilder;

  // ---- constants and operands
  const(value: number): Value;
  /** The immediate operand. */
  imm(operand: Imm): Value;
  /** R[n]. Reading R15 gives the instruction's address + 8 (ARM) or + 4 (Thumb). */
  R(operand: Reg): Value;
  /** R[n] = value. Never with n = 15: that is a branch. */
  setR(operand: Reg, value: Value): void;
  /** What R15 reads as here. */
  PC(): Value;
  /** LR (R14), by name rather than by operand. */
  setLR(value: Value): void;
  /** Address of the next instruction in memory order. */
  nextInstruction(): Value;
  /** 1 if the two register operands name the same register, else 0. */
  sameRegister(a: Reg, b: Reg): Value;

  // ---- arithmetic, modulo 2^32. Shift amounts are used modulo 32.
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  and(a: Value, b: Value): Value;
  or(a: Value, b: Value): Value;
  xor(a: Value, b: Value): Value;
  not(a: Value): Value;
  neg(a: Value): Value;
  shl(a: Value, n: Value): Value;
  /** Logical shift right. */
  shr(a: Value, n: Value): Value;
  /** Arithmetic shift right. */
  sar(a: Value, n: Value): Value;
  ror(a: Value, n: Value): Value;
  clz(a: Value): Value;
  /** Unsigned division, truncating; the divisor must not be zero. */
  divU(a: Value, b: Value): Value;
  /** Signed division, truncating; the divisor must not be zero; -2^31 / -1 gives -2^31. */
  divS(a: Value, b: Value): Value;
  /** The high word of the 64-bit product. */
  mulHighU(a: Value, b: Value): Value;
  mulHighS(a: Value, b: Value): Value;

  // ---- comparisons: 1 or 0
  eq(a: Value, b: Value): Value;
  ne(a: Value, b: Value): Value;
  ltU(a: Value, b: Value): Value;
  leU(a: Value, b: Value): Value;
  ltS(a: Value, b: Value): Value;

  // ---- choice
  /** `condition` non-zero ? whenTrue : whenFalse; both are already computed. */
  select(condition: Value, whenTrue: Value, whenFalse: Value): Value;
  /** Only the taken side is executed. */
  choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value;
  if(condition: Value, then: () => void, otherwise?: () => void): void;

  // ---- flags
  /** 0 or 1. */
  C(): Value;
  /** N and Z from a result. */
  setNZ(result: Value): void;
  /** N from bit 31 of `high`, Z from both words being zero (64-bit results). */
  setNZ64(high: Value, low: Value): void;
  /** C from 0 or 1. */
  setC(carry: Value): void;
  /** V from bit 31 of `sign`. */
  setV(sign: Value): void;
  /** Q |= condition (0 or 1). Q is sticky. */
  orQ(condition: Value): void;
  /** Bits 3:0. */
  GE(): Value;
  setGE(value: Value): void;
  /** N, Z, C and V at their places in CPSR, bits 31:28; all else is 0. */
  NZCV(): Value;
  /** InITBlock(): 1 while ITSTATE<3:0> is not zero. */
  inITBlock(): Value;

  // ---- the state block, for short forms (short-forms.ts)
  /** A word of it, by its index (arm/state.ts). */
  stateWord(word: number): Value;
  setStateWord(word: number, value: Value): void;
  /**
   * Where `condition` is not 0 the operation is given up, and the instruction's own executes it. Comes before anything is written. Returns whether that
   * is known already: then there is no rest.
   */
  giveUpIf(condition: Value): boolean;
  /**
   * The operation is given up unless `words` words from `address` on are aligned, lie in one page, and are memory that can be read, or with `write` written, at
   * once: then no access to them faults. Like {@link giveUpIf} otherwise; the reference reaches no memory at once.
   */
  giveUpUnlessDirect(address: Value, words: number, write: boolean): boolean;

  // ---- memory. Bytes in the order that CPSR.E says; addresses modulo 2^32.
  load(address: Value, size: DataSize, options?: AccessOptions): Value;
  store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void;
  /**
   * Calls `body` for each set bit of the register list, lowest first; `address` starts at `start` and grows by 4 each time.
   * `register` may be used with R, setR and sameRegister like an operand. Bit 15 must be excluded (`list` has it cleared).
   */
  forEachRegister(list: Imm, start: Value, body: (register: Reg, address: Value) => void): void;

  /**
   * `count` elements of `size` bytes each, one behind the other from `address` on, lowest first, zero-extended. Before anything is accessed
   * an `address` that is no multiple of `alignment` (bytes, a power of two) faults.
   */
  loadElements(address: Value, size: DataSize, count: number, alignment: Value): readonly Value[];
  storeElements(address: Value, size: DataSize, values: readonly Value[], alignment: Value): void;
  /**
   * `bytes` (8 to 32, a multiple of 8) from `address` on, accessed as elements of `ebytes` (1 to 8; of 8 as two words), lowest first: 16 to a
   * vector, element behind element; of the last one, the rest is zero. Alignment as above.
   */
  loadVectors(address: Value, bytes: number, ebytes: Value, alignment: Value): readonly Vector[];
  storeVectors(address: Value, bytes: number, ebytes: Value, alignment: Value, vectors: readonly Vector[]): void;

  // ---- control
  /** BranchTo(target) without change of instruction set state; the low bits are cleared as the state requires (BranchWritePC). */
  BranchWritePC(target: Value): void;
  /** BXWritePC: bit 0 selects Thumb. Bits 1:0 = 10 is UNPREDICTABLE: executes as ARM with the low bits cleared. */
  BXWritePC(target: Value): void;
  /** Direct branch to an address relative to what PC reads as (BranchWritePC of PC + offset), known for linking. */
  branchRelative(offset: Imm): void;
  /** Direct branch to Align(PC,4) + offset in the other state (BLX immediate). */
  branchRelativeExchange(offset: Imm): void;
  /** The condition that the operation itself has (CBZ) does not hold: for those who count. Nothing executes after it. */
  conditionFailed(): void;
}
