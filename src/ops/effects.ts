/**
 * What a plain operation does to its register operands, and what it depends on beside them, found by running its body once on a builder that only
 * watches. So no table states by hand which operands are destinations, or what branches.
 */
import type { Builder, Imm, Reg, Value } from './builder.js';
import type { FloatBuilder } from './float-builder.js';
import type { PlainOperation } from './operation.js';
import type { Vector } from './vector-builder.js';
import type { VectorFloatBuilder } from './vector-float-builder.js';

/** Register operands as bits: bit i is the i-th of `operation.regs`. */
export interface Effects {
  readonly reads: number;
  readonly writes: number;
  /** It may branch. */
  readonly branches: boolean;
  /** Index of the immediate that is the offset of a direct branch in the same state, or -1. */
  readonly branchOffset: number;
  /** It uses the PC, or branches. */
  readonly usesPC: boolean;
  /** It asks whether it is in an IT block. */
  readonly asksITBlock: boolean;
}

/** Stands for the register that `forEachRegister` passes: no operand. */
const LISTED = 31;

/** No general register is touched in there, and what is computed does not matter. */
const unwatched = new Proxy({} as VectorFloatBuilder & FloatBuilder, { get: () => () => 0 });

/** Both sides of every choice are followed; nothing is computed. */
class Watcher implements Builder {
  readonly simd = unwatched;
  readonly fp = unwatched;
  reads = 0;
  writes = 0;
  branches = false;
  branchOffset = -1;
  usesPC = false;
  asksITBlock = false;
  private readonly nothing = 0 as Value;

  const = (): Value => this.nothing;
  imm = this.const;
  add = this.const;
  sub = this.const;
  mul = this.const;
  and = this.const;
  or = this.const;
  xor = this.const;
  not = this.const;
  neg = this.const;
  shl = this.const;
  shr = this.const;
  sar = this.const;
  ror = this.const;
  clz = this.const;
  divU = this.const;
  divS = this.const;
  mulHighU = this.const;
  mulHighS = this.const;
  eq = this.const;
  ne = this.const;
  ltU = this.const;
  leU = this.const;
  ltS = this.const;
  select = this.const;
  C = this.const;
  GE = this.const;
  NZCV = this.const;
  stateWord = this.const;
  load = this.const;
  sameRegister = this.const;

  private readonly ignore = (): void => {};
  setLR = this.ignore;
  setNZ = this.ignore;
  setNZ64 = this.ignore;
  setC = this.ignore;
  setV = this.ignore;
  orQ = this.ignore;
  setGE = this.ignore;
  setStateWord = this.ignore;
  giveUpIf = (): boolean => false;
  giveUpUnlessDirect = (): boolean => false;
  store = this.ignore;
  storeElements = this.ignore;
  storeVectors = this.ignore;
  conditionFailed = this.ignore;

  private readonly branch = (): void => {
    this.usesPC = true;
    this.branches = true;
  };
  BranchWritePC = this.branch;
  BXWritePC = this.branch;
  branchRelativeExchange = this.branch;
  branchRelative(offset: Imm): void {
    this.branchOffset = offset;
    this.branch();
  }

  PC(): Value {
    this.usesPC = true;
    return this.nothing;
  }
  nextInstruction = (): Value => this.PC();
  inITBlock(): Value {
    this.asksITBlock = true;
    return this.nothing;
  }

  loadElements = (): readonly Value[] => [0, 0, 0, 0] as Value[];
  loadVectors = (): readonly Vector[] => [0, 0] as Vector[];

  R(operand: Reg): Value {
    this.reads |= 1 << operand;
    return this.nothing;
  }
  setR(operand: Reg): void {
    this.writes |= 1 << operand;
  }
  choose(_condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    whenTrue();
    whenFalse();
    return this.nothing;
  }
  if(_condition: Value, then: () => void, otherwise?: () => void): void {
    then();
    otherwise?.();
  }
  forEachRegister(_list: number, _start: Value, body: (register: Reg, address: Value) => void): void {
    body(LISTED as Reg, this.nothing);
  }
}

/** The effects of `operation` with these values of its statics, in the order of `operation.statics`. */
export function effectsOf(operation: PlainOperation, statics: readonly number[]): Effects {
  const operands: Record<string, number> = {};
  operation.regs.forEach((name, i) => (operands[name] = i));
  operation.imms.forEach((name, i) => (operands[name] = i));
  operation.statics.forEach((name, i) => (operands[name] = statics[i]!));
  const watcher = new Watcher();
  operation.body(watcher, operands);
  const all = (1 << operation.regs.length) - 1;
  const { reads, writes, branches, branchOffset, usesPC, asksITBlock } = watcher;
  return { reads: reads & all, writes: writes & all, branches, branchOffset, usesPC, asksITBlock };
}
