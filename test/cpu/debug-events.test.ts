/**
 * Debug events of the guest's own debug registers (DDI 0406C C3, C11) by the reference: random settings against QEMU, and by the manual what
 * QEMU does not do or does otherwise.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { MethodOfEntry } from '../../src/arm/debug-registers.js';
import { Exception, FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { arm1176, cortexA15, cortexA7, cortexA8, cpuModels, type CpuModel } from '../../src/cpu/models.js';
import { ASSEMBLER } from '../support/assemble.js';
import { CODE, CpuRig, DATA, RAM } from '../support/cpu-rig.js';
import { debugProgram, eventsBySetting, exclusiveStores, randomSettings } from '../support/debug-program.js';
import { runOnQemu, runOnReference } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

const DFSR_WnR = 1 << 11;
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const SETTINGS = Number(process.env.TRAPLINE_SETTINGS ?? 300);

describe('debug events against QEMU', () => {
  for (const model of [cortexA15, cortexA7]) {
    it(`breakpoints and watchpoints, linked or not, in every mode: ${model.name}`, function () {
      need(this, ...ASSEMBLER, 'qemu-system-arm');
      this.timeout(120_000);
      const settings = randomSettings(SETTINGS, SEED + (model === cortexA7 ? 1000 : 0));
      // WnR: QEMU leaves it clear; see below.
      const program = debugProgram(settings, { without: DFSR_WnR });
      const expected = eventsBySetting(runOnQemu(program, model.name));
      // A store-exclusive loads, too, in QEMU. (What it would store is there already.)
      const exclusive = exclusiveStores(program).map((at) => at.toString(16));
      assert.equal(exclusive.length, 2);
      settings.forEach((setting, i) => {
        const loads = [setting.DBGWCR0, setting.DBGWCR1].some((WCR = 0) => ((WCR >>> 3) & 3) === 1);
        if (loads)
          expected[i] = expected[i].filter(
            (event) => !exclusive.includes(event.slice(0, 8)) || !event.endsWith(' 8028'),
          );
      });
      const actual = eventsBySetting(runOnReference(new CpuRig({ model }), program));
      settings.forEach((setting, i) => {
        const text = Object.entries(setting).map(([name, value]) => `${name}=${(value >>> 0).toString(16)}`);
        assert.deepEqual(actual[i], expected[i], `seed ${SEED}, setting ${i}: ${text.join(' ')}`);
      });
      assert.equal(actual.length, settings.length);
      const events = expected.flat().filter((event) => event.includes(' '));
      assert.ok(2 * events.length > settings.length, `${events.length} events`);
    });
  }
});

const MDBGen = 1 << 15;
const MDBG_WORD = Cp15.DBGDSCR;
const OSLOCK_KEY = 0xc5ac_ce55;
const E = 1;
/** PMC and PAC. */
const PL1 = 1 << 1;
const PL0 = 2 << 1;
const ANY = 3 << 1;
const bas = (bytes: number): number => bytes << 5;
const WORD = bas(0xf);
const type = (BT: number): number => BT << 20;
const link = (n: number): number => n << 16;
const LOAD = 1 << 3;
const STORE = 2 << 3;
const NOPS = 'nop\n'.repeat(16);

/** A processor in monitor debug-mode, in Supervisor mode, with its exceptions. */
class DebugRig extends CpuRig {
  readonly seen = this.watch();

  constructor(model: CpuModel = cortexA15) {
    super({ model });
    this.psr(Mode.svc, Psr.A | Psr.I | Psr.F);
    this.enable();
  }

  enable(): this {
    const v7 = this.cpu.model !== arm1176;
    if (v7) this.setCp15('DBGOSLAR', 0);
    return this.setCp15(v7 ? 'DBGDSCRext' : 'DSCR', MDBGen);
  }

  breakpoint(n: number, value: number, control: number): this {
    return this.setCp15(`DBGBVR${n}`, value).setCp15(`DBGBCR${n}`, control | E);
  }

  watchpoint(n: number, value: number, control: number): this {
    return this.setCp15(`DBGWVR${n}`, value).setCp15(`DBGWCR${n}`, control | E);
  }

  /** Puts the processor into a mode at an address of {@link CODE}'s program. */
  at(offset: number, mode: number = Mode.svc, thumb = false): this {
    this.psr(mode, Psr.A | Psr.I | Psr.F | (thumb ? Psr.T : 0));
    return this.start(CODE + offset, thumb);
  }

  /** Whether the next instruction has a debug event. */
  event(): boolean {
    this.seen.length = 0;
    this.step();
    return this.seen.some(({ fault }) => fault === FaultType.Debug);
  }

  get method(): number {
    return (this.cp15('DBGDSCRint') >>> 2) & 15;
  }
}

