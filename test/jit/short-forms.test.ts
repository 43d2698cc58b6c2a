/** Short forms of system operations against the reference, which executes the operations themselves: on both tiers, in all modes, with interrupt lines up and down. */
import assert from 'node:assert/strict';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Stop } from '../../src/arm/engine.js';
import { Bank, Word } from '../../src/arm/state.js';
import { seededRandom } from '../../src/isa/random.js';
import { predecode } from '../../src/ops/predecode.js';
import { hex32 } from '../../src/util/bits.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, type Rig } from './rig.js';

const CODE = RAM + 0x1000;
const DATA = RAM + 0x8000;
const MASKED = Psr.A | Psr.I | Psr.F;
/** Coprocessor accesses by their encodings: MRC or MCR p15, opc1, rt, CRn, CRm, opc2. */
const transfer = (read: boolean, t: number, CRn: number, CRm: number, opc2: number): number =>
  0xee00_0f10 | (read ? 1 << 20 : 0) | (CRn << 16) | (t << 12) | (opc2 << 5) | CRm | 0;

const FORMS: readonly (readonly [name: string, word: number])[] = [
  ['mrs r0, cpsr', 0xe10f_0000],
  ['mrsne r1, cpsr', 0x110f_1000],
  ['cpsid i', 0xf10c_0080],
  ['cpsie i', 0xf108_0080],
  ['cpsid aif', 0xf10c_01c0],
  ['cpsie if', 0xf108_00c0],
  ['msr cpsr_c, r2', 0xe121_f002],
  ['msrcs cpsr_c, r3', 0x2121_f003],
  ['msr cpsr_c, #0xd3', 0xe321_f0d3],
  ['msr cpsr_c, #0xd2', 0xe321_f0d2],
  ['msrvs cpsr_c, #0x5f', 0x6321_f05f],
  ['cps #0x13', 0xf102_0013],
  ['cps #0x1f', 0xf102_001f],
  ['cpsid i, #0x17', 0xf10e_0097],
  ['cpsie f, #0x1b', 0xf10a_005b],
  ['mrs r5, spsr', 0xe14f_5000],
  ['mrsmi r6, spsr', 0x414f_6000],
  ['msr spsr_cxsf, r2', 0xe16f_f002],
  ['msrpl spsr_cf, r7', 0x5169_f007],
  ['msr spsr_xs, r3', 0xe166_f003],
  ['msr spsr_f, #0xf0000000', 0xe368_f20f],
  ['mrc TPIDRPRW', transfer(true, 4, 13, 0, 4)],
  ['mrc TPIDRURO', transfer(true, 5, 13, 0, 3)],
  ['mcr TPIDRPRW', transfer(false, 2, 13, 0, 4)],
  ['mcr TPIDRURW', transfer(false, 3, 13, 0, 2)],
  ['mrc SCTLR', transfer(true, 6, 1, 0, 0)],
  ['mrc MIDR', transfer(true, 7, 0, 0, 0)],
  ['mrc DACR', transfer(true, 0, 3, 0, 0)],
  ['mcr DCISW', transfer(false, 1, 7, 6, 2)],
  ['mcr ICIALLU', transfer(false, 0, 7, 5, 0)],
];

/** Those that reach memory, by r9 and by the stacks of modes. */
const TRANSFERS: readonly (readonly [name: string, word: number])[] = [
  ['stmia r9, {r0-r7, r10-lr}^', 0xe8c9_7cff],
  ['ldmia r9, {r0-r7, r10-lr}^', 0xe8d9_7cff],
  ['stmdb r9, {sp, lr}^', 0xe949_6000],
  ['ldmib r9, {r1, sp}^', 0xe9d9_2002],
  ['stmib r9, {r2, r3}^', 0xe9c9_000c],
  ['ldmda r9, {lr}^', 0xe859_4000],
  ['ldmdbne r9, {r0-r7, sp}^', 0x1959_20ff],
  ['ldmia r9, {r4, r9, lr}^', 0xe8d9_4210],
  ['srsdb sp!, #0x13', 0xf96d_0513],
  ['srsia sp, #0x12', 0xf8cd_0512],
  ['srsib sp!, #0x1f', 0xf9ed_051f],
  ['srsda sp!, #0x11', 0xf86d_0511],
];
const MODES = [Mode.usr, Mode.svc, Mode.irq, Mode.sys, Mode.fiq, Mode.abt, Mode.und];

