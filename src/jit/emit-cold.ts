/**
 * The builder of out-of-line handlers: one function per variant, called with the slot's address for one instruction at a time. It works on
 * the state block alone, goes to the processor where the TLB cannot serve an access, and is what the fast loop falls back on.
 * Before it is called PC, COUNT and ITSTATE are in the state block. It returns an {@link Outcome}.
 */
import { AccessFlag } from '../arm/engine-port.js';
import { Attention, Word } from '../arm/state.js';
import { SLOT_COUNTERS, SLOT_POOL, TLB_TABLE_BYTES } from '../mem/layout.js';
import type { AccessOptions, DataSize, Imm, Reg, Value, VReg } from '../ops/builder.js';
import { effectsOf } from '../ops/effects.js';
import { V } from './emit-float.js';
import { HandlerBuilder, stateAddress } from './emitter.js';
import { countingCoverage, noCoverage, type CoverageCode } from './slot-coverage.js';
import { Temporaries } from './values.js';
import { emitBody, type Variant, type VariantNeeds } from './variant.js';
import { CodeWriter, Label } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** Parameters of an out-of-line handler: the slot's address. (The second, its own number, is for the stand-in of one that is not compiled yet.) */
const SLOT = 0;
export const COLD_PARAMS = 2;

/** What an out-of-line handler returns: PC is still to be advanced; it branched; it did nothing, and the reference is to execute the instruction. */
export const Outcome = { advance: 0, branched: 1, reference: 2 } as const;

/** Indices of the functions that an out-of-line handler calls: the processor's slow paths. */
export interface ColdCalls {
  readonly slowLoad: number;
  readonly slowStore: number;
}

const WORD_ALIGNED: AccessOptions = { aligned: true };

class ColdBuilder extends HandlerBuilder {
  constructor(
    code: CodeWriter,
    variant: Variant,
    private readonly calls: ColdCalls,
    private readonly coverage: CoverageCode,
  ) {
    super(code, new Temporaries(code), SLOT, variant);
  }

  protected get thorough(): boolean {
    return true;
  }

  protected readonly access = 0;

  protected reading(): void {}

  protected effect(): void {}

  protected escapeIf(): void {
    this.code.if(() => {
      this.code.const(Outcome.reference);
      this.code.op(Op.return);
    });
  }

  protected pushInstructionAddress(): void {
    this.code.loadWord(stateAddress(Word.PC));
  }

  nextInstruction(): Value {
    this.pushInstructionAddress();
    this.code.const(this.instructionBytes);
    this.code.op(Op.i32_add);
    return this.take();
  }

  inITBlock(): Value {
    return this.ne(this.and(this.loadState(Word.ITSTATE), this.const(15)), this.const(0));
  }

  load(address: Value, size: DataSize, options?: AccessOptions): Value {
    const slow = (): void => {
      this.push(address);
      this.code.const(size);
      this.code.const(accessFlags(options));
      this.code.call(this.calls.slowLoad);
    };
    if (options?.unprivileged === true) {
      slow();
      const value = this.take();
      this.returnIfAbandoned();
      return value;
    }
    const entry = this.tlbEntry(address, 0, this.pushBank);
    const result = this.temporaries.take();
    this.pushTlbMiss(address, entry, size);
    this.code.if(
      () => {
        slow();
        this.code.set(result);
        this.returnIfAbandoned();
      },
      () => {
        this.pushHostAddress(address, entry);
        this.code.load(this.loadOpcode(size, options), 0);
        this.code.set(result);
      },
    );
    return result as Value;
  }

  store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void {
    const slow = (): void => {
      this.push(address);
      this.code.const(size);
      this.push(value);
      this.code.const(accessFlags(options));
      this.code.call(this.calls.slowStore);
      this.returnIfAbandoned();
    };
    if (options?.unprivileged === true) {
      slow();
      return;
    }
    const entry = this.tlbEntry(address, TLB_TABLE_BYTES, this.pushBank);
    this.pushTlbMiss(address, entry, size);
    this.code.if(slow, () => {
      this.pushHostAddress(address, entry);
      this.push(value);
      this.code.store(this.storeOpcode(size), 0);
    });
  }

  forEachRegister(list: Imm, start: Value, body: (register: Reg, address: Value) => void): void {
    const registers = this.immediate(list);
    this.push(registers);
    this.code.if(() => this.inBranch(() => this.emitRegisterLoop(registers, start, body)));
  }

  // ---- extension registers in memory: word by word

  protected loadD(operand: VReg, address: Value): void {
    const first = this.load(address, 4, WORD_ALIGNED);
    const second = this.load(this.add(address, this.const(4)), 4, WORD_ALIGNED);
    const swap = this.bigEndian();
    this.fp.setD(operand, this.select(swap, first, second), this.select(swap, second, first));
  }

  protected storeD(operand: VReg, address: Value): void {
    const [low, high] = [this.fp.low(operand), this.fp.high(operand)];
    const swap = this.bigEndian();
    this.store(address, 4, this.select(swap, high, low), WORD_ALIGNED);
    this.store(this.add(address, this.const(4)), 4, this.select(swap, low, high), WORD_ALIGNED);
  }

  protected loadRegisters(double: boolean, first: VReg, words: Imm, start: Value): void {
    this.wordLoop(double, first, words, start, (offset, address) => {
      const value = this.load(address, 4, WORD_ALIGNED);
      this.code.get(offset);
      this.push(value);
      this.code.store(Op.i32_store, V);
    });
  }

