/** Exception entry: LR, SPSR, PC, mode, masks and state for each kind, instruction set, mode and vector configuration (DDI 0406C B1.8, B1.9). */
import assert from 'node:assert/strict';
import { Cp15, SCTLR_A, SCTLR_EE, SCTLR_TE, SCTLR_V } from '../../src/arm/cp15.js';
import { Disposition, Exception, FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr, type ModeName } from '../../src/arm/modes.js';
import { Attention, Word } from '../../src/arm/state.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';
import { RAM } from '../mem/rig.js';

/** Nothing answers there. */
const NOWHERE = 0x2000_0000;
const { A, I, F, E, T } = Psr;
/** The bits that entry decides, beside the flags that it keeps. */
const DECIDED = Psr.M | A | I | F | E | T | Psr.J | 0x0600_fc00;
const FLAGS = Psr.N | Psr.C | Psr.Q | (0xa << 16);

interface Case {
  readonly name: string;
  readonly thumb: boolean;
  readonly kind: number;
  /** Words (ARM) or halfwords (Thumb) at PC; without them PC is nowhere. */
  readonly code?: readonly number[];
  readonly before?: (rig: CpuRig) => void;
  readonly mode: ModeName;
  readonly offset: number;
  /** LR less the address of the instruction (tables B1-6 and B1-7). */
  readonly link: number;
  readonly masks: number;
}

const cases: readonly Case[] = [
  {
    name: 'SVC',
    thumb: false,
    kind: Exception.SupervisorCall,
    code: [0xef00_0000],
    mode: 'svc',
    offset: 8,
    link: 4,
    masks: I,
  },
  {
    name: 'SVC',
    thumb: true,
    kind: Exception.SupervisorCall,
    code: [0xdf00],
    mode: 'svc',
    offset: 8,
    link: 2,
    masks: I,
  },
  {
    name: 'UDF',
    thumb: false,
    kind: Exception.Undefined,
    code: [0xe7f0_00f0],
    mode: 'und',
    offset: 4,
    link: 4,
    masks: I,
  },
  { name: 'UDF', thumb: true, kind: Exception.Undefined, code: [0xde00], mode: 'und', offset: 4, link: 2, masks: I },
  {
    name: 'UDF.W',
    thumb: true,
    kind: Exception.Undefined,
    code: [0xf7f0, 0xa000],
    mode: 'und',
    offset: 4,
    link: 2,
    masks: I,
  },
  {
    name: 'HVC without EL2',
    thumb: false,
    kind: Exception.Undefined,
    code: [0xe140_0070],
    mode: 'und',
    offset: 4,
    link: 4,
    masks: I,
  },
  {
    name: 'SMC without EL3',
    thumb: false,
    kind: Exception.Undefined,
    code: [0xe160_0070],
    mode: 'und',
    offset: 4,
    link: 4,
    masks: I,
  },
  {
    name: 'BKPT',
    thumb: false,
    kind: Exception.PrefetchAbort,
    code: [0xe120_0070],
    mode: 'abt',
    offset: 12,
    link: 4,
    masks: A | I,
  },
  {
    name: 'BKPT',
    thumb: true,
    kind: Exception.PrefetchAbort,
    code: [0xbe00],
    mode: 'abt',
    offset: 12,
    link: 4,
    masks: A | I,
  },
  {
    name: 'prefetch abort',
    thumb: false,
    kind: Exception.PrefetchAbort,
    mode: 'abt',
    offset: 12,
    link: 4,
    masks: A | I,
  },
  {
    name: 'prefetch abort',
    thumb: true,
    kind: Exception.PrefetchAbort,
    mode: 'abt',
    offset: 12,
    link: 4,
    masks: A | I,
  },
  {
    name: 'data abort',
    thumb: false,
    kind: Exception.DataAbort,
    code: [0xe591_0000],
    mode: 'abt',
    offset: 16,
    link: 8,
    masks: A | I,
  },
  {
    name: 'data abort',
    thumb: true,
    kind: Exception.DataAbort,
    code: [0x6808],
    mode: 'abt',
    offset: 16,
    link: 8,
    masks: A | I,
  },
  {
    name: 'IRQ',
    thumb: false,
    kind: Exception.IRQ,
    before: (rig) => (rig.cpu.irqLine = true),
    mode: 'irq',
    offset: 24,
    link: 4,
    masks: A | I,
  },
  {
    name: 'IRQ',
    thumb: true,
    kind: Exception.IRQ,
    before: (rig) => (rig.cpu.irqLine = true),
    mode: 'irq',
    offset: 24,
    link: 4,
    masks: A | I,
  },
  {
    name: 'FIQ',
    thumb: false,
    kind: Exception.FIQ,
    before: (rig) => (rig.cpu.fiqLine = true),
    mode: 'fiq',
    offset: 28,
    link: 4,
    masks: A | I | F,
  },
  {
    name: 'FIQ',
    thumb: true,
    kind: Exception.FIQ,
    before: (rig) => (rig.cpu.fiqLine = true),
    mode: 'fiq',
    offset: 28,
    link: 4,
    masks: A | I | F,
  },
];