const MODES = Object.entries(Mode).filter(([name]) => !['mon', 'hyp'].includes(name));

describe('debug events by the manual, where QEMU has none or others', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('none while the OS Lock is set, as it is out of reset, nor under the double lock: but BKPT (C7.3)', () => {
    for (const model of [cortexA15, cortexA7, cortexA8]) {
      const rig = new DebugRig(model).asm(`${NOPS} bkpt #1`);
      rig.breakpoint(0, CODE, ANY | WORD);
      assert.equal(rig.at(0).event(), true);
      rig.setCp15('DBGOSLAR', OSLOCK_KEY);
      assert.equal(rig.at(0).event(), false);
      assert.equal(rig.at(64).event(), true, 'BKPT');
      assert.equal(rig.method, MethodOfEntry.BKPT);
      rig.setCp15('DBGOSLAR', 0).setCp15('DBGOSDLR', 1);
      assert.equal(rig.at(0).event(), false);
      rig.setCp15('DBGPRCR', 1);
      assert.equal(rig.at(0).event(), true, 'kept powered: no double lock');
      rig.cpu.reset();
      rig.setCp15('DBGDSCRext', MDBGen).breakpoint(0, CODE, ANY | WORD);
      assert.equal(rig.at(0).event(), false, 'locked by reset');
    }
  });

  it('a breakpoint with PMC 0 matches in User, System and Supervisor mode (C11.11.2)', () => {
    const rig = new DebugRig().asm(NOPS).breakpoint(0, CODE, WORD);
    for (const [name, mode] of MODES) {
      assert.equal(rig.at(0, mode).event(), ['usr', 'sys', 'svc'].includes(name), name);
    }
    rig.breakpoint(0, CODE, WORD | (1 << 13));
    assert.equal(rig.at(0).event(), false, 'HMC: Hyp mode only');
  });

  it('one on address mismatch matches everywhere else, and in modes of exceptions nowhere (C3.2.1)', () => {
    const rig = new DebugRig().asm(NOPS).breakpoint(2, CODE + 4, ANY | WORD | type(4));
    for (const [name, mode] of MODES) {
      const expected = ['usr', 'sys', 'svc'].includes(name);
      assert.equal(rig.at(0, mode).event(), expected, name);
      assert.equal(rig.at(4, mode).event(), false, name);
    }
    rig.breakpoint(2, CODE + 4, PL0 | type(4));
    assert.equal(rig.at(4, Mode.usr).event(), true, 'no byte excepted');
    assert.equal(rig.at(4, Mode.svc).event(), false);
    rig.breakpoint(2, CODE + 4, PL0 | WORD | type(5) | link(4)).breakpoint(4, 0x1234, ANY | WORD | type(3));
    assert.equal(rig.at(0, Mode.usr).event(), false, 'another context');
    rig.setCp15('CONTEXTIDR', 0x1234);
    assert.equal(rig.at(0, Mode.usr).event(), true);
  });

  it('one on a context alone matches every instruction of it, if the register can compare contexts', () => {
    const rig = new DebugRig().asm(NOPS).setCp15('CONTEXTIDR', 0x77);
    rig.breakpoint(3, 0x77, PL0 | WORD | type(2));
    assert.equal(rig.at(0, Mode.usr).event(), false, 'breakpoint 3 compares addresses only');
    rig.breakpoint(4, 0x77, PL0 | WORD | type(2));
    assert.equal(rig.at(0, Mode.usr).event(), true);
    assert.equal(rig.at(4, Mode.svc).event(), false);
    rig.setCp15('CONTEXTIDR', 0x78);
    assert.equal(rig.at(0, Mode.usr).event(), false);
  });

  it('a link to itself, to no context or to what is disabled gives no event', () => {
    const rig = new DebugRig().asm(NOPS).setCp15('CONTEXTIDR', 0x77);
    rig.breakpoint(4, 0x77, ANY | WORD | type(3));
    for (const [n, expected] of [
      [4, true],
      [5, false],
      [0, false],
      [9, false],
    ] as const) {
      rig.breakpoint(0, CODE, ANY | WORD | type(1) | link(n));
      assert.equal(rig.at(0).event(), expected, `linked to ${n}`);
    }
    rig.breakpoint(0, CODE, ANY | WORD | type(1) | link(4)).setCp15('DBGBCR4', ANY | WORD | type(3));
    assert.equal(rig.at(0).event(), false, 'disabled');
  });

  it('a word of Thumb code has its event at both halfwords; a halfword of a 32-bit instruction only at the first', () => {
    const rig = new DebugRig().asm('nop\n nop\n add.w r0, r0, #1\n nop', { thumb: true });
    rig.breakpoint(0, CODE, ANY | WORD);
    assert.deepEqual(
      [0, 2, 4].map((at) => rig.at(at, Mode.svc, true).event()),
      [true, true, false],
    );
    rig.breakpoint(0, CODE + 4, ANY | bas(0xc));
    assert.equal(rig.at(4, Mode.svc, true).event(), false);
    rig.breakpoint(0, CODE + 4, ANY | bas(0x3));
    assert.equal(rig.at(4, Mode.svc, true).event(), true);
  });

  it('an instruction whose condition fails has its event, and ITSTATE is that of the instruction', () => {
    const rig = new DebugRig().asm('ite eq\n moveq r0, #1\n movne r0, #2', { thumb: true });
    rig.breakpoint(0, CODE, ANY | bas(0xc)).breakpoint(1, CODE + 4, ANY | bas(3));
    rig.at(0, Mode.svc, true).step();
    const before = rig.cpsr;
    assert.equal(rig.event(), true);
    assert.equal(rig.spsr(), before);
    assert.equal(rig.r(14), CODE + 6);
  });

  it('a fault of the fetch, or of the access, comes before the event', () => {
    const rig = new DebugRig().asm('ldr r0, [r1]\n nop');
    rig.breakpoint(0, 0x0a10_0000, ANY | WORD).watchpoint(0, 0x0a10_0000, ANY | LOAD | WORD);
    rig.state[1] = 0x0a10_0001;
    rig.setCp15('SCTLR', rig.cp15('SCTLR') | 2);
    rig.at(0).step();
    assert.deepEqual([rig.seen.at(-1)?.kind, rig.seen.at(-1)?.fault], [Exception.DataAbort, FaultType.Alignment]);
    rig.psr(Mode.svc).start(0x0a10_0000, false).step();
    assert.deepEqual([rig.seen.at(-1)?.kind, rig.seen.at(-1)?.fault], [Exception.PrefetchAbort, FaultType.External]);
    rig.state[1] = 0x0a10_0000;
    rig.at(0).step();
    assert.equal(rig.seen.at(-1)?.fault, FaultType.Debug, 'an external abort comes after it');
  });

  it('WnR tells a watched store, which Linux goes by', () => {
    const rig = new DebugRig().asm('ldr r0, [r1]\n str r0, [r1]').watchpoint(0, DATA, ANY | LOAD | STORE | WORD);
    rig.setR(1, DATA);
    rig.at(0).step();
    assert.equal(rig.cp15('DFSR'), 2);
    rig.at(4).step();
    assert.equal(rig.cp15('DFSR'), 2 | DFSR_WnR);
  });

  it('an unaligned access has its event if a byte of it is watched, and no byte beside it counts', () => {
    const rig = new DebugRig().asm('ldr r0, [r1]\n str r0, [r1]').watchpoint(0, DATA + 8, ANY | LOAD | STORE | bas(2));
    for (let va = DATA + 4; va < DATA + 14; va++) {
      const watched = va <= DATA + 9 && DATA + 9 < va + 4;
      for (const offset of [0, 4]) {
        rig.setR(1, va);
        assert.equal(rig.at(offset).event(), watched, `${offset} ${va - DATA}`);
        if (watched) assert.equal(rig.cp15('DFAR'), DATA + 9);
      }
    }
    // Across a page.
    rig
      .watchpoint(0, DATA + 0x1000, ANY | STORE | bas(1))
      .setR(1, DATA + 0xffd)
      .poke(DATA + 0xffc, 0, 0);
    assert.equal(rig.at(4).event(), true);
    assert.deepEqual([rig.peek(DATA + 0xffc), rig.peek(DATA + 0x1000)], [0, 0], 'nothing was stored');
  });

  it('a store-exclusive is no load; with its store watched it can be tried again', () => {
    const rig = new DebugRig().asm('ldrex r0, [r1]\n strex r2, r0, [r1]').setR(1, DATA);
    rig.at(0).step();
    rig.watchpoint(0, DATA, ANY | LOAD | WORD);
    assert.equal(rig.event(), false);
    assert.equal(rig.r(2), 0);
    rig.setCp15('DBGWCR0', 0).at(0).step();
    rig.watchpoint(0, DATA, ANY | STORE | WORD);
    assert.equal(rig.event(), true);
    rig.setCp15('DBGWCR0', 0).setR(2, 7).at(4);
    assert.equal(rig.event(), false);
    assert.equal(rig.r(2), 0);
  });

  it('vectors are caught where they lie, those of aborts never (C3.2.3)', () => {
    const rig = new DebugRig().setCp15('DBGVCR', 0xff);
    for (const base of [CODE, CODE + 0x100]) {
      rig.setCp15('VBAR', base);
      for (let offset = 4; offset < 0x20; offset += 4) {
        rig.psr(Mode.svc).start(base + offset, false);
        assert.equal(rig.event(), ![0xc, 0x10, 0x14].includes(offset), `vector ${offset}`);
        if (rig.seen.length > 0 && rig.seen[0].fault === FaultType.Debug)
          assert.equal(rig.method, MethodOfEntry.vectorCatch);
      }
      rig.psr(Mode.svc).start(base, false);
      assert.equal(rig.event(), false, 'Reset does not go there');
    }
    rig.asm('svc #1', { at: RAM + 0x30_0000 });
    rig.step();
    assert.equal(rig.pc, CODE + 0x108);
    assert.equal(rig.event(), true);
    assert.equal(rig.r(14), CODE + 0x10c);
  });

  it('the method of entry and DBGWFAR of a watchpoint are those of the model (C4.1.2)', () => {
    for (const [model, method, WFAR] of [
      [cortexA15, MethodOfEntry.synchronousWatchpoint, 0],
      [cortexA7, MethodOfEntry.synchronousWatchpoint, 0],
      [cortexA8, MethodOfEntry.synchronousWatchpoint, CODE + 8],
      [arm1176, MethodOfEntry.watchpoint, CODE + 8],
    ] as const) {
      const rig = new DebugRig(model)
        .asm('ldr r0, [r1]')
        .setR(1, DATA)
        .watchpoint(1, DATA, PL1 | LOAD | WORD);
      assert.equal(rig.at(0).event(), true, model.name);
      assert.equal((rig.state[MDBG_WORD] >>> 2) & 15, method, model.name);
      assert.equal(rig.cp15('DBGWFAR'), WFAR, model.name);
      assert.equal(rig.cp15('DFAR'), DATA, model.name);
    }
    const thumb = new DebugRig(cortexA8).asm('ldr r0, [r1]', { thumb: true }).setR(1, DATA);
    thumb
      .watchpoint(1, DATA, PL1 | LOAD | WORD)
      .at(0, Mode.svc, true)
      .step();
    assert.equal(thumb.cp15('DBGWFAR'), CODE + 4);
  });

  it('the ARM1176 watches four bytes and has no masks', () => {
    const rig = new DebugRig(arm1176).asm('ldr r0, [r1]').setR(1, DATA + 4);
    assert.equal(
      rig
        .watchpoint(0, DATA, ANY | LOAD | bas(0xff))
        .at(0)
        .event(),
      false,
    );
    assert.equal(
      rig
        .watchpoint(0, DATA, ANY | LOAD | WORD | (4 << 24))
        .at(0)
        .event(),
      false,
    );
    assert.equal(
      rig
        .watchpoint(0, DATA + 4, ANY | LOAD | WORD)
        .at(0)
        .event(),
      true,
    );
    const v7 = new DebugRig(cortexA8).asm('ldr r0, [r1]').setR(1, DATA + 4);
    assert.equal(
      v7
        .watchpoint(0, DATA, ANY | LOAD | bas(0xff))
        .at(0)
        .event(),
      true,
    );
  });

  it('DBGDIDR counts the registers that exist, and as many have events', () => {
    for (const model of cpuModels.values()) {
      const rig = new DebugRig(model).asm('ldr r0, [r1]').setR(1, DATA);
      const DBGDIDR = rig.cp15('DBGDIDR');
      for (let n = 0; n <= ((DBGDIDR >>> 24) & 15); n++) {
        assert.equal(
          rig
            .breakpoint(n, CODE, ANY | WORD)
            .at(0)
            .event(),
          true,
          `${model.name}: breakpoint ${n}`,
        );
        rig.setCp15(`DBGBCR${n}`, 0);
      }
      for (let n = 0; n <= DBGDIDR >>> 28; n++) {
        assert.equal(
          rig
            .watchpoint(n, DATA, ANY | LOAD | WORD)
            .at(0)
            .event(),
          true,
          `${model.name}: watchpoint ${n}`,
        );
        rig.setCp15(`DBGWCR${n}`, 0);
      }
      assert.equal(rig.at(0).event(), false);
    }
  });

  it('registers changed from outside count from the commit on; a reset ends all', () => {
    const rig = new DebugRig().asm(NOPS).breakpoint(0, CODE, ANY | WORD);
    rig.state[MDBG_WORD] = 0;
    rig.cpu.commit();
    assert.equal(rig.at(0).event(), false);
    rig.state[MDBG_WORD] = MDBGen;
    rig.cpu.restore(rig.cpu.save());
    assert.equal(rig.at(0).event(), true);
    rig.cpu.reset();
    assert.equal(rig.at(0).event(), false);
  });
});
