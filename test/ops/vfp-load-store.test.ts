/**
 * Loads and stores of extension registers, and transfers from and to core registers: against qemu-arm in random sequences (the reference and tier 0);
 * and on the reference and on tier 0 with a fault on each access in turn, byte order, and without access. TRAPLINE_VECTORS multiplies the number
 * of vectors.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { Disposition, Exception, FaultType, type PendingException } from '../../src/arm/exceptions.js';
import { FPEXC_EN, FPSCR_Len_shift, FPSCR_Stride_shift } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { arm1176, cortexA15, cortexA8 } from '../../src/cpu/models.js';
import { rowLabel } from '../../src/isa/compile.js';
import { extractFields, unpredictableReasons } from '../../src/isa/decode.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Operands } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import * as floatingPoint from '../../src/isa/vector/floating-point.js';
import * as loadStore from '../../src/isa/vector/extension-load-store.js';
import * as transfers from '../../src/isa/vector/transfers.js';
import { RAM, Rig } from '../jit/rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { CpuRig } from '../support/cpu-rig.js';
import { fuzz } from '../support/sequence-fuzz.js';
import { Contestants } from '../support/sequence-rig.js';
import { need } from '../support/tools.js';
import { assertUndefinedAlike } from '../support/undefined-words.js';
import { comparableRows } from '../support/vectors.js';

const MORE = Number(process.env.TRAPLINE_VECTORS ?? 1);
const ownLabels = (...rows: readonly { readonly name: string; readonly encoding: string }[][]): Set<string> =>
  new Set(rows.flat().map(rowLabel));
const labels = ownLabels([...loadStore.rows], [...transfers.rows]);
const loadsAndStores = ownLabels([...loadStore.rows]);
const own = table.filter((row) => loadsAndStores.has(rowLabel(row)) && (row.facts & Fact.readsPc) === 0);
const isStore = (row: CompiledRow): boolean => (row.facts & Fact.store) !== 0;

const RAM_BYTES = 1 << 16;
const END = RAM + RAM_BYTES;
const CODE = RAM + 0x1000;
const DATA = RAM + 0x8000;

interface Case {
  readonly row: CompiledRow;
  readonly word: number;
  readonly o: Operands;
  readonly text: string;
}

/** Words of every row, executed always, whose base is neither the PC nor, unless they are pushes and pops, SP. */
function cases(seed: number, each: number): Case[] {
  const random = seededRandom(seed);
  return own.flatMap((row) =>
    Array.from({ length: each }, () => {
      const fields: Record<string, number> = row.conditional ? { cond: 14 } : {};
      if (row.fields.some(({ name }) => name === 'Rn')) fields.Rn = random() % 13;
      const word = randomWord(row, random, { fields })!;
      const o = row.args(extractFields(row, word));
      return { row, word, o, text: `${row.isa} ${rowLabel(row)} ${(word >>> 0).toString(16)}` };
    }),
  );
}

/** Words that an instruction moves, the lowest address of its transfer for a base, and the base afterwards. */
function transferOf(o: Operands, name: string): { words: number; start: (base: number) => number; by: number } {
  if (o.words === undefined) return { words: name.endsWith('64') ? 2 : 1, start: (base) => base + o.imm32, by: 0 };
  const by = o.add ? o.imm32 : -o.imm32;
  return { words: o.words, start: (base) => (o.add ? base : base - o.imm32), by: o.wback ? by : 0 };
}

const rig = new Rig(RAM_BYTES);

