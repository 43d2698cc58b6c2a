/** Argument sets of the data-processing group, for all three instruction sets. A field that an encoding lacks has its usual value. */
import {
  ARMExpandImm_C,
  Carry,
  DecodeImmShift,
  SetFlags,
  SRType,
  ThumbExpandImm_C,
  ThumbExpandImmUnpredictable,
} from '../immediates.js';
import type { ArgumentSet, Fields } from '../row.js';
import { unpredictableIf } from '../define.js';
import { registerOperands } from './registers.js';

/** The carry out of an immediate as a static: of no interest unless the flags are set. */
function carryStatic(setflags: number, carry: number): number {
  return setflags === SetFlags.no ? Carry.unchanged : carry;
}

/** i:imm3:imm8 of the Thumb immediates. */
export function thumbImm12(f: Fields): number {
  return (f.i << 11) | (f.imm3 << 8) | f.imm8;
}

/** Registers and S of a T32 or A32 encoding; the tests have no S and set the flags. */
function registersAndFlags(f: Fields): { setflags: number } {
  return { ...registerOperands(f), setflags: f.S ?? SetFlags.yes };
}

/** A32: `{S} Rd, Rn, #const`. */
export const armImmediate: ArgumentSet = (f) => {
  const { imm32, carry } = ARMExpandImm_C(f.imm12);
  const common = registersAndFlags(f);
  return { ...common, imm32, carry: carryStatic(common.setflags, carry), thumb: 0 };
};

/** A32: `{S} Rd, Rn, Rm{, shift}`. */
export const armRegister: ArgumentSet = (f) => ({
  ...registersAndFlags(f),
  ...DecodeImmShift(f.type ?? 0, f.imm5 ?? 0),
  thumb: 0,
});

/** A32: `{S} Rd, Rm, #imm` of one of the shift instructions. */
export function armShift(type: number): ArgumentSet {
  return (f) => ({ ...registersAndFlags(f), ...DecodeImmShift(type, f.imm5 ?? 0) });
}

/** A32: `{S} Rd, Rn, Rm, type Rs`. */
export const armRegisterShiftedRegister: ArgumentSet = (f) => ({
  ...registersAndFlags(f),
  shift_t: f.type,
});

/** A32 and T32: `{S} Rd, Rn, Rm` of a shift by register: it moves Rn shifted by Rm. */
export function shiftByRegister(type: number): ArgumentSet {
  return (f) => ({ d: f.Rd, m: f.Rn, s: f.Rm, shift_t: type, setflags: f.S });
}

/** A32: MOVW and MOVT. `imm32` is in place for the one that is named. */
export const armWide: ArgumentSet = (f) => ({
  d: f.Rd,
  imm32: (f.imm4 << 12) | f.imm12,
  setflags: SetFlags.no,
  carry: Carry.unchanged,
});
export const armTop: ArgumentSet = (f) => ({ d: f.Rd, imm32: ((f.imm4 << 12) | f.imm12) << 16 });

/** A32: ADR is an addition to or a subtraction from R15. */
export const armAdr: ArgumentSet = (f) => ({
  d: f.Rd,
  n: 15,
  imm32: ARMExpandImm_C(f.imm12).imm32,
  setflags: SetFlags.no,
});

/** A32: SP-relative forms. */
export const armSpImmediate: ArgumentSet = (f) => ({ ...armImmediate(f), n: 13 });
export const armSpRegister: ArgumentSet = (f) => ({ ...armRegister(f), n: 13 });

/** A32: `<op>S PC, ...`. */
export const armReturnImmediate: ArgumentSet = (f) => ({
  ...registerOperands(f),
  opcode: f.opcode,
  imm32: ARMExpandImm_C(f.imm12).imm32,
});
export const armReturnRegister: ArgumentSet = (f) => ({
  ...registerOperands(f),
  opcode: f.opcode,
  ...DecodeImmShift(f.type, f.imm5),
});

/** T32: `{S}.W Rd, Rn, #const` with a modified immediate. */
export const thumbModified: ArgumentSet = (f) => {
  const { imm32, carry } = ThumbExpandImm_C(thumbImm12(f));
  const common = registersAndFlags(f);
  return { ...common, imm32, carry: carryStatic(common.setflags, carry) };
};
export const thumbModifiedSp: ArgumentSet = (f) => ({ ...thumbModified(f), n: 13 });

/** The condition of all encodings with a modified immediate. */
export const badModified = unpredictableIf("imm12<11:10> == '00' && imm12<9:8> != '00' && imm8 == '00000000'", (f) =>
  ThumbExpandImmUnpredictable(thumbImm12(f)),
);

