/**
 * Which system operations have a short form (ops/short-forms.ts) on this processor. Knows the operations by their names; executes nothing.
 */
import { bankOf, Mode, Psr } from '../arm/modes.js';
import type { ShortForm } from '../arm/engine-port.js';
import { STATE_BASE } from '../mem/layout.js';
import { isSwitchable } from '../ops/short-forms.js';
import { bitCount } from '../util/bits.js';
import { spsrBits } from './status.js';
import type { SystemRegisters } from './system-registers.js';

type Operands = Readonly<Record<string, number>>;

/** The byte mask of MSR that names CPSR_c alone. */
const CONTROL_LANE = 1;

export class ShortForms {
  /** How many words behind the state block of engines this processor's lies. */
  readonly #at: number;

  constructor(
    state: Int32Array,
    private readonly registers: SystemRegisters,
  ) {
    this.#at = (state.byteOffset - STATE_BASE) / 4;
  }

  of(operation: string, o: Operands): ShortForm | undefined {
    const at = this.#at;
    switch (operation) {
      case 'MRS_CPSR':
        return { name: 'MRS_CPSR_short', regs: [o.d], imms: [], statics: [at] };
      case 'CPS':
        return this.#changeState(o);
      case 'MSR_CPSR_reg':
        return o.mask !== CONTROL_LANE
          ? undefined
          : { name: 'MSR_CPSR_c_reg_short', regs: [o.n], imms: [], statics: [at] };
      case 'MSR_CPSR_imm':
        if (o.mask !== CONTROL_LANE || !isSwitchable(o.imm32 & Psr.M)) return undefined;
        return {
          name: 'MSR_CPSR_c_mode_short',
          regs: [13, 14],
          imms: [],
          statics: [at, o.imm32 & (Psr.I | Psr.F), o.imm32 & Psr.M],
        };
      case 'MRS_SPSR':
        return { name: 'MRS_SPSR_short', regs: [o.d], imms: [], statics: [at] };
      case 'MSR_SPSR_reg':
        return { name: 'MSR_SPSR_reg_short', regs: [o.n], imms: [], statics: [at, spsrBits(o.mask)] };
      case 'MSR_SPSR_imm':
        return { name: 'MSR_SPSR_imm_short', regs: [], imms: [o.imm32], statics: [at, spsrBits(o.mask)] };
      case 'LDM_user':
      case 'STM_user':
        return this.#userTransfer(operation, o);
      case 'SRS':
        return this.#storeReturnState(o);
      case 'MRC':
      case 'MCR':
        return this.#transfer(o, operation === 'MCR');
      default:
        return undefined;
    }
  }

  #changeState(o: Operands): ShortForm | undefined {
    const at = this.#at;
    // Of masks that it does not name CPS changes none: neither if it names none.
    const masks = o.enable === o.disable ? 0 : masksOf(o);
    if (o.changemode === 0)
      return o.enable === o.disable
        ? undefined
        : { name: 'CPS_short', regs: [], imms: [], statics: [at, masks, o.disable] };
    if (!isSwitchable(o.mode) || (o.enable !== 0 && o.disable !== 0)) return undefined;
    return { name: 'CPS_mode_short', regs: [13, 14], imms: [], statics: [at, masks, o.disable, o.mode] };
  }

  #userTransfer(operation: string, { n, registers, increment, before }: Operands): ShortForm | undefined {
    // Without registers, with R15 as the base, and where STM^ stores PC.
    if (registers === 0 || registers > ALL_BUT_PC || n === 15) return undefined;
    const sp = (registers >>> 13) & 1;
    const lr = (registers >>> 14) & 1;
    const statics = [this.#at, increment, before, bitCount(registers), sp, lr];
    return { name: `${operation}_short`, regs: [n], imms: [registers & UNBANKED], statics };
  }

  #storeReturnState({ mode, wback, increment, wordhigher }: Operands): ShortForm | undefined {
    if (bankOf(mode) < 0 || mode === Mode.mon || mode === Mode.hyp) return undefined;
    return {
      name: 'SRS_short',
      regs: [13, 14],
      imms: [],
      statics: [this.#at, mode, wback, increment, wordhigher],
    };
  }

  #transfer(o: Operands, write: boolean): ShortForm | undefined {
    // To R15 MRC sets flags.
    if (o.t === 15) return undefined;
    const at = this.#at;
    const { word, value, nothing } = this.registers.storageOf(o.coproc, o.opc1, o.CRn, o.CRm, o.opc2, write);
    if (word !== undefined)
      return { name: write ? 'MCR_word_short' : 'MRC_word_short', regs: [o.t], imms: [], statics: [at, word] };
    if (nothing === true) return { name: 'MCR_nothing_short', regs: [], imms: [], statics: [at] };
    return value === undefined ? undefined : { name: 'MRC_constant_short', regs: [o.t], imms: [value], statics: [at] };
  }
}

/** Lists of registers: R0 to R14, and those of which no mode but FIQ has another. */
const ALL_BUT_PC = 0x7fff;
const UNBANKED = 0x1fff;

/** A, I and F that a CPS names. */
function masksOf({ affectA, affectI, affectF }: Operands): number {
  return (affectA ? Psr.A : 0) | (affectI ? Psr.I : 0) | (affectF ? Psr.F : 0);
}
