/** Shadow tables, as the walker of a real MMU reads them. */
import assert from 'node:assert/strict';
import { Cp15, SCTLR_M } from '../../src/arm/cp15.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { Mode } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { Mmu } from '../../src/mem/mmu.js';
import { Access, type AccessKind } from '../../src/mem/ports.js';
import {
  Grant,
  GUEST_KERNEL,
  GUEST_USER,
  KEY_WORDS,
  SECTION,
  shadowBytes,
  ShadowTables,
  type ShadowEntry,
  type ShadowSize,
} from '../../src/vmm/shadow.js';

const MIB = 1 << 20;
const TABLES_PA = 0x0800_0000;
const RAM_PA = 0x9000_0000;
const GVA = 0xc000_0000;
const READ_WRITE = Grant.read | Grant.write;
const FAULTS = new Map<number, string>([
  [FaultType.Translation, 'translation'],
  [FaultType.Domain, 'domain'],
  [FaultType.Permission, 'permission'],
]);

/** The key of an address space. */
function key(asid: number, table = 0x4000_0000): Int32Array {
  const words = new Int32Array(KEY_WORDS);
  words[2] = table;
  words[KEY_WORDS - 1] = asid;
  return words;
}

class Rig {
  readonly memory: MachineMemory;
  readonly mmu: Mmu;
  readonly shadow: ShadowTables;

  constructor(readonly size: ShadowSize = { levelOne: 4, levelTwo: 4 }) {
    const bytes = shadowBytes(size);
    this.memory = new MachineMemory([bytes, 4 * MIB]);
    const tables = this.memory.allocate('tables', bytes);
    const ram = this.memory.allocate('ram', 4 * MIB);
    const bus = new PhysicalBus(this.memory);
    bus.mapRam(TABLES_PA, Math.ceil(bytes / 4096) * 4096, tables.offset);
    bus.mapRam(RAM_PA, ram.length, ram.offset);
    this.mmu = new Mmu(this.memory, bus);
    this.shadow = new ShadowTables(this.memory.i32, tables.offset, TABLES_PA, size);
    const { state } = this.memory;
    state[Word.PSR] = Mode.usr;
    state[Cp15.SCTLR] = SCTLR_M;
    state[Cp15.DACR] = 1;
    this.mmu.useContexts(true);
    this.enter(1);
  }

  enter(asid: number, table?: number): void {
    this.shadow.enter(key(asid, table));
  }

  fill(context: number, gva: number, pa: number, grants: number, more: Partial<ShadowEntry> = {}): void {
    this.shadow.fill(context, gva, { pa, grants, domain: 0, notGlobal: false, section: false, ...more });
  }

  /** Where an access of the deprivileged guest goes, or the fault. */
  reach(context: number, gva: number, access: AccessKind = Access.read): number | string {
    this.mmu.setContextTable(context, this.shadow.table(context));
    const { fault, pa, level } = this.mmu.translate(gva, access, false, context);
    return fault === FaultType.None ? pa : `${FAULTS.get(fault) ?? fault} ${level}`;
  }

  /** Which accesses are granted, as letters. */
  rights(context: number, gva: number): string {
    return (['read', 'write', 'fetch'] as const)
      .map((kind) => (typeof this.reach(context, gva, Access[kind]) === 'number' ? kind[0] : '-'))
      .join('');
  }
}

