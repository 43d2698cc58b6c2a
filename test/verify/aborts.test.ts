/** A share of `npm run verify:aborts`, the differences that it explains, and that it would notice. TRAPLINE_SEED sets the seed. */
import assert from 'node:assert/strict';
import { Mode } from '../../src/arm/modes.js';
import { cortexA15, cpuModels, type CpuModel } from '../../src/cpu/models.js';
import type { CompiledRow } from '../../src/isa/row.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';
import {
  AbortJudge,
  disagreement,
  LOADED_BASE,
  MONITOR_BEFORE_ALIGNMENT,
  UNKNOWN_MEMORY,
  UNKNOWN_REGISTERS,
  type AbortDifference,
} from './abort-judge.js';
import { formatsOf, type Format } from './abort-pages.js';
import { AbortCheck, memoryRows, type JudgedCase } from './aborts.js';
import { FetchCheck } from './fetch-aborts.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 1);

/** Runs words of rows; gives the cases, and the judge that waits for them to be judged. */
function drawn(
  rows: (row: CompiledRow) => boolean,
  words: number,
  model: CpuModel = cortexA15,
  format: Format = 'short',
): { check: AbortCheck; judge: AbortJudge; cases: JudgedCase[] } {
  const check = new AbortCheck(model, format, SEED);
  const judge = new AbortJudge(model, format, check.pattern);
  const cases: JudgedCase[] = [];
  check.judge = (one) => {
    cases.push(one);
    judge.add(one);
  };
  for (const row of memoryRows(model).filter(rows)) check.row(row, words);
  return { check, judge, cases };
}

describe('data aborts on each access', function () {
  this.timeout(120_000);

  for (const model of cpuModels.values())
    for (const format of formatsOf(model)) {
      it(`${model.name}, ${format} descriptors: registers, memory and fault status are what the manual says`, () => {
        const { counts } = drawn(() => true, 2, model, format).check;
        assert.deepEqual(counts.problems.slice(0, 20), []);
        assert.deepEqual(counts.unreached, []);
        assert.ok(counts.cases > 2 * counts.rows && counts.misaligned > counts.rows && counts.harmless > 10);
      });
    }

  it('literals, Store-Exclusives of each size, hints and privileged forms are among the rows', () => {
    const names = new Set(memoryRows(cortexA15).map(({ name }) => name));
    for (const name of ['LDR (literal)', 'LDRD (literal)', 'LDRSH (literal)', 'PLD (literal)', 'RFE', 'SRS (ARM)'])
      assert.ok(names.has(name), name);
    for (const suffix of ['', 'B', 'H', 'D']) assert.ok(names.has(`STREX${suffix}`), suffix);
    assert.ok(memoryRows(cortexA15).some(({ encoding }) => encoding === 'A1 literal'));
  });

  it('a wrong fault address would be noticed, and a base register that is not restored', () => {
    const rows = memoryRows(cortexA15).filter(({ name, isa }) => isa === 'A32' && name.startsWith('LDMDB'));
    const addresses = new AbortCheck(cortexA15, 'short', SEED);
    for (const { rig } of addresses.benches) {
      const { data } = rig.processor;
      const load = data.load.bind(data);
      data.load = (va, size, flags) => {
        const value = load(va, size, flags);
        if (data.fault.type !== 0) data.fault.address += 4;
        return value;
      };
    }
    for (const row of rows) addresses.row(row, 1);
    assert.ok(addresses.counts.problems.some((text) => text.includes('DFAR')));
    const bases = new AbortCheck(cortexA15, 'short', SEED);
    for (const { rig } of bases.benches) {
      const { processor, state } = rig;
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

describe('prefetch aborts', () => {
  for (const model of cpuModels.values())
    for (const format of formatsOf(model)) {
      it(`${model.name}, ${format} descriptors: status, address and state are what the manual says`, () => {
        const check = new FetchCheck(model, format, SEED);
        check.run(2);
        assert.deepEqual(check.counts.problems.slice(0, 20), []);
        assert.ok(check.counts.cases > 100);
      });
    }

  it('on the second half of a Thumb instruction are among them', () => {
    for (const model of cpuModels.values()) {
      const check = new FetchCheck(model, 'short', SEED);
      check.run(1);
      assert.ok(check.counts.across > 5, model.name);
    }
  });
});

describe('aborts judged by qemu-system-arm', function () {
  this.timeout(120_000);
  before(function () {
    need(this, 'qemu-system-arm', ...ASSEMBLER);
  });

  for (const model of cpuModels.values())
    for (const format of formatsOf(model)) {
      it(`${model.name}, ${format} descriptors: a word of each row, and fetches`, () => {
        const { judge, cases } = drawn(() => true, 1, model, format);
        judge.finish();
        assert.deepEqual(judge.unexplained.slice(0, 20), []);
        assert.equal(judge.judged, cases.length);
        const fetches = new FetchCheck(model, format, SEED);
        const own = new AbortJudge(model, format, fetches.pattern);
        fetches.judge = (one) => own.add(one);
        fetches.run(1);
        own.finish();
        assert.deepEqual(own.unexplained.slice(0, 20), []);
        assert.deepEqual([...own.explained], []);
        assert.equal(own.judged, fetches.counts.cases);
      });
    }

  /** The difference is met among words of such rows, here the manual's rules hold, and nothing else differs. */
  function explains(difference: AbortDifference, rows: (row: CompiledRow) => boolean): void {
    it(difference.what, () => {
      const { check, judge } = drawn(rows, 20);
      judge.finish();
      assert.deepEqual(check.counts.problems, []);
      assert.deepEqual(judge.unexplained, []);
      assert.ok((judge.explained.get(difference) ?? 0) > 0);
    });
  }
  explains(UNKNOWN_REGISTERS, ({ name }) => name.startsWith('VLDM'));
  explains(UNKNOWN_MEMORY, ({ name }) => name.startsWith('VSTM'));
  explains(LOADED_BASE, ({ name }) => name === 'LDM (User registers)');
  explains(MONITOR_BEFORE_ALIGNMENT, ({ name }) => name.startsWith('STREX'));

  it('would notice each field, register and word that is not the same', () => {
    const { cases } = drawn(({ name, isa }) => name.startsWith('LDRD (immediate') && isa === 'A32', 1);
    const [one] = cases;
    const same = one.ours;
    assert.deepEqual(disagreement(one, same, cortexA15), { explained: new Set(), unexplained: undefined });
    for (const field of ['lr', 'spsr', 'dfsr', 'dfar', 'ifsr', 'ifar'] as const)
      assert.match(
        disagreement(one, { ...same, [field]: same[field] ^ 4 }, cortexA15).unexplained ?? '',
        new RegExp(field, 'i'),
      );
    const others = same.registers.map((value, n) => (((one.loads.registers >>> n) & 1) === 0 ? value ^ 1 : value));
    assert.match(disagreement(one, { ...same, registers: others }, cortexA15).unexplained ?? '', /^R\d/);
    assert.match(
      disagreement(one, { ...same, changed: new Map([[5, one.pattern[5] ^ 1]]) }, cortexA15).unexplained ?? '',
      /^the word at/,
    );
    assert.match(disagreement(one, { ...same, ending: 'undefined' }, cortexA15).unexplained ?? '', /^ended by/);
  });
});
