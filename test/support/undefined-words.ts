/** Random words against `qemu-arm`: what is Undefined here is so there, and only that. Each word stands in a slot of its own, in User mode. */
import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { CompiledRow, Isa } from '../../src/isa/row.js';
import {
  Field,
  RECORDS,
  SEQUENCE,
  SequenceBlock,
  SIGILL,
  SIGNAL,
  slotAddress,
  windowAddress,
  WINDOWS,
} from './sequence-block.js';
import { disassemble } from './vectors.js';

const NOP: Readonly<Record<Isa, number>> = { A32: 0xe1a0_0000, T16: 0xbf00, T32: 0xf3af_8000 };
/** Words of a block. */
const SLOTS = 512;

type Row = CompiledRow | undefined;

export interface WordSpace {
  readonly isa: Isa;
  readonly seed: number;
  /** Of {@link SLOTS} words each. */
  readonly blocks: number;
  /** Doublewords of extension registers that the words may change: 0 or 32. */
  readonly extension: 0 | 32;
  /** The next word, u32. */
  draw(random: RandomSource): number;
  /** Words that are not to be executed there. */
  skipped(word: number, row: Row): boolean;
  /** What is Undefined here; unless told, what has no row or a row without an operation. */
  readonly isUndefined?: (row: Row) => boolean;
  /** Words at which the two may differ. */
  mayDiffer?(word: number): boolean;
}

/** Fails with all words at which the two differ. @returns how many were Undefined */
export function assertUndefinedAlike(space: WordSpace): number {
  const { isa, extension, isUndefined = (row: Row) => row === undefined || row.operation === null } = space;
  const random = seededRandom(space.seed);
  const length = isa === 'T16' ? 2 : 4;
  const differences: string[] = [];
  let undefinedWords = 0;
  for (let blocks = space.blocks; blocks > 0; blocks--) {
    const block = new SequenceBlock({ state: isa === 'A32' ? 'arm' : 'thumb', slots: SLOTS, rounds: 1, extension });
    const words = Array.from({ length: SLOTS }, (_, i) => {
      const drawn = space.draw(random) >>> 0;
      const word = space.skipped(drawn, decode(isa, drawn | 0)) ? NOP[isa] : drawn;
      const at = slotAddress(i) + SEQUENCE;
      block.plant(at, word, length);
      block.plantEnd(i, at + length);
      block.records.fill(windowAddress(SLOTS >> 1), block.recordIndex(i, 0), block.recordIndex(i, 0) + 15);
      return word;
    });
    const { bytes, ended } = block.run('cortex-a15');
    assert.equal(ended, undefined);
    const records = new DataView(bytes.buffer, bytes.byteOffset + RECORDS - WINDOWS);
    words.forEach((word, i) => {
      const row = decode(isa, word | 0);
      const ours = isUndefined(row);
      if (ours) undefinedWords++;
      const theirs = records.getInt32(4 * (block.recordIndex(i, 0) + Field.STATUS), true) === (SIGNAL | SIGILL);
      if (ours === theirs || space.mayDiffer?.(word)) return;
      const name = row === undefined ? 'unallocated' : `${row.name} ${row.encoding}`;
      const text = disassemble(word, length, isa !== 'A32');
      differences.push(`${word.toString(16)} ${text}: ${name}, there ${theirs ? '' : 'not '}Undefined`);
    });
  }
  assert.deepEqual(differences, []);
  return undefinedWords;
}
