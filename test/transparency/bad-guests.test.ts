/**
 * Guests that go wrong, or that make it hard for who runs them. Bare and hypervised, at every level and with either engine, the same becomes of them
 * at each instruction; nothing hangs and nothing is thrown, and a guest that can never go on is told so in one sentence.
 */
import assert from 'node:assert/strict';
import type { GuestStop } from '../../src/machine/run.js';
import { ASSEMBLER } from '../support/assemble.js';
import {
  assertRegisters,
  HOLE,
  level2Entry,
  level2Word,
  mmuOn,
  program,
  sameEverywhere,
  SCRATCH,
  WINDOW,
} from '../support/guest-program.js';
import { need } from '../support/tools.js';

/** Two pages of RAM that the window shows side by side or twice. */
const PAGE_A = SCRATCH + 0x10_0000;
const PAGE_B = SCRATCH + 0x20_0000;

function why(stop: GuestStop): string {
  return stop.kind === 'dead' ? stop.why : '';
}

/** Text that copies the code between two labels to an address. Changes r0 to r3. */
function copy(from: string, to: string, address: number): string {
  return `
    ldr r0, =${from}
    ldr r1, =${to}
    ldr r2, =${address}
  8: ldrh r3, [r0], #2
    strh r3, [r2], #2
    cmp r0, r1
    blo 8b`;
}

describe('guests that go wrong', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  const noVectors = 'mov r0, #0\n mcr p15, 0, r0, c12, c0, 0\n';

  for (const [name, code] of [
    ['a jump to nowhere', `ldr pc, =${HOLE}`],
    ['a return to nowhere in Thumb state', `ldr lr, =${HOLE + 1}\n bx lr`],
    ['a jump to a device', 'ldr pc, =0x09000000'],
    ['a jump to erased flash', 'ldr pc, =0x03000000'],
    ['a write where nothing is', `ldr r1, =${HOLE}\n str r1, [r1]`],
    ['a read where nothing is', `ldr r1, =${HOLE}\n ldr r1, [r1]`],
    ['an SVC that nobody serves', 'svc #0'],
    ['a word that is no instruction', '.word 0xe7f000f0'],
  ] as const) {
    it(`${name}, no vectors: ends with a sentence`, () => {
      sameEverywhere(program(`${noVectors}${code}\n .ltorg`), {
        stop: 'dead',
        check: (_, stop) =>
          assert.match(
            why(stop),
            /^The guest takes the exception Undefined Instruction at its own vector 0x4, over and over; .*\.$/,
          ),
      });
    });
  }

  it('a write where nothing is, with a handler: the guest goes on', () => {
    const source = program(`ldr r1, =${HOLE + 8}\n mov r2, #1\n strb r2, [r1], #1\n add r2, r2, #1`, {
      dabt: 'mrc p15, 0, r3, c5, c0, 0\n mrc p15, 0, r4, c6, c0, 0\n subs pc, lr, #4',
    });
    // An external abort on a write, and no writeback.
    sameEverywhere(source, {
      check: (guest) => assertRegisters(guest, { r1: HOLE + 8, r2: 2, r3: 0x808, r4: HOLE + 8 }),
    });
  });

  for (const [name, code] of [
    ['WFI with everything disabled', 'cpsid aif\n wfi'],
    ['WFI in a loop, in Thumb state', 'blx 1f\n .balign 4\n .thumb\n1: wfi\n b 1b'],
    ['WFE with no event', 'wfe\n wfe\n wfe'],
    ['WFI as the last instruction of RAM', 'ldr r0, =0x40fffffc\n ldr r1, =0xe320f003\n str r1, [r0]\n bx r0\n .ltorg'],
  ] as const) {
    it(`${name}: ends with a sentence`, () => {
      sameEverywhere(program(code), {
        stop: 'dead',
        check: (_, stop) =>
          assert.match(why(stop), /^The guest waits for an interrupt \(before 0x[0-9a-f]+\) and has enabled none/),
      });
    });
  }

  it('waiting for what may be typed: may yet be woken', () => {
    const uart = `
      ldr r0, =0x08000000
      mov r1, #1
      str r1, [r0]
      mov r1, #2
      str r1, [r0, #0x104]       @ GICD_ISENABLER1: 33, the UART
      wfi`;
    sameEverywhere(program(uart), { stop: 'waiting' });
  });

  for (const [name, code] of [
    ['a branch to itself, all masked', 'cpsid aif\n b .'],
    ['a branch to itself in Thumb state', 'blx 1f\n .balign 4\n .thumb\n1: b .'],
    ['an indirect branch to itself', 'ldr r0, =1f\n1: bx r0\n .ltorg'],
    ['an SVC in the handler of SVC', 'svc #0'],
    ['a data abort in the handler of data aborts', `ldr r1, =${HOLE}\n ldr r1, [r1]\n .ltorg`],
    ['a stack that runs away', '1: push {r0-r12, lr}\n bl 1b'],
  ] as const) {
    it(`${name}: runs for as long as it is let, and not longer`, () => {
      const source = program(code, { svc: 'svc #1', dabt: 'ldr r1, [r1]' });
      sameEverywhere(source, {
        stop: 'limit',
        limit: 3000,
        check: (guest) => assert.equal(guest.instructions, 3000),
      });
    });
  }

  it('a slide through empty RAM, over its end', () => {
    sameEverywhere(program(`${noVectors}ldr pc, =0x40ff0000\n .ltorg`), { stop: 'dead', sampleEvery: 500 });
  });

  it('each mode without a stack, and its handler at work', () => {
    const source = program('mov sp, #0\n cps #0x1b\n mov sp, #0\n cps #0x13\n udf #0', { und: 'push {r0-r3}' }, '');
    // The handler of the data abort is left out: r11 says so.
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r11: 0xbad4 }) });
  });

  it('a reserved mode number', () => {
    for (const instruction of [
      'msr cpsr_c, #0xc0',
      'msr cpsr_c, #0xd4',
      '.word 0xf1020014',
      'msr cpsr_c, #0xda',
      'msr cpsr_c, #0xd6',
    ]) {
      sameEverywhere(program(`${instruction}\n mrs r4, cpsr`, { und: 'mov r5, #1\n movs pc, lr' }));
    }
  });
});

