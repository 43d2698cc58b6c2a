/**
 * Runs the guest as a plan says, slice by slice, and decides when the user should see it: breakpoints that count, traps and exceptions that were asked for,
 * a pause, the plan's end, the guest's end. Owns when `Guest.run` is called, and the breakpoints of steps.
 */
import { Exception } from '../../arm/exceptions.js';
import type { Guest } from '../../machine/guest.js';
import type { SliceResult, StopReason } from '../api.js';
import type { Breakpoints, Reached } from '../breakpoints/breakpoints.js';
import type { Locations } from '../breakpoints/locations.js';
import type { Plan, Position, Request, TakenException } from './plans.js';

/** Instructions that one slice executes singly at most: each costs as much as some hundreds that run freely. */
const STEPS_PER_SLICE = 1000;

export interface RunContext {
  readonly guest: Guest;
  readonly breakpoints: Breakpoints;
  readonly locations: Locations;
  position(): Position;
  /** `print+4`, or the address where nothing has a name. */
  place(address: number): string;
  /** A line for the user about something that the guest did. */
  notice(text: string): void;
}

type Stopped = Extract<SliceResult, { kind: 'stopped' }>;

export class RunControl {
  private plan: Plan | undefined;
  private request: Request | undefined;
  /** What to report when the plan ends. A step ends at a reset of the board, too. */
  private done: StopReason['reason'] = 'pause';
  /** Exceptions that the guest took in the present step, or at the very start of the present run. */
  private taken: TakenException[] = [];
  /** Instructions executed when the present call of `Guest.run` began. */
  private began = 0;
  /** A stop that a trap or exception filter asked for. */
  private wanted: string | undefined;
  private pausing = false;
  /** The present slice is to end, without a stop. */
  private ending = false;
  private running = false;
  /** What breakpoints there are at PC has been looked at: execution goes on behind them. */
  private dealtWith = false;
  /** An interrupt came between a breakpoint that was dealt with and its instruction: coming back there is no new arrival. */
  private interrupted: Position | undefined;

  constructor(private readonly context: RunContext) {}

  /** Replaces whatever was under way. `done` is the reason of the stop at its end. */
  start(plan: Plan, done: StopReason['reason']): void {
    this.abandon();
    this.pausing = false;
    this.plan = plan;
    this.done = done;
    this.advance([]);
  }

  /** Stops at the next instruction boundary. */
  pause(): void {
    this.pausing = true;
    if (this.running) this.context.guest.machine.requestStop();
  }

  /** From the guest's hooks, while it runs: it takes an exception. */
  noteException(exception: TakenException): void {
    const atStart = this.context.guest.machine.clock.instructions() === this.began;
    if (this.request?.kind === 'step' || atStart) this.taken.push(exception);
  }

  /** From the guest's hooks, while it runs: stop when the present instruction is over, and say this. */
  stopFor(text: string): void {
    this.wanted ??= text;
    this.context.guest.machine.requestStop();
  }

  /** From the guest's hooks, while it runs: `run` is to return soon, so that others can do something, and to go on with the next call. */
  endSlice(): void {
    this.ending = true;
    this.context.guest.machine.requestStop();
  }

  /** The guest was put back to its first instruction, or PC was set: nothing is under way, and nothing at PC was looked at. */
  forget(): void {
    this.abandon();
    this.pausing = false;
    this.wanted = undefined;
    this.dealtWith = false;
    this.interrupted = undefined;
  }

  /** Carries the plan on: at most `limit` instructions. See `Debugger.run`. */
  run(limit: number, sleepUntil: number): SliceResult {
    this.running = true;
    this.ending = false;
    try {
      return this.slice(limit, sleepUntil);
    } finally {
      this.running = false;
    }
  }

