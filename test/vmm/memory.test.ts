/**
 * Memory under the VMM: what is filled again and what is not, what goes when the guest gives a translation up, and that a guest sees of its tables, domains and
 * faults what it sees bare. Every guest here runs bare and hypervised, and all must agree in everything that a guest can see.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { classIndex } from '../../src/vmm/classes.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import type { ShadowSize } from '../../src/vmm/shadow.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF, TestGuest, type GuestEvent, type TestGuestOptions } from '../support/guest.js';
import {
  CONTEXTIDR,
  DACR,
  enterSpace,
  frame,
  FRAME,
  KERNEL_ONLY,
  level1,
  LEVEL1,
  LEVEL2,
  look,
  map,
  mcr,
  mmuGuest,
  NOT_GLOBAL,
  poke,
  READ_ONLY,
  SCTLR,
  SECTION,
  SMALL,
  TLBIALL,
  tlbiasid,
  tlbimva,
  touchPages,
  TTBR0,
  turns,
  WINDOW,
  type MmuGuestOptions,
} from '../support/mmu-guest.js';
import { need } from '../support/tools.js';
import { BRIEF_WAYS, kernelAndUser, runAlike, type Ran } from './compare.js';

const AFE = 1 << 29;
const XN = 1;
const RAM_SIZE = 8 * MIB;

interface Options extends MmuGuestOptions {
  readonly shadow?: ShadowSize;
  readonly memory?: number;
}

function runAll(
  source: string,
  { shadow, memory = RAM_SIZE }: Options,
  watch: (event: GuestEvent, guest: TestGuest) => void = () => {},
): Ran[] {
  const onEvent: TestGuestOptions['onEvent'] = (event, _, guest) => watch(event, guest);
  const ran = runAlike({ images: assembled(source), memory, shadow, onEvent }, 1_000_000, BRIEF_WAYS);
  assert.deepEqual(ran[0].stop, { kind: 'exit', code: 0, how: 'power-off' }, ran[0].test.place());
  return ran;
}

function hypervisors(ran: readonly Ran[]): Hypervisor[] {
  return ran.flatMap(({ test }) => (test.hypervisor === undefined ? [] : [test.hypervisor]));
}

/** What the guest saw: r9, and the number of aborts; the same in every way. */
function run(body: string, options: Options = {}): [seen: number, aborts: number] {
  const [{ test }] = runAll(mmuGuest(body, options), options);
  return [test.r(9), test.r(10)];
}

const TURNS = 10;

/** Shadow entries that one more turn of `body` fills, the same in all hypervised ways. The guest tells by a byte when it has done one, and when ten more. */
function fillsPerTurn(before: string, body: string, options: Options = {}): number {
  const mark = `ldr r0, =${virtMap.uart.base}\n str r0, [r0]\n`;
  const enableUart = poke(virtMap.uart.base + 0x30, 0x301);
  const fills = new Map<Hypervisor, number[]>();
  const source = mmuGuest(`${enableUart} ${before} ${turns(2, body)} ${mark} ${turns(TURNS, body)} ${mark}`, options);
  runAll(source, options, (event, { hypervisor }) => {
    if (event !== 'byte' || hypervisor === undefined) return;
    fills.set(hypervisor, [...(fills.get(hypervisor) ?? []), hypervisor.shadow.fills]);
  });
  const perTurn = new Set([...fills.values()].map(([start, end]) => (end - start) / TURNS));
  assert.equal(perTurn.size, 1, `it is ${[...perTurn].join()}`);
  return [...perTurn][0];
}

/** Entries for the first pages of the window of each space: pages 0 to 15 by what the space has, not global. */
function windows(spaces: number, pages: number): string {
  return Array.from(
    { length: spaces },
    (_, space) => `
      ${Array.from({ length: pages }, (_, n) => map(n, frame(16 + space * pages + n) | SMALL | NOT_GLOBAL, space)).join('')}
      ${Array.from({ length: pages }, (_, n) => poke(frame(16 + space * pages + n), 0x10 * space + n)).join('')}
      b 2f
      .ltorg
    2:`,
  ).join('');
}

const asid = (space: number): number => space + 1;
const enter = (space: number): string => enterSpace(space, asid(space));

