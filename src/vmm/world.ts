/**
 * The world switch: moves the live state between the real CPU, where the guest runs deprivileged, and the virtual CPU, where the VMM acts on
 * what the guest believes to be its processor. Owns the rule of what is shared and what is virtual; decides nothing.
 *
 * Shared (the same in both worlds while the guest runs): R0..R14, PC, the flags, Q, GE, T, ITSTATE, CPSR.E.
 * Virtual only: CPSR.M, banked registers, SPSRs, CP15. Mirrored into the real CPSR: A, I and F, so that an interrupt is taken at the very
 * instruction at which it would be taken bare, and guest user code reads what it would read bare. The real CPU is always in User mode.
 *
 * Of CP15, what takes effect without an access that traps is mirrored, too: the thread ID registers that User mode reads (TPIDRURW it also
 * writes), whether accesses must be aligned, and whether the event stream wakes WFE. All other registers that User mode may reach under some
 * control are closed to the real User mode by that control ({@link closeUserRegisters}), so that an access traps.
 *
 * Floating point and Advanced SIMD: both worlds have one vector block, FPSCR included, so that nothing is copied. FPEXC and CPACR are virtual;
 * the real ones give User mode what those leave the guest at its present privilege level, and no more: what they do not is Undefined on the
 * real CPU as on the virtual one, where it is found out why.
 */
