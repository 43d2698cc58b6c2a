/**
 * Emits a region: one function, its control flow structured by the dominator tree, general registers, flags and the count of attempts in
 * locals. Owns when state is stored and loaded: at the entry, at the one exit, and around what is executed elsewhere. See table.ts for what the
 * function returns, and docs/architecture.md for what must hold wherever it leaves.
 */
import { Word } from '../../arm/state.js';
import { SLOT_COUNTERS, SLOT_POOL } from '../../mem/layout.js';
import { BODY_MASK, BODY_SHIFT, Handler, HANDLER_LIMIT } from '../slots.js';
import { assert } from '../../util/assert.js';
import { CodeWriter, Label } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import { Branch, RegionBuilder } from './builder.js';
import { type Callees, Calls } from './calls.js';
import { Changed, findChanged } from './changed.js';
import { type Comparison, findComparisons, lastNeed } from './comparisons.js';
import type { RegionCounts } from './counts.js';
import type { Expressions } from './expressions.js';
import { type Block, branchTarget, type Flow, isDispatcher, lastOf, pageOf } from './flow.js';
import { Elsewhere } from './deferred.js';
import { Frame } from './frame.js';
import { Local } from './locals.js';
import { ALWAYS, By, type Instruction } from './instructions.js';
import { AccessPlaces, registersOutsideLoops } from './loops.js';
import { StateLocals } from './state-locals.js';
import { type Surroundings, WaysOut } from './ways-out.js';
import { Left } from './table.js';
import { BranchKind } from './traits.js';

/** Functions of the base module that regions call: (i32, i32) -> i32. They expect what is left of the attempts in Scratch.LEFT, and leave it there. */
export interface RegionCalls {
  /** (value, depth): goes on at `value` in the region that begins there, or returns it if there is none. */
  readonly enter: number;
  /** (slot, entry): executes a slot by its out-of-line handler. Returns 0 to go on, 1 if ATTENTION is to be heeded behind it, or {@link Left}. */
  readonly handler: number;
  /** (slot, next, itstate): lets the patch of a slot execute its instruction. Returns what `reference` does. */
  readonly arbitrate: number;
  /** (slot, next, itstate): executes the instruction at PC, whose slot that is, by the reference. Returns 0 if execution goes on at `next` with that ITSTATE, or {@link Left}. */
  readonly reference: number;
}

export interface RegionContext extends Surroundings, Callees {
  /** Word.TLB_BANK wherever the region is executed. */
  readonly bank: number;
  readonly calls: RegionCalls;
  readonly i32: Int32Array;
  /** Where what is executed is counted. */
  readonly counts: RegionCounts | undefined;
  /** Whether the instruction of a slot made regions be left again and again. */
  readonly isSlow: (slot: number) => boolean;
}

export class RegionEmitter {
  readonly #code: CodeWriter;
  readonly #frame: Frame;
  readonly #state: StateLocals;
  readonly #builder: RegionBuilder;
  readonly #out: WaysOut;
  readonly #calls: Calls;
  /** Where a branch to a block goes: the end of a wasm block before it, or the head of its loop. */
  readonly #labels = new Map<Block, Label>();
  /** Where the code of an instruction goes that it has to give up, if not out of the region. */
  #slow: Label | undefined;
  /** The place of emission, and what has changed there. */
  #block!: Block;
  #index = 0;
  #changed = new Changed();
  /** By joins that branches from before lead to, where flags may be but in their locals: a set of {@link Elsewhere}. */
  readonly #arrived = new Map<Block, number>();
  /** What has changed at the start of each block. */
  readonly #changedAt: readonly Changed[];
  readonly #places: AccessPlaces;
  readonly #comparisons: ReadonlyMap<Block, Comparison>;
  /** Behind this instruction of the present block nobody asks for deferred flags. */
  #lastNeed = -1;

