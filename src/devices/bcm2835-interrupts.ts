/**
 * Interrupt controller of the BCM2835 (BCM2835 ARM Peripherals, 7): 64 lines from the GPU's side and eight of the ARM's own, enabled one by one,
 * any one of them the FIQ. All lines are level-sensitive: a pending bit is line and enable together. Knows nothing of who drives a line.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { assert } from '../util/assert.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';

const IRQ_basic_pending = 0x00;
const IRQ_pending_1 = 0x04;
const IRQ_pending_2 = 0x08;
const FIQ_control = 0x0c;
const FIQ_ENABLE = 1 << 7;
const FIQ_SOURCE = 0x7f;
const Enable_IRQs_1 = 0x10;
const Enable_IRQs_2 = 0x14;
const Enable_Basic_IRQs = 0x18;
const Disable_IRQs_1 = 0x1c;
const Disable_IRQs_2 = 0x20;
const Disable_Basic_IRQs = 0x24;

/** Banks of lines: GPU 0–31, GPU 32–63, ARM 0–7. */
const GPU_1 = 0;
const GPU_2 = 1;
const ARM = 2;
const ARM_LINES = 8;

/** Basic pending: some line of pending 1 or 2 that has no bit of its own here. */
const IN_PENDING_1 = 1 << 8;
const IN_PENDING_2 = 1 << 9;
/** GPU lines that have: bit 10 on, in this order (7.5). */
const SHORTCUTS = [7, 9, 10, 18, 19, 53, 54, 55, 56, 57, 62] as const;
const FIRST_SHORTCUT = 10;

/** Lines of a GPU bank that basic pending shows one by one. */
function shortcutMask(bank: number): number {
  return SHORTCUTS.reduce((mask, line) => (line >> 5 === bank ? mask | (1 << (line & 31)) : mask), 0);
}
const SHORTCUTS_1 = shortcutMask(GPU_1);
const SHORTCUTS_2 = shortcutMask(GPU_2);

/** Lines of the ARM's own, as {@link Bcm2835Interrupts.arm} takes them. */
export const ArmIrq = { timer: 0, mailbox: 1, doorbell0: 2, doorbell1: 3 } as const;

interface Saved {
  readonly level: readonly number[];
  readonly enabled: readonly number[];
  readonly fiq: number;
}

/** @impdef the disable registers, which the manual calls write-only, read as what is not enabled. */
export class Bcm2835Interrupts implements Device {
  readonly name = 'bcm2835-ic';
  readonly size = 0x200;
  private readonly level = new Int32Array(3);
  private readonly enabled = new Int32Array(3);
  private fiq = 0;

  constructor(
    private readonly irqOut: IrqLine,
    private readonly fiqOut: IrqLine,
    private readonly log: DeviceLog,
  ) {}

  /** The input of a GPU line, 0 to 63. */
  gpu(line: number): IrqLine {
    assert(line >= 0 && line < 64, `the interrupt controller has no GPU line ${line}`);
    return { set: (level) => this.drive(line >> 5, line & 31, level) };
  }

  /** The input of one of {@link ArmIrq}. */
  arm(line: number): IrqLine {
    assert(line >= 0 && line < ARM_LINES, `the interrupt controller has no ARM line ${line}`);
    return { set: (level) => this.drive(ARM, line, level) };
  }

  /** True if GPU line `line` would interrupt the processor, as IRQ or as FIQ. */
  isEnabled(line: number): boolean {
    if (this.fiq === (FIQ_ENABLE | line)) return true;
    return (this.enabled[line >> 5] & (1 << (line & 31))) !== 0;
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case IRQ_basic_pending:
        return this.basicPending();
      case IRQ_pending_1:
        return this.pending(GPU_1);
      case IRQ_pending_2:
        return this.pending(GPU_2);
      case FIQ_control:
        return this.fiq;
      case Enable_IRQs_1:
        return this.enabled[GPU_1];
      case Enable_IRQs_2:
        return this.enabled[GPU_2];
      case Enable_Basic_IRQs:
        return this.enabled[ARM];
      case Disable_IRQs_1:
        return ~this.enabled[GPU_1];
      case Disable_IRQs_2:
        return ~this.enabled[GPU_2];
      case Disable_Basic_IRQs:
        return ~this.enabled[ARM];
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  write(offset: number, _size: AccessSize, value: number): void {
    switch (offset & ~3) {
      case FIQ_control:
        this.fiq = value & (FIQ_ENABLE | FIQ_SOURCE);
        break;
      case Enable_IRQs_1:
        this.enabled[GPU_1] |= value;
        break;
      case Enable_IRQs_2:
        this.enabled[GPU_2] |= value;
        break;
      case Enable_Basic_IRQs:
        this.enabled[ARM] |= value & ((1 << ARM_LINES) - 1);
        break;
      case Disable_IRQs_1:
        this.enabled[GPU_1] &= ~value;
        break;
      case Disable_IRQs_2:
        this.enabled[GPU_2] &= ~value;
        break;
      case Disable_Basic_IRQs:
        this.enabled[ARM] &= ~value;
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
    this.update();
  }

  reset(): void {
    this.enabled.fill(0);
    this.fiq = 0;
    this.update();
  }

  save(): Saved {
    return { level: [...this.level], enabled: [...this.enabled], fiq: this.fiq };
  }

  restore(state: unknown): void {
    const { level, enabled, fiq } = state as Saved;
    this.level.set(level);
    this.enabled.set(enabled);
    this.fiq = fiq;
    this.update();
  }

  private drive(bank: number, bit: number, level: boolean): void {
    const before = this.level[bank];
    this.level[bank] = level ? before | (1 << bit) : before & ~(1 << bit);
    if (this.level[bank] !== before) this.update();
  }

  private pending(bank: number): number {
    return this.level[bank] & this.enabled[bank];
  }

  private basicPending(): number {
    const first = this.pending(GPU_1);
    const second = this.pending(GPU_2);
    let pending = this.pending(ARM);
    if (first & ~SHORTCUTS_1) pending |= IN_PENDING_1;
    if (second & ~SHORTCUTS_2) pending |= IN_PENDING_2;
    for (let i = 0; i < SHORTCUTS.length; i++) {
      const line = SHORTCUTS[i];
      const bank = line >> 5 === GPU_1 ? first : second;
      if (bank & (1 << (line & 31))) pending |= 1 << (FIRST_SHORTCUT + i);
    }
    return pending;
  }

  private update(): void {
    this.irqOut.set((this.pending(GPU_1) | this.pending(GPU_2) | this.pending(ARM)) !== 0);
    const source = this.fiq & FIQ_SOURCE;
    const bank = source >> 5;
    const bit = bank === ARM && (source & 31) >= ARM_LINES ? 0 : 1 << (source & 31);
    this.fiqOut.set((this.fiq & FIQ_ENABLE) !== 0 && bank <= ARM && (this.level[bank] & bit) !== 0);
  }
}
