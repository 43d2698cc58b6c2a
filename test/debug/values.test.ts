import assert from 'node:assert/strict';
import type { Debugger } from '../../src/debug/api.js';
import { psrFields } from '../../src/debug/registers/fields.js';
import { extract, insert } from '../../src/util/bit-fields.js';
import { UserError } from '../../src/util/errors.js';
import { launchSample, MODES, runToFunction, settle, stopOf } from './guests.js';
import type { VariableInfo } from '../../src/protocol/model.js';

const fails = (number: number, words: RegExp, action: () => unknown) => {
  assert.throws(action, (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.number, number, error.message);
    assert.match(error.message, words);
    return true;
  });
};

describe('status register fields', () => {
  it('join what the manual splits', () => {
    const it = psrFields.find(({ name }) => name === 'IT');
    assert.ok(it);
    // IT<7:2> in bits 15:10, IT<1:0> in bits 26:25
    assert.equal(extract(0b01n << 25n, it), 1n);
    assert.equal(extract(0b100000n << 10n, it), 0x80n);
    assert.equal(insert(0n, it, 0b101011_01n), (0b101011n << 10n) | (0b01n << 25n));
  });
});

for (const mode of MODES) {
  describe(`values, ${mode}`, () => {
    const find = (variables: readonly VariableInfo[], ...path: string[]): VariableInfo => {
      const found = variables.find(({ name }) => name === path[0]);
      assert.ok(found, `${path[0]} among ${variables.map(({ name }) => name).join(', ')}`);
      return path.length === 1 ? found : find(found.children ?? [], ...path.slice(1));
    };
    const inUser = (): Debugger => {
      const { guest } = launchSample('privilege', { mode });
      runToFunction(guest, 'user_main');
      return guest;
    };

    it('are the registers of the guest, not of the processor under it', () => {
      const guest = inUser();
      const core = guest.variables('core');
      assert.equal(find(core, 'pc').value, '0x40100000 <user_main>');
      assert.equal(find(core, 'sp').value, '0x40180000');
      assert.equal(find(core, 'CPSR', 'M').value, '0x10 (usr)');
      assert.equal(find(core, 'CPSR', 'T').value, '1 (Thumb)');
      assert.equal(find(core, 'CPSR', 'I').value, '0');
      assert.equal(
        core.some(({ name }) => name === 'SPSR'),
        false,
        'User mode has none',
      );
      assert.match(find(guest.variables('banked'), 'svc', 'sp_svc').value, /<svc_stack_top>$/);
      assert.match(find(guest.variables('banked'), 'irq').value, /^sp 0x4001\w+ /);
      const cp15 = guest.variables('cp15');
      assert.equal(find(cp15, 'Control', 'SCTLR', 'M').value, '1 (on)');
      assert.match(find(cp15, 'Control', 'VBAR').value, /<vectors>|^0x4001/);
      assert.equal(find(cp15, 'Virtual memory', 'DACR', 'D0').value, '1 (client)');
      assert.equal(find(cp15, 'Virtual memory', 'TTBCR', 'EAE').value, '0 (short)');
      assert.equal(find(cp15, 'Identification', 'MIDR', 'PartNum').value, '0xc0f (Cortex-A15)');
      assert.equal(find(cp15, 'Generic timer', 'CNTV_CTL', 'ENABLE').value, '1');
      for (const scope of guest.scopes()) {
        const seen: string[] = [];
        const check = ({ evaluateName, children = [] }: VariableInfo) => {
          if (evaluateName !== undefined) {
            seen.push(evaluateName);
            guest.evaluate(evaluateName);
          }
          children.forEach(check);
        };
        guest.variables(scope.id).forEach(check);
        assert.ok(seen.length > 10, scope.id);
      }
      assert.deepEqual(guest.variables('nonsense'), []);
    });

    it('show what is virtual and what is real', () => {
      const guest = inUser();
      assert.deepEqual(
        guest.scopes().map(({ id }) => id),
        ['core', 'psr', 'banked', 'cp15', 'float', ...(mode === 'hypervised' ? ['real'] : [])],
      );
      if (mode === 'bare') {
        fails(203, /real\.SCTLR/, () => guest.evaluate('real.SCTLR'));
        return;
      }
      const kernel = launchSample('privilege', { mode }).guest;
      runToFunction(kernel, 'print');
      const rows = kernel.variables('real');
      assert.equal(find(rows, 'mode').value, 'svc, really usr');
      assert.equal(find(rows, 'CPSR', 'virtual', 'M').value, '0x13 (svc)');
      assert.equal(find(rows, 'CPSR', 'real', 'M').value, '0x10 (usr)');
      assert.notEqual(kernel.evaluate('TTBR0').value, kernel.evaluate('real.TTBR0').value);
      assert.equal(kernel.evaluate('real.cpsr.M == 0x10').value, '1');
      fails(230, /read-only/, () => kernel.setVariable('real.TTBR0', '0'));
    });

    it('show floating point as singles, doubles and quadwords, one over the other', () => {
      const guest = inUser();
      const float = (...path: string[]): string => find(guest.variables('float'), ...path).value;
      assert.equal(float('FPSCR', 'RMode'), '0 (to nearest)');
      assert.equal(guest.setVariable('d1', '0x3ff8000000000000'), '0x3ff8000000000000 (1.5)');
      assert.equal(float('Doubles', 'd1'), '0x3ff8000000000000 (1.5)');
      assert.equal(float('Singles', 's3'), '0x3ff80000 (1.9375)');
      assert.equal(float('Quadwords', 'q0'), '0x3ff80000000000000000000000000000');
      guest.setVariable('s2', '7');
      assert.equal(guest.evaluate('d1,x').value, '0x3ff8000000000007');
      guest.setVariable('q15', '0x10000000000');
      assert.equal(guest.evaluate('d30,x').value, '0x0000010000000000');
      assert.equal(guest.setVariable('FPSCR', '-1'), '0xfff7009f');
      assert.equal(guest.setVariable('fpscr.RMode', '3'), '3 (towards zero)');
      guest.setVariable('FPSCR', '0');
      assert.equal(guest.setVariable('FPEXC.EN', '1'), '1');
      assert.equal(guest.evaluate('FPEXC,x').value, '0x40000000');
      fails(230, /MVFR0 is read-only/, () => guest.setVariable('MVFR0', '1'));
    });

    it('can be set', () => {
      const guest = inUser();
      assert.equal(guest.setVariable('r3', '0x40010114'), guest.evaluate('r3').value);
      assert.equal(guest.evaluate('r3,x').value, '0x40010114');
      assert.equal(guest.setVariable('r3', '-1'), '0xffffffff');
      assert.equal(guest.setVariable('r4', 'r3 >> 28'), '0x0000000f');
      assert.equal(guest.setVariable('pc', '0x40100004 <user_main+4>'), '0x40100004 <user_main+4>');
      assert.equal(guest.setVariable('CPSR.Z', '1'), '1');
      assert.equal(guest.evaluate('cpsr.z').value, '1');
      assert.equal(guest.setVariable('cpsr.GE', '0xa'), '0xa');
      assert.equal(guest.setVariable('spsr_irq.M', '0x1f (sys)'), '0x1f (sys)');
      assert.equal(guest.setVariable('sp_svc', '0x40018000').startsWith('0x40018000'), true);
      assert.equal(guest.evaluate('r13_svc,x').value, '0x40018000');
      assert.equal(guest.setVariable('DACR.D1', '3'), '3 (manager)');
      assert.equal(guest.evaluate('DACR & 0xf,x').value, '0x0000000d');
      assert.equal(guest.setVariable('*(u16*)page', '0x1234'), '0x1234 = 4660');
      assert.equal(guest.setVariable('*(u8*)(page + 1)', '0xff'), '0xff = 255');
      assert.equal(guest.evaluate('*(u32*)page,x').value, '0x0000ff34');

      fails(230, /MIDR is read-only/, () => guest.setVariable('MIDR', '1'));
      fails(231, /0x00000010|0xf0000000/, () => guest.setVariable('*(u32*)0xf0000000', '1'));
      fails(232, /cannot be set/, () => guest.setVariable('r0 + 1', '1'));
      fails(232, /cannot be set/, () => guest.setVariable('print', '1'));
      fails(233, /bits/, () => guest.setVariable('r0', '0x100000000'));
      fails(233, /4 bits/, () => guest.setVariable('cpsr.GE', '16'));
      fails(204, /N, Z, C/, () => guest.setVariable('cpsr.X', '1'));
      fails(234, /not a processor mode/, () => guest.setVariable('cpsr.M', '0x1a'));
      fails(211, /User and System mode/, () => guest.evaluate('spsr'));
    });

    it('take effect in the guest', () => {
      const { guest, printed } = launchSample('hello', { mode });
      runToFunction(guest, 'next');
      const text = [...'Changed!\r\n\0'].map((c) => c.charCodeAt(0));
      assert.equal(guest.writeMemory(Number(guest.evaluate('message,d').value), Uint8Array.from(text)), text.length);
      guest.setVariable('r5', 'message + 2');
      guest.continue();
      assert.equal(settle(guest).kind, 'exited');
      assert.equal(printed(), 'anged!\r\n');
    });

    it('let the mode be changed by name, and the guest go on', () => {
      const guest = launchSample('privilege', { mode }).guest;
      runToFunction(guest, 'print');
      const sp = guest.evaluate('sp,x').value;
      guest.setVariable('CPSR.M', 'irq');
      assert.equal(guest.statistics().cpuMode, 'irq');
      assert.equal(guest.evaluate('sp_svc,x').value, sp);
      assert.equal(guest.evaluate('sp,x').value, guest.evaluate('sp_irq,x').value);
      guest.setVariable('CPSR.M', 'svc');
      assert.equal(guest.evaluate('sp,x').value, sp);
      guest.stepLine('out');
      stopOf(guest);
      assert.equal(guest.statistics().cpuMode, 'svc');
    });

    it('are memory as the guest has it, and never a device', () => {
      const { guest } = launchSample('privilege', { mode });
      assert.equal(guest.readMemory(0x0900_0000, 4).length, 0, 'UART');
      assert.equal(guest.readMemory(0x4000_0000 + (32 << 20) - 2, 8).length, 2, 'the end of RAM');
      assert.equal(guest.readMemory(0xffff_fffe, 8).length, 0);
      assert.equal(guest.readMemory(0x0000_0000, 4).length, 4, 'flash');
      assert.equal(guest.readMemory(0x4001_0000, 0).length, 0);
      assert.equal(guest.writeMemory(0x0000_0010, Uint8Array.of(1, 2)), 2, 'flash, past its commands');
      assert.deepEqual([...guest.readMemory(0x10, 2)], [1, 2]);
      assert.equal(guest.writeMemory(0x0900_0000, Uint8Array.of(65)), 0);
      // through the guest's tables: the page at DEMAND appears when the guest maps it
      runToFunction(guest, 'user_main');
      assert.equal(guest.readMemory(0x5000_0000, 4).length, 0);
      runToFunction(guest, 'wait');
      assert.deepEqual([...guest.readMemory(0x5000_0000, 4)], [0xfe, 0xca, 0, 0]);
      assert.deepEqual([...guest.readMemory(Number(guest.evaluate('page,d').value), 4)], [0xfe, 0xca, 0, 0]);
      // over a page's end, where the next one is not mapped
      assert.equal(guest.readMemory(0x5000_0ffe, 8).length, 2);
    });

    it('see code that was written', () => {
      const { guest } = launchSample('hello', { mode });
      runToFunction(guest, 'next');
      // replace the conditional store by a NOP: nothing is printed
      const [store] = guest.disassemble(guest.pc(), 2, 1);
      guest.writeMemory(store.address, Uint8Array.of(0x00, 0xf0, 0x20, 0xe3));
      guest.continue();
      assert.equal(settle(guest).kind, 'exited');
    });
  });
}
