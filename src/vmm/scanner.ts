/**
 * The scanner: analyses privileged guest code lazily, block by block, from an entry along the fall-through path to the first instruction
 * that ends the block. It classifies from the table and reports sites; it plants nothing, and decides nothing that depends on flags or IT state (both are run-time matters).
 */
import { decode, thumbLengthOf } from '../isa/decode.js';
import { Fact, type CompiledRow, type Isa } from '../isa/row.js';
import { PAGE } from '../mem/layout.js';
import { siteClass, type ExitClassId } from './classes.js';

/** One instruction as the scanner reports it. */
export interface ScannedInstruction {
  pa: number;
  isa: Isa;
  word: number;
  length: number;
  row: CompiledRow | undefined;
  /** The class under which it must be replaced, or undefined. */
  cls: ExitClassId | undefined;
}

/** Where the scanner reads guest code. Addresses are physical. */
export interface CodeReader {
  /** Reads the halfword or word at `pa` as an unsigned number, or returns -1 where there is no memory. */
  read(pa: number, size: 2 | 4): number;
  /** Physical address that follows the page of `pa` in the guest's virtual address space, or -1 if none is mapped for fetching. */
  nextPage(pa: number): number;
  /** Features of the guest's processor, as a mask of isa/features.ts. */
  readonly features: number;
}

const scratch: ScannedInstruction = { pa: 0, isa: 'A32', word: 0, length: 4, row: undefined, cls: undefined };

/**
 * Reads and classifies the instruction at `pa`. The result is one reused object. Returns undefined where there is no memory.
 * A word that crosses into the next page takes its second half from `reader.nextPage`.
 */
export function scanInstruction(reader: CodeReader, pa: number, thumb: number): ScannedInstruction | undefined {
  scratch.pa = pa;
  if (thumb === 0) {
    const word = reader.read(pa, 4);
    if (word < 0) return undefined;
    scratch.isa = 'A32';
    scratch.word = word | 0;
    scratch.length = 4;
  } else {
    const first = reader.read(pa, 2);
    if (first < 0) return undefined;
    const atEnd = (pa + 2) % PAGE === 0;
    let second = atEnd ? -1 : reader.read(pa + 2, 2);
    scratch.length = thumbLengthOf(reader.features, first, second);
    if (scratch.length === 2) {
      scratch.isa = 'T16';
      scratch.word = first;
    } else {
      if (atEnd) {
        const rest = reader.nextPage(pa);
        second = rest < 0 ? -1 : reader.read(rest, 2);
      }
      if (second < 0) return undefined;
      scratch.isa = 'T32';
      scratch.word = (first << 16) | second;
    }
  }
  scratch.row = decode(scratch.isa, scratch.word, reader.features);
  scratch.cls = siteClass(scratch.row);
  return scratch;
}

/**
 * True if control cannot simply fall through, or may go elsewhere: the block ends behind this instruction. A conditional sensitive
 * instruction does not end the path.
 */
export function endsBlock(instruction: Pick<ScannedInstruction, 'isa' | 'word' | 'row'>): boolean {
  const row = instruction.row;
  if (row === undefined) return true;
  if (row.facts & Fact.branch) return true;
  const unconditional = instruction.isa !== 'A32' || !row.conditional || instruction.word >>> 28 === 0xe;
  return unconditional && (row.facts & (Fact.exceptionReturn | Fact.exceptionCall | Fact.undefined)) !== 0;
}
