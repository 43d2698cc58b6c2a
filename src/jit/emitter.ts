/**
 * The builder that emits WebAssembly for one operation whose operands lie in a predecoded slot. What both kinds of handler share is here:
 * values, operands, flags, arithmetic, choices. Memory and control differ and are left to the subclasses (emit-hot.ts, emit-cold.ts).
 * Knows no instruction.
 */
import { STATE_BASE, TLB_TABLE_BYTES } from '../mem/layout.js';
import { Word } from '../arm/state.js';
import type { AccessOptions, Builder, DataSize, Imm, Reg, Value, VReg } from '../ops/builder.js';
import type { Vector } from '../ops/vector-builder.js';
import { assert } from '../util/assert.js';
import { FloatEmitter } from './emit-float.js';
import { VectorFloatEmitter } from './emit-vector-float.js';
import type { Variant } from './variant.js';
import { SlotByte } from './slots.js';
import { Scratch } from './scratch.js';
import { type Temporaries, ValueBuilder } from './values.js';
import type { CodeWriter } from './wasm/code.js';
import { Label } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** Byte address of a word of the state block. */
export const stateAddress = (word: number): number => STATE_BASE + word * 4;

/** Words of the state block that hold flags. */
type FlagWord = 'NF' | 'ZF' | 'CF' | 'VF';

/** Register handles from here on name the local that holds the register's byte offset. */
const DYNAMIC_REGISTER = 16;

export abstract class HandlerBuilder extends ValueBuilder implements Builder {
  /** Locals that hold the register operands' byte offsets and the immediates, where this path has loaded them; -1 where not. */
  #registerOffsets = [-1, -1, -1, -1];
  #immediates = [-1, -1];
  readonly fp: FloatEmitter;
  readonly simd: VectorFloatEmitter;

  /** @param slot local that holds the slot's byte address. */
  constructor(
    code: CodeWriter,
    temporaries: Temporaries,
    protected readonly slot: number,
    protected readonly variant: Variant,
  ) {
    super(code, temporaries);
    const host = {
      code: () => this.code,
      temporaries,
      const: (value: number) => this.const(value),
      push: (value: Value) => this.push(value),
      take: () => this.take(),
      pushOffset: (operand: VReg) => this.pushRegisterOffset(operand),
      reading: () => this.reading(),
      effect: () => this.effect(),
      escapeIf: () => this.escapeIf(),
      access: () => this.access,
      thorough: () => this.thorough,
      pushImmediate: (operand: Imm) => this.push(this.immediate(operand)),
      loadD: (operand: VReg, address: Value) => this.loadD(operand, address),
      storeD: (operand: VReg, address: Value) => this.storeD(operand, address),
      loadRegisters: (double: boolean, first: VReg, words: Imm, address: Value) =>
        this.loadRegisters(double, first, words, address),
      storeRegisters: (double: boolean, first: VReg, words: Imm, address: Value) =>
        this.storeRegisters(double, first, words, address),
    };
    this.fp = new FloatEmitter(host);
    this.simd = new VectorFloatEmitter(host);
  }

  // ---- what the kinds of handler do differently

  /** Told before state is read. */
  protected abstract reading(): void;
  /** Told before a register, flag or other state is written. */
  protected abstract effect(): void;
  /** Bits of FpAccess that are known to be set wherever the handler is executed. */
  protected abstract readonly access: number;
  /** Gives the instruction up, with nothing of it done, if what is on the stack is not zero: another way of execution starts it anew. */
  protected abstract escapeIf(): void;
  /** Whether to look into rare cases before the instruction is given up. */
  protected abstract readonly thorough: boolean;
  protected abstract loadD(operand: VReg, address: Value): void;
  protected abstract storeD(operand: VReg, address: Value): void;
  protected abstract loadRegisters(double: boolean, first: VReg, words: Imm, address: Value): void;
  protected abstract storeRegisters(double: boolean, first: VReg, words: Imm, address: Value): void;
  protected abstract pushInstructionAddress(): void;
  /** Pushes the byte address of the TLB bank in use. */
  protected abstract readonly pushBank: () => void;
  abstract nextInstruction(): Value;
  abstract inITBlock(): Value;
  abstract load(address: Value, size: DataSize, options?: AccessOptions): Value;
  abstract store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void;
  abstract forEachRegister(list: Imm, start: Value, body: (register: Reg, address: Value) => void): void;
  abstract BranchWritePC(target: Value): void;
  abstract BXWritePC(target: Value): void;
  abstract branchRelative(offset: Imm): void;
  abstract branchRelativeExchange(offset: Imm): void;
  abstract conditionFailed(): void;

