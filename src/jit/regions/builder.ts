/**
 * The builder that emits an operation whose operands are known, into a region. Values stay expressions until something asks for them; loads and
 * stores are emitted where they stand, checked by the TLB as in tier 0; registers and flags change when the operation is over, so that an
 * access that the TLB cannot serve leaves the region with nothing of the instruction done. Knows no control flow: it remembers a branch.
 */
import { Word } from '../../arm/state.js';
import { TLB_TABLE_BYTES } from '../../mem/layout.js';
import type { AccessOptions, Builder, DataSize, Imm, Reg, Value, VReg } from '../../ops/builder.js';
import type { Vector } from '../../ops/vector-builder.js';
import { assert } from '../../util/assert.js';
import { FloatEmitter, type FloatHost } from '../emit-float.js';
import type { VectorHost } from '../emit-vector.js';
import { VectorFloatEmitter } from '../emit-vector-float.js';
import { stateAddress } from '../emitter.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import { AccessChecks } from './checks.js';
import type { Expressions } from './expressions.js';
import { ExtensionMemory } from './extension.js';
import type { Frame } from './frame.js';
import type { Instruction } from './instructions.js';
import { NONE, REGISTERS } from './locals.js';
import { replay } from './steps.js';
import { RegionValues } from './values.js';

/** What an instruction does to PC. */
export const Branch = { none: 0, relative: 1, exchange: 2, write: 3, bx: 4 } as const;

function loadOpcode(size: DataSize, signed: boolean): number {
  if (size === 4) return Op.i32_load;
  if (size === 2) return signed ? Op.i32_load16_s : Op.i32_load16_u;
  return signed ? Op.i32_load8_s : Op.i32_load8_u;
}

function storeOpcode(size: DataSize): number {
  if (size === 4) return Op.i32_store;
  return size === 2 ? Op.i32_store16 : Op.i32_store8;
}

export class RegionBuilder extends RegionValues implements Builder {
  #fp: FloatEmitter | undefined;
  #simd: VectorFloatEmitter | undefined;
  readonly checks: AccessChecks;

  /** Bits of FpAccess that are known to be set here. */
  access = 0;
  /** How the instruction branches; where to, if that is computed; under which condition, if it has one of its own. */
  branch: number = Branch.none;
  branchTo: Value = NONE;
  branchCondition: Value = NONE;

  /** Register numbers and values by turns, so many. PERF: to make an array shorter is slow, and so is what is pushed to it then. */
  readonly #writes = new Array<number>(2 * REGISTERS).fill(NONE);
  #written = 0;
  readonly #flags: Value[] = [NONE, NONE, NONE, NONE];
  #setsFlags = false;
  #q: Value = NONE;
  #ge: Value = NONE;
  /** Words of the state block and values by turns. */
  readonly #stateWrites: number[] = [];
  #instruction!: Instruction;
  /** A run of words that one check covers: the value that their addresses add to, the first word's offset from it, their number, and the host's address of the first. */
  #coveredBase = NONE;
  #coveredOffset = 0;
  #coveredWords = 0;
  #coveredHost = -1;

  /**
   * @param bank byte address of the TLB bank that is in use wherever the region is executed
   * @param leaveIf leaves the region, so that the present instruction is executed by itself, if what is on the stack is not zero
   */
  constructor(
    private readonly code: CodeWriter,
    x: Expressions,
    private readonly frame: Frame,
    private readonly thumb: number,
    bank: number,
    private readonly leaveIf: () => void,
  ) {
    super(x);
    this.checks = new AccessChecks(code, x, frame, bank, leaveIf);
  }

