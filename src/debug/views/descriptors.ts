/**
 * Descriptors of translation tables taken apart: their kind and their fields, under the names that the manual's diagrams have, and what they mean. Only
 * names what a walk has read; where it leads is found by walking.
 */
import { SCTLR_AFE, SCTLR_TRE } from '../../arm/cp15.js';
import { accessRights, type TranslationRegisters } from '../../mem/walk.js';
import { rightsWords } from './rights.js';
import type { TableFormat, Descriptor } from '../../protocol/views/mmu.js';

type Says = (value: number, context: Context) => string;
interface FieldRow {
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  readonly says: Says;
}
interface Context {
  readonly registers: TranslationRegisters;
  /** AP[2:0], put together. */
  readonly AP: number;
}

const row = (name: string, hi: number, lo: number, says: Says | string): FieldRow => ({
  name,
  hi,
  lo,
  says: typeof says === 'string' ? () => says : says,
});
const flag =
  (set: string, clear: string): Says =>
  (value) =>
    value === 0 ? clear : set;

function apWords({ registers }: Context, AP: number): string {
  const rights = accessRights(registers, (registers.SCTLR & SCTLR_AFE) !== 0 ? AP | 1 : AP);
  const level = (privileged: boolean) => rightsWords(rights, privileged).replace(/,.*/, '');
  return `PL1: ${level(true)}; PL0: ${level(false)}`;
}

const AP_LOW: Says = (value, context) =>
  (context.registers.SCTLR & SCTLR_AFE) !== 0
    ? `access flag ${value & 1 ? 'set' : 'clear'} (SCTLR.AFE); ${apWords(context, context.AP)}`
    : apWords(context, context.AP);
const AP2 = flag('writes are refused', 'as AP[1:0] says');
const TEX: Says = (_, { registers }) =>
  (registers.SCTLR & SCTLR_TRE) !== 0
    ? 'TEX[0], C and B select a region of PRRR and NMRR (SCTLR.TRE)'
    : 'with C and B: memory type and cacheability';
const XN = row('XN', 0, 0, flag('never executed', 'may be executed'));
const at = (field: FieldRow, hi: number, lo = hi): FieldRow => ({ ...field, hi, lo });
const PXN = row('PXN', 0, 0, flag('never executed at PL1', 'may be executed at PL1'));
const NG = row('nG', 0, 0, flag('this ASID only', 'every ASID'));
const S = row('S', 0, 0, flag('Shareable', 'not Shareable'));
const NS = row('NS', 0, 0, 'ignored: there are no Security Extensions');
const C = row('C', 3, 3, 'see TEX');
const B = row('B', 2, 2, 'see TEX');
const DOMAIN = row('Domain', 8, 5, (value) => `domain ${value}`);
const IMPDEF = row('IMPLEMENTATION DEFINED', 9, 9, 'ignored');
const KIND = (says: string) => row('type', 1, 0, says);
const base = (name: string, hi: number, lo: number, what: string) => row(name, hi, lo, what);
const OUT = 'the output address';

const INVALID: readonly FieldRow[] = [row('ignored', 31, 2, ''), KIND('no translation')];

