/** Guests that use floating point and switch it on and off: the same under the VMM as bare, exception by exception. */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF } from '../support/guest.js';
import { need } from '../support/tools.js';
import { kernelAndUser, runAlike, type Ran } from './compare.js';

function run(source: string): Ran[] {
  return runAlike({ images: assembled(source), memory: 4 * MIB }, 200_000);
}

function values([first]: readonly Ran[], ...names: readonly string[]): (number | string | undefined)[] {
  return names.map((name) => first.state.get(name));
}

const FPU = '.fpu neon-vfpv4';
/** CPACR.cp10 and cp11: 5 for PL1 only, 15 for all; with FPEXC.EN or without. Uses r0. */
const access = (cp: number, en: boolean): string => `
  ldr r0, =${cp << 20}
  mcr p15, 0, r0, c1, c0, 2
  isb
  mov r0, #${en ? '0x40000000' : '0'}
  ${cp === 0 ? '' : 'vmsr fpexc, r0'}`;

describe('floating point, bare and hypervised', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('computes natively in kernel and user code, with one set of registers', () => {
    const ran = run(
      kernelAndUser({
        kernel: `${FPU}\n ${access(15, true)}\n vmov.f64 d8, #1.5\n vmov.f32 s1, #2.0`,
        user: 'vadd.f64 d9, d8, d8\n vmul.f32 s2, s1, s1\n vcmp.f32 s1, s2\n vmrs APSR_nzcv, fpscr\n movmi r4, #9\n vdiv.f64 d10, d8, d9',
        end: 'vadd.f64 d11, d9, d10\n vmov r1, r2, d11\n vmrs r3, fpscr',
      }),
    );
    assert.deepEqual(values(ran, 'r1', 'r2', 'r3', 'r4'), [0, 0x400c_0000, 0x8000_0000, 9]);
  });

  it('switches lazily: the first instruction is Undefined, its handler enables, and it is executed again', () => {
    const ran = run(`
      ${FPU}
      ldr r0, =vectors
      mcr p15, 0, r0, c12, c0, 0
      cps #0x1b
      ldr sp, =0x40100000
      cps #0x13
      mov r5, #0
      ${access(15, false)}
      mov r1, #7
      vmov s3, r1                     @ Undefined in the kernel
      vcvt.f64.s32 d4, s3
      mov r0, #0
      vmsr fpexc, r0
      ldr r2, =user
      mov r3, #0x10
      msr spsr_cxsf, r3
      movs pc, r2
      .ltorg
    user:
      vadd.f64 d5, d4, d4             @ and in user code
      vcvt.s32.f64 s0, d5
      vmov r4, s0
      svc #0
      .balign 32
    vectors:
      b .
      b undefined
      b finish
      b .
      b .
      nop
      b .
      b .
    undefined:
      add r5, r5, #1
      vmrs r6, fpexc
      mov r7, #0x40000000
      vmsr fpexc, r7
      subs pc, lr, #4
    finish:
      ${POWER_OFF}
      .ltorg`);
    assert.deepEqual(values(ran, 'r4', 'r5', 'r6'), [14, 2, 0]);
  });

  it("is the kernel's alone where CPACR says PL1 only", () => {
    const ran = run(
      kernelAndUser({
        kernel: `${FPU}\n ${access(5, true)}\n mov r1, #3\n vmov s0, r1\n vcvt.f32.s32 s0, s0`,
        user: 'vmov r2, s0\n vmrs r2, fpscr\n vadd.i32 q0, q0, q0',
        undefined: 'add r4, r4, #1',
        end: 'vmov r3, s0',
      }),
    );
    assert.deepEqual(values(ran, 'r3', 'r4'), [0x4040_0000, 3]);
  });

  it("is nobody's after reset; system registers are PL1's where CPACR permits", () => {
    const ran = run(
      kernelAndUser({
        kernel: `${FPU}
          vmrs r1, fpsid
          vmrs r1, fpexc
          vadd.f32 s0, s0, s0
          ${access(15, false)}
          vmrs r1, fpsid
          vmrs r2, mvfr0
          vmrs r3, mvfr1
          vmsr fpsid, r3
          vmrs r6, fpexc
          vmrs r7, fpscr`,
        user: 'vmrs r4, fpsid\n vmrs r4, mvfr0\n vmrs r4, fpexc\n vmsr fpexc, r4\n vmrs r7, fpscr',
        undefined: 'add r5, r5, #1',
      }),
    );
    assert.deepEqual(values(ran, 'r1', 'r2', 'r3', 'r5'), [0x4104_30f0, 0x1011_0222, 0x1111_1111, 9]);
  });

  it('obeys D32DIS and ASEDIS', () => {
    const ran = run(
      kernelAndUser({
        kernel: `${FPU}\n ${access(15, true)}
          ldr r0, =0xc0f00000
          mcr p15, 0, r0, c1, c0, 2
          isb
          vmov.f64 d15, #1.0
          vmov.f64 d16, #1.0              @ Undefined
          vadd.f64 d0, d15, d31           @ Undefined
          vadd.i32 d0, d0, d0             @ Undefined
          vldmia sp, {d14-d17}            @ Undefined
          ldr r0, =0x80f00000
          mcr p15, 0, r0, c1, c0, 2
          isb
          vmov.f64 d16, #1.0
          vadd.i32 d0, d0, d0             @ Undefined
          vmov.8 d0[1], r0                @ Undefined
          vmov.32 d0[1], r0`,
        user: 'vadd.f64 d17, d16, d15\n vadd.i32 d0, d0, d0',
        undefined: 'add r4, r4, #1',
        end: 'vmov r1, r2, d17',
      }),
    );
    assert.deepEqual(values(ran, 'r1', 'r2', 'r4'), [0, 0x4000_0000, 7]);
  });

  it('loads and stores many registers over the end of what is mapped, and devices', () => {
    const ran = run(
      kernelAndUser({
        kernel: `${FPU}\n ${access(15, true)}
          ldr r1, =0x40200000
          vmov.f32 s0, #1.0
          vstmia r1!, {s0-s31}
          ldr r2, =0x09000018              @ PL011 UARTFR, UARTIBRD, …
          vldmia r2, {s4-s6}
          vmov r3, s4
          ldr r2, =0x40400000 - 16         @ the end of RAM
          mov r6, r2
          vldmia r2!, {d0-d3}              @ a data abort
          vstmia r2!, {s0-s7}              @ and one more
          sub r6, r6, r2`,
        user: 'nop',
        dataAbort: 'add r4, r4, #1',
      }),
    );
    assert.deepEqual(values(ran, 'r3', 'r4', 'r6'), [0x90, 2, 0]);
  });
});
