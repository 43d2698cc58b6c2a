/**
 * Random sequences, executed by the reference, by tier 0 and by `qemu-arm`, and compared: registers, flags, FPSCR and extension registers after
 * each sequence in each round, memory at the end. A difference that no entry of {@link EXPLAINED} covers is shrunk and thrown.
 */
import { featureMask, type Feature } from '../../src/isa/features.js';
import { seededRandom } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { rowLabel } from '../../src/isa/compile.js';
import { table } from '../../src/isa/table.js';
import { cortexA15, type CpuModel } from '../../src/cpu/models.js';
import {
  Field,
  RECORDS,
  RECORD_WORDS,
  SequenceBlock,
  SIGBUS,
  SIGNAL,
  WINDOW_BYTES,
  windowAddress,
  WINDOWS,
  type BlockOutput,
  type ExtensionRegisters,
} from './sequence-block.js';
import { Contestants, recordDifferences, type SequenceReference } from './sequence-rig.js';
import { shrink, type Divergence } from './sequence-shrink.js';
import { SequenceAuthor, type Sequence } from './sequences.js';

export interface FuzzOptions {
  readonly seed: number;
  /** At least so many vectors: an instruction executed with one set of operands. */
  readonly vectors: number;
  readonly isa: Isa;
  readonly rows: readonly CompiledRow[];
  readonly model?: CpuModel;
  /** Instructions in the longest sequence. Default: 50. */
  readonly longest?: number;
  /** Sequences in a block (one qemu-arm process), and rounds with new operands for each. */
  readonly slots?: number;
  readonly rounds?: number;
}

export interface FuzzResult {
  readonly vectors: number;
  readonly sequences: number;
  /** Rows for which no word or no operands were found. */
  readonly unreached: readonly string[];
  /** How often each explained difference was met. */
  readonly explained: ReadonlyMap<string, number>;
}

/** A difference that the manual allows, in one record. */
export interface Explained {
  readonly what: string;
  readonly why: string;
  readonly section: string;
  readonly test: string;
  applies(sequence: Sequence, ours: Int32Array, theirs: Int32Array): boolean;
}

/** A row that is not compared on some models, because the manual says one thing and `qemu-arm` does another. */
export interface LeftToTheManual {
  readonly what: string;
  readonly why: string;
  readonly section: string;
  readonly test: string;
  applies(row: CompiledRow, model: CpuModel): boolean;
}

const lacks = (model: CpuModel, feature: Feature): boolean => (model.features & featureMask([feature])) === 0;

export const LEFT_TO_THE_MANUAL: readonly LeftToTheManual[] = [
  {
    what: 'VFMA and VFMS of vectors without Advanced SIMDv2',
    why: 'Undefined here; qemu-arm executes them on the Cortex-A8.',
    section: 'A8.8.317',
    test: 'test/cpu/random-integer.test.ts: fused multiplication of vectors needs Advanced SIMDv2',
    applies: ({ extension }, model) => extension === 'advanced-simd-v2' && lacks(model, 'advanced-simd-v2'),
  },
  {
    what: 'VMSR to FPSCR without the half-precision extension',
    why: 'AHP is UNK/SBZP there: it reads as zero here, qemu-arm keeps what is written.',
    section: 'B4.1.58',
    test: 'test/cpu/random-integer.test.ts: FPSCR.AHP reads as zero without the half-precision extension',
    applies: ({ name }, model) => name.startsWith('VMSR') && lacks(model, 'half-precision'),
  },
  {
    what: '16-bit encodings of ARMv6T2 (hints, CBZ, IT) before it',
    why: 'Undefined here; qemu-arm executes some of them on the ARM1176.',
    section: 'A8.8.119',
    test: 'test/cpu/random-integer.test.ts: 16-bit encodings of ARMv6T2 are Undefined on the ARM1176',
    applies: ({ isa, extension }, model) => isa === 'T16' && extension === 'v6T2' && lacks(model, 'v6T2'),
  },
];

export const EXPLAINED: readonly Explained[] = [
  {
    what: 'a branch to an address with bits 1:0 = 10 in ARM state',
    why: 'UNPREDICTABLE: Trapline goes to the word there, qemu-arm takes an alignment fault.',
    section: 'A2.3.1',
    test: 'test/cpu/random-integer.test.ts: branches to halfwords in ARM state go to the word',
    applies: ({ items }, _ours, theirs) =>
      theirs[Field.STATUS] === (SIGNAL | SIGBUS) &&
      (theirs[Field.FAULT_PC] & 3) === 2 &&
      items.some(({ row }) => row !== undefined && (row.facts & Fact.interworking) !== 0),
  },
];

/** Whether a model has IT blocks and T32. */
export function hasThumb2(model: CpuModel): boolean {
  return (model.features & featureMask(['v6T2'])) !== 0;
}

/** The bits of FPSCR that a model has: AHP and QC came with extensions. */
function fpscrBits(model: CpuModel): number {
  return ~((lacks(model, 'half-precision') ? 1 << 26 : 0) | (lacks(model, 'advanced-simd') ? 1 << 27 : 0));
}

/** How many extension registers can be loaded and compared: none until there are instructions that do it. */
export function extensionRegisters(model: CpuModel): ExtensionRegisters {
  if (!table.some(({ name, operation }) => /^VLDM/.test(name) && operation !== null)) return 0;
  return (model.features & featureMask(['advanced-simd'])) !== 0 ? 32 : 16;
}