function prepare({ row, word }: Case, seed: number, bits = 0): void {
  const random = seededRandom(seed);
  const { state, processor } = rig;
  processor.reset();
  state[Cp15.CPACR] = 0xf << 20;
  state[Word.FPEXC] = FPEXC_EN;
  for (let i = 0; i < 64; i++) state[Word.V + i] = random();
  for (let i = 0; i < 15; i++) state[i] = 0x100 * i;
  for (let at = DATA - 0x200; at < DATA + 0x200; at += 4) rig.bus.write(at, 4, random());
  for (let at = END - 0x200; at < END; at += 4) rig.bus.write(at, 4, random());
  if (row.isa === 'A32') rig.words(CODE, word);
  else rig.halfwords(CODE, word >>> 16, word & 0xffff);
  processor.setCpsr(Mode.svc | Psr.A | Psr.I | Psr.F | bits);
  rig.jump(CODE | (row.isa === 'A32' ? 0 : 1));
}

/** Executes one instruction; gives the exceptions that it takes, which change nothing. */
function execute(engine: 'reference' | 'interpreter'): PendingException[] {
  const seen: PendingException[] = [];
  rig.processor.trapHandler = {
    take: (exception) => {
      seen.push({ ...exception });
      rig.processor.requestStop();
      return Disposition.Resume;
    },
  };
  rig[engine].run(1, true);
  rig.processor.trapHandler = undefined;
  return seen;
}

const vectors = (): number[] => [...rig.state.subarray(Word.V, Word.V + 64)];
const wordsAt = (address: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => rig.bus.read(address + 4 * i, 4) | 0);

