/** Advanced SIMD: one register and a modified immediate value (DDI 0406C A7.4.6). */
import { unpredictableIf } from '../define.js';
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';
import { dataProcessing, doubleRegisters, oddQuadword, precede, undefinedIf } from './define.js';
import { rows as shifts } from './simd-shift.js';

function imm8(f: Fields): number {
  return (f.i << 7) | (f.imm3 << 4) | f.imm4;
}

/** A single-precision number from eight bits (A7.5.1). */
function VFPExpandImm32(imm8: number): number {
  const exponent = (imm8 & 0x40) === 0 ? 0x4000_0000 : 0x3e00_0000;
  return ((imm8 & 0x80) << 24) | exponent | ((imm8 & 0x3f) << 19);
}

/** Bytes of ones where a bit of the four is set. */
function byteMask(bits: number): number {
  let mask = 0;
  for (let i = 0; i < 4; i++) if ((bits >>> i) & 1) mask |= 0xff << (8 * i);
  return mask;
}

/** AdvSIMDExpandImm (A7.4.6): the low and the high word, i32. */
export function AdvSIMDExpandImm(op: number, cmode: number, imm8: number): readonly [low: number, high: number] {
  const both = (word: number): readonly [number, number] => [word, word];
  switch (cmode >>> 1) {
    case 0:
    case 1:
    case 2:
    case 3:
      return both(imm8 << (4 * (cmode & 6)));
    case 4:
      return both(imm8 * 0x1_0001);
    case 5:
      return both(((imm8 << 8) * 0x1_0001) | 0);
    case 6:
      return both((cmode & 1) === 0 ? (imm8 << 8) | 0xff : (imm8 << 16) | 0xffff);
    default:
      if ((cmode & 1) === 1) return both(VFPExpandImm32(imm8));
      return op === 0 ? both(Math.imul(imm8, 0x0101_0101)) : [byteMask(imm8 & 15), byteMask(imm8 >>> 4)];
  }
}

/** Where AdvSIMDExpandImm is UNPREDICTABLE: zero that is shifted, or that ones follow. `cmode` has its high three bits. */
function shiftedZero(cmode: (f: Fields) => number): FieldCondition {
  return unpredictableIf(
    "imm8 == '00000000' && cmode<3:1> IN {'001', '010', '011', '101', '110'}",
    (f) => imm8(f) === 0 && [1, 2, 3, 5, 6].includes(cmode(f)),
  );
}

/** The immediate as the operands `low` and `high`. */
function expanded(op: 0 | 1, cmode: (f: Fields) => number): ArgumentSet {
  return (f) => {
    const [low, high] = AdvSIMDExpandImm(op, cmode(f), imm8(f));
    return { ...doubleRegisters(f), Q: f.Q, low, high };
  };
}

/** The modes of VORR and VBIC: odd ones below 12. */
const isLogical = (cmode: number): boolean => (cmode & 1) === 1 && cmode < 12;

const ODD = "Q == '1' && Vd<0> == '1'";
const odd = (f: Fields): boolean => oddQuadword(f, 'Vd');

/** Bits 23 to 0. */
const rest = (cmode: string, op: 0 | 1): string => `1 D:1 000 imm3:3 Vd:4 ${cmode} 0 Q:1 ${op} 1 imm4:4`;

/** VMOV and VMVN. `others` says which modes are not theirs. */
function move(name: string, section: string, op: 0 | 1, others: string, isOther: (cmode: number) => boolean): Row[] {
  const mnemonic = name.split(' ')[0];
  return dataProcessing('i:1')(
    name,
    '1',
    rest('cmode:4', op),
    section,
    `${mnemonic}<c>.<dt> <Qd|Dd>, #<imm>`,
    `${mnemonic}_imm`,
    expanded(op, (f) => f.cmode),
    {
      guard: undefinedIf(`${others} then SEE "Related encodings"; if ${ODD}`, (f) => isOther(f.cmode) || odd(f)),
      unpredictable: [shiftedZero((f) => f.cmode >>> 1)],
    },
  );
}

/** VORR and VBIC, which take the odd modes below 12 from the instruction that they are `over`. */
function logical(name: string, section: string, op: 0 | 1, over: string): Row[] {
  const mnemonic = name.split(' ')[0];
  return dataProcessing('i:1')(
    name,
    '1',
    rest('cmode:3 1', op),
    section,
    `${mnemonic}<c>.<dt> <Qd|Dd>, #<imm>`,
    `${mnemonic}_imm`,
    expanded(op, (f) => 2 * f.cmode + 1),
    {
      over: [over],
      guard: undefinedIf(`cmode<3:2> == '11' then SEE ${over.slice(0, -2)}; if ${ODD}`, (f) => f.cmode >= 6 || odd(f)),
      unpredictable: [shiftedZero((f) => f.cmode)],
    },
  );
}

const immediates: readonly Row[] = [
  ...move('VMOV (immediate)', 'A8.8.339', 0, "cmode<0> == '1' && cmode<3:2> != '11'", isLogical),
  ...move(
    'VMVN (immediate)',
    'A8.8.353',
    1,
    "(cmode<0> == '1' && cmode<3:2> != '11') || cmode<3:1> == '111'",
    (cmode) => isLogical(cmode) || cmode >= 14,
  ),
  ...dataProcessing('i:1')(
    'VMOV (immediate)',
    '1 I64',
    rest('1110', 1),
    'A8.8.339',
    'VMOV<c>.I64 <Qd|Dd>, #<imm>',
    'VMOV_imm',
    expanded(1, () => 14),
    { over: ['VMVN (immediate) 1'], guard: undefinedIf(ODD, odd) },
  ),
  ...logical('VORR (immediate)', 'A8.8.359', 0, 'VMOV (immediate) 1'),
  ...logical('VBIC (immediate)', 'A8.8.288', 1, 'VMVN (immediate) 1'),
];

/** L:imm6 = 0000xxx is what the instructions with a shift amount leave to these. */
export const rows: readonly Row[] = precede(immediates, shifts);
