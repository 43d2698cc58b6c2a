/**
 * Argument sets of the load/store multiple group. The four addressing modes are two statics: `increment`, and `before` (the first word is
 * one word away from the base). `registers` is the list without the PC.
 *
 * `extent` is how far writeback moves the base, in bytes, signed: 4 × BitCount(list). Where the base itself is loaded (`base` = 1), only its low
 * half is that; the high half is the offset from the lowest address to the base's own word, in bytes.
 */
import { unpredictableIf } from '../define.js';
import { bitCount } from '../../util/bits.js';
import type { ArgumentSet, FieldCondition, Fields, Operands } from '../row.js';

/** Operands of a list with all its bits, the PC's included. */
function transfer(n: number, list: number, increment: number, before: number, wback: number): Operands {
  const bytes = 4 * bitCount(list);
  return { n, registers: list & 0x7fff, increment, before, wback, base: 0, extent: increment ? bytes : -bytes };
}

/** The same for a load, which takes care of its base. */
function load(n: number, list: number, increment: number, before: number, wback: number): Operands {
  const operands = transfer(n, list, increment, before, wback);
  if (((list >>> n) & 1) === 0 || n === 15) return operands;
  const slot = 4 * bitCount(list & ((1 << n) - 1));
  return { ...operands, base: 1, extent: (slot << 16) | (operands.extent & 0xffff) };
}

/** `before` of the A32 bits P and U: IB and DB. */
const armList = (f: Fields): readonly [number, number, number, number, number] => [
  f.Rn,
  f.register_list,
  f.U,
  f.P,
  f.W,
];

/** A32 LDM and STM in all modes. */
export const armLoad: ArgumentSet = (f) => load(...armList(f));
export const armStore: ArgumentSet = (f) => transfer(...armList(f));
/** A32 LDM and STM with bit 15 of the list fixed in the pattern. */
export const armLoadPc: ArgumentSet = (f) => load(f.Rn, f.register_list | 0x8000, f.U, f.P, f.W);
export const armStorePc: ArgumentSet = (f) => transfer(f.Rn, f.register_list | 0x8000, f.U, f.P, f.W);
/** A32 LDM and STM with `^`: no engine's business, so plain numbers. */
export const armSystem: ArgumentSet = (f) => ({
  n: f.Rn,
  registers: f.register_list,
  increment: f.U,
  before: f.P,
  wback: f.W ?? 0,
});
export const armPush: ArgumentSet = (f) => transfer(13, f.register_list, 0, 1, 1);
export const armPushPc: ArgumentSet = (f) => transfer(13, f.register_list | 0x8000, 0, 1, 1);
export const armPop: ArgumentSet = (f) => load(13, f.register_list, 1, 0, 1);
export const armPopPc: ArgumentSet = (f) => load(13, f.register_list | 0x8000, 1, 0, 1);

/** T16. LDM writes the base back unless it loads it. */
export const t16Load: ArgumentSet = (f) => load(f.Rn, f.register_list, 1, 0, (f.register_list >>> f.Rn) & 1 ? 0 : 1);
export const t16Store: ArgumentSet = (f) => transfer(f.Rn, f.register_list, 1, 0, 1);
export const t16Push: ArgumentSet = (f) => transfer(13, (f.M << 14) | f.register_list, 0, 1, 1);
export const t16Pop: ArgumentSet = (f) => load(13, f.register_list, 1, 0, 1);
export const t16PopPc: ArgumentSet = (f) => load(13, f.register_list | 0x8000, 1, 0, 1);

/** T32's list: bit 13 is never in it, bit 15 is P. */
export function t32List(f: Fields): number {
  return ((f.P ?? 0) << 15) | (f.M << 14) | f.register_list;
}
export const t32LoadIA: ArgumentSet = (f) => load(f.Rn, t32List(f), 1, 0, f.W);
export const t32LoadDB: ArgumentSet = (f) => load(f.Rn, t32List(f), 0, 1, f.W);
export const t32LoadPcIA: ArgumentSet = (f) => load(f.Rn, t32List(f) | 0x8000, 1, 0, f.W);
export const t32LoadPcDB: ArgumentSet = (f) => load(f.Rn, t32List(f) | 0x8000, 0, 1, f.W);
export const t32StoreIA: ArgumentSet = (f) => transfer(f.Rn, t32List(f), 1, 0, f.W);
export const t32StoreDB: ArgumentSet = (f) => transfer(f.Rn, t32List(f), 0, 1, f.W);
export const t32Push: ArgumentSet = (f) => transfer(13, t32List(f), 0, 1, 1);
export const t32Pop: ArgumentSet = (f) => load(13, t32List(f), 1, 0, 1);
export const t32PopPc: ArgumentSet = (f) => load(13, t32List(f) | 0x8000, 1, 0, 1);

/** `if n == 15 || BitCount(registers) < 1 then UNPREDICTABLE`. */
export const armListConflict: FieldCondition = unpredictableIf(
  'n == 15 || BitCount(registers) < 1',
  (f) => f.Rn === 15 || f.register_list === 0,
);
export const armBaseIsPc: FieldCondition = unpredictableIf('n == 15', (f) => f.Rn === 15);
/** `if wback && registers<n> == '1' then UNPREDICTABLE`, for loads. */
export const armLoadConflict: FieldCondition = unpredictableIf(
  "wback && registers<n> == '1'",
  (f) => f.W === 1 && ((f.register_list >>> f.Rn) & 1) === 1,
);
/** The stored base is UNKNOWN if another register precedes it. */
export const armStoreConflict: FieldCondition = unpredictableIf(
  "registers<n> == '1' && wback && n != LowestSetBit(registers)",
  (f) => f.W === 1 && ((f.register_list >>> f.Rn) & 1) === 1 && (f.register_list & ((1 << f.Rn) - 1)) !== 0,
);

/** T32 loads: `if n == 15 || BitCount(registers) < 2 || (P == '1' && M == '1') then UNPREDICTABLE`. `P` may be fixed in the pattern. */
export function t32LoadConflicts(pc: 0 | 1): readonly FieldCondition[] {
  const list = (f: Fields): number => t32List(f) | (pc << 15);
  return [
    unpredictableIf(
      "n == 15 || BitCount(registers) < 2 || (P == '1' && M == '1')",
      (f) => f.Rn === 15 || bitCount(list(f)) < 2 || (list(f) & 0xc000) === 0xc000,
    ),
    unpredictableIf("wback && registers<n> == '1'", (f) => f.W === 1 && ((list(f) >>> f.Rn) & 1) === 1),
  ];
}
export const t32StoreConflicts: readonly FieldCondition[] = [
  unpredictableIf('n == 15 || BitCount(registers) < 2', (f) => f.Rn === 15 || bitCount(t32List(f)) < 2),
  unpredictableIf("wback && registers<n> == '1'", (f) => f.W === 1 && ((t32List(f) >>> f.Rn) & 1) === 1),
];
export const t32PopConflict: FieldCondition = unpredictableIf(
  "BitCount(registers) < 2 || (P == '1' && M == '1')",
  (f) => bitCount(t32List(f)) < 2,
);
