/**
 * Element and structure loads and stores: against qemu-arm in random sequences (the reference and tier 0), and on the reference with a fault on
 * each access in turn, alignment, byte order, and what is UNPREDICTABLE or UNDEFINED. TRAPLINE_VECTORS multiplies the number of vectors.
 */
import assert from 'node:assert/strict';
import { Cp15, SCTLR_A } from '../../src/arm/cp15.js';
import { Exception, FaultType, type PendingException } from '../../src/arm/exceptions.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { cortexA15 } from '../../src/cpu/models.js';
import { rowLabel } from '../../src/isa/compile.js';
import { decode, extractFields, unpredictableReasons } from '../../src/isa/decode.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Operands } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { rows, Writeback } from '../../src/isa/vector/element-load-store.js';
import { RAM_SIZE } from '../mem/rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { CODE, CpuRig, DATA, RAM } from '../support/cpu-rig.js';
import { fuzz } from '../support/sequence-fuzz.js';
import { Contestants } from '../support/sequence-rig.js';
import { need } from '../support/tools.js';
import { assertUndefinedAlike } from '../support/undefined-words.js';
import { comparableRows } from '../support/vectors.js';

const MORE = Number(process.env.TRAPLINE_VECTORS ?? 1);
const END = RAM + RAM_SIZE;
const labels = new Set(rows.map(rowLabel));
const own = table.filter((row) => labels.has(rowLabel(row)));
const isStore = (row: CompiledRow): boolean => (row.facts & Fact.store) !== 0;

/** The accesses of an instruction: so many of so many bytes, one behind the other; a doubleword is two of them. */
interface Accesses {
  readonly unit: number;
  readonly count: number;
  readonly ebytes: number;
}

function accessesOf(row: CompiledRow, o: Operands): Accesses {
  const elements = Number(/V(?:LD|ST)(\d)/.exec(row.name)![1]);
  const ebytes = 1 << o.size;
  const unit = Math.min(ebytes, 4);
  const bytes = row.name.includes('(multiple') ? 8 * elements * o.regs : elements * ebytes;
  return { unit, count: bytes / unit, ebytes };
}

/** One rig for all: Advanced SIMD enabled, register contents of chance, `word` at CODE. */
class SimdRig extends CpuRig {
  readonly seen: PendingException[] = [];

  prepare(row: CompiledRow, word: number, seed: number, bits = 0): this {
    const random = seededRandom(seed);
    this.cpu.reset();
    this.state[Cp15.CPACR] = 0x00f0_0000;
    this.state[Word.FPEXC] = FPEXC_EN;
    this.psr(Mode.svc, Psr.A | Psr.I | Psr.F | bits);
    if (row.isa === 'A32') this.arm([word]);
    else this.thumbCode([word >>> 16, word & 0xffff]);
    for (let i = 0; i < 64; i++) this.state[Word.V + i] = random();
    for (let i = 0; i < 15; i++) this.setR(i, 0x100 * i);
    for (let i = 0; i < 64; i += 4) {
      const value = random();
      this.poke(DATA + i, value);
      this.poke(END - 64 + i, value);
    }
    return this;
  }

  /** Executes the instruction; gives the exceptions that it takes. */
  execute(): PendingException[] {
    const seen = this.watch();
    this.step();
    return seen;
  }

  get vectors(): number[] {
    return [...this.state.subarray(Word.V, Word.V + 64)];
  }

  bytesAt(address: number, length: number): number[] {
    return Array.from({ length }, (_, i) => this.bus.read(address + i, 1) & 0xff);
  }
}

const rig = new SimdRig();

interface Case {
  readonly row: CompiledRow;
  readonly word: number;
  readonly o: Operands;
  readonly text: string;
}

/** Words of every row. */
function cases(seed: number, each: number): Case[] {
  const random = seededRandom(seed);
  return own.flatMap((row) =>
    Array.from({ length: each }, () => {
      const word = randomWord(row, random)!;
      const o = row.args(extractFields(row, word));
      return { row, word, o, text: `${rowLabel(row)} ${(word >>> 0).toString(16)}` };
    }),
  );
}

