/**
 * Where the abort cases happen, in both descriptor formats: a boundary between an open page and one whose descriptor is the case. Addresses,
 * descriptors, and the fault status that each closed page has by the manual (DDI 0406C B3.5, B3.6, tables B3-23 and B3-24). Data.
 */
import { SCTLR_AFE } from '../../src/arm/cp15.js';
import type { CpuModel } from '../../src/cpu/models.js';
import { featureMask } from '../../src/isa/features.js';

export const RAM = 0x4000_0000;
export const PAGE = 4096;
/** Where code is unless it is the code that matters. */
export const CODE = RAM + 0x8000;
export const VECTORS = RAM + 0x9000;
/** The page before it is open, the one behind it is what the case says, and the next is open. */
export const BOUNDARY = RAM + 0x2_0000;
/** What is compared: the page before the boundary and the one behind it. */
export const WINDOW = BOUNDARY - PAGE;
export const WINDOW_BYTES = 2 * PAGE;
/** Pages mapped flat, from {@link RAM} on. */
const PAGES = 256;
const MIB = 1 << 20;

export type Format = 'short' | 'long';

/** Those that a model has. */
export function formatsOf({ features }: CpuModel): readonly Format[] {
  return (features & featureMask(['lpae'])) === 0 ? ['short'] : ['short', 'long'];
}

/** First-level table; second-level tables, of the long format its third-level one as well. */
export const L1: Readonly<Record<Format, number>> = { short: RAM, long: RAM + 0x6000 };
const SHORT_L2 = RAM + 0x4000;
const LONG_L2 = RAM + 0x7000;
/** For the first GiB, which the guest under QEMU has its vectors in. */
const LONG_L2_LOW = RAM + 0xb000;
const LONG_L3 = RAM + 0xa000;

/** A page's descriptor without its address: one word, or two. */
export type Descriptor = readonly [low: number, high: number];

/** How a page is closed, and how the fault on it is reported: FS or STATUS, as they lie in DFSR and IFSR. */
export interface Closing {
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly status: number;
  /** To whom: everyone, PL0, stores, or fetches. */
  readonly to: 'all' | 'PL0' | 'stores' | 'fetches';
  /** A bit of SCTLR that it needs. */
  readonly sctlr?: number;
}

export const OPEN: Readonly<Record<Format, Descriptor>> = {
  // small page, Normal memory, AP = 011
  short: [0x3e, 0],
  // page, attributes 0, AP[2:1] = 01, shareable, accessed
  long: [0x743, 0],
};

const LONG = 1 << 9;
export const CLOSINGS: Readonly<Record<Format, readonly Closing[]>> = {
  short: [
    { name: 'no translation', descriptor: [0, 0], status: 0b0_0111, to: 'all' },
    { name: 'PL1 only', descriptor: [0x1e, 0], status: 0b0_1111, to: 'PL0' },
    { name: 'not accessed', descriptor: [0x2e, 0], status: 0b0_0110, to: 'all', sctlr: SCTLR_AFE },
    { name: 'read-only', descriptor: [0x22e, 0], status: 0b0_1111, to: 'stores' },
    { name: 'execute never', descriptor: [0x3f, 0], status: 0b0_1111, to: 'fetches' },
  ],
  long: [
    { name: 'no translation', descriptor: [0, 0], status: LONG | 0b00_0111, to: 'all' },
    { name: 'PL1 only', descriptor: [0x703, 0], status: LONG | 0b00_1111, to: 'PL0' },
    { name: 'not accessed', descriptor: [0x343, 0], status: LONG | 0b00_1011, to: 'all' },
    { name: 'read-only', descriptor: [0x7c3, 0], status: LONG | 0b00_1111, to: 'stores' },
    { name: 'execute never', descriptor: [0x743, 1 << 22], status: LONG | 0b00_1111, to: 'fetches' },
  ],
};

/** Status of an alignment fault. */
export const ALIGNMENT: Readonly<Record<Format, number>> = { short: 0b0_0001, long: LONG | 0b10_0001 };

/** The descriptor of the page behind the boundary, and where it lies. */
export function boundaryDescriptor(
  format: Format,
  [low, high]: Descriptor,
): { readonly at: number; readonly words: readonly number[] } {
  const page = (BOUNDARY - RAM) / PAGE;
  const address = low === 0 ? 0 : BOUNDARY;
  return format === 'short'
    ? { at: SHORT_L2 + 4 * page, words: [address | low] }
    : { at: LONG_L3 + 8 * page, words: [address | low, high] };
}

/** Addresses and words of the tables that map the arena flat. */
export function arenaTables(format: Format): (readonly [at: number, word: number])[] {
  const words: (readonly [number, number])[] = [];
  const [low, high] = OPEN[format];
  if (format === 'short') {
    words.push([L1.short + 4 * (RAM / MIB), SHORT_L2 | 1]);
    for (let page = 0; page < PAGES; page++) words.push([SHORT_L2 + 4 * page, (RAM + page * PAGE) | low]);
    return words;
  }
  words.push([L1.long + 8, LONG_L2 | 3], [L1.long + 12, 0], [LONG_L2, LONG_L3 | 3], [LONG_L2 + 4, 0]);
  for (let page = 0; page < PAGES; page++)
    words.push([LONG_L3 + 8 * page, (RAM + page * PAGE) | low], [LONG_L3 + 8 * page + 4, high]);
  return words;
}

/** Besides: the first MiBs, and `length` bytes from `from`, flat and for PL1 alone. For a guest around the arena. */
export function surroundingTables(format: Format, from: number, length: number): (readonly [number, number])[] {
  const words: (readonly [number, number])[] = [];
  const block = format === 'short' ? MIB : 2 * MIB;
  const starts = [0];
  for (let at = from; at < from + length; at += block) starts.push(at);
  for (const at of starts)
    // section, Normal memory, AP = 001; block, attributes 0, AP[2:1] = 00, shareable, accessed
    if (format === 'short') words.push([L1.short + 4 * (at / MIB), at | 0x40e]);
    else {
      const table = at < RAM ? LONG_L2_LOW : LONG_L2;
      const entry = table + 8 * ((at % RAM) / block);
      words.push([entry, at | 0x701], [entry + 4, 0]);
    }
  if (format === 'long') words.push([L1.long, LONG_L2_LOW | 3], [L1.long + 4, 0]);
  return words;
}
