/** Guest-physical memory: where each of a board's memories lies physically. Knows no board and no content. */
import type { MappedMemory } from '../machine/board.js';
import type { PhysicalBus } from '../mem/bus.js';
import { PAGE } from '../mem/layout.js';
import type { GuestMap } from './memory.js';
import { SECTION } from './shadow.js';

export class Placement implements GuestMap {
  readonly #bus: PhysicalBus;
  /** Physical address less byte address in the one memory. */
  readonly #shift: number;
  /** RAM first: it is what is asked for. */
  readonly #memories: readonly MappedMemory[];

  /**
   * @param bus guest-physical
   * @param shift physical address less byte address in the one memory, of every memory
   */
  constructor(bus: PhysicalBus, memories: readonly MappedMemory[], shift: number) {
    this.#bus = bus;
    const isRam = ({ kind }: MappedMemory): boolean => kind === 'ram';
    this.#memories = [...memories.filter(isRam), ...memories.filter((m) => !isRam(m))];
    this.#shift = shift;
  }

  /** RAM may be written whether or not code was found in the page: the machine's own bus notices stores to code. */
  pageOf(gpa: number, write: boolean): number {
    const ram = this.#ramAt(gpa);
    if (ram !== undefined) {
      const offset = gpa - ram.base;
      return ram.memory.offset + this.#shift + (offset - (offset % PAGE));
    }
    const host = write ? -1 : this.#bus.directPage(gpa, false);
    return host < 0 ? -1 : host + this.#shift;
  }

  permanent(gpa: number): boolean {
    return this.#ramAt(gpa) !== undefined;
  }

  wholeSection(gpa: number): boolean {
    const ram = this.#ramAt(gpa);
    if (ram === undefined) return false;
    const start = gpa - (gpa % SECTION) - ram.base;
    return start >= 0 && start + SECTION <= ram.memory.length && (ram.memory.offset + this.#shift) % SECTION === 0;
  }

  physical(gpa: number): number {
    for (const { memory, base } of this.#memories) {
      if (gpa >= base && gpa < base + memory.length) return memory.offset + this.#shift + (gpa - base);
    }
    return -1;
  }

  guestPhysical(pa: number): number {
    const host = pa - this.#shift;
    for (const { memory, base } of this.#memories) {
      if (host >= memory.offset && host < memory.offset + memory.length) return host - memory.offset + base;
    }
    return -1;
  }

  #ramAt(gpa: number): MappedMemory | undefined {
    for (const mapped of this.#memories) {
      if (mapped.kind === 'ram' && gpa >= mapped.base && gpa < mapped.base + mapped.memory.length) return mapped;
    }
    return undefined;
  }
}
