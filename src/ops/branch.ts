/**
 * Operations of the branches. Jazelle is trivial here, so that BXJ is BX.
 *
 * @unpredictable BX or BLX to an address with bits 1:0 = 10: enters ARM state at that address with both bits cleared.
 */
import type { Builder, Value } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';

/** What a call writes to LR: the address behind it, in Thumb state with bit 0 set. */
function returnAddress(b: Builder, thumb: number): Value {
  return thumb ? b.or(b.nextInstruction(), b.const(1)) : b.nextInstruction();
}

export const operations: readonly Operation[] = [
  plain('B', { regs: [], imms: ['imm32'], statics: [] }, (b, o) => {
    b.branchRelative(o.imm32);
  }),

  plain('BL', { regs: [], imms: ['imm32'], statics: ['thumb'] }, (b, o) => {
    b.setLR(returnAddress(b, o.thumb));
    b.branchRelative(o.imm32);
  }),

  plain('BLX_imm', { regs: [], imms: ['imm32'], statics: ['thumb'] }, (b, o) => {
    b.setLR(returnAddress(b, o.thumb));
    b.branchRelativeExchange(o.imm32);
  }),

  // DDI 0100I A7.1.17.
  plain('BL_first', { regs: [], imms: ['imm32'], statics: [] }, (b, o) => {
    b.setLR(b.add(b.PC(), b.imm(o.imm32)));
  }),

  plain('BL_second', { regs: ['n'], imms: ['imm32'], statics: ['exchange'] }, (b, o) => {
    const target = b.add(b.R(o.n), b.imm(o.imm32));
    b.setLR(returnAddress(b, 1));
    if (o.exchange) b.BXWritePC(b.and(target, b.const(~3)));
    else b.BranchWritePC(target);
  }),

  plain('BX', { regs: ['m'], imms: [], statics: [] }, (b, o) => {
    b.BXWritePC(b.R(o.m));
  }),

  plain('BLX_reg', { regs: ['m'], imms: [], statics: ['thumb'] }, (b, o) => {
    const target = b.R(o.m);
    b.setLR(returnAddress(b, o.thumb));
    b.BXWritePC(target);
  }),

  plain('CBZ', { regs: ['n'], imms: ['imm32'], statics: ['nonzero'] }, (b, o) => {
    const zero = b.const(0);
    const taken = o.nonzero ? b.ne(b.R(o.n), zero) : b.eq(b.R(o.n), zero);
    b.if(
      taken,
      () => b.branchRelative(o.imm32),
      () => b.conditionFailed(),
    );
  }),

  plain('TBB', { regs: ['n', 'm'], imms: [], statics: ['is_tbh'] }, (b, o) => {
    const index = b.R(o.m);
    const one = b.const(1);
    const halfwords = o.is_tbh ? b.load(b.add(b.R(o.n), b.shl(index, one)), 2) : b.load(b.add(b.R(o.n), index), 1);
    b.BranchWritePC(b.add(b.PC(), b.shl(halfwords, one)));
  }),
];
