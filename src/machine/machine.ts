/**
 * The physical machine: one memory, a bus, one processor with its MMU, an engine, virtual time and the run loop. What is on the bus is for others to
 * decide: a board (bare guest) or a VMM's memory. Owns why a run stops; knows no device.
 */
import { CodeBreakpoints } from '../arm/breakpoints.js';
import { Coverage } from '../arm/coverage.js';
import { Stop, type Engine } from '../arm/engine.js';
import type { GenericTimerPort } from '../arm/timer-port.js';
import { Word } from '../arm/state.js';
import { cpuModels, type CpuModel } from '../cpu/models.js';
import { Processor } from '../cpu/processor.js';
import type { PerformanceWiring } from '../cpu/sysreg-performance.js';
import { ReferenceEngine } from '../cpu/reference-engine.js';
import { InterpreterEngine } from '../jit/engine.js';
import { TIER_DEFAULTS, type TierOptions } from '../jit/regions/tier.js';
import { PhysicalBus } from '../mem/bus.js';
import type { IrqLine, ScheduledEvent } from '../mem/device.js';
import { FetchUnit } from '../mem/fetch.js';
import { MachineMemory } from '../mem/memory.js';
import { Mmu } from '../mem/mmu.js';
import { FetchOverlay } from '../mem/overlay.js';
import { boardErrors } from './errors.js';
import type { GuestStop, RunOptions } from './run.js';
import { VirtualClock } from './virtual-clock.js';

export type { Processor };

/** Events that one `run` lets pass while the processor sleeps: without interrupts, some devices never come to an end. */
const LONGEST_SLEEP = 10_000;
/** Attempts that one `Engine.run` is given at most. */
const LONGEST_RUN = 1 << 30;

/** Virtual ns per instruction: from a thousand instructions a nanosecond to one a second. Beyond, time loses its exactness. */
const LEAST_RATE = 0.001;
const MOST_RATE = 1e9;

export interface MachineOptions {
  readonly cpu: string;
  readonly engine: 'jit' | 'interpreter' | 'reference';
  /** How the engine `jit` chooses what to translate; by default as it was measured to be best. */
  readonly tier1?: TierOptions;
  readonly nsPerInstruction: number;
  /** Executions are counted, see {@link Machine.coverage}. */
  readonly coverage?: boolean;
  /** Sizes in bytes of the guest memories that will be allocated. */
  readonly memories: readonly number[];
}

/** What of a board a processor reaches other than by its bus. */
export interface ProcessorWiring {
  /** What its CP15 c14 registers reach. */
  readonly timer: GenericTimerPort | undefined;
  /** The interrupt line of its performance monitors. */
  readonly performanceOverflow: IrqLine;
}

/** The model of a name. @throws UserError 121 */
export function cpuModel(name: string): CpuModel {
  const model = cpuModels.get(name);
  if (model === undefined) throw boardErrors.unknownCpu(name, [...cpuModels.keys()].join(', '));
  return model;
}

export class Machine {
  readonly memory: MachineMemory;
  readonly bus: PhysicalBus;
  readonly mmu: Mmu;
  readonly overlay = new FetchOverlay();
  readonly fetch: FetchUnit;
  readonly clock: VirtualClock;
  readonly breakpoints = new CodeBreakpoints();
  readonly model: CpuModel;
  /** How often instructions were executed since power-on, if that is counted. `engine.flushCounters` brings it up to date. */
  readonly coverage: Coverage | undefined;
  /** Why the run is over, once it is. */
  ended: GuestStop | undefined;
  #processor: Processor | undefined;
  #engine: Engine | undefined;
  /** The processor whose sleep is the machine's: the guest's own, which under a VMM is the virtual one. */
  #sleeper: Processor | undefined;
  #budget = 0;

