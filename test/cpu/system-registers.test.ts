/** CP14 and CP15: access rights at each privilege level, and what registers do beyond keeping a value (DDI 0406C B3.17, B4.1). */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Attention, Word } from '../../src/arm/state.js';
import { TimerKind, type GenericTimerPort } from '../../src/arm/timer-port.js';
import { cpuModels } from '../../src/cpu/models.js';
import {
  findSystemRegister,
  findSystemRegister64,
  hasRegister,
  systemRegisterNamed,
  systemRegisters,
  type SysregAccess,
  type SystemRegister,
} from '../../src/isa/sysreg.js';
import { predecode } from '../../src/ops/predecode.js';
import { RAM } from '../mem/rig.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';

class FakeTimer implements GenericTimerPort {
  readonly frequency = 24_000_000;
  readonly log: string[] = [];
  compare = { low: 1, high: 2 };
  counter(kind: number): number {
    return kind === TimerKind.physical ? 0x12_3456_789a : 0x98_7654_3210;
  }
  readControl(kind: number): number {
    return 4 | kind;
  }
  writeControl(kind: number, value: number): void {
    this.log.push(`ctl${kind}=${value}`);
  }
  readCompare(): { low: number; high: number } {
    return this.compare;
  }
  writeCompare(kind: number, low: number, high: number): void {
    this.log.push(`cval${kind}=${low},${high}`);
  }
  readTimerValue(kind: number): number {
    return -5 - kind;
  }
  writeTimerValue(kind: number, value: number): void {
    this.log.push(`tval${kind}=${value}`);
  }
}

/** MRC/MCR Rt = r0, MRRC/MCRR Rt = r0, Rt2 = r2, for a row. */
function word(row: SystemRegister, read: boolean): number {
  const { coproc, opc1, CRn, CRm, opc2 } = row;
  if (row.width === 64)
    return (0xec40_0000 | (read ? 1 << 20 : 0) | (2 << 16) | (coproc << 8) | (opc1 << 4) | CRm) >>> 0;
  return (0xee00_0010 | (read ? 1 << 20 : 0) | (opc1 << 21) | (CRn << 16) | (coproc << 8) | (opc2 << 5) | CRm) >>> 0;
}

const row = (name: string): SystemRegister => systemRegisterNamed(name)!;

/** Executes one access in `mode`; returns whether it was Undefined. */
function access(rig: CpuRig, name: string, read: boolean, mode: number, low = 0, high = 0): boolean {
  let undefined_ = false;
  rig.watch((exception) => {
    undefined_ = exception.kind === Exception.Undefined;
    return 0;
  });
  rig.psr(mode).arm([word(row(name), read)]);
  rig.setR(0, low).setR(2, high);
  rig.step();
  return undefined_;
}

function read(rig: CpuRig, name: string): number {
  assert.equal(access(rig, name, true, Mode.svc), false, `read of ${name}`);
  return rig.r(0);
}

function write(rig: CpuRig, name: string, low: number, high = 0): void {
  assert.equal(access(rig, name, false, Mode.svc, low, high), false, `write of ${name}`);
}

const allows = (access: SysregAccess, isRead: boolean): boolean => access === 'RW' || access === (isRead ? 'RO' : 'WO');

