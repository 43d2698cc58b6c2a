/** A processor with one RAM and nothing else, for tests: programs by words or assembly text, registers by name, one instruction at a time. */
import { CodeBreakpoints } from '../../src/arm/breakpoints.js';
import type { StopKind } from '../../src/arm/engine.js';
import { Disposition, type DispositionKind, type PendingException } from '../../src/arm/exceptions.js';
import { Psr, type ModeName } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { GenericTimerPort } from '../../src/arm/timer-port.js';
import { cortexA15, type CpuModel } from '../../src/cpu/models.js';
import { Processor } from '../../src/cpu/processor.js';
import { ReferenceEngine } from '../../src/cpu/reference-engine.js';
import { systemRegisterNamed } from '../../src/isa/sysreg.js';
import { RAM, Rig } from '../mem/rig.js';
import { assemble } from './assemble.js';

export { RAM };
/** Where programs are placed unless told otherwise: behind the translation tables of {@link Rig}. */
export const CODE = RAM + 0x10_0000;
/** Scratch for data. */
export const DATA = RAM + 0x20_0000;

export interface CpuRigOptions {
  readonly model?: CpuModel;
  readonly timer?: GenericTimerPort;
  readonly instructions?: () => number;
}

export class CpuRig extends Rig {
  readonly cpu: Processor;
  readonly breakpoints = new CodeBreakpoints();
  readonly engine: ReferenceEngine;

  constructor(options: CpuRigOptions = {}) {
    super();
    this.cpu = new Processor({
      memory: this.memory,
      bus: this.bus,
      mmu: this.mmu,
      fetch: this.unit,
      model: options.model ?? cortexA15,
      timer: options.timer,
      instructions: options.instructions,
    });
    this.engine = new ReferenceEngine(this.cpu, this.breakpoints);
  }

  /** Places words (A32; T32 with the first halfword high counts as one word) at `at` and puts PC there. */
  arm(words: readonly number[], at = CODE): this {
    this.poke(at, ...words);
    return this.start(at, false);
  }

  /** Places halfwords at `at` and puts PC there in Thumb state. */
  thumbCode(halfwords: readonly number[], at = CODE): this {
    halfwords.forEach((halfword, i) => this.bus.write(at + 2 * i, 2, halfword));
    return this.start(at, true);
  }

  /** Assembles and places `source`, and puts PC at its first instruction. */
  asm(source: string, { thumb = false, at = CODE }: { thumb?: boolean; at?: number } = {}): this {
    this.bus.writeBlock(at, assemble(source, { thumb, origin: at }));
    return this.start(at, thumb);
  }

  start(at: number, thumb: boolean): this {
    this.cpu.setCpsr((this.cpu.readCpsr() & ~Psr.T) | (thumb ? Psr.T : 0));
    this.state[Word.PC] = at;
    return this;
  }

  /** Sets CPSR to `mode` and `bits` alone. */
  psr(mode: number, bits = 0): this {
    this.cpu.setCpsr(mode | bits);
    return this;
  }

  /** Executes `n` instructions by the reference engine. */
  step(n = 1): StopKind {
    return this.engine.run(n, true);
  }

  r(n: number): number {
    return this.state[n] >>> 0;
  }

  setR(n: number, value: number): this {
    this.state[n] = value;
    return this;
  }

  get pc(): number {
    return this.state[Word.PC] >>> 0;
  }

  get cpsr(): number {
    return this.cpu.readCpsr() >>> 0;
  }

  spsr(mode: number = this.cpsr & Psr.M): number {
    return this.cpu.readSpsr(mode) >>> 0;
  }

  /** A system register by name, as PL1 reads it (low word). */
  cp15(name: string): number {
    const out = { low: 0, high: 0 };
    this.cpu.systemRegisters.peek(systemRegisterNamed(name)!, out);
    return out.low >>> 0;
  }

  /** Writes a system register by name, side effects included. */
  setCp15(name: string, low: number, high = 0): this {
    this.cpu.systemRegisters.poke(systemRegisterNamed(name)!, low, high);
    return this;
  }

  /** Attaches a trap handler that records copies of what it is offered. */
  watch(decide: (exception: PendingException) => DispositionKind = () => Disposition.Vector): PendingException[] {
    const seen: PendingException[] = [];
    this.cpu.trapHandler = {
      take: (exception) => {
        seen.push({ ...exception });
        return decide(exception);
      },
    };
    return seen;
  }
}

/** The names of `Mode` for loops over the modes of this processor. */
export const PRIVILEGED_MODES = ['fiq', 'irq', 'svc', 'abt', 'und', 'sys'] as const satisfies readonly ModeName[];
