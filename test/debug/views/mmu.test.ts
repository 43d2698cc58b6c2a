/**
 * The view of address translation: what it says is what the processor does, for tables and registers that are random, and for guests whose tables are
 * known. That the processor's walkers are right is shown against QEMU in test/mem/qemu-translate.test.ts.
 */
import assert from 'node:assert/strict';
import { SCTLR_AFE, SCTLR_EE, SCTLR_TRE } from '../../../src/arm/cp15.js';
import { FaultType } from '../../../src/arm/exceptions.js';
import { MmuView } from '../../../src/debug/views/mmu.js';
import { faultText, rightsText } from '../../../src/debug/views/rights.js';
import { AddressSpace } from '../../../src/debug/views/spaces.js';
import { Access } from '../../../src/mem/ports.js';
import { domainRights } from '../../../src/mem/translate.js';
import { Rig, RAM, TABLE0, TABLE1 } from '../../mem/rig.js';
import { launch, launchSample, MODES, runToFunction, stopOf, file } from '../guests.js';
import { need, UBOOT } from '../../support/tools.js';
import type { AccessName, MmuRange, TranslationInfo } from '../../../src/protocol/views/mmu.js';

const ACCESSES = ['read', 'write', 'fetch'] as const;
const SPACE_END = 2 ** 32;

/** The view of a memory system without a guest. */
function viewOf(rig: Rig): MmuView {
  const info = { id: 'guest', name: 'rig' };
  const cpu = { mmu: rig.mmu, state: rig.state, model: { name: 'cortex-a15' } };
  const of = () => new AddressSpace(info, rig.mmu.registers(), 0, rig.mmu.asid(), cpu, 0, false);
  const nothing = { kind: 'nothing', name: 'somewhere', start: 0, end: 2 ** 40 } as const;
  return new MmuView({ of, list: () => [info], level: () => ({ mode: 'svc', privileged: true }) }, () => ({
    at: () => nothing,
  }));
}

/** xorshift */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return Math.floor(((x >>> 0) / 2 ** 32) * below);
  };
}
type Random = ReturnType<typeof random>;
const word = (next: Random) => (next(0x1_0000) << 16) | next(0x1_0000);

function allRanges(view: MmuView, contiguous: boolean, space = 'guest', questions = { asked: 0 }): MmuRange[] {
  const found: MmuRange[] = [];
  for (let first = 0; first < SPACE_END;) {
    const page = view.ranges({ space, first, end: SPACE_END, contiguous });
    questions.asked++;
    assert.ok(page.next > first, 'each question gets on');
    found.push(...page.ranges);
    first = page.next;
  }
  return found;
}

/** The range that holds an address: they ascend, and there may be very many. */
function rangeAt(ranges: readonly MmuRange[], va: number): MmuRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].address <= va) low = middle + 1;
    else high = middle;
  }
  const found = ranges.at(low - 1);
  return low > 0 && found && va < found.address + found.length ? found : undefined;
}

const outcomeOf = ({ outcomes }: TranslationInfo, privileged: boolean, access: AccessName) =>
  outcomes.find((o) => o.privileged === privileged && o.access === access);

