/** The optimisation level of a guest that runs: set by the session protocol, for fakes and for a real guest. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PROTOCOL_VERSION, type PacingOptions } from '../../src/protocol/api.js';
import type { LaunchOptions } from '../../src/protocol/model.js';
import { debugBackend } from '../../src/session/debug-backend.js';
import type { SessionHost } from '../../src/session/host.js';
import { SessionServer } from '../../src/session/server.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

const UNPACED: PacingOptions = { paced: false };
const PRIVILEGE = path.resolve(import.meta.dirname, '../../samples/privilege/privilege.elf');

const realHost: SessionHost = {
  now: () => performance.now(),
  defer: (callback) => {
    setImmediate(callback);
  },
  delay: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

async function launchPrivilege(more: Partial<LaunchOptions>): Promise<FakeChannel> {
  const channel = new FakeChannel();
  new SessionServer(channel, realHost, debugBackend);
  await channel.result('initialize', { version: PROTOCOL_VERSION });
  const program = { name: 'privilege.elf', bytes: new Uint8Array(fs.readFileSync(PRIVILEGE)) };
  await channel.result('launch', { options: { ...OPTIONS, ...more, program }, pacing: UNPACED });
  return channel;
}

/** Runs to the end, with `meddle` called between slices. Returns all that the guest let the world see. */
async function runPrivilege(more: Partial<LaunchOptions>, meddle: (channel: FakeChannel) => Promise<void>) {
  const channel = await launchPrivilege(more);
  await channel.result('continue', {});
  while (channel.events('ended').length === 0) {
    await meddle(channel);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [{ code, status }] = channel.events('ended');
  const console = channel.events('console').flatMap(({ bytes }) => [...bytes]);
  return { code, instructions: status.instructions, console: String.fromCharCode(...console) };
}

describe('session server: the optimisation level', () => {
  it('changes while the guest runs, which clients hear of before the answer', async () => {
    const host = new FakeHost();
    const guest = new FakeGuest(host, 100_000, OPTIONS.nsPerInstruction);
    const channel = new FakeChannel();
    new SessionServer(channel, host, backendFor(guest));
    await channel.result('initialize', { version: PROTOCOL_VERSION });
    const { status } = await channel.result('launch', { options: OPTIONS, pacing: UNPACED });
    assert.equal(status.level, OPTIONS.level);
    await channel.result('continue', {});
    host.pass(205);
    const heard = channel.posted.length;
    const slices = guest.calls.length;
    await channel.result('setLevel', { level: 2 });
    assert.equal(guest.level, 2);
    const [first, answer] = channel.posted.slice(heard);
    assert.ok(first.kind === 'event' && first.event === 'status');
    assert.deepEqual([first.body.level, first.body.state], [2, 'running']);
    assert.equal(answer.kind, 'result');
    host.pass(100);
    assert.ok(guest.calls.length > slices, 'and it goes on');
    assert.equal(channel.events('stopped').length, 0);
  });

  it('changes while the guest stands still: the listings that are shown are drawn anew', async () => {
    const host = new FakeHost();
    const guest = new FakeGuest(host, 1, OPTIONS.nsPerInstruction);
    const channel = new FakeChannel();
    new SessionServer(channel, host, backendFor(guest));
    await channel.result('initialize', { version: PROTOCOL_VERSION });
    await channel.result('launch', { options: OPTIONS, pacing: UNPACED });
    guest.sites = 1;
    const place = await channel.result('listingAt', { address: 8 });
    await channel.result('listing', { document: place?.document ?? '' });
    // everything analysed is dropped, and with it what was planted
    guest.sites = 0;
    await channel.result('setLevel', { level: 0 });
    assert.deepEqual(channel.events('listings'), [{ documents: [place?.document] }]);
    assert.deepEqual([channel.events('status').at(-1)?.level, channel.events('status').at(-1)?.state], [0, 'stopped']);
  });

  it('changes as often as one likes, and the guest sees nothing of it', async () => {
    const quiet = await runPrivilege({ level: 1 }, () => Promise.resolve());
    assert.equal(quiet.code, 0);
    assert.match(quiet.console, /kernel: bye/);
    let changes = 0;
    const changed = await runPrivilege({ level: 1 }, async (channel) => {
      const level = changes++ % 3;
      await channel.result('setLevel', { level });
      assert.equal((await channel.result('status', {})).level, level);
    });
    assert.ok(changes >= 3, `${changes} changes`);
    assert.deepEqual(changed, quiet);
  });

  it('is refused where there is none of that number, and stays as it was', async () => {
    const channel = await launchPrivilege({ level: 1 });
    for (const level of [3, -1, 1.5, NaN, 4294967296]) {
      const answer = await channel.ask('setLevel', { level });
      assert.deepEqual(answer.kind === 'error' && [answer.error.number, answer.error.message], [
        123,
        `There is no optimisation level ${level}; choose one of: 0, 1, 2.`,
      ]);
    }
    assert.equal((await channel.result('status', {})).level, 1);
  });

  it('is refused for a bare guest, which has none', async () => {
    const channel = await launchPrivilege({ mode: 'bare' });
    assert.equal((await channel.result('status', {})).level, undefined);
    const answer = await channel.ask('setLevel', { level: 2 });
    assert.equal(answer.kind === 'error' && answer.error.number, 251);
  });
});
