import assert from 'node:assert/strict';
import { PROTOCOL_VERSION, TRAP_PAGE, type PacingOptions } from '../../src/protocol/api.js';
import { SessionServer } from '../../src/session/server.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

const NS = OPTIONS.nsPerInstruction;
/** Instructions per ms at which virtual time runs as fast as host time. */
const REAL_TIME = 1e6 / NS;

interface Setup {
  readonly host: FakeHost;
  readonly guest: FakeGuest;
  readonly channel: FakeChannel;
}

async function launch(speed: number, pacing: PacingOptions): Promise<Setup> {
  const host = new FakeHost();
  const guest = new FakeGuest(host, speed, NS);
  const channel = new FakeChannel();
  new SessionServer(channel, host, backendFor(guest));
  await channel.ask('initialize', { version: PROTOCOL_VERSION });
  const answer = await channel.ask('launch', { options: OPTIONS, pacing });
  assert.equal(answer.kind, 'result');
  return { host, guest, channel };
}

describe('session server: running', () => {
  it('runs nothing before it is told to', async () => {
    const { host, guest } = await launch(100_000, { paced: false });
    host.pass(1000);
    assert.equal(guest.calls.length, 0);
  });

  it('runs in slices of at most 10 ms of host time', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    await channel.ask('continue', {});
    host.pass(500);
    assert.ok(guest.calls.length > 40);
    for (const [i, { limit }] of guest.calls.entries()) assert.ok(limit / 100_000 <= 10, `slice ${i} had ${limit}`);
  });

  it('counts up no exits for its slices, while nobody asks for them', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    await channel.ask('continue', {});
    guest.statistics = () => assert.fail('somebody asked');
    host.pass(500);
    assert.ok(guest.calls.length > 40);
    assert.deepEqual(channel.events('failed'), []);
  });

  it('stops within one slice of a pause', async () => {
    const { host, channel } = await launch(100_000, { paced: false });
    await channel.ask('continue', {});
    host.pass(300);
    await channel.ask('pause', {});
    const asked = host.time;
    host.pass(20);
    const [stopped] = channel.events('stopped');
    assert.equal(stopped.stop.reason, 'pause');
    assert.equal(stopped.status.state, 'stopped');
    assert.ok(host.time - asked <= 50);
    assert.equal(host.pending, 0, 'something still runs');
  });

  it('keeps virtual time from running ahead of host time when paced', async () => {
    const { host, guest, channel } = await launch(10 * REAL_TIME, { paced: true });
    await channel.ask('continue', {});
    const start = host.time;
    for (let ms = 0; ms < 400; ms++) {
      host.pass(1);
      const ahead = guest.virtualTime / 1e6 - (host.time - start);
      assert.ok(ahead <= 0.01, `${ahead} ms ahead after ${host.time - start} ms`);
    }
    assert.ok(guest.virtualTime / 1e6 > 350, `only ${guest.virtualTime / 1e6} ms of 400 passed for the guest`);
  });

  it('does not wait for host time when it is not paced', async () => {
    const { host, guest, channel } = await launch(10 * REAL_TIME, { paced: false });
    await channel.ask('continue', {});
    host.pass(100);
    assert.ok(guest.virtualTime / 1e6 > 900);
  });

  it('sleeps while the guest is idle, until its event is due', async () => {
    const { host, guest, channel } = await launch(100 * REAL_TIME, { paced: true });
    const start = host.time;
    const due = guest.virtualTime + 200e6;
    guest.onRun = (g) => {
      if (g.virtualTime >= due) return undefined;
      const { sleepUntil } = g.calls[g.calls.length - 1];
      g.virtualTime = Math.min(due, Math.max(g.virtualTime, sleepUntil));
      return g.virtualTime < due ? { kind: 'idle', until: due } : undefined;
    };
    await channel.ask('continue', {});
    host.pass(195);
    assert.ok(guest.calls.length <= 2, `${guest.calls.length} calls while it slept`);
    assert.equal(guest.instructions, 0);
    host.pass(15);
    assert.ok(guest.instructions > 0, 'it was not woken');
    host.pass(100);
    const ahead = guest.virtualTime / 1e6 - (host.time - start);
    assert.ok(ahead <= 0.2 && ahead > -20, `${ahead} ms ahead of host time`);
  });

  it('lets time pass for a sleeping guest when input comes', async () => {
    const { host, guest, channel } = await launch(REAL_TIME, { paced: true });
    guest.onRun = (g) => ({ kind: 'idle', until: g.virtualTime + 1e12 });
    await channel.ask('continue', {});
    host.pass(300);
    const calls = guest.calls.length;
    await channel.ask('input', { bytes: new Uint8Array([0x61]) });
    host.pass(0);
    assert.equal(guest.calls.length, calls + 1);
    const { sleepUntil } = guest.calls[calls];
    assert.ok(Math.abs(sleepUntil / 1e6 - 300) < 5, `it may sleep until ${sleepUntil / 1e6} ms`);
  });

  it('wakes a waiting guest on input, and not before', async () => {
    const { host, guest, channel } = await launch(REAL_TIME, { paced: true });
    guest.onRun = (g) => (g.inputs.length === 0 ? { kind: 'waiting' } : undefined);
    await channel.ask('continue', {});
    host.pass(5000);
    assert.equal(guest.calls.length, 1);
    assert.equal(channel.events('status').at(-1)?.state, 'waiting');
    await channel.ask('input', { bytes: new Uint8Array([0x61]) });
    host.pass(5);
    assert.deepEqual(guest.inputs, [0x61]);
    assert.ok(guest.instructions > 0);
  });

  it('stops at the instruction limit exactly', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false, instructionLimit: 1_234_567 });
    await channel.ask('continue', {});
    host.pass(1000);
    assert.equal(guest.instructions, 1_234_567);
    assert.equal(channel.events('limit').length, 1);
  });

  it('reports the end, and refuses to go on after it', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.onRun = () => ({ kind: 'exited', code: 3, text: 'The guest exited with code 3.' });
    await channel.ask('continue', {});
    host.pass(10);
    assert.equal(channel.events('ended')[0].code, 3);
    const answer = await channel.ask('continue', {});
    assert.equal(answer.kind === 'error' && answer.error.number, 623);
  });

  it('keeps a dead guest open to inspection', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.onRun = () => ({
      kind: 'stopped',
      dead: true,
      reason: { reason: 'exception', text: 'It faults in its vectors.', breakpoints: [] },
    });
    await channel.ask('continue', {});
    host.pass(10);
    assert.equal(channel.events('stopped')[0].stop.dead, true);
    assert.equal((await channel.ask('stack', { first: 0, count: 10 })).kind, 'result');
  });

  it('turns a bug in the debugger into an event, not into silence', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.onRun = () => {
      throw new RangeError('out of bounds');
    };
    await channel.ask('continue', {});
    host.pass(10);
    assert.match(channel.events('failed')[0].message, /Trapline has a bug.*out of bounds/s);
  });
});

