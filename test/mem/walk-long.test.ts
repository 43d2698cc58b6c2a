import assert from 'node:assert/strict';
import { SCTLR_EE, SCTLR_UWXN, SCTLR_WXN, TTBCR_EPD0, TTBCR_EPD1 } from '../../src/arm/cp15.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { encodeDfsr, encodeIfsr, parHigh, parLow } from '../../src/mem/fault.js';
import { Access, type AccessKind } from '../../src/mem/ports.js';
import { POOL, Rig, TABLE0, TABLE1 } from './rig.js';

// Low word of a descriptor.
const TABLE = 3;
const PAGE = 3;
const BLOCK = 1;
const AF = 1 << 10;
const nG = 1 << 11;
const AP1 = 1 << 6;
const AP2 = 1 << 7;
// High word.
const XN = 1 << 22;
const PXN = 1 << 21;
const CONTIGUOUS = 1 << 20;
const PXNTable = 1 << 27;
const XNTable = 1 << 28;
const APTable0 = 1 << 29;
const APTable1 = 1 << 30;

describe('mem/walk-long', () => {
  let rig: Rig;
  let level2: number;
  let level3: number;
  beforeEach(() => {
    rig = new Rig();
    rig.long();
    level2 = rig.table(0x1000);
    level3 = rig.table(0x1000);
    rig.desc(TABLE0, 0, level2 | TABLE);
    rig.desc(level2, 3, level3 | TABLE);
  });

  function at(va: number, access: AccessKind = Access.read, privileged = true) {
    const t = rig.mmu.translate(va, access, privileged);
    if (t.fault !== 0) return `fault ${t.fault} level ${t.level}`;
    return `${t.pa.toString(16)} level ${t.level} size ${t.size.toString(16)}${t.notGlobal ? ' nG' : ''}`;
  }
  /** `rwx` at PL1, then at PL0. */
  function rights(va: number): string {
    return [true, false]
      .map((privileged) =>
        [Access.read, Access.write, Access.fetch]
          .map((access, i) => (rig.mmu.translate(va, access, privileged).fault === 0 ? 'rwx'[i] : '-'))
          .join(''),
      )
      .join(' ');
  }

  it('walks blocks of 1 GiB and 2 MiB and pages, with 40-bit addresses', () => {
    rig.desc(TABLE0, 2, 0xc000_0000 | BLOCK | AF, 0xa5);
    assert.equal(at(0x8765_4321), 'a5c7654321 level 1 size 40000000');
    rig.desc(level2, 511, 0x1220_0000 | BLOCK | AF | nG, CONTIGUOUS | 0x12);
    assert.equal(at(0x3ff2_3456), '1212323456 level 2 size 200000 nG');
    rig.desc(level3, 0x155, 0x8765_4000 | PAGE | AF, 0xff);
    assert.equal(at(0x0075_5678), 'ff87654678 level 3 size 1000');
  });

  it('faults where a descriptor is invalid, at its level', () => {
    assert.equal(at(0x4000_0000), `fault ${FaultType.Translation} level 1`);
    assert.equal(at(0x0020_0000), `fault ${FaultType.Translation} level 2`);
    assert.equal(at(0x0060_0000), `fault ${FaultType.Translation} level 3`);
    rig.desc(level3, 0, BLOCK | AF);
    assert.equal(at(0x0060_0000), `fault ${FaultType.Translation} level 3`, 'reserved at level 3');
    rig.desc(TABLE0, 1, BLOCK);
    assert.equal(at(0x4000_0000), `fault ${FaultType.AccessFlag} level 1`);
    rig.desc(level2, 1, BLOCK);
    assert.equal(at(0x0020_0000), `fault ${FaultType.AccessFlag} level 2`);
    rig.desc(level3, 0, PAGE);
    assert.equal(at(0x0060_0000), `fault ${FaultType.AccessFlag} level 3`);
    rig.desc(level2, 5, 0x9000_0000 | TABLE);
    assert.equal(at(0x00a0_0000), `fault ${FaultType.ExternalOnWalk} level 3`);
    rig.desc(TABLE0, 3, TABLE | (level2 & ~0xfff), 1);
    assert.equal(at(0xc000_0000), `fault ${FaultType.ExternalOnWalk} level 2`);
    rig.set('TTBR0', TABLE0, 0x10);
    assert.equal(at(0), `fault ${FaultType.ExternalOnWalk} level 1`);
  });

  it('splits the address space by T0SZ and T1SZ', () => {
    const block = (pa: number) => pa | BLOCK | AF;
    const outcome = (t0: number, t1: number, va: number) => {
      rig.set('TTBCR', (1 << 31) | t0 | (t1 << 16));
      // Each region's first and last entry, at whichever level it starts.
      for (const [ttbr, size, base] of [
        ['TTBR0', t0, 0],
        ['TTBR1', t1, 0x4000_0000],
      ] as const) {
        const table = (ttbr === 'TTBR0' ? POOL : POOL + 0x2_0000) + 0x10_0000;
        rig.set(ttbr, table);
        const shift = size < 2 ? 30 : 21;
        for (let i = 0; i < 2 ** (32 - size - shift); i++) rig.desc(table, i, block(base | 0));
      }
      const t = rig.mmu.translate(va, Access.read, true);
      return t.fault !== 0 ? `fault ${t.fault} level ${t.level}` : t.pa >= 0x4000_0000 ? 1 : 0;
    };
    const hole = `fault ${FaultType.Translation} level 1`;
    const top = (n: number) => 2 ** 32 - 2 ** (32 - n);
    for (let t0 = 0; t0 <= 7; t0++) {
      for (let t1 = 0; t1 <= 7; t1++) {
        const end0 = 2 ** (32 - t0);
        for (const va of [
          0,
          0x1000,
          end0 - 1,
          end0 % 2 ** 32,
          0x7fff_ffff,
          0x8000_0000,
          top(t1) - 1,
          top(t1),
          2 ** 32 - 1,
        ]) {
          if (va < 0) continue;
          // TTBR1 where all T1SZ top bits are ones, TTBR0 where all T0SZ top bits are zeros, and a size of 0 takes the rest.
          const ones = t1 > 0 && va >= top(t1);
          const zeros = va < end0;
          const expected = ones ? 1 : zeros ? 0 : t1 === 0 ? 1 : hole;
          assert.equal(outcome(t0, t1, va), expected, `T0SZ ${t0} T1SZ ${t1} va ${va.toString(16)}`);
        }
      }
    }
  });

  it('indexes the first table by what the size leaves, at level 1 or 2', () => {
    for (let size = 0; size <= 7; size++) {
      const level = size < 2 ? 1 : 2;
      const entries = 2 ** (32 - size - (level === 1 ? 30 : 21));
      const table = POOL + 0x10_0000 + entries * 8 * 3;
      rig.set('TTBCR', (1 << 31) | size);
      rig.set('TTBR0', table);
      for (let i = 0; i < entries; i++) rig.desc(table, i, BLOCK | AF, i & 0xff);
      const step = 2 ** (32 - size) / entries;
      for (const i of [0, 1, entries - 1]) {
        const t = rig.mmu.translate(i * step + 0x123, Access.read, true);
        assert.deepEqual([t.fault, t.pa, t.level], [0, (i & 0xff) * 2 ** 32 + 0x123, level], `T0SZ ${size} entry ${i}`);
      }
    }
  });

  it('takes translation faults where EPD0 or EPD1 disables walks', () => {
    rig.desc(TABLE0, 0, BLOCK | AF);
    rig.desc(TABLE1, 1, BLOCK | AF);
    rig.set('TTBCR', (1 << 31) | (1 << 16) | TTBCR_EPD0);
    assert.equal(at(0), `fault ${FaultType.Translation} level 1`);
    assert.match(at(0xc000_0000), /^0 level 1/);
    rig.set('TTBCR', (1 << 31) | (1 << 16) | TTBCR_EPD1);
    assert.match(at(0), /^0 level 1/);
    assert.equal(at(0xc000_0000), `fault ${FaultType.Translation} level 1`);
  });

  it('grants what AP[2:1], XN and PXN say', () => {
    const leaf = (low: number, high = 0) => {
      rig.desc(level3, 0, 0x8000_0000 | PAGE | AF | low, high);
      return rights(0x0060_0000);
    };
    assert.equal(leaf(0), 'rwx ---');
    assert.equal(leaf(AP1), 'rwx rwx');
    assert.equal(leaf(AP2), 'r-x ---');
    assert.equal(leaf(AP2 | AP1), 'r-x r-x');
    assert.equal(leaf(AP1, XN), 'rw- rw-');
    assert.equal(leaf(AP1, PXN), 'rw- rwx');
    assert.equal(at(0x0060_0000, Access.fetch), `fault ${FaultType.Permission} level 3`);
    rig.set('DACR', 0);
    assert.equal(leaf(AP1), 'rwx rwx', 'domains do not exist');
  });

  it('takes away by APTable, XNTable and PXNTable at each level, never gives', () => {
    rig.desc(level3, 0, 0x8000_0000 | PAGE | AF | AP1);
    const through = (one: number, two: number) => {
      rig.desc(TABLE0, 0, level2 | TABLE, one);
      rig.desc(level2, 3, level3 | TABLE, two);
      return rights(0x0060_0000);
    };
    for (const both of [(h: number) => through(h, 0), (h: number) => through(0, h)]) {
      assert.equal(both(0), 'rwx rwx');
      assert.equal(both(APTable0), 'rwx ---');
      assert.equal(both(APTable1), 'r-x r-x');
      assert.equal(both(XNTable), 'rw- rw-');
      assert.equal(both(PXNTable), 'rw- rwx');
    }
    assert.equal(through(APTable0, APTable1), 'r-x ---');
    assert.equal(through(PXNTable, XNTable), 'rw- rw-');
    rig.desc(level3, 0, 0x8000_0000 | PAGE | AF | AP2 | AP1, XN);
    assert.equal(through(0, 0), 'r-- r--');
  });

  it('makes writable memory not executable under WXN and UWXN', () => {
    const leaf = (low: number) => {
      rig.desc(level3, 0, 0x8000_0000 | PAGE | AF | low);
      return rights(0x0060_0000);
    };
    rig.long(SCTLR_WXN);
    assert.deepEqual([0, AP1, AP2, AP2 | AP1].map(leaf), ['rw- ---', 'rw- rw-', 'r-x ---', 'r-x r-x']);
    rig.long(SCTLR_UWXN);
    assert.deepEqual([0, AP1, AP2, AP2 | AP1].map(leaf), ['rwx ---', 'rw- rwx', 'r-x ---', 'r-x r-x']);
  });

  it('reads big-endian descriptors under SCTLR.EE', () => {
    rig.long(SCTLR_EE);
    const swap = (word: number) => new DataView(Uint32Array.of(word).buffer).getUint32(0, false);
    rig.desc(TABLE0, 1, swap(0xa5), swap(0xc000_0000 | BLOCK | AF));
    assert.match(at(0x4000_0123), /^a5c0000123 /);
  });

  it('reports in PAR: address, MAIR attributes, shareability, faults', () => {
    rig.set('MAIR0', 0xff44_0400).set('MAIR1', 0x8877_6655);
    const par = (AttrIndx: number, SH: number) => {
      rig.desc(level3, 0, 0x8765_4000 | PAGE | AF | (AttrIndx << 2) | (SH << 8), 0x12);
      const t = rig.mmu.translate(0x0060_0123, Access.read, true);
      return [parHigh(t, true) >>> 0, parLow(t, true) >>> 0];
    };
    assert.deepEqual(par(3, 3), [0xff00_0012, 0x8765_4b80]);
    assert.deepEqual(par(7, 0), [0x8800_0012, 0x8765_4a00]);
    assert.deepEqual(par(0, 3), [0x0000_0012, 0x8765_4b00], 'Strongly-ordered is Outer Shareable');
    assert.deepEqual(par(1, 0), [0x0400_0012, 0x8765_4b00], 'so is Device');
    assert.deepEqual(par(2, 3), [0x4400_0012, 0x8765_4b00], 'and Non-cacheable');
    const fault = rig.mmu.translate(0x0020_0000, Access.read, true);
    assert.deepEqual([parHigh(fault, true), parLow(fault, true)], [0, 0x800 | (0b000110 << 1) | 1]);
    rig.set('SCTLR', 0);
    const flat = rig.mmu.translate(0x8765_4321, Access.read, true);
    assert.deepEqual([parHigh(flat, true), parLow(flat, true) >>> 0], [0, 0x8765_4b00]);
  });

  it('encodes fault status (table B3-24)', () => {
    const leveled: [number, number][] = [
      [FaultType.Translation, 0b000100],
      [FaultType.AccessFlag, 0b001000],
      [FaultType.Permission, 0b001100],
      [FaultType.ExternalOnWalk, 0b010100],
    ];
    for (const [fault, code] of leveled) {
      for (const level of [1, 2, 3]) {
        assert.equal(encodeIfsr(true, fault, level), 0x200 | code | level);
        assert.equal(encodeDfsr(true, fault, level, 7, true, false), 0xa00 | code | level, 'no domain');
      }
    }
    assert.equal(encodeIfsr(true, FaultType.External, 0), 0x210);
    assert.equal(encodeIfsr(true, FaultType.Debug, 0), 0x222);
    assert.equal(encodeDfsr(true, FaultType.Alignment, 0, 0, false, true), 0x2a00 | 0x21);
  });
});
