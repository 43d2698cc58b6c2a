/** What is said of registers, against what the guest did with them, and against what else says it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Debugger } from '../../src/debug/api.js';
import type { RegisterInfo } from '../../src/protocol/views/registers.js';
import { cpuModels } from '../../src/cpu/models.js';
import { hasRegister, systemRegisters } from '../../src/isa/sysreg.js';
import { UserError } from '../../src/util/errors.js';
import { root } from './builds.js';
import { file, launch, launchSample, MODES, runToFunction, stopOf } from './guests.js';
import type { VariableInfo } from '../../src/protocol/model.js';

const everything = (guest: Debugger): ReadonlyMap<string, RegisterInfo> =>
  new Map(
    guest.views
      .registerGroups()
      .flatMap(({ id }) => guest.views.registers(id))
      .map(({ id }) => [id, guest.views.register(id)]),
  );

function register(guest: Debugger, id: string): RegisterInfo {
  return guest.views.register(id);
}

function field(guest: Debugger, id: string, name: string) {
  const found = register(guest, id).fields.find((candidate) => candidate.name === name);
  assert.ok(found, `${id}.${name}`);
  return found;
}

const fails = (number: number, action: () => unknown) => {
  assert.throws(action, (error) => error instanceof UserError && error.number === number);
};

for (const mode of MODES) {
  describe(`registers, ${mode}`, () => {
    it('are all there, by names of their own, and agree with the Variables view', () => {
      const { guest } = launchSample('privilege', { mode });
      runToFunction(guest, 'user_main');
      const all = everything(guest);
      const groups = guest.views.registerGroups();
      assert.equal(
        groups.reduce((sum, { registers }) => sum + registers, 0),
        all.size,
        'no id is used twice',
      );
      const model = cpuModels.get('cortex-a15');
      assert.ok(model);
      for (const row of systemRegisters) {
        const readable = row.kind !== 'absent' && row.kind !== 'operation' && row.PL1 !== 'WO';
        assert.equal(all.has(row.name), readable && hasRegister(model, row), row.name);
      }
      const flat = (variables: readonly VariableInfo[]): VariableInfo[] =>
        variables.flatMap((variable) => [variable, ...flat(variable.children ?? [])]);
      let compared = 0;
      for (const scope of ['core', 'cp15', 'banked']) {
        for (const { evaluateName, value } of flat(guest.variables(scope))) {
          if (evaluateName === undefined) continue;
          const [id, part] = evaluateName.split('.');
          const said = all.get(id);
          // the saved status of the present mode has no name of its own
          if (said === undefined) {
            assert.equal(id, 'SPSR', evaluateName);
            continue;
          }
          const shown = part === undefined ? said.value : said.fields.find(({ name }) => name === part)?.value;
          assert.ok(shown !== undefined && value.startsWith(shown), `${evaluateName}: ${shown}, ${value}`);
          compared++;
        }
      }
      assert.ok(compared > 300, `${compared} values`);
    });

    it('of devices are what the guest wrote, and looking at them changes nothing', () => {
      const looked = launchSample('hello', { mode });
      const alone = launchSample('hello', { mode });
      for (const { guest } of [looked, alone]) {
        guest.continue();
        guest.run(10, Infinity);
      }
      const { guest } = looked;
      assert.equal(register(guest, 'pl011:UARTCR').value, '0x00000301');
      assert.equal(field(guest, 'pl011:UARTCR', 'UARTEN').meaning, 'on');
      assert.equal(field(guest, 'pl011:UARTCR', 'LBE').meaning, 'off');
      // typed bytes wait in the FIFO for as long as they are only looked at
      for (const one of [looked, alone]) one.guest.input(Uint8Array.of(0x41));
      for (let i = 0; i < 3; i++) assert.equal(register(guest, 'pl011:UARTDR').value, '0x00000041');
      assert.equal(field(guest, 'pl011:UARTFR', 'RXFE').value, '0');
      for (const one of [looked, alone]) {
        let end = one.guest.run(1000, Infinity);
        while (end.kind === 'running') end = one.guest.run(1000, Infinity);
        assert.equal(end.kind, 'exited');
      }
      assert.equal(looked.printed(), alone.printed());
      assert.equal(looked.guest.statistics().virtualTime, alone.guest.statistics().virtualTime);
    });

    it('that are not as they were at the last stop are marked', () => {
      const { guest } = launchSample('hello', { mode });
      everything(guest);
      guest.stepInstruction('in');
      stopOf(guest);
      assert.equal(register(guest, 'r4').before, '0x00000000');
      assert.equal(register(guest, 'r4').value, '0x09000000');
      assert.equal(register(guest, 'r5').before, undefined);
      for (let i = 0; i < 2; i++) {
        guest.stepInstruction('in');
        stopOf(guest);
        guest.views.registerGroups();
      }
      // the store that has just been made
      const control = field(guest, 'pl011:UARTCR', 'UARTEN');
      assert.deepEqual([control.value, control.before], ['1', '0']);
      assert.equal(guest.views.registerGroups().find(({ name }) => name === 'pl011')?.changed, 1);
    });

    it('are marked, too, where steps follow each other faster than a view asks, but nothing is kept while nobody looks', () => {
      const { guest } = launchSample('hello', { mode });
      const step = () => {
        guest.stepInstruction('in');
        stopOf(guest);
      };
      everything(guest);
      for (let i = 0; i < 3; i++) step();
      const control = field(guest, 'pl011:UARTCR', 'UARTEN');
      assert.deepEqual([control.value, control.before], ['1', '0']);
      // the loop over the message loads a character at each fourth of them
      for (let i = 0; i < 2 + 4 * 4; i++) step();
      assert.equal(register(guest, 'pc').before, undefined);
    });

    it('can be set, and fields of them', () => {
      const { guest } = launchSample('hello', { mode });
      assert.equal(guest.views.setRegister('r7', undefined, '0x1234').value, '0x00001234');
      assert.equal(guest.evaluate('r7').value.startsWith('0x00001234'), true);
      guest.views.setRegister('CPSR', 'Z', '1');
      assert.equal(guest.evaluate('cpsr.Z').value, '1');
      guest.views.setRegister('TPIDRURO', undefined, 'r7 + 1');
      assert.equal(register(guest, 'TPIDRURO').value, '0x00001235');
      guest.views.setRegister('pl011:UARTIBRD', undefined, '13');
      assert.equal(register(guest, 'pl011:UARTIBRD').value, '0x0000000d');
      guest.views.setRegister('pl011:UARTLCR_H', 'WLEN', '3');
      assert.equal(field(guest, 'pl011:UARTLCR_H', 'WLEN').meaning, '8 bits');
      assert.equal(field(guest, 'pl011:UARTLCR_H', 'FEN').value, '0');
      // orders are given one by one: what else is enabled is not written again
      guest.views.setRegister('gicd:GICD_ISENABLER1', 'ID33', '1');
      guest.views.setRegister('gicd:GICD_ICENABLER1', 'ID34', '1');
      assert.equal(register(guest, 'gicd:GICD_ISENABLER1').value, '0x00000002');
      guest.views.setRegister('pc', undefined, '0x40010020');
      assert.equal(guest.pc(), 0x40010020);
      fails(230, () => guest.views.setRegister('MIDR', undefined, '1'));
      fails(230, () => guest.views.setRegister('pl011:UARTFR', undefined, '1'));
      fails(233, () => guest.views.setRegister('pl011:UARTLCR_H', 'WLEN', '4'));
      fails(253, () => guest.views.setRegister('nothing', undefined, '1'));
      fails(253, () => guest.views.setRegister('pl011:UARTLCR_H', 'nothing', '1'));
      fails(253, () => guest.views.registers('nothing'));
      if (mode === 'hypervised') fails(230, () => guest.views.setRegister('real.CPSR', undefined, '0'));
    });
  });
}

for (const mode of MODES) {
  it(`registers of raspi1 say what rtos set up, ${mode}`, () => {
    const { guest } = launch({
      board: 'raspi1',
      mode,
      level: 1,
      engine: 'interpreter',
      semihosting: true,
      memory: 512 << 20,
      program: file(path.join(root, 'samples/rtos/rtos-raspi1.elf')),
    });
    guest.continue();
    for (let i = 0; i < 150; i++) guest.run(20_000, Infinity);
    assert.equal(field(guest, 'bcm2835-ic:Enable_IRQs_1', 'GPU3').value, '1');
    assert.equal(register(guest, 'bcm2835-ic:Enable_IRQs_1').value, '0x00000008');
    assert.equal(field(guest, 'SCTLR', 'M').meaning, 'on');
    assert.ok(
      register(guest, 'SCTLR').fields.some(({ name }) => name === 'XP'),
      'the ARM1176 has XP',
    );
    const [high, low] = ['CHI', 'CLO'].map((name) => Number(register(guest, `bcm2835-system-timer:${name}`).value));
    assert.equal(high * 2 ** 32 + low, Math.floor(guest.statistics().virtualTime / 1000));
    // the match that is to come
    const next = Number(register(guest, 'bcm2835-system-timer:C3').value);
    assert.ok(next > low && next - low <= 20_000, `${next} after ${low}`);
  });
}
