/** The registers of the GICv2 (IHI 0048B chapter 4) and of a GICv2m frame, for people. */
import { at, deviceRegister, type DeviceRegister } from '../mem/device-registers.js';
import { bitFields, bitForEach, type BitField } from '../util/bit-fields.js';

/** Interrupts of which each has a bit, 32 in a register. */
function bitsOf(interrupts: number, offset: number, name: string, title: string, meaning: string, writes?: string) {
  return Array.from({ length: interrupts / 32 }, (_, i) =>
    deviceRegister(
      `${at(offset + 4 * i)} ${name}${i} RW ${title} ${i}: interrupts ${32 * i} to ${32 * i + 31}`,
      bitForEach(32, 'ID', meaning, 0, 32 * i),
      { group: title, ...(writes !== undefined && { writes }) },
    ),
  );
}

/** Interrupts of which each has a byte, four in a register. */
function bytesOf(interrupts: number, offset: number, name: string, title: string, meaning: string, access = 'RW') {
  return Array.from({ length: interrupts / 4 }, (_, i) =>
    deviceRegister(
      `${at(offset + 4 * i)} ${name}${i} ${access} ${title} ${i}: interrupts ${4 * i} to ${4 * i + 3}`,
      bitFields(
        ...[3, 2, 1, 0].map((n) => `${8 * n + 7}:${8 * n} ID${4 * i + n} ${meaning} of interrupt ${4 * i + n}`),
      ),
      { group: title },
    ),
  );
}

function configurations(interrupts: number): DeviceRegister[] {
  const title = 'Interrupt Configuration Register';
  return Array.from({ length: interrupts / 16 }, (_, i) =>
    deviceRegister(
      `${at(0xc00 + 4 * i)} GICD_ICFGR${i} ${i === 0 ? 'RO' : 'RW'} ${title} ${i}: interrupts ${16 * i} to ${16 * i + 15}`,
      bitFields(
        ...Array.from({ length: 16 }, (_, n) => {
          const id = 16 * i + 15 - n;
          const low = 30 - 2 * n;
          return `${low + 1}:${low} ID${id} trigger of interrupt ${id}: 0=level|2=edge`;
        }),
      ),
      { group: title },
    ),
  );
}

function softwarePending(offset: number, name: string, what: string): DeviceRegister[] {
  const title = `SGI ${what}-Pending Register`;
  return [0, 1, 2, 3].map((i) =>
    deviceRegister(
      `${at(offset + 4 * i)} ${name}${i} RW ${title} ${i}: SGIs ${4 * i} to ${4 * i + 3}`,
      bitFields(
        ...[3, 2, 1, 0].map(
          (n) => `${8 * n + 7}:${8 * n} SGI${4 * i + n} processors from which SGI ${4 * i + n} is pending`,
        ),
      ),
      { group: title, writes: `ones ${what.toLowerCase()} pending states` },
    ),
  );
}

function identification(): DeviceRegister[] {
  const group = 'Identification';
  return [4, 5, 6, 7, 0, 1, 2, 3]
    .map((n, i) =>
      deviceRegister(
        `${at(0xfd0 + 4 * i)} ICPIDR${n} RO Peripheral ID${n}`,
        n === 2 ? ['7:4 ArchRev architecture version'] : [],
        {
          bits: 8,
          group,
        },
      ),
    )
    .concat(
      [0, 1, 2, 3].map((n) =>
        deviceRegister(`${at(0xff0 + 4 * n)} ICCIDR${n} RO Component ID${n}`, [], { bits: 8, group }),
      ),
    );
}

