import assert from 'node:assert/strict';
import { MemoryMapError } from '../../src/mem/errors.js';
import { GUEST_MEMORY, STATE_BASE } from '../../src/mem/layout.js';
import { MachineMemory } from '../../src/mem/memory.js';

const problem = (wanted: string, text: RegExp) => (error: unknown) =>
  error instanceof MemoryMapError && error.problem === wanted && text.test(error.message);

describe('mem/memory', () => {
  it('has its final size at once, and hands out 64 KiB aligned memories in order', () => {
    const memory = new MachineMemory([0x1001, 0x2_0000]);
    assert.equal(memory.length, GUEST_MEMORY + 0x1_0000 + 0x2_0000);
    assert.throws(() => memory.memory.grow(1), RangeError);
    const first = memory.allocate('a', 0x1001);
    const second = memory.allocate('b', 0x2_0000);
    assert.deepEqual([first.offset, second.offset], [GUEST_MEMORY, GUEST_MEMORY + 0x1_0000]);
    assert.deepEqual(memory.guests, [first, second]);
    assert.equal(memory.bytes(first).length, 0x1001);
    memory.bytes(second)[0] = 7;
    assert.equal(memory.u8[second.offset], 7);
    assert.equal(memory.state.byteOffset, STATE_BASE);
  });

  it('refuses what does not fit, and sizes that are none', () => {
    const memory = new MachineMemory([0x1_0000]);
    assert.throws(() => memory.allocate('ram', 0x2_0000), problem('memory', /'ram' of 128 KiB does not fit: 64 KiB/));
    memory.allocate('ram', 1);
    assert.throws(() => memory.allocate('more', 1), problem('memory', /0 bytes of the machine's memory are left/));
    assert.throws(() => memory.allocate('none', 0), problem('length', /'none' must be a positive whole number/));
    assert.throws(() => new MachineMemory([-1]), problem('length', /not -1/));
    assert.throws(
      () => new MachineMemory([2 ** 32]),
      problem('memory', /4096 MiB together; a machine has room for 3984 MiB/),
    );
  });
});
