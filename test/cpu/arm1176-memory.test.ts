/**
 * The ARM1176's memory: ARMv5's tables with subpages and ARMv6's own (SCTLR.XP), SCTLR.S and R, against QEMU's model; unaligned accesses with
 * SCTLR.U clear, which QEMU does not know, by the manual (DDI 0301H 4.2, 6.5, 6.11).
 */
import assert from 'node:assert/strict';
import { Mode } from '../../src/arm/modes.js';
import { arm1176 } from '../../src/cpu/models.js';
import { seededRandom } from '../../src/isa/random.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { CpuRig, CODE, DATA } from '../support/cpu-rig.js';
import { END, ORIGIN, OUT, runOnBareQemu, runOnReference } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

const XP = 1 << 23;
const S = 1 << 8;
const R = 1 << 9;
const LEVEL1 = 0x4070_0000;
const LEVEL2 = 0x4070_8000;
const PAGES = 0x4071_0000;
const WINDOW = 0x6000_0000;
/** In each of the four subpages of a small page; in the second and in the last of a large one. */
const OFFSETS = [0x0, 0x400, 0x800, 0xc00, 0x5000, 0xf000] as const;

interface Case {
  readonly sctlr: number;
  readonly level1: number;
  readonly level2: number;
}

/** Every kind of descriptor under every AP, under each of XP, S and R; random ones. */
function cases(): Case[] {
  const all: Case[] = [];
  const random = seededRandom(1);
  for (const sctlr of [0, S, R, XP, XP | S, XP | R]) {
    for (let AP = 0; AP < 4; AP++) {
      all.push({ sctlr, level1: PAGES | (AP << 10) | 2, level2: 0 });
      all.push({ sctlr, level1: PAGES | (1 << 15) | (AP << 10) | 2, level2: 0 });
      for (const apx of [0, 1 << 9])
        for (let kind = 1; kind < 4; kind++)
          all.push({ sctlr, level1: LEVEL2 | 1, level2: PAGES | apx | (AP << 4) | kind });
    }
    for (let i = 0; i < 40; i++) {
      all.push({ sctlr, level1: LEVEL2 | 1, level2: PAGES | ((random() & 0xff) << 4) | 1 | (random() & 1) });
    }
    for (let kind = 0; kind < 3; kind++)
      all.push({ sctlr, level1: LEVEL2 | (kind === 1 ? 0x21 : kind), level2: PAGES | 0xff2 });
    all.push({ sctlr, level1: LEVEL2 | 1, level2: PAGES });
  }
  return all;
}

/** Tries loads and stores at both levels at each offset under each case, and writes DFSR of each, or 0. */
function program(all: readonly Case[]): string {
  const attempt = (text: string): string => `mov r6, #0\n ${text}\n str r6, [r12], #4\n`;
  return `
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0
    ldr r12, =${OUT}
    @ everything but the window is where it is
    ldr r0, =${LEVEL1}
    ldr r1, =0x00000c02
    mov r2, #4096
  1: str r1, [r0], #4
    add r1, r1, #0x100000
    subs r2, r2, #1
    bne 1b
    ldr r0, =${LEVEL1}
    mcr p15, 0, r0, c2, c0, 0
    mov r0, #0
    mcr p15, 0, r0, c2, c0, 2
    mov r0, #1
    mcr p15, 0, r0, c3, c0, 0
    mrc p15, 0, r11, c1, c0, 0
    bic r11, r11, #0x00800000
    bic r11, r11, #0x300
    ldr r10, =table
    ldr r9, =${all.length}
  next:
    ldmia r10!, {r0-r2}
    ldr r3, =${LEVEL1 + 4 * (WINDOW >>> 20)}
    str r1, [r3]
    ldr r3, =${LEVEL2}
    mov r4, #16
  1: str r2, [r3], #4
    subs r4, r4, #1
    bne 1b
    orr r0, r0, r11
    orr r0, r0, #1
    mcr p15, 0, r0, c7, c10, 4
    mcr p15, 0, r0, c1, c0, 0
    mcr p15, 0, r0, c8, c7, 0
    mcr p15, 0, r0, c7, c5, 4
    ${OFFSETS.map(
      (offset) =>
        `ldr r8, =${WINDOW + offset}\n` +
        ['ldr r5, [r8]', 'str r5, [r8]', 'ldrt r5, [r8]', 'strt r5, [r8]'].map(attempt).join(''),
    ).join('')}
    subs r9, r9, #1
    bne next
    mcr p15, 0, r11, c1, c0, 0
    mcr p15, 0, r11, c7, c5, 4
    mov r0, r12
    b end
  abort:
    mrc p15, 0, r6, c5, c0, 0
    subs pc, lr, #4
    .ltorg
    .balign 32
  vectors:
    b .
    b .
    b .
    b .
    b abort
  end:
    ${END}
    .balign 4
  table: .word ${all.flatMap(({ sctlr, level1, level2 }) => [sctlr, level1 >>> 0, level2 >>> 0]).join(', ')}`;
}