/** @param interrupts how many the distributor has, a multiple of 32 */
export function distributorRegisters(interrupts: number): readonly DeviceRegister[] {
  return [
    deviceRegister('0x000 GICD_CTLR RW Distributor Control Register', [
      '1 EnableGrp1 group 1: held back|forwarded',
      '0 EnableGrp0 group 0: held back|forwarded',
    ]),
    deviceRegister('0x004 GICD_TYPER RO Interrupt Controller Type Register', [
      '15:11 LSPI lockable SPIs',
      '10 SecurityExtn Security Extensions: absent|present',
      '7:5 CPUNumber processors less one',
      '4:0 ITLinesNumber interrupts in 32s less one',
    ]),
    deviceRegister('0x008 GICD_IIDR RO Distributor Implementer Identification Register', [
      '31:24 ProductID product',
      '19:16 Variant major revision',
      '15:12 Revision minor revision',
      '11:0 Implementer JEP106 code: 0x43b=Arm',
    ]),
    ...bitsOf(interrupts, 0x080, 'GICD_IGROUPR', 'Interrupt Group Register', 'in group 1, interrupt'),
    ...bitsOf(
      interrupts,
      0x100,
      'GICD_ISENABLER',
      'Interrupt Set-Enable Register',
      'enabled, interrupt',
      'ones enable',
    ),
    ...bitsOf(
      interrupts,
      0x180,
      'GICD_ICENABLER',
      'Interrupt Clear-Enable Register',
      'enabled, interrupt',
      'ones disable',
    ),
    ...bitsOf(
      interrupts,
      0x200,
      'GICD_ISPENDR',
      'Interrupt Set-Pending Register',
      'pending, interrupt',
      'ones make pending',
    ),
    ...bitsOf(
      interrupts,
      0x280,
      'GICD_ICPENDR',
      'Interrupt Clear-Pending Register',
      'pending, interrupt',
      'ones end the pending state',
    ),
    ...bitsOf(
      interrupts,
      0x300,
      'GICD_ISACTIVER',
      'Interrupt Set-Active Register',
      'active, interrupt',
      'ones make active',
    ),
    ...bitsOf(
      interrupts,
      0x380,
      'GICD_ICACTIVER',
      'Interrupt Clear-Active Register',
      'active, interrupt',
      'ones end the active state',
    ),
    ...bytesOf(interrupts, 0x400, 'GICD_IPRIORITYR', 'Interrupt Priority Register', 'priority'),
    ...bytesOf(interrupts, 0x800, 'GICD_ITARGETSR', 'Interrupt Processor Targets Register', 'targets', 'RO'),
    ...configurations(interrupts),
    deviceRegister(
      '0xf00 GICD_SGIR WO Software Generated Interrupt Register',
      [
        '25:24 TargetListFilter targets: those of CPUTargetList|all others|this processor',
        '23:16 CPUTargetList processors',
        '15 NSATT for group: 0|1',
        '3:0 SGIINTID interrupt',
      ],
      { writes: 'sends a software generated interrupt' },
    ),
    ...softwarePending(0xf10, 'GICD_CPENDSGIR', 'Clear'),
    ...softwarePending(0xf20, 'GICD_SPENDSGIR', 'Set'),
    ...identification(),
  ];
}

/** Interrupt IDs that stand for none. */
const special = '1022=one of group 1|1023=none';
const acknowledges = (id: string) => [`12:10 CPUID processor that sent it`, `9:0 ${id} interrupt: ${special}`];

function activePriorities(offset: number, name: string, group: number): DeviceRegister[] {
  return [0, 1, 2, 3].map((i) =>
    deviceRegister(
      `${at(offset + 4 * i)} ${name}${i} RW Active Priorities Register ${i} of group ${group}`,
      Array.from({ length: 32 }, (_, n): BitField => {
        const bit = 31 - n;
        const priority = 2 * (32 * i + bit);
        return bitFields(`${bit} P${priority} priority ${priority} active`)[0];
      }),
      { group: 'Active priorities' },
    ),
  );
}

