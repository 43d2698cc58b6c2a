/**
 * Interrupts under the VMM: taken at the same guest instruction as bare, at every level and with either engine, in loops of linked blocks too; masks,
 * priorities, nesting, spurious acknowledgements, FIQ. Every run is compared with the bare one at each instruction.
 */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assertRegisters, program, sameEverywhere, SCRATCH, type Handlers } from '../support/guest-program.js';
import { need } from '../support/tools.js';

/** GIC on, all priorities let through; then r9 is the CPU interface, r10 the distributor. */
const GIC = `
    ldr r10, =0x08000000
    ldr r9, =0x08010000
    mov r0, #1
    str r0, [r10]
    mov r0, #0xff
    str r0, [r9, #4]
    mov r0, #1
    str r0, [r9]`;
/** Enables the virtual timer's interrupt (27) and lets it fire `ticks` from now. */
const timer = (ticks: number): string => `
    mov r0, #(1 << 27)
    str r0, [r10, #0x100]
    ldr r0, =${ticks}
    mcr p15, 0, r0, c14, c3, 0
    mov r0, #1
    mcr p15, 0, r0, c14, c3, 1`;
/** Acknowledges, counts in r8, arms the timer again, completes. Changes r0 to r2 of its own bank alone: they are saved. */
const TICK = `
    sub lr, lr, #4
    push {r0-r2, lr}
    ldr r1, [r9, #12]
    add r8, r8, #1
    ldr r0, =61
    mcr p15, 0, r0, c14, c3, 0
    str r1, [r9, #16]
    ldm sp!, {r0-r2, pc}^`;

function same(main: string, handlers: Handlers, registers: Readonly<Record<string, number>>): void {
  sameEverywhere(program(main, handlers), { limit: 60_000, check: (guest) => assertRegisters(guest, registers) });
}

