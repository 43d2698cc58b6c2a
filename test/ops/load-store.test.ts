/** Loads and stores, one by one on the reference: addresses, order of writeback, what a fault leaves, alignment, the PC. */
import assert from 'node:assert/strict';
import { SCTLR_A } from '../../src/arm/cp15.js';
import { Exception, FaultType } from '../../src/arm/exceptions.js';
import { CODE, CpuRig, DATA, RAM } from '../support/cpu-rig.js';
import { RAM_SIZE } from '../mem/rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';

const END = RAM + RAM_SIZE;

/** A rig with data at DATA - 8 and up: bytes 0x80, 0x81, … */
function rig(): CpuRig {
  const made = new CpuRig();
  for (let i = 0; i < 64; i++) made.bus.write(DATA - 8 + i, 1, 0x80 + i);
  return made;
}

interface Case {
  readonly source: string;
  readonly thumb?: true;
  readonly before: Readonly<Record<number, number>>;
  readonly after: Readonly<Record<number, number>>;
  readonly memory?: Readonly<Record<number, number>>;
}

const cases: readonly Case[] = [
  { source: 'ldr r1, [r0, #4]', before: { 0: DATA }, after: { 0: DATA, 1: 0x8f8e8d8c } },
  { source: 'ldr r1, [r0, #-4]!', before: { 0: DATA }, after: { 0: DATA - 4, 1: 0x87868584 } },
  { source: 'ldr r1, [r0], #-8', before: { 0: DATA }, after: { 0: DATA - 8, 1: 0x8b8a8988 } },
  { source: 'ldr r1, [r0, -r2, lsl #2]', before: { 0: DATA, 2: 1 }, after: { 0: DATA, 1: 0x87868584 } },
  { source: 'ldr r1, [r0, r2, asr #1]!', before: { 0: DATA, 2: -8 }, after: { 0: DATA - 4, 1: 0x87868584 } },
  { source: 'ldr r1, [r0, r2, lsr #32]', before: { 0: DATA, 2: -8 }, after: { 1: 0x8b8a8988 } },
  { source: 'ldr r1, [r0], r1', before: { 0: DATA, 1: 4 }, after: { 0: DATA + 4, 1: 0x8b8a8988 } },
  { source: 'ldrb r1, [r0, #3]', before: { 0: DATA }, after: { 1: 0x8b } },
  { source: 'ldrsb r1, [r0, #3]', before: { 0: DATA }, after: { 1: 0xffffff8b } },
  { source: 'ldrh r1, [r0, #2]', before: { 0: DATA }, after: { 1: 0x8b8a } },
  { source: 'ldrsh r1, [r0], #2', before: { 0: DATA }, after: { 0: DATA + 2, 1: 0xffff8988 } },
  { source: 'ldrh r1, [r0, -r2]', before: { 0: DATA, 2: 8 }, after: { 1: 0x8180 } },
  { source: 'ldrd r2, r3, [r0, #4]!', before: { 0: DATA }, after: { 0: DATA + 4, 2: 0x8f8e8d8c, 3: 0x93929190 } },
  { source: 'ldrd r2, r3, [r0], -r1', before: { 0: DATA, 1: 8 }, after: { 0: DATA - 8, 2: 0x8b8a8988, 3: 0x8f8e8d8c } },
  { source: 'ldrd r0, r1, [r0]', before: { 0: DATA }, after: { 0: 0x8b8a8988, 1: 0x8f8e8d8c } },
  { source: 'ldrt r1, [r0], #4', before: { 0: DATA }, after: { 0: DATA + 4, 1: 0x8b8a8988 } },
  { source: 'ldrsht r1, [r0], -r2', before: { 0: DATA, 2: 2 }, after: { 0: DATA - 2, 1: 0xffff8988 } },
  // unaligned, with SCTLR.A clear
  { source: 'ldr r1, [r0, #1]', before: { 0: DATA }, after: { 1: 0x8c8b8a89 } },
  { source: 'ldrsh r1, [r0, #1]', before: { 0: DATA }, after: { 1: 0xffff8a89 } },
  {
    source: 'str r1, [r0, #3]',
    before: { 0: DATA, 1: 0x11223344 },
    after: {},
    memory: { [DATA]: 0x448a8988, [DATA + 4]: 0x8f112233 },
  },

  {
    source: 'str r1, [r0, #-4]!',
    before: { 0: DATA, 1: 0x11223344 },
    after: { 0: DATA - 4 },
    memory: { [DATA - 4]: 0x11223344 },
  },
  { source: 'str r0, [r1], r0', before: { 0: 4, 1: DATA }, after: { 1: DATA + 4 }, memory: { [DATA]: 4 } },
  { source: 'strb r1, [r0, #1]', before: { 0: DATA, 1: 0x11223344 }, after: {}, memory: { [DATA]: 0x8b8a4488 } },
  {
    source: 'strh r1, [r0], #2',
    before: { 0: DATA, 1: 0x11223344 },
    after: { 0: DATA + 2 },
    memory: { [DATA]: 0x8b8a3344 },
  },
  {
    source: 'strd r2, r3, [r0], #8',
    before: { 0: DATA, 2: 1, 3: 2 },
    after: { 0: DATA + 8 },
    memory: { [DATA]: 1, [DATA + 4]: 2 },
  },
  {
    source: 'strbt r1, [r0], #1',
    before: { 0: DATA, 1: 0x44 },
    after: { 0: DATA + 1 },
    memory: { [DATA]: 0x8b8a8944 },
  },
  { source: 'str pc, [r0]', before: { 0: DATA }, after: {}, memory: { [DATA]: CODE + 8 } },
  { source: 'ldr r1, 1f\n nop\n1: .word 0x12345678', before: {}, after: { 1: 0x12345678 } },
  { source: 'ldrsh r1, 1f\n nop\n1: .word 0x1234f678', before: {}, after: { 1: 0xfffff678 } },
  { source: 'ldrd r2, r3, 1f\n nop\n1: .word 1, 2', before: {}, after: { 2: 1, 3: 2 } },
  { source: 'ldr r1, [pc, r2]\n nop\n .word 1, 2', before: { 2: 4 }, after: { 1: 2 } },

  { source: 'ldr r1, [r0, r2]', thumb: true, before: { 0: DATA, 2: -4 }, after: { 1: 0x87868584 } },
  { source: 'ldrsb r1, [r0, r2]', thumb: true, before: { 0: DATA, 2: 1 }, after: { 1: 0xffffff89 } },
  { source: 'ldrh r1, [r0, #6]', thumb: true, before: { 0: DATA }, after: { 1: 0x8f8e } },
  { source: 'strb r1, [r0, #2]', thumb: true, before: { 0: DATA, 1: 0x55 }, after: {}, memory: { [DATA]: 0x8b558988 } },
  { source: 'ldr r1, [sp, #8]', thumb: true, before: { 13: DATA - 4 }, after: { 1: 0x8f8e8d8c } },
  { source: 'str r1, [sp, #8]', thumb: true, before: { 13: DATA - 8, 1: 7 }, after: {}, memory: { [DATA]: 7 } },
  { source: 'ldr r1, 1f\n nop\n1: .word 0x12345678', thumb: true, before: {}, after: { 1: 0x12345678 } },
  // Align(PC,4) at an address that is no multiple of 4: the second instruction is executed
  { source: 'nop\n ldr r1, 1f\n nop\n nop\n1: .word 0x12345678', thumb: true, before: {}, after: { 1: 0x12345678 } },
  { source: 'ldrb.w r1, 1f\n1: .word 0x12345678', thumb: true, before: {}, after: { 1: 0x78 } },
  { source: 'ldr.w r9, [r0, r2, lsl #3]', thumb: true, before: { 0: DATA, 2: 1 }, after: { 9: 0x93929190 } },
  { source: 'ldrsh.w r9, [r0, #-2]!', thumb: true, before: { 0: DATA }, after: { 0: DATA - 2, 9: 0xffff8786 } },
  { source: 'ldr.w r9, [r0], #255', thumb: true, before: { 0: DATA }, after: { 0: DATA + 255, 9: 0x8b8a8988 } },
  { source: 'ldrht r1, [r0, #2]', thumb: true, before: { 0: DATA }, after: { 0: DATA, 1: 0x8b8a } },
  {
    source: 'ldrd r1, r9, [r0, #-8]!',
    thumb: true,
    before: { 0: DATA },
    after: { 0: DATA - 8, 1: 0x83828180, 9: 0x87868584 },
  },
  {
    source: 'strd r1, r9, [r0, #4]',
    thumb: true,
    before: { 0: DATA, 1: 1, 9: 9 },
    after: {},
    memory: { [DATA + 4]: 1, [DATA + 8]: 9 },
  },
  {
    source: 'push.w {r9}',
    thumb: true,
    before: { 13: DATA, 9: 9 },
    after: { 13: DATA - 4 },
    memory: { [DATA - 4]: 9 },
  },
  { source: 'pop.w {r9}', thumb: true, before: { 13: DATA }, after: { 13: DATA + 4, 9: 0x8b8a8988 } },
];