/** Subpages' rights, of a small page and (in each quarter of a large one) of four: AP3 to AP0. */
const DIVISIONS = [0xe4, 0x1b, 0x72, 0xc6, 0x2d, 0xaa, 0x55, 0xff, 0x00, 0x9f] as const;
/** Where to enter a page: in each subpage, and just before the next one begins. */
const ENTRIES = [0x0, 0x3f8, 0x400, 0x7f8, 0x800, 0xbf8, 0xc00] as const;

/**
 * Enters a page at each of ENTRIES, at both levels, under each division, SCTLR.S and R; writes a trace of what was executed there, or with bit 31 that of
 * before the abort and IFSR, and IFAR.
 */
function fetchProgram(): string {
  const attempt = (kind: number, offset: number, mode: number): string => `
    ldr r0, =${LEVEL2}
    mov r1, #16
    orr r2, r10, #${kind}
  1: str r2, [r0], #4
    subs r1, r1, #1
    bne 1b
    mcr p15, 0, r1, c8, c7, 0
    mov r6, #0
    mov r5, #0
    ldr r7, =${WINDOW + offset}
    ldr r8, =1f
    cps #${mode}
    blx r7
    svc #1
  1: stmia r12!, {r5, r6}
    b 2f
    .ltorg
  2:`;
  const tries = [1, 2].flatMap((kind) =>
    ENTRIES.flatMap((offset) => [0x13, 0x10].map((mode) => attempt(kind, offset, mode))),
  );
  return `
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0
    ldr r0, =${LEVEL1}
    ldr r1, =0x00000c02
    mov r2, #4096
  1: str r1, [r0], #4
    add r1, r1, #0x100000
    subs r2, r2, #1
    bne 1b
    ldr r0, =${LEVEL1 + 4 * (WINDOW >>> 20)}
    ldr r1, =${LEVEL2 | 1}
    str r1, [r0]
    @ in each subpage: a function at its beginning, which its end runs into
    ldr r0, =${PAGES}
    mov r1, #4
    ldr r4, =0xe2866001        @ ADD r6, r6, #1
    ldr r3, =0xe12fff1e        @ BX lr
    ldr r5, =0xe2866c01        @ ADD r6, r6, #0x100
  1: str r4, [r0]
    str r3, [r0, #4]
    add r2, r0, #0x3f8
    str r5, [r2]
    str r5, [r2, #4]
    add r4, r4, #1
    add r0, r0, #0x400
    subs r1, r1, #1
    bne 1b
    ldr r0, =${LEVEL1}
    mcr p15, 0, r0, c2, c0, 0
    mov r0, #0
    mcr p15, 0, r0, c2, c0, 2
    mov r0, #1
    mcr p15, 0, r0, c3, c0, 0
    mrc p15, 0, r11, c1, c0, 0
    bic r11, r11, #0x00800000
    bic r11, r11, #0x300
    ldr r12, =${OUT}
    ldr r9, =table
  next:
    ldmia r9!, {r0, r10}
    cmn r10, #1
    beq over
    orr r0, r0, r11
    orr r0, r0, #1
    mcr p15, 0, r0, c1, c0, 0
    ${tries.join('')}
    b next
  over:
    mcr p15, 0, r11, c1, c0, 0
    mov r0, r12
    b end
  abort:
    mrc p15, 0, r5, c5, c0, 1
    orr r6, r6, #0x80000000
    orr r6, r6, r5, lsl #16
    mrc p15, 0, r5, c6, c0, 2
    cps #0x13
    bx r8
    .ltorg
    .balign 32
  vectors:
    b .
    b .
    bx r8
    b abort
    b .
  end:
    ${END}
    .balign 4
  table: .word ${[0, S, R].flatMap((sctlr) => DIVISIONS.flatMap((AP) => [sctlr, PAGES | (AP << 4)])).join(', ')}, 0, -1`;
}

/**
 * First-level descriptors 0b11: fine tables went with ARMv6 (DDI 0301H 6.11.1), here a fault; QEMU walks them. And supersections exist with
 * XP = 1 alone.
 */
