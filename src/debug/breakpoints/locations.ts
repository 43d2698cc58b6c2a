/** Addresses at which the guest stops, counted by how many want it to: user breakpoints and those of a step share them. */

/** What of a guest breakpoints need. */
export interface BreakableGuest {
  addBreakpoint(gva: number): void;
  deleteBreakpoint(gva: number): void;
}

export class Locations {
  private readonly counts = new Map<number, number>();

  constructor(private readonly guest: BreakableGuest) {}

  add(address: number): void {
    const count = this.counts.get(address) ?? 0;
    if (count === 0) this.guest.addBreakpoint(address);
    this.counts.set(address, count + 1);
  }

  /** The inverse of add. */
  delete(address: number): void {
    const count = this.counts.get(address) ?? 0;
    if (count > 1) {
      this.counts.set(address, count - 1);
    } else if (count === 1) {
      this.counts.delete(address);
      this.guest.deleteBreakpoint(address);
    }
  }
}
