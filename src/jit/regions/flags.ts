/**
 * The flags at the point of writing in a region's function: those that are pending, set by an instruction, but not computed while nobody has
 * asked; those that a subtraction has deferred beyond a branch; the rest are in their locals. Knows registers by their locals alone.
 */
import type { Value } from '../../ops/builder.js';
import { assert } from '../../util/assert.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import type { Comparison } from './comparisons.js';
import { DeferredFlags, Elsewhere, type Operands } from './deferred.js';
import type { Expressions } from './expressions.js';
import { isRegister, Local, NONE } from './locals.js';
import type { StateLocals } from './state-locals.js';
import { Flag } from './traits.js';

/** Places of flags among the pending ones. */
const [N, Z, C, V] = [0, 1, 2, 3];
const FLAG_LOCALS = [Local.N, Local.Z, Local.C, Local.V] as const;
const FLAG_BITS = [Flag.N, Flag.Z, Flag.C, Flag.V] as const;

/** What is known at a point of the code, to go on from there twice. */
export interface KnownFlags {
  readonly pending: readonly Value[];
  readonly registers: number;
  readonly elsewhere: number;
  readonly compared: Operands | undefined;
}

export class Flags {
  /** The nodes of N, Z, C and V, or -1 where the flag's local has it. */
  #pending: Value[] = [NONE, NONE, NONE, NONE];
  /** Where those that are not pending may be but in their locals: a set of {@link Elsewhere}. */
  elsewhere = 0;
  readonly #deferred: DeferredFlags;
  /** Of what the deferred flags are computed, where the locals `a` and `b` do not have it. */
  #compared: Operands | undefined;
  /** Nothing has it any more, since nobody is to ask. */
  #forgotten = false;
  /** Attempts that the present block has been charged for. */
  charged = 0;
  /** Registers, as bits, whose locals pending flags are computed from. */
  #registers = 0;
  /** Locals that keep what pending flags are computed from. */
  readonly #kept: number[] = [];

  constructor(
    private readonly code: CodeWriter,
    private readonly x: Expressions,
    private readonly state: StateLocals,
  ) {
    this.#deferred = new DeferredFlags(code, x, state);
  }

  get C(): Value {
    return this.flag(C);
  }