describe('access rights', () => {
  it('every register, read and write, at PL0 (controls closed) and PL1, is Undefined exactly where its row says', () => {
    for (const model of cpuModels.values()) {
      const rig = new CpuRig({ model, timer: new FakeTimer() });
      // TLB and cache operations by address take the address from r0: RAM.
      for (const r of systemRegisters) {
        const here =
          r.width === 64
            ? findSystemRegister64(r.coproc, r.opc1, r.CRm, model)
            : findSystemRegister(r.coproc, r.opc1, r.CRn, r.CRm, r.opc2, model);
        // A register of another model in this one's place has its own turn.
        if (here !== undefined && here !== r) continue;
        for (const isRead of [true, false]) {
          for (const [mode, right] of [
            [Mode.usr, r.PL0],
            [Mode.svc, r.PL1],
          ] as const) {
            rig.cpu.reset();
            if (r.PL0control === 'TEECR') rig.setCp15('TEECR', 1);
            if (r.PL0control === 'DBGDSCR') rig.state[Cp15.DBGDSCR] = 1 << 12;
            const open =
              here !== undefined &&
              allows(right, isRead) &&
              (mode === Mode.svc || r.PL0control === undefined) &&
              r.kind !== 'absent';
            // Writing SCTLR = r0 must not turn the MMU on.
            const refused = access(rig, r.name, isRead, mode, r.kind === 'operation' ? DATA : 0x20);
            assert.equal(
              refused,
              !open,
              `${model.name}: ${isRead ? 'read' : 'write'} of ${r.name} at ${mode === Mode.usr ? 'PL0' : 'PL1'}`,
            );
          }
        }
      }
    }
  });

  it('PL0 reaches the counters and timers that the controls open, no others', () => {
    const rig = new CpuRig({ timer: new FakeTimer() });
    const opens = (control: string, bit: number, names: readonly string[]): void => {
      for (const r of systemRegisters.filter(({ PL0control }) => PL0control !== undefined)) {
        if (r.PL0control === 'TEECR' || r.PL0control === 'DBGDSCR') continue;
        rig.cpu.reset();
        rig.setCp15(control, bit);
        const right = allows(r.PL0, true) && hasRegister(rig.cpu.model, r);
        if (right)
          assert.equal(
            !access(rig, r.name, true, Mode.usr),
            names.includes(r.name),
            `${r.name} with ${control}=${bit}`,
          );
      }
    };
    opens('CNTKCTL', 1 << 0, ['CNTFRQ', 'CNTPCT']);
    opens('CNTKCTL', 1 << 1, ['CNTFRQ', 'CNTVCT']);
    opens('CNTKCTL', 1 << 8, ['CNTV_TVAL', 'CNTV_CTL', 'CNTV_CVAL']);
    opens('CNTKCTL', 1 << 9, ['CNTP_TVAL', 'CNTP_CTL', 'CNTP_CVAL']);
    const pmu = systemRegisters.filter(({ PL0control }) => PL0control === 'PMUSERENR').map(({ name }) => name);
    opens('PMUSERENR', 1, pmu);
  });

  it('other coprocessors and unknown encodings are Undefined at PL1', () => {
    const rig = new CpuRig().psr(Mode.svc);
    const seen = rig.watch();
    for (const unknown of [0xee11_0ff0, 0xee1f_0f1f, 0xee1d_0fd0, 0xee10_0711, 0xec52_0f03, 0xec52_0e00]) {
      seen.length = 0;
      rig.psr(Mode.svc).arm([unknown]).step();
      assert.equal(seen[0]?.kind, Exception.Undefined, unknown.toString(16));
    }
  });

  it('without a timer the generic timer is Undefined', () => {
    const rig = new CpuRig();
    assert.equal(access(rig, 'CNTPCT', true, Mode.svc), true);
    assert.equal(access(rig, 'CNTV_CTL', true, Mode.svc), true);
  });
});

/** Of a model's registers, those that VMRS reads. */
const FLOATING_POINT = ['FPSID', 'MVFR0', 'MVFR1'];

