/** Status registers, CPS, SRS, RFE, exceptions by design and coprocessor moves, on the reference, at PL1 and at PL0. */
import assert from 'node:assert/strict';
import { Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { CODE, CpuRig, DATA, PRIVILEGED_MODES } from '../support/cpu-rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';

const { N, Z, C, V, Q, E, A, I, F, T } = Psr;
const GE = 0xf << 16;
const u32 = (word: number): number => word >>> 0;

function rig(source: string, mode: number, bits = 0, thumb = false): CpuRig {
  const made = new CpuRig().asm(source, { thumb });
  return made.psr(mode, bits | (thumb ? T : 0));
}

/** The kind of the one exception that `source` takes, or undefined. */
function exceptionOf(source: string, mode: number, thumb = false): number | undefined {
  const cpu = rig(source, mode, 0, thumb).setR(0, DATA);
  const seen = cpu.watch();
  cpu.step();
  return seen[0]?.kind;
}

describe('program status registers', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('are read without the execution state', () => {
    for (const thumb of [false, true]) {
      const bits = u32(N | C | Q | GE | A | I | F);
      const cpu = rig('mrs r1, cpsr', Mode.svc, bits, thumb);
      cpu.step();
      assert.equal(cpu.r(1), u32(bits | Mode.svc));
      const user = rig('mrs r1, cpsr', Mode.usr, N | I, thumb);
      user.step();
      assert.equal(user.r(1), u32(N | I | Mode.usr));
    }
    const big = rig('mrs r1, cpsr', Mode.svc, E);
    big.cpu.setEndianness(true);
    big.step();
    assert.equal(big.r(1), E | Mode.svc);
  });

  it('are written by lanes', () => {
    const all = u32(N | Z | C | V | Q | GE | A | I | F | Mode.irq);
    const write = (fields: string, mode: number, thumb = false): number => {
      const cpu = rig(`msr cpsr_${fields}, r1`, mode, F | C, thumb).setR(1, all);
      cpu.step();
      return u32(cpu.cpsr & ~T);
    };
    for (const thumb of [false, true]) {
      assert.equal(write('f', Mode.svc, thumb), u32(N | Z | C | V | Q | F | Mode.svc));
      assert.equal(write('s', Mode.svc, thumb), u32(C | GE | F | Mode.svc));
      assert.equal(write('x', Mode.svc, thumb), u32(C | A | F | Mode.svc));
      assert.equal(write('c', Mode.svc, thumb), u32(C | I | F | Mode.irq));
      assert.equal(write('fsxc', Mode.svc, thumb), u32(all));
      // at PL0 only the flags and GE (and E)
      assert.equal(write('c', Mode.usr, thumb), u32(C | F | Mode.usr));
      assert.equal(write('fsxc', Mode.usr, thumb), u32(N | Z | C | V | Q | GE | F | Mode.usr));
    }
    const immediate = rig('msr cpsr_f, #0x50000000', Mode.svc, N | C);
    immediate.step();
    assert.equal(immediate.cpsr, u32(Z | V | Mode.svc));
    const control = rig('msr cpsr_c, #0x92', Mode.svc, N).setR(13, 0x13);
    control.step();
    assert.equal(control.cpsr, u32(N | I | Mode.irq));
    assert.equal(control.cpu.readBanked(13, Mode.svc) >>> 0, 0x13);
  });

  it('keep one SPSR for each mode that takes exceptions', () => {
    for (const name of PRIVILEGED_MODES) {
      const mode = Mode[name];
      if (name === 'sys') continue;
      const cpu = rig('mrs r1, spsr\n msr spsr_fc, r2\n msr spsr_x, #0x100', mode).setR(
        2,
        u32(N | GE | A | I | Mode.usr),
      );
      cpu.cpu.writeSpsr(mode, u32(V | GE | Mode.svc));
      cpu.step();
      assert.equal(cpu.r(1), u32(V | GE | Mode.svc), name);
      cpu.step();
      assert.equal(cpu.spsr(), u32(N | GE | I | Mode.usr), name);
      cpu.step();
      assert.equal(cpu.spsr(), u32(N | GE | A | I | Mode.usr), name);
    }
    for (const mode of [Mode.usr, Mode.sys])
      for (const source of ['mrs r1, spsr', 'msr spsr_c, r1', 'msr spsr_f, #0'])
        assert.equal(exceptionOf(source, mode), Exception.Undefined, source);
  });

  it('of other modes are Undefined without the Virtualization Extensions', () => {
    for (const thumb of [false, true])
      for (const source of ['mrs r1, sp_irq', 'msr sp_irq, r1', 'mrs r1, spsr_irq', 'msr spsr_irq, r1'])
        for (const mode of [Mode.svc, Mode.usr])
          assert.equal(exceptionOf(source, mode, thumb), Exception.Undefined, source);
    assert.equal(exceptionOf('eret', Mode.svc), Exception.Undefined);
  });
});

