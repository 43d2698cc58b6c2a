/**
 * What an operation with its statics does, as far as a region must know before it emits it: flags, registers, memory, control. Found by
 * running its body once on a builder that only watches, so that no table states it by hand.
 */
import type { AccessOptions, Builder, Imm, Reg, Value } from '../../ops/builder.js';
import type { PlainOperation } from '../../ops/operation.js';
import type { Vector } from '../../ops/vector-builder.js';
import { record } from './steps.js';

/** Flags as bits. */
export const Flag = { N: 8, Z: 4, C: 2, V: 1, all: 15 } as const;

/** How an operation branches. */
export const BranchKind = {
  none: 0,
  /** branchRelative: the target is known. */
  relative: 1,
  /** branchRelativeExchange: the target is known, and in the other state. */
  exchange: 2,
  /** BranchWritePC or BXWritePC. */
  indirect: 3,
} as const;

export interface Traits {
  readonly flagsRead: number;
  readonly flagsWritten: number;
  /** Bit i is the i-th of `operation.regs`. */
  readonly reads: number;
  readonly writes: number;
  readonly writesLR: boolean;
  /** What it does for each register of its list, which is its first immediate. */
  readonly list: 'none' | 'load' | 'store';
  readonly memory: boolean;
  /** Its accesses to memory are stores. */
  readonly stores: boolean;
  /** It accesses two words that follow each other: one check covers both. */
  readonly dual: boolean;
  readonly branch: number;
  /** The immediate by which it branches. */
  readonly branchImmediate: number;
  /** It has more than values, flags and one or more registers: its body emits code before it is over. */
  readonly effects: boolean;
  /** It works on extension registers. */
  readonly extension: boolean;
  /** It computes with floating-point numbers, scalars or vectors, which is done inline only while host arithmetic is right (arm/state.ts). */
  readonly arithmetic: 'none' | 'scalar' | 'vector';
  /** It sets flags in the state block, and not by the builder's. */
  readonly flagsInState: boolean;
  /** It may have to be executed by itself after all: a short form that gives up. */
  readonly givesUp: boolean;
  /** A region has no code of its own for it. */
  readonly foreign: boolean;
  /** Its body as a list of steps (steps.ts), where it can be one. */
  readonly steps: Int32Array | undefined;
}

/** Values that the watching builder tells from others. */
const UNKNOWN = 0 as Value;
const TRUE = -1 as Value;
const FALSE = -2 as Value;
/** Stands for the register that `forEachRegister` passes. */
const LISTED = 31;

/** What the emitter of floating point always gives up (emit-float.ts). */
const NEVER_INLINE = new Set<string | symbol>([
  'setFPSCR',
  'FPHalfToSingle',
  'FPSingleToHalf',
  'FPToFixed',
  'FixedToFP',
]);

class Watcher implements Builder {
  flagsRead = 0;
  flagsWritten = 0;
  reads = 0;
  writes = 0;
  writesLR = false;
  list: Traits['list'] = 'none';
  memory = false;
  branch: number = BranchKind.none;
  branchImmediate = 0;
  effects = false;
  extension = false;
  arithmetic: Traits['arithmetic'] = 'none';
  flagsInState = false;
  givesUp = false;
  foreign = false;
  #listing = false;

  constructor(private readonly inIT: boolean) {}

  readonly fp = new Proxy({} as never, {
    get: (_target, property) => {
      this.#touchesExtension();
      if (property === 'CheckVFPArithmetic') this.arithmetic = 'scalar';
      if (NEVER_INLINE.has(property)) this.foreign = true;
      if (property === 'elements') return (_N: number, kind: string): void => this.#elements(kind);
      if (property === 'copyFlagsToAPSR') {
        this.flagsWritten = Flag.all;
        this.flagsInState = true;
      }
      return () => 0;
    },
  });

  readonly simd = new Proxy({} as never, {
    get: (_target, property) => {
      this.#touchesExtension();
      if (/^(FP|Fixed|Unsigned)[A-Z]/.test(String(property))) this.arithmetic = 'vector';
      return () => 0;
    },
  });