describe('code that changes', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  it('the next instruction is rewritten just before it runs: seen at once', () => {
    const source = program(`
      mov r4, #0
      ldr r1, =0xe2844010       @ add r4, r4, #16
      ldr r0, =1f
      str r1, [r0]
    1: add r4, r4, #1
      ldr r1, =0xe2844c01       @ add r4, r4, #256, by halves
      strh r1, [r0, #24]
      mov r1, r1, lsr #16
      strh r1, [r0, #26]
      nop
      add r4, r4, #2`);
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 0x110 }) });
  });

  it('an innocuous instruction becomes sensitive, and innocuous again', () => {
    const source = program(`
      ldr r0, =1f
      ldr r1, =0xe10f4000       @ mrs r4, cpsr
      ldr r2, =0xe3a04001       @ mov r4, #1
      blx r0
      mov r5, r4
      str r1, [r0]
      blx r0
      mov r6, r4
      str r2, [r0]
      blx r0
      mov r7, r4
      str r1, [r0]
      blx r0
      b off
      .ltorg
    1: mov r4, #7
      bx lr`);
    sameEverywhere(source, {
      check: (guest) => assertRegisters(guest, { r4: 0x400001d3, r5: 7, r6: 0x400001d3, r7: 1 }),
    });
  });

  it('a Thumb loop rewrites its own body, a sensitive one, each time round', () => {
    const source = program(`
      ldr r0, =1f
      blx 2f
      b off
      .ltorg
      .balign 4
      .thumb
    2: ldr r1, =0x8400f3ef      @ mrs r4, cpsr
      ldr r2, =0x0401f04f       @ mov.w r4, #1
      movs r3, #20
      movs r5, #0
    3: str r1, [r0]
      mov r7, r1
      mov r1, r2
      mov r2, r7
      nop
    1: nop.w
      add r5, r5, r4
      subs r3, #1
      bne 3b
      bx lr
      .ltorg
      .balign 4
      .arm`);
    sameEverywhere(source, { check: (guest) => assert.ok(guest.r(5) > 10 * 0x1d3) });
  });

  it('an instruction overwrites itself, and one that a store multiple covers', () => {
    const source = program(`
      mov r4, #0
      ldr r6, =0xe2844001       @ add r4, r4, #1
      mov r7, r6
      mov r8, r6
      ldr r0, =1f
      mov r9, #2
    1: stm r0, {r6, r7, r8}     @ becomes add three times over
      nop
      nop
      subs r9, r9, #1
      bne 1b`);
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 2 + 3 }) });
  });

  it('code that is written, run, and written again at the same place', () => {
    const source = program(`
      ldr r5, =${SCRATCH}
      ldr r6, =0xe3a00000       @ mov r0, #i
      ldr r7, =0xe10f1000       @ mrs r1, cpsr
      ldr r8, =0xe12fff1e       @ bx lr
      mov r9, #0
      mov r10, #100
    1: stm r5, {r6, r7, r8}
      blx r5
      add r9, r9, r0
      add r6, r6, #1
      subs r10, r10, #1
      bne 1b`);
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r9: 4950 }) });
  });

  it('stores beside code, in its page: slow, and nothing else', () => {
    const source = program(`
      ldr r0, =1f
      mov r1, #50
    2: str r1, [r0]
      ldr r2, [r0]
      cmp r1, r2
      bne off
      mrs r3, cpsr
      subs r1, r1, #1
      bne 2b
      mov r4, #1
      b off
      .ltorg
    1: .word 0`);
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 1 }) });
  });

  it('code through two addresses: what is written through one is executed through the other', () => {
    const source = program(`
      ${mmuOn([
        { va: WINDOW, pa: PAGE_A },
        { va: WINDOW + 0x5000, pa: PAGE_A },
      ])}
      ldr r4, =${WINDOW}
      ldr r5, =${WINDOW + 0x5000}
      ldr r6, =0xe3a00001       @ mov r0, #1
      ldr r7, =0xe12fff1e       @ bx lr
      stm r4, {r6, r7}
      blx r4
      mov r8, r0
      blx r5
      add r8, r8, r0
      ldr r6, =0xe10f0000       @ mrs r0, cpsr
      str r6, [r4]
      blx r5
      mov r9, r0
      blx r4
      mov r10, r0
      ldr r6, =0xe3a00002       @ mov r0, #2
      str r6, [r5]
      blx r4
      add r8, r8, r0`);
    sameEverywhere(source, {
      check: (guest) => {
        assertRegisters(guest, { r8: 4, r9: guest.r(10) });
        assert.equal(guest.r(9) & 0x1ff, 0x1d3);
      },
    });
  });

  it('another page appears under code that has run', () => {
    const source = program(`
      ${mmuOn([{ va: WINDOW, pa: PAGE_A }])}
      ldr r6, =0xe10f0000       @ mrs r0, cpsr
      ldr r7, =0xe12fff1e       @ bx lr
      ldr r0, =${PAGE_A}
      stm r0, {r6, r7}
      ldr r6, =0xe3a00002       @ mov r0, #2
      ldr r0, =${PAGE_B}
      stm r0, {r6, r7}
      ldr r4, =${WINDOW}
      blx r4
      mov r8, r0
      ldr r0, =${level2Entry(WINDOW)}
      ldr r1, =${level2Word({ va: WINDOW, pa: PAGE_B })}
      str r1, [r0]
      dsb
      mcr p15, 0, r4, c8, c7, 1
      dsb
      isb
      blx r4
      mov r9, r0`);
    sameEverywhere(source, {
      check: (guest) => {
        assertRegisters(guest, { r9: 2 });
        assert.equal(guest.r(8) & 0x1ff, 0x1d3);
      },
    });
  });
});

