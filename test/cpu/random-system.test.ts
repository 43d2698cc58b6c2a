/**
 * System instructions in every mode against QEMU's `virt` board: PSR moves, CPS, SRS, RFE, exception returns, user-bank transfers, exceptions
 * and system registers, with random operands. Each case ends in an exception handler that writes every register of every bank.
 * TRAPLINE_SYSTEM_CASES sets how many (default 1,500), TRAPLINE_SEED the seed.
 */
import assert from 'node:assert/strict';
import { Mode } from '../../src/arm/modes.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { CpuRig } from '../support/cpu-rig.js';
import { END, NOWHERE, ORIGIN, OUT, runOnQemu, runOnReference } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

const CASES = Number(process.env.TRAPLINE_SYSTEM_CASES ?? 1500);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const PER_PROGRAM = 300;

/** Data that instructions may read and write, restored before each case. */
const DATA = 0x4070_0000;
const VARS = 0x4071_0000;

const BANKED = ['fiq', 'irq', 'svc', 'abt', 'und', 'sys'] as const;
const MODES = ['usr', ...BANKED] as const;
const KINDS = ['reset', 'undefined', 'svc', 'prefetch', 'data', 'unused', 'irq', 'fiq'] as const;
const FAULTS = ['DFSR', 'IFSR', 'DFAR', 'IFAR'] as const;

/** The words of one case's record, in order. */
const RECORD: readonly string[] = [
  'CPSR',
  ...Array.from({ length: 11 }, (_, n) => `r${n + 2}`),
  'r0',
  'r1',
  'kind',
  ...BANKED.flatMap((mode) => [`R13_${mode}`, `R14_${mode}`, ...(mode === 'sys' ? [] : [`SPSR_${mode}`])]),
  ...Array.from({ length: 5 }, (_, n) => `R${n + 8}_fiq`),
  ...FAULTS,
  ...Array.from({ length: 24 }, (_, n) => `data+${4 * n}`),
];

const hex = (n: number): string => '0x' + (n >>> 0).toString(16);

const HANDLERS = `
    b start
    .balign 32
  vectors:
    ${KINDS.map((kind) => `b handle_${kind}`).join('\n    ')}
  ${KINDS.map(
    (kind, i) => `
  handle_${kind}:
    mcr p15, 0, r0, c13, c0, 2
    mcr p15, 0, r1, c13, c0, 3
    mov r1, #${i}
    b dump`,
  ).join('')}
  dump:
    mcr p15, 0, r1, c13, c0, 4
    ldr r0, =${VARS}
    ldr r0, [r0]
    mrs r1, cpsr
    str r1, [r0], #4
    stmia r0!, {r2-r12}
    mrc p15, 0, r1, c13, c0, 2
    str r1, [r0], #4
    mrc p15, 0, r1, c13, c0, 3
    str r1, [r0], #4
    mrc p15, 0, r1, c13, c0, 4
    str r1, [r0], #4
    ${BANKED.map(
      (mode) => `
    cps #${Mode[mode]}
    str sp, [r0], #4
    str lr, [r0], #4
    ${mode === 'sys' ? '' : 'mrs r1, spsr\n    str r1, [r0], #4'}`,
    ).join('')}
    cps #${Mode.fiq}
    stmia r0!, {r8-r12}
    cps #${Mode.svc}
    mrc p15, 0, r1, c5, c0, 0
    str r1, [r0], #4
    mrc p15, 0, r1, c5, c0, 1
    str r1, [r0], #4
    mrc p15, 0, r1, c6, c0, 0
    str r1, [r0], #4
    mrc p15, 0, r1, c6, c0, 2
    str r1, [r0], #4
    ldr r1, =${DATA - 48}
    mov r2, #24
  copy:
    ldr r3, [r1], #4
    str r3, [r0], #4
    subs r2, r2, #1
    bne copy
    ldr r1, =${VARS}
    str r0, [r1]
    ldr pc, [r1, #4]        @ the next case
    .ltorg
  setup:                    @ returns in Supervisor mode, flags clear, interrupts masked
    mov r12, lr
    ${BANKED.map(
      (mode, i) => `
    cps #${Mode[mode]}
    ldr sp, =${DATA}
    ldr lr, =${hex(0x1400_0000 + i * 0x10)}
    ${mode === 'sys' ? '' : `ldr r1, =${hex(0x6000_0010 + i)}\n    msr spsr_fsxc, r1`}`,
    ).join('')}
    cps #${Mode.fiq}
    mov r8, #0x88
    mov r9, #0x99
    mov r10, #0xaa
    mov r11, #0xbb
    cps #${Mode.svc}
    mov r1, #0
    mcr p15, 0, r1, c5, c0, 0
    mcr p15, 0, r1, c5, c0, 1
    mcr p15, 0, r1, c6, c0, 0
    mcr p15, 0, r1, c6, c0, 2
    ldr r1, =${DATA - 48}
    ldr r2, =0x51525354
    mov r3, #24
  fill:
    str r2, [r1], #4
    add r2, r2, #0x100
    subs r3, r3, #1
    bne fill
    mov lr, r12
    mov r1, #0xd3
    msr cpsr_fsxc, r1
    bx lr
    .ltorg
  start:
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0
    ldr r0, =${VARS}
    ldr r1, =${OUT}
    str r1, [r0]`;

