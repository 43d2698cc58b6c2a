import assert from 'node:assert/strict';
import { UserError } from '../../src/util/errors.js';
import { launchSample, MODES, runToFunction } from './guests.js';

for (const mode of MODES) {
  describe(`a guest in any state, ${mode}`, () => {
    it('can be looked at and stepped', function () {
      this.timeout(60_000);
      const { guest } = launchSample('privilege', { mode });
      runToFunction(guest, 'wait');
      let seed = 4711;
      const random = (below: number) => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
      };
      // near what is mapped, near the ends, and anywhere
      const address = () => {
        const base = [0, 0x4000_0000, 0x4001_0000, 0x4010_0000, 0x5000_0000, 0x41ff_ff00, 0xffff_ff00, random(2 ** 32)];
        return (base[random(base.length)] + random(0x300)) >>> 0;
      };
      let refused = 0;
      const attempt = (what: string, action: () => unknown) => {
        try {
          action();
        } catch (error) {
          if (!(error instanceof UserError)) throw new Error(what, { cause: error });
          refused++;
        }
      };
      const registers = [
        'r0',
        'r7',
        'r11',
        'sp',
        'lr',
        'pc',
        'cpsr',
        'cpsr.M',
        'spsr_svc',
        'spsr_irq',
        'lr_irq',
        'TTBR0',
        'SCTLR.M',
        'VBAR',
        'TTBCR',
      ];
      for (let round = 0; round < 400; round++) {
        for (let n = 0; n < 3; n++) {
          const name = registers[random(registers.length)];
          attempt(`set ${name}`, () => guest.setVariable(name, String(name.endsWith('.M') ? random(32) : address())));
        }
        attempt('stack', () => {
          const frames = guest.stack(1 + random(50));
          assert.ok(frames.length >= 1 && frames.length <= 51);
        });
        const at = address();
        attempt('disassemble', () => {
          const list = guest.disassemble(at, random(60) - 30, random(40));
          for (let i = 1; i < list.length; i++) {
            assert.equal(list[i].address, list[i - 1].address + list[i - 1].bytes.length / 2, 'no gaps');
          }
        });
        attempt('variables', () => guest.scopes().map(({ id }) => guest.variables(id)));
        attempt('evaluate', () => guest.evaluate(`[${at}] + *(u8*)sp`));
        attempt('read', () => guest.readMemory(at, random(9000)));
        attempt('write', () => guest.writeMemory(at, Uint8Array.of(random(256))));
        attempt('step', () => {
          const unit = random(2) === 0 ? 'stepLine' : 'stepInstruction';
          guest[unit]((['in', 'over', 'out'] as const)[random(3)]);
          guest.run(500, Infinity);
        });
        attempt('trap texts', () => guest.traps(0, 20));
        if (round % 50 === 49) guest.reset();
      }
      assert.ok(refused > 50, `${refused} refused`);
      guest.reset();
      runToFunction(guest, 'wait');
    });
  });
}
