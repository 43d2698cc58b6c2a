/**
 * A debug adapter between a client that a test plays and a worker that a test plays: requests to it as promises, its events and its own requests
 * to the worker kept in order.
 */
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AdapterHost } from '../../src/dap/context.js';
import { TraplineSession } from '../../src/dap/session.js';
import type { EventName, Method, SessionEvents } from '../../src/protocol/api.js';
import { SessionClient } from '../../src/protocol/client.js';
import type { StatusInfo, StopInfo } from '../../src/protocol/model.js';
import { FileProblem } from '../../src/protocol/prepare.js';
import type { EventMessage, RequestMessage, ToClient, WorkerChannel } from '../../src/protocol/wire.js';

export const STATUS: StatusInfo = {
  state: 'stopped',
  instructions: 0,
  virtualTime: 0,
  mips: 0,
  mode: 'hypervised',
  cpu: 'cortex-a15',
  cpuMode: 'svc',
};

export const stop = (reason: StopInfo['reason'], more: Partial<StopInfo> = {}): StopInfo => ({
  reason,
  text: '',
  breakpoints: [],
  dead: false,
  ...more,
});

type Answers = { [M in Method]?: (params: never) => unknown };

/** A worker that answers what it is told to. */
export class PlayedWorker implements WorkerChannel {
  readonly requests: { readonly method: Method; readonly params: unknown }[] = [];
  closed = false;
  private toClient: (message: ToClient) => void = () => {};
  die: (reason: string) => void = () => {};

  constructor(readonly answers: Answers) {}

  post({ id, method, params }: RequestMessage): void {
    this.requests.push({ method, params });
    queueMicrotask(() => {
      const answer = this.answers[method] as ((params: unknown) => unknown) | undefined;
      try {
        this.toClient({ kind: 'result', id, result: (answer ? answer(params) : undefined) as never });
      } catch (error) {
        const { message, number = 0 } = error as Error & { number?: number };
        this.toClient({ kind: 'error', id, error: { number, message } });
      }
    });
  }

  onMessage(listener: (message: ToClient) => void): void {
    this.toClient = listener;
  }

  onDeath(listener: (reason: string) => void): void {
    this.die = listener;
  }

  close(): void {
    this.closed = true;
  }

  emit<E extends EventName>(event: E, body: SessionEvents[E]): void {
    this.toClient({ kind: 'event', event, body } as EventMessage);
  }

  /** The params of every request with that name. */
  asked(method: Method): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }
}

export interface PlayedFiles {
  [name: string]: Uint8Array;
}

const EVENT_LIMIT_MS = 2000;

/** The client's side. */
export class Played {
  readonly workers: PlayedWorker[] = [];
  /** What went to the log as bugs. */
  readonly bugs: string[] = [];
  readonly events: DebugProtocol.Event[] = [];
  private readonly session: TraplineSession;
  private readonly waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  private listeners: ((event: DebugProtocol.Event) => void)[] = [];
  private sequence = 1;

  constructor(
    answers: Answers = {},
    files: PlayedFiles = { '/w/a.elf': new Uint8Array(4) },
    more: Partial<AdapterHost> = {},
  ) {
    this.session = new TraplineSession({
      files: {
        read: (name) =>
          name in files ? Promise.resolve(files[name]) : Promise.reject(new FileProblem(true, 'no such file')),
        write: (name, bytes) => {
          files[name] = bytes.slice();
          return Promise.resolve();
        },
        hasDirectory: () => Promise.resolve(true),
        exists: (name) => Promise.resolve(name in files),
      },
      openSession: () => {
        const worker = new PlayedWorker({ launch: () => ({ trapClasses: [], status: STATUS }), ...answers });
        this.workers.push(worker);
        return Promise.resolve(new SessionClient(worker));
      },
      closeSession: (client) => {
        client.close();
      },
      hasTerminal: true,
      epoch: () => 0,
      reportBug: (detail) => {
        this.bugs.push(detail);
      },
      ...more,
    });
    this.session.onDidSendMessage((message) => {
      const received = message as DebugProtocol.ProtocolMessage;
      if (received.type === 'response') {
        const response = received as DebugProtocol.Response;
        this.waiting.get(response.request_seq)?.(response);
      } else {
        this.events.push(received as DebugProtocol.Event);
        for (const listener of this.listeners) listener(received as DebugProtocol.Event);
      }
    });
  }

  get worker(): PlayedWorker {
    return this.workers[this.workers.length - 1];
  }

  /** The response, whether success or not. */
  respond(command: string, args?: unknown): Promise<DebugProtocol.Response> {
    const seq = this.sequence++;
    return new Promise((resolve) => {
      this.waiting.set(seq, resolve);
      this.session.handleMessage({ type: 'request', seq, command, arguments: args } as DebugProtocol.Request);
    });
  }

  /** The body of a response that must be a success. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies are taken apart by assertions
  async ask(command: string, args?: unknown): Promise<any> {
    const response = await this.respond(command, args);
    assert.ok(response.success, `${command}: ${response.message}`);
    return response.body;
  }

  /** The message of a response that must be an error. */
  async refused(command: string, args?: unknown): Promise<{ id: number; text: string }> {
    const response = await this.respond(command, args);
    assert.ok(!response.success, `${command} succeeded`);
    const { error } = response.body as { error: DebugProtocol.Message };
    return { id: error.id, text: error.format.replace('{_message}', error.variables?._message ?? '') };
  }

  /** The first event of that name, past or to come. */
  async event(name: string): Promise<DebugProtocol.Event> {
    const past = this.events.find(({ event }) => event === name);
    if (past) return past;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no ${name} event; heard: ${this.events.map(({ event }) => event).join(' ')}`));
      }, EVENT_LIMIT_MS);
      this.listeners.push((event) => {
        if (event.event !== name) return;
        clearTimeout(timer);
        resolve(event);
      });
    });
  }

  /** Forgets the events so far. */
  forget(): void {
    this.events.length = 0;
  }

  /** Initialises, launches and configures, as an editor does. */
  async launch(
    args: Record<string, unknown> = { program: '/w/a.elf', stopOnEntry: true },
    client: object = {},
  ): Promise<void> {
    await this.ask('initialize', { adapterID: 'trapline', pathFormat: 'path', ...client });
    const launched = this.ask('launch', args);
    await this.event('initialized');
    await this.ask('configurationDone');
    await launched;
  }
}