describe('memory of a hypervised guest', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  describe('fills nothing again', () => {
    const OPEN = 0b0101;
    const CLOSED = 0b0001;

    it('when a domain is opened around an access', () => {
      const options = { windowDomain: 1, DACR: CLOSED };
      const before = map(0, frame(0) | SMALL);
      assert.equal(fillsPerTurn(before, `${DACR(OPEN)} ${look(WINDOW, true)} ${DACR(CLOSED)}`, options), 0);
      // What is refused meanwhile fills nothing either.
      assert.equal(fillsPerTurn(before, `${DACR(OPEN)} ${look(WINDOW)} ${DACR(CLOSED)} ${look(WINDOW)}`, options), 0);
    });

    it('when a domain becomes a manager and a client again', () => {
      const body = `${DACR(0b1101)} ${look(WINDOW, true)} ${DACR(OPEN)} ${look(WINDOW)}`;
      assert.equal(fillsPerTurn(map(0, frame(0) | READ_ONLY), body, { windowDomain: 1, DACR: OPEN }), 0);
    });

    for (const spaces of [2, 8]) {
      it(`when the guest goes round ${spaces} address spaces of 8 pages each`, () => {
        const body = Array.from({ length: spaces }, (_, space) => enter(space) + touchPages(WINDOW, 8)).join('');
        assert.equal(fillsPerTurn(windows(spaces, 8), body, { spaces }), 0);
      });
    }

    it('when it goes over by the ASID first, and when by TTBR0 alone', () => {
      const body = (via: (space: number) => string): string =>
        [0, 1].map((space) => via(space) + touchPages(WINDOW, 4)).join('');
      const options = { spaces: 2 };
      assert.equal(
        fillsPerTurn(
          windows(2, 4),
          body((space) => CONTEXTIDR(asid(space)) + TTBR0(level1(space))),
          options,
        ),
        0,
      );
      assert.equal(
        fillsPerTurn(
          windows(2, 4),
          body((space) => TTBR0(level1(space))),
          options,
        ),
        0,
      );
    });

    it('for the keys in between, under which nothing is used: they take no table', () => {
      const body = Array.from({ length: 4 }, (_, space) => enter(space) + touchPages(WINDOW, 4)).join('');
      const ran = runAll(mmuGuest(`${windows(4, 4)} ${turns(3, body)}`, { spaces: 4 }), {});
      for (const { shadow } of hypervisors(ran)) {
        // MMU off, space 0 before it had its ASID, four spaces; of the kernel alone.
        assert.deepEqual([shadow.used.levelOne, shadow.used.levelTwo, shadow.evictions], [6, 4, 0]);
      }
    });

    it('when the MMU is off for a while', () => {
      const body = `${look(WINDOW)} ${SCTLR('bic r0, r0, #1')} ${look(frame(1))} ${SCTLR('orr r0, r0, #1')}`;
      assert.equal(fillsPerTurn(map(0, frame(0) | SMALL), body), 0);
    });

    it('when TTBCR gives the upper addresses to TTBR1 for a while', () => {
      const before = `${map(0, frame(0) | SMALL)} ${mcr(LEVEL1, 'c2, c0, 1')}`;
      const body = `${look(WINDOW)} ${mcr(1, 'c2, c0, 2')} ${look(WINDOW)} ${mcr(0, 'c2, c0, 2')}`;
      assert.equal(fillsPerTurn(before, body), 0);
    });
  });

  describe('fills again what the guest has given up, and no more', () => {
    const GLOBAL_PAGE = 9;
    /** Two spaces in turn: four pages of their own and a global one. */
    const visit = [0, 1]
      .map((space) => `${enter(space)} ${touchPages(WINDOW, 4)} ${touchPages(WINDOW + GLOBAL_PAGE * 0x1000, 1)}`)
      .join('');
    const before = windows(2, 4) + [0, 1].map((space) => map(GLOBAL_PAGE, frame(0) | SMALL, space)).join('');
    const each = (body: string): number => fillsPerTurn(before, visit + body, { spaces: 2 });

    it('by address and ASID: one page of the one space', () => {
      assert.equal(each(tlbimva(WINDOW | asid(0))), 1);
      assert.equal(each(tlbimva((WINDOW + 0x2000) | asid(1))), 1);
    });
    it('by an address of which another space has the ASID: nothing', () => {
      assert.equal(each(tlbimva(WINDOW | asid(7))), 0);
    });
    it('by address in all spaces: a page of each', () => {
      assert.equal(each(mcr(WINDOW, 'c8, c7, 3')), 2);
    });
    it('by the address of a global page: once for all spaces', () => {
      assert.equal(each(tlbimva((WINDOW + GLOBAL_PAGE * 0x1000) | asid(7))), 1);
    });
    it('by ASID: what is not global, of the one space', () => {
      assert.equal(each(tlbiasid(asid(0))), 4);
      assert.equal(each(tlbiasid(asid(7))), 0);
    });
  });

  describe('a space whose tables were changed while another was in use', () => {
    const change = map(0, frame(1) | SMALL | NOT_GLOBAL, 1);
    for (const [name, maintenance] of [
      ['TLBIMVA', tlbimva(WINDOW | asid(1))],
      ['TLBIMVAA', mcr(WINDOW, 'c8, c7, 3')],
      ['TLBIASID', tlbiasid(asid(1))],
      ['TLBIALL', TLBIALL],
      ['DTLBIMVA', mcr(WINDOW | asid(1), 'c8, c6, 1')],
      ['TLBIASIDIS', mcr(asid(1), 'c8, c3, 2')],
    ] as const) {
      it(`is seen as it is by now after ${name}`, () => {
        const body = `
          ${map(0, frame(0) | SMALL | NOT_GLOBAL, 0)} ${map(0, frame(0) | SMALL | NOT_GLOBAL, 1)}
          ${enter(1)} ${look(WINDOW)} ${enter(0)} ${look(WINDOW)}
          ${change} ${maintenance} ${look(WINDOW)}
          ${enter(1)} ${look(WINDOW)}`;
        assert.deepEqual(run(body, { spaces: 2 }), [0xa0a0_a0a1, 0]);
      });
    }

    it('by a global page: seen in all spaces, whichever was in use', () => {
      const both = (n: number): string => [0, 1].map((space) => map(0, frame(n) | SMALL, space)).join('');
      const body = `
        ${both(0)} ${enter(1)} ${look(WINDOW)} ${enter(0)} ${look(WINDOW)}
        ${both(1)} ${tlbimva(WINDOW | asid(5))} ${look(WINDOW)} ${enter(1)} ${look(WINDOW)}`;
      assert.deepEqual(run(body, { spaces: 2 }), [0xa0a0_a1a1, 0]);
    });
  });

  describe('without maintenance', () => {
    it('another frame is not seen: the old translation stands', () => {
      const body = `
        ${map(0, frame(0) | SMALL)} ${look(WINDOW)} ${map(0, frame(1) | SMALL)} ${look(WINDOW, true)}
        ${map(0, 0)} ${look(WINDOW)}`;
      assert.deepEqual(run(body), [0xa0_a0a0, 0]);
    });

    it('a page that was not there is seen at once, and more rights are', () => {
      const body = `
        ${look(WINDOW)} ${map(0, frame(0) | READ_ONLY)} ${look(WINDOW, true)}
        ${map(0, frame(0) | SMALL)} ${look(WINDOW, true)}`;
      assert.deepEqual(run(body), [0x40_a0a0, 2]);
    });
  });

  describe('domains', () => {
    const options = { windowDomain: 1, DACR: 0b0101 };

    it('a manager may do all, and the user then, too', () => {
      const user = 'mrs r0, cpsr\n bic r0, r0, #0x1f\n orr r0, r0, #0x10\n msr cpsr_c, r0\n';
      const body = `
        ${map(0, frame(0) | READ_ONLY)} ${map(1, frame(1) | KERNEL_ONLY)} ${map(2, frame(2) | 2)}
        ${look(WINDOW + 0x2000)} ${DACR(0b1101)}
        ${look(WINDOW, true)} ${look(WINDOW + 0x2000, true)}
        ${user} ${look(WINDOW + 0x1000, true)}`;
      assert.deepEqual(run(body, options), [0x40a0_a2a1, 1]);
    });

    it('a manager executes what is XN, and a client does not any more', () => {
      const call = `
          adr r12, 5f
          ldr r0, =${WINDOW}
          blx r0
        5:`;
      const body = `
        ${poke(frame(0), 0xe3a09011)} ${poke(frame(0) + 4, 0xe12fff1e)} ${map(0, frame(0) | SMALL | XN)}
        ${DACR(0b1101)} ${call} ${DACR(0b0101)} ${call}`;
      assert.deepEqual(run(body, options), [0x11, 1]);
    });

    it('a reserved field gives no access', () => {
      const body = `${map(0, frame(0) | SMALL)} ${look(WINDOW)} ${DACR(0b1001)} ${look(WINDOW)}`;
      assert.deepEqual(run(body, options), [0xa040, 1]);
    });

    it('the 16th is the guest’s like the others', () => {
      const at = (field: number): string => DACR((field << 30) | 1);
      const body = `
        ${at(1)} ${map(0, frame(0) | READ_ONLY)} ${look(WINDOW, true)}
        ${at(3)} ${look(WINDOW, true)} ${at(0)} ${look(WINDOW)} ${at(1)} ${look(WINDOW, true)}`;
      assert.deepEqual(run(body, { windowDomain: 15 }), [0xa0a0_40a0, 3]);
    });

    it('of a section, too: no access, client, manager', () => {
      const entry = level1(0) + 4 * 0x600;
      const body = `
        ${poke(entry, (FRAME & -MIB) | 0x8c02 | (2 << 5))} ${TLBIALL}
        ${[0, 1, 3].map((field) => DACR((field << 4) | 1) + look(0x6000_0000 + (FRAME % MIB), true)).join('')}`;
      assert.deepEqual(run(body), [0x40_a0a0, 2 + 1]);
    });

    it('a table whose domain changes, with maintenance for one page only', () => {
      const entry = LEVEL1 + 4 * (WINDOW >>> 20);
      const body = `
        ${map(0, frame(0) | SMALL)} ${map(1, frame(1) | SMALL)} ${look(WINDOW)} ${look(WINDOW + 0x1000)}
        ${poke(entry, LEVEL2 | 1 | (2 << 5))} ${tlbimva(WINDOW)} ${tlbimva(WINDOW + 0x1000)}
        ${look(WINDOW)} ${DACR(0b01_01_01)} ${look(WINDOW)} ${look(WINDOW + 0x1000)}
        ${DACR(0b00_01_01)} ${look(WINDOW + 0x1000)}`;
      assert.deepEqual(run(body, options), [0x40a0_a140, 2]);
    });

    it('a manager’s stores to a flash are commands as ever, and pages of RAM beside it stay its own', () => {
      const { base } = virtMap.flash1;
      const flash = WINDOW + 0x1000;
      const store = (value: number): string => `ldr r0, =${flash}\n mov r1, #${value}\n str r1, [r0]\n`;
      const load = `ldr r0, =${flash + 0x40}\n ldr r2, [r0]\n add r9, r9, r2\n mov r9, r9, ror #8\n`;
      // CFI query: 'Q' at 0x10, 16 bits wide chips in a row of two.
      const query = `${load} ${store(0x98)} ${load} ${store(0xff)} ${load}`;
      const body = `
        ${map(0, frame(0) | READ_ONLY)} ${map(1, base | SMALL)} ${look(WINDOW)}
        ${[1, 3, 1, 3].map((field) => `${DACR((field << 2) | 1)} ${query} ${look(WINDOW, true)}`).join('')}`;
      const [, aborts] = run(body, options);
      assert.equal(aborts, 2, 'stores to the read-only page as a client');
    });
  });

  describe('leaves larger than a page', () => {
    it('a large page: all of it, and all of it goes by any of its addresses', () => {
      const large = (at: number): string => Array.from({ length: 16 }, (_, n) => map(16 + n, at | 0x31)).join('');
      const [first, second] = [0x4040_0000, 0x4041_0000];
      const window = WINDOW + 0x1_0000;
      const body = `
        ${[first, second].map((at, i) => poke(at + 0x3004, 0x51 + i) + poke(at + 0xf004, 0x61 + i)).join('')}
        ${large(first)} ${look(window + 0x3004)} ${look(window + 0xf004)}
        b 3f
        .ltorg
      3:
        ${large(second)} ${tlbimva(window + 0x8000)} ${look(window + 0x3004)} ${look(window + 0xf004)}`;
      assert.deepEqual(run(body), [0x5161_5262, 0]);
    });

    it('a supersection: as far as a page in another MiB of it', () => {
      const va = 0x7000_0000;
      const supersection = (at: number): string => `
          ldr r0, =${level1(0) + 4 * (va >>> 20)}
          ldr r1, =${(at | 0x4_0c02) >>> 0}
          mov r2, #16
        8: str r1, [r0], #4
          subs r2, r2, #1
          bne 8b
          `;
      const body = `
        ${poke(0x4100_0004, 0x71)} ${poke(0x41f0_0004, 0x72)} ${poke(0x4200_0004, 0x81)} ${poke(0x42f0_0004, 0x82)}
        ${supersection(0x4100_0000)} ${TLBIALL} ${look(va + 4)} ${look(va + 0xf0_0004)}
        ${supersection(0x4200_0000)} ${tlbimva(va + 0x73_2000)} ${look(va + 4)} ${look(va + 0xf0_0004)}`;
      assert.deepEqual(run(body, { memory: 48 * MIB }), [0x7172_8182, 0]);
    });

    it('a section of a flash is mapped page by page, and goes as a whole', () => {
      const entry = level1(0) + 4 * 0x600;
      const looks = look(0x6000_4004) + look(0x6001_0004);
      const body = `
        ${poke(0x4070_4004, 0x21)} ${poke(0x4071_0004, 0x22)}
        ${poke(entry, virtMap.flash1.base | SECTION)} ${TLBIALL} ${looks}
        ${poke(entry, 0x4070_0000 | SECTION)} ${tlbimva(0x600f_f000)} ${looks}`;
      const [seen] = run(body);
      assert.equal(seen & 0xffff, 0x2122);
      assert.notEqual(seen >>> 16, 0x2122);
    });
  });

  it('a flash: code that stores a command to the page from which it is executed', () => {
    // Commands that leave the flash readable. At level 2, too, where other devices are reached without an exit.
    const source = `
        mov r0, #0
        mov r1, #0xff
        mov r2, #3
      1: str r1, [r0, #0x40]
        ldr r3, [r0, #0x40]
        add r9, r9, r3
        subs r2, r2, #1
        bne 1b
        ${POWER_OFF}
        .org 0x40
        .word 0x12345678`;
    const bios = { name: 'flash', bytes: assemble(source, { origin: 0 }) };
    const ways = [...BRIEF_WAYS, { engine: 'reference', level: 2 } as const];
    const [{ stop, test }] = runAlike({ images: { bios, loads: [] }, memory: RAM_SIZE }, 100_000, ways);
    assert.deepEqual(stop, { kind: 'exit', code: 0, how: 'power-off' }, test.place());
    assert.equal(test.r(9), (3 * 0x12345678) >>> 0);
  });

  describe('a flash that is reached by the device window', () => {
    const { base } = virtMap.flash1;
    const ways = [...BRIEF_WAYS, { engine: 'reference', level: 2 }, { engine: 'jit', level: 2 }] as const;
    /** r0 is the flash, r1 the command of word programming, r4 that of reading as memory. */
    const start = `ldr r0, =${base}\n ldr r1, =0x400040\n ldr r4, =0xff00ff\n str r4, [r0]\n`;

    /** Registers at the end, the same in all ways; data aborts that were arbitrated or filled an entry, and device accesses, at level 2. */
    function play(body: string): { r: (n: number) => number; traps: number; accesses: number } {
      const setup = { images: assembled(start + body + POWER_OFF), memory: RAM_SIZE };
      const [{ stop, test }] = runAlike(setup, 100_000, ways);
      assert.deepEqual(stop, { kind: 'exit', code: 0, how: 'power-off' }, test.place());
      const watched = new TestGuest({ engine: 'interpreter', level: 2 }, setup);
      watched.end();
      const { metrics, records } = watched.hypervisor!;
      const [device, fill] = [classIndex('device'), classIndex('shadow-fill')];
      const traps = records.written(device) + records.written(fill);
      return { r: (n) => test.r(n) >>> 0, traps, accesses: metrics.exitsOf(device) };
    }

    it('takes no exception for each access, and is memory again once it is read as memory', () => {
      const { r, traps, accesses } = play(`
          mov r1, #0x90
          mov r2, #40
        1: strh r1, [r0]
          ldrh r3, [r0, #4]
          add r9, r9, r3
          strh r4, [r0]
          subs r2, r2, #1
          bne 1b
          mov r2, #200
        2: ldr r3, [r0, #8]
          add r8, r8, r3
          subs r2, r2, #1
          bne 2b
      `);
      assert.deepEqual([r(9), r(8)], [40 * 0x18, -200 >>> 0]);
      assert.ok(traps < 10, `${traps} traps`);
      assert.equal(accesses, 1 + 3 * 40 + 16);
    });

    it('is reached once by a store of several words that goes on in a page without an entry', () => {
      const { r } = play(`
        str r4, [r0, #8]
        ldr r5, =0x12345678
        add r6, r0, #0xff0
        add r6, r6, #0xc
        stm r6, {r1, r5}
        str r4, [r0]
        ldr r7, [r6]
        ldr r8, [r6, #4]
      `);
      assert.deepEqual([r(7), r(8)], [0xffff_ffff, 0x1234_5678]);
    });

    it('is reached once by a store of several words that change what can be read', () => {
      const { r } = play(`
        ldr r3, [r0, #0x40]
        ldr r5, =0x12345678
        add r6, r0, #0x40
        stm r6, {r1, r5}
        str r4, [r0]
        ldrd r2, r3, [r6]
      `);
      assert.deepEqual([r(2), r(3)], [0xffff_ffff, 0x1234_5678]);
    });

    it('has exclusive accesses, and SWP, as ever', () => {
      const exclusive = 'ldrex r2, [r0]\n strex r3, r4, [r0]\n add r9, r9, r3\n';
      const { r } = play(`
        ldr r2, [r0]
        ${exclusive} str r4, [r0]
        ${exclusive}
        ldrex r2, [r0]
        str r1, [r0]
        str r5, [r0]
        str r4, [r0]
        strex r8, r4, [r0]
        mov r6, #20
      1: swp r7, r4, [r0]
        subs r6, r6, #1
        bne 1b
      `);
      assert.deepEqual([r(9), r(8)], [0, 1]);
    });
  });

  it('the MMU off and on: a global page lies where the present setting says', () => {
    const va = 0x4070_0004;
    const body = `
      ${poke(va, 0x11)} ${poke(0x4060_0004, 0x22)} ${poke(level1(0) + 4 * (va >>> 20), 0x4060_0000 | SECTION)} ${TLBIALL}
      ${[0, 1].map(() => `${look(va)} ${SCTLR('bic r0, r0, #1')} ${look(va)} ${SCTLR('orr r0, r0, #1')}`).join('')}`;
    assert.deepEqual(run(body), [0x2211_2211, 0]);
  });

  describe('aliases', () => {
    it('of a page: what is stored by one address is loaded by the others, with the rights of each', () => {
      const body = `
        ${map(0, frame(0) | SMALL)} ${map(1, frame(0) | READ_ONLY)} ${map(2, frame(0) | KERNEL_ONLY)}
        ${look(WINDOW)} ${look(WINDOW + 0x1000)}
        ldr r0, =${WINDOW + 0x2000}
        mov r1, #0x77
        str r1, [r0]
        ${look(WINDOW)} ${look(WINDOW + 0x1000, true)}`;
      assert.deepEqual(run(body), [0xa0a0_7777, 1]);
    });

    it('of code: what was executed by one address and is changed by another is executed anew', () => {
      const call = (va: number): string => `
          adr r12, 5f
          ldr r0, =${va}
          blx r0
        5: orr r9, r2, r9, lsl #8
          `;
      const code = (value: number): number => 0xe3a0_2000 | value;
      const body = `
        ${poke(frame(0), code(1))} ${poke(frame(0) + 4, 0xe12fff1e)}
        ${map(0, frame(0) | READ_ONLY)} ${map(1, frame(0) | SMALL)} ${map(2, frame(0) | SMALL | XN)}
        ${call(WINDOW)} ${call(WINDOW + 0x1000)}
        ${poke(WINDOW + 0x2000, code(2))} ${call(WINDOW)} ${call(WINDOW + 0x1000)}`;
      assert.deepEqual(run(body), [0x0101_0202, 0]);
    });
  });

  describe('faults are the guest’s own', () => {
    const WnR = 0x800;
    const HOLE = 0x8000_0000;
    const entry = LEVEL1 + 4 * (WINDOW >>> 20);
    /** FS, with the domain where the manual has one (B3.13.3). */
    const inDomain = (status: number, domain: number): number => status | (domain << 4);

    for (const [name, before, status] of [
      ['translation, section', poke(entry, 0), 0b00101],
      ['translation, page', '', inDomain(0b00111, 1)],
      ['Access flag, section', poke(entry, (0x4030_0000 | 0x802 | (1 << 5)) >>> 0), inDomain(0b00011, 1)],
      ['Access flag, page', map(0, frame(0) | 0x22), inDomain(0b00110, 1)],
      ['domain, section', poke(entry, 0x4030_0000 | SECTION | (2 << 5)), inDomain(0b01001, 2)],
      ['domain, page', poke(entry, LEVEL2 | 1 | (2 << 5)) + map(0, frame(0) | SMALL), inDomain(0b01011, 2)],
      ['permission, section', poke(entry, (0x4030_0000 | 0x8402 | 0x10 | (1 << 5)) >>> 0), inDomain(0b01101, 1)],
      ['permission, page', map(0, frame(0) | 0x213), inDomain(0b01111, 1)],
      ['external abort', map(0, HOLE | SMALL), 0b01000],
      ['external abort on the walk', poke(entry, HOLE | 1 | (1 << 5)), inDomain(0b01110, 1)],
    ] as const) {
      it(name, () => {
        // Rights in the permission cases: read-only, not to be executed.
        const mayLoad = name.startsWith('permission');
        const at = WINDOW + 0x123;
        const body = `
          ${SCTLR(`orr r0, r0, #${AFE}`)} ${before} ${TLBIALL}
          ldr r0, =${at & -4}
          ldr r1, [r0]
          mrc p15, 0, r4, c5, c0, 0
          mrc p15, 0, r5, c6, c0, 0
          str r1, [r0]
          mrc p15, 0, r6, c5, c0, 0
          adr r12, 5f
          blx r0
        5: mrc p15, 0, r7, c5, c0, 1
          mrc p15, 0, r8, c6, c0, 2`;
        const [{ test }] = runAll(mmuGuest(body, { windowDomain: 1, DACR: 0b0101 }), {});
        const [load, loadAt, store, fetch, fetchAt] = [4, 5, 6, 7, 8].map((n) => test.r(n));
        if (!mayLoad) assert.deepEqual([load, loadAt], [status, at & -4], 'load');
        assert.deepEqual([store, test.r(10)], [status | WnR, mayLoad ? 2 : 3], 'store');
        assert.deepEqual([fetch & 0x40f, fetchAt], [status & 0x40f, at & -4], 'fetch');
      });
    }

    it('of an access across two pages: the second one’s', () => {
      const body = `
        ${map(0, frame(0) | SMALL)} ${map(1, frame(1) | READ_ONLY)}
        ldr r0, =${WINDOW + 0xffe}
        ldr r1, [r0]
        str r1, [r0]`;
      const [{ test }] = runAll(mmuGuest(body), {});
      assert.equal(test.guest.cpu.state[Cp15.DFAR] >>> 0, WINDOW + 0x1000);
      assert.equal(test.guest.cpu.state[Cp15.DFSR] & 0x40f, 0b01111);
    });
  });

  describe('unprivileged accesses of the kernel', () => {
    const table = (kind: string, setUp: string): string => `
        ${setUp}
        ldr r0, =${WINDOW}
        ${kind}`;
    for (const [name, entry, dacr, faults] of [
      ['a page for all', SMALL, 0b0101, { ldrt: 0, strt: 0 }],
      ['a page that the user may read', 0x22, 0b0101, { ldrt: 0, strt: 1 }],
      ['a page that all may read', READ_ONLY, 0b0101, { ldrt: 0, strt: 1 }],
      ['a page for the kernel', KERNEL_ONLY, 0b0101, { ldrt: 1, strt: 1 }],
      ['a page for the kernel in a manager domain', KERNEL_ONLY, 0b1101, { ldrt: 0, strt: 0 }],
      ['a page for all in a closed domain', SMALL, 0b0001, { ldrt: 1, strt: 1 }],
      ['no page', 0, 0b0101, { ldrt: 1, strt: 1 }],
    ] as const) {
      it(name, () => {
        const setUp = map(0, entry === 0 ? 0 : frame(0) | entry) + DACR(dacr);
        const forms = [
          ['ldrt r2, [r0]', faults.ldrt],
          ['ldrbt r2, [r0], #1', faults.ldrt],
          ['ldrht r2, [r0]', faults.ldrt],
          ['strt r1, [r0], #4', faults.strt],
          ['strbt r1, [r0]', faults.strt],
          ['strht r1, [r0]', faults.strt],
        ] as const;
        const body = forms.map(([text]) => table(`${text}\n add r9, r9, r0\n mov r10, r10, lsl #1`, setUp)).join('');
        const expected = forms.reduce((bits, [, fault]) => (bits + fault) << 1, 0);
        const options = { windowDomain: 1, DACR: 0b0101 };
        assert.equal(run(body, options)[1], expected);
        // And where the kernel itself has been there before.
        assert.equal(run(`${setUp} ${look(WINDOW)} mov r10, #0\n ${body}`, options)[1], expected);
      });
    }
  });

  describe('when room for shadow tables is short', () => {
    const spaces = 8;
    const round = Array.from(
      { length: spaces },
      (_, space) => `${enter(space)} ${look(WINDOW)} ${look(WINDOW + 0x7000)} ${touchPages(0x4060_0000, 8)}`,
    ).join('');
    for (const shadow of [
      { levelOne: 2, levelTwo: 1 },
      { levelOne: 3, levelTwo: 8 },
      { levelOne: 20, levelTwo: 2 },
    ]) {
      it(`it is bounded: ${shadow.levelOne} tables and ${shadow.levelTwo} of level 2`, () => {
        const ran = runAll(mmuGuest(windows(spaces, 8) + turns(4, round), { spaces }), { shadow });
        assert.equal(ran[0].test.r(9), 0x6067_7077);
        for (const { shadow: tables, machine } of hypervisors(ran)) {
          assert.ok(tables.used.levelOne <= shadow.levelOne && tables.used.levelTwo <= shadow.levelTwo);
          assert.ok(tables.evictions > 2 * spaces, `${tables.evictions} evictions`);
          assert.equal(machine.memory.guests.length, hypervisors(ran)[0].machine.memory.guests.length);
        }
      });
    }

    it('user and kernel in turn, with one table of level 2 for both', () => {
      const shadow = { levelOne: 2, levelTwo: 1 };
      const user = `
        mov r7, #5
      1: mov r0, #0
        ldr r1, =0x40020000
        ldr r2, [r1, r0]
        add r9, r9, r2
        udf #0
        subs r7, r7, #1
        bne 1b`;
      const onUndefined = 'ldr r4, =0x04000000\n ldr r5, [r4]\n add r10, r10, r5';
      const ran = runAll(kernelAndUser({ user, undefined: onUndefined }), { shadow });
      assert.ok(hypervisors(ran).every(({ shadow: { used } }) => used.levelTwo <= 1));
    });
  });

  it('long format: the guest goes round its spaces by TTBR0 with the ASID in it, and nothing is filled again', () => {
    const tables = (space: number): number => 0x4040_0000 + space * 0x4000;
    const wide = (at: number, low: number): string => poke(at, low) + poke(at + 4, 0);
    const [FLAT, PAGE_ENTRY] = [0x741, 0x743 | (1 << 11)];
    const setUp = [0, 1, 2]
      .map((space) => {
        const at = tables(space);
        return `
          ${wide(at, FLAT)} ${wide(at + 8, (at + 0x1000) | 3)}
          ${[0, 1, 2, 3].map((n) => wide(at + 0x1000 + 8 * n, (0x4000_0000 + n * 2 * MIB) | FLAT)).join('')}
          ${wide(at + 0x1000 + 8 * 128, (at + 0x2000) | 3)}
          ${wide(at + 0x2000, frame(space) | PAGE_ENTRY)}
          b 4f
          .ltorg
        4:`;
      })
      .join('');
    const go = (space: number): string =>
      `ldr r0, =${tables(space)}\n ldr r1, =${asid(space) << 16}\n mcrr p15, 0, r0, r1, c2\n`;
    const before = `
      ${setUp} ${mcr(0xff44, 'c10, c2, 0')} ${SCTLR('bic r0, r0, #1')} ${mcr(0x8000_0000, 'c2, c0, 2')}
      ${go(0)} ${TLBIALL} ${SCTLR('orr r0, r0, #1')}`;
    const visit = [0, 1, 2].map((space) => go(space) + look(WINDOW)).join('');
    assert.equal(fillsPerTurn(before, visit), 0);
    const change = poke(tables(1) + 0x2000, frame(3) | PAGE_ENTRY);
    assert.deepEqual(run(`${before} ${visit} ${change} ${tlbiasid(asid(1))} ${visit}`), [0xa2a0_a3a2, 0]);
    assert.equal(fillsPerTurn(before, visit + tlbiasid(asid(1))), 1);
  });
});
