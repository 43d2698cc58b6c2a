/**
 * The worker's end of the session protocol. Answers each request in order by the handlers of requests/, turns every error into an answer, and never throws
 * into the void. Knows no files, no editor, and nothing of how messages travel.
 */
import type { EventName, Method, Params, Result, SessionEvents } from '../protocol/api.js';
import type { EventMessage, RequestMessage, ServerChannel } from '../protocol/wire.js';
import { UserError } from '../util/errors.js';
import type { Backend } from './backend.js';
import { describeBug } from './bugs.js';
import type { SessionHost } from './host.js';
import { breakpointRequests } from './requests/breakpoints.js';
import { imageRequests } from './requests/images.js';
import { inspectionRequests } from './requests/inspection.js';
import { listingRequests } from './requests/listings.js';
import { runRequests } from './requests/running.js';
import { trapRequests } from './requests/traps.js';
import { viewRequests } from './requests/views.js';
import { SessionState, type Handlers } from './state.js';

/** All requests; a message may name these and nothing else. */
function handlersOf(state: SessionState): Handlers {
  return {
    ...imageRequests(state),
    ...runRequests(state),
    ...breakpointRequests(state),
    ...inspectionRequests(state),
    ...listingRequests(state),
    ...trapRequests(state),
    ...viewRequests(state),
  };
}

export class SessionServer {
  private readonly handlers: Handlers;
  /** Requests are answered one after the other, also when one of them waits. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly channel: ServerChannel,
    host: SessionHost,
    backend: Backend,
  ) {
    const state = new SessionState(backend, host, (event, body, transfer) => {
      this.send(event, body, transfer);
    });
    this.handlers = handlersOf(state);
    channel.onMessage((message) => {
      this.queue = this.queue.then(() => this.answer(message));
    });
  }

  private async answer({ id, method, params }: RequestMessage): Promise<void> {
    try {
      if (!Object.hasOwn(this.handlers, method)) throw new Error(`there is no request named ${String(method)}`);
      // a request's params belong to its method by the message's type, which a call through a table loses
      const handler = this.handlers[method] as (params: Params<Method>) => Result<Method> | Promise<Result<Method>>;
      const result = await handler(params);
      this.channel.post({ kind: 'result', id, result });
    } catch (error) {
      const info =
        error instanceof UserError
          ? { number: error.number, message: error.message }
          : { number: 0, message: describeBug(error) };
      this.channel.post({ kind: 'error', id, error: info });
    }
  }

  private send<E extends EventName>(event: E, body: SessionEvents[E], transfer?: readonly ArrayBuffer[]): void {
    // the pair is sound by the signature
    this.channel.post({ kind: 'event', event, body } as EventMessage, transfer);
  }
}
