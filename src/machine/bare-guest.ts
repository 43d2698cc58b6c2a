/** A guest that owns the board: no VMM. The reference for what the VMM must not change, and the baseline for what it costs. */
import type { Processor } from '../cpu/processor.js';
import type { PhysicalBus } from '../mem/bus.js';
import type { Board } from './board.js';
import type { Guest } from './guest.js';
import type { GuestStop, RunOptions } from './run.js';
import { allocateBoard, boardMemories, GuestBoard, planGuest } from './guest-board.js';
import type { GuestHooks, GuestOptions } from './guest-options.js';
import type { LoadPlan } from './images.js';
import { Machine } from './machine.js';

class BareGuest implements Guest {
  readonly mode = 'bare';
  readonly machine: Machine;
  readonly cpu: Processor;
  readonly bus: PhysicalBus;
  readonly board: Board;
  readonly plan: LoadPlan;
  readonly #around: GuestBoard;

  constructor(options: GuestOptions, hooks: GuestHooks) {
    this.plan = planGuest(options);
    const machine = new Machine({ ...options, memories: boardMemories(options) });
    this.machine = machine;
    this.bus = machine.bus;
    this.#around = new GuestBoard(machine, machine.bus, allocateBoard(machine, options), options, hooks, this.plan);
    this.board = this.#around.board;
    this.cpu = machine.attach(this.board);
    this.#around.interrupts(this.cpu);
    this.#around.installFirmware(this.cpu);
    this.cpu.trapHandler = this.#around.exceptionWatch(this.cpu);
    this.#around.start(this.cpu);
  }

  run(options: RunOptions): GuestStop {
    return this.machine.run(options, () => this.#around.canBeWoken());
  }

  commit(): void {
    this.cpu.commit();
  }

  reset(): void {
    this.machine.restart();
    this.board.reset();
    this.cpu.reset();
    this.#around.start(this.cpu);
  }

  addBreakpoint(gva: number): void {
    this.machine.breakpoints.add(gva);
  }

  deleteBreakpoint(gva: number): void {
    this.machine.breakpoints.delete(gva);
  }
}

/** Builds a bare guest at its first instruction. @throws UserError 100–124, MemoryMapError */
export function createBareGuest(options: GuestOptions, hooks: GuestHooks): Guest {
  return new BareGuest(options, hooks);
}
