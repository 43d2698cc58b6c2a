/** Debug events of the guest's own registers in tier 0, held against the reference; and a debugger's breakpoints beside them. */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { Stop } from '../../src/arm/engine.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { systemRegisterNamed } from '../../src/isa/sysreg.js';
import { tlbBank } from '../../src/mem/layout.js';
import { TLB_INVALID } from '../../src/mem/memory.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { Pair } from './pair.js';
import { MARGIN, RAM, type Rig } from './rig.js';

const CODE = RAM + 0x1_0000;
const DATA = RAM + 0x2_0000;
const VECTORS = RAM + 0x3_0000;
/** E, PL0 and PL1, the whole word. */
const BREAKPOINT = 0x1e7;
const WATCH_STORES = 0x1f7;

function set(rig: Rig, name: string, value: number): void {
  assert.ok(rig.processor.systemRegisters.poke(systemRegisterNamed(name)!, value, 0), name);
}

/** Both abort handlers count, in R8 and R9, and pass over the instruction. */
function pairOf(source: string, thumb = false): Pair {
  const pair = new Pair();
  const handlers =
    'b .\n b .\n b .\n b prefetch\n b data\n prefetch: add r8, r8, #1\n movs pc, lr\n data: add r9, r9, #1\n subs pc, lr, #4';
  pair.both((rig) => {
    rig.bus.writeBlock(VECTORS, assemble(handlers, { origin: VECTORS }));
    rig.bus.writeBlock(CODE, assemble(source, { origin: CODE, thumb }));
    set(rig, 'VBAR', VECTORS);
    set(rig, 'DBGOSLAR', 0);
    set(rig, 'DBGDSCRext', 1 << 15);
    rig.processor.setCpsr(Mode.svc | Psr.A | Psr.I | Psr.F);
    rig.state[1] = DATA;
    rig.jump(CODE | (thumb ? 1 : 0));
  });
  return pair;
}