const vectors: readonly {
  readonly name: string;
  readonly sctlr: number;
  readonly vbar: number;
  readonly base: number;
}[] = [
  { name: 'low vectors', sctlr: 0, vbar: 0, base: 0 },
  { name: 'VBAR', sctlr: 0, vbar: RAM + 0x8000, base: RAM + 0x8000 },
  { name: 'high vectors', sctlr: SCTLR_V, vbar: RAM + 0x8000, base: 0xffff_0000 },
  { name: 'VBAR, TE', sctlr: SCTLR_TE, vbar: RAM + 0x8020, base: RAM + 0x8020 },
  { name: 'VBAR, EE', sctlr: SCTLR_EE, vbar: RAM + 0x8000, base: RAM + 0x8000 },
];

const modes: readonly ModeName[] = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und', 'sys'];

/** Takes the exception and returns the address it was taken at. */
function take(rig: CpuRig, c: Case, psr: number): number {
  rig.cpu.setCpsr(psr | (c.thumb ? T : 0));
  const at = c.code === undefined && c.kind === Exception.PrefetchAbort ? NOWHERE : CODE;
  if (c.code !== undefined) {
    const size = c.thumb ? 2 : 4;
    c.code.forEach((word, i) => rig.bus.write(CODE + size * i, size, word));
  }
  rig.state[Word.PC] = at;
  rig.setR(1, NOWHERE);
  c.before?.(rig);
  if (c.kind === Exception.IRQ || c.kind === Exception.FIQ) assert.equal(rig.cpu.deliverInterrupts(), true);
  else rig.step();
  return at;
}

