/** The registers of the PL061 (DDI 0190B 3.3), for people. */
import { deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { bitForEach } from '../util/bit-fields.js';
import { primeCellRegisters } from './primecell-registers.js';

const pins = (title: string) => bitForEach(8, 'pin', `${title}, pin`);

export const pl061Registers: readonly DeviceRegister[] = [
  // Of the 256 addresses of the data register, the one that reaches all pins.
  deviceRegister('0x3fc GPIODATA RW Data Register, all eight pins', pins('level'), {
    writes: 'sets the pins that GPIODIR makes outputs',
  }),
  deviceRegister('0x400 GPIODIR RW Data Direction Register', pins('output')),
  deviceRegister('0x404 GPIOIS RW Interrupt Sense Register', pins('by level, not edge')),
  deviceRegister('0x408 GPIOIBE RW Interrupt Both Edges Register', pins('both edges')),
  deviceRegister('0x40c GPIOIEV RW Interrupt Event Register', pins('rising or high')),
  deviceRegister('0x410 GPIOIE RW Interrupt Mask Register', pins('interrupt enabled')),
  deviceRegister('0x414 GPIORIS RO Raw Interrupt Status', pins('interrupt condition')),
  deviceRegister('0x418 GPIOMIS RO Masked Interrupt Status', pins('interrupt raised')),
  deviceRegister('0x41c GPIOIC WO Interrupt Clear Register', pins('clear edge'), { writes: 'ones clear edges' }),
  deviceRegister('0x420 GPIOAFSEL RW Mode Control Select Register', pins('hardware control')),
  ...primeCellRegisters('GPIO'),
];