describe('values', () => {
  it('identification, of each model', () => {
    for (const model of cpuModels.values()) {
      const rig = new CpuRig({ model, timer: Object.assign(new FakeTimer(), { frequency: model.registers.CNTFRQ }) });
      for (const [name, value] of Object.entries(model.registers))
        if (!FLOATING_POINT.includes(name)) assert.equal(read(rig, name), value >>> 0, `${model.name} ${name}`);
    }
  });

  it('every row that leaves its reset value to the model has one in each, and none is left over', () => {
    for (const model of cpuModels.values()) {
      const names = systemRegisters
        .filter((row) => row.reset === 'model' && row.name !== 'CCSIDR' && hasRegister(model, row))
        .map(({ name }) => name);
      assert.deepEqual(Object.keys(model.registers).sort(), [...names, ...FLOATING_POINT].sort(), model.name);
    }
  });

  it('CCSIDR is that of the cache that CSSELR selects', () => {
    const rig = new CpuRig();
    const seen: number[] = [];
    for (let selection = 0; selection < 4; selection++) {
      write(rig, 'CSSELR', selection);
      seen.push(read(rig, 'CCSIDR'));
    }
    assert.deepEqual(seen, [0x701f_e00a, 0x201f_e00a, 0x711f_e07a, 0]);
  });

  /** What PL1 reads back after writing ones, as measured on QEMU 7.2 or by the manual where a comment says so. */
  const KEPT: Readonly<Record<string, number>> = {
    CPACR: 0xc0f0_0000,
    TTBCR: 0xffc7_3f87,
    DACR: 0xffff_ffff,
    DFSR: 0xffff_ffff,
    IFSR: 0xffff_ffff,
    VBAR: 0xffff_ffe0,
    ACTLR: 0,
    PAR: 0xffff_ffff,
    PMCR: 0x410f_3039, // E, D, X, DP: PMUv2 has no more (C12.8.7)
    PMCNTENSET: 0x8000_003f,
    PMSELR: 31,
    PMUSERENR: 1,
    PMINTENSET: 0x8000_003f,
    CNTKCTL: 0xffff_ffff,
    CNTFRQ: 0xffff_ffff,
    L2CTLR: 0x0080_0000,
    TEECR: 1,
    TEEHBR: 0xffff_ffff,
    TPIDRURW: 0xffff_ffff,
    CONTEXTIDR: 0xffff_ffff,
  };
  it('bits that registers keep', () => {
    for (const [name, kept] of Object.entries(KEPT)) {
      const rig = new CpuRig({ timer: new FakeTimer() });
      write(rig, name, -1);
      assert.equal(read(rig, name).toString(16), kept.toString(16), name);
    }
  });

  it('TTBCR keeps N alone in the short format', () => {
    const rig = new CpuRig();
    write(rig, 'TTBCR', 0x7fff_ffff);
    assert.equal(read(rig, 'TTBCR'), 7);
  });

  it('a 32-bit write of TTBR0 clears the high word', () => {
    const rig = new CpuRig();
    write(rig, 'TTBR0_64', 0x1111, 0x22);
    read(rig, 'TTBR0_64');
    assert.deepEqual([rig.r(0), rig.r(2)], [0x1111, 0x22]);
    assert.equal(read(rig, 'TTBR0'), 0x1111);
    write(rig, 'TTBR0', 0x3333);
    read(rig, 'TTBR0_64');
    assert.deepEqual([rig.r(0), rig.r(2)], [0x3333, 0]);
  });

  it('MAIR0 is PRRR, MAIR1 is NMRR', () => {
    const rig = new CpuRig();
    write(rig, 'PRRR', 0x1234);
    assert.equal(rig.cp15('MAIR0'), 0x1234);
  });

  it('ISR shows pending interrupts, masked or not', () => {
    const rig = new CpuRig();
    rig.cpu.irqLine = true;
    assert.equal(read(rig, 'ISR'), 1 << 7);
    rig.cpu.fiqLine = true;
    rig.psr(Mode.svc, Psr.I | Psr.F);
    assert.equal(rig.cp15('ISR'), (1 << 7) | (1 << 6));
  });

  it('the OS lock and the claim tags', () => {
    const rig = new CpuRig();
    assert.equal(read(rig, 'DBGOSLSR'), 0xa);
    write(rig, 'DBGOSLAR', 0);
    assert.equal(read(rig, 'DBGOSLSR'), 8);
    write(rig, 'DBGOSLAR', 0xc5ac_ce55);
    assert.equal(read(rig, 'DBGOSLSR'), 0xa);
    assert.equal(read(rig, 'DBGCLAIMSET'), 0xff);
    write(rig, 'DBGCLAIMSET', 0x105);
    write(rig, 'DBGCLAIMCLR', 0x04);
    assert.equal(read(rig, 'DBGCLAIMCLR'), 1);
  });
});

