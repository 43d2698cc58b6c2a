/**
 * Writes to the program status registers by instructions: which byte lanes and which bits they may change (DDI 0406C B1.3.3). Knows no
 * instruction; what follows from a change is the core's matter.
 */
import { Cp15, SCTLR_NMFI } from '../arm/cp15.js';
import { Mode, Psr } from '../arm/modes.js';
import { itstateOfPsr, PSR_IT, spreadFlags } from '../arm/psr.js';
import { Word } from '../arm/state.js';
import type { Core } from './core.js';

const LANE_3 = Psr.N | Psr.Z | Psr.C | Psr.V | Psr.Q;
const LANE_2 = 0x000f_0000;
/** N, Z, C, V, Q and GE. */
export const FLAGS = LANE_3 | LANE_2;
/** What an SPSR keeps: bits 23:20 are reserved. */
const SPSR_BITS = 0xff0f_ffff | 0;

/** BadMode(): the mode number is reserved, or belongs to an extension that this processor does not have. */
export function BadMode(mode: number): boolean {
  switch (mode) {
    case Mode.usr:
    case Mode.fiq:
    case Mode.irq:
    case Mode.svc:
    case Mode.abt:
    case Mode.und:
    case Mode.sys:
      return false;
    default:
      return true;
  }
}

/**
 * CPSRWriteByInstr(value, bytemask, is_excpt_return). Bits outside the lanes keep their values.
 * @unpredictable a write of a reserved mode number, Monitor and Hyp mode included: M keeps its value, the other bits are written.
 * @deviates CPSR.J stays 0: Jazelle is the trivial implementation and ThumbEE state is not entered.
 */
export function CPSRWriteByInstr(core: Core, value: number, bytemask: number, is_excpt_return: boolean): void {
  const { state } = core;
  const privileged = core.privileged();
  let writable = 0;
  let flags = 0;
  if ((bytemask & 8) !== 0) flags |= LANE_3;
  if ((bytemask & 4) !== 0) flags |= LANE_2;
  if ((bytemask & 2) !== 0) writable |= privileged ? Psr.E | Psr.A : Psr.E;
  if ((bytemask & 1) !== 0 && privileged) {
    writable |= Psr.I | Psr.F;
    // A non-maskable FIQ can be unmasked, never masked.
    if ((state[Cp15.SCTLR] & SCTLR_NMFI) !== 0 && (value & Psr.F) !== 0) writable &= ~Psr.F;
  }
  spreadFlags(state, value, flags);
  state[Word.PSR] = (state[Word.PSR] & ~writable) | (value & writable);
  if (is_excpt_return) {
    const lanes = ((bytemask & 8) !== 0 ? 0xff00_0000 : 0) | ((bytemask & 2) !== 0 ? 0xff00 : 0);
    const IT = PSR_IT & lanes;
    state[Word.ITSTATE] = (state[Word.ITSTATE] & ~itstateOfPsr(IT)) | itstateOfPsr(value & IT);
    core.itstateWritten = true;
    if ((bytemask & 1) !== 0) state[Word.T] = (value & Psr.T) !== 0 ? 1 : 0;
    if (state[Word.T] === 0) state[Word.ITSTATE] = 0;
  }
  const mode = value & Psr.M;
  if ((bytemask & 1) !== 0 && privileged && !BadMode(mode)) core.switchMode(mode);
  else core.updateContext();
}

/** Bits of an SPSR that a byte mask names. */
export function spsrBits(bytemask: number): number {
  let bits = 0;
  for (let lane = 0; lane < 4; lane++) if ((bytemask & (1 << lane)) !== 0) bits |= 0xff << (8 * lane);
  return bits & SPSR_BITS;
}

/**
 * SPSRWriteByInstr(value, bytemask) for the current mode, which has an SPSR.
 * @unpredictable a reserved mode number written to an SPSR: kept as written; a return with it leaves CPSR.M alone.
 */
export function SPSRWriteByInstr(core: Core, value: number, bytemask: number): void {
  const mask = spsrBits(bytemask);
  const word = core.spsrWord(core.mode());
  core.state[word] = (core.state[word] & ~mask) | (value & mask);
}
