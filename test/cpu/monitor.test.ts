/** The exclusive monitor (DDI 0406C A3.4). */
import assert from 'node:assert/strict';
import { Exception, FaultType } from '../../src/arm/exceptions.js';
import { Mode } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { CODE, CpuRig, DATA } from '../support/cpu-rig.js';

const LDREX = 0xe191_0f9f; // r0, [r1]
const STREX = 0xe181_3f92; // r3, r2, [r1]
const CLREX = 0xf57f_f01f;
const STR = 0xe581_4000; // r4, [r1]
const LDREXB = 0xe1d1_0f9f;
const STREXB = 0xe1c1_3f92;
const LDREXD = 0xe1b1_8f9f; // r8, r9, [r1]
const STREXD = 0xe1a1_3f96; // r3, r6, r7, [r1]

function run(words: readonly number[], prepare: (rig: CpuRig) => void = () => {}): CpuRig {
  const rig = new CpuRig().psr(Mode.svc).arm(words);
  rig.poke(DATA, 0x11, 0x22, 0x33);
  rig.setR(1, DATA).setR(2, 0xaa).setR(3, 0xff).setR(4, 0xbb).setR(6, 0x66).setR(7, 0x77);
  prepare(rig);
  rig.step(words.length);
  return rig;
}

describe('exclusive monitor', () => {
  it('a store-exclusive behind its load-exclusive passes and closes the monitor', () => {
    const rig = run([LDREX, STREX, STREX]);
    assert.equal(rig.peek(DATA), 0xaa);
    assert.equal(rig.r(3), 1, 'the second one fails');
    assert.equal(run([LDREX, STREX]).r(3), 0);
  });

  it('fails without a load-exclusive, after CLREX, and at another address', () => {
    assert.equal(run([STREX]).r(3), 1);
    assert.equal(run([LDREX, CLREX, STREX]).r(3), 1);
    const rig = run([LDREX, 0xe281_1004, STREX]); // ADD r1, r1, #4
    assert.equal(rig.r(3), 1);
    assert.equal(rig.peek(DATA + 4), 0x22);
  });

  it('@impdef another size at the same address fails', () => {
    assert.equal(run([LDREX, STREXB]).r(3), 1);
    assert.equal(run([LDREXB, STREX]).r(3), 1);
    assert.equal(run([LDREXB, STREXB]).r(3), 0);
  });

  it('@impdef a store that left another value fails it, one that left the same does not', () => {
    assert.equal(run([LDREX, STR, STREX]).r(3), 1);
    assert.equal(run([LDREX, STR, STREX], (rig) => rig.setR(4, 0x11)).r(3), 0);
  });

  it('doublewords', () => {
    const rig = run([LDREXD, STREXD]);
    assert.deepEqual([rig.r(3), rig.r(8), rig.r(9)], [0, 0x11, 0x22]);
    assert.deepEqual([rig.peek(DATA), rig.peek(DATA + 4)], [0x66, 0x77]);
    assert.equal(run([LDREXD, 0xe581_4004, STREXD]).r(3), 1); // STR r4, [r1, #4] in between
  });

  it('misalignment is an alignment fault, whatever SCTLR.A says', () => {
    for (const word of [LDREX, STREX, LDREXD, STREXD]) {
      const rig = new CpuRig()
        .psr(Mode.svc)
        .arm([word])
        .setR(1, DATA + 2);
      const seen = rig.watch();
      rig.step();
      assert.equal(seen[0]?.kind, Exception.DataAbort);
      assert.equal(seen[0].fault, FaultType.Alignment);
      assert.equal(seen[0].address, DATA + 2);
      assert.equal(seen[0].write, word === STREX || word === STREXD);
    }
  });

  it('@impdef a store that aborts leaves it as it was, and may be tried again', () => {
    const nowhere = 0x5000_0000;
    const rig = new CpuRig().psr(Mode.svc).arm([LDREX, STREX]).setR(1, nowhere);
    const seen = rig.watch();
    for (const at of [CODE, CODE + 4]) {
      rig.psr(Mode.svc).start(at, false).step();
      assert.equal(seen.at(-1)?.fault, FaultType.External);
      assert.equal(rig.state[Word.EXCLUSIVE], 4);
    }
  });

  it('an exception between the two changes nothing', () => {
    const rig = run([LDREX]);
    rig.cpu.firmware = undefined;
    const at = rig.pc;
    rig.arm([0xef00_0000], at).step(); // SVC
    rig.psr(Mode.svc).arm([STREX], at).step();
    assert.equal(rig.r(3), 0);
  });
});
