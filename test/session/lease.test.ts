/** What clients look at ends when they no longer ask, and not because the guest stands still. */
import assert from 'node:assert/strict';
import { PROTOCOL_VERSION } from '../../src/protocol/api.js';
import { LEASE_MS } from '../../src/session/lease.js';
import { SessionServer } from '../../src/session/server.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

const BLOCKS = { scope: 'function', most: 50, known: 0 } as const;

async function launch(): Promise<{ host: FakeHost; guest: FakeGuest; channel: FakeChannel }> {
  const host = new FakeHost();
  const guest = new FakeGuest(host, 100_000, OPTIONS.nsPerInstruction);
  const channel = new FakeChannel();
  new SessionServer(channel, host, backendFor(guest));
  await channel.ask('initialize', { version: PROTOCOL_VERSION });
  await channel.ask('launch', { options: OPTIONS, pacing: { paced: false } });
  return { host, guest, channel };
}

describe('session server: counting blocks', () => {
  it('lasts for as long as somebody asks, and ends soon after', async () => {
    const { host, guest, channel } = await launch();
    await channel.ask('continue', {});
    for (let i = 0; i < 10; i++) {
      await channel.ask('blocks', { ...BLOCKS, counting: true });
      host.pass(LEASE_MS / 2);
      assert.equal(guest.counting, true);
    }
    host.pass(LEASE_MS);
    assert.equal(guest.counting, false);
  });

  it('goes on over a pause, however long, and ends when the guest goes on unseen', async () => {
    const { host, guest, channel } = await launch();
    await channel.ask('blocks', { ...BLOCKS, counting: true });
    host.pass(20 * LEASE_MS);
    assert.equal(guest.counting, true);
    await channel.ask('continue', {});
    host.pass(2 * LEASE_MS);
    assert.equal(guest.counting, false);
  });

  it('is not begun by a question that does not ask for it, and leaves no timer behind a guest that is gone', async () => {
    const { host, channel } = await launch();
    await channel.ask('blocks', { ...BLOCKS, counting: false });
    assert.equal(host.pending, 0);
    await channel.ask('blocks', { ...BLOCKS, counting: true });
    assert.equal(host.pending, 1);
    await channel.ask('finish', {});
    assert.equal(host.pending, 0);
  });
});