export const cpuInterfaceRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x0000 GICC_CTLR RW CPU Interface Control Register', [
    '9 EOImode a write of GICC_EOIR: completes|drops the priority only',
    '8 IRQBypDisGrp1 no IRQ bypass, group 1',
    '7 FIQBypDisGrp1 no FIQ bypass, group 1',
    '6 IRQBypDisGrp0 no IRQ bypass, group 0',
    '5 FIQBypDisGrp0 no FIQ bypass, group 0',
    '4 CBPR binary point of group 1: GICC_ABPR|GICC_BPR',
    '3 FIQEn group 0 is signalled as: IRQ|FIQ',
    '2 AckCtl GICC_IAR acknowledges: group 0|both groups',
    '1 EnableGrp1 group 1: not signalled|signalled',
    '0 EnableGrp0 group 0: not signalled|signalled',
  ]),
  deviceRegister('0x0004 GICC_PMR RW Interrupt Priority Mask Register', [
    '7:0 Priority only what is below this number passes',
  ]),
  deviceRegister('0x0008 GICC_BPR RW Binary Point Register', [
    '2:0 Binary_point bits of the priority that do not preempt, less 1',
  ]),
  deviceRegister('0x000c GICC_IAR RO Interrupt Acknowledge Register', acknowledges('Interrupt_ID'), {
    reads: 'acknowledges the interrupt, which becomes active',
  }),
  deviceRegister(
    '0x0010 GICC_EOIR WO End of Interrupt Register',
    ['12:10 CPUID processor that sent it', '9:0 EOIINTID interrupt'],
    {
      writes: 'completes an interrupt',
    },
  ),
  deviceRegister('0x0014 GICC_RPR RO Running Priority Register', ['7:0 Priority priority that runs: 0xff=none']),
  deviceRegister('0x0018 GICC_HPPIR RO Highest Priority Pending Interrupt Register', acknowledges('PENDINTID')),
  deviceRegister('0x001c GICC_ABPR RW Aliased Binary Point Register', [
    '2:0 Binary_point bits of the priority that do not preempt, group 1',
  ]),
  deviceRegister('0x0020 GICC_AIAR RO Aliased Interrupt Acknowledge Register', acknowledges('Interrupt_ID'), {
    reads: 'acknowledges the interrupt, which becomes active',
  }),
  deviceRegister(
    '0x0024 GICC_AEOIR WO Aliased End of Interrupt Register',
    ['12:10 CPUID processor that sent it', '9:0 EOIINTID interrupt'],
    {
      writes: 'completes an interrupt of group 1',
    },
  ),
  deviceRegister(
    '0x0028 GICC_AHPPIR RO Aliased Highest Priority Pending Interrupt Register',
    acknowledges('PENDINTID'),
  ),
  ...activePriorities(0x0d0, 'GICC_APR', 0),
  ...activePriorities(0x0e0, 'GICC_NSAPR', 1),
  deviceRegister('0x00fc GICC_IIDR RO CPU Interface Identification Register', [
    '31:20 ProductID product',
    '19:16 Architecture version',
    '15:12 Revision revision',
    '11:0 Implementer JEP106 code: 0x43b=Arm',
  ]),
  deviceRegister(
    '0x1000 GICC_DIR WO Deactivate Interrupt Register',
    ['12:10 CPUID processor that sent it', '9:0 Interrupt_ID interrupt'],
    {
      writes: 'ends the active state of an interrupt',
    },
  ),
];

export const gicv2mRegisters: readonly DeviceRegister[] = [
  deviceRegister('0x008 MSI_TYPER RO Type register', ['25:16 BaseSPI first SPI', '9:0 NumSPI how many']),
  deviceRegister('0x040 MSI_SETSPI_NS WO Set SPI register', ['9:0 SPI interrupt'], { writes: 'raises the interrupt' }),
  deviceRegister('0xfcc MSI_IIDR RO Identification register', [
    '31:20 ProductID product',
    '19:16 Architecture version',
    '15:12 Revision revision',
    '11:0 Implementer JEP106 code',
  ]),
];