/** T32: ADDW and SUBW, and their SP forms. */
export const thumbPlain: ArgumentSet = (f) => ({
  d: f.Rd,
  n: f.Rn ?? 13,
  imm32: thumbImm12(f),
  setflags: SetFlags.no,
});

/** T32: MOVW and MOVT. */
export const thumbWide: ArgumentSet = (f) => ({
  d: f.Rd,
  imm32: (f.imm4 << 12) | thumbImm12(f),
  setflags: SetFlags.no,
  carry: Carry.unchanged,
});
export const thumbTop: ArgumentSet = (f) => ({ d: f.Rd, imm32: ((f.imm4 << 12) | thumbImm12(f)) << 16 });

/** T32: ADR, after (T3) and before (T2) the instruction. */
export const thumbAdrAfter: ArgumentSet = (f) => ({ d: f.Rd, imm32: thumbImm12(f) });
export const thumbAdrBefore: ArgumentSet = (f) => ({ d: f.Rd, imm32: -thumbImm12(f) });

/** T32: `{S}.W Rd, Rn, Rm{, shift}`. */
export const thumbShifted: ArgumentSet = (f) => ({
  ...registersAndFlags(f),
  ...DecodeImmShift(f.type ?? 0, (f.imm3 << 2) | f.imm2),
});
export const thumbShiftedSp: ArgumentSet = (f) => ({ ...thumbShifted(f), n: 13 });

/** T32: `{S}.W Rd, Rm{, #imm}` of a move or one of the shift instructions. */
export function thumbShift(type: number): ArgumentSet {
  return (f) => ({
    ...registersAndFlags(f),
    ...DecodeImmShift(type, ((f.imm3 ?? 0) << 2) | (f.imm2 ?? 0)),
  });
}

/** T32: SUBS PC, LR, #imm8 (opcode SUB, n = 14). */
export const thumbReturn: ArgumentSet = (f) => ({ opcode: 2, n: 14, imm32: f.imm8 ?? 0 });

const OUTSIDE = SetFlags.outsideITBlock;
const UNSHIFTED = { shift_t: SRType.none, shift_n: 0 } as const;

/** T16: shifts of a register by a constant (LSL, LSR, ASR) and MOVS Rd, Rm. */
export function t16Shift(type: number): ArgumentSet {
  return (f) => ({ ...registerOperands(f), ...DecodeImmShift(type, f.imm5 ?? 0), setflags: OUTSIDE });
}

/** T16: two or three low registers. */
export const t16Register: ArgumentSet = (f) => ({ ...registerOperands(f), ...UNSHIFTED, setflags: OUTSIDE });

/** T16: low registers and `#imm3` or `#imm8`. */
export const t16Immediate: ArgumentSet = (f) => ({
  ...registerOperands(f),
  imm32: f.imm3 ?? f.imm8,
  setflags: OUTSIDE,
  carry: Carry.unchanged,
});

/** T16: `Rdn, Rm` of a shift by register: it moves Rdn shifted by Rm. */
export function t16ShiftByRegister(type: number): ArgumentSet {
  return (f) => ({ d: f.Rdn, m: f.Rdn, s: f.Rm, shift_t: type, setflags: OUTSIDE });
}

/** T16: RSBS Rd, Rn, #0. */
export const t16Negate: ArgumentSet = (f) => ({ ...registerOperands(f), imm32: 0, setflags: OUTSIDE });

/** T16: ADD, CMP and MOV with high registers: d = DN:Rdn, n = N:Rn, d = D:Rd; setflags = FALSE. */
export const t16High: ArgumentSet = (f) => {
  const d = ((f.DN ?? f.D ?? f.N ?? f.DM ?? 1) << 3) | (f.Rdn ?? f.Rd ?? f.Rn ?? f.Rdm ?? 7);
  return { d, n: d, m: f.Rm ?? d, ...UNSHIFTED, setflags: SetFlags.no, thumb: 1 };
};

/** T16: ADD Rdm, SP, Rdm and ADD SP, Rm. */
export const t16AddSpRegister: ArgumentSet = (f) => ({ ...t16High(f), n: 13 });
export const t16AddToSp: ArgumentSet = (f) => ({ d: 13, n: 13, m: f.Rm, ...UNSHIFTED, setflags: SetFlags.no });

/** T16: `Rd, SP, #imm8 * 4`; `SP, SP, #imm7 * 4`. */
export const t16SpImm8: ArgumentSet = (f) => ({ d: f.Rd, n: 13, imm32: f.imm8 << 2, setflags: SetFlags.no });
export const t16SpImm7: ArgumentSet = (f) => ({ d: 13, n: 13, imm32: f.imm7 << 2, setflags: SetFlags.no });

/** T16: ADR. */
export const t16Adr: ArgumentSet = (f) => ({ d: f.Rd, imm32: f.imm8 << 2 });
