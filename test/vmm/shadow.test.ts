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
import { Grant, GUEST_KERNEL, GUEST_USER, SECTION, shadowBytes, ShadowTables } from '../../src/vmm/shadow.js';

const MIB = 1 << 20;
const TABLES_PA = 0x0800_0000;
const RAM_PA = 0x9000_0000;
const GVA = 0xc000_0000;

class Rig {
  readonly memory: MachineMemory;
  readonly mmu: Mmu;
  readonly shadow: ShadowTables;

  constructor(levelTwoTables = 4) {
    const size = shadowBytes(levelTwoTables);
    this.memory = new MachineMemory([size, 4 * MIB]);
    const tables = this.memory.allocate('tables', size);
    const ram = this.memory.allocate('ram', 4 * MIB);
    const bus = new PhysicalBus(this.memory);
    bus.mapRam(TABLES_PA, Math.ceil(size / 4096) * 4096, tables.offset);
    bus.mapRam(RAM_PA, ram.length, ram.offset);
    this.mmu = new Mmu(this.memory, bus);
    this.shadow = new ShadowTables(this.memory.i32, tables.offset, TABLES_PA, levelTwoTables);
    const { state } = this.memory;
    state[Word.PSR] = Mode.usr;
    state[Cp15.SCTLR] = SCTLR_M;
    state[Cp15.DACR] = 1;
    this.mmu.useContexts(true);
    for (const context of [GUEST_KERNEL, GUEST_USER]) this.mmu.setContextTable(context, this.shadow.table(context));
  }

  /** Where an access of the deprivileged guest goes, or the fault. */
  reach(context: number, gva: number, access: AccessKind): number | string {
    const { fault, pa, level } = this.mmu.translate(gva, access, false, context);
    if (fault === FaultType.None) return pa;
    return `${fault === FaultType.Translation ? 'translation' : fault === FaultType.Permission ? 'permission' : fault} ${level}`;
  }

  /** Which accesses are granted, as letters. */
  rights(context: number, gva: number): string {
    return (['read', 'write', 'fetch'] as const)
      .map((kind) => (typeof this.reach(context, gva, Access[kind]) === 'number' ? kind[0] : '-'))
      .join('');
  }
}

