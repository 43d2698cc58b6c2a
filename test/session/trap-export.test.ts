/** A file of traps is fetched part by part, each from where the last one ended. */
import assert from 'node:assert/strict';
import { SessionServer } from '../../src/session/server.js';
import type { TrapExportFormat, TrapExportPlace } from '../../src/protocol/views/timeline.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

async function launched(traps: number) {
  const host = new FakeHost();
  const guest = new FakeGuest(host, 1000, 16);
  const channel = new FakeChannel();
  new SessionServer(channel, host, backendFor(guest));
  await channel.result('launch', { options: OPTIONS, pacing: { paced: false } });
  for (let i = 0; i < traps; i++) {
    guest.instructions += 10;
    guest.trap('status-register', 'mrs r0, cpsr');
  }
  return { guest, channel };
}

async function fetchAll(channel: FakeChannel, format: TrapExportFormat) {
  const bytes: Uint8Array[] = [];
  const counts: number[] = [];
  let from: TrapExportPlace | undefined;
  do {
    const part = await channel.result('exportTraps', { format, start: 0, end: 1e9, hidden: [], ...(from && { from }) });
    bytes.push(part.bytes);
    counts.push(part.traps, part.left);
    from = part.next;
  } while (from);
  return { text: Buffer.concat(bytes).toString('utf8'), counts };
}

describe('an export of traps', () => {
  it('comes in parts that make one file', async () => {
    const { channel } = await launched(1203);
    const { text, counts } = await fetchAll(channel, 'json');
    const { traps } = JSON.parse(text) as { traps: { sequence: number }[] };
    assert.deepEqual(
      traps.map(({ sequence }) => sequence),
      traps.map((_, i) => i + 1),
    );
    assert.deepEqual(counts, [500, 703, 500, 203, 203, 0]);
    const trace = JSON.parse((await fetchAll(channel, 'chrome')).text) as { traceEvents: { ph: string }[] };
    assert.equal(trace.traceEvents.filter(({ ph }) => ph === 'i').length, 1203);
    assert.equal((await fetchAll(channel, 'csv')).text.split('\r\n').length, 1205);
  });

  it('of nothing is a file without traps', async () => {
    const { channel } = await launched(0);
    assert.deepEqual(JSON.parse((await fetchAll(channel, 'json')).text), { timeUnit: 'ns', traps: [] });
  });
});

describe('a long history of traps', () => {
  it('is asked for once, and holds for guests launched later', async () => {
    const { guest, channel } = await launched(0);
    assert.equal(guest.historyKept, false);
    await channel.result('keepTrapHistory', { on: true });
    assert.equal(guest.historyKept, true);
    guest.historyKept = false;
    await channel.result('launch', { options: OPTIONS, pacing: { paced: false } });
    assert.equal(guest.historyKept, true);
    await channel.result('keepTrapHistory', { on: false });
    assert.equal(guest.historyKept, false);
  });
});
