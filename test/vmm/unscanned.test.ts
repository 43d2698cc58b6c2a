/**
 * The first invariant: no instruction executes in virtual-privileged state that was not scanned in its current content and state. Guests that
 * try to get one past the scanner; in each, r4 to r7 hold what the sensitive instruction read, and that must be the truth.
 */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, ORIGIN, POWER_OFF, TestGuest, WAYS } from '../support/guest.js';
import { need } from '../support/tools.js';
import { runAlike } from './compare.js';
import { watchKernel, type Watch } from './watch.js';

/** Mode and masks as MRS shows them after reset. */
const SVC = 0x1d3;

/** Maps the 4 GiB one to one by sections that everyone may use, then what `entries` says; r0 is the table. Changes r0 to r3. */
function mmu(entries = ''): string {
  return `
      ldr r0, =0x40200000
      mov r1, #0
      ldr r2, =0xc02
    1: str r2, [r0, r1, lsl #2]
      add r2, r2, #0x100000
      add r1, r1, #1
      cmp r1, #4096
      bne 1b
      ${entries}
      mcr p15, 0, r0, c2, c0, 0
      mov r1, #1
      mcr p15, 0, r1, c3, c0, 0
      mcr p15, 0, r1, c8, c7, 0
      mrc p15, 0, r1, c1, c0, 0
      orr r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      b 9f
      .ltorg
    9:`;
}

/** Runs the attack in every way under watch. Returns what r4 to r7 held at the end, without flags. */
function attack(source: string): number[] {
  const watches: Watch[] = [];
  const images = assembled(source);
  const [first] = runAlike({ images, memory: 8 * MIB }, 200_000, WAYS, (test) => {
    if (test.hypervisor) watches.push(watchKernel(test));
  });
  assert.deepEqual(first.stop, { kind: 'exit', code: 0, how: 'power-off' }, first.test.place());
  for (const watch of watches) assert.ok(watch.fetches > 0 && watch.trapped > 0, 'nothing was watched');
  return [4, 5, 6, 7].map((n) => Number(first.state.get(`r${n}`)) & 0x1ff);
}

