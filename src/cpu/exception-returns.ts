/**
 * Exception returns from one privileged mode to the same one or another, of a processor whose general registers, PC and flags are kept somewhere else: for a monitor,
 * whose guest has them elsewhere while it runs. Gives up on everything from which more follows. Knows operations by their names.
 */
import { Cp15, SCTLR_NMFI } from '../arm/cp15.js';
import { bankOf, Mode, Psr } from '../arm/modes.js';
import { PSR_IT, spreadFlags } from '../arm/psr.js';
import { Word } from '../arm/state.js';
import { SRType } from '../isa/immediates.js';
import type { Core } from './core.js';
import { BadMode, FLAGS } from './status.js';

type Operands = Readonly<Record<string, number>>;

/** Numbers of SUB and MOV among the data-processing operations. */
const SUB = 2;
const MOV = 13;
const MASKS = Psr.A | Psr.I | Psr.F;
/** What must be the same before and behind: CPSR.E and the state, outside IT blocks. */
const ALIKE = Psr.E | Psr.T | Psr.J | PSR_IT;

/** SUBS PC, Rn, #imm and MOVS PC, Rm: the register, and what is subtracted from it. */
function linkOf(operation: string, o: Operands): { readonly register: number; readonly less: number } | undefined {
  if (operation === 'SUBS_PC_LR_imm' && o.opcode === SUB && o.n !== 15) return { register: o.n, less: o.imm32 };
  const moves = operation === 'SUBS_PC_LR_reg' && o.opcode === MOV && o.m !== 15;
  const whole = o.shift_t === SRType.none || (o.shift_t === SRType.LSL && o.shift_n === 0);
  return moves && whole ? { register: o.m, less: 0 } : undefined;
}

/** Neither FIQ mode, which has more registers of its own than the others, nor User mode. */
function isOrdinary(mode: number): boolean {
  return mode !== Mode.usr && mode !== Mode.fiq && !BadMode(mode);
}

/**
 * What executes such an instruction, given the state block (R0 to R14, PC, T, ITSTATE, flags) that is in use; CPSR's other bits and the banks are this
 * processor's. Returns false, with nothing done, if it gives up. undefined for other instructions.
 */
export function exceptionReturn(
  core: Core,
  operation: string,
  o: Operands,
): ((live: Int32Array) => boolean) | undefined {
  const link = linkOf(operation, o);
  if (link === undefined) return undefined;
  const { register, less } = link;
  const { state } = core;
  return (live) => {
    const from = core.mode();
    if (!isOrdinary(from) || bankOf(from) <= 0) return false;
    const SPSR = state[core.spsrWord(from)];
    const to = SPSR & Psr.M;
    const present = (state[Word.PSR] & Psr.E) | (live[Word.T] !== 0 ? Psr.T : 0);
    if (!isOrdinary(to) || (SPSR & ALIKE) !== present || live[Word.ITSTATE] !== 0) return false;
    // A non-maskable FIQ can be unmasked, never masked.
    if ((state[Cp15.SCTLR] & SCTLR_NMFI) !== 0) return false;
    const target = live[register] - less;
    spreadFlags(live, SPSR, FLAGS);
    state[Word.PSR] = (state[Word.PSR] & ~MASKS) | (SPSR & MASKS);
    if (to !== from) {
      state[13] = live[13];
      state[14] = live[14];
      core.switchMode(to);
      live[13] = state[13];
      live[14] = state[14];
    }
    live[Word.PC] = target & (live[Word.T] !== 0 ? ~1 : ~3);
    return true;
  };
}
