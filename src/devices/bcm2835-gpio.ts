/**
 * GPIO of the BCM2835 (BCM2835 ARM Peripherals, 6): 54 pins with a function each, output latches, levels, event detection and pulls. What an
 * alternate function does with its pin is the peripheral's business; the board asks here which function a pin has.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { assert } from '../util/assert.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';
import { gpioRegisters } from './bcm2835-registers.js';

const GPFSEL0 = 0x00;
const GPFSEL5 = 0x14;
const GPSET0 = 0x1c;
const GPCLR0 = 0x28;
const GPLEV0 = 0x34;
const GPEDS0 = 0x40;
const GPREN0 = 0x4c;
const GPFEN0 = 0x58;
const GPHEN0 = 0x64;
const GPLEN0 = 0x70;
const GPAREN0 = 0x7c;
const GPAFEN0 = 0x88;
const GPPUD = 0x94;
const GPPUDCLK0 = 0x98;

export const GPIO_PINS = 54;
/** Pins of the second bank, as a mask. */
const SECOND_BANK = (1 << (GPIO_PINS - 32)) - 1;

/** Functions of a pin as GPFSEL encodes them. */
export const PinFunction = { input: 0, output: 1, alt0: 4, alt1: 5, alt2: 6, alt3: 7, alt4: 3, alt5: 2 } as const;

const PULL_DOWN = 1;
const PULL_UP = 2;
/** Pulls at reset (6.2): up at 0–8, 34–36 and 46–53, none at 28, 29, 44 and 45, down elsewhere. */
function resetPull(pin: number): number {
  if (pin <= 8 || (pin >= 34 && pin <= 36) || pin >= 46) return PULL_UP;
  return pin === 28 || pin === 29 || pin === 44 || pin === 45 ? 0 : PULL_DOWN;
}

/** The interrupt lines of pins 0–27, 28–45 and 46–53; the fourth is that of all. */
const BANK_END = [28, 46, GPIO_PINS];

interface Saved {
  readonly select: readonly number[];
  readonly words: readonly (readonly number[])[];
  readonly pull: number;
  readonly pulls: readonly number[];
}

/** @impdef asynchronous edges are detected as the sampled ones are; a pin that nothing drives reads its pull, without a pull 0. */
export class Bcm2835Gpio implements Device {
  readonly name = 'bcm2835-gpio';
  readonly size = 0x1000;
  readonly registers = gpioRegisters;
  private readonly select = new Int32Array(6);
  // Words of 32 pins each.
  private readonly output = new Int32Array(2);
  private readonly detected = new Int32Array(2);
  private readonly rising = new Int32Array(2);
  private readonly falling = new Int32Array(2);
  private readonly high = new Int32Array(2);
  private readonly low = new Int32Array(2);
  private readonly asyncRising = new Int32Array(2);
  private readonly asyncFalling = new Int32Array(2);
  /** What drives pins from outside: whether, and to which level. */
  private readonly driven = new Int32Array(2);
  private readonly drivenHigh = new Int32Array(2);
  /** Levels as they were last seen. */
  private readonly levels = new Int32Array(2);
  private pull = 0;
  private readonly pulls = new Uint8Array(GPIO_PINS);

  /** @param interrupts of pins 0–27, 28–45, 46–53, and of all */
  constructor(
    private readonly interrupts: readonly IrqLine[],
    private readonly log: DeviceLog,
  ) {
    assert(interrupts.length === BANK_END.length + 1, 'the GPIO has four interrupt lines');
    this.reset();
  }

  /** One of {@link PinFunction}. */
  functionOf(pin: number): number {
    return (this.select[Math.floor(pin / 10)] >> ((pin % 10) * 3)) & 7;
  }

  /** Drives a pin from outside, or lets go of it. */
  drive(pin: number, level: boolean | undefined): void {
    const word = pin >> 5;
    const bit = 1 << (pin & 31);
    this.driven[word] = level === undefined ? this.driven[word] & ~bit : this.driven[word] | bit;
    this.drivenHigh[word] = level === true ? this.drivenHigh[word] | bit : this.drivenHigh[word] & ~bit;
    this.update();
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    if (offset >= GPFSEL0 && offset <= GPFSEL5) return this.select[offset >> 2];
    if (offset === GPPUD) return this.pull;
    const word = this.wordAt(offset);
    if (word === 0 || word === 1) {
      const register = this.pinRegister(offset - 4 * word);
      if (register !== undefined) return register[word];
    }
    // Write-only, and read as nothing.
    if (offset >= GPSET0 && offset < GPLEV0) return 0;
    return unknownRead(this.log, this.name, offset);
  }

  /** Which of the two words of a pair of registers lies at an offset; 2 for the gap behind them. Pairs lie every 12 bytes from GPSET0 on. */
  private wordAt(offset: number): number {
    return offset < GPSET0 || offset > GPAFEN0 + 4 ? -1 : ((offset - GPSET0) % 12) >> 2;
  }

