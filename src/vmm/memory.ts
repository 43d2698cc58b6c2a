/**
 * The memory configurator: decides what the shadow tables of the real CPU hold and which are in use, and when its TLB must forget. Fills entries on demand from
 * what the guest's own translation says. Knows neither the format of the shadow tables, nor instructions and records.
 *
 * A shadow entry is to the guest what an entry of a TLB is. It is kept until the guest does the maintenance that the architecture asks for, or room is short;
 * an address space that the guest leaves finds its entries again when it comes back. What lies in the real TLB need not lie in a shadow table: maintenance
 * goes to both. Address spaces are told apart by all that a walk depends on, the process of the FCSE included. Of what is not global the real TLB holds the present space only.
 *
 * Domains. An entry has the guest's own domain and the rights of the guest's leaf, and the real DACR is the guest's: so opening and closing a domain
 * fills nothing. Domain 15 is the VMM's, and always client: its entries have the rights that are left to the guest under its DACR at the time, and go when
 * that changes. They are those of the guest's domain 15; those that the VMM restricts, which no manager domain may undo; all in a section with one of
 * these, since pages of a section share a domain; and all where the guest has no domains.
 */
import { Cp15, FCSE_BLOCK, SCTLR_M, TTBCR_EAE } from '../arm/cp15.js';
import { FaultType } from '../arm/exceptions.js';
import type { Processor } from '../machine/machine.js';
import { PAGE } from '../mem/layout.js';
import { Access, Right, type AccessKind, type TranslationListener } from '../mem/ports.js';
import { SCTLR_TRANSLATION } from '../mem/walk.js';
import type { DeviceWindow } from './device-window.js';
import { Grant, GUEST_KERNEL, GUEST_USER, KEY_WORDS, SECTION, type ShadowEntry, type ShadowTables } from './shadow.js';

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

/** The VMM's own domain, and what DACR says of it: client. */
export const VMM_DOMAIN = 15;
const DACR_VMM_DOMAIN = 3 << (2 * VMM_DOMAIN);
const DACR_VMM_CLIENT = 1 << (2 * VMM_DOMAIN);
const DACR_LOW_BITS = 0x5555_5555;

/** The word of a key that says what the FCSE does. */
const KEY_PROCESS = KEY_WORDS - 2;

/** An address space of the guest for which there are shadow tables: what its walks depend on, each a word as the register has it. */
export interface KnownSpace {
  readonly SCTLR: number;
  readonly TTBCR: number;
  readonly TTBR0: number;
  readonly TTBR0_high: number;
  readonly TTBR1: number;
  readonly TTBR1_high: number;
  readonly FCSEIDR: number;
  readonly ASID: number;
  /** The guest is in it. */
  readonly current: boolean;
}

/** What the tables or the TLB may have of a section of the address space: a bit for each size of leaf above a page, and kinds of entries. */
const SECTIONS = 4096;
const LEAF_SIZES: readonly number[] = [0x1_0000, SECTION, 2 * SECTION, 16 * SECTION, 1024 * SECTION];
const LARGE_PAGE = 1 << 0;
/** Entries whose rights are those under the present DACR. */
const BY_DACR = 1 << 5;
/**
 * Entries that lead to memory which may stop being directly readable, a flash; and those that lead to the same by the device window. There are never both, so
 * that no access finds the one where another one to the same place found the other: none goes while an instruction is between two stores.
 */
const REVOCABLE = 1 << 6;
const WINDOWED = 1 << 7;

export class MemoryConfigurator implements TranslationListener {
  /** By section: the bits above. May say too much, never too little. */
  private readonly notes = new Uint8Array(SECTIONS);
  private noted = 0;
  private readonly key = new Int32Array(KEY_WORDS);
  private readonly newKey = new Int32Array(KEY_WORDS);
  /** Some table may be that of a process which the FCSE relocates. */
  private relocated = false;
  /** Set when the key may be another. */
  private moved = true;
  /** The guest's DACR under which entries of the VMM's domain have their rights, and whether it has a say. */
  private guestDacr = 0;
  private domains = false;
  /** Code was executed from memory that may be revoked, since entries to such memory last went: what it stores there may not take its own away. */
  private executedRevocable = false;
  private readonly entry: ShadowEntry = { pa: 0, grants: 0, domain: 0, notGlobal: false, section: false };

