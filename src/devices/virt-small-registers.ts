/** The registers of small blocks of the `virt` board, for people: virtio-mmio without a device, fw_cfg, the PCI host bridge, flash. */
import { deviceRegister, type DeviceRegister } from '../mem/device-registers.js';

/** Virtual I/O Device 1.2, 4.2.4. With no device behind it a transport has no others. */
export const virtioRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x000 MagicValue RO "virt"'),
  deviceRegister('0x004 Version RO Version of the transport', ['31:0 Version version: 1=legacy|2=current']),
  deviceRegister('0x008 DeviceID RO Virtio Subsystem Device ID', ['31:0 DeviceID device: no device is here']),
  deviceRegister('0x00c VendorID RO Virtio Subsystem Vendor ID'),
];

/** QEMU's "fw_cfg" specification. Registers other than the data are big-endian; shown as the guest's processor sees them. */
export const fwCfgRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 DATA RO Next bytes of the selected item, low half', [], { reads: 'moves on by as many bytes' }),
  deviceRegister('0x04 DATA_HIGH RO The same, high half', [], { reads: 'moves on by as many bytes' }),
  deviceRegister('0x08 SELECTOR WO Key of the selected item', [], { bits: 16, writes: 'selects an item (big-endian)' }),
  deviceRegister('0x10 DMA_ADDRESS_HIGH RW DMA address, high half; reads as "QEMU"'),
  deviceRegister('0x14 DMA_ADDRESS_LOW RW DMA address, low half; reads as " CFG"', [], {
    writes: 'starts a transfer (big-endian)',
  }),
];

/** The type 0 header of the host bridge, 00:00.0 (PCI Local Bus 3.0, 6.1). */
export const hostBridgeRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x00 ID RO Vendor ID and Device ID', ['31:16 DeviceID device', '15:0 VendorID vendor']),
  deviceRegister('0x04 COMMAND RW Command and Status', [
    '10 InterruptDisable no INTx',
    '8 SERR SERR# enable',
    '2 BusMaster bus master',
    '1 Memory answers memory accesses',
    '0 IO answers I/O accesses',
  ]),
  deviceRegister('0x08 CLASS RO Class Code and Revision ID', [
    '31:8 ClassCode class: 0x60000=host bridge',
    '7:0 RevisionID revision',
  ]),
  deviceRegister('0x0c HEADER RW Cache Line Size and Header Type', [
    '23:16 HeaderType header type',
    '7:0 CacheLineSize cache line',
  ]),
  deviceRegister('0x2c SUBSYSTEM RO Subsystem', ['31:16 SubsystemID device', '15:0 SubsystemVendorID vendor']),
  deviceRegister('0x3c INTERRUPT RW Interrupt Line and Pin', ['15:8 InterruptPin pin: none', '7:0 InterruptLine line']),
];

/** Intel StrataFlash: the status register, which reads give after a command only. It is shown whatever they give now. */
export const flashRegisters: readonly DeviceRegister[] = [
  deviceRegister(
    '0x00 SR RO Status Register of either chip',
    [
      '7 SR7 write state machine: busy|ready',
      '6 SR6 erase suspended',
      '5 SR5 erase error',
      '4 SR4 program error',
      '3 SR3 programming voltage low',
      '2 SR2 program suspended',
      '1 SR1 block locked',
    ],
    { bits: 8 },
  ),
];