  protected storeRegisters(double: boolean, first: VReg, words: Imm, start: Value): void {
    this.wordLoop(double, first, words, start, (offset, address) => {
      this.code.get(offset);
      this.code.load(Op.i32_load, V);
      this.store(address, 4, this.take(), WORD_ALIGNED);
    });
  }

  /** Calls `body` for each word with a local that holds its byte offset from {@link V}, and with its address. */
  private wordLoop(
    double: boolean,
    first: VReg,
    words: Imm,
    start: Value,
    body: (offset: number, address: Value) => void,
  ): void {
    const { code } = this;
    const [at, offset, base] = [this.temporaries.take(), this.temporaries.take(), this.temporaries.take()];
    const count = this.immediate(words);
    this.fp.pushRegister(first, double);
    code.set(base);
    code.const(0);
    code.set(at);
    const swap = double ? this.shl(this.bigEndian(), this.const(2)) : this.const(0);
    const again = new Label('next word');
    code.loop(again, () => {
      code.get(base);
      code.get(at);
      this.push(swap);
      code.op(Op.i32_xor);
      code.op(Op.i32_add);
      code.set(offset);
      const address = this.add(start, at as Value);
      this.inBranch(() => body(offset, address));
      code.get(at);
      code.const(4);
      code.op(Op.i32_add);
      code.set(at);
      code.get(at);
      this.push(count);
      code.const(2);
      code.op(Op.i32_shl);
      code.op(Op.i32_lt_u);
      code.brIf(again);
    });
  }

  /** 1 while CPSR.E is set. */
  private bigEndian(): Value {
    return this.and(this.shr(this.loadState(Word.PSR), this.const(9)), this.const(1));
  }

  BranchWritePC(target: Value): void {
    this.leaveTo(this.align(target));
  }

  BXWritePC(target: Value): void {
    const thumb = this.and(target, this.const(1));
    this.if(this.ne(thumb, this.const(this.variant.thumb)), () => this.exchangeState());
    this.leaveTo(this.and(target, this.select(thumb, this.const(-2), this.const(-4))));
  }

  branchRelative(offset: Imm): void {
    const immediate = this.immediate(offset);
    if (this.variant.nearImmediate === offset) {
      this.pushAddressOfSlot(() => this.push(immediate));
      this.leaveTo(this.take());
    } else this.leaveTo(this.align(this.add(this.PC(), immediate)));
  }

  conditionFailed(): void {
    this.coverage.failed(SLOT);
  }

  branchRelativeExchange(offset: Imm): void {
    const base = this.and(this.PC(), this.const(-4));
    const target = this.add(base, this.immediate(offset));
    this.exchangeState();
    this.leaveTo(this.and(target, this.const(this.variant.thumb ? -4 : -2)));
  }

  private leaveTo(target: Value): void {
    this.code.storeWord(stateAddress(Word.PC), () => this.push(target));
    this.code.const(Outcome.branched);
    this.code.op(Op.return);
  }

  private returnIfAbandoned(): void {
    this.code.loadWord(stateAddress(Word.ATTENTION));
    this.code.const(Attention.abandoned);
    this.code.op(Op.i32_and);
    this.code.if(() => {
      this.code.const(Outcome.branched);
      this.code.op(Op.return);
    });
  }

  protected readonly pushBank = (): void => this.code.loadWord(stateAddress(Word.TLB_BANK));
}

function accessFlags(options: AccessOptions | undefined): number {
  return (
    (options?.signed === true ? AccessFlag.signed : 0) |
    (options?.aligned === true ? AccessFlag.aligned : 0) |
    (options?.unprivileged === true ? AccessFlag.unprivileged : 0)
  );
}

/** Adds one to the counter of the slot whose byte address is on the stack. */
export function emitCount(code: CodeWriter): void {
  const local = code.local();
  code.const(SLOT_POOL);
  code.op(Op.i32_sub);
  code.const(2);
  code.op(Op.i32_shr_u);
  code.set(local);
  code.get(local);
  code.get(local);
  code.load(Op.i32_load, SLOT_COUNTERS);
  code.const(1);
  code.op(Op.i32_add);
  code.store(Op.i32_store, SLOT_COUNTERS);
}

/** The function of a variant's out-of-line handler. @param covers whether it counts a condition of the operation's own that fails */
export function emitCold(variant: Variant, calls: ColdCalls, covers = false): CodeWriter {
  const code = new CodeWriter(COLD_PARAMS);
  const builder = new ColdBuilder(code, variant, calls, covers ? countingCoverage(code) : noCoverage);
  const count = (): void => {
    code.get(SLOT);
    emitCount(code);
  };
  // What branches does not come to the end; what does not may be given up, and is executed by others then.
  const { branch } = variantNeeds(variant.operation, variant.statics);
  if (variant.counted && branch) count();
  builder.prologue();
  emitBody(variant, builder);
  if (variant.counted && !branch) count();
  code.const(Outcome.advance);
  return code;
}

/** What the code of an operation depends on. PERF: asked of each kind of instruction when it is first decoded, so it is watched and not emitted. */
export function variantNeeds(operation: Variant['operation'], statics: readonly number[]): VariantNeeds {
  const { usesPC, asksITBlock, branches, branchOffset } = effectsOf(operation, statics);
  return { state: usesPC, itBlock: asksITBlock, branch: branches, branchImmediate: branchOffset };
}
