/**
 * Guest memory as a debugger reaches it: by guest virtual address through the guest's own translation, permissions aside, without any effect that
 * the guest could notice. RAM and flash can be read and written; devices are never touched.
 */
import { FaultType } from '../arm/exceptions.js';
import type { BoardFlash } from '../machine/board.js';
import type { Guest } from '../machine/guest.js';
import { Access } from '../mem/ports.js';
import { PAGE } from '../mem/layout.js';

const ADDRESS_SPACE = 2 ** 32;

/** Where a byte that may be read lies. */
interface HostPage {
  /** The flash that it belongs to, which is written past its command interface; undefined for RAM. */
  readonly flash: BoardFlash | undefined;
  readonly pa: number;
  /** Byte address in the one memory of the byte at `pa`. */
  readonly host: number;
}

export class GuestMemoryView {
  constructor(private readonly guest: Guest) {}

  /** Bytes from `address` on, at most `length`; fewer where memory that can be read ends, or the address space does. */
  read(address: number, length: number): Uint8Array {
    const size = Math.max(0, Math.min(length, ADDRESS_SPACE - address));
    const bytes = new Uint8Array(size);
    const { u8 } = this.guest.machine.memory;
    let done = 0;
    while (done < size) {
      const va = address + done;
      const chunk = Math.min(size - done, PAGE - (va % PAGE));
      const page = this.page(va);
      if (page === undefined) return bytes.subarray(0, done);
      bytes.set(u8.subarray(page.host, page.host + chunk), done);
      done += chunk;
    }
    return bytes;
  }

  /** Writes, whatever the guest's own rights are; returns how many bytes were written before memory ended. */
  write(address: number, bytes: Uint8Array): number {
    const size = Math.min(bytes.length, ADDRESS_SPACE - address);
    const { bus } = this.guest;
    let done = 0;
    while (done < size) {
      const va = address + done;
      const chunk = bytes.subarray(done, done + Math.min(size - done, PAGE - (va % PAGE)));
      const page = this.page(va);
      if (page === undefined) break;
      if (page.flash === undefined) {
        bus.writeBlock(page.pa, chunk);
      } else {
        page.flash.device.patch(chunk, page.pa - page.flash.base);
        bus.onCodeWrite(page.pa, chunk.length);
      }
      done += chunk.length;
    }
    if (done > 0) this.guest.commit();
    return done;
  }

  /** Guest-physical address of `address`, or undefined where nothing is mapped. */
  translate(address: number): number | undefined {
    const { fault, pa } = this.guest.cpu.mmu.translate(address >>> 0, Access.read, true);
    // rights are not the debugger's concern; the walk got as far as the leaf
    return fault === FaultType.None || fault === FaultType.Permission || fault === FaultType.Domain ? pa : undefined;
  }

  private page(address: number): HostPage | undefined {
    const pa = this.translate(address);
    if (pa === undefined) return undefined;
    const { bus, board } = this.guest;
    const flash = board.flashes.find(({ base, memory }) => pa >= base && pa < base + memory.length);
    const host = bus.directPage(pa, false);
    if (host >= 0) return { flash, pa, host: host + (pa % PAGE) };
    // a flash that shows its status instead of its contents
    return flash && { flash, pa, host: flash.memory.offset + pa - flash.base };
  }
}
