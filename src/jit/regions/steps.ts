/**
 * Bodies of operations as lists of steps: what a body asks of its builder, recorded once for an operation with its statics, and done again for each
 * instruction with the operands that it has. Owns what can be recorded: values, registers, flags, loads and stores, branches; not what goes
 * through functions of the body's own. Knows no operation.
 *
 * PERF: bodies are hundreds of functions, called with dozens of shapes of operands and by five builders, so that V8 can make nothing of their calls.
 * A list of numbers is done by one loop that knows its builder: running bodies was a third of generating (regions.bench).
 */
import type { AccessOptions, Builder, DataSize, Imm, Reg, Value } from '../../ops/builder.js';
import type { PlainOperation } from '../../ops/operation.js';
import { Op } from '../wasm/opcodes.js';
import type { RegionBuilder } from './builder.js';

/** What a step does, beside the opcodes of WebAssembly, which are binary operations here. */
const Step = {
  constant: 0x100,
  imm: 0x101,
  register: 0x102,
  setRegister: 0x103,
  setLR: 0x104,
  PC: 0x105,
  nextInstruction: 0x106,
  sameRegister: 0x107,
  eq: 0x108,
  clz: 0x109,
  mulHighU: 0x10a,
  mulHighS: 0x10b,
  select: 0x10c,
  C: 0x10d,
  setNZ: 0x10e,
  setNZ64: 0x10f,
  setC: 0x110,
  setV: 0x111,
  load: 0x112,
  store: 0x113,
  branchWrite: 0x114,
  branchExchange: 0x115,
  branchRelative: 0x116,
  branchRelativeExchange: 0x117,
} as const;

/** A step: what it does, and of what: values by the number of the step that made them, operands by their places, or a number. */
const STEP_WORDS = 4;
const MOST_STEPS = 128;

/** How memory is accessed, in a step: the size, and bits for the options. */
const SIGNED = 8;
const ALIGNED = 16;
const OPTIONS: readonly AccessOptions[] = [{}, { signed: true }, { aligned: true }, { signed: true, aligned: true }];

function accessCode(size: DataSize, options: AccessOptions | undefined): number {
  if (options?.unprivileged === true) throw new Unrecordable();
  return size | (options?.signed === true ? SIGNED : 0) | (options?.aligned === true ? ALIGNED : 0);
}

/** What a body asked for cannot be a step. */
class Unrecordable extends Error {}

function unrecordable(): never {
  throw new Unrecordable();
}

class Recorder implements Builder {
  readonly steps: number[] = [];
  readonly #constants = new Map<Value, number>();

  constructor(private readonly inIT: boolean) {}

  get fp(): never {
    return unrecordable();
  }
  get simd(): never {
    return unrecordable();
  }

  #step(what: number, a = 0, b = 0, c = 0): Value {
    return (this.steps.push(what, a, b, c) / STEP_WORDS - 1) as Value;
  }

  const(value: number): Value {
    const step = this.#step(Step.constant, value | 0);
    this.#constants.set(step, value | 0);
    return step;
  }
  imm = (operand: Imm): Value => this.#step(Step.imm, operand);
  R = (operand: Reg): Value => this.#step(Step.register, operand);
  setR = (operand: Reg, value: Value): void => void this.#step(Step.setRegister, operand, value);
  setLR = (value: Value): void => void this.#step(Step.setLR, value);
  PC = (): Value => this.#step(Step.PC);
  nextInstruction = (): Value => this.#step(Step.nextInstruction);
  sameRegister = (a: Reg, b: Reg): Value => this.#step(Step.sameRegister, a, b);

  add = (a: Value, b: Value): Value => this.#step(Op.i32_add, a, b);
  sub = (a: Value, b: Value): Value => this.#step(Op.i32_sub, a, b);
  mul = (a: Value, b: Value): Value => this.#step(Op.i32_mul, a, b);
  and = (a: Value, b: Value): Value => this.#step(Op.i32_and, a, b);
  or = (a: Value, b: Value): Value => this.#step(Op.i32_or, a, b);
  xor = (a: Value, b: Value): Value => this.#step(Op.i32_xor, a, b);
  not = (a: Value): Value => this.#step(Op.i32_xor, a, this.const(-1));
  neg = (a: Value): Value => this.#step(Op.i32_sub, this.const(0), a);
  shl = (a: Value, n: Value): Value => this.#step(Op.i32_shl, a, n);
  shr = (a: Value, n: Value): Value => this.#step(Op.i32_shr_u, a, n);
  sar = (a: Value, n: Value): Value => this.#step(Op.i32_shr_s, a, n);
  ror = (a: Value, n: Value): Value => this.#step(Op.i32_rotr, a, n);
  clz = (a: Value): Value => this.#step(Step.clz, a);
  mulHighU = (a: Value, b: Value): Value => this.#step(Step.mulHighU, a, b);
  mulHighS = (a: Value, b: Value): Value => this.#step(Step.mulHighS, a, b);
  eq = (a: Value, b: Value): Value => this.#step(Step.eq, a, b);
  ne = (a: Value, b: Value): Value => this.#step(Op.i32_ne, a, b);
  ltU = (a: Value, b: Value): Value => this.#step(Op.i32_lt_u, a, b);
  leU = (a: Value, b: Value): Value => this.#step(Op.i32_le_u, a, b);
  ltS = (a: Value, b: Value): Value => this.#step(Op.i32_lt_s, a, b);
  select = (condition: Value, whenTrue: Value, whenFalse: Value): Value =>
    this.#step(Step.select, condition, whenTrue, whenFalse);

  /** A choice is made here, or the body cannot be recorded. */
  choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    return this.#known(condition) ? whenTrue() : whenFalse();
  }
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    if (this.#known(condition)) then();
    else otherwise?.();
  }
  #known(condition: Value): boolean {
    return (this.#constants.get(condition) ?? unrecordable()) !== 0;
  }
  inITBlock = (): Value => this.const(this.inIT ? 1 : 0);

  C = (): Value => this.#step(Step.C);
  setNZ = (result: Value): void => void this.#step(Step.setNZ, result);
  setNZ64 = (high: Value, low: Value): void => void this.#step(Step.setNZ64, high, low);
  setC = (carry: Value): void => void this.#step(Step.setC, carry);
  setV = (sign: Value): void => void this.#step(Step.setV, sign);

  load(address: Value, size: DataSize, options?: AccessOptions): Value {
    return this.#step(Step.load, address, accessCode(size, options));
  }
  store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void {
    this.#step(Step.store, address, accessCode(size, options), value);
  }

  BranchWritePC = (target: Value): void => void this.#step(Step.branchWrite, target);
  BXWritePC = (target: Value): void => void this.#step(Step.branchExchange, target);
  branchRelative = (): void => void this.#step(Step.branchRelative);
  branchRelativeExchange = (): void => void this.#step(Step.branchRelativeExchange);
  conditionFailed(): void {}

  divU = unrecordable;
  divS = unrecordable;
  orQ = unrecordable;
  GE = unrecordable;
  setGE = unrecordable;
  NZCV = unrecordable;
  stateWord = unrecordable;
  setStateWord = unrecordable;
  giveUpIf = unrecordable;
  giveUpUnlessDirect = unrecordable;
  forEachRegister = unrecordable;
  loadElements = unrecordable;
  storeElements = unrecordable;
  loadVectors = unrecordable;
  storeVectors = unrecordable;
}

