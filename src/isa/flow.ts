/**
 * Where control and literal loads go, as far as the word alone tells: conditions, targets of direct branches, addresses of literals. Derived
 * from rows; knows no state, so that whatever depends on a register is undefined here.
 */
import { extractFields } from './decode.js';
import { Fact, type CompiledRow, type Isa } from './row.js';

/** An instruction where it stands. */
export interface PlacedInstruction {
  /** Virtual address, u32. */
  readonly address: number;
  readonly isa: Isa;
  /** As the table has words: a T32 one with its first halfword in the high half. */
  readonly word: number;
  /** undefined for a word that is not allocated. */
  readonly row: CompiledRow | undefined;
}

/** The condition (0 to 14) in a word that carries its own; 14 for others. */
export function conditionOf({ isa, word, row }: Omit<PlacedInstruction, 'address'>): number {
  if (isa === 'A32') return row?.conditional === true ? word >>> 28 : 14;
  // B<c> T1 and T3
  if (isa === 'T16' && word >>> 12 === 0xd && ((word >>> 8) & 15) < 14) return (word >>> 8) & 15;
  if (isa === 'T32' && word >>> 27 === 0x1e && (word & 0xd000) === 0x8000 && ((word >>> 23) & 7) !== 7) {
    return (word >>> 22) & 15;
  }
  return 14;
}

/** Where a branch with an offset in its word goes, and in which state; undefined for other instructions. */
export function directTarget({
  isa,
  word,
  row,
  address,
}: PlacedInstruction): { address: number; thumb: boolean } | undefined {
  if (row === undefined || (row.facts & Fact.branch) === 0 || (row.facts & Fact.indirect) !== 0) return undefined;
  const { imm32 } = row.args(extractFields(row, word | 0));
  if (imm32 === undefined) return undefined;
  const thumb = isa !== 'A32';
  const changes = (row.facts & Fact.interworking) !== 0;
  let base = address + (thumb ? 4 : 8);
  if (thumb && changes) base -= base % 4;
  return { address: (base + imm32) >>> 0, thumb: thumb !== changes };
}

/** The address from which a load relative to PC reads, or undefined for other instructions. */
export function literalAddress({ isa, word, row, address }: PlacedInstruction): number | undefined {
  const wanted = Fact.load | Fact.readsPc;
  if (row === undefined || (row.facts & wanted) !== wanted) return undefined;
  const { offset, imm32 } = row.args(extractFields(row, word | 0));
  const distance = offset ?? imm32;
  if (distance === undefined) return undefined;
  const base = address + (isa === 'A32' ? 8 : 4);
  return (base - (base % 4) + distance) >>> 0;
}
