/**
 * Something that costs the guest time for as long as a client looks, and that clients do not take back: they ask again and again, and when they no longer
 * do, it ends. A client asks when the guest has got further, so that a guest that stands still ends nothing.
 */
import type { SessionHost } from './host.js';

/** Clients that look ask several times in this time, ms. */
export const LEASE_MS = 2000;

export class Lease {
  private cancel: (() => void) | undefined;
  private renewedAt = 0;

  /**
   * @param instructions that the guest has executed so far
   * @param ended nobody looks any more
   */
  constructor(
    private readonly host: SessionHost,
    private readonly instructions: () => number,
    private readonly ended: () => void,
  ) {}

  /** Somebody looks. */
  renew(): void {
    this.renewedAt = this.instructions();
    this.cancel?.();
    this.cancel = this.host.delay(LEASE_MS, () => {
      this.expire();
    });
  }

  dispose(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private expire(): void {
    this.cancel = undefined;
    if (this.instructions() === this.renewedAt) this.renew();
    else this.ended();
  }
}