const SHORT_TABLE = [
  base('Page table base address', 31, 10, 'of the level 2 table'),
  IMPDEF,
  DOMAIN,
  at(NS, 3),
  at(PXN, 2),
  KIND('a level 2 table'),
];
const SECTION_ATTRIBUTES = (sized: FieldRow, domain: FieldRow) => [
  at(NS, 19),
  sized,
  at(NG, 17),
  at(S, 16),
  row('AP[2]', 15, 15, AP2),
  row('TEX[2:0]', 14, 12, TEX),
  row('AP[1:0]', 11, 10, AP_LOW),
  IMPDEF,
  domain,
  at(XN, 4),
  C,
  B,
  row('1', 1, 1, 'a section or supersection'),
  at(PXN, 0),
];
const SECTION = [
  base('Section base address', 31, 20, OUT),
  ...SECTION_ATTRIBUTES(row('0', 18, 18, 'a section: 1 MiB'), DOMAIN),
];
const SUPERSECTION = [
  base('Supersection base address', 31, 24, OUT),
  base('Extended base address, PA[35:32]', 23, 20, OUT),
  ...SECTION_ATTRIBUTES(
    row('1', 18, 18, 'a supersection: 16 MiB'),
    base('Extended base address, PA[39:36]', 8, 5, `${OUT}; the domain is 0`),
  ),
];
const LARGE_PAGE = [
  base('Large page base address', 31, 16, OUT),
  at(XN, 15),
  row('TEX[2:0]', 14, 12, TEX),
  at(NG, 11),
  at(S, 10),
  row('AP[2]', 9, 9, AP2),
  row('SBZ', 8, 6, 'ignored'),
  row('AP[1:0]', 5, 4, AP_LOW),
  C,
  B,
  KIND('a large page: 64 KiB'),
];
const SMALL_PAGE = [
  base('Small page base address', 31, 12, OUT),
  at(NG, 11),
  at(S, 10),
  row('AP[2]', 9, 9, AP2),
  row('TEX[2:0]', 8, 6, TEX),
  row('AP[1:0]', 5, 4, AP_LOW),
  C,
  B,
  row('1', 1, 1, 'a small page: 4 KiB'),
  at(XN, 0),
];

// ARMv5's formats, which ARMv6 has while SCTLR.XP is 0 (DDI 0301H 6.11.1)
const OLD_AP: Says = (value, context) => apWords(context, value);
const OLD_SECTION = [
  base('Section base address', 31, 20, OUT),
  row('TEX', 14, 12, TEX),
  row('AP', 11, 10, OLD_AP),
  DOMAIN,
  C,
  B,
  KIND('a section: 1 MiB'),
];
const OLD_TABLE = [
  base('Coarse page table base address', 31, 10, 'of the level 2 table'),
  DOMAIN,
  KIND('a level 2 table'),
];
const quarter = (n: number) =>
  row(`AP${n}`, 5 + 2 * n, 4 + 2 * n, (value, context) => `quarter ${n}: ${apWords(context, value)}`);
const QUARTERS = [quarter(3), quarter(2), quarter(1), quarter(0)];
const OLD_LARGE = [
  base('Large page base address', 31, 16, OUT),
  row('TEX', 14, 12, TEX),
  ...QUARTERS,
  C,
  B,
  KIND('a large page: 64 KiB, its quarters with rights of their own'),
];
const OLD_SMALL = [
  base('Small page base address', 31, 12, OUT),
  ...QUARTERS,
  C,
  B,
  KIND('a small page: 4 KiB, its quarters with rights of their own'),
];
const OLD_EXTENDED = [
  base('Extended small page base address', 31, 12, OUT),
  row('TEX', 8, 6, TEX),
  row('AP', 5, 4, OLD_AP),
  C,
  B,
  KIND('an extended small page: 4 KiB'),
];

