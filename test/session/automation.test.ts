import assert from 'node:assert/strict';
import { PROTOCOL_VERSION, type AutomationOptions } from '../../src/protocol/api.js';
import { Automation } from '../../src/session/automation.js';
import { SessionServer } from '../../src/session/server.js';
import { backendFor, FakeChannel, FakeGuest, FakeHost, OPTIONS } from './fakes.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const expect = (pattern: string, flags = '') => ({ kind: 'expect' as const, pattern, flags });
const send = (text: string) => ({ kind: 'send' as const, bytes: bytes(text) });

describe('automation', () => {
  const typed = (automation: Automation): string =>
    automation
      .act()
      .map((b) => new TextDecoder().decode(b))
      .join('|');

  it('types after what it expects, and looks only at what came since', () => {
    const automation = new Automation({ steps: [expect('=> $'), send('a\r'), expect('=> $'), send('b\r')] });
    assert.equal(automation.heard(bytes('U-Boot\r\n=>')), false);
    assert.equal(automation.heard(bytes(' ')), true);
    assert.equal(typed(automation), 'a\r');
    assert.equal(automation.heard(bytes('a\r\n')), false, 'the prompt before counts no more');
    assert.equal(automation.heard(bytes('=> ')), true);
    assert.equal(typed(automation), 'b\r');
    assert.equal(automation.met, true);
  });

  it('types at once what comes first', () => {
    const automation = new Automation({ steps: [send('x'), send('y'), expect('z')] });
    assert.equal(typed(automation), 'x|y');
    assert.equal(automation.met, false);
    automation.heard(bytes('z'));
    assert.equal(automation.met, true);
  });

  it('finds text that began before, and at line ends', () => {
    const automation = new Automation({ until: '^done$' });
    assert.equal(automation.heard(bytes('not done\nhalf d')), false);
    assert.equal(automation.heard(bytes('one\n')), false);
    assert.equal(automation.heard(bytes('done')), true);
  });

  it('reads characters of several bytes, however they are cut', () => {
    const automation = new Automation({ steps: [expect('é$')] });
    const [first, second] = bytes('é');
    assert.equal(automation.heard(Uint8Array.of(first)), false);
    assert.equal(automation.heard(Uint8Array.of(second)), true);
  });

  it('does not forget the place of a sticky or global pattern', () => {
    const automation = new Automation({ steps: [expect('a', 'g'), expect('a', 'g')] });
    automation.heard(bytes('xxa'));
    typed(automation);
    assert.equal(automation.met, false);
    automation.heard(bytes('a'));
    assert.equal(automation.met, true);
  });
});

describe('session server: automation', () => {
  async function launch(automation: AutomationOptions) {
    const host = new FakeHost();
    const guest = new FakeGuest(host, 100_000, OPTIONS.nsPerInstruction);
    const channel = new FakeChannel();
    new SessionServer(channel, host, backendFor(guest));
    await channel.ask('initialize', { version: PROTOCOL_VERSION });
    await channel.ask('launch', { options: OPTIONS, pacing: { paced: false }, automation });
    return { host, guest, channel };
  }

  it('types at the instruction where the text came, without a stop that anybody hears of', async () => {
    const { host, guest, channel } = await launch({ steps: [expect('key'), send('k'), expect('bye')] });
    guest.onRun = (g) => {
      if (g.instructions === 0) g.events?.console(bytes('press key'));
      if (g.inputs.length > 0) g.events?.console(bytes('bye'));
      return undefined;
    };
    await channel.ask('continue', {});
    host.pass(200);
    assert.equal(String.fromCharCode(...guest.inputs), 'k');
    assert.equal(channel.events('met').length, 1);
    assert.equal(channel.events('stopped').length, 0);
    assert.equal(host.pending, 0, 'the guest runs on');
    const order = channel.posted.filter((m) => m.kind === 'event').map((m) => m.event);
    assert.ok(order.lastIndexOf('console') < order.indexOf('met'), 'the console comes before the end');
  });

  it('has nothing to run for an empty script', async () => {
    const { host, guest, channel } = await launch({ steps: [send('x')] });
    await channel.ask('continue', {});
    host.pass(100);
    assert.equal(guest.calls.length, 0);
    assert.equal(channel.events('met').length, 1);
  });

  it('lets a person’s pause be a pause', async () => {
    const { host, channel } = await launch({ steps: [expect('never')] });
    await channel.ask('continue', {});
    host.pass(50);
    await channel.ask('pause', {});
    host.pass(50);
    assert.equal(channel.events('stopped')[0].stop.reason, 'pause');
  });
});
