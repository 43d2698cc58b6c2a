/** What a session makes of requests of views that change something: who hears of it, and when it is refused. */
import assert from 'node:assert/strict';
import { debugBackend } from '../../src/session/debug-backend.js';
import { PROTOCOL_VERSION } from '../../src/protocol/api.js';
import { SessionServer } from '../../src/session/server.js';
import { file } from '../debug/guests.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

async function launchFake(): Promise<{ host: FakeHost; guest: FakeGuest; channel: FakeChannel }> {
  const host = new FakeHost();
  const guest = new FakeGuest(host, 100_000, OPTIONS.nsPerInstruction);
  const channel = new FakeChannel();
  new SessionServer(channel, host, backendFor(guest));
  await channel.ask('initialize', { version: PROTOCOL_VERSION });
  await channel.ask('launch', { options: OPTIONS, pacing: { paced: true } });
  return { host, guest, channel };
}

describe('a line raised by hand', () => {
  it('wakes a guest that waits for an interrupt, and every client hears of it', async () => {
    const { host, guest, channel } = await launchFake();
    guest.onRun = () => (guest.driven.length === 0 ? { kind: 'waiting' } : undefined);
    await channel.ask('continue', {});
    host.pass(50);
    const calls = guest.calls.length;
    host.pass(5000);
    assert.equal(guest.calls.length, calls, 'it sleeps');
    await channel.ask('driveInterrupt', { line: 33, to: 'high' });
    assert.deepEqual(guest.driven, [33]);
    assert.equal(channel.events('edited').length, 1);
    host.pass(10);
    assert.ok(guest.calls.length > calls, 'it runs');
  });

  it('does not set a guest going that stands still', async () => {
    const { host, guest, channel } = await launchFake();
    await channel.ask('driveInterrupt', { line: 33, to: 'high' });
    host.pass(100);
    assert.equal(guest.calls.length, 0);
  });
});

describe('registers of a session', () => {
  it('are shown and set, and told to everybody; refusals come back as sentences', async () => {
    const host = new FakeHost();
    const channel = new FakeChannel();
    new SessionServer(channel, host, debugBackend);
    await channel.ask('initialize', { version: PROTOCOL_VERSION });
    const options = { ...OPTIONS, program: file('samples/hello/hello.elf') };
    await channel.ask('launch', { options, pacing: { paced: false } });
    const groups = await channel.result('registerGroups', {});
    assert.ok(groups.some(({ name, section }) => name === 'pl011' && section === 'devices'));
    const set = await channel.result('setRegister', { id: 'pl011:UARTCR', field: 'LBE', expression: '1' });
    assert.equal(set.fields.find(({ name }) => name === 'LBE')?.meaning, 'on');
    assert.equal(channel.events('edited').length, 1);
    assert.deepEqual((await channel.result('register', { id: 'pl011:UARTCR' })).value, set.value);
    const refused = await channel.ask('setRegister', { id: 'MIDR', expression: '0' });
    assert.ok(refused.kind === 'error' && refused.error.number === 230, JSON.stringify(refused));
    // the processor's are set while the guest stands still, a device's at any time
    await channel.ask('continue', {});
    const running = await channel.ask('setRegister', { id: 'r0', expression: '0' });
    assert.equal(running.kind, 'error');
    const device = await channel.ask('setRegister', { id: 'pl011:UARTCR', field: 'LBE', expression: '0' });
    assert.equal(device.kind, 'result');
  });
});

describe('memory of a session', () => {
  it('is written by panels while the guest runs, and everybody hears of it', async () => {
    const host = new FakeHost();
    const channel = new FakeChannel();
    new SessionServer(channel, host, debugBackend);
    await channel.ask('initialize', { version: PROTOCOL_VERSION });
    const options = { ...OPTIONS, program: file('samples/hello/hello.elf') };
    await channel.ask('launch', { options, pacing: { paced: false } });
    await channel.ask('continue', {});
    const place = { space: 'physical', rights: 'nobody', address: 0x4010_0000 } as const;
    const bytes = Uint8Array.of(1, 2, 3);
    assert.equal(await channel.result('memoryStore', { ...place, bytes }), 3);
    assert.equal(channel.events('edited').length, 1);
    assert.deepEqual((await channel.result('memoryBytes', { ...place, length: 3 })).bytes, bytes);
    const found = { ...place, from: 0, first: 0, end: 2 ** 32, backwards: false, anyCase: false } as const;
    let next: number | undefined = 0;
    let answer: { readonly found?: number; readonly next?: number } = {};
    while (next !== undefined && answer.found === undefined) {
      answer = await channel.result('memorySearch', { ...found, from: next, pattern: bytes, align: 4 });
      next = answer.next;
    }
    assert.equal(answer.found, place.address);
    const gone = await channel.ask('mmuState', { space: 'nowhere' });
    assert.ok(gone.kind === 'error' && gone.error.number === 258, JSON.stringify(gone));
  });
});
