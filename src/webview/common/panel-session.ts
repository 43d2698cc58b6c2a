/**
 * A panel's end of the line to the session that it shows: requests as promises, the session's state, and when it is time to look again. Draws nothing.
 */
import type { Params, Result } from '../../protocol/api.js';
import type { StatusInfo } from '../../protocol/model.js';
import type {
  AddressBreakpoint,
  FromPanel,
  PanelEventMessage,
  PanelMessage,
  PanelMethod,
  PanelPlace,
  PanelRequestMessage,
  PanelSession,
  ToPanel,
} from '../../protocol/panels.js';
import type { Host } from './host.js';

interface Pending {
  readonly resolve: (result: Result<PanelMethod>) => void;
  readonly reject: (error: Error) => void;
}

/** Another session took the place of the one that was asked: nobody wants the answer any more. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
}

/** What a panel hears. */
export interface PanelListener {
  /** Another guest, or none: forget what was shown of the last one. */
  sessionChanged(session: PanelSession | null): void;
  /** The guest's state, instruction count or anything else may have changed: at most ten times a second. */
  statusChanged(status: StatusInfo): void;
  /** Something in particular is asked for. */
  show?(place: PanelPlace): void;
  eventHeard?(message: PanelEventMessage): void;
  /** The user's breakpoints at addresses: when the page is up, and whenever they change. */
  breakpointsChanged?(breakpoints: readonly AddressBreakpoint[]): void;
}

export class PanelConnection {
  private nextRequest = 1;
  private readonly pending = new Map<number, Pending>();
  private shown: PanelSession | null = null;
  private lastStatus: StatusInfo | undefined;

  constructor(
    private readonly host: Host<FromPanel, ToPanel>,
    private readonly listener: PanelListener,
  ) {
    host.listen((message) => {
      this.receive(message);
    });
  }

  /** Tells the extension that the page listens. */
  ready(): void {
    this.host.send({ kind: 'ready' });
  }

  get session(): PanelSession | null {
    return this.shown;
  }

  get status(): StatusInfo | undefined {
    return this.lastStatus;
  }

  /** Rejects with a sentence for the user, or with {@link Outdated}. */
  request<M extends PanelMethod>(method: M, params: Params<M>): Promise<Result<M>> {
    const request = this.nextRequest++;
    return new Promise<Result<M>>((resolve, reject) => {
      this.pending.set(request, { resolve: resolve as Pending['resolve'], reject });
      // the pair of method and params is sound by the signature
      this.host.send({ kind: 'request', request, method, params } as PanelRequestMessage);
    });
  }

  send(message: PanelMessage): void {
    this.host.send(message);
  }

  private receive(message: ToPanel): void {
    switch (message.kind) {
      case 'session':
        this.follow(message.session);
        return;
      case 'result':
        this.settle(message.request)?.resolve(message.result);
        return;
      case 'error':
        this.settle(message.request)?.reject(new Error(message.message));
        return;
      case 'show':
        this.listener.show?.(message.place);
        return;
      case 'breakpoints':
        this.listener.breakpointsChanged?.(message.breakpoints);
        return;
      case 'event':
        this.listener.eventHeard?.(message);
        this.hear(message);
        return;
    }
  }

  private follow(session: PanelSession | null): void {
    const other = session?.id !== this.shown?.id;
    this.shown = session;
    this.lastStatus = session?.status;
    if (other) {
      for (const { reject } of this.pending.values()) reject(new Outdated());
      this.pending.clear();
      this.listener.sessionChanged(session);
    }
    if (session) this.listener.statusChanged(session.status);
  }

  private hear(message: PanelEventMessage): void {
    const status = statusAfter(message, this.lastStatus);
    if (!status) return;
    this.lastStatus = status;
    this.listener.statusChanged(status);
  }

  private settle(request: number): Pending | undefined {
    const waiting = this.pending.get(request);
    this.pending.delete(request);
    return waiting;
  }
}

/** The status once an event was heard; undefined where it says nothing of it. */
function statusAfter({ event, body }: PanelEventMessage, before: StatusInfo | undefined): StatusInfo | undefined {
  switch (event) {
    case 'status':
      return body;
    case 'stopped':
    case 'ended':
      return body.status;
    case 'continued':
      return before && { ...before, state: 'running' };
    case 'edited':
      return before;
    case 'traps':
      return undefined;
  }
}
