/** What requests are answered from: the guest that is launched, the image that is looked at, what clients want; and the type of all handlers of requests. */
import type { Method, Params, Result } from '../protocol/api.js';
import { sessionErrors } from '../util/errors.js';
import type { Backend, OpenImage } from './backend.js';
import type { SessionHost } from './host.js';
import type { Launched } from './launched.js';
import type { Send } from './live.js';
import { TrapWishes } from './trap-wishes.js';

/** A function for each request. What they throw becomes the request's answer. */
export type Handlers = { readonly [M in Method]: (params: Params<M>) => Result<M> | Promise<Result<M>> };

export class SessionState {
  /** Undefined before the first launch. */
  launched: Launched | undefined;
  /** Opened without being launched. */
  image: OpenImage | undefined;
  readonly trapWishes = new TrapWishes();

  constructor(
    readonly backend: Backend,
    readonly host: SessionHost,
    /** To clients. */
    readonly send: Send,
  ) {}

  /** @throws UserError if there is no guest */
  get session(): Launched {
    if (!this.launched) throw sessionErrors.notLaunched();
    return this.launched;
  }

  /** The session, if its guest stands still. @throws UserError if it does not, or if there is none */
  get halted(): Launched {
    const { runner } = this.session;
    if (runner.state !== 'stopped' && runner.state !== 'ended') throw sessionErrors.guestRunning();
    return this.session;
  }
}