  private slice(limit: number, sleepUntil: number): SliceResult {
    const { guest, breakpoints } = this.context;
    const { clock } = guest.machine;
    const end = clock.instructions() + limit;
    for (let steps = 0; ;) {
      if (this.pausing) return this.stopAnyway('pause', `Paused at ${this.here()}`);
      const { request } = this;
      if (request === undefined) {
        return this.stopAnyway(this.done, `${this.done === 'step' ? 'Stepped to' : 'Reached'} ${this.here()}`);
      }
      this.began = clock.instructions();
      if (this.began >= end || steps >= STEPS_PER_SLICE || this.ending) return { kind: 'running' };
      const single = request.kind === 'step';
      if (single) steps++;
      if (!single) this.taken = [];
      const from = this.context.position();
      const skip = single || this.dealtWith;
      const stop = guest.run({ limit: single ? 1 : end - this.began, skipBreakpointOnce: skip, sleepUntil });
      const moved = clock.instructions() > this.began;
      if (moved) this.dealtWith = false;
      if (skip && breakpoints.has(from.pc) && this.taken.some((e) => isInterrupt(e) && e.pc === from.pc)) {
        this.interrupted = from;
      }
      switch (stop.kind) {
        case 'exit':
          this.abandon();
          return exited(stop.code, stop.how);
        case 'dead':
          return { ...this.stop('exception', stop.why, undefined), dead: true };
        case 'reset':
          guest.reset();
          breakpoints.forgetHits();
          this.dealtWith = false;
          this.context.notice('The guest reset the board.');
          if (this.done === 'step') return this.stopAnyway('step', 'The guest reset the board');
          // instructions are counted anew: a guest that does nothing else would never come to the end of the slice
          return { kind: 'running' };
        default:
      }
      if (this.wanted !== undefined) return this.stopAnyway('exception', this.wanted);
      if (stop.kind === 'breakpoint' || (single && moved)) {
        const stopped = this.arrive(request);
        if (stopped !== undefined) return stopped;
      } else if (stop.kind === 'idle') {
        return { kind: 'idle', until: stop.until };
      } else if (stop.kind === 'waiting') {
        return { kind: 'waiting' };
      } else if (stop.kind === 'limit' && !moved) {
        return { kind: 'running' };
      }
    }
  }

  /** The guest is at an address with breakpoints, or has done a step. Returns a stop if the user should see it. */
  private arrive(request: Request): Stopped | undefined {
    const reached = this.look();
    if (reached !== undefined) return this.stop(reached.reason, this.reachedText(reached), reached);
    const { pc } = this.context.position();
    if (request.kind === 'step') {
      if (this.context.guest.machine.clock.instructions() > this.began) this.advance(this.taken);
    } else if (request.until.includes(pc) && request.accept()) {
      this.advance([]);
    }
    return undefined;
  }

  /** Looks, once, at the breakpoints at PC. */
  private look(): Reached | undefined {
    if (this.dealtWith) return undefined;
    const now = this.context.position();
    const { interrupted } = this;
    this.dealtWith = true;
    if (interrupted !== undefined && samePlace(interrupted, now)) {
      this.interrupted = undefined;
      return undefined;
    }
    return this.context.breakpoints.reach(now.pc);
  }

  /** A stop for another reason, unless a breakpoint at PC is a better one. */
  private stopAnyway(reason: StopReason['reason'], text: string): Stopped {
    this.pausing = false;
    this.wanted = undefined;
    const reached = this.look();
    if (reached === undefined || reason === 'exception') return this.stop(reason, text, reached);
    return this.stop(reached.reason, this.reachedText(reached), reached);
  }

  private here(): string {
    return this.context.place(this.context.position().pc);
  }

  private reachedText({ problem }: Reached): string {
    const at = `Breakpoint at ${this.here()}`;
    return problem === undefined ? at : `${at}. ${problem}`;
  }

  private stop(reason: StopReason['reason'], text: string, reached: Reached | undefined): Stopped {
    this.abandon();
    return { kind: 'stopped', reason: { reason, text, breakpoints: reached?.ids ?? [] } };
  }

  /** Takes the plan's next request. */
  private advance(taken: readonly TakenException[]): void {
    this.release();
    this.taken = [];
    const next = this.plan?.next(taken);
    if (next === undefined || next.done === true) {
      this.plan = undefined;
      return;
    }
    this.request = next.value;
    if (next.value.kind === 'run') for (const address of next.value.until) this.context.locations.add(address);
  }

  /** Ends the present request. */
  private release(): void {
    if (this.request?.kind === 'run') for (const address of this.request.until) this.context.locations.delete(address);
    this.request = undefined;
  }

  private abandon(): void {
    this.release();
    this.taken = [];
    this.plan = undefined;
  }
}

function isInterrupt({ kind }: TakenException): boolean {
  return kind === Exception.IRQ || kind === Exception.FIQ;
}

function samePlace(a: Position, b: Position): boolean {
  return a.pc === b.pc && a.sp === b.sp && a.mode === b.mode;
}

function exited(code: number, how: 'power-off' | 'semihosting'): SliceResult {
  const text = how === 'power-off' ? 'The guest powered off.' : `The guest exited with code ${code}.`;
  return { kind: 'exited', code, text };
}
