/**
 * What is UNDEFINED on which processor model, against QEMU's models: random words of every row, and random words, decoded by both and executed by
 * neither. Each difference is a case of its own, with the manual's section. `TRAPLINE_SEED` picks other words.
 */
import assert from 'node:assert/strict';
import { cpuModels } from '../../src/cpu/models.js';
import { decode, unpredictableReasons } from '../../src/isa/decode.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import type { Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { predecode } from '../../src/ops/predecode.js';
import { ASSEMBLER } from '../support/assemble.js';
import { MOST_WORDS, undefinedOnQemu } from '../support/qemu-undefined.js';
import { need } from '../support/tools.js';

const seed = Number(process.env.TRAPLINE_SEED ?? 1);
const ISAS = ['A32', 'T16', 'T32'] as const;
const PER_ROW = 3;
const ANYWHERE = 3000;

/** Where the two differ, and why. */
interface Difference {
  readonly title: string;
  readonly models: readonly string[];
  readonly isa: Isa;
  /** Labels of the rows, or the beginning of them; '' is a word without a row. */
  readonly rows: readonly string[];
  /** Which words of theirs. */
  readonly when?: (word: number) => boolean;
  /** Who calls the word UNDEFINED when it is decoded. */
  readonly undefinedHere: boolean;
  /** One such word. */
  readonly word: number;
}

const ALL = [...cpuModels.keys()];
const V7 = ['cortex-a15', 'cortex-a7', 'cortex-a8'];
const V7VE = ['cortex-a15', 'cortex-a7'];
const MODES = [0x10, 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f];
const reservedMode = (word: number): boolean => !MODES.includes(word & 31);
const reservedSystemRegister = (word: number): boolean => ![0, 1, 6, 7, 8].includes((word >>> 16) & 15);

const beyondS31 = (word: number): boolean => (word & 0xfff) === 0xa3f;

const DIFFERENCES: readonly Difference[] = [
  {
    title: 'SUBS PC and its kin with a register-shifted register: UNPREDICTABLE, here Undefined (A8.8.8)',
    models: ALL,
    isa: 'A32',
    rows: ['<op>S PC (register-shifted register) A1'],
    undefinedHere: true,
    word: 0xc194f316,
  },
  {
    title: 'SRS to a mode that does not exist: UNPREDICTABLE, here Undefined when it executes (B9.3.16)',
    models: ALL,
    isa: 'A32',
    rows: ['SRS (ARM) A1'],
    when: reservedMode,
    undefinedHere: false,
    word: 0xf94d0518,
  },
  {
    title: 'SRS to a mode that does not exist, Thumb (B9.3.15)',
    models: V7,
    isa: 'T32',
    rows: ['SRS (Thumb) T1', 'SRS (Thumb) T2'],
    when: reservedMode,
    undefinedHere: false,
    word: 0xe82dc014,
  },
  {
    title:
      'ERET came with the Virtualization Extensions, which ID_PFR1 denies on these boards; QEMU goes by the core (B9.3.3)',
    models: V7VE,
    isa: 'A32',
    rows: ['ERET A1'],
    undefinedHere: true,
    word: 0xe160006e,
  },
  {
    title:
      'HVC came with the Virtualization Extensions; QEMU decodes it on all of ARMv7, and takes Undefined when it executes (B9.3.4)',
    models: ['cortex-a8'],
    isa: 'A32',
    rows: ['HVC A1'],
    undefinedHere: true,
    word: 0xe1449975,
  },
  {
    title: 'HVC, Thumb (B9.3.4)',
    models: ['cortex-a8'],
    isa: 'T32',
    rows: ['HVC T1'],
    undefinedHere: true,
    word: 0xf7e28923,
  },
  {
    title:
      'coprocessor 9 does not exist: QEMU knows VLDR.16 and VSTR.16 there, of ARMv8.2, on every model with floating point (A7.6)',
    models: ALL,
    isa: 'A32',
    rows: ['STC, STC2 A1', 'LDC, LDC2 (immediate) A1'],
    when: (word) => ((word >>> 8) & 15) === 9,
    undefinedHere: true,
    word: 0x2d0e1906,
  },
  {
    title: 'coprocessor 9, Thumb (A7.6)',
    models: V7,
    isa: 'T32',
    rows: ['STC, STC2 T1', 'LDC, LDC2 (immediate) T1'],
    when: (word) => ((word >>> 8) & 15) === 9,
    undefinedHere: true,
    word: 0xed0e1906,
  },
  {
    title:
      'VMRS and VMSR of a system register that is reserved: UNPREDICTABLE, here Undefined when it executes (B9.3.21, B9.3.22)',
    models: ALL,
    isa: 'A32',
    rows: ['VMRS A1 system', 'VMSR A1 system'],
    when: reservedSystemRegister,
    undefinedHere: false,
    word: 0x7ef36a10,
  },
  {
    title: 'VMRS and VMSR of a system register that is reserved, Thumb (B9.3.21, B9.3.22)',
    models: V7,
    isa: 'T32',
    rows: ['VMRS T1 system', 'VMSR T1 system'],
    when: reservedSystemRegister,
    undefinedHere: false,
    word: 0xeef45a10,
  },
  {
    title: 'VMOV of two singles from S31: UNPREDICTABLE, here Undefined (A8.8.344)',
    models: ALL,
    isa: 'A32',
    rows: ['64-bit transfers A1'],
    when: beyondS31,
    undefinedHere: true,
    word: 0x3c41fa3f,
  },
  {
    title: 'VMOV of two singles from S31, Thumb (A8.8.344)',
    models: V7,
    isa: 'T32',
    rows: ['64-bit transfers T1'],
    when: beyondS31,
    undefinedHere: true,
    word: 0xec410a3f,
  },
  {
    title: 'VFMA and VFMS of vectors are Advanced SIMDv2; QEMU has them on its Cortex-A8, too (A8.8.317)',
    models: ['cortex-a8'],
    isa: 'A32',
    rows: ['VFMA, VFMS A1'],
    undefinedHere: true,
    word: 0xf2037c13,
  },
  {
    title: 'VFMA and VFMS of vectors, Thumb (A8.8.317)',
    models: ['cortex-a8'],
    isa: 'T32',
    rows: ['VFMA, VFMS T1'],
    undefinedHere: true,
    word: 0xef075c18,
  },
  {
    title:
      'CBZ, IT and the 16-bit hints came with ARMv6T2 and ARMv7; QEMU has them on its ARM1176, too (A8.8.29, A8.8.54, A8.8.119)',
    models: ['arm1176'],
    isa: 'T16',
    rows: ['CBNZ, CBZ', 'IT', 'NOP', 'YIELD', 'WFE', 'WFI', 'SEV', 'Reserved hint'],
    undefinedHere: true,
    word: 0xb342,
  },
];

