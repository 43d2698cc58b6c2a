/**
 * The memory configurator: decides what the shadow tables of the real CPU hold. Fills entries on demand from what the guest's own translation
 * says, and takes them away when the guest gives a translation up or memory can no longer be read directly. Owns what derives from entries; knows neither
 * the format of the shadow tables, nor instructions and records.
 */
import { FaultType } from '../arm/exceptions.js';
import type { Processor } from '../machine/machine.js';
import { PAGE } from '../mem/layout.js';
import { Right, Access, type AccessKind } from '../mem/ports.js';
import { Grant, GUEST_KERNEL, GUEST_USER, SECTION, type ShadowTables } from './shadow.js';

/** Where guest-physical memory lies physically. */
export interface GuestMap {
  /** Physical address of the page of `gpa` if it is memory that the guest may read directly, else -1. */
  pageOf(gpa: number, write: boolean): number;
  /** True if `gpa` is RAM, which is always directly accessible. */
  permanent(gpa: number): boolean;
  /** Physical address of a byte of the guest's memories, -1 if it has none there; and the inverse. */
  physical(gpa: number): number;
  guestPhysical(pa: number): number;
  /** True if the whole section of `gpa` is RAM that lies in one section physically. */
  wholeSection(gpa: number): boolean;
}

export class MemoryConfigurator {
  /** Physical page of each guest virtual page from which the kernel's code was admitted; forgotten with the shadow tables. */
  private readonly codePages = new Map<number, number>();
  /** Guest virtual pages (numbers) whose shadow entries lead to memory that may stop being directly readable: a flash. */
  private readonly revocable = new Set<number>();

  constructor(
    private readonly real: Processor,
    private readonly virtual: Processor,
    private readonly guestMap: GuestMap,
    private readonly shadow: ShadowTables,
  ) {}

  /** The physical address from which the kernel's instruction at `gva` was fetched. */
  noteCode(gva: number, pa: number): void {
    this.codePages.set(gva >>> 12, Math.floor(pa / PAGE));
  }

  /** The physical address from which the kernel's instruction at `gva` was fetched, or -1 if none was. */
  codeAt(gva: number): number {
    const page = this.codePages.get(gva >>> 12);
    return page === undefined ? -1 : page * PAGE + (gva & (PAGE - 1));
  }

  /** The guest gave up a translation (page number), or all (undefined). */
  forget(page: number | undefined): void {
    const { shadow, real } = this;
    if (page === undefined) {
      shadow.flush();
      this.codePages.clear();
      this.revocable.clear();
      real.mmu.flushAll();
    } else {
      shadow.drop(page * PAGE);
      this.codePages.delete(page);
      real.mmu.flushMva(page * PAGE, GUEST_KERNEL);
      real.mmu.flushMva(page * PAGE, GUEST_USER);
    }
  }

  /** Some guest-physical memory can no longer, or can again, be read directly. */
  mapChanged(): void {
    for (const page of this.revocable) this.forget(page);
    this.revocable.clear();
  }

  /** Fills the shadow entry of an address, if the guest's translation allows the access at its present level and memory is there. */
  fill(address: number, access: AccessKind): boolean {
    const { virtual, guestMap, shadow, real } = this;
    const privileged = virtual.CurrentModeIsNotUser();
    const outcome = virtual.mmu.access(address, access, privileged);
    if (outcome.fault !== FaultType.None) return false;
    const { pa: gpa, rights, size } = outcome;
    // Subpages with rights of their own (ARMv6): no entry can say so. The virtual CPU makes each access; what is executed may be read.
    const divided = size < PAGE;
    if (divided && access !== Access.fetch) return false;
    const page = guestMap.pageOf(gpa, access === Access.write);
    if (page < 0) return false;
    const context = privileged ? GUEST_KERNEL : GUEST_USER;
    const grants =
      (rights & (privileged ? Right.readPL1 : Right.readPL0) ? Grant.read : 0) |
      (!divided && rights & (privileged ? Right.writePL1 : Right.writePL0) && guestMap.pageOf(gpa, true) >= 0
        ? Grant.write
        : 0) |
      (rights & (privileged ? Right.executePL1 : Right.executePL0) ? Grant.execute : 0);
    // With the guest's MMU off (level 0) any section will do.
    const large = size >= SECTION || outcome.level === 0;
    const section = large && ((address ^ page) & (SECTION - 1) & ~0xfff) === 0 && guestMap.wholeSection(gpa);
    if (!shadow.fill(context, address, page, grants, section)) {
      this.forget(undefined);
      shadow.fill(context, address, page, grants, section);
    }
    real.mmu.flushMva(address, context);
    if (!guestMap.permanent(gpa)) this.revocable.add(address >>> 12);
    return true;
  }
}
