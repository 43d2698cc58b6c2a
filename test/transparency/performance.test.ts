/** The performance monitors' overflow interrupt: at the very instruction, bare and hypervised, on models with monitors of either kind. */
import { assertRegisters, program, sameEverywhere } from '../support/guest-program.js';

/** GICv2: interrupt 23, the monitors' PPI, to this core; every priority passes. */
const GIC = `
    ldr r0, =0x08000000
    mov r1, #1
    str r1, [r0]            @ GICD_CTLR
    mov r1, #0x00800000
    str r1, [r0, #0x100]    @ GICD_ISENABLER0
    ldr r0, =0x08010000
    mov r1, #0xff
    str r1, [r0, #4]        @ GICC_PMR
    mov r1, #1
    str r1, [r0]            @ GICC_CTLR`;

/** Takes the interrupt: its number in r6, where it came in r7, one more in r5. */
const taken = (clear: string): string => `
    sub r7, lr, #4
    ldr r8, =0x08010000
    ldr r6, [r8, #0xc]
    ${clear}
    str r6, [r8, #0x10]
    add r5, r5, #1
    movs pc, r7`;

describe('overflow of a performance counter', () => {
  it('interrupts at the instruction at which it happens: an event counter', () => {
    const source = program(
      `${GIC}
      mov r5, #0
      mov r0, #0
      mcr p15, 0, r0, c9, c12, 5    @ PMSELR
      mov r0, #8
      mcr p15, 0, r0, c9, c13, 1    @ PMXEVTYPER: instructions
      mvn r0, #99
      mcr p15, 0, r0, c9, c13, 2    @ PMXEVCNTR: 100 to go
      mov r0, #1
      mcr p15, 0, r0, c9, c14, 1    @ PMINTENSET
      mcr p15, 0, r0, c9, c12, 1    @ PMCNTENSET
      cpsie i
      mcr p15, 0, r0, c9, c12, 0    @ PMCR.E
      mov r2, #300
    1: subs r2, r2, #1
      bne 1b
      mrc p15, 0, r3, c9, c13, 2
      mrc p15, 0, r4, c9, c12, 3`,
      { irq: taken('mov r9, #1\n mcr p15, 0, r9, c9, c12, 3') },
    );
    sameEverywhere(source, {
      check: (guest) => assertRegisters(guest, { r4: 0, r5: 1, r6: 23 }),
    });
  });

  it('interrupts once for each time around: the cycle counter, with its divider', () => {
    const source = program(
      `${GIC}
      mov r5, #0
      mvn r0, #1
      mcr p15, 0, r0, c9, c13, 0    @ PMCCNTR: 2 to go
      mov r0, #0x80000000
      mcr p15, 0, r0, c9, c14, 1
      mcr p15, 0, r0, c9, c12, 1
      cpsie i
      mov r0, #9
      mcr p15, 0, r0, c9, c12, 0    @ PMCR.E and D
      mov r2, #300
    1: subs r2, r2, #1
      bne 1b
      mrc p15, 0, r4, c9, c12, 3`,
      { irq: taken('mov r9, #0x80000000\n mcr p15, 0, r9, c9, c12, 3') },
    );
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 0, r5: 1, r6: 23 }) });
  });

  it('stays pending while its flag is set, and goes with the enable', () => {
    const source = program(
      `${GIC}
      mov r5, #0
      mov r0, #0x80000000
      mcr p15, 0, r0, c9, c12, 1
      mcr p15, 0, r0, c9, c14, 1
      mcr p15, 0, r0, c9, c14, 3    @ PMOVSSET: as if it had overflown
      mov r0, #1
      mcr p15, 0, r0, c9, c12, 0
      cpsie i
      nop
      nop
      cpsid i
      mrc p15, 0, r4, c9, c12, 3`,
      { irq: taken('mov r9, #0x80000000\n mcr p15, 0, r9, c9, c14, 2') },
    );
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 0x8000_0000, r5: 1, r6: 23 }) });
  });
});