describe('memory control', () => {
  it('turning the MMU on takes effect at the next instruction, and asks the engine to leave', () => {
    const rig = new CpuRig().psr(Mode.svc);
    rig.first(CODE, CODE | 0xc02);
    rig.first(0x1230_0000, (DATA & 0xfff0_0000) | 0xc02);
    rig.poke(DATA, 0xfeed);
    rig.setCp15('TTBR0', RAM).setCp15('DACR', 1);
    rig.arm([word(row('SCTLR'), false), 0xe591_3000]); // MCR SCTLR; LDR r3, [r1]
    rig.setR(0, rig.cp15('SCTLR') | 1).setR(1, 0x1230_0000 | (DATA & 0xf_ffff));
    rig.step();
    assert.equal(rig.state[Word.ATTENTION], 0, 'the engine has left and cleared it');
    rig.step();
    assert.equal(rig.r(3), 0xfeed);
  });

  it('a stale translation lives until it is invalidated, by address or altogether', () => {
    for (const operation of ['TLBIALL', 'TLBIMVA', 'TLBIMVAA', 'DTLBIMVA', 'TLBIASID', 'TLBIALLIS'] as const) {
      const rig = new CpuRig().psr(Mode.svc);
      rig.poke(DATA, 0x1111);
      rig.poke(DATA + 0x1000, 0x2222);
      const va = 0x5000_0000;
      rig.first(CODE, CODE | 0xc02);
      const nonGlobal = operation === 'TLBIASID' ? 1 << 11 : 0;
      rig.small(va, DATA, 0x32 | nonGlobal);
      rig
        .setCp15('TTBR0', RAM)
        .setCp15('DACR', 1)
        .setCp15('SCTLR', rig.cp15('SCTLR') | 1);
      const load = (): number => {
        rig.arm([0xe591_0000]).setR(1, va).step();
        return rig.r(0);
      };
      assert.equal(load(), 0x1111);
      rig.small(va, DATA + 0x1000, 0x32 | nonGlobal);
      assert.equal(load(), 0x1111, 'still cached');
      write(rig, operation, operation === 'TLBIASID' ? 0 : va);
      assert.equal(load(), 0x2222, operation);
    }
  });

  it('address translation operations report to PAR, short format', () => {
    const rig = new CpuRig().psr(Mode.svc);
    rig.first(CODE, CODE | 0xc02);
    rig.small(0x5000_0000, DATA, 0x12); // AP = 01: PL1 only
    rig
      .setCp15('TTBR0', RAM)
      .setCp15('DACR', 1)
      .setCp15('SCTLR', rig.cp15('SCTLR') | 1);
    write(rig, 'ATS1CPR', 0x5000_0123);
    assert.equal(read(rig, 'PAR') & 0xffff_f001, DATA);
    write(rig, 'ATS1CUR', 0x5000_0123);
    assert.equal(read(rig, 'PAR') & 0x7f, (0b01111 << 1) | 1, 'permission fault, level 2');
    write(rig, 'ATS1CPW', 0x5010_0000);
    assert.equal(read(rig, 'PAR') & 0x7f, (0b00101 << 1) | 1, 'translation fault, level 1');
  });

  it('maintenance by address takes translation faults as cache maintenance faults, not permission faults', () => {
    const rig = new CpuRig().psr(Mode.svc);
    rig.first(CODE, CODE | 0xc02);
    rig.small(0x5000_0000, DATA, 0x32 & ~0x30); // AP = 00: no access
    rig
      .setCp15('TTBR0', RAM)
      .setCp15('DACR', 1)
      .setCp15('SCTLR', rig.cp15('SCTLR') | 1);
    const seen = rig.watch();
    for (const name of ['DCIMVAC', 'DCCMVAC', 'DCCMVAU', 'DCCIMVAC', 'ICIMVAU']) {
      rig
        .psr(Mode.svc)
        .arm([word(row(name), false)])
        .setR(0, 0x6000_0000);
      seen.length = 0;
      rig.step();
      assert.equal(seen[0]?.kind, Exception.DataAbort, name);
      assert.equal(seen[0].maintenance, true);
      assert.equal(rig.cp15('DFSR'), 0x2805);
      assert.equal(rig.cp15('DFAR'), 0x6000_0000);
      rig
        .psr(Mode.svc)
        .arm([word(row(name), false)])
        .setR(0, 0x5000_0000);
      seen.length = 0;
      rig.step();
      assert.equal(seen.length, 0, name);
    }
    // Set/way and whole-cache operations never fault.
    for (const name of ['DCISW', 'DCCSW', 'DCCISW', 'ICIALLU', 'BPIALL', 'BPIMVA']) {
      rig
        .psr(Mode.svc)
        .arm([word(row(name), false)])
        .setR(0, 0x6000_0000)
        .step();
      assert.equal(seen.length, 0, name);
    }
  });

  it('SCTLR.CP15BEN makes the CP15 barriers Undefined', () => {
    const rig = new CpuRig();
    write(rig, 'CP15ISB', 0);
    write(rig, 'SCTLR', rig.cp15('SCTLR') & ~(1 << 5));
    assert.equal(access(rig, 'CP15ISB', false, Mode.svc), true);
  });

  it('a store to SCTLR.EE, TE or V changes the next exception, not the present state', () => {
    const rig = new CpuRig();
    write(rig, 'SCTLR', rig.cp15('SCTLR') | (1 << 25) | (1 << 30) | (1 << 13));
    assert.equal(rig.cpsr & (Psr.E | Psr.T), 0);
    rig.arm([0xef00_0000]).step();
    assert.equal(rig.pc, 0xffff_0008);
    assert.equal(rig.cpsr & (Psr.E | Psr.T), Psr.E | Psr.T);
  });
});