describe('shadow tables', () => {
  it('map nothing at first, and need none for that', () => {
    const rig = new Rig();
    for (const context of [GUEST_KERNEL, GUEST_USER]) {
      for (const gva of [0, GVA, 0xffff_f000, 0x0800_0000]) assert.equal(rig.reach(context, gva), 'translation 1');
    }
    assert.deepEqual([rig.shadow.fills, rig.shadow.flushes], [0, 0]);
    assert.deepEqual(rig.shadow.used, { levelOne: 0, levelTwo: 0 });
  });

  for (const section of [false, true]) {
    const what = section ? 'section' : 'page';
    const at = GVA + 0x5678;
    const pa = RAM_PA + (section ? 0x5678 : 0x3678);
    it(`grant what they are told for a ${what}, in one context`, () => {
      for (const [grants, letters] of [
        [0, '---'],
        [Grant.read, 'r--'],
        [READ_WRITE, 'rw-'],
        [Grant.read | Grant.execute, 'r-f'],
        [READ_WRITE | Grant.execute, 'rwf'],
      ] as const) {
        const rig = new Rig();
        rig.fill(GUEST_KERNEL, at, pa, grants, { section });
        assert.equal(rig.rights(GUEST_KERNEL, at), letters);
        assert.equal(rig.rights(GUEST_USER, at), '---');
        if (grants === 0) {
          assert.equal(rig.reach(GUEST_KERNEL, at), `permission ${section ? 1 : 2}`);
          continue;
        }
        assert.equal(rig.reach(GUEST_KERNEL, at), pa);
        assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x6000), section ? RAM_PA + 0x6000 : 'translation 2');
        assert.equal(rig.reach(GUEST_KERNEL, GVA + MIB), 'translation 1');
      }
    });

    it(`have a domain for a ${what}: as the real DACR says`, () => {
      const rig = new Rig();
      const { state } = rig.memory;
      rig.fill(GUEST_KERNEL, at, pa, Grant.read, { section, domain: 3 });
      assert.equal(rig.reach(GUEST_KERNEL, at), `domain ${section ? 1 : 2}`);
      state[Cp15.DACR] = 1 << 6;
      assert.equal(rig.rights(GUEST_KERNEL, at), 'r--');
      state[Cp15.DACR] = 3 << 6;
      assert.equal(rig.rights(GUEST_KERNEL, at), 'rwf');
      assert.equal(rig.shadow.domainOf(GUEST_KERNEL, GVA), section ? -1 : 3);
      assert.equal(rig.shadow.domainOf(GUEST_USER, GVA), -1);
    });

    it(`say whether a ${what} is global`, () => {
      const rig = new Rig();
      for (const notGlobal of [false, true]) {
        rig.fill(GUEST_KERNEL, at, pa, Grant.read, { section, notGlobal });
        rig.reach(GUEST_KERNEL, at);
        assert.equal(rig.mmu.translate(at, Access.read, false, GUEST_KERNEL).notGlobal, notGlobal);
      }
    });
  }

  it('hold pages of both contexts, and at both ends of the address space', () => {
    const rig = new Rig();
    rig.fill(GUEST_KERNEL, 0, RAM_PA, READ_WRITE);
    rig.fill(GUEST_USER, 0, RAM_PA + 0x1000, Grant.read);
    rig.fill(GUEST_USER, 0xffff_ffff, RAM_PA + 0x2fff, Grant.read);
    assert.deepEqual([rig.rights(GUEST_KERNEL, 0), rig.rights(GUEST_USER, 0)], ['rw-', 'r--']);
    assert.equal(rig.reach(GUEST_USER, 0xffff_f123), RAM_PA + 0x2123);
    assert.equal(rig.shadow.fills, 3);
    assert.deepEqual(rig.shadow.used, { levelOne: 2, levelTwo: 3 });
  });

  it('replace a section by pages, and pages by a section', () => {
    const rig = new Rig();
    rig.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read, { section: true });
    rig.fill(GUEST_KERNEL, GVA + 0x4000, RAM_PA + 0x8000, READ_WRITE);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x4000, Access.write), RAM_PA + 0x8000);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x5000), 'translation 2', 'the rest comes when it is used');
    rig.fill(GUEST_KERNEL, GVA, RAM_PA + SECTION, Grant.read, { section: true });
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x4000), RAM_PA + SECTION + 0x4000);
    assert.equal(rig.shadow.used.levelTwo, 0, 'its table is free again');
    rig.fill(GUEST_KERNEL, GVA + 0x4000, RAM_PA + 0x9000, Grant.read);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x4000), RAM_PA + 0x9000);
  });

  it('change the rights of what is mapped', () => {
    const rig = new Rig();
    for (const [grants, letters] of [
      [Grant.read, 'r--'],
      [READ_WRITE, 'rw-'],
      [Grant.read | Grant.execute, 'r-f'],
    ] as const) {
      rig.fill(GUEST_KERNEL, GVA, RAM_PA, grants);
      assert.equal(rig.rights(GUEST_KERNEL, GVA), letters);
    }
  });

  it('are found again by their key: every word of it counts', () => {
    const rig = new Rig({ levelOne: 2 * KEY_WORDS + 2, levelTwo: 2 * KEY_WORDS + 2 });
    const keys = Array.from({ length: KEY_WORDS + 1 }, (_, word) => new Int32Array(KEY_WORDS).fill(1, word, word + 1));
    keys.forEach((words, i) => {
      rig.shadow.enter(words);
      for (const context of [GUEST_KERNEL, GUEST_USER]) {
        assert.equal(rig.reach(context, GVA), 'translation 1');
        rig.fill(context, GVA, RAM_PA + (2 * i + context) * 0x1000, Grant.read);
      }
    });
    keys.forEach((words, i) => {
      rig.shadow.enter(words);
      for (const context of [GUEST_KERNEL, GUEST_USER])
        assert.equal(rig.reach(context, GVA), RAM_PA + (2 * i + context) * 0x1000);
    });
    assert.equal(rig.shadow.evictions, 0);
  });

  it('give way to those of other keys, the one first that was left longest ago', () => {
    const rig = new Rig({ levelOne: 3, levelTwo: 8 });
    const spaces = [1, 2, 3];
    for (const asid of spaces) {
      rig.enter(asid);
      rig.fill(GUEST_KERNEL, GVA, RAM_PA + asid * 0x1000, Grant.read);
    }
    rig.enter(1);
    rig.enter(4);
    assert.equal(rig.reach(GUEST_KERNEL, GVA), 'translation 1');
    assert.equal(rig.shadow.evictions, 0, 'nobody has to go before there is an entry');
    rig.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x1000), 'translation 2', 'nothing is left in the table');
    assert.deepEqual([rig.shadow.evictions, rig.shadow.used], [1, { levelOne: 3, levelTwo: 3 }]);
    const found = spaces.map((asid) => {
      rig.enter(asid);
      return rig.reach(GUEST_KERNEL, GVA);
    });
    assert.deepEqual(found, [RAM_PA + 0x1000, 'translation 1', RAM_PA + 0x3000]);
  });

  it('run out of level 2 tables: others give theirs, then they begin anew themselves', () => {
    const rig = new Rig({ levelOne: 4, levelTwo: 3 });
    const page = (i: number): number => GVA + i * SECTION;
    rig.enter(2);
    rig.fill(GUEST_KERNEL, page(0), RAM_PA, Grant.read);
    rig.fill(GUEST_USER, page(0), RAM_PA, Grant.read, { section: true });
    rig.enter(1);
    for (const i of [0, 1, 2]) rig.fill(GUEST_KERNEL, page(i), RAM_PA + i * 0x1000, Grant.read);
    assert.deepEqual([rig.shadow.evictions, rig.shadow.used], [1, { levelOne: 2, levelTwo: 3 }]);
    rig.fill(GUEST_KERNEL, page(0) + 0x1000, RAM_PA, Grant.read);
    rig.fill(GUEST_KERNEL, page(5), RAM_PA, Grant.read, { section: true });
    assert.equal(rig.shadow.evictions, 1, 'in a table that is there, and without any');

    rig.fill(GUEST_KERNEL, page(3), RAM_PA + 0x3000, Grant.read);
    assert.equal(rig.reach(GUEST_KERNEL, page(3)), RAM_PA + 0x3000);
    assert.equal(rig.reach(GUEST_KERNEL, page(3) + 0x1000), 'translation 2', 'a used table is empty again');
    for (const i of [0, 1, 2]) assert.equal(rig.reach(GUEST_KERNEL, page(i)), 'translation 1');
    assert.equal(rig.reach(GUEST_KERNEL, page(5)), RAM_PA, 'a section stays');
    assert.deepEqual([rig.shadow.evictions, rig.shadow.used.levelTwo], [2, 1]);
    rig.enter(2);
    assert.equal(rig.reach(GUEST_USER, page(0)), RAM_PA, 'who has none to give stays');
    assert.equal(rig.reach(GUEST_KERNEL, page(0)), 'translation 1');
  });

  it('that are in use are given up, too, if the other context has nobody else to turn to', () => {
    const rig = new Rig({ levelOne: 2, levelTwo: 1 });
    rig.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read);
    rig.fill(GUEST_USER, GVA, RAM_PA + 0x1000, Grant.read);
    assert.equal(rig.reach(GUEST_KERNEL, GVA), 'translation 1');
    assert.equal(rig.reach(GUEST_USER, GVA), RAM_PA + 0x1000);
    rig.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read);
    assert.equal(rig.reach(GUEST_KERNEL, GVA), RAM_PA);
    assert.deepEqual(rig.shadow.used, { levelOne: 1, levelTwo: 1 }, 'by a table that is its own');
  });

  it('are all empty when they were flushed', () => {
    const rig = new Rig({ levelOne: 3, levelTwo: 2 });
    const fill = (i: number): void => rig.fill(GUEST_KERNEL, GVA + i * SECTION, RAM_PA + i * 0x1000, Grant.read);
    for (const i of [0, 1]) fill(i);
    rig.shadow.flush();
    assert.deepEqual([rig.shadow.flushes, rig.shadow.used], [1, { levelOne: 0, levelTwo: 0 }]);
    for (const i of [0, 1]) assert.equal(rig.reach(GUEST_KERNEL, GVA + i * SECTION), 'translation 1');
    for (const i of [1, 0]) fill(i);
    for (const i of [0, 1]) assert.equal(rig.reach(GUEST_KERNEL, GVA + i * SECTION), RAM_PA + i * 0x1000);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x1000), 'translation 2');
    assert.equal(rig.shadow.evictions, 0);
  });

  describe('drop', () => {
    /** Pages, global and not, and sections likewise, in both contexts of spaces 1 and 2. */
    function filled(): Rig {
      const rig = new Rig({ levelOne: 4, levelTwo: 8 });
      for (const asid of [1, 2]) {
        rig.enter(asid);
        for (const context of [GUEST_KERNEL, GUEST_USER]) {
          rig.fill(context, GVA, RAM_PA, Grant.read);
          rig.fill(context, GVA + 0x1000, RAM_PA + 0x1000, Grant.read, { notGlobal: true });
          rig.fill(context, GVA + SECTION, RAM_PA, Grant.read, { section: true });
          rig.fill(context, GVA + 2 * SECTION, RAM_PA, Grant.read, { section: true, notGlobal: true });
        }
      }
      return rig;
    }
    const ALL = [GVA, GVA + 0x1000, GVA + SECTION, GVA + 2 * SECTION];
    /** Which of {@link ALL} are mapped, by space, the same in both contexts. */
    function mapped(rig: Rig): string[] {
      return [1, 2].map((asid) => {
        rig.enter(asid);
        const letters = [GUEST_KERNEL, GUEST_USER].map((context) =>
          ALL.map((gva) => rig.rights(context, gva)[0]).join(''),
        );
        assert.equal(letters[0], letters[1]);
        return letters[0];
      });
    }

    it('a page or a whole section, in every space', () => {
      const rig = filled();
      rig.shadow.dropPage(GVA + 0xabc, undefined);
      assert.deepEqual(mapped(rig), ['-rrr', '-rrr']);
      rig.shadow.dropPage(GVA + SECTION + 0x7_7000, undefined);
      rig.shadow.dropPage(0x1234_5000, undefined);
      assert.deepEqual(mapped(rig), ['-r-r', '-r-r']);
      rig.shadow.dropPage(GVA + 0x1000, undefined);
      rig.shadow.dropPage(GVA + 2 * SECTION, undefined);
      assert.deepEqual(mapped(rig), ['----', '----']);
    });

    it('a page of one address space, where it is not global', () => {
      const rig = filled();
      for (const gva of ALL) rig.shadow.dropPage(gva, 2);
      assert.deepEqual(mapped(rig), ['-r-r', '----']);
      for (const gva of ALL) rig.shadow.dropPage(gva, 7);
      assert.deepEqual(mapped(rig), ['-r-r', '----']);
    });

    it('everything in a section', () => {
      const rig = filled();
      rig.shadow.dropSection(GVA);
      assert.deepEqual([mapped(rig), rig.shadow.used.levelTwo], [['--rr', '--rr'], 0]);
      rig.shadow.dropSection(GVA + SECTION);
      assert.deepEqual(mapped(rig), ['---r', '---r']);
    });

    it('the tables of an address space', () => {
      const rig = filled();
      rig.shadow.dropAsid(2);
      assert.deepEqual(rig.shadow.used, { levelOne: 2, levelTwo: 2 });
      assert.equal(rig.reach(GUEST_KERNEL, GVA), 'translation 1', 'it is the one in use');
      assert.deepEqual(mapped(rig), ['rrrr', '----']);
    });
  });

  it('need as much room as they say', () => {
    const rig = new Rig({ levelOne: 2, levelTwo: 3 });
    for (const context of [GUEST_KERNEL, GUEST_USER]) {
      for (let i = 0; i < 4096; i++) rig.fill(context, i * SECTION, RAM_PA, Grant.read, { section: true });
      assert.equal(rig.shadow.table(context) % 0x4000, 0);
    }
    for (let i = 0; i < 3; i++) rig.fill(GUEST_USER, i * SECTION + 0xf_f000, RAM_PA, Grant.read);
    const ram = rig.memory.guests[1];
    assert.ok(
      rig.memory.bytes(ram).every((byte) => byte === 0),
      'nothing is written behind them',
    );
    assert.equal(rig.shadow.evictions, 0);
    rig.enter(2);
    assert.equal(rig.reach(GUEST_KERNEL, 0), 'translation 1', 'nor to the one that stays empty');
  });
});
