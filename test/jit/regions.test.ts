/** What only tier 1 can do wrong: what regions are made of, when they are left, and when they must go. */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { Stop } from '../../src/arm/engine.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { TierOptions } from '../../src/jit/regions/tier.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { wasmText } from '../support/wasm-text.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, type Rig } from './rig.js';

const CODE = RAM + 0x1_0000;
const DATA = RAM + 0x2_0000;
const VECTORS = RAM + 0x8000;

/** Stores in the text of a function. */
function storesOf(text: string): number {
  return text.match(/\.store/g)?.length ?? 0;
}

describe('regions', function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  function load(source: string, thumb = false, threshold = 1, options: Partial<TierOptions> = {}): Pair {
    const pair = new Pair(undefined, { threshold, ...options });
    const bytes = assemble(source, { thumb, origin: CODE });
    pair.both((rig) => {
      rig.bus.writeBlock(CODE, bytes);
      const movs_pc_lr = 0xe1b0_f00e;
      rig.words(VECTORS, movs_pc_lr, movs_pc_lr, movs_pc_lr, 0xe25e_f004, 0xe25e_f004, 0, 0xe25e_f004, 0xe25e_f004);
      rig.processor.setCpsr(Mode.svc | Psr.I | Psr.F | Psr.A | (thumb ? Psr.T : 0));
      rig.state[Word.PC] = CODE;
      rig.state[13] = DATA + 0x8000;
      rig.state[Cp15.VBAR] = VECTORS;
    });
    return pair;
  }

  /** Runs both in many pieces of different sizes, and compares behind each. */
  function compare(pair: Pair, attempts: number): void {
    let piece = MARGIN;
    for (let left = attempts; left > 0; left -= piece) {
      piece = MARGIN + ((piece * 7) % 1000);
      for (let now = piece; now > 0; now = pair.expected.state[Word.COUNT]) {
        const stop = pair.run(now, () => `${left} left`);
        assert.ok(stop === Stop.Budget || stop === Stop.Attention, `stopped for ${stop}`);
      }
    }
  }

  function regions(rig: Rig): number {
    return rig.interpreter.tier1?.statistics.regions ?? 0;
  }

  it('are made of loops, and are what executes them', () => {
    const pair = load('1: add r0, r0, #1\n cmp r0, #0\n bne 1b');
    compare(pair, 50_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('call each other, deeper than they may nest', () => {
    const pair = load(`
        mov r6, #0
    1:  mov r0, #300
        bl 2f
        add r6, r6, #1
        b 1b
    2:  subs r0, r0, #1
        bxeq lr
        push {r0, lr}
        bl 2b
        pop {r1, lr}
        add r5, r5, r1
        bx lr`);
    compare(pair, 200_000);
    assert.ok(regions(pair.actual) > 1);
  });

  it('follow lists through several pages, some of them without a translation', () => {
    const pair = load(`
        ldr r8, =0x40020000
    1:  mov r0, r8
    2:  ldr r1, [r0, #4]
        ldrb r3, [r0, #9]
        add r2, r2, r1, ror #3
        str r2, [r0, #12]
        strh r3, [r0, #16]
        ldr r0, [r0]
        cmp r0, #0
        bne 2b
        mcr p15, 0, r0, c8, c7, 0
        add r9, r8, #0xff0
        ldr r5, [r9, #8]
        ldr r6, [r9, #12]
        ldr r7, [r9, #16]
        ldrd r10, r11, [r9, #12]
        b 1b`);
    pair.both((rig) => {
      let node = DATA;
      for (let i = 0; i < 60; i++) {
        const next = DATA + ((i * 0x1094) & 0x7ffc) + 0x20;
        rig.words(node, i === 59 ? 0 : next, i * 0x01234567, 0x89abcdef ^ i);
        node = next;
      }
    });
    compare(pair, 100_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('have copies of what they call and was hot before, which go when its code changes', () => {
    const sizes: number[] = [];
    const onModule = (binary: Uint8Array): void => {
      sizes.push(WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(binary))).length);
    };
    const pair = load(
      `
        ldr r7, =patched
        ldr r8, [r7]
        ldr r4, =3000
    2:  bl 3f
        bl 3f
        subs r4, r4, #1
        bne 2b
        mov r4, #100
        add r8, r8, #1
        str r8, [r7]
        b 2b
    3:
    patched: mov r1, #0
        add r2, r2, r1
        bx lr`,
      false,
      1000,
      { onModule },
    );
    compare(pair, 80_000);
    assert.deepEqual(sizes.slice(0, 2), [1, 2], `modules of ${sizes.join(', ')}`);
  });

  for (const thumb of [false, true])
    it(`follow pointers to where they have led before, and elsewhere, ${thumb ? 'T32' : 'A32'}`, () => {
      const offset = thumb ? 1 : 0;
      const pair = load(
        `
        ldr r4, =first + ${offset}
        ldr r5, =second + ${offset}
        mov r7, #0
    1:  blx r4
        tst r7, #31
        bne 2f
        mov r6, r4
        mov r4, r5
        mov r5, r6
    2:  blx r4
        add r7, r7, #1
        b 1b
    first: add r1, r1, #1
        bx lr
    second: add r2, r2, #3
        bx lr
        .ltorg`,
        thumb,
        50,
      );
      compare(pair, 50_000);
      assert.ok(regions(pair.actual) > 1);
    });

  it('take no odd address below 4096 for one in the page of the last access', () => {
    const pair = load(`
        ldr r8, =0x40020000
        mov r1, #77
    1:  ldr r3, [r8]
        ldrh r1, [r3]
        add r2, r2, r1
        b 1b`);
    pair.both((rig) => rig.words(DATA, 1));
    compare(pair, 50_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('go on where a function returns to elsewhere', () => {
    const pair = load(`
    1:  bl 2f
        add r0, r0, #1
        add r0, r0, #2
        b 1b
    2:  tst r3, #1
        add r3, r3, #1
        addne lr, lr, #4
        bx lr`);
    compare(pair, 50_000);
  });

  it('change to Thumb state and back', () => {
    const pair = load(`
    1:  blx 2f
        add r0, r0, #1
        ldr r4, =3f + 1
        blx r4
        b 1b
        .ltorg
        .thumb
        .balign 4
    2:  adds r1, #1
        bx lr
        .thumb_func
    3:  adds r2, #1
        it mi
        movmi r2, #0
        bx lr`);
    compare(pair, 50_000);
    assert.ok(regions(pair.actual) > 1);
  });

  it('do not go on behind an IT instruction in an IT block as if it were none', () => {
    const pair = load(
      `
    1:  adds r0, #1
        tst r0, #1
        .short 0xbf18 @ it ne
        .short 0xbf0c @ ite eq, UNPREDICTABLE here: executed like any other
        .short 0x3101 @ add r1, #1
        .short 0x3201 @ add r2, #1
        .rept 10
        eors r3, r2
        .endr
        b 1b`,
      true,
    );
    compare(pair, 20_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('have all flags right wherever they are left', () => {
    // The store misses each time: it goes to a page from which code is executed.
    const flags = [
      'subs r0, r0, #3',
      'adds r0, r0, r0, lsl #2',
      'adcs r1, r1, r0',
      'movs r2, r1, lsr #3',
      'rsbs r3, r2, #7',
    ];
    const body = flags.map((text) => `${text}\n str r0, [r7]\n movvs r4, r0\n addhi r4, r4, #1\n suble r5, r5, r4`);
    const pair = load(`ldr r7, =scratch\n1: ${body.join('\n')}\n b 1b\n.ltorg\nscratch: .word 0`);
    compare(pair, 30_000);
  });

  it('have the flags of before in the first round of a loop that compares, and those of its comparison later', () => {
    const pair = load(`
    1:  adds r0, r0, r0, ror #7
        mov r7, r8
    2:  ldr r1, [r7], #4
        add r2, r2, r1
        cmp r7, r9
        bne 2b
        addcs r3, r3, #1
        mcr p15, 0, r0, c8, c7, 0
        movs r4, r2
        mov r7, r8
    3:  ldrb r1, [r7, #1]!
        eor r2, r2, r1
        cmp r7, r10
        blo 3b
        addvs r3, r3, #3
        mcr p15, 0, r0, c8, c7, 0
        b 1b`);
    pair.both((rig) => {
      for (let at = 0; at < 64; at++) rig.words(DATA + 4 * at, 0x01234567 * at);
      rig.state[0] = 0x70000001;
      rig.state[8] = DATA;
      rig.state[9] = DATA + 12;
      rig.state[10] = DATA + 3;
    });
    compare(pair, 60_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('leave with the flags that were set last, behind a call, too', () => {
    const pair = load(`
    1:  add r0, r0, #1
        bl 2f
        mov r5, #3
        cmp r5, r0, lsr #3
        b 3f
    2:  mov r1, lr
        bx lr
        .space 8192
    3:  adc r4, r4, #0
        addeq r6, r6, #1
        b 1b`);
    compare(pair, 20_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('set some flags under a condition in a loop that compares, where nobody asks for the others', () => {
    const pair = load(`
    1:  add r5, r5, #3
        mov r11, #7
    2:  mov r9, r5
        tst r9, r11, ror #1
        tstls r5, r5, lsl #3
        subs r11, r11, #1
        bne 2b
        adc r6, r6, r5
        b 1b`);
    compare(pair, 50_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('compare in Thumb state as they do in ARM state', () => {
    const source =
      'ldr r3, =0x12345\nmov r8, r3\n1: movs r0, #0\n2: adds r0, #7\n mul r1, r0, r0\n cmp r0, r8\n bls 2b\n b 1b';
    const sizes: number[] = [];
    const pair = load(source, true, 1, { onModule: (binary) => sizes.push(...wasmText(binary).map(storesOf)) });
    compare(pair, 200_000);
    assert.ok(sizes.length > 0);
    // Where it is left R0, R1, four flags, PC and the attempts; where the loop is entered the attempts, and four flags: none in each round.
    for (const stores of sizes) assert.ok(stores <= 13, `${stores} stores in a region of six instructions`);
  });

  it('keep in the state block what is read and written outside of their loops, right wherever that is', () => {
    const pair = load(`
        mov r11, #0
    1:  mov r0, r11
        bl 2f
        add r12, r12, lr
        b 1b
    2:  push {r4, r5, r6, lr}
        tst r0, #4
        mov r4, r0
        addne r5, r5, r4
        mrs r6, cpsr
        and r6, r6, #0xf0000000
        mov r1, #5
    3:  add r2, r2, r1, ror #3
        subs r1, r1, #1
        bne 3b
        add r11, r11, r6, lsr #28
        add r11, r11, #1
        cmp r4, r5
        movlt r6, r5
        eor r2, r2, r6
        tst r4, #1
        popeq {r4, r5, r6, pc}
        str r2, [sp, #4]
        pop {r4, r5, r6, pc}`);
    compare(pair, 200_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('have loops that can be entered at several places, within such ones and around others', () => {
    const pair = load(`
        mov r5, #0
    1:  add r5, r5, #1
        tst r5, #1
        mov r0, #0
        bne 4f
    2:  add r0, r0, #1
        cmp r0, #20
        bhi 1b
        tst r0, #2
        beq 7f
    3:  add r1, r1, #3
    4:  eor r1, r1, r5
        mov r3, #6
    5:  add r2, r2, r3
        subs r3, r3, #1
        bne 5b
        tst r1, #8
        beq 3b
        bl 9f
    6:  tst r2, #16
        bne 2b
    7:  adds r2, r2, #5
        bpl 6b
        mvn r2, r2
        b 2b
    9:  add r4, r4, r2
        bx lr`);
    compare(pair, 300_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('are left for what is stored into them, at once', () => {
    const pair = load(`
        ldr r7, =patched
        ldr r8, [r7]
    1:  add r6, r6, #1
        tst r6, #63
        addeq r8, r8, #1
        streq r8, [r7]
    patched: mov r0, #0
        add r1, r1, r0
        b 1b`);
    compare(pair, 50_000);
  });

  it('cross from page to page, and not when the next one is gone', () => {
    const page = 0x1000;
    const pair = load(`
    1:  add r0, r0, #1
        b 2f
        .space ${page - 8}
    2:  add r1, r1, #1
        b 1b`);
    compare(pair, 20_000);
    assert.ok(regions(pair.actual) > 0);
    const before = pair.actual.state[1];
    pair.both((rig) => rig.processor.commit());
    compare(pair, 20_000);
    assert.ok(pair.actual.state[1] > before);
  });

  it('stop at a breakpoint that was set inside of one', () => {
    const pair = load('1: add r0, r0, #1\n add r1, r1, #1\n add r2, r2, #1\n b 1b');
    compare(pair, 20_000);
    pair.both((rig) => rig.breakpoints.add(CODE + 8));
    assert.equal(
      pair.run(10_000, () => 'to the breakpoint'),
      Stop.Breakpoint,
    );
    assert.equal(pair.actual.pc, CODE + 8);
    pair.both((rig) => rig.breakpoints.clear());
    compare(pair, 20_000);
  });

  it('leave data that has the other byte order to others', () => {
    const pair = load(`
        ldr r7, =${DATA}
        setend be
    1:  ldr r0, [r7]
        add r0, r0, #1
        str r0, [r7]
        strh r0, [r7, #4]
        eor r6, r6, #1
        cmp r6, #0
        beq 2f
        setend le
        b 1b
    2:  setend be
        b 1b
        .ltorg`);
    compare(pair, 30_000);
  });

  it('leave unaligned words and what crosses pages to others', () => {
    const pair = load(`
        ldr r7, =${DATA}
    1:  ldr r0, [r7]
        add r0, r0, r7
        str r0, [r7, #2]
        strh r0, [r7, #6]
        bic r8, r7, #3
        ldm r8, {r1, r2, r3, r4}
        stm r8, {r1, r2, r3, r4}
        add r7, r7, #13
        ldr r9, =${DATA + 0x4000}
        cmp r7, r9
        ldrhs r7, =${DATA}
        b 1b
        .ltorg`);
    compare(pair, 60_000);
  });

  it('have a handler called for what they cannot do, and go on', () => {
    // A device, words that are not aligned, in and out of conditions; and a page that is sometimes there.
    const pair = load(`
        ldr r7, =0x10000000
        ldr r6, =${DATA + 1}
        ldr r5, =${DATA}
    1:  ldr r0, [r7, #4]
        adds r1, r1, r0
        ldrcs r2, [r6], #4
        strcc r2, [r6, #8]!
        strb r1, [r7]
        bic r6, r6, #0xff0
        subs r4, r4, #7
        ldrne r3, [r5, r4, lsr #20]
        str r3, [r5]
        cmp r3, r2
        strhi r3, [r5, #2]
        b 1b`);
    let told = 0;
    pair.both((rig) => {
      let value = 0;
      rig.bus.mapDevice(0x1000_0000, {
        name: 'probe',
        size: 0x1000,
        read: () => (value += 0x0765_4321),
        write: (_offset, _size, byte) => (value += byte),
        reset: () => {},
        save: () => undefined,
        restore: () => {},
      });
    });
    compare(pair, 60_000);
    const { tier1 } = pair.actual.interpreter;
    const leftFor = tier1!.leftFor.bind(tier1);
    tier1!.leftFor = () => {
      told++;
      leftFor();
    };
    compare(pair, 60_000);
    assert.ok(regions(pair.actual) > 0);
    assert.ok(told < 100, `left ${told} times`);
  });

  it('have no more code for many conditional calls than for as many others', () => {
    const bytes = ['bl', 'blcs'].map((call) => {
      const pair = load(`1: adds r0, r0, r1\n${`${call} 2f\n`.repeat(24)} b 1b\n2: bx lr`);
      compare(pair, 3000);
      return pair.actual.interpreter.tier1!.statistics.bytes;
    });
    assert.ok(bytes[1] < 4 * bytes[0], bytes.join());
  });

  it('know what a CBZ does on a known value', () => {
    const pair = load(
      `
    1:  movs r0, #0
        cbnz r0, 2f
        adds r1, #1
        movs r2, #1
        cbnz r2, 3f
        adds r3, #1
    2:  adds r4, #1
    3:  adds r5, #1
        b 1b`,
      true,
    );
    compare(pair, 30_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('go where tables lead, and where they lead later', () => {
    const pair = load(`
        ldr r7, =table
    1:  add r0, r0, #1
        and r1, r0, #3
        ldr pc, [r7, r1, lsl #2]
        add r8, r8, #1
    2:  add r2, r2, #1
        b 5f
    3:  adds r3, r3, r2
        addmi r3, r3, #1
        b 5f
    4:  add r4, r4, #1
    5:  tst r0, #1008
        bne 1b
        ldr r9, [r7]
        ldr r10, [r7, #4]
        str r10, [r7]
        str r9, [r7, #4]
        b 1b
        .ltorg
        .space 0x1000
    table: .word 2b, 3b, 4b, 3b`);
    compare(pair, 60_000);
    assert.ok(regions(pair.actual) > 0);
  });

  it('go where Thumb tables lead', () => {
    const pair = load(
      `
    1:  adds r0, #1
        and r1, r0, #3
        tbb [pc, r1]
    0:  .byte (2f - 0b) / 2, (3f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2
    2:  adds r2, #1
        b 1b
    3:  adds r3, r3, r2
        it mi
        addmi r3, #1
        b 1b
    4:  adds r4, #1
        b 1b`,
      true,
    );
    compare(pair, 40_000);
    assert.ok(regions(pair.actual) > 0);
  });

  const SWITCHES: Readonly<Record<string, readonly [branch: string, table: string, thumb: boolean]>> = {
    'of addresses': ['ldrls pc, [pc, r1, lsl #2]\n b 5f', '.word 2f, 3f, 4f, 3f', false],
    'of branches': ['addls pc, pc, r1, lsl #2\n b 5f', 'b 2f\n b 3f\n b 4f\n b 3f', false],
    'of bytes': ['tbb [pc, r1]', '0: .byte (2f - 0b) / 2, (3f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2', true],
    'of halfwords': ['tbh [pc, r1]', '0: .short (2f - 0b) / 2, (3f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2', true],
  };
  for (const [name, [branch, table, thumb]] of Object.entries(SWITCHES))
    it(`have what a table ${name} leads to, and not what else lies there`, () => {
      const others = Array.from({ length: 40 }, () => 'b.w 6f\n nop\n 6:').join('\n');
      const source = `
      8:  adds r5, r5, #1
          ldr r6, =8b + ${+thumb}
          cmp r5, #100
          blo.w 7f
      1:  adds r0, r0, #1
          and r1, r0, #3
          cmp r1, #3
          ${branch}
          ${table}
      2:  adds r2, r2, #1
          b.w 1b
      3:  adds r3, r3, r2
          b.w 1b
      4:  adds r4, r4, #1
      5:  b.w 1b
      7:  ${others}
          bx r6`;
      const pair = load(thumb ? source : source.replaceAll('.w ', ' '), thumb, 200);
      compare(pair, 60_000);
      const { regions, instructions } = pair.actual.interpreter.tier1!.statistics;
      assert.ok(regions > 0);
      assert.ok(instructions / regions < 25, `${instructions} instructions in ${regions} regions`);
    });

  it('are there for each privilege level that executes the same code', () => {
    const pair = load(
      `
          mov r4, #20
      2:  bl 4f
          subs r4, r4, #1
          bne 2b
          msr cpsr_c, #0xd0
          mov r4, #20
      3:  bl 4f
          subs r4, r4, #1
          bne 3b
          svc #0
      4:  mov r5, #10
      5:  add r6, r6, #1
          subs r5, r5, #1
          bne 5b
          bx lr`,
      false,
      10,
    );
    const ldr_pc_next_word = 0xe51f_f004;
    pair.both((rig) => rig.words(VECTORS + 8, ldr_pc_next_word, CODE));
    // The MSR leaves its region until that is made anew with it as the reference's.
    compare(pair, 300_000);
    const made = regions(pair.actual);
    assert.ok(made > 3);
    compare(pair, 60_000);
    assert.equal(regions(pair.actual), made, 'they take turns');
  });

  it('all go when there are too many, and come back', () => {
    const loops = Array.from({ length: 60 }, (_, i) => `mov r1, #20\n 6: subs r1, r1, #1\n add r2, r2, #${i}\n bne 6b`);
    const mostBytes = 4000;
    const pair = load(`1: ${loops.join('\n')}\n b 1b`, false, 10, { mostBytes });
    const { tier1 } = pair.actual.interpreter;
    let largest = 0;
    for (let round = 0; round < 60; round++) {
      pair.run(20_000, () => `round ${round}`);
      largest = Math.max(largest, tier1!.kept.bytes);
    }
    assert.ok(largest > mostBytes && largest < 3 * mostBytes, `${largest} bytes`);
    const made = tier1!.statistics.regions;
    assert.ok(made > 2 * loops.length, `${made} regions made of ${loops.length} loops`);
  });

  it('end their slices as often as tier 0, and translate nothing twice', () => {
    const pair = load('1: add r0, r0, #1\n add r1, r1, r0\n b 1b');
    pair.run(1_000_000, () => 'one run');
    const made = regions(pair.actual);
    pair.run(1_000_000, () => 'another');
    assert.equal(regions(pair.actual), made);
  });
});