describe('session server: what clients hear', () => {
  it('status at most ten times a second, with the speed', async () => {
    const { host, channel } = await launch(100_000, { paced: false });
    await channel.ask('continue', {});
    host.pass(2000);
    const heard = channel.events('status');
    assert.ok(heard.length >= 15 && heard.length <= 21, `${heard.length} in 2 s`);
    const { mips } = heard[heard.length - 1];
    assert.ok(Math.abs(mips - 100) < 5, `${mips} MIPS`);
  });

  it('console bytes in batches, all of them, in order', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    let next = 0;
    guest.onRun = (g) => {
      for (let i = 0; i < 10; i++) g.events?.console(new Uint8Array([next++ & 0xff]));
      return undefined;
    };
    await channel.ask('continue', {});
    host.pass(300);
    await channel.ask('pause', {});
    host.pass(20);
    const batches = channel.events('console').map(({ bytes }) => [...bytes]);
    const got = batches.flat();
    assert.equal(got.length, next);
    got.forEach((byte, i) => {
      assert.equal(byte, i & 0xff);
    });
    assert.ok(batches.length <= 300 / 8 + 3, `${batches.length} messages`);
  });

  it('delivers the console before it says that the guest ended', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.onRun = (g) => {
      g.events?.console(new Uint8Array([1, 2, 3]));
      return { kind: 'exited', code: 0, text: 'off' };
    };
    await channel.ask('continue', {});
    host.pass(50);
    const order = channel.posted.filter((m) => m.kind === 'event').map((m) => m.event);
    assert.ok(order.indexOf('console') >= 0 && order.indexOf('console') < order.indexOf('ended'), order.join());
  });

  it('traps in batches with counts and rates, only to subscribers, the newest of many', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.onRun = (g) => {
      for (let i = 0; i < 100; i++) g.trap('status-register', 'mrs r0, apsr');
      return undefined;
    };
    await channel.ask('continue', {});
    host.pass(500);
    assert.equal(channel.events('traps').length, 0);
    await channel.ask('subscribeTraps', { on: true });
    host.pass(2000);
    const heard = channel.events('traps');
    assert.ok(heard.length >= 15 && heard.length <= 23, `${heard.length} in 2 s`);
    for (const { records } of heard) assert.ok(records.length <= TRAP_PAGE);
    const last = heard[heard.length - 1];
    assert.equal(heard[0].cleared, true);
    assert.equal(last.total, last.classes[0].count);
    const perSecond = (100 * 1000) / 7;
    assert.ok(Math.abs(last.classes[0].rate - perSecond) / perSecond < 0.3, `${last.classes[0].rate} a second`);
  });

  it('leaves no record out for a trace', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.onRun = (g) => {
      for (let i = 0; i < 300; i++) g.trap('wait', 'wfi');
      return undefined;
    };
    await channel.ask('subscribeTraps', { on: true, every: true });
    await channel.ask('continue', {});
    host.pass(100);
    await channel.ask('pause', {});
    host.pass(20);
    const sequences = channel.events('traps').flatMap(({ records }) => records.map(({ sequence }) => sequence));
    assert.equal(sequences.length, guest.records.length);
    sequences.forEach((sequence, i) => {
      assert.equal(sequence, i + 1);
    });
    assert.equal(guest.keptAfter, sequences.length, 'the guest keeps what comes next');
    await channel.ask('subscribeTraps', { on: false });
    assert.equal(guest.keptAfter, undefined, 'and no longer when nobody listens');
  });

  it('how many records of a class are no longer kept', async () => {
    const { guest, channel } = await launch(1, { paced: false });
    guest.trap('device', 'ldr r0, [r1]');
    guest.dropped.set('device', 17);
    await channel.ask('subscribeTraps', { on: true });
    assert.deepEqual(channel.events('traps').at(-1)?.classes, [
      { cls: 'device', count: 1, rate: 0, dropped: 17, unrecorded: 0 },
    ]);
    assert.equal(guest.keptAfter, undefined, 'a view can do without some');
  });

  it('traps that were counted without a record, also of a guest that stands still again', async () => {
    const { guest, channel } = await launch(1, { paced: false });
    await channel.ask('subscribeTraps', { on: true });
    const heard = channel.events('traps').length;
    guest.exits.set('coprocessor', 3);
    guest.unrecorded.set('coprocessor', 3);
    guest.onRun = () => ({ kind: 'stopped', reason: { reason: 'step', text: '', breakpoints: [] } });
    await channel.ask('step', { unit: 'instruction', kind: 'in' });
    guest.host.pass(5);
    const events = channel.events('traps').slice(heard);
    assert.deepEqual(events, [
      {
        records: [],
        classes: [{ cls: 'coprocessor', count: 3, rate: 0, dropped: 0, unrecorded: 3 }],
        total: 3,
        cleared: false,
      },
    ]);
  });
});

