/**
 * Runs the guest in slices of host time, paces it, and says when it stops, sleeps or ends. Owns when `Debugger.run` is called and nothing else: what
 * the clients hear is the server's business.
 */
import type { Debugger, StopReason } from '../debug/api.js';
import type { PacingOptions } from '../protocol/api.js';
import type { RunState } from '../protocol/model.js';
import type { SessionHost } from './host.js';
import { Pacer, SliceLength } from './pacing.js';

/** How long a guest that is ahead of host time sleeps before the next slice, ms. */
const CATCH_UP_MS = 2;
/** What a guest that was asleep may execute before time is looked at again, virtual ns: its sleep has used up an unknown part of the time. */
const WAKE_NS = 100_000;
/** Timers take no longer delays than this, ms. */
const LONGEST_DELAY_MS = 2 ** 30;

export interface RunnerEvents {
  /** After every slice, and whenever the state changed. */
  turn(state: RunState): void;
  stopped(reason: StopReason, dead: boolean): void;
  ended(code: number, text: string): void;
  limit(): void;
  /** A bug of ours came out of the debugger. The runner has stopped for good. */
  crashed(error: unknown): void;
}

export class Runner {
  private current: RunState = 'stopped';
  private readonly slice = new SliceLength();
  private readonly pacer = new Pacer();
  /** Cancels the timer or turn that is due next. */
  private cancel: (() => void) | undefined;
  private runningMs = 0;

  constructor(
    private readonly guest: Debugger,
    private readonly host: SessionHost,
    private readonly pacing: PacingOptions,
    private readonly nsPerInstruction: number,
    private readonly events: RunnerEvents,
  ) {}

  get state(): RunState {
    return this.current;
  }

  /** Host milliseconds spent inside `run` so far. */
  get hostTime(): number {
    return this.runningMs;
  }

  /** Starts what the debugger was told to do (continue or a step). */
  resume(): void {
    this.current = 'running';
    this.pacer.anchor(this.guest.standing().virtualTime, this.host.now());
    this.soon();
  }

  /** Stops at the next instruction boundary; the `stopped` event follows. */
  pause(): void {
    if (this.current === 'stopped' || this.current === 'ended') return;
    this.guest.pause();
    this.soon();
  }

  /** Something from outside may have woken a sleeping guest. */
  wake(): void {
    if (this.current === 'idle' || this.current === 'waiting') this.soon();
  }

  /** Stops without a word. */
  halt(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.current = 'stopped';
  }

  private soon(): void {
    this.cancel?.();
    let cancelled = false;
    this.cancel = () => {
      cancelled = true;
    };
    this.host.defer(() => {
      if (!cancelled) this.turn();
    });
  }

  private later(ms: number): void {
    this.cancel?.();
    this.cancel = this.host.delay(Math.min(ms, LONGEST_DELAY_MS), () => {
      this.turn();
    });
  }

  private turn(): void {
    this.cancel = undefined;
    try {
      this.runSlice();
    } catch (error) {
      this.current = 'ended';
      this.events.crashed(error);
    }
  }

  /** How many instructions may run now, when virtual time may get as far as `reached`; 0: host time must pass first. */
  private allowance(instructions: number, virtualTime: number, reached: number): number {
    const asleep = this.current === 'idle' || this.current === 'waiting';
    const room = Math.max(0, asleep ? Math.min(WAKE_NS, reached - virtualTime) : reached - virtualTime);
    const limit = Math.min(this.slice.instructions, Math.floor(room / this.nsPerInstruction));
    const { instructionLimit } = this.pacing;
    return instructionLimit === undefined ? limit : Math.min(limit, instructionLimit - instructions);
  }

  private runSlice(): void {
    const before = this.guest.standing();
    const { instructionLimit, paced } = this.pacing;
    if (instructionLimit !== undefined && before.instructions >= instructionLimit) {
      this.current = 'stopped';
      this.events.limit();
      return;
    }
    const start = this.host.now();
    const reached = paced ? this.pacer.reached(start) : Infinity;
    const limit = this.allowance(before.instructions, before.virtualTime, reached);
    if (limit <= 0) {
      this.later(CATCH_UP_MS);
      this.events.turn(this.current);
      return;
    }
    const result = this.guest.run(limit, reached);
    const end = this.host.now();
    this.runningMs += end - start;
    const after = this.guest.standing();
    this.slice.learn(after.instructions - before.instructions, end - start);
    switch (result.kind) {
      case 'running':
        this.current = 'running';
        this.pacer.forgive(after.virtualTime, end);
        this.soon();
        break;
      case 'idle':
        this.current = 'idle';
        this.later(this.pacer.delay(result.until, end));
        break;
      case 'waiting':
        this.current = 'waiting';
        break;
      case 'stopped':
        this.current = 'stopped';
        this.events.stopped(result.reason, result.dead === true);
        return;
      case 'exited':
        this.current = 'ended';
        this.events.ended(result.code, result.text);
        return;
    }
    this.events.turn(this.current);
  }
}
