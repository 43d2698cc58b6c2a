/** Calls that leave the guest: the board's firmware by HVC, and semihosting by SVC, bare and hypervised alike. */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, TestGuest, wayName, WAYS } from '../support/guest.js';
import { assertRegisters, program, sameEverywhere } from '../support/guest-program.js';
import { need } from '../support/tools.js';

describe('firmware and semihosting, bare and hypervised', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  it('PSCI answers by HVC, from ARM and Thumb state', () => {
    const source = program(`
      ldr r0, =0x84000000       @ PSCI_VERSION
      hvc #0
      mov r4, r0
      ldr r0, =0x8400000a       @ PSCI_FEATURES of CPU_SUSPEND
      ldr r1, =0x84000001
      hvc #0
      mov r5, r0
      ldr r0, =0x84000003       @ CPU_ON: this core
      mov r1, #0
      hvc #0
      mov r6, r0
      ldr r0, =0x8400ffff       @ nothing
      blx 1f
      mov r7, r0
      b off
      .ltorg
      .balign 4
      .thumb
    1: hvc #0
      bx lr`);
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 0x10001, r5: 0, r6: -4, r7: -1 }) });
  });

  it('HVC and SMC from user mode are Undefined', () => {
    const source = program(
      `mov r0, #0x10
      msr spsr_cxsf, r0
      ldr lr, =1f
      movs pc, lr
      .ltorg
    1: ldr r0, =0x84000008
      hvc #0
      smc #0
      b 2f
      .ltorg
    2: svc #0`,
      { und: 'add r4, r4, #1\n movs pc, lr', svc: 'b off' },
    );
    sameEverywhere(source, {
      check: (guest) => {
        assertRegisters(guest, { r4: 2 });
        assert.deepEqual(guest.exceptions, [1, 1, 2]);
      },
    });
  });

  it('the only core is switched off: dead, with a sentence', () => {
    sameEverywhere(program('ldr r0, =0x84000002\n hvc #0\n'), {
      stop: 'dead',
      check: (_, stop) => assert.match(stop.kind === 'dead' ? stop.why : '', /switched its only core off/),
    });
  });

  it('a reset: the guest starts again as if for the first time', () => {
    // The word at 1: says how often it has been here; a reset loads the image anew.
    const source = program(`
      ldr r0, =1f
      ldr r4, [r0]
      add r4, r4, #1
      str r4, [r0]
      mrs r5, cpsr
      cps #0x1f
      mov sp, #7
      ldr r0, =0x84000009
      hvc #0
      .ltorg
    1: .word 0`);
    for (const way of WAYS) {
      const guest = new TestGuest(way, { images: assembled(source) });
      const first = guest.end();
      assert.deepEqual(first, { kind: 'reset' }, wayName(way));
      const { instructions } = guest;
      assertRegisters(guest, { r4: 1, r5: 0x400001d3 });
      guest.guest.reset();
      assert.equal(guest.instructions, 0);
      assert.deepEqual(guest.end(), { kind: 'reset' }, wayName(way));
      assert.equal(guest.instructions, instructions, wayName(way));
      assertRegisters(guest, { r4: 1, r5: 0x400001d3 });
    }
  });

  const semihosted = (call: string, thumb: boolean): string => `
    ldr r4, =1f
    ${thumb ? 'orr r4, r4, #1' : ''}
    blx r4
    ldr r0, =0x18
    ldr r1, =0x20026
    svc #0x123456
    .ltorg
    .balign 4
    ${thumb ? '.thumb' : ''}
  1: mov r6, lr
    movs r0, #4
    ldr r1, =2f
    ${call}
    movs r0, #0x16
    ldr r1, =4f
    ${call}
    movs r0, #0x10
    movs r1, #0
    ${call}
    mov r7, r0
    bx r6
    .balign 4
    .ltorg
  2: .asciz "through semihosting\\n"
    .balign 4
  4: .word 5f
  5: .space 16
    .balign 4
    .arm`;

  for (const [name, call, thumb] of [
    ['SVC 0x123456', 'svc #0x123456', false],
    ['SVC 0xab in Thumb state', 'svc #0xab', true],
  ] as const) {
    it(`semihosting by ${name}`, () => {
      sameEverywhere(program(semihosted(call, thumb)), {
        semihosting: true,
        check: (guest, stop) => {
          assert.equal(guest.console, 'through semihosting\n');
          assert.deepEqual(guest.exceptions, [], 'nothing that the guest would see');
          assert.deepEqual(stop, { kind: 'exit', code: 0, how: 'semihosting' });
        },
      });
    });

    it(`${name} where semihosting is off: an exception like any other`, () => {
      sameEverywhere(program(semihosted(call, thumb), { svc: 'b off' }), {
        check: (guest) => {
          assert.equal(guest.console, '');
          assert.deepEqual(guest.exceptions, [2]);
        },
      });
    });
  }

  it('BKPT 0xab is semihosting on the M profile only: here it is a breakpoint', () => {
    sameEverywhere(
      program('blx 1f\n .balign 4\n .thumb\n1: bkpt #0xab', { pabt: 'mrc p15, 0, r4, c5, c0, 1\n b off' }),
      {
        semihosting: true,
        check: (guest) => {
          assertRegisters(guest, { r4: 2 });
          assert.deepEqual(guest.exceptions, [3]);
        },
      },
    );
  });
});