describe('loads, stores and transfers of extension registers', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: reference, tier 0 and qemu-arm agree`, () => {
      // One more row, which only computes: what IT blocks are filled with.
      const mixed = comparableRows(isa, (row) => labels.has(rowLabel(row)) || row.name === 'VADD (integer)');
      const options = { isa, seed: 20267, vectors: 12_000 * MORE, rows: mixed, slots: 64, rounds: 8 };
      const { vectors: count, unreached, explained } = fuzz(options, new Contestants(cortexA15));
      assert.ok(count >= 12_000 * MORE);
      assert.deepEqual([unreached, [...explained]], [[], []]);
    });

  for (const engine of ['reference', 'interpreter'] as const) {
    it(`${engine}: each access in turn faults; what comes before it is done, the base stays`, () => {
      let faults = 0;
      for (const one of cases(1, 6)) {
        const { row, o, text } = one;
        const { words, start } = transferOf(o, row.operation!);
        const base = (address: number): number => address - start(0);
        prepare(one, 5);
        rig.state[o.n] = base(DATA);
        execute(engine);
        const [whole, loaded] = [wordsAt(DATA, words), vectors()];
        for (let k = 0; k < words; k++) {
          faults++;
          prepare(one, 5);
          for (let i = 0; i < k; i++) rig.bus.write(END - 4 * k + 4 * i, 4, rig.bus.read(DATA + 4 * i, 4));
          rig.state[o.n] = base(END - 4 * k);
          const before = vectors();
          const seen = execute(engine);
          assert.equal(seen.length, 1, text);
          const { kind, address, fault, write } = seen[0];
          assert.deepEqual(
            [kind, address, fault, write],
            [Exception.DataAbort, END, FaultType.External, isStore(row)],
            text,
          );
          assert.equal(rig.state[o.n], base(END - 4 * k), text);
          if (isStore(row)) {
            assert.deepEqual(vectors(), before, text);
            assert.deepEqual(wordsAt(END - 4 * k, k), whole.slice(0, k), text);
          } else {
            // What loads one register does all or nothing.
            const first = row.operation!.endsWith('64') ? 2 * o.d : o.d;
            const done = o.words === undefined || o.one === 1 ? 0 : k;
            const expected = before.map((value, i) => (i >= first && i < first + done ? loaded[i] : value));
            assert.deepEqual(vectors(), expected, text);
          }
        }
      }
      assert.ok(faults > 1000, `${faults}`);
    });

    it(`${engine}: words in the order that CPSR.E says, bytes reversed; the base moves as it is told`, () => {
      for (const one of cases(2, 6)) {
        const { row, o, text } = one;
        const { words, start, by } = transferOf(o, row.operation!);
        const double = row.operation!.endsWith('64');
        for (const big of [false, true]) {
          prepare(one, 6, big ? Psr.E : 0);
          rig.state[o.n] = DATA - start(0);
          const before = vectors();
          const memory = wordsAt(DATA, words);
          assert.deepEqual(execute(engine), [], text);
          assert.equal(rig.state[o.n], DATA - start(0) + by, text);
          const first = double ? 2 * o.d : o.d;
          const reversed = (word: number): number => {
            const bytes = new DataView(new ArrayBuffer(4));
            bytes.setInt32(0, word);
            return bytes.getInt32(0, big);
          };
          const place = (i: number): number => first + (big && double ? i ^ 1 : i);
          const after = vectors();
          if (isStore(row)) {
            assert.deepEqual(
              wordsAt(DATA, words),
              memory.map((_, i) => reversed(before[place(i)])),
              text,
            );
            assert.deepEqual(after, before, text);
          } else {
            memory.forEach((word, i) => (before[place(i)] = reversed(word)));
            assert.deepEqual(after, before, text);
          }
        }
      }
    });

    it(`${engine}: a misaligned address faults before anything is done`, () => {
      for (const one of cases(3, 2)) {
        const { row, o, text } = one;
        const { start } = transferOf(o, row.operation!);
        for (const off of [1, 2, 3]) {
          prepare(one, 7);
          rig.state[o.n] = DATA + off - start(0);
          const before = vectors();
          const [{ fault, address, write }] = execute(engine);
          assert.deepEqual([fault, address, write], [FaultType.Alignment, DATA + off, isStore(row)], text);
          assert.deepEqual(vectors(), before, text);
        }
      }
    });
  }

  it('are Undefined without access, as everything of floating point is', () => {
    const everything = ownLabels([...loadStore.rows], [...transfers.rows], [...floatingPoint.rows]);
    const random = seededRandom(4);
    for (const row of table.filter((one) => everything.has(rowLabel(one)))) {
      const word = randomWord(row, random, row.conditional ? { fields: { cond: 14 } } : {})!;
      const one = { row, word, o: {}, text: rowLabel(row) };
      const privileged = (row.facts & Fact.privileged) !== 0;
      for (const [CPACR, FPEXC, mode] of [
        [0, FPEXC_EN, Mode.svc],
        [5 << 20, FPEXC_EN, Mode.usr],
        ...(privileged ? ([[15 << 20, FPEXC_EN, Mode.usr]] as const) : ([[15 << 20, 0, Mode.svc]] as const)),
      ]) {
        prepare(one, 8);
        rig.state[Cp15.CPACR] = CPACR;
        rig.state[Word.FPEXC] = FPEXC;
        rig.processor.setCpsr(mode | (row.isa === 'A32' ? 0 : Psr.T));
        const before = vectors();
        assert.deepEqual(
          execute('reference').map(({ kind }) => kind),
          [Exception.Undefined],
          `${one.text} ${CPACR} ${FPEXC} ${mode}`,
        );
        assert.deepEqual(vectors(), before);
      }
    }
  });
});

describe('FPSCR of a processor', () => {
  /** A rig with floating point switched on, that executes `source` in SVC mode. */
  function run(model: typeof cortexA15, source: string): CpuRig {
    const cpu = new CpuRig({ model });
    cpu.setCp15('CPACR', 0xf << 20);
    cpu.state[Word.FPEXC] = FPEXC_EN;
    cpu.asm(`.fpu neon\n ${source}`).psr(Mode.svc);
    for (let i = 0; i < 4; i++) cpu.step();
    return cpu;
  }

  it('keeps the bits that there are', () => {
    const source = 'mvn r0, #0\n vmsr fpscr, r0\n vmrs r1, fpscr\n nop';
    assert.equal(run(cortexA15, source).r(1), 0xfff7_009f);
    assert.equal(run(arm1176, source).r(1), 0xf3f7_009f);
  });

  it('makes data processing Undefined that would be on vectors, where there are none', () => {
    for (const [model, takes] of [
      [cortexA15, true],
      [cortexA8, false],
      [arm1176, false],
    ] as const) {
      const cpu = run(model, 'mov r0, #0x10000\n vmsr fpscr, r0\n vadd.f32 s8, s9, s10\n nop');
      assert.equal(cpu.pc < 0x100, takes, model.name);
    }
  });

  it('has vectors that take every other register, and a scalar for all of them', () => {
    const length = (elements: number, stride: number): number =>
      ((elements - 1) << FPSCR_Len_shift) | (stride << FPSCR_Stride_shift);
    const filled = (fpscr: number, source: string): CpuRig => {
      const cpu = new CpuRig({ model: arm1176 });
      cpu.setCp15('CPACR', 0xf << 20);
      cpu.state[Word.FPEXC] = FPEXC_EN;
      cpu.psr(Mode.svc).setR(0, fpscr);
      for (let n = 0; n < 32; n++) cpu.state[Word.V + n] = n;
      cpu.asm(`.fpu vfp\n vmsr fpscr, r0\n ${source}`);
      cpu.step();
      cpu.step();
      return cpu;
    };
    const singles = (cpu: CpuRig, from: number, to: number): number[] => [
      ...cpu.state.subarray(Word.V + from, Word.V + to + 1),
    ];
    // Every other register of the bank, round its end.
    assert.deepEqual(singles(filled(length(3, 3), 'vmov.f32 s12, s21'), 8, 15), [17, 9, 10, 11, 21, 13, 23, 15]);
    // From a scalar into each; and a scalar destination takes one only.
    assert.deepEqual(singles(filled(length(2, 0), 'vmov.f32 s15, s3'), 8, 15), [3, 9, 10, 11, 12, 13, 14, 3]);
    assert.deepEqual(singles(filled(length(4, 0), 'vmov.f32 s3, s9'), 0, 7), [0, 1, 2, 9, 4, 5, 6, 7]);
    // Doubles: banks of four.
    assert.deepEqual(singles(filled(length(2, 0), 'vmov.f64 d7, d8'), 8, 15), [18, 19, 10, 11, 12, 13, 16, 17]);
  });
});

/** Words of coprocessors 10 and 11 by their high bits, in both instruction sets. */
const SPACES = {
  'A32 data processing and transfers': ['A32', 0xee00_0a00, 0x00ff_f1ff],
  'A32 loads and stores': ['A32', 0xec00_0a00, 0x01ff_f1ff],
  'T32 data processing and transfers': ['T32', 0xee00_0a00, 0x00ff_f1ff],
  'T32 loads and stores': ['T32', 0xec00_0a00, 0x01ff_f1ff],
} as const;

describe('random words of floating point against qemu-arm', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  for (const [space, [isa, value, free]] of Object.entries(SPACES))
    it(`${space}: Undefined here is Undefined there in User mode, and only that`, () => {
      const undefinedWords = assertUndefinedAlike({
        isa,
        seed: 20268,
        blocks: 8 * MORE,
        extension: 32,
        draw: (random) => value | (random() & free),
        skipped: (word, row) => {
          if (row === undefined || row.operation === null) return false;
          // What would change SP, or is UNPREDICTABLE, or is relative to the PC.
          const f = extractFields(row, word | 0);
          const odd = [f.Rn, f.Rt, f.Rt2].some((register) => register === 13 || register === 15);
          return odd || unpredictableReasons(row, word | 0).length > 0;
        },
        isUndefined: (row) => row === undefined || row.operation === null || (row.facts & Fact.privileged) !== 0,
        // S31 and what is behind it: UNPREDICTABLE, and Undefined here; QEMU takes what is there.
        mayDiffer: (word) => (word & 0x0fe0_0fff) === 0x0c40_0a3f,
      });
      assert.ok(undefinedWords > 100);
    });
});
