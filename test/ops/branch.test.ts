/** Branches on the reference: offsets at their limits, links, states; IT, and what the hints do not do. */
import assert from 'node:assert/strict';
import { Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';

interface Case {
  readonly source: string;
  readonly thumb: boolean;
  readonly registers?: Readonly<Record<number, number>>;
  readonly pc: number;
  /** State after it. */
  readonly toThumb: boolean;
  readonly lr?: number;
}

const at = (offset: number): string => `${offset < 0 ? '-' : '+'}${Math.abs(offset)}`;
/** From a label at the start to an absolute distance: the assembler takes `. + n`. */
const cases: readonly Case[] = [
  ...[0, 4, 0x2000004, -0x1fffff8].map((d) => ({ source: `b .${at(d)}`, thumb: false, pc: CODE + d, toThumb: false })),
  ...[8, 0x2000004, -0x1fffff8].map((d) => ({
    source: `bl .${at(d)}`,
    thumb: false,
    pc: CODE + d,
    toThumb: false,
    lr: CODE + 4,
  })),
  { source: '.inst 0xfa000000', thumb: false, pc: CODE + 8, toThumb: true, lr: CODE + 4 },
  { source: '.inst 0xfb000000', thumb: false, pc: CODE + 10, toThumb: true, lr: CODE + 4 },
  { source: '.inst 0xfbffffff', thumb: false, pc: CODE + 6, toThumb: true, lr: CODE + 4 },
  { source: 'bx r3', thumb: false, registers: { 3: DATA + 1 }, pc: DATA, toThumb: true },
  { source: 'bx r3', thumb: false, registers: { 3: DATA + 4 }, pc: DATA + 4, toThumb: false },
  { source: 'bxj r3', thumb: false, registers: { 3: DATA + 1 }, pc: DATA, toThumb: true },
  { source: 'blx r14', thumb: false, registers: { 14: DATA + 1 }, pc: DATA, toThumb: true, lr: CODE + 4 },
  { source: 'bx pc', thumb: false, pc: CODE + 8, toThumb: false },

  ...[0, 2, 2050, -2044].map((d) => ({ source: `b.n .${at(d)}`, thumb: true, pc: CODE + d, toThumb: true })),
  ...[258, -252].map((d) => ({ source: `beq.n .${at(d)}`, thumb: true, pc: CODE + d, toThumb: true })),
  ...[1048578, -1048572].map((d) => ({ source: `beq.w .${at(d)}`, thumb: true, pc: CODE + d, toThumb: true })),
  ...[16777218, -16777212].map((d) => ({ source: `b.w .${at(d)}`, thumb: true, pc: CODE + d, toThumb: true })),
  ...[4, 16777218, -16777212].map((d) => ({
    source: `bl .${at(d)}`,
    thumb: true,
    pc: CODE + d,
    toThumb: true,
    lr: CODE + 5,
  })),
  { source: '.inst.w 0xf000e802', thumb: true, pc: CODE + 8, toThumb: false, lr: CODE + 5 },
  { source: '.inst.w 0xf7ffeffc', thumb: true, pc: CODE - 4, toThumb: false, lr: CODE + 5 },
  { source: 'bx r3', thumb: true, registers: { 3: DATA + 4 }, pc: DATA + 4, toThumb: false },
  { source: 'bx pc\n nop', thumb: true, pc: CODE + 4, toThumb: false },
  { source: 'blx r14', thumb: true, registers: { 14: DATA + 1 }, pc: DATA, toThumb: true, lr: CODE + 3 },
  { source: 'cbz r1, .+4', thumb: true, registers: { 1: 0 }, pc: CODE + 4, toThumb: true },
  { source: 'cbz r1, .+130', thumb: true, registers: { 1: 0 }, pc: CODE + 130, toThumb: true },
  { source: 'cbz r1, .+130', thumb: true, registers: { 1: 1 }, pc: CODE + 2, toThumb: true },
  { source: 'cbnz r1, .+130', thumb: true, registers: { 1: 0 }, pc: CODE + 2, toThumb: true },
  { source: 'cbnz r1, .+68', thumb: true, registers: { 1: -1 }, pc: CODE + 68, toThumb: true },
  {
    source: 'tbb [pc, r1]\n .byte 3, 0x80, 0xff, 0',
    thumb: true,
    registers: { 1: 2 },
    pc: CODE + 4 + 0x1fe,
    toThumb: true,
  },
  {
    source: 'tbh [pc, r1, lsl #1]\n .hword 3, 0xffff',
    thumb: true,
    registers: { 1: 1 },
    pc: CODE + 4 + 0x1fffe,
    toThumb: true,
  },
];

describe('branches', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const { source, thumb, registers = {}, pc, toThumb, lr } of cases)
    it(`${thumb ? 'Thumb' : 'ARM'}: ${source.split('\n')[0]}`, () => {
      const cpu = new CpuRig().asm(source, { thumb });
      cpu.psr(cpu.cpsr | Psr.Z).setR(14, 0x55);
      for (const [r, value] of Object.entries(registers)) cpu.setR(Number(r), value);
      const link = cpu.r(14);
      cpu.step();
      assert.equal(cpu.pc, pc >>> 0);
      assert.equal(cpu.cpu.thumb(), toThumb);
      assert.equal(cpu.r(14), lr ?? link);
    });

  it('do nothing but go on where their condition fails', () => {
    for (const [source, thumb] of [
      ['bne .+64', false],
      ['blne .+64', false],
      ['bxne r0', false],
      ['bne.n .+64', true],
      ['bne.w .+64', true],
    ] as const) {
      const cpu = new CpuRig().asm(source, { thumb });
      cpu
        .psr(cpu.cpsr | Psr.Z)
        .setR(14, 0x55)
        .step();
      assert.equal(cpu.pc, CODE + (source.includes('.n') ? 2 : 4), source);
      assert.equal(cpu.r(14), 0x55, source);
    }
  });

  it('call at the end of a table in Thumb with a base register', () => {
    const cpu = new CpuRig().asm('tbb [r0, r1]', { thumb: true }).setR(0, DATA).setR(1, 3);
    cpu.poke(DATA, 0x10_00_00_00);
    cpu.step();
    assert.equal(cpu.pc, CODE + 4 + 0x20);
  });
});

