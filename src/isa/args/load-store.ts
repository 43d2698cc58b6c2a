/**
 * Argument sets of the load/store group, for all three instruction sets. `offset` is signed (the manual's imm32 with `add` applied); `add`,
 * `index` and `wback` are 0 or 1.
 */
import { unpredictableIf } from '../define.js';
import { DecodeImmShift, SRType } from '../immediates.js';
import type { ArgumentSet, FieldCondition, Fields } from '../row.js';

/** `add ? imm : -imm`, never minus zero. */
function signed(add: number, imm: number): number {
  return (add ? imm : -imm) | 0;
}

/** `wback = (P == '0') || (W == '1')`. */
function writeback(f: Fields): number {
  return f.P === 0 || f.W === 1 ? 1 : 0;
}

/** A32 `Rt, [Rn, #+/-imm12]` and its indexed forms. */
export const armImm12: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  offset: signed(f.U, f.imm12),
  index: f.P,
  wback: writeback(f),
});

/** A32 `Rt, [Rn, +/-Rm{, shift}]` and its indexed forms. */
export const armRegisterOffset: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  m: f.Rm,
  ...DecodeImmShift(f.type ?? 0, f.imm5 ?? 0),
  add: f.U,
  index: f.P,
  wback: writeback(f),
});

/** A32 `Rt, [Rn, #+/-imm8]` of the extra loads and stores; Rt2 is the register behind Rt. */
export const armImm8: ArgumentSet = (f) => ({
  t: f.Rt,
  t2: (f.Rt + 1) & 15,
  n: f.Rn,
  offset: signed(f.U, (f.imm4H << 4) | f.imm4L),
  index: f.P,
  wback: writeback(f),
});

/** A32 `Rt, [Rn, +/-Rm]` of the extra loads and stores; Rt2 is the register behind Rt. */
export const armRegisterDual: ArgumentSet = (f) => ({ ...armRegisterOffset(f), t2: (f.Rt + 1) & 15 });

/** A32 `Rt, [Rn], #+/-imm12` of LDRT and its like. */
export const armUnprivilegedImm12: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  offset: signed(f.U, f.imm12),
  index: 0,
  wback: 1,
});

/** A32 `Rt, [Rn], #+/-imm8` of LDRHT and its like. */
export const armUnprivilegedImm8: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  offset: signed(f.U, (f.imm4H << 4) | f.imm4L),
  index: 0,
  wback: 1,
});

/** A32 `Rt, [Rn], +/-Rm{, shift}` of LDRT and its like. */
export const armUnprivilegedRegister: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  m: f.Rm,
  ...DecodeImmShift(f.type ?? 0, f.imm5 ?? 0),
  add: f.U,
  index: 0,
  wback: 1,
});

/** `Rt, label`: the offset from Align(PC,4), in whichever field the encoding has it. */
export const literal: ArgumentSet = (f) => ({ t: f.Rt, offset: signed(f.U, f.imm12) });
export const literalExtra: ArgumentSet = (f) => ({
  t: f.Rt,
  t2: (f.Rt + 1) & 15,
  offset: signed(f.U, (f.imm4H << 4) | f.imm4L),
});
export const literalT16: ArgumentSet = (f) => ({ t: f.Rt, offset: f.imm8 << 2 });

/** T16 `Rt, [Rn, #imm5]`; the offset counts accesses of `size` bytes. */
export function t16Imm5(size: 1 | 2 | 4): ArgumentSet {
  return (f) => ({ t: f.Rt, n: f.Rn, offset: f.imm5 * size, index: 1, wback: 0 });
}

/** T16 `Rt, [SP, #imm8]`. */
export const t16SpImm8: ArgumentSet = (f) => ({ t: f.Rt, n: 13, offset: f.imm8 << 2, index: 1, wback: 0 });

/** T16 `Rt, [Rn, Rm]`. */
export const t16RegisterOffset: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  m: f.Rm,
  shift_t: SRType.none,
  shift_n: 0,
  add: 1,
  index: 1,
  wback: 0,
});

/** T32 `Rt, [Rn, #imm12]`. */
export const t32Imm12: ArgumentSet = (f) => ({ t: f.Rt, n: f.Rn, offset: f.imm12, index: 1, wback: 0 });

