/**
 * T32: loads and stores of one register (DDI 0406C A6.3.7 to A6.3.10) and of two. The forms that load the PC are rows of their own;
 * loads of a byte or halfword to R15 are memory hints and lie with the hints.
 */
import {
  indexedForm,
  indexedStore,
  literal,
  notPcRelative,
  popOne,
  pushOne,
  sameTargets,
  t32Dual,
  t32DualConflict,
  t32DualLiteral,
  t32Imm12,
  t32Imm8,
  t32RegisterOffset,
  t32Unprivileged,
  t32WritebackConflict,
} from '../args/load-store.js';
import { isPc, isSp, isSpOrPc, rowMaker, unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

const load = Fact.load;
const loadPc = Fact.load | Fact.branch | Fact.indirect | Fact.interworking;

/** One mnemonic's bits, its sections (immediate, literal, register, unprivileged), and the encoding labels of its two immediate forms. */
interface Single {
  readonly mnemonic: string;
  /** Bits 31:24, and 22:20 (size and L). */
  readonly high: string;
  readonly low: string;
  readonly sections: readonly [string, string, string, string];
  readonly labels: readonly [imm12: string, imm8: string];
  readonly registerLabel: string;
  readonly literalLabel: string;
  /** What the manual calls the immediate and the register form. */
  readonly immediate: string;
  readonly register: string;
}

const STORES: readonly Single[] = [
  {
    mnemonic: 'STRB',
    high: '11111000',
    low: '000',
    sections: ['A8.8.206', '', 'A8.8.208', 'A8.8.209'],
    labels: ['T2', 'T3'],
    registerLabel: 'T2',
    literalLabel: '',
    immediate: 'STRB (immediate, Thumb)',
    register: 'STRB (register)',
  },
  {
    mnemonic: 'STRH',
    high: '11111000',
    low: '010',
    sections: ['A8.8.216', '', 'A8.8.218', 'A8.8.219'],
    labels: ['T2', 'T3'],
    registerLabel: 'T2',
    literalLabel: '',
    immediate: 'STRH (immediate, Thumb)',
    register: 'STRH (register)',
  },
  {
    mnemonic: 'STR',
    high: '11111000',
    low: '100',
    sections: ['A8.8.203', '', 'A8.8.205', 'A8.8.220'],
    labels: ['T3', 'T4'],
    registerLabel: 'T2',
    literalLabel: '',
    immediate: 'STR (immediate, Thumb)',
    register: 'STR (register)',
  },
];

const LOADS: readonly Single[] = [
  {
    mnemonic: 'LDRB',
    high: '11111000',
    low: '001',
    sections: ['A8.8.67', 'A8.8.69', 'A8.8.70', 'A8.8.71'],
    labels: ['T2', 'T3'],
    registerLabel: 'T2',
    literalLabel: 'T1',
    immediate: 'LDRB (immediate, Thumb)',
    register: 'LDRB (register)',
  },
  {
    mnemonic: 'LDRH',
    high: '11111000',
    low: '011',
    sections: ['A8.8.79', 'A8.8.81', 'A8.8.82', 'A8.8.83'],
    labels: ['T2', 'T3'],
    registerLabel: 'T2',
    literalLabel: 'T1',
    immediate: 'LDRH (immediate, Thumb)',
    register: 'LDRH (register)',
  },
  {
    mnemonic: 'LDR',
    high: '11111000',
    low: '101',
    sections: ['A8.8.62', 'A8.8.64', 'A8.8.65', 'A8.8.92'],
    labels: ['T3', 'T4'],
    registerLabel: 'T2',
    literalLabel: 'T2',
    immediate: 'LDR (immediate, Thumb)',
    register: 'LDR (register, Thumb)',
  },
  {
    mnemonic: 'LDRSB',
    high: '11111001',
    low: '001',
    sections: ['A8.8.84', 'A8.8.85', 'A8.8.86', 'A8.8.87'],
    labels: ['T1', 'T2'],
    registerLabel: 'T2',
    literalLabel: 'T1',
    immediate: 'LDRSB (immediate)',
    register: 'LDRSB (register)',
  },
  {
    mnemonic: 'LDRSH',
    high: '11111001',
    low: '011',
    sections: ['A8.8.88', 'A8.8.89', 'A8.8.90', 'A8.8.91'],
    labels: ['T1', 'T2'],
    registerLabel: 'T2',
    literalLabel: 'T1',
    immediate: 'LDRSH (immediate)',
    register: 'LDRSH (register)',
  },
];

const mIsSpOrPc = isSpOrPc('Rm');
const tIsPc = isPc('Rt');
const tIsSp = isSp('Rt');
const tIsSpOrPc = isSpOrPc('Rt');
const tOrMIsSpOrPc = isSpOrPc('Rt', 'Rm');
/** A byte or halfword to R15 with an index is no hint. */
const byteConflicts = [
  unpredictableIf("t == 13 || (t == 15 && W == '1')", (f) => f.Rt === 13 || (f.Rt === 15 && f.W === 1)),
  t32WritebackConflict,
];

function storeRows(s: Single): Row[] {
  const { mnemonic, high, low, sections, labels, immediate, register } = s;
  const word = mnemonic === 'STR';
  const target = word ? tIsPc : tIsSpOrPc;
  return [
    t32(
      immediate,
      labels[0],
      `${high} 1 ${low} Rn:4 Rt:4 imm12:12`,
      sections[0],
      `${mnemonic}<c>.W <Rt>, [<Rn>, #<imm12>]`,
      `${mnemonic}_imm`,
      t32Imm12,
      { facts: Fact.store, guard: notPcRelative, unpredictable: [target] },
    ),
    t32(
      immediate,
      labels[1],
      `${high} 0 ${low} Rn:4 Rt:4 1 P:1 U:1 W:1 imm8:8`,
      sections[0],
      `${mnemonic}<c> <Rt>, [<Rn>{, #+/-<imm8>}]{!}`,
      `${mnemonic}_imm`,
      t32Imm8,
      { facts: Fact.store, guard: indexedStore, unpredictable: [target, t32WritebackConflict] },
    ),
    t32(
      register,
      s.registerLabel,
      `${high} 0 ${low} Rn:4 Rt:4 000000 imm2:2 Rm:4`,
      sections[2],
      `${mnemonic}<c>.W <Rt>, [<Rn>, <Rm>{, LSL #<imm2>}]`,
      `${mnemonic}_reg`,
      t32RegisterOffset,
      { facts: Fact.store, guard: notPcRelative, unpredictable: [target, mIsSpOrPc] },
    ),
    t32(
      `${mnemonic}T`,
      'T1',
      `${high} 0 ${low} Rn:4 Rt:4 1110 imm8:8`,
      sections[3],
      `${mnemonic}T<c> <Rt>, [<Rn>{, #<imm8>}]`,
      `${mnemonic}T_imm`,
      t32Unprivileged,
      {
        facts: Fact.store | Fact.sensitive,
        guard: notPcRelative,
        unpredictable: [tIsSpOrPc],
        over: [`${immediate} ${labels[1]}`],
      },
    ),
  ];
}

function loadRows(s: Single): Row[] {
  const { mnemonic, high, low, sections, labels, immediate, register, registerLabel, literalLabel } = s;
  const word = mnemonic === 'LDR';
  const withBase = [
    `${immediate} ${labels[0]}`,
    `${immediate} ${labels[1]}`,
    `${register} ${registerLabel}`,
    `${mnemonic}T T1`,
  ];
  return [
    t32(
      immediate,
      labels[0],
      `${high} 1 ${low} Rn:4 Rt:4 imm12:12`,
      sections[0],
      `${mnemonic}<c>.W <Rt>, [<Rn>{, #<imm12>}]`,
      `${mnemonic}_imm`,
      t32Imm12,
      { facts: load, unpredictable: word ? [] : [tIsSp] },
    ),
    t32(
      immediate,
      labels[1],
      `${high} 0 ${low} Rn:4 Rt:4 1 P:1 U:1 W:1 imm8:8`,
      sections[0],
      `${mnemonic}<c> <Rt>, [<Rn>{, #+/-<imm8>}]{!}`,
      `${mnemonic}_imm`,
      t32Imm8,
      { facts: load, guard: indexedForm, unpredictable: word ? [t32WritebackConflict] : byteConflicts },
    ),
    t32(
      register,
      registerLabel,
      `${high} 0 ${low} Rn:4 Rt:4 000000 imm2:2 Rm:4`,
      sections[2],
      `${mnemonic}<c>.W <Rt>, [<Rn>, <Rm>{, LSL #<imm2>}]`,
      `${mnemonic}_reg`,
      t32RegisterOffset,
      { facts: load, unpredictable: [word ? mIsSpOrPc : tOrMIsSpOrPc] },
    ),
    t32(
      `${mnemonic}T`,
      'T1',
      `${high} 0 ${low} Rn:4 Rt:4 1110 imm8:8`,
      sections[3],
      `${mnemonic}T<c> <Rt>, [<Rn>{, #<imm8>}]`,
      `${mnemonic}T_imm`,
      t32Unprivileged,
      {
        facts: load | Fact.sensitive,
        unpredictable: [tIsSpOrPc],
        over: word ? [withBase[1], `${withBase[1]} pc`] : [withBase[1]],
      },
    ),
    t32(
      `${mnemonic} (literal)`,
      literalLabel,
      `${high} U:1 ${low} 1111 Rt:4 imm12:12`,
      sections[1],
      `${mnemonic}<c>.W <Rt>, <label>`,
      `${mnemonic}_lit`,
      literal,
      {
        facts: load | Fact.readsPc,
        unpredictable: word ? [] : [tIsSp],
        over: word ? [...withBase, ...withBase.slice(0, 3).map((label) => `${label} pc`)] : withBase,
      },
    ),
  ];
}

const immediateT3 = 'LDR (immediate, Thumb) T3';
const immediateT4 = 'LDR (immediate, Thumb) T4';
const registerT2 = 'LDR (register, Thumb) T2';
const literalT2 = 'LDR (literal) T2';

/** `if InITBlock() && !LastInITBlock() then UNPREDICTABLE` depends on the moment: no field says it. */
const toPc: readonly Row[] = [
  t32(
    'LDR (immediate, Thumb)',
    'T3 pc',
    '11111000 1101 Rn:4 1111 imm12:12',
    'A8.8.62',
    'LDR<c>.W PC, [<Rn>{, #<imm12>}]',
    'LDR_imm_pc',
    t32Imm12,
    { facts: loadPc, over: [immediateT3] },
  ),
  t32(
    'LDR (immediate, Thumb)',
    'T4 pc',
    '11111000 0101 Rn:4 1111 1 P:1 U:1 W:1 imm8:8',
    'A8.8.62',
    'LDR<c> PC, [<Rn>{, #+/-<imm8>}]{!}',
    'LDR_imm_pc',
    t32Imm8,
    { facts: loadPc, guard: indexedForm, over: [immediateT4] },
  ),
  t32(
    'LDR (register, Thumb)',
    'T2 pc',
    '11111000 0101 Rn:4 1111 000000 imm2:2 Rm:4',
    'A8.8.65',
    'LDR<c>.W PC, [<Rn>, <Rm>{, LSL #<imm2>}]',
    'LDR_reg_pc',
    t32RegisterOffset,
    { facts: loadPc, unpredictable: [mIsSpOrPc], over: [registerT2] },
  ),
  t32(
    'LDR (literal)',
    'T2 pc',
    '11111000 U:1 101 1111 1111 imm12:12',
    'A8.8.64',
    'LDR<c>.W PC, <label>',
    'LDR_lit_pc',
    literal,
    {
      facts: loadPc | Fact.readsPc,
      over: [
        literalT2,
        immediateT3,
        immediateT4,
        registerT2,
        `${immediateT3} pc`,
        `${immediateT4} pc`,
        `${registerT2} pc`,
        'LDRT T1',
      ],
    },
  ),
];

const dual: readonly Row[] = [
  t32(
    'LDRD (immediate)',
    'T1',
    '1110100 P:1 U:1 1 W:1 1 Rn:4 Rt:4 Rt2:4 imm8:8',
    'A8.8.72',
    'LDRD<c> <Rt>, <Rt2>, [<Rn>{, #+/-<imm>}]{!}',
    'LDRD_imm',
    t32Dual,
    { facts: load, guard: indexedForm, unpredictable: [t32DualConflict, isSpOrPc('Rt', 'Rt2'), sameTargets] },
  ),
  t32(
    'LDRD (literal)',
    'T1',
    '1110100 P:1 U:1 1 W:1 1 1111 Rt:4 Rt2:4 imm8:8',
    'A8.8.73',
    'LDRD<c> <Rt>, <Rt2>, <label>',
    'LDRD_lit',
    t32DualLiteral,
    {
      facts: load | Fact.readsPc,
      guard: indexedForm,
      unpredictable: [isSpOrPc('Rt', 'Rt2'), sameTargets, unpredictableIf("W == '1'", (f) => f.W === 1)],
      over: ['LDRD (immediate) T1'],
    },
  ),
  t32(
    'STRD (immediate)',
    'T1',
    '1110100 P:1 U:1 1 W:1 0 Rn:4 Rt:4 Rt2:4 imm8:8',
    'A8.8.210',
    'STRD<c> <Rt>, <Rt2>, [<Rn>{, #+/-<imm>}]{!}',
    'STRD_imm',
    t32Dual,
    { facts: Fact.store, guard: indexedForm, unpredictable: [t32DualConflict, isPc('Rn'), isSpOrPc('Rt', 'Rt2')] },
  ),
];

/** PUSH and POP of one register: STR and LDR with writeback of SP. */
const oneOnStack: readonly Row[] = [
  t32('PUSH', 'T3', '11111000 0100 1101 Rt:4 1101 00000100', 'A8.8.133', 'PUSH<c>.W {<Rt>}', 'STR_imm', pushOne, {
    facts: Fact.store,
    unpredictable: [tIsSpOrPc],
    over: ['STR (immediate, Thumb) T4'],
  }),
  t32('POP (Thumb)', 'T3', '11111000 0101 1101 Rt:4 1011 00000100', 'A8.8.131', 'POP<c>.W {<Rt>}', 'LDR_imm', popOne, {
    facts: load,
    unpredictable: [tIsSp],
    over: [immediateT4, `${immediateT4} pc`],
  }),
  t32(
    'POP (Thumb)',
    'T3 pc',
    '11111000 0101 1101 1111 1011 00000100',
    'A8.8.131',
    'POP<c>.W {PC}',
    'LDR_imm_pc',
    popOne,
    { facts: loadPc, over: [immediateT4, `${immediateT4} pc`, 'POP (Thumb) T3'] },
  ),
];

export const rows: readonly Row[] = [
  ...STORES.flatMap(storeRows),
  ...LOADS.flatMap(loadRows),
  ...toPc,
  ...dual,
  ...oneOnStack,
];