describe('CPS and SETEND', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  const cases: readonly (readonly [string, number, number])[] = [
    ['cpsid i', 0, I],
    ['cpsie i', A | I | F, A | F],
    ['cpsid aif', 0, A | I | F],
    ['cpsie aif', A | I | F, 0],
    ['cpsid f', I, I | F],
  ];
  for (const [source, before, after] of cases)
    it(source, () => {
      for (const thumb of [false, true]) {
        const cpu = rig(source, Mode.svc, before | N, thumb);
        cpu.step();
        assert.equal(u32(cpu.cpsr & ~T), u32(after | N | Mode.svc));
        const user = rig(source, Mode.usr, before | N, thumb);
        const seen = user.watch();
        user.step();
        assert.deepEqual([u32(user.cpsr & ~T), seen.length], [u32(before | N | Mode.usr), 0]);
      }
    });

  it('changes the mode, with or without masks', () => {
    for (const thumb of [false, true]) {
      const mode = rig('cps #0x12', Mode.svc, I, thumb).setR(13, 0x1313);
      mode.step();
      assert.equal(u32(mode.cpsr & ~T), u32(I | Mode.irq));
      assert.equal(mode.cpu.readBanked(13, Mode.svc), 0x1313);
      const both = rig(thumb ? 'cpsid.w i, #0x1f' : 'cpsid i, #0x1f', Mode.svc, 0, thumb);
      both.step();
      assert.equal(u32(both.cpsr & ~T), u32(I | Mode.sys));
      assert.equal(both.pc, CODE + 4);
    }
  });

  it('is Undefined where it is UNPREDICTABLE', () => {
    for (const word of [0xf1000000, 0xf1040000, 0xf1080000, 0xf1000080, 0xf1080093]) {
      const cpu = new CpuRig().arm([word]).psr(Mode.svc);
      const seen = cpu.watch();
      cpu.step();
      assert.equal(seen[0]?.kind, Exception.Undefined, word.toString(16));
    }
  });

  it('SETEND changes the order of data bytes at any level', () => {
    for (const mode of [Mode.svc, Mode.usr])
      for (const thumb of [false, true]) {
        const cpu = rig('setend be\n ldr r1, [r0]\n strh r1, [r0]\n setend le\n ldr r2, [r0]', mode, 0, thumb).setR(
          0,
          DATA,
        );
        cpu.poke(DATA, 0x11223344);
        // one at a time: engines leave where the order changes
        cpu.step();
        cpu.step();
        assert.equal(cpu.r(1), 0x44332211);
        assert.equal(cpu.cpsr & E, E);
        for (let i = 0; i < 3; i++) cpu.step();
        assert.equal(cpu.r(2), 0x11221122);
        assert.equal(cpu.cpsr & E, 0);
      }
  });
});