  constructor(
    private readonly real: Processor,
    private readonly virtual: Processor,
    private readonly guestMap: GuestMap,
    private readonly shadow: ShadowTables,
    private readonly window: DeviceWindow,
  ) {}

  /** The physical address from which the kernel's instruction at `gva` was fetched, or -1 if none was. */
  codeAt(gva: number): number {
    const outcome = this.real.mmu.access(gva, Access.fetch, false, GUEST_KERNEL);
    return outcome.fault === FaultType.None ? outcome.pa : -1;
  }

  /** Brings the real CPU's memory in line with the guest's registers, and goes over to a context. To be called whenever the guest goes on. */
  enter(context: number): void {
    if (this.moved) this.move();
    const DACR = this.virtual.state[Cp15.DACR];
    if (DACR !== this.guestDacr) {
      this.guestDacr = DACR;
      this.dropNoted(BY_DACR);
    }
    // A reserved field is as no access.
    const fields = DACR & (((DACR & DACR_LOW_BITS) << 1) | DACR_LOW_BITS);
    const { real } = this;
    const realDacr = (fields & ~DACR_VMM_DOMAIN) | DACR_VMM_CLIENT;
    if (real.state[Cp15.DACR] !== realDacr) {
      real.state[Cp15.DACR] = realDacr;
      real.mmu.select();
    }
    real.switchContext(context);
  }

  /** Has each access to a device arbitrated, or counted only. */
  arbitrateDevices(on: boolean): void {
    this.window.arbitrated = on;
    this.allForgotten();
  }

  /** Guest-physical address of a physical one that the guest may reach, or -1; and the inverse. */
  guestPhysical(pa: number): number {
    const gpa = this.window.guestPhysical(pa);
    return gpa >= 0 ? gpa : this.guestMap.guestPhysical(pa);
  }

  physical(gpa: number): number {
    const pa = this.guestMap.physical(gpa);
    return pa >= 0 ? pa : this.window.physical(gpa);
  }

  /** The address spaces for which there are shadow tables. */
  spaces(): KnownSpace[] {
    return this.shadow.spaces().map(({ key, current }) => {
      const [SCTLR, TTBCR, TTBR0, TTBR0_high, TTBR1, TTBR1_high] = key;
      const FCSEIDR = key[KEY_PROCESS];
      return { SCTLR, TTBCR, TTBR0, TTBR0_high, TTBR1, TTBR1_high, FCSEIDR, ASID: key[KEY_WORDS - 1], current };
    });
  }

  // ---- TranslationListener, of the virtual CPU

  allForgotten(): void {
    this.shadow.flush();
    this.pointTables();
    this.notes.fill(0);
    this.noted = 0;
    this.relocated = false;
    this.executedRevocable = false;
    this.real.mmu.flushAll();
    this.moved = true;
  }

  addressForgotten(mva: number, asid: number | undefined): void {
    this.forget(mva, asid);
    // The FCSE may have led there from its lowest process block.
    if (this.relocated && mva >= FCSE_BLOCK) this.forget(mva % FCSE_BLOCK, asid);
  }