for (const [tiers, tier1] of [
  ['tier 0', undefined],
  ['tiers 0 and 1', { threshold: 1 }],
] as const)
  describe(`short forms on ${tiers}`, () => {
    it('all of these have one', () => {
      const { processor } = new Pair(undefined, tier1).actual;
      for (const [name, word] of [...FORMS, ...TRANSFERS]) {
        const { operation, operands } = predecode('A32', word);
        assert.equal(operation?.kind, 'system', name);
        assert.notEqual(processor.shortForm(operation.name, operands), undefined, name);
      }
    });

    it('leave the flags of a loop as they are where they give up', function () {
      this.timeout(60_000);
      for (const covers of [false, true])
        for (const [name, word] of FORMS)
          for (const mode of [Mode.usr, Mode.svc]) {
            const pair = new Pair(undefined, tier1, covers);
            const turns = 3000;
            pair.both((rig) => {
              rig.loop(CODE, 'A32', [0xe289_9001, 0xe281_1001, word | 0, 0xe284_4001]); // add r9, r9, #1; add r1, r1, #1; the form; add r4, r4, #1
              rig.processor.setCpsr(mode | Psr.A | Psr.I | Psr.F);
              rig.state[8] = turns;
            });
            for (const budget of [7, MARGIN + 60, 3, 2 * MARGIN, 11])
              pair.run(budget, () => `${name}, mode ${mode}, ${covers ? '' : 'not '}counted`);
            assert.equal(pair.coverageDifference(), undefined, name);
          }
    });

    it('and what is more than words of the state has none', () => {
      const { processor } = new Pair(undefined, tier1).actual;
      const none: readonly (readonly [string, number])[] = [
        ['cps #0x11', 0xf102_0011],
        ['cpsid i, #0x10', 0xf10e_0090],
        ['msr cpsr_c, #0xd1', 0xe321_f0d1],
        ['msr cpsr_cxsf, r0', 0xe12f_f000],
        ['msr cpsr_f, r0', 0xe128_f000],
        ['mcr SCTLR', transfer(false, 0, 1, 0, 0)],
        ['mcr DACR', transfer(false, 0, 3, 0, 0)],
        ['mcr DCCMVAC', transfer(false, 0, 7, 10, 1)],
        ['mrc DCISW', transfer(true, 0, 7, 6, 2)],
        ['mcr TLBIALL', transfer(false, 0, 8, 7, 0)],
        ['mrc to the flags', transfer(true, 15, 13, 0, 3)],
        ['mrc TLBIALL', transfer(true, 0, 8, 7, 0)],
        ['stmia r9, {r0, pc}^', 0xe8c9_8001],
        ['ldmia r9, {}^', 0xe8d9_0000],
        ['ldmia pc, {r0}^', 0xe8df_0001],
        ['srsdb sp!, of monitor mode', 0xf96d_0516],
      ];
      for (const [name, word] of none) {
        const { operation, operands } = predecode('A32', word);
        assert.equal(operation?.kind, 'system', name);
        assert.equal(processor.shortForm(operation.name, operands), undefined, name);
      }
    });

    /** A loop of words in a mode, with R9 and all stacks in memory. */
    const begin = (rig: Rig, words: readonly number[], cpsr: number, r9: number, stack: number): void => {
      const { processor, state } = rig;
      rig.loop(CODE, 'A32', words);
      rig.interpreter.invalidateAllCode();
      processor.setCpsr(cpsr);
      for (let bank = 0; bank < 6; bank++) {
        state[Word.BANK + Bank.R13 + 2 * bank] = stack + 64 * bank;
        state[Word.BANK + Bank.R13 + 2 * bank + 1] = 0x1111 * (bank + 1);
        state[Word.BANK + Bank.SPSR + bank] = 0x6000_0010 | bank;
      }
      for (let n = 0; n < 15; n++) state[n] = n === 13 ? stack + 512 : 0x0101_0101 * n;
      state[8] = 200;
      state[9] = r9;
    };

    it('reach memory at once, in modes that have no more of their own than R13 and R14', () => {
      for (const [name, word] of TRANSFERS) {
        // whose base changes, or a stack runs away with
        if (/r9, lr|!/.test(name)) continue;
        const pair = new Pair(undefined, tier1);
        let asked = 0;
        const { processor } = pair.actual;
        const [reference, known] = [processor.executeReference.bind(processor), processor.executeKnown.bind(processor)];
        processor.executeReference = () => (asked++, reference());
        processor.executeKnown = (...args) => (asked++, known(...args));
        pair.both((rig) => {
          begin(rig, [word], Mode.svc | MASKED, DATA, DATA + 0x400);
          rig.state[8] = 2000;
        });
        pair.run(MARGIN + 6000, () => name);
        // until its handler is made (handlers.ts)
        assert.ok(asked < 300, `${name}: the reference executes ${asked} instructions`);
      }
    });

    it('and as the reference does where they cannot, wherever they lead', function () {
      this.timeout(120_000);
      for (const [name, word] of TRANSFERS)
        for (const covers of [false, true]) {
          const pair = new Pair(undefined, tier1, covers);
          for (const mode of covers ? [Mode.svc, Mode.fiq] : MODES)
            // in a page, across its end, not aligned, into the code, and where there is no memory
            for (const r9 of [DATA, DATA + 0x1000 - 8, DATA + 2, CODE + 0x100, 0x2000])
              for (const endian of [0, Psr.E]) {
                pair.both((rig) => begin(rig, [0xe280_0001, word, 0xe08d_d00e], mode | MASKED | endian, r9, r9 + 0x40));
                const context = (): string => `${name}, mode ${hex32(mode)}, r9 ${hex32(r9)}, E ${endian}`;
                for (const budget of [MARGIN + 40, 3, 120]) pair.run(budget, context);
              }
          assert.equal(pair.coverageDifference(), undefined, name);
        }
    });

    it('executed where an instruction has trapped they leave what it leaves, or give up', () => {
      for (const [name, word] of [...FORMS, ...TRANSFERS]) {
        const pair = new Pair(undefined, tier1);
        const { interpreter, processor } = pair.actual;
        // its condition has been looked at by then
        const always = word >>> 28 === 15 ? word : (word & 0x0fff_ffff) | 0xe000_0000;
        const { operation, operands } = predecode('A32', always);
        const form = processor.shortForm(operation?.name ?? '', operands);
        assert.ok(form, name);
        const execute = interpreter.formExecution(form);
        // until its handler is made (handlers.ts)
        for (let time = 0; time < 300; time++) execute();
        for (const mode of MODES)
          for (const r9 of [DATA + 0x100, DATA + 0x1000 - 8, DATA + 2]) {
            pair.both((rig) => {
              begin(rig, [always], mode | MASKED, r9, DATA + 0x400);
              rig.state[2] = rig.state[3] = mode | MASKED;
              // the TLB is to have the page
              rig.processor.slowStore(DATA + 0x800, 4, 0, 0);
              rig.processor.slowLoad(DATA + 0x800, 4, 0);
            });
            const done = execute();
            if (done) {
              processor.skip(4);
              pair.expected.processor.executeReference();
            }
            assert.equal(pair.difference(), undefined, `${name}, mode ${hex32(mode)}, r9 ${hex32(r9)}`);
            const has = mode !== Mode.usr && mode !== Mode.sys && mode !== Mode.fiq && r9 === DATA + 0x100;
            if (has) assert.ok(done, `${name} gives up in mode ${hex32(mode)}`);
          }
      }
    });

    it('random sequences of them in loops', function () {
      this.timeout(60_000);
      const pair = new Pair(undefined, tier1);
      const random = seededRandom(7);
      for (let program = 0; program < 60; program++) {
        const forms = [...FORMS, ...TRANSFERS];
        const words = Array.from({ length: 1 + (random() % 8) }, () => forms[random() % forms.length][1]);
        // Something between that sets flags, and reads what was read.
        words.splice(random() % words.length, 0, 0xe090_0001, 0xe021_1000);
        pair.both((rig) => {
          rig.loop(CODE, 'A32', words);
          rig.interpreter.invalidateAllCode();
        });
        for (let run = 0; run < 12; run++) {
          const values = Array.from({ length: 9 }, () => random() | 0);
          const mode = MODES[random() % MODES.length];
          const masks = random() & (Psr.A | Psr.I | Psr.F);
          const [irq, fiq, endian] = [random() % 4 === 0, random() % 5 === 0, random() % 6 === 0];
          pair.both((rig) => {
            const { processor, state } = rig;
            processor.irqLine = false;
            processor.fiqLine = false;
            processor.setCpsr((values[8] & 0xf80f_0000) | mode | masks | (endian ? Psr.E : 0));
            // r2 and r3 go to CPSR_c: mostly with the mode that there is
            for (let n = 0; n < 8; n++) state[n] = n === 2 && run % 3 !== 0 ? (values[n] & ~31) | mode : values[n];
            state[8] = 100;
            state[9] = DATA + 4 * (values[7] & 0xff);
            rig.jump(CODE);
            processor.irqLine = irq;
            processor.fiqLine = fiq;
            // What asked to leave before: nothing is asked here.
          });
          const context = (): string =>
            `program ${program} (${words.map(hex32).join()}), run ${run}, mode ${hex32(mode)}`;
          for (let slice = 0; slice < 3; slice++) {
            const stop = pair.run(MARGIN + (random() % 300), context);
            if (stop === Stop.Attention) pair.both(({ processor }) => void processor.deliverInterrupts());
          }
        }
      }
    });

    it('an interrupt that waited is taken at the very instruction that unmasks it', () => {
      const pair = new Pair(undefined, tier1);
      pair.both((rig) => {
        rig.loop(CODE, 'A32', [0xf10c_0080, 0xe280_0001, 0xf108_0080, 0xe281_1001]);
        rig.processor.setCpsr(Mode.svc | Psr.A | Psr.I | Psr.F);
        rig.state[8] = 1000;
        rig.jump(CODE);
      });
      pair.run(MARGIN + 500, () => 'before');
      pair.both(({ processor, state }) => {
        state[Word.PSR] |= Psr.I;
        processor.statusChanged();
        processor.irqLine = true;
      });
      assert.equal(
        pair.run(MARGIN, () => 'with the line up'),
        Stop.Attention,
      );
      assert.equal(pair.actual.processor.deliverInterrupts(), true);
    });
  });