  /** The words of a register with a bit for each pin, by the offset of its first. */
  private pinRegister(offset: number): Int32Array | undefined {
    switch (offset) {
      case GPLEV0:
        return this.levels;
      case GPEDS0:
        return this.detected;
      case GPREN0:
        return this.rising;
      case GPFEN0:
        return this.falling;
      case GPHEN0:
        return this.high;
      case GPLEN0:
        return this.low;
      case GPAREN0:
        return this.asyncRising;
      case GPAFEN0:
        return this.asyncFalling;
      default:
        return undefined;
    }
  }

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    const at = offset & ~3;
    if (at >= GPFSEL0 && at <= GPFSEL5) {
      this.select[at >> 2] = value & (at === GPFSEL5 ? 0xfff : 0x3fff_ffff);
      this.update();
      return;
    }
    if (at === GPPUD) {
      this.pull = value & 3;
      return;
    }
    if (at === GPPUDCLK0 || at === GPPUDCLK0 + 4) {
      this.clockPulls((at - GPPUDCLK0) >> 2, value);
      return;
    }
    const word = this.wordAt(at);
    if (word !== 0 && word !== 1) {
      unknownWrite(this.log, this.name, offset, value);
      return;
    }
    const first = at - 4 * word;
    const pins = word === 1 ? value & SECOND_BANK : value;
    if (first === GPSET0) this.output[word] |= pins;
    else if (first === GPCLR0) this.output[word] &= ~pins;
    else if (first === GPEDS0) this.detected[word] &= ~pins;
    else {
      const register = first === GPLEV0 ? undefined : this.pinRegister(first);
      if (register === undefined) unknownWrite(this.log, this.name, offset, value);
      else register[word] = pins;
    }
    this.update();
  }

  /** Every pin is an input, with the pull it has at power-on; what drives it from outside still does. */
  reset(): void {
    this.select.fill(0);
    for (const words of this.words()) words.fill(0);
    this.pull = 0;
    for (let pin = 0; pin < GPIO_PINS; pin++) this.pulls[pin] = resetPull(pin);
    for (const word of [0, 1]) this.levels[word] = this.level(word);
    this.update();
  }

  save(): Saved {
    return {
      select: [...this.select],
      words: [...this.words(), this.driven, this.drivenHigh, this.levels].map((words) => [...words]),
      pull: this.pull,
      pulls: [...this.pulls],
    };
  }

  restore(state: unknown): void {
    const { select, words, pull, pulls } = state as Saved;
    this.select.set(select);
    [...this.words(), this.driven, this.drivenHigh, this.levels].forEach((target, i) => {
      target.set(words[i]);
    });
    this.pull = pull;
    this.pulls.set(pulls);
    this.update();
  }

  /** The registers that a reset clears. */
  private words(): Int32Array[] {
    const { output, detected, rising, falling, high, low, asyncRising, asyncFalling } = this;
    return [output, detected, rising, falling, high, low, asyncRising, asyncFalling];
  }

  /** The pins whose bits are set take the pull of GPPUD (6.1, GPPUDCLKn). */
  private clockPulls(word: number, pins: number): void {
    for (let bit = 0; bit < 32; bit++) {
      const pin = 32 * word + bit;
      if ((pins & (1 << bit)) !== 0 && pin < GPIO_PINS) this.pulls[pin] = this.pull;
    }
    this.update();
  }

  /** Levels of 32 pins: what an output says, else what drives the pin from outside, else its pull. */
  private level(word: number): number {
    let level = 0;
    const end = Math.min(GPIO_PINS - 32 * word, 32);
    for (let i = 0; i < end; i++) {
      const pin = 32 * word + i;
      const bit = 1 << i;
      let high: boolean;
      if (this.functionOf(pin) === PinFunction.output) high = (this.output[word] & bit) !== 0;
      else if (this.driven[word] & bit) high = (this.drivenHigh[word] & bit) !== 0;
      else high = this.pulls[pin] === PULL_UP;
      if (high) level |= bit;
    }
    return level;
  }

  /** Follows the levels, notes the events that are enabled, and drives the interrupt lines. */
  private update(): void {
    for (const word of [0, 1]) {
      const level = this.level(word);
      const before = this.levels[word];
      const pins = word === 1 ? SECOND_BANK : -1;
      this.levels[word] = level;
      this.detected[word] |=
        (level & ~before & (this.rising[word] | this.asyncRising[word])) |
        (~level & before & (this.falling[word] | this.asyncFalling[word])) |
        (level & this.high[word]) |
        (~level & pins & this.low[word]);
    }
    let from = 0;
    BANK_END.forEach((end, bank) => {
      this.interrupts[bank].set(this.anyDetected(from, end));
      from = end;
    });
    this.interrupts[BANK_END.length].set((this.detected[0] | this.detected[1]) !== 0);
  }

  private anyDetected(from: number, end: number): boolean {
    for (let pin = from; pin < end; pin++) if (this.detected[pin >> 5] & (1 << (pin & 31))) return true;
    return false;
  }
}
