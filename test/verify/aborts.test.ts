/** A share of `npm run verify:aborts`, and that it would notice. TRAPLINE_SEED sets the seed. */
import assert from 'node:assert/strict';
import { Mode } from '../../src/arm/modes.js';
import { cortexA15, cpuModels } from '../../src/cpu/models.js';
import { AbortCheck, memoryRows } from './aborts.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

describe('data aborts on each access', function () {
  this.timeout(120_000);

  for (const model of cpuModels.values()) {
    it(`${model.name}: registers, memory and fault status are what the manual says`, () => {
      const check = new AbortCheck(model, SEED);
      for (const row of memoryRows(model)) check.row(row, 3);
      assert.deepEqual(check.counts.problems.slice(0, 20), []);
      assert.deepEqual(check.counts.unreached, []);
      assert.ok(check.counts.cases > 2 * check.counts.rows);
    });
  }

  it('a wrong fault address would be noticed, and a base register that is not restored', () => {
    const rows = memoryRows(cortexA15).filter(({ name, isa }) => isa === 'A32' && name.startsWith('LDMDB'));
    const addresses = new AbortCheck(cortexA15, SEED);
    for (const { processor } of addresses.rigs) {
      const load = processor.data.load.bind(processor.data);
      processor.data.load = (va, size, flags) => {
        const value = load(va, size, flags);
        if (processor.data.fault.type !== 0) processor.data.fault.address += 4;
        return value;
      };
    }
    for (const row of rows) addresses.row(row, 1);
    assert.ok(addresses.counts.problems.some((text) => text.includes('DFAR')));
    const bases = new AbortCheck(cortexA15, SEED);
    for (const { processor, state } of bases.rigs) {
      const load = processor.data.load.bind(processor.data);
      processor.data.load = (va, size, flags) => {
        const value = load(va, size, flags);
        if (processor.data.fault.type !== 0) state[processor.mode() === Mode.usr ? 0 : 1] ^= 4;
        return value;
      };
    }
    for (const row of rows) bases.row(row, 1);
    assert.ok(bases.counts.problems.some((text) => /: R0 is/.test(text)));
  });
});