describe('generic timer registers', () => {
  it('reach the timer', () => {
    const timer = new FakeTimer();
    const rig = new CpuRig({ timer });
    assert.equal(read(rig, 'CNTFRQ'), timer.frequency);
    read(rig, 'CNTPCT');
    assert.deepEqual([rig.r(0), rig.r(2)], [0x3456_789a, 0x12]);
    read(rig, 'CNTVCT');
    assert.deepEqual([rig.r(0), rig.r(2)], [0x7654_3210, 0x98]);
    assert.equal(read(rig, 'CNTP_TVAL') | 0, -5);
    assert.equal(read(rig, 'CNTV_TVAL') | 0, -6);
    assert.equal(read(rig, 'CNTV_CTL'), 5);
    read(rig, 'CNTP_CVAL');
    assert.deepEqual([rig.r(0), rig.r(2)], [1, 2]);
    write(rig, 'CNTP_CTL', 1);
    write(rig, 'CNTV_TVAL', 100);
    write(rig, 'CNTV_CVAL', 3, 4);
    assert.deepEqual(timer.log, ['ctl0=1', 'tval1=100', 'cval1=3,4']);
  });
});

describe('performance monitors', () => {
  it('PMCCNTR counts instructions while enabled, by 64 with PMCR.D, and keeps its value when stopped', () => {
    let n = 1000;
    const rig = new CpuRig({ instructions: () => n });
    const counter = (): number => rig.cp15('PMCCNTR');
    assert.equal(counter(), 0);
    n += 50;
    assert.equal(counter(), 0, 'not enabled');
    rig.setCp15('PMCNTENSET', 1 << 31).setCp15('PMCR', 1);
    n += 100;
    assert.equal(counter(), 100);
    rig.setCp15('PMCR', 0);
    n += 100;
    assert.equal(counter(), 100);
    rig.setCp15('PMCR', 1 | 4);
    assert.equal(counter(), 0, 'C resets');
    n += 7;
    assert.equal(counter(), 7);
    rig.setCp15('PMCR', 1 | 8);
    n += 640;
    assert.equal(counter(), 17);
    rig.setCp15('PMCCNTR', 0xffff_fff0).setCp15('PMCR', 1);
    assert.equal(rig.cp15('PMOVSR'), 0);
    n += 0x20;
    assert.equal(counter(), 0x10);
    assert.equal(rig.cp15('PMOVSR') >>> 31, 1);
    rig.setCp15('PMOVSR', 1 << 31);
    assert.equal(rig.cp15('PMOVSR'), 0);
  });

  it('event counters count instructions, cycles and software increments', () => {
    let n = 0;
    const rig = new CpuRig({ instructions: () => n });
    [0x08, 0x11, 0x00, 0x03].forEach((event, i) => rig.setCp15('PMSELR', i).setCp15('PMXEVTYPER', event));
    rig.setCp15('PMCNTENSET', 0xf).setCp15('PMCR', 1);
    n += 42;
    rig.setCp15('PMSWINC', 0xf).setCp15('PMSWINC', 0x4);
    const values = [0, 1, 2, 3].map((i) => rig.setCp15('PMSELR', i).cp15('PMXEVCNTR'));
    assert.deepEqual(values, [42, 42, 2, 0]);
    rig.setCp15('PMCNTENCLR', 1);
    n += 8;
    assert.equal(rig.setCp15('PMSELR', 0).cp15('PMXEVCNTR'), 42);
    assert.equal(rig.setCp15('PMSELR', 1).cp15('PMXEVCNTR'), 50);
    rig.setCp15('PMCR', 1 | 2);
    assert.equal(rig.cp15('PMXEVCNTR'), 0);
    assert.equal(rig.setCp15('PMSELR', 9).cp15('PMXEVCNTR'), 0, 'no such counter');
  });
});

