/**
 * GICv2m frame (Arm Server Base System Architecture, appendix E): turns a message, a write of an SPI's number, into a pulse of that SPI. No
 * bus of this machine sends messages by itself; a guest may.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { gicv2mRegisters } from './gicv2-registers.js';

const MSI_TYPER = 0x008;
const MSI_SETSPI_NS = 0x040;
const MSI_IIDR = 0xfcc;

/** ProductID 0x51, architecture version 0, as QEMU's model reports itself. */
const IIDR = 0x0510_0000;

export class Gicv2m implements Device {
  readonly size = 0x1000;
  readonly registers = gicv2mRegisters;

  /**
   * @param first interrupt ID of the first SPI of the frame
   * @param lines GIC inputs of its SPIs, configured edge-triggered by whoever uses them
   */
  constructor(
    readonly name: string,
    private readonly first: number,
    private readonly lines: readonly IrqLine[],
    private readonly log: DeviceLog,
  ) {}

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case MSI_TYPER:
        return (this.first << 16) | this.lines.length;
      case MSI_IIDR:
        return IIDR;
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset) {
      case MSI_SETSPI_NS: {
        const line = this.lines[(value & 0x3ff) - this.first];
        if (line === undefined)
          this.log.guestError(this.name, `message for SPI ${value & 0x3ff}, which is not of this frame`);
        line?.set(true);
        line?.set(false);
        break;
      }
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
  }

  /** The frame keeps no state: a message is gone once its line has pulsed. */
  reset(): void {}

  save(): unknown {
    return null;
  }

  restore(_state: unknown): void {}
}
