/** Writes to the program status registers, and register banking (DDI 0406C B1.3). */
import assert from 'node:assert/strict';
import { SCTLR_NMFI } from '../../src/arm/cp15.js';
import { Cp15 } from '../../src/arm/cp15.js';
import { Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr, type ModeName } from '../../src/arm/modes.js';
import { Attention, Word } from '../../src/arm/state.js';
import { INVALID_BANK, tlbBank } from '../../src/mem/layout.js';
import { CODE, CpuRig, DATA, PRIVILEGED_MODES } from '../support/cpu-rig.js';

const LANES = [0xff, 0xff00, 0xff_0000, 0xff00_0000];
const lanes = (mask: number): number => LANES.reduce((bits, lane, i) => ((mask >>> i) & 1 ? bits | lane : bits), 0);
/** Bits that exist outside the execution state. */
const FLAG_BITS = 0xf80f_0000;

describe('CPSRWriteByInstr', () => {
  it('changes nothing outside the byte lanes, in any mode (no CPSR is rebuilt from zero)', () => {
    const rig = new CpuRig();
    for (const mode of ['usr', ...PRIVILEGED_MODES] as const) {
      for (let mask = 0; mask < 16; mask++) {
        for (const [before, value] of [
          [0xf80f_01c0, 0],
          [0, 0xffff_ffe0],
          [0xa805_0080, 0x5707_ff40],
        ]) {
          rig.psr(Mode[mode], before);
          rig.cpu.CPSRWriteByInstr((value & ~Psr.M) | Mode[mode], mask, false);
          const writable = (FLAG_BITS | Psr.E | (mode === 'usr' ? 0 : Psr.A | Psr.I | Psr.F)) & lanes(mask);
          const expected = ((before & ~writable) | (value & writable) | Mode[mode]) >>> 0;
          assert.equal(rig.cpsr.toString(16), expected.toString(16), `${mode}, lanes ${mask}, ${before} := ${value}`);
        }
      }
    }
  });

  it('never writes T, J and IT except on an exception return', () => {
    const rig = new CpuRig().psr(Mode.svc);
    rig.cpu.CPSRWriteByInstr(-1 & ~Psr.M, 15, false);
    assert.equal(rig.cpsr & (Psr.T | Psr.J | 0x0600_fc00), 0);
    rig.psr(Mode.svc);
    rig.cpu.CPSRWriteByInstr(Psr.T | 0x0600_fc00 | Mode.svc, 15, true);
    assert.equal(rig.cpsr & (Psr.T | Psr.J | 0x0600_fc00), Psr.T | 0x0600_fc00);
    assert.equal(rig.state[Word.ITSTATE], 0xff);
  });

  it('an exception return to ARM state leaves no IT state', () => {
    const rig = new CpuRig().psr(Mode.svc);
    rig.cpu.CPSRWriteByInstr(0x0600_fc00 | Mode.svc, 15, true);
    assert.equal(rig.state[Word.ITSTATE], 0);
  });

  it('@unpredictable a write of a reserved mode number: M keeps its value, the rest is written', () => {
    const rig = new CpuRig();
    for (const bad of [0, 0x0f, 0x14, 0x15, Mode.mon, 0x18, 0x19, Mode.hyp, 0x1c, 0x1e]) {
      rig.psr(Mode.svc, Psr.I);
      rig.cpu.CPSRWriteByInstr(Psr.F | bad, 1, false);
      assert.equal(rig.cpsr, Psr.F | Mode.svc, bad.toString(16));
    }
  });

  it('a non-maskable FIQ can be unmasked, not masked', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.F);
    rig.state[Cp15.SCTLR] |= SCTLR_NMFI;
    rig.cpu.CPSRWriteByInstr(Mode.svc, 1, false);
    assert.equal(rig.cpsr & Psr.F, 0);
    rig.cpu.CPSRWriteByInstr(Mode.svc | Psr.F, 1, false);
    assert.equal(rig.cpsr & Psr.F, 0);
  });
});

describe('SPSRWriteByInstr', () => {
  it('writes whole lanes of the current mode, execution state included, but not bits 23:20', () => {
    const rig = new CpuRig();
    for (const mode of ['fiq', 'irq', 'svc', 'abt', 'und'] as const) {
      for (let mask = 0; mask < 16; mask++) {
        rig.psr(Mode[mode]);
        rig.cpu.writeSpsr(Mode[mode], 0x1234_5678);
        rig.cpu.SPSRWriteByInstr(0xfedc_ba97, mask);
        const bits = lanes(mask) & 0xff0f_ffff;
        const expected = ((0x1234_5678 & ~bits) | (0xfedc_ba97 & bits)) >>> 0;
        assert.equal(rig.spsr(), expected, `${mode} ${mask}`);
      }
    }
  });

  it('is Undefined where there is no SPSR', () => {
    for (const mode of ['usr', 'sys'] as const) {
      const rig = new CpuRig().psr(Mode[mode]);
      const seen = rig.watch();
      rig.arm([0xe16f_f001]).step(); // MSR SPSR_fsxc, r1
      assert.equal(seen[0].kind, Exception.Undefined);
    }
  });
});

