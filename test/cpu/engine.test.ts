/** The reference engine's run loop, and execution of single words on behalf of a monitor. */
import assert from 'node:assert/strict';
import { Stop } from '../../src/arm/engine.js';
import { Disposition, Exception, FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Attention, Word } from '../../src/arm/state.js';
import { PatchKind } from '../../src/arm/engine.js';
import type { Patch } from '../../src/mem/ports.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';
import { RAM } from '../mem/rig.js';

const NOP = 0xe320_f000;
const ADD = 0xe280_0001; // ADD r0, r0, #1
const SELF = 0xeaff_fffe; // B .
const WFI = 0xe320_f003;
const WFE = 0xe320_f002;
const SEV = 0xe320_f004;

describe('the run loop', () => {
  it('executes exactly the budget, across taken branches', () => {
    const rig = new CpuRig().arm([ADD, 0xeaff_fffd]); // ADD; B .-4
    for (const budget of [1, 2, 3, 1000, 1001]) {
      const before = rig.r(0);
      const odd = rig.pc === CODE;
      assert.equal(rig.engine.run(budget, false), Stop.Budget);
      assert.equal(rig.state[Word.COUNT], 0);
      assert.equal(rig.r(0) - before, odd ? Math.ceil(budget / 2) : Math.floor(budget / 2));
    }
  });

  it('counts failed conditions and exceptions as attempts', () => {
    const rig = new CpuRig().psr(Mode.svc).arm([0x0280_0001, 0xef00_0000]); // ADDEQ; SVC
    rig.setCp15('VBAR', CODE);
    rig.poke(CODE + 8, NOP);
    rig.engine.run(3, false);
    assert.equal(rig.pc, CODE + 12);
    assert.equal(rig.r(0), 0);
  });

  it('stops before a breakpoint, unless told to skip it once', () => {
    const rig = new CpuRig().arm([ADD, ADD, SELF]);
    rig.breakpoints.add(CODE + 4);
    assert.equal(rig.engine.run(10, false), Stop.Breakpoint);
    assert.deepEqual([rig.pc, rig.r(0), rig.state[Word.COUNT]], [CODE + 4, 1, 9]);
    assert.equal(rig.engine.run(10, false), Stop.Breakpoint);
    assert.equal(rig.state[Word.COUNT], 10);
    assert.equal(rig.engine.run(3, true), Stop.Budget);
    assert.equal(rig.r(0), 2);
    rig.breakpoints.delete(CODE + 4);
    assert.equal(rig.start(CODE, false).engine.run(3, false), Stop.Budget);
  });

  it('a repaired fault does not stop at the breakpoint that was just skipped', () => {
    const rig = new CpuRig().arm([0xe591_0000, SELF]).setR(1, 0x2000_0000);
    rig.breakpoints.add(CODE);
    rig.watch(() => {
      rig.setR(1, DATA);
      return Disposition.Retry;
    });
    assert.equal(rig.engine.run(2, true), Stop.Budget);
    assert.equal(rig.pc, CODE + 4);
  });

  it('sees a store to the next instruction', () => {
    const rig = new CpuRig()
      .arm([0xe581_2000, NOP, NOP])
      .setR(1, CODE + 4)
      .setR(2, ADD);
    rig.engine.run(2, false);
    assert.equal(rig.r(0), 1);
  });

  it('leaves when an interrupt line rises during an instruction, or on request', () => {
    const rig = new CpuRig().psr(Mode.svc).arm([0xef00_0000, NOP]);
    rig.watch(() => {
      rig.cpu.irqLine = true;
      rig.cpu.branchTo(CODE + 4);
      return Disposition.Resume;
    });
    assert.equal(rig.engine.run(10, false), Stop.Attention);
    assert.equal(rig.state[Word.COUNT], 9);
    rig.cpu.irqLine = false;
    rig.start(CODE + 4, false);
    rig.cpu.requestStop();
    assert.equal(rig.engine.run(10, false), Stop.Host);
    assert.equal(rig.state[Word.COUNT], 10);
    assert.equal(rig.state[Word.ATTENTION] & Attention.host, 0);
  });
});

