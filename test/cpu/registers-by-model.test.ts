/**
 * CP14 and CP15 of each processor model against QEMU's: every encoding of MRC is read at PL1 on both, out of reset, and gives the same value or
 * is Undefined on both. Differences are listed, with their reasons.
 */
import assert from 'node:assert/strict';
import { cpuModels } from '../../src/cpu/models.js';
import type { GenericTimerPort } from '../../src/arm/timer-port.js';
import { findSystemRegister, findSystemRegister64 } from '../../src/isa/sysreg.js';
import { CpuRig } from '../support/cpu-rig.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { END, ORIGIN, OUT, runOnBareQemu } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

/** Encodings: opc2 in bits 2:0, CRm 6:3, CRn 10:7, opc1 13:11, and bit 14 for CP15. */
const ENCODINGS = 0x8000;

/** Reads every encoding; for each that is not Undefined, writes the encoding and the value. */
const PROGRAM = `
    mov r0, #4              @ LDR pc, [pc, #0x14] at the vector of Undefined Instruction
    ldr r1, =0xe59ff014
    str r1, [r0]
    ldr r1, =undefined
    str r1, [r0, #0x1c]
    ldr r12, =${OUT}
    mov r4, #0
    ldr r11, =${ENCODINGS}
  loop:
    ldr r0, =0xee100e10
    and r1, r4, #7
    orr r0, r0, r1, lsl #5
    lsr r1, r4, #3
    and r1, r1, #15
    orr r0, r0, r1
    lsr r1, r4, #7
    and r1, r1, #15
    orr r0, r0, r1, lsl #16
    lsr r1, r4, #11
    and r1, r1, #7
    orr r0, r0, r1, lsl #21
    tst r4, #0x4000
    orrne r0, r0, #0x100
    ldr r1, =site
    str r0, [r1]
    mov r6, #0
    mcr p15, 0, r6, c7, c5, 0
    mcr p15, 0, r6, c7, c5, 4
    mov r0, #0
  site:
    .word 0
    cmp r6, #0
    stmeq r12!, {r4}
    streq r0, [r12], #4
    add r4, r4, #1
    cmp r4, r11
    bne loop
    mov r0, r12
    b end
  undefined:
    mov r6, #1
    movs pc, lr
    .ltorg
  end:
    ${END}`;

class StoppedTimer implements GenericTimerPort {
  readonly frequency = 62_500_000;
  counter(): number {
    return 0;
  }
  readControl(): number {
    return 0;
  }
  writeControl(): void {}
  readCompare(): { low: number; high: number } {
    return { low: 0, high: 0 };
  }
  writeCompare(): void {}
  readTimerValue(): number {
    return 0;
  }
  writeTimerValue(): void {}
}

interface Place {
  readonly coproc: number;
  readonly opc1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly opc2: number;
}

function placeOf(encoding: number): Place {
  return {
    coproc: 14 + (encoding >>> 14),
    opc1: (encoding >>> 11) & 7,
    CRn: (encoding >>> 7) & 15,
    CRm: (encoding >>> 3) & 15,
    opc2: encoding & 7,
  };
}

interface Difference {
  readonly title: string;
  readonly models: readonly string[];
  readonly at: (place: Place) => boolean;
}

const ALL = [...cpuModels.keys()];
const V7 = ['cortex-a15', 'cortex-a7', 'cortex-a8'];
const cp15 = (CRn: number) => (place: Place) => place.coproc === 15 && place.CRn === CRn;

