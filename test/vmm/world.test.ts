import assert from 'node:assert/strict';
import { Cp15, CNTKCTL_EVNTEN, CPACR_ASEDIS, SCTLR_A, SCTLR_M } from '../../src/arm/cp15.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { FpAccess, STATE_WORDS, Word } from '../../src/arm/state.js';
import { GUEST_KERNEL, GUEST_USER } from '../../src/vmm/shadow.js';
import { World } from '../../src/vmm/world.js';

/** State blocks with a different number in every word. */
function worlds(): { real: Int32Array; virtual: Int32Array } {
  return {
    real: Int32Array.from({ length: STATE_WORDS }, (_, i) => 0x1000 + i),
    virtual: Int32Array.from({ length: STATE_WORDS }, (_, i) => 0x2000 + i),
  };
}

/** Indices of the words in which two blocks differ. */
function changed(before: Int32Array, after: Int32Array): number[] {
  return [...before.keys()].filter((i) => before[i] !== after[i]);
}

const LIVE = [
  ...Array.from({ length: 15 }, (_, n) => n),
  Word.PC,
  Word.NF,
  Word.ZF,
  Word.CF,
  Word.VF,
  Word.QF,
  Word.GE,
  Word.T,
  Word.ITSTATE,
];

describe('the world switch', () => {
  it('takes the live registers into the VMM, and of CPSR what the guest may change by itself', () => {
    const { real, virtual } = worlds();
    real[Word.PSR] = Mode.usr | Psr.E | Psr.I;
    virtual[Word.PSR] = Mode.irq | Psr.A;
    const before = virtual.slice();
    new World(real, virtual).enter();
    for (const word of LIVE) assert.equal(virtual[word], real[word], `word ${word}`);
    assert.equal(virtual[Word.PSR], Mode.irq | Psr.A | Psr.E);
    const allowed = new Set([...LIVE, Word.R15_READ, Word.PSR, Cp15.TPIDRURW]);
    assert.deepEqual(
      changed(before, virtual).filter((i) => !allowed.has(i)),
      [],
    );
  });

  it('gives them back to a CPU that stays in User mode, with the masks of the virtual one', () => {
    for (const [mode, context] of [
      [Mode.usr, GUEST_USER],
      [Mode.svc, GUEST_KERNEL],
      [Mode.sys, GUEST_KERNEL],
    ] as const) {
      const { real, virtual } = worlds();
      virtual[Word.PSR] = mode | Psr.A | Psr.F | Psr.E;
      virtual[Cp15.SCTLR] = SCTLR_A;
      virtual[Cp15.CNTKCTL] = -1;
      real[Cp15.SCTLR] = SCTLR_M;
      const before = real.slice();
      assert.equal(new World(real, virtual).leave(), context);
      for (const word of LIVE) assert.equal(real[word], virtual[word], `word ${word}`);
      assert.equal(real[Word.PSR], Mode.usr | Psr.A | Psr.F | Psr.E);
      assert.equal(real[Cp15.SCTLR], SCTLR_M | SCTLR_A);
      assert.equal(real[Cp15.CNTKCTL], CNTKCTL_EVNTEN, 'access of User mode to timers stays closed');
      const allowed = new Set([...LIVE, Word.R15_READ, Word.PSR, Word.FPEXC]);
      for (const name of ['TPIDRURW', 'TPIDRURO', 'SCTLR', 'CNTKCTL', 'CPACR'] as const) allowed.add(Cp15[name]);
      assert.deepEqual(
        changed(before, real).filter((i) => !allowed.has(i)),
        [],
      );
    }
  });

  it('opens floating point to User mode while the virtual CPU has access at its privilege level', () => {
    const { real, virtual } = worlds();
    virtual[Cp15.CPACR] = (5 << 20) | CPACR_ASEDIS;
    virtual[Word.FP_ACCESS] = FpAccess.VFP | FpAccess.lowRegisters;
    new World(real, virtual).leave();
    assert.equal(real[Word.FPEXC], FPEXC_EN);
    assert.equal(real[Cp15.CPACR], (0xf << 20) | CPACR_ASEDIS);
    virtual[Word.FP_ACCESS] = 0;
    new World(real, virtual).leave();
    assert.equal(real[Word.FPEXC], 0);
  });

  it('is its own inverse where nothing happened', () => {
    const { real, virtual } = worlds();
    virtual[Word.PSR] = Mode.svc | Psr.I;
    new World(real, virtual).leave();
    const [r, v] = [real.slice(), virtual.slice()];
    new World(real, virtual).enter();
    new World(real, virtual).leave();
    assert.deepEqual(changed(r, real), []);
    assert.deepEqual(changed(v, virtual), []);
  });

  it('carries the exclusive monitor over, at the address of each world', () => {
    const { real, virtual } = worlds();
    const toGuest = (pa: number): number => pa - 0x1000_0000;
    const toReal = (gpa: number): number => (gpa >= 0x4000_0000 ? gpa + 0x1000_0000 : -1);
    real[Word.EXCLUSIVE] = 8;
    real[Word.EXCLUSIVE_PA] = 0x9000_0010 | 0;
    real.set([7, 9], Word.EXCLUSIVE_VALUE);
    new World(real, virtual).enterMonitor(toGuest);
    assert.deepEqual([...virtual.slice(Word.EXCLUSIVE, Word.EXCLUSIVE + 4)], [8, 0x8000_0010 | 0, 7, 9]);
    virtual[Word.EXCLUSIVE] = 0;
    new World(real, virtual).leaveMonitor(toReal);
    assert.deepEqual([...real.slice(Word.EXCLUSIVE, Word.EXCLUSIVE + 4)], [0, 0x9000_0010 | 0, 7, 9]);
  });

  it('keeps a monitor that is set on a device, which the machine does not have', () => {
    const { real, virtual } = worlds();
    const toReal = (): number => -1;
    const toGuest = (): number => assert.fail('no such place');
    virtual[Word.EXCLUSIVE] = 4;
    virtual[Word.EXCLUSIVE_PA] = 0x0900_0000;
    new World(real, virtual).leaveMonitor(toReal);
    assert.equal(real[Word.EXCLUSIVE], 4);
    new World(real, virtual).enterMonitor(toGuest);
    assert.deepEqual([virtual[Word.EXCLUSIVE], virtual[Word.EXCLUSIVE_PA]], [4, 0x0900_0000]);
  });
});