/** T32 `Rt, [Rn, #+/-imm8]` and its indexed forms. */
export const t32Imm8: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  offset: signed(f.U, f.imm8),
  index: f.P,
  wback: f.W,
});

/** T32 `Rt, [Rn, #imm8]` of LDRT and its like. */
export const t32Unprivileged: ArgumentSet = (f) => ({ t: f.Rt, n: f.Rn, offset: f.imm8, index: 1, wback: 0 });

/** T32 `Rt, [Rn, Rm{, LSL #imm2}]`. */
export const t32RegisterOffset: ArgumentSet = (f) => ({
  t: f.Rt,
  n: f.Rn,
  m: f.Rm,
  ...DecodeImmShift(0, f.imm2),
  add: 1,
  index: 1,
  wback: 0,
});

/** T32 `Rt, Rt2, [Rn, #+/-imm8]` and its indexed forms. */
export const t32Dual: ArgumentSet = (f) => ({
  t: f.Rt,
  t2: f.Rt2,
  n: f.Rn,
  offset: signed(f.U, f.imm8 << 2),
  index: f.P,
  wback: f.W,
});
export const t32DualLiteral: ArgumentSet = (f) => ({ t: f.Rt, t2: f.Rt2, offset: signed(f.U, f.imm8 << 2) });

/** PUSH and POP of one register as a store or load with writeback of SP. */
export const pushOne: ArgumentSet = (f) => ({ t: f.Rt, n: 13, offset: -4, index: 1, wback: 1 });
export const popOne: ArgumentSet = (f) => ({ t: f.Rt, n: 13, offset: 4, index: 0, wback: 1 });

/** `if wback && (n == 15 || n == t) then UNPREDICTABLE`, as A32 encodes it. */
export const armWritebackConflict: FieldCondition = unpredictableIf(
  'wback && (n == 15 || n == t)',
  (f) => writeback(f) === 1 && (f.Rn === 15 || f.Rn === f.Rt),
);

/** The same where writeback is certain: LDRT and its like. */
export const postIndexConflict: FieldCondition = unpredictableIf(
  'n == 15 || n == t',
  (f) => f.Rn === 15 || f.Rn === f.Rt,
);

/** The same as T32 encodes it. */
export const t32WritebackConflict: FieldCondition = unpredictableIf(
  'wback && (n == 15 || n == t)',
  (f) => f.W === 1 && (f.Rn === 15 || f.Rn === f.Rt),
);

/** A32 LDRD and STRD. */
export const armDualConflicts: readonly FieldCondition[] = [
  unpredictableIf("Rt<0> == '1'", (f) => (f.Rt & 1) === 1),
  unpredictableIf("P == '0' && W == '1'", (f) => f.P === 0 && f.W === 1),
  unpredictableIf(
    'wback && (n == 15 || n == t || n == t2)',
    (f) => writeback(f) === 1 && (f.Rn === 15 || f.Rn === f.Rt || f.Rn === ((f.Rt + 1) & 15)),
  ),
  unpredictableIf('t2 == 15', (f) => f.Rt === 14),
];

/** T32 LDRD and STRD. */
export const t32DualConflict: FieldCondition = unpredictableIf(
  'wback && (n == t || n == t2)',
  (f) => f.W === 1 && (f.Rn === f.Rt || f.Rn === f.Rt2),
);
export const sameTargets: FieldCondition = unpredictableIf('t == t2', (f) => f.Rt === f.Rt2);

/** `if Rn == '1111' then UNDEFINED`: no store is relative to the PC. */
export const notPcRelative: FieldCondition = { says: "if Rn == '1111' then UNDEFINED", when: (f) => f.Rn !== 15 };

/** `if P == '0' && W == '0' then UNDEFINED`, for loads: Rn = 1111 is the literal form. */
export const indexedForm: FieldCondition = {
  says: "if P == '0' && W == '0' then UNDEFINED",
  when: (f) => f.P === 1 || f.W === 1,
};

/** Both, for stores. */
export const indexedStore: FieldCondition = {
  says: "if Rn == '1111' || (P == '0' && W == '0') then UNDEFINED",
  when: (f) => f.Rn !== 15 && (f.P === 1 || f.W === 1),
};