  private forget(gva: number, asid: number | undefined): void {
    const { shadow, real, notes, noted } = this;
    for (let sizeClass = 1; noted >>> sizeClass !== 0 && sizeClass < LEAF_SIZES.length; sizeClass++) {
      if (((noted >>> sizeClass) & 1) === 0) continue;
      const sections = LEAF_SIZES[sizeClass] / SECTION;
      const first = (gva >>> 20) & -sections;
      for (let section = first; section < first + sections; section++) {
        if (((notes[section] >>> sizeClass) & 1) !== 0) this.dropSection(section * SECTION);
      }
    }
    const large = (notes[gva >>> 20] & LARGE_PAGE) !== 0;
    const first = large ? gva & -LEAF_SIZES[0] : gva;
    const length = large ? LEAF_SIZES[0] : PAGE;
    for (let offset = 0; offset < length; offset += PAGE) shadow.dropPage(first + offset, asid);
    for (let context = 0; context < 2; context++) real.mmu.flushRange(first >>> 0, length, context);
  }

  asidForgotten(asid: number): void {
    this.shadow.dropAsid(asid);
    if (asid !== this.key[KEY_WORDS - 1]) return;
    this.pointTables();
    this.real.mmu.flushNonGlobal(GUEST_KERNEL);
    this.real.mmu.flushNonGlobal(GUEST_USER);
  }

  spaceChanged(): void {
    this.moved = true;
  }

  /** Some guest-physical memory can no longer, or can again, be read directly. */
  mapChanged(): void {
    this.executedRevocable = false;
    this.dropNoted(REVOCABLE);
  }

  /** What is such memory at times is not to be reached by the window for now. */
  windowLeft(): void {
    this.dropNoted(WINDOWED);
  }

  // ---- address spaces

  /** Goes over to the tables of the guest's present address space. */
  private move(): void {
    const { real, virtual, key, newKey, shadow } = this;
    this.moved = false;
    const { state } = virtual;
    const SCTLR = state[Cp15.SCTLR] & SCTLR_TRANSLATION;
    const mapped = (SCTLR & SCTLR_M) !== 0;
    newKey.fill(0);
    newKey[0] = SCTLR;
    newKey[KEY_PROCESS] = state[Cp15.FCSEIDR];
    if (newKey[KEY_PROCESS] !== 0) this.relocated = true;
    if (mapped) {
      newKey[1] = state[Cp15.TTBCR];
      newKey[2] = state[Cp15.TTBR0];
      newKey[3] = state[Cp15.TTBR0 + 1];
      newKey[4] = state[Cp15.TTBR1];
      newKey[5] = state[Cp15.TTBR1 + 1];
      newKey[KEY_WORDS - 1] = virtual.mmu.asid();
    }
    this.domains = mapped && (state[Cp15.TTBCR] & TTBCR_EAE) === 0;
    // What is global holds in all spaces whose tables are read in the same way.
    if (newKey[0] !== key[0] || newKey[1] !== key[1] || newKey[KEY_PROCESS] !== key[KEY_PROCESS]) real.mmu.flushAll();
    else {
      real.mmu.flushNonGlobal(GUEST_KERNEL);
      real.mmu.flushNonGlobal(GUEST_USER);
    }
    key.set(newKey);
    shadow.enter(key);
    this.pointTables();
  }

  private pointTables(): void {
    const { real, shadow } = this;
    real.mmu.setContextTable(GUEST_KERNEL, shadow.table(GUEST_KERNEL));
    real.mmu.setContextTable(GUEST_USER, shadow.table(GUEST_USER));
  }

  // ---- entries

