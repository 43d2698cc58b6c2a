/** The identification registers that every PrimeCell of ARM ends with, for people. */
import { at, deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { PERIPH_ID0 } from './registers.js';

/** @param part name of the part as its manual prefixes it: `UART`, `RTC` */
export function primeCellRegisters(part: string): readonly DeviceRegister[] {
  const group = 'Identification';
  const fields = [
    ['7:0 PartNumber0 part number, bits 7:0'],
    ['7:4 Designer0 designer, bits 3:0', '3:0 PartNumber1 part number, bits 11:8'],
    ['7:4 Revision revision', '3:0 Designer1 designer, bits 7:4'],
    ['7:0 Configuration configuration'],
  ];
  return [
    ...fields.map((own, i) =>
      deviceRegister(`${at(PERIPH_ID0 + 4 * i)} ${part}PeriphID${i} RO Peripheral identification ${i}`, own, {
        bits: 8,
        group,
      }),
    ),
    ...[0, 1, 2, 3].map((i) =>
      deviceRegister(
        `${at(PERIPH_ID0 + 0x10 + 4 * i)} ${part}PCellID${i} RO PrimeCell identification ${i}`,
        [`7:0 ${part}PCellID${i} byte ${i} of 0xb105f00d`],
        { bits: 8, group },
      ),
    ),
  ];
}
