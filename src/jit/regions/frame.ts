/**
 * Which value each register has at the point of writing in a region's function, as a node, and the temporaries of the present instruction. Has the
 * flags beside them, which may depend on either. Knows no operation.
 */
import type { Value } from '../../ops/builder.js';
import { Temporaries } from '../values.js';
import type { CodeWriter } from '../wasm/code.js';
import { ValueType, type ValueTypeCode } from '../wasm/opcodes.js';
import type { Expressions } from './expressions.js';
import { Flags, type KnownFlags } from './flags.js';
import { Local, NONE, REGISTERS } from './locals.js';
import { LastPages } from './page-locals.js';
import type { StateLocals } from './state-locals.js';

/** What is known at a point of the code, to go on from there twice. */
export interface Known {
  readonly registers: readonly Value[];
  readonly flags: KnownFlags;
  readonly mark: number;
  readonly pages: number;
  readonly loaded: number;
}

/** Temporaries of any type that go with the instruction. */
class FrameTemporaries extends Temporaries {
  constructor(
    code: CodeWriter,
    private readonly word: () => number,
  ) {
    super(code);
  }

  override take(type: ValueTypeCode = ValueType.i32): number {
    return type === ValueType.i32 ? this.word() : super.take(type);
  }
}

export class Frame {
  /** The temporaries of {@link temporary}, and those of other types. */
  readonly typed: Temporaries;
  readonly pages: LastPages;
  readonly flags: Flags;
  /** Which of the registers that stay in the state block (state-locals.ts) are in their locals, too, as bits. */
  loaded = 0;
  /** The node of each register's value, or -1. */
  #registers: Value[] = new Array<Value>(REGISTERS).fill(NONE);
  /** Temporaries of the present instruction: locals, and how many of them are in use. */
  readonly #temporaries: number[] = [];
  #used = 0;

  constructor(
    private readonly code: CodeWriter,
    private readonly x: Expressions,
    private readonly state: StateLocals,
  ) {
    for (let local = Local.R; local < Local.temporaries; local++) code.local();
    x.reset();
    x.takeTemporary = () => this.temporary();
    this.pages = new LastPages(code);
    this.flags = new Flags(code, x, state);
    this.typed = new FrameTemporaries(code, () => this.temporary());
  }

  /** A local until {@link endInstruction}. */
  temporary(): number {
    if (this.#used === this.#temporaries.length) this.#temporaries.push(this.code.local());
    return this.#temporaries[this.#used++];
  }

  // ---- registers

  register(n: number): Value {
    let value = this.#registers[n];
    if (value < 0) value = this.#registers[n] = this.x.ofLocal(Local.R + n);
    return value;
  }

  /** Writes registers, all at once: the first `length` of `writes` are register numbers and values by turns. Pending flags keep what they are computed from. */
  write(writes: readonly number[], length = writes.length): void {
    const { code, x } = this;
    let written = 0;
    for (let i = 0; i < length; i += 2) {
      const value = writes[i + 1] as Value;
      if (x.local(value) >= 0 || x.isConstant(value)) x.push(code, value);
      else x.compute(code, value);
      written |= 1 << writes[i];
    }
    this.flags.protectFrom(written);
    this.loaded |= written & this.state.resident;
    for (let i = length - 2; i >= 0; i -= 2) {
      const n = writes[i];
      const value = writes[i + 1] as Value;
      code.set(Local.R + n);
      this.state.wrote(n);
      if (x.isConstant(value)) {
        this.#registers[n] = value;
        continue;
      }
      const local = x.local(value);
      if (local >= 0 && local < Local.temporaries) {
        this.#registers[n] = NONE;
        continue;
      }
      x.home(value, Local.R + n);
      this.#registers[n] = value;
    }
    if (!this.flags.isSettled) this.flags.watch();
  }

  /** What is known of these registers (bits) does not hold any more. */
  forgetRegisters(bits: number): void {
    for (let n = 0; n < REGISTERS; n++) if (((bits >>> n) & 1) === 1) this.#registers[n] = NONE;
  }

  /** Loads what of these registers (bits) stays in the state block and is not here. */
  want(registers: number): void {
    const resident = registers & this.state.resident;
    this.state.loadRegisters(resident & ~this.loaded);
    this.loaded |= resident;
  }

  /** The instruction is over: its temporaries are free, but for what pending flags need of them. */
  endInstruction(): void {
    this.typed.release();
    if (this.#used === 0) return;
    this.flags.protectFromTemporaries((local) => local >= Local.temporaries && this.#temporaries.includes(local));
    this.#used = 0;
  }

  /** Where control flow joins, or comes back: as {@link forget}, and what stays in the state block is there alone. */
  join(elsewhere = 0, pages = 0): void {
    this.loaded = 0;
    this.forget(elsewhere, pages);
  }

  /**
   * Nothing is known: registers and flags are in their locals.
   * @param elsewhere where flags may be but in their locals (deferred.ts)
   * @param pages what is known of the last pages nevertheless
   */
  forget(elsewhere = 0, pages = 0): void {
    this.#registers.fill(NONE);
    this.flags.forget(elsewhere);
    this.pages.known = pages;
  }

  save(): Known {
    return {
      registers: [...this.#registers],
      flags: this.flags.save(),
      mark: this.x.mark,
      pages: this.pages.known,
      loaded: this.loaded,
    };
  }

  restore({ registers, flags, mark, pages, loaded }: Known): void {
    this.loaded = loaded;
    this.pages.known = pages;
    this.x.rollback(mark);
    this.#registers = [...registers];
    this.flags.restore(flags);
  }
}
