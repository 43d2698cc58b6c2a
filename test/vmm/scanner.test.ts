import assert from 'node:assert/strict';
import { decode, thumbLength } from '../../src/isa/decode.js';
import { EVERY_FEATURE } from '../../src/isa/features.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { endsBlock, scanInstruction, type CodeReader, type ScannedInstruction } from '../../src/vmm/scanner.js';
import { trapWord } from '../../src/vmm/trap-word.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { need } from '../support/tools.js';

const BASE = 0x1000;

/** Code at \`BASE\`, the page behind which may lie somewhere else. */
function reader(bytes: Uint8Array, next = -1): CodeReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    read: (pa, size) => {
      const offset = pa - BASE;
      if (offset < 0 || offset + size > bytes.length) return -1;
      return size === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true);
    },
    nextPage: () => next,
    features: EVERY_FEATURE,
  };
}

/** The instructions from the beginning of a source to the end of its first block, and whether each ends it. */
function block(source: string, thumb: boolean): { classes: (string | undefined)[]; ended: boolean } {
  const code = reader(assemble(source, { thumb }));
  const classes: (string | undefined)[] = [];
  for (let pa = BASE; ;) {
    const instruction = scanInstruction(code, pa, thumb ? 1 : 0);
    if (instruction === undefined) return { classes, ended: false };
    classes.push(instruction.cls);
    pa += instruction.length;
    if (endsBlock(instruction)) return { classes, ended: true };
  }
}