  /**
   * Fills the shadow entry of an address, if the guest's translation allows the access at its present level, and memory is there or a device that the window
   * can reach. Returns whether the access is to be made again: not that to a device which is arbitrated, whose entry is for later ones.
   * @param privileged with the rights of which level; by default the present one
   */
  fill(address: number, access: AccessKind, privileged = this.virtual.CurrentModeIsNotUser()): boolean {
    const { virtual, guestMap, entry } = this;
    const outcome = virtual.mmu.access(address, access, privileged);
    if (outcome.fault !== FaultType.None) return false;
    const { pa: gpa, size } = outcome;
    // Subpages with rights of their own (ARMv6): no entry can say so.
    if (size < PAGE) return false;
    let page = guestMap.pageOf(gpa, access === Access.write);
    // What is executed from a device is the guest's fault, and found out by the virtual CPU.
    const device = page < 0 && access !== Access.fetch;
    const revocable = guestMap.physical(gpa) >= 0 && !guestMap.permanent(gpa);
    const { arbitrated } = this.window;
    if (device && !(revocable && (this.executedRevocable || arbitrated))) page = this.window.pageOf(gpa);
    if (page < 0) return false;
    const writable = device || guestMap.pageOf(gpa, true) >= 0;
    const context = privileged ? GUEST_KERNEL : GUEST_USER;

    let note = size > PAGE ? 1 << LEAF_SIZES.indexOf(size) : 0;
    if (revocable) {
      note |= device ? WINDOWED : REVOCABLE;
      this.dropNoted(device ? REVOCABLE : WINDOWED);
      if (access === Access.fetch) this.executedRevocable = true;
    }
    entry.domain = VMM_DOMAIN;
    if (this.domains) {
      entry.domain = this.domainFor(context, address, writable ? outcome.domain : VMM_DOMAIN);
      if (entry.domain === VMM_DOMAIN) note |= BY_DACR;
    }
    this.notes[address >>> 20] |= note;
    this.noted |= note;

    const rights = entry.domain === VMM_DOMAIN ? outcome.rights : outcome.leafRights;
    entry.grants =
      (rights & (privileged ? Right.readPL1 : Right.readPL0) ? Grant.read : 0) |
      (writable && rights & (privileged ? Right.writePL1 : Right.writePL0) ? Grant.write : 0) |
      (!device && rights & (privileged ? Right.executePL1 : Right.executePL0) ? Grant.execute : 0);
    entry.pa = page;
    entry.notGlobal = outcome.notGlobal;
    // With the guest's MMU off (level 0) any section will do.
    const large = size >= SECTION || outcome.level === 0;
    entry.section = large && ((address ^ page) & (SECTION - 1) & -PAGE) === 0 && guestMap.wholeSection(gpa);
    this.shadow.fill(context, address, entry);
    this.pointTables();
    return !(device && arbitrated);
  }

  /**
   * Byte address in the one memory of what guest user code would reach at `address`, whose shadow entry is filled if there is none; -1 if that is not memory, or
   * it may not, or a debug event may be due.
   */
  hostForUser(address: number, access: AccessKind): number {
    const { mmu } = this.real;
    if (mmu.watch !== undefined) return -1;
    let outcome = mmu.access(address, access, false, GUEST_USER);
    if (outcome.fault !== FaultType.None) {
      if (!this.fill(address, access, false)) return -1;
      outcome = mmu.access(address, access, false, GUEST_USER);
      if (outcome.fault !== FaultType.None) return -1;
    }
    const page = mmu.direct(address, outcome.pa, access === Access.write, false, GUEST_USER);
    return page < 0 ? -1 : page + (address % PAGE);
  }

  /** The domain that an entry gets whose leaf's domain is `domain`. */
  private domainFor(context: number, gva: number, domain: number): number {
    const wanted = (this.notes[gva >>> 20] & BY_DACR) !== 0 ? VMM_DOMAIN : domain;
    const standing = this.shadow.domainOf(context, gva);
    if (standing < 0 || standing === wanted) return wanted;
    this.dropSection(gva);
    return VMM_DOMAIN;
  }

  /** Drops everything that maps an address of the section of `gva`, under any key. */
  private dropSection(gva: number): void {
    const { shadow, real } = this;
    const start = (gva & -SECTION) >>> 0;
    shadow.dropSection(start);
    for (let context = 0; context < 2; context++) real.mmu.flushRange(start, SECTION, context);
    this.notes[gva >>> 20] = 0;
  }

  /** Drops all sections that have entries of a kind. */
  private dropNoted(kind: number): void {
    if ((this.noted & kind) === 0) return;
    this.noted &= ~kind;
    for (let section = 0; section < SECTIONS; section++) {
      if ((this.notes[section] & kind) !== 0) this.dropSection(section * SECTION);
    }
  }
}
