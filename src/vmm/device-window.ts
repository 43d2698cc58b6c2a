/**
 * The device window: part of the machine's physical address space through which the real CPU reaches the guest's virtual devices without an
 * exception. Each page of it stands for one page of guest-physical devices, given out when a shadow entry asks for it. Knows no device; every access
 * goes on to the guest's bus. It is arbitrated as the abort would be that it replaces, with a record, or (optimisation level 2) counted only.
 *
 * A device that is read as memory at times, a flash, is reached through here when it is not, and when it is written. Each store to it counts, and so no
 * instruction may come to it twice: what may go on in the next page, for which a shadow entry may be missing, and exclusive accesses, whose monitor knows the
 * memory, are refused and arbitrated as a whole.
 *
 * @unpredictable A multi-access instruction that crosses a 4 KiB boundary in device memory (DDI 0406C A3.5.7): accesses to its first page are made
 * again when a shadow entry is missing for the second.
 */
import type { PhysicalBus } from '../mem/bus.js';
import type { AccessSize, Device } from '../mem/device.js';
import { PAGE } from '../mem/layout.js';

/** Pages that a guest can have in use at once: of devices, more than boards have; and of those that are read as memory at times. */
const DEVICE_PAGES = 256;
const DIRECT_PAGES = 1024;
const PAGES = DEVICE_PAGES + DIRECT_PAGES;
/** Bytes that one instruction accesses at most: VLDM and VSTM of 32 words. */
const LONGEST_ACCESS = 128;
/** Reads of what could be read as memory, with no store between them, after which it is. More than one: SWP reads and stores. */
const READS_AS_MEMORY = 16;

export interface DeviceWindowParts {
  /** Guest-physical. */
  readonly bus: PhysicalBus;
  /** Instructions executed since power-on: an instruction with several accesses is one exit. */
  readonly instructions: () => number;
  /** The guest is about to reach a device, which may tell the world of it: what is known of the guest's state must be current. */
  readonly beforeAccess: () => void;
  /** The same of an access that is arbitrated; false, with nothing done, if it cannot be by itself: it is refused then. */
  readonly beginTrap: () => boolean;
  /** It has been made; a load has got `value`. */
  readonly endTrap: (value: number | undefined) => void;
  /** An instruction has come to a device. */
  readonly onExit: () => void;
  /** Whether an exclusive monitor may be set. */
  readonly monitored: () => boolean;
  /** The access under way is to end in an external abort. */
  readonly refuse: () => void;
  /** What is read as memory at times is not to be reached through here for now. */
  readonly leave: () => void;
}

export class DeviceWindow implements Device {
  readonly name = 'device window';
  readonly size = PAGES * PAGE;
  /** Accesses are arbitrated one by one. To be changed while no shadow entry leads here; then none may lead to what is read as memory at times. */
  arbitrated = true;
  /** Guest-physical page numbers by page of the window, and the inverse. */
  private readonly pages: number[] = [];
  private readonly places = new Map<number, number>();
  /** By page of the window: 1 if it stands for one that is read as memory at times. */
  private readonly direct = new Uint8Array(PAGES);
  private directPages = 0;
  private readsAsMemory = 0;
  private lastInstruction = -1;

  /** @param base physical address at which the machine's bus has it */
  constructor(
    private readonly base: number,
    private readonly parts: DeviceWindowParts,
  ) {}

  /** Physical address of the page that stands for the page of `gpa`; -1 if that is not all one device, cannot be reached now, or no page is left. */
  pageOf(gpa: number): number {
    const page = Math.floor(gpa / PAGE);
    let place = this.places.get(page);
    if (place === undefined) {
      const direct = this.parts.bus.isDevicePage(gpa, true);
      if (!direct && !this.parts.bus.isDevicePage(gpa, false)) return -1;
      if (direct ? this.directPages === DIRECT_PAGES : this.pages.length - this.directPages === DEVICE_PAGES) return -1;
      place = this.give(page, direct);
    }
    return this.direct[place] !== 0 && this.parts.monitored() ? -1 : this.base + place * PAGE;
  }

  private give(page: number, direct: boolean): number {
    const place = this.pages.push(page) - 1;
    this.places.set(page, place);
    this.direct[place] = direct ? 1 : 0;
    if (direct) this.directPages++;
    return place;
  }

  /** Guest-physical address of an address in the window, else -1; and the inverse. */
  guestPhysical(pa: number): number {
    const offset = pa - this.base;
    if (offset < 0 || offset >= this.pages.length * PAGE) return -1;
    return this.pages[Math.floor(offset / PAGE)] * PAGE + (offset % PAGE);
  }

  physical(gpa: number): number {
    const place = this.places.get(Math.floor(gpa / PAGE));
    return place === undefined ? -1 : this.base + place * PAGE + (gpa % PAGE);
  }

  read(offset: number, size: AccessSize): number {
    const direct = this.direct[Math.floor(offset / PAGE)] !== 0;
    if (direct && this.refuses(offset)) return 0;
    if (!this.before()) return 0;
    const { bus } = this.parts;
    const gpa = this.guestPhysical(this.base + offset);
    if (direct && bus.directPage(gpa, false) >= 0 && ++this.readsAsMemory === READS_AS_MEMORY) this.leave();
    const value = bus.read(gpa, size);
    if (this.arbitrated) this.parts.endTrap(value);
    return value;
  }

  write(offset: number, size: AccessSize, value: number): void {
    if (this.direct[Math.floor(offset / PAGE)] !== 0 && this.refuses(offset)) return;
    if (!this.before()) return;
    this.readsAsMemory = 0;
    this.parts.bus.write(this.guestPhysical(this.base + offset), size, value);
    if (this.arbitrated) this.parts.endTrap(undefined);
  }

  /** Whether an access must be arbitrated: then it is refused. */
  private refuses(offset: number): boolean {
    if (this.parts.monitored()) this.leave();
    else if (offset % PAGE < PAGE - LONGEST_ACCESS) return false;
    this.parts.refuse();
    return true;
  }

  private leave(): void {
    this.readsAsMemory = 0;
    this.parts.leave();
  }

  /** Whether the access may be made. */
  private before(): boolean {
    if (this.arbitrated) {
      const made = this.parts.beginTrap();
      if (!made) this.parts.refuse();
      return made;
    }
    this.parts.beforeAccess();
    const instruction = this.parts.instructions();
    if (instruction !== this.lastInstruction) {
      this.lastInstruction = instruction;
      this.parts.onExit();
    }
    return true;
  }

  /** Which pages stand for which holds until power-off: shadow entries lead here. */
  reset(): void {
    this.lastInstruction = -1;
  }

  save(): unknown {
    return { pages: [...this.pages] };
  }

  restore(state: unknown): void {
    this.pages.length = 0;
    this.places.clear();
    this.directPages = 0;
    const { bus } = this.parts;
    for (const page of (state as { pages: readonly number[] }).pages)
      this.give(page, bus.isDevicePage(page * PAGE, true));
  }
}