describe('session server: traps page by page', () => {
  it('newest first, filtered by words and class', async () => {
    const { guest, channel } = await launch(1, { paced: false });
    for (let i = 0; i < 2000; i++)
      guest.trap(i % 100 === 0 ? 'wait' : 'status-register', i % 100 === 0 ? 'wfi' : 'mrs r0, apsr');
    const page = await channel.result('traps', { maximum: 5, filter: { text: 'WFI emulate' } });
    assert.deepEqual(
      page.records.map(({ sequence }) => sequence),
      [1901, 1801, 1701, 1601, 1501],
    );
    assert.equal(page.more, true);
    const rest = await channel.result('traps', { before: page.next, maximum: 100, filter: { cls: 'wait' } });
    assert.equal(rest.records.length, 15);
    assert.equal(rest.records[14].sequence, 1);
    assert.equal(rest.more, false);
  });

  it('tells subscribers that all were cleared', async () => {
    const { guest, channel } = await launch(1, { paced: false });
    guest.trap('wait', 'wfi');
    await channel.ask('subscribeTraps', { on: true });
    await channel.ask('clearTraps', {});
    const last = channel.events('traps').at(-1);
    assert.deepEqual(last, { records: [], classes: [], total: 0, cleared: true });
  });
});

describe('session server: listings and breakpoints', () => {
  it('shows labels, bytes, words and planted words', async () => {
    const { guest, channel } = await launch(1, { paced: false });
    guest.memory.set([0x00, 0x00, 0x0f, 0xe1], 8);
    guest.sites = 1;
    const place = await channel.result('listingAt', { address: 8 });
    assert.ok(place);
    const { document, line } = place;
    const lines = (await channel.result('listing', { document })).text.split('\n');
    assert.ok(lines.includes('_start:'));
    assert.match(
      lines[line - 1],
      /^ {2}0x00000008 {2}00 00 0f e1 {2}e10f0000 {2}mrs r0, apsr +; planted ef000001 svc #1, 3 traps$/,
    );
  });

  it('says when a text that is shown changed, and keeps the lines', async () => {
    const { guest, channel } = await launch(1, { paced: false });
    const before = await channel.result('listingAt', { address: 12 });
    await channel.ask('writeMemory', { address: 4, bytes: new Uint8Array([9]) });
    assert.equal(channel.events('listings').length, 0, 'nobody has read it yet');
    await channel.ask('listing', { document: before?.document ?? '' });
    await channel.ask('writeMemory', { address: 4, bytes: new Uint8Array([1, 2, 3, 4]) });
    assert.equal(guest.memory[5], 2);
    assert.equal(channel.events('listings').length, 1);
    assert.ok(before);
    assert.deepEqual(await channel.result('listingAt', { address: 12 }), before);
  });

  it('counts the traps of a planted word anew at every stop', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    guest.sites = 1;
    const place = await channel.result('listingAt', { address: 8 });
    await channel.ask('listing', { document: place?.document ?? '' });
    guest.hits = 4;
    guest.trap('status-register', 'mrs r0, apsr');
    guest.onRun = () => ({ kind: 'exited', code: 0, text: 'off' });
    await channel.ask('continue', {});
    host.pass(5);
    assert.deepEqual(channel.events('listings'), [{ documents: [place?.document] }]);
    const { text } = await channel.result('listing', { document: place?.document ?? '' });
    assert.match(text, /svc #1, 4 traps/);
  });

  it('merges breakpoints of listings and of the disassembly view, and keeps their ids apart', async () => {
    const { host, guest, channel } = await launch(100_000, { paced: false });
    const place = await channel.result('listingAt', { address: 8 });
    assert.ok(place);
    const { document, line } = place;
    const [set, refused] = await channel.result('setListingBreakpoints', {
      document,
      breakpoints: [{ line }, { line: 99_999 }],
    });
    assert.equal(set.verified, true);
    assert.equal(set.line, line);
    assert.equal(refused.verified, false);
    await channel.ask('setInstructionBreakpoints', { breakpoints: [{ address: 0x20 }] });
    assert.deepEqual(guest.lastAddresses, [8, 0x20]);
    // the debugger has numbered them 2 and 3 by now; the client still knows the first by the id it was given
    guest.onRun = () => ({ kind: 'stopped', reason: { reason: 'instruction breakpoint', text: '', breakpoints: [2] } });
    await channel.ask('continue', {});
    host.pass(5);
    const { stop } = channel.events('stopped')[0];
    assert.deepEqual(stop.breakpoints, [set.id]);
    assert.equal(stop.reason, 'breakpoint', 'the client shows the listing, where it set the breakpoint');
  });
});