const steps = (source: string): number => (source.startsWith('nop') ? 2 : 1);

describe('loads and stores', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const { source, thumb = false, before: registers, after, memory = {} } of cases)
    it(`${thumb ? 'Thumb' : 'ARM'}: ${source.split('\n')[source.startsWith('nop') ? 1 : 0].trim()}`, () => {
      const cpu = rig().asm(source, { thumb });
      const kept = new Map<number, number>();
      for (let r = 0; r < 15; r++) {
        cpu.setR(r, registers[r] ?? 0xc0de0000 + r);
        kept.set(r, cpu.r(r));
      }
      cpu.step(steps(source));
      for (let r = 0; r < 15; r++) assert.equal(cpu.r(r), after[r] ?? kept.get(r), `r${r}`);
      for (const [address, word] of Object.entries(memory)) assert.equal(cpu.peek(Number(address)) >>> 0, word);
    });

  it('write the pc with interworking', () => {
    const sources: readonly (readonly [string, boolean])[] = [
      ['ldr pc, [r0], #4', false],
      ['ldr pc, [r1, r2, lsl #2]!', false],
      ['ldr pc, 1f\n nop\n1: .word 0x40300001', false],
      ['pop {pc}', false],
      ['ldr.w pc, [r0, #0]', true],
      ['ldr.w pc, [r0], #4', true],
      ['ldr.w pc, [r1, r2, lsl #2]', true],
      ['ldr.w pc, 1f\n1: .word 0x40300001', true],
      ['pop.w {pc}', true],
    ];
    for (const [source, thumb] of sources) {
      for (const target of [0x40300001, 0x40300002, 0x40300008]) {
        if (target !== 0x40300001 && source.includes('1f')) continue;
        const cpu = rig().asm(source, { thumb });
        cpu.poke(DATA, target);
        cpu
          .setR(0, DATA)
          .setR(1, DATA - 4)
          .setR(2, 1)
          .setR(13, DATA)
          .step();
        assert.equal(cpu.cpu.thumb(), (target & 1) === 1, source);
        assert.equal(cpu.pc, (target & ~((target & 1) === 1 ? 1 : 3)) >>> 0, source);
      }
    }
    const popped = rig().asm('pop {pc}').setR(13, DATA);
    popped.step();
    assert.equal(popped.r(13), DATA + 4);
  });

  it('leave all registers as they were when they fault', () => {
    const sources: readonly (readonly [string, boolean])[] = [
      ['ldr r1, [r0, #4]!', false],
      ['ldr r1, [r0, #8]!', false],
      ['str r1, [r0], #4', false],
      ['ldrd r2, r3, [r4], #8', false],
      ['strd r2, r3, [r4, #8]!', false],
      ['ldr pc, [r0], #4', false],
      ['ldrb.w r1, [r0, #1]!', true],
      ['pop.w {r9}', true],
    ];
    for (const [source, thumb] of sources) {
      const cpu = rig().asm(source, { thumb });
      // the second word of a doubleword is the one that is not there
      for (let r = 0; r < 15; r++) cpu.setR(r, r === 4 ? END - 4 : END);
      const seen = cpu.watch();
      const before = Array.from({ length: 13 }, (_, r) => cpu.r(r));
      cpu.step();
      assert.deepEqual(
        Array.from({ length: 13 }, (_, r) => cpu.r(r)),
        before,
        source,
      );
      assert.deepEqual([seen.length, seen[0]?.kind], [1, Exception.DataAbort], source);
      assert.equal(seen[0].pc, CODE, source);
    }
  });

  it('fault on misalignment: always in pairs, otherwise under SCTLR.A', () => {
    const fault = (source: string, strict: boolean): number | undefined => {
      const cpu = rig().asm(source);
      if (strict) cpu.setCp15('SCTLR', cpu.cp15('SCTLR') | SCTLR_A);
      const seen = cpu.watch();
      cpu.setR(0, DATA + 2).step();
      return seen[0]?.fault;
    };
    for (const source of ['ldrd r2, r3, [r0]', 'strd r2, r3, [r0]', 'swp r1, r2, [r0]'])
      for (const strict of [false, true]) assert.equal(fault(source, strict), FaultType.Alignment, source);
    for (const source of ['ldr r1, [r0]', 'str r1, [r0]', 'ldrt r1, [r0], #0']) {
      assert.equal(fault(source, false), undefined, source);
      assert.equal(fault(source, true), FaultType.Alignment, source);
    }
    assert.equal(fault('ldrh r1, [r0]', true), undefined);
    assert.equal(fault('strb r1, [r0, #1]', true), undefined);
    // a pair needs the alignment of its words only
    assert.equal(fault('ldrd r2, r3, [r0, #2]', true), undefined);
  });

  it('exchange words and bytes', () => {
    const word = rig().asm('swp r1, r2, [r0]').setR(0, DATA).setR(2, 0x55);
    word.step();
    assert.deepEqual([word.r(1), word.peek(DATA) >>> 0], [0x8b8a8988, 0x55]);
    const byte = rig()
      .asm('swpb r2, r2, [r0]')
      .setR(0, DATA + 1)
      .setR(2, 0x1234);
    byte.step();
    assert.deepEqual([byte.r(2), byte.peek(DATA) >>> 0], [0x89, 0x8b8a3488]);
  });
});
