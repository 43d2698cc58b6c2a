/** What a memory says of its dirty pages, held against the memory itself: byte by byte, with a copy of what it held when the epoch began. */
import assert from 'node:assert/strict';
import { PAGE } from '../../src/mem/layout.js';
import type { GuestMemory, MachineMemory } from '../../src/mem/memory.js';
import { hex32 } from '../../src/util/bits.js';

export class EpochCheck {
  #copies: readonly Buffer[] = [];

  /** @param guests those that are looked at */
  constructor(
    private readonly memory: MachineMemory,
    private readonly guests: readonly GuestMemory[] = memory.guests,
  ) {}

  begin(): void {
    this.#copies = this.guests.map((guest) => Buffer.from(this.memory.bytes(guest)));
    this.memory.dirty.beginEpoch();
  }

  /** Byte addresses in the memory of the pages whose contents are others than when the epoch began. */
  changed(): number[] {
    return this.guests.flatMap((guest, i) => {
      const now = Buffer.from(this.memory.buffer, guest.offset, guest.length);
      const pages: number[] = [];
      for (let at = 0; at < guest.length; at += PAGE) {
        if (now.compare(this.#copies[i], at, at + PAGE, at, at + PAGE) !== 0) pages.push(guest.offset + at);
      }
      return pages;
    });
  }

  /** Every page that has changed must be dirty. Returns how many have. */
  check(context = ''): number {
    const changed = this.changed();
    const missed = changed.filter((host) => !this.memory.dirty.has(host));
    assert.deepEqual(missed.map(hex32), [], `${context}: pages that changed and are not dirty`);
    return changed.length;
  }
}