describe('debug/views/mmu', () => {
  function shortRig(next: Random, sctlr: number, ttbcr: number): Rig {
    const rig = new Rig();
    const pool = Array.from({ length: 8 }, () => rig.table(0x400));
    const put = (pa: number, value: number) => rig.poke(pa, value);
    for (const table of pool) for (let i = 0; i < 256; i++) put(table + 4 * i, next(3) === 0 ? 0 : word(next));
    for (const table of [TABLE0, TABLE1]) {
      for (let i = 0; i < 4096; i++) {
        const kind = next(20);
        const descriptor =
          kind < 10
            ? 0
            : kind < 11
              ? pool[next(8)] | (word(next) & 0x3fc) | 1
              : (word(next) & ~(1 << 18)) | 2 | (kind === 19 ? 1 << 18 : 0);
        put(table + 4 * i, descriptor);
      }
    }
    return rig.short(sctlr, ttbcr).set('DACR', word(next));
  }

  function longRig(next: Random, ttbcr: number): Rig {
    const rig = new Rig();
    const level3 = Array.from({ length: 4 }, () => rig.table(0x1000));
    const level2 = Array.from({ length: 4 }, () => rig.table(0x1000));
    const high = () => word(next) & 0xf860_00ff;
    for (const table of level3)
      for (let i = 0; i < 512; i++) rig.desc(table, i, next(4) === 0 ? 0 : (word(next) & ~3) | 3, high());
    for (const table of level2)
      for (let i = 0; i < 512; i++)
        rig.desc(table, i, next(3) === 0 ? level3[next(4)] | 3 : next(3) === 0 ? 0 : (word(next) & ~3) | 1, high());
    for (const table of [TABLE0, TABLE1])
      for (let i = 0; i < 512; i++) rig.desc(table, i, next(3) === 0 ? (word(next) & ~3) | 1 : level2[next(4)] | 3, 0);
    return rig.long(0, ttbcr);
  }

  const worlds: readonly [string, (next: Random) => Rig][] = [
    ['short descriptors', (next) => shortRig(next, 0, 0)],
    [
      'both tables, access flags, TEX remap',
      (next) => shortRig(next, SCTLR_AFE | SCTLR_TRE, 2).set('PRRR', word(next)),
    ],
    ['long descriptors', (next) => longRig(next, 0)],
    ['long descriptors, two regions', (next) => longRig(next, 2 | (1 << 16))],
  ];

  for (const [name, make] of worlds) {
    it(`says of every access what the processor makes of it: ${name}`, () => {
      const next = random(20160704);
      const rig = make(next);
      const view = viewOf(rig);
      const faults = new Set<string>();
      for (let i = 0; i < 600; i++) {
        const va = word(next) >>> 0;
        for (const privileged of [true, false]) {
          for (const access of ACCESSES) {
            const { fault, level, pa } = rig.mmu.translate(va, Access[access], privileged);
            const said = view.translate({ space: 'guest', address: va, privileged, access });
            const text = faultText(fault, level);
            assert.equal(outcomeOf(said, privileged, access)?.fault, text, va.toString(16));
            assert.equal(said.pa, text === undefined ? pa : undefined);
            assert.equal(said.steps.at(-1)?.fault, text !== undefined, 'the last step is the one that faults');
            if (text !== undefined) {
              assert.match(said.steps.at(-1)?.text ?? '', new RegExp(text));
              faults.add(text);
            }
            for (const { descriptor } of said.steps) {
              if (descriptor === undefined) continue;
              const words =
                descriptor.word.length > 10
                  ? [rig.peek(descriptor.pa + 4), rig.peek(descriptor.pa)]
                  : [rig.peek(descriptor.pa)];
              assert.equal(descriptor.word, `0x${words.map((w) => w.toString(16).padStart(8, '0')).join('')}`);
            }
          }
        }
      }
      assert.ok(faults.size >= 4, [...faults].join(', '));
    });

    it(`has a range for what is mapped, and none for what is not: ${name}`, () => {
      const next = random(1789);
      const rig = make(next);
      const view = viewOf(rig);
      for (const contiguous of [true, false]) {
        const ranges = allRanges(view, contiguous);
        const overlap = ranges.findIndex(
          ({ address }, i) => i > 0 && address < ranges[i - 1].address + ranges[i - 1].length,
        );
        assert.equal(overlap, -1, 'ascending, without overlap');
        for (let i = 0; i < 2000; i++) {
          const va = word(next) >>> 0;
          const range = rangeAt(ranges, va);
          const { fault, level, pa, domain } = rig.mmu.translate(va, Access.read, true);
          if (fault === FaultType.Translation) {
            assert.equal(range, undefined, va.toString(16));
            continue;
          }
          assert.ok(range, va.toString(16));
          if (fault === FaultType.AccessFlag || fault === FaultType.ExternalOnWalk) {
            assert.equal(range.fault, faultText(fault, level));
            continue;
          }
          assert.equal(range.fault, undefined);
          assert.equal(range.PL1[0], fault === FaultType.None ? 'r' : '-', va.toString(16));
          if (range.domain !== undefined) assert.equal(range.domain, domain);
          if (contiguous) assert.equal(range.pa + va - range.address, pa);
        }
      }
    });
  }

  it('reads descriptors that are big-endian', () => {
    const rig = new Rig();
    rig.poke(TABLE0, 0x0204_1040); // 0x40100402: a section
    rig.short(SCTLR_EE);
    const { steps, pa } = viewOf(rig).translate({ space: 'guest', address: 0x1234, privileged: true, access: 'read' });
    assert.equal(pa, 0x4010_1234);
    const [found] = steps.flatMap(({ descriptor }) => descriptor ?? []);
    assert.deepEqual([found.kind, found.word, found.pa], ['Section', '0x40100402', TABLE0]);
    assert.deepEqual(
      found.fields.find((field) => field.name === 'Section base address'),
      { name: 'Section base address', bits: '31:20', value: '0x401', meaning: 'the output address' },
    );
  });

  it('tells that no table is looked at, where TTBCR says so', () => {
    const rig = new Rig().short(0, 1 << 4);
    const { steps } = viewOf(rig).translate({ space: 'guest', address: 0, privileged: true, access: 'read' });
    assert.match(steps[0].text, /TTBCR\.PD0 is 1/);
    assert.match(steps[1].text, /No table is looked at: Translation fault, level 1/);
  });

  it('says what the TLB has, and where it is out of date', () => {
    const rig = new Rig();
    rig.small(0x5000, RAM + 0x8000);
    rig.short();
    assert.equal(rig.mmu.access(0x5010, Access.read, true).fault, FaultType.None);
    const view = viewOf(rig);
    const all = { space: 'guest', first: 0, count: 100 };
    const fresh = view.tlb(all);
    assert.equal(fresh.total, 1);
    assert.deepEqual(
      [fresh.rows[0].va, fresh.rows[0].pa, fresh.rows[0].PL1, fresh.rows[0].stale],
      [0x5000, RAM + 0x8000, 'rwx', undefined],
    );
    rig.small(0x5000, RAM + 0x9000);
    assert.equal(view.tlb(all).rows[0].stale, 'the tables now lead to 0x40009000');
    const said = view.translate({ space: 'guest', address: 0x5010, privileged: true, access: 'read' });
    assert.match(said.steps[0].text, /still has this page at 0x40008000/);
    assert.equal(said.pa, RAM + 0x9010);
    rig.small(0x5000, 0, 0);
    assert.match(view.tlb(all).rows[0].stale ?? '', /Translation fault, level 2/);
  });

  it('answers questions of limited cost for tables that are full', () => {
    const rig = new Rig();
    const pool = Array.from({ length: 16 }, () => rig.table(0x400));
    // every page maps to a place of its own
    for (const [n, table] of pool.entries())
      for (let i = 0; i < 256; i++) rig.poke(table + 4 * i, (RAM + ((i * 7 + n) % 4096) * 0x1000) | 0x32);
    for (let i = 0; i < 4096; i++) rig.poke(TABLE0 + 4 * i, pool[i % 16] | 1);
    rig.short();
    const view = viewOf(rig);
    const questions = { asked: 0 };
    const [whole] = allRanges(view, false, 'guest', questions);
    assert.ok(questions.asked > 50, `${questions.asked}`);
    assert.ok(whole.pieces > 1);
    const page = view.ranges({ space: 'guest', first: 0x10_0000, end: 0x20_0000, contiguous: true });
    assert.equal(page.ranges.length, 256);
    assert.deepEqual(page.ranges.map(({ pa }) => pa).slice(0, 3), [RAM + 0x1000, RAM + 0x8000, RAM + 0xf000]);
    const start = process.cpuUsage();
    for (let i = 0; i < 20; i++) view.ranges({ space: 'guest', first: 0, end: SPACE_END, contiguous: false });
    const ms = process.cpuUsage(start).user / 1000 / 20;
    assert.ok(ms < 25, `${ms.toFixed(1)} ms a question`);
  });

  it('has words for rights under every domain access', () => {
    assert.equal(rightsText(domainRights(0b01, 0, 0b000001), true), 'r--');
    assert.equal(rightsText(domainRights(0b11, 0, 0b000001), false), 'rwx');
    assert.equal(rightsText(domainRights(0b00, 0, 0b000001), true), '---');
  });

  describe('of guests', () => {
    for (const mode of MODES) {
      it(`privilege, ${mode}: the kernel's own tables`, () => {
        const { guest } = launchSample('privilege', { mode });
        const { mmu } = guest.views;
        const before = mmu.state('guest');
        assert.equal(before.format, 'off');
        const flat = mmu.ranges({ space: 'guest', first: 0, end: SPACE_END, contiguous: false });
        assert.equal(flat.next, SPACE_END);
        const ram = flat.ranges.find(({ target }) => target === 'RAM');
        assert.deepEqual([ram?.address, ram?.pa, ram?.length, ram?.PL0], [0x4000_0000, 0x4000_0000, 32 << 20, 'rwx']);
        assert.ok(flat.ranges.some(({ target }) => target === 'pl011'));
        runToFunction(guest, 'user_main');
        const state = mmu.state('guest');
        assert.deepEqual(
          [state.format, state.mode, state.privileged, state.domains[0]],
          ['short', 'usr', false, 'client'],
        );
        const { ranges } = mmu.ranges({ space: 'guest', first: 0, end: SPACE_END, contiguous: false });
        assert.deepEqual(
          ranges.map(({ address, length, pa, PL1, PL0, target }) => [address, length, pa, PL1, PL0, target]),
          [
            [0x0800_0000, 0x10_0000, 0x0800_0000, 'rw-', '---', 'gicd and more'],
            [0x0900_0000, 0x10_0000, 0x0900_0000, 'rw-', '---', 'pl011 and more'],
            [0x4000_0000, 0x10_0000, 0x4000_0000, 'rwx', '---', 'RAM'],
            [0x4010_0000, 0x10_0000, 0x4010_0000, 'rwx', 'rwx', 'RAM'],
          ],
        );
        const { outcomes, steps } = mmu.translate({
          space: 'guest',
          address: 0x5000_0000,
          privileged: false,
          access: 'read',
        });
        assert.equal(outcomes.filter(({ fault }) => fault === 'Translation fault, level 2').length, 6);
        assert.deepEqual(
          steps.map(({ title, fault, descriptor }) => [title, fault, descriptor?.kind]),
          [
            ['TTBR0', false, undefined],
            ['Level 1', false, 'Page table'],
            ['Level 2', true, 'Invalid'],
          ],
        );
        // the abort itself: the status that the guest then finds is the one that was foretold
        runToFunction(guest, 'on_data_abort');
        const foretold = outcomeOf({ outcomes, steps }, false, 'write')?.status;
        const { value } = guest.evaluate('DFSR');
        assert.ok(
          [foretold, outcomeOf({ outcomes, steps }, false, 'read')?.status].includes(`DFSR ${value.slice(0, 10)}`),
          value,
        );
      });
    }

    it('privilege, hypervised: what the shadow tables have of it lies elsewhere, and is no more than the guest grants', () => {
      const { guest } = launchSample('privilege', { mode: 'hypervised' });
      runToFunction(guest, 'on_data_abort');
      const { mmu } = guest.views;
      const list = (space: string) => mmu.ranges({ space, first: 0, end: SPACE_END, contiguous: false }).ranges;
      assert.ok(mmu.state('guest').spaces.some(({ id }) => id === 'kernel'));
      const own = list('guest');
      for (const [space, level] of [
        ['kernel', 'PL1'],
        ['user', 'PL0'],
      ] as const) {
        const shadow = list(space);
        assert.ok(shadow.length > 0);
        for (const range of shadow) {
          const outer = own.find(({ address, length }) => range.address >= address && range.address < address + length);
          assert.ok(outer, range.address.toString(16));
          assert.notEqual(range.pa, outer.pa + range.address - outer.address, 'physically elsewhere');
          for (const letter of range.PL0.replaceAll('-', ''))
            assert.ok(outer[level].includes(letter), `${range.PL0} in ${outer[level]}`);
        }
      }
      const tlb = mmu.tlb({ space: 'kernel', first: 0, count: 100 });
      assert.ok(
        tlb.rows.some(({ inline }) => inline.includes('read')),
        JSON.stringify(tlb.rows),
      );
      assert.deepEqual(
        tlb.rows.filter(({ stale }) => stale !== undefined),
        [],
      );
    });

    it('rtos: the address spaces of tasks that do not run are there, too', function () {
      this.timeout(60_000);
      const { guest } = launch({
        program: file('samples/rtos/rtos-virt.elf'),
        mode: 'hypervised',
        engine: 'interpreter',
        level: 1,
      });
      guest.continue();
      for (let i = 0; i < 400; i++) if (guest.run(20_000, Infinity).kind !== 'running') break;
      const { mmu } = guest.views;
      const others = mmu.state('guest').spaces.filter(({ name }) => /^Guest, TTBR0/.test(name));
      assert.ok(others.length > 0);
      const { format, asid, space } = mmu.state(others[0].id);
      assert.equal(format, 'short');
      assert.match(space.name, new RegExp(`ASID ${asid}$`));
      assert.ok(mmu.ranges({ space: others[0].id, first: 0, end: SPACE_END, contiguous: false }).ranges.length > 3);
      assert.throws(() => mmu.state('1-2-3-4'), /no longer known/);
    });

    it('U-Boot: long descriptors', function () {
      need(this, UBOOT);
      this.timeout(120_000);
      const { guest, printed } = launch({ bios: file(UBOOT), engine: 'interpreter', mode: 'bare', memory: 128 << 20 });
      guest.continue();
      for (let i = 0; i < 4000 && !printed().includes('Net:'); i++) guest.run(50_000, Infinity);
      guest.pause();
      stopOf(guest);
      const { mmu } = guest.views;
      const state = mmu.state('guest');
      assert.equal(state.format, 'long');
      const mair = state.registers.find(({ name }) => name === 'MAIR0');
      assert.ok(
        mair?.fields.some(({ name }) => name === 'Attr0'),
        JSON.stringify(mair),
      );
      const { ranges } = mmu.ranges({ space: 'guest', first: 0, end: SPACE_END, contiguous: false });
      const ram = ranges.find(({ address, length }) => 0x4010_0000 >= address && 0x4010_0000 < address + length);
      assert.ok(ram);
      assert.match(ram.attributes, /^Normal/);
      const { steps } = mmu.translate({ space: 'guest', address: 0x4010_0000, privileged: true, access: 'read' });
      assert.ok(
        steps.some(({ descriptor }) => descriptor?.kind === 'Block' && descriptor.word.length === 18),
        JSON.stringify(steps),
      );
    });
  });
});