  #touchesExtension(): void {
    this.extension = true;
    this.effects = true;
  }

  #elements(kind: string): void {
    if (kind === 'arithmetic') this.arithmetic = 'scalar';
  }

  readonly #value = (): Value => UNKNOWN;
  const = this.#value;
  imm = this.#value;
  PC = this.#value;
  nextInstruction = this.#value;
  sameRegister = this.#value;
  add = this.#value;
  sub = this.#value;
  mul = this.#value;
  and = this.#value;
  or = this.#value;
  xor = this.#value;
  not = this.#value;
  neg = this.#value;
  shl = this.#value;
  shr = this.#value;
  sar = this.#value;
  ror = this.#value;
  clz = this.#value;
  mulHighU = this.#value;
  mulHighS = this.#value;
  eq = this.#value;
  ne = this.#value;
  ltU = this.#value;
  leU = this.#value;
  ltS = this.#value;
  select = this.#value;
  divU = (): Value => this.#effect();
  divS = (): Value => this.#effect();

  #effect(): Value {
    this.effects = true;
    return UNKNOWN;
  }

  R(operand: Reg): Value {
    this.reads |= 1 << operand;
    return UNKNOWN;
  }
  setR(operand: Reg): void {
    this.writes |= 1 << operand;
  }
  setLR(): void {
    this.writesLR = true;
  }

  choose(_condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    whenTrue();
    whenFalse();
    return this.#effect();
  }
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    if (condition !== FALSE) then();
    if (condition !== TRUE) otherwise?.();
  }

  C(): Value {
    this.flagsRead |= Flag.C;
    return UNKNOWN;
  }
  setNZ(): void {
    this.flagsWritten |= Flag.N | Flag.Z;
  }
  setNZ64(): void {
    this.flagsWritten |= Flag.N | Flag.Z;
  }
  setC(): void {
    this.flagsWritten |= Flag.C;
  }
  setV(): void {
    this.flagsWritten |= Flag.V;
  }
  orQ(): void {
    this.effects = true;
  }
  GE(): Value {
    return UNKNOWN;
  }
  setGE(): void {
    this.effects = true;
  }
  NZCV(): Value {
    this.flagsRead |= Flag.all;
    return UNKNOWN;
  }
  stateWord(): Value {
    return this.#effect();
  }
  setStateWord(): void {
    this.effects = true;
  }
  giveUpIf(): boolean {
    this.effects = true;
    this.givesUp = true;
    return false;
  }
  giveUpUnlessDirect(): boolean {
    this.givesUp = true;
    this.#access(undefined);
    return false;
  }
  inITBlock(): Value {
    return this.inIT ? TRUE : FALSE;
  }

  load(_address: Value, _size: number, options?: AccessOptions): Value {
    this.#access(options);
    if (this.#listing) this.list = 'load';
    return UNKNOWN;
  }
  store(_address: Value, _size: number, _value: Value, options?: AccessOptions): void {
    this.#access(options);
    if (this.#listing) this.list = 'store';
  }
  #access(options: AccessOptions | undefined): void {
    this.memory = true;
    this.effects = true;
    if (options?.unprivileged === true) this.foreign = true;
  }
  forEachRegister(_list: Imm, _start: Value, body: (register: Reg, address: Value) => void): void {
    this.#listing = true;
    body(LISTED as Reg, UNKNOWN);
    this.#listing = false;
  }
  loadElements(): readonly Value[] {
    this.#access(undefined);
    return [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
  }
  storeElements(): void {
    this.#access(undefined);
  }
  loadVectors(): readonly Vector[] {
    this.#access(undefined);
    return [0, 0] as unknown as Vector[];
  }
  storeVectors(): void {
    this.#access(undefined);
  }

  BranchWritePC(): void {
    this.branch = BranchKind.indirect;
  }
  BXWritePC(): void {
    this.branch = BranchKind.indirect;
  }
  conditionFailed(): void {}
  branchRelative(offset: Imm): void {
    this.branch = BranchKind.relative;
    this.branchImmediate = offset;
  }
  branchRelativeExchange(offset: Imm): void {
    this.branch = BranchKind.exchange;
    this.branchImmediate = offset;
  }
}

function watch(operation: PlainOperation, statics: readonly number[], inIT: boolean): Traits {
  const operands: Record<string, number> = {};
  operation.regs.forEach((name, i) => (operands[name] = i));
  operation.imms.forEach((name, i) => (operands[name] = i));
  operation.statics.forEach((name, i) => (operands[name] = statics[i]));
  const watcher = new Watcher(inIT);
  operation.body(watcher, operands);
  const all = (1 << operation.generalRegs) - 1;
  const { flagsRead, flagsWritten, writesLR, list, memory, branch, branchImmediate, effects, foreign } = watcher;
  const { extension, arithmetic, flagsInState, givesUp } = watcher;
  return {
    flagsRead,
    flagsWritten,
    reads: watcher.reads & all,
    writes: watcher.writes & all,
    writesLR,
    list,
    memory,
    stores: /^(V?ST|SRS)/.test(operation.name),
    dual: /^(LDRD|STRD)/.test(operation.name),
    branch,
    branchImmediate,
    effects,
    extension,
    arithmetic,
    flagsInState,
    givesUp,
    foreign,
    steps: record(operation, operands, inIT),
  };
}

/** By key (ops/predecode.ts), outside and inside an IT block. */
const known = [new Map<string, Traits>(), new Map<string, Traits>()];

/** @param key of the operation with its statics, see Predecoded.key */
export function traitsOf(key: string, operation: PlainOperation, statics: readonly number[], inIT: boolean): Traits {
  const map = known[inIT ? 1 : 0];
  let traits = map.get(key);
  if (traits === undefined) map.set(key, (traits = watch(operation, statics, inIT)));
  return traits;
}
