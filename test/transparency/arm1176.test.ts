/**
 * An ARM1176, bare and hypervised, by every engine: subpages, the FCSE, rotated words, its system registers, its own monitor, what it lacks.
 */
import assert from 'node:assert/strict';
import { assembled, TestGuest, wayName, WAYS } from '../support/guest.js';
import { assertRegisters, program, sameEverywhere, WINDOW, type Handlers } from '../support/guest-program.js';

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

/** Handlers for guests whose code ends in aborts: those count in r11. Prefetch Abort and SVC go on at r9, in Supervisor mode. */
const aborts: Handlers & { readonly exit: 'semihosting' } = {
  svc: 'bx r9',
  pabt: `
      add r11, r11, #1
      mrc p15, 0, r3, c6, c0, 2
      cps #0x13
      bx r9`,
  dabt: `
      add r11, r11, #1
      mrc p15, 0, r3, c6, c0, 0
      subs pc, lr, #4`,
  exit: 'semihosting',
};
const LIMIT = 200_000;
const own = { cpu: 'arm1176', semihosting: true, limit: LIMIT } as const;

/** Text that calls r8 in a mode. */
const call = (mode: 'svc' | 'usr'): string => `
      ldr r9, =1f
      cps #${mode === 'svc' ? 0x13 : 0x10}
      blx r8
      svc #1
    1:`;

/** Text that switches the MMU on: all addresses are mapped to themselves by sections, but for the page at the window, of which this is the descriptor. */
const withPage = (descriptor: string): string => `ldr r0, =0x40700000
      ldr r1, =0x00000c12
      mov r2, #4096
    1: str r1, [r0], #4
      add r1, r1, #0x100000
      subs r2, r2, #1
      bne 1b
      ldr r0, =0x40700000 + 4 * (${WINDOW} >> 20)
      ldr r1, =0x40708001
      str r1, [r0]
      ldr r0, =0x40708000
      ldr r1, =${descriptor}
      str r1, [r0]
      ldr r0, =0x40700000
      mcr p15, 0, r0, c2, c0, 0
      mov r0, #1
      mcr p15, 0, r0, c3, c0, 0
      mrc p15, 0, r0, c1, c0, 0
      orr r0, r0, #1
      mcr p15, 0, r0, c1, c0, 0`;

/** Code in a page at the window whose subpages nobody, everybody, Supervisor mode alone, and for reading everybody may access: AP3 to AP0. */
const dividedCode = program(
  `${withPage('page + (0x36 << 4) + 2')}
      mov r4, #0
      mov r6, #0
      mov r7, #0
      ldr r5, =${WINDOW}
      mov r8, r5
      ${call('svc')}
      ${call('usr')}
      mov r7, #1
      ${call('svc')}
      mov r7, #0
      @ the same page under an address where all of it is everybody’s
      ldr r8, =page
      ${call('usr')}
      ${call('svc')}
      mov r8, r5
      ${call('usr')}
      ${call('svc')}
      ldr r0, =0x40708000
      ldr r1, =page + 0xff2
      str r1, [r0]
      mcr p15, 0, r5, c8, c7, 1
      ${call('usr')}
      ldr r0, =0x40708000
      ldr r1, =page + (0x36 << 4) + 2
      str r1, [r0]
      mcr p15, 0, r5, c8, c7, 1
      ${call('usr')}
      ldr r10, [r5, #0x800]`,
  aborts,
  `.balign 4096
    page:
      add r6, r6, #1
      mrs r3, cpsr
      ldr r3, in_page
      add r1, r5, #0x800
      ldrex r2, [r1]
      add r2, r2, r3
      strex r3, r2, [r1]
      add r4, r4, r3
      b 1f
    in_page: .word 1
      .space page + 0x3f8 - .
    1: add r4, r4, #1
      add r4, r4, #0x100
      add r4, r4, #0x10000
      ldr r3, [r5, #0xc00]         @ aborts, if it is executed
      b 2f
      .space page + 0x800 - .
      .word 0
    2: add r3, pc, #1
      bx r3
      .thumb
      adds r6, #2
      cmp r7, #0
      bne 3f
      bx lr
    3: b 4f
      .space page + 0xbfe - .
    4: adds r6, #4
      bx lr                        @ aborts
      .space page + 0x1000 - .
      .arm`,
);

