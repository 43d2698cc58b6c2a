/** What the launch attribute `unpredictable` does with a sensitive form that the manual calls UNPREDICTABLE. */
import assert from 'node:assert/strict';
import { launch, MODES } from './guests.js';

/** A raw program: `MOV r0, #0` · CPS with imod 00 and M 0 (UNPREDICTABLE, B9.3.2) · `B .` */
const program = { name: 'cps.bin', bytes: new Uint8Array(Uint32Array.of(0xe3a00000, 0xf1000000, 0xeafffffe).buffer) };
const CPS = 0x4001_0004;

describe('a sensitive UNPREDICTABLE form', () => {
  for (const mode of MODES) {
    it(`is Undefined, ${mode}`, () => {
      const { guest } = launch({ program, mode });
      guest.setInstructionBreakpoints([{ address: 4 }]);
      guest.continue();
      const result = guest.run(10, Infinity);
      assert.equal(result.kind, 'stopped');
      assert.equal(guest.pc(), 4, 'at the Undefined vector');
    });

    it(`stops the session with "stop", and says where, ${mode}`, () => {
      const { guest } = launch({ program, mode, unpredictable: 'stop' });
      guest.continue();
      const result = guest.run(10, Infinity);
      assert.ok(result.kind === 'stopped', result.kind);
      assert.match(result.reason.text, new RegExp(`UNPREDICTABLE instruction at .*${CPS.toString(16)}`));
    });
  }
});
