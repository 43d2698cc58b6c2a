/**
 * Guest memory as a debugger reaches it: by guest virtual address through the guest's own translation, permissions aside, without any effect that
 * the guest could notice. RAM and flash can be read and written; devices are never touched.
 */
import { FaultType } from '../arm/exceptions.js';
import type { Guest } from '../machine/guest.js';
import { virtMap } from '../machine/virt-map.js';
import { Access } from '../mem/ports.js';
import { PAGE } from '../mem/layout.js';

const ADDRESS_SPACE = 2 ** 32;

/** Where a page lies that may be read: in RAM, or in a flash, whose writes bypass its command interface. */
interface HostPage {
  readonly kind: 'ram' | 'flash';
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
    const { bus, machine } = this.guest;
    let done = 0;
    while (done < size) {
      const va = address + done;
      const chunk = bytes.subarray(done, done + Math.min(size - done, PAGE - (va % PAGE)));
      const page = this.page(va);
      if (page === undefined) break;
      if (page.kind === 'ram') {
        bus.writeBlock(page.pa, chunk);
      } else {
        machine.memory.u8.set(chunk, page.host);
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
    const { bus, machine } = this.guest;
    for (const name of ['flash0', 'flash1'] as const) {
      const { base, size } = virtMap[name];
      if (pa < base || pa >= base + size) continue;
      // read the contents also while the flash shows its status
      const flash = machine.memory.guests.find((memory) => memory.name === name);
      return flash && { kind: 'flash', pa, host: flash.offset + pa - base };
    }
    const host = bus.directPage(pa, false);
    return host < 0 ? undefined : { kind: 'ram', pa, host: host + (pa % PAGE) };
  }
}
