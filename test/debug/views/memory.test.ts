/** Memory as the hex view asks for it: what is read is what the guest would read, devices are left alone, searches find what is there and nothing else. */
import assert from 'node:assert/strict';
import { LONGEST_PATTERN } from '../../../src/debug/views/memory.js';
import type { Debugger } from '../../../src/debug/api.js';
import { launchSample, MODES, runToFunction } from '../guests.js';
import type { SearchQuery } from '../../../src/protocol/views/memory.js';

const ascii = (text: string) => new TextEncoder().encode(text);
const VIRTUAL = { space: 'guest', rights: 'nobody' } as const;

/** Searches to the end, a question at a time. */
function search(guest: Debugger, query: Partial<SearchQuery> & { readonly pattern: Uint8Array }) {
  const { first = 0, end = 2 ** 32, backwards = false } = query;
  let from: number | undefined = query.from ?? (backwards ? end - 1 : first);
  let questions = 0;
  while (from !== undefined) {
    const answer = guest.views.memory.search({
      ...VIRTUAL,
      anyCase: false,
      align: 1,
      ...query,
      first,
      end,
      backwards,
      from,
    });
    questions++;
    if (answer.found !== undefined) return { found: answer.found, questions };
    if (answer.next !== undefined) assert.notEqual(answer.next, from, 'each question gets on');
    from = answer.next;
  }
  return { found: undefined, questions };
}