describe('IT', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('conditions up to four instructions, then or else', () => {
    const source = 'ittee eq\n moveq r0, #1\n moveq r1, #1\n movne r2, #1\n movne r3, #1\n mov r4, #1';
    for (const z of [0, Psr.Z]) {
      const cpu = new CpuRig().asm(source, { thumb: true });
      cpu.psr((cpu.cpsr & ~Psr.Z) | z);
      for (let r = 0; r < 5; r++) cpu.setR(r, 0);
      cpu.step();
      assert.equal(cpu.state[Word.ITSTATE], 0x07);
      cpu.step(4);
      assert.equal(cpu.state[Word.ITSTATE], 0);
      cpu.step();
      assert.deepEqual(
        [0, 1, 2, 3, 4].map((r) => cpu.r(r)),
        z ? [1, 1, 0, 0, 1] : [0, 0, 1, 1, 1],
      );
    }
  });

  it('ends at a branch out of it', () => {
    const cpu = new CpuRig().asm('it eq\n beq.n .+16', { thumb: true });
    cpu.psr(cpu.cpsr | Psr.Z).step(2);
    assert.deepEqual([cpu.pc, cpu.state[Word.ITSTATE]], [CODE + 2 + 16, 0]);
  });
});

describe('hints, barriers and preloads', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('change nothing, wherever they point', () => {
    const arm = [
      'nop',
      'yield',
      'dbg #3',
      'dmb',
      'dsb st',
      'isb',
      'pld [r0]',
      'pldw [r0, -r1, lsl #2]',
      'pli [r0]',
      'pld .',
    ];
    const thumb = [
      'nop.n',
      'nop.w',
      'yield',
      'dbg #3',
      'dmb',
      'isb',
      'pld [r0, #-1]',
      'pldw [r0]',
      'pli [r0, r1]',
      'pld .',
    ];
    for (const [sources, state] of [
      [arm, false],
      [thumb, true],
    ] as const)
      for (const source of sources) {
        const cpu = new CpuRig().asm(source, { thumb: state });
        for (let r = 0; r < 15; r++) cpu.setR(r, 0x1000_0000 + r);
        const before = cpu.cpsr;
        const seen = cpu.watch();
        cpu.step();
        assert.equal(seen.length, 0, source);
        assert.equal(cpu.pc, CODE + (source.includes('.n') || (state && source === 'yield') ? 2 : 4), source);
        assert.equal(cpu.cpsr, before, source);
        for (let r = 0; r < 15; r++) assert.equal(cpu.r(r), 0x1000_0000 + r, source);
      }
  });

  it('that are reserved are NOPs too', () => {
    for (const [word, state] of [
      [0xe320f014, false],
      [0xe320f0ef, false],
      [0xf490f000, false],
      [0xf690f000, false],
      [0xbf50, true],
    ] as const) {
      const cpu = state ? new CpuRig().thumbCode([word]) : new CpuRig().arm([word]);
      const seen = cpu.watch();
      cpu.step();
      assert.deepEqual([seen.length, cpu.pc], [0, CODE + (state ? 2 : 4)], word.toString(16));
    }
  });
});
