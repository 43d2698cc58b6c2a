/** Fields of the CP15 registers that control memory, faults, exceptions and coprocessor access (DDI 0406C B4.1). */
import { bitField, bitFields, type BitField } from '../../../util/bit-fields.js';

export const SCTLR = bitFields(
  '30 TE exceptions are taken in Thumb state',
  '29 AFE AP[0] is the access flag',
  '28 TRE TEX remap',
  '27 NMFI FIQs cannot be masked',
  '25 EE CPSR.E on exception entry',
  '24 VE vectors by the interrupt controller',
  '22 U unaligned accesses',
  '21 FI fast interrupts',
  '20 UWXN what PL0 can write PL1 cannot execute',
  '19 WXN what can be written cannot be executed',
  '17 HA hardware access flag',
  '14 RR round robin replacement',
  '13 V high vectors: VBAR|0xffff0000',
  '12 I instruction cache',
  '11 Z branch prediction',
  '10 SW SWP and SWPB',
  '7 B big-endian words: no|yes',
  '5 CP15BEN CP15 barriers',
  '2 C data cache',
  '1 A alignment checks',
  '0 M MMU: off|on',
);

/** Of the ARM1176 (DDI 0301H 3.2.7). */
export const SCTLR_arm1176 = bitFields(
  '29 FA AP[0] is the access flag',
  '28 TR TEX remap',
  '25 EE CPSR.E on exception entry',
  '24 VE vectors by the interrupt controller',
  '23 XP subpages: enabled|disabled',
  '22 U unaligned accesses',
  '21 FI fast interrupts',
  '18 IT instruction TCM',
  '16 DT data TCM',
  '15 L4 loads to PC leave the state alone',
  '14 RR replacement: random|round robin',
  '13 V high vectors: VBAR|0xffff0000',
  '12 I instruction cache',
  '11 Z branch prediction',
  '9 R ROM protection',
  '8 S system protection',
  '7 B big-endian words: no|yes',
  '3 W write buffer',
  '2 C data cache',
  '1 A alignment checks',
  '0 M MMU: off|on',
);

/** The Cortex-A15's and A7's have nothing else that concerns a guest here (DDI 0438I 4.3.28). */
export const ACTLR = bitFields('6 SMP coherent with other processors');
export const ACTLR_cortexA8 = bitFields(
  '1 L2EN second-level cache',
  '0 L1ALIAS aliases in the data cache: hardware|software',
);
export const ACTLR_arm1176 = bitFields(
  '31 FIO low interrupt latency keeps cached data',
  '30 FSD no speculative operations',
  '29 BFD no branch folding',
  '28 PHD no prefetch halting',
  '6 CZ caches of 16 KB',
  '5 RV no block transfers',
  '4 RA no clean of the whole cache',
  '3 TR MicroTLB replacement: random|round robin',
  '2 SB static branch prediction',
  '1 DB dynamic branch prediction',
  '0 RS return stack',
);

const access = 'none|PL1 only|reserved|full';
export const CPACR = bitFields(
  '31 ASEDIS Advanced SIMD disabled',
  '30 D32DIS D16 to D31 disabled',
  '28 TRCDIS trace registers disabled',
  ...Array.from({ length: 14 }, (_, i) => {
    const n = 13 - i;
    const what = n === 10 || n === 11 ? 'Advanced SIMD and VFP' : `coprocessor ${n}`;
    return `${2 * n + 1}:${2 * n} cp${n} ${what}: ${access}`;
  }),
);

const walkCacheability = 'none|write-back, write-allocate|write-through|write-back, no write-allocate';
export const TTBR0 = bitFields(
  '31:7 base table base, bits 31:7',
  '5 NOS not outer shareable',
  `4:3 RGN outer cacheability: ${walkCacheability}`,
  '2 IMP of the implementation',
  '1 S shareable',
  `0,6 IRGN inner cacheability: ${walkCacheability}`,
);
export const TTBR_LONG = bitFields('31:3 BADDR table base, bits 31:3');
export const TTBR_64 = bitFields('55:48 ASID address space', '39:3 BADDR table base, bits 39:3');

