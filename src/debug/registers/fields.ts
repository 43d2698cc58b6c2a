/** Fields of status and system registers, as the manual's diagrams name them, and what their values mean. Data and how to cut a value; no processor. */
import { modeName } from '../../arm/modes.js';
import { assert } from '../../util/assert.js';

/** Bits `hi` down to `lo`, most significant slice first where a field is split. */
interface Slice {
  readonly hi: number;
  readonly lo: number;
}

export interface Field {
  readonly name: string;
  readonly bits: number;
  readonly slices: readonly Slice[];
  /** What the field is. */
  readonly title: string;
  /** Meaning of a value, where there is more to say than the number. */
  readonly says?: (value: number) => string | undefined;
}

type Says = Field['says'];

/** One field from `name`, bit positions as `31` or `10,3:0`, and its title. */
function field(name: string, at: string, title: string, says?: Says): Field {
  const slices = at.split(',').map((part) => {
    const [hi, lo = hi] = part.split(':').map(Number);
    assert(hi >= lo && lo >= 0 && hi < 32, `register field ${name} at ${at}`);
    return { hi, lo };
  });
  return { name, bits: slices.reduce((n, s) => n + s.hi - s.lo + 1, 0), slices, title, says };
}

const words =
  (...meanings: string[]): Says =>
  (value) =>
    meanings[value];

/** A field's value in a register's. */
export function extract(register: number, { slices }: Field): number {
  let value = 0;
  for (const { hi, lo } of slices) {
    const width = hi - lo + 1;
    value = value * 2 ** width + ((register >>> lo) & (width === 32 ? -1 : (1 << width) - 1));
  }
  return value >>> 0;
}

/** A register's value with a field set, u32. */
export function insert(register: number, { slices }: Field, value: number): number {
  let result = register;
  let rest = value;
  for (const { hi, lo } of [...slices].reverse()) {
    const width = hi - lo + 1;
    const mask = (width === 32 ? -1 : (1 << width) - 1) << lo;
    result = (result & ~mask) | ((rest << lo) & mask);
    rest = Math.floor(rest / 2 ** width);
  }
  return result >>> 0;
}

/** CPSR and SPSR (B1.3.3). */
export const psrFields: readonly Field[] = [
  field('N', '31', 'negative'),
  field('Z', '30', 'zero'),
  field('C', '29', 'carry'),
  field('V', '28', 'overflow'),
  field('Q', '27', 'saturated'),
  field('IT', '15:10,26:25', 'If-Then state'),
  field('J', '24', 'Jazelle'),
  field('GE', '19:16', 'greater than or equal'),
  field('E', '9', 'data endianness', words('little-endian', 'big-endian')),
  field('A', '8', 'asynchronous aborts masked'),
  field('I', '7', 'IRQs masked'),
  field('F', '6', 'FIQs masked'),
  field('T', '5', 'Thumb', words('ARM', 'Thumb')),
  field('M', '4:0', 'mode', modeName),
];

const SCTLR = [
  field('TE', '30', 'exceptions are taken in Thumb state'),
  field('AFE', '29', 'AP[0] is the access flag'),
  field('TRE', '28', 'TEX remap'),
  field('NMFI', '27', 'FIQs cannot be masked'),
  field('EE', '25', 'CPSR.E on exception entry'),
  field('VE', '24', 'vectors by the interrupt controller'),
  field('U', '22', 'unaligned accesses'),
  field('FI', '21', 'fast interrupts'),
  field('UWXN', '20', 'what PL0 can write PL1 cannot execute'),
  field('WXN', '19', 'what can be written cannot be executed'),
  field('HA', '17', 'hardware access flag'),
  field('RR', '14', 'round robin replacement'),
  field('V', '13', 'high vectors', words('VBAR', '0xffff0000')),
  field('I', '12', 'instruction cache'),
  field('Z', '11', 'branch prediction'),
  field('SW', '10', 'SWP and SWPB'),
  field('CP15BEN', '5', 'CP15 barriers'),
  field('C', '2', 'data cache'),
  field('A', '1', 'alignment checks'),
  field('M', '0', 'MMU', words('off', 'on')),
];

