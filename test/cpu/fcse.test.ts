/**
 * The Fast Context Switch Extension (DDI 0406C appendix D10, DDI 0301H 3.2.46, DDI 0344K 3.2.71) by the reference: random accesses, fetches and address
 * translations in random processes against QEMU; and by the manuals what QEMU does not do: fault addresses and maintenance by modified
 * virtual address, debug events.
 */
import assert from 'node:assert/strict';
import { Exception, FaultType } from '../../src/arm/exceptions.js';
import { Mode } from '../../src/arm/modes.js';
import { arm1176, cortexA15, cortexA7, cortexA8, type CpuModel } from '../../src/cpu/models.js';
import { seededRandom } from '../../src/isa/random.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { CpuRig, DATA, RAM } from '../support/cpu-rig.js';
import { END, ORIGIN, OUT, runOnBareQemu, runOnReference } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const MIB = 1 << 20;
const BLOCK = 32 * MIB;
const LEVEL1 = 0x4070_0000;
/** Sections to which the tables lead, each with its own contents. */
const POOL = 0x4090_0000;
const POOL_SECTIONS = 4;
/** In each: a word, and a function that returns the word behind it. */
const WORD = 0x1230;
const FUNCTION = 0x4560;
/** Process 32 begins where RAM does: with the MMU off, too, its virtual addresses lead somewhere. */
const PIDS = [0, 1, 2, 32, 127] as const;
const OPERATIONS = ['LDR', 'STR', 'LDRT', 'call', 'ATS1CPR', 'ATS1CUW'] as const;
const RECORD = 3;

/** FCSETranslate(). */
function modified(pid: number, va: number): number {
  return va < BLOCK ? pid * BLOCK + va : va;
}

interface Case {
  readonly mmu: 0 | 1;
  readonly pid: number;
  readonly va: number;
  readonly operation: number;
}

function cases(random: () => number): Case[] {
  return Array.from({ length: 1500 }, () => {
    const mmu = random() % 8 === 0 ? 0 : 1;
    const operation = random() % OPERATIONS.length;
    const pid = mmu === 0 ? [0, 32][random() & 1] : PIDS[random() % PIDS.length];
    const offset = operation === OPERATIONS.indexOf('call') ? FUNCTION : WORD;
    const section = POOL / MIB + (random() % POOL_SECTIONS);
    const low = mmu === 0 ? (pid === 32 ? section - RAM / MIB : section) : random() % 36;
    // Of RAM itself, what holds no program. Some of the addresses are modified ones already.
    const va = (pid === 32 && low < 16 ? section - RAM / MIB : low) * MIB + offset;
    return { mmu, pid, va: mmu === 1 && random() % 4 === 0 ? modified(pid, va) : va, operation };
  });
}

/** First-level entries: the first 36 sections of each process, half of them leading to the pool. */
function tables(random: () => number): [number, number][] {
  const entries = new Map<number, number>();
  for (const pid of PIDS) {
    for (let section = 0; section < 36; section++) {
      const mva = pid * 32 + section;
      if ((mva >= RAM / MIB && mva < RAM / MIB + 16) || mva >= 4096) continue;
      const AP = random() & 3;
      const leaf = (POOL + (random() % POOL_SECTIONS) * MIB) | (AP << 10) | 2;
      entries.set(mva, random() & 1 ? leaf : 0);
    }
  }
  return [...entries];
}