function recordsOf(bytes: Uint8Array): Int32Array {
  const at = RECORDS - WINDOWS;
  const copy = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(copy.buffer, copy.byteOffset + at, (copy.length - at) >> 2);
}

interface Compared {
  readonly block: SequenceBlock;
  readonly sequences: readonly Sequence[];
  readonly expected: Int32Array;
  readonly reference: SequenceReference;
  readonly explained: Map<string, number>;
}

function compare(
  { block, sequences, expected, reference, explained }: Compared,
  bytes: Uint8Array,
  who: string,
): Divergence | undefined {
  const { slots, rounds } = block.shape;
  const records = recordsOf(bytes);
  for (let k = 0; k < expected.length; k++) {
    if (expected[k] === records[k]) continue;
    const record = Math.floor(k / RECORD_WORDS);
    const [slot, round] = [record % slots, Math.floor(record / slots)];
    if (round >= rounds) break;
    const at = record * RECORD_WORDS;
    const [ours, theirs] = [expected, records].map((all) => all.subarray(at, at + RECORD_WORDS));
    k = at + RECORD_WORDS - 1;
    const says = recordDifferences(ours, theirs, who);
    if (says.length === 0) continue;
    const reason = EXPLAINED.find((entry) => entry.applies(sequences[slot], ours, theirs));
    if (reason === undefined) return { slot, round, who, says };
    explained.set(reason.what, (explained.get(reason.what) ?? 0) + 1);
  }
  for (let slot = 0; slot < slots; slot++) {
    const ours = reference.memory(windowAddress(slot), WINDOW_BYTES);
    const theirs = bytes.subarray(windowAddress(slot) - WINDOWS, windowAddress(slot) - WINDOWS + WINDOW_BYTES);
    if (Buffer.compare(ours, theirs) === 0) continue;
    const at = ours.findIndex((byte, n) => byte !== theirs[n]);
    const address = (windowAddress(slot) + at).toString(16);
    const says = `memory at ${address}: the reference has ${ours[at].toString(16)}, ${who} ${theirs[at].toString(16)}`;
    return { slot, round: undefined, who, says: [says] };
  }
  return undefined;
}

function judge(compared: Compared, { bytes, ended }: BlockOutput, who: string, whence: string): Divergence | undefined {
  const whole = bytes.length === RECORDS - WINDOWS + 4 * compared.expected.length;
  const found = whole ? compare(compared, bytes, who) : undefined;
  if (found === undefined && ended !== undefined) throw new Error(`${ended} (${whence})`);
  return found;
}

/**
 * Runs at least `vectors` vectors.
 * @throws Error that names the seed of the block, the shortest sequence that shows the difference, and the state before it.
 */
export function fuzz(options: FuzzOptions, contestants = new Contestants(options.model ?? cortexA15)): FuzzResult {
  const { seed, vectors, isa, longest = 50, slots = 512, rounds = 32 } = options;
  const { model, reference, engine } = contestants;
  const extension = extensionRegisters(model);
  const rows = options.rows.filter(
    (row) =>
      (extension > 0 || !/vfp|simd|half/.test(row.extension ?? '')) &&
      !LEFT_TO_THE_MANUAL.some((entry) => entry.applies(row, model)),
  );
  const itBlocks = hasThumb2(model);
  const reached = new Set<CompiledRow>();
  const explained = new Map<string, number>();
  let done = 0;
  let sequenceCount = 0;
  const block = (blockSeed: number, some: readonly CompiledRow[], slotCount: number): void => {
    const random = seededRandom(blockSeed);
    const repeat = `TRAPLINE_SEED=${blockSeed} npx mocha test/verify/execution.test.ts -g '${isa} on ${model.name}'`;
    const whence = `${isa} on ${model.name}, seed ${blockSeed} (${repeat})`;
    const shape = { state: isa === 'A32' ? 'arm' : 'thumb', slots: slotCount, rounds, extension } as const;
    const own = new SequenceBlock(shape);
    reference.load(own);
    const diet = { isa, rows: some, random, longest, itBlocks, fpscr: fpscrBits(model) };
    // A block follows from its own seed, so that a failure is repeated by that alone.
    const author = new SequenceAuthor(own, reference, diet, random() % some.length);
    const expected = new Int32Array(slotCount * rounds * RECORD_WORDS);
    const sequences = Array.from({ length: slotCount }, (_, i) => author.write(i, expected));
    const compared: Compared = { block: own, sequences, expected, reference, explained };
    const found =
      judge(compared, engine.run(own), 'tier 0', whence) ?? judge(compared, own.run(model.name), 'qemu-arm', whence);
    if (found !== undefined) throw new Error(`${whence}\n${shrink(contestants, own, sequences[found.slot], found)}`);
    for (const row of author.reached) reached.add(row);
    for (const { executed } of sequences) done += executed;
    sequenceCount += slotCount * rounds;
  };
  for (let number = 0; done < vectors; number++) block(seed + number, rows, slots);
  const unreached = (): CompiledRow[] => rows.filter((row) => !reached.has(row));
  // A short run may not have come to every row.
  for (let more = 0; more < 8 && unreached().length > 0; more++) block(seed + 0x8_0000 + more, unreached(), 32);
  return { vectors: done, sequences: sequenceCount, unreached: unreached().map(rowLabel), explained };
}