/** What a case is made from. */
interface Case {
  readonly name: string;
  /** Assembly text; starts in Supervisor mode, and continues to the `svc` behind it if nothing else happens. */
  readonly text: string;
}

class Author {
  readonly #random: RandomSource;
  #label = 0;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#random() % list.length];
  }
  word(): number {
    return this.#random() >>> 0;
  }
  chance(n: number): boolean {
    return this.#random() % n === 0;
  }

  /** Loads `register`. */
  load(register: string, value: number | string): string {
    return `ldr ${register}, =${typeof value === 'number' ? hex(value) : value}`;
  }

  /** Goes to a mode with random flags and masks. CPSR.A, I and F stay set where nothing could be pending anyway. */
  enter(mode: (typeof MODES)[number]): string {
    const psr = (this.word() & 0xf80f_01c0) | Mode[mode];
    return `${this.load('r12', psr)}\n msr cpsr_fsxc, r12`;
  }

  fields(): string {
    return this.pick(['c', 'x', 's', 'f', 'fc', 'fx', 'sx', 'fsc', 'fsxc']);
  }

  /** A PSR value with a mode that exists (or now and then not), and any other bits outside the execution state. */
  psr(): number {
    const mode = this.chance(8) ? this.word() & 31 : Mode[this.pick(MODES)];
    return ((this.word() & ~0x0700_fc3f & ~0x00f0_0000) | mode) >>> 0;
  }

  /** A PSR value to return to, with the code that is to run there. */
  returnTo(): { psr: number; label: string; code: string } {
    const thumb = this.chance(2);
    const label = `land${this.#label++}`;
    let psr = (this.word() & 0xf80f_01c0) | Mode[this.pick(MODES)];
    let code = `.balign 4\n ${label}:\n svc #2`;
    if (thumb) {
      psr |= 0x20;
      const it = this.chance(2)
        ? (this.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) << 4) | this.pick([8, 4, 12])
        : 0;
      psr |= ((it & 3) << 25) | ((it & 0xfc) << 8);
      code = `.balign 4\n .thumb\n ${label}:\n .hword 0x3001, 0x3102, 0x3203, 0xdf02\n .arm`;
    }
    return {
      psr: psr >>> 0,
      label: thumb ? `${label} + 1` : label,
      code: `b over_${label}\n ${code}\n .balign 4\n over_${label}:`,
    };
  }

  make(): Case {
    const { name, text } = this.pick(TEMPLATES)(this);
    // The instruction under test is the last line. Half of those that Thumb has run in Thumb state.
    const cut = text.lastIndexOf('\n') + 1;
    const last = text.slice(cut).trim();
    if (!IN_THUMB.test(last) || this.chance(2)) return { name, text };
    const thumb = `${last.replace('movs pc, lr', 'subs pc, lr, #0')}\n svc #1`;
    return {
      name: `Thumb ${name}`,
      text: `${text.slice(0, cut)} add r12, pc, #1\n bx r12\n .thumb\n ${thumb}\n .balign 4\n .arm`,
    };
  }
}

/** Instructions that Thumb has, in the form in which they are written here. */
const IN_THUMB =
  /^(mrs|msr|cps\w*|srs(ia|db)|rfe(ia|db)|movs pc, lr|subs pc|svc|udf|bkpt|smc|ldr|str|ldrd|mcr|mrc)\b(?!.*(lsr|\.word))/;

const privileged = (a: Author): (typeof BANKED)[number] => a.pick(BANKED);
const withSpsr = (a: Author): (typeof BANKED)[number] => a.pick(BANKED.filter((mode) => mode !== 'sys'));