  constructor(private readonly options: MachineOptions) {
    if (!(options.nsPerInstruction >= LEAST_RATE && options.nsPerInstruction <= MOST_RATE)) {
      throw boardErrors.badRate(options.nsPerInstruction, LEAST_RATE, MOST_RATE);
    }
    this.model = cpuModel(options.cpu);
    this.coverage = options.coverage === true ? new Coverage() : undefined;
    this.memory = new MachineMemory(options.memories);
    this.bus = new PhysicalBus(this.memory);
    this.mmu = new Mmu(this.memory, this.bus);
    this.fetch = new FetchUnit(this.memory, this.mmu, this.bus, this.overlay);
    const { state } = this.memory;
    this.clock = new VirtualClock(
      options.nsPerInstruction,
      () => (this.#budget === 0 ? 0 : this.#budget - state[Word.COUNT]),
      () => this.#processor?.requestAttention(),
    );
  }

  /** Completes the machine with its processor. With nothing around it, it has neither a generic timer nor performance monitors. */
  attach(around?: ProcessorWiring): Processor {
    const { memory, bus, mmu, fetch, model, breakpoints, coverage } = this;
    const processor = new Processor({
      memory,
      bus,
      mmu,
      fetch,
      model,
      timer: around?.timer,
      instructions: () => this.clock.instructions(),
      performance: around && this.#performance(around.performanceOverflow),
      performanceMonitors: around !== undefined,
    });
    this.#processor = processor;
    this.#sleeper = processor;
    const engine =
      this.options.engine === 'reference'
        ? new ReferenceEngine(processor, breakpoints, coverage)
        : new InterpreterEngine({ memory, port: processor, fetch, breakpoints, coverage }, this.#tier1());
    this.#engine = engine;
    this.overlay.onChange = (pa, length) => engine.invalidateCode(pa, length);
    bus.onCodeWrite = (pa, length) => engine.invalidateCode(pa, length);
    return processor;
  }

  /**
   * A processor of the same model beside the machine's own, over another address space: what a VMM shows to its guest. It executes only when it is
   * told to, instruction by instruction; its state block lies in the machine's memory.
   */
  virtualProcessor(bus: PhysicalBus, { timer, performanceOverflow }: ProcessorWiring): Processor {
    const memory = this.memory.forVirtualCpu();
    const mmu = new Mmu(memory, bus);
    const fetch = new FetchUnit(memory, mmu, bus, new FetchOverlay());
    const { model } = this;
    const performance = this.#performance(performanceOverflow);
    const instructions = (): number => this.clock.instructions();
    return new Processor({ memory, bus, mmu, fetch, model, timer, instructions, performance });
  }

  #tier1(): TierOptions | undefined {
    const { engine, tier1 } = this.options;
    return engine === 'jit' ? (tier1 ?? TIER_DEFAULTS) : undefined;
  }

  /** What the performance monitors are wired to: an interrupt line, and the clock, by which an overflow is noticed in time. */
  #performance(overflow: IrqLine): PerformanceWiring {
    const { clock } = this;
    let event: ScheduledEvent | undefined;
    return {
      interrupt: (level) => overflow.set(level),
      after: (instructions, due) => {
        event?.cancel();
        event =
          instructions === Infinity
            ? undefined
            : clock.schedule(clock.now() + instructions * clock.nsPerInstruction, due);
      },
    };
  }

  get processor(): Processor {
    return this.#processor as Processor;
  }

  get engine(): Engine {
    return this.#engine as Engine;
  }

  /** Lets another processor's WFI put the machine to sleep: a VMM's virtual CPU. */
  sleepWith(processor: Processor): void {
    this.#sleeper = processor;
  }

  /** Ends the run: the present `run` returns `stop`, and so does every later one until `restart`. */
  end(stop: GuestStop): void {
    this.ended ??= stop;
    this.processor.requestStop();
  }

  /** Makes the present `run` return `host`. */
  requestStop(): void {
    this.processor.requestStop();
  }

  /** Time and engine as at power-on. */
  restart(): void {
    this.ended = undefined;
    this.clock.reset();
    this.engine.invalidateAllCode();
  }

  /**
   * Runs until something stops it. Events fire and interrupts are taken at exact instruction counts, however the limit slices the run.
   * @param canBeWoken whether the outside could still wake a guest that sleeps with no event scheduled
   */
  run(options: RunOptions, canBeWoken: () => boolean): GuestStop {
    const { clock } = this;
    const processor = this.processor;
    const sleeper = this.#sleeper as Processor;
    let left = options.limit;
    let sleep = LONGEST_SLEEP;
    let skip = options.skipBreakpointOnce;
    for (;;) {
      clock.fireDue();
      if (this.ended !== undefined) return this.ended;
      // Under a VMM either of the two may: guest user code executes WFI and WFE on the real one.
      if (sleeper.sleeping || processor.sleeping) {
        const next = clock.nextAt();
        if (next > options.sleepUntil) {
          clock.sleepTo(options.sleepUntil);
          return next === Infinity ? this.#asleep(canBeWoken()) : { kind: 'idle', until: next };
        }
        if (next === Infinity) return this.#asleep(canBeWoken());
        if (sleep-- === 0) return { kind: 'limit' };
        clock.sleepTo(next);
        continue;
      }
      if (left <= 0) return { kind: 'limit' };
      sleeper.wake();
      if (processor.deliverInterrupts()) skip = false;
      const budget = Math.min(left, Math.max(1, clock.instructionsToNext()), LONGEST_RUN);
      this.#budget = budget;
      const stop = this.engine.run(budget, skip);
      const done = budget - this.memory.state[Word.COUNT];
      this.#budget = 0;
      clock.advance(done);
      left -= done;
      skip = false;
      if (stop === Stop.Breakpoint) return { kind: 'breakpoint' };
      if (stop === Stop.Host) {
        clock.fireDue();
        return this.ended ?? { kind: 'host' };
      }
    }
  }

  #asleep(canBeWoken: boolean): GuestStop {
    if (canBeWoken) return { kind: 'waiting' };
    const pc = (this.processor.state[Word.PC] >>> 0).toString(16);
    return {
      kind: 'dead',
      why: `The guest waits for an interrupt (before 0x${pc}) and has enabled none that could come; enable one, or power off.`,
    };
  }
}
