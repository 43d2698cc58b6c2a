/** Extension registers in memory, as a region moves them: runs of words whose number is known. Knows no instruction. */
import type { Value } from '../../ops/builder.js';
import { V } from '../emit-float.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';

export class ExtensionMemory {
  /** @param cover checks a run of words and returns the local with the host's address of the first; leaves where the TLB does not serve them */
  constructor(
    private readonly code: CodeWriter,
    private readonly cover: (address: Value, words: number, write: boolean) => number,
  ) {}

  /** Loads `words` words from `address` into the registers from byte `register` of their file on. Where the TLB serves an access, CPSR.E is clear. */
  load(register: number, words: number, address: Value): void {
    const { code } = this;
    const host = this.cover(address, words, false);
    forEachPart(words, (at, double) => {
      code.const(0);
      code.get(host);
      code.load(double ? Op.i64_load : Op.i32_load, at);
      code.store(double ? Op.i64_store : Op.i32_store, V + register + at);
    });
  }

  store(register: number, words: number, address: Value): void {
    const { code } = this;
    const host = this.cover(address, words, true);
    forEachPart(words, (at, double) => {
      code.get(host);
      code.const(0);
      code.load(double ? Op.i64_load : Op.i32_load, V + register + at);
      code.store(double ? Op.i64_store : Op.i32_store, at);
    });
  }
}

/** By doublewords, and a word where one is left. */
function forEachPart(words: number, move: (at: number, double: boolean) => void): void {
  for (let at = 0; at < 4 * words; at += 8) move(at, at + 8 <= 4 * words);
}
