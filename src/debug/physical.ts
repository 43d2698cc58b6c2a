/**
 * A guest's physical memory as a debugger reaches it: RAM and flash, without any effect that the guest could notice. Devices are never touched. Knows no
 * virtual address.
 */
import type { BoardFlash } from '../machine/board.js';
import type { Guest } from '../machine/guest.js';
import { PAGE } from '../mem/layout.js';

/** Where a byte that may be read lies. */
export interface HostPlace {
  /** The flash that it belongs to, which is written past its command interface; undefined for RAM. */
  readonly flash: BoardFlash | undefined;
  /** Byte address in the one memory. */
  readonly host: number;
}

export class PhysicalView {
  constructor(private readonly guest: Guest) {}

  /** Where the byte at a guest-physical address lies, or undefined where there is no memory. It and what follows it to the page's end may be read there. */
  at(gpa: number): HostPlace | undefined {
    const { bus, board } = this.guest;
    const flash = board.flashes.find(({ base, memory }) => gpa >= base && gpa < base + memory.length);
    const host = bus.directPage(gpa, false);
    if (host >= 0) return { flash, host: host + (gpa % PAGE) };
    // a flash that shows its status instead of its contents
    return flash && { flash, host: flash.memory.offset + gpa - flash.base };
  }

  /**
   * Writes bytes that lie in one page, whatever the guest's rights are, and as if the guest itself had done it to code. Returns false where there is no
   * memory. To be followed by `guest.commit()`.
   */
  write(gpa: number, bytes: Uint8Array): boolean {
    const { bus } = this.guest;
    const place = this.at(gpa);
    if (place === undefined) return false;
    if (place.flash === undefined) return bus.writeBlock(gpa, bytes);
    place.flash.device.patch(bytes, gpa - place.flash.base);
    bus.onCodeWrite(gpa, bytes.length);
    return true;
  }
}
