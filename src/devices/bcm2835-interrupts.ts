/**
 * Interrupt controller of the BCM2835 (BCM2835 ARM Peripherals, 7): 64 lines from the GPU's side and eight of the ARM's own, enabled one by one,
 * any one of them the FIQ. All lines are level-sensitive: a pending bit is line and enable together. Knows nothing of who drives a line.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { assert } from '../util/assert.js';
import { interruptRegisters } from './bcm2835-registers.js';
import type { InterruptController, InterruptEvent, InterruptLine } from './interrupt-controller.js';
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

/** Lines of all banks, numbered as FIQ control numbers them: 0–63 of the GPU's side, 64–71 the ARM's own. */
const LINES = 64 + ARM_LINES;

interface Saved {
  readonly driven: readonly number[];
  readonly held: readonly number[];
  readonly seen: readonly number[];
  readonly enabled: readonly number[];
  readonly fiq: number;
  readonly raised: readonly number[];
  readonly acknowledged: readonly number[];
}

/** @impdef the disable registers, which the manual calls write-only, read as what is not enabled. */
export class Bcm2835Interrupts implements Device, InterruptController {
  readonly name = 'bcm2835-ic';
  readonly size = 0x200;
  readonly registers = interruptRegisters;
  readonly part = 'BCM2835';
  readonly lines = LINES;
  observer: ((event: InterruptEvent, line: number) => void) | undefined;
  /** Levels as the sources drive them, inputs that are held high by hand, and lines that software has read as pending since they rose. */
  private readonly driven = new Int32Array(3);
  private readonly held = new Int32Array(3);
  private readonly seen = new Int32Array(3);
  /** For each line, how often it rose, and how often software took notice. For panels. */
  private readonly raised = new Uint32Array(LINES);
  private readonly acknowledged = new Uint32Array(LINES);
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
    return { set: (level) => this.drive(this.driven, line, level) };
  }

  /** The input of one of {@link ArmIrq}. */
  arm(line: number): IrqLine {
    assert(line >= 0 && line < ARM_LINES, `the interrupt controller has no ARM line ${line}`);
    return { set: (level) => this.drive(this.driven, 64 + line, level) };
  }

  // --- for those who look ---

  label(line: number): string {
    return line < 64 ? `GPU IRQ ${line}` : `ARM IRQ ${line - 64}`;
  }

  line(line: number): InterruptLine {
    const bank = line >> 5;
    const bit = 1 << (line & 31);
    const fiq = this.fiq === (FIQ_ENABLE | line);
    const level = (this.level(bank) & bit) !== 0;
    const enabled = fiq || (this.enabled[bank] & bit) !== 0;
    return {
      level,
      held: (this.held[bank] & bit) !== 0,
      enabled,
      pending: level && enabled,
      active: false,
      trigger: 'level',
      signal: fiq ? 'FIQ' : 'IRQ',
      raised: this.raised[line],
      acknowledged: this.acknowledged[line],
    };
  }

  /** The ARM's own lines come first; nothing in the controller says which of several is the more urgent. */
  signalled(as: 'IRQ' | 'FIQ'): number {
    if (as === 'FIQ') {
      const source = this.fiq & FIQ_SOURCE;
      return this.isFiqHigh() ? source : -1;
    }
    for (const bank of [ARM, GPU_1, GPU_2]) {
      const pending = this.pending(bank);
      if (pending !== 0) return 32 * bank + 31 - Math.clz32(pending & -pending);
    }
    return -1;
  }

  hold(line: number, high: boolean): void {
    this.drive(this.held, line, high);
  }

  // --- registers ---

  /** True if GPU line `line` would interrupt the processor, as IRQ or as FIQ. */
  isEnabled(line: number): boolean {
    if (this.fiq === (FIQ_ENABLE | line)) return true;
    return (this.enabled[line >> 5] & (1 << (line & 31))) !== 0;
  }

  read(offset: number, size: AccessSize): number {
    const register = offset & ~3;
    const value = this.readRegister(register);
    if (register === IRQ_pending_1) this.notice(GPU_1, value);
    else if (register === IRQ_pending_2) this.notice(GPU_2, value);
    else if (register === IRQ_basic_pending) {
      this.notice(ARM, value & ((1 << ARM_LINES) - 1));
      this.notice(GPU_1, this.pending(GPU_1) & SHORTCUTS_1);
      this.notice(GPU_2, this.pending(GPU_2) & SHORTCUTS_2);
    }
    return readLanes(value, offset, size);
  }

  /** Software reads lines of a bank as pending. Each counts once until its input has fallen. */
  private notice(bank: number, pending: number): void {
    for (let fresh = pending & ~this.seen[bank]; fresh !== 0; fresh &= fresh - 1) {
      const line = 32 * bank + 31 - Math.clz32(fresh & -fresh);
      this.acknowledged[line]++;
      this.observer?.('acknowledge', line);
    }
    this.seen[bank] |= pending;
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
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
    for (const array of [this.held, this.seen, this.enabled, this.raised, this.acknowledged]) array.fill(0);
    this.fiq = 0;
    this.update();
  }

  save(): Saved {
    const { driven, held, seen, enabled, fiq, raised, acknowledged } = this;
    return {
      driven: [...driven],
      held: [...held],
      seen: [...seen],
      enabled: [...enabled],
      fiq,
      raised: [...raised],
      acknowledged: [...acknowledged],
    };
  }

  restore(state: unknown): void {
    const { driven, held, seen, enabled, fiq, raised, acknowledged } = state as Saved;
    this.driven.set(driven);
    this.held.set(held);
    this.seen.set(seen);
    this.enabled.set(enabled);
    this.fiq = fiq;
    this.raised.set(raised);
    this.acknowledged.set(acknowledged);
    this.update();
  }

  /** One of those that drive a line sets its level. */
  private drive(from: Int32Array, line: number, level: boolean): void {
    const bank = line >> 5;
    const bit = 1 << (line & 31);
    const before = this.level(bank);
    from[bank] = level ? from[bank] | bit : from[bank] & ~bit;
    if (this.level(bank) === before) return;
    if (level) {
      this.raised[line]++;
      this.observer?.('raise', line);
    } else {
      this.observer?.('lower', line);
      if (this.seen[bank] & bit) this.observer?.('end', line);
      this.seen[bank] &= ~bit;
    }
    this.update();
  }

  private level(bank: number): number {
    return this.driven[bank] | this.held[bank];
  }

  private pending(bank: number): number {
    return this.level(bank) & this.enabled[bank];
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
    this.fiqOut.set(this.isFiqHigh());
  }

  private isFiqHigh(): boolean {
    const source = this.fiq & FIQ_SOURCE;
    return (this.fiq & FIQ_ENABLE) !== 0 && source < LINES && (this.level(source >> 5) & (1 << (source & 31))) !== 0;
  }
}