/** Writes value or status of each case, fault address, and PAR. */
function program(all: readonly Case[], entries: readonly [number, number][]): string {
  return `
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0
    ldr r0, =${LEVEL1}
    mov r1, #0
    mov r2, #4096
  1: str r1, [r0], #4
    subs r2, r2, #1
    bne 1b
    ldr r0, =${LEVEL1 + 4 * (RAM / MIB)}
    ldr r1, =${RAM | 0xc02}
    mov r2, #16
  1: str r1, [r0], #4
    add r1, r1, #0x100000
    subs r2, r2, #1
    bne 1b
    ldr r3, =entries
    ldr r4, =${entries.length}
  1: ldmia r3!, {r0, r1}
    ldr r2, =${LEVEL1}
    str r1, [r2, r0, lsl #2]
    subs r4, r4, #1
    bne 1b
    ldr r0, =${POOL}
    mov r1, #${POOL_SECTIONS}
  1: add r2, r0, #${WORD & 0xff00}
    str r0, [r2, #${WORD & 0xff}]
    add r2, r0, #${FUNCTION & 0xff00}
    add r2, r2, #${FUNCTION & 0xff}
    ldr r3, function
    ldr r4, function + 4
    stmia r2, {r3, r4}
    str r0, [r2, #8]
    add r0, r0, #0x100000
    subs r1, r1, #1
    bne 1b
    ldr r0, =${LEVEL1}
    mcr p15, 0, r0, c2, c0, 0
    mov r0, #0
    mcr p15, 0, r0, c2, c0, 2
    mcr p15, 0, r0, c8, c7, 0
    mov r0, #1
    mcr p15, 0, r0, c3, c0, 0
    mrc p15, 0, r11, c1, c0, 0
    orr r11, r11, #0x00800000
    ldr r12, =${OUT}
    ldr r10, =table
    ldr r9, =${all.length}
  next:
    ldmia r10!, {r0-r3}
    orr r0, r0, r11
    mcr p15, 0, r0, c1, c0, 0
    mcr p15, 0, r1, c13, c0, 0
    mov r5, #0
    mov r6, #0
    mov r7, #0
    ldr r8, =done
    add pc, pc, r3, lsl #4
    nop
    ldr r5, [r2]
    b done
    nop
    nop
    str r9, [r2]
    b done
    nop
    nop
    ldrt r5, [r2]
    b done
    nop
    nop
    mov lr, r8
    bx r2
    nop
    nop
    mcr p15, 0, r2, c7, c8, 0
    mrc p15, 0, r7, c7, c4, 0
    b done
    nop
    mcr p15, 0, r2, c7, c8, 3
    mrc p15, 0, r7, c7, c4, 0
    b done
    nop
  done:
    stmia r12!, {r5-r7}
    subs r9, r9, #1
    bne next
    mcr p15, 0, r11, c1, c0, 0
    mov r0, #0
    mcr p15, 0, r0, c13, c0, 0
    mov r0, r12
    b end
  data_abort:
    mrc p15, 0, r5, c5, c0, 0
    bic r5, r5, #0x800       @ WnR, which QEMU’s ARMv6 has not
    mrc p15, 0, r6, c6, c0, 0
    subs pc, lr, #4
  prefetch_abort:
    mrc p15, 0, r5, c5, c0, 1
    mrc p15, 0, r6, c6, c0, 2
    movs pc, r8
  function:
    ldr r5, [pc]
    bx lr
    .ltorg
    .balign 32
  vectors:
    b .
    b .
    b .
    b prefetch_abort
    b data_abort
  end:
    ${END}
    .balign 4
  entries: .word ${entries.flat().join(', ')}
  table: .word ${all.flatMap(({ mmu, pid, va, operation }) => [mmu, (pid << 25) >>> 0, va >>> 0, operation]).join(', ')}`;
}