describe('shadow tables', () => {
  it('map nothing at first', () => {
    const rig = new Rig();
    for (const context of [GUEST_KERNEL, GUEST_USER]) {
      for (const gva of [0, GVA, 0xffff_f000, 0x0800_0000])
        assert.equal(rig.reach(context, gva, Access.read), 'translation 1');
    }
    assert.deepEqual([rig.shadow.fills, rig.shadow.flushes], [0, 0]);
  });

  for (const section of [false, true]) {
    const what = section ? 'section' : 'page';
    it(`grant what they are told for a ${what}, in one context`, () => {
      for (const [grants, letters] of [
        [Grant.read, 'r--'],
        [Grant.read | Grant.write, 'rw-'],
        [Grant.read | Grant.execute, 'r-f'],
        [Grant.read | Grant.write | Grant.execute, 'rwf'],
      ] as const) {
        const rig = new Rig();
        assert.equal(
          rig.shadow.fill(GUEST_KERNEL, GVA + 0x5678, RAM_PA + (section ? 0x5678 : 0x3678), grants, section),
          true,
        );
        assert.equal(rig.rights(GUEST_KERNEL, GVA + 0x5678), letters);
        assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x5678, Access.read), RAM_PA + (section ? 0x5678 : 0x3678));
        assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x6000, Access.read), section ? RAM_PA + 0x6000 : 'translation 2');
        assert.equal(rig.reach(GUEST_KERNEL, GVA + MIB, Access.read), 'translation 1');
        assert.equal(rig.rights(GUEST_USER, GVA + 0x5678), '---');
      }
    });
  }

  it('hold pages of both contexts, and at both ends of the address space', () => {
    const rig = new Rig();
    const { shadow } = rig;
    shadow.fill(GUEST_KERNEL, 0, RAM_PA, Grant.read | Grant.write, false);
    shadow.fill(GUEST_USER, 0, RAM_PA + 0x1000, Grant.read, false);
    shadow.fill(GUEST_USER, 0xffff_ffff, RAM_PA + 0x2fff, Grant.read, false);
    assert.deepEqual([rig.rights(GUEST_KERNEL, 0), rig.rights(GUEST_USER, 0)], ['rw-', 'r--']);
    assert.equal(rig.reach(GUEST_USER, 0xffff_f123, Access.read), RAM_PA + 0x2123);
    assert.equal(shadow.fills, 3);
  });

  it('replace a section by pages, and pages by a section', () => {
    const rig = new Rig();
    const { shadow } = rig;
    shadow.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read, true);
    shadow.fill(GUEST_KERNEL, GVA + 0x4000, RAM_PA + 0x8000, Grant.read | Grant.write, false);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x4000, Access.write), RAM_PA + 0x8000);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x5000, Access.read), 'translation 2', 'the rest comes when it is used');
    shadow.fill(GUEST_KERNEL, GVA, RAM_PA + SECTION, Grant.read, true);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x4000, Access.read), RAM_PA + SECTION + 0x4000);
    shadow.fill(GUEST_KERNEL, GVA + 0x4000, RAM_PA + 0x9000, Grant.read, false);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 0x4000, Access.read), RAM_PA + 0x9000);
  });

  it('change the rights of what is mapped', () => {
    const rig = new Rig();
    rig.shadow.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read, false);
    rig.shadow.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read | Grant.write, false);
    assert.equal(rig.rights(GUEST_KERNEL, GVA), 'rw-');
    rig.shadow.fill(GUEST_KERNEL, GVA, RAM_PA, Grant.read | Grant.execute, false);
    assert.equal(rig.rights(GUEST_KERNEL, GVA), 'r-f');
  });

  it('run out of tables, and have room again when they were flushed', () => {
    const rig = new Rig(2);
    const { shadow } = rig;
    const fill = (i: number): boolean =>
      shadow.fill(GUEST_KERNEL, GVA + i * SECTION, RAM_PA + i * 0x1000, Grant.read, false);
    assert.deepEqual([fill(0), fill(1), fill(2)], [true, true, false]);
    assert.equal(rig.reach(GUEST_KERNEL, GVA + 2 * SECTION, Access.read), 'translation 1');
    assert.equal(shadow.fill(GUEST_KERNEL, GVA + 0x1000, RAM_PA, Grant.read, false), true, 'in a table that is there');
    assert.equal(shadow.fill(GUEST_KERNEL, GVA + 2 * SECTION, RAM_PA, Grant.read, true), true, 'a section needs none');
    shadow.flush();
    assert.equal(shadow.flushes, 1);
    for (let i = 0; i < 3; i++) assert.equal(rig.reach(GUEST_KERNEL, GVA + i * SECTION, Access.read), 'translation 1');
    assert.deepEqual([fill(2), fill(1), fill(0)], [true, true, false]);
    assert.equal(
      rig.reach(GUEST_KERNEL, GVA + 2 * SECTION + 0x1000, Access.read),
      'translation 2',
      'a used table is empty again',
    );
  });

  it('drop a page or a whole section, in both contexts', () => {
    const rig = new Rig();
    const { shadow } = rig;
    for (const context of [GUEST_KERNEL, GUEST_USER]) {
      shadow.fill(context, GVA, RAM_PA, Grant.read, false);
      shadow.fill(context, GVA + 0x1000, RAM_PA + 0x1000, Grant.read, false);
      shadow.fill(context, GVA + SECTION, RAM_PA, Grant.read, true);
    }
    shadow.drop(GVA + 0xabc);
    shadow.drop(GVA + SECTION + 0x7_7000);
    shadow.drop(0x1234_5000);
    for (const context of [GUEST_KERNEL, GUEST_USER]) {
      assert.equal(rig.rights(context, GVA), '---');
      assert.equal(rig.rights(context, GVA + 0x1000), 'r--');
      assert.equal(rig.rights(context, GVA + SECTION), '---');
    }
  });

  it('need as much room as they say', () => {
    const rig = new Rig(3);
    for (const context of [GUEST_KERNEL, GUEST_USER]) {
      assert.equal(rig.shadow.table(context) % 0x4000, 0);
      for (let i = 0; i < 4096; i++) rig.shadow.fill(context, i * SECTION, RAM_PA, Grant.read, true);
    }
    for (let i = 0; i < 3; i++)
      assert.ok(rig.shadow.fill(GUEST_USER, i * SECTION + 0xf_f000, RAM_PA, Grant.read, false));
    const ram = rig.memory.guests[1];
    assert.ok(
      rig.memory.bytes(ram).every((byte) => byte === 0),
      'nothing is written behind them',
    );
  });
});
