/**
 * Where control went from a branch whose target is not in its word: the first few targets that were seen, each with how often, and how often it was
 * another one. Of fixed size, because a guest may branch to everywhere. For looking at; no decision rests on it.
 */

/** Targets that are told apart. */
export const OBSERVED_TARGETS = 8;

/** A target, and how often control went there. */
export interface ObservedTarget {
  /** Guest virtual address, u32, and the instruction set state there. */
  readonly gva: number;
  readonly thumb: number;
  readonly count: number;
}

export class ObservedTargets {
  private readonly addresses = new Int32Array(OBSERVED_TARGETS);
  private readonly states = new Uint8Array(OBSERVED_TARGETS);
  private readonly counts = new Float64Array(OBSERVED_TARGETS);
  private used = 0;
  /** How often it was none of those that are told apart. */
  others = 0;

  /** Returns whether it is told apart from now on. @param gva i32 or u32 */
  note(gva: number, thumb: number): boolean {
    const { addresses, states, counts, used } = this;
    const address = gva | 0;
    for (let i = 0; i < used; i++) {
      if (addresses[i] !== address || states[i] !== thumb) continue;
      counts[i]++;
      return false;
    }
    if (used === OBSERVED_TARGETS) {
      this.others++;
      return false;
    }
    addresses[used] = address;
    states[used] = thumb;
    counts[used] = 1;
    this.used = used + 1;
    return true;
  }

  /** Those that are told apart, in the order in which they were first seen. */
  all(): ObservedTarget[] {
    return Array.from({ length: this.used }, (_, i) => ({
      gva: this.addresses[i] >>> 0,
      thumb: this.states[i],
      count: this.counts[i],
    }));
  }
}
