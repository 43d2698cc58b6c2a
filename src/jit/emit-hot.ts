/**
 * The builder of the fast loop's handlers. They touch the state block and memory that the TLB serves; they never call. What they
 * cannot do (a TLB miss) they leave to the out-of-line handler of the same variant, which starts the instruction anew: so no handler may
 * have changed anything before its last access, which is checked when it is generated.
 */
import { FpAccess } from '../arm/state.js';
import { SLOT_BYTES, TLB_TABLE_BYTES } from '../mem/layout.js';
import type { AccessOptions, DataSize, Imm, Reg, Value, VReg } from '../ops/builder.js';
import { assert } from '../util/assert.js';
import { emitCount } from './emit-cold.js';
import { V } from './emit-float.js';
import { HandlerBuilder } from './emitter.js';
import { Scratch } from './scratch.js';
import type { CoverageCode } from './slot-coverage.js';
import type { Temporaries } from './values.js';
import { variantKey, type Variant } from './variant.js';
import { CodeWriter, Label } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/**
 * Bits of FpAccess that the driver finds set before it enters a loop that has handlers on extension registers; instructions that change them are
 * executed outside the loops.
 */
export const LOOP_ACCESS = FpAccess.VFP | FpAccess.AdvSIMD;

/** The operation that returns from functions. So does BX LR, but where that goes is counted: without it, qsort has two thirds of its speed (engine.bench). */
const LDM_PC = 'LDM_pc';

/** The fast loop's locals and labels. */
export interface FastLoop {
  readonly code: CodeWriter;
  readonly temporaries: Temporaries;
  readonly coverage: CoverageCode;
  /** Byte address of the current slot. */
  readonly slot: number;
  /**
   * 16 × the attempts left, less the bytes of slots from `slot` to the page's end: it stays the same from one slot to the next, so that only
   * branches and wide instructions count; and while it is not negative a straight run to the page's end cannot use up the attempts.
   */
  readonly count: number;
  /** The TLB bank in use. */
  readonly bank: number;
  /** Target of a branch that leaves the page. */
  readonly target: number;
  /** Emits the end of a handler that did not branch: goes on with the next instruction in memory order. */
  readonly advance: (wide: number) => void;
  /** Emits the fetch of the instruction at `slot`, and goes on with it. */
  readonly next: () => void;
  /** Leaves so that the current instruction is executed by itself. */
  readonly step: Label;
  /** Leaves because `count` is low, before the instruction at `slot`. */
  readonly sliced: Label;
  /** Counts arrivals by branches, for tier control. */
  readonly heat: Heat;
  /** Goes on at `target`; `exchange`, in the other state. The current instruction is counted there. */
  readonly far: Label;
  readonly exchange: Label;
}

/**
 * What a fast loop counts for tier 1: arrivals where a region is worth to begin, which are heads of loops, functions, and where computed branches
 * lead; nothing without tier 1. PERF: with branches ahead and all returns counted, too, large cold code (bigcode) took a tenth longer.
 */
export interface Heat {
  /** Counts an arrival at `slot`. */
  readonly arrival: () => void;
  /** Before `slot` changes by a branch within the page, and behind it: counts the arrival if the branch went back. */
  readonly depart: () => void;
  readonly arrivalBack: () => void;
  /** Before leaving for `far`: whether the arrival there counts. */
  readonly counts: (does: boolean) => void;
}

/** Pushes 16 × the attempts that are left behind the current instruction. */
export function emitCharge({ code, count, slot }: FastLoop): void {
  code.get(count);
  code.loadWord(Scratch.PAGE_END);
  code.op(Op.i32_add);
  code.get(slot);
  code.op(Op.i32_sub);
  code.const(SLOT_BYTES);
  code.op(Op.i32_sub);
}

export class HotBuilder extends HandlerBuilder {
  #changed = false;
  /** Inside `forEachRegister`: the address that its check covers, and the TLB entry. */
  #coveredAddress = -1;
  #coveredEntry = -1 as Value;
  /** While the loop's body is emitted for nothing, to see what it does. */
  #probe: { loads: boolean; stores: boolean } | undefined;
  /** A checked loop of loads that is emitted before the next change of state, so that later accesses are checked before it. */
  #pending: (() => void) | undefined;
  /** It has stored a return address. */
  #links = false;

  constructor(
    private readonly loop: FastLoop,
    variant: Variant,
  ) {
    super(loop.code, loop.temporaries, loop.slot, variant);
  }

  protected get thorough(): boolean {
    return false;
  }

  protected readonly access = LOOP_ACCESS;

  protected reading(): void {
    this.finish();
  }

  protected escapeIf(): void {
    assert(!this.#changed, `${variantKey(this.variant)} is given up after it changed state: it cannot be restarted`);
    this.code.brIf(this.loop.step);
  }

  protected effect(): void {
    this.finish();
    this.#changed = true;
  }

  /** Emits what was put off. To be called behind the operation's body. */
  finish(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.();
  }

  override R(operand: Reg): Value {
    this.finish();
    return super.R(operand);
  }

  protected override loadState(word: number): Value {
    this.finish();
    return super.loadState(word);
  }

  override choose(condition: Value, whenTrue: () => Value, whenFalse: () => Value): Value {
    this.finish();
    return super.choose(condition, whenTrue, whenFalse);
  }

  override if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.finish();
    super.if(condition, then, otherwise);
  }