/** Where reads differ. What QEMU has and the manuals have not is Undefined here; what the manuals have and QEMU has not is there. */
const DIFFERENCES: readonly Difference[] = [
  {
    title: 'QEMU answers every c3 as DACR, every c15 with zero, and old TLB lockdown in c10',
    models: ALL,
    at: ({ coproc, opc1, CRn, CRm, opc2 }) =>
      coproc === 15 &&
      (CRn === 15 || CRn === 3 || (CRn === 10 && ([0, 1, 4, 8].includes(CRm) || (opc1 === 0 && CRm === 2)))) &&
      !(CRn === 3 && opc1 === 0 && CRm === 0 && opc2 === 0),
  },
  {
    title: 'c6 c0 1: WFAR, which ARMv7 took out of CP15 (B4.2); QEMU keeps it',
    models: V7,
    at: (place) => cp15(6)(place) && place.opc1 === 0 && place.CRm === 0 && place.opc2 === 1,
  },
  {
    title: 'c14 c8 to c15: the counters of PMUv3, of ARMv8; QEMU has them on ARMv7',
    models: V7,
    at: (place) => cp15(14)(place) && place.CRm >= 8,
  },
  {
    title: 'c14 c2 0 and c3 0: TimerValue registers run on QEMU (B8.1.3)',
    models: V7,
    at: (place) => cp15(14)(place) && (place.CRm === 2 || place.CRm === 3) && place.opc2 === 0,
  },
  {
    title:
      'c9 c12 6 and 7: PMCEID0 and 1, of PMUv2, name the events that are counted here; QEMU hides them on ARMv7 (C12.8.4)',
    models: V7,
    at: (place) => cp15(9)(place) && place.CRm === 12 && place.opc2 >= 6,
  },
  {
    title: 'CP14: debug registers beyond those that Linux looks at (C11.11)',
    models: ALL,
    at: ({ coproc, opc1 }) => coproc === 14 && opc1 === 0,
  },
  {
    title:
      'ARM1176: c9 and c11 have the TCM, cache behaviour and DMA registers of DDI 0301H 3.2; QEMU has cache lockdown alone',
    models: ['arm1176'],
    at: (place) => cp15(9)(place) || cp15(11)(place),
  },
  {
    title:
      'ARM1176: c12, VBAR and ISR, of the Security Extensions, which all of its silicon has; QEMU takes them away with EL3',
    models: ['arm1176'],
    at: cp15(12),
  },
  {
    title: 'ARM1176: opc1 1 of c0, cache size registers of ARMv7, read as zero on QEMU',
    models: ['arm1176'],
    at: (place) => cp15(0)(place) && place.opc1 === 1,
  },
];

function show(encoding: number, value: number | undefined): string {
  const { coproc, opc1, CRn, CRm, opc2 } = placeOf(encoding);
  const name = `p${coproc} ${opc1} c${CRn} c${CRm} ${opc2}`;
  return `${name}: ${value === undefined ? 'Undefined' : `0x${value.toString(16)}`}`;
}

describe('system registers by processor model, against QEMU', () => {
  before(function () {
    need(this, 'qemu-system-arm', ...ASSEMBLER);
  });

  const used = new Set<Difference>();
  for (const model of cpuModels.values())
    it(`${model.name}: every encoding of MRC`, function () {
      this.timeout(60_000);
      const written = runOnBareQemu(assemble(PROGRAM, { origin: ORIGIN }), model.name);
      const theirs = new Map<number, number>();
      for (let i = 0; i + 1 < written.length; i += 2) theirs.set(written[i], written[i + 1]);
      assert.ok(theirs.size > 100, 'QEMU read some');
      const rig = new CpuRig({ model, timer: new StoppedTimer() });
      const different: string[] = [];
      let same = 0;
      for (let encoding = 0; encoding < ENCODINGS; encoding++) {
        const { coproc, opc1, CRn, CRm, opc2 } = placeOf(encoding);
        const row = findSystemRegister(coproc, opc1, CRn, CRm, opc2, model);
        const readable =
          row !== undefined && (row.PL1 === 'RW' || row.PL1 === 'RO') && rig.cpu.systemRegisters.has(row);
        const ours = readable ? rig.cp15(row.name) : undefined;
        const value = theirs.get(encoding);
        if (ours === value) {
          same++;
          continue;
        }
        const why = DIFFERENCES.find(({ models, at }) => models.includes(model.name) && at(placeOf(encoding)));
        if (why === undefined) different.push(`${show(encoding, ours)}, on QEMU ${show(encoding, value)}`);
        else used.add(why);
      }
      assert.deepEqual(different, []);
      assert.ok(same > ENCODINGS / 2);
    });

  it('differ wherever it says that they do', () => {
    assert.deepEqual(
      DIFFERENCES.filter((difference) => !used.has(difference)).map(({ title }) => title),
      [],
    );
  });

  it('of 64 bits are those of the Large Physical Address Extension and of the timer, and the ARM1176’s block transfers', () => {
    const found = (name: string): number =>
      Array.from({ length: 256 }, (_, i) => findSystemRegister64(15, i >>> 4, i & 15, cpuModels.get(name))).filter(
        (row) => row !== undefined && row.kind !== 'absent',
      ).length;
    assert.deepEqual(
      ALL.map((name) => [name, found(name)]),
      [
        ['cortex-a15', 7],
        ['cortex-a7', 7],
        ['cortex-a8', 0],
        ['arm1176', 6],
      ],
    );
  });
});
