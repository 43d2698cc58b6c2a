/** What instructions do in USR mode, against what was measured on another implementation (test/oracles/usr-mode-behaviour.json). */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Disposition, Exception } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';
import { need } from '../support/tools.js';

interface Measured {
  readonly outcome: string;
  readonly effects?: readonly string[];
  readonly cpsr_xor?: string;
}
type Behaviour = { readonly insn: string } & Readonly<Record<'arm1176' | 'cortex-a8' | 'cortex-a15', Measured>>;

const behaviours = JSON.parse(
  fs.readFileSync(new URL('../oracles/usr-mode-behaviour.json', import.meta.url), 'utf8'),
) as Behaviour[];

/** Assembly text where the name of an entry is not itself one line of it. */
const TEXT: Readonly<Record<string, string>> = {
  'MSR CPSR_c,#0xD3 (to SVC)': 'msr cpsr_c,#0xd3',
  'MSR CPSR_x,#0x200 (E bit)': 'msr cpsr_x,#0x200',
  'CMPP/TEQP pc-form teq r1,r1 Rd=15': '.word 0xe131f001',
  'MRS r1,SP_irq (banked)': 'mrs r1,SP_irq',
  'MSR SP_irq,r2 (banked)': 'msr SP_irq,r2',
  'MRS r1,SPSR_irq (banked)': 'mrs r1,SPSR_irq',
  'LDMIA r0,{sp,lr}^': '.word 0xe8d06000',
  'STMIA r0,{sp,lr}^': '.word 0xe8c06000',
  'ADDS pc,lr,#0': '.word 0xe29ef000',
  'ANDS pc,lr,lr': '.word 0xe01ef00e',
  'ORRS pc,lr,lr': '.word 0xe19ef00e',
  'SWP r1,r2,[r0]': '.word 0xe1001092',
  'SVC #1': 'svc #1',
  '0xFFFFFFFF': '.word 0xffffffff',
  '0xE7FFDEFE (UDF variant)': '.word 0xe7ffdefe',
  'HLT #0 (v8)': '.word 0xe1000070',
  'NOP hint': 'nop',
  'MRC MIDR': 'mrc p15,0,r1,c0,c0,0',
  'MRC CTR': 'mrc p15,0,r1,c0,c0,1',
  'MRC SCTLR': 'mrc p15,0,r1,c1,c0,0',
  'MCR SCTLR': 'mcr p15,0,r1,c1,c0,0',
  'MRC CPACR': 'mrc p15,0,r1,c1,c0,2',
  'MCR TTBR0': 'mcr p15,0,r1,c2,c0,0',
  'MCR DACR': 'mcr p15,0,r1,c3,c0,0',
  'MRC DFSR': 'mrc p15,0,r1,c5,c0,0',
  'MRC DFAR': 'mrc p15,0,r1,c6,c0,0',
  'MCR CP15WFI c7,c0,4': 'mcr p15,0,r1,c7,c0,4',
  'MCR ICIALLU c7,c5,0': 'mcr p15,0,r1,c7,c5,0',
  'MCR CP15ISB c7,c5,4': 'mcr p15,0,r1,c7,c5,4',
  'MCR CP15DSB c7,c10,4': 'mcr p15,0,r1,c7,c10,4',
  'MCR CP15DMB c7,c10,5': 'mcr p15,0,r1,c7,c10,5',
  'MCR DCCIMVAC c7,c14,1': 'mcr p15,0,r1,c7,c14,1',
  'MCR TLBIALL c8,c7,0': 'mcr p15,0,r1,c8,c7,0',
  'MCR VBAR': 'mcr p15,0,r1,c12,c0,0',
  'MRC PMCCNTR c9,c13,0': 'mrc p15,0,r1,c9,c13,0',
  'MRC PMUSERENR c9,c14,0': 'mrc p15,0,r1,c9,c14,0',
  'MRC CONTEXTIDR': 'mrc p15,0,r1,c13,c0,1',
  'MRC TPIDRURW': 'mrc p15,0,r1,c13,c0,2',
  'MCR TPIDRURW': 'mcr p15,0,r1,c13,c0,2',
  'MRC TPIDRURO': 'mrc p15,0,r1,c13,c0,3',
  'MCR TPIDRURO': 'mcr p15,0,r1,c13,c0,3',
  'MRC TPIDRPRW': 'mrc p15,0,r1,c13,c0,4',
  'MRRC CNTPCT p15,0,c14': 'mrrc p15,0,r1,r2,c14',
  'MRRC CNTVCT p15,1,c14': 'mrrc p15,1,r1,r2,c14',
  'MRC CNTFRQ c14,c0,0': 'mrc p15,0,r1,c14,c0,0',
  'MRC unknown p15 c15': 'mrc p15,0,r1,c15,c0,0',
  'CDP p15': 'cdp p15,0,c0,c0,c0,0',
  'LDC p15': 'ldc p15,c5,[r0]',
  'MRC DBGDSCRint p14': 'mrc p14,0,r1,c0,c1,0',
  'MRC DBGDIDR p14': 'mrc p14,0,r1,c0,c0,0',
  'MCR DBGDSCRext p14': 'mcr p14,0,r1,c0,c2,2',
  'MRC TEECR p14': 'mrc p14,6,r1,c0,c0,0',
  'MRC TEEHBR p14': 'mrc p14,6,r1,c1,c0,0',
  'LDC p14,c5': 'ldc p14,c5,[r0]',
  'MRC p7 (absent cp)': 'mrc p7,0,r1,c0,c0,0',
  'VMRS r1,FPSID': '.word 0xeef01a10',
  'VMRS r1,FPSCR': '.word 0xeef11a10',
  'VMRS r1,FPEXC': '.word 0xeef81a10',
  'VMSR FPEXC,r1': '.word 0xeee81a10',
  'VADD.F32 s0,s0,s0': '.word 0xee300a00',
  'BX lr (to landing)': 'bx lr',
  'LDM r0,{pc}': '.word 0xe8908000',
  'SVCNE #1 (cond fails)': 'svcne #1',
  '0x17f000f0 UDF-space with NE (cond fails)': '.word 0x17f000f0',
  'MCRNE SCTLR (cond fails)': 'mcrne p15,0,r1,c1,c0,0',
  'MSRNE SPSR (cond fails)': 'msrne spsr_cxsf,r2',
  'LDMNE r0,{pc}^ (cond fails)': 'ldmne r0,{pc}^',
  'BKPT with NE cond 0x11200070': '.word 0x11200070',
  'undefined 0x1fffffff NE SVC': '.word 0x1fffffff',
  'MSRNE CPSR_c,#0xD3': 'msrne cpsr_c,#0xd3',
  'T HLT': '.hword 0xba80',
  'T IT AL;nop': '.hword 0xbfe8\n nop',
  'T2 CPSID i,#0x13': 'cpsid i,#0x13',
  'T2 SRSIA sp,#0x13': '.hword 0xe98d,0xc013',
  'T2 SRSDB sp!,#0x13': '.hword 0xe82d,0xc013',
  'T2 SUBS pc,lr,#0 (ERET)': '.hword 0xf3de,0x8f00',
  'T2 UDF.W': 'udf.w #0',
  'T2 MRC SCTLR': 'mrc p15,0,r1,c1,c0,0',
  'T2 MCR TTBR0': 'mcr p15,0,r1,c2,c0,0',
  'T2 MRC TPIDRURO': 'mrc p15,0,r1,c13,c0,3',
  'T2 DBG': 'dbg #0',
  'T2 ENTERX (ThumbEE)': '.hword 0xf3bf,0x8f1f',
  'T2 MRS banked SP_irq': 'mrs r1,SP_irq',
  'T IT NE; SVC #1 (cond false: Z=1)': 'it ne\n svcne #1',
  'T IT NE; UDF (cond false)': '.hword 0xbf18\n .hword 0xde00',
  'T IT NE; BKPT (cond false)': '.hword 0xbf18\n .hword 0xbe00',
  'T IT NE; MCR SCTLR (cond false)': 'it ne\n mcrne p15,0,r1,c1,c0,0',
  'T IT NE; UDF.W (cond false)': '.hword 0xbf18\n .hword 0xf7f0,0xa000',
  'T IT NE; SMC (cond false)': '.hword 0xbf18\n .hword 0xf7f0,0x8000',
};