  protected pushInstructionAddress(): void {
    this.pushAddressOfSlot(() => this.code.get(this.slot));
  }

  nextInstruction(): Value {
    this.pushInstructionAddress();
    this.code.const(this.instructionBytes);
    this.code.op(Op.i32_add);
    return this.take();
  }

  inITBlock(): Value {
    return this.const(this.variant.inIT ? 1 : 0);
  }

  load(address: Value, size: DataSize, options?: AccessOptions): Value {
    if (this.#probe !== undefined) this.#probe.loads = true;
    const entry = this.checked(address, size, 0, options);
    this.pushHostAddress(address, entry);
    this.code.load(this.loadOpcode(size, options), 0);
    return this.take();
  }

  store(address: Value, size: DataSize, value: Value, options?: AccessOptions): void {
    if (this.#probe !== undefined) this.#probe.stores = true;
    const entry = this.checked(address, size, TLB_TABLE_BYTES, options);
    this.pushHostAddress(address, entry);
    this.push(value);
    this.code.store(this.storeOpcode(size), 0);
  }

  /** A TLB entry that serves the access; leaves the loop if there is none. */
  private checked(address: Value, size: DataSize, table: number, options: AccessOptions | undefined): Value {
    assert(options?.unprivileged !== true, `${variantKey(this.variant)}: the TLB has the current rights only`);
    if (address === this.#coveredAddress) return this.#coveredEntry;
    this.mustNotHaveChanged();
    const entry = this.tlbEntry(address, table, this.pushBank);
    this.pushTlbMiss(address, entry, size);
    this.code.brIf(this.loop.step);
    return entry;
  }

  /** One check covers all the words: they must be aligned and lie in one page. */
  forEachRegister(list: Imm, start: Value, body: (register: Reg, address: Value) => void): void {
    this.mustNotHaveChanged();
    const registers = this.immediate(list);
    const probe = this.probe(start, body);
    assert(probe.loads !== probe.stores, `${variantKey(this.variant)} must either load or store`);
    const entry = this.tlbEntry(start, probe.stores ? TLB_TABLE_BYTES : 0, this.pushBank);
    this.pushTlbMiss(start, entry, 4);
    this.code.brIf(this.loop.step);
    this.push(start);
    this.code.const(0xfff);
    this.code.op(Op.i32_and);
    this.push(registers);
    this.code.op(Op.i32_popcnt);
    this.code.const(2);
    this.code.op(Op.i32_shl);
    this.code.op(Op.i32_add);
    this.code.const(0x1000);
    this.code.op(Op.i32_gt_u);
    this.code.brIf(this.loop.step);
    this.#pending = () => {
      this.push(registers);
      this.code.if(() =>
        this.inBranch(() =>
          this.emitRegisterLoop(registers, start, (register, address) => {
            this.#coveredAddress = address;
            this.#coveredEntry = entry;
            body(register, address);
            this.#coveredAddress = -1;
          }),
        ),
      );
    };
    if (probe.stores) this.finish();
  }

  /** Sees whether the loop's body loads or stores, by emitting it into code that is thrown away. */
  private probe(start: Value, body: (register: Reg, address: Value) => void): { loads: boolean; stores: boolean } {
    const { code } = this;
    const probe = { loads: false, stores: false };
    this.code = new CodeWriter(0);
    this.#probe = probe;
    this.#coveredAddress = start;
    this.inBranch(() => body(0 as Reg, start));
    this.#coveredAddress = -1;
    this.#probe = undefined;
    this.#changed = false;
    this.code = code;
    return probe;
  }

  // ---- extension registers in memory. Where the TLB serves an access CPSR.E is clear: doublewords are moved as they are.

  protected loadD(operand: VReg, address: Value): void {
    const entry = this.checkedDouble(address, 0);
    this.effect();
    this.fp.pushRegister(operand, true);
    this.pushHostAddress(address, entry);
    this.code.load(Op.i64_load, 0);
    this.code.store(Op.i64_store, V);
  }

  protected storeD(operand: VReg, address: Value): void {
    const entry = this.checkedDouble(address, TLB_TABLE_BYTES);
    this.pushHostAddress(address, entry);
    this.fp.pushRegister(operand, true);
    this.code.load(Op.i64_load, V);
    this.code.store(Op.i64_store, 0);
  }

  /** A TLB entry that serves an aligned doubleword; leaves the loop if there is none. */
  private checkedDouble(address: Value, table: number): Value {
    this.finish();
    this.mustNotHaveChanged();
    const entry = this.tlbEntry(address, table, this.pushBank);
    this.pushTlbMiss(address, entry, 8);
    this.code.brIf(this.loop.step);
    return entry;
  }

  protected loadRegisters(double: boolean, first: VReg, words: Imm, start: Value): void {
    const [host, offset, end] = this.wordRun(double, first, words, start, 0);
    this.effect();
    this.copyLoop(double, offset, host, end, V, 0, offset);
  }

  protected storeRegisters(double: boolean, first: VReg, words: Imm, start: Value): void {
    const [host, offset, end] = this.wordRun(double, first, words, start, TLB_TABLE_BYTES);
    this.copyLoop(double, host, offset, end, 0, V, offset);
  }

  /** One check covers all the words. Locals: where they lie in memory, their registers' offset from {@link V}, and where that ends. */
  private wordRun(
    double: boolean,
    first: VReg,
    words: Imm,
    start: Value,
    table: number,
  ): readonly [host: number, offset: number, end: number] {
    const { code } = this;
    this.finish();
    this.mustNotHaveChanged();
    const [host, offset, end] = [this.temporaries.take(), this.temporaries.take(), this.temporaries.take()];
    const entry = this.tlbEntry(start, table, this.pushBank);
    this.pushTlbMiss(start, entry, 4);
    code.brIf(this.loop.step);
    const bytes = this.shl(this.immediate(words), this.const(2));
    this.push(start);
    code.const(0xfff);
    code.op(Op.i32_and);
    this.push(bytes);
    code.op(Op.i32_add);
    code.const(0x1000);
    code.op(Op.i32_gt_u);
    code.brIf(this.loop.step);
    this.pushHostAddress(start, entry);
    code.set(host);
    this.fp.pushRegister(first, double);
    code.set(offset);
    code.get(offset);
    this.push(bytes);
    code.op(Op.i32_add);
    code.set(end);
    return [host, offset, end];
  }

  /** Copies words or doublewords, one at least, until the local `counted` is that of `end`. */
  private copyLoop(
    double: boolean,
    to: number,
    from: number,
    end: number,
    toBase: number,
    fromBase: number,
    counted: number,
  ): void {
    const { code } = this;
    const again = new Label('next register');
    code.loop(again, () => {
      code.get(to);
      code.get(from);
      code.load(double ? Op.i64_load : Op.i32_load, fromBase);
      code.store(double ? Op.i64_store : Op.i32_store, toBase);
      for (const pointer of [to, from]) {
        code.get(pointer);
        code.const(double ? 8 : 4);
        code.op(Op.i32_add);
        code.set(pointer);
      }
      code.get(counted);
      code.get(end);
      code.op(Op.i32_lt_u);
      code.brIf(again);
    });
  }

  private mustNotHaveChanged(): void {
    assert(
      !this.#changed,
      `${variantKey(this.variant)} accesses memory after it changed state: it cannot be restarted`,
    );
  }

  BranchWritePC(target: Value): void {
    this.finish();
    this.count();
    this.goTo(this.align(target), false);
  }

  BXWritePC(target: Value): void {
    this.finish();
    this.count();
    const { thumb } = this.variant;
    const thumbTarget = this.and(target, this.const(-2));
    const armTarget = this.and(target, this.const(-4));
    this.push(this.and(target, this.const(1)));
    this.code.if(
      () => this.goTo(thumbTarget, !thumb),
      () => this.goTo(armTarget, thumb !== 0),
    );
  }

  override setLR(value: Value): void {
    this.#links = true;
    super.setLR(value);
  }

  private goTo(target: Value, exchange: boolean): void {
    if (exchange) this.exchangeState();
    this.loop.coverage.endWith(this.slot, this.variant.wide);
    this.push(target);
    this.code.set(this.loop.target);
    if (!exchange) this.loop.heat.counts(this.#links || this.variant.operation.name !== LDM_PC);
    this.code.br(exchange ? this.loop.exchange : this.loop.far);
  }

  branchRelative(offset: Imm): void {
    const immediate = this.immediate(offset);
    if (this.variant.nearImmediate !== offset) {
      this.BranchWritePC(this.add(this.PC(), immediate));
      return;
    }
    const { code, slot } = this;
    const { count, coverage, sliced, heat, next } = this.loop;
    if (!this.#links) heat.depart();
    code.get(count);
    code.get(slot);
    code.op(Op.i32_sub);
    code.const(SLOT_BYTES);
    code.op(Op.i32_sub);
    coverage.endWith(slot, this.variant.wide);
    this.push(immediate);
    code.set(slot);
    code.get(slot);
    code.op(Op.i32_add);
    code.set(count);
    coverage.begin(slot);
    code.get(count);
    code.const(0);
    code.op(Op.i32_lt_s);
    code.brIf(sliced);
    if (this.#links) heat.arrival();
    else heat.arrivalBack();
    next();
  }

  conditionFailed(): void {
    this.loop.coverage.failed(this.slot);
  }

  branchRelativeExchange(offset: Imm): void {
    const base = this.and(this.PC(), this.const(-4));
    const target = this.add(base, this.immediate(offset));
    this.goTo(this.and(target, this.const(this.variant.thumb ? -4 : -2)), true);
  }

  /** Not before the last access: where that misses, the out-of-line handler counts. */
  private count(): void {
    if (!this.variant.counted) return;
    this.code.get(this.slot);
    emitCount(this.code);
  }

  protected readonly pushBank = (): void => this.code.get(this.loop.bank);
}
