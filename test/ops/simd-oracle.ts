/**
 * The test of rows that compute on extension registers only: the reference against qemu-arm, and the emitted out-of-line handlers against the
 * reference, on random and boundary vectors; all of D0 to D31 and FPSCR are compared.
 */
import assert from 'node:assert/strict';
import { FPSCR_VECTORS, fpFast } from '../../src/arm/fpscr.js';
import { FpAccess, FpFast, STATE_WORDS as BLOCK_WORDS, Word } from '../../src/arm/state.js';
import { Core } from '../../src/cpu/core.js';
import { Evaluator } from '../../src/cpu/evaluator.js';
import { rowLabel } from '../../src/isa/compile.js';
import { randomWord, seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { CompiledRow, Isa, Row } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { COLD_PARAMS, emitCold, Outcome } from '../../src/jit/emit-cold.js';
import { SlotByte } from '../../src/jit/slots.js';
import { ModuleWriter } from '../../src/jit/wasm/module.js';
import { STATE_BASE } from '../../src/mem/layout.js';
import type { PlainOperation } from '../../src/ops/operation.js';
import { predecode, type Predecoded } from '../../src/ops/predecode.js';
import { need } from '../support/tools.js';
import { disassemble } from '../support/objdump.js';
import { runSimdUnderQemu, STATE_WORDS, type SimdVectors } from './qemu-simd.js';

const MORE = Number(process.env.TRAPLINE_VECTORS ?? 1);
const WORDS_PER_ROW = 24;
const STATES_PER_WORD = 8;

/** Lanes at which something happens, by width in bytes; doubles are made of words. */
const BOUNDARIES: readonly (readonly number[])[] = [
  [0, 1, 2, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff, 8, 7, 9, 0xf8, 0xf9, 0xf7],
  [0, 1, 0x7fff, 0x8000, 0xffff, 0x8001, 0x7ffe, 0x00ff, 0xff00, 15, 16, 17, 0xfff0, 0xffef, 0xfff1, 0x80],
  [
    0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x8000_0001, 0xffff, 0xffff_0000, 31, 32, 33, 0xffff_ffe0, 0xffff_ffdf,
    0xe1, 64, 63,
  ],
];

/** Sets a state as {@link runSimdUnderQemu} takes it. */
export type Fill = (random: RandomSource, state: Int32Array) => void;

export interface OracleOptions {
  readonly fill?: Fill;
  /** The emitted handlers may leave an instruction to the reference, though not each of them every time. */
  readonly givesUp?: boolean;
  /** Under QEMU's Cortex-A8, which has short vectors. */
  readonly shortVectors?: boolean;
  /** Keys of operations that they always leave. */
  readonly neverEmitted?: RegExp;
}

/** A register file in which a third of the words is random, and the rest boundary lanes of one width or of several. */
function fillIntegers(random: RandomSource, state: Int32Array): void {
  const mixed = random() % 3 === 0;
  let width = random() % 3;
  for (let i = 1; i < STATE_WORDS; i++) {
    if (mixed) width = random() % 3;
    if (random() % 3 === 0) {
      state[i] = random();
      continue;
    }
    let word = 0;
    const list = BOUNDARIES[width];
    for (let lane = 0; lane < 4 >> width; lane++) word |= list[random() % list.length] << (8 * (1 << width) * lane);
    state[i] = word;
  }
  // N Z C V QC AHP DN FZ RMode, and the cumulative bits; vector length and stride are zero.
  state[0] = random() & 0xffc0_009f;
}

class UndefinedInstruction extends Error {}

const state = new Int32Array(BLOCK_WORDS);
const core = new Core(state, () => {});
const evaluator = new Evaluator(
  core,
  { load: () => assert.fail('a load'), store: () => assert.fail('a store') },
  () => {
    throw new UndefinedInstruction();
  },
);

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
const emittedState = new Int32Array(memory.buffer, STATE_BASE, BLOCK_WORDS);
const SLOT = 0x8000;

type Handler = (slot: number, handler: number) => number;

/** The out-of-line handlers of some instructions by their keys. */
function compile(instructions: Iterable<Predecoded>): ReadonlyMap<string, Handler> {
  const module = new ModuleWriter();
  module.importMemory('e', 'memory');
  const slowLoad = module.importFunction('e', 'refuse', module.type(3, 1));
  const slowStore = module.importFunction('e', 'refuse', module.type(4, 0));
  const type = module.type(COLD_PARAMS, 1);
  const keys = new Set<string>();
  for (const { key, operation, statics } of instructions) {
    if (keys.has(key)) continue;
    keys.add(key);
    const variant = {
      operation: operation as PlainOperation,
      statics,
      ...{ thumb: 0, wide: 0, readsR15: false, inIT: false, counted: false, nearImmediate: -1 },
    };
    module.exportFunction(key, module.addFunction(type, emitCold(variant, { slowLoad, slowStore })));
  }
  const imports = { e: { memory, refuse: () => assert.fail('a memory access') } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish() as BufferSource), imports);
  return new Map([...keys].map((key) => [key, exports[key] as Handler]));
}