import { Cp15, CNTKCTL_EVNTEN, CPACR_ASEDIS, CPACR_cp10_shift, CPACR_D32DIS, SCTLR_A, SCTLR_U } from '../arm/cp15.js';
import { DBGDSCR_UDCCdis } from '../arm/debug-registers.js';
import { FPEXC_EN } from '../arm/fpscr.js';
import { Mode, Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import { GUEST_KERNEL, GUEST_USER } from './shadow.js';

/** Words R0..R14, R15_READ, PC, NF, ZF, CF, VF, QF, GE, T, ITSTATE: one run at the start of the state block. */
const SHARED_WORDS = Word.ITSTATE + 1;
const MASKS = Psr.A | Psr.I | Psr.F;
const MIRRORED = Psr.E | MASKS;
/** What unaligned accesses do. */
const ALIGNMENT = SCTLR_A | SCTLR_U;
/** Coprocessors 10 and 11 for everybody. */
const CPACR_FULL = 0xf << CPACR_cp10_shift;
const CPACR_DISABLES = CPACR_D32DIS | CPACR_ASEDIS;

/** Stands in the real monitor for a place that only the guest has: a device. No memory of the machine lies there. */
const ELSEWHERE = 0;

export class World {
  readonly #real: Int32Array;
  readonly #virtual: Int32Array;
  /** PERF: copied as a whole, by the host's own code: that is quick from the first exit on (`uboot.bench`). */
  readonly #realShared: Int32Array;
  readonly #virtualShared: Int32Array;
  /** Whether the latest {@link leave} or {@link mirror} changed what the real CPU derives something from: T, CPSR.E, and access controls. */
  controlsChanged = false;
  /** Whether it changed A, I or F of the real CPSR. */
  masksChanged = false;

  /** @param real @param virtual the state blocks */
  constructor(real: Int32Array, virtual: Int32Array) {
    this.#real = real;
    this.#virtual = virtual;
    this.#realShared = real.subarray(0, SHARED_WORDS);
    this.#virtualShared = virtual.subarray(0, SHARED_WORDS);
  }

  /** Copies what the guest did on the real CPU into the virtual one. */
  enter(): void {
    const real = this.#real;
    const virtual = this.#virtual;
    this.#virtualShared.set(this.#realShared);
    virtual[Word.PSR] = (virtual[Word.PSR] & ~Psr.E) | (real[Word.PSR] & Psr.E);
    virtual[Cp15.TPIDRURW] = real[Cp15.TPIDRURW];
  }

  /** Copies what the VMM did on the virtual CPU back; what follows from it is the real CPU's to find out. Returns the fetch context in which the guest goes on. */
  leave(): number {
    const real = this.#real;
    const virtual = this.#virtual;
    const stateChanged = real[Word.T] !== virtual[Word.T];
    this.#realShared.set(this.#virtualShared);
    real[Cp15.TPIDRURW] = virtual[Cp15.TPIDRURW];
    const context = this.mirror();
    if (stateChanged) this.controlsChanged = true;
    return context;
  }

  /** The part of {@link leave} that concerns what is virtual, and not what is shared. */
  mirror(): number {
    const real = this.#real;
    const virtual = this.#virtual;
    const PSR = Mode.usr | (virtual[Word.PSR] & MIRRORED);
    const statusChanged = real[Word.PSR] ^ PSR;
    real[Word.PSR] = PSR;
    real[Cp15.TPIDRURO] = virtual[Cp15.TPIDRURO];
    real[Cp15.CNTKCTL] = virtual[Cp15.CNTKCTL] & CNTKCTL_EVNTEN;
    const SCTLR = (real[Cp15.SCTLR] & ~ALIGNMENT) | (virtual[Cp15.SCTLR] & ALIGNMENT);
    let changed = (statusChanged & ~MASKS) | (real[Cp15.SCTLR] ^ SCTLR);
    real[Cp15.SCTLR] = SCTLR;
    const FPEXC = virtual[Word.FP_ACCESS] === 0 ? 0 : FPEXC_EN;
    changed |= real[Word.FPEXC] ^ FPEXC;
    real[Word.FPEXC] = FPEXC;
    if (FPEXC !== 0) {
      const CPACR = CPACR_FULL | (virtual[Cp15.CPACR] & CPACR_DISABLES);
      changed |= real[Cp15.CPACR] ^ CPACR;
      real[Cp15.CPACR] = CPACR;
    }
    this.controlsChanged = changed !== 0;
    this.masksChanged = (statusChanged & MASKS) !== 0;
    return (virtual[Word.PSR] & Psr.M) === Mode.usr ? GUEST_USER : GUEST_KERNEL;
  }

  /**
   * Copies the exclusive monitor to the virtual CPU, before it executes an access that faulted: that may be an exclusive one.
   * @param guestPhysical guest-physical address of a physical one
   */
  enterMonitor(guestPhysical: (pa: number) => number): void {
    const real = this.#real;
    const virtual = this.#virtual;
    virtual[Word.EXCLUSIVE] = real[Word.EXCLUSIVE];
    virtual[Word.EXCLUSIVE_VALUE] = real[Word.EXCLUSIVE_VALUE];
    virtual[Word.EXCLUSIVE_VALUE + 1] = real[Word.EXCLUSIVE_VALUE + 1];
    const pa = real[Word.EXCLUSIVE_PA];
    if (pa !== ELSEWHERE) virtual[Word.EXCLUSIVE_PA] = guestPhysical(pa >>> 0);
  }

  /**
   * And back.
   * @param physical physical address of a guest-physical one, or -1
   */
  leaveMonitor(physical: (gpa: number) => number): void {
    const real = this.#real;
    const virtual = this.#virtual;
    real[Word.EXCLUSIVE] = virtual[Word.EXCLUSIVE];
    real[Word.EXCLUSIVE_VALUE] = virtual[Word.EXCLUSIVE_VALUE];
    real[Word.EXCLUSIVE_VALUE + 1] = virtual[Word.EXCLUSIVE_VALUE + 1];
    const pa = physical(virtual[Word.EXCLUSIVE_PA] >>> 0);
    real[Word.EXCLUSIVE_PA] = pa < 0 ? ELSEWHERE : pa;
  }
}

/** TEECR.XED: ThumbEE's registers are closed to PL0. */
const TEECR_XED = 1 << 0;

/** Sets the controls of the real CPU under which registers of CP14 trap in User mode. Timers and performance monitors it has none. */
export function closeUserRegisters(real: Int32Array): void {
  real[Cp15.DBGDSCR] |= DBGDSCR_UDCCdis;
  real[Cp15.TEECR] |= TEECR_XED;
}