describe('SRS and RFE', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  /** Mode, address of the first word, base after writeback. */
  const MODES: readonly (readonly [string, number, number])[] = [
    ['ia', 0, 8],
    ['ib', 4, 8],
    ['da', -4, -8],
    ['db', -8, -8],
  ];
  for (const [mode, start, end] of MODES)
    it(`${mode}: LR and SPSR at the right place, on the named mode's stack`, () => {
      for (const wback of ['', '!'])
        for (const thumb of [false, true]) {
          if (thumb && mode !== 'ia' && mode !== 'db') continue;
          const store = rig(`srs${mode} sp${wback}, #0x13`, Mode.irq, I, thumb).setR(14, 0x1414).setR(13, 0x999);
          store.cpu.writeBanked(13, Mode.svc, DATA);
          store.cpu.writeSpsr(Mode.irq, u32(N | Mode.usr));
          store.step();
          assert.deepEqual([store.peek(DATA + start), u32(store.peek(DATA + start + 4))], [0x1414, u32(N | Mode.usr)]);
          assert.equal(store.cpu.readBanked(13, Mode.svc) >>> 0, wback ? DATA + end : DATA);
          assert.equal(store.r(13), 0x999);

          const back = rig(`rfe${mode} r0${wback}`, Mode.svc, I, thumb).setR(0, DATA);
          back.poke(DATA + start, 0x40300002, Mode.usr | T | C);
          back.step();
          assert.deepEqual([back.pc, back.cpsr], [0x40300002, u32(Mode.usr | T | C)]);
          assert.equal(back.r(0), wback ? DATA + end : DATA);
        }
    });

  it('use the current stack where the mode named is the current one', () => {
    const cpu = rig('srsdb sp!, #0x12', Mode.irq).setR(13, DATA).setR(14, 0x1414);
    cpu.step();
    assert.deepEqual([cpu.r(13), cpu.peek(DATA - 8)], [DATA - 8, 0x1414]);
  });

  it('RFE writes back to the bank that it leaves, and restores an IT block', () => {
    const cpu = rig('rfeia sp!', Mode.svc).setR(13, DATA);
    cpu.poke(DATA, 0x40300000, Mode.usr | T | (0x2 << 10) | (0x3 << 25));
    cpu.step();
    assert.equal(cpu.cpu.readBanked(13, Mode.svc) >>> 0, DATA + 8);
    assert.equal(cpu.cpu.readCpsr() & 0x0600fc00, (0x2 << 10) | (0x3 << 25));
  });

  it('are Undefined where they are UNPREDICTABLE', () => {
    assert.equal(exceptionOf('rfeia r0', Mode.usr), Exception.Undefined);
    assert.equal(exceptionOf('rfeia r0', Mode.usr, true), Exception.Undefined);
    for (const mode of [Mode.usr, Mode.sys]) assert.equal(exceptionOf('srsdb sp!, #0x13', mode), Exception.Undefined);
    // a reserved mode, Monitor mode and Hyp mode
    for (const mode of [0x00, 0x14, 0x16, 0x1a]) {
      const cpu = new CpuRig().arm([0xf96d0500 | mode]).psr(Mode.svc);
      const seen = cpu.watch();
      cpu.step();
      assert.equal(seen[0]?.kind, Exception.Undefined, mode.toString(16));
    }
  });

  it('change nothing when they fault', () => {
    const cpu = rig('rfeia r0!', Mode.svc, I).setR(0, 0x2000_0000);
    const seen = cpu.watch();
    cpu.step();
    assert.equal(seen[0]?.kind, Exception.DataAbort);
    assert.equal(cpu.r(0), 0x2000_0000);
    const store = rig('srsdb sp!, #0x13', Mode.svc).setR(13, 0x2000_0000);
    store.watch();
    store.step();
    assert.equal(store.cpu.readBanked(13, Mode.svc), 0x2000_0000);
  });
});

