/** How long to leave a guest alone that runs, after work that cost it time. */

/** At least so long, ms, and no more than a twentieth of the time is spent on work. */
const RESTING_MS = 400;
const RESTING_FACTOR = 20;

export class Resting {
  private until = 0;

  /** Work is wanted at once. */
  end(): void {
    this.until = 0;
  }

  /** What is left of the rest at a time, ms. */
  left(now: number): number {
    return Math.max(0, this.until - now);
  }

  /** Work was done. */
  begin(started: number, ended: number): void {
    this.until = ended + Math.max(RESTING_MS, RESTING_FACTOR * (ended - started));
  }
}
