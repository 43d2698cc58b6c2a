/** The run loop: how runs end, that slicing them changes nothing, and that a reset gives the same run again. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, ORIGIN, POWER_OFF, TestGuest, wayName, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';
import { differences, visibleState } from '../vmm/compare.js';

const RUNS: readonly Way[] = [
  { engine: 'interpreter' },
  { engine: 'reference' },
  { engine: 'interpreter', level: 1 },
  { engine: 'reference', level: 0 },
];

const privilege = {
  program: {
    name: 'privilege.elf',
    bytes: new Uint8Array(fs.readFileSync(new URL('../../samples/privilege/privilege.elf', import.meta.url))),
  },
  loads: [],
};

const GIC_AND_TIMER = `
    ldr r0, =0x08000000
    mov r1, #1
    str r1, [r0]
    mov r1, #(1 << 27)
    str r1, [r0, #0x100]
    ldr r0, =0x08010000
    mov r1, #0xff
    str r1, [r0, #4]
    mov r1, #1
    str r1, [r0]`;
/** The virtual timer fires \`counts\` counts from now. */
const timer = (counts: number): string => `
    ldr r0, =${counts}
    mcr p15, 0, r0, c14, c3, 0
    mov r0, #1
    mcr p15, 0, r0, c14, c3, 1`;

function guest(way: Way, source: string, nsPerInstruction = 16): TestGuest {
  return new TestGuest(way, { images: assembled(source), memory: 2 * MIB, nsPerInstruction });
}

const OFF = { kind: 'exit', code: 0, how: 'power-off' } as const;

describe('a sliced run of the sample privilege', function () {
  this.timeout(60_000);

  for (const way of RUNS) {
    for (const ns of way.engine === 'interpreter' ? [160, 13.7, 0.3] : [160]) {
      // A tick is a millisecond: at faster rates the run is long, so only its beginning is compared.
      const length = ns === 160 ? Infinity : 60_000;
      it(`ends as an unsliced one: ${wayName(way)}, ${ns} ns per instruction`, () => {
        const make = (): TestGuest => new TestGuest(way, { images: privilege, memory: 8 * MIB, nsPerInstruction: ns });
        const whole = make();
        const end = whole.run(length === Infinity ? 2_000_000 : length);
        const expected = visibleState(whole);
        assert.equal(end.kind, length === Infinity ? 'exit' : 'limit');
        for (const slice of [1, 7, 1000]) {
          const sliced = make();
          for (;;) {
            const left = length - sliced.instructions;
            const stop = left > 0 ? sliced.run(Math.min(slice, left)) : ({ kind: 'limit' } as const);
            if (stop.kind === 'limit' && sliced.instructions < length) continue;
            assert.deepEqual(stop, end);
            break;
          }
          assert.deepEqual(differences(expected, visibleState(sliced)), [], `slices of ${slice}`);
        }
      });
    }
  }
});

