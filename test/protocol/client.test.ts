import assert from 'node:assert/strict';
import { SessionClient, SessionError } from '../../src/protocol/client.js';
import type { RunState } from '../../src/protocol/model.js';
import type { RequestMessage, ToClient, WorkerChannel } from '../../src/protocol/wire.js';

class Wire implements WorkerChannel {
  readonly sent: RequestMessage[] = [];
  closed = false;
  deliver: (message: ToClient) => void = () => {};
  die: (reason: string) => void = () => {};
  post(message: RequestMessage): void {
    this.sent.push(message);
  }
  onMessage(listener: (message: ToClient) => void): void {
    this.deliver = listener;
  }
  onDeath(listener: (reason: string) => void): void {
    this.die = listener;
  }
  close(): void {
    this.closed = true;
  }
}

describe('session client', () => {
  it('gives each answer to its own request, in whatever order they come', async () => {
    const wire = new Wire();
    const client = new SessionClient(wire);
    const a = client.request('writeMemory', { address: 0, bytes: new Uint8Array(1) });
    const b = client.request('writeMemory', { address: 4, bytes: new Uint8Array(2) });
    wire.deliver({ kind: 'result', id: wire.sent[1].id, result: 2 });
    wire.deliver({ kind: 'error', id: wire.sent[0].id, error: { number: 642, message: 'no memory' } });
    assert.equal(await b, 2);
    await assert.rejects(a, (error) => error instanceof SessionError && error.number === 642);
  });

  it('tells every listener, until it no longer listens', () => {
    const wire = new Wire();
    const client = new SessionClient(wire);
    const heard: string[] = [];
    const stop = client.on('output', ({ text }) => heard.push(`a ${text}`));
    client.on('output', ({ text }) => heard.push(`b ${text}`));
    wire.deliver({ kind: 'event', event: 'output', body: { category: 'console', text: '1' } });
    stop();
    wire.deliver({ kind: 'event', event: 'output', body: { category: 'console', text: '2' } });
    assert.deepEqual(heard, ['a 1', 'b 1', 'b 2']);
  });

  it('knows what the guest was last said to do, by whichever event said so', () => {
    const wire = new Wire();
    const client = new SessionClient(wire);
    const rest = { instructions: 0, virtualTime: 0, mips: 0, mode: 'bare', cpu: 'cortex-a15', cpuMode: 'svc' } as const;
    const status = (state: RunState) => ({ ...rest, state });
    const state = () => client.status?.state;
    assert.equal(state(), undefined);
    wire.deliver({ kind: 'event', event: 'status', body: status('running') });
    assert.equal(state(), 'running');
    const heard: unknown[] = [];
    client.on('stopped', () => heard.push(state()));
    const stop = { reason: 'breakpoint', text: '', breakpoints: [], dead: false } as const;
    wire.deliver({ kind: 'event', event: 'stopped', body: { stop, status: status('stopped') } });
    assert.deepEqual(heard, ['stopped'], 'before others hear of it');
    wire.deliver({ kind: 'event', event: 'ended', body: { code: 0, text: '', status: status('ended') } });
    assert.equal(state(), 'ended');
  });

  it('fails what is under way, and what comes later, when the worker dies', async () => {
    const wire = new Wire();
    const client = new SessionClient(wire);
    const failures: string[] = [];
    client.on('failed', ({ message }) => failures.push(message));
    const pending = client.request('pause', {});
    wire.die('out of memory');
    await assert.rejects(pending, /out of memory/);
    await assert.rejects(client.request('pause', {}), /out of memory/);
    assert.deepEqual(failures, ['out of memory']);
    assert.equal(wire.closed, true);
  });

  it('is silent after close', async () => {
    const wire = new Wire();
    const client = new SessionClient(wire);
    let heard = 0;
    client.on('continued', () => heard++);
    const pending = client.request('pause', {});
    client.close();
    await assert.rejects(pending, /has ended/);
    wire.deliver({ kind: 'event', event: 'continued', body: {} });
    wire.die('late');
    assert.equal(heard, 0);
  });
});
