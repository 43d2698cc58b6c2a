/**
 * The system registers of floating point and Advanced SIMD beside FPSCR: FPSID, MVFR0, MVFR1, FPEXC, and FPINST and FPINST2 of a VFPv2
 * processor (DDI 0406C B6.1, B9.3.21, B9.3.22). Who may access them, and what a write does. FPSCR itself is the builder's.
 */
import { Exception } from '../arm/exceptions.js';
import { FPEXC_EN, FPSCR_QC, FPSCR_AHP, fpPermitted, FPSCR_BITS } from '../arm/fpscr.js';
import { FpAccess, Word } from '../arm/state.js';
import { featureMask } from '../isa/features.js';
import type { Core } from './core.js';
import type { ExceptionUnit } from './exceptions.js';
import type { CpuModel } from './models.js';

/** Numbers of the registers in VMRS and VMSR. */
export const FloatRegister = { FPSID: 0, FPSCR: 1, MVFR1: 6, MVFR0: 7, FPEXC: 8, FPINST: 9, FPINST2: 10 } as const;

const VFPV3 = featureMask(['vfpv3']);
const SIMD = featureMask(['advanced-simd']);
const D32 = featureMask(['d32']);
const HALF = featureMask(['half-precision']);
/** MVFR0<27:24>: short vectors. */
const MVFR0_vectors = 0xf << 24;

export class FloatRegisters {
  readonly #core: Core;
  readonly #exceptions: ExceptionUnit;
  readonly #model: CpuModel;
  readonly #v3: boolean;

  constructor(core: Core, exceptions: ExceptionUnit, model: CpuModel) {
    this.#core = core;
    this.#exceptions = exceptions;
    this.#model = model;
    this.#v3 = (model.features & VFPV3) !== 0;
    core.shortVectors = (this.#id('MVFR0') & MVFR0_vectors) !== 0;
    core.hasD32 = (model.features & D32) !== 0;
    core.fpscrBits = FPSCR_BITS;
    if ((model.features & SIMD) === 0) core.fpscrBits &= ~FPSCR_QC;
    if ((model.features & HALF) === 0) core.fpscrBits &= ~FPSCR_AHP;
  }

  #id(name: 'FPSID' | 'MVFR0' | 'MVFR1'): number {
    return (this.#model.registers[name] ?? 0) | 0;
  }

  read(reg: number): number {
    this.#check(reg);
    return this.peek(reg);
  }

  /** Writes of identification registers are ignored. */
  write(reg: number, value: number): void {
    this.#check(reg);
    this.poke(reg, value);
  }

  // ---- without rights: for debuggers and monitors

  /** One of {@link FloatRegister}, i32. */
  peek(reg: number): number {
    switch (reg) {
      case FloatRegister.FPSCR:
        return this.#core.vectors[Word.FPSCR - Word.V];
      case FloatRegister.FPSID:
        return this.#id('FPSID');
      case FloatRegister.MVFR0:
        return this.#id('MVFR0');
      case FloatRegister.MVFR1:
        return this.#id('MVFR1');
      case FloatRegister.FPEXC:
        return this.#core.state[Word.FPEXC];
      default:
        // Keeps what is written: exceptions are never trapped.
        return this.#core.state[Word.FPINST + reg - FloatRegister.FPINST];
    }
  }

  /** Bits that do not exist stay zero. */
  poke(reg: number, value: number): void {
    if (reg === FloatRegister.FPSCR) this.#core.setFPSCR(value & this.#core.fpscrBits);
    else if (reg === FloatRegister.FPEXC) {
      this.#core.state[Word.FPEXC] = value & FPEXC_EN;
      this.#core.updateContext();
    } else if (reg >= FloatRegister.FPINST) this.#core.state[Word.FPINST + reg - FloatRegister.FPINST] = value;
  }

  /**
   * PL1 only, whether FPEXC.EN is set or not; but FPSID of VFPv2 is PL0's to read while it is.
   * @unpredictable other registers: Undefined
   */
  #check(reg: number): void {
    const { state } = this.#core;
    const privileged = this.#core.privileged();
    const exists = reg === FloatRegister.FPSID || (reg >= 6 && reg <= 8) || (!this.#v3 && (reg === 9 || reg === 10));
    const enabled = (state[Word.FP_ACCESS] & FpAccess.lowRegisters) !== 0;
    const allowed = privileged ? fpPermitted(state) : reg === FloatRegister.FPSID && !this.#v3 && enabled;
    if (!exists || !allowed) this.#exceptions.raise(Exception.Undefined);
  }
}
