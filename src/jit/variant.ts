/**
 * What a handler is made for: an operation with its statics, and what else changes the code that has to be emitted. Slots that agree on
 * all of it share a handler. Knows no word and no address.
 */
import type { PlainOperation } from '../ops/operation.js';

export interface Variant {
  readonly operation: PlainOperation;
  readonly statics: readonly number[];
  /** CPSR.T, where the code depends on it; else 0. */
  readonly thumb: number;
  /** 1 for a 32-bit Thumb instruction, else 0. */
  readonly wide: number;
  /** A register operand is R15, so that its word must be brought up to date. */
  readonly readsR15: boolean;
  /** Known to be inside an IT block, where the operation asks for it. */
  readonly inIT: boolean;
  /** Each execution is counted for a patch. */
  readonly counted: boolean;
  /** Index of the immediate that is a direct branch's offset and whose target lies in the same page (the slot holds the target's slot); else -1. */
  readonly nearImmediate: number;
}

/** The variant whose code depends on the operation and its statics alone. */
export function plainVariant(operation: PlainOperation, statics: readonly number[]): Variant {
  return {
    operation,
    statics,
    thumb: 0,
    wide: 0,
    readsR15: false,
    inIT: false,
    counted: false,
    nearImmediate: -1,
  };
}

/** What an operation with certain statics makes its handler depend on; found by emitting it once. */
export interface VariantNeeds {
  /** It uses the PC or branches: ARM and Thumb code differ. */
  readonly state: boolean;
  /** It asks inITBlock(). */
  readonly itBlock: boolean;
  /** It may branch. */
  readonly branch: boolean;
  /** Index of the immediate that is the offset of a direct branch in the same state, or -1. */
  readonly branchImmediate: number;
}

/** One name for each variant. */
export function variantKey(v: Variant): string {
  let key = v.statics.length === 0 ? v.operation.name : `${v.operation.name}/${v.statics.join(',')}`;
  if (v.thumb !== 0) key += ' thumb';
  if (v.wide !== 0) key += ' wide';
  if (v.readsR15) key += ' r15';
  if (v.inIT) key += ' it';
  if (v.counted) key += ' counted';
  if (v.nearImmediate >= 0) key += ' near';
  return key;
}

/** Runs the operation's body on a builder: registers and immediates are their index, statics their value. */
export function emitBody(variant: Variant, builder: Parameters<PlainOperation['body']>[0]): void {
  const { operation } = variant;
  const operands: Record<string, number> = {};
  operation.regs.forEach((name, i) => (operands[name] = i));
  operation.imms.forEach((name, i) => (operands[name] = i));
  operation.statics.forEach((name, i) => (operands[name] = variant.statics[i]));
  operation.body(builder, operands);
}
