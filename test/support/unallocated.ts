/** Words in no row of the table that a disassembler takes for something, and why they are in none. */
import type { Isa } from '../../src/isa/row.js';

export interface Explained {
  /** A title: a test has it. */
  readonly what: string;
  readonly isa: readonly Isa[];
  readonly text: RegExp;
  /** A word, where chance rarely finds one. */
  readonly example?: number;
  /** Further restricts the words. */
  readonly when?: (word: number) => boolean;
  readonly why: string;
  /** The manual's section. */
  readonly section: string;
}

const THUMB: readonly Isa[] = ['T16', 'T32'];

export const EXPLAINED: readonly Explained[] = [
  { what: 'ARMv8 halts', section: 'A5.2.12', isa: ['A32', 'T16'], text: /^hlt/, why: 'ARMv8' },
  { what: "ARMv8.1's PAN", section: 'A6.2.5', isa: ['A32', 'T16'], text: /^setpan/, why: 'ARMv8.1' },
  {
    what: "ARMv8's CRC32, Load-Acquire and Store-Release",
    section: 'A5.2.12',
    isa: ['A32', 'T32'],
    text: /^(crc32|lda|stl)/,
    why: 'ARMv8',
  },
  {
    what: 'loops, branch futures and conditional selects of ARMv8.1-M',
    section: 'A6.3.4',
    isa: THUMB,
    text: /^(bf|bfx|bfl|bflx|bfcsel|wls|wlstp|dls|dlstp|le|letp|lctp|cs\w+|cinc|cinv|cneg|cset|csetm)(\.\w+)?$/,
    why: 'ARMv8.1-M',
  },
  {
    what: 'comparisons without S',
    section: 'A5.2.12',
    isa: ['A32'],
    text: /^(tst|teq|cmp|cmn)/,
    when: (word) => ((word >>> 20) & 1) === 0,
    why: 'with S = 0 these are the miscellaneous instructions; objdump does not look at S',
  },
  {
    what: 'comparisons with bits 7 and 4 set',
    section: 'A5.2.5',
    isa: ['A32'],
    text: /^(tst|teq|cmp|cmn)/,
    when: (word) => (word & 0x90) === 0x90,
    why: 'bits 7 and 4 set: multiplies and extra loads and stores',
  },
  {
    what: 'banked registers that do not exist',
    section: 'B9.2.3',
    isa: ['A32'],
    text: /^msr/,
    why: 'banked registers with R = 1 that do not exist',
  },
  {
    what: 'preloads by register with bit 4 set',
    section: 'A5.7.1',
    isa: ['A32'],
    text: /^(pld|pldw|pli)$/,
    when: (word) => (word & 0x0200_0010) === 0x0200_0010,
    why: 'the register form has bit 4 clear',
  },
  {
    what: 'sizes that loads and stores do not have',
    section: 'A6.3.10',
    isa: ['T32'],
    text: /^(ldr|str)\?\?/,
    why: 'a size that does not exist',
  },
  {
    what: 'stores relative to the PC',
    section: 'A6.3.10',
    isa: ['T32'],
    text: /^str/,
    when: (word) => ((word >>> 16) & 15) === 15,
    why: 'a store relative to the PC is UNDEFINED',
  },
  {
    what: 'register offsets with bits 10:6 set',
    section: 'A6.3.7',
    isa: ['T32'],
    text: /^(ldr|str|pld|pli)/,
    when: (word) => (word & 0x0e80_0800) === 0x0800_0000 && (word & 0x7c0) !== 0,
    why: 'the register form has bits 10:6 clear',
  },
  {
    what: "ARMv8's vector operations, where capstone sees them in Thumb words",
    section: 'A7.4',
    isa: ['T32'],
    text: /^(v(min|max)nm|vrint[amnpxz]|vcvt[amnp]|sha(1|256)\w*|aes\w+|vsel\w*)(\.|$)/,
    why: 'the Thumb form has 111U1111 in bits 31:24; capstone does not look at all of them',
  },
  {
    what: 'SETEND with bits 7:4 set',
    example: 0xf1010079,
    section: 'A8.8.167',
    isa: ['A32'],
    text: /^setend$/,
    when: (word) => (word & 0xf0) !== 0,
    why: 'bits 7:4 are 0000; objdump does not look at all of them',
  },
];