/** Where we differ on purpose: what we do, and why. */
const DIFFERENT: Readonly<Record<string, { readonly outcome?: string; readonly cpsr?: number; readonly why: string }>> =
  {
    'MSR CPSR_x,#0x200 (E bit)': {
      cpsr: Psr.E,
      why: 'CPSRWriteByInstr writes E at any privilege (B1.3.3); QEMU keeps it from PL0',
    },
    'SETEND BE': { cpsr: Psr.E, why: 'the measurement did not record E' },
    'T SETEND BE': { cpsr: Psr.E, why: 'the measurement did not record E' },
    'ADDS pc,lr,#0': { outcome: 'UND', why: '@unpredictable <op>S pc at PL0: a sensitive form, Undefined by policy' },
    'ANDS pc,lr,lr': { outcome: 'UND', why: '@unpredictable <op>S pc at PL0: a sensitive form, Undefined by policy' },
    'ORRS pc,lr,lr': { outcome: 'UND', why: '@unpredictable <op>S pc at PL0: a sensitive form, Undefined by policy' },
    'MRC DBGDSCRint p14': { outcome: 'none', why: 'accessible at PL0 while DBGDSCR.UDCCdis is 0 (C11.11.20)' },
    WFE: { outcome: 'waits', why: 'WFE with a clear Event Register suspends execution (B1.8.13)' },
    'T WFE': { outcome: 'waits', why: 'WFE with a clear Event Register suspends execution (B1.8.13)' },
  };