const TEMPLATES: readonly ((a: Author) => Case)[] = [
  (a) => {
    const mode = privileged(a);
    const fields = a.fields();
    return {
      name: `msr cpsr_${fields} in ${mode}`,
      text: `${a.load('r2', a.psr())}\n ${a.enter(mode)}\n msr cpsr_${fields}, r2`,
    };
  },
  (a) => {
    const fields = a.pick(['c', 's', 'f', 'fc', 'fsc']);
    return {
      name: `msr cpsr_${fields} in usr`,
      text: `${a.load('r2', a.psr())}\n ${a.enter('usr')}\n msr cpsr_${fields}, r2`,
    };
  },
  (a) => {
    const mode = withSpsr(a);
    const fields = a.fields();
    return {
      name: `msr spsr_${fields} in ${mode}`,
      text: `${a.load('r2', a.psr())}\n ${a.enter(mode)}\n msr spsr_${fields}, r2`,
    };
  },
  (a) => {
    const mode = withSpsr(a);
    return { name: `mrs in ${mode}`, text: `${a.enter(mode)}\n mrs r2, cpsr\n mrs r3, spsr` };
  },
  (a) => ({
    name: 'mrs, msr spsr in usr',
    text: `${a.enter('usr')}\n ${a.pick(['mrs r2, cpsr', 'mrs r3, spsr', 'msr spsr_fsxc, r1'])}`,
  }),
  (a) => {
    const mode = a.pick(MODES);
    const to = Mode[a.pick(BANKED)];
    const text = a.pick([
      `cpsid ${a.pick(['a', 'i', 'f', 'ai', 'if', 'aif'])}`,
      `cpsie ${a.pick(['a', 'i', 'f', 'aif'])}`,
      `cps #${to}`,
      `cpsid if, #${to}`,
      `cpsie a, #${to}`,
    ]);
    return { name: `${text} in ${mode}`, text: `${a.enter(mode)}\n ${text}` };
  },
  (a) => {
    const mode = withSpsr(a);
    const text = `srs${a.pick(['ia', 'ib', 'da', 'db'])} sp${a.pick(['', '!'])}, #${Mode[a.pick(BANKED)]}`;
    return { name: `${text} in ${mode}`, text: `${a.enter(mode)}\n ${text}` };
  },
  (a) => {
    const mode = privileged(a);
    const way = a.pick([
      ['ia', 0],
      ['ib', 4],
      ['da', -4],
      ['db', -8],
    ] as const);
    const { psr, label, code } = a.returnTo();
    const place = `${a.load('r3', label)}\n ${a.load('r4', psr)}\n ${a.load('r5', DATA)}\n str r3, [r5, #${way[1]}]\n str r4, [r5, #${way[1] + 4}]`;
    const text = `rfe${way[0]} r5${a.pick(['', '!'])}`;
    return { name: `${text} in ${mode} to ${hex(psr)}`, text: `${code}\n ${place}\n ${a.enter(mode)}\n ${text}` };
  },
  (a) => {
    const mode = withSpsr(a);
    const { psr, label, code } = a.returnTo();
    // QEMU takes ADDS, ORRS and the other operations of SUBS PC, LR and related instructions (B9.3.20) for plain branches: only these two return there.
    const [prepare, text] = a.pick([
      ['', 'movs pc, lr'],
      ['add lr, lr, #4', 'subs pc, lr, #4'],
      ['mov r6, sp\n str lr, [sp]', 'ldm sp, {pc}^'],
      ['mov r6, #7\n stmdb sp, {r6, lr}\n sub sp, #8', 'ldmia sp!, {r7, pc}^'],
      ['stmdb sp, {r6, lr}', 'ldmdb sp, {r3, pc}^'],
    ] as const);
    const flags = `${a.enter(mode)}\n ${a.load('lr', label)}\n ${prepare}\n ${a.load('r12', psr)}\n msr spsr_fsxc, r12\n mov r12, #0`;
    return { name: `${text} in ${mode} to ${hex(psr)}`, text: `${code}\n ${flags}\n ${text}` };
  },
  (a) => {
    const mode = withSpsr(a);
    const list = a.pick(['{r8-r14}', '{r0, r13, r14}', '{r7-r12}', '{r13}', '{r14}', '{r2, r9, r14}']);
    const text = `${a.pick(['ldm', 'stm'])}${a.pick(['ia', 'ib', 'da', 'db'])} r5, ${list}^`;
    return {
      name: `${text} in ${mode}`,
      text: `${a.load('r5', DATA)}\n mov r7, #77\n ${a.enter(mode)}\n ${text}\n nop`,
    };
  },
  (a) => {
    const mode = a.pick(MODES);
    const [prepare, text] = a.pick([
      ['', 'svc #7'],
      ['', 'udf #3'],
      ['', 'bkpt #0'],
      ['', 'smc #0'],
      [a.load('r5', NOWHERE), 'ldr r6, [r5]'],
      [a.load('r5', NOWHERE), 'str r6, [r5, #4]!'],
      [a.load('r5', NOWHERE), 'ldmia r5!, {r6-r8}'],
      [a.load('r5', NOWHERE), 'bx r5'],
      [a.load('r5', NOWHERE + 1), 'bx r5'],
      [a.load('r5', DATA + 2), 'ldrex r6, [r5]'],
      [a.load('r5', DATA + 1), 'ldrd r6, r7, [r5]'],
      [a.load('r5', DATA + 2), 'ldm r5, {r6, r7}'],
      [a.load('r5', DATA + 3), 'ldr r6, [r5]'],
      ['', '.word 0xe7f000f0'],
      ['', '.word 0xf7ffffff'],
      ['', 'mcr p15, 0, r1, c8, c7, 0'],
      ['', 'mrc p15, 0, r2, c13, c0, 4'],
    ] as const);
    return { name: `${text} in ${mode}`, text: `${prepare}\n ${a.enter(mode)}\n ${text}` };
  },
  (a) => {
    const text = a.pick([
      'setend be\n ldr r6, [r5]\n strh r6, [r5, #8]\n setend le',
      'setend be\n ldm r5, {r6-r8}\n stmia r5, {r6-r7}\n setend le',
      'setend be\n ldrd r6, r7, [r5]\n setend le',
    ]);
    return { name: text, text: `${a.load('r5', DATA)}\n ${a.enter(a.pick(MODES))}\n ${text}` };
  },
  (a) => {
    const name = a.pick([
      '0,REG,c1,c0,2',
      '0,REG,c1,c0,1',
      '0,REG,c2,c0,0',
      '0,REG,c2,c0,1',
      '0,REG,c2,c0,2',
      '0,REG,c3,c0,0',
      '0,REG,c5,c0,0',
      '0,REG,c5,c0,1',
      '0,REG,c6,c0,0',
      '0,REG,c6,c0,2',
      '0,REG,c7,c4,0',
      '0,REG,c10,c2,0',
      '0,REG,c10,c2,1',
      '0,REG,c13,c0,1',
      '2,REG,c0,c0,0',
      '0,REG,c9,c12,5',
      '0,REG,c9,c14,0',
      '0,REG,c9,c14,1',
      '0,REG,c14,c1,0',
      '1,REG,c9,c0,2',
    ]);
    const low = name.includes('c0,c0,0')
      ? a.word() & 3
      : name.includes('c2,c0,2')
        ? (a.word() & 7) | (a.word() & 0x8000_0000)
        : a.word();
    const access = name.replace('REG', 'r6');
    // TTBCR goes back to zero: fault status has the format that it says.
    const undo = `mov r7, #0\n mcr p15, 0, r7, c2, c0, 2`;
    return {
      name: `mcr, mrc p15,${access} of ${hex(low)}`,
      text: `${a.load('r6', low)}\n mcr p15,${access}\n mov r6, #0\n mrc p15,${access}\n ${undo}`,
    };
  },
  (a) => {
    const address = a.pick([DATA, DATA + 0x123, NOWHERE, 0xffff_fffc]);
    const operation = a.pick([0, 1, 2, 3]);
    // The MMU is off: flat. Shareability and memory type in PAR are this project's own reading of the manual.
    return {
      name: `ATS ${operation} of ${hex(address)}`,
      text: `${a.load('r6', address)}\n mcr p15,0,r6,c7,c8,${operation}\n mrc p15,0,r6,c7,c4,0\n lsr r6, r6, #12`,
    };
  },
];

