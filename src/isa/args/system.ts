/** Argument sets of the system group: program status registers, mode changes, exceptions by design. */
import { ARMExpandImm_C } from '../immediates.js';
import { unpredictableIf } from '../define.js';
import type { ArgumentSet, FieldCondition } from '../row.js';

export const statusToRegister: ArgumentSet = (f) => ({ d: f.Rd });

/** MSR: `mask` names byte lanes, c lowest. A row that fixes the low two lanes has only the high ones in its field. */
export const registerToStatus: ArgumentSet = (f) => ({ n: f.Rn, mask: f.mask });
export const registerToFlags: ArgumentSet = (f) => ({ n: f.Rn, mask: f.mask << 2 });
export const immediateToStatus: ArgumentSet = (f) => ({ imm32: ARMExpandImm_C(f.imm12).imm32, mask: f.mask });
export const immediateToFlags: ArgumentSet = (f) => ({ imm32: ARMExpandImm_C(f.imm12).imm32, mask: f.mask << 2 });

/** CPS: `enable` and `disable` from imod, `changemode` from M. */
export const changeState: ArgumentSet = (f) => ({
  enable: f.imod === 2 ? 1 : 0,
  disable: f.imod === 3 ? 1 : 0,
  changemode: f.M,
  affectA: f.A,
  affectI: f.I,
  affectF: f.F,
  mode: f.mode,
});
export const changeStateT16: ArgumentSet = (f) => ({
  enable: 1 ^ f.im,
  disable: f.im,
  changemode: 0,
  affectA: f.A,
  affectI: f.I,
  affectF: f.F,
  mode: 0,
});
export const changeStateConflicts: readonly FieldCondition[] = [
  unpredictableIf("mode != '00000' && M == '0'", (f) => f.mode !== 0 && f.M === 0),
  unpredictableIf("imod<1> == '1' && A:I:F == '000'", (f) => f.imod >= 2 && (f.A | f.I | f.F) === 0),
  unpredictableIf("imod<1> == '0' && A:I:F != '000'", (f) => f.imod < 2 && (f.A | f.I | f.F) !== 0),
  unpredictableIf("imod == '00' && M == '0'", (f) => f.imod === 0 && f.M === 0),
  unpredictableIf("imod == '01'", (f) => f.imod === 1),
];
export const changeNothing: FieldCondition = unpredictableIf("A:I:F == '000'", (f) => (f.A | f.I | f.F) === 0);

export const endianness: ArgumentSet = (f) => ({ set_bigend: f.E });

/** SRS and RFE: `increment` and `wordhigher` as in the pseudocode. */
export const armReturnState: ArgumentSet = (f) => ({
  n: f.Rn ?? 13,
  mode: f.mode ?? 0,
  wback: f.W,
  increment: f.U,
  wordhigher: f.P === f.U ? 1 : 0,
});
export const returnStateDB: ArgumentSet = (f) => ({
  n: f.Rn ?? 13,
  mode: f.mode ?? 0,
  wback: f.W,
  increment: 0,
  wordhigher: 0,
});
export const returnStateIA: ArgumentSet = (f) => ({
  n: f.Rn ?? 13,
  mode: f.mode ?? 0,
  wback: f.W,
  increment: 1,
  wordhigher: 0,
});

/** The comment field of an exception call, in whichever fields the encoding has it. */
export const imm24: ArgumentSet = (f) => ({ imm32: f.imm24 });
export const imm16: ArgumentSet = (f) => ({ imm32: (f.imm12 << 4) | f.imm4 });
export const imm16T32: ArgumentSet = (f) => ({ imm32: (f.imm4 << 12) | f.imm12 });
export const imm8: ArgumentSet = (f) => ({ imm32: f.imm8 });
export const imm4: ArgumentSet = (f) => ({ imm32: f.imm4 });
export const nothing: ArgumentSet = () => ({});