const coprocessorAccess = words('none', 'PL1 only', 'reserved', 'full');
const CPACR = [
  field('ASEDIS', '31', 'Advanced SIMD disabled'),
  field('D32DIS', '30', 'D16 to D31 disabled'),
  field('TRCDIS', '28', 'trace registers disabled'),
  field('cp11', '23:22', 'Advanced SIMD and VFP', coprocessorAccess),
  field('cp10', '21:20', 'Advanced SIMD and VFP', coprocessorAccess),
];

const TTBCR_SHORT = [
  field('EAE', '31', 'descriptor format', words('short', 'long')),
  field('PD1', '5', 'no walks by TTBR1'),
  field('PD0', '4', 'no walks by TTBR0'),
  field('N', '2:0', 'TTBR0 has the lowest 2^(32-N) bytes'),
];
const TTBCR_LONG = [
  field('EAE', '31', 'descriptor format', words('short', 'long')),
  field('SH1', '29:28', 'shareability of walks by TTBR1'),
  field('ORGN1', '27:26', 'outer cacheability of walks by TTBR1'),
  field('IRGN1', '25:24', 'inner cacheability of walks by TTBR1'),
  field('EPD1', '23', 'no walks by TTBR1'),
  field('A1', '22', 'the ASID is in', words('TTBR0', 'TTBR1')),
  field('T1SZ', '18:16', 'TTBR1 has the highest 2^(32-T1SZ) bytes'),
  field('SH0', '13:12', 'shareability of walks by TTBR0'),
  field('ORGN0', '11:10', 'outer cacheability of walks by TTBR0'),
  field('IRGN0', '9:8', 'inner cacheability of walks by TTBR0'),
  field('EPD0', '7', 'no walks by TTBR0'),
  field('T0SZ', '2:0', 'TTBR0 has the lowest 2^(32-T0SZ) bytes'),
];

const domainAccess = words('no access', 'client', 'reserved', 'manager');
const DACR = Array.from({ length: 16 }, (_, i) => {
  const n = 15 - i;
  return field(`D${n}`, `${2 * n + 1}:${2 * n}`, `domain ${n}`, domainAccess);
});

/** Fault status in the short format (table B3-23). */
const SHORT_STATUS: Readonly<Record<number, string>> = {
  0b00001: 'alignment',
  0b00010: 'debug event',
  0b00011: 'access flag, level 1',
  0b00100: 'instruction cache maintenance',
  0b00101: 'translation, level 1',
  0b00110: 'access flag, level 2',
  0b00111: 'translation, level 2',
  0b01000: 'external abort',
  0b01001: 'domain, level 1',
  0b01011: 'domain, level 2',
  0b01100: 'external abort on a table walk, level 1',
  0b01101: 'permission, level 1',
  0b01110: 'external abort on a table walk, level 2',
  0b01111: 'permission, level 2',
  0b10110: 'asynchronous external abort',
};

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

const LPAE = field('LPAE', '9', 'status format', words('short', 'long'));
const FS = field('FS', '10,3:0', 'fault status', (value) => SHORT_STATUS[value]);
const STATUS = field('STATUS', '5:0', 'fault status', longStatus);
const CM = field('CM', '13', 'by cache maintenance');
const EXT = field('ExT', '12', 'external abort qualifier');
const WNR = field('WnR', '11', 'access', words('read', 'write'));
const DFSR_SHORT = [CM, EXT, WNR, LPAE, field('Domain', '7:4', 'domain'), FS];
const DFSR_LONG = [CM, EXT, WNR, LPAE, STATUS];
const IFSR_SHORT = [EXT, LPAE, FS];
const IFSR_LONG = [EXT, LPAE, STATUS];

const timerControl = [
  field('ISTATUS', '2', 'condition met'),
  field('IMASK', '1', 'interrupt masked'),
  field('ENABLE', '0', 'timer enabled'),
];

