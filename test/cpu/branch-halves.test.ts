/**
 * The two halves of Thumb's BL and BLX (immediate) on the ARM1176, where each is an instruction (DDI 0100I A7.1.17): against QEMU's model, with
 * the reference; and that later models know none of it.
 */
import assert from 'node:assert/strict';
import { Mode, Psr } from '../../src/arm/modes.js';
import { arm1176, cortexA8 } from '../../src/cpu/models.js';
import { decode } from '../../src/isa/decode.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { CODE, CpuRig } from '../support/cpu-rig.js';
import { END, ORIGIN, OUT, runOnBareQemu, runOnReference } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

const LIMIT = 4000;

/** The NOP of ARMv6T2 is none here. */
const NOP = 'mov r8, r8';
const ALIGN = '.balignw 4, 0x46c0\n';

/** The last halfword of a page: there alone QEMU parts a first half from what follows. */
const atPageEnd = (halfword: number): string =>
  `ldr r3, =2f + 1\n bx r3\n .ltorg\n .balign 4096\n .space 4094\n2: .hword ${halfword}\n`;

/** Each case leaves words in r0 to r3, and falls through or goes to 9. */
const CASES: readonly string[] = [
  // a pair, both ways
  'bl 1f\n b 9f\n1: mov r1, lr\n movs r0, #1',
  '.hword 0xf000, 0xf801\n b 9f\n movs r0, #2\n mov r1, lr',
  // the first half, other things, the second
  atPageEnd(0xf000) + 'movs r2, #5\n mov r3, lr\n .hword 0xf804\n movs r0, #1\n b 9f\n movs r0, #2\n mov r1, lr',
  // first halves with large and negative offsets
  ...[0xf123, 0xf7ff, 0xf400, 0xf3ff].map((halfword) => atPageEnd(halfword) + 'mov r0, lr'),
  // two first halves, of which the later counts
  atPageEnd(0xf123) + '.hword 0xf000, 0xf800\n mov r1, lr\n movs r0, #7',
  // the second half alone, to an address that LR has had from elsewhere
  'adr r0, 1f\n mov lr, r0\n .hword 0xf802\n movs r0, #1\n b 9f\n .balign 4\n1: movs r0, #3\n nop\n mov r1, lr\n movs r2, #4',
  // with BLX's
  'adr r0, 1f\n mov lr, r0\n .hword 0xe802\n b 9f\n .balign 4\n .arm\n1: mov r2, #9\n mov r3, #8\n mov r1, lr\n adr r3, 2f\n add r3, r3, #1\n bx r3\n .thumb\n .balign 4\n2: nop',
  '.balign 4\n blx 1f\n b 9f\n .balign 4\n .arm\n1: mov r1, lr\n adr r3, 2f + 1\n bx r3\n .thumb\n2: nop',
  // pairs that a page's end parts
  atPageEnd(0xf000) + '.hword 0xf801\n b 9f\n movs r0, #6\n mov r1, lr',
  atPageEnd(0xf000) + '.hword 0xe802\n b 9f\n .arm\n mov r0, #6\n mov r1, lr\n adr r3, 2f + 1\n bx r3\n .thumb\n2: nop',
].map((text) => text.replaceAll('nop', NOP).replaceAll('.balign 4\n', ALIGN));

/** A case at even and odd words: PC is not always aligned. */
const program = (): string => `
    ldr r12, =${OUT}
    mov r11, #0
    ${CASES.flatMap((text) => [text, `${NOP}\n ${text}`])
      .map(
        (text, i) => `
    ldr r0, =case_${i} + 1
    bx r0
    .ltorg
    .balign 4
    .thumb
    .thumb_func
  case_${i}:
    movs r0, #0
    movs r1, #0
    movs r2, #0
    movs r3, #0
    ${text}
  9: ${ALIGN}
    bx pc
    ${NOP}
    .arm
    stmia r12!, {r0, r1, r2, r3}`,
      )
      .join('\n')}
    mov r0, r12
    ${END}`;

describe('the halves of BL and BLX on an ARM1176', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('do what QEMU has them do', function () {
    need(this, 'qemu-system-arm');
    this.timeout(60_000);
    const bytes = assemble(program(), { origin: ORIGIN });
    const expected = runOnBareQemu(bytes, 'arm1176');
    const actual = runOnReference(new CpuRig({ model: arm1176 }), bytes, LIMIT);
    assert.equal(expected.length, 8 * CASES.length);
    const rows = (words: Uint32Array): string[] =>
      Array.from({ length: words.length / 4 }, (_, i) =>
        Array.from(words.subarray(4 * i, 4 * i + 4), (word) => word.toString(16)).join(' '),
      );
    assert.deepEqual(rows(actual), rows(expected));
  });

  it('execute alone wherever they are', () => {
    const rig = new CpuRig({ model: arm1176 });
    rig.psr(Mode.svc, Psr.T).thumbCode([0xf7ff, 0x4670, 0xf000, 0x2207, 0xf803]);
    rig.step(2);
    assert.equal(rig.r(0), CODE + 4 - 0x1000);
    rig.step();
    assert.deepEqual([rig.r(14), rig.pc], [CODE + 8, CODE + 6]);
    rig.step(2);
    assert.deepEqual([rig.r(2), rig.r(14), rig.pc], [7, CODE + 11, CODE + 14]);
  });

  it('are one instruction where they stand together, and 16-bit ones elsewhere; BLX’s second half has bit 0 clear', () => {
    const rig = new CpuRig({ model: arm1176 });
    const lengths = (...halfwords: number[]): number => {
      rig.psr(Mode.svc, Psr.T).thumbCode(halfwords);
      return rig.unit.fetch(CODE).length;
    };
    assert.deepEqual(
      [
        lengths(0xf000, 0xf800),
        lengths(0xf000, 0xe800),
        lengths(0xf000, 0xe801),
        lengths(0xf000, 0xf000),
        lengths(0xf800, 0xf800),
        lengths(0xe800, 0xe800),
      ],
      [4, 4, 2, 2, 2, 2],
    );
    assert.equal(decode('T16', 0xe801, arm1176.features), undefined);
    assert.equal(decode('T16', 0xe802, arm1176.features)?.name, 'BLX (second half)');
    for (const word of [0xe802, 0xf000, 0xf800]) assert.equal(decode('T16', word, cortexA8.features), undefined);
  });
});
