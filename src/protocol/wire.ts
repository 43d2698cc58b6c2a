/** How requests, responses and events look as messages, and what carries them. */
import type { ErrorInfo } from './model.js';
import type { EventName, Method, Params, Result, SessionEvents } from './api.js';

export type RequestMessage = {
  [M in Method]: { readonly kind: 'request'; readonly id: number; readonly method: M; readonly params: Params<M> };
}[Method];

export type ResponseMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: Result<Method> }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorInfo };

export type EventMessage = {
  [E in EventName]: { readonly kind: 'event'; readonly event: E; readonly body: SessionEvents[E] };
}[EventName];

export type ToClient = ResponseMessage | EventMessage;

/** One end of a two-way road for structured-clonable messages, in order, without loss. */
export interface Channel<Out, In> {
  /** `transfer`: buffers that may be given away instead of copied. */
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  /** At most one listener. */
  onMessage(listener: (message: In) => void): void;
}

/** The client's end of the road to a worker. */
export interface WorkerChannel extends Channel<RequestMessage, ToClient> {
  /** The far end died, and why. At most one listener. */
  onDeath(listener: (reason: string) => void): void;
  /** Ends the worker at once. */
  close(): void;
}

/** The worker's end. */
export type ServerChannel = Channel<ToClient, RequestMessage>;
