/** Argument sets of the media group: parallel and saturating arithmetic, packing, extension, bit fields, reversal, division. */
import { DecodeImmShift } from '../immediates.js';
import { lowMask } from '../../util/bits.js';
import type { ArgumentSet, Fields } from '../row.js';
import { registerOperands } from './registers.js';

/** Registers and nothing else. */
export const registers: ArgumentSet = registerOperands;

/** The constant of a shift: imm5 in A32, imm3:imm2 in T32. */
function imm5(f: Fields): number {
  return f.imm5 ?? (f.imm3 << 2) | f.imm2;
}

/** PKHBT (tb = 0, LSL) and PKHTB (tb = 1, ASR). */
export const pack: ArgumentSet = (f) => ({
  ...registerOperands(f),
  tbform: f.tb,
  ...DecodeImmShift(f.tb << 1, imm5(f)),
});

/** SSAT and USAT; sh tells LSL from ASR. `saturate_to` is in bits. */
export const saturateSigned: ArgumentSet = (f) => ({
  ...registerOperands(f),
  saturate_to: f.sat_imm + 1,
  ...DecodeImmShift(f.sh << 1, imm5(f)),
});
export const saturateUnsigned: ArgumentSet = (f) => ({ ...saturateSigned(f), saturate_to: f.sat_imm });

/** SSAT16 and USAT16. */
export const saturateSigned16: ArgumentSet = (f) => ({ ...registerOperands(f), saturate_to: f.sat_imm + 1 });
export const saturateUnsigned16: ArgumentSet = (f) => ({ ...registerOperands(f), saturate_to: f.sat_imm });

/** The extensions; `rotation` in bits. */
export const extend: ArgumentSet = (f) => ({ ...registerOperands(f), rotation: (f.rotate ?? 0) << 3 });

/** Least significant bit of a bit field. */
function lsb(f: Fields): number {
  return f.lsb ?? imm5(f);
}

/**
 * SBFX and UBFX: beside `lsbit` and `widthminus1` what the operations need, the mask of the field's width, and the shifts that bring its
 * top bit to bit 31 and its bottom bit to bit 0. A field that does not fit is UNPREDICTABLE; it is cut at bit 31.
 */
export const extract: ArgumentSet = (f) => {
  const lsbit = lsb(f);
  const widthminus1 = f.widthm1;
  const msbit = Math.min(lsbit + widthminus1, 31);
  return {
    ...registerOperands(f),
    lsbit,
    widthminus1,
    mask: lowMask(msbit - lsbit + 1),
    toTop: 31 - msbit,
    fromTop: 31 - (msbit - lsbit),
  };
};

/** BFC and BFI: `mask` covers bits msbit to lsbit. With msbit below lsbit (UNPREDICTABLE) it is empty. */
export const insert: ArgumentSet = (f) => {
  const lsbit = lsb(f);
  const msbit = f.msb;
  const mask = msbit >= lsbit ? lowMask(msbit - lsbit + 1) << lsbit : 0;
  return { ...registerOperands(f), lsbit, msbit, mask };
};
