/**
 * A client's side of the session protocol: requests as promises, events to any number of listeners. Adapter, panels and command line share one per
 * session. Knows nothing of what is asked.
 */
import type { EventName, Method, Params, Result, SessionEvents } from './api.js';
import type { StatusInfo } from './model.js';
import type { RequestMessage, ToClient, WorkerChannel } from './wire.js';

/** An error that the worker answered with. `number` is its number in the catalogue; 0 marks a bug of ours. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  constructor(
    readonly number: number,
    message: string,
  ) {
    super(message);
  }
}

interface Pending {
  readonly resolve: (result: Result<Method>) => void;
  readonly reject: (error: SessionError) => void;
}

type Listener<E extends EventName> = (body: SessionEvents[E]) => void;

export class SessionClient {
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<EventName, Set<Listener<EventName>>>();
  private closed: string | undefined;

  private lastStatus: StatusInfo | undefined;

  /** Hears of every message from now on, if set: the trace of a session. */
  trace: ((direction: '>' | '<', message: RequestMessage | ToClient) => void) | undefined;

  constructor(private readonly channel: WorkerChannel) {
    channel.onMessage((message) => {
      this.receive(message);
    });
    channel.onDeath((reason) => {
      if (this.closed !== undefined) return;
      this.end(reason);
      this.emit('failed', { message: reason });
    });
  }

  /** What the guest was last said to do; undefined before one is loaded. */
  get status(): StatusInfo | undefined {
    return this.lastStatus;
  }

  /**
   * Asks the worker. Rejects with a {@link SessionError}, also when the worker is gone.
   * @param transfer buffers within `params` that are given away instead of copied
   */
  request<M extends Method>(method: M, params: Params<M>, transfer?: readonly ArrayBuffer[]): Promise<Result<M>> {
    if (this.closed !== undefined) return Promise.reject(new SessionError(0, this.closed));
    const id = this.nextId++;
    return new Promise<Result<M>>((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      // the pair of method and params is sound by the signature; a union over all methods cannot express it
      const message = { kind: 'request', id, method, params } as RequestMessage;
      this.trace?.('>', message);
      this.channel.post(message, transfer);
    });
  }

  /** Calls `listener` for every event of that name until the returned function is called. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    let set = this.listeners.get(event);
    if (!set) this.listeners.set(event, (set = new Set()));
    const entry = listener as Listener<EventName>;
    set.add(entry);
    return () => set.delete(entry);
  }

  /** Ends the worker. Requests under way are rejected; nothing is heard afterwards. */
  close(): void {
    if (this.closed !== undefined) return;
    this.end('The session has ended.');
    this.listeners.clear();
  }

  private end(reason: string): void {
    this.closed = reason;
    this.channel.close();
    for (const { reject } of this.pending.values()) reject(new SessionError(0, reason));
    this.pending.clear();
  }

  private receive(message: ToClient): void {
    if (this.closed !== undefined) return;
    this.trace?.('<', message);
    if (message.kind === 'event') {
      if (message.event === 'status') this.lastStatus = message.body;
      else if ('status' in message.body) this.lastStatus = message.body.status;
      this.emit(message.event, message.body);
      return;
    }
    const waiting = this.pending.get(message.id);
    if (!waiting) return;
    this.pending.delete(message.id);
    if (message.kind === 'result') waiting.resolve(message.result);
    else waiting.reject(new SessionError(message.error.number, message.error.message));
  }

  private emit<E extends EventName>(event: E, body: SessionEvents[E]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(body);
  }
}
