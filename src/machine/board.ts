/**
 * What a board is to those who build a guest around it: guest memories at addresses, devices on a bus, lines to a processor, a console. Everything
 * outside the machine reaches boards through this; no particular board is known here.
 */
import type { SystemPort } from '../arm/system-port.js';
import type { CfiFlash } from '../devices/cfi-flash.js';
import type { InterruptController } from '../devices/interrupt-controller.js';
import type { PhysicalBus } from '../mem/bus.js';
import type { CharacterSink, Clock, Device, DeviceLog, IrqLine } from '../mem/device.js';
import type { GuestMemory } from '../mem/memory.js';
import type { GenericTimerPort } from '../mem/timer.js';
import type { GuestOptions } from './guest-options.js';
import type { LoadPlan } from './images.js';
import type { LineName } from './interrupt-lines.js';
import type { PowerControl } from './psci.js';

export type { InterruptController, InterruptEvent } from '../devices/interrupt-controller.js';

/** A guest memory that a board wants, before there is a machine. */
export interface MemorySpec {
  readonly name: string;
  /** Guest-physical address of its first byte. */
  readonly base: number;
  /** Bytes. */
  readonly length: number;
  /** RAM can always be accessed directly; what lies behind a device only as long as the device says so. */
  readonly kind: 'ram' | 'flash';
}

/** A guest memory at its place on the board. */
export interface MappedMemory {
  readonly memory: GuestMemory;
  readonly base: number;
  readonly kind: MemorySpec['kind'];
}

/** A flash, and where its cells lie. */
export interface BoardFlash {
  readonly device: CfiFlash;
  readonly base: number;
  readonly memory: GuestMemory;
}

/** What a board is wired to. */
export interface BoardWiring {
  readonly bus: PhysicalBus;
  /** The one memory's buffer, which holds the bytes of `memories`. */
  readonly buffer: ArrayBuffer;
  /** To be told of each write to that buffer, by byte address and length. */
  readonly written: (host: number, length: number) => void;
  /** As the board's model listed them. */
  readonly memories: readonly MappedMemory[];
  readonly clock: Clock;
  /** Interrupt inputs of the core. */
  readonly irq: IrqLine;
  readonly fiq: IrqLine;
  readonly console: CharacterSink;
  readonly log: DeviceLog;
  readonly power: PowerControl;
  /** Seconds since 1970 at power-on. */
  readonly epoch: number;
}

/** A board's interrupt controller, for those who look at it. */
export interface BoardInterrupts {
  readonly controller: InterruptController;
  /** Lines that something is wired to, or that the chip keeps for something. */
  readonly names: ReadonlyMap<number, LineName>;
  /** The device by which the processor talks to the controller, and those of its registers that say what it is told. */
  readonly cpuInterface: { readonly device: Device; readonly registers: readonly string[] };
}

export interface Board {
  /** Every device with a window, in the order of the map. */
  readonly devices: readonly { readonly base: number; readonly device: Device }[];
  readonly interruptLines: BoardInterrupts;
  readonly flashes: readonly BoardFlash[];
  /** The flash whose contents are kept from run to run. */
  readonly store: CfiFlash | undefined;
  /** What the processor's CP15 c14 reaches, on a board with a generic timer. */
  readonly timer: GenericTimerPort | undefined;
  /** Overflow interrupt of the core's performance monitors. */
  readonly performanceOverflow: IrqLine;
  /** Answers HVC, if the board's firmware does: false if it has none. */
  hypervisorCall(cpu: SystemPort): boolean;
  /** Writes a launch's images where the plan says. RAM beside them is zero afterwards. */
  load(plan: LoadPlan): void;
  /** Bytes typed at the far end of the board's serial port. They arrive at the speed of the line, and wait while its FIFO is full. */
  type(bytes: Uint8Array): void;
  /** The next byte of what was typed and no port has taken, for a semihosting console; -1 if there is none. */
  takeTyped(): number;
  /** True if some interrupt that only the outside can cause would reach the core: a sleeping guest may still be woken. */
  canBeWoken(): boolean;
  reset(): void;
  save(): unknown;
  restore(state: unknown): void;
}

/** A kind of board: what a launch needs to know before there is one. */
export interface BoardModel {
  readonly name: string;
  /** Names of cpu/models.ts that the board takes; the first is its own. */
  readonly cpus: readonly string[];
  /** The guest memories of a board with these settings. */
  memories(options: GuestOptions): readonly MemorySpec[];
  /** The part of RAM that belongs to programs. */
  ram(options: GuestOptions): { readonly base: number; readonly length: number };
  /** Checks the settings, and plans the images. @throws UserError 100–126 */
  plan(options: GuestOptions): LoadPlan;
  create(wiring: BoardWiring): Board;
}