describe('WFI and WFE', () => {
  it('WFI waits behind itself until a line rises, masked or not', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.I).arm([WFI, ADD, SELF]);
    assert.equal(rig.engine.run(10, false), Stop.WaitForInterrupt);
    assert.deepEqual([rig.pc, rig.state[Word.COUNT]], [CODE + 4, 9]);
    assert.equal(rig.engine.run(10, false), Stop.WaitForInterrupt);
    assert.equal(rig.state[Word.COUNT], 10);
    rig.cpu.irqLine = true;
    assert.equal(rig.engine.run(1, false), Stop.Budget);
    assert.equal(rig.r(0), 1);
  });

  it('WFI does not wait while a line is up', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.I).arm([WFI, ADD]);
    rig.cpu.irqLine = true;
    assert.equal(rig.engine.run(2, false), Stop.Budget);
    assert.equal(rig.r(0), 1);
  });

  it('WFE passes an event that was sent, then waits; a masked interrupt does not wake it, an unmasked one does', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.I).arm([SEV, WFE, ADD, WFE, ADD]);
    assert.equal(rig.engine.run(10, false), Stop.WaitForInterrupt);
    assert.equal(rig.r(0), 1);
    rig.cpu.irqLine = true;
    assert.equal(rig.cpu.sleeping, true);
    rig.psr(Mode.svc);
    assert.equal(rig.cpu.sleeping, false);
    assert.equal(rig.cpu.deliverInterrupts(), true);
    assert.equal(rig.r(14), CODE + 16 + 4);
  });

  it('WFE does not wait with the event stream enabled', () => {
    const rig = new CpuRig().psr(Mode.svc).arm([WFE, ADD]);
    rig.setCp15('CNTKCTL', 4);
    assert.equal(rig.engine.run(2, false), Stop.Budget);
  });

  it('a snapshot keeps sleep, event and lines', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.I).arm([WFI, ADD]);
    rig.engine.run(10, false);
    const saved = rig.cpu.save();
    rig.cpu.irqLine = true;
    assert.equal(rig.cpu.sleeping, false);
    rig.cpu.restore(saved);
    assert.equal(rig.cpu.sleeping, true);
    assert.equal(rig.cpu.irqLine, false);
    rig.cpu.wake();
    assert.equal(rig.cpu.sleeping, false);
  });
});

describe('Thumb', () => {
  it('executes an IT block by its conditions and leaves it', () => {
    const rig = new CpuRig().psr(Mode.svc, Psr.T | Psr.Z);
    // ITTEE EQ; ADDS r0, #1 (four times, ADD in the block); ADDS r0, #16
    rig.thumbCode([0xbf07, 0x3001, 0x3002, 0x3004, 0x3008, 0x3010]);
    rig.step(5);
    assert.equal(rig.r(0), 3);
    assert.equal(rig.cpsr & Psr.Z, Psr.Z, 'no flags in the block');
    assert.equal(rig.state[Word.ITSTATE], 0);
    rig.step();
    assert.equal(rig.r(0), 0x13);
    assert.equal(rig.cpsr & Psr.Z, 0);
  });

  it('an IT block may lie across two runs, and across an exception return', () => {
    const rig = new CpuRig().psr(Mode.usr, Psr.T | Psr.Z);
    rig.setCp15('VBAR', RAM + 0x8000);
    rig.poke(RAM + 0x8008, 0xe1b0_f00e); // MOVS pc, lr
    rig.thumbCode([0xbf02, 0x3001, 0xdf00, 0x3004, 0x3010]); // ITTT EQ; ADD; SVC; ADD | ADDS
    for (let i = 0; i < 6; i++) rig.step();
    assert.equal(rig.r(0), 0x15);
    assert.equal(rig.cpsr & Psr.M, Mode.usr);
  });

  it('a 32-bit instruction across a page end', () => {
    const rig = new CpuRig();
    rig.thumbCode([0xf100, 0x0007], CODE + 0xffe); // ADD.W r0, r0, #7
    rig.step();
    assert.equal(rig.r(0), 7);
    assert.equal(rig.pc, CODE + 0x1002);
  });

  it('interworking changes the state, and only there', () => {
    const rig = new CpuRig()
      .psr(Mode.svc)
      .arm([0xe12f_ff11])
      .setR(1, CODE + 0x101); // BX r1
    rig.step();
    assert.deepEqual([rig.pc, rig.cpsr & Psr.T], [CODE + 0x100, Psr.T]);
    rig
      .thumbCode([0x4708], CODE + 0x100)
      .setR(1, CODE + 0x200)
      .step(); // BX r1
    assert.deepEqual([rig.pc, rig.cpsr & Psr.T], [CODE + 0x200, 0]);
  });
});

describe('the fetch overlay', () => {
  it('plants words that loads do not see, and counts those that only count', () => {
    const rig = new CpuRig().arm([NOP, 0xe591_2000, NOP, SELF]).setR(1, CODE);
    const seen = rig.watch(() => {
      rig.cpu.branchTo(CODE + 4);
      return Disposition.Resume;
    });
    const patch: Patch = {
      pa: CODE,
      thumb: 0,
      context: 0,
      length: 4,
      original: NOP,
      planted: 0xef00_0000 | 0, // SVC
      kind: PatchKind.trap,
      count: 0,
    };
    const counted: Patch = { ...patch, pa: CODE + 8, kind: PatchKind.counted };
    rig.overlay.install(patch);
    rig.overlay.install(counted);
    rig.engine.run(3, false);
    assert.deepEqual([seen.length, seen[0].kind, seen[0].word], [1, Exception.SupervisorCall, 0xef00_0000 | 0]);
    assert.equal(rig.r(2), NOP);
    assert.equal(counted.count, 1);
    assert.equal(patch.count, 0);
    rig.overlay.remove(CODE, 0, 0);
    rig.start(CODE, false).engine.run(1, false);
    assert.equal(seen.length, 1);
  });
});

