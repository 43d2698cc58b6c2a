/**
 * Where planted words go. The fetch overlay: only instruction fetch sees them. Or in place, as the thesis has it: the guest's memory itself is
 * changed, so that a guest which reads its own code finds traps in it; kept to study the difference. Owns how a patch is planted and taken back,
 * and what the guest's own bytes are; knows no site.
 */
import { PatchKind } from '../arm/engine.js';
import type { PhysicalBus } from '../mem/bus.js';
import { PAGE } from '../mem/layout.js';
import type { Overlay, Patch } from '../mem/ports.js';

/** The ways in which patches can be made. */
export const plantings = ['overlay', 'in-place'] as const;
export type Planting = (typeof plantings)[number];

export interface Plant {
  /** Whether traps stand where loads and stores of the guest see them. */
  readonly inMemory: boolean;
  /** True while the plant itself writes to the guest's memory. */
  readonly writing: boolean;
  install(patch: Patch): void;
  /** The inverse of install. */
  remove(patch: Patch): void;
  /** The guest's own bytes, 2 or 4 of them, little-endian and unsigned; -1 where there is no memory. */
  read(pa: number, size: 2 | 4): number;
  /** Byte address in the machine's memory of the page of `pa`; -1 if there is none, or others than the guest's own bytes may stand there. */
  ownPage(pa: number): number;
}

/** Plants for instruction fetch alone. */
export class OverlayPlant implements Plant {
  readonly inMemory = false;
  readonly writing = false;

  constructor(
    private readonly bus: PhysicalBus,
    private readonly overlay: Overlay,
  ) {}

  install(patch: Patch): void {
    this.overlay.install(patch);
  }

  remove({ pa, thumb, context }: Patch): void {
    this.overlay.remove(pa, thumb, context);
  }

  read(pa: number, size: 2 | 4): number {
    return this.bus.peek(pa, size);
  }

  ownPage(pa: number): number {
    return this.bus.directPage(pa, false);
  }
}

/** What the guest had in a halfword, and what stands there now. */
interface Replaced {
  readonly original: number;
  readonly planted: number;
}

/**
 * Plants traps in memory. Patches under which the original executes stay in the overlay, and so does a 32-bit Thumb instruction across a page
 * end: where its second half lies depends on the address from which it is reached.
 */
export class InPlacePlant implements Plant {
  /** By physical address, per halfword. */
  private readonly replaced = new Map<number, Replaced>();
  readonly inMemory = true;
  writing = false;

  constructor(
    private readonly bus: PhysicalBus,
    private readonly overlay: Overlay,
  ) {}

  install(patch: Patch): void {
    if (!lies(patch)) {
      this.overlay.install(patch);
      return;
    }
    const { pa, length } = patch;
    for (let at = 0; at < length; at += 2) {
      const original = this.read(pa + at, 2);
      const planted = halfword(patch, at);
      this.replaced.set(pa + at, { original, planted });
      this.write(pa + at, planted);
    }
  }

  /** Gives back what the guest has not overwritten since. */
  remove(patch: Patch): void {
    const { pa, thumb, context, length } = patch;
    if (!lies(patch)) {
      this.overlay.remove(pa, thumb, context);
      return;
    }
    for (let at = 0; at < length; at += 2) {
      const replaced = this.replaced.get(pa + at);
      if (replaced === undefined) continue;
      this.replaced.delete(pa + at);
      if ((this.bus.read(pa + at, 2) & 0xffff) === replaced.planted) this.write(pa + at, replaced.original);
    }
  }

  read(pa: number, size: 2 | 4): number {
    if (this.bus.directPage(pa, false) < 0) return -1;
    const low = this.guestHalfword(pa);
    return size === 2 ? low : (low | (this.guestHalfword(pa + 2) << 16)) >>> 0;
  }

  ownPage(): number {
    return -1;
  }

  private guestHalfword(pa: number): number {
    const now = this.bus.read(pa, 2) & 0xffff;
    const replaced = this.replaced.get(pa);
    return replaced !== undefined && replaced.planted === now ? replaced.original : now;
  }

  private write(pa: number, value: number): void {
    this.writing = true;
    this.bus.write(pa, 2, value);
    this.writing = false;
  }
}

/** Whether a patch goes into memory. */
function lies({ kind, pa, length }: Patch): boolean {
  return kind === PatchKind.trap && (pa % PAGE) + length <= PAGE;
}

/** The halfword of the planted word at byte `at` of the instruction: a T32 word has its first halfword in the high half. */
function halfword({ thumb, length, planted }: Patch, at: number): number {
  const high = thumb !== 0 && length === 4 ? at === 0 : at === 2;
  return (high ? planted >>> 16 : planted) & 0xffff;
}