describe('exception entry', () => {
  for (const c of cases) {
    it(`${c.name} from ${c.thumb ? 'Thumb' : 'ARM'} state, in every mode and vector configuration`, () => {
      const rig = new CpuRig();
      for (const mode of modes) {
        for (const { name, sctlr, vbar, base } of vectors) {
          const what = `${c.name} in ${mode}, ${name}`;
          rig.cpu.reset();
          rig.cpu.irqLine = false;
          rig.cpu.fiqLine = false;
          rig.setCp15('SCTLR', rig.cp15('SCTLR') | sctlr).setCp15('VBAR', vbar);
          const banked = mode === 'usr' ? 'sys' : mode;
          rig.cpu.setCpsr(Mode[mode]);
          rig.setR(13, 0x1313).setR(14, 0x1414);
          const seen = rig.watch();
          const psr = FLAGS | Mode[mode];
          const at = take(rig, c, psr);
          const old = (psr | (c.thumb ? T : 0)) >>> 0;

          assert.equal(rig.pc, base + c.offset, `PC: ${what}`);
          assert.equal(rig.r(14), at + c.link, `LR: ${what}`);
          assert.equal(rig.spsr().toString(16), old.toString(16), `SPSR: ${what}`);
          const expected =
            Mode[c.mode] | c.masks | ((sctlr & SCTLR_TE) !== 0 ? T : 0) | ((sctlr & SCTLR_EE) !== 0 ? E : 0);
          assert.equal((rig.cpsr & DECIDED) >>> 0, expected, `CPSR: ${what}`);
          assert.equal((rig.cpsr & ~DECIDED) >>> 0, FLAGS >>> 0, `flags: ${what}`);
          if (c.mode !== mode) assert.equal(rig.cpu.readBanked(14, Mode[banked]), 0x1414, `banked LR: ${what}`);

          assert.equal(seen.length, 1, what);
          assert.deepEqual(
            { kind: seen[0].kind, pc: seen[0].pc, lr: seen[0].lr, spsr: seen[0].spsr },
            { kind: c.kind, pc: at, lr: at + c.link, spsr: old },
            what,
          );
        }
      }
    });
  }

  it('keeps F clear for all but FIQ, and A clear for SVC and Undefined', () => {
    for (const c of cases) {
      const rig = new CpuRig();
      take(rig, c, Mode.sys);
      assert.equal((rig.cpsr & F) !== 0, c.mode === 'fiq', c.name);
      assert.equal((rig.cpsr & A) !== 0, c.mode !== 'svc' && c.mode !== 'und', c.name);
    }
  });

  it('keeps masks that were set', () => {
    for (const c of cases.filter(({ before }) => before === undefined)) {
      const rig = new CpuRig();
      take(rig, c, Mode.sys | A | I | F);
      assert.equal(rig.cpsr & (A | I | F), A | I | F, c.name);
    }
  });

  it('delivers no masked interrupt, and FIQ before IRQ', () => {
    const rig = new CpuRig().psr(Mode.svc, I | F);
    rig.cpu.irqLine = rig.cpu.fiqLine = true;
    assert.equal(rig.cpu.deliverInterrupts(), false);
    rig.psr(Mode.svc, F);
    assert.equal(rig.cpu.deliverInterrupts(), true);
    assert.equal(rig.cpsr & Psr.M, Mode.irq);
    rig.psr(Mode.svc);
    assert.equal(rig.cpu.deliverInterrupts(), true);
    assert.equal(rig.cpsr & Psr.M, Mode.fiq);
  });
});

describe('exception entry inside an IT block', () => {
  const ITSTATE = 0x0d; // two more instructions to come, EQ then EQ
  const place = (rig: CpuRig, code: readonly number[]): void => {
    rig.thumbCode(code).psr(Mode.sys, T | Psr.Z);
    rig.state[Word.PC] = CODE;
    rig.state[Word.ITSTATE] = ITSTATE;
    rig.setR(1, NOWHERE);
  };
  const itstate = (psr: number): number => ((psr >>> 25) & 3) | ((psr >>> 8) & 0xfc);

  it('saves the advanced ITSTATE for SVC', () => {
    const rig = new CpuRig();
    place(rig, [0xdf00]);
    rig.step();
    assert.equal(itstate(rig.spsr()), 0x1a & 0x1f);
    assert.equal(rig.r(14), CODE + 2);
    assert.equal(rig.state[Word.ITSTATE], 0);
  });

  it('saves ITSTATE as it is for Undefined and data abort', () => {
    for (const code of [[0xde00], [0xf7f0, 0xa000], [0x6808]]) {
      const rig = new CpuRig();
      place(rig, code);
      rig.step();
      assert.equal(itstate(rig.spsr()), ITSTATE);
    }
  });

  it('takes BKPT even where the condition fails, and nothing else', () => {
    const rig = new CpuRig();
    place(rig, [0xbe00]);
    rig.cpu.setCpsr(rig.cpsr & ~Psr.Z);
    rig.state[Word.ITSTATE] = ITSTATE;
    rig.step();
    assert.equal(rig.cpsr & Psr.M, Mode.abt);
    for (const code of [[0xdf00], [0xde00], [0xf7f0, 0xa000], [0x6808]]) {
      place(rig, code);
      rig.cpu.setCpsr(rig.cpsr & ~Psr.Z);
      rig.state[Word.ITSTATE] = ITSTATE;
      rig.step();
      assert.equal(rig.cpsr & Psr.M, Mode.sys);
      assert.equal(rig.pc, CODE + 2 * code.length);
      assert.equal(rig.state[Word.ITSTATE], 0x1a & 0x1f);
    }
  });
});