describe('a word that was fetched before', () => {
  it('is executed as if it stood at PC, which moves past it', () => {
    const rig = new CpuRig().psr(Mode.usr).arm([SELF]);
    rig.setR(1, DATA).setR(2, 0x99).poke(DATA, 0x77);
    rig.cpu.executeFetched(0xe4b1_3004 | 0, 4); // LDRT r3, [r1], #4
    assert.deepEqual([rig.r(3), rig.r(1), rig.pc], [0x77, DATA + 4, CODE + 4]);
    rig.cpu.executeFetched(0xe5a1_2008 | 0, 4); // STR r2, [r1, #8]!
    assert.deepEqual([rig.peek(DATA + 12), rig.r(1), rig.pc], [0x99, DATA + 12, CODE + 8]);
  });

  it('takes its exceptions at PC', () => {
    const rig = new CpuRig().psr(Mode.usr).arm([SELF]).setR(1, -0x8000_0000);
    rig.setCp15('VBAR', CODE + 0x100);
    const seen = rig.watch();
    rig.cpu.executeFetched(0xe4b1_3004 | 0, 4);
    const [abort] = seen;
    assert.deepEqual([abort.kind, abort.fault, abort.address], [Exception.DataAbort, FaultType.External, 0x8000_0000]);
    assert.deepEqual([abort.pc, abort.word, abort.length], [CODE, 0xe4b1_3004 | 0, 4]);
    assert.deepEqual([rig.pc, rig.cpsr & Psr.M, rig.r(1)], [CODE + 0x110, Mode.abt, 0x8000_0000]);
    rig.cpu.executeFetched(0xef00_0012 | 0, 4); // SVC
    assert.deepEqual([seen[1].kind, seen[1].pc, rig.pc], [Exception.SupervisorCall, CODE + 0x110, CODE + 0x108]);
  });

  it('leaves the processor between instructions, if Undefined', () => {
    const rig = new CpuRig().psr(Mode.usr).arm([SELF]);
    const seen = rig.watch(() => Disposition.Resume);
    rig.cpu.executeFetched(0xf7ff_ffff | 0, 4);
    assert.deepEqual([seen.length, seen[0].kind, rig.pc], [1, Exception.Undefined, CODE]);
    rig.cpu.branchTo(CODE + 0x40);
    assert.equal(rig.pc, CODE + 0x40);
  });

  it('heeds condition and ITSTATE, and tells T16 from T32 by its length', () => {
    const rig = new CpuRig().psr(Mode.usr, Psr.Z).thumbCode([0xe7fe]);
    rig.state[Word.ITSTATE] = 0x04; // EQ for one, then EQ
    rig.cpu.executeFetched(0x3001, 2); // ADD r0, #1
    assert.deepEqual([rig.r(0), rig.pc, rig.state[Word.ITSTATE]], [1, CODE + 2, 0x08]);
    rig.state[Word.ITSTATE] = 0x18; // NE for one
    rig.cpu.executeFetched(0xf100_0007 | 0, 4);
    assert.deepEqual([rig.r(0), rig.pc, rig.state[Word.ITSTATE]], [1, CODE + 6, 0]);
  });
});

describe('firmware', () => {
  it('serves HVC at PL1, which then completes; without it, or at PL0, HVC is Undefined', () => {
    const rig = new CpuRig().psr(Mode.svc).arm([0xe140_0070, ADD]);
    const calls: number[] = [];
    rig.cpu.firmware = {
      hypervisorCall: (immediate) => calls.push(immediate) > 0,
      secureMonitorCall: () => false,
      semihosting: () => false,
    };
    rig.engine.run(2, false);
    assert.deepEqual(calls, [0]);
    assert.deepEqual([rig.pc, rig.r(0)], [CODE + 8, 1]);
    const seen = rig.watch();
    rig.psr(Mode.usr).start(CODE, false).step();
    assert.equal(seen[0].kind, Exception.Undefined);
    rig.psr(Mode.svc).arm([0xe160_0070]).step(); // SMC
    assert.equal(seen[1].kind, Exception.Undefined);
    assert.equal(calls.length, 1);
  });
});
