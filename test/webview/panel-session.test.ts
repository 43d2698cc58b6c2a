/** A panel's end of the line to its session: answers find their questions, events change the status, another session makes old questions moot. */
import assert from 'node:assert/strict';
import type { StatusInfo } from '../../src/protocol/model.js';
import type { FromPanel, PanelRequestMessage, PanelSession, ToPanel } from '../../src/protocol/panels.js';
import type { Host } from '../../src/webview/common/host.js';
import { Outdated, PanelConnection } from '../../src/webview/common/panel-session.js';

const STATUS: StatusInfo = {
  state: 'stopped',
  instructions: 7,
  virtualTime: 448,
  mips: 0,
  mode: 'hypervised',
  level: 1,
  cpu: 'Cortex-A15',
  cpuMode: 'svc',
};
const session = (id: string): PanelSession => ({ id, name: `guest ${id}`, status: STATUS });

class FakeHost implements Host<FromPanel, ToPanel> {
  readonly sent: FromPanel[] = [];
  tell: (message: ToPanel) => void = () => undefined;

  send(message: FromPanel): void {
    this.sent.push(message);
  }
  listen(listener: (message: ToPanel) => void): void {
    this.tell = listener;
  }
  recall<T>(): T | undefined {
    return undefined;
  }
  keep(): void {
    // nothing is kept
  }
  get asked(): PanelRequestMessage {
    const message = this.sent.at(-1);
    assert.ok(message?.kind === 'request');
    return message;
  }
}

function connected(): { host: FakeHost; connection: PanelConnection; seen: string[] } {
  const host = new FakeHost();
  const seen: string[] = [];
  const connection = new PanelConnection(host, {
    sessionChanged: (now) => seen.push(`session ${now?.id ?? 'none'}`),
    statusChanged: ({ state, instructions }) => seen.push(`${state} ${instructions}`),
    show: (place) => seen.push(`show ${JSON.stringify(place)}`),
  });
  return { host, connection, seen };
}

describe('the connection of a panel', () => {
  it('answers come to the question with their number, errors as a sentence', async () => {
    const { host, connection } = connected();
    const first = connection.request('traps', { maximum: 1 });
    const { request } = host.asked;
    const second = connection.request('traps', { maximum: 2 });
    host.tell({ kind: 'error', request: host.asked.request, message: 'The guest is running.' });
    const page = { records: [], more: false, next: 1 };
    host.tell({ kind: 'result', request, result: page });
    assert.equal(await first, page);
    await assert.rejects(second, { message: 'The guest is running.' });
  });

  it('another session makes what was asked of the last one moot, the same one does not', async () => {
    const { host, connection, seen } = connected();
    host.tell({ kind: 'session', session: session('1') });
    const asked = connection.request('traps', { maximum: 1 });
    const { request } = host.asked;
    host.tell({ kind: 'session', session: { ...session('1'), status: { ...STATUS, state: 'ended' } } });
    const page = { records: [], more: false, next: 1 };
    host.tell({ kind: 'result', request, result: page });
    assert.equal(await asked, page);
    const moot = connection.request('traps', { maximum: 1 });
    host.tell({ kind: 'session', session: session('2') });
    await assert.rejects(moot, Outdated);
    assert.deepEqual(seen, ['session 1', 'stopped 7', 'ended 7', 'session 2', 'stopped 7']);
  });

  it('the status follows the events', () => {
    const { host, connection, seen } = connected();
    host.tell({ kind: 'session', session: session('1') });
    host.tell({ kind: 'event', event: 'continued', body: {} });
    assert.equal(connection.status?.state, 'running');
    host.tell({ kind: 'event', event: 'status', body: { ...STATUS, state: 'running', instructions: 9 } });
    const stop = { reason: 'pause', text: '', breakpoints: [], dead: false } as const;
    host.tell({ kind: 'event', event: 'stopped', body: { stop, status: { ...STATUS, instructions: 11 } } });
    host.tell({ kind: 'event', event: 'edited', body: {} });
    host.tell({ kind: 'session', session: null });
    assert.deepEqual(seen, [
      'session 1',
      'stopped 7',
      'running 7',
      'running 9',
      'stopped 11',
      'stopped 11',
      'session none',
    ]);
  });
});
