/**
 * Virtual time and the event queue. Time is a count of executed instructions (plus the instructions that a sleeping CPU did not execute),
 * times a launch setting. Knows no host time. Events fire at instruction boundaries, in order of time, then of scheduling.
 */
import type { Clock, ScheduledEvent } from '../mem/device.js';

interface Event extends ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

export class VirtualClock implements Clock {
  /** Instructions executed before the current `Engine.run`, plus those skipped while asleep. */
  private ticks = 0;
  /** Of those, the skipped ones. */
  private slept = 0;
  private order = 0;
  /** A binary heap by (at, order). Cancelled events stay in it until they surface. */
  private heap: Event[] = [];

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
    return this.ticks - this.slept + this.inFlight();
  }

  now(): number {
    return (this.ticks + this.inFlight()) * this.nsPerInstruction;
  }

  schedule(at: number, fire: () => void): ScheduledEvent {
    const event: Event = {
      at,
      order: this.order++,
      fire,
      cancelled: false,
      cancel() {
        this.cancelled = true;
      },
    };
    const earliest = this.nextAt();
    this.push(event);
    if (at < earliest) this.onEarlier();
    return event;
  }

  /** Adds what an engine executed. */
  advance(instructions: number): void {
    this.ticks += instructions;
  }

  /** Time of the earliest event, virtual ns, or Infinity. */
  nextAt(): number {
    while (this.heap.length > 0 && this.heap[0].cancelled) this.pop();
    return this.heap.length > 0 ? this.heap[0].at : Infinity;
  }

  /** How many instructions may execute before the earliest event is due: at least 0, possibly Infinity. */
  instructionsToNext(): number {
    const at = this.nextAt();
    return at === Infinity ? Infinity : Math.max(0, Math.ceil(at / this.nsPerInstruction) - this.ticks);
  }

  /** Lets a sleeping CPU's time pass up to `at` (virtual ns; no further than is finite), never back. */
  sleepTo(at: number): void {
    if (at === Infinity) return;
    const skip = Math.max(0, Math.ceil(at / this.nsPerInstruction) - this.ticks);
    this.ticks += skip;
    this.slept += skip;
  }

  /** Fires every event that is due. Events may schedule further ones. */
  fireDue(): void {
    for (let at = this.nextAt(); at <= this.now(); at = this.nextAt()) this.pop().fire();
  }

  /** Forgets all events and starts at time zero. */
  reset(): void {
    this.ticks = 0;
    this.slept = 0;
    this.order = 0;
    this.heap = [];
  }

  save(): { readonly ticks: number; readonly slept: number } {
    return { ticks: this.ticks, slept: this.slept };
  }

  /** Sets the time and forgets all events: devices schedule theirs again when they are restored. */
  restore(state: { readonly ticks: number; readonly slept: number }): void {
    this.reset();
    this.ticks = state.ticks;
    this.slept = state.slept;
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

  private pop(): Event {
    const heap = this.heap;
    const top = heap[0];
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