describe('conditions before exceptions', () => {
  it('a failed condition makes SVC, UDF space and LDR a NOP', () => {
    for (const word of [0x0f00_0000, 0x07f0_00f0, 0x0591_0000]) {
      const rig = new CpuRig().psr(Mode.sys).arm([word]).setR(1, NOWHERE);
      rig.step();
      assert.equal(rig.pc, CODE + 4, word.toString(16));
      assert.equal(rig.cpsr & Psr.M, Mode.sys);
    }
  });
});

describe('fault status and address', () => {
  const dfsr = (rig: CpuRig): number => rig.cp15('DFSR');

  it('short format: translation, domain, permission, access flag, alignment, external', () => {
    const rig = new CpuRig();
    const section = (va: number, low: number): void => rig.first(va, 0x4020_0000 | low);
    const load = 0xe591_0000; // LDR r0, [r1]
    const store = 0xe581_0000; // STR r0, [r1]
    const cases: readonly [string, number, number, () => void, number][] = [
      ['level 1 translation, read', load, 0x5000_0000, () => rig.first(0x5000_0000, 0), 0x005],
      ['level 1 translation, write', store, 0x5000_0000, () => rig.first(0x5000_0000, 0), 0x805],
      ['level 2 translation in domain 3', load, 0x5010_1000, () => rig.small(0x5010_2000, DATA, 0x32, 3), 0x037],
      ['level 1 domain 2', load, 0x5020_0000, () => section(0x5020_0000, 0xc02 | (2 << 5)), 0x029],
      ['level 1 permission, write to read-only', store, 0x5030_0000, () => section(0x5030_0000, 0x8c02), 0x80d],
      ['alignment', load, 0x5040_0002, () => section(0x5040_0000, 0xc02), 0x001],
      ['external', load, 0x5050_0000, () => rig.first(0x5050_0000, NOWHERE | 0xc02), 0x008],
    ];
    for (const [name, word, address, prepare, status] of cases) {
      rig.cpu.reset();
      rig.first(CODE, CODE | 0xc02);
      prepare();
      rig
        .setCp15('TTBR0', RAM)
        .setCp15('DACR', 0x5555_5545)
        .setCp15('SCTLR', rig.cp15('SCTLR') | 1 | SCTLR_A);
      rig.psr(Mode.svc).arm([word]).setR(1, address);
      rig.step();
      assert.equal(rig.cpsr & Psr.M, Mode.abt, name);
      assert.equal(dfsr(rig).toString(16), status.toString(16), name);
      assert.equal(rig.cp15('DFAR'), address, name);
    }
  });

  it('long format: the status has its own codes and bit 9', () => {
    const rig = new CpuRig();
    rig.set('TTBCR', 0x8000_0000);
    rig.state[Cp15.TTBCR] = 0x8000_0000 | 0;
    rig.psr(Mode.svc).arm([0xe581_0000]).setR(1, NOWHERE);
    rig.step();
    assert.equal(dfsr(rig), 0x210 | 0x800);
    rig.cpu.reset();
    rig.state[Cp15.TTBCR] = 0x8000_0000 | 0;
    rig.start(NOWHERE, false).step();
    assert.equal(rig.cp15('IFSR'), 0x210);
    assert.equal(rig.cp15('IFAR'), NOWHERE);
  });

  it('BKPT reports a debug event', () => {
    const rig = new CpuRig();
    rig.arm([0xe120_0070]).step();
    assert.equal(rig.cp15('IFSR'), 2);
    rig.cpu.reset();
    rig.state[Cp15.TTBCR] = 0x8000_0000 | 0;
    rig.arm([0xe120_0070]).step();
    assert.equal(rig.cp15('IFSR'), 0x222);
  });

  it('a Thumb instruction whose second half is not there reports that half', () => {
    const rig = new CpuRig();
    const last = RAM + 0x100_0000 - 2;
    rig.thumbCode([0xf7f0], last);
    rig.step();
    assert.equal(rig.cpsr & Psr.M, Mode.abt);
    assert.equal(rig.r(14), last + 4);
    assert.equal(rig.cp15('IFAR'), last + 2);
  });
});