  /** N, Z, C or V (0 to 3) as the word that holds it (arm/state.ts). */
  flag(i: number): Value {
    if (this.#pending[i] < 0) this.#resolve();
    return this.#pending[i] >= 0 ? this.#pending[i] : this.x.ofLocal(FLAG_LOCALS[i]);
  }

  /** Sets flags: nodes of N, Z, C, V, or -1 where one stays. To be called before the registers of the same instruction are written. */
  set(flags: readonly Value[]): void {
    for (let i = 0; i < 4; i++)
      if (flags[i] >= 0) {
        this.#pending[i] = flags[i];
        this.x.use(flags[i]);
      }
    if (this.pendingBits === Flag.all) {
      this.#compared = undefined;
      this.#forgotten = false;
    }
    this.watch();
  }

  /** To be called when nodes have come to live elsewhere. */
  watch(): void {
    let registers = 0;
    this.#forEachPendingLocal((_node, local) => {
      if (isRegister(local)) registers |= 1 << (local - Local.R);
    });
    this.#registers = registers;
  }

  #forEachPendingLocal(visit: (node: Value, local: number) => void): void {
    for (const root of this.#pending) if (root >= 0) this.x.forEachLocal(root, visit);
    for (const root of this.#compared ?? []) this.x.forEachLocal(root, visit);
  }

  /** Copies what pending flags are computed from out of the locals that `goes` is true of. */
  #keep(goes: (local: number) => boolean): void {
    const { code, x } = this;
    const busy = new Set<number>();
    const moving: Value[] = [];
    this.#forEachPendingLocal((node, local) => {
      busy.add(local);
      if (goes(local)) moving.push(node);
    });
    for (const node of moving) {
      const local = x.local(node);
      if (!goes(local)) continue;
      let free = this.#kept.find((kept) => !busy.has(kept));
      if (free === undefined) this.#kept.push((free = code.local()));
      busy.add(free);
      code.get(local);
      code.set(free);
      x.home(node, free);
    }
    if (moving.length > 0) this.watch();
  }

  /** Before registers (bits) are written, perhaps in a branch of the code: pending flags are not to depend on them. */
  protectFrom(bits: number): void {
    if ((bits & this.#registers) !== 0)
      this.#keep((local) => isRegister(local) && ((bits >>> (local - Local.R)) & 1) === 1);
  }

  /** Computes pending flags into their locals; those that are not in `live` (bits of {@link Flag}) may be lost. */
  settle(live: number = Flag.all): void {
    for (let i = 0; i < 4; i++) if ((live & FLAG_BITS[i]) === 0) this.#pending[i] = NONE;
    // What was dropped nobody asks for before all flags are set.
    if (!this.#forgotten && (live & ~this.pendingBits) !== 0) this.#resolve();
    else this.#undefer();
    this.#pushPending();
    this.#pending = [NONE, NONE, NONE, NONE];
    this.#registers = 0;
  }

  /**
   * Before a branch to where nothing reads flags, as far as the region goes on there: those of a subtraction need not be computed.
   * PERF: in a loop that counts, flags cost as much as the rest of it.
   */
  defer(): void {
    if (this.pendingBits === 0) {
      this.#bringCompared();
      this.#compared = undefined;
      return;
    }
    const operands = this.#subtraction();
    if (operands === undefined) {
      this.settle();
      return;
    }
    this.#deferred.bySubtraction(operands);
    this.forget(Elsewhere.subtraction);
  }

  /**
   * They are in the state block, and stay there while nobody asks for them.
   * PERF: loaded only to be stored again where the region is left they would take locals, and time in each call (fib: 1.1 times as fast).
   */
  leaveInState(): void {
    this.#deferred.inState();
    this.forget(Elsewhere.state);
  }

  /**
   * Before a branch back to the head of a loop that compares so, where they are known by that.
   * PERF: without the locals `a` and `b` to be carried round sieve is 1.15 times as fast.
   */
  deferAs(comparison: Comparison): void {
    const operands = this.#subtraction();
    if (operands !== undefined && this.#isSame(operands, comparison)) this.#clear();
    else this.enterCompared();
  }

  /** Ahead of the first round of a loop that compares so: in that, flags are in the state block. */
  enterCompared(): void {
    if (this.pendingBits !== 0 || this.elsewhere !== Elsewhere.state) {
      this.settle();
      this.state.storeFlags();
    }
    this.#deferred.enterLoop();
  }

  #isSame([a, b]: Operands, { a: register, isDifference, b: other, constant }: Comparison): boolean {
    const { x } = this;
    const first = isDifference ? this.#pending[Z] : a;
    if (x.local(first) !== Local.R + register) return false;
    return other < 0 ? x.isConstant(b) && x.word(b) === (constant | 0) : x.local(b) === Local.R + other;
  }

  /** What is known by a loop's comparison is deferred from here on. */
  #bringCompared(): void {
    if (this.#compared !== undefined) this.#deferred.inLoop(this.#compared, this.charged);
  }

  /** The operands of the subtraction of which all four flags are pending. */
  #subtraction(): Operands | undefined {
    const { x } = this;
    const [n, z, c, v] = this.#pending;
    if (n < 0 || n !== z || c < 0 || v < 0) return undefined;
    // Of a comparison with 0.
    if (x.isZero(v) && x.isConstant(c) && x.word(c) === 1) return [n, x.constant(0)];
    const fused = this.#difference(5);
    if (fused === undefined || this.#difference(1) === undefined) return undefined;
    return [fused[2], fused[3]];
  }

  /** Gets flags from elsewhere into their locals. */
  #resolve(): void {
    if (this.elsewhere === 0) return;
    assert(!this.#forgotten, 'flags are asked for of which the operands were dropped');
    this.#bringCompared();
    this.#deferred.fetch(this.elsewhere);
    this.elsewhere = 0;
    this.#compared = undefined;
  }

  /** Stores those of `changed` (bits) before something else is executed: what is known here is over. */
  store(changed: number): void {
    if (this.pendingBits === 0 && this.#compared === undefined) this.#deferred.store(changed, this.elsewhere);
    else if (changed !== 0) {
      this.settle(changed);
      this.state.storeFlags(changed);
    }
  }

  /** Stores them at the end of the region, wherever that was left. */
  storeAtEnd(): void {
    this.#deferred.storeAtEnd(this.state.flagsWritten);
  }

  /** Flags that were deferred are set anew, all of them. */
  #undefer(): void {
    this.#compared = undefined;
    if (this.elsewhere === 0) return;
    this.elsewhere = 0;
    this.#deferred.inLocals();
  }

  /** Settles in code that leaves: what is known stays so. Flags may stay deferred. */
  settleToLeave(): void {
    const { elsewhere } = this;
    const compared = this.#compared;
    const pending = this.pendingBits;
    if (pending === Flag.all) this.#undefer();
    else if (pending !== 0) this.#resolve();
    else {
      assert(!this.#forgotten, 'a region is left with flags of which the operands were dropped');
      this.#bringCompared();
    }
    this.#pushPending();
    this.elsewhere = elsewhere;
    this.#compared = compared;
  }

  #pushPending(): void {
    const { code, x } = this;
    const pending = this.#pending;
    const set: number[] = [];
    for (let i = 0; i < 4; i++) {
      if (pending[i] < 0) continue;
      if (i === Z && pending[Z] === pending[N]) continue;
      x.push(code, pending[i]);
      set.push(i);
    }
    for (let at = set.length - 1; at >= 0; at--) {
      code.set(FLAG_LOCALS[set[at]]);
      if (set[at] === N && pending[Z] === pending[N]) {
        code.get(Local.N);
        code.set(Local.Z);
      }
    }
  }

  /** Flags, as bits of {@link Flag}, that are pending. */
  get pendingBits(): number {
    const [n, z, c, v] = this.#pending;
    return (n >= 0 ? Flag.N : 0) | (z >= 0 ? Flag.Z : 0) | (c >= 0 ? Flag.C : 0) | (v >= 0 ? Flag.V : 0);
  }

  /** Whether {@link settleToLeave} has nothing to do. */
  get isSettled(): boolean {
    return this.pendingBits === 0 && this.#compared === undefined;
  }

  // ---- conditions

  #pushFlag(i: number): void {
    if (this.#pending[i] < 0) this.#resolve();
    if (this.#pending[i] >= 0) this.x.push(this.code, this.#pending[i]);
    else this.code.get(FLAG_LOCALS[i]);
  }

  /** Pushes non-zero if condition `cond` (0 to 13) holds. */
  pushCondition(cond: number): void {
    const opposite = (cond & 1) === 1;
    const { code } = this;
    const fused = this.#difference(cond >>> 1);
    if (fused !== undefined) {
      const [opcode, negated, a, b] = fused;
      this.x.push(code, a);
      this.x.push(code, b);
      code.op(opposite ? negated : opcode);
      return;
    }
    switch (cond >>> 1) {
      case 0:
        this.#pushFlag(Z);
        if (opposite) code.const(0);
        code.op(opposite ? Op.i32_ne : Op.i32_eqz);
        return;
      case 1:
        this.#pushFlag(C);
        break;
      case 2:
        this.#pushFlag(N);
        code.const(0);
        code.op(opposite ? Op.i32_ge_s : Op.i32_lt_s);
        return;
      case 3:
        this.#pushFlag(V);
        code.const(0);
        code.op(opposite ? Op.i32_ge_s : Op.i32_lt_s);
        return;
      case 4:
        this.#pushFlag(C);
        this.#pushNotZ();
        code.op(Op.i32_and);
        break;
      case 5:
        this.#pushSignsDiffer();
        code.op(opposite ? Op.i32_lt_s : Op.i32_ge_s);
        return;
      default:
        this.#pushSignsDiffer();
        code.op(Op.i32_ge_s);
        this.#pushNotZ();
        code.op(Op.i32_and);
    }
    if (opposite) code.op(Op.i32_eqz);
  }

  #pushNotZ(): void {
    this.#pushFlag(Z);
    this.code.const(0);
    this.code.op(Op.i32_ne);
  }

  /** Pushes N eor V, and 0. */
  #pushSignsDiffer(): void {
    this.#pushFlag(N);
    if (!(this.#pending[V] >= 0 && this.x.isZero(this.#pending[V]))) {
      this.#pushFlag(V);
      this.code.op(Op.i32_xor);
    }
    this.code.const(0);
  }

  /**
   * A condition on flags that a subtraction has set, as one comparison: its opcode, the opposite's, and what is compared. The pattern is that of
   * setFlagsSub (ops/pseudocode.ts).
   */
  #difference(pair: number): readonly [opcode: number, opposite: number, a: Value, b: Value] | undefined {
    const { x } = this;
    const [n, z, c, v] = this.#pending;
    if (z < 0 || x.kind(z) !== Op.i32_sub) return undefined;
    const [a, b] = [x.left(z), x.right(z)];
    switch (pair) {
      case 0:
        return x.local(z) < 0 ? [Op.i32_eq, Op.i32_ne, a, b] : undefined;
      case 1:
      case 4: {
        if (c < 0 || x.kind(c) !== Op.i32_le_u || x.left(c) !== b || x.right(c) !== a) return undefined;
        return pair === 1 ? [Op.i32_ge_u, Op.i32_lt_u, a, b] : [Op.i32_gt_u, Op.i32_le_u, a, b];
      }
      case 5:
      case 6: {
        if (n !== z || v < 0 || x.kind(v) !== Op.i32_and) return undefined;
        const [operands, results] = [x.left(v), x.right(v)];
        const isXor = (node: Value, left: Value, right: Value): boolean =>
          x.kind(node) === Op.i32_xor && x.left(node) === left && x.right(node) === right;
        if (!isXor(operands, a, b) || !isXor(results, a, z)) return undefined;
        return pair === 5 ? [Op.i32_ge_s, Op.i32_lt_s, a, b] : [Op.i32_gt_s, Op.i32_le_s, a, b];
      }
      default:
        return undefined;
    }
  }

  // ---- control

  /** Flags were set in the state block: they are in the locals again. */
  #clear(): void {
    this.#pending = [NONE, NONE, NONE, NONE];
    this.#registers = 0;
    this.#compared = undefined;
  }

  /** At the head of a loop that compares so, behind {@link forget}: the nodes of registers are asked for. */
  startCompared({ a, isDifference, b, constant }: Comparison, register: (n: number) => Value): void {
    const { x } = this;
    const second = b < 0 ? x.constant(constant) : register(b);
    const first = register(a);
    this.#compared = [isDifference ? x.binary(Op.i32_add, first, second) : first, second];
    this.charged = 0;
    this.elsewhere = Elsewhere.either;
    this.watch();
  }

  /** From here on all flags are set before anything asks for them. */
  dropCompared(): void {
    this.#forgotten = this.#compared !== undefined;
    this.#compared = undefined;
    this.watch();
  }

  /** Temporaries are about to be free: pending flags are not to depend on them. */
  protectFromTemporaries(isTemporary: (local: number) => boolean): void {
    let needed = false;
    this.#forEachPendingLocal((_node, local) => (needed ||= isTemporary(local)));
    if (needed) this.#keep(isTemporary);
  }

  /** They are in their locals, or where `elsewhere` says. */
  forget(elsewhere = 0): void {
    this.#clear();
    this.elsewhere = elsewhere;
  }

  save(): KnownFlags {
    const { elsewhere } = this;
    return { pending: [...this.#pending], registers: this.#registers, elsewhere, compared: this.#compared };
  }

  restore({ pending, registers, elsewhere, compared }: KnownFlags): void {
    this.#pending = [...pending];
    this.#registers = registers;
    this.elsewhere = elsewhere;
    this.#compared = compared;
  }
}
