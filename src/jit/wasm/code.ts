/**
 * Writes the body of one WebAssembly function: instructions, locals by need, and branches to labels instead of depths. Tracks whether the
 * point of writing can be reached, so that callers need not emit code behind a branch. Knows nothing of ARM or of modules.
 */
import { assert } from '../../util/assert.js';
import { ByteWriter } from './bytes.js';
import { Op, type ValueTypeCode, ValueType } from './opcodes.js';
import { Simd, SIMD_PREFIX } from './simd-opcodes.js';

/** Where branches go: the end of a block or `if`, or the head of a loop. */
export class Label {
  constructor(readonly name: string) {}
}

const EMPTY_BLOCK_TYPE = 0x40;

export class CodeWriter {
  readonly #out: ByteWriter;
  readonly #params: number;
  readonly #locals: ValueTypeCode[] = [];
  readonly #labels: (Label | undefined)[] = [];
  readonly #unreachable: boolean[] = [];
  #dead = false;
  /** Position and local of a `local.set` that ended the code so far: a `local.get` of the same local turns it into a `local.tee`. */
  #setAt = -1;
  #setEnd = -1;
  #setLocal = -1;

  /** @param params number of i32 parameters; they are locals 0 to params - 1. */
  constructor(params: number, capacity = 256) {
    this.#params = params;
    this.#out = new ByteWriter(capacity);
  }

  /** False behind an unconditional branch, until the enclosing block ends. */
  get reachable(): boolean {
    return !this.#dead;
  }

  /** Bytes of instructions so far. */
  get length(): number {
    return this.#out.length;
  }

  /** A new local, zero at first. */
  local(type: ValueTypeCode = ValueType.i32): number {
    this.#locals.push(type);
    return this.#params + this.#locals.length - 1;
  }

  /** An instruction without immediates. */
  op(opcode: number): void {
    this.#out.byte(opcode);
    if (opcode === Op.return || opcode === Op.unreachable) this.#dead = true;
  }

  const(value: number): void {
    this.#out.byteS32(Op.i32_const, value);
  }

  /** An i64 constant that fits an i32. */
  const64(value: number): void {
    this.#out.byteS32(Op.i64_const, value);
  }

  /** Any i64 constant. */
  constLong(value: bigint): void {
    this.#out.byte(Op.i64_const);
    this.#out.s64(value);
  }

  constDouble(value: number): void {
    this.#out.byte(Op.f64_const);
    this.#out.bytes(new Uint8Array(Float64Array.of(value).buffer));
  }

  /** A v128 constant: four words, the least significant first. */
  constVector(words: readonly [number, number, number, number]): void {
    this.simd(Simd.v128_const);
    for (const word of words) for (let shift = 0; shift < 32; shift += 8) this.#out.byte((word >>> shift) & 0xff);
  }

  /** A vector instruction without immediates. */
  simd(opcode: number): void {
    this.#out.byteU32(SIMD_PREFIX, opcode);
  }

  /** A vector instruction that names a lane. */
  simdLane(opcode: number, lane: number): void {
    this.simd(opcode);
    this.#out.byte(lane);
  }

  /** i8x16.shuffle: 16 numbers of bytes, 0 to 31. */
  simdShuffle(bytes: readonly number[]): void {
    assert(bytes.length === 16 && bytes.every((byte) => byte >= 0 && byte < 32), 'a shuffle of 16 bytes out of 32');
    this.simd(Simd.i8x16_shuffle);
    this.#out.bytes(bytes);
  }

  /** A vector load or store, of a `lane` where the instruction has one. No alignment is promised. */
  simdAccess(opcode: number, offset: number, lane?: number): void {
    this.simd(opcode);
    this.#out.byteU32(0, offset);
    if (lane !== undefined) this.#out.byte(lane);
  }

  /** `select` of values of a type other than i32, i64, f32, f64. */
  selectTyped(type: ValueTypeCode): void {
    this.#out.byte(Op.select_typed);
    this.#out.byte(1);
    this.#out.byte(type);
  }

  get(local: number): void {
    if (this.#setEnd === this.#out.length && this.#setLocal === local) {
      this.#out.patch(this.#setAt, Op.local_tee);
      this.#setEnd = -1;
      return;
    }
    this.#out.byteU32(Op.local_get, local);
  }