describe('session server: errors', () => {
  it('have the numbers of the catalogue', async () => {
    const channel = new FakeChannel();
    const host = new FakeHost();
    new SessionServer(channel, host, backendFor(new FakeGuest(host, 1, NS)));
    const old = await channel.ask('initialize', { version: 0 });
    assert.equal(old.kind === 'error' && old.error.number, 622);
    const early = await channel.ask('stack', { first: 0, count: 1 });
    assert.equal(early.kind === 'error' && early.error.number, 620);
    const unknown = await channel.ask('toString' as 'pause', {});
    assert.equal(unknown.kind === 'error' && unknown.error.number, 0);
  });

  it('do not end the session', async () => {
    const { channel } = await launch(1, { paced: false });
    const bug = await channel.ask('evaluate', { expression: 'bug' });
    assert.match(bug.kind === 'error' ? bug.error.message : '', /Trapline has a bug.*no such thing/s);
    const listing = await channel.ask('listing', { document: 'nonsense' });
    assert.equal(listing.kind === 'error' && listing.error.number, 625);
    assert.equal((await channel.ask('evaluate', { expression: '1' })).kind, 'result');
  });

  it('refuse to look at the stack of a running guest', async () => {
    const { host, channel } = await launch(100_000, { paced: false });
    await channel.ask('continue', {});
    host.pass(50);
    const answer = await channel.ask('stack', { first: 0, count: 1 });
    assert.equal(answer.kind === 'error' && answer.error.number, 624);
  });
});
