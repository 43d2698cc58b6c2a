/**
 * One instruction by the reference: fetch, predecode, condition, evaluation, and the advance of PC and ITSTATE. Knows no budget and no
 * breakpoint; who runs a next instruction is an engine's matter.
 */
import { PatchKind } from '../arm/engine.js';
import { Exception } from '../arm/exceptions.js';
import { Attempt } from '../arm/coverage.js';
import { advancedItstate, conditionHolds, conditionOfItstate } from '../arm/psr.js';
import { Word } from '../arm/state.js';
import type { SystemPort } from '../arm/system-port.js';
import type { FetchUnit } from '../mem/fetch.js';
import type { Patch } from '../mem/ports.js';
import type { MemoryView } from '../mem/view.js';
import type { DataSize } from '../ops/builder.js';
import { predecode, type Predecoded } from '../ops/predecode.js';
import { ABANDONED } from './abandon.js';
import type { Core } from './core.js';
import type { DebugEvents } from './debug-events.js';
import { Evaluator, type DataPort } from './evaluator.js';
import type { ExceptionUnit } from './exceptions.js';

/** Data memory of operations: a refused access becomes a data abort and ends the operation. */
export class OperationMemory implements DataPort {
  readonly #exceptions: ExceptionUnit;
  readonly #view: MemoryView;

  constructor(exceptions: ExceptionUnit, view: MemoryView) {
    this.#exceptions = exceptions;
    this.#view = view;
  }

  load(va: number, size: DataSize, flags: number): number {
    const view = this.#view;
    const value = view.load(va, size, flags);
    if (view.fault.type !== 0) this.#exceptions.raiseDataAbort(view.fault, false);
    return value;
  }

  store(va: number, size: DataSize, value: number, flags: number): void {
    const view = this.#view;
    view.store(va, size, value, flags);
    if (view.fault.type !== 0) this.#exceptions.raiseDataAbort(view.fault, false);
  }
}

export class Executor {
  readonly #core: Core;
  readonly #state: Int32Array;
  readonly #fetch: FetchUnit;
  readonly #exceptions: ExceptionUnit;
  readonly #evaluator: Evaluator;
  readonly #features: number;
  /** The current word is a planted trap. */
  #planted = false;
  /** The patch by which executions of the current instruction are counted: those whose condition holds. */
  #counted: Patch | undefined;
  /** The patch that executes in place of the current instruction, where its condition holds. */
  #inlined: Patch | undefined;

  /**
   * @param features of the processor, as a mask of isa/features.ts
   * @param debug whose events instructions have
   */
  constructor(
    core: Core,
    fetch: FetchUnit,
    exceptions: ExceptionUnit,
    memory: OperationMemory,
    features: number,
    public debug: DebugEvents,
  ) {
    this.#features = features;
    this.#core = core;
    this.#state = core.state;
    this.#fetch = fetch;
    this.#exceptions = exceptions;
    this.#evaluator = new Evaluator(core, memory, () => exceptions.raise(Exception.Undefined));
  }

