/** An ARM1176, bare and hypervised, by every engine: subpages, rotated words, its system registers, its own monitor, what it lacks. */
import { assertRegisters, program, sameEverywhere } from '../support/guest-program.js';

/** Undefined Instruction and Data Abort count in r10 and r11, and skip the instruction. The processor has no HVC: a semihosting call ends the guest. */
const guest = (main: string): string =>
  program(`mov r10, #0\n ${main}`, {
    und: `
      add r10, r10, #1
      stmfd sp!, {r0}
      mrs r0, spsr
      tst r0, #0x20
      ldmfd sp!, {r0}
      addne lr, lr, #2
      movs pc, lr`,
    dabt: `
      add r11, r11, #1
      subs pc, lr, #4`,
    exit: 'semihosting',
  });

const run = (main: string, registers: Readonly<Record<string, number>>, limit?: number): void =>
  sameEverywhere(guest(main), {
    cpu: 'arm1176',
    semihosting: true,
    limit,
    check: (made) => assertRegisters(made, registers),
  });

describe('an ARM1176', () => {
  it('takes Undefined for what it lacks, and goes on', () => {
    run(
      `movw r0, #1
      udiv r0, r0, r0
      dmb
      rbit r0, r0
      mls r0, r0, r0, r0
      mrc p15, 1, r0, c0, c0, 1
      blx 1f
      b off
      .thumb
      .thumb_func
    1: add.w r0, r1, r0          @ that of an even register is half a BLX
      cbz r0, 3f
      nop
    3: mov r7, lr
      bl 2f
      bx r7
      .thumb_func
    2: movs r6, #42
      bx lr
      .arm`,
      // The 16-bit ones, too: CBZ and NOP are ARMv6T2's; a skipped 16-bit word takes its neighbour along.
      { r6: 42, r10: 8 },
    );
  });

  it('rotates unaligned words until SCTLR.U is set', () => {
    run(
      `ldr r1, =stacks
      ldr r0, =0x44332211
      ldr r2, =0x88776655
      stmia r1, {r0, r2}
      ldr r4, [r1, #1]
      ldr r5, [r1, #2]
      mrc p15, 0, r0, c1, c0, 0
      orr r0, r0, #0x400000
      mcr p15, 0, r0, c1, c0, 0
      ldr r6, [r1, #1]
      ldr r7, [r1, #2]`,
      { r4: 0x1144_3322, r5: 0x2211_4433, r6: 0x5544_3322, r7: 0x6655_4433 },
    );
  });

  it('translates by subpages until SCTLR.XP is set, with rights of their own', () => {
    run(
      `ldr r0, =0x40700000
      ldr r1, =0x00000c12
      mov r2, #4096
    1: str r1, [r0], #4
      add r1, r1, #0x100000
      subs r2, r2, #1
      bne 1b
      ldr r0, =0x40700000 + 4 * 0x600
      ldr r1, =0x40708001
      str r1, [r0]
      ldr r0, =0x40708000
      ldr r1, =0x40710000 + (0xe4 << 4) + 2   @ AP3 to AP0: 3, 2, 1, 0
      str r1, [r0]
      ldr r0, =0x40700000
      mcr p15, 0, r0, c2, c0, 0
      mov r0, #1
      mcr p15, 0, r0, c3, c0, 0
      mrc p15, 0, r0, c1, c0, 0
      orr r0, r0, #1
      mcr p15, 0, r0, c1, c0, 0
      ldr r3, =0x60000000
      mov r4, #0
      ldr r5, [r3]                 @ aborts
      str r3, [r3, #0x400]
      ldr r4, [r3, #0x400]
      add r2, r3, #0x800
      ldrt r5, [r2]
      strt r5, [r2]                @ aborts
      add r2, r3, #0xc00
      strt r3, [r2]
      ldrt r5, [r2]
      add r2, r3, #0x400
      ldrt r6, [r2]                @ aborts
      mov r6, r11
      @ a page of ARMv6 now: AP is 01, with XN
      ldr r0, =0x40708000
      ldr r1, =0x40710013
      str r1, [r0]
      mrc p15, 0, r0, c1, c0, 0
      orr r0, r0, #0x00800000
      ldr r2, =0x40700000
      ldr r1, =0x00000c02
      mov r7, #4096
    1: str r1, [r2], #4
      add r1, r1, #0x100000
      subs r7, r7, #1
      bne 1b
      ldr r2, =0x40700000 + 4 * 0x600
      ldr r1, =0x40708001
      str r1, [r2]
      mcr p15, 0, r0, c1, c0, 0
      mcr p15, 0, r0, c8, c7, 0
      ldr r7, [r3, #0x400]
      ldr r8, [r3]`,
      { r4: 0x6000_0000, r5: 0x6000_0000, r6: 3, r7: 0x6000_0000, r11: 3 },
      200_000,
    );
  });

  it('executes the halves of BL and BLX apart', () => {
    run(
      `adr r0, 1f
      add r1, r0, #1
      bx r1
      .balign 4
      .thumb
    1: movs r6, #0
    2: .hword 0xf000         @ LR = PC
      adds r6, #1
      .hword 0xf803          @ behind the second branch
      b off_thumb
      b off_thumb
      mov r4, lr
      .hword 0xf123
      mov r7, lr
      .hword 0xf000
      mov r8, r8
      .hword 0xe804
      b off_thumb
      b off_thumb
      .balign 4
      .arm
      mov r5, lr
      adr r1, 3f + 1
      bx r1
      .balign 4
      .thumb
    3: cmp r6, #3
      bne 2b
      subs r4, r4, r0
      subs r5, r5, r0
      subs r7, r7, r0
      mov r8, r8
      bx pc
      mov r8, r8
      .arm
      b off
      .thumb
    off_thumb: bx pc
      mov r8, r8
      .arm
      b off`,
      { r4: 9, r5: 25, r6: 3, r7: 0x12_3012 },
    );
  });

  it('waits by CP15, and counts by a monitor of its own', () => {
    run(
      `ldr r0, =0x00700001 + (0xff << 12)   @ events: instructions, cycles; E
      mcr p15, 0, r0, c15, c12, 0
      mvn r0, #9
      mcr p15, 0, r0, c15, c12, 1
      mrc p15, 0, r1, c15, c12, 2
      nop
      nop
      mrc p15, 0, r2, c15, c12, 2
      sub r4, r2, r1
      nop
      nop
      nop
      nop
      mrc p15, 0, r5, c15, c12, 0
      and r5, r5, #0x700
      mrc p15, 0, r6, c15, c12, 3
      mrc p15, 0, r7, c15, c12, 2
      sub r6, r7, r6
      mcr p15, 0, r5, c15, c12, 0
      mrc p15, 0, r7, c15, c12, 0`,
      { r4: 3, r5: 0x400, r6: 1, r7: 0 },
    );
  });
});