describe('exceptions by design', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('are taken at the levels that have them', () => {
    const cases: readonly (readonly [string, boolean, number, number])[] = [
      ['svc #1', false, Exception.SupervisorCall, Exception.SupervisorCall],
      ['svc #1', true, Exception.SupervisorCall, Exception.SupervisorCall],
      ['bkpt #1', false, Exception.PrefetchAbort, Exception.PrefetchAbort],
      ['bkpt #1', true, Exception.PrefetchAbort, Exception.PrefetchAbort],
      ['udf #1', false, Exception.Undefined, Exception.Undefined],
      ['udf #1', true, Exception.Undefined, Exception.Undefined],
      ['udf.w #1', true, Exception.Undefined, Exception.Undefined],
      // no Virtualization and no Security Extensions
      ['hvc #1', false, Exception.Undefined, Exception.Undefined],
      ['hvc #1', true, Exception.Undefined, Exception.Undefined],
      ['smc #1', false, Exception.Undefined, Exception.Undefined],
      ['smc #1', true, Exception.Undefined, Exception.Undefined],
    ];
    for (const [source, thumb, atPL1, atPL0] of cases) {
      assert.equal(exceptionOf(source, Mode.svc, thumb), atPL1, source);
      assert.equal(exceptionOf(source, Mode.usr, thumb), atPL0, source);
    }
  });

  it('go to the firmware where there is one: HVC with its immediate, never from PL0', () => {
    for (const mode of [Mode.svc, Mode.usr])
      for (const thumb of [false, true]) {
        const cpu = rig('hvc #0x1234', mode, 0, thumb);
        const calls: number[] = [];
        cpu.cpu.firmware = {
          hypervisorCall: (immediate) => calls.push(immediate) > 0,
          secureMonitorCall: () => false,
          semihosting: () => false,
        };
        const seen = cpu.watch();
        cpu.step();
        assert.deepEqual(calls, mode === Mode.svc ? [0x1234] : []);
        assert.equal(seen.length, mode === Mode.svc ? 0 : 1);
        if (mode === Mode.svc) assert.equal(cpu.pc, CODE + 4);
      }
  });
});

describe('coprocessor moves', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('reach 32-bit and 64-bit registers', () => {
    for (const thumb of [false, true]) {
      const cpu = rig(
        'mcr p15, 0, r1, c13, c0, 4\n mrc p15, 0, r2, c13, c0, 4\n mcrr p15, 0, r3, r4, c7\n mrrc p15, 0, r5, r6, c7\n mrc p15, 0, r7, c7, c4, 0',
        Mode.svc,
        0,
        thumb,
      );
      cpu.setR(1, 0x12345678).setR(3, 0x3000).setR(4, 0x44);
      cpu.setCp15('TTBCR', 0x80000000);
      cpu.step(5);
      assert.deepEqual([cpu.r(2), cpu.cp15('TPIDRPRW')], [0x12345678, 0x12345678]);
      assert.deepEqual([cpu.r(5), cpu.r(6), cpu.r(7)], [0x3000, 0x44, 0x3000]);
    }
  });

  it('put bits 31:28 in the flags where the target is R15', () => {
    const cpu = rig('mrc p14, 0, APSR_nzcv, c0, c1, 0', Mode.svc, N | Z | C | V | Q | GE | I);
    cpu.setCp15('DBGDSCRext', 0);
    cpu.step();
    assert.equal(cpu.cpsr, u32((cpu.cp15('DBGDSCRext') & 0xf0000000) | Q | GE | I | Mode.svc));
    assert.equal(cpu.pc, CODE + 4);
  });

  it('are Undefined for every other coprocessor, and for every other kind', () => {
    for (const thumb of [false, true])
      for (const source of [
        'mrc p7, 0, r1, c0, c0, 0',
        'mcr p7, 0, r1, c0, c0, 0',
        'mrrc p7, 0, r1, r2, c0',
        'mcrr p7, 0, r1, r2, c0',
        'cdp p15, 0, c0, c0, c0, 0',
        'cdp2 p7, 0, c0, c0, c0, 0',
        'ldc p14, c5, [r0]',
        'stc p14, c5, [r0]',
        'ldc2 p7, c5, [r0]',
        'stc2 p7, c5, [r0]',
        'mrc2 p15, 0, r1, c0, c0, 0',
        'mcr2 p15, 0, r1, c13, c0, 4',
        'mrrc2 p15, 0, r1, r2, c7',
        'mcrr2 p15, 0, r1, r2, c7',
      ])
        assert.equal(exceptionOf(source, Mode.svc, thumb), Exception.Undefined, source);
  });
});