describe('system instructions against qemu-system-arm', () => {
  before(function () {
    need(this, 'qemu-system-arm', ...ASSEMBLER);
  });

  it('every register of every bank, fault registers and memory agree', function () {
    this.timeout(0);
    const author = new Author(seededRandom(SEED));
    const rig = new CpuRig();
    let inThumb = 0;
    for (let done = 0; done < CASES; done += PER_PROGRAM) {
      const cases = Array.from({ length: PER_PROGRAM }, () => author.make());
      const body = cases.map(
        ({ text }, i) => `
  case${i}:
    ldr r1, =${VARS}
    ldr r2, =case${i + 1}
    str r2, [r1, #4]
    bl setup
    ${text}
    svc #1
    .ltorg`,
      );
      const source = `${HANDLERS}\n${body.join('\n')}\n case${PER_PROGRAM}:\n ldr r0, =${VARS}\n ldr r0, [r0]\n ${END}`;
      const program = assemble(source, { origin: ORIGIN });
      const theirs = runOnQemu(program);
      const ours = runOnReference(rig, program);
      cases.forEach(({ name, text }, i) => {
        const at = i * RECORD.length;
        RECORD.forEach((what, n) => {
          const [a, b] = [ours[at + n], theirs[at + n]];
          if (a === b) return;
          const both = `ours ${a === undefined ? 'nothing' : hex(a)}, qemu ${b === undefined ? 'nothing' : hex(b)}`;
          assert.fail(`${what}: ${both}\nafter ${name} (seed ${SEED}, case ${done + i})\n${text}`);
        });
      });
      assert.equal(ours.length, PER_PROGRAM * RECORD.length);
      inThumb += cases.filter(({ name }) => name.startsWith('Thumb')).length;
    }
    assert.ok(inThumb > CASES / 5, `${inThumb} cases in Thumb state`);
  });
});
