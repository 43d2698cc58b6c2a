/**
 * How long a slice may be, and how virtual time is kept from running ahead of host time. Two small calculators over numbers that the caller measures;
 * neither is visible to the machine. Times: virtual in nanoseconds, host in milliseconds.
 */

const NS_PER_MS = 1e6;

/** Host time that a slice may take, ms. */
export const SLICE_MS = 10;
/** What the first slice may cost is unknown: this many instructions are quick even on the reference. */
const FIRST_SLICE = 20_000;
const SMALLEST_SLICE = 1000;
/** An engine's `run` takes at most 2^30. */
const LARGEST_SLICE = 2 ** 30;
/** Aimed at, so that a slice whose code is colder than the last one's still ends in time. */
const AIM = 0.7;
const GROWTH = 2;
/** Slices that ended early say little about speed. */
const TELLING_MS = 0.5;

/** Learns how many instructions fit into {@link SLICE_MS}. */
export class SliceLength {
  private limit = FIRST_SLICE;

  /** Instructions for the next slice. */
  get instructions(): number {
    return this.limit;
  }

  /** Takes note of a slice: how many instructions took how many milliseconds. */
  learn(instructions: number, ms: number): void {
    if (ms < TELLING_MS) {
      // too short to measure: if it was a full slice, the next may be longer
      if (instructions >= this.limit) this.limit = Math.min(LARGEST_SLICE, this.limit * GROWTH);
      return;
    }
    const fitting = (instructions / ms) * SLICE_MS * AIM;
    this.limit = Math.round(Math.min(LARGEST_SLICE, Math.max(SMALLEST_SLICE, Math.min(fitting, this.limit * GROWTH))));
  }
}

/** A guest that fell further behind than this does not catch up: it goes on from there at the right speed. */
const LARGEST_LAG_NS = 50 * NS_PER_MS;

/** Ties virtual time to host time. */
export class Pacer {
  private virtualStart = 0;
  private hostStart = 0;

  /** Virtual time `virtual` belongs to host time `host`: after every pause. */
  anchor(virtual: number, host: number): void {
    this.virtualStart = virtual;
    this.hostStart = host;
  }

  /** The virtual time that host time has reached. */
  reached(host: number): number {
    return this.virtualStart + (host - this.hostStart) * NS_PER_MS;
  }

  /** To be called after a slice of a guest that is awake: if it has fallen too far behind, host time no longer counts against it. */
  forgive(virtual: number, host: number): void {
    if (this.reached(host) - virtual > LARGEST_LAG_NS) this.anchor(virtual + LARGEST_LAG_NS, host);
  }

  /** Host milliseconds from `host` until virtual time `virtual` is due; 0 if it is past. */
  delay(virtual: number, host: number): number {
    return Math.max(0, this.hostStart + (virtual - this.virtualStart) / NS_PER_MS - host);
  }
}
