/**
 * The second invariant: a guest never reads or writes memory outside its own, nor sees the VMM's. Guests that reach for all of the address
 * space, and what the real CPU's tables let through afterwards.
 */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF } from '../support/guest.js';
import { need } from '../support/tools.js';
import { BRIEF_WAYS, runAlike, type Ran } from './compare.js';
import { assertConfined } from './confinement.js';

const RAM_SIZE = 4 * MIB;
const PAGE = 4096;

/** Stacks, vectors that skip what aborts and count it in r11, then `body` in SVC mode. */
function prober(body: string, user = ''): string {
  return `
      ldr r0, =vectors
      mcr p15, 0, r0, c12, c0, 0
      b start
      .ltorg
      .balign 32
    vectors:
      b .
      add r10, r10, #1
      movs pc, lr
      .word 0
      b on_data_abort
      b .
    on_data_abort:
      add r11, r11, #1
      subs pc, lr, #4
    start:
      ${body}
      ${POWER_OFF}
      ${user}`;
}

/** Reads and writes a word in each \`step\` bytes of the address space. */
function sweep(step: number, label: string): string {
  return `
      mov r4, #0
      ldr r5, =0x8c4
    ${label}:
      mov r7, #0
      ldr r6, [r4, r5]
      eor r7, r7, r6
      str r7, [r4, r5]
      add r9, r9, r6
      adds r4, r4, #${step}
      bne ${label}b`;
}

function run(source: string): Ran[] {
  return runAlike({ images: assembled(source), memory: RAM_SIZE }, 500_000, BRIEF_WAYS);
}

function confined(source: string): { aborts: number; pages: number } {
  const ran = run(source);
  assert.equal(ran[0].stop.kind, 'exit', ran[0].test.place());
  let pages = 0;
  for (const { test } of ran) if (test.hypervisor) pages = assertConfined(test.hypervisor);
  return { aborts: Number(ran[0].state.get('r11_usr')), pages };
}

