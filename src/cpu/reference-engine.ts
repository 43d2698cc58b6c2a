/**
 * The engine that judges the others: fetches, predecodes and evaluates one instruction at a time, and keeps nothing. Owns the run loop; what
 * an instruction does is the processor's matter.
 */
import type { CodeBreakpoints } from '../arm/breakpoints.js';
import type { Coverage } from '../arm/coverage.js';
import { Stop, type Engine, type StopKind } from '../arm/engine.js';
import { Attention, Word } from '../arm/state.js';
import type { Processor } from './processor.js';

export class ReferenceEngine implements Engine {
  readonly name = 'reference';
  readonly #processor: Processor;
  readonly #state: Int32Array;
  readonly #breakpoints: CodeBreakpoints;

  /** @param coverage where executions are to be counted */
  constructor(
    processor: Processor,
    breakpoints: CodeBreakpoints,
    private readonly coverage?: Coverage,
  ) {
    this.#processor = processor;
    this.#state = processor.state;
    this.#breakpoints = breakpoints;
  }

  run(budget: number, skipBreakpointOnce: boolean): StopKind {
    const state = this.#state;
    const processor = this.#processor;
    state[Word.COUNT] = budget;
    // What asked to leave before this run has been looked at by now; a request to stop has not.
    state[Word.ATTENTION] &= Attention.host;
    if (processor.sleeping) return Stop.WaitForInterrupt;
    processor.wake();
    let skip = skipBreakpointOnce;
    while (state[Word.COUNT] > 0) {
      const attention = state[Word.ATTENTION];
      state[Word.ATTENTION] = 0;
      if ((attention & (Attention.host | Attention.leave)) !== 0) {
        if ((attention & Attention.host) !== 0) return Stop.Host;
        return processor.sleeping ? Stop.WaitForInterrupt : Stop.Attention;
      }
      if (!skip && this.#breakpoints.size !== 0 && this.#breakpoints.has(state[Word.PC])) return Stop.Breakpoint;
      const left = state[Word.COUNT];
      state[Word.COUNT] = left - 1;
      const pc = state[Word.PC];
      const thumb = state[Word.T];
      processor.executeReference();
      // A repaired fault gave the attempt back: the same instruction again, past the same breakpoint.
      skip = state[Word.COUNT] === left;
      if (this.coverage !== undefined && !skip) this.coverage.add(pc, thumb, processor.attempt);
    }
    return this.#leave();
  }

  /** The budget is used up: what the last instruction asked for counts before that. */
  #leave(): StopKind {
    const state = this.#state;
    const attention = state[Word.ATTENTION];
    state[Word.ATTENTION] = 0;
    if ((attention & Attention.host) !== 0) return Stop.Host;
    if (this.#processor.sleeping) return Stop.WaitForInterrupt;
    return (attention & Attention.leave) !== 0 ? Stop.Attention : Stop.Budget;
  }

  /** Nothing is kept between two instructions, so there is nothing to forget. */
  invalidateCode(): void {}

  /** See {@link invalidateCode}. */
  invalidateAllCode(): void {}

  /** Every execution is counted at once. */
  flushCounters(): void {}
}