/** Processes 2 and 3 have the same program, at 0x8000, with words of their own, at 0x10000. */
const processes = program(
  `ldr r0, =0x40700000
      mov r1, #0
      mov r2, #4096
    1: str r1, [r0], #4
      subs r2, r2, #1
      bne 1b
      ldr r0, =0x40700000 + 4 * 0x400
      ldr r1, =0x40000c02
      mov r2, #16
    1: str r1, [r0], #4
      add r1, r1, #0x100000
      subs r2, r2, #1
      bne 1b
      ldr r0, =0x40700000 + 4 * 0x40
      ldr r1, =0x40900c02
      str r1, [r0]
      ldr r1, =0x09000c02
      str r1, [r0, #12]
      ldr r1, =0x40a00c02
      str r1, [r0, #0x80]
      @ the program, and words
      adr r3, task
      ldmia r3, {r0-r2, r3}
      ldr r5, =0x40908000
      stmia r5, {r0-r3}
      ldr r5, =0x40a08000
      stmia r5, {r0-r3}
      ldr r5, =0x40910000
      mov r1, #0x1000
      str r1, [r5]
      mov r1, #0x200
      add r5, r5, #0x100000
      str r1, [r5]
      mov r1, #0x30
      add r5, r5, #0x100000
      str r1, [r5]
      ldr r0, =0x40700000
      mcr p15, 0, r0, c2, c0, 0
      mov r0, #1
      mcr p15, 0, r0, c3, c0, 0
      mrc p15, 0, r0, c1, c0, 0
      orr r0, r0, #0x00800000
      orr r0, r0, #1
      mcr p15, 0, r0, c1, c0, 0
      mov r4, #0
      mov r8, #0x8000
      mov r6, #4
    2: mov r0, #0x04000000
      mcr p15, 0, r0, c13, c0, 0
      ${call('svc')}
      mov r0, #0x06000000
      mcr p15, 0, r0, c13, c0, 0
      ${call('usr')}
      subs r6, r6, #1
      bne 2b
      @ another section for process 2, from within process 3
      ldr r0, =0x40700000 + 4 * 0x40
      ldr r1, =0x40b00c02
      str r1, [r0]
      mov r0, #0x04000000
      mcr p15, 0, r0, c8, c7, 1
      mcr p15, 0, r0, c13, c0, 0
      mov r12, r4
      mov r1, #0x10000
      ldr r2, [r1]
      add r4, r4, r2
      @ a device, and what is not there
      mov r0, #0x41
      mov r1, #0x00300000
      strb r0, [r1]
      strb r0, [r1]
      sub r1, r1, #0x200000
      ldr r0, [r1]                 @ aborts
      mov r5, r3
      mov r0, #0x06000000
      mcr p15, 0, r0, c13, c0, 0
      mov r8, #0x20000
      add r8, r8, #0x00100000
      ${call('usr')}
      mov r6, r3
      mcr p15, 0, r8, c7, c8, 0
      mrc p15, 0, r7, c7, c4, 0
      mov r0, #0x8000
      mcr p15, 0, r0, c7, c8, 0
      mrc p15, 0, r10, c7, c4, 0
      lsr r10, r10, #12
      @ without the MMU: process 32 begins where RAM does
      mov r0, #0x40000000
      mcr p15, 0, r0, c13, c0, 0
      mrc p15, 0, r1, c1, c0, 0
      bic r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      ldr r2, =0x00a10000
      ldr r2, [r2]
      add r4, r4, r2
      orr r1, r1, #1
      mcr p15, 0, r1, c1, c0, 0
      mov r0, #0
      mcr p15, 0, r0, c13, c0, 0
      b off
      .balign 4
    task:
      mov r1, #0x10000
      ldr r2, [r1]
      add r4, r4, r2
      bx lr`,
  aborts,
);

describe('an ARM1176', function () {
  // subpages: several hundred guests
  this.timeout(60_000);

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
      `${withPage('0x40710000 + (0xe4 << 4) + 2')}   @ AP3 to AP0: 3, 2, 1, 0
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

  it('executes by the rights of the subpage that each instruction lies in', () => {
    // Instruction by instruction, and as engines run that are left alone.
    for (const sampleEvery of [1, 1000]) {
      sameEverywhere(dividedCode, {
        ...own,
        sampleEvery,
        // Nine passes: three of User mode end in the second subpage, one of Supervisor mode in the last.
        check: (made) => assertRegisters(made, { r4: 0x6_0909, r6: 9 + 6 * 2 + 4, r10: 9, r11: 9 }),
      });
    }
  });

  it('executes there what stands under a trap that was planted by another address of the page', () => {
    for (const level of [0, 2] as const) {
      const way = { engine: 'interpreter', level, patches: 'in-place' } as const;
      const guest = new TestGuest(way, { images: assembled(dividedCode), cpu: 'arm1176', semihosting: true });
      assert.equal(guest.end(LIMIT).kind, 'exit');
      assertRegisters(guest, { r4: 0x6_0909, r6: 25, r10: 9, r11: 9 });
    }
  });

  it('stops at a breakpoint in a page whose subpages differ, and goes on', () => {
    for (const way of WAYS) {
      const guest = new TestGuest(way, { images: assembled(dividedCode), cpu: 'arm1176', semihosting: true });
      const at = WINDOW + 0x400;
      guest.guest.addBreakpoint(at);
      let stops = 0;
      let stop = guest.run(LIMIT);
      while (stop.kind === 'breakpoint') {
        stops++;
        assert.equal(guest.pc, at);
        stop = guest.guest.run({ limit: LIMIT, skipBreakpointOnce: true, sleepUntil: Infinity });
      }
      // All passes by the window come there; three of User mode get no further.
      assert.deepEqual([stop.kind, stops], ['exit', 7], wayName(way));
    }
  });

  it('relocates the lowest 32 MiB by process, with the MMU on and off', () => {
    sameEverywhere(processes, {
      ...own,
      check: (made) => {
        assertRegisters(made, {
          r4: 0x4a30,
          r5: 0x0410_0000,
          r6: 0x0612_0000,
          r7: 0xb,
          r10: 0x40a08,
          r11: 2,
          r12: 0x4800,
        });
        assert.equal(made.console, 'AA');
      },
    });
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