  get fp(): FloatEmitter {
    return (this.#fp ??= new FloatEmitter(this.#host));
  }

  get simd(): VectorFloatEmitter {
    return (this.#simd ??= new VectorFloatEmitter(this.#host));
  }

  /** PERF: made where a region has extension registers: most have none. */
  get #host(): FloatHost & VectorHost {
    const { code, x } = this;
    const memory = new ExtensionMemory(code, (address, words, write) => {
      this.#cover(address, words, write ? TLB_TABLE_BYTES : 0);
      return this.#coveredHost;
    });
    return {
      code: () => code,
      temporaries: this.frame.typed,
      const: (value: number) => this.const(value),
      push: (value: Value) => x.push(code, value),
      take: () => this.#taken(),
      pushOffset: (operand: VReg) => code.const(4 * operand),
      pushImmediate: (operand: Imm) => code.const(operand),
      reading: () => {},
      effect: () => {},
      escapeIf: this.leaveIf,
      access: () => this.access,
      granted: (bits: number) => (this.access |= bits),
      thorough: () => true,
      loadD: (operand: VReg, address: Value) => memory.load(8 * operand, 2, address),
      storeD: (operand: VReg, address: Value) => memory.store(8 * operand, 2, address),
      loadRegisters: (double: boolean, first: VReg, words: Imm, address: Value) =>
        memory.load(first << (double ? 3 : 2), words, address),
      storeRegisters: (double: boolean, first: VReg, words: Imm, address: Value) =>
        memory.store(first << (double ? 3 : 2), words, address),
    };
  }

  /** Evaluates an instruction's operation. */
  run(instruction: Instruction): void {
    this.#instruction = instruction;
    this.branch = Branch.none;
    this.branchTo = NONE;
    this.branchCondition = NONE;
    this.#written = 0;
    this.#coveredWords = 0;
    if (this.#setsFlags) this.#flags.fill(NONE);
    this.#setsFlags = false;
    this.#q = NONE;
    this.#ge = NONE;
    this.#stateWrites.length = 0;
    const { operation, operands, regs, imms } = instruction.predecoded;
    const { steps } = instruction.traits;
    if (steps !== undefined) {
      replay(this, steps, regs, imms);
      return;
    }
    assert(operation?.kind === 'plain', 'a region has code for plain operations');
    operation.body(this, operands);
  }

  /** Does what the operation is to leave behind. */
  commit(): void {
    this.#commitState();
    if (this.#setsFlags) this.frame.flags.set(this.#flags);
    if (this.#written > 0) this.frame.write(this.#writes, this.#written);
  }

  #commitState(): void {
    const { code } = this;
    for (let i = 0; i < this.#stateWrites.length; i += 2)
      code.storeWord(stateAddress(this.#stateWrites[i]), () => this.x.push(code, this.#stateWrites[i + 1] as Value));
    if (this.#q >= 0)
      code.storeWord(stateAddress(Word.QF), () => {
        code.loadWord(stateAddress(Word.QF));
        this.x.push(code, this.#q);
        code.op(Op.i32_or);
      });
    if (this.#ge >= 0)
      code.storeWord(stateAddress(Word.GE), () => {
        this.x.push(code, this.#ge);
        code.const(15);
        code.op(Op.i32_and);
      });
  }

  /** The one register write of an operation that has no other effect: [register, value], to be done by whoever asks. */
  get onlyWrite(): readonly [number, Value] | undefined {
    return this.#written === 2 ? [this.#writes[0], this.#writes[1] as Value] : undefined;
  }

  // ---- constants and operands

  R(operand: Reg): Value {
    if (operand === 15) return this.PC();
    for (let i = 0; i < this.#written; i += 2) if (this.#writes[i] === operand) return this.#writes[i + 1] as Value;
    return this.frame.register(operand);
  }
  setR(operand: Reg, value: Value): void {
    assert(operand !== 15, 'R15 is not written as a register');
    this.#write(operand, value);
  }
  #write(n: number, value: Value): void {
    this.x.use(value);
    for (let i = 0; i < this.#written; i += 2)
      if (this.#writes[i] === n) {
        this.#writes[i + 1] = value;
        return;
      }
    this.#writes[this.#written++] = n;
    this.#writes[this.#written++] = value;
  }
  PC(): Value {
    return this.x.constant(this.#instruction.pc + (this.thumb ? 4 : 8));
  }
  setLR(value: Value): void {
    this.#write(14, value);
  }
  nextInstruction(): Value {
    return this.x.constant(this.#instruction.pc + this.#instruction.length);
  }
  sameRegister(a: Reg, b: Reg): Value {
    return this.x.constant(a === b ? 1 : 0);
  }

  // ---- division: where it stands, for elsewhere the divisor might be zero

  divU(a: Value, b: Value): Value {
    return this.#now(Op.i32_div_u, a, b);
  }
  /** WebAssembly traps on -2^31 / -1, so a divisor of -1 negates instead. */
  divS(a: Value, b: Value): Value {
    return this.choose(
      this.eq(b, this.x.constant(-1)),
      () => this.neg(a),
      () => this.#now(Op.i32_div_s, a, b),
    );
  }
  #now(opcode: number, a: Value, b: Value): Value {
    this.x.push(this.code, a);
    this.x.push(this.code, b);
    this.code.op(opcode);
    return this.#taken();
  }

  // ---- choice

  choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    const { code, x } = this;
    if (x.isConstant(condition)) return x.word(condition) !== 0 ? whenTrue() : whenFalse();
    const result = this.frame.temporary();
    const side = (compute: () => Value) => () => {
      const { mark } = x;
      x.push(code, compute());
      code.set(result);
      x.rollback(mark);
    };
    x.push(code, condition);
    code.if(side(whenTrue), side(whenFalse));
    return x.ofLocal(result);
  }
  /** A choice that is not known is whether to branch: there is nothing else on the other side. */
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    if (this.x.isConstant(condition)) {
      if (this.x.word(condition) !== 0) then();
      else otherwise?.();
      return;
    }
    then();
    assert(this.branch === Branch.relative, 'only a direct branch depends on a value');
    this.branchCondition = condition;
  }

  // ---- flags
  C(): Value {
    return this.frame.flags.C;
  }
  setNZ(result: Value): void {
    this.#setFlag(0, result);
    this.#setFlag(1, result);
  }
  setNZ64(high: Value, low: Value): void {
    this.#setFlag(0, high);
    this.#setFlag(1, this.or(high, low));
  }
  setC(carry: Value): void {
    this.#setFlag(2, carry);
  }
  setV(sign: Value): void {
    this.#setFlag(3, sign);
  }
  #setFlag(i: number, value: Value): void {
    this.#flags[i] = value;
    this.#setsFlags = true;
  }
  orQ(condition: Value): void {
    this.#q = this.#q < 0 ? condition : this.or(this.#q, condition);
  }
  NZCV(): Value {
    const { frame, x } = this;
    const N = this.and(frame.flags.flag(0), x.constant(1 << 31));
    const Z = this.shl(this.eq(frame.flags.flag(1), x.constant(0)), x.constant(30));
    const C = this.shl(frame.flags.C, x.constant(29));
    const V = this.and(this.shr(frame.flags.flag(3), x.constant(3)), x.constant(1 << 28));
    return this.or(this.or(N, Z), this.or(C, V));
  }
  stateWord(word: number): Value {
    this.code.loadWord(stateAddress(word));
    return this.#taken();
  }
  setStateWord(word: number, value: Value): void {
    this.#stateWrites.push(word, value);
  }
  giveUpIf(condition: Value): boolean {
    this.x.push(this.code, condition);
    this.leaveIf();
    return false;
  }
  giveUpUnlessDirect(address: Value, words: number, write: boolean): boolean {
    this.#cover(address, words, write ? TLB_TABLE_BYTES : 0);
    return false;
  }
  GE(): Value {
    this.code.loadWord(stateAddress(Word.GE));
    return this.#taken();
  }
  setGE(value: Value): void {
    this.#ge = value;
  }
  inITBlock(): Value {
    return this.x.constant((this.#instruction.itstate & 15) !== 0 ? 1 : 0);
  }

  // ---- memory

  /** Takes what is on the stack into a temporary. */
  #taken(): Value {
    const local = this.frame.temporary();
    this.code.set(local);
    return this.x.ofLocal(local);
  }

  /** One check for several words. */
  #cover(address: Value, words: number, table: number): void {
    const entry = this.checks.served(this.#instruction, address, 4, words, table);
    this.checks.pushHost(address, entry);
    this.#coveredHost = this.frame.temporary();
    this.code.set(this.#coveredHost);
    this.#coveredBase = this.x.base(address);
    this.#coveredOffset = this.x.offset(address);
    this.#coveredWords = words;
  }

  /** The offset of an address from the covered run's start, or -1 outside of it. */
  #coveredAt(address: Value): number {
    if (this.#coveredWords === 0 || this.x.base(address) !== this.#coveredBase) return -1;
    const at = (this.x.offset(address) - this.#coveredOffset) | 0;
    return at >= 0 && at < 4 * this.#coveredWords ? at : -1;
  }

  /** Covers both words of LDRD and STRD at the first. */
  #coverDual(address: Value, table: number): void {
    if (this.#coveredWords > 0) return;
    if (this.#instruction.traits.dual) this.#cover(address, 2, table);
  }

  load(address: Value, size: DataSize, options?: AccessOptions): Value {
    const { code } = this;
    if (size === 4 && options?.aligned === true) this.#coverDual(address, 0);
    const at = this.#coveredAt(address);
    if (at >= 0) {
      code.get(this.#coveredHost);
      code.load(Op.i32_load, at);
      return this.#taken();
    }
    const entry = this.checks.served(this.#instruction, address, size, 1, 0);
    this.checks.pushHost(address, entry);
    code.load(loadOpcode(size, options?.signed === true), 0);
    return this.#taken();
  }

  store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void {
    const { code, x } = this;
    if (size === 4 && options?.aligned === true) this.#coverDual(address, TLB_TABLE_BYTES);
    const at = this.#coveredAt(address);
    if (at >= 0) {
      code.get(this.#coveredHost);
      x.push(code, value);
      code.store(Op.i32_store, at);
      return;
    }
    const entry = this.checks.served(this.#instruction, address, size, 1, TLB_TABLE_BYTES);
    this.checks.pushHost(address, entry);
    x.push(code, value);
    code.store(storeOpcode(size), 0);
  }

  /** One check covers all the words: they must be aligned and lie in one page. The PC's word follows them, in LDM and STM with the PC. */
  forEachRegister(list: Imm, start: Value, body: (register: Reg, address: Value) => void): void {
    const { traits, predecoded } = this.#instruction;
    const registers: number[] = [];
    for (let n = 0; n < 15; n++) if (((list >>> n) & 1) === 1) registers.push(n);
    if (registers.length === 0) return;
    const words = registers.length + (predecoded.operation?.name.endsWith('_pc') === true ? 1 : 0);
    if (this.#coveredAt(start) < 0) this.#cover(start, words, traits.list === 'store' ? TLB_TABLE_BYTES : 0);
    registers.forEach((n, i) => body(n as Reg, this.add(start, this.x.constant(4 * i))));
  }

  // ---- accesses to several elements

  loadElements(address: Value, size: DataSize, count: number, alignment: Value): readonly Value[] {
    const host = this.checks.run(address, size * count, size, alignment, 0);
    return Array.from({ length: count }, (_, i) => {
      this.code.get(host);
      this.code.load(loadOpcode(size, false), size * i);
      return this.#taken();
    });
  }

  storeElements(address: Value, size: DataSize, values: readonly Value[], alignment: Value): void {
    const host = this.checks.run(address, size * values.length, size, alignment, TLB_TABLE_BYTES);
    values.forEach((value, i) => {
      this.code.get(host);
      this.x.push(this.code, value);
      this.code.store(storeOpcode(size), size * i);
    });
  }

  loadVectors(address: Value, bytes: number, ebytes: Value, alignment: Value): readonly Vector[] {
    const host = this.checks.run(address, bytes, this.x.word(ebytes), alignment, 0);
    return this.simd.loadFrom(this.x.ofLocal(host), bytes);
  }

  storeVectors(address: Value, bytes: number, ebytes: Value, alignment: Value, vectors: readonly Vector[]): void {
    const host = this.checks.run(address, bytes, this.x.word(ebytes), alignment, TLB_TABLE_BYTES);
    this.simd.storeTo(this.x.ofLocal(host), bytes, vectors);
  }

  // ---- control

  BranchWritePC(target: Value): void {
    this.branch = Branch.write;
    this.branchTo = target;
  }
  BXWritePC(target: Value): void {
    this.branch = Branch.bx;
    this.branchTo = target;
  }
  branchRelative(): void {
    this.branch = Branch.relative;
  }
  branchRelativeExchange(): void {
    this.branch = Branch.exchange;
  }

  conditionFailed(): void {}
}