/** Results that depend on where the instruction stood. */
const ADDRESSES = new Set(['MOV r1,pc', 'STR pc,[r0]', 'LDR r1,[pc]', 'BLX lr']);

const R1 = 0x1111_1111;
const R2 = 0x1d3;
const CONTENT = 0x4002_0130;
const LANDING = CODE + 0x100;

function textOf(insn: string): { text: string; thumb: boolean } {
  const thumb = /^T2? /.test(insn);
  return { text: TEXT[insn] ?? insn.replace(/^T2? /, ''), thumb };
}

/** The code of each entry. Assembled together per instruction set, 8 bytes apart: a process for each would take seconds. */
const codes = new Map<string, Uint8Array>();

function assembleAll(): void {
  for (const wanted of [false, true]) {
    const entries = behaviours.map(({ insn }) => ({ insn, ...textOf(insn) })).filter(({ thumb }) => thumb === wanted);
    const bytes = assemble(entries.map(({ text }) => `.balign 8\n ${text}`).join('\n'), {
      thumb: wanted,
      origin: CODE,
    });
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const end = (at: number): number => at + (!wanted || view.getUint16(at, true) >>> 11 >= 0b11101 ? 4 : 2);
    entries.forEach(({ insn, text }, i) => {
      const first = end(8 * i);
      codes.set(insn, bytes.subarray(8 * i, text.includes('\n') ? end(first) : first));
    });
  }
}

let shared: CpuRig | undefined;

