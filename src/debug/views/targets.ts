/** What lies at a physical address: memory, a device by its name, or nothing. Reads none of it. */
import type { Guest } from '../../machine/guest.js';
import type { BusRange } from '../../mem/ports.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';

export interface Target {
  readonly kind: 'ram' | 'flash' | 'device' | 'nothing' | 'monitor';
  /** `RAM`, `pl011`, `flash0`; what stands for nothing is `nothing`. */
  readonly name: string;
  /** First byte, and one behind the last, of where this holds. */
  readonly start: number;
  readonly end: number;
}

export interface TargetMap {
  at(pa: number): Target;
}

const SPACE_END = 2 ** 40;

/** Of the guest's physical memory. Good until the map changes, which it does not while a guest lives. */
export class GuestTargets implements TargetMap {
  private readonly targets: readonly Target[];
  private last: Target;

  constructor({ bus, board }: Guest) {
    const flashes = new Set(board.flashes.map(({ base }) => base));
    this.targets = bus.ranges().map(({ pa, length, kind, name }: BusRange): Target => ({
      kind: kind === 'ram' ? 'ram' : flashes.has(pa) ? 'flash' : 'device',
      name,
      start: pa,
      end: pa + length,
    }));
    this.last = { kind: 'nothing', name: 'nothing', start: 0, end: 0 };
  }

  /** What there is, ascending. */
  get all(): readonly Target[] {
    return this.targets;
  }

  at(pa: number): Target {
    if (pa >= this.last.start && pa < this.last.end) return this.last;
    this.last = this.find(pa);
    return this.last;
  }

  private find(pa: number): Target {
    let start = 0;
    for (const target of this.targets) {
      if (pa < target.start) return { kind: 'nothing', name: 'nothing', start, end: target.start };
      if (pa < target.end) return target;
      start = target.end;
    }
    return { kind: 'nothing', name: 'nothing', start, end: SPACE_END };
  }
}

/** Of the machine that the VMM runs on: where the guest's memory lies, and what is the VMM's own. */
export class MachineTargets implements TargetMap {
  constructor(
    private readonly vmm: Hypervisor,
    private readonly guest: TargetMap,
  ) {}

  /** What there is, ascending. */
  get all(): readonly Target[] {
    return this.vmm.machine.bus.ranges().map(({ pa, length }) => ({ ...this.at(pa), start: pa, end: pa + length }));
  }

  at(pa: number): Target {
    const page = pa - (pa % 4096);
    const gpa = this.vmm.guestPhysical(pa);
    const range = this.vmm.machine.bus.ranges().find((r) => pa >= r.pa && pa < r.pa + r.length);
    if (gpa < 0) {
      if (range === undefined) return { kind: 'nothing', name: 'nothing', start: page, end: page + 4096 };
      return { kind: 'monitor', name: "the monitor's own", start: range.pa, end: range.pa + range.length };
    }
    const target = this.guest.at(gpa);
    const name = target.kind === 'ram' ? "guest's RAM" : target.name;
    const start = Math.max(pa - (gpa - target.start), range?.pa ?? 0);
    // what stands in the device window for a page of devices stands for no more than that
    if (range?.kind === 'device') return { ...target, name, start: page, end: page + 4096 };
    return { ...target, name, start, end: pa + (target.end - gpa) };
  }
}
