/**
 * CPSR assembled from and spread over the words that hold it in the state block, and its small pseudocode: conditions and ITSTATE (DDI
 * 0406C A2.5.2, A8.3, B1.3.3). Knows the layout of the state, nothing of privilege: who may change which bits is the processor's matter.
 */
import { Psr } from './modes.js';
import { Word } from './state.js';

/** IT[1:0] at bits 26:25 and IT[7:2] at bits 15:10. */
export const PSR_IT = 0x0600_fc00;

/** ITSTATE<7:0> out of a CPSR or SPSR value. */
export function itstateOfPsr(psr: number): number {
  return ((psr >>> 25) & 3) | ((psr >>> 8) & 0xfc);
}

/** ITSTATE<7:0> at its two places in a CPSR or SPSR value. */
export function psrOfItstate(itstate: number): number {
  return ((itstate & 3) << 25) | ((itstate & 0xfc) << 8);
}

/** The whole CPSR, i32, from a state block. */
export function assembleCpsr(state: Int32Array): number {
  return (
    (state[Word.NF] & Psr.N) |
    (state[Word.ZF] === 0 ? Psr.Z : 0) |
    (state[Word.CF] !== 0 ? Psr.C : 0) |
    (state[Word.VF] < 0 ? Psr.V : 0) |
    (state[Word.QF] !== 0 ? Psr.Q : 0) |
    ((state[Word.GE] & 15) << 16) |
    psrOfItstate(state[Word.ITSTATE]) |
    (state[Word.T] !== 0 ? Psr.T : 0) |
    state[Word.PSR]
  );
}

/** Spreads N, Z, C, V, Q and GE of a CPSR value over their words where `mask` (bits of CPSR) has them. */
export function spreadFlags(state: Int32Array, value: number, mask: number): void {
  if ((mask & Psr.N) !== 0) state[Word.NF] = value & Psr.N;
  if ((mask & Psr.Z) !== 0) state[Word.ZF] = (value & Psr.Z) !== 0 ? 0 : 1;
  if ((mask & Psr.C) !== 0) state[Word.CF] = (value >>> 29) & 1;
  if ((mask & Psr.V) !== 0) state[Word.VF] = (value << 3) & Psr.N;
  if ((mask & Psr.Q) !== 0) state[Word.QF] = (value >>> 27) & 1;
  const ge = (mask >>> 16) & 15;
  if (ge !== 0) state[Word.GE] = (state[Word.GE] & ~ge) | ((value >>> 16) & ge);
}

/** ConditionPassed() for an explicit condition (A8.3.1): 14 and 15 always pass. */
export function conditionHolds(state: Int32Array, cond: number): boolean {
  switch (cond) {
    case 0:
      return state[Word.ZF] === 0;
    case 1:
      return state[Word.ZF] !== 0;
    case 2:
      return state[Word.CF] !== 0;
    case 3:
      return state[Word.CF] === 0;
    case 4:
      return state[Word.NF] < 0;
    case 5:
      return state[Word.NF] >= 0;
    case 6:
      return state[Word.VF] < 0;
    case 7:
      return state[Word.VF] >= 0;
    case 8:
      return state[Word.CF] !== 0 && state[Word.ZF] !== 0;
    case 9:
      return state[Word.CF] === 0 || state[Word.ZF] === 0;
    case 10:
      return (state[Word.NF] ^ state[Word.VF]) >= 0;
    case 11:
      return (state[Word.NF] ^ state[Word.VF]) < 0;
    case 12:
      return state[Word.ZF] !== 0 && (state[Word.NF] ^ state[Word.VF]) >= 0;
    case 13:
      return state[Word.ZF] === 0 || (state[Word.NF] ^ state[Word.VF]) < 0;
    default:
      return true;
  }
}

/** ITAdvance() (A2.5.2) as a function of ITSTATE<7:0>. */
export function advancedItstate(itstate: number): number {
  return (itstate & 7) === 0 ? 0 : (itstate & 0xe0) | ((itstate << 1) & 0x1f);
}

/** The condition under which an instruction executes with this ITSTATE: always (14) outside a block. */
export function conditionOfItstate(itstate: number): number {
  return (itstate & 15) === 0 ? 14 : itstate >>> 4;
}
