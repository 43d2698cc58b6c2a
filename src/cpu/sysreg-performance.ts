/**
 * The Performance Monitors (PMUv2, DDI 0406C C12): a cycle counter and event counters that count instructions. One instruction takes one
 * cycle here. Counters are not advanced as instructions execute; what is kept is how far they are ahead of the processor's own count.
 *
 * @impdef events: software increment (0x00), instruction executed (0x08), cycle (0x11); other events never happen.
 * @deviates overflow sets a flag for the cycle counter only, and raises no interrupt.
 */
import { Cp15, PMCR_C, PMCR_D, PMCR_E, PMCR_P } from '../arm/cp15.js';
import type { SystemRegister } from '../isa/sysreg.js';
import type { Behaviours } from './system-registers.js';

/** What PMCR keeps of a write: E, D, X and DP. */
const PMCR_WRITABLE = PMCR_E | PMCR_D | (1 << 4) | (1 << 5);
const CYCLE_COUNTER = 31;
const CYCLE_BIT = 1 << CYCLE_COUNTER;
const TWO_32 = 0x1_0000_0000;

const SW_INCR = 0x00;
const INST_RETIRED = 0x08;
const CPU_CYCLES = 0x11;

/** Whether a register is one of the Performance Monitors'. */
export function isPerformanceRegister({ name }: SystemRegister): boolean {
  return name.startsWith('PM');
}

export class PerformanceMonitor {
  readonly #state: Int32Array;
  readonly #instructions: () => number;
  readonly #counters: number;

  /**
   * @param instructions executed since power-on, exact at the current one
   * @param counters number of event counters, PMCR.N
   */
  constructor(state: Int32Array, instructions: () => number, counters: number) {
    this.#state = state;
    this.#instructions = instructions;
    this.#counters = counters;
  }

  /** Bits of the counters that exist, in PMCNTENSET and its like. */
  get #implemented(): number {
    return CYCLE_BIT | ((1 << this.#counters) - 1);
  }

  #counting(bit: number): boolean {
    return (this.#state[Cp15.PMCR] & PMCR_E) !== 0 && (this.#state[Cp15.PMCNTENSET] & bit) !== 0;
  }

  // ---- the cycle counter: the register is its words plus the cycles so far, if it counts

  #cycles(): number {
    if (!this.#counting(CYCLE_BIT)) return 0;
    const n = this.#instructions();
    return (this.#state[Cp15.PMCR] & PMCR_D) !== 0 ? Math.floor(n / 64) : n;
  }

  /** PMCCNTR, u32. Notes an overflow. */
  #readCycles(): number {
    const state = this.#state;
    const value = state[Cp15.PMCCNTR + 1] * TWO_32 + (state[Cp15.PMCCNTR] >>> 0) + this.#cycles();
    if (value >= TWO_32) {
      state[Cp15.PMOVSR] |= CYCLE_BIT;
      this.#writeCycles(value % TWO_32);
    }
    return value % TWO_32;
  }

  #writeCycles(value: number): void {
    const ahead = value - this.#cycles();
    this.#state[Cp15.PMCCNTR] = ahead | 0;
    this.#state[Cp15.PMCCNTR + 1] = Math.floor(ahead / TWO_32);
  }

  // ---- event counters, modulo 2^32

  #events(n: number): number {
    const event = this.#state[Cp15.PMXEVTYPER + n] & 0xff;
    const counts = (event === INST_RETIRED || event === CPU_CYCLES) && this.#counting(1 << n);
    return counts ? this.#instructions() : 0;
  }

  #readEvents(n: number): number {
    return (this.#state[Cp15.PMXEVCNTR + n] + this.#events(n)) | 0;
  }

  #writeEvents(n: number, value: number): void {
    this.#state[Cp15.PMXEVCNTR + n] = value - this.#events(n);
  }

  /** Runs `change`, which may start, stop or redefine counters, so that none of them jumps. */
  #keeping(change: () => void): void {
    const cycles = this.#readCycles();
    const events = Array.from({ length: this.#counters }, (_, n) => this.#readEvents(n));
    change();
    this.#writeCycles(cycles);
    events.forEach((value, n) => this.#writeEvents(n, value));
  }

  #writePMCR(value: number): void {
    const state = this.#state;
    this.#keeping(() => {
      state[Cp15.PMCR] = (state[Cp15.PMCR] & ~PMCR_WRITABLE) | (value & PMCR_WRITABLE);
    });
    if ((value & PMCR_C) !== 0) this.#writeCycles(0);
    if ((value & PMCR_P) !== 0) for (let n = 0; n < this.#counters; n++) this.#writeEvents(n, 0);
  }

  #increment(counters: number): void {
    for (let n = 0; n < this.#counters; n++) {
      if (((counters >>> n) & 1) === 0 || !this.#counting(1 << n)) continue;
      if ((this.#state[Cp15.PMXEVTYPER + n] & 0xff) === SW_INCR) this.#state[Cp15.PMXEVCNTR + n] += 1;
    }
  }

  /** @unpredictable PMSELR names a counter that does not exist: its registers read as zero and ignore writes. */
  behaviours(): Behaviours {
    const state = this.#state;
    const selected = (): number => state[Cp15.PMSELR] & 31;
    const enable = (value: number): void =>
      this.#keeping(() => {
        state[Cp15.PMCNTENSET] = value & this.#implemented;
      });
    return {
      PMCR: { write: (value) => this.#writePMCR(value) },
      PMCNTENSET: { write: (value) => enable(state[Cp15.PMCNTENSET] | value) },
      PMCNTENCLR: {
        read: () => state[Cp15.PMCNTENSET],
        write: (value) => enable(state[Cp15.PMCNTENSET] & ~value),
      },
      PMOVSR: {
        read: () => {
          this.#readCycles();
          return state[Cp15.PMOVSR];
        },
        write: (value) => {
          this.#readCycles();
          state[Cp15.PMOVSR] &= ~value;
        },
      },
      PMOVSSET: {
        read: () => {
          this.#readCycles();
          return state[Cp15.PMOVSR];
        },
        write: (value) => {
          state[Cp15.PMOVSR] |= value & this.#implemented;
        },
      },
      PMSWINC: { write: (value) => this.#increment(value) },
      PMSELR: {
        write: (value) => {
          state[Cp15.PMSELR] = value & 31;
        },
      },
      PMCCNTR: { read: () => this.#readCycles() | 0, write: (value) => this.#writeCycles(value >>> 0) },
      PMXEVTYPER: {
        read: () => {
          const n = selected();
          return n < this.#counters || n === CYCLE_COUNTER ? state[Cp15.PMXEVTYPER + n] : 0;
        },
        write: (value) => {
          const n = selected();
          if (n >= this.#counters && n !== CYCLE_COUNTER) return;
          this.#keeping(() => {
            state[Cp15.PMXEVTYPER + n] = value;
          });
        },
      },
      PMXEVCNTR: {
        read: () => (selected() < this.#counters ? this.#readEvents(selected()) : 0),
        write: (value) => {
          if (selected() < this.#counters) this.#writeEvents(selected(), value);
        },
      },
      PMUSERENR: {
        write: (value) => {
          state[Cp15.PMUSERENR] = value & 1;
        },
      },
      PMINTENSET: {
        write: (value) => {
          state[Cp15.PMINTENSET] |= value & this.#implemented;
        },
      },
      PMINTENCLR: {
        read: () => state[Cp15.PMINTENSET],
        write: (value) => {
          state[Cp15.PMINTENSET] &= ~value;
        },
      },
    };
  }
}
