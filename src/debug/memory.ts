/**
 * Guest memory as a debugger reaches it: by guest virtual address through the guest's own translation, permissions aside, without any effect that
 * the guest could notice. RAM and flash can be read and written; devices are never touched.
 */
import { FaultType } from '../arm/exceptions.js';
import type { Guest } from '../machine/guest.js';
import { Access } from '../mem/ports.js';
import { PAGE } from '../mem/layout.js';
import { PhysicalView } from './physical.js';

const ADDRESS_SPACE = 2 ** 32;

export class GuestMemoryView {
  readonly physical: PhysicalView;

  constructor(private readonly guest: Guest) {
    this.physical = new PhysicalView(guest);
  }

  /** Bytes from `address` on, at most `length`; fewer where memory that can be read ends, or the address space does. */
  read(address: number, length: number): Uint8Array {
    const size = Math.max(0, Math.min(length, ADDRESS_SPACE - address));
    const bytes = new Uint8Array(size);
    const { u8 } = this.guest.machine.memory;
    let done = 0;
    while (done < size) {
      const va = address + done;
      const chunk = Math.min(size - done, PAGE - (va % PAGE));
      const gpa = this.translate(va);
      const place = gpa === undefined ? undefined : this.physical.at(gpa);
      if (place === undefined) return bytes.subarray(0, done);
      bytes.set(u8.subarray(place.host, place.host + chunk), done);
      done += chunk;
    }
    return bytes;
  }

  /** Writes, whatever the guest's own rights are; returns how many bytes were written before memory ended. */
  write(address: number, bytes: Uint8Array): number {
    const size = Math.min(bytes.length, ADDRESS_SPACE - address);
    let done = 0;
    while (done < size) {
      const va = address + done;
      const chunk = bytes.subarray(done, done + Math.min(size - done, PAGE - (va % PAGE)));
      const gpa = this.translate(va);
      if (gpa === undefined || !this.physical.write(gpa, chunk)) break;
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
}
