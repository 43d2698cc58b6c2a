/**
 * Virtual time and the event queue. Time is a count of executed instructions (plus the instructions that a sleeping CPU did not execute),
 * times a launch setting. Knows no host time. Events fire at instruction boundaries, in order of time, then of scheduling.
 */
import type { Clock, ScheduledEvent } from '../mem/device.js';

interface Event extends ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  /** Fired or cancelled. */
  over: boolean;
}

/** What a snapshot keeps of the time. */
export interface ClockState {
  /** Instructions executed, and instructions' worth of time slept. */
  readonly executed: number;
  readonly slept: number;
}

/** Heap entries from which on it is worth taking the cancelled ones out. */
const CROWDED = 64;

export class VirtualClock implements Clock {
  /** Instructions executed before the current `Engine.run`. */
  private executed = 0;
  /** Instructions' worth of time that passed while asleep. */
  private asleep = 0;
  private order = 0;
  /** A binary heap by (at, order). Cancelled events stay in it until they surface, or are too many. */
  private heap: Event[] = [];
  private cancelled = 0;
  /** Time passed while nothing was executed: between these, in instructions' worth since power-on. */
  onSleep: (from: number, to: number) => void = () => undefined;

  /**
   * @param nsPerInstruction virtual nanoseconds per instruction, a positive number
   * @param inFlight instructions executed so far by an engine that is running right now
   * @param onEarlier called when a new event became the earliest one while an engine runs, so that its budget must be reconsidered
   */
  constructor(
    readonly nsPerInstruction: number,
    private readonly inFlight: () => number,
    private readonly onEarlier: () => void,
  ) {}

  /** Instructions executed since power-on, exact at the current instruction. */
  instructions(): number {
    return this.executed + this.inFlight();
  }

  /** Instructions' worth of time that passed since power-on while nothing was executed. */
  slept(): number {
    return this.asleep;
  }

  now(): number {
    return (this.executed + this.asleep + this.inFlight()) * this.nsPerInstruction;
  }

  schedule(at: number, fire: () => void): ScheduledEvent {
    const event: Event = {
      at,
      order: this.order++,
      fire,
      over: false,
      cancel: () => {
        if (!event.over) this.cancelled++;
        event.over = true;
      },
    };
    const earliest = this.nextAt();
    if (this.cancelled > CROWDED && 2 * this.cancelled > this.heap.length) this.sweep();
    this.push(event);
    if (at < earliest) this.onEarlier();
    return event;
  }

  /** Adds what an engine executed. */
  advance(instructions: number): void {
    this.executed += instructions;
  }

  /** Time of the earliest event, virtual ns, or Infinity. */
  nextAt(): number {
    while (this.heap.length > 0 && this.heap[0].over) this.pop();
    return this.heap.length > 0 ? this.heap[0].at : Infinity;
  }

  /** How many instructions may execute before the earliest event is due: at least 0, possibly Infinity. */
  instructionsToNext(): number {
    const at = this.nextAt();
    return at === Infinity ? Infinity : Math.max(0, this.firstTickAt(at) - (this.executed + this.asleep));
  }

  /** Lets a sleeping CPU's time pass up to `at` (virtual ns; no further than is finite), never back. */
  sleepTo(at: number): void {
    if (at === Infinity) return;
    const from = this.executed + this.asleep;
    const to = this.firstTickAt(at);
    if (to <= from) return;
    this.asleep += to - from;
    this.onSleep(from, to);
  }

  /**
   * The first instruction boundary at which `now() >= at`. Rates need not be whole: a quotient alone may be off by one against the product
   * that `now` is, and an event would then be due at one boundary and not yet at the same.
   */
  private firstTickAt(at: number): number {
    const ns = this.nsPerInstruction;
    const tick = Math.ceil(at / ns);
    if ((tick - 1) * ns >= at) return tick - 1;
    return tick * ns >= at ? tick : tick + 1;
  }

  /** Fires every event that is due. Events may schedule further ones. */
  fireDue(): void {
    for (let at = this.nextAt(); at <= this.now(); at = this.nextAt()) this.pop().fire();
  }

  /** Forgets all events and starts at time zero. */
  reset(): void {
    this.executed = 0;
    this.asleep = 0;
    this.order = 0;
    this.heap = [];
    this.cancelled = 0;
  }

  save(): ClockState {
    return { executed: this.executed, slept: this.asleep };
  }

  /** Sets the time and forgets all events: devices schedule theirs again when they are restored. */
  restore(state: ClockState): void {
    this.reset();
    this.executed = state.executed;
    this.asleep = state.slept;
  }

  private static before(a: Event, b: Event): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private push(event: Event): void {
    const heap = this.heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!VirtualClock.before(event, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = event;
  }

  /** Takes the cancelled events out. */
  private sweep(): void {
    const live = this.heap.filter((event) => !event.over);
    this.heap = [];
    this.cancelled = 0;
    for (const event of live) this.push(event);
  }

  private pop(): Event {
    const heap = this.heap;
    const top = heap[0];
    if (top.over) this.cancelled--;
    top.over = true;
    const last = heap.pop() as Event;
    if (heap.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && VirtualClock.before(heap[child + 1], heap[child])) child++;
        if (!VirtualClock.before(heap[child], last)) break;
        heap[i] = heap[child];
        i = child;
      }
      heap[i] = last;
    }
    return top;
  }
}