describe('debug/views/memory', () => {
  for (const mode of MODES) {
    describe(mode, () => {
      let guest: Debugger;
      let memory: Debugger['views']['memory'];

      before(() => {
        ({ guest } = launchSample('privilege', { mode }));
        memory = guest.views.memory;
        runToFunction(guest, 'user_main');
      });

      it('has the spaces and regions that there are', () => {
        const { spaces, regions } = memory.map();
        const ids = spaces.map(({ id }) => id);
        const bare = ['guest', 'physical'];
        assert.deepEqual(ids, mode === 'bare' ? bare : ['guest', 'kernel', 'user', 'physical', 'machine']);
        const ram = regions.find(({ space, kind }) => space === 'physical' && kind === 'ram');
        assert.deepEqual([ram?.address, ram?.length], [0x4000_0000, 32 << 20]);
        assert.ok(regions.some(({ kind, name }) => kind === 'device' && name === 'pl011'));
        assert.ok(regions.some(({ kind }) => kind === 'flash'));
      });

      it('reads what the debugger reads, with the symbols there', () => {
        const address = 0x4001_0000;
        const { bytes, pieces, symbols } = memory.read({ ...VIRTUAL, address, length: 256 });
        assert.deepEqual(bytes, guest.readMemory(address, 256));
        assert.deepEqual(pieces, [{ address, length: 256, kind: 'bytes', name: 'RAM', pa: address }]);
        assert.deepEqual(symbols[0], { address, name: '_start' });
        const later = memory.read({ ...VIRTUAL, address: address + 8, length: 16 });
        assert.equal(later.symbols[0].name, '_start', 'the one that holds the first byte');
      });

      it('names devices and holes, and reads neither', () => {
        // the UART's data register: a read would take a character
        const { bytes, pieces } = memory.read({ ...VIRTUAL, address: 0x08ff_fff0, length: 0x40 });
        assert.ok(bytes.every((byte) => byte === 0));
        assert.deepEqual(
          pieces.map(({ address, length, kind, name }) => [address, length, kind, name]),
          [
            [0x08ff_fff0, 0x10, 'unmapped', 'Translation fault, level 1'],
            [0x0900_0000, 0x30, 'device', 'pl011'],
          ],
        );
        const physical = memory.read({ space: 'physical', rights: 'nobody', address: 0x3fff_fff0, length: 32 });
        assert.deepEqual(physical.pieces.map(({ kind }) => kind).at(-1), 'bytes');
        const nothing = memory.read({ space: 'physical', rights: 'nobody', address: 2 ** 39, length: 32 });
        assert.deepEqual(
          nothing.pieces.map(({ kind }) => kind),
          ['nothing'],
        );
      });

      it('shows of a level only what it may read', () => {
        const address = 0x4001_0000;
        const asked = { space: 'guest', address, length: 16 };
        assert.equal(memory.read({ ...asked, rights: 'PL1' }).pieces[0].kind, 'bytes');
        const denied = memory.read({ ...asked, rights: 'PL0' });
        assert.deepEqual([denied.pieces[0].kind, denied.pieces[0].name], ['denied', 'Permission fault, level 1']);
        assert.ok(denied.bytes.every((byte) => byte === 0));
        assert.equal(memory.read({ ...asked, address: 0x4010_0000, rights: 'PL0' }).pieces[0].kind, 'bytes');
      });

      it('writes memory, not devices, and says how much', () => {
        const address = 0x4018_0000;
        const store = (at: number, bytes: Uint8Array, space = 'guest') =>
          memory.write({ space, rights: 'nobody', address: at, bytes });
        assert.equal(store(address, ascii('trapline')), 8);
        assert.deepEqual(guest.readMemory(address, 8), ascii('trapline'));
        assert.equal(store(address, ascii('T'), 'physical'), 1);
        assert.deepEqual(guest.readMemory(address, 2), ascii('Tr'));
        assert.equal(store(0x0900_0000, ascii('x')), 0);
        assert.equal(store(0x6000_0000, ascii('x')), 0);
        // up to the end of what is mapped
        assert.equal(store(0x401f_fffe, ascii('abcd')), 2);
      });

      it('writes code as the guest would: it runs changed', () => {
        const { guest: fresh } = launchSample('hello', { mode });
        const nop = Uint8Array.of(0x00, 0xf0, 0x20, 0xe3);
        fresh.views.memory.write({ ...VIRTUAL, address: 0x4001_0000, bytes: nop });
        assert.match(fresh.disassemble(0x4001_0000, 0, 1)[0].text, /^nop/);
        fresh.stepInstruction('in');
        fresh.run(1000, Infinity);
        assert.equal(fresh.pc(), 0x4001_0004);
      });

      it('finds bytes, forwards and backwards, over what is not mapped', () => {
        const bye = ascii('kernel: bye');
        const { found } = search(guest, { pattern: bye });
        assert.ok(found !== undefined);
        assert.deepEqual(guest.readMemory(found, bye.length), bye);
        assert.equal(search(guest, { pattern: bye, backwards: true }).found, found);
        assert.equal(search(guest, { pattern: bye, first: found + 1 }).found, undefined);
        assert.equal(search(guest, { pattern: bye, backwards: true, end: found }).found, undefined);
        assert.equal(
          search(guest, { pattern: bye, first: found, end: found + 1 }).found,
          found,
          'the range is of its first byte',
        );
        assert.equal(search(guest, { pattern: ascii('KERNEL: bye') }).found, undefined);
        assert.equal(search(guest, { pattern: ascii('KERNEL: BYE'), anyCase: true }).found, found);
        assert.ok(search(guest, { ...{ space: 'physical' }, pattern: bye, end: 2 ** 40 }).found !== undefined);
      });

      it('finds what crosses pages, and words only where they are aligned', () => {
        const at = 0x4018_0ffd;
        memory.write({ ...VIRTUAL, address: at, bytes: Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0x77) });
        const pattern = Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0x77);
        for (const backwards of [false, true]) {
          assert.equal(search(guest, { pattern, backwards }).found, at);
          assert.equal(search(guest, { pattern, backwards, align: 4 }).found, undefined);
        }
        memory.write({ ...VIRTUAL, address: 0x4018_0800, bytes: pattern });
        assert.equal(search(guest, { pattern, align: 4 }).found, 0x4018_0800);
        assert.equal(search(guest, { pattern, backwards: true }).found, at, 'the last one');
      });

      it('finds what a plain search finds, in bytes that are much alike', () => {
        const base = 0x4018_2000;
        let seed = 7;
        const next = (below: number) => ((seed = (seed * 1103515245 + 12345) >>> 0) % 65536) % below;
        const bytes = Uint8Array.from({ length: 0x1800 }, () => next(2));
        memory.write({ ...VIRTUAL, address: base, bytes });
        for (let i = 0; i < 60; i++) {
          const pattern = Uint8Array.from({ length: 1 + next(12) }, () => next(2));
          const align = ([1, 2, 4] as const)[next(3)];
          const places = [...bytes.keys()].filter(
            (at) =>
              at % align === 0 &&
              at + pattern.length <= bytes.length &&
              pattern.every((byte, k) => bytes[at + k] === byte),
          );
          const limits = { first: base, end: base + bytes.length - pattern.length + 1, align, pattern };
          const offset = (found: number | undefined) => found && found - base;
          const about = `${pattern.join('')} by ${align}`;
          assert.equal(offset(search(guest, limits).found) ?? -1, places.at(0) ?? -1, about);
          assert.equal(offset(search(guest, { ...limits, backwards: true }).found) ?? -1, places.at(-1) ?? -1, about);
        }
      });

      it('is asked for a little at a time', () => {
        const pattern = Uint8Array.from({ length: 32 }, (_, i) => 0xa0 + i);
        const { found, questions } = search(guest, { space: 'physical', pattern, end: 2 ** 40 });
        assert.equal(found, undefined);
        assert.ok(questions >= 8, `32 MiB of RAM in ${questions} questions`);
        const start = process.cpuUsage();
        const every = { ...VIRTUAL, space: 'physical', anyCase: false, align: 1, backwards: false } as const;
        memory.search({
          ...every,
          first: 0x4100_0000,
          end: 2 ** 32,
          from: 0x4100_0000,
          pattern: new Uint8Array(64).fill(0, 0, 63).fill(1, 63),
        });
        const ms = process.cpuUsage(start).user / 1000;
        assert.ok(ms < 60, `${ms.toFixed(1)} ms for the worst question`);
      });

      it('refuses patterns that are no use', () => {
        for (const length of [0, LONGEST_PATTERN + 1])
          assert.throws(() => search(guest, { pattern: new Uint8Array(length) }), /A search is for at least one byte/);
      });

      it('goes where an expression says', () => {
        assert.equal(memory.address('_start + 8'), 0x4001_0008);
        assert.equal(memory.address('pc'), guest.pc());
        assert.throws(() => memory.address('nowhere'), /There is no register or symbol/);
      });
    });
  }

  it("shows the machine's memory, but does not let the monitor's own be changed", () => {
    const { guest } = launchSample('privilege', { mode: 'hypervised' });
    runToFunction(guest, 'user_main');
    const { memory } = guest.views;
    const { regions } = memory.map();
    const machine = regions.filter(({ space }) => space === 'machine');
    const own = machine.find(({ kind }) => kind === 'monitor');
    const ram = machine.find(({ kind }) => kind === 'ram');
    assert.ok(own && ram);
    const place = { space: 'machine', rights: 'nobody' } as const;
    assert.deepEqual(
      memory.read({ ...place, address: ram.address + 0x1_0000, length: 64 }).bytes,
      guest.readMemory(0x4001_0000, 64),
    );
    const fixed = memory.read({ ...place, address: own.address, length: 16 });
    assert.equal(fixed.pieces[0].kind, 'fixed');
    assert.equal(memory.write({ ...place, address: own.address, bytes: ascii('x') }), 0);
    // the kernel's view by the shadow tables is the guest's own bytes: planted words are for fetches
    const shadow = memory.read({ space: 'kernel', rights: 'nobody', address: 0x4001_0000, length: 64 });
    assert.deepEqual(shadow.bytes, guest.readMemory(0x4001_0000, 64));
    assert.equal(memory.write({ space: 'kernel', rights: 'nobody', address: 0x4001_0000, bytes: shadow.bytes }), 64);
  });
});
