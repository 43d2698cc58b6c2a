/**
 * Moves between core registers and extension registers, scalars, and the system registers of floating point (DDI 0406C A7.8, A7.9, B9.3.21,
 * B9.3.22).
 */
import type { Operation } from './operation.js';
import { plain, system } from './operation.js';

/** Bits of a vector element by a row's `esize`. */
type ElementSize = 8 | 16 | 32;

export const operations: readonly Operation[] = [
  plain('VMOV_core_to_single', { regs: ['t'], vregs: ['n'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.fp.setS(o.n, b.R(o.t));
  }),
  plain('VMOV_single_to_core', { regs: ['t'], vregs: ['n'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.setR(o.t, b.fp.S(o.n));
  }),
  plain('VMOV_core_to_singles', { regs: ['t', 't2'], vregs: ['m'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.fp.setS(o.m, b.R(o.t));
    b.fp.setS(o.m, b.R(o.t2), 1);
  }),
  plain('VMOV_singles_to_core', { regs: ['t', 't2'], vregs: ['m'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.setR(o.t, b.fp.S(o.m));
    b.setR(o.t2, b.fp.S(o.m, 1));
  }),
  plain('VMOV_core_to_double', { regs: ['t', 't2'], vregs: ['m'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled(o.m);
    b.fp.setD(o.m, b.R(o.t2), b.R(o.t));
  }),
  plain('VMOV_double_to_core', { regs: ['t', 't2'], vregs: ['m'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled(o.m);
    b.setR(o.t, b.fp.low(o.m));
    b.setR(o.t2, b.fp.high(o.m));
  }),

  // A word of a doubleword register is there without Advanced SIMD.
  plain('VMOV_core_to_word', { regs: ['t'], vregs: ['d'], imms: ['index'], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled(o.d);
    b.simd.setElem(32, o.d, b.imm(o.index), b.R(o.t));
  }),
  plain('VMOV_word_to_core', { regs: ['t'], vregs: ['n'], imms: ['index'], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled(o.n);
    b.setR(o.t, b.simd.Elem(32, o.n, b.imm(o.index)));
  }),
  plain('VMOV_core_to_scalar', { regs: ['t'], vregs: ['d'], imms: ['index'], statics: ['esize'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    b.simd.setElem(o.esize as ElementSize, o.d, b.imm(o.index), b.R(o.t));
  }),
  plain(
    'VMOV_scalar_to_core',
    { regs: ['t'], vregs: ['n'], imms: ['index'], statics: ['esize', 'unsigned'] },
    (b, o) => {
      b.fp.CheckAdvSIMDEnabled();
      const element = b.simd.Elem(o.esize as ElementSize, o.n, b.imm(o.index));
      const rest = b.const(32 - o.esize);
      b.setR(o.t, o.unsigned ? element : b.sar(b.shl(element, rest), rest));
    },
  ),
  plain('VDUP_core', { regs: ['t'], vregs: ['d'], imms: [], statics: ['esize', 'Q'] }, (b, o) => {
    b.fp.CheckAdvSIMDEnabled();
    const value = b.simd.splat(o.esize as ElementSize, b.R(o.t));
    if (o.Q) b.simd.setQ(o.d, value);
    else b.simd.setD(o.d, value);
  }),

  plain('VMRS', { regs: ['t'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.setR(o.t, b.fp.FPSCR());
  }),
  plain('VMRS_flags', { regs: [], imms: [], statics: [] }, (b) => {
    b.fp.CheckVFPEnabled();
    b.fp.copyFlagsToAPSR();
  }),
  plain('VMSR', { regs: ['t'], imms: [], statics: [] }, (b, o) => {
    b.fp.CheckVFPEnabled();
    b.fp.setFPSCR(b.R(o.t));
  }),
  system('VMRS_system', ['t', 'reg'], (p, o) => {
    p.writeR(o.t, p.readFloatRegister(o.reg));
  }),
  system('VMSR_system', ['t', 'reg'], (p, o) => {
    p.writeFloatRegister(o.reg, p.readR(o.t));
  }),
];
