/** Small guests, each of which once ran otherwise under the VMM than bare, or is of the kind that would. */
import assert from 'node:assert/strict';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF } from '../support/guest.js';
import { need } from '../support/tools.js';
import { BRIEF_WAYS, kernelAndUser, runAlike, type Ran } from './compare.js';

/** Runs a kernel in every brief way. */
function run(source: string, ways = BRIEF_WAYS): Ran[] {
  return runAlike({ images: assembled(source), memory: 4 * MIB }, 200_000, ways);
}

/** Values of registers, in the bank of User mode where there are several, at the end of the first of several equal runs. */
function registers([first]: readonly Ran[], ...numbers: readonly number[]): (number | string | undefined)[] {
  return numbers.map((n) => first.state.get(n < 8 ? `r${n}` : `r${n}_usr`));
}

describe('bare and hypervised guests', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  describe('user code that reads system registers', () => {
    it('reads the thread IDs that the kernel wrote, and may change one', () => {
      const ran = run(
        kernelAndUser({
          kernel: `
            ldr r1, =0x1234
            mcr p15, 0, r1, c13, c0, 3
            ldr r1, =0x777
            mcr p15, 0, r1, c13, c0, 2`,
          user: `
            mrc p15, 0, r1, c13, c0, 3
            mrc p15, 0, r2, c13, c0, 2
            mov r3, #7
            mcr p15, 0, r3, c13, c0, 2
            mcr p15, 0, r3, c13, c0, 3`,
          undefined: 'mov r4, #1',
          end: 'mrc p15, 0, r5, c13, c0, 2',
        }),
      );
      assert.deepEqual(registers(ran, 1, 2, 4, 5), [0x1234, 0x777, 1, 7]);
    });

    it('sees whether it may use the performance monitors, and uses them', () => {
      const enabled = (on: number): string =>
        kernelAndUser({
          kernel: `
            mov r1, #${on}
            mcr p15, 0, r1, c9, c14, 0    @ PMUSERENR
            mov r1, #1
            mcr p15, 0, r1, c9, c12, 0    @ PMCR.E
            mov r1, #0x80000000
            mcr p15, 0, r1, c9, c12, 1    @ PMCNTENSET.C`,
          user: `
            mrc p15, 0, r1, c9, c14, 0
            mrc p15, 0, r2, c9, c13, 0
            mrc p15, 0, r3, c9, c13, 0`,
          undefined: 'add r4, r4, #1',
        });
      const [r1, r2, r3, r4] = registers(run(enabled(1)), 1, 2, 3, 4);
      assert.deepEqual([r1, Number(r3) - Number(r2), r4], [1, 1, 0]);
      assert.deepEqual(registers(run(enabled(0)), 1, 4), [0, 2]);
    });

    it('reads the counter where the kernel lets it', () => {
      const allowed = (bits: number): string =>
        kernelAndUser({
          kernel: `mov r1, #${bits}\n mcr p15, 0, r1, c14, c1, 0`,
          user: 'mrrc p15, 1, r2, r3, c14\n mrc p15, 0, r5, c14, c0, 0',
          undefined: 'add r4, r4, #1',
        });
      assert.deepEqual(registers(run(allowed(2)), 4, 5), [0, 62_500_000]);
      assert.deepEqual(registers(run(allowed(0)), 3, 4, 5), [0, 2, 0]);
    });

    it('reads the debug registers unless the kernel has closed them', () => {
      const closed = (bits: number): string =>
        kernelAndUser({
          kernel: `mov r1, #${bits}\n mcr p14, 0, r1, c0, c2, 2`,
          user: 'mrc p14, 0, r2, c0, c0, 0\n mrc p14, 0, r3, c0, c1, 0',
          undefined: 'add r4, r4, #1',
        });
      const [DBGDIDR, , taken] = registers(run(closed(0)), 2, 3, 4);
      assert.ok(Number(DBGDIDR) !== 0);
      assert.equal(taken, 0);
      assert.deepEqual(registers(run(closed(0x1000)), 4), [2]);
    });

    it('reads its own mode and the true masks, and cannot change them', () => {
      const ran = run(
        kernelAndUser({
          spsr: 0x150,
          user: `
            mrs r1, cpsr
            cps #0x13
            cpsid f
            msr cpsr_fsxc, r6
            mrs r2, cpsr
            setend be
            mov r3, #0x40000000
            ldr r3, [r3]
            mrs r4, cpsr
            setend le`,
        }),
      );
      assert.deepEqual(registers(ran, 1, 2, 3, 4), [0x150, 0x150, 0xd00d_feed, 0x350]);
    });
  });

  it('user code takes every exception that it would take bare', () => {
    const ran = run(
      kernelAndUser({
        user: `
          .word 0xe7f000f0
          mrs r2, spsr
          srsdb sp!, #0x13
          rfeia r5
          ldm r5, {r0, pc}^
          clrex
          mcr p15, 0, r0, c7, c5, 4
          mcr p15, 0, r0, c7, c10, 4
          mcr p15, 0, r0, c7, c10, 5
          mcr p15, 0, r0, c1, c0, 0
          hvc #0
          smc #0
          .word 0xfeffffff`,
        undefined: 'add r4, r4, #1',
      }),
    );
    assert.deepEqual(registers(ran, 4), [9]);
  });

  describe('waiting', () => {
    const TIMER = `
      ldr r0, =0x08000000
      mov r1, #1
      str r1, [r0]
      mov r1, #(1 << 27)
      str r1, [r0, #0x100]
      ldr r0, =0x08010000
      mov r1, #0xff
      str r1, [r0, #4]
      mov r1, #1
      str r1, [r0]
      ldr r0, =1000
      mcr p15, 0, r0, c14, c3, 0
      mov r0, #1
      mcr p15, 0, r0, c14, c3, 1`;
    const QUIET = 'mov r5, #2\n mcr p15, 0, r5, c14, c3, 1\n mov r4, #1';

    for (const wait of ['wfi', 'wfe']) {
      it(`user code sleeps by ${wait.toUpperCase()} until the interrupt that the kernel has set up`, () => {
        const ran = run(
          kernelAndUser({ kernel: TIMER, user: `1: ${wait}\n cmp r4, #1\n bne 1b`, interrupt: QUIET, undefined: '' }),
        );
        assert.deepEqual(ran[0].stop, { kind: 'exit', code: 0, how: 'power-off' });
        assert.deepEqual(registers(ran, 4), [1]);
      });

      it(`user code sleeps by ${wait.toUpperCase()} with nothing to wake it, and the guest is dead`, () => {
        assert.equal(run(kernelAndUser({ user: wait }))[0].stop.kind, 'dead');
      });

      it(`the kernel sleeps by ${wait.toUpperCase()} until an interrupt that it ${wait === 'wfi' ? 'masks' : 'takes'}`, () => {
        const unmask = wait === 'wfi' ? '' : 'cpsie i';
        const ran = run(
          kernelAndUser({ kernel: `${TIMER}\n ${unmask}\n ${wait}\n cpsid i\n ${QUIET}`, user: '', interrupt: QUIET }),
        );
        assert.equal(ran[0].stop.kind, 'exit');
      });
    }

    it('an event that one of kernel and user sends, the other does not wait for', () => {
      assert.equal(run(kernelAndUser({ kernel: 'sev', user: 'wfe' }))[0].stop.kind, 'exit');
      assert.equal(run(kernelAndUser({ user: 'sev', end: 'wfe' }))[0].stop.kind, 'exit');
      assert.equal(run(kernelAndUser({ kernel: 'sev\n wfe\n wfe', user: '' }))[0].stop.kind, 'dead');
    });

    it('the event stream lets WFE pass in kernel and user', () => {
      const kernel = 'mov r1, #4\n mcr p15, 0, r1, c14, c1, 0\n wfe';
      assert.equal(run(kernelAndUser({ kernel, user: 'wfe' }))[0].stop.kind, 'exit');
    });
  });

  it('unaligned accesses fault when SCTLR.A says so, in kernel and user', () => {
    const ran = run(
      kernelAndUser({
        kernel: `
          ldr r1, =0x40050001
          ldr r2, [r1]
          mrc p15, 0, r0, c1, c0, 0
          orr r0, r0, #2
          mcr p15, 0, r0, c1, c0, 0
          ldr r3, [r1]`,
        user: 'ldrh r3, [r1]\n strh r3, [r1]\n ldrb r3, [r1]',
        dataAbort: 'add r4, r4, #1',
      }),
    );
    assert.deepEqual(registers(ran, 4), [3]);
  });

  describe('exclusives', () => {
    it('succeed on a word beside the code that uses it, also when its page is mapped anew', () => {
      const ran = run(`
          mcr p15, 0, r0, c8, c7, 0
          adr r1, lock
        1: ldrex r2, [r1]
          add r2, r2, #1
          strex r3, r2, [r1]
          cmp r3, #0
          addne r5, r5, #1
          cmpne r5, #5
          bne 1b
          ldr r4, [r1]
          ${POWER_OFF}
        lock: .word 5`);
      assert.deepEqual(registers(ran, 3, 4, 5), [0, 6, 0]);
      assert.equal(ran[0].stop.kind, 'exit');
    });

    it('find a fault of the guest between load and store', () => {
      const ran = run(
        kernelAndUser({
          kernel: `
            ldr r0, =0x40100000
            mov r1, #0
            ldr r2, =0xc02
          1: str r2, [r0, r1, lsl #2]
            add r2, r2, #0x100000
            add r1, r1, #1
            cmp r1, #4096
            bne 1b
            ldr r2, =0x40208c02            @ 0x40200000: read-only
            ldr r1, =0x402
            str r2, [r0, r1, lsl #2]
            mcr p15, 0, r0, c2, c0, 0
            mov r1, #1
            mcr p15, 0, r1, c3, c0, 0
            mrc p15, 0, r1, c1, c0, 0
            orr r1, r1, #1
            mcr p15, 0, r1, c1, c0, 0
            ldr r1, =0x40200000
            ldrex r2, [r1]
            strex r3, r2, [r1]             @ armed: a permission fault, which handlers count
            strex r5, r2, [r1]             @ and once more
            clrex
            strex r6, r2, [r1]             @ not armed: fails before that`,
          user: '',
          dataAbort: 'add r4, r4, #1',
        }),
      );
      assert.deepEqual(registers(ran, 4, 6), [2, 1]);
    });

    it('reach devices as bare', () => {
      const ran = run(`
          ldr r1, =0x08000100
          mov r5, #2
          ldrex r2, [r1]
          strex r3, r5, [r1]
          strex r4, r5, [r1]
          ldrex r2, [r1]
          ldr r7, =0x40050000
          strex r6, r5, [r7]
          ${POWER_OFF}`);
      assert.deepEqual(registers(ran, 3, 4, 6), [0, 1, 1]);
    });

    it('succeed over a trap in between, and fail after CLREX and over a switch of tasks that clears them', () => {
      const ran = run(`
          ldr r1, =0x40060000
          ldrex r2, [r1]
          mrs r6, cpsr
          mcr p15, 0, r6, c7, c10, 4
          strex r3, r2, [r1]
          ldrex r2, [r1]
          clrex
          strex r4, r2, [r1]
          ldr r6, =1f
          ldrex r2, [r1]
          bx r6
        1: strex r5, r2, [r1]
          ${POWER_OFF}`);
      assert.deepEqual(registers(ran, 3, 4, 5), [0, 1, 0]);
    });
  });

  it('code that a device writes is executed as it was written', () => {
    const kernel = { name: 'code', bytes: assemble('mrs r4, cpsr\n bx lr') };
    const bios = {
      name: 'bios',
      bytes: assemble(`
          ldr r8, =0x40080000
          ldr r0, =0xe3a04007         @ mov r4, #7
          str r0, [r8]
          ldr r0, =0xe12fff1e         @ bx lr
          str r0, [r8, #4]
          blx r8
          mov r5, r4
          ldr r1, =0x40090000         @ a descriptor: select and read 8 bytes of the kernel's data to r8
          ldr r0, =0x0a001100
          str r0, [r1]
          ldr r0, =0x08000000
          str r0, [r1, #4]
          mov r0, #0
          str r0, [r1, #8]
          rev r0, r8
          str r0, [r1, #12]
          ldr r2, =0x09020010
          mov r0, #0
          str r0, [r2]
          rev r0, r1
          str r0, [r2, #4]
          blx r8
          ${POWER_OFF}`),
    };
    const ran = runAlike({ images: { bios, kernel, loads: [] }, memory: 4 * MIB }, 10_000, BRIEF_WAYS);
    assert.deepEqual(registers(ran, 5, 4), [7, 0x4000_01d3]);
  });

  it('a flash that was read as memory answers commands, and is memory again', () => {
    const ran = run(`
        ldr r1, =0x04000000
        ldr r2, [r1, #0x10]
        mov r0, #0x90               @ read identifier
        str r0, [r1]
        ldr r3, [r1]
        ldr r4, [r1, #0x10]
        mov r0, #0xff               @ read array
        str r0, [r1]
        ldr r5, [r1, #0x10]
        ldr r6, [r1]
        ${POWER_OFF}`);
    const [array, identifier, other, again, first] = registers(ran, 2, 3, 4, 5, 6);
    assert.deepEqual([array, again, first], [0xffff_ffff, 0xffff_ffff, 0xffff_ffff]);
    assert.ok(identifier !== array && other !== array, `${identifier} ${other}`);
  });

  it('code in a flash is executed as the flash was last programmed', () => {
    const ran = run(`
        ldr r4, =0x04000000
        adr r5, first
        bl program
        blx r4
        mov r8, r0
        mov r0, #0x20             @ block erase
        strh r0, [r4]
        mov r0, #0xd0
        strh r0, [r4]
        mov r0, #0xff             @ read array
        strh r0, [r4]
        adr r5, second
        bl program
        blx r4
        mov r9, r0
        ${POWER_OFF}
      program:
        mov r1, #0
      1: mov r0, #0x40            @ word program
        str r0, [r4, r1]
        ldr r0, [r5, r1]
        str r0, [r4, r1]
        add r1, r1, #4
        cmp r1, #8
        bne 1b
        mov r0, #0xff
        str r0, [r4]
        bx lr
      first:
        mrs r0, cpsr
        bx lr
      second:
        mov r0, #2
        bx lr`);
    assert.deepEqual(registers(ran, 8, 9), [0x6000_01d3, 2]);
  });
});