/** Runs one entry in USR mode, and says what became of it. */
function run(insn: string): { outcome: string; rig: CpuRig; xor: number } {
  const { text, thumb } = textOf(insn);
  const rig = (shared ??= new CpuRig());
  rig.cpu.reset();
  const code = codes.get(insn)!;
  rig.bus.writeBlock(CODE, code);
  rig.poke(DATA, /^(LDR pc|LDM r0,\{pc\}$)/.test(insn) ? LANDING : CONTENT);
  rig.psr(Mode.usr, Psr.Z).start(CODE, thumb);
  rig
    .setR(0, DATA)
    .setR(1, R1)
    .setR(2, R2)
    .setR(3, 0x3333_3333)
    .setR(13, DATA + 0x100)
    .setR(14, LANDING);
  // STREX was measured behind an LDREX.
  if (insn.startsWith('STREX')) rig.cpu.SetExclusiveMonitors(DATA, 4);
  const before = rig.cpsr;
  let outcome = 'none';
  rig.watch((exception) => {
    const names: Partial<Record<number, string>> = {
      [Exception.Undefined]: 'UND',
      [Exception.SupervisorCall]: `SVC:${(exception.word & 0xff).toString(16).padStart(8, '0')}`,
      [Exception.PrefetchAbort]: 'PABT ifsr=00000002',
      [Exception.DataAbort]: 'DABT',
    };
    outcome = names[exception.kind] ?? `exception ${exception.kind}`;
    return Disposition.Resume;
  });
  const instructions = text.includes('\n') ? 2 : 1;
  for (let i = 0; i < instructions && outcome === 'none'; i++) rig.step();
  if (rig.cpu.sleeping) outcome = insn.includes('WFI') ? 'sleeps (no trap)' : 'waits';
  else if (outcome === 'none' && rig.pc === LANDING) outcome = 'landed';
  else if (outcome === 'none') assert.equal(rig.pc, CODE + code.length, insn);
  return { outcome, rig, xor: (rig.cpsr ^ before) >>> 0 };
}

describe('instructions in USR mode, as measured on a Cortex-A15', () => {
  before(function () {
    need(this, ...ASSEMBLER);
    assembleAll();
  });

  for (const entry of behaviours) {
    const { insn } = entry;
    const measured = entry['cortex-a15'];
    const different = DIFFERENT[insn];
    it(different === undefined ? insn : `${insn}: differs, because ${different.why}`, () => {
      const { outcome, rig, xor } = run(insn);
      assert.equal(outcome, different?.outcome ?? measured.outcome);
      if (outcome !== 'none' && outcome !== 'landed') return;
      assert.equal(rig.cpsr & Psr.M, Mode.usr);
      const expected = different?.cpsr ?? parseInt(measured.cpsr_xor ?? '0', 16);
      // Interworking branches change T, which is not what was measured.
      assert.equal((xor & ~Psr.T) >>> 0, (expected & ~Psr.T) >>> 0);
      if (different !== undefined || ADDRESSES.has(insn)) return;
      const effects = new Map((measured.effects ?? []).map((e) => e.split('=') as [string, string]));
      for (const [name, before] of [
        ['r00000001', R1],
        ['r00000003', 0x3333_3333],
      ] as const) {
        const value = parseInt(effects.get(name) ?? before.toString(16), 16);
        assert.equal(rig.r(parseInt(name.slice(1), 16)), value >>> 0, name);
      }
      if (insn.startsWith('LDM r0') || insn.startsWith('LDR pc')) return;
      const memory = parseInt(effects.get('m00000000') ?? CONTENT.toString(16), 16);
      assert.equal(rig.peek(DATA), memory);
    });
  }

  it('every difference is one of the entries, and every name can be assembled', () => {
    const names = new Set(behaviours.map(({ insn }) => insn));
    for (const name of [...Object.keys(TEXT), ...Object.keys(DIFFERENT)]) assert.ok(names.has(name), name);
    assert.equal(behaviours.length, 165);
  });

  it('LDR r1, [pc] and MOV r1, pc see the address plus 8, STR pc stores it', () => {
    assert.equal(run('MOV r1,pc').rig.r(1), CODE + 8);
    assert.equal(run('STR pc,[r0]').rig.peek(DATA), CODE + 8);
    assert.equal(run('BLX lr').rig.r(14), CODE + 4);
    assert.equal(run('WFI').rig.state[Word.PC] >>> 0, CODE + 4);
  });
});
