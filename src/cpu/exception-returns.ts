/**
 * Exception returns of a processor whose general registers, PC, flags and state another one has: for a monitor, whose guest runs there. Gives up on what is rare and
 * from which more follows. Knows operations by their names.
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
/** What must be as it is: CPSR.E, no Jazelle, and outside IT blocks. */
const ALIKE = Psr.E | Psr.J | PSR_IT;

/** SUBS PC, Rn, #imm and MOVS PC, Rm: the register, and what is subtracted from it. */
function linkOf(operation: string, o: Operands): { readonly register: number; readonly less: number } | undefined {
  if (operation === 'SUBS_PC_LR_imm' && o.opcode === SUB && o.n !== 15) return { register: o.n, less: o.imm32 };
  const moves = operation === 'SUBS_PC_LR_reg' && o.opcode === MOV && o.m !== 15;
  const whole = o.shift_t === SRType.none || (o.shift_t === SRType.LSL && o.shift_n === 0);
  return moves && whole ? { register: o.m, less: 0 } : undefined;
}

/**
 * What executes such an instruction: `core` has CPSR but for the flags and the state, and the banks, `live` has the rest. Returns false, with nothing done, if it gives
 * up. What follows for `live` from the mode and the masks is its owner's matter. undefined for other instructions.
 */
export function exceptionReturn(core: Core, live: Core, operation: string, o: Operands): (() => boolean) | undefined {
  const link = linkOf(operation, o);
  if (link === undefined) return undefined;
  const { register, less } = link;
  const { state } = core;
  const registers = live.state;
  return () => {
    const from = core.mode();
    // FIQ mode has more registers of its own than the others.
    if (bankOf(from) <= 0 || from === Mode.fiq) return false;
    const SPSR = state[core.spsrWord(from)];
    const to = SPSR & Psr.M;
    if (BadMode(to) || to === Mode.fiq) return false;
    if ((SPSR & ALIKE) !== (state[Word.PSR] & Psr.E) || registers[Word.ITSTATE] !== 0) return false;
    // A non-maskable FIQ can be unmasked, never masked.
    if ((state[Cp15.SCTLR] & SCTLR_NMFI) !== 0) return false;
    const target = registers[register] - less;
    const thumb = (SPSR & Psr.T) !== 0;
    spreadFlags(registers, SPSR, FLAGS);
    state[Word.PSR] = (state[Word.PSR] & ~MASKS) | (SPSR & MASKS);
    if (to !== from) {
      state[13] = registers[13];
      state[14] = registers[14];
      core.switchMode(to);
      registers[13] = state[13];
      registers[14] = state[14];
    }
    live.setThumb(thumb);
    registers[Word.PC] = target & (thumb ? ~1 : ~3);
    return true;
  };
}
