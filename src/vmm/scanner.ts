/**
 * The scanner: analyses privileged guest code lazily, block by block, from an entry along the fall-through path to the first instruction
 * that ends the block. It classifies from the table and reports sites; it plants nothing, and decides nothing that depends on flags or IT state (both are run-time matters).
 */
import { decode, thumbLengthOf } from '../isa/decode.js';
import { Fact, type CompiledRow, type Isa } from '../isa/row.js';
import { PAGE } from '../mem/layout.js';
import { siteClass, type ExitClassId } from './classes.js';
import type { InnocuousWords } from './innocuous.js';

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

/** A page of guest code as it lies in the machine's memory. */
export interface CodePage {
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  /** Byte address of the page in the memory. */
  readonly host: number;
  /** By halfword of the page: other than 0 where an analysed instruction starts. */
  readonly starts: Uint16Array;
}

/** Instructions that {@link passInnocuous} has passed, one reused object. */
export interface Passed {
  instructions: number;
  /** Byte offset in the page behind the last one. */
  end: number;
}

const passed: Passed = { instructions: 0, end: 0 };

/**
 * Passes over the instructions from byte offset `at` of a page on that are known to need no look at their rows, up to one that does or that was analysed
 * before. Notes `number` where each starts.
 * PERF: nearly all of a guest's code is passed here, cold: nothing is read or decoded by calls for each instruction (the analysis of `uboot.bench`).
 */
export function passInnocuous(
  words: InnocuousWords,
  page: CodePage,
  at: number,
  thumb: number,
  number: number,
): Passed {
  const { u16, i32, host, starts } = page;
  const first = at;
  let offset = at;
  if (thumb === 0) {
    while (offset < PAGE && starts[offset >> 1] === 0 && words.a32(i32[(host + offset) >>> 2])) {
      starts[offset >> 1] = number;
      offset += 4;
    }
    passed.instructions = (offset - first) >> 2;
  } else {
    let instructions = 0;
    // The last halfword of a page may be half an instruction.
    while (offset < PAGE - 2 && starts[offset >> 1] === 0) {
      const half = u16[(host + offset) >>> 1];
      const next = u16[(host + offset + 2) >>> 1];
      const length = thumbLengthOf(words.features, half, next);
      if (!(length === 2 ? words.t16(half) : words.t32((half << 16) | next))) break;
      starts[offset >> 1] = number;
      offset += length;
      instructions++;
    }
    passed.instructions = instructions;
  }
  passed.end = offset;
  return passed;
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