  /** Fetches and executes the instruction at PC. Afterwards PC is where execution goes on, exception or not. */
  step(port: SystemPort): void {
    const core = this.#core;
    core.attempt = Attempt.none;
    if (!this.fetchCurrent()) return;
    if (this.debug.code) {
      const method = this.debug.codeEvent(this.#state[Word.PC] >>> 0);
      if (method !== 0) {
        this.#exceptions.debugEvent(method);
        return;
      }
    }
    if (this.#planted) this.#takePlanted();
    else if (this.#inlined !== undefined) this.#executeInlined(this.#inlined);
    else this.#execute(this.#predecodeCurrent(core.word, core.length), port);
  }

  /** The same of a word that a fetch would give, and no patch. */
  stepKnown(word: number, length: number, port: SystemPort): void {
    if (this.debug.code) {
      this.step(port);
      return;
    }
    const core = this.#core;
    core.attempt = Attempt.none;
    core.word = word;
    core.length = length;
    this.#counted = undefined;
    this.#execute(this.#predecodeCurrent(word, length), port);
  }

  /** The same without the fetch. */
  executeFetched(word: number, length: number, port: SystemPort): void {
    const core = this.#core;
    core.word = word;
    core.length = length;
    this.#execute(this.#predecodeCurrent(word, length), port);
  }

  /** Goes on behind the instruction of `length` bytes at PC. */
  skip(length: number): void {
    const core = this.#core;
    core.following = (this.#state[Word.PC] + length) >>> 0;
    core.next = core.following;
    core.itstateWritten = false;
    this.complete();
  }

  /**
   * A trap word planted by a VMM: SVC in A32 and T16, UDF.W in T32, under the condition of the original.
   * PERF: what {@link #execute} would do with it, without the throw that abandons an operation (the exits of `uboot.bench`).
   */
  #takePlanted(): void {
    const core = this.#core;
    const state = this.#state;
    const thumb = core.thumb();
    core.following = (state[Word.PC] + core.length) >>> 0;
    core.next = core.following;
    core.itstateWritten = false;
    if (this.#decided(this.#conditionPasses(core.word >>> 28)))
      this.#exceptions.take(thumb && core.length === 4 ? Exception.Undefined : Exception.SupervisorCall);
    else this.complete();
  }

  /** An instruction that somebody else executes: its condition alone is looked at here. */
  #executeInlined(patch: Patch): void {
    const core = this.#core;
    if (this.#decided(this.#conditionPasses(core.word >>> 28))) {
      patch.arbitrate?.();
      return;
    }
    this.skip(core.length);
  }

  #decided(passes: boolean): boolean {
    this.#core.attempt = passes ? Attempt.passed : Attempt.failed;
    return passes;
  }

  /** ConditionPassed() of an instruction that has this condition in ARM state, and that of the IT block in Thumb state. */
  #conditionPasses(cond: number): boolean {
    const state = this.#state;
    if (!this.#core.thumb()) return conditionHolds(state, cond);
    return (state[Word.ITSTATE] & 15) === 0 || conditionHolds(state, conditionOfItstate(state[Word.ITSTATE]));
  }

  /** Puts the word at PC and its length into the core. Returns false after the prefetch abort was taken. */
  fetchCurrent(): boolean {
    const fetched = this.#fetch.fetch(this.#state[Word.PC] >>> 0);
    if (fetched.fault !== 0) {
      this.#exceptions.prefetchAbort(fetched.fault, fetched.level, fetched.domain, fetched.faultAddress);
      return false;
    }
    this.#core.word = fetched.word;
    this.#core.length = fetched.length;
    const { patch } = fetched;
    this.#planted = patch !== undefined && patch.kind === PatchKind.trap;
    this.#counted = patch !== undefined && patch.kind === PatchKind.counted ? patch : undefined;
    this.#inlined = patch !== undefined && patch.kind === PatchKind.inlined ? patch : undefined;
    return true;
  }

  #predecodeCurrent(word: number, length: number): Predecoded {
    const isa = !this.#core.thumb() ? 'A32' : length === 2 ? 'T16' : 'T32';
    return predecode(isa, word, this.#features);
  }

  #execute(instruction: Predecoded, port: SystemPort): void {
    const core = this.#core;
    const state = this.#state;
    const pc = state[Word.PC] >>> 0;
    const thumb = state[Word.T] !== 0;
    state[Word.R15_READ] = pc + (thumb ? 4 : 8);
    core.following = (pc + instruction.length) >>> 0;
    core.next = core.following;
    core.itstateWritten = false;
    if (this.#decided(this.#passes(instruction, thumb))) {
      if (this.#counted !== undefined) this.#counted.count++;
      core.executing = true;
      try {
        const { operation } = instruction;
        if (operation === null) {
          this.#exceptions.take(Exception.Undefined);
          core.executing = false;
          return;
        } else if (operation.kind === 'plain') operation.body(this.#evaluator, instruction.operands);
        else {
          operation.body(port, instruction.operands);
          // It took an exception, whose handler is where execution goes on.
          if (!core.executing) return;
        }
      } catch (reason) {
        core.executing = false;
        if (reason !== ABANDONED) throw reason;
        return;
      }
      core.executing = false;
    }
    this.complete();
  }

  /** ConditionPassed(), from the word or from ITSTATE. BKPT is unconditional in an IT block too (A8.8.24). */
  #passes(instruction: Predecoded, thumb: boolean): boolean {
    const state = this.#state;
    if (instruction.cond !== 14) return conditionHolds(state, instruction.cond);
    if (!thumb || (state[Word.ITSTATE] & 15) === 0) return true;
    return conditionHolds(state, conditionOfItstate(state[Word.ITSTATE])) || instruction.operation?.name === 'BKPT';
  }

  /** Moves PC and ITSTATE past the current instruction. */
  complete(): void {
    const state = this.#state;
    state[Word.PC] = this.#core.next;
    if (state[Word.ITSTATE] === 0 || this.#core.itstateWritten) return;
    state[Word.ITSTATE] = state[Word.T] !== 0 ? advancedItstate(state[Word.ITSTATE]) : 0;
  }
}