describe('interrupts of a hypervised guest', function () {
  this.timeout(120_000);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  describe('are taken at the same instruction, and starve in no loop', () => {
    const loops: readonly (readonly [string, string])[] = [
      ['a block linked to itself', '1: b 1b'],
      ['a block that counts and is linked to itself', '1: add r4, r4, #1\n eor r5, r4, r5, ror #3\n b 1b'],
      ['two blocks linked to each other', '1: add r4, r4, #1\n b 2f\n nop\n2: eor r5, r5, r4\n b 1b'],
      ['blocks linked by calls and returns', '1: bl 2f\n b 1b\n2: add r4, r4, #1\n bx lr'],
      ['an indirect branch to itself', 'adr r6, 1f\n1: add r4, r4, #1\n bx r6'],
      [
        'Thumb code with IT blocks',
        'adr r6, 1f + 1\n bx r6\n .thumb\n .balign 4\n1: adds r4, #1\n lsrs r5, r4, #1\n ite cs\n addcs r7, #1\n addcc r7, #2\n b 1b',
      ],
      ['a loop of sensitive instructions', '1: mrs r4, cpsr\n msr cpsr_f, r5\n add r5, r5, #0x10000000\n b 1b'],
      ['a loop that masks and unmasks', '1: cpsid i\n add r4, r4, #1\n cpsie i\n b 1b'],
      ['a loop of system calls', '1: svc #1\n b 1b'],
      ['a loop of device accesses', '1: ldr r4, [r10, #4]\n b 1b'],
      ['a loop that writes its own code', '1: ldr r4, 2f\n str r4, 2f\n2: add r5, r5, #1\n b 1b'],
    ];
    for (const [name, loop] of loops) {
      it(name, () => {
        const end = 'cmp r8, #25\n beq off';
        same(
          `mov r8, #0\n ${GIC}\n ${timer(100)}\n cpsie i\n ${loop}`,
          { irq: TICK.replace('add r8, r8, #1', `add r8, r8, #1\n ${end}`), svc: 'movs pc, lr' },
          { r8: 25 },
        );
      });
    }

    it('guest user code, which runs unscanned', () => {
      same(
        `mov r8, #0\n ${GIC}\n ${timer(100)}\n ldr r0, =0x10\n msr spsr_cxsf, r0\n adr lr, 1f\n movs pc, lr\n1: add r4, r4, #1\n b 1b`,
        { irq: TICK.replace('add r8, r8, #1', 'add r8, r8, #1\n cmp r8, #25\n beq off') },
        { r8: 25 },
      );
    });
  });

  describe('wait while they are masked, and come at the instruction that unmasks them', () => {
    const SGI = 'mov r0, #0x02000000\n orr r0, r0, #3\n str r0, [r10, #0xf00]';
    const handler =
      'sub lr, lr, #4\n push {r0, r1, lr}\n ldr r1, [r9, #12]\n str r1, [r9, #16]\n mov r8, r7\n ldm sp!, {r0, r1, pc}^';
    const unmask: Readonly<Record<string, string>> = {
      CPSIE: 'cpsie i',
      'MSR CPSR_c': 'msr cpsr_c, #0x53',
      'MSR CPSR_fsxc of a register': 'mrs r1, cpsr\n bic r1, r1, #0x80\n msr cpsr_fsxc, r1',
      'a mode change': 'cpsie i, #0x1f',
      'SUBS PC, LR': 'mov r1, #0x53\n msr spsr_cxsf, r1\n adr lr, 1f\n subs pc, lr, #0\n1:',
      'LDM with PC, ^': 'mov r1, #0x53\n msr spsr_cxsf, r1\n adr r2, 1f\n push {r2}\n ldm sp!, {pc}^\n1:',
      RFE: 'mov r1, #0x53\n adr r0, 1f\n push {r0, r1}\n rfeia sp!\n1:',
      'a return to User mode': 'mov r1, #0x50\n msr spsr_cxsf, r1\n adr lr, 1f\n movs pc, lr\n1:',
    };
    for (const [name, text] of Object.entries(unmask)) {
      it(`by ${name}`, () => {
        // r7 counts; what it was when the handler ran is in r8
        same(
          `${GIC}\n ${SGI}\n mov r7, #1\n nop\n mov r7, #2\n ${text}\n mov r7, #3\n mov r7, #4\n svc #0`,
          { irq: handler, svc: 'b off' },
          { r8: 2 },
        );
      });
    }

    it('by a write to the interrupt controller, whatever lets them through', () => {
      for (const [hide, show] of [
        ['mov r0, #0\n str r0, [r9, #4]', 'mov r0, #0xff\n str r0, [r9, #4]'],
        ['mov r0, #0\n str r0, [r9]', 'mov r0, #1\n str r0, [r9]'],
        ['mov r0, #0\n str r0, [r10]', 'mov r0, #1\n str r0, [r10]'],
      ]) {
        same(
          `${GIC}\n ${hide}\n ${SGI}\n cpsie i\n mov r7, #1\n nop\n mov r7, #2\n ${show}\n mov r7, #3\n b off`,
          { irq: handler },
          { r8: 2 },
        );
      }
    });
  });

  it('nest by priority: one of higher priority interrupts the handler of a lower one, the inverse waits', () => {
    // SPIs 40 (priority 0xa0) and 41 (0x40) are made pending by hand; r6 collects the order of what happens
    const pend = (id: number): string => `mov r0, #(1 << ${id - 32})\n str r0, [r10, #0x204]`;
    same(
      `${GIC}
        mov r6, #0
        ldr r0, =0x0300
        str r0, [r10, #0x104]
        ldr r0, =0x40a0
        str r0, [r10, #0x428]
        ldr r0, =0x0101
        str r0, [r10, #0x828]
        cpsie i
        ${pend(40)}
        ${pend(41)}
        b off`,
      {
        irq: `
          sub lr, lr, #4
          srsdb sp!, #0x13
          cps #0x13
          push {r0-r3, r12, lr}
          ldr r1, [r9, #12]
          lsl r6, r6, #4
          and r0, r1, #0xf
          orr r6, r6, r0
          cmp r1, #40
          bne 1f
          cpsie i
          ${pend(41)}
          nop
          cpsid i
        1: cmp r1, #41
          bne 2f
          cmp r6, #0x90
          bhs 2f
          ${pend(40)}
        2: str r1, [r9, #16]
          lsl r6, r6, #4
          orr r6, r6, #0xe
          pop {r0-r3, r12, lr}
          rfeia sp!`,
      },
      // 40 is taken, 41 within it and done, 40 done; all that again, since 40 was made pending meanwhile; then 41 alone. The first two are shifted out.
      { r6: 0xee89ee9e },
    );
  });

  it('acknowledge as spurious what went away before', () => {
    same(
      `${GIC}\n ${timer(40)}\n cpsie i\n1: cmp r8, #0\n beq 1b\n b off`,
      {
        irq: `
          sub lr, lr, #4
          push {r0, r1, lr}
          mov r0, #2
          mcr p15, 0, r0, c14, c3, 1
          ldr r8, [r9, #12]
          ldm sp!, {r0, r1, pc}^`,
      },
      { r8: 1023 },
    );
  });

  it('of group 0 come as FIQ where the controller says so, also into an IRQ handler', () => {
    same(
      `${GIC}
        mov r6, #0
        mov r0, #3
        str r0, [r10]
        mov r0, #0x200              @ SGI 9 in group 1, 3 in group 0
        str r0, [r10, #0x80]
        mov r0, #0x8000             @ SGI 9 has the lower priority
        str r0, [r10, #0x408]
        mov r0, #0xf                @ both groups, AckCtl, FIQEn
        str r0, [r9]
        cpsie if
        mov r0, #0x02000000
        orr r0, r0, #9
        str r0, [r10, #0xf00]
        nop
        b off`,
      {
        irq: `
          sub lr, lr, #4
          push {r0-r2, lr}
          ldr r1, [r9, #12]
          orr r6, r6, r1
          mov r0, #0x02000000
          orr r0, r0, #3
          str r0, [r10, #0xf00]
          nop
          lsl r6, r6, #8
          str r1, [r9, #16]
          ldm sp!, {r0-r2, pc}^`,
        fiq: `
          sub lr, lr, #4
          mov r11, r0
          ldr r8, =0x08010000
          ldr r12, [r8, #12]
          lsl r6, r6, #8
          orr r6, r6, r12
          str r12, [r8, #16]
          mov r0, r11
          subs pc, lr, #0`,
      },
      { r6: 0x090300 },
    );
  });

  it('come while the guest has the VMM at work: at faults, at shadow fills, at traps', () => {
    const main = `
        mov r8, #0
        ${GIC}
        ${timer(30)}
        cpsie i
        ldr r4, =${SCRATCH}
        mov r5, #0
      1: str r5, [r4]
        add r4, r4, #4096
        mrs r0, cpsr
        mrc p15, 0, r0, c1, c0, 0
        add r5, r5, #1
        cmp r5, #200
        bne 1b
        b off`;
    sameEverywhere(program(main, { irq: TICK }), {
      limit: 60_000,
      check: (guest) => {
        assertRegisters(guest, { r5: 200 });
        assert.ok(guest.r(8) > 10, `${guest.r(8)} interrupts`);
      },
    });
  });
});
