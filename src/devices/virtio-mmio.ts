/**
 * A virtio-mmio transport with no device behind it (Virtual I/O Device 1.2, 4.2.2): the magic number, the legacy version and the vendor, and
 * DeviceID 0, at which a driver stops looking.
 */
import type { AccessSize, Device, DeviceLog } from '../mem/device.js';
import { readLanes, unknownWrite } from './registers.js';
import { virtioRegisters } from './virt-small-registers.js';

const MagicValue = 0x000;
const Version = 0x004;
const VendorID = 0x00c;

export class VirtioMmio implements Device {
  readonly size = 0x200;
  readonly registers = virtioRegisters;

  constructor(
    readonly name: string,
    private readonly log: DeviceLog,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case MagicValue:
        return 0x7472_6976; // "virt"
      case Version: // legacy interface
        return 1;
      case VendorID:
        return 0x554d_4551; // "QEMU"
      default: // DeviceID among them: 0
        return 0;
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    unknownWrite(this.log, this.name, offset, value);
  }

  reset(): void {}

  save(): unknown {
    return null;
  }

  restore(_state: unknown): void {}
}
