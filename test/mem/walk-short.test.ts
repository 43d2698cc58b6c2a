import assert from 'node:assert/strict';
import { SCTLR_AFE, SCTLR_EE, SCTLR_TRE, SCTLR_UWXN, SCTLR_WXN, TTBCR_PD0, TTBCR_PD1 } from '../../src/arm/cp15.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { encodeDfsr, encodeIfsr, parHigh, parLow } from '../../src/mem/fault.js';
import { Access, Right, type AccessKind } from '../../src/mem/ports.js';
import { POOL, RAM, Rig, TABLE0, TABLE1 } from './rig.js';

/** AP[1:0] of a section, AP[2], and so on. */
const section = (pa: number, AP: number, domain = 0, more = 0) =>
  pa | 2 | ((AP & 3) << 10) | ((AP >> 2) << 15) | (domain << 5) | more;

describe('mem/walk-short', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
    rig.short();
  });

  /** Translates and returns what is to be seen in one line. */
  function at(va: number, access: AccessKind = Access.read, privileged = true) {
    const t = rig.mmu.translate(va, access, privileged);
    if (t.fault !== 0) return `fault ${t.fault} level ${t.level} domain ${t.domain}`;
    return `${t.pa.toString(16)} level ${t.level} domain ${t.domain} size ${t.size.toString(16)}${t.notGlobal ? ' nG' : ''}`;
  }
  const allowed = (va: number, access: AccessKind, privileged: boolean) =>
    rig.mmu.translate(va, access, privileged).fault === 0;

  it('walks sections, supersections, large and small pages', () => {
    rig.first(0x1230_0000, section(0xabc0_0000, 3, 5, 1 << 17));
    assert.equal(at(0x1234_5678), 'abc45678 level 1 domain 5 size 100000 nG');
    rig.first(0x76f0_0000, section(0x4500_0000, 3, 0xa, (1 << 18) | (0x3 << 20)));
    assert.equal(at(0x76fe_dcba), 'a345fedcba level 1 domain 0 size 1000000');
    rig.small(0x0010_4000, 0x5555_0000, 0x31, 7);
    assert.equal(at(0x0010_4321), '55554321 level 2 domain 7 size 10000');
    rig.small(0x001f_f000, 0x6666_7000, 0x32 | (1 << 11));
    assert.equal(at(0x001f_f9ab), '666679ab level 2 domain 7 size 1000 nG');
    rig.small(0x001f_e000, 0x6666_8000, 0x33);
    assert.equal(at(0x001f_e9ab), '666689ab level 2 domain 7 size 1000');
  });

  it('faults where a descriptor is invalid, at its level, with the domain once it is known', () => {
    assert.equal(at(0x0100_0000), `fault ${FaultType.Translation} level 1 domain 0`);
    rig.small(0x0010_0000, 0x5555_0000, 0x32, 7);
    assert.equal(at(0x0010_1000), `fault ${FaultType.Translation} level 2 domain 7`);
    rig.first(0x0200_0000, 0x9000_0001 | (4 << 5));
    assert.equal(at(0x0200_0000), `fault ${FaultType.ExternalOnWalk} level 2 domain 4`);
    rig.set('TTBR0', 0x9000_0000);
    assert.equal(at(0x0010_0000), `fault ${FaultType.ExternalOnWalk} level 1 domain 0`);
  });

  it('splits the address space by TTBCR.N, and TTBR1 tables are always 16 KiB', () => {
    for (let N = 0; N <= 7; N++) {
      const size = 0x4000 >>> N;
      const table = POOL + 0x10_0000 + size;
      rig.set('TTBR0', table | 0x4a).set('TTBR1', TABLE1 | 0x4a);
      rig.set('TTBCR', N);
      rig.poke(table, section(0x1000_0000, 3));
      rig.poke(table + size - 4, section(0x2000_0000, 3));
      const end = 2 ** (32 - N);
      assert.match(at(0x1_2345), /^10012345 /, `N ${N}`);
      assert.match(at(end - 1), /^200fffff /, `N ${N}`);
      if (N > 0) {
        rig.first(end, section(0x3000_0000, 3), TABLE1);
        rig.first(0xfff0_0000, section(0x3010_0000, 3), TABLE1);
        assert.match(at(end), /^30000000 /, `N ${N}`);
        assert.match(at(0xffff_ffff), /^301fffff /, `N ${N}`);
      }
    }
  });

  it('takes translation faults where PD0 or PD1 disables walks', () => {
    rig.first(0, section(0x1000_0000, 3));
    rig.first(0x8000_0000, section(0x3000_0000, 3), TABLE1);
    const fault = `fault ${FaultType.Translation} level 1 domain 0`;
    rig.set('TTBCR', 1 | TTBCR_PD0);
    assert.equal(at(0), fault);
    assert.match(at(0x8000_0000), /^30000000 /);
    rig.set('TTBCR', 1 | TTBCR_PD1);
    assert.match(at(0), /^10000000 /);
    assert.equal(at(0x8000_0000), fault);
  });

  it('grants what AP[2:0] says, at each privilege level, for pages and sections', () => {
    // Table B3-8: rights at PL1, at PL0.
    const table: Record<number, [string, string]> = {
      0: ['', ''],
      1: ['rw', ''],
      2: ['rw', 'r'],
      3: ['rw', 'rw'],
      5: ['r', ''],
      6: ['r', 'r'],
      7: ['r', 'r'],
    };
    for (const [AP, rights] of Object.entries(table)) {
      rig.first(0x1000_0000, section(0x2000_0000, Number(AP)));
      const n = Number(AP);
      rig.small(0x0010_0000, 0x5555_0000, 2 | ((n & 3) << 4) | ((n >> 2) << 9));
      for (const va of [0x1000_0000, 0x0010_0000]) {
        for (const PL of [1, 0]) {
          const expected = rights[1 - PL];
          assert.equal(allowed(va, Access.read, PL === 1), expected.includes('r'), `AP ${AP} PL${PL} read`);
          assert.equal(allowed(va, Access.write, PL === 1), expected.includes('w'), `AP ${AP} PL${PL} write`);
          assert.equal(allowed(va, Access.fetch, PL === 1), expected.includes('r'), `AP ${AP} PL${PL} fetch`);
        }
      }
    }
  });

  it('@unpredictable AP 0b100: no access', () => {
    rig.first(0, section(0x2000_0000, 4));
    assert.equal(allowed(0, Access.read, true), false);
    assert.equal(at(0), `fault ${FaultType.Permission} level 1 domain 0`);
  });

  it('treats AP[0] as the access flag under SCTLR.AFE', () => {
    rig.short(SCTLR_AFE);
    for (const AP of [0, 2, 4, 6]) {
      rig.first(0, section(0x2000_0000, AP, 3));
      assert.equal(at(0), `fault ${FaultType.AccessFlag} level 1 domain 3`, `section AP ${AP}`);
      rig.small(0x0010_0000, 0x5555_0000, 2 | ((AP & 3) << 4) | ((AP >> 2) << 9), 9);
      assert.equal(at(0x0010_0000), `fault ${FaultType.AccessFlag} level 2 domain 9`, `page AP ${AP}`);
    }
    rig.first(0, section(0x2000_0000, 2, 5, 1 << 18));
    assert.equal(at(0), `fault ${FaultType.AccessFlag} level 1 domain 0`, 'supersection');
    const rights = (AP: number) => {
      rig.first(0, section(0x2000_0000, AP));
      return [true, false]
        .map((p) => [Access.read, Access.write].map((a) => (allowed(0, a, p) ? 1 : 0)).join(''))
        .join();
    };
    assert.deepEqual([1, 3, 5, 7].map(rights), ['11,00', '11,11', '10,00', '10,10']);
  });

  it('honours XN and PXN', () => {
    for (const [va, write] of [
      [0x1000_0000, (XN: number, PXN: number) => rig.first(0x1000_0000, section(0x2000_0000, 3, 0, (XN << 4) | PXN))],
      [
        0x0010_0000,
        (XN: number, PXN: number) => {
          rig.small(0x0010_0000, 0x5555_0000, 0x32 | XN);
          rig.poke(TABLE0 + 4, (rig.peek(TABLE0 + 4) & ~4) | (PXN << 2));
        },
      ],
      [
        0x0021_0000,
        (XN: number, PXN: number) => {
          rig.small(0x0021_0000, 0x5555_0000, 0x31 | (XN << 15));
          rig.poke(TABLE0 + 8, (rig.peek(TABLE0 + 8) & ~4) | (PXN << 2));
        },
      ],
    ] as const) {
      const fetches = (XN: number, PXN: number) => {
        write(XN, PXN);
        assert.equal(allowed(va, Access.read, true), true);
        return [true, false].map((privileged) => (allowed(va, Access.fetch, privileged) ? 1 : 0)).join('');
      };
      assert.deepEqual([fetches(0, 0), fetches(1, 0), fetches(0, 1), fetches(1, 1)], ['11', '00', '01', '00'], `${va}`);
    }
  });

  it('makes writable memory not executable under WXN and UWXN', () => {
    const fetches = (sctlr: number, AP: number) => {
      rig.short(sctlr);
      rig.first(0, section(0x2000_0000, AP));
      return [true, false].map((privileged) => (allowed(0, Access.fetch, privileged) ? 1 : 0)).join('');
    };
    const APs = [1, 2, 3, 5, 6, 7];
    assert.deepEqual(
      APs.map((AP) => fetches(0, AP)),
      ['10', '11', '11', '10', '11', '11'],
    );
    assert.deepEqual(
      APs.map((AP) => fetches(SCTLR_WXN, AP)),
      ['00', '01', '00', '10', '11', '11'],
    );
    assert.deepEqual(
      APs.map((AP) => fetches(SCTLR_UWXN, AP)),
      ['10', '11', '01', '10', '11', '11'],
    );
  });

  it('consults DACR: no access and reserved fault, client checks, manager does not', () => {
    rig.first(0, section(0x2000_0000, 0, 6, 1 << 4));
    rig.small(0x0010_0000, 0x5555_0000, 0x03, 6);
    const set = (field: number) => rig.set('DACR', field << 12);
    for (const field of [0, 2]) {
      set(field);
      assert.equal(at(0), `fault ${FaultType.Domain} level 1 domain 6`);
      assert.equal(at(0x0010_0000, Access.fetch), `fault ${FaultType.Domain} level 2 domain 6`);
    }
    set(1);
    assert.equal(at(0), `fault ${FaultType.Permission} level 1 domain 6`);
    assert.equal(at(0x0010_0000), `fault ${FaultType.Permission} level 2 domain 6`);
    set(3);
    for (const access of [Access.read, Access.write, Access.fetch]) {
      assert.equal(allowed(0, access, false), true, 'not even XN counts');
      assert.equal(allowed(0x0010_0000, access, false), true);
    }
    assert.equal(rig.mmu.translate(0, Access.read, true).rights, 0x3f);
  });

  it('checks in the order of the manual: translation, access flag, domain, permission', () => {
    rig.short(SCTLR_AFE).set('DACR', 0);
    rig.small(0x0010_0000, 0x5555_0000, 0x00, 6);
    assert.equal(at(0x0010_0000), `fault ${FaultType.Translation} level 2 domain 6`);
    rig.small(0x0010_0000, 0x5555_0000, 0x02, 6);
    assert.equal(at(0x0010_0000), `fault ${FaultType.AccessFlag} level 2 domain 6`);
    rig.small(0x0010_0000, 0x5555_0000, 0x12, 6);
    assert.equal(at(0x0010_0000, Access.write, false), `fault ${FaultType.Domain} level 2 domain 6`);
    rig.set('DACR', 1 << 12);
    assert.equal(at(0x0010_0000, Access.write, false), `fault ${FaultType.Permission} level 2 domain 6`);
  });

  it('supersections are in domain 0 whatever their bits 8:5 say', () => {
    rig.first(0, section(0x4500_0000, 3, 9, 1 << 18));
    rig.set('DACR', 1 << 18);
    assert.equal(at(0), `fault ${FaultType.Domain} level 1 domain 0`);
  });

  it('reads big-endian descriptors under SCTLR.EE', () => {
    const swap = (word: number) => new DataView(Uint32Array.of(word).buffer).getUint32(0, false);
    rig.short(SCTLR_EE);
    const level2 = rig.table(0x400);
    rig.first(0, swap(section(0x2000_0000, 3)));
    rig.first(0x10_0000, swap(level2 | 1));
    rig.poke(level2, swap(0x5555_0032));
    assert.match(at(0x123), /^20000123 /);
    assert.match(at(0x10_0123), /^55550123 /);
  });

  describe('memory attributes, as PAR has them', () => {
    const attributes = (TEX: number, C: number, B: number, S = 0) => {
      rig.first(0, section(0x2000_0000, 3, 0, (TEX << 12) | (C << 3) | (B << 2) | (S << 16)));
      rig.small(0x0010_0000, 0x5555_0000, 0x32 | (TEX << 6) | (C << 3) | (B << 2) | (S << 10));
      rig.small(0x0021_0000, 0x5555_0000, 0x31 | (TEX << 12) | (C << 3) | (B << 2) | (S << 10));
      const [one, ...others] = [0, 0x0010_0000, 0x0021_0000].map((va) => {
        const t = rig.mmu.translate(va, Access.read, true);
        return { PAR: parLow(t, false) & 0xffd, page: t.size };
      });
      for (const other of others) assert.equal(other.PAR, one.PAR, `page of ${other.page} bytes`);
      const PAR = one.PAR;
      return { NOS: (PAR >> 10) & 1, SH: (PAR >> 7) & 1, Inner: (PAR >> 4) & 7, Outer: (PAR >> 2) & 3 };
    };

    it('from TEX, C and B', () => {
      const rows: [number, number, number, number, number, number, number][] = [
        // TEX C B S -> SH Inner Outer
        [0, 0, 0, 0, 1, 0b001, 0],
        [0, 0, 1, 0, 1, 0b011, 0],
        [0, 1, 0, 1, 1, 0b110, 2],
        [0, 1, 1, 0, 0, 0b111, 3],
        [1, 0, 0, 1, 1, 0b000, 0],
        [1, 1, 1, 0, 0, 0b101, 1],
        [2, 0, 0, 1, 0, 0b011, 0],
        [5, 1, 0, 1, 1, 0b110, 1],
        [6, 0, 1, 0, 0, 0b101, 2],
        [7, 1, 1, 0, 0, 0b111, 3],
        [4, 0, 0, 0, 0, 0b000, 0],
      ];
      for (const [TEX, C, B, S, SH, Inner, Outer] of rows) {
        assert.deepEqual(attributes(TEX, C, B, S), { NOS: 0, SH, Inner, Outer }, `TEX ${TEX} C ${C} B ${B} S ${S}`);
      }
    });

    it('from PRRR and NMRR under SCTLR.TRE', () => {
      rig.short(SCTLR_TRE);
      // Regions: 0 SO, 1 device, 2 normal WT / WB-WA, 7 normal WB / NC and not outer shareable. DS1, NS1 and NS0 set, DS0 clear.
      rig.set('PRRR', (1 << 2) | (2 << 4) | (2 << 14) | (1 << 17) | (1 << 18) | (1 << 19) | (1 << 31));
      rig.set('NMRR', (2 << 4) | (1 << 20) | (3 << 14));
      assert.deepEqual(attributes(0, 0, 0), { NOS: 0, SH: 1, Inner: 0b001, Outer: 0 });
      assert.deepEqual(attributes(0, 0, 1, 0), { NOS: 0, SH: 0, Inner: 0b011, Outer: 0 });
      assert.deepEqual(attributes(6, 0, 1, 1), { NOS: 0, SH: 1, Inner: 0b011, Outer: 0 }, 'TEX[2:1] do not count');
      assert.deepEqual(attributes(0, 1, 0, 0), { NOS: 0, SH: 1, Inner: 0b110, Outer: 1 });
      assert.deepEqual(attributes(1, 1, 1, 1), { NOS: 1, SH: 1, Inner: 0b111, Outer: 0 });
    });
  });

  it('reports in PAR: address, supersections, faults', () => {
    rig.first(0x1000_0000, section(0xabc0_0000, 3, 0, 4 << 12));
    assert.equal(parLow(rig.mmu.translate(0x1001_2345, Access.read, true), false) >>> 0, 0xabc1_2200);
    rig.first(0x76f0_0000, section(0x4500_0000, 3, 0xa, (1 << 18) | (0x3 << 20) | (4 << 12)));
    const par = rig.mmu.translate(0x76fe_dcba, Access.read, true);
    assert.equal(parLow(par, false) >>> 0, 0x45a3_0202);
    assert.equal(parHigh(par, false), 0);
    // FS[4:0] at bits 5:1.
    assert.equal(parLow(rig.mmu.translate(0x0900_0000, Access.read, true), false), (0b00101 << 1) | 1);
    rig.first(0, section(0x2000_0000, 0));
    assert.equal(parLow(rig.mmu.translate(0, Access.read, true), false), (0b01101 << 1) | 1);
  });

  it('with the MMU off maps flat, Strongly-ordered, everything allowed', () => {
    rig.set('SCTLR', SCTLR_AFE | SCTLR_WXN);
    for (const access of [Access.read, Access.write, Access.fetch])
      assert.match(at(0x8765_4321, access, false), /^87654321 level 0/);
    assert.equal(parLow(rig.mmu.translate(0x8765_4321, Access.read, false), false) >>> 0, 0x8765_4290);
  });

  it('encodes fault status (table B3-23)', () => {
    const codes: [number, number, number][] = [
      [FaultType.Alignment, 0, 0x001],
      [FaultType.Debug, 0, 0x002],
      [FaultType.AccessFlag, 1, 0x003],
      [FaultType.AccessFlag, 2, 0x006],
      [FaultType.Translation, 1, 0x005],
      [FaultType.Translation, 2, 0x007],
      [FaultType.External, 0, 0x008],
      [FaultType.Domain, 1, 0x009],
      [FaultType.Domain, 2, 0x00b],
      [FaultType.ExternalOnWalk, 1, 0x00c],
      [FaultType.ExternalOnWalk, 2, 0x00e],
      [FaultType.Permission, 1, 0x00d],
      [FaultType.Permission, 2, 0x00f],
    ];
    for (const [fault, level, code] of codes) {
      assert.equal(encodeIfsr(false, fault, level), code, `IFSR ${fault} ${level}`);
      assert.equal(encodeDfsr(false, fault, level, 5, false, false), code | 0x50, `DFSR ${fault} ${level}`);
      assert.equal(encodeDfsr(false, fault, level, 0, true, false), code | 0x800, `DFSR ${fault} ${level} write`);
      assert.equal(
        encodeDfsr(false, fault, level, 0, false, true),
        code | 0x2800,
        `DFSR ${fault} ${level} maintenance`,
      );
    }
  });

  it('reports rights that its domain leaves', () => {
    rig.first(0, section(RAM, 2));
    const rights = Right.readPL1 | Right.writePL1 | Right.readPL0 | Right.executePL0 | Right.executePL1;
    assert.equal(rig.mmu.translate(0, Access.read, true).rights, rights);
  });
});
