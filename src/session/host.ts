/** What the session needs of the place that it runs in: a clock and ways to come back later. A Node worker, a web worker and the tests provide it. */
export interface SessionHost {
  /** Milliseconds since some start, monotonic. */
  now(): number;
  /** Calls back as soon as messages that have arrived meanwhile are handled. */
  defer(callback: () => void): void;
  /** Calls back after about `ms` milliseconds. @returns cancels it */
  delay(ms: number, callback: () => void): () => void;
}