describe('Thumb SVC', () => {
  it('computes LR once: the address of the next instruction', () => {
    const rig = new CpuRig().psr(Mode.usr);
    rig.thumbCode([0xdf01, 0xdf02]);
    rig.step();
    assert.equal(rig.r(14), CODE + 2);
    rig
      .psr(Mode.usr)
      .start(CODE + 2, true)
      .step();
    assert.equal(rig.r(14), CODE + 4);
  });
});

describe('register banks', () => {
  const all = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und'] as const satisfies readonly ModeName[];

  it('each mode has R13 and R14 of its own, sys has those of usr, fiq has R8 to R12 too', () => {
    const rig = new CpuRig();
    const tag = (mode: ModeName, n: number): number => Mode[mode] * 0x100 + n;
    for (const mode of all) {
      rig.psr(Mode[mode]);
      for (const n of [13, 14]) rig.setR(n, tag(mode, n));
    }
    for (const mode of ['usr', 'fiq'] as const) {
      rig.psr(Mode[mode]);
      for (let n = 8; n <= 12; n++) rig.setR(n, tag(mode, n));
    }
    for (let n = 0; n < 8; n++) rig.setR(n, n);
    for (const mode of [...all, 'sys'] as const) {
      rig.psr(Mode[mode]);
      const bank = mode === 'sys' ? 'usr' : mode;
      for (const n of [13, 14]) assert.equal(rig.r(n), tag(bank, n), `R${n}_${mode}`);
      for (let n = 8; n <= 12; n++) assert.equal(rig.r(n), tag(mode === 'fiq' ? 'fiq' : 'usr', n), `R${n} in ${mode}`);
      for (let n = 0; n < 8; n++) assert.equal(rig.r(n), n);
    }
  });

  it('readBanked and writeBanked reach every bank from every mode', () => {
    const rig = new CpuRig();
    for (const from of [...all, 'sys'] as const) {
      for (const of of [...all, 'sys'] as const) {
        for (const n of [3, 8, 12, 13, 14]) {
          rig.psr(Mode[from]);
          rig.cpu.writeBanked(n, Mode[of], 0x5a5a_0000 + n);
          assert.equal(rig.cpu.readBanked(n, Mode[of]), 0x5a5a_0000 + n);
          rig.psr(Mode[of]);
          assert.equal(rig.r(n), 0x5a5a_0000 + n, `R${n}_${of} written from ${from}`);
          rig.setR(n, n);
          rig.psr(Mode[from]);
          assert.equal(rig.cpu.readBanked(n, Mode[of]), n, `R${n}_${of} read from ${from}`);
        }
      }
    }
  });

  it('an SPSR per mode', () => {
    const rig = new CpuRig();
    const modes = ['fiq', 'irq', 'svc', 'abt', 'und'] as const;
    modes.forEach((mode, i) => rig.cpu.writeSpsr(Mode[mode], i + 1));
    modes.forEach((mode, i) => assert.equal(rig.psr(Mode[mode]).spsr(), i + 1, mode));
  });
});

describe('what follows from mode and endianness', () => {
  it('PL0 and PL1 use their own TLB banks and code keys, big-endian none', () => {
    const rig = new CpuRig();
    const bank = (): number => rig.state[Word.TLB_BANK];
    rig.psr(Mode.svc);
    const kernel = [bank(), rig.state[Word.CODE_KEY]];
    rig.psr(Mode.usr);
    assert.notEqual(bank(), kernel[0]);
    assert.notEqual(rig.state[Word.CODE_KEY], kernel[1]);
    rig.psr(Mode.sys);
    assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], kernel);
    rig.cpu.setEndianness(true);
    assert.equal(bank(), tlbBank(INVALID_BANK));
    rig.cpu.setEndianness(false);
    assert.equal(bank(), kernel[0]);
  });

  it('a change of privilege makes the engine look again, a change among privileged modes does not', () => {
    const rig = new CpuRig().psr(Mode.svc);
    rig.state[Word.ATTENTION] = 0;
    rig.cpu.CPSRWriteByInstr(Mode.irq, 1, false);
    assert.equal(rig.state[Word.ATTENTION], 0);
    rig.cpu.CPSRWriteByInstr(Mode.usr, 1, false);
    assert.equal(rig.state[Word.ATTENTION], Attention.context);
  });

  it('big-endian data is read and written byte-reversed', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.E).setR(1, DATA);
    rig.poke(DATA, 0x1122_3344);
    rig.arm([0xe591_0000, 0xe1d1_20b0, 0xe5d1_3000, 0xe581_2004, 0xe1c1_20b8]); // LDR, LDRH, LDRB, STR, STRH
    rig.step(5);
    assert.equal(rig.r(0), 0x4433_2211);
    assert.equal(rig.r(2), 0x4433);
    assert.equal(rig.r(3), 0x44);
    assert.equal(rig.peek(DATA + 4), 0x3344_0000);
    assert.equal(rig.peek(DATA + 8) & 0xffff, 0x3344);
  });
});
