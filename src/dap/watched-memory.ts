/** The ranges of memory that the client has read: what it shows, as far as anybody can tell. Of these it hears when memory may have changed. */

/** Clients that ask for ever new references are not followed without end: those asked for last are kept. */
const MOST = 64;

export interface WatchedRange {
  readonly memoryReference: string;
  /** Bytes from the reference. */
  readonly offset: number;
  readonly count: number;
}

export class WatchedMemory {
  private readonly ranges = new Map<string, WatchedRange>();

  /** The client has read a range: what it read of that reference before still counts. */
  read({ memoryReference, offset, count }: WatchedRange): void {
    const before = this.ranges.get(memoryReference);
    const first = Math.min(offset, before?.offset ?? offset);
    const end = Math.max(offset + count, before ? before.offset + before.count : 0);
    // the one asked for last is at the end
    this.ranges.delete(memoryReference);
    this.ranges.set(memoryReference, { memoryReference, offset: first, count: end - first });
    for (const [oldest] of this.ranges) {
      if (this.ranges.size <= MOST) break;
      this.ranges.delete(oldest);
    }
  }

  get all(): readonly WatchedRange[] {
    return [...this.ranges.values()];
  }
}