  /** What precedes the operation's body: an instruction that reads R15 finds it in the state block. */
  prologue(): void {
    if (!this.variant.readsR15) return;
    const pc = this.PC();
    this.code.storeWord(stateAddress(Word.R15_READ), () => this.push(pc));
  }

  // ---- operands

  imm(operand: Imm): Value {
    assert(operand !== this.variant.nearImmediate, 'the offset of a near branch is not a value');
    return this.immediate(operand);
  }

  protected immediate(operand: Imm): Value {
    const known = this.#immediates[operand];
    if (known >= 0) return known as Value;
    this.code.get(this.slot);
    this.code.load(Op.i32_load, SlotByte.immediates + 4 * operand);
    return (this.#immediates[operand] = this.take());
  }

  /** Pushes 4 × the register's number. */
  protected pushRegisterOffset(operand: Reg | VReg): void {
    if (operand >= DYNAMIC_REGISTER) {
      this.code.get(operand - DYNAMIC_REGISTER);
      return;
    }
    let local = this.#registerOffsets[operand];
    if (local < 0) {
      this.code.get(this.slot);
      this.code.load(Op.i32_load8_u, SlotByte.registers + operand);
      local = this.take();
      this.#registerOffsets[operand] = local;
    }
    this.code.get(local);
  }

  R(operand: Reg): Value {
    this.pushRegisterOffset(operand);
    this.code.load(Op.i32_load, STATE_BASE);
    return this.take();
  }

  setR(operand: Reg, value: Value): void {
    this.effect();
    this.pushRegisterOffset(operand);
    this.push(value);
    this.code.store(Op.i32_store, STATE_BASE);
  }

  PC(): Value {
    this.pushInstructionAddress();
    this.code.const(this.variant.thumb ? 4 : 8);
    this.code.op(Op.i32_add);
    return this.take();
  }

  setLR(value: Value): void {
    this.storeState(Word.R + 14, value);
  }

  sameRegister(a: Reg, b: Reg): Value {
    if (a === b) return this.const(1);
    this.pushRegisterOffset(a);
    this.pushRegisterOffset(b);
    this.code.op(Op.i32_eq);
    return this.take();
  }

  protected loadState(word: number): Value {
    this.code.loadWord(stateAddress(word));
    return this.take();
  }

  protected storeState(word: number, value: Value): void {
    this.effect();
    this.code.storeWord(stateAddress(word), () => this.push(value));
  }

  // ---- choice

  choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    const known = this.constant(condition);
    if (known !== undefined) return known !== 0 ? whenTrue() : whenFalse();
    const result = this.temporaries.take();
    const side = (compute: () => Value) => () => {
      this.inBranch(() => {
        this.push(compute());
        this.code.set(result);
      });
    };
    this.push(condition);
    this.code.if(side(whenTrue), side(whenFalse));
    return result as Value;
  }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    const known = this.constant(condition);
    if (known !== undefined) {
      if (known !== 0) then();
      else otherwise?.();
      return;
    }
    this.push(condition);
    this.code.if(() => this.inBranch(then), otherwise && (() => this.inBranch(otherwise)));
  }

  /** What is loaded from the slot inside a branch is not known to be loaded behind it. */
  protected inBranch(body: () => void): void {
    const registerOffsets = [...this.#registerOffsets];
    const immediates = [...this.#immediates];
    body();
    this.#registerOffsets = registerOffsets;
    this.#immediates = immediates;
  }

  /** A loop over the set bits of `list`, which is not zero. */
  protected emitRegisterLoop(list: Value, start: Value, body: (register: Reg, address: Value) => void): void {
    const rest = this.temporaries.take();
    const address = this.temporaries.take();
    const register = this.temporaries.take();
    const again = new Label('next register');
    this.push(list);
    this.code.set(rest);
    this.push(start);
    this.code.set(address);
    this.code.loop(again, () => {
      this.code.get(rest);
      this.code.op(Op.i32_ctz);
      this.code.const(2);
      this.code.op(Op.i32_shl);
      this.code.set(register);
      this.inBranch(() => body((DYNAMIC_REGISTER + register) as Reg, address as Value));
      this.code.get(address);
      this.code.const(4);
      this.code.op(Op.i32_add);
      this.code.set(address);
      this.code.get(rest);
      this.code.get(rest);
      this.code.const(1);
      this.code.op(Op.i32_sub);
      this.code.op(Op.i32_and);
      this.code.set(rest);
      this.code.get(rest);
      this.code.brIf(again);
    });
  }

  // ---- flags

  private setFlag(flag: FlagWord, value: Value): void {
    this.storeState(Word[flag], value);
  }

  C(): Value {
    return this.loadState(Word.CF);
  }

  setNZ(result: Value): void {
    this.setFlag('NF', result);
    this.setFlag('ZF', result);
  }

  setNZ64(high: Value, low: Value): void {
    this.setFlag('NF', high);
    this.setFlag('ZF', this.or(high, low));
  }

  setC(carry: Value): void {
    this.setFlag('CF', carry);
  }

  setV(sign: Value): void {
    this.setFlag('VF', sign);
  }

  orQ(condition: Value): void {
    this.storeState(Word.QF, this.or(this.loadState(Word.QF), condition));
  }

  GE(): Value {
    return this.loadState(Word.GE);
  }

  NZCV(): Value {
    const N = this.and(this.loadState(Word.NF), this.const(1 << 31));
    const Z = this.shl(this.eq(this.loadState(Word.ZF), this.const(0)), this.const(30));
    const C = this.shl(this.loadState(Word.CF), this.const(29));
    const V = this.and(this.shr(this.loadState(Word.VF), this.const(3)), this.const(1 << 28));
    return this.or(this.or(N, Z), this.or(C, V));
  }

  stateWord(word: number): Value {
    return this.loadState(word);
  }

  setStateWord(word: number, value: Value): void {
    this.storeState(word, value);
  }

  giveUpIf(condition: Value): boolean {
    this.push(condition);
    this.escapeIf();
    return false;
  }

  giveUpUnlessDirect(address: Value, words: number, write: boolean): boolean {
    this.directly(address, 4 * words, this.const(3), this.const(1), write);
    return false;
  }

  setGE(value: Value): void {
    this.storeState(Word.GE, this.and(value, this.const(15)));
  }

  // ---- accesses to several elements: directly, or else the instruction is given up

  loadElements(address: Value, size: DataSize, count: number, alignment: Value): readonly Value[] {
    const host = this.directly(address, size * count, this.const(size - 1), alignment, false);
    return Array.from({ length: count }, (_, i) => {
      this.push(host);
      this.code.load(this.loadOpcode(size, undefined), size * i);
      return this.take();
    });
  }

  storeElements(address: Value, size: DataSize, values: readonly Value[], alignment: Value): void {
    const host = this.directly(address, size * values.length, this.const(size - 1), alignment, true);
    values.forEach((value, i) => {
      this.push(host);
      this.push(value);
      this.code.store(this.storeOpcode(size), size * i);
    });
  }

  loadVectors(address: Value, bytes: number, ebytes: Value, alignment: Value): readonly Vector[] {
    const host = this.directly(address, bytes, this.elementMask(ebytes), alignment, false);
    return this.simd.loadFrom(host, bytes);
  }

  storeVectors(address: Value, bytes: number, ebytes: Value, alignment: Value, vectors: readonly Vector[]): void {
    const host = this.directly(address, bytes, this.elementMask(ebytes), alignment, true);
    this.simd.storeTo(host, bytes, vectors);
  }

  /** The bits of an address that must be clear: of a doubleword, each of the two words must be aligned. */
  private elementMask(ebytes: Value): Value {
    return this.and(this.sub(ebytes, this.const(1)), this.const(3));
  }

  /** The host's address of memory in one page that the TLB serves and that is aligned as it must be; gives the instruction up if it is not. */
  private directly(address: Value, bytes: number, mask: Value, alignment: Value, write: boolean): Value {
    const entry = this.tlbEntry(address, write ? TLB_TABLE_BYTES : 0, this.pushBank);
    this.push(entry);
    this.code.const(1);
    this.code.op(Op.i32_and);
    this.push(this.and(address, this.or(mask, this.sub(alignment, this.const(1)))));
    this.code.op(Op.i32_or);
    this.push(address);
    this.code.const(0xfff);
    this.code.op(Op.i32_and);
    this.code.const(0x1000 - bytes);
    this.code.op(Op.i32_gt_u);
    this.code.op(Op.i32_or);
    this.escapeIf();
    return this.add(address, entry);
  }

  // ---- parts of memory accesses

  /** Loads the TLB entry of `address` from the table that lies `table` bytes behind the bank that `pushBank` pushes. */
  protected tlbEntry(address: Value, table: number, pushBank: () => void): Value {
    this.push(address);
    this.code.const(10);
    this.code.op(Op.i32_shr_u);
    this.code.const(0x3f_fffc);
    this.code.op(Op.i32_and);
    pushBank();
    this.code.op(Op.i32_add);
    this.code.load(Op.i32_load, table);
    return this.take();
  }

  /** Pushes non-zero if an access of `size` bytes cannot be served by this TLB entry. */
  protected pushTlbMiss(address: Value, entry: Value, size: DataSize | 8): void {
    this.push(entry);
    if (size > 1) {
      this.push(address);
      this.code.op(Op.i32_or);
    }
    this.code.const(size > 1 ? size - 1 : 1);
    this.code.op(Op.i32_and);
  }

  protected pushHostAddress(address: Value, entry: Value): void {
    this.push(address);
    this.push(entry);
    this.code.op(Op.i32_add);
  }

  protected loadOpcode(size: DataSize, options: AccessOptions | undefined): number {
    const signed = options?.signed === true;
    if (size === 4) return Op.i32_load;
    if (size === 2) return signed ? Op.i32_load16_s : Op.i32_load16_u;
    return signed ? Op.i32_load8_s : Op.i32_load8_u;
  }

  protected storeOpcode(size: DataSize): number {
    if (size === 4) return Op.i32_store;
    return size === 2 ? Op.i32_store16 : Op.i32_store8;
  }

  // ---- parts of branches

  /** Bytes of guest code to bytes of slots: a slot for each word of ARM, for each halfword of Thumb code. */
  protected get slotShift(): number {
    return this.variant.thumb ? 3 : 2;
  }

  /** Pushes the address of the instruction whose slot's address `pushSlot` pushes. */
  protected pushAddressOfSlot(pushSlot: () => void): void {
    pushSlot();
    this.code.const(this.slotShift);
    this.code.op(Op.i32_shr_u);
    this.code.loadWord(Scratch.PC_BASE);
    this.code.op(Op.i32_add);
  }

  /** Length of the instruction in bytes. */
  protected get instructionBytes(): number {
    return this.variant.thumb && !this.variant.wide ? 2 : 4;
  }

  /** `target` as an instruction address of the current state. */
  protected align(target: Value): Value {
    return this.and(target, this.const(this.variant.thumb ? -2 : -4));
  }

  /** Switches between ARM and Thumb state, from the state that the variant stands for. Leaving Thumb state ends an IT block. */
  protected exchangeState(): void {
    if (this.variant.thumb) this.code.storeWord(stateAddress(Word.ITSTATE), () => this.code.const(0));
    this.code.storeWord(stateAddress(Word.T), () => this.code.const(1 - this.variant.thumb));
    this.code.storeWord(stateAddress(Word.CODE_KEY), () => {
      this.code.loadWord(stateAddress(Word.CODE_KEY));
      this.code.const(2);
      this.code.op(Op.i32_xor);
    });
  }
}