describe('debug events in tier 0', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('come and go with the registers, in a loop that has run long', () => {
    const pair = pairOf('1: add r0, r0, #1\n str r0, [r1]\n ldr r2, [r1, #0x100]\n b 1b');
    const count = (n: number): number => pair.actual.state[n];
    pair.run(MARGIN + 400, () => 'without');
    pair.both((rig) => set(rig, 'DBGBVR3', CODE));
    pair.both((rig) => set(rig, 'DBGBCR3', BREAKPOINT));
    pair.run(MARGIN + 400, () => 'with a breakpoint');
    assert.ok(count(8) > 100);
    pair.both((rig) => set(rig, 'DBGWVR1', DATA));
    pair.both((rig) => set(rig, 'DBGWCR1', WATCH_STORES));
    pair.run(MARGIN + 400, () => 'with a watchpoint');
    assert.ok(count(9) > 100);
    pair.both((rig) => set(rig, 'DBGDSCRext', 0));
    pair.run(10, () => 'out of the handler');
    const before = [count(8), count(9)];
    pair.run(MARGIN + 400, () => 'all off');
    assert.deepEqual([count(8), count(9)], before);
  });

  it('a watched page has no entry in the table that tier 0 reads, other pages have theirs; all have, when it is over', () => {
    const pair = pairOf('1: str r0, [r1]\n str r0, [r1, #-0x800]\n b 1b');
    const direct = (page: number): boolean => {
      const { memory } = pair.actual;
      return (memory.i32[tlbBank(1) / 4 + page] & TLB_INVALID) === 0;
    };
    pair.actual.interpreter.run(100, false);
    assert.deepEqual([direct(DATA >>> 12), direct((DATA >>> 12) - 1)], [true, true]);
    set(pair.actual, 'DBGWVR0', DATA + 0x10);
    set(pair.actual, 'DBGWCR0', WATCH_STORES);
    pair.actual.jump(CODE);
    pair.actual.state[1] = DATA;
    pair.actual.interpreter.run(2, false);
    assert.deepEqual([direct(DATA >>> 12), direct((DATA >>> 12) - 1)], [false, true]);
    set(pair.actual, 'DBGWCR0', 0);
    pair.actual.jump(CODE);
    pair.actual.state[1] = DATA;
    pair.actual.interpreter.run(2, false);
    assert.deepEqual([direct(DATA >>> 12), direct((DATA >>> 12) - 1)], [true, true]);
  });

  it("a debugger's breakpoint stops before the guest's own at the same instruction, and leaves it in force", () => {
    const pair = pairOf('1: add r0, r0, #1\n add r2, r2, #1\n b 1b');
    pair.both((rig) => set(rig, 'DBGBVR0', CODE + 4));
    pair.both((rig) => set(rig, 'DBGBCR0', BREAKPOINT));
    pair.both((rig) => rig.breakpoints.add(CODE + 4));
    for (let i = 0; i < 3; i++) {
      assert.equal(
        pair.run(MARGIN + 100, () => `stop ${i}`, i > 0),
        Stop.Breakpoint,
      );
      assert.deepEqual([pair.actual.pc, pair.actual.state[8], pair.actual.state[2]], [CODE + 4, i, 0]);
    }
    pair.both((rig) => rig.breakpoints.delete(CODE + 4));
    pair.run(MARGIN + 300, () => 'without the debugger');
    assert.ok(pair.actual.state[8] > 20);
    assert.equal(pair.actual.state[2], 0);
  });

  it('hold at one virtual address of a page that has two', () => {
    const pair = pairOf('1: add r0, r0, #1\n add r2, r2, #1\n eor pc, pc, #0x10000000\n nop\n b 1b');
    const alias = 0x5000_0000;
    pair.both((rig) => {
      rig.words(RAM + 4 * (RAM >>> 20), RAM | 0xc0e);
      rig.words(RAM + 4 * (alias >>> 20), RAM | 0xc0e);
      rig.state[Cp15.TTBR0] = RAM;
      rig.state[Cp15.DACR] = 1;
      rig.state[Cp15.SCTLR] |= 1;
      rig.processor.commit();
      set(rig, 'DBGBVR0', alias + (CODE - RAM) + 4);
      set(rig, 'DBGBCR0', BREAKPOINT);
    });
    pair.run(MARGIN + 400, () => 'under both names');
    const { state } = pair.actual;
    assert.ok(state[8] > 20 && state[2] > 20, `${state[8]} events, ${state[2]} additions`);
    assert.ok(Math.abs(state[8] - state[2]) <= 1);
  });

  it('an address mismatch executes the excepted instruction alone, and the next one has the event', () => {
    const pair = pairOf(`${'add r0, r0, #1\n'.repeat(40)} 1: b 1b`);
    pair.both((rig) => {
      set(rig, 'DBGBVR0', CODE + 8);
      set(rig, 'DBGBCR0', BREAKPOINT | (4 << 20));
    });
    pair.run(MARGIN + 100, () => 'mismatch');
    assert.deepEqual([pair.actual.state[0], pair.actual.state[Word.ITSTATE]], [1, 0]);
  });

  it('on an IT instruction and in its block', () => {
    const pair = pairOf('1: adds r0, #1\n tst r0, #1\n ite ne\n addne r2, #1\n addeq r3, #1\n b 1b', true);
    pair.both((rig) => {
      // This handler goes back to the instruction, and has had enough after some times.
      const handler = 'add r8, r8, #1\n cmp r8, #30\n mcreq p14, 0, r10, c0, c0, 5\n subs pc, lr, #4';
      rig.bus.writeBlock(VECTORS + 0x14, assemble(handler));
    });
    pair.run(MARGIN + 300, () => 'before');
    // ITE at 6, ADDNE at 8.
    for (const [value, control] of [
      [CODE + 4, 0x187],
      [CODE + 8, 0x67],
    ]) {
      pair.both((rig) => {
        rig.state[8] = 0;
        set(rig, 'DBGBVR0', value);
        set(rig, 'DBGBCR0', control);
      });
      pair.run(MARGIN + 300, () => `DBGBVR ${value.toString(16)}`);
      assert.equal(pair.actual.state[8], 30);
    }
  });
});