for (const way of RUNS) {
  describe(`the run loop, ${wayName(way)}`, () => {
    before(function () {
      need(this, ...ASSEMBLER);
    });

    it('executes exactly as many instructions as it may', () => {
      const g = guest(way, 'b .');
      for (const limit of [1, 2, 3, 1000, 12_345]) {
        const before = g.instructions;
        assert.deepEqual(g.run(limit), { kind: 'limit' });
        assert.equal(g.instructions - before, limit);
      }
      assert.deepEqual(g.guest.run({ limit: 0, skipBreakpointOnce: false, sleepUntil: Infinity }), { kind: 'limit' });
    });

    it('takes an interrupt at the instruction after which the timer fires', () => {
      const source = `
          ldr r0, =vectors
          mcr p15, 0, r0, c12, c0, 0
          ${GIC_AND_TIMER}
          mov r4, #0
          ${timer(50)}
          cpsie i
        1: add r4, r4, #1
          b 1b
          .ltorg
          .balign 32
        vectors:
          .space 24
          mov r5, lr
          ${POWER_OFF}`;
      const counts = [16, 32].map((ns) => {
        const g = guest(way, source, ns);
        assert.deepEqual(g.end(), OFF);
        return g.r(4);
      });
      // 50 counts of 16 ns are 50 and 25 instructions; three go before the loop begins, which takes two a turn.
      assert.deepEqual(counts, [(50 - 3 + 1) / 2, (25 - 3) / 2]);
    });

    it('sleeps in no time when it may, and says until when if it may not', () => {
      const source = `
          ${GIC_AND_TIMER}
          ${timer(62_500)}
          wfi
          mrrc p15, 1, r4, r5, c14
          ${POWER_OFF}`;
      const fast = guest(way, source);
      assert.deepEqual(fast.end(), OFF);
      const at = fast.r(4);
      assert.ok(at >= 62_500 && at < 62_600, `${at} counts`);
      assert.ok(fast.instructions < 100);

      const paced = guest(way, source);
      const idle = paced.guest.run({ limit: 1000, skipBreakpointOnce: false, sleepUntil: 300_000 });
      assert.ok(idle.kind === 'idle' && idle.until >= 1_000_000 && idle.until < 1_001_000, JSON.stringify(idle));
      assert.equal(paced.guest.machine.clock.now(), 300_000);
      const again = paced.guest.run({ limit: 1000, skipBreakpointOnce: false, sleepUntil: 999_999 });
      assert.deepEqual(again, idle);
      assert.deepEqual(paced.end(), OFF);
      assert.deepEqual(differences(visibleState(fast), visibleState(paced)), []);
    });

    it('waits for input that can come, and is woken by it', () => {
      const source = `
          ${GIC_AND_TIMER}
          ldr r0, =0x08000000
          mov r1, #2                  @ SPI 1: the UART
          str r1, [r0, #0x104]
          ldr r0, =0x09000000
          mov r1, #0x300
          orr r1, r1, #1
          str r1, [r0, #0x30]
          mov r1, #0x10               @ receive interrupt
          str r1, [r0, #0x38]
          wfi
          ldr r4, [r0]
          ${POWER_OFF}`;
      const g = guest(way, source);
      assert.deepEqual(g.run(), { kind: 'waiting' });
      const executed = g.instructions;
      assert.deepEqual(g.run(), { kind: 'waiting' });
      assert.equal(g.instructions, executed);
      g.send('x');
      assert.deepEqual(g.end(), OFF);
      assert.equal(g.r(4), 0x78);
    });

    it('is dead when nothing can wake it', () => {
      const g = guest(way, 'wfi\n b .');
      const stop = g.run();
      assert.ok(stop.kind === 'dead' && /interrupt/.test(stop.why), JSON.stringify(stop));
      assert.equal(g.instructions, 1);
    });

    it('is dead when it takes the exceptions of its own vectors for ever', () => {
      const g = guest(way, '.word 0xe7f000f0');
      const stop = g.run();
      assert.ok(stop.kind === 'dead' && /Undefined Instruction.*0x4\b/.test(stop.why), JSON.stringify(stop));
      assert.deepEqual(g.run(), stop, 'for good');
    });

    it('is dead in any vector that takes its own exception', () => {
      for (const [name, offset, cause] of [
        ['Supervisor Call', 8, 'svc #0'],
        ['Prefetch Abort', 12, 'bkpt #0'],
        ['Data Abort', 16, 'ldr r0, [r1]'],
      ] as const) {
        const source = `
            ldr r0, =vectors
            mcr p15, 0, r0, c12, c0, 0
            ldr r1, =0xf0000000
            ${cause}
            .ltorg
            .balign 32
          vectors:
            .space ${offset}
            ${cause}`;
        const stop = guest(way, source).run(1000);
        assert.ok(stop.kind === 'dead' && stop.why.includes(name), JSON.stringify(stop));
      }
    });

    it('says, when it is dead, which exception began it', () => {
      const dead = (source: string): string => {
        const stop = guest(way, source).run(10_000);
        return stop.kind === 'dead' ? stop.why : JSON.stringify(stop);
      };
      const began = (source: string): string => /; it began with (.*)\. Put a handler/.exec(dead(source))?.[1] ?? '';
      const at = (offset: number): string => `0x${(ORIGIN + offset).toString(16)}`;
      assert.equal(
        began('nop\n .word 0xe7f000f0'),
        `the exception Undefined Instruction at ${at(4)} (the word 0xe7f000f0, UDF)`,
      );
      assert.equal(
        began('nop\n .word 0xe6000010'),
        `the exception Undefined Instruction at ${at(4)} (the word 0xe6000010, which is no instruction)`,
      );
      assert.equal(
        began('blx 1f\n .balign 4\n .thumb\n1: udf #5'),
        `the exception Undefined Instruction at ${at(4)} (the word 0xde05, UDF)`,
      );
      // erased flash at the vectors: the call's own vector is Undefined, and so is that one's
      assert.equal(began('svc #3'), `the exception Supervisor Call at ${at(0)}`);
      assert.equal(began('bkpt #3'), `the exception Prefetch Abort at ${at(0)} (a breakpoint instruction)`);
      const armed = (registers: string): string =>
        `mov r0, #0\n mcr p14, 0, r0, c1, c0, 4\n ${registers} ldr r0, =0x8000\n mcr p14, 0, r0, c0, c2, 2\n`;
      assert.match(
        began(
          armed('adr r0, 1f\n mcr p14, 0, r0, c0, c0, 4\n ldr r0, =0x1e7\n mcr p14, 0, r0, c0, c0, 5\n') + '1: nop',
        ),
        /^the exception Prefetch Abort at 0x[0-9a-f]+ \(a breakpoint of its own\)$/,
      );
      assert.match(
        began(
          armed('ldr r1, =0x40001000\n mcr p14, 0, r1, c0, c0, 6\n ldr r0, =0x1ff\n mcr p14, 0, r0, c0, c0, 7\n') +
            'str r0, [r1]',
        ),
        /\(it wrote to 0x40001000, and a watchpoint of its own is there\)$/,
      );
      assert.equal(
        began('ldr pc, =0xf0000000'),
        'the exception Prefetch Abort at 0xf0000000 (nothing answers at that address)',
      );
      assert.equal(
        began('ldr r1, =0xf0000000\n str r1, [r1]'),
        `the exception Data Abort at ${at(4)} (it wrote to 0xf0000000, and nothing answers at that address)`,
      );
      assert.equal(
        began('mrc p15, 0, r0, c1, c0, 0\n orr r0, r0, #2\n mcr p15, 0, r0, c1, c0, 0\n ldr r0, [pc, #1]'),
        `the exception Data Abort at ${at(12)} (it read from ${at(21)}, and the address is not aligned)`,
      );
      // a guest that comes back from an exception begins anew with the next
      const handled = `
          ldr r0, =vectors
          mcr p15, 0, r0, c12, c0, 0
          svc #0
          mov r0, #0
          mcr p15, 0, r0, c12, c0, 0
          .word 0xe7f000f0
          .ltorg
          .balign 32
        vectors:
          .space 8
          movs pc, lr`;
      assert.equal(began(handled), `the exception Undefined Instruction at ${at(20)} (the word 0xe7f000f0, UDF)`);
      // one that goes to its vector by itself has nothing before it
      assert.match(dead('cps #0x1b\n mov pc, #4'), /at its own vector 0x4, over and over\. Put/);
    });

    it('stops at breakpoints before the instruction, and passes one when told to', () => {
      const g = guest(way, `mov r4, #1\n mov r4, #2\n mov r4, #3\n mrs r5, cpsr\n mov r4, #4\n ${POWER_OFF}`);
      g.guest.addBreakpoint(ORIGIN + 8);
      g.guest.addBreakpoint(ORIGIN + 12);
      assert.deepEqual(g.run(), { kind: 'breakpoint' });
      assert.deepEqual([g.pc, g.r(4), g.instructions], [ORIGIN + 8, 2, 2]);
      assert.deepEqual(g.run(), { kind: 'breakpoint' });
      assert.equal(g.instructions, 2);
      const on = (): unknown => g.guest.run({ limit: 1000, skipBreakpointOnce: true, sleepUntil: Infinity });
      assert.deepEqual(on(), { kind: 'breakpoint' });
      assert.deepEqual([g.pc, g.r(4)], [ORIGIN + 12, 3]);
      g.guest.deleteBreakpoint(ORIGIN + 12);
      assert.deepEqual(g.run(), OFF);
      assert.equal(g.r(4), 4);
    });

    it('stops when it is asked to, at the instruction that asked', () => {
      const source = `
          ldr r0, =0x09000000
          ldr r1, =0x301
          str r1, [r0, #0x30]
          mov r2, #0x41
          str r2, [r0]
          mov r4, #1
          ${POWER_OFF}`;
      const g = new TestGuest(way, {
        images: assembled(source),
        memory: 2 * MIB,
        onEvent: (event, _detail, test) => {
          if (event === 'byte') test.guest.machine.requestStop();
        },
      });
      assert.deepEqual(g.run(), { kind: 'host' });
      assert.deepEqual([g.console, g.instructions, g.r(4)], ['A', 5, 0]);
      assert.deepEqual(g.end(), OFF);
      assert.equal(g.r(4), 1);
    });

    it('reports a reset that the guest asks for', () => {
      const g = guest(way, 'mov r4, #7\n ldr r0, =0x84000009\n hvc #0\n .ltorg');
      assert.deepEqual(g.end(), { kind: 'reset' });
      assert.equal(g.r(4), 7);
      g.guest.reset();
      assert.deepEqual([g.r(4), g.pc, g.instructions], [0, ORIGIN, 0]);
      assert.deepEqual(g.end(), { kind: 'reset' });
    });

    it('runs the same again after a reset, whatever the guest has done', () => {
      const g = new TestGuest(way, { images: privilege, memory: 8 * MIB, nsPerInstruction: 160 });
      const first = g.end();
      const state = visibleState(g);
      g.guest.reset();
      g.console = '';
      g.exceptions.length = 0;
      assert.deepEqual(g.end(), first);
      assert.deepEqual(differences(state, visibleState(g)), []);
      // in the middle, with an interrupt on its way and a breakpoint ahead
      g.guest.reset();
      g.run(40_000);
      g.guest.reset();
      g.console = '';
      g.exceptions.length = 0;
      assert.deepEqual(g.end(), first);
      assert.deepEqual(differences(state, visibleState(g)), []);
    });

    it('goes on from what was changed from outside', () => {
      const g = guest(way, `1: add r4, r4, #1\n cmp r4, #100\n blo 1b\n mrs r5, cpsr\n ${POWER_OFF}`);
      g.run(30);
      g.guest.cpu.state[4] = 99;
      g.guest.cpu.setCpsr(0x17 | 0x1c0);
      g.guest.commit();
      assert.deepEqual(g.end(), OFF);
      assert.deepEqual([g.r(4), g.r(5) & 0x1ff], [100, 0x1d7]);
      assert.ok(g.instructions < 50);
    });
  });
}
