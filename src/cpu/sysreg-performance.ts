/**
 * The Performance Monitors (PMUv1 and PMUv2, DDI 0406C C12) and the ARM1176's system performance monitor (DDI 0301H 3.2.51): a cycle counter
 * and event counters that count instructions. One instruction takes one cycle here. Counters are not advanced as instructions execute, but
 * when somebody looks, and when the earliest overflow that interrupts is due.
 *
 * @impdef events: software increment (0x00), instruction executed (0x08), cycle (0x11); on the ARM1176 instruction executed (0x07) and cycle
 * (0xff). Other events never happen.
 * @deviates PMUv2's filters by privilege level keep what is written and filter nothing.
 */
import { Cp15, PMCR_C, PMCR_D, PMCR_E, PMCR_P } from '../arm/cp15.js';
import { featureMask } from '../isa/features.js';
import type { SystemRegister } from '../isa/sysreg.js';
import { isV7, type CpuModel } from './models.js';
import type { Behaviours, RegisterBehaviour } from './system-registers.js';

/** What PMCR keeps of a write: E, D, X and DP. */
const PMCR_WRITABLE = PMCR_E | PMCR_D | (1 << 4) | (1 << 5);
const CYCLE_COUNTER = 31;
const CYCLE_BIT = 1 << CYCLE_COUNTER;
const TWO_32 = 0x1_0000_0000;
/** PMXEVTYPER: the event, and PMUv2's filters. */
const EVENT = 0xff;
const EVENT_AND_FILTERS = 0xf800_00ff | 0;

/** PMUv2 came with the Virtualization Extensions. */
const VIRTUALIZATION = featureMask(['virtualization']);

const SW_INCR = 0x00;
/** Events that happen once an instruction. */
const EVERY_INSTRUCTION: readonly number[] = [0x08, 0x11];
const EVERY_INSTRUCTION_1176: readonly number[] = [0x07, 0xff];

// The ARM1176's control register (DDI 0301H figure 3-79): E, P, C, D as in PMCR, then
const PMNC_X = 1 << 11;
/** Interrupt enables and overflow flags of Count Register 0, Count Register 1 and the Cycle Counter. */
const PMNC_ENABLES = 4;
const PMNC_FLAGS = 8;
const PMNC_EVT_COUNT_1 = 12;
const PMNC_EVT_COUNT_0 = 20;

/** Whether a register is one of the performance monitors'. */
export function isPerformanceRegister({ name }: SystemRegister): boolean {
  return name.startsWith('PM') || name === 'CCNT';
}

/** What the monitors are wired to: where they are not, they count all the same. */
export interface PerformanceWiring {
  /** The overflow interrupt, nPMUIRQ: true while it is asserted. */
  interrupt(level: boolean): void;
  /** Calls `due` when that many more instructions may have executed, instead of what was asked for before; never for Infinity. */
  after(instructions: number, due: () => void): void;
}

export class PerformanceMonitor {
  readonly #state: Int32Array;
  readonly #instructions: () => number;
  readonly #counters: number;
  readonly #model: CpuModel;
  readonly #everyInstruction: readonly number[];
  readonly #wiring: PerformanceWiring | undefined;

  /** @param instructions executed since power-on, exact at the current one */
  constructor(state: Int32Array, instructions: () => number, model: CpuModel, wiring?: PerformanceWiring) {
    this.#state = state;
    this.#instructions = instructions;
    this.#counters = model.eventCounters;
    this.#model = model;
    this.#everyInstruction = isV7(model) ? EVERY_INSTRUCTION : EVERY_INSTRUCTION_1176;
    this.#wiring = wiring;
  }

  /** Bits of the counters that exist, in PMCNTENSET and its like. */
  get #implemented(): number {
    return CYCLE_BIT | ((1 << this.#counters) - 1);
  }

  #counting(bit: number): boolean {
    return (this.#state[Cp15.PMCR] & PMCR_E) !== 0 && (this.#state[Cp15.PMCNTENSET] & bit) !== 0;
  }

  #divided(): boolean {
    return (this.#state[Cp15.PMCR] & PMCR_D) !== 0;
  }

  #countsInstructions(n: number): boolean {
    return this.#counting(1 << n) && this.#everyInstruction.includes(this.#state[Cp15.PMXEVTYPER + n] & EVENT);
  }

  // ---- bringing the counters up to date

