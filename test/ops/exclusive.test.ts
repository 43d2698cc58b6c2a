/** Exclusive accesses on the reference: every size, both instruction sets, success, failure, alignment, what clears the monitor. */
import assert from 'node:assert/strict';
import { FaultType } from '../../src/arm/exceptions.js';
import { CpuRig, DATA } from '../support/cpu-rig.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';

function run(source: string, thumb: boolean, instructions: number): CpuRig {
  const cpu = new CpuRig().asm(source, { thumb });
  cpu.poke(DATA, 0x04030201, 0x08070605);
  cpu
    .setR(0, DATA)
    .setR(4, 0x44444444)
    .setR(5, 0x55555555)
    .setR(6, 9)
    .setR(7, DATA + 0x100);
  cpu.step(instructions);
  return cpu;
}

const SIZES: readonly (readonly [string, string, string, number, readonly number[]])[] = [
  ['', 'r2', 'r4', 0x04030201, [0x44444444, 0x08070605]],
  ['b', 'r2', 'r4', 0x01, [0x04030244, 0x08070605]],
  ['h', 'r2', 'r4', 0x0201, [0x04034444, 0x08070605]],
  ['d', 'r2, r3', 'r4, r5', 0x04030201, [0x44444444, 0x55555555]],
];

describe('exclusive accesses', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const thumb of [false, true])
    for (const [suffix, load, store, value, memory] of SIZES)
      it(`${thumb ? 'Thumb' : 'ARM'}: ldrex${suffix} and strex${suffix}`, () => {
        const pair = `ldrex${suffix} ${load}, [r0]\n strex${suffix} r6, ${store}, [r0]\n`;
        const done = run(pair, thumb, 2);
        assert.equal(done.r(2), value);
        if (suffix === 'd') assert.equal(done.r(3), 0x08070605);
        assert.equal(done.r(6), 0);
        assert.deepEqual([done.peek(DATA), done.peek(DATA + 4)], memory);

        const alone = run(`strex${suffix} r6, ${store}, [r0]`, thumb, 1);
        assert.deepEqual([alone.r(6), alone.peek(DATA)], [1, 0x04030201]);
        const cleared = run(pair.replace('\n', '\n clrex\n'), thumb, 3);
        assert.deepEqual([cleared.r(6), cleared.peek(DATA)], [1, 0x04030201]);
        const elsewhere = run(pair.replace(/strex(.*)\[r0\]/, 'strex$1[r7]'), thumb, 2);
        assert.equal(elsewhere.r(6), 1);
        const twice = run(pair + `strex${suffix} r6, ${store}, [r0]`, thumb, 3);
        assert.equal(twice.r(6), 1);
      });

  it('have an offset in Thumb', () => {
    const cpu = run('ldrex r2, [r0, #4]\n strex r6, r4, [r0, #4]', true, 2);
    assert.deepEqual([cpu.r(2), cpu.r(6), cpu.peek(DATA + 4)], [0x08070605, 0, 0x44444444]);
  });

  it('fault unless aligned to the size of the whole access', () => {
    const fault = (source: string, offset: number): number | undefined => {
      const cpu = new CpuRig()
        .asm(source)
        .setR(0, DATA + offset)
        .setR(2, 2);
      const seen = cpu.watch();
      cpu.step();
      if (seen.length > 0) assert.equal(cpu.r(2), 2);
      return seen[0]?.fault;
    };
    assert.equal(fault('ldrex r2, [r0]', 2), FaultType.Alignment);
    assert.equal(fault('ldrexh r2, [r0]', 1), FaultType.Alignment);
    assert.equal(fault('ldrexd r2, r3, [r0]', 4), FaultType.Alignment);
    assert.equal(fault('ldrexd r2, r3, [r0]', 0), undefined);
    assert.equal(fault('ldrexb r2, [r0]', 3), undefined);
  });

  it('do not notice an ordinary store of the same value, nor a swap of another place', () => {
    const cpu = run('ldrex r2, [r0]\n swp r3, r4, [r7]\n strex r6, r5, [r0]', false, 3);
    assert.deepEqual([cpu.r(6), cpu.peek(DATA)], [0, 0x55555555]);
  });
});
