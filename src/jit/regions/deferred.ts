/**
 * Flags that are not in their locals: what the local `deferred` says of them, and how they come from there into their locals, or into the state block.
 * Owns the locals `deferred`, `a` and `b`. Knows neither pending flags nor what is known where.
 */
import type { Value } from '../../ops/builder.js';
import { Scratch } from '../scratch.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import type { Expressions } from './expressions.js';
import { Local } from './locals.js';
import type { StateLocals } from './state-locals.js';

/** Where flags may be that are not in their locals, as a set. Exactly `state` is certain: after a join it is one of `either`, or none. */
export const Elsewhere = {
  /** Those of a - b, not computed. */
  subtraction: 1,
  /** In the state block, as they were when the region was entered or a call returned. */
  state: 2,
  either: 3,
} as const;

/** What `deferred` says; of flags in their locals 0. A sign is tested for, and whether there is anything. */
const Says = { subtraction: 1, state: -1 } as const;

/** What flags are computed from, by a subtraction. */
export type Operands = readonly [a: Value, b: Value];

export class DeferredFlags {
  /** What `deferred` says anywhere: a set of {@link Elsewhere}. */
  #ever = 0;

  constructor(
    private readonly code: CodeWriter,
    private readonly x: Expressions,
    private readonly state: StateLocals,
  ) {}

  #say(what: number): void {
    this.code.const(what);
    this.code.set(Local.deferred);
  }

  inLocals(): void {
    this.#say(0);
  }

  inState(): void {
    this.#say(Says.state);
    this.#ever |= Elsewhere.state;
  }

  bySubtraction(operands: Operands): void {
    this.#setOperands(operands);
    this.#say(Says.subtraction);
    this.#ever |= Elsewhere.subtraction;
  }

  #setOperands([a, b]: Operands): void {
    const { code, x } = this;
    x.push(code, a);
    x.push(code, b);
    code.set(Local.b);
    code.set(Local.a);
  }

  // ---- loops of one block that end with a comparison

  /** Ahead of the first round: flags are in the state block. */
  enterLoop(): void {
    this.code.storeWord(Scratch.ENTERED, () => this.code.get(Local.count));
    this.#ever |= Elsewhere.either;
  }

  /**
   * Within: they are in the state block still, or have been compared since. @param charged attempts that this round has been charged for
   * PERF: what only the ways out of a loop ask for is found out there. To be carried round it would take registers of the host's: V8 has put what a
   * loop is about into memory instead (crc: 1.5 times as fast without).
   */
  inLoop(operands: Operands, charged: number): void {
    const { code } = this;
    this.#setOperands(operands);
    code.const(Says.subtraction);
    code.const(Says.state);
    code.get(Local.count);
    if (charged > 0) {
      code.const(charged);
      code.op(Op.i32_add);
    }
    code.loadWord(Scratch.ENTERED);
    code.op(Op.i32_ne);
    code.op(Op.select);
    code.set(Local.deferred);
  }

  // ---- to where they are wanted

  /** Puts flags into their locals, all of them. @param elsewhere where they may be, a set of {@link Elsewhere} */
  fetch(elsewhere: number): void {
    if (elsewhere === 0) return;
    const { code, state } = this;
    if (elsewhere === Elsewhere.state) {
      state.loadFlags();
      this.inLocals();
      return;
    }
    code.get(Local.deferred);
    code.if(() => {
      if (elsewhere === Elsewhere.subtraction) this.#compute();
      else {
        this.#pushInState();
        code.if(
          () => state.loadFlags(),
          () => this.#compute(),
        );
      }
      this.inLocals();
    });
  }

  /** Puts those of `flags` (bits) into the state block that are not there. */
  store(flags: number, elsewhere: number): void {
    if (flags === 0 || elsewhere === Elsewhere.state) return;
    if ((elsewhere & Elsewhere.state) === 0) this.#store(flags, elsewhere);
    else this.#storeUnlessThere(flags, elsewhere);
  }

  /** The same at the end of the region, wherever that was left. */
  storeAtEnd(flags: number): void {
    if (flags !== 0) this.#storeUnlessThere(flags, this.#ever);
  }

  #store(flags: number, elsewhere: number): void {
    this.fetch(elsewhere & ~Elsewhere.state);
    this.state.storeFlags(flags);
  }

  #storeUnlessThere(flags: number, elsewhere: number): void {
    this.#pushInState();
    this.code.op(Op.i32_eqz);
    this.code.if(() => this.#store(flags, elsewhere));
  }

  #pushInState(): void {
    const { code } = this;
    code.get(Local.deferred);
    code.const(0);
    code.op(Op.i32_lt_s);
  }

  #compute(): void {
    const { code } = this;
    const push = (...locals: number[]): void => locals.forEach((local) => code.get(local));
    push(Local.a, Local.b);
    code.op(Op.i32_sub);
    code.set(Local.N);
    code.get(Local.N);
    code.set(Local.Z);
    push(Local.a, Local.b);
    code.op(Op.i32_ge_u);
    code.set(Local.C);
    push(Local.a, Local.b);
    code.op(Op.i32_xor);
    push(Local.a, Local.N);
    code.op(Op.i32_xor);
    code.op(Op.i32_and);
    code.set(Local.V);
  }
}