  /** Instructions executed when the counters were last brought up to date. */
  #last(): number {
    const { PMCCNTR } = Cp15;
    return (this.#state[PMCCNTR + 1] >>> 0) + this.#state[PMCCNTR + 2] * TWO_32;
  }

  /** Brings all counters up to date, overflow flags included. To be called before anything about them is read or changed. */
  #update(): void {
    const state = this.#state;
    const last = this.#last();
    const now = this.#instructions();
    if (now === last) return;
    state[Cp15.PMCCNTR + 1] = now | 0;
    state[Cp15.PMCCNTR + 2] = Math.floor(now / TWO_32);
    if ((state[Cp15.PMCR] & PMCR_E) === 0) return;
    if (this.#counting(CYCLE_BIT)) {
      const cycles = this.#divided() ? Math.floor(now / 64) - Math.floor(last / 64) : now - last;
      this.#add(Cp15.PMCCNTR, CYCLE_BIT, cycles);
    }
    for (let n = 0; n < this.#counters; n++)
      if (this.#countsInstructions(n)) this.#add(Cp15.PMXEVCNTR + n, 1 << n, now - last);
  }

  #add(word: number, bit: number, count: number): void {
    const sum = (this.#state[word] >>> 0) + count;
    this.#state[word] = sum % TWO_32;
    if (sum >= TWO_32) this.#state[Cp15.PMOVSR] |= bit;
  }

  // ---- the interrupt

  /** Drives the interrupt line and asks for the moment at which that may change. To be called after anything has changed. */
  #drive(): void {
    const wiring = this.#wiring;
    if (wiring === undefined) return;
    const state = this.#state;
    const enabled = (state[Cp15.PMCR] & PMCR_E) !== 0 ? state[Cp15.PMINTENSET] : 0;
    wiring.interrupt((enabled & state[Cp15.PMOVSR]) !== 0);
    wiring.after(this.#toOverflow(enabled & ~state[Cp15.PMOVSR]), () => this.service());
  }

  /** Instructions until the first of some counters overflows, or Infinity. */
  #toOverflow(bits: number): number {
    const state = this.#state;
    let least = Infinity;
    if ((bits & CYCLE_BIT) !== 0 && this.#counting(CYCLE_BIT)) {
      const left = TWO_32 - (state[Cp15.PMCCNTR] >>> 0);
      const now = this.#last();
      least = this.#divided() ? (Math.floor(now / 64) + left) * 64 - now : left;
    }
    for (let n = 0; n < this.#counters; n++) {
      if ((bits & (1 << n)) === 0 || !this.#countsInstructions(n)) continue;
      least = Math.min(least, TWO_32 - (state[Cp15.PMXEVCNTR + n] >>> 0));
    }
    return least;
  }

  /** An overflow may be due, or the state block was exchanged. */
  service(): void {
    this.#update();
    this.#drive();
  }

  /** After a reset, when all registers have their reset values: nothing has been counted, and nothing interrupts. */
  reset(): void {
    const state = this.#state;
    // The ARM1176's counters have no enables of their own.
    if (!isV7(this.#model)) state[Cp15.PMCNTENSET] = this.#implemented;
    this.service();
  }

  // ---- registers

  /** A register that is up to date when it is read, and whose write may change what counts and interrupts. */
  #register(read: () => number, write?: (value: number) => void): RegisterBehaviour {
    return {
      read: () => {
        this.#update();
        return read();
      },
      write: (value) => {
        this.#update();
        write?.(value);
        this.#drive();
      },
    };
  }

  /** A view of a word in which writing ones sets or clears bits of counters. */
  #bits(word: number, set: boolean): RegisterBehaviour {
    const state = this.#state;
    return this.#register(
      () => state[word],
      (value) => {
        state[word] = set ? state[word] | (value & this.#implemented) : state[word] & ~value;
      },
    );
  }

  #control(value: number): void {
    const state = this.#state;
    state[Cp15.PMCR] = (state[Cp15.PMCR] & ~PMCR_WRITABLE) | (value & PMCR_WRITABLE);
    if ((value & PMCR_C) !== 0) state[Cp15.PMCCNTR] = 0;
    if ((value & PMCR_P) !== 0) state.fill(0, Cp15.PMXEVCNTR, Cp15.PMXEVCNTR + this.#counters);
  }

  #increment(counters: number): void {
    for (let n = 0; n < this.#counters; n++) {
      if (((counters >>> n) & 1) === 0 || !this.#counting(1 << n)) continue;
      if ((this.#state[Cp15.PMXEVTYPER + n] & EVENT) === SW_INCR) this.#add(Cp15.PMXEVCNTR + n, 1 << n, 1);
    }
  }

  behaviours(): Behaviours {
    return isV7(this.#model) ? this.#architected() : this.#arm1176();
  }

  #stored(word: number): RegisterBehaviour {
    const state = this.#state;
    return this.#register(
      () => state[word],
      (value) => {
        state[word] = value;
      },
    );
  }

  /** @unpredictable PMSELR names a counter that does not exist: its registers read as zero and ignore writes. */
  #architected(): Behaviours {
    const state = this.#state;
    const selected = (): number => state[Cp15.PMSELR] & 31;
    const kept = (this.#model.features & VIRTUALIZATION) !== 0 ? EVENT_AND_FILTERS : EVENT;
    return {
      PMCR: this.#register(
        () => state[Cp15.PMCR],
        (value) => this.#control(value),
      ),
      PMCNTENSET: this.#bits(Cp15.PMCNTENSET, true),
      PMCNTENCLR: this.#bits(Cp15.PMCNTENSET, false),
      PMOVSR: this.#bits(Cp15.PMOVSR, false),
      PMOVSSET: this.#bits(Cp15.PMOVSR, true),
      PMSWINC: this.#register(
        () => 0,
        (value) => this.#increment(value),
      ),
      PMSELR: {
        write: (value) => {
          state[Cp15.PMSELR] = value & 31;
        },
      },
      PMCCNTR: this.#stored(Cp15.PMCCNTR),
      PMXEVTYPER: this.#register(
        () => {
          const n = selected();
          return n < this.#counters || n === CYCLE_COUNTER ? state[Cp15.PMXEVTYPER + n] : 0;
        },
        (value) => {
          const n = selected();
          if (n === CYCLE_COUNTER) state[Cp15.PMXEVTYPER + n] = value & kept & ~EVENT;
          else if (n < this.#counters) state[Cp15.PMXEVTYPER + n] = value & kept;
        },
      ),
      PMXEVCNTR: this.#register(
        () => (selected() < this.#counters ? state[Cp15.PMXEVCNTR + selected()] : 0),
        (value) => {
          if (selected() < this.#counters) state[Cp15.PMXEVCNTR + selected()] = value;
        },
      ),
      PMUSERENR: {
        write: (value) => {
          state[Cp15.PMUSERENR] = value & 1;
        },
      },
      PMINTENSET: this.#bits(Cp15.PMINTENSET, true),
      PMINTENCLR: this.#bits(Cp15.PMINTENSET, false),
    };
  }

  /** One register holds what the architecture later spread over many. */
  #arm1176(): Behaviours {
    const state = this.#state;
    /** Bits 0 and 1 and the cycle counter's, packed into three bits and back. */
    const pack = (bits: number): number => (bits & 3) | ((bits >>> CYCLE_COUNTER) << 2);
    const unpack = (bits: number): number => (bits & 3) | (((bits >>> 2) & 1) << CYCLE_COUNTER);
    return {
      PMNC: this.#register(
        () =>
          (state[Cp15.PMCR] & (PMCR_E | PMCR_D | PMNC_X)) |
          (pack(state[Cp15.PMINTENSET]) << PMNC_ENABLES) |
          (pack(state[Cp15.PMOVSR]) << PMNC_FLAGS) |
          (state[Cp15.PMXEVTYPER] << PMNC_EVT_COUNT_0) |
          (state[Cp15.PMXEVTYPER + 1] << PMNC_EVT_COUNT_1),
        (value) => {
          this.#control(value & (PMCR_E | PMCR_P | PMCR_C | PMCR_D));
          state[Cp15.PMCR] = (state[Cp15.PMCR] & ~PMNC_X) | (value & PMNC_X);
          state[Cp15.PMINTENSET] = unpack(value >>> PMNC_ENABLES);
          // Writing one clears.
          state[Cp15.PMOVSR] &= ~unpack(value >>> PMNC_FLAGS);
          state[Cp15.PMXEVTYPER] = (value >>> PMNC_EVT_COUNT_0) & EVENT;
          state[Cp15.PMXEVTYPER + 1] = (value >>> PMNC_EVT_COUNT_1) & EVENT;
        },
      ),
      CCNT: this.#stored(Cp15.PMCCNTR),
      PMN0: this.#stored(Cp15.PMXEVCNTR),
      PMN1: this.#stored(Cp15.PMXEVCNTR + 1),
    };
  }
}
