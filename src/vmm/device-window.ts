/**
 * The device window: part of the machine's physical address space through which the real CPU reaches the guest's virtual devices without an
 * exception (optimisation level 2). Each page of it stands for one page of guest-physical devices, given out when a shadow entry asks for it.
 * Knows no device; every access goes on to the guest's bus, and is counted as the exit that it replaces.
 *
 * @unpredictable A multi-access instruction that crosses a 4 KiB boundary in device memory (DDI 0406C A3.5.7): accesses to its first page are made
 * again when a shadow entry is missing for the second.
 */
import type { PhysicalBus } from '../mem/bus.js';
import type { AccessSize, Device } from '../mem/device.js';
import { PAGE } from '../mem/layout.js';

/** Pages of devices that a guest can have in use at once; more than boards have. */
const PAGES = 256;

export interface DeviceWindowParts {
  /** Guest-physical. */
  readonly bus: PhysicalBus;
  /** Instructions executed since power-on: an instruction with several accesses is one exit. */
  readonly instructions: () => number;
  /** The guest is about to reach a device, which may tell the world of it: what is known of the guest's state must be current. */
  readonly beforeAccess: () => void;
  /** An instruction has come to a device. */
  readonly onExit: () => void;
}

export class DeviceWindow implements Device {
  readonly name = 'device window';
  readonly size = PAGES * PAGE;
  /** Off, no page is given out. */
  enabled = false;
  /** Guest-physical page numbers by page of the window, and the inverse. */
  private readonly pages: number[] = [];
  private readonly places = new Map<number, number>();
  private lastInstruction = -1;

  /** @param base physical address at which the machine's bus has it */
  constructor(
    private readonly base: number,
    private readonly parts: DeviceWindowParts,
  ) {}

  /** Physical address of the page that stands for the page of `gpa`; -1 if that is not all one device, or no page is left. */
  pageOf(gpa: number): number {
    if (!this.enabled) return -1;
    const page = Math.floor(gpa / PAGE);
    let place = this.places.get(page);
    if (place === undefined) {
      if (this.pages.length === PAGES || !this.parts.bus.isDevicePage(gpa)) return -1;
      place = this.pages.push(page) - 1;
      this.places.set(page, place);
    }
    return this.base + place * PAGE;
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
    this.before();
    return this.parts.bus.read(this.guestPhysical(this.base + offset), size);
  }

  write(offset: number, size: AccessSize, value: number): void {
    this.before();
    this.parts.bus.write(this.guestPhysical(this.base + offset), size, value);
  }

  private before(): void {
    this.parts.beforeAccess();
    const instruction = this.parts.instructions();
    if (instruction === this.lastInstruction) return;
    this.lastInstruction = instruction;
    this.parts.onExit();
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
    for (const page of (state as { pages: readonly number[] }).pages) this.places.set(page, this.pages.push(page) - 1);
  }
}
