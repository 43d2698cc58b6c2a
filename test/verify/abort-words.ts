/** Code around the instruction of an abort case: its halfwords as they lie in memory, and the Load-Exclusive that a Store-Exclusive needs. */
import type { RandomSource } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';

/** A word as halfwords in the order of addresses. */
export function halfwordsOf(isa: Isa, word: number): number[] {
  const [low, high] = [word & 0xffff, word >>> 16];
  return isa === 'A32' ? [low, high] : isa === 'T16' ? [low] : [high, low];
}

/** Load-Exclusives by the suffix of the store, with every register zero. */
const LOADS: Readonly<Record<string, { readonly A32: number; readonly T32: number }>> = {
  STREX: { A32: 0xe190_0f9f, T32: 0xe850_0f00 },
  STREXB: { A32: 0xe1d0_0f9f, T32: 0xe8d0_0f4f },
  STREXH: { A32: 0xe1f0_0f9f, T32: 0xe8d0_0f5f },
  STREXD: { A32: 0xe1b0_0f9f, T32: 0xe8d0_007f },
};

/** The Load-Exclusive of the same place and size, to registers that the Store-Exclusive does not use. */
export function monitorFor(
  { name, isa }: CompiledRow,
  operands: Readonly<Record<string, number>>,
  random: RandomSource,
): number[] {
  const used = [operands.n, operands.d, operands.t, operands.t2];
  const free = [0, 2, 4, 6, 8, 10].filter((n) => !used.includes(n) && !used.includes(n + 1));
  const t = free[random() % free.length];
  let word = LOADS[name][isa === 'A32' ? 'A32' : 'T32'] | (operands.n << 16) | (t << 12);
  if (isa !== 'A32' && name === 'STREXD') word |= (t + 1) << 8;
  if (isa !== 'A32' && name === 'STREX') word |= operands.imm32 >>> 2;
  return halfwordsOf(isa, word);
}
