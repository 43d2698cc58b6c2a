import assert from 'node:assert/strict';
import { SCTLR_A } from '../../src/arm/cp15.js';
import { AccessFlag } from '../../src/arm/engine-port.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { ProbeDevice, RAM, Rig } from './rig.js';

/** Two neighbouring virtual pages that lie apart in physical memory. */
const LOW = 0x1000;
const HIGH = 0x2000;
const LOW_PA = RAM + 0x10_0000;
const HIGH_PA = RAM + 0x20_0000;

describe('mem/data-access', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
    rig.short();
    rig.small(LOW, LOW_PA);
    rig.small(HIGH, HIGH_PA);
    for (let i = 0; i < 8; i++) rig.bus.write(LOW_PA + 0xff8 + i, 1, 0x80 + i);
    for (let i = 0; i < 8; i++) rig.bus.write(HIGH_PA + i, 1, 0x88 + i);
  });
  const byte = (va: number) => 0x80 + (va - (HIGH - 8));
  const load = (va: number, size: 1 | 2 | 4, flags = 0) => {
    const value = rig.data.load(va, size, flags);
    const { type, address, level, domain, write } = rig.data.fault;
    return type === 0 ? value >>> 0 : { type, address, level, domain, write };
  };
  const store = (va: number, size: 1 | 2 | 4, value: number, flags = 0) => {
    rig.data.store(va, size, value, flags);
    const { type, address, level, domain, write } = rig.data.fault;
    return type === 0 ? undefined : { type, address, level, domain, write };
  };
  const refusal = (type: number, address: number, write: boolean, level = 0, domain = 0) => ({
    type,
    address,
    level,
    domain,
    write,
  });

  for (const big of [false, true]) {
    describe(big ? 'big-endian' : 'little-endian', () => {
      beforeEach(() => {
        rig.mode(Mode.svc, big ? Psr.E : 0);
      });
      const value = (va: number, size: number) => {
        const bytes = Array.from({ length: size }, (_, i) => byte(va + i));
        if (!big) bytes.reverse();
        return bytes.reduce((all, b) => all * 256 + b, 0);
      };

      it('loads each size at each alignment, within and across pages', () => {
        for (const size of [1, 2, 4] as const) {
          for (let va = HIGH - 8; va + size <= HIGH + 8; va++) {
            for (const again of [0, 1]) {
              assert.equal(load(va, size), value(va, size), `${size} bytes at ${va.toString(16)}, ${again}`);
            }
          }
        }
      });

      it('sign-extends on demand', () => {
        for (const size of [1, 2] as const) {
          for (const va of [HIGH - 4, HIGH - 3, HIGH - 1]) {
            const bits = 32 - 8 * size;
            assert.equal(rig.data.load(va, size, AccessFlag.signed), (value(va, size) << bits) >> bits);
          }
        }
      });

      it('stores each size at each alignment, and nothing beside', () => {
        for (const size of [1, 2, 4] as const) {
          for (let va = HIGH - 6; va + size <= HIGH + 6; va++) {
            const before = Array.from({ length: 16 }, (_, i) => load(HIGH - 8 + i, 1));
            const written = 0x1122_3344 ^ (va << 3);
            assert.equal(store(va, size, written), undefined);
            const after = Array.from({ length: 16 }, (_, i) => load(HIGH - 8 + i, 1));
            for (let i = 0; i < size; i++) {
              before[va + i - (HIGH - 8)] = (written >>> (8 * (big ? size - 1 - i : i))) & 0xff;
            }
            assert.deepEqual(after, before, `${size} bytes at ${va.toString(16)}`);
          }
        }
      });

      it('reaches devices in the same byte order', () => {
        const device = new ProbeDevice();
        rig.bus.mapDevice(0x0900_0000, device);
        rig.small(0x3000, 0x0900_0000);
        device.answer = 0x1234_5678;
        assert.equal(load(0x3000, 4), big ? 0x7856_3412 : 0x1234_5678);
        assert.equal(store(0x3004, 4, 0x1234_5678), undefined);
        device.answer = 0x1234;
        assert.equal(load(0x3002, 2), big ? 0x3412 : 0x1234);
        assert.deepEqual(device.log, ['R4@0', big ? 'W4@4=78563412' : 'W4@4=12345678', 'R2@2']);
      });
    });
  }

  it('@unpredictable an unaligned access to a device: byte by byte', () => {
    const device = new ProbeDevice();
    rig.bus.mapDevice(0x0900_0000, device);
    rig.small(0x3000, 0x0900_0000);
    device.answer = 0xab;
    assert.equal(load(0x3001, 4), 0xabab_abab);
    assert.equal(store(0x3003, 2, 0x1122), undefined);
    assert.deepEqual(device.log, ['R1@1', 'R1@2', 'R1@3', 'R1@4', 'W1@3=22', 'W1@4=11']);
  });

  it('takes alignment faults where it must, before any translation', () => {
    const nowhere = 0x7000_0001;
    assert.deepEqual(load(nowhere, 4, AccessFlag.aligned), refusal(FaultType.Alignment, nowhere, false));
    assert.deepEqual(store(nowhere, 2, 0, AccessFlag.aligned), refusal(FaultType.Alignment, nowhere, true));
    assert.deepEqual(load(nowhere, 4), refusal(FaultType.Translation, nowhere, false, 1));
    rig.on(SCTLR_A);
    assert.deepEqual(load(LOW + 2, 4), refusal(FaultType.Alignment, LOW + 2, false));
    assert.deepEqual(store(LOW + 1, 2, 0), refusal(FaultType.Alignment, LOW + 1, true));
    assert.equal(load(LOW + 2, 2), 0);
    assert.equal(load(LOW + 3, 1), 0);
    rig.set('SCTLR', SCTLR_A);
    rig.mmu.flushAll();
    assert.deepEqual(load(RAM + 2, 4), refusal(FaultType.Alignment, RAM + 2, false), 'with the MMU off too');
  });

  it('reports the page that refuses, and stores nothing when the second one does', () => {
    rig.small(HIGH, HIGH_PA, 0x12, 0);
    rig.mode(Mode.usr);
    assert.deepEqual(load(HIGH - 2, 4), refusal(FaultType.Permission, HIGH, false, 2));
    assert.deepEqual(store(HIGH - 2, 4, -1), refusal(FaultType.Permission, HIGH, true, 2));
    assert.equal(load(HIGH - 2, 2), 0x8786);
    rig.small(LOW, LOW_PA, 0x12, 0);
    rig.mmu.flushAll();
    assert.deepEqual(
      load(HIGH - 3, 4),
      refusal(FaultType.Permission, HIGH - 3, false, 2),
      'the first byte, if both do',
    );
  });

  it('wraps from the end of the address space to its start', () => {
    rig.small(0xffff_f000, LOW_PA);
    rig.small(0, HIGH_PA);
    assert.equal(load(0xffff_fffe, 4), 0x8988_8786);
    assert.equal(load(-2, 4), 0x8988_8786);
    assert.equal(store(-1, 2, 0x1122), undefined);
    assert.equal(rig.bus.read(LOW_PA + 0xfff, 1), 0x22);
    assert.equal(rig.bus.read(HIGH_PA, 1), 0x11);
  });

  it('takes external aborts at the byte that nothing answers', () => {
    rig.small(0x3000, 0x9000_0000);
    assert.deepEqual(load(0x3008, 4), refusal(FaultType.External, 0x3008, false));
    assert.deepEqual(store(0x3008, 1, 0), refusal(FaultType.External, 0x3008, true));
    assert.deepEqual(load(0x2ffe, 4), refusal(FaultType.External, 0x3000, false));
    assert.equal(load(LOW, 4), 0, 'and recovers');
    assert.equal(rig.data.fault.type, FaultType.None);
  });

  it('uses the rights of PL0 where asked, also after PL1 has filled the page', () => {
    rig.small(LOW, LOW_PA, 0x22);
    assert.equal(store(LOW, 4, 5), undefined);
    assert.equal(load(LOW, 4, AccessFlag.unprivileged), 5);
    assert.deepEqual(store(LOW, 4, 6, AccessFlag.unprivileged), refusal(FaultType.Permission, LOW, true, 2));
    assert.equal(store(LOW, 4, 7), undefined);
    assert.equal(load(LOW, 4), 7);
  });

  it('reports stores to code, whole or in parts', () => {
    const writes: string[] = [];
    rig.bus.onCodeWrite = (pa, length) => writes.push(`${(pa - RAM).toString(16)}+${length}`);
    rig.bus.markCode(HIGH_PA);
    store(HIGH, 4, 1);
    store(HIGH - 2, 4, 0);
    store(HIGH + 5, 2, 0);
    assert.deepEqual(writes, ['200000+4', '200000+1', '200001+1', '200005+1', '200006+1']);
    assert.equal(load(HIGH - 2, 4), 0);
  });
});