// the long format; bits from 32 on are those of the high word (B3.6.1, B3.6.2)
const LONG_INVALID = [row('ignored', 63, 1, ''), row('valid', 0, 0, 'no translation')];
const LONG_TABLE = [
  row('NSTable', 63, 63, 'ignored: there are no Security Extensions'),
  row(
    'APTable[1:0]',
    62,
    61,
    (value) =>
      [
        'nothing taken away below',
        'no access at PL0 below',
        'no writes below',
        'no writes, and no access at PL0, below',
      ].at(value) as string,
  ),
  row('XNTable', 60, 60, flag('nothing below is executed', 'nothing taken away below')),
  row('PXNTable', 59, 59, flag('nothing below is executed at PL1', 'nothing taken away below')),
  row('Next-level table address', 39, 12, 'of the next table'),
  KIND('a table'),
];
const LONG_AP: Says = (value, context) => apWords(context, (value << 1) | 1);
const leaf = (lowest: number, what: string): FieldRow[] => [
  row('XN', 54, 54, flag('never executed', 'may be executed')),
  row('PXN', 53, 53, flag('never executed at PL1', 'may be executed at PL1')),
  row('Contiguous hint', 52, 52, 'ignored'),
  row('Output address', 39, lowest, OUT),
  at(NG, 11),
  row('AF', 10, 10, flag('accessed', 'access flag fault')),
  row('SH[1:0]', 9, 8, (value) => ['Non-shareable', 'reserved', 'Outer Shareable', 'Inner Shareable'][value]),
  row('AP[2:1]', 7, 6, LONG_AP),
  at(NS, 5),
  row('AttrIndx[2:0]', 4, 2, (value) => `byte ${value & 3} of MAIR${value >>> 2}`),
  KIND(what),
];
const LONG_BLOCK_1 = leaf(30, 'a block: 1 GiB');
const LONG_BLOCK_2 = leaf(21, 'a block: 2 MiB');
const LONG_PAGE = leaf(12, 'a page: 4 KiB');

function select(format: TableFormat, level: number, low: number): readonly [string, readonly FieldRow[]] {
  const type = low & 3;
  if (format === 'long') {
    if ((type & 1) === 0 || (type === 1 && level === 3)) return ['Invalid', LONG_INVALID];
    if (level === 3) return ['Page', LONG_PAGE];
    if (type === 3) return ['Table', LONG_TABLE];
    return ['Block', level === 1 ? LONG_BLOCK_1 : LONG_BLOCK_2];
  }
  if (type === 0) return ['Invalid', INVALID];
  const old = format === 'subpages';
  if (level === 1) {
    if (type === 1) return ['Page table', old ? OLD_TABLE : SHORT_TABLE];
    if (old) return type === 2 ? ['Section', OLD_SECTION] : ['Fine page table, which ARMv6 has not', INVALID];
    return (low & (1 << 18)) !== 0 ? ['Supersection', SUPERSECTION] : ['Section', SECTION];
  }
  if (type === 1) return ['Large page', old ? OLD_LARGE : LARGE_PAGE];
  if (old) return type === 2 ? ['Small page', OLD_SMALL] : ['Extended small page', OLD_EXTENDED];
  return ['Small page', SMALL_PAGE];
}

/** AP[2:0] of a leaf in the short format; of others it says nothing. */
function permissions(kind: string, low: number): number {
  if (kind === 'Section' || kind === 'Supersection') return ((low >>> 13) & 4) | ((low >>> 10) & 3);
  return ((low >>> 7) & 4) | ((low >>> 4) & 3);
}

function cut(low: number, high: number, { hi, lo }: FieldRow): number {
  const value = BigInt.asUintN(32, BigInt(low)) | (BigInt.asUintN(32, BigInt(high)) << 32n);
  return Number((value >> BigInt(lo)) & ((1n << BigInt(hi - lo + 1)) - 1n));
}

function valueText(value: number, width: number): string {
  if (width <= 4) return `0b${value.toString(2).padStart(width, '0')}`;
  return `0x${value.toString(16).padStart(Math.ceil(width / 4), '0')}`;
}

/** Takes a descriptor apart. `low` and `high` are its words as the processor has them (u32), `high` is 0 in the short formats. */
export function describeDescriptor(
  registers: TranslationRegisters,
  format: TableFormat,
  level: number,
  low: number,
  high: number,
): Descriptor {
  const [kind, rows] = select(format, level, low);
  const context: Context = { registers, AP: permissions(kind, low) };
  return {
    kind,
    fields: rows.map((field) => {
      const { name, hi, lo, says } = field;
      const value = cut(low, high, field);
      return {
        name,
        bits: hi === lo ? String(hi) : `${hi}:${lo}`,
        value: valueText(value, hi - lo + 1),
        meaning: says(value, context),
      };
    }),
  };
}
