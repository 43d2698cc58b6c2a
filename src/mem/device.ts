/**
 * What a device sees of the machine and the machine of a device: a window of registers, a clock, interrupt lines, a character channel,
 * physical memory for DMA. No device knows a CPU, a board or a host.
 */
import type { DeviceRegister } from './device-registers.js';

/** Width of a bus access in bytes. */
export type AccessSize = 1 | 2 | 4;

/** A memory-mapped device. */
export interface Device {
  /** Part name, lower case, unique on a board where several of a kind exist: `pl011`, `flash0`. */
  readonly name: string;
  /** Size of the register window in bytes. */
  readonly size: number;
  /** Reads `size` bytes at `offset` (little-endian, naturally aligned), as an unsigned number. */
  read(offset: number, size: AccessSize): number;
  /** Writes the low `size` bytes of `value` at `offset`. */
  write(offset: number, size: AccessSize, value: number): void;
  /** What it says of its registers. A window that is no row of registers has none to describe. */
  readonly registers?: readonly DeviceRegister[];
  /**
   * The value that a described register has, for people: unsigned, and nothing changes by it, whatever a read would do. Of what can only be written, the value
   * that was last written where that is kept, else 0.
   */
  peek?(offset: number): number;
  /** Back to power-on state. Lines drop, scheduled events are cancelled. */
  reset(): void;
  /** Everything that `restore` needs to continue bit for bit, as a structured-clonable value. */
  save(): unknown;
  /** The inverse of `save`; drives interrupt lines and schedules events to match. */
  restore(state: unknown): void;
}

/** An interrupt line as its source sees it. Level-sensitive: `set(true)` raises, `set(false)` lowers; repeated calls change nothing. */
export interface IrqLine {
  set(level: boolean): void;
}

/** An event on the machine's queue. */
export interface ScheduledEvent {
  /** Takes it off the queue; harmless when it already fired. */
  cancel(): void;
}

/** Virtual time. It follows the count of executed instructions and nothing else. */
export interface Clock {
  /** Virtual nanoseconds since power-on, exact at the current instruction. */
  now(): number;
  /** Calls `fire` at the first instruction boundary where `now() >= at` (ns). Same-time events fire in the order they were scheduled. */
  schedule(at: number, fire: () => void): ScheduledEvent;
}

/** The far end of a serial port. */
export interface CharacterSink {
  /** A byte leaves the machine. */
  write(byte: number): void;
}

/** Physical memory as a bus master sees it. Addresses are byte addresses up to 2^40. */
export interface PhysicalMemory {
  /** Copies `target.length` bytes from physical memory. Returns false if any byte is not backed by memory (nothing is copied then). */
  readBlock(pa: number, target: Uint8Array): boolean;
  /** Copies `source` to physical memory (code decoded from there is forgotten). Returns false if any byte is not writable memory. */
  writeBlock(pa: number, source: Uint8Array): boolean;
}

/** Where devices report guest behaviour that a guest's author would want to know (unknown register, bad access). Never throws. */
export interface DeviceLog {
  guestError(device: string, message: string): void;
}
