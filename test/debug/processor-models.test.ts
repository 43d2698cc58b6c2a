/** What the debugger says of an instruction or a register that the chosen processor model lacks, and of a board that does not fit a model. */
import assert from 'node:assert/strict';
import { cpuModels } from '../../src/cpu/models.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { launch, MODES, settle } from './guests.js';

const raw = (source: string) => ({ name: 'program.bin', bytes: assemble(source, { origin: 0x4001_0000 }) });

interface Case {
  readonly title: string;
  readonly cpu: string;
  readonly source: string;
  readonly says: string;
}

/** Each begins with one instruction that is not on the model. */
const CASES: readonly Case[] = [
  {
    title: 'a division',
    cpu: 'cortex-a8',
    source: 'udiv r0, r1, r2',
    says: 'UDIV needs the divide extension, which cortex-a8 lacks; cortex-a7 and cortex-a15 have it.',
  },
  {
    title: 'a 16-bit immediate',
    cpu: 'arm1176',
    source: 'movw r0, #1',
    says: 'MOVW needs ARMv6T2 (Thumb-2), which arm1176 lacks; cortex-a7, cortex-a8 and cortex-a15 have it.',
  },
  {
    // Of words from 11101 whose bit 0 is 1: the others are halves of branches there, and execute.
    title: 'a Thumb-2 load of two words on an ARM1176',
    cpu: 'arm1176',
    source: 'adr r0, 1f + 1\n bx r0\n .ltorg\n .thumb\n .thumb_func\n 1: ldrd r2, r3, [r1]\n .arm',
    says: 'LDRD needs ARMv6T2 (Thumb-2), which arm1176 lacks; cortex-a7, cortex-a8 and cortex-a15 have it.',
  },
  {
    title: 'a barrier',
    cpu: 'arm1176',
    source: 'dsb',
    says: 'DSB needs ARMv7, which arm1176 lacks; cortex-a7, cortex-a8 and cortex-a15 have it.',
  },
  {
    title: 'a preload for writing',
    cpu: 'cortex-a8',
    source: 'pldw [r0]',
    says: 'PLDW needs the Multiprocessing Extensions, which cortex-a8 lacks; cortex-a7 and cortex-a15 have it.',
  },
  {
    title: 'a timer',
    cpu: 'cortex-a8',
    source: 'mrrc p15, 1, r0, r1, c14',
    says: 'CNTVCT (Virtual Count register) needs the Generic Timer, which cortex-a8 lacks; cortex-a7 and cortex-a15 have it.',
  },
  {
    title: 'a register that only one model has',
    cpu: 'cortex-a15',
    source: 'mrc p15, 0, r0, c9, c0, 0',
    says: 'DCLR (Data Cache Lockdown Register) is a register that cortex-a15 lacks; arm1176 has it.',
  },
  {
    title: 'what no processor here has in use',
    cpu: 'cortex-a15',
    source: 'mrs r0, sp_usr',
    says: 'MRS (Banked register) needs the Virtualization Extensions, which no processor here has in use.',
  },
];

describe('an instruction that the processor model lacks', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const { title, cpu, source, says } of CASES)
    for (const mode of MODES)
      it(`is Undefined, and a stop there says why: ${title}, ${cpu}, ${mode}`, () => {
        const { guest, output } = launch({ program: raw(source), mode, cpu });
        guest.setTrapFilters(['exception-undefined']);
        guest.continue();
        const result = settle(guest);
        assert.ok(result.kind === 'stopped', result.kind);
        assert.ok(result.reason.text.endsWith(`. ${says}`), result.reason.text);
        assert.equal(guest.pc(), 4, 'at the vector');
        assert.equal(output.filter((line) => line.startsWith(says)).length, 1, output.join('\n'));
      });

  for (const mode of MODES)
    it(`is named where the guest dies of it, ${mode}`, () => {
      // The vector holds the same instruction.
      const source = 'mov r0, #0\n ldr r1, =0xe730f211\n str r1, [r0, #4]\n udiv r0, r1, r2\n .ltorg';
      const { guest } = launch({ program: raw(source), mode, cpu: 'cortex-a8' });
      guest.continue();
      const result = settle(guest);
      assert.ok(result.kind === 'stopped', result.kind);
      assert.equal(result.dead, true);
      assert.match(result.reason.text, /UDIV needs the divide extension, which cortex-a8 lacks/);
    });

  it('is said once, however often it is executed', () => {
    const source =
      'ldr r0, =vectors\n mcr p15, 0, r0, c12, c0, 0\n mov r2, #3\n 1: sdiv r0, r0, r0\n subs r2, #1\n bne 1b\n b .\n .ltorg\n .balign 32\n vectors: b .\n movs pc, lr';
    const { guest, output } = launch({ program: raw(source), cpu: 'cortex-a8' });
    guest.continue();
    for (let i = 0; i < 3; i++) guest.run(50, Infinity);
    assert.equal(output.filter((line) => line.startsWith('SDIV needs')).length, 1);
  });
});

describe('listings and registers follow the processor model', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('a word that the model lacks is undefined, and says so', () => {
    const listed = (cpu: string): string[] => {
      const { guest } = launch({ program: raw('udiv r0, r1, r2\n mov r0, r1'), cpu });
      return guest.disassemble(0x4001_0000, 0, 2).map(({ text, cls }) => `${text} [${cls}]`);
    };
    assert.deepEqual(listed('cortex-a15'), ['udiv r0, r1, r2 [innocuous]', 'mov r0, r1 [innocuous]']);
    assert.deepEqual(listed('cortex-a8'), [
      'udiv r0, r1, r2  ; Undefined on this processor [undefined]',
      'mov r0, r1 [innocuous]',
    ]);
  });

  it('a model shows the system registers that it has, and its own in a group of their own', () => {
    const shown = (cpu: string): string[] => {
      const { guest } = launch({ program: raw('b .'), cpu });
      const scope = guest.scopes().find(({ name }) => name === 'CP15')!;
      return guest.variables(scope.id).map(({ name, value }) => `${name}: ${value}`);
    };
    assert.ok(shown('cortex-a15').some((line) => line.startsWith('Generic timer')));
    assert.ok(!shown('cortex-a8').some((line) => line.startsWith('Generic timer')));
    assert.ok(shown('arm1176').some((line) => /processor's own.*: .*WFAR/.test(line)));
  });
});

describe('a processor model', () => {
  it('is in the statistics; the board has one where none is named', () => {
    assert.equal(launch({ program: raw('b .'), cpu: 'arm1176' }).guest.statistics().cpu, 'arm1176');
    assert.equal(launch({ program: raw('b .') }).guest.statistics().cpu, 'cortex-a15');
  });

  it('that does not exist is refused by name, with those that do', () => {
    assert.throws(
      () => launch({ program: raw('b .'), cpu: 'cortex-m0' }),
      (error: Error) => [...cpuModels.keys(), 'cortex-m0'].every((name) => error.message.includes(name)),
    );
  });

  it('without the generic timer runs on the virt board, and the session says what is missing', () => {
    for (const cpu of cpuModels.keys()) {
      const { output } = launch({ program: raw('b .'), cpu });
      const said = output.some((line) => line.includes(`${cpu} lacks`) && line.includes('without timer'));
      assert.equal(said, cpu === 'cortex-a8' || cpu === 'arm1176', cpu);
    }
  });
});