export const TTBCR_SHORT = bitFields(
  '31 EAE descriptor format: short|long',
  '5 PD1 no walks by TTBR1',
  '4 PD0 no walks by TTBR0',
  '2:0 N TTBR0 has the lowest 2^(32-N) bytes',
);
const shareability = 'none|reserved|outer|inner';
const cacheability = 'none|write-back, write-allocate|write-through|write-back';
export const TTBCR_LONG = bitFields(
  '31 EAE descriptor format: short|long',
  `29:28 SH1 shareability of walks by TTBR1: ${shareability}`,
  `27:26 ORGN1 outer cacheability of walks by TTBR1: ${cacheability}`,
  `25:24 IRGN1 inner cacheability of walks by TTBR1: ${cacheability}`,
  '23 EPD1 no walks by TTBR1',
  '22 A1 the ASID is in: TTBR0|TTBR1',
  '18:16 T1SZ TTBR1 has the highest 2^(32-T1SZ) bytes',
  `13:12 SH0 shareability of walks by TTBR0: ${shareability}`,
  `11:10 ORGN0 outer cacheability of walks by TTBR0: ${cacheability}`,
  `9:8 IRGN0 inner cacheability of walks by TTBR0: ${cacheability}`,
  '7 EPD0 no walks by TTBR0',
  '2:0 T0SZ TTBR0 has the lowest 2^(32-T0SZ) bytes',
);
export const TTBCR_arm1176 = bitFields(
  '5 PD1 no walks by TTBR1',
  '4 PD0 no walks by TTBR0',
  '2:0 N TTBR0 has the lowest 2^(32-N) bytes',
);

export const DACR = bitFields(
  ...Array.from({ length: 16 }, (_, i) => {
    const n = 15 - i;
    return `${2 * n + 1}:${2 * n} D${n} domain ${n}: no access|client|reserved|manager`;
  }),
);

/** Fault status in the short format (table B3-23). */
const shortStatus = [
  '1=alignment',
  '2=debug event',
  '3=access flag, level 1',
  '4=instruction cache maintenance',
  '5=translation, level 1',
  '6=access flag, level 2',
  '7=translation, level 2',
  '8=external abort',
  '9=domain, level 1',
  '11=domain, level 2',
  '12=external abort on a table walk, level 1',
  '13=permission, level 1',
  '14=external abort on a table walk, level 2',
  '15=permission, level 2',
  '16=TLB conflict',
  '22=asynchronous external abort',
].join('|');

/** Fault status in the long format (table B3-24). */
function longStatus(status: number): string | undefined {
  const level = `level ${status & 3}`;
  switch (status >>> 2) {
    case 0b0001:
      return `translation, ${level}`;
    case 0b0010:
      return `access flag, ${level}`;
    case 0b0011:
      return `permission, ${level}`;
    case 0b0101:
      return `external abort on a table walk, ${level}`;
    case 0b0100:
      return status === 0b010000 ? 'external abort' : 'asynchronous external abort';
    case 0b1000:
      return status === 0b100001 ? 'alignment' : status === 0b100010 ? 'debug event' : undefined;
    default:
      return undefined;
  }
}

const LPAE = bitField('9 LPAE status format: short|long');
const FS = bitField(`10,3:0 FS fault status: ${shortStatus}`);
const STATUS = bitField('5:0 STATUS fault status', longStatus);
const CM = bitField('13 CM by cache maintenance');
const EXT = bitField('12 ExT external abort qualifier');
const WNR = bitField('11 WnR access: read|write');
const DOMAIN = bitField('7:4 Domain domain');
export const DFSR_SHORT: readonly BitField[] = [CM, EXT, WNR, LPAE, DOMAIN, FS];
export const DFSR_LONG: readonly BitField[] = [CM, EXT, WNR, LPAE, STATUS];
export const IFSR_SHORT: readonly BitField[] = [EXT, LPAE, FS];
export const IFSR_LONG: readonly BitField[] = [EXT, LPAE, STATUS];
export const DFSR_arm1176: readonly BitField[] = [
  bitField('12 SD external abort qualifier'),
  bitField('11 RW access: read|write'),
  DOMAIN,
  bitField(`10,3:0 Status fault status: ${shortStatus}`),
];
export const IFSR_arm1176: readonly BitField[] = [
  bitField('12 SD external abort qualifier'),
  bitField(`10,3:0 Status fault status: ${shortStatus}`),
];