  set(local: number): void {
    this.#setAt = this.#out.length;
    this.#out.byteU32(Op.local_set, local);
    this.#setEnd = this.#out.length;
    this.#setLocal = local;
  }

  /** A load; the address is on the stack. `offset` (u32) is added to it without wrapping. */
  load(opcode: number, offset: number): void {
    this.#access(opcode, offset);
  }

  /** A store; address and value are on the stack. */
  store(opcode: number, offset: number): void {
    this.#access(opcode, offset);
  }

  /** Loads the i32 at a fixed byte address. */
  loadWord(address: number): void {
    this.const(0);
    this.#access(Op.i32_load, address);
  }

  /** Stores an i32 at a fixed byte address. `value` pushes it. */
  storeWord(address: number, value: () => void): void {
    this.const(0);
    value();
    this.#access(Op.i32_store, address);
  }

  block(label: Label, body: () => void): void {
    this.#enter(Op.block, label);
    body();
    this.#leave();
  }

  /** A branch to `label` inside repeats; falling off the end leaves the loop. */
  loop(label: Label, body: () => void): void {
    this.#enter(Op.loop, label);
    body();
    this.#leave();
  }

  /** The condition is on the stack. */
  if(then: () => void, otherwise?: () => void): void {
    this.#enter(Op.if, undefined);
    then();
    if (otherwise !== undefined) {
      this.#out.byte(Op.else);
      const thenDead = this.#dead;
      this.#dead = this.#unreachable[this.#unreachable.length - 1];
      otherwise();
      this.#leave(thenDead && this.#dead);
    } else this.#leave();
  }

  br(label: Label): void {
    this.#out.byteU32(Op.br, this.#depth(label));
    this.#dead = true;
  }

  brIf(label: Label): void {
    this.#out.byteU32(Op.br_if, this.#depth(label));
  }

  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#out.byteU32(Op.br_table, labels.length);
    for (const label of labels) this.#out.u32(this.#depth(label));
    this.#out.u32(this.#depth(otherwise));
    this.#dead = true;
  }

  call(functionIndex: number): void {
    this.#out.byteU32(Op.call, functionIndex);
  }

  /** Calls through table 0; arguments and then the element's index are on the stack. */
  callIndirect(typeIndex: number): void {
    this.#out.byteU32(Op.call_indirect, typeIndex);
    this.#out.byte(0);
  }

  /** The function's entry of a code section. */
  finish(): ByteWriter {
    const entry = new ByteWriter(this.#out.length + 16);
    this.writeTo(entry);
    return entry;
  }

  /** Appends the function's entry of a code section: its size, locals, instructions and end. */
  writeTo(out: ByteWriter): void {
    assert(this.#labels.length === 0, 'a block was left open');
    const locals = new ByteWriter(16);
    const runs: { type: ValueTypeCode; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs[runs.length - 1];
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    locals.u32(runs.length);
    for (const run of runs) {
      locals.u32(run.count);
      locals.byte(run.type);
    }
    out.u32(locals.length + this.#out.length + 1);
    out.append(locals);
    out.append(this.#out);
    out.byte(Op.end);
  }

  #access(opcode: number, offset: number): void {
    this.#out.byte(opcode);
    this.#out.byteU32(0, offset);
  }

  #enter(opcode: number, label: Label | undefined): void {
    this.#out.byte(opcode);
    this.#out.byte(EMPTY_BLOCK_TYPE);
    this.#labels.push(label);
    this.#unreachable.push(this.#dead);
  }

  /** Behind a block or `if` code counts as reachable if the block itself was, unless the caller knows better (both arms end in a branch). */
  #leave(dead = false): void {
    this.#out.byte(Op.end);
    this.#labels.pop();
    this.#dead = (this.#unreachable.pop() as boolean) || dead;
  }

  #depth(label: Label): number {
    const at = this.#labels.lastIndexOf(label);
    // PERF: the message is made where it is needed.
    if (at < 0) assert(false, `label ${label.name} is not open here`);
    return this.#labels.length - 1 - at;
  }
}
