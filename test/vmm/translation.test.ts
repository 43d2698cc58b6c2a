/** Guests that change their translation: what they see afterwards is what they would see bare, and not what shadow tables remember. */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB } from '../support/guest.js';
import {
  DACR,
  frame,
  FRAME,
  KERNEL_ONLY,
  LEVEL1,
  LEVEL2,
  look,
  map,
  mcr,
  mmuGuest,
  NOT_GLOBAL,
  poke,
  READ_ONLY,
  SCTLR,
  SECTION,
  SMALL,
  TLBIALL,
  tlbimva,
  WINDOW,
} from '../support/mmu-guest.js';
import { need } from '../support/tools.js';
import { BRIEF_WAYS, runAlike } from './compare.js';

/** What the guest saw: r9, and the number of aborts. */
function run(body: string): [seen: number, aborts: number] {
  const images = assembled(mmuGuest(body));
  const [{ stop, test }] = runAlike({ images, memory: 4 * MIB }, 200_000, BRIEF_WAYS);
  assert.deepEqual(stop, { kind: 'exit', code: 0, how: 'power-off' }, test.place());
  return [test.r(9), test.r(10)];
}

describe('translations that change', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const [name, maintenance] of [
    ['TLBIALL', TLBIALL],
    ['TLBIMVA', tlbimva(WINDOW)],
    ['TLBIMVAA', mcr(WINDOW, 'c8, c7, 3')],
    ['DTLBIMVA', mcr(WINDOW, 'c8, c6, 1')],
    ['DTLBIALL', 'mcr p15, 0, r0, c8, c6, 0\n'],
    ['TLBIMVAIS', mcr(WINDOW, 'c8, c3, 1')],
  ] as const) {
    it(`another frame, by ${name}`, () => {
      const body = `
          ${map(0, frame(0) | SMALL)} ${look(WINDOW)}
          ${map(0, frame(1) | SMALL)} ${maintenance} ${look(WINDOW)}`;
      assert.deepEqual(run(body), [0xa0a1, 0]);
    });
  }

  it('no frame, fewer rights and more', () => {
    const body = `
        ${look(WINDOW)}
        ${map(0, frame(0) | SMALL)} ${look(WINDOW, true)}
        ${map(0, frame(0) | READ_ONLY)} ${tlbimva(WINDOW)} ${look(WINDOW, true)}
        ${map(0, frame(2) | SMALL)} ${tlbimva(WINDOW)} ${look(WINDOW, true)}
        ${map(0, 0)} ${tlbimva(WINDOW)} ${look(WINDOW, true)}`;
    // Aborts: the first load, a store, load and store at the end.
    assert.deepEqual(run(body), [0xa0a0_a240, 4]);
  });

  it('a section of which another page is named in the maintenance', () => {
    const entry = LEVEL1 + 4 * 0x600;
    const body = `
        ${poke(entry, 0x4030_0000 | SECTION)} ${look(0x6000_0000)} ${look(0x6000_1000)}
        ${poke(entry, 0x4000_0000 | SECTION)} ${tlbimva(0x6000_3000)} ${look(0x6000_0000)} ${look(0x6000_1000)}`;
    const [seen] = run(body);
    assert.equal(seen >>> 16, 0xa0a1);
    assert.notEqual(seen & 0xffff, 0xa0a1);
  });

  it('a section instead of pages, and pages instead of a section', () => {
    const entry = LEVEL1 + 4 * (WINDOW >>> 20);
    const body = `
        ${map(0, frame(1) | SMALL)} ${look(WINDOW)}
        ${poke(entry, FRAME | SECTION)} ${TLBIALL} ${look(WINDOW)} ${look(WINDOW + 0x3000)}
        ${poke(entry, LEVEL2 | 1)} ${TLBIALL} ${look(WINDOW)} ${look(WINDOW + 0x3000)}`;
    assert.deepEqual(run(body), [0xa0a3_a140, 1]);
  });

  it('by domains: no access, client, manager', () => {
    const entry = LEVEL1 + 4 * (WINDOW >>> 20);
    const body = `
        ${poke(entry, LEVEL2 | 1 | (1 << 5))} ${map(0, frame(0) | READ_ONLY)} ${TLBIALL}
        ${DACR(0b0101)} ${look(WINDOW, true)}
        ${DACR(0b0001)} ${look(WINDOW)}
        ${DACR(0b1101)} ${look(WINDOW, true)}
        ${DACR(0b0101)} ${look(WINDOW, true)}`;
    // A store as client, a load with no access, a store as client again.
    assert.deepEqual(run(body), [0xa040_a0a0, 3]);
  });

  it('by address space: not global pages under an ASID, global ones under all', () => {
    const second = 0x4021_0000;
    const table2 = 0x4021_4000;
    const copy = `
        ldr r0, =${LEVEL1}
        ldr r1, =${second}
        mov r2, #4096
      8: ldr r3, [r0], #4
        str r3, [r1], #4
        subs r2, r2, #1
        bne 8b
        ${poke(second + 4 * (WINDOW >>> 20), table2 | 1)}
        ${poke(table2, frame(1) | SMALL | NOT_GLOBAL)}
        ${poke(table2 + 4, frame(2) | SMALL)}`;
    const space = (table: number, ASID: number): string =>
      `${mcr(0, 'c13, c0, 1')} ${mcr(table, 'c2, c0, 0')} ${mcr(ASID, 'c13, c0, 1')}`;
    const body = `
        ${copy}
        ${map(0, frame(0) | SMALL | NOT_GLOBAL)} ${map(1, frame(2) | SMALL)}
        ${space(LEVEL1, 1)} ${look(WINDOW)} ${look(WINDOW + 0x1000)}
        ${space(second, 2)} ${look(WINDOW)} ${look(WINDOW + 0x1000)}
        ${space(LEVEL1, 1)}
        mov r9, r9, lsl #8
        ${look(WINDOW)}`;
    assert.deepEqual(run(body), [0xa1a2_00a0, 0]);
  });

  it('by TLBIASID', () => {
    const body = `
        ${mcr(5, 'c13, c0, 1')}
        ${map(0, frame(0) | SMALL | NOT_GLOBAL)} ${look(WINDOW)}
        ${map(0, frame(3) | SMALL | NOT_GLOBAL)} ${mcr(5, 'c8, c7, 2')} ${look(WINDOW)}`;
    assert.deepEqual(run(body), [0xa0a3, 0]);
  });

  it('by the MMU itself: off and on', () => {
    const entry = LEVEL1 + 4 * 0x403;
    const body = `
        ${poke(entry, 0x4000_0000 | SECTION)} ${TLBIALL} ${look(FRAME)}
        ${SCTLR('bic r0, r0, #1')} ${look(FRAME + 0x1000)}
        ${SCTLR('orr r0, r0, #1')} ${look(FRAME + 0x1000)}`;
    const [seen] = run(body);
    assert.equal((seen >>> 8) & 0xff, 0xa1);
    assert.notEqual(seen & 0xff, 0xa1);
  });

  it('by the Access flag', () => {
    const AFE = SCTLR('orr r0, r0, #(1 << 29)');
    const body = `
        ${map(0, (frame(0) | SMALL) & ~0x10)} ${map(1, frame(1) | SMALL)} ${look(WINDOW + 0x1000)}
        ${AFE} ${TLBIALL} ${look(WINDOW)} ${look(WINDOW + 0x1000)}
        ${map(0, frame(0) | SMALL)} ${look(WINDOW)}`;
    assert.deepEqual(run(body), [0xa140_a1a0, 1]);
  });

  it('by TTBCR.N: the upper addresses from TTBR1', () => {
    const second = 0x4021_0000;
    const body = `
        ${map(0, frame(0) | SMALL)}
        ${poke(second + 4 * 0x900, FRAME | SECTION)}
        ${mcr(second, 'c2, c0, 1')}
        ${look(WINDOW)}
        ${mcr(1, 'c2, c0, 2')} ${TLBIALL} ${look(0x9000_2000)} ${look(WINDOW)}
        ${mcr(0, 'c2, c0, 2')} ${TLBIALL} ${look(0x9000_2000)}`;
    const [seen, aborts] = run(body);
    assert.deepEqual([seen >>> 8, aborts], [0xa0a2a0, 1]);
  });

  it('code that may not be executed, and may again', () => {
    const XN = 1;
    const call = (va: number): string => `
        adr r12, 5f
        ldr r0, =${va >>> 0}
        blx r0
      5: orr r9, r2, r9, lsl #8
        b 6f
        .ltorg
      6:`;
    const code = frame(0);
    const body = `
        ${poke(code, 0xe3a02011)} ${poke(code + 4, 0xe12fff1e)}
        mov r2, #1
        ${map(0, code | SMALL)} ${call(WINDOW)}
        mov r2, #2
        ${map(0, code | SMALL | XN)} ${tlbimva(WINDOW)} ${call(WINDOW)}
        mov r2, #3
        ${map(0, code | SMALL)} ${mcr(WINDOW, 'c8, c5, 1')} ${call(WINDOW)}
        mov r2, #4
        ${map(0, 0)} ${tlbimva(WINDOW)} ${call(WINDOW)}`;
    assert.deepEqual(run(body), [0x1102_1104, 2]);
  });

  it('rights of kernel and user differ', () => {
    // User code looks at what the kernel alone may see, at what everyone may, and at what it may only read.
    const body = `
        ${map(0, frame(0) | KERNEL_ONLY)} ${map(1, frame(1) | SMALL)} ${map(2, (frame(2) | 0x22) >>> 0)}
        ${look(WINDOW, true)} ${look(WINDOW + 0x2000, true)}
        mov r9, #0
        mrs r0, cpsr
        bic r0, r0, #0x1f
        orr r0, r0, #0x10
        msr cpsr_c, r0
        ${look(WINDOW, true)} ${look(WINDOW + 0x1000, true)} ${look(WINDOW + 0x2000, true)}`;
    assert.deepEqual(run(body), [0x40_a1a2, 3]);
  });

  it('in the long format: blocks and pages, and back to the short one', () => {
    const level1 = 0x4021_0000;
    const level2 = 0x4021_1000;
    const level3 = 0x4021_2000;
    const AF = 0x741;
    const wide = (address: number, word: number): string => `${poke(address, word)} ${poke(address + 4, 0)}`;
    const body = `
        ${wide(level1, 0x0000_0000 | AF)}
        ${wide(level1 + 8, level2 | 3)}
        ${wide(level1 + 16, 0x8000_0000 | AF)}
        ${wide(level1 + 24, 0xc000_0000 | AF)}
        ${Array.from({ length: 2 }, (_, i) => wide(level2 + 8 * i, (0x4000_0000 + i * 0x20_0000) | AF)).join('')}
        ${wide(level2 + 8 * 128, level3 | 3)}
        ${wide(level2 + 8 * 129, 0x4020_0000 | AF)}
        ${wide(level3, frame(0) | AF | 2)}
        b 4f
        .ltorg
      4: ${mcr(0xff44, 'c10, c2, 0')}
        mrc p15, 0, r0, c1, c0, 0
        bic r0, r0, #1
        mcr p15, 0, r0, c1, c0, 0
        ${mcr(0x8000_0000, 'c2, c0, 2')}
        ldr r0, =${level1}
        mov r1, #0
        mcrr p15, 0, r0, r1, c2
        ${TLBIALL}
        mrc p15, 0, r0, c1, c0, 0
        orr r0, r0, #1
        mcr p15, 0, r0, c1, c0, 0
        ${look(WINDOW)} ${look(0x5030_1000)}
        ${poke(level3, frame(2) | AF | 2)} ${tlbimva(WINDOW)} ${look(WINDOW)}
        ${poke(level2 + 8 * 129, 0)} ${tlbimva(0x5020_0000)} ${look(0x5030_1000)}
        mov r8, r9
        mrc p15, 0, r0, c1, c0, 0
        bic r0, r0, #1
        mcr p15, 0, r0, c1, c0, 0
        ${mcr(0, 'c2, c0, 2')}
        ldr r0, =${LEVEL1}
        mov r1, #0
        mcr p15, 0, r0, c2, c0, 0
        ${TLBIALL}
        mrc p15, 0, r0, c1, c0, 0
        orr r0, r0, #1
        mcr p15, 0, r0, c1, c0, 0
        ${map(0, frame(3) | SMALL)} ${TLBIALL}
        mov r9, r8
        mov r9, r9, lsl #8
        ${look(WINDOW)}`;
    const [seen, aborts] = run(body);
    assert.deepEqual([seen, aborts], [0xa240_00a3, 1]);
  });

  it('more of them than there are shadow tables', () => {
    // A page in each of 2,200 sections, round and round
    const body = `
        ldr r0, =${LEVEL1 + 4 * 0x600}
        ldr r1, =${LEVEL2 | 1}
        ldr r2, =2200
      1: str r1, [r0], #4
        subs r2, r2, #1
        bne 1b
        ${map(5, frame(1) | SMALL)} ${TLBIALL}
        mov r4, #3
      2: ldr r0, =0x60005000
        ldr r2, =2200
      3: ldr r1, [r0]
        cmp r1, #0xa1
        addeq r9, r9, #1
        add r0, r0, #0x100000
        subs r2, r2, #1
        bne 3b
        subs r4, r4, #1
        bne 2b`;
    assert.deepEqual(run(body), [6600, 0]);
  });
});
