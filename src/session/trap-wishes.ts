/** What clients want of traps, whichever guest runs: where to stop, what to be told, what to keep. */
import type { Params } from '../protocol/api.js';
import type { Launched } from './launched.js';

export class TrapWishes {
  /** Which traps clients are told of. */
  subscription: Params<'subscribeTraps'> = { on: false };
  /** Somebody looks at all traps of the run. */
  keepsHistory = false;
  private readonly byOwner = new Map<string, readonly string[]>();

  /** The classes of traps that one client wants the guest to be paused at, in place of those before. */
  setFilters(owner: string, classes: readonly string[]): void {
    this.byOwner.set(owner, classes);
  }

  /** Those of all clients. */
  get filters(): string[] {
    return [...new Set([...this.byOwner.values()].flat())];
  }

  /** A guest was launched: the same goes for it. */
  applyTo(launched: Launched): void {
    launched.guest.setTrapFilters(this.filters);
    launched.live.subscribe(this.subscription);
    launched.keepHistory(this.keepsHistory);
  }
}