  constructor(
    private readonly flow: Flow,
    private readonly context: RegionContext,
    private readonly x: Expressions,
  ) {
    this.#places = new AccessPlaces(flow);
    this.#comparisons = findComparisons(flow);
    this.#changedAt = findChanged(flow.blocks);
    this.#code = new CodeWriter(1, 64 * flow.size + 256);
    this.#state = new StateLocals(this.#code, flow, context.thumb, registersOutsideLoops(flow));
    this.#frame = new Frame(this.#code, x, this.#state);
    this.#out = new WaysOut(this.#code, x, this.#frame.flags, this.#state, flow.entry.pc, context);
    this.#calls = new Calls(this.#code, this.#frame, this.#state, this.#out, context, (block, next) => {
      this.#look(next);
      this.#jump(block, next, block.end, 0);
    });
    this.#builder = new RegionBuilder(this.#code, x, this.#frame, context.thumb, context.bank, () =>
      this.#leaveAtInstructionIf(),
    );
  }

  emit(): CodeWriter {
    const code = this.#code;
    this.#state.loadRegisters();
    this.#state.loadCount();
    this.#frame.flags.leaveInState();
    if (this.flow.entry.loop) this.#settleFor(undefined, this.flow.entry);
    this.#out.around(() => {
      this.#tree(this.flow.entry);
    });
    this.#state.storeRegisters(this.flow.writes);
    this.#frame.flags.storeAtEnd();
    this.#state.storeCount(0);
    code.get(Local.result);
    return code;
  }

  // ---- leaving

  /** Leaves, if what is on the stack is not zero, so that the present instruction is executed by itself. */
  #leaveAtInstructionIf(): void {
    const code = this.#code;
    if (this.#slow !== undefined) {
      code.brIf(this.#slow);
      return;
    }
    const { counts } = this.context;
    const { instructions } = this.#block;
    const instruction = instructions[this.#index];
    const { pc, itstate } = instruction;
    const ahead = instructions.length - this.#index;
    if (counts === undefined) this.#out.stepIf(pc, itstate, ahead);
    else
      code.if(() => {
        counts.left(code, instruction);
        this.#out.step(pc, itstate, ahead);
      });
  }

  /** Leaves unless the attempts that are left suffice to the next look at them. */
  #look(block: Block): void {
    const code = this.#code;
    code.get(Local.count);
    code.const(block.longest);
    code.op(Op.i32_lt_s);
    this.#out.stepIf(block.pc, 0);
  }

  // ---- structure

  /** A block and all that it dominates. */
  #tree(block: Block): void {
    const joins = block.dominated.filter(isJoin).sort((a, b) => a.order - b.order);
    if (!block.loop) {
      if (block.looked) this.#look(block);
      this.#within(block, joins, joins.length - 1);
      return;
    }
    const label = new Label('loop');
    this.#labels.set(block, label);
    const { pages } = this.#frame;
    const places = this.#places.inLoop(block);
    if (this.#places.isOutermost(block)) pages.forget(places & ~pages.known);
    this.#code.loop(label, () => {
      this.#frame.join(mayBe(block), places);
      const comparison = this.#comparisons.get(block);
      if (comparison !== undefined) this.#frame.flags.startCompared(comparison, (n) => this.#frame.register(n));
      if (block.looked) this.#look(block);
      this.#within(block, joins, joins.length - 1);
    });
  }

  /** A block inside the wasm blocks at whose ends the joins that it dominates begin. */
  #within(block: Block, joins: readonly Block[], last: number): void {
    if (last < 0) {
      this.#body(block);
      return;
    }
    const join = joins[last];
    const label = new Label('join');
    this.#labels.set(join, label);
    this.#code.block(label, () => this.#within(block, joins, last - 1));
    this.#frame.join(this.#arrived.get(join) ?? mayBe(join), this.#places.inLoop(join));
    this.#tree(join);
  }

  /** Goes on behind `from` at `pc`, which is `target` if the region has it. */
  #jump(from: Block, target: Block | undefined, pc: number, itstate: number): void {
    if (itstate !== 0) {
      this.#out.step(pc, itstate);
      return;
    }
    if (target === undefined) {
      this.#out.goTo(pc);
      return;
    }
    if ((pageOf(from) ^ pc) >>> 12 !== 0) this.#out.checkPage(pc);
    const first = target.dispatcher ?? target;
    const isOpen = first.order <= from.order || isJoin(first);
    if (isOpen || first.loop) this.#settleFor(from, first);
    if (isOpen && !first.isCase) this.#arrive(first);
    if (first !== target) {
      this.#code.const(first.cases.indexOf(target));
      this.#code.set(Local.block);
    }
    if (!isOpen) {
      this.#tree(first);
      return;
    }
    const label = this.#labels.get(first);
    assert(label !== undefined, 'a branch leads to where no wasm block or loop is open');
    this.#code.br(label);
  }

  /** Keeps where the flags are, and may be by other branches, for the join that a branch leads to. */
  #arrive(join: Block): void {
    const { elsewhere } = this.#frame.flags;
    const before = this.#arrived.get(join) ?? elsewhere;
    const both = before | elsewhere;
    // What is certain on both ways is certain behind them.
    this.#arrived.set(
      join,
      both === before && both === elsewhere ? both : both === Elsewhere.state ? Elsewhere.either : both,
    );
  }

  /** Before a branch from a block to where nothing is known. */
  #settleFor(from: Block | undefined, target: Block): void {
    const comparison = this.#comparisons.get(target);
    const { flags } = this.#frame;
    if (!target.flagsDeferred) flags.settle(target.flagsLive);
    else if (comparison === undefined) flags.defer();
    else if (from === target) flags.deferAs(comparison);
    else flags.enterCompared();
  }

  // ---- blocks

  #dispatch({ cases }: Block): void {
    const labels = cases.map((one) => {
      const label = this.#labels.get(one);
      assert(label !== undefined, 'a dispatcher leads to where no wasm block is open');
      return label;
    });
    this.#code.get(Local.block);
    this.#code.brTable(labels, labels[0]);
  }

  #body(block: Block): void {
    if (isDispatcher(block)) {
      this.#dispatch(block);
      return;
    }
    this.#block = block;
    this.#builder.access = 0;
    this.#builder.checks.places = this.#places.inBlock(block);
    const changed = (this.#changed = this.#changedAt[block.order].copy());
    const { instructions } = block;
    this.#lastNeed = this.#comparisons.has(block) ? lastNeed(block) : -1;
    this.#state.addToCount(-instructions.length);
    this.#frame.flags.charged = instructions.length;
    this.#frame.want(wanted(block));
    for (let i = 0; i < instructions.length; i++) {
      this.#index = i;
      const instruction = instructions[i];
      this.context.counts?.reached(this.#code, instruction);
      if (instruction.traits.branch !== BranchKind.none && instruction.by === By.region) {
        changed.by(instruction);
        this.#branchInstruction(block, instruction);
        return;
      }
      this.#instruction(instruction);
      changed.by(instruction);
      if (instruction.ends) {
        // Where nothing came of the exception, or of the way back from one, after all.
        this.#out.goTo(block.end);
        return;
      }
    }
    this.#jump(block, block.next, block.end, block.endItstate);
  }

  #instruction(instruction: Instruction): void {
    const { by, cond, traits, writes } = instruction;
    const { counts } = this.context;
    const frame = this.#frame;
    switch (by) {
      case By.IT:
        return;
      case By.reference:
        this.#byCall(instruction, this.context.calls.reference);
        return;
      case By.handler:
        this.#under(instruction, () => this.#callHandler(instruction));
        return;
      case By.patch:
        this.#under(instruction, () => this.#byCall(instruction, this.context.calls.arbitrate));
        return;
    }
    if (this.#isSlow(instruction)) {
      this.#plainOrByHandler(instruction);
      return;
    }
    if (cond === ALWAYS) this.#plain(instruction);
    else if (
      counts === undefined &&
      !traits.effects &&
      traits.flagsWritten === 0 &&
      !instruction.counted &&
      onlyOne(writes)
    )
      this.#selected(instruction);
    else {
      if (traits.flagsWritten !== 0) frame.flags.settle();
      else frame.flags.protectFrom(writes);
      frame.flags.pushCondition(cond);
      const { mark } = this.x;
      const { access } = this.#builder;
      const { flags, pages } = frame;
      const { elsewhere } = flags;
      const { known } = pages;
      this.#code.if(
        () => {
          this.#plain(instruction);
          if (traits.flagsWritten !== 0) frame.flags.settle();
        },
        counts && (() => counts.failed(this.#code, instruction)),
      );
      this.x.rollback(mark);
      this.#builder.access = access;
      if (flags.elsewhere !== elsewhere) flags.elsewhere = Elsewhere.either;
      pages.known = known;
      frame.forgetRegisters(writes);
    }
    frame.endInstruction();
  }

  #plain(instruction: Instruction): void {
    const { flagsInState } = instruction.traits;
    if (flagsInState) this.#frame.flags.settle();
    this.#builder.run(instruction);
    this.#count(instruction);
    this.#neverAgain();
    this.#builder.commit();
    if (flagsInState) this.#state.loadFlags();
  }

  /** Before registers are written: no flags need to be kept from that any more. */
  #neverAgain(): void {
    if (this.#index === this.#lastNeed) this.#frame.flags.dropCompared();
  }

  /** A conditional instruction that does no more than write a register: both values are there, one is selected. */
  #selected(instruction: Instruction): void {
    const code = this.#code;
    this.#builder.run(instruction);
    const write = this.#builder.onlyWrite;
    if (write === undefined) return;
    const [n, value] = write;
    this.x.push(code, value);
    this.x.push(code, this.#frame.register(n));
    this.#frame.flags.pushCondition(instruction.cond);
    code.op(Op.select);
    const result = this.#frame.temporary();
    code.set(result);
    this.#neverAgain();
    this.#frame.write([n, this.x.ofLocal(result)]);
  }

  /** Counts an execution for a patch. */
  #count({ counted, slot }: Instruction): void {
    if (!counted) return;
    const code = this.#code;
    const counter = SLOT_COUNTERS + (slot - SLOT_POOL) / 4;
    code.storeWord(counter, () => {
      code.loadWord(counter);
      code.const(1);
      code.op(Op.i32_add);
    });
  }

  // ---- what is executed elsewhere

  /** Puts all state where others find it. */
  #spill({ pc, itstate }: Instruction): void {
    this.#frame.flags.settle();
    this.#state.storeRegisters(this.#changed.registers);
    this.#state.storeFlags(this.#changed.flags);
    this.#state.storeCount(this.#block.instructions.length - this.#index - 1);
    this.#state.storeConstant(Word.PC, pc);
    if (itstate !== 0) this.#state.storeConstant(Word.ITSTATE, itstate);
  }

  #reload({ itstate }: Instruction): void {
    if (itstate !== 0) this.#state.storeConstant(Word.ITSTATE, 0);
    this.#state.loadRegisters();
    this.#state.loadFlags();
    this.#frame.join();
    this.#frame.want(wanted(this.#block));
    // The TLB may be another: a loop around this must not take what its locals say for what is there.
    this.#frame.pages.forget(this.#places.inLoop(this.#block));
    this.#builder.access = 0;
  }

  /** Has it executed by one of {@link RegionCalls} that says whether execution goes on behind it. */
  #byCall(instruction: Instruction, execute: number): void {
    const code = this.#code;
    const { slot, pc, length, nextItstate } = instruction;
    this.#spill(instruction);
    code.const(slot);
    code.const(this.#out.value((pc + length) >>> 0));
    code.const(nextItstate);
    code.call(execute);
    code.set(Local.result);
    code.get(Local.result);
    code.if(() => this.#out.returnResult());
    this.#reload(instruction);
  }

  /** What changes anything, under a condition. */
  #under(instruction: Instruction, execute: () => void): void {
    const { cond } = instruction;
    const { counts, thumb } = this.context;
    const frame = this.#frame;
    frame.flags.settle();
    if (cond === ALWAYS) execute();
    else {
      frame.flags.pushCondition(cond);
      this.#code.if(execute, counts && (() => counts.skipped(this.#code, instruction, thumb)));
      frame.forget();
    }
    frame.endInstruction();
  }

  #bodyOf({ slot }: Instruction): number {
    return (this.context.i32[slot / 4] >>> BODY_SHIFT) & BODY_MASK;
  }

  #callHandler(instruction: Instruction): void {
    const code = this.#code;
    const { slot, pc, length, nextItstate } = instruction;
    this.#spill(instruction);
    code.const(slot);
    code.const(this.#bodyOf(instruction) + this.context.thumb * HANDLER_LIMIT);
    code.call(this.context.calls.handler);
    code.set(Local.result);
    code.get(Local.result);
    code.if(() => {
      code.get(Local.result);
      code.const(1);
      code.op(Op.i32_eq);
      code.if(() => {
        this.#state.storeConstant(Word.PC, (pc + length) >>> 0);
        this.#state.storeConstant(Word.ITSTATE, nextItstate);
        code.const(Left.attention);
        code.op(Op.return);
      });
      this.#out.returnResult();
    });
    this.#reload(instruction);
  }

  #isSlow(instruction: Instruction): boolean {
    return this.context.isSlow(instruction.slot) && this.#bodyOf(instruction) >= Handler.first;
  }

  /** What often cannot be done here: a device, say, or a word that is not aligned. The handler does it then, and the region goes on. */
  #plainOrByHandler(instruction: Instruction): void {
    const code = this.#code;
    const frame = this.#frame;
    const { counts, thumb } = this.context;
    this.#under(instruction, () => {
      const { mark } = this.x;
      const done = new Label('done');
      const slow = new Label('slow');
      code.block(done, () => {
        code.block(slow, () => {
          this.#slow = slow;
          this.#plain(instruction);
          this.#slow = undefined;
          frame.flags.settle();
          counts?.alone(code, instruction, thumb);
          code.br(done);
        });
        this.x.rollback(mark);
        frame.forget();
        this.#callHandler(instruction);
      });
      this.x.rollback(mark);
      frame.forget();
    });
    this.#builder.access = 0;
  }

  // ---- branches

  #branchInstruction(block: Block, instruction: Instruction): void {
    const { cond, ends } = instruction;
    const frame = this.#frame;
    const taken = (): void => {
      const known = frame.save();
      this.#builder.run(instruction);
      const { branch, branchCondition } = this.#builder;
      if (branch === Branch.none) {
        // A condition of its own is known not to hold.
      } else if (branchCondition >= 0) {
        this.x.push(this.#code, branchCondition);
        this.#code.if(() => this.#take(block, instruction));
      } else this.#take(block, instruction);
      frame.restore(known);
    };
    if (cond === ALWAYS) taken();
    else {
      frame.flags.pushCondition(cond);
      frame.endInstruction();
      this.#code.if(taken);
    }
    frame.endInstruction();
    if (ends) return;
    this.context.counts?.branchFailed(this.#code, instruction);
    this.#jump(block, block.next, block.end, block.endItstate);
  }

  /** The branch is taken. */
  #take(block: Block, instruction: Instruction): void {
    const builder = this.#builder;
    const { thumb } = this.context;
    this.#count(instruction);
    switch (builder.branch) {
      case Branch.relative: {
        const target = branchTarget(instruction, thumb);
        builder.commit();
        this.#frame.endInstruction();
        if (block.call) this.#calls.known({ block, changed: this.#changed }, target);
        else this.#jump(block, block.target, target, 0);
        return;
      }
      case Branch.exchange: {
        const target = branchTarget(instruction, thumb);
        builder.commit();
        this.#state.exchangeState();
        this.#out.setResult(target | (1 - thumb));
        this.#calls.any({ block, changed: this.#changed });
        return;
      }
      default:
        this.#branchToValue(block);
    }
  }

  #branchToValue(block: Block): void {
    const code = this.#code;
    const { thumb } = this.context;
    const builder = this.#builder;
    const target = this.#frame.temporary();
    this.x.push(code, builder.branchTo);
    code.set(target);
    const exchanges = builder.branch === Branch.bx;
    builder.commit();
    const setInState = (state: number): void => {
      code.get(target);
      code.const(state ? 1 : -4);
      code.op(state ? Op.i32_or : Op.i32_and);
      code.set(Local.result);
    };
    setInState(thumb);
    if (exchanges) {
      code.get(target);
      code.const(1);
      code.op(Op.i32_and);
      if (thumb) code.op(Op.i32_eqz);
      code.if(() => {
        setInState(1 - thumb);
        this.#state.exchangeState();
      });
    }
    if (block.call) this.#calls.pointer({ block, changed: this.#changed });
    else if (block.cases.length > 0) this.#switch(block);
    else this.#return();
  }

  /**
   * Leaves with what is in `result`, and not by the exit.
   * PERF: most branches to computed addresses are returns, and most functions change few registers (fib: 1.09 times as fast).
   */
  #return(): void {
    this.#calls.spill(this.#changed);
    this.#out.returnResult();
  }

  /** Goes on at `result`, by a table where the region has what is there. */
  #switch({ cases }: Block): void {
    const code = this.#code;
    this.#frame.flags.settle();
    const addresses = cases.map(({ pc }) => pc);
    const first = Math.min(...addresses);
    const shift = this.context.thumb ? 1 : 2;
    const elsewhere = new Label('elsewhere');
    const table = new Array<Label>(((Math.max(...addresses) - first) >>> shift) + 1).fill(elsewhere);
    for (const one of cases) {
      const label = this.#labels.get(one);
      assert(label !== undefined, 'a case has no label');
      table[(one.pc - first) >>> shift] = label;
    }
    code.block(elsewhere, () => {
      code.get(Local.result);
      code.const(this.#out.value(first));
      code.op(Op.i32_sub);
      // What is not aligned, or in the other state, comes to be beyond the table.
      code.const(shift);
      code.op(Op.i32_rotr);
      code.brTable(table, elsewhere);
    });
    this.#out.leave();
  }
}

/** What a block wants in locals of registers that stay in the state block: what is written under a condition, too. */
function wanted({ instructions }: Block): number {
  let registers = 0;
  for (const { reads, writes, cond } of instructions) registers |= reads | (cond === ALWAYS ? 0 : writes);
  return registers;
}

/** Where flags may be at the start of a block but in their locals. */
function mayBe(block: Block): number {
  return block.flagsDeferred ? Elsewhere.either : 0;
}

/** Where execution goes on behind a block that does not branch. */
function firstBehind({ next }: Block): Block | undefined {
  return next?.dispatcher ?? next;
}

/** Whether branches from several places lead forward to it: it begins where a wasm block ends. */
function isJoin(block: Block): boolean {
  if (block.isCase) return true;
  let forward = 0;
  for (const before of block.predecessors) {
    if (before.order >= block.order) continue;
    // Behind a call that has a condition execution goes on whether it was made or not.
    if (++forward > 1 || (before.call && firstBehind(before) === block && !lastOf(before).ends)) return true;
  }
  return false;
}

function onlyOne(bits: number): boolean {
  return bits !== 0 && (bits & (bits - 1)) === 0;
}