describe('the scanner', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('goes on through what falls through, sensitive or not, under any condition', () => {
    const { classes, ended } = block('add r0, r0, #1\n mrseq r0, cpsr\n cpsid i\n svceq #0\n movs r0, r1\n b .', false);
    assert.deepEqual(classes, [
      undefined,
      'status-register',
      'status-register',
      'exception-call',
      undefined,
      undefined,
    ]);
    assert.equal(ended, true);
  });

  it('ends a block at branches of every kind, direct, conditional or indirect', () => {
    const arm: [string, string | undefined][] = [
      ['b .', undefined],
      ['bne .', undefined],
      ['bl .', undefined],
      ['blx . + 8', undefined],
      ['bx lr', 'indirect-branch'],
      ['bxeq lr', 'indirect-branch'],
      ['blx r3', 'indirect-branch'],
      ['mov pc, r0', 'indirect-branch'],
      ['addne pc, pc, r0', 'indirect-branch'],
      ['ldr pc, [r0]', 'indirect-branch'],
      ['ldrls pc, [pc, r0, lsl #2]', 'indirect-branch'],
      ['pop {pc}', 'indirect-branch'],
      ['ldmeq r0!, {r1, pc}', 'indirect-branch'],
      ['movs pc, lr', 'exception-return'],
      ['subseq pc, lr, #4', 'exception-return'],
      ['ldm sp!, {r0, pc}^', 'exception-return'],
      ['rfeia sp!', 'exception-return'],
    ];
    for (const [text, cls] of arm)
      assert.deepEqual(block(`nop\n ${text}\n nop`, false), { classes: [undefined, cls], ended: true }, text);
    const thumb: [string, string | undefined][] = [
      ['b .', undefined],
      ['beq .', undefined],
      ['beq.w . + 2000', undefined],
      ['b.w . + 4000', undefined],
      ['cbz r0, . + 8', undefined],
      ['bl .', undefined],
      ['blx . + 8', undefined],
      ['bx lr', 'indirect-branch'],
      ['blx r3', 'indirect-branch'],
      ['mov pc, r0', 'indirect-branch'],
      ['add pc, r0', 'indirect-branch'],
      ['pop {pc}', 'indirect-branch'],
      ['pop.w {r4, r10, pc}', 'indirect-branch'],
      ['ldr.w pc, [r0]', 'indirect-branch'],
      ['tbb [pc, r0]', 'indirect-branch'],
      ['tbh [pc, r0, lsl #1]', 'indirect-branch'],
      ['subs pc, lr, #4', 'exception-return'],
      ['rfeia sp!', 'exception-return'],
    ];
    for (const [text, cls] of thumb)
      assert.deepEqual(block(`nop\n ${text}\n nop`, true), { classes: [undefined, cls], ended: true }, text);
  });

  it('ends a block at exception calls that are sure to be taken, and at what is not an instruction', () => {
    for (const text of ['svc #0', 'hvc #0', 'smc #0', 'bkpt #0', 'udf #0'])
      assert.deepEqual(block(`${text}\n nop`, false), { classes: ['exception-call'], ended: true }, text);
    assert.deepEqual(block('.word 0xffffffff\n nop', false), { classes: ['undefined'], ended: true });
    assert.deepEqual(block('.word 0xee070990\n nop', false), { classes: ['undefined'], ended: true }, 'coprocessor 9');
    assert.deepEqual(block('.inst.n 0xb600\n nop', true), { classes: ['undefined'], ended: true });
  });

  it('lets floating point alone, but not its system registers', () => {
    for (const thumb of [false, true]) {
      const text =
        '.fpu neon\n vmov s15, r0\n vadd.f64 d0, d1, d2\n vmrs r0, fpscr\n vmsr fpscr, r0\n vpush {d8}\n nop';
      const { classes } = block(text, thumb);
      assert.deepEqual(classes.slice(0, 6), [undefined, undefined, undefined, undefined, undefined, undefined]);
      for (const system of ['vmrs r0, fpexc', 'vmsr fpexc, r0', 'vmrs r0, fpsid', 'vmrs r0, mvfr0', 'vmrs r0, mvfr1'])
        assert.equal(block(`.fpu neon\n ${system}\n nop`, thumb).classes[0], 'coprocessor', system);
    }
  });

  it('decides nothing by IT blocks: they are a matter of the run', () => {
    const { classes } = block(
      'ittte eq\n mrseq r0, cpsr\n msreq cpsr_c, r1\n addeq r0, r0, #1\n addne r0, r0, #2\n svc #0',
      true,
    );
    assert.deepEqual(classes.slice(0, 3), [undefined, 'status-register', 'status-register']);
    assert.equal(classes.length, 6);
  });

  it('stops where there is no memory', () => {
    assert.equal(scanInstruction(reader(new Uint8Array(0)), BASE, 0), undefined);
    assert.equal(scanInstruction(reader(new Uint8Array(2)), BASE, 0), undefined);
    assert.equal(scanInstruction(reader(Uint8Array.of(0xef, 0xf3)), BASE, 1), undefined, 'half a Thumb instruction');
    assert.equal(scanInstruction(reader(Uint8Array.of(0x70, 0x47)), BASE, 1)?.length, 2);
  });

  it('takes the second half of a Thumb instruction from the page that follows in virtual memory', () => {
    const bytes = new Uint8Array(0x3000);
    const view = new DataView(bytes.buffer);
    view.setUint16(0xffe, 0xf3ef, true);
    view.setUint16(0x1000, 0xf800, true); // physically next
    view.setUint16(0x2000, 0x8100, true); // virtually next
    const at = BASE + 0xffe;
    const found = { ...scanInstruction(reader(bytes, BASE + 0x2000), at, 1)! };
    assert.deepEqual(
      [found.isa, found.length, found.word >>> 0, found.cls],
      ['T32', 4, 0xf3ef_8100, 'status-register'],
    );
    assert.equal(scanInstruction(reader(bytes, BASE + 0x1000), at, 1)?.cls, undefined);
    assert.equal(scanInstruction(reader(bytes, -1), at, 1), undefined);
  });

  it('reads every word as the decoder does', () => {
    const random = seededRandom(1);
    const bytes = new Uint8Array(4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 50_000; i++) {
      const word = random() | 0;
      view.setInt32(0, word, true);
      const arm: ScannedInstruction = scanInstruction(reader(bytes), BASE, 0)!;
      assert.deepEqual([arm.isa, arm.word, arm.length, arm.row], ['A32', word, 4, decode('A32', word)]);
      const thumb = scanInstruction(reader(bytes), BASE, 1)!;
      const first = word & 0xffff;
      const isa: Isa = thumbLength(first) === 2 ? 'T16' : 'T32';
      const thumbWord = isa === 'T16' ? first : (first << 16) | (word >>> 16);
      assert.deepEqual([thumb.isa, thumb.word, thumb.row], [isa, thumbWord, decode(isa, thumbWord)]);
    }
  });
});

describe('trap words', () => {
  const conditionOf = (word: number): number => word >>> 28;

  it('are supervisor calls in ARM state, under the condition of the original', () => {
    const random = seededRandom(2);
    for (let i = 0; i < 20_000; i++) {
      const original = random() | 0;
      const trap = trapWord('A32', original);
      assert.equal(decode('A32', trap)?.operation, 'SVC');
      const condition = conditionOf(original);
      assert.equal(conditionOf(trap), condition === 15 ? 14 : condition);
    }
  });

  it('have the length of the original in Thumb state, and obey IT blocks', () => {
    const random = seededRandom(3);
    for (const row of table) {
      if (row.isa === 'A32') continue;
      const original = randomWord(row, random, { unpredictable: true });
      if (original === undefined) continue;
      const trap = trapWord(row.isa, original);
      const found = decode(row.isa, trap);
      assert.equal(found?.operation, row.isa === 'T16' ? 'SVC' : null, row.name);
      if (row.isa === 'T16') assert.equal(thumbLength(trap), 2);
      else assert.deepEqual([thumbLength(trap >>> 16), found?.name], [4, 'UDF']);
    }
  });
});
