/**
 * Random words against `qemu-arm`: what is Undefined is so on both sides. And where the comparison of random sequences (test/verify/execution)
 * leaves something to the manual. TRAPLINE_VECTORS sets how many words (default 250,000), TRAPLINE_SEED the seed.
 */
import assert from 'node:assert/strict';
import { Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { cpuModels } from '../../src/cpu/models.js';
import { unpredictableReasons } from '../../src/isa/decode.js';
import { seededRandom } from '../../src/isa/random.js';
import { Fact, type Isa } from '../../src/isa/row.js';
import { ASSEMBLER } from '../support/assemble.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';
import { need } from '../support/tools.js';
import { assertUndefinedAlike } from '../support/undefined-words.js';
import { comparableRows, leftOut } from '../support/vectors.js';
import { table } from '../../src/isa/table.js';

const VECTORS = Number(process.env.TRAPLINE_VECTORS ?? 250_000);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
/** No memory is there. */
const NOWHERE = 0x1000;

describe('where qemu-arm is not followed', () => {
  it('branches to halfwords in ARM state go to the word', () => {
    // UNPREDICTABLE (A2.3.1): BXWritePC with bits 1:0 = 10. qemu-arm takes an alignment fault.
    const rig = new CpuRig();
    rig
      .psr(Mode.usr)
      .arm([0xe12f_ff10], CODE)
      .setR(0, CODE + 0x102);
    rig.step();
    assert.equal(rig.pc, CODE + 0x100);
    assert.equal(rig.cpsr & Psr.T, 0);
  });

  it('PLDW without the Multiprocessing Extensions is Undefined in ARM state and a memory hint in Thumb state', () => {
    const rig = new CpuRig({ model: cpuModels.get('cortex-a8') });
    const seen = rig.watch();
    rig.psr(Mode.usr).arm([0xf793_f00c], CODE).step();
    assert.deepEqual(
      seen.map(({ kind }) => kind),
      [Exception.Undefined],
    );
    // its immediate forms and its register form: loads of a halfword to R15 by their bits
    for (const second of [0xf519, 0xfc19, 0xf00c]) {
      rig
        .psr(Mode.usr | Psr.T)
        .thumbCode([second === 0xf519 ? 0xf8b3 : 0xf833, second], CODE)
        .setR(3, NOWHERE)
        .step();
      assert.equal(rig.pc, CODE + 4);
    }
    assert.equal(seen.length, 1);
  });

  it('16-bit encodings of ARMv6T2 are Undefined on the ARM1176', () => {
    // NOP (A8.8.119), CBZ (A8.8.29), IT (A8.8.54); qemu-arm executes the first two there.
    const rig = new CpuRig({ model: cpuModels.get('arm1176') });
    const seen = rig.watch();
    for (const word of [0xbf00, 0xb901, 0xbf08])
      rig
        .psr(Mode.usr | Psr.T)
        .thumbCode([word], CODE)
        .step();
    assert.deepEqual(
      seen.map(({ kind }) => kind),
      [Exception.Undefined, Exception.Undefined, Exception.Undefined],
    );
  });

  it('FPSCR.AHP reads as zero without the half-precision extension', () => {
    for (const [name, kept] of [
      ['cortex-a8', 0],
      ['cortex-a15', 1 << 26],
    ] as const) {
      const rig = new CpuRig({ model: cpuModels.get(name) });
      rig.setCp15('CPACR', 0x00f0_0000);
      // VMSR FPEXC, r1; VMSR FPSCR, r0; VMRS r2, FPSCR
      rig
        .arm([0xeee8_1a10, 0xeee1_0a10, 0xeef1_2a10], CODE)
        .setR(0, 1 << 26)
        .setR(1, 1 << 30);
      rig.step(3);
      assert.equal(rig.r(2), kept, name);
    }
  });

  it('fused multiplication of vectors needs Advanced SIMDv2', () => {
    for (const [name, undefinedThere] of [
      ['cortex-a8', 1],
      ['cortex-a15', 0],
    ] as const) {
      const rig = new CpuRig({ model: cpuModels.get(name) });
      rig.setCp15('CPACR', 0x00f0_0000);
      const seen = rig.watch();
      // VMSR FPEXC, r1; VFMA.F32 d16, d0, d31
      rig.arm([0xeee8_1a10, 0xf240_0c3f], CODE).setR(1, 1 << 30);
      rig.step(2);
      assert.equal(seen.length, undefinedThere, name);
    }
  });

  it('a store-exclusive of another size than the load-exclusive fails', () => {
    // UNPREDICTABLE (A3.4.5): LDREX, STREXH of the same address. qemu-arm lets it succeed.
    const rig = new CpuRig();
    rig.arm([0xe198_3f9f, 0xe1e8_0f99], CODE).setR(8, DATA).setR(9, 0x1234);
    rig.poke(DATA, 0x5678);
    rig.step(2);
    assert.equal(rig.r(0), 1);
    assert.equal(rig.peek(DATA), 0x5678);
  });

  it('data processing that writes the PC does not interwork before ARMv7', () => {
    for (const [name, thumb] of [
      ['arm1176', 0],
      ['cortex-a8', Psr.T],
    ] as const) {
      const rig = new CpuRig({ model: cpuModels.get(name) });
      rig
        .psr(Mode.usr)
        .arm([0xe1a0_f008], CODE)
        .setR(8, CODE + 0x101);
      rig.step();
      assert.equal(rig.pc, CODE + 0x100, name);
      assert.equal(rig.cpsr & Psr.T, thumb, name);
    }
  });

  it('every integer row takes part, or has a reason why not', () => {
    const reasons = new Set(table.map(leftOut));
    assert.ok(reasons.size <= 7, [...reasons].join('; '));
    assert.ok(comparableRows('A32').length > 250);
    assert.ok(comparableRows('T16').length > 70);
    assert.ok(comparableRows('T32').length > 220);
  });
});

/** Spaces that exist on qemu-arm and not yet here: floating point, Advanced SIMD; and coprocessors 1 and 2, which Linux emulates (FPA). */
const ELSEWHERE = /Floating|SIMD|Extension register|64-bit transfers|8, 16, and 32-bit|CDP|LDC|STC|MCRR|MRRC|MCR|MRC/;
const isAdvancedSimd = (isa: Isa, word: number): boolean =>
  isa === 'A32'
    ? word >>> 25 === 0x79 || word >>> 24 === 0xf4
    : isa === 'T32' && /^(ef|ff|f9)/.test((word >>> 0).toString(16));

/** ARMv8's HLT with the immediate that means semihosting: qemu-arm serves it on every processor. */
const isSemihosting = (isa: Isa, word: number): boolean =>
  isa === 'A32' ? word === 0xe10f_0070 : isa === 'T16' && word === 0xbabc;

/** The space of SVC under condition 1111 is UNDEFINED (A5.7); qemu-arm passes over some of it. */
const isSpaceOfSvc = (isa: Isa, word: number): boolean => isa === 'A32' && word >>> 24 === 0xff;

describe('random words against qemu-arm', () => {
  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  const draw = (isa: Isa, random: () => number): number => {
    if (isa === 'A32') return ((random() & 0x0fff_ffff) | (random() & 1 ? 0xe000_0000 : 0xf000_0000)) >>> 0;
    if (isa === 'T16') return random() % 0xe800;
    return (0xe800_0000 + (random() % 0x1800_0000)) >>> 0;
  };

  for (const isa of ['A32', 'T16', 'T32'] as const) {
    it(`${isa}: Undefined here is Undefined there, and only that`, function () {
      this.timeout(0);
      assertUndefinedAlike({
        isa,
        seed: SEED,
        blocks: Math.ceil(VECTORS / 10_000),
        extension: 0,
        draw: (random) => draw(isa, random),
        skipped: (word, row) =>
          row === undefined
            ? isAdvancedSimd(isa, word) || isSemihosting(isa, word) || isSpaceOfSvc(isa, word)
            : ELSEWHERE.test(row.name) ||
              unpredictableReasons(row, word | 0).length > 0 ||
              (row.operation !== null && leftOut(row) !== undefined) ||
              (row.facts & (Fact.branch | Fact.exceptionCall | Fact.sensitive)) !== 0,
      });
    });
  }
});

describe('system instructions in USR mode', () => {
  it('rows that are privileged and not sensitive are Undefined at PL0', () => {
    const rig = new CpuRig();
    const seen = rig.watch();
    const random = seededRandom(SEED);
    for (const row of table.filter(
      ({ isa, facts }) => isa === 'A32' && (facts & Fact.privileged) !== 0 && (facts & Fact.sensitive) === 0,
    )) {
      if (row.operation === null || (row.facts & Fact.systemRegister) !== 0) continue;
      const word = (random() & ~row.mask & 0x0fff_ffff) | row.value | (row.conditional ? 0xe000_0000 : 0);
      seen.length = 0;
      rig.psr(Mode.usr).arm([word], CODE);
      rig.step();
      assert.equal(seen[0]?.kind, Exception.Undefined, `${row.name} ${row.encoding} ${(word >>> 0).toString(16)}`);
      assert.equal(rig.cpsr & Psr.M, Mode.und);
    }
  });
});
