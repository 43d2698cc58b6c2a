/** When the session reports what changed in the second flash: at most once a second while the guest runs, and whenever it stands still. */
import assert from 'node:assert/strict';
import { FLASH_INTERVAL_MS, PROTOCOL_VERSION, type AutomationOptions } from '../../src/protocol/api.js';
import type { LaunchOptions } from '../../src/protocol/model.js';
import { SessionServer } from '../../src/session/server.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

const FLASH: LaunchOptions = { ...OPTIONS, flash1: { name: 'vars', bytes: new Uint8Array(0) } };

async function launch(options: LaunchOptions, automation?: AutomationOptions, instructionLimit?: number) {
  const host = new FakeHost();
  const guest = new FakeGuest(host, 100_000, OPTIONS.nsPerInstruction);
  const channel = new FakeChannel();
  new SessionServer(channel, host, backendFor(guest));
  await channel.result('initialize', { version: PROTOCOL_VERSION });
  await channel.result('launch', {
    options,
    pacing: { paced: false, ...(instructionLimit !== undefined && { instructionLimit }) },
    ...(automation && { automation }),
  });
  let stored = 0;
  /** The guest stores something: sectors are told apart by their number. */
  const store = () => guest.flash.push({ offset: ++stored, bytes: Uint8Array.of(stored) });
  const reported = () => channel.events('flash').map(({ sectors }) => sectors.map(({ offset }) => offset));
  /** The names of the events after the last `flash` event. */
  const after = () => {
    const names = channel.posted.map((m) => (m.kind === 'event' ? m.event : m.kind));
    return names.slice(names.lastIndexOf('flash') + 1);
  };
  return { host, guest, channel, store, reported, after };
}

describe('session server: the second flash', () => {
  it('reports at most once a second while the guest runs, and only what is new', async () => {
    const { host, guest, channel, store, reported } = await launch(FLASH);
    guest.onRun = (g) => {
      if (g.calls.length % 3 === 0) store();
      return undefined;
    };
    const times: number[] = [];
    const post = channel.post.bind(channel);
    channel.post = (message) => {
      if (message.kind === 'event' && message.event === 'flash') times.push(host.time);
      post(message);
    };
    await channel.ask('continue', {});
    host.pass(5500);
    assert.ok(times.length >= 5, `reported at ${times.join(' ')}`);
    for (let i = 1; i < times.length; i++) assert.ok(times[i] - times[i - 1] >= FLASH_INTERVAL_MS);
    const all = reported().flat();
    assert.deepEqual(
      all,
      all.map((_, i) => i + 1),
    );
  });

  it('reports nothing where nothing changed', async () => {
    const { host, channel, reported } = await launch(FLASH);
    await channel.ask('continue', {});
    host.pass(3000);
    await channel.ask('finish', {});
    assert.deepEqual(reported(), []);
  });

  it('reports nothing, and asks for nothing, where the launch has no second flash', async () => {
    const { host, guest, channel, store, reported } = await launch(OPTIONS);
    store();
    await channel.ask('continue', {});
    host.pass(3000);
    await channel.ask('pause', {});
    host.pass(20);
    await channel.ask('finish', {});
    assert.deepEqual(reported(), []);
    assert.equal(guest.flash.length, 1);
  });

  it('reports within a second what a guest stored before it fell asleep', async () => {
    for (const asleep of [{ kind: 'waiting' }, { kind: 'idle', until: 1e12 }] as const) {
      const { host, guest, channel, store, reported } = await launch(FLASH);
      await channel.ask('continue', {});
      host.pass(1050);
      guest.onRun = () => {
        if (guest.flash.length === 0 && reported().length === 0) store();
        return asleep;
      };
      host.pass(10);
      assert.deepEqual(reported(), [], 'too soon after the last look');
      host.pass(1000);
      assert.deepEqual(reported(), [[1]]);
    }
  });

  it('reports before it says that the guest stopped, ended, used up its instructions or met its goal', async () => {
    for (const event of ['stopped', 'ended', 'limit', 'met'] as const) {
      const { host, guest, channel, store, reported, after } = await launch(
        FLASH,
        event === 'met' ? { until: 'done' } : undefined,
        event === 'limit' ? 50_000_000 : undefined,
      );
      guest.onRun = (g) => {
        if (g.instructions < 49_000_000 || reported().length > 0 || g.flash.length > 0) return undefined;
        store();
        if (event === 'stopped') g.pause();
        if (event === 'met') g.events?.console(new TextEncoder().encode('done'));
        return event === 'ended' ? { kind: 'exited', code: 0, text: '' } : undefined;
      };
      await channel.ask('continue', {});
      host.pass(900);
      assert.deepEqual(reported(), [[1]], event);
      assert.ok(after().includes(event), `${event}: after it came ${after().join(' ')}`);
    }
  });

  it('halts the guest at the end of the session, and reports before it answers', async () => {
    const { host, guest, channel, store, reported, after } = await launch(FLASH);
    await channel.ask('continue', {});
    host.pass(100);
    store();
    await channel.ask('finish', {});
    assert.deepEqual(reported(), [[1]]);
    assert.deepEqual(after(), ['status', 'result']);
    assert.equal(channel.events('status').at(-1)?.state, 'stopped');
    const calls = guest.calls.length;
    host.pass(5000);
    assert.equal(guest.calls.length, calls, 'it still runs');
    assert.equal(host.pending, 0, 'something still waits');
    assert.equal(channel.events('stopped').length, 0);
  });

  it('may be asked to finish what never was launched, and leaves a guest that ended as it is', async () => {
    const channel = new FakeChannel();
    const host = new FakeHost();
    new SessionServer(channel, host, backendFor(new FakeGuest(host, 1000, 16)));
    assert.equal((await channel.ask('finish', {})).kind, 'result');
    const ended = await launch(FLASH);
    ended.guest.onRun = () => ({ kind: 'exited', code: 0, text: '' });
    await ended.channel.ask('continue', {});
    ended.host.pass(10);
    await ended.channel.ask('finish', {});
    assert.equal((await ended.channel.result('status', {})).state, 'ended');
  });
});
