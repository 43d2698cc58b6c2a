/** A seeded share of `npm run verify:exceptions`. */
import assert from 'node:assert/strict';
import { SCTLR_EE, SCTLR_TE } from '../../src/arm/cp15.js';
import { cortexA15, cpuModels } from '../../src/cpu/models.js';
import { QemuGdb } from '../support/qemu-gdb.js';
import { need } from '../support/tools.js';
import { CONFIGURATIONS, SYNCHRONOUS } from './exception-cases.js';
import { ExceptionPair, machinesOf, verifyEntries, verifyReturns } from './exceptions.js';

describe('exceptions against the gdb stub of qemu-system-arm', () => {
  let pair: ExceptionPair | undefined;

  before(async function () {
    need(this, 'qemu-system-arm');
    pair = await ExceptionPair.start(cortexA15, 21);
  });
  after(() => pair?.close());

  it('entry: every eleventh kind, mode, state and vector configuration', async function () {
    this.timeout(60_000);
    const counts = { entries: 0, returns: 0, problems: [] };
    await verifyEntries(pair!, 11, counts);
    assert.deepEqual(counts.problems, []);
    assert.ok(counts.entries > 200);
  });

  it('return: every eleventh way, mode, state and endianness', async function () {
    this.timeout(60_000);
    const counts = { entries: 0, returns: 0, problems: [] };
    await verifyReturns(pair!, 11, 22, counts);
    assert.deepEqual(counts.problems, []);
    assert.ok(counts.returns > 150);
  });

  it('would notice another exception than the one that is asked for', async () => {
    const svc = SYNCHRONOUS.find(({ name }) => name === 'SVC')!;
    const [configuration] = CONFIGURATIONS;
    assert.equal(await pair!.entry(svc, false, 'sys', configuration), undefined);
    assert.match((await pair!.entry({ ...svc, arm: [0xe7f0_00f0] }, false, 'sys', configuration)) ?? '', /Undefined/);
    assert.match((await pair!.entry({ ...svc, arm: [0xe1a0_0000] }, false, 'sys', configuration)) ?? '', /nothing/);
  });

  for (const model of cpuModels.values())
    for (const machine of machinesOf(model)) {
      if (model === cortexA15 && machine === 'virt') continue;
      it(`every 41st entry and return of the ${model.name} on ${machine}`, async function () {
        this.timeout(60_000);
        const other = await ExceptionPair.start(model, 23, machine);
        try {
          const counts = { entries: 0, returns: 0, problems: [] };
          await verifyEntries(other, other.judgesReturns ? 41 : 5, counts);
          if (other.judgesReturns) await verifyReturns(other, 41, 24, counts);
          assert.deepEqual(counts.problems, []);
          assert.ok(counts.entries >= 10 && (counts.returns >= 20 || !other.judgesReturns));
        } finally {
          other.close();
        }
      });
    }

  it('each model is judged for both interrupts, and for HVC and SMC', async () => {
    for (const model of cpuModels.values()) {
      const names = new Set<string>();
      for (const machine of machinesOf(model)) {
        const pair = await ExceptionPair.start(model, 1, machine);
        for (const { name } of pair.kinds) names.add(name);
        pair.close();
      }
      for (const name of ['IRQ', 'FIQ', 'HVC', 'SMC', 'SVC']) assert.ok(names.has(name), `${model.name}: ${name}`);
    }
  });

  it('a board that QEMU does not start is an error in its words', async () => {
    await assert.rejects(QemuGdb.start('arm9999'), /QEMU ended with 1: .*arm9999/);
  });

  it('covers each combination of V, TE and EE', () => {
    assert.equal(new Set(CONFIGURATIONS.map(({ sctlr, vbar }) => `${sctlr} ${vbar}`)).size, 16);
    assert.ok(CONFIGURATIONS.some(({ sctlr }) => sctlr === (SCTLR_TE | SCTLR_EE)));
  });
});
