import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import { DataAccess } from '../../src/mem/data-access.js';
import { codeHashEntry, INVALID_BANK, tlbBank } from '../../src/mem/layout.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { Mmu } from '../../src/mem/mmu.js';
import { Access } from '../../src/mem/ports.js';
import { ProbeDevice, RAM, Rig, TABLE0, TABLE1 } from './rig.js';

const section = (pa: number, AP: number, domain = 0, more = 0) =>
  pa | 2 | ((AP & 3) << 10) | ((AP >> 2) << 15) | (domain << 5) | more;
const nG = 1 << 11;
/** What sections map: RAM that holds no tables. */
const DATA = RAM + 0x80_0000;

describe('mem/mmu', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
    rig.short();
  });
  const load = (va: number) => {
    const value = rig.data.load(va, 4, 0);
    return rig.data.fault.type === 0 ? value : `fault ${rig.data.fault.type}`;
  };
  const store = (va: number, value = 1) => {
    rig.data.store(va, 4, value, 0);
    return rig.data.fault.type;
  };
  /** Which of the inline tables of both banks have `va`: `r0 w0 r1 w1`. */
  const inline = (va: number) =>
    [0, 1]
      .flatMap((bank) =>
        [false, true].map((write) => (rig.word(bank, va, write) === undefined ? '' : `${write ? 'w' : 'r'}${bank}`)),
      )
      .filter((x) => x !== '')
      .join(' ');
  /** Enters a page in the code page hash as an engine does after a fetch. */
  const enterCode = (va: number) => {
    assert.equal(rig.mmu.fetch(va).fault, 0);
    const key = rig.state[Word.CODE_KEY];
    rig.memory.i32[codeHashEntry(va, key) / 4] = (va & ~0xfff) | key;
  };
  /** Whether it has an entry, in whatever bank and state. */
  const hasCode = (va: number) =>
    [0b001, 0b011, 0b101, 0b111].some((key) => {
      const word = rig.memory.i32[codeHashEntry(va, key) / 4];
      return word !== 0 && word >>> 12 === va >>> 12;
    });

  describe('bank and key', () => {
    const bank = () => rig.state[Word.TLB_BANK];
    it('follow privilege, endianness, state', () => {
      rig.mode(Mode.svc);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], [tlbBank(1), 0b00101]);
      rig.mode(Mode.usr);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], [tlbBank(0), 0b00001]);
      rig.mode(Mode.sys, Psr.T);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], [tlbBank(1), 0b00111]);
      rig.mode(Mode.usr, Psr.E | Psr.T);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], [tlbBank(INVALID_BANK), 0b00011]);
    });

    it('have every word of a bank that comes into use invalid', () => {
      const memory = new MachineMemory([0x1_0000]);
      const mmu = new Mmu(memory, new PhysicalBus(memory));
      const modes = [Mode.usr, Mode.svc, Mode.svc | Psr.E];
      modes.forEach((psr, bank) => {
        const words = memory.i32.subarray(tlbBank(bank) / 4, tlbBank(bank + 1) / 4);
        assert.ok(words.every((word) => word === 0));
        memory.state[Word.PSR] = psr;
        mmu.select();
        assert.equal(memory.state[Word.TLB_BANK], tlbBank(bank));
        assert.ok(words.every((word) => word === 1));
        words[7] = 8;
        mmu.select();
        assert.equal(words[7], 8, 'once');
      });
    });

    it('keep code of both privileges and both states of one page, and lose all of it with the page', () => {
      const code = () =>
        [0b001, 0b011, 0b101, 0b111].filter((key) => rig.memory.i32[codeHashEntry(0x5000, key) / 4] === (0x5000 | key));
      rig.first(0, section(DATA, 3));
      for (const [mode, flags] of [
        [Mode.usr, 0],
        [Mode.usr, Psr.T],
        [Mode.svc, 0],
        [Mode.svc, Psr.T],
      ]) {
        rig.mode(mode, flags);
        enterCode(0x5000);
      }
      assert.deepEqual(code(), [0b001, 0b011, 0b101, 0b111]);
      rig.mmu.flushMva(0x5000);
      assert.deepEqual(code(), []);
    });

    it('follow the context where contexts are used', () => {
      rig.mmu.useContexts(true);
      rig.mode(Mode.usr);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], [tlbBank(0), 0b00001]);
      rig.mmu.switchContext(1);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY]], [tlbBank(1), 0b10101]);
      rig.mmu.useContexts(false);
      assert.deepEqual([bank(), rig.state[Word.CODE_KEY], rig.state[Word.CONTEXT]], [tlbBank(0), 0b00001, 0]);
    });
  });

  describe('filling', () => {
    it('enters loads in the read table, stores in both, in the bank in use', () => {
      rig.first(0, section(DATA, 3));
      assert.equal(load(0x5_0010), 0);
      assert.equal(inline(0x5_0010), 'r1');
      assert.equal(rig.inline(1, 0x5_0010), rig.host(DATA + 0x5_0010));
      assert.equal(store(0x6_0010), 0);
      assert.equal(inline(0x6_0010), 'r1 w1');
      assert.equal(rig.inline(1, 0x6_0010, true), rig.host(DATA + 0x6_0010));
      rig.mode(Mode.usr);
      store(0x6_0010);
      assert.equal(inline(0x6_0010), 'r0 w0 r1 w1');
    });

    it('enters what rights allow and nothing more', () => {
      rig.first(0, section(DATA, 2));
      rig.mode(Mode.usr);
      assert.equal(store(0x5_0000), FaultType.Permission);
      assert.equal(inline(0x5_0000), '');
      load(0x5_0000);
      assert.equal(inline(0x5_0000), 'r0');
      assert.equal(store(0x5_0000), FaultType.Permission);
      rig.mode(Mode.svc);
      assert.equal(store(0x5_0000), 0);
      assert.equal(inline(0x5_0000), 'r0 r1 w1');
    });

    it('enters neither devices nor holes', () => {
      const device = new ProbeDevice();
      rig.bus.mapDevice(0x0900_0000, device);
      rig.first(0, section(0x0900_0000, 3));
      load(0);
      store(0);
      assert.deepEqual(device.log, ['R4@0', 'W4@0=1']);
      assert.equal(load(0x1000), `fault ${FaultType.External}`);
      assert.equal(inline(0) + inline(0x1000), '');
    });

    it('fills the bank of PL1, not that of PL0, from an unprivileged access at PL1', () => {
      rig.first(0, section(DATA, 3));
      rig.data.load(0x5000, 4, 4);
      assert.equal(rig.data.fault.type, 0);
      assert.equal(inline(0x5000), '');
    });

    it('maps flat while the MMU is off', () => {
      rig.set('SCTLR', 0);
      rig.mmu.flushAll();
      rig.poke(RAM + 0x123_4560, 99);
      rig.bus.unmap(RAM);
      rig.bus.mapRam(0x8000_0000, 0x100_0000, rig.ram.offset);
      rig.bus.write(0x8000_0010, 4, 99);
      assert.equal(load(0x8000_0010), 99);
      assert.equal(rig.inline(1, 0x8000_0010), rig.ram.offset + 0x10);
      assert.equal(load(0x7fff_fff0), `fault ${FaultType.External}`);
    });
  });

  describe('staleness', () => {
    it('keeps a translation for all kinds of access until it is flushed, then walks anew', () => {
      rig.small(0x1000, RAM + 0x10_0000);
      rig.poke(RAM + 0x10_0000, 1);
      rig.poke(RAM + 0x20_0000, 2);
      assert.equal(load(0x1000), 1);
      rig.small(0x1000, RAM + 0x20_0000);
      assert.equal(load(0x1000), 1);
      store(0x1004, 5);
      assert.equal(rig.peek(RAM + 0x10_0004), 5);
      assert.equal(
        rig.mmu.translate(0x1000, Access.read, true).pa,
        RAM + 0x20_0000,
        'translate does not look at the TLB',
      );
      rig.mmu.flushMva(0x1abc);
      assert.equal(load(0x1000), 2);
    });

    it('walks again before it refuses, so that more rights need no flush', () => {
      rig.small(0x1000, RAM + 0x10_0000, 0x22);
      rig.mode(Mode.usr);
      assert.equal(load(0x1000), 0);
      assert.equal(store(0x1000), FaultType.Permission);
      rig.small(0x1000, RAM + 0x20_0000, 0x32);
      assert.equal(store(0x1000, 8), 0);
      assert.equal(rig.peek(RAM + 0x20_0000), 8);
      assert.equal(load(0x1000), 8, 'the old read word is gone');
    });

    it('never remembers a fault', () => {
      assert.equal(load(0x1000), `fault ${FaultType.Translation}`);
      rig.small(0x1000, RAM + 0x10_0000);
      assert.equal(load(0x1000), 0);
    });
  });

  describe('flushing', () => {
    it('by MVA takes every page of a section, large page, supersection, block; and nothing beside', () => {
      rig.first(0x10_0000, section(DATA, 3));
      for (let i = 0; i < 16; i++) rig.small(0x20_0000 + i * 0x1000, RAM + 0x10_0000, 0x31);
      rig.small(0x21_0000, RAM + 0x11_0000);
      for (let i = 0; i < 16; i++) rig.first(0x0100_0000 + i * 0x10_0000, section(RAM, 3, 0, 1 << 18));
      const all = [
        0x10_0000, 0x15_5000, 0x1f_f000, 0x20_0000, 0x20_f000, 0x21_0000, 0x0100_0000, 0x0177_7000, 0x01ff_f000,
      ];
      const fill = () =>
        all.forEach((va) => assert.equal(load(va), rig.peek(RAM + (rig.mmu.translate(va, 0, true).pa - RAM)) | 0));
      const left = () => all.filter((va) => inline(va) !== '');
      fill();
      assert.deepEqual(left(), all);
      rig.mmu.flushMva(0x18_8888);
      assert.deepEqual(left(), all.slice(3), 'a page of the section that was never used stands for all');
      rig.mmu.flushMva(0x20_7000);
      assert.deepEqual(left(), all.slice(5));
      rig.mmu.flushMva(0x01ab_c000);
      assert.deepEqual(left(), [0x21_0000]);
      rig.mmu.flushMva(0x21_0fff);
      assert.deepEqual(left(), []);
      assert.deepEqual(rig.mmu.entries(), []);
    });

    it('by MVA takes 2 MiB and 1 GiB blocks of the long format', () => {
      rig.long();
      const level2 = rig.table(0x1000);
      rig.desc(TABLE0, 0, level2 | 3);
      rig.desc(level2, 2, RAM | 0x401);
      rig.desc(TABLE0, 1, RAM | 0x401);
      const all = [0x40_0000, 0x5f_f000, 0x4000_0000, 0x40ff_f000];
      all.forEach((va) => load(va));
      rig.mmu.flushMva(0x51_2000);
      assert.deepEqual(
        all.map((va) => inline(va)),
        ['', '', 'r1', 'r1'],
      );
      rig.mmu.flushMva(0x7fff_f000);
      assert.deepEqual(
        all.map((va) => inline(va)),
        ['', '', '', ''],
      );
    });

    it('of the address space takes non-global translations only', () => {
      rig.small(0x1000, RAM + 0x10_0000, 0x32 | nG);
      rig.small(0x2000, RAM + 0x10_1000);
      store(0x1000);
      store(0x2000);
      rig.mmu.flushNonGlobal();
      assert.equal(inline(0x1000), '');
      assert.equal(inline(0x2000), 'r1 w1');
      load(0x1000);
      rig.set('CONTEXTIDR', 0x1234_5607);
      assert.equal(rig.mmu.asid(), 7);
      rig.mmu.flushAsid(8);
      assert.equal(inline(0x1000), 'r1');
      rig.mmu.flushAsid(7);
      assert.equal(inline(0x1000), '');
      assert.equal(inline(0x2000), 'r1 w1');
    });

    it('follows a page that changes between global and not', () => {
      rig.small(0x1000, RAM + 0x10_0000, 0x32 | nG);
      load(0x1000);
      rig.small(0x1000, RAM + 0x10_0000);
      rig.mmu.flushMva(0x1000);
      load(0x1000);
      rig.mmu.flushNonGlobal();
      assert.equal(inline(0x1000), 'r1');
      rig.small(0x1000, RAM + 0x10_0000, 0x32 | nG);
      rig.mmu.flushMva(0x1000);
      load(0x1000);
      rig.mmu.flushNonGlobal();
      assert.equal(inline(0x1000), '');
    });

    it('takes the ASID from the TTBR that A1 names in the long format', () => {
      rig.long();
      rig.set('TTBR0', TABLE0, 0x11 << 16).set('TTBR1', TABLE1, 0x22 << 16);
      assert.equal(rig.mmu.asid(), 0x11);
      rig.set('TTBCR', (1 << 31) | (1 << 22));
      assert.equal(rig.mmu.asid(), 0x22);
    });

    it('of everything leaves every word invalid, as at the start', () => {
      rig.first(0, section(DATA, 3));
      for (let va = 0; va < 0x10_0000; va += 0x1000) {
        rig.mode(va % 0x2000 === 0 ? Mode.usr : Mode.svc);
        store(va);
      }
      rig.mmu.flushNonGlobal();
      rig.mmu.flushAll();
      const words = rig.memory.i32.subarray(tlbBank(0) / 4, tlbBank(3) / 4);
      assert.ok(words.every((word) => word === 1));
      assert.equal(load(0), 1);
    });
  });

  describe('code', () => {
    it('has no direct stores, from the moment that its page is marked, at any address or privilege', () => {
      rig.first(0, section(DATA, 3));
      rig.first(0x10_0000, section(DATA, 3));
      store(0x5_0000);
      store(0x15_0000);
      store(0x5_1000);
      rig.mode(Mode.usr);
      store(0x5_0000);
      const writes: number[] = [];
      rig.bus.onCodeWrite = (pa) => writes.push(pa);
      rig.bus.markCode(DATA + 0x5_0080);
      assert.equal(inline(0x5_0000), 'r0 r1');
      assert.equal(inline(0x15_0000), 'r1');
      assert.equal(inline(0x5_1000), 'r1 w1');
      store(0x5_0004, 0x77);
      assert.deepEqual(writes, [DATA + 0x5_0004]);
      assert.equal(rig.peek(DATA + 0x5_0004), 0x77);
      assert.equal(inline(0x5_0000), 'r0 r1');
      rig.bus.unmarkCode(DATA + 0x5_0000);
      store(0x5_0004, 0x78);
      assert.equal(inline(0x5_0000), 'r0 w0 r1');
    });

    it('loses its key in the code page hash with the translation', () => {
      rig.small(0x1000, RAM + 0x10_0000, 0x32 | nG);
      rig.small(0x2000, RAM + 0x10_1000);
      const both = () => {
        enterCode(0x1000);
        enterCode(0x2000);
      };
      both();
      rig.mmu.flushMva(0x1000);
      assert.deepEqual([hasCode(0x1000), hasCode(0x2000)], [false, true]);
      both();
      rig.mmu.flushNonGlobal();
      assert.deepEqual([hasCode(0x1000), hasCode(0x2000)], [false, true]);
      both();
      rig.mmu.flushAll();
      assert.deepEqual([hasCode(0x1000), hasCode(0x2000)], [false, false]);
      both();
      rig.bus.onMapChange(RAM + 0x10_1800, 4);
      assert.deepEqual([hasCode(0x1000), hasCode(0x2000)], [true, false]);
      // Another page in the same place of the hash stays.
      enterCode(0x1000);
      rig.first(0x0100_0000, section(DATA, 3));
      enterCode(0x0100_1000);
      rig.mmu.flushMva(0x1000);
      assert.deepEqual([hasCode(0x1000), hasCode(0x0100_1000)], [false, true]);
    });

    it('is fetched with fresh rights after a domain is closed', () => {
      rig.first(0, section(DATA, 3, 2));
      rig.mode(Mode.usr);
      enterCode(0x1000);
      rig.set('DACR', 0x5555_5555 & ~(3 << 4));
      rig.mmu.select();
      assert.equal(hasCode(0x1000), false);
      assert.equal(rig.mmu.fetch(0x1000).fault, FaultType.Domain);
    });
  });

  describe('DACR', () => {
    it('takes effect on what was filled, in the bank in use at once and in the other when it comes into use', () => {
      rig.first(0, section(DATA, 3, 1));
      rig.first(0x10_0000, section(DATA, 3, 2));
      for (const mode of [Mode.usr, Mode.svc]) {
        rig.mode(mode);
        store(0);
        store(0x10_0000);
      }
      const closed = 0x5555_5555 & ~(3 << 2);
      rig.set('DACR', closed);
      rig.mmu.select();
      assert.equal(inline(0), 'r0 w0');
      assert.equal(inline(0x10_0000), 'r0 w0 r1 w1');
      assert.equal(load(0), `fault ${FaultType.Domain}`);
      rig.set('DACR', 0x5555_5555);
      rig.mode(Mode.usr);
      assert.equal(inline(0), 'r0 w0', 'closed and opened again while at PL1: nothing to do');
      rig.set('DACR', closed);
      rig.mode(Mode.svc).mode(Mode.usr);
      assert.equal(inline(0), '');
      assert.equal(load(0), `fault ${FaultType.Domain}`);
    });

    it('gives a manager domain what its leaf withholds, until it is a client again', () => {
      rig.first(0, section(DATA, 0, 1));
      rig.set('DACR', 3 << 2);
      rig.mode(Mode.usr);
      assert.equal(store(0), 0);
      assert.equal(inline(0), 'r0 w0');
      rig.set('DACR', 1 << 2);
      rig.mmu.select();
      assert.equal(load(0), `fault ${FaultType.Permission}`);
    });
  });

  describe('contexts', () => {
    beforeEach(() => {
      rig.mode(Mode.usr);
      rig.mmu.useContexts(true);
      rig.mmu.setContextTable(1, TABLE1);
      rig.small(0x1000, RAM + 0x10_0000);
      rig.small(0x1000, RAM + 0x20_0000, 0x22, 0, TABLE1);
      rig.poke(RAM + 0x10_0000, 1);
      rig.poke(RAM + 0x20_0000, 2);
    });

    it('have tables of their own, and switching flushes nothing', () => {
      assert.equal(load(0x1000), 1);
      rig.mmu.switchContext(1);
      assert.equal(rig.state[Word.CONTEXT], 1);
      assert.equal(load(0x1000), 2);
      assert.equal(store(0x1000), FaultType.Permission);
      assert.equal(inline(0x1000), 'r0 r1');
      rig.mmu.switchContext(0);
      assert.equal(inline(0x1000), 'r0 r1');
      assert.equal(store(0x1000), 0);
      assert.equal(inline(0x1000), 'r0 w0 r1');
      assert.equal(rig.mmu.translate(0x1000, Access.read, false, 1).pa, RAM + 0x20_0000);
      assert.deepEqual(
        rig.mmu.entries().map(({ context, va, pa }) => [context, va, pa - RAM]),
        [
          [0, 0x1000, 0x10_0000],
          [1, 0x1000, 0x20_0000],
        ],
      );
    });

    it('are flushed by ranges, whole leaves at a time', () => {
      rig.first(0x30_0000, section(RAM + 0x10_0000, 3));
      for (const va of [0x1000, 0x30_0000, 0x30_5000]) load(va);
      rig.mmu.flushRange(0x2000, 0x2f_d000, 0);
      assert.deepEqual([inline(0x1000), inline(0x30_0000)], ['r0', 'r0'], 'up to, but not into the section');
      rig.mmu.flushRange(0x2f_f000, 0x2000, 0);
      assert.deepEqual([inline(0x1000), inline(0x30_0000), inline(0x30_5000)], ['r0', '', '']);
      rig.mmu.flushRange(0x1000, 0x1000, 1);
      assert.equal(inline(0x1000), 'r0', 'of another context');
    });

    it('are flushed each alone', () => {
      const fill = () => {
        for (const context of [1, 0]) {
          rig.mmu.switchContext(context);
          load(0x1000);
        }
      };
      fill();
      rig.mmu.flushAll(1);
      assert.equal(inline(0x1000), 'r0');
      fill();
      rig.mmu.flushRange(0x1000, 4096, 0);
      assert.equal(inline(0x1000), 'r1');
      fill();
      rig.mmu.flushNonGlobal(1);
      assert.equal(inline(0x1000), 'r0 r1', 'it is global');
      rig.mmu.setContextTable(1, TABLE0);
      rig.mmu.switchContext(1);
      assert.deepEqual([rig.state[Cp15.TTBR0], load(0x1000)], [TABLE0, 2], 'another table alone flushes nothing');
      rig.mmu.flushAll(1);
      assert.equal(load(0x1000), 1);
      rig.mmu.flushAll();
      assert.equal(inline(0x1000), '');
    });

    it('are seen from outside by a view of their own, which fills nothing of another', () => {
      const other = new DataAccess(rig.memory, rig.mmu, rig.bus, 1);
      assert.equal(load(0x1000), 1);
      assert.equal(other.load(0x1000, 4, 0), 2);
      assert.equal(inline(0x1000), 'r0');
      other.store(0x1000, 4, 3, 0);
      assert.equal(other.fault.type, FaultType.Permission);
    });
  });

  describe('snapshots', () => {
    it('bring back the same translations, stale ones included', () => {
      rig.small(0x1000, RAM + 0x10_0000, 0x32 | nG);
      rig.first(0x10_0000, section(DATA, 3, 2));
      rig.poke(RAM + 0x10_0000, 1);
      rig.poke(RAM + 0x20_0000, 2);
      store(0x1004);
      load(0x10_3000);
      rig.small(0x1000, RAM + 0x20_0000);
      const saved = structuredClone(rig.mmu.save());
      const entries = rig.mmu.entries();
      rig.mmu.flushAll();
      assert.equal(load(0x1000), 2);
      rig.mmu.restore(saved);
      assert.deepEqual(rig.mmu.entries(), entries);
      assert.equal(inline(0x1000), '');
      assert.equal(load(0x1000), 1);
      rig.mmu.flushMva(0x1f_0000);
      rig.mmu.flushNonGlobal();
      assert.deepEqual(rig.mmu.entries(), []);
    });

    it('bring back contexts and which is in use', () => {
      rig.mode(Mode.usr);
      rig.mmu.useContexts(true);
      rig.mmu.setContextTable(1, TABLE1);
      rig.mmu.switchContext(1);
      const state = rig.state.slice();
      const saved = rig.mmu.save();
      rig.mmu.useContexts(false);
      rig.state.set(state);
      rig.mmu.restore(saved);
      assert.deepEqual(rig.state, state);
      rig.mmu.switchContext(0);
      rig.mmu.switchContext(1);
      assert.deepEqual(rig.state, state);
    });
  });

  describe('of a virtual CPU', () => {
    it('translates by its own registers and leaves the engines’ tables alone', () => {
      const memory = rig.memory.forVirtualCpu();
      const bus = new PhysicalBus(rig.memory);
      bus.mapRam(0, 0x10_0000, rig.ram.offset + 0x80_0000);
      const mmu = new Mmu(memory, bus);
      memory.state[Word.PSR] = Mode.svc;
      mmu.select();
      const data = new DataAccess(memory, mmu, bus);
      rig.first(0, section(DATA, 3));
      assert.equal(store(0x5000, 7), 0);
      enterCode(0x5000);
      const [words, code] = [inline(0x5000), hasCode(0x5000)];
      assert.deepEqual([words, code], ['r1 w1', true]);

      data.store(0x5004, 4, 8, 0);
      assert.deepEqual(
        [data.fault.type, data.load(0x5000, 4, 0), load(0x5004)],
        [0, 7, 8],
        'the same bytes, mapped flat',
      );
      assert.equal(mmu.fetch(0x5000).fault, 0);
      assert.notEqual(memory.state[Word.TLB_BANK], rig.state[Word.TLB_BANK]);
      for (const flush of [() => mmu.flushMva(0x5000), () => mmu.flushNonGlobal(), () => mmu.flushAll()]) flush();
      assert.deepEqual([inline(0x5000), hasCode(0x5000)], [words, code]);
    });

    it('tells what is no longer to be relied on', () => {
      const heard: unknown[] = [];
      rig.first(0x10_0000, section(DATA, 3));
      rig.small(0x1000, DATA, 0x12);
      for (const va of [0x10_0000, 0x10_1000, 0x1000]) load(va);
      const { mmu } = rig;
      mmu.listener = {
        allForgotten: () => heard.push('all'),
        addressForgotten: (va, asid) => heard.push([va, asid]),
        asidForgotten: (asid) => heard.push(asid),
        spaceChanged: () => heard.push('space'),
      };
      for (const flush of [
        () => mmu.flushMva(0x10_5000, 7),
        () => mmu.flushMva(0x77_7000),
        () => mmu.flushAsid(9),
        () => mmu.changeSpace(),
        () => mmu.changeRegime(),
        () => mmu.flushAll(),
      ]) {
        flush();
      }
      assert.deepEqual(heard.splice(0), [[0x10_5000, 7], [0x77_7000, undefined], 9, 'space', 'space', 'all']);
      load(0x1000);
      mmu.flushNonGlobal();
      assert.deepEqual(heard, [], 'a translation that is found, and one that nobody gave up');
      rig.small(0x1000, DATA, 0x32);
      mmu.access(0x1abc, Access.write, false);
      assert.deepEqual(heard, [[0x1abc, undefined]], 'one that takes the place of another');
    });

    it('says what the leaf grants beside what its domain leaves', () => {
      rig.small(0x1000, DATA, 0x12, 2);
      const { mmu } = rig;
      for (const [DACR, rights] of [
        [0x5555_5555, 0b010011],
        [0x5555_5575, 0b111111],
      ] as const) {
        rig.set('DACR', DACR);
        for (const again of ['by a walk', 'from the TLB']) {
          const outcome = mmu.access(0x1000, Access.read, true);
          assert.deepEqual([outcome.rights, outcome.leafRights], [rights, 0b010011], again);
        }
        mmu.flushAll();
      }
    });
  });

  it('lists what it holds', () => {
    rig.first(0x10_0000, section(RAM + 0x10_0000, 2, 2, 1 << 17));
    rig.mode(Mode.usr);
    load(0x12_3000);
    assert.deepEqual(rig.mmu.entries(), [
      {
        context: 0,
        va: 0x12_3000,
        pa: RAM + 0x12_3000,
        size: 0x10_0000,
        level: 1,
        domain: 2,
        rights: 0b110111,
        notGlobal: true,
      },
    ]);
    rig.set('DACR', 0);
    assert.equal(rig.mmu.entries()[0].rights, 0);
  });

  it('lists a part of what it holds, few pages or many, and what engines may do without asking', () => {
    const { mmu } = rig;
    for (let mib = 0; mib < 8; mib++)
      for (let page = 0; page < 256; page++) rig.small(mib * 0x10_0000 + page * 0x1000, RAM);
    // sections, of whose pages there will be more than are sorted
    for (let mib = 16; mib < 40; mib++) rig.first(mib * 0x10_0000, section(DATA, 3));
    rig.mode(Mode.svc);
    const held: number[] = [];
    const touch = (va: number) => {
      load(va);
      held.push(va);
    };
    const check = () => {
      const sorted = [...held].sort((a, b) => a - b);
      assert.equal(mmu.entryCount(0), sorted.length);
      const from = (va: number, most: number) => mmu.entriesFrom(0, va, most).map((entry) => entry.va);
      assert.deepEqual(from(0, 10), sorted.slice(0, 10));
      assert.deepEqual(from(0x20_5000, 7), sorted.filter((va) => va >= 0x20_5000).slice(0, 7));
      assert.deepEqual(from(0xfff0_0000, 7), []);
      assert.deepEqual(mmu.entriesFrom(1, 0, 7), [], 'a context that there is not');
    };
    for (let page = 0; page < 600; page += 7) touch(0x7f_f000 - page * 0x1000);
    check();
    for (let va = 16 * 0x10_0000; va < 40 * 0x10_0000; va += 0x1000) touch(va);
    check();
    assert.equal(mmu.entryAt(0x7f_f123)?.va, 0x7f_f000);
    assert.equal(mmu.entryAt(0x100)?.va, undefined);
    assert.deepEqual(mmu.inline(1, 0x7f_f000), { read: true, write: false });
    assert.deepEqual(mmu.inline(0, 0x7f_f000), { read: false, write: false });
  });

  it('survives a page that wanders between domains for as long as it likes', function () {
    this.timeout(60_000);
    rig.small(0x1000, RAM + 0x10_0000, 0x32, 1);
    rig.small(0x2000, RAM + 0x10_1000, 0x32, 1);
    const level1 = rig.peek(TABLE0);
    for (let i = 0; i < 2_200_000; i++) {
      rig.poke(TABLE0, (level1 & ~0x1e0) | ((i & 1) << 5));
      rig.mmu.flushMva(0x1000);
      rig.data.load(0x1000, 4, 0);
    }
    rig.data.load(0x2000, 4, 0);
    rig.mmu.flushAll();
    assert.equal(inline(0x1000) + inline(0x2000), '');
  });
});