function enter(block: Int32Array, before: Int32Array): void {
  block[Word.FPSCR] = before[0];
  block.set(before.subarray(1), Word.V);
  block[Word.FP_FAST] = fpFast(before[0]);
  block[Word.FP_ACCESS] = FpAccess.VFP | FpAccess.AdvSIMD | FpAccess.lowRegisters;
  if ((before[0] & FPSCR_VECTORS) === 0) block[Word.FP_ACCESS] |= FpAccess.scalar;
  if ((fpFast(before[0]) & FpFast.VFP) !== 0) block[Word.FP_ACCESS] |= FpAccess.hostArithmetic;
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
const nameOf = (i: number): string => (i === 0 ? 'FPSCR' : `d${(i - 1) >> 1}<${(i - 1) & 1 ? '63:32' : '31:0'}>`);

/** Words of FPSCR and the registers. */
const wordOf = (block: Int32Array, i: number): number => block[i === 0 ? Word.FPSCR : Word.V + i - 1];

function vectorsOf(row: CompiledRow, random: RandomSource, fill: Fill): SimdVectors[] {
  return Array.from({ length: WORDS_PER_ROW * MORE }, () => {
    const word = randomWord(row, random);
    assert.notEqual(word, undefined, `${rowLabel(row)}: no legal word found`);
    const states = new Int32Array(STATES_PER_WORD * STATE_WORDS);
    for (let k = 0; k < states.length; k += STATE_WORDS) fill(random, states.subarray(k, k + STATE_WORDS));
    // Always, where there is a condition.
    return { isa: row.isa, word: row.conditional ? (word! & 0x0fff_ffff) | (14 << 28) : word!, states };
  });
}

/** Declares a test for each instruction set. */
export function simdAgainstQemu(name: string, rows: readonly Row[], options: OracleOptions = {}): void {
  const { fill = fillIntegers, givesUp = false, neverEmitted, shortVectors = false } = options;
  describe(`extension registers against qemu-arm: ${name}`, function () {
    this.timeout(600_000);
    before(function () {
      need(this, 'qemu-arm', 'arm-none-eabi-objdump');
    });

    for (const isa of ['A32', 'T32'] as const satisfies readonly Isa[])
      it(`${isa}: reference, qemu-arm and out-of-line handlers agree`, () => {
        const random = seededRandom(20263);
        const labels = new Set(rows.filter((row) => row.isa === isa).map(rowLabel));
        const batches = table
          .filter((row) => row.isa === isa && labels.has(rowLabel(row)))
          .flatMap((row) => vectorsOf(row, random, fill));
        const instructions = batches.map(({ word }) => predecode(isa, word));
        const handlers = compile(instructions);
        const outcomes = runSimdUnderQemu(batches, shortVectors ? 'cortex-a8' : undefined);
        core.shortVectors = shortVectors;
        const wrong = new Map<string, string>();
        const emittedOnes = new Set<string>();
        batches.forEach(({ word, states }, b) => {
          const instruction = instructions[b];
          const { operation, operands, regs, imms, key } = instruction;
          assert.equal(operation?.kind, 'plain');
          if (operation?.kind !== 'plain' || wrong.has(key)) return;
          const slot = new Int32Array(memory.buffer, SLOT, 4);
          slot[SlotByte.registers / 4] = regs.reduce((word, register, i) => word | (register << (8 * i + 2)), 0);
          slot.set(imms, SlotByte.immediates / 4);
          for (let k = 0; k < states.length && !wrong.has(key); k += STATE_WORDS) {
            const before = states.subarray(k, k + STATE_WORDS);
            enter(state, before);
            operation.body(evaluator, operands);
            enter(emittedState, before);
            const outcome = handlers.get(key)!(SLOT, 0);
            if (outcome === Outcome.advance) emittedOnes.add(key);
            else assert.ok(givesUp && outcome === Outcome.reference, key);
            for (let i = 0; i < STATE_WORDS; i++) {
              const [ours, theirs] = [wordOf(state, i), outcomes[b][k + i]];
              // What gives up leaves everything as it was.
              const emitted =
                outcome === Outcome.advance || wordOf(emittedState, i) !== before[i] ? wordOf(emittedState, i) : ours;
              if (ours === theirs && emitted === ours) continue;
              const registers = regs.map((d) => `d${d} ${hex(before[2 + 2 * d])}${hex(before[1 + 2 * d])}`);
              wrong.set(
                key,
                `${key} ${disassemble(isa, [word])[0]} of ${registers.join(', ')}: ${nameOf(i)} is ${hex(ours)}, emitted ${hex(emitted)}, QEMU has ${hex(theirs)}`,
              );
              break;
            }
          }
        });
        assert.deepEqual([...wrong.values()], []);
        assert.deepEqual(
          [...handlers.keys()].filter((key) => !emittedOnes.has(key) && neverEmitted?.test(key) !== true),
          [],
          'always given up',
        );
      });

    it('UNDEFINED, with nothing done, where the registers are not accessible', () => {
      const random = seededRandom(20265);
      const labels = new Set(rows.map((row) => `${row.isa} ${rowLabel(row)}`));
      const wanted = table.filter((row) => labels.has(`${row.isa} ${rowLabel(row)}`));
      assert.ok(wanted.length > 0);
      const before = new Int32Array(STATE_WORDS);
      for (const row of wanted) {
        const instruction = predecode(row.isa, randomWord(row, random)!);
        const { operation, operands, key } = instruction;
        assert.ok(operation?.kind === 'plain');
        fill(random, before);
        const handler = compile([instruction]).get(key)!;
        const isVector = /^advanced/.test(row.extension ?? '') || row.name.includes('Advanced SIMD');
        for (const access of isVector ? [0, FpAccess.VFP | FpAccess.lowRegisters] : [0]) {
          for (const block of [state, emittedState]) {
            enter(block, before);
            block[Word.FP_ACCESS] = access;
          }
          assert.throws(() => operation.body(evaluator, operands), UndefinedInstruction, key);
          assert.equal(handler(SLOT, 0), Outcome.reference, key);
          for (const block of [state, emittedState])
            for (let i = 0; i < STATE_WORDS; i++) assert.equal(wordOf(block, i), before[i], `${key}: ${nameOf(i)}`);
        }
      }
    });
  });
}