describe('element and structure loads and stores', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: reference, tier 0 and qemu-arm agree`, () => {
      // One more row, which only computes: what IT blocks are filled with.
      const mixed = comparableRows(isa, (row) => labels.has(rowLabel(row)) || row.name === 'VADD (integer)');
      const options = { isa, seed: 20265, vectors: 12_000 * MORE, rows: mixed, slots: 64, rounds: 8 };
      const { vectors, unreached, explained } = fuzz(options, new Contestants(cortexA15));
      assert.ok(vectors >= 12_000 * MORE);
      assert.deepEqual([unreached, [...explained]], [[], []]);
    });

  it('fault on each access in turn: the earlier ones are made, no register changes', () => {
    let faults = 0;
    for (const { row, word, o, text } of cases(1, 6)) {
      const { unit, count } = accessesOf(row, o);
      rig.prepare(row, word, 5).setR(o.n, DATA).step();
      const whole = rig.bytesAt(DATA, 64);
      for (let k = 0; k < count; k++) {
        const base = END - k * unit;
        // What asks for alignment begins at a multiple of it.
        if (base % o.alignment !== 0) continue;
        faults++;
        rig.prepare(row, word, 5).setR(o.n, base);
        const registers = rig.state.slice(0, 13);
        const before = rig.vectors;
        const seen = rig.execute();
        assert.equal(seen.length, 1, text);
        const { kind, address, fault, write } = seen[0];
        assert.deepEqual(
          [kind, address, fault, write],
          [Exception.DataAbort, END, FaultType.External, isStore(row)],
          text,
        );
        assert.deepEqual(rig.vectors, before, text);
        // R13 and R14 are now those of the exception's mode.
        assert.deepEqual(rig.state.slice(0, 13), registers, text);
        if (isStore(row)) assert.deepEqual(rig.bytesAt(base, k * unit), whole.slice(0, k * unit), text);
      }
    }
    assert.ok(faults > 1000, `${faults}`);
  });

  it('an address without the alignment that is asked for faults before anything is done', () => {
    let asked = 0;
    for (const { row, word, o, text } of cases(2, 12)) {
      if (o.alignment === 1) continue;
      asked++;
      for (let off = 1; off < o.alignment; off *= 2) {
        rig.prepare(row, word, 6).setR(o.n, DATA + off);
        const before = rig.vectors;
        const memory = rig.bytesAt(DATA, 64);
        const [{ fault, address, write }] = rig.execute();
        assert.deepEqual([fault, address, write], [FaultType.Alignment, DATA + off, isStore(row)], text);
        assert.deepEqual([rig.vectors, rig.bytesAt(DATA, 64)], [before, memory], text);
        if (o.n < 13) assert.equal(rig.r(o.n), DATA + off, text);
      }
      rig.prepare(row, word, 6).setR(o.n, DATA + o.alignment);
      assert.deepEqual(rig.execute(), [], text);
    }
    assert.ok(asked > 100, `${asked}`);
  });

  it('elements need not be aligned, unless SCTLR.A says so; a doubleword is two words', () => {
    for (const { row, word, o, text } of cases(3, 6)) {
      const { unit } = accessesOf(row, o);
      if (o.alignment !== 1) continue;
      for (const strict of [false, true])
        for (const off of [1, 2, 4]) {
          rig.prepare(row, word, 7).setR(o.n, DATA + off);
          if (strict) rig.setCp15('SCTLR', rig.cp15('SCTLR') | SCTLR_A);
          const seen = rig.execute().map(({ fault, address }) => [fault, address]);
          const faults = strict && off % unit !== 0;
          assert.deepEqual(seen, faults ? [[FaultType.Alignment, DATA + off]] : [], text);
        }
    }
  });

  it('each element has its bytes in the order of CPSR.E', () => {
    for (const { row, word, o, text } of cases(4, 8)) {
      const { unit, count, ebytes } = accessesOf(row, o);
      const bytes = unit * count;
      // The same elements in both orders: where bytes are reversed, so is memory.
      const run = (big: boolean): readonly [vectors: number[], memory: number[]] => {
        rig.prepare(row, word, 8, big ? Psr.E : 0).setR(o.n, DATA);
        for (let i = 0; i < bytes; i++) rig.bus.write(DATA + (big ? i ^ (ebytes - 1) : i), 1, (i * 37 + 11) & 0xff);
        assert.deepEqual(rig.execute(), [], text);
        return [rig.vectors, rig.bytesAt(DATA, bytes)];
      };
      const [little, big] = [run(false), run(true)];
      assert.deepEqual(big[0], little[0], text);
      assert.deepEqual(
        big[1],
        little[1].map((_, i) => little[1][i ^ (ebytes - 1)]),
        text,
      );
    }
  });

  it('the base moves by what was transferred, by a register, or not at all', () => {
    for (const { row, word, o, text } of cases(5, 8)) {
      const { unit, count } = accessesOf(row, o);
      rig.prepare(row, word, 9).setR(o.n, DATA);
      const by = o.wback === Writeback.no ? 0 : o.wback === Writeback.transferred ? unit * count : rig.r(o.m);
      assert.deepEqual(rig.execute(), [], text);
      assert.equal(rig.r(o.n), (DATA + by) >>> 0, text);
      assert.equal(rig.pc, CODE + 4, text);
    }
  });

  it('a list that goes beyond D31 goes on at D0 (UNPREDICTABLE)', () => {
    const word = 0xf460_f20f | 0; // vld1.8 {d31, d0, d1, d2}, [r0]
    const row = decode('A32', word)!;
    assert.equal(unpredictableReasons(row, word).length, 1);
    rig.prepare(row, word, 10).setR(0, DATA);
    const numbers = [0x100, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107];
    rig.poke(DATA, ...numbers);
    const fpscr = rig.state[Word.FPSCR];
    assert.deepEqual(rig.execute(), []);
    const { vectors } = rig;
    assert.deepEqual([...vectors.slice(62), ...vectors.slice(0, 6)], numbers);
    assert.equal(rig.state[Word.FPSCR], fpscr);
  });

  it('is Undefined while Advanced SIMD is not accessible, whatever the address', () => {
    for (const { row, word, o, text } of cases(6, 1)) {
      rig.prepare(row, word, 11).setR(o.n, END).setCp15('CPACR', 0);
      assert.deepEqual(
        rig.execute().map(({ kind }) => kind),
        [Exception.Undefined],
        text,
      );
    }
  });
});

/** The words of the group in both instruction sets: their fixed bits. */
const SPACES = { A32: 0xf400_0000, T32: 0xf900_0000 } as const;
const FREE = 0x00ef_ffff;

describe('random words of the group against qemu-arm', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  for (const isa of ['A32', 'T32'] as const)
    it(`${isa}: Undefined here is Undefined there, and only that`, () => {
      const undefinedWords = assertUndefinedAlike({
        isa,
        seed: 20266,
        blocks: 8 * MORE,
        extension: 32,
        draw: (random) => SPACES[isa] | (random() & FREE),
        // The base is not the PC.
        skipped: (word, row) =>
          ((word >>> 16) & 15) === 15 || (row !== undefined && unpredictableReasons(row, word | 0).length > 0),
      });
      assert.ok(undefinedWords > 100);
    });
});
