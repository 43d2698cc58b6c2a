/** What a device is wired to in these tests: a clock that is advanced by hand, lines and logs that remember. */
import type { Clock, Device, DeviceLog, IrqLine, PhysicalMemory, ScheduledEvent } from '../../src/mem/device.js';

interface Pending {
  at: number;
  fire: () => void;
}

export class FakeClock implements Clock {
  private time = 0;
  private queue: Pending[] = [];

  now(): number {
    return this.time;
  }

  schedule(at: number, fire: () => void): ScheduledEvent {
    const event = { at, fire };
    this.queue.push(event);
    return { cancel: () => (this.queue = this.queue.filter((e) => e !== event)) };
  }

  /** Number of events that wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Moves time on by `ns`, firing what is due on the way, in order. */
  advance(ns: number): void {
    const end = this.time + ns;
    for (;;) {
      const next = this.queue.reduce<Pending | undefined>(
        (a, b) => (a === undefined || b.at < a.at ? b : a),
        undefined,
      );
      if (next === undefined || next.at > end) break;
      this.queue = this.queue.filter((e) => e !== next);
      this.time = Math.max(this.time, next.at);
      next.fire();
    }
    this.time = end;
  }

  /** Sets the time as restoring a snapshot does: whatever was scheduled is gone. */
  rewind(time: number): void {
    this.time = time;
    this.queue = [];
  }
}

export class FakeLine implements IrqLine {
  level = false;
  rises = 0;

  set(level: boolean): void {
    if (level && !this.level) this.rises++;
    this.level = level;
  }
}

export class FakeLog implements DeviceLog {
  readonly messages: string[] = [];

  guestError(device: string, message: string): void {
    this.messages.push(`${device}: ${message}`);
  }
}

/** RAM from 0x4000_0000 on. */
export class FakeMemory implements PhysicalMemory {
  static readonly base = 0x4000_0000;
  readonly bytes = new Uint8Array(0x4_0000);

  readBlock(pa: number, target: Uint8Array): boolean {
    const at = pa - FakeMemory.base;
    if (at < 0 || at + target.length > this.bytes.length) return false;
    target.set(this.bytes.subarray(at, at + target.length));
    return true;
  }

  writeBlock(pa: number, source: Uint8Array): boolean {
    const at = pa - FakeMemory.base;
    if (at < 0 || at + source.length > this.bytes.length) return false;
    this.bytes.set(source, at);
    return true;
  }
}

/** Everything that 32-bit reads of `offsets` give, for comparing two devices, or one at two times. Mind reads with side effects. */
export function readAll(device: Device, offsets: readonly number[]): number[] {
  return offsets.map((offset) => device.read(offset, 4));
}
