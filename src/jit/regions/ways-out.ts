/**
 * How a region is left: for where it goes on, or so that one instruction is executed by itself. Owns the end of the function that all ways lead to, and
 * what they have in common. Knows no block.
 */
import { Word } from '../../arm/state.js';
import { codeHashEntry, PAGE } from '../../mem/layout.js';
import { stateAddress } from '../emitter.js';
import { type CodeWriter, Label } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import type { Expressions } from './expressions.js';
import type { Flags } from './flags.js';
import { RANGE } from './flow.js';
import type { InstructionReader } from './instructions.js';
import { Local } from './locals.js';
import type { StateLocals } from './state-locals.js';
import { Left } from './table.js';

/** Bits of what {@link WaysOut.step} leaves by for an instruction's place; the instructions ahead of it stand above. */
const PLACE_BITS = 13;

/** What holds wherever the region is executed. */
export interface Surroundings {
  readonly thumb: number;
  /** Word.CODE_KEY. */
  readonly key: number;
  readonly reader: InstructionReader;
}

export class WaysOut {
  readonly #exit = new Label('exit');
  /** Where that is left from so that an instruction be executed by itself: `result` says which, see {@link step}. */
  readonly #alone = new Label('alone');

  /** @param entry address of the region's first instruction */
  constructor(
    private readonly code: CodeWriter,
    private readonly x: Expressions,
    private readonly flags: Flags,
    private readonly state: StateLocals,
    private readonly entry: number,
    private readonly context: Surroundings,
  ) {}

  /** The code of the region, which ends nowhere but by a way out; behind it `result` is set. */
  around(emit: () => void): void {
    const { code } = this;
    code.block(this.#exit, () => {
      code.block(this.#alone, () => {
        emit();
        code.op(Op.unreachable);
      });
      this.#stepAlone();
    });
  }

  /** What a region returns to go on at `pc` in its own state. */
  value(pc: number): number {
    return pc | this.context.thumb;
  }

  /** Leaves by the exit; `result` is set. Nothing of what is known here changes. */
  leave(way: Label = this.#exit): void {
    const { mark } = this.x;
    this.flags.settleToLeave();
    this.x.rollback(mark);
    this.code.br(way);
  }

  setResult(value: number): void {
    this.code.const(value);
    this.code.set(Local.result);
  }

  /** Leaves at once, not by the exit: all state is in the state block. */
  returnResult(): void {
    this.code.get(Local.result);
    this.code.op(Op.return);
  }

  goTo(pc: number): void {
    this.setResult(this.value(pc));
    this.leave();
  }

  /**
   * So that the instruction at `pc` is executed by itself. @param ahead instructions that are charged, and not executed
   * PERF: what all these ways out have in common stands once: it was a third of a region's code (regions.bench).
   */
  step(pc: number, itstate: number, ahead = 0): void {
    if (itstate !== 0) this.state.storeConstant(Word.ITSTATE, itstate);
    this.#setStep(pc, ahead);
    this.leave(this.#alone);
  }

  /** The same if what is on the stack is not zero. */
  stepIf(pc: number, itstate: number, ahead = 0): void {
    if (itstate === 0 && this.flags.isSettled) {
      this.#setStep(pc, ahead);
      this.code.brIf(this.#alone);
    } else this.code.if(() => this.step(pc, itstate, ahead));
  }

  #setStep(pc: number, ahead: number): void {
    this.setResult((ahead << PLACE_BITS) | ((pc - this.#lowest) >> 1));
  }

  /** The lowest address that a region can have. Behind its last instruction is less than twice as far away as the highest. */
  get #lowest(): number {
    return this.entry - RANGE;
  }

  #stepAlone(): void {
    const code = this.code;
    code.storeWord(stateAddress(Word.PC), () => {
      code.get(Local.result);
      code.const((1 << PLACE_BITS) - 1);
      code.op(Op.i32_and);
      code.const(1);
      code.op(Op.i32_shl);
      code.const(this.#lowest);
      code.op(Op.i32_add);
    });
    code.get(Local.count);
    code.get(Local.result);
    code.const(PLACE_BITS);
    code.op(Op.i32_shr_u);
    code.op(Op.i32_add);
    code.set(Local.count);
    this.setResult(Left.step);
  }

  /** Leaves for `pc` unless the code page hash has its page as it was when the region was made. */
  checkPage(pc: number): void {
    this.pushPageDiffers(pc);
    this.code.if(() => this.goTo(pc));
  }

  /** Pushes whether it has not. */
  pushPageDiffers(pc: number): void {
    const code = this.code;
    const page = this.context.reader.page(pc);
    const key = ((pc & -PAGE) | this.context.key) >>> 0;
    code.const(0);
    code.load(Op.i64_load, codeHashEntry(pc, this.context.key));
    code.constLong((BigInt(page?.slots ?? 0) << 32n) | BigInt(key));
    code.op(Op.i64_eq);
    code.op(Op.i32_eqz);
  }
}