function labelOf(isa: Isa, word: number): string {
  const row = decode(isa, word | 0);
  return row === undefined ? '' : `${row.name} ${row.encoding}`;
}

function explains(difference: Difference, model: string, isa: Isa, word: number, undefinedHere: boolean): boolean {
  const label = labelOf(isa, word);
  return (
    difference.isa === isa &&
    difference.models.includes(model) &&
    difference.undefinedHere === undefinedHere &&
    difference.rows.some((row) => label === row || label.startsWith(`${row} `)) &&
    (difference.when?.(word) ?? true)
  );
}

const TRANSFERS: readonly (string | null | undefined)[] = ['MRC', 'MCR', 'MRRC', 'MCRR'];

/**
 * Not judged here: words that the manual calls UNPREDICTABLE, and transfers of CP14 and CP15, which depend on the register. On an ARM1176, of
 * 32-bit words, only BL's and BLX's first halves count: QEMU executes second halves by themselves, as 16-bit instructions.
 */
function judged(model: string, isa: Isa, word: number): boolean {
  const { features } = cpuModels.get(model)!;
  const rows = [decode(isa, word | 0), decode(isa, word | 0, features)];
  if (rows.some((row) => row !== undefined && unpredictableReasons(row, word | 0).length > 0)) return false;
  if (rows.some((row) => TRANSFERS.includes(row?.operation))) return false;
  if (isa === 'T16') return word < 0xe800;
  if (isa === 'T32') return word >>> 27 >= 0x1d && (model !== 'arm1176' || word >>> 27 === 0x1e);
  return true;
}

function wordsFor(model: string, isa: Isa): number[] {
  const random = seededRandom(seed);
  const words: number[] = [];
  const add = (word: number | undefined): void => {
    if (word !== undefined && judged(model, isa, word >>> 0)) words.push(word >>> 0);
  };
  for (const row of table) if (row.isa === isa) for (let i = 0; i < PER_ROW; i++) add(randomWord(row, random));
  for (let i = 0; i < ANYWHERE; i++) {
    const word = random();
    add(isa === 'T16' ? word & 0xffff : isa === 'T32' ? word | 0xe000_0000 : word);
  }
  assert.ok(words.length <= MOST_WORDS, `${words.length} words`);
  return words;
}

const onQemu = (model: string, isa: Isa, words: readonly number[]): boolean[] =>
  undefinedOnQemu(
    model,
    isa !== 'A32',
    words.map((word) => ({ word, length: isa === 'T16' ? 2 : 4 })),
  );
const undefinedHere = (model: string, isa: Isa, word: number): boolean =>
  predecode(isa, word | 0, cpuModels.get(model)!.features).operation === null;
const hex = (word: number): string => `0x${(word >>> 0).toString(16)}`;

describe('UNDEFINED by processor model, against QEMU', () => {
  before(function () {
    need(this, 'qemu-system-arm', ...ASSEMBLER);
  });

  for (const model of cpuModels.keys())
    for (const isa of ISAS)
      it(`${model}, ${isa}`, function () {
        this.timeout(60_000);
        const words = wordsFor(model, isa);
        const theirs = onQemu(model, isa, words);
        assert.ok(theirs.includes(true) && theirs.includes(false));
        const unexplained = words.filter((word, i) => {
          const ours = undefinedHere(model, isa, word);
          return ours !== theirs[i] && !DIFFERENCES.some((d) => explains(d, model, isa, word, ours));
        });
        const lines = unexplained.slice(0, 20).map((word) => {
          const who = undefinedHere(model, isa, word) ? 'here' : 'on QEMU';
          return `${hex(word)} is UNDEFINED ${who} only: ${labelOf(isa, word) || 'no row'}`;
        });
        assert.deepEqual(lines, [], `seed ${seed}`);
      });

  for (const difference of DIFFERENCES)
    it(`differs: ${difference.title}`, () => {
      const { models, isa, word } = difference;
      for (const model of models) {
        assert.equal(undefinedHere(model, isa, word), difference.undefinedHere, model);
        assert.equal(onQemu(model, isa, [word])[0], !difference.undefinedHere, `${model} of QEMU`);
        assert.ok(explains(difference, model, isa, word, difference.undefinedHere), model);
      }
    });
});