/**
 * The steps of an operation with its statics, outside or inside an IT block; undefined if it has to be run itself.
 * @param operands where each operand is among its own kind, by name, and the statics' values
 */
export function record(
  operation: PlainOperation,
  operands: Readonly<Record<string, number>>,
  inIT: boolean,
): Int32Array | undefined {
  const recorder = new Recorder(inIT);
  try {
    operation.body(recorder, operands);
  } catch (error) {
    if (error instanceof Unrecordable) return undefined;
    throw error;
  }
  return recorder.steps.length <= STEP_WORDS * MOST_STEPS ? Int32Array.from(recorder.steps) : undefined;
}

/** The values that steps have made. */
const made = new Array<Value>(MOST_STEPS).fill(0 as Value);

/** Does steps, with the operands of an instruction. */
export function replay(b: RegionBuilder, steps: Int32Array, regs: readonly number[], imms: readonly number[]): void {
  for (let at = 0, n = 0; at < steps.length; at += STEP_WORDS, n++) {
    const what = steps[at];
    const first = steps[at + 1];
    const second = steps[at + 2];
    switch (what) {
      case Step.constant:
        made[n] = b.const(first);
        break;
      case Step.imm:
        made[n] = b.const(imms[first]);
        break;
      case Step.register:
        made[n] = b.R(regs[first] as Reg);
        break;
      case Step.setRegister:
        b.setR(regs[first] as Reg, made[second]);
        break;
      case Step.setLR:
        b.setLR(made[first]);
        break;
      case Step.PC:
        made[n] = b.PC();
        break;
      case Step.nextInstruction:
        made[n] = b.nextInstruction();
        break;
      case Step.sameRegister:
        made[n] = b.sameRegister(regs[first] as Reg, regs[second] as Reg);
        break;
      case Step.eq:
        made[n] = b.eq(made[first], made[second]);
        break;
      case Step.clz:
        made[n] = b.clz(made[first]);
        break;
      case Step.mulHighU:
        made[n] = b.mulHighU(made[first], made[second]);
        break;
      case Step.mulHighS:
        made[n] = b.mulHighS(made[first], made[second]);
        break;
      case Step.select:
        made[n] = b.select(made[first], made[second], made[steps[at + 3]]);
        break;
      case Step.C:
        made[n] = b.C();
        break;
      case Step.setNZ:
        b.setNZ(made[first]);
        break;
      case Step.setNZ64:
        b.setNZ64(made[first], made[second]);
        break;
      case Step.setC:
        b.setC(made[first]);
        break;
      case Step.setV:
        b.setV(made[first]);
        break;
      case Step.load:
        made[n] = b.load(made[first], (second & 7) as DataSize, OPTIONS[second >>> 3]);
        break;
      case Step.store:
        b.store(made[first], (second & 7) as DataSize, made[steps[at + 3]], OPTIONS[second >>> 3]);
        break;
      case Step.branchWrite:
        b.BranchWritePC(made[first]);
        break;
      case Step.branchExchange:
        b.BXWritePC(made[first]);
        break;
      case Step.branchRelative:
        b.branchRelative();
        break;
      case Step.branchRelativeExchange:
        b.branchRelativeExchange();
        break;
      default:
        made[n] = b.binary(what, made[first], made[second]);
    }
  }
}