describe('transfers without their instruction', () => {
  /** Words that engines use for themselves. */
  const engines = new Set<number>([Word.R15_READ, Word.COUNT, Word.ATTENTION]);

  it('leave what MRC, MCR, MRRC and MCRR leave, on every model; there are none of what may take an exception, or is a word or a constant', () => {
    for (const model of cpuModels.values()) {
      const timers = [new FakeTimer(), new FakeTimer()];
      const [executes, transfers] = timers.map((timer) => new CpuRig({ model, timer, instructions: () => 1234 }));
      const found = new Set<string>();
      for (const r of systemRegisters) {
        if (!hasRegister(model, r)) continue;
        for (const isRead of [true, false]) {
          for (const rig of [executes, transfers]) {
            rig.cpu.reset();
            rig.psr(Mode.svc).arm([word(r, isRead)]);
            // Writing SCTLR = r0 must not turn the MMU on.
            rig.setR(0, 0x20).setR(2, 0x30);
          }
          const { operation, operands } = predecode('A32', word(r, isRead), model.features);
          assert.ok(operation, r.name);
          const transfer = transfers.cpu.systemTransfer(operation.name, operands);
          if (transfer === undefined) continue;
          assert.ok(allows(r.PL1, isRead), `${r.name} may not be ${isRead ? 'read' : 'written'}`);
          assert.notEqual(r.kind, 'operation', r.name);
          assert.equal(transfers.cpu.shortForm(operation.name, operands), undefined, r.name);
          found.add(`${isRead ? 'read' : 'write'} ${r.name}`);
          transfer(transfers.state);
          transfers.cpu.skip(4);
          executes.step();
          const difference = executes.state.findIndex((w, i) => !engines.has(i) && w !== transfers.state[i]);
          assert.equal(difference, -1, `${model.name}, ${isRead ? 'read' : 'write'} of ${r.name}: word ${difference}`);
          assert.deepEqual(timers[1].log, timers[0].log);
        }
      }
      for (const name of ['write SCTLR', 'write TTBR0', 'write DACR', 'write CONTEXTIDR'])
        assert.ok(found.has(name), name);
      assert.equal(found.has('read CNTVCT') && found.has('write CNTV_CVAL'), hasRegister(model, row('CNTVCT')));
      assert.equal(found.has('read TTBR0') || found.has('write TPIDRPRW'), false);
    }
  });

  it('there is none to R15, which sets flags', () => {
    const { cpu } = new CpuRig({ timer: new FakeTimer() });
    const { operation, operands } = predecode('A32', word(row('CNTV_TVAL'), true));
    assert.ok(operation);
    assert.notEqual(cpu.systemTransfer(operation.name, operands), undefined);
    assert.equal(cpu.systemTransfer(operation.name, { ...operands, t: 15 }), undefined);
  });
});

describe('attention', () => {
  it('TLB operations, table bases and SCTLR make the engine look again', () => {
    for (const name of ['TLBIALL', 'TTBR0', 'SCTLR', 'DACR', 'TTBCR']) {
      const rig = new CpuRig().psr(Mode.svc);
      rig.state[Word.ATTENTION] = 0;
      rig.setCp15(name, name === 'SCTLR' ? rig.cp15('SCTLR') : 1);
      assert.equal(rig.state[Word.ATTENTION] & Attention.context, Attention.context, name);
    }
  });
});
