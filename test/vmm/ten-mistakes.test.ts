/**
 * The ten mistakes that earlier virtual machine monitors made, each a small guest that shows it. Every program runs bare and hypervised, at every level and
 * with either engine; the runs must agree at each instruction, and with what the manual says.
 */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { ORIGIN, type TestGuest } from '../support/guest.js';
import { assertRegisters, HOLE, program, sameEverywhere, SCRATCH } from '../support/guest-program.js';
import { need } from '../support/tools.js';

/** Guest virtual addresses of the callback sites, of a hypervised guest. */
function sites({ hypervisor }: TestGuest): number[] {
  return hypervisor === undefined ? [] : [...hypervisor.patcher.map.allSites()].map(({ gva }) => gva);
}

describe('the ten known mistakes of earlier systems', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  describe('1. a status register write keeps the byte lanes outside its mask', () => {
    it('CPSR', () => {
      const source = program(`
        ldr r0, =0xf80f03d3       @ N Z C V Q, GE 1111, E A I F, SVC
        msr cpsr_fsxc, r0
        mrs r1, cpsr
        msr cpsr_c, #0xdf         @ control alone: System mode
        mrs r2, cpsr
        msr cpsr_f, #0x20000000   @ flags alone
        mrs r3, cpsr
        mov r0, #0
        msr cpsr_x, r0            @ E and A alone
        mrs r4, cpsr
        msr cpsr_s, r0            @ GE alone
        mrs r5, cpsr
        ldr r0, =0x400a0193       @ two at once
        msr cpsr_sc, r0
        mrs r6, cpsr
        mvn r0, #0                @ no lane that does not exist, no execution state
        msr cpsr_f, r0
        mrs r7, cpsr`);
      sameEverywhere(source, {
        check: (guest) =>
          assertRegisters(guest, {
            r1: 0xf80f03d3,
            r2: 0xf80f03df,
            r3: 0x200f03df,
            r4: 0x200f00df,
            r5: 0x200000df,
            r6: 0x200a0093,
            r7: 0xf80a0093,
          }),
      });
    });

    it('SPSR', () => {
      const source = program(`
        ldr r0, =0xf80f03ff
        msr spsr_fsxc, r0
        mov r0, #0x10
        msr spsr_c, r0
        mrs r1, spsr
        msr spsr_f, r0
        mrs r2, spsr
        msr spsr_x, r0
        mrs r3, spsr
        msr spsr_s, r0
        mrs r4, spsr`);
      sameEverywhere(source, {
        check: (guest) => assertRegisters(guest, { r1: 0xf80f0310, r2: 0x000f0310, r3: 0x000f0010, r4: 0x10 }),
      });
    });
  });

  describe('2. SVC from Thumb state links to the next instruction, once', () => {
    const handler = `
        push {r0, lr}
        mrs r0, spsr
        push {r0}
        add r10, r10, #1
        str lr, [r9], #4
        str r0, [r9], #4
        pop {r0}
        pop {r0, lr}
        movs pc, lr`;
    /** Calls at three places, one of them the second of an IT block; what LR and SPSR were goes to SCRATCH. */
    const calls = `
        .balign 4
        .thumb
      thumb: nop
        svc #1
      after1: movs r4, #1
        svc #255
      after2: cmp r4, #1
        itte eq
        addeq r5, #1
        svceq #3
        addne r5, #64
      after3: adds r5, #2`;
    const check = (mode: number) => (guest: TestGuest) => {
      const [after1, after2, third] = [guest.r(6), guest.r(7), guest.r(8)];
      assert.equal(guest.word(SCRATCH), after1);
      assert.equal(guest.word(SCRATCH + 8), after2);
      assert.equal(guest.word(SCRATCH + 16), third);
      assert.equal(guest.word(SCRATCH + 4) & 0x0600_fc3f, 0x20 | mode);
      // ITSTATE is the advanced one: one instruction is left, on condition NE.
      assert.equal(guest.word(SCRATCH + 20) & 0x0600_fc3f, 0x20 | mode | 0x1800);
      assertRegisters(guest, { r10: 3, r5: 3 });
    };
    const addresses = `
        ldr r9, =${SCRATCH}
        mov r10, #0
        mov r5, #0
        ldr r6, =after1
        ldr r7, =after2
        ldr r8, =after3 - 2
        ldr r0, =thumb`;

    it('in user mode', () => {
      const source = program(
        `${addresses}
        mov r1, #0x30
        msr spsr_cxsf, r1
        movs pc, r0
        ${calls}
        udf #0`,
        { svc: handler, und: 'b off' },
      );
      sameEverywhere(source, { check: check(0x10) });
    });

    it('in a mode where SVC is the VMM’s own trap word', () => {
      const source = program(
        `${addresses}
        cps #0x1f
        orr r0, r0, #1
        bx r0
        ${calls}
        bx pc
        nop`,
        { svc: handler },
      );
      sameEverywhere(source, { check: check(0x1f) });
    });
  });

  describe('3. a sensitive instruction in an IT block is decided when it runs', () => {
    for (const [order, first, second] of [
      ['first skipped, then executed', 1, 0],
      ['first executed, then skipped', 0, 1],
    ] as const) {
      it(order, () => {
        const source = program(`
          ldr r4, =1f + 1
          mov r5, #0
          mov r6, #0
          mov r0, #${first}
          blx r4
          mov r7, r5
          mov r8, r6
          mov r0, #${second}
          blx r4
          b off
          .balign 4
          .thumb
        1: cmp r0, #0
          ite eq
          mrseq r5, cpsr
          mrsne r6, cpsr
          bx lr
          .balign 4
          .arm`);
        sameEverywhere(source, {
          check: (guest) => {
            // CPSR reads as zero in its execution state bits: B9.3.8.
            const [equal, notEqual] = [0x600001d3, 0x200001d3];
            assertRegisters(guest, {
              r5: equal,
              r6: notEqual,
              r7: first === 0 ? equal : 0,
              r8: first === 0 ? 0 : notEqual,
            });
          },
        });
      });
    }
  });

  it('4. a 32-bit Thumb instruction that is replaced takes one slot of its IT block', () => {
    const source = program(
      `
      ldr r9, =1f + 1
      mov r2, #0
      mov r3, #0
      mov r5, #0
      mov r8, #0
      mrc p15, 0, r10, c0, c0, 0
      mov r0, #0
      blx r9
      mov r0, #1
      blx r9
      b off
      .balign 4
      .thumb
    1: cmp r0, #0
      ittee eq
      mrseq r1, cpsr
      addeq r2, #1
      addne r3, #1
      mrcne p15, 0, r4, c0, c0, 0
      add r5, #1
      ittt ne
      mrsne r6, cpsr
      mrsne r7, cpsr
      addne r8, #1
      add r5, #1
      bx lr
      .balign 4
      .arm`.replace('mov r0, #0', 'mov r0, #0\n mov r2, #0\n mov r3, #0\n mov r5, #0\n mov r8, #0'),
    );
    sameEverywhere(source, {
      check: (guest) => {
        assertRegisters(guest, {
          r1: 0x600001d3,
          r2: 1,
          r3: 1,
          r4: guest.r(10),
          r5: 4,
          r6: 0x200001d3,
          r7: 0x200001d3,
          r8: 1,
        });
        if (guest.hypervisor === undefined) return;
        const lengths = [...guest.hypervisor.patcher.map.allSites()]
          .filter(({ isa }) => isa === 'T32')
          .map(({ patch }) => patch.length);
        assert.deepEqual(lengths, [4, 4, 4, 4]);
      },
    });
  });

  it('5. more than 255 sites in Thumb code, of both lengths', () => {
    const one = (i: number): string => `
      movs r0, #${i % 251}
      cpsi${i % 3 === 0 ? 'e' : 'd'} ${i % 2 === 0 ? 'a' : 'f'}
      mrs r1, cpsr
      eor r6, r6, r1
      add r6, r6, r0
      ror r6, r6, #1`;
    const count = 400;
    const source = program(`
      mov r6, #0
      blx 1f
      b off
      .balign 4
      .thumb
    1: ${Array.from({ length: count }, (_, i) => one(i)).join('')}
      bx lr
      .balign 4
      .arm`);
    let r6 = 0;
    let masks = 0x1c0;
    for (let i = 0; i < count; i++) {
      const bit = i % 2 === 0 ? 0x100 : 0x40;
      masks = i % 3 === 0 ? masks & ~bit : masks | bit;
      // movs sets Z where the number is zero; C and V stay as reset has left them.
      const cpsr = (i % 251 === 0 ? 0x4000_0000 : 0) | masks | 0x13;
      r6 = ((r6 ^ cpsr) + (i % 251)) | 0;
      r6 = (r6 >>> 1) | (r6 << 31);
    }
    sameEverywhere(source, {
      check: (guest) => {
        assertRegisters(guest, { r6 });
        if (guest.hypervisor !== undefined) assert.ok(sites(guest).length > 2 * count);
      },
    });
  });

  describe('6. an interrupt is taken in a block that goes to itself', () => {
    /** The virtual timer's interrupt after 2,000 counts; the handler leaves the loop for good. */
    const interrupted = (loop: string): string =>
      program(
        `
        ldr r0, =0x08000000
        mov r1, #1
        str r1, [r0]
        ldr r1, =0x08000000
        str r1, [r0, #0x100]        @ GICD_ISENABLER0: 27
        ldr r0, =0x08010000
        mov r1, #0xff
        str r1, [r0, #4]
        mov r1, #1
        str r1, [r0]
        ldr r0, =2000
        mcr p15, 0, r0, c14, c3, 0  @ CNTV_TVAL
        mov r0, #1
        mcr p15, 0, r0, c14, c3, 1  @ CNTV_CTL
        mov r8, #0
        cpsie i
        ${loop}`,
        { irq: 'mrs r9, spsr\n mov r10, lr\n b off' },
      );

    for (const [name, loop, thumb] of [
      ['a branch to itself', '1: b 1b', 0],
      ['a loop of three instructions', '1: add r8, r8, #1\n cmp r8, #0\n b 1b', 0],
      ['a branch to itself in Thumb state', 'blx 1f\n .balign 4\n .thumb\n 1: b 1b', 0x20],
      ['a loop with a sensitive instruction', '1: mrs r8, cpsr\n b 1b', 0],
      ['an indirect branch to itself', 'ldr r8, =1f\n 1: bx r8\n .ltorg', 0],
      ['an indirect branch to itself in Thumb state', 'ldr r8, =1f + 1\n bx r8\n .ltorg\n .thumb\n 1: bx r8', 0x20],
      ['a loop across a page end', 'b 1f\n .ltorg\n .balign 4096\n .space 4092\n 1: nop\n b 1b', 0],
    ] as const) {
      it(name, () => {
        sameEverywhere(interrupted(loop), {
          limit: 20_000,
          check: (guest) => {
            assert.equal(guest.r(9) & 0xbf, 0x13 | thumb, 'SPSR: SVC mode, IRQ open');
            assert.ok(guest.instructions > 2000 && guest.instructions < 2100, `${guest.instructions} instructions`);
          },
        });
      });
    }
  });

  describe('7. an abort in scanned code reports the guest’s own PC', () => {
    const faults: readonly (readonly [string, string, boolean])[] = [
      ['LDR between two sites', 'mrs r1, cpsr\n1: ldr r2, [r3]\n mrs r1, cpsr', false],
      ['LDR with writeback', 'mrs r1, cpsr\n1: ldr r2, [r3], #4', false],
      ['STR behind an indirect call', 'ldr r4, =2f\n blx r4\n1: str r2, [r3]\n b off\n2: bx lr', false],
      ['LDM half-way', '1: ldmib r3!, {r1, r2, r4}', false],
      ['LDRT, itself a site', '1: ldrt r2, [r3], #4', false],
      ['POP {pc}, itself a site at level 0', 'mov sp, r3\n1: pop {r2, pc}', false],
      ['LDR pc', '1: ldr pc, [r3, #4]!', false],
      ['a conditional load', 'cmp r3, r3\n1: ldreq r2, [r3]', false],
      ['T16 LDR', 'mrs r1, cpsr\n1: ldr r2, [r3]\n mrs r1, cpsr', true],
      ['T32 LDR behind a T16', 'nop\n mrs r1, cpsr\n nop\n1: ldr.w r2, [r3, #8]', true],
      ['T32 STR in an IT block', 'cmp r3, #0\n ittt ne\n mrsne r1, cpsr\n1: strne.w r2, [r3]\n addne r2, #1', true],
      ['T32 LDRT', '1: ldrt r2, [r3, #4]', true],
      ['TBB, itself a site at level 0', '1: tbb [r3, r2]', true],
    ];
    for (const [name, code, thumb] of faults) {
      it(name, () => {
        const body = thumb ? `ldr r5, =2f + 1\n bx r5\n .ltorg\n .thumb\n .balign 4\n2: ${code}` : code;
        const source = program(`ldr r3, =${HOLE}\n ldr r8, =1f\n mov r2, #0\n ${body}\n .ltorg\n .balign 4\n .arm`, {
          dabt: 'sub r9, lr, #8\n mrs r10, spsr\n mrc p15, 0, r7, c6, c0, 0\n b off',
        });
        sameEverywhere(source, {
          check: (guest) => {
            assert.deepEqual(guest.exceptions, [4], 'one data abort');
            assertRegisters(guest, { r9: guest.r(8), r2: 0, r3: HOLE });
            assert.equal(guest.r(10) & 0x3f, thumb ? 0x33 : 0x13);
            assert.equal(guest.r(7) & ~15, HOLE, 'DFAR');
          },
        });
      });
    }

    it('a prefetch abort of the target of a call', () => {
      const source = program(`ldr r3, =${HOLE + 0x20}\n mrs r1, cpsr\n blx r3`, {
        pabt: 'sub r9, lr, #4\n mrc p15, 0, r7, c6, c0, 2\n b off',
      });
      sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r9: HOLE + 0x20, r7: HOLE + 0x20 }) });
    });
  });

  describe('8. what is replaced on a condition leaves its destination alone when that fails', () => {
    const set = (thumb: boolean): string =>
      Array.from({ length: 7 }, (_, i) => `${thumb ? 'movw' : 'mov'} r${i + 1}, #${0x11 * (i + 1)}`).join('\n');
    const kept = { r1: 0x11, r2: 0x22, r3: 0x33, r4: 0x44, r5: 0x55, r6: 0x66, r7: 0x77 };

    it('in ARM state', () => {
      const source = program(
        `
        ldr r0, =${SCRATCH}
        ${set(false)}
        ldr lr, =off
        cmp r0, #0
        mrseq r1, cpsr
        mrseq r2, spsr
        mrceq p15, 0, r3, c1, c0, 0
        mrrceq p15, 0, r4, r5, c14
        ldrteq r6, [r0], #4
        ldmeq r0, {r1-r7}^
        msreq cpsr_c, #0x1f
        msreq spsr_cxsf, r1
        mcreq p15, 0, r1, c12, c0, 0
        movseq pc, lr
        ldmeq r0, {r1-r7, pc}^
        svceq #1
        bxeq lr
        ldreq pc, [r0]
        popeq {r1, pc}
        hvc #0`.replace('hvc #0', 'mrs r8, cpsr\n mrc p15, 0, r9, c12, c0, 0\n ldr r10, =vectors'),
      );
      sameEverywhere(source, {
        check: (guest) => {
          assertRegisters(guest, { ...kept, r8: 0x200001d3, r9: guest.r(10) });
          assert.deepEqual(guest.exceptions, []);
        },
      });
    });

    it('in Thumb state', () => {
      const sensitive = [
        'mrseq r1, cpsr',
        'mrseq r2, spsr',
        'mrceq p15, 0, r3, c1, c0, 0',
        'mrrceq p15, 0, r4, r5, c14',
        'ldrteq r6, [r0]',
        'msreq cpsr_c, r1',
        'mcreq p15, 0, r1, c12, c0, 0',
        'subseq pc, lr, #0',
        'svceq #1',
        'bxeq lr',
        'popeq {r1, pc}',
        'ldreq.w pc, [r0]',
      ];
      const source = program(`
        ldr r0, =${SCRATCH}
        ldr lr, =off
        ldr r8, =1f + 1
        bx r8
        .ltorg
        .thumb
        .balign 4
      1: ${set(true)}
        cmp r0, #0
        ${sensitive.map((line) => `it eq\n ${line}`).join('\n')}
        .hword 0xbf08, 0xde01     @ it eq, udf #1: the assembler does not know that UDF obeys
        .balign 4
        bx pc
        nop
        .arm
        mrs r8, cpsr`);
      sameEverywhere(source, {
        check: (guest) => {
          assertRegisters(guest, { ...kept, r8: 0x200001d3 });
          assert.deepEqual(guest.exceptions, []);
        },
      });
    });
  });

  describe('9. a bad vector address is the guest’s problem, not the VMM’s', () => {
    for (const [name, vbar] of [
      ['where nothing is', `=${HOLE}`],
      ['in a device', '=0x09000000'],
      ['in erased flash', '=0x03000000'],
    ] as const) {
      it(name, () => {
        const source = program(`ldr r0, ${vbar}\n mcr p15, 0, r0, c12, c0, 0\n svc #0\n .ltorg`);
        sameEverywhere(source, {
          stop: 'dead',
          check: (_, stop) =>
            assert.match(
              stop.kind === 'dead' ? stop.why : '',
              /^The guest takes the exception .* at its own vector 0x/,
            ),
        });
      });
    }

    it('high vectors, where nothing is', () => {
      const source = program(`
        mrc p15, 0, r0, c1, c0, 0
        orr r0, r0, #1 << 13
        mcr p15, 0, r0, c1, c0, 0
        udf #0`);
      sameEverywhere(source, {
        stop: 'dead',
        check: (_, stop) =>
          assert.match(stop.kind === 'dead' ? stop.why : '', /Prefetch Abort at its own vector 0xffff000c/),
      });
    });
  });

  describe('10. a literal pool is not code', () => {
    /** The words of sensitive instructions: MRS r0, CPSR · MCR SCTLR · CPSID i · MOVS pc, lr. */
    const words = [0xe10f0000, 0xee010f10, 0xf10c0080, 0xe1b0f00e];

    for (const [name, code] of [
      ['behind a branch', 'b 2f\n1: POOL\n2: nop'],
      ['behind a return', 'bl 2f\n b 3f\n2: bx lr\n1: POOL\n3: nop'],
      ['behind an SVC that does not come back', 'svc #0\n1: POOL\n2: nop'],
      ['behind a load of PC', 'ldr pc, 4f\n1: POOL\n4: .word 2f\n2: nop'],
      ['behind a table branch', 'mov r3, #0\n ldr pc, [pc, r3, lsl #2]\n nop\n .word 2f\n1: POOL\n2: nop'],
    ] as const) {
      it(name, () => {
        const pool = words.map((word) => `.word ${word}`).join('\n');
        const source = program(`ldr r8, =1f\n ldm r8, {r4-r7}\n ${code.replace('POOL', pool)}`, {
          svc: `add lr, lr, #${4 * words.length}\n movs pc, lr`,
        });
        sameEverywhere(source, {
          check: (guest) => {
            assertRegisters(guest, { r4: words[0], r5: words[1], r6: words[2], r7: words[3] });
            const { hypervisor } = guest;
            if (hypervisor === undefined) return;
            const from = guest.r(8);
            assert.ok(from > ORIGIN);
            for (let at = from; at < from + 4 * words.length; at += 4)
              assert.equal(hypervisor.siteAt(at, 0), undefined, `site in the pool at 0x${at.toString(16)}`);
            assert.ok(sites(guest).length > 0);
          },
        });
      });
    }

    it('but once control flow reaches it, it is', () => {
      const source = program(`
        ldr r8, =1f
        b 2f
      1: .word ${words[0]}
        bx lr
      2: mov r0, #0
        blx r8
        mov r4, r0`);
      sameEverywhere(source, {
        check: (guest) => {
          assert.equal(guest.r(4) & 0x1ff, 0x1d3);
          if (guest.hypervisor !== undefined) assert.ok(guest.hypervisor.siteAt(guest.r(8), 0));
        },
      });
    });
  });
});
