/**
 * PCI Express host: the enhanced configuration access mechanism (PCI Express Base 7.2.2) over a root bus on which the host bridge is the only
 * function, and the bus's memory and I/O windows, in which nothing answers.
 */
import type { AccessSize, Device } from '../mem/device.js';
import { laneMask, readLanes } from './registers.js';
import { hostBridgeRegisters } from './virt-small-registers.js';

/** ECAM address: bus 27:20, device 19:15, function 14:12, register 11:0. The host bridge is 00:00.0, with conventional configuration space. */
const CONFIGURATION_BYTES = 0x100;

/** Type 0 header (PCI Local Bus 3.0, 6.1): vendor and device, class, subsystem of the generic host bridge. */
const VENDOR_DEVICE = 0x0008_1b36;
const COMMAND_STATUS = 0x04;
/** I/O space, memory space, bus master, SERR# enable, interrupt disable. */
const COMMAND_WRITABLE = 0x0000_0507;
const CLASS_REVISION = 0x08;
const CLASS_HOST_BRIDGE = 0x0600_0000;
const CACHE_LINE = 0x0c;
const CACHE_LINE_WRITABLE = 0x0000_00ff;
const SUBSYSTEM = 0x2c;
const SUBSYSTEM_ID = 0x1100_1af4;
const INTERRUPT = 0x3c;
const INTERRUPT_LINE_WRITABLE = 0x0000_00ff;

/** What reads give where no function, or no device, answers. */
function allOnes(size: AccessSize): number {
  return readLanes(0xffffffff, 0, size);
}

export class PciEcam implements Device {
  readonly registers = hostBridgeRegisters;
  private command = 0;
  private cacheLine = 0;
  private interruptLine = 0;

  /** @param size bytes of the window: 1 MiB for each bus number */
  constructor(
    readonly name: string,
    readonly size: number,
  ) {}

  read(offset: number, size: AccessSize): number {
    if (offset >= CONFIGURATION_BYTES) return allOnes(size);
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case 0x00:
        return VENDOR_DEVICE;
      case COMMAND_STATUS:
        return this.command;
      case CLASS_REVISION:
        return CLASS_HOST_BRIDGE;
      case CACHE_LINE:
        return this.cacheLine;
      case SUBSYSTEM:
        return SUBSYSTEM_ID;
      case INTERRUPT:
        return this.interruptLine;
      default: // no base addresses, no capabilities, reserved: read as 0
        return 0;
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  /** Writes to functions that are not there, and to read-only registers, are dropped, as configuration software expects. */
  write(offset: number, size: AccessSize, value: number): void {
    if (offset >= CONFIGURATION_BYTES) return;
    const lanes = laneMask(offset, size);
    const bits = (value << ((offset & 3) * 8)) & lanes;
    const merge = (old: number, writable: number): number => (old & ~(lanes & writable)) | (bits & writable);
    switch (offset & ~3) {
      case COMMAND_STATUS:
        this.command = merge(this.command, COMMAND_WRITABLE);
        break;
      case CACHE_LINE:
        this.cacheLine = merge(this.cacheLine, CACHE_LINE_WRITABLE);
        break;
      case INTERRUPT:
        this.interruptLine = merge(this.interruptLine, INTERRUPT_LINE_WRITABLE);
        break;
    }
  }

  reset(): void {
    this.command = this.cacheLine = this.interruptLine = 0;
  }

  save(): unknown {
    return [this.command, this.cacheLine, this.interruptLine];
  }

  restore(state: unknown): void {
    [this.command, this.cacheLine, this.interruptLine] = state as number[];
  }
}

/** The memory or I/O window of a bus with nothing in it: reads end in a master abort, which software sees as all ones; writes vanish. */
export class PciWindow implements Device {
  constructor(
    readonly name: string,
    readonly size: number,
  ) {}

  read(_offset: number, size: AccessSize): number {
    return allOnes(size);
  }

  write(): void {}

  reset(): void {}

  save(): unknown {
    return null;
  }

  restore(_state: unknown): void {}
}
