import assert from 'node:assert/strict';
import { psrFields } from '../../src/debug/registers/fields.js';
import { allFieldsOf, isOneNumber, systemRegisterFields } from '../../src/isa/sysreg/fields.js';
import { systemRegisters } from '../../src/isa/sysreg.js';
import { extract, insert, meaningOf, placeOf } from '../../src/util/bit-fields.js';

const shown = systemRegisters.filter(({ kind }) => kind !== 'absent' && kind !== 'operation');
const floats = ['FPSID', 'FPSCR', 'FPEXC', 'MVFR0', 'MVFR1'].map((name) => ({ name, width: 32 }));

describe('fields of system registers', () => {
  it('are there for every register that is not known to be one number', () => {
    const without = [...shown, ...floats].filter(
      ({ name }) => !isOneNumber(name) && allFieldsOf(name).every((set) => set.length === 0),
    );
    assert.deepEqual(
      without.map(({ name }) => name),
      [],
    );
  });

  it('are never there for one that is', () => {
    const both = shown.filter(({ name }) => isOneNumber(name) && allFieldsOf(name).some((set) => set.length > 0));
    assert.deepEqual(
      both.map(({ name }) => name),
      [],
    );
  });

  it('fit into their register, do not overlap, have names of their own, and keep what is put in', () => {
    let sets = 0;
    for (const { name, width } of [...shown, ...floats, { name: 'CPSR', width: 32 }]) {
      for (const set of name === 'CPSR' ? [psrFields] : allFieldsOf(name)) {
        sets++;
        assert.equal(new Set(set.map((field) => field.name)).size, set.length, `${name}: two fields of one name`);
        let used = 0n;
        let bits = 0;
        let last = 64;
        for (const field of set) {
          const what = `${name}.${field.name}`;
          const most = (1n << BigInt(field.bits)) - 1n;
          const mask = insert(0n, field, most);
          assert.equal(used & mask, 0n, `${what} overlaps`);
          used |= mask;
          bits += field.bits;
          assert.equal(extract(mask, field), most, what);
          assert.equal(extract(insert((1n << 64n) - 1n, field, 0n), field), 0n, what);
          assert.ok(field.slices[0].hi < last || field.slices.length > 1, `${what} comes after lower bits`);
          if (field.slices.length === 1) last = field.slices[0].lo;
          for (const value of field.values?.keys() ?? [])
            assert.ok(BigInt(value) <= most, `${what} cannot be ${value}`);
        }
        assert.ok(used < 1n << BigInt(width), `${name} has ${width} bits`);
        assert.equal(used.toString(2).replaceAll('0', '').length, bits, `${name}: the widths add up`);
      }
    }
    assert.ok(sets > 200, `${sets} sets`);
  });

  it('follow the format that applies', () => {
    const names = (register: string, value: bigint, long = false, cpu = 'cortex-a15') =>
      systemRegisterFields(register, value, { cpu, long }).map(({ name }) => name);
    assert.ok(names('TTBCR', 0n).includes('PD0'));
    assert.ok(names('TTBCR', 1n << 31n).includes('T0SZ'));
    assert.ok(names('PRRR', 0n).includes('TR7'));
    assert.deepEqual(names('PRRR', 0n, true), ['Attr3', 'Attr2', 'Attr1', 'Attr0']);
    assert.ok(names('SCTLR', 0n, false, 'arm1176').includes('XP'));
    assert.ok(!names('SCTLR', 0n).includes('XP'));
  });

  it('say what values mean, and where they lie', () => {
    const [field] = systemRegisterFields('DFSR', 0n, { cpu: 'cortex-a15', long: false }).filter(
      ({ name }) => name === 'FS',
    );
    assert.equal(placeOf(field), '10,3:0');
    assert.equal(meaningOf(field, 0b10110), 'asynchronous external abort');
    assert.equal(meaningOf(field, 0), undefined);
    const [sets] = systemRegisterFields('CCSIDR', 0n, { cpu: 'cortex-a15', long: false }).filter(
      ({ name }) => name === 'NumSets',
    );
    assert.equal(meaningOf(sets, 255), '256 sets');
  });
});