describe('the FCSE', () => {
  for (const model of [arm1176, cortexA8]) {
    it(`relocates what QEMU does, of accesses, fetches and translations: ${model.name}`, function () {
      need(this, 'qemu-system-arm', ...ASSEMBLER);
      this.timeout(60_000);
      const random = seededRandom(SEED);
      const all = cases(random);
      const code = assemble(program(all, tables(random)), { origin: ORIGIN });
      const theirs = runOnBareQemu(code, model.name, true);
      const ours = runOnReference(new CpuRig({ model }), code);
      assert.equal(theirs.length, RECORD * all.length);
      const seen = new Set<string>();
      all.forEach(({ mmu, pid, va, operation }, i) => {
        const show = (out: Uint32Array, far: (address: number) => number): string => {
          const [value, address, PAR] = out.subarray(RECORD * i, RECORD * i + RECORD);
          // QEMU’s PAR lacks attributes, and is that of Secure state.
          const par = (PAR & 1) !== 0 ? PAR : PAR & ~0xffe;
          return [value, address === 0 ? 0 : far(address), par >>> 0].map((n) => n.toString(16)).join(' ');
        };
        // QEMU leaves the virtual address in FAR and IFAR: DDI 0301H 3.2.19 and 3.2.21 have the modified one.
        const expected = show(theirs, (address) => modified(pid, address));
        const what = `${OPERATIONS[operation]} of ${va.toString(16)} in process ${pid}, MMU ${mmu}`;
        assert.equal(
          show(ours, (address) => address),
          expected,
          `seed ${SEED}, case ${i}: ${what}`,
        );
        const relocated = modified(pid, va) !== va ? 'relocated' : 'not relocated';
        const faulted = theirs[RECORD * i + 1] !== 0 || (theirs[RECORD * i + 2] & 1) !== 0 ? 'fault' : 'none';
        seen.add(`${relocated}, MMU ${mmu}, ${OPERATIONS[operation]}, ${faulted}`);
      });
      // Without the MMU nothing faults; a store without fault and one that faults are all told apart by what later loads read.
      assert.equal(seen.size, 2 * OPERATIONS.length * 3, [...seen].sort().join('\n'));
    });
  }

  it('is not there on the Cortex-A15 and A7: FCSEIDR reads as zero; where it is, PID alone is kept', () => {
    const read = (model: CpuModel): number =>
      new CpuRig({ model }).setCp15('FCSEIDR', 0xffff_ffff).cp15('FCSEIDR') >>> 25;
    assert.deepEqual([arm1176, cortexA8, cortexA7, cortexA15].map(read), [127, 127, 0, 0]);
    assert.equal(new CpuRig({ model: arm1176 }).setCp15('FCSEIDR', 0xffff_ffff).cp15('FCSEIDR'), 0xfe00_0000);
  });

  /** In process 2, whose first MiB is DATA’s and whose second is not mapped; XP set. */
  function process(model = arm1176): CpuRig {
    const rig = new CpuRig({ model });
    for (let at = RAM; at < RAM + 16 * MIB; at += MIB) rig.first(at, at | 0xc02);
    rig.first(2 * BLOCK, DATA | 0xc02);
    rig
      .setCp15('TTBR0', RAM)
      .setCp15('DACR', 1)
      .setCp15('FCSEIDR', 2 * BLOCK);
    return rig.setCp15('SCTLR', rig.cp15('SCTLR') | (1 << 23) | 1).psr(Mode.svc);
  }
  const LDR = 0xe591_0000;

  it('leaves modified addresses in the fault address registers, of alignment faults, too', () => {
    const rig = process();
    rig
      .arm([LDR])
      .setR(1, MIB + 4)
      .step();
    assert.equal(rig.cp15('DFAR'), 2 * BLOCK + MIB + 4);
    rig.setCp15('SCTLR', rig.cp15('SCTLR') | 2);
    rig.arm([LDR]).setR(1, 6).step();
    assert.equal(rig.cp15('DFAR'), 2 * BLOCK + 6);
    rig.start(MIB + 8, false).step();
    assert.equal(rig.cp15('IFAR'), 2 * BLOCK + MIB + 8);
  });

  it('leaves what is above 32 MiB alone, and what is forgotten is forgotten by modified address', () => {
    const rig = process();
    rig.poke(DATA, 1);
    rig.poke(DATA + MIB, 2);
    const loaded = (va: number): number => {
      rig.arm([LDR]).setR(1, va).step();
      return rig.r(0);
    };
    const both = (): number[] => [loaded(0), loaded(2 * BLOCK)];
    assert.deepEqual(both(), [1, 1]);
    rig.first(2 * BLOCK, (DATA + MIB) | 0xc02);
    assert.deepEqual(both(), [1, 1], 'the TLB has the old ones');
    rig.setCp15('TLBIMVA', 2 * BLOCK + 0x5000);
    assert.deepEqual(both(), [2, 2]);
    rig.first(2 * BLOCK, DATA | 0xc02);
    rig.setCp15('FCSEIDR', 0).setCp15('FCSEIDR', 2 * BLOCK);
    assert.equal(loaded(0), 1, 'another process had these addresses meanwhile');
    rig.first(0, (DATA + MIB) | 0xc02);
    rig.setCp15('FCSEIDR', 0);
    assert.equal(loaded(0), 2);
  });

  it('has no part in cache maintenance by address', () => {
    const rig = process();
    const DCCMVAC = 0xee07_1f3a; // MCR p15, 0, r1, c7, c10, 1
    const seen = rig.watch();
    for (const mva of [2 * BLOCK, 0, MIB, 2 * BLOCK + MIB]) rig.psr(Mode.svc).arm([DCCMVAC]).setR(1, mva).step();
    assert.deepEqual(
      seen.map(({ kind, fault, maintenance }) => [kind, fault, maintenance]),
      Array.from({ length: 3 }, () => [Exception.DataAbort, FaultType.Translation, true]),
    );
    assert.equal(rig.cp15('DFAR'), 2 * BLOCK + MIB);
    rig.psr(Mode.svc).arm([DCCMVAC]).setR(1, MIB).step();
    assert.equal(rig.cp15('DFAR'), MIB);
  });

  for (const { model, at, why } of [
    { model: arm1176, at: 2 * BLOCK, why: 'hold modified addresses (DDI 0301H 13.3.7)' },
    { model: cortexA8, at: 0, why: 'hold virtual addresses (DDI 0344K 12.3.5)' },
  ]) {
    it(`the ${model.name}’s breakpoints and watchpoints ${why}`, () => {
      const rig = process(model);
      if (model !== arm1176) rig.setCp15('DBGOSLAR', 0);
      rig.poke(DATA, 0xe1a0_0000, 0xe1a0_0000);
      rig
        .setCp15(model === arm1176 ? 'DSCR' : 'DBGDSCRext', 1 << 15)
        .setCp15('DBGBVR0', at)
        .setCp15('DBGBCR0', 0x1e7);
      rig.setCp15('DBGWVR0', at + 0x100).setCp15('DBGWCR0', 0x1ff);
      const seen = rig.watch();
      const executed = (va: number): number => {
        rig.psr(Mode.svc).start(va, false).step();
        return seen.length;
      };
      const loaded = (va: number): number => {
        rig.psr(Mode.svc).arm([LDR]).setR(1, va).step();
        return seen.length;
      };
      const modifiedToo = model === arm1176 ? 1 : 0;
      assert.deepEqual([executed(0), executed(4)], [1, 1]);
      assert.equal(executed(2 * BLOCK), 1 + modifiedToo);
      assert.equal(loaded(0x100), 2 + modifiedToo);
      assert.equal(seen.at(-1)!.address, 0x100);
      assert.equal(loaded(2 * BLOCK + 0x100), 2 + 2 * modifiedToo);
      // In another process the same virtual address is another modified one.
      rig.setCp15('FCSEIDR', 3 * BLOCK).first(3 * BLOCK, DATA | 0xc02);
      const before = seen.length;
      assert.equal(executed(0) - before, 1 - modifiedToo);
      assert.equal(loaded(0x100) - before, 2 - 2 * modifiedToo);
      assert.ok(seen.every(({ fault }) => fault === FaultType.Debug));
    });
  }
});