describe('Thumb instructions across a page end', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER, 'arm-none-eabi-objdump');
  });

  /** Places Thumb code so that its first instruction is the last halfword of one page of the window, and calls it with r4 and r5 zero. */
  function across(code: string, second: { pa: number } | undefined, after = '', handlers = {}): string {
    return program(
      `
      ${mmuOn([{ va: WINDOW, pa: PAGE_A }, ...(second ? [{ va: WINDOW + 0x1000, pa: second.pa }] : [])])}
      ${copy('1f', '1f + 2', PAGE_A + 0xffe)}
      ${copy('1f + 2', '2f', second?.pa ?? PAGE_B)}
      ldr r8, =${WINDOW + 0xfff}
      mov r4, #0
      mov r5, #0
      blx r8
      ${after}
      b off
      .ltorg
      .balign 4
      .thumb
    1: ${code}
      bx lr
    2: .balign 4
      .arm`,
      handlers,
    );
  }

  for (const [name, code, check] of [
    ['an innocuous one', 'mov.w r4, #0x1200', 0x1200],
    ['MRS CPSR', 'mrs r4, cpsr', 0x600001d3],
    ['a coprocessor move', 'mrc p15, 0, r4, c2, c0, 0', 0x40800000],
    ['a load', 'ldr.w r4, [r8, #1]', undefined],
    ['a branch', 'b.w 3f\n udf #0\n3: movs r4, #3', 3],
    ['the second in an IT block', undefined, 0x1d3],
  ] as const) {
    for (const [pages, pa] of [
      ['that follow each other', PAGE_A + 0x1000],
      ['that lie apart', PAGE_B],
    ] as const) {
      it(`${name}, pages ${pages}`, () => {
        if (code === undefined) {
          // The IT is before the page end, so the code begins one instruction earlier.
          const source = program(`
            ${mmuOn([
              { va: WINDOW, pa: PAGE_A },
              { va: WINDOW + 0x1000, pa },
            ])}
            ${copy('1f', '1f + 4', PAGE_A + 0xffc)}
            ${copy('1f + 4', '2f', pa)}
            ldr r8, =${WINDOW + 0xffd}
            mov r4, #0
            cmp r4, #1
            blx r8
            b off
            .ltorg
            .balign 4
            .thumb
          1: itt ne
            mrsne r4, cpsr
            bicne.w r4, r4, #0xf0000000
            bx lr
          2: .balign 4
            .arm`);
          sameEverywhere(source, { check: (guest) => assert.equal(guest.r(4) & 0x1ff, check) });
          return;
        }
        sameEverywhere(across(code, { pa }), {
          check: (guest) => {
            if (check !== undefined) assertRegisters(guest, { r4: check });
          },
        });
      });
    }
  }

  it('the second page is missing: the abort names its address, and the instruction’s', () => {
    const source = across('mrs r4, cpsr', undefined, '', {
      pabt: 'sub r6, lr, #4\n mrc p15, 0, r7, c6, c0, 2\n mrc p15, 0, r9, c5, c0, 1\n b off',
    });
    sameEverywhere(source, {
      check: (guest) => assertRegisters(guest, { r6: WINDOW + 0xffe, r7: WINDOW + 0x1000, r9: 7 }),
    });
  });

  it('the second half is rewritten between two runs', () => {
    const source = across(
      'mov.w r4, #1',
      { pa: PAGE_B },
      `mov r5, r4
      ldr r0, =${PAGE_B}
      ldr r1, =0x0402
      strh r1, [r0]
      blx r8`,
    );
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 2, r5: 1 }) });
  });

  it('its second half makes it sensitive, or not', () => {
    // F3EF 8400 is MRS r4, CPSR; F3EF ... with another second half is not allocated.
    const source = across(
      'mov.w r4, #1',
      { pa: PAGE_B },
      `mov r5, r4
      ldr r0, =${PAGE_A + 0xffe}
      ldr r1, =0xf3ef
      strh r1, [r0]
      ldr r0, =${PAGE_B}
      ldr r1, =0x8400
      strh r1, [r0]
      blx r8
      mov r6, r4
      ldr r0, =${PAGE_A + 0xffe}
      ldr r1, =0xf04f
      strh r1, [r0]
      ldr r0, =${PAGE_B}
      ldr r1, =0x0403
      strh r1, [r0]
      blx r8`,
    );
    sameEverywhere(source, {
      check: (guest) => {
        assertRegisters(guest, { r4: 3, r5: 1 });
        assert.equal(guest.r(6) & 0x1ff, 0x1d3);
      },
    });
  });

  it('another second page appears between two runs', () => {
    const source = across(
      'mov.w r4, #1',
      { pa: PAGE_B },
      `mov r5, r4
      ldr r0, =${PAGE_B + 0x3000}
      ldr r1, =0x47700404       @ the other half of mov.w r4, #4; bx lr
      str r1, [r0]
      ldr r0, =${level2Entry(WINDOW + 0x1000)}
      ldr r1, =${level2Word({ va: 0, pa: PAGE_B + 0x3000 })}
      str r1, [r0]
      dsb
      ldr r0, =${WINDOW + 0x1000}
      mcr p15, 0, r0, c8, c7, 1
      dsb
      isb
      blx r8`,
    );
    sameEverywhere(source, { check: (guest) => assertRegisters(guest, { r4: 4, r5: 1 }) });
  });
});