describe('nothing runs unscanned', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('kernel code that writes over the very next instruction', () => {
    const seen = attack(`
        ldr r0, word
        adr r1, 1f
        str r0, [r1]
      1: mov r4, #0
        mov r5, r4
        ldr r0, word + 4
        adr r1, 2f
        nop
      2: mov r6, #0
        cmp r7, #1
        mov r7, #1
        strne r0, [r1]
        bne 2b
        ${POWER_OFF}
      word:
        mrs r4, cpsr
        mrs r6, cpsr`);
    assert.deepEqual(seen, [SVC, SVC, SVC, 1]);
  });

  it('Thumb kernel code that writes over instructions, a halfword at a time', () => {
    const seen = attack(
      `
        adr r0, 1f + 1
        bx r0
        .thumb
        .balign 4
      1: adr r1, 2f
        ldr r2, =0x8400
        movs r3, #0
      loop:
        strh r2, [r1, #2]
        bl 2f
        adds r3, #1
        cmp r3, #3
        bne loop
        b over
        .balign 4
      2: .inst.w 0xf3efe000           @ BL to somewhere; patched to MRS r4, CPSR before it ever runs
        bx lr
      over:
        ldr r0, =0x84000008
        hvc #0
        .ltorg`,
    );
    assert.equal(seen[0], SVC);
  });

  it('code that is rewritten between calls, innocuous and sensitive in turn', () => {
    const seen = attack(`
        ldr sp, =0x40080000
        adr r8, function
        ldr r9, words
        ldr r10, words + 4
        mov r11, #4
      1: str r9, [r8]
        blx r8
        mov r5, r4
        str r10, [r8]
        blx r8
        mov r6, r4
        subs r11, r11, #1
        bne 1b
        ${POWER_OFF}
      words:
        mrs r4, cpsr
        mov r4, #7
      function:
        nop
        bx lr`);
    assert.deepEqual(seen, [7, SVC, 7, 0]);
  });

  it('code that the guest copies and runs elsewhere, in both places', () => {
    const seen = attack(`
        ldr sp, =0x40080000
        adr r8, function
        blx r8
        mov r5, r4
        mov r4, #0
        ldr r9, =0x40300ff8
        ldm r8, {r10-r12}
        stm r9, {r10-r12}
        blx r9
        mov r6, r4
        mov r4, #0
        blx r8
        ${POWER_OFF}
      function:
        mrs r4, cpsr
        mov r7, r4
        bx lr`);
    assert.deepEqual(seen, [SVC, SVC, SVC, SVC]);
  });

  it('code that a debugger writes while the guest stands still', () => {
    const source = `
        ldr sp, =0x40080000
      1: adr r8, function
        blx r8
        orr r5, r5, r4
        add r6, r6, #1
        cmp r6, #40
        bne 1b
        ${POWER_OFF}
      function:
        mov r4, #7
        bx lr`;
    const images = assembled(source);
    const MRS = Uint8Array.of(0x00, 0x40, 0x0f, 0xe1);
    const ends = WAYS.map((way) => {
      const test = new TestGuest(way, { images, memory: 8 * MIB });
      const watch = watchKernel(test);
      // in the midst of it: the function has run
      test.run(100);
      assert.equal(test.r(5), 7);
      const code = images.program!.bytes;
      const at = code.findIndex((_, i) => i % 4 === 0 && code[i] === 7 && code[i + 1] === 0x40 && code[i + 3] === 0xe3);
      assert.ok(test.guest.bus.writeBlock(ORIGIN + at, MRS));
      assert.equal(test.end().kind, 'exit');
      if (test.hypervisor) assert.ok(watch.trapped > 0 || watch.inlined > 0);
      return [test.r(5) & 0x1ff, test.r(4) & 0x1ff];
    });
    for (const end of ends) assert.deepEqual(end, [SVC | 7, SVC]);
  });

  it('code that is written through another mapping of the same memory', () => {
    const seen = attack(`
        ${mmu(`
          ldr r2, =0x40000c02
          ldr r1, =0x500
          str r2, [r0, r1, lsl #2]`)}
        ldr r8, =function
        blx r8
        mov r5, r4
        add r1, r8, #0x10000000
        ldr r2, word
        str r2, [r1]
        blx r8
        mov r6, r4
        ldr r2, word + 4
        str r2, [r8]
        blx r1
        mov r7, r4
        ${POWER_OFF}
      word:
        mrs r4, cpsr
        mov r4, #9
      function:
        mov r4, #7
        bx lr`);
    assert.deepEqual(seen, [9, 7, SVC, 9]);
  });

  it('code that user code writes and the kernel executes', () => {
    const seen = attack(`
        ${mmu()}
        ldr r0, =vectors
        mcr p15, 0, r0, c12, c0, 0
        bl function
        mov r5, r4
        mov r0, #0x10
        msr spsr_cxsf, r0
        ldr lr, =user
        movs pc, lr
        .balign 32
      vectors:
        b .
        b .
        b on_svc
        b .
        b .
      on_svc:
        bl function
        mov r6, r4
        ${POWER_OFF}
      word: mrs r4, cpsr
      function:
        mov r4, #7
        bx lr
      user:
        ldr r1, =function
        ldr r0, word
        str r0, [r1]
        svc #0
        .ltorg`);
    assert.deepEqual(seen.slice(1, 3), [7, 0x93]);
  });

  it('code that user code executes first, natively, and then the kernel', () => {
    const seen = attack(`
        ${mmu()}
        ldr r0, =vectors
        mcr p15, 0, r0, c12, c0, 0
        mov r0, #0x10
        msr spsr_cxsf, r0
        ldr lr, =user
        movs pc, lr
        .balign 32
      vectors:
        b .
        b .
        b on_svc
        b .
        b .
      on_svc:
        bl function
        mov r6, r4
        ${POWER_OFF}
      function:
        mrs r4, cpsr
        bx lr
      user:
        bl function
        mov r5, r4
        svc #0
        .ltorg`);
    assert.deepEqual(seen.slice(1, 3), [0x10, 0x93]);
  });

  it('a jump into the middle of a 32-bit Thumb instruction', () => {
    const seen = attack(`
        cpsie i
        adr r0, 1f + 1
        ldr r8, =0x40050000
        bx r0
        .thumb
      1: adr r1, 2f
        adds r1, #3
        .balign 4
      2: ldr.w r11, [r8, #0x672]     @ its second halfword is CPSID I
        mrs r5, cpsr
        cmp r6, #1
        beq 3f
        movs r6, #1
        bx r1
      3: ldr r0, =0x84000008
        hvc #0
        .ltorg`);
    assert.deepEqual([seen[1], seen[2]], [SVC, 1]);
  });

  it('the same bytes in ARM and in Thumb state', () => {
    const seen = attack(`
        cpsie i
        movs r0, #0
        adr r8, both
        blx r8
        mrs r4, cpsr
        add r8, r8, #1
        blx r8
        mrs r5, cpsr
        ${POWER_OFF}
        .balign 4
      both:
        .word 0x4770b672              @ ARM: an Undefined word that its condition skips; Thumb: CPSID I, BX LR
        bx lr`);
    assert.deepEqual(seen.slice(0, 2), [0x153, SVC]);
  });

  it('a Thumb instruction on two pages, whose second page is another one in the TLB than in the tables', () => {
    // Both halves of the trick: 0xf3ef with 0x8400 is MRS r4, CPSR, with 0xf800 it is a direct BL.
    const seen = attack(`
        ${mmu(`
          ldr r1, =0x40204001         @ a second-level table for 0x50000000
          ldr r2, =0x500
          str r1, [r0, r2, lsl #2]
          ldr r3, =0x40204000
          ldr r1, =0x40300032
          str r1, [r3]
          ldr r1, =0x40301032
          str r1, [r3, #4]
          ldr r1, =0x4770f3ef         @ at the end of the first page: the first half
          ldr r2, =0x40300ffc
          str r1, [r2]
          ldr r1, =0x47708400         @ the sensitive second half, BX LR
          ldr r2, =0x40301000
          str r1, [r2]
          ldr r1, =0x4770f800         @ the innocuous one
          ldr r2, =0x40302000
          str r1, [r2]
          ldr r1, =0xf3ef4770
          ldr r2, =0x40300ffc
          str r1, [r2]`)}
        ldr r8, =0x50000fff
        blx r8
        mov r5, r4
        ldr r3, =0x40204000
        ldr r1, =0x40302032
        str r1, [r3, #4]              @ no TLB maintenance
        mov r4, #0
        blx r8
        mov r6, r4
        ${POWER_OFF}`);
    assert.deepEqual(seen.slice(1, 3), [SVC, SVC]);
  });

  it('a Thumb instruction on two pages, whose second page is written', () => {
    const seen = attack(`
        ldr r8, =0x40300fff
        ldr r1, =0xf3ef4770
        str r1, [r8, #-3]
        ldr r1, =0x47708400
        str r1, [r8, #1]
        blx r8
        mov r5, r4
        ldr r1, =0x47708600           @ MRS r6, CPSR
        str r1, [r8, #1]
        mov r4, #0
        blx r8
        ${POWER_OFF}`);
    assert.deepEqual(seen.slice(0, 3), [0, SVC, SVC]);
  });
});
