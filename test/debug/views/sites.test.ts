/** The table of callback sites: in the order that is asked for, narrowed, held, found again, and quick with thirty thousand of them. */
import assert from 'node:assert/strict';
import type { Debugger } from '../../../src/debug/api.js';

import { need } from '../../support/tools.js';
import { compileGuest, file, launch, launchSample, settle, stopOf } from '../guests.js';
import type { SiteInfo, SiteQuery } from '../../../src/protocol/views/sites.js';

const QUERY: SiteQuery = { order: 'address', descending: false, text: '', first: 0, count: 1000 };

function rows(guest: Debugger, query: Partial<SiteQuery> = {}): readonly SiteInfo[] {
  let page = guest.views.sites({ ...QUERY, ...query });
  while (page.pending > 0) page = guest.views.sites({ ...QUERY, ...query });
  return page.rows;
}

function ended(level: number): Debugger {
  const { guest } = launchSample('privilege', { mode: 'hypervised', level, engine: 'interpreter' });
  guest.continue();
  settle(guest, 20_000_000);
  return guest;
}

const SITES = 30_000;
const MANY = `
        .syntax unified
        .arm
        .global main
        .type   main, %function
main:   .rept   ${SITES}
        mrs     r0, cpsr
        .endr
        b       main
`;

describe('the table of callback sites', () => {
  it('agrees with the report, and sorts by every column both ways', () => {
    const guest = ended(0);
    const all = rows(guest);
    assert.equal(all.length, guest.report().live.sites);
    const { busiest } = guest.report();
    const byHits = rows(guest, { order: 'hits', descending: true });
    assert.deepEqual(
      byHits.slice(0, 5).map(({ hits }) => hits),
      busiest.slice(0, 5).map(({ hits }) => hits),
    );
    const value = {
      address: ({ address }: SiteInfo) => address,
      symbol: ({ symbol = '' }: SiteInfo) => symbol,
      text: ({ text }: SiteInfo) => text,
      hits: ({ hits }: SiteInfo) => hits,
      lastTrap: ({ lastTrap }: SiteInfo) => lastTrap,
      emulate: ({ verdicts }: SiteInfo) => verdicts.emulate,
    } as const;
    for (const order of Object.keys(value) as (keyof typeof value)[]) {
      const of: (site: SiteInfo) => number | string = value[order];
      const up = rows(guest, { order }).map(of);
      up.forEach((here, i) => {
        assert.ok(i === 0 || up[i - 1] <= here, `${order} ${i}`);
      });
      const down = rows(guest, { order, descending: true }).map(of);
      down.forEach((here, i) => {
        assert.ok(i === 0 || down[i - 1] >= here, `${order} ${i}, descending`);
      });
      assert.equal(down.length, all.length);
    }
  });

  it('narrows by class and by words, and cuts out what is seen', () => {
    const guest = ended(1);
    const all = rows(guest);
    const cls = 'status-register';
    const wanted = all.filter((site) => site.cls === cls);
    assert.ok(wanted.length > 2);
    assert.deepEqual(rows(guest, { cls }), wanted);
    const mrs = rows(guest, { text: 'CPSR mrs' });
    assert.deepEqual(
      mrs,
      all.filter(({ text }) => text.includes('mrs') && text.includes('cpsr')),
    );
    assert.deepEqual(rows(guest, { cls, first: 1, count: 2 }), wanted.slice(1, 3));
    assert.equal(guest.views.sites({ ...QUERY, text: 'no such thing' }).matching, 0);
  });

  it('says in which row a site or an address is', () => {
    const guest = ended(1);
    const order = rows(guest, { order: 'hits', descending: true });
    const third = order[3];
    const asked = guest.views.sites({ ...QUERY, order: 'hits', descending: true, address: third.address });
    assert.deepEqual([asked.row, asked.key], [3, third.key]);
    assert.equal(guest.views.sites({ ...QUERY, key: third.key, cls: 'wait' }).row, -1, 'not among them');
    assert.equal(guest.views.sites({ ...QUERY, address: 4 }).key, -1);
  });

  it('holds rows where they are while their numbers change', () => {
    const { guest } = launchSample('privilege', { mode: 'hypervised', level: 0, engine: 'interpreter' });
    guest.continue();
    guest.run(10, Infinity);
    const byHits: Partial<SiteQuery> = { order: 'hits', descending: true };
    const before = rows(guest, byHits);
    for (let i = 0; i < 40; i++) guest.run(1000, Infinity);
    const held = rows(guest, { ...byHits, hold: true });
    assert.deepEqual(
      held.slice(0, before.length).map(({ key }) => key),
      before.map(({ key }) => key),
    );
    assert.ok(held.length > before.length, `new ones come at the end: ${before.length}, ${held.length}`);
    const sorted = rows(guest, byHits);
    assert.notDeepEqual(
      sorted.map(({ key }) => key),
      held.map(({ key }) => key),
    );
    assert.deepEqual(new Set(sorted), new Set(held));
  });

  it('has each site in full: registers at its last trap, where it went, breakpoints', () => {
    const { guest } = launchSample('hello', { mode: 'hypervised', level: 0, engine: 'interpreter' });
    const [mrs] = guest.setFunctionBreakpoints([{ name: '0x40010000' }]);
    assert.ok(mrs.verified);
    guest.continue();
    stopOf(guest);
    guest.continue();
    guest.run(200, Infinity);
    const site = rows(guest).find(({ text, hits }) => text.startsWith('mrs') && hits > 0);
    assert.ok(site);
    const detail = guest.views.site(site.key);
    assert.ok(detail);
    assert.deepEqual(detail.site, site);
    assert.match(detail.plantedText, /^svc/);
    const registers = Object.fromEntries(detail.context.map(({ name, value }) => [name, value]));
    assert.equal(registers.pc, site.address);
    assert.equal(Object.keys(registers).length, 17);
    assert.equal(guest.views.site(1), undefined);
    guest.setInstructionBreakpoints([{ address: site.address }]);
    assert.equal(rows(guest).find(({ key }) => key === site.key)?.breakpoint, true);
    assert.equal(rows(guest).filter(({ breakpoint }) => breakpoint).length, 1);
  });

  it(`answers a question about ${SITES} sites in a few milliseconds`, function () {
    need(this, 'arm-none-eabi-gcc');
    this.timeout(60_000);
    const { guest } = launch({
      program: file(compileGuest({ 'main.s': MANY })),
      mode: 'hypervised',
      level: 1,
      engine: 'interpreter',
    });
    guest.continue();
    guest.run(SITES + 100, Infinity);
    const ask = (query: Partial<SiteQuery>): number => {
      const start = process.cpuUsage();
      guest.views.sites({ ...QUERY, count: 60, ...query });
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    const best = (query: Partial<SiteQuery>): number =>
      Math.min(
        ...Array.from({ length: 7 }, () => {
          guest.run(500, Infinity);
          return ask(query);
        }),
      );
    assert.equal(guest.views.sites({ ...QUERY, count: 1, cls: 'status-register' }).matching, SITES);
    const live = best({ order: 'hits', descending: true });
    const held = best({ order: 'hits', descending: true, hold: true });
    const narrowed = best({ order: 'hits', descending: true, cls: 'status-register' });
    // texts are made some at a time
    const first = ask({ text: 'mrs' });
    rows(guest, { text: 'mrs' });
    const found = best({ text: 'mrs' });
    const numbers = { live, held, narrowed, first, found };
    if (process.env.TRAPLINE_NUMBERS) console.log(numbers);
    for (const [name, ms] of Object.entries(numbers)) assert.ok(ms < 60, `${name}: ${ms} ms of processor time`);
  });
});
