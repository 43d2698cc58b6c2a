/**
 * What register windows have in common: 32-bit registers reached by narrower accesses, and the identification registers of ARM's PrimeCells.
 * Knows no particular device.
 */
import type { AccessSize, DeviceLog } from '../mem/device.js';

/** The `size` bytes that an access at `offset` picks out of the 32-bit register `word`, as an unsigned number. */
export function readLanes(word: number, offset: number, size: AccessSize): number {
  const shifted = word >>> ((offset & 3) * 8);
  return size === 4 ? shifted : shifted & (size === 2 ? 0xffff : 0xff);
}

/** Mask (u32) of the bits of a 32-bit register that an access of `size` bytes at `offset` reaches. */
export function laneMask(offset: number, size: AccessSize): number {
  return size === 4 ? 0xffffffff : ((size === 2 ? 0xffff : 0xff) << ((offset & 3) * 8)) >>> 0;
}

/** Offset of PeriphID0; PeriphID1-3 and PCellID0-3 follow, one byte in each word, up to the end of the 4 KiB window. */
export const PERIPH_ID0 = 0xfe0;

/**
 * PeriphID0-3 and PCellID0-3 of a PrimeCell, whose register `offset` lies at or behind {@link PERIPH_ID0}.
 * @param part part number (12 bits), e.g. 0x011 for PL011
 * @param revision top half of PeriphID2
 */
export function primeCellId(part: number, revision: number, offset: number): number {
  switch (offset) {
    case 0xfe0:
      return part & 0xff;
    case 0xfe4: // designer 0x41, low half
      return 0x10 | (part >> 8);
    case 0xfe8:
      return (revision << 4) | 0x4;
    case 0xff0:
      return 0x0d;
    case 0xff4:
      return 0xf0;
    case 0xff8:
      return 0x05;
    case 0xffc:
      return 0xb1;
    default:
      return 0;
  }
}

/** Reports a read of a register that does not exist or cannot be read; such a read gives 0. */
export function unknownRead(log: DeviceLog, device: string, offset: number): number {
  log.guestError(device, `read of offset 0x${offset.toString(16)}, where no readable register is`);
  return 0;
}

/** Reports a write to a register that does not exist or cannot be written; such a write does nothing. */
export function unknownWrite(log: DeviceLog, device: string, offset: number, value: number): void {
  log.guestError(
    device,
    `write of 0x${value.toString(16)} to offset 0x${offset.toString(16)}, where no writable register is`,
  );
}
