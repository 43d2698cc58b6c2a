/** The registers of the PL031 (DDI 0224B 3.3), for people. */
import { deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { primeCellRegisters } from './primecell-registers.js';

export const pl031Registers: readonly DeviceRegister[] = [
  deviceRegister('0x000 RTCDR RO Data Register: seconds'),
  deviceRegister('0x004 RTCMR RW Match Register: seconds at which the interrupt is raised'),
  deviceRegister('0x008 RTCLR RW Load Register', [], { writes: 'sets the counter' }),
  deviceRegister('0x00c RTCCR RW Control Register', ['0 RTC_Start counter: off|on'], {
    writes: 'nothing: the counter was started before the guest',
  }),
  deviceRegister('0x010 RTCIMSC RW Interrupt Mask Set or Clear Register', ['0 RTCIMSC interrupt: masked|enabled']),
  deviceRegister('0x014 RTCRIS RO Raw Interrupt Status', ['0 RTCRIS matched']),
  deviceRegister('0x018 RTCMIS RO Masked Interrupt Status', ['0 RTCMIS matched and enabled']),
  deviceRegister('0x01c RTCICR WO Interrupt Clear Register', ['0 RTCICR clear'], {
    writes: 'a one clears the interrupt',
  }),
  ...primeCellRegisters('RTC'),
];
