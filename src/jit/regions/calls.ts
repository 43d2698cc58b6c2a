/**
 * Guest calls as nested calls: what a call must leave for the callee to find, which function is called, and what is done when it has returned. Owns
 * no state.
 */
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import type { Changed } from './changed.js';
import { type Block, pageOf } from './flow.js';
import type { Frame } from './frame.js';
import { Local } from './locals.js';
import type { StateLocals } from './state-locals.js';
import { RegionByte, regionEntry } from './table.js';
import type { WaysOut } from './ways-out.js';

/** A region of the same module. */
export interface Neighbour {
  readonly id: number;
  readonly functionIndex: number;
}

/** Where calls lead. */
export interface Callees {
  /** The region of the same module at an address, in the same state. */
  readonly neighbour: (pc: number) => Neighbour | undefined;
  /** Where the call by pointer at the end of a block has gone, or one like it, if that is known. */
  readonly pointedTo: (block: Block) => number | undefined;
  /** Functions that are imported: RegionCalls. */
  readonly calls: { readonly enter: number };
}

/** A call at the end of a block, and what has changed there. */
export interface CallSite {
  readonly block: Block;
  readonly changed: Changed;
}

export class Calls {
  /** @param behind goes on behind the call at the end of a block, in the next: nothing is known there, and the attempts must be looked at */
  constructor(
    private readonly code: CodeWriter,
    private readonly frame: Frame,
    private readonly state: StateLocals,
    private readonly out: WaysOut,
    private readonly context: Callees,
    private readonly behind: (block: Block, next: Block) => void,
  ) {}

  /** Before a call or a return: PC is its target, which is in `result`. */
  spill(changed: Changed): void {
    this.state.storeRegisters(changed.registers);
    this.frame.flags.store(changed.flags);
    this.state.storeCount(0);
  }

  #pushDepth(): void {
    this.code.get(Local.depth);
    this.code.const(1);
    this.code.op(Op.i32_add);
  }

  known(site: CallSite, target: number): void {
    const neighbour = this.context.neighbour(target);
    this.out.setResult(this.out.value(target));
    if (neighbour === undefined) this.any(site);
    else this.#neighbour(site, neighbour, target, true);
  }

  /**
   * Calls whatever is at the address in `result`, which may well be where such calls have gone before.
   * PERF: a comparison, and a call within the module, in place of the lookup in `enter`: qsort is 1.45 times as fast.
   */
  pointer(site: CallSite): void {
    const guess = this.context.pointedTo(site.block);
    const neighbour = guess === undefined ? undefined : this.context.neighbour(guess);
    if (guess === undefined || neighbour === undefined) this.any(site);
    else this.#neighbour(site, neighbour, guess, false);
  }

  /** Calls a region of the same module, if that may be executed; where it is not `certain`, also only if `result` leads there. */
  #neighbour(site: CallSite, { id, functionIndex }: Neighbour, target: number, certain: boolean): void {
    const code = this.code;
    this.spill(site.changed);
    code.get(Local.depth);
    code.loadWord(regionEntry(id) + RegionByte.DEPTH);
    code.op(Op.i32_lt_s);
    if (!certain) {
      code.get(Local.result);
      code.const(this.out.value(target));
      code.op(Op.i32_eq);
      code.op(Op.i32_and);
    }
    if ((pageOf(site.block) ^ target) >>> 12 !== 0) {
      this.out.pushPageDiffers(target);
      code.op(Op.i32_eqz);
      code.op(Op.i32_and);
    }
    code.if(
      () => {
        this.#pushDepth();
        code.call(functionIndex);
        code.set(Local.result);
      },
      () => this.#enter(),
    );
    this.#returned(site);
  }

  #enter(): void {
    const code = this.code;
    code.get(Local.result);
    this.#pushDepth();
    code.call(this.context.calls.enter);
    code.set(Local.result);
  }

  /** Calls whatever is at the address in `result`. */
  any(site: CallSite): void {
    this.spill(site.changed);
    this.#enter();
    this.#returned(site);
  }

  /** Behind a call: goes on only if it has returned to here. */
  #returned({ block }: CallSite): void {
    const code = this.code;
    code.get(Local.result);
    code.const(this.out.value(block.end));
    code.op(Op.i32_ne);
    code.if(() => this.out.returnResult());
    const { next } = block;
    if (next === undefined) {
      this.out.returnResult();
      return;
    }
    this.state.loadRegisters();
    this.state.loadCount();
    this.frame.join();
    this.frame.flags.leaveInState();
    this.behind(block, next);
  }
}