describe('the trap handler', () => {
  it('sees the state at the instruction, and Vector leaves the rest to the architecture', () => {
    const rig = new CpuRig();
    rig.arm([0xe591_0000]).setR(1, NOWHERE + 4);
    const seen = rig.watch(() => {
      assert.equal(rig.pc, CODE);
      assert.equal(rig.cpsr & Psr.M, Mode.svc);
      assert.equal(rig.cp15('DFSR'), 0);
      return Disposition.Vector;
    });
    rig.step();
    assert.deepEqual(
      { ...seen[0], lr: 0, spsr: 0 },
      {
        kind: Exception.DataAbort,
        pc: CODE,
        lr: 0,
        spsr: 0,
        word: 0xe591_0000 | 0,
        length: 4,
        fault: FaultType.External,
        level: 0,
        domain: 0,
        address: NOWHERE + 4,
        write: false,
        maintenance: false,
      },
    );
    assert.equal(rig.cp15('DFAR'), NOWHERE + 4);
  });

  it('Resume continues where the handler says and counts the attempt', () => {
    const rig = new CpuRig();
    rig.arm([0xef00_0000, 0xe3a0_0001, 0xe3a0_0002]);
    rig.watch(() => {
      rig.cpu.branchTo(CODE + 8);
      return Disposition.Resume;
    });
    rig.engine.run(2, false);
    assert.equal(rig.r(0), 2);
    assert.equal(rig.state[Word.COUNT], 0);
    assert.equal(rig.pc, CODE + 12);
    assert.equal(rig.cpsr & Psr.M, Mode.svc);
  });

  it('Retry executes the same instruction again and takes the attempt back', () => {
    const rig = new CpuRig();
    rig.arm([0xe591_0000, 0xe3a0_2007]).setR(1, NOWHERE);
    rig.poke(DATA, 0x1234);
    const seen = rig.watch(() => {
      rig.setR(1, DATA);
      return Disposition.Retry;
    });
    rig.engine.run(2, false);
    assert.equal(seen.length, 1);
    assert.equal(rig.r(0), 0x1234);
    assert.equal(rig.r(2), 7);
    assert.equal(rig.state[Word.COUNT], 0);
  });

  it('is asked for interrupts too, which count nothing', () => {
    const rig = new CpuRig().psr(Mode.svc).start(CODE, false);
    const seen = rig.watch(() => Disposition.Resume);
    rig.cpu.irqLine = true;
    assert.equal(rig.cpu.deliverInterrupts(), true);
    assert.equal(seen[0].kind, Exception.IRQ);
    assert.equal(seen[0].word, 0);
    assert.equal(rig.pc, CODE);
    assert.equal(rig.cpsr & Psr.M, Mode.svc);
  });
});

describe('lines', () => {
  it('ask the engine to leave when they rise unmasked, or are unmasked while up', () => {
    const rig = new CpuRig().psr(Mode.svc, I);
    rig.state[Word.ATTENTION] = 0;
    rig.cpu.irqLine = true;
    assert.equal(rig.state[Word.ATTENTION], 0);
    rig.cpu.CPSRWriteByInstr(Mode.svc, 1, false);
    assert.equal(rig.state[Word.ATTENTION], Attention.leave);
    rig.cpu.irqLine = false;
    rig.state[Word.ATTENTION] = 0;
    rig.cpu.irqLine = true;
    assert.equal(rig.state[Word.ATTENTION], Attention.leave);
  });
});