describe('a guest is confined to its memory', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('with its MMU off', () => {
    const { aborts, pages } = confined(prober(sweep(MIB, '1')));
    assert.ok(aborts > 4000, `${aborts} aborts`);
    assert.ok(pages >= RAM_SIZE / PAGE + 128, `${pages} pages`);
  });

  it('with sections over all of the address space', () => {
    const tables = `
      ldr r0, =0x40200000
      mov r1, #0
      ldr r2, =0xc02
    1: str r2, [r0, r1, lsl #2]
      add r2, r2, #0x100000
      add r1, r1, #1
      cmp r1, #4096
      bne 1b
      mcr p15, 0, r0, c2, c0, 0
      mov r1, #1
      mcr p15, 0, r1, c3, c0, 0
      mrc p15, 0, r1, c1, c0, 0
      orr r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      b 9f
      .ltorg
    9:`;
    const { aborts } = confined(prober(`${tables}\n ${sweep(MIB, '2')}`));
    assert.ok(aborts > 4000, `${aborts} aborts`);
  });

  it('with pages of every right, in kernel and user', () => {
    // 0x50000000: page n has AP and XN from n, and maps RAM page n
    const tables = `
      ldr r0, =0x40200000
      mov r1, #0
      ldr r2, =0xc02
    1: str r2, [r0, r1, lsl #2]
      add r2, r2, #0x100000
      add r1, r1, #1
      cmp r1, #4096
      bne 1b
      ldr r1, =0x40204001
      ldr r2, =0x500
      str r1, [r0, r2, lsl #2]
      ldr r3, =0x40204000
      mov r1, #0
    2: lsl r2, r1, #12
      add r2, r2, #0x40000000
      orr r2, r2, #2
      and r4, r1, #3
      orr r2, r2, r4, lsl #4
      and r4, r1, #4
      orr r2, r2, r4, lsl #7
      and r4, r1, #8
      orr r2, r2, r4, lsr #3
      str r2, [r3, r1, lsl #2]
      add r1, r1, #1
      cmp r1, #256
      bne 2b
      mcr p15, 0, r0, c2, c0, 0
      mov r1, #1
      mcr p15, 0, r1, c3, c0, 0
      mrc p15, 0, r1, c1, c0, 0
      orr r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      b 9f
      .ltorg
    9:`;
    const touch = (label: string): string => `
      ldr r4, =0x50080ff0
      mov r5, #0x80
    ${label}: ldr r6, [r4]
      str r6, [r4]
      add r4, r4, #0x1000
      subs r5, r5, #1
      bne ${label}b`;
    const { aborts } = confined(
      prober(
        `${tables}
         ${touch('3')}
         mov r0, #0x10
         msr spsr_cxsf, r0
         ldr lr, =user
         movs pc, lr
       back:`,
        `user:
         ${touch('4')}
         .word 0xe7f000f0
         .ltorg`,
      ).replace('add r10, r10, #1\n      movs pc, lr', 'b back\n      nop'),
    );
    assert.ok(aborts > 100 && aborts < 512, `${aborts} aborts`);
  });

  it('with long descriptors that name physical addresses beyond 4 GiB', () => {
    const tables = `
      ldr r0, =0x40200000
      mov r1, #0
      ldr r2, =0x40201003
    1: str r2, [r0, r1, lsl #3]
      add r3, r0, r1, lsl #3
      mov r4, #0
      str r4, [r3, #4]
      add r2, r2, #0x1000
      add r1, r1, #1
      cmp r1, #4
      bne 1b
      ldr r0, =0x40201000
      mov r1, #0
      ldr r2, =0x741
    2: str r2, [r0, r1, lsl #3]
      add r3, r0, r1, lsl #3
      mov r4, #0
      cmp r1, #0x280                    @ the GiB at 0x40000000 shows itself up to 0x50000000, and from there on its image at 2^32, 2^36, 2^39
      movhs r4, #1
      cmp r1, #0x300
      movhs r4, #0x10
      cmp r1, #0x380
      movhs r4, #0x80
      cmp r1, #0x400
      movhs r4, #0
      str r4, [r3, #4]
      add r2, r2, #0x200000
      add r1, r1, #1
      cmp r1, #0x800
      bne 2b
      ldr r1, =0x80000000
      mcr p15, 0, r1, c2, c0, 2
      ldr r1, =0x40200000
      mov r2, #0
      mcrr p15, 0, r1, r2, c2
      ldr r1, =0xff44
      mcr p15, 0, r1, c10, c2, 0
      mrc p15, 0, r1, c1, c0, 0
      orr r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      b 9f
      .ltorg
    9:`;
    const { aborts } = confined(prober(`${tables}\n ${sweep(MIB, '3')}`));
    assert.ok(aborts > 4000, `${aborts} aborts`);
  });

  it('with supersections that name physical addresses beyond 4 GiB', () => {
    const tables = `
      ldr r0, =0x40200000
      mov r1, #0
      ldr r2, =0xc02
    1: str r2, [r0, r1, lsl #2]
      add r2, r2, #0x100000
      add r1, r1, #1
      cmp r1, #4096
      bne 1b
      ldr r1, =0x500
      ldr r2, =0x40040c02               @ 0x50000000: a supersection at 0x40000000
    2: str r2, [r0, r1, lsl #2]
      add r1, r1, #1
      tst r1, #15
      bne 2b
      ldr r2, =0x40140c02               @ 0x51000000: the same at 2^32
    3: str r2, [r0, r1, lsl #2]
      add r1, r1, #1
      tst r1, #15
      bne 3b
      ldr r2, =0x40040c42               @ 0x52000000: and at 2^37
    4: str r2, [r0, r1, lsl #2]
      add r1, r1, #1
      tst r1, #15
      bne 4b
      mcr p15, 0, r0, c2, c0, 0
      mov r1, #1
      mcr p15, 0, r1, c3, c0, 0
      mrc p15, 0, r1, c1, c0, 0
      orr r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      b 9f
      .ltorg
    9:`;
    const { aborts, pages } = confined(prober(`${tables}\n ${sweep(MIB, '5')}`));
    assert.ok(aborts > 4000 && pages > 8 * 256, `${aborts} aborts, ${pages} pages`);
  });

  it('with tables that lie in a device, in a flash, and nowhere', () => {
    for (const table of [0x0900_0000, 0x0400_0000, 0xf000_0000, 0x0800_0000]) {
      const { stop } = run(
        prober(`
          ldr r0, =${table}
          mcr p15, 0, r0, c2, c0, 0
          mov r1, #1
          mcr p15, 0, r1, c3, c0, 0
          mrc p15, 0, r1, c1, c0, 0
          orr r1, r1, #1
          mcr p15, 0, r1, c1, c0, 0
          mov r0, r0`),
      )[0];
      assert.equal(stop.kind, 'dead');
    }
  });
});
