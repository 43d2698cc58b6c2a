/**
 * Debug events of the guest's own debug registers (DDI 0406C C3, C11) by the reference: random settings against QEMU, and by the manual what
 * QEMU does not do or does otherwise.
 */
import assert from 'node:assert/strict';
import { cortexA15, cortexA7 } from '../../src/cpu/models.js';
import { ASSEMBLER } from '../support/assemble.js';
import { CpuRig } from '../support/cpu-rig.js';
import { debugProgram, eventsBySetting, exclusiveStores, randomSettings } from '../support/debug-program.js';
import { runOnQemu, runOnReference } from '../support/qemu-system.js';
import { need } from '../support/tools.js';

const DFSR_WnR = 1 << 11;
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const SETTINGS = Number(process.env.TRAPLINE_SETTINGS ?? 300);

describe('debug events against QEMU', () => {
  for (const model of [cortexA15, cortexA7]) {
    it(`breakpoints and watchpoints, linked or not, in every mode: ${model.name}`, function () {
      need(this, ...ASSEMBLER, 'qemu-system-arm');
      this.timeout(120_000);
      const settings = randomSettings(SETTINGS, SEED + (model === cortexA7 ? 1000 : 0));
      // WnR: QEMU leaves it clear; see below.
      const program = debugProgram(settings, { without: DFSR_WnR });
      const expected = eventsBySetting(runOnQemu(program, model.name));
      // A store-exclusive loads, too, in QEMU. (What it would store is there already.)
      const exclusive = exclusiveStores(program).map((at) => at.toString(16));
      assert.equal(exclusive.length, 2);
      settings.forEach((setting, i) => {
        const loads = [setting.DBGWCR0, setting.DBGWCR1].some((WCR = 0) => ((WCR >>> 3) & 3) === 1);
        if (loads)
          expected[i] = expected[i].filter(
            (event) => !exclusive.includes(event.slice(0, 8)) || !event.endsWith(' 8028'),
          );
      });
      const actual = eventsBySetting(runOnReference(new CpuRig({ model }), program));
      settings.forEach((setting, i) => {
        const text = Object.entries(setting).map(([name, value]) => `${name}=${(value >>> 0).toString(16)}`);
        assert.deepEqual(actual[i], expected[i], `seed ${SEED}, setting ${i}: ${text.join(' ')}`);
      });
      assert.equal(actual.length, settings.length);
      const events = expected.flat().filter((event) => event.includes(' '));
      assert.ok(2 * events.length > settings.length, `${events.length} events`);
    });
  }
});
