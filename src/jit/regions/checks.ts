/**
 * What a region does before it accesses memory: it leaves unless the TLB serves the access as tier 0 would be served, and has the host's address then.
 * Knows no operation.
 */
import type { DataSize, Value } from '../../ops/builder.js';
import { PAGE } from '../../mem/layout.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import type { Expressions } from './expressions.js';
import type { Frame } from './frame.js';
import type { Instruction } from './instructions.js';
import { placeOf } from './loops.js';

export class AccessChecks {
  /** Places whose last pages are remembered here (page-locals.ts), as bits. */
  places = 0;

  /**
   * @param bank byte address of the TLB bank that is in use wherever the region is executed
   * @param leaveIf leaves the region, so that the present instruction is executed by itself, if what is on the stack is not zero
   */
  constructor(
    private readonly code: CodeWriter,
    private readonly x: Expressions,
    private readonly frame: Frame,
    private readonly bank: number,
    private readonly leaveIf: () => void,
  ) {}

  /** Puts a value that will be pushed several times into a local. */
  #pin(value: Value): void {
    if (this.x.isConstant(value) || this.x.local(value) >= 0) return;
    this.x.compute(this.code, value);
    const local = this.frame.temporary();
    this.code.set(local);
    this.x.home(value, local);
  }

  /**
   * Leaves unless the TLB serves an access of `words` words (or of `size` bytes) at `address`, aligned to its size. Returns the local with the
   * entry: address + entry is where it is in the memory.
   */
  served(instruction: Instruction, address: Value, size: DataSize, words: number, table: number): number {
    this.#pin(address);
    const place = this.x.isConstant(address) ? -1 : placeOf(instruction, table !== 0);
    if (place < 0 || ((this.places >>> place) & 1) === 0) {
      const entry = this.frame.temporary();
      this.#leaveUnlessServed(address, size, words, table, entry);
      return entry;
    }
    const { pages } = this.frame;
    const { page, entry } = pages.at(place);
    if (pages.isKnown(place)) this.#leaveUnlessInPage(address, size, words, table, page, entry);
    else {
      this.#leaveUnlessServed(address, size, words, table, entry);
      this.#pushPage(address, 1);
      this.code.set(page);
      pages.learn(place);
    }
    return entry;
  }

  #leaveUnlessServed(address: Value, size: DataSize, words: number, table: number, entry: number): void {
    this.#loadEntry(address, table, entry);
    this.#pushRefused(address, size, entry);
    if (words > 1) {
      this.#pushCrosses(address, words);
      this.code.op(Op.i32_or);
    }
    this.leaveIf();
  }

  /** The same where the locals `page` and `entry` say what served the last access. */
  #leaveUnlessInPage(address: Value, size: DataSize, words: number, table: number, page: number, entry: number): void {
    const { code } = this;
    const here = this.frame.temporary();
    this.#pushPage(address, size);
    code.set(here);
    code.get(here);
    code.get(page);
    code.op(Op.i32_ne);
    code.if(() => {
      this.#loadEntry(address, table, entry);
      this.#pushRefused(address, size, entry);
      this.leaveIf();
      code.get(here);
      code.set(page);
    });
    if (words <= 1) return;
    this.#pushCrosses(address, words);
    this.leaveIf();
  }

  /** Pushes the page of an address, and what of it is not aligned. */
  #pushPage(address: Value, size: DataSize): void {
    this.x.push(this.code, address);
    this.code.const(-PAGE | (size - 1));
    this.code.op(Op.i32_and);
  }

  /** Pushes whether an entry is invalid, or an address not aligned. */
  #pushRefused(address: Value, size: DataSize, entry: number): void {
    const { code, x } = this;
    code.get(entry);
    if (size > 1) {
      x.push(code, address);
      code.op(Op.i32_or);
    }
    code.const(size > 1 ? size - 1 : 1);
    code.op(Op.i32_and);
  }

  /** Pushes whether the last of several words is in another page than the first. PERF: three instructions; a comparison as a value takes five. */
  #pushCrosses(address: Value, words: number): void {
    const { code, x } = this;
    x.push(code, address);
    code.const(4 * (words - 1));
    code.op(Op.i32_add);
    x.push(code, address);
    code.op(Op.i32_xor);
    code.const(-PAGE);
    code.op(Op.i32_and);
  }

  /** Loads the TLB entry of an address into a local. */
  #loadEntry(address: Value, table: number, entry: number): void {
    const { code, x } = this;
    if (x.isConstant(address)) {
      code.const(0);
      code.load(Op.i32_load, this.bank + table + ((x.word(address) >>> 12) << 2));
    } else {
      x.push(code, address);
      code.const(10);
      code.op(Op.i32_shr_u);
      code.const(0x3f_fffc);
      code.op(Op.i32_and);
      code.load(Op.i32_load, this.bank + table);
    }
    code.set(entry);
  }

  /** Pushes where an address is in the memory. */
  pushHost(address: Value, entry: number): void {
    this.x.push(this.code, address);
    this.code.get(entry);
    this.code.op(Op.i32_add);
  }

  /**
   * The local with the host's address of `bytes` bytes in one page that the TLB serves; leaves if there is none, or an element is not aligned to
   * its size (a doubleword to its words'), or all of them to `alignment`.
   */
  run(address: Value, bytes: number, size: number, alignment: Value, table: number): number {
    const { code, x } = this;
    this.#pin(address);
    const entry = this.frame.temporary();
    this.#loadEntry(address, table, entry);
    code.get(entry);
    code.const(1);
    code.op(Op.i32_and);
    x.push(code, address);
    code.const((Math.min(size, 4) - 1) | (x.word(alignment) - 1));
    code.op(Op.i32_and);
    code.op(Op.i32_or);
    x.push(code, address);
    code.const(PAGE - 1);
    code.op(Op.i32_and);
    code.const(PAGE - bytes);
    code.op(Op.i32_gt_u);
    code.op(Op.i32_or);
    this.leaveIf();
    this.pushHost(address, entry);
    const host = this.frame.temporary();
    code.set(host);
    return host;
  }
}