const byRegister: Readonly<Record<string, readonly Field[]>> = {
  SCTLR,
  CPACR,
  DACR,
  TTBR0: [
    field('base', '31:7', 'table base, bits 31:7'),
    field('NOS', '5', 'not outer shareable'),
    field('RGN', '4:3', 'outer cacheability'),
    field('S', '1', 'shareable'),
    field('IRGN', '0,6', 'inner cacheability'),
  ],
  VBAR: [field('base', '31:5', 'vector base, bits 31:5')],
  CONTEXTIDR: [field('PROCID', '31:8', 'process'), field('ASID', '7:0', 'address space')],
  MIDR: [
    field('Implementer', '31:24', 'implementer', (value) => (value === 0x41 ? 'ARM' : undefined)),
    field('Variant', '23:20', 'major revision'),
    field('Architecture', '19:16', 'architecture', (value) => (value === 15 ? 'by CPUID' : undefined)),
    field('PartNum', '15:4', 'part', (value) => ({ 0xc0f: 'Cortex-A15', 0xc07: 'Cortex-A7' })[value]),
    field('Revision', '3:0', 'minor revision'),
  ],
  CNTKCTL: [
    field('PL0PTEN', '9', 'PL0 may use the physical timer'),
    field('PL0VTEN', '8', 'PL0 may use the virtual timer'),
    field('EVNTI', '7:4', 'bit of the counter that triggers events'),
    field('EVNTDIR', '3', 'transition that triggers events'),
    field('EVNTEN', '2', 'event stream enabled'),
    field('PL0VCTEN', '1', 'PL0 may read the virtual counter'),
    field('PL0PCTEN', '0', 'PL0 may read the physical counter'),
  ],
  CNTP_CTL: timerControl,
  CNTV_CTL: timerControl,
  ISR: [field('A', '8', 'external abort pending'), field('I', '7', 'IRQ pending'), field('F', '6', 'FIQ pending')],
  PMCR: [
    field('N', '15:11', 'event counters'),
    field('D', '3', 'cycles are counted in 64s'),
    field('E', '0', 'enabled'),
  ],
  CSSELR: [
    field('Level', '3:1', 'cache level less 1'),
    field('InD', '0', 'kind', words('data or unified', 'instruction')),
  ],
};

const FPSCR = [
  field('N', '31', 'negative'),
  field('Z', '30', 'zero'),
  field('C', '29', 'carry'),
  field('V', '28', 'overflow'),
  field('QC', '27', 'saturated'),
  field('AHP', '26', 'half precision', words('IEEE', 'alternative')),
  field('DN', '25', 'default NaN'),
  field('FZ', '24', 'flush to zero'),
  field('RMode', '23:22', 'rounding', words('to nearest', 'towards +∞', 'towards -∞', 'towards zero')),
  field('Stride', '21:20', 'vector stride'),
  field('Len', '18:16', 'vector length less 1'),
  field('IDC', '7', 'input denormal'),
  field('IXC', '4', 'inexact'),
  field('UFC', '3', 'underflow'),
  field('OFC', '2', 'overflow'),
  field('DZC', '1', 'division by zero'),
  field('IOC', '0', 'invalid operation'),
];
const FPEXC = [field('EX', '31', 'exceptional state'), field('EN', '30', 'floating point and Advanced SIMD enabled')];

/** The fields of a system register of floating point. */
export function floatFieldsOf(register: string): readonly Field[] {
  if (register === 'FPSCR') return FPSCR;
  return register === 'FPEXC' ? FPEXC : [];
}

const EAE = 1 << 31;
const FSR_LPAE = 1 << 9;

/** The fields of a system register, of those that have two formats by its own value. None for registers that are one number. */
export function fieldsOf(register: string, value: number): readonly Field[] {
  switch (register) {
    case 'TTBCR':
      return (value & EAE) !== 0 ? TTBCR_LONG : TTBCR_SHORT;
    case 'DFSR':
      return (value & FSR_LPAE) !== 0 ? DFSR_LONG : DFSR_SHORT;
    case 'IFSR':
      return (value & FSR_LPAE) !== 0 ? IFSR_LONG : IFSR_SHORT;
    case 'TTBR1':
      return byRegister.TTBR0;
    default:
      return Object.hasOwn(byRegister, register) ? byRegister[register] : [];
  }
}