describe('the ARM1176’s translation tables', () => {
  it('give every access the rights, or the fault, that QEMU’s do', function () {
    need(this, 'qemu-system-arm', ...ASSEMBLER);
    this.timeout(60_000);
    const all = cases();
    const code = assemble(program(all), { origin: ORIGIN });
    const theirs = runOnBareQemu(code, 'arm1176', true);
    const ours = runOnReference(new CpuRig({ model: arm1176 }), code);
    const ATTEMPTS = ['LDR', 'STR', 'LDRT', 'STRT'];
    assert.equal(theirs.length, all.length * OFFSETS.length * ATTEMPTS.length);
    const different: string[] = [];
    theirs.forEach((value, i) => {
      // Bit 12 and WnR's place are the same; QEMU's status has no more.
      if (value === ours[i]) return;
      const { sctlr, level1, level2 } = all[Math.floor(i / ATTEMPTS.length / OFFSETS.length)];
      const where = `${ATTEMPTS[i % 4]} at ${OFFSETS[Math.floor(i / 4) % OFFSETS.length].toString(16)}`;
      const what = [sctlr, level1 >>> 0, level2 >>> 0, ours[i], value].map((n) => n.toString(16));
      different.push(
        `SCTLR ${what[0]}, level 1 ${what[1]}, level 2 ${what[2]}, ${where}: ${what[3]}, on QEMU ${what[4]}`,
      );
    });
    assert.deepEqual(different.slice(0, 20), []);
    assert.ok(theirs.includes(0) && theirs.some((value) => value !== 0));
  });

  it('let an instruction be fetched by the rights of its own subpage, or abort where QEMU’s do', function () {
    need(this, 'qemu-system-arm', ...ASSEMBLER);
    this.timeout(60_000);
    const code = assemble(fetchProgram(), { origin: ORIGIN });
    const theirs = runOnBareQemu(code, 'arm1176', true);
    const ours = runOnReference(new CpuRig({ model: arm1176 }), code);
    assert.equal(theirs.length, 3 * DIVISIONS.length * 2 * ENTRIES.length * 2 * 2);
    for (let i = 0; i < theirs.length; i += 2) {
      const attempt = (i / 2) % (4 * ENTRIES.length);
      const AP = DIVISIONS[Math.floor(i / (8 * ENTRIES.length)) % DIVISIONS.length];
      const where = `AP ${AP.toString(16)}, entered at ${ENTRIES[(attempt >> 1) % ENTRIES.length].toString(16)}`;
      const show = (out: Uint32Array): string => `${out[i].toString(16)} ${out[i + 1].toString(16)}`;
      assert.equal(show(ours), show(theirs), `${where}, attempt ${i / 2}`);
    }
    const ranIntoAborts = theirs.filter((value, i) => i % 2 === 1 && value >>> 31 === 1 && (value & 0x200) !== 0);
    assert.ok(ranIntoAborts.length > 20 && theirs.includes(0x202));
  });

  it('give the subpage at which an instruction is fetched the last word: a fine table is a fault', () => {
    const rig = new CpuRig({ model: arm1176 });
    const fetch = (va: number): number => {
      const { fault } = rig.mmu.fetch(va);
      return fault;
    };
    rig.first(CODE, CODE | 0xc02);
    rig.small(0x5000_0000, DATA, (0b11_01_10_00 << 4) | 2);
    rig.first(0x5010_0000, 0x1000 | 3);
    rig.setCp15('TTBR0', 0x4000_0000).setCp15('DACR', 1);
    rig.setCp15('SCTLR', (rig.cp15('SCTLR') & ~XP) | 1);
    rig.psr(Mode.usr);
    assert.deepEqual(
      [0, 0x400, 0x800, 0xc00].map((offset) => fetch(0x5000_0000 + offset) === 0),
      [false, true, false, true],
    );
    assert.notEqual(fetch(0x5010_0000), 0);
  });
});

describe('unaligned accesses of the ARM1176', () => {
  const loaded = (rig: CpuRig, word: number, address: number): number => {
    rig.psr(Mode.svc).arm([word]).setR(1, address).step();
    return rig.r(0);
  };

  it('rotate words and ignore low bits with SCTLR.U clear; are byte by byte with it set; abort with A set', () => {
    const rig = new CpuRig({ model: arm1176 });
    rig.poke(DATA, 0x4433_2211, 0x8877_6655);
    const LDR = 0xe591_0000;
    const seen = rig.watch();
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => loaded(rig, LDR, DATA + i)),
      [0x4433_2211, 0x1144_3322, 0x2211_4433, 0x3322_1144],
    );
    assert.equal(loaded(rig, 0xe1d1_00b0, DATA + 1), 0x2211, 'LDRH');
    loaded(rig, 0xe8b1_000d, DATA + 2); // LDM r1!, {r0, r2, r3}
    assert.deepEqual([rig.r(0), rig.r(2), rig.r(1)], [0x4433_2211, 0x8877_6655, DATA + 14]);
    rig
      .arm([0xe581_2000])
      .setR(1, DATA + 7)
      .setR(2, 0xabcd_ef01)
      .step(); // STR r2, [r1]
    assert.equal(rig.peek(DATA + 4), 0xabcd_ef01);
    rig.setCp15('SCTLR', rig.cp15('SCTLR') | (1 << 22));
    assert.equal(loaded(rig, LDR, DATA + 1), 0x0144_3322);
    assert.deepEqual(seen, []);
    rig.setCp15('SCTLR', rig.cp15('SCTLR') | 2);
    loaded(rig, LDR, DATA + 1);
    assert.equal(seen.length, 1);
  });
});