export const PRRR = bitFields(
  ...Array.from({ length: 8 }, (_, i) => `${31 - i} NOS${7 - i} not outer shareable, region ${7 - i}`),
  '19 NS1 Normal memory with S 1 is shareable',
  '18 NS0 Normal memory with S 0 is shareable',
  '17 DS1 Device memory with S 1 is shareable',
  '16 DS0 Device memory with S 0 is shareable',
  ...Array.from({ length: 8 }, (_, i) => {
    const n = 7 - i;
    return `${2 * n + 1}:${2 * n} TR${n} region ${n}: Strongly-ordered|Device|Normal|reserved`;
  }),
);
export const NMRR = bitFields(
  ...['OR outer', 'IR inner'].flatMap((kind, half) => {
    const [name, which] = kind.split(' ');
    return Array.from({ length: 8 }, (_, i) => {
      const n = 7 - i;
      const low = 2 * n + (half === 0 ? 16 : 0);
      return `${low + 1}:${low} ${name}${n} ${which} cacheability of region ${n}: ${cacheability}`;
    });
  }),
);
/** MAIR0 and MAIR1: four attributes each. */
export const mair = (first: number): readonly BitField[] =>
  bitFields(
    ...[3, 2, 1, 0].map(
      (n) =>
        `${8 * n + 7}:${8 * n} Attr${first + n} attributes of index ${first + n}: 0=Strongly-ordered|4=Device|0x44=Normal, not cacheable|0xff=Normal, write-back`,
    ),
  );

const parFault = bitField(`6:1 FS fault status: ${shortStatus}`);
export const PAR_SHORT = bitFields(
  '31:12 PA physical address, bits 31:12',
  '11 LPAE format: short|long',
  '10 NOS not outer shareable',
  '9 NS Non-secure',
  '7 SH shareable',
  '6:4 Inner inner cacheability: none|1=Strongly-ordered|3=Device|5=write-back, write-allocate|6=write-through|7=write-back',
  `3:2 Outer outer cacheability: ${walkCacheability}`,
  '1 SS supersection',
  '0 F translation: succeeded|failed',
);
export const PAR_SHORT_FAULT: readonly BitField[] = [
  bitField('11 LPAE format: short|long'),
  parFault,
  bitField('0 F translation: succeeded|failed'),
];
/** The low word of the long format, for 32-bit accesses. */
export const PAR_LONG_LOW = bitFields(
  '31:12 PA physical address, bits 31:12',
  '11 LPAE format: short|long',
  '9 NS Non-secure',
  `8:7 SHA shareability: ${shareability}`,
  '0 F translation: succeeded|failed',
);
export const PAR_LONG = bitFields(
  '63:56 ATTR attributes, as in MAIR',
  '39:12 PA physical address, bits 39:12',
  '11 LPAE format: short|long',
  '9 NS Non-secure',
  `8:7 SHA shareability: ${shareability}`,
  '0 F translation: succeeded|failed',
);
export const PAR_LONG_FAULT: readonly BitField[] = [
  ...bitFields('11 LPAE format: short|long', '9 FSTAGE stage of the fault: 1|2', '8 S2WLK fault of a stage 2 walk'),
  bitField('6:1 FST fault status', longStatus),
  bitField('0 F translation: succeeded|failed'),
];

/** Fields of the other registers of this kind. */
export const controlFields: Readonly<Record<string, readonly BitField[]>> = {
  SCTLR,
  ACTLR,
  CPACR,
  DACR,
  PRRR,
  NMRR,
  VBAR: bitFields('31:5 base vector base, bits 31:5'),
  ISR: bitFields('8 A external abort pending', '7 I IRQ pending', '6 F FIQ pending'),
  FCSEIDR: bitFields('31:25 PID process'),
  CONTEXTIDR: bitFields('31:8 PROCID process', '7:0 ASID address space'),
  L2CTLR: bitFields(
    '25:24 NumCPUs processors less one',
    '23 IntCtrl interrupt controller: absent|present',
    '21 ECC parity or ECC',
    '12 TagSlice tag RAM slice',
    '11:10 DataSlice data RAM slice',
    '9 TagSetup tag RAM set-up cycle',
    '8:6 TagLatency tag RAM latency',
    '5 DataSetup data RAM set-up cycle',
    '2:0 DataLatency data RAM latency',
  ),
  L2ECTLR: bitFields(
    '30 L2Error asynchronous error in the second-level cache',
    '29 AXIError asynchronous error on the bus',
  ),
  CBAR: bitFields(
    '31:15 PERIPHBASE address of private peripherals, bits 31:15',
    '7:0 PERIPHBASE_39_32 the same, bits 39:32',
  ),
  L2LOCKR: bitFields(...Array.from({ length: 8 }, (_, i) => `${7 - i} WAY${7 - i} way ${7 - i} locked`)),
  L2AUXCR: bitFields(
    '28 ParityECC parity or ECC: parity|ECC',
    '27 LDForward forwarding of loads off',
    '25 WACombine combining of writes off',
    '24 WADelay delay of write allocation off',
    '23 WACombineOff combining in write allocation off',
    '22 WAOff no write allocation',
    '21 ECCEnable parity or ECC',
    '16 InnerWA inner attributes',
    '8:6 TagLatency tag RAM latency',
    '3:0 DataLatency data RAM latency',
  ),
};
