/**
 * The Raspberry Pi firmware's property interface (mailbox channel 8): a buffer of tags in memory, each a question or a request, answered in place. It
 * owns what the firmware would know and keep: which board this is, whose the memory is, rates of clocks, states of power. There is no display: what a
 * framebuffer needs stays unanswered, as on a firmware that does not know the tag.
 */
import type { DeviceLog, PhysicalMemory } from '../mem/device.js';
import { TEMPERATURE } from './bcm2835-small.js';

const REQUEST = 0;
const SUCCESS = 0x8000_0000;
const PARSE_ERROR = 0x8000_0001;
/** Set in a tag's length word by whoever answered. */
const ANSWERED = 0x8000_0000;
const HEADER_BYTES = 8;
const TAG_BYTES = 12;
/** Larger buffers are refused: no list of tags is as long. */
const LONGEST = 1 << 16;

const Tag = {
  firmwareRevision: 0x0_0001,
  boardModel: 0x1_0001,
  boardRevision: 0x1_0002,
  boardMac: 0x1_0003,
  boardSerial: 0x1_0004,
  armMemory: 0x1_0005,
  vcMemory: 0x1_0006,
  clocks: 0x1_0007,
  powerState: 0x2_0001,
  powerTiming: 0x2_0002,
  setPowerState: 0x2_8001,
  clockState: 0x3_0001,
  clockRate: 0x3_0002,
  voltage: 0x3_0003,
  maxClockRate: 0x3_0004,
  maxVoltage: 0x3_0005,
  temperature: 0x3_0006,
  minClockRate: 0x3_0007,
  minVoltage: 0x3_0008,
  turbo: 0x3_0009,
  maxTemperature: 0x3_000a,
  domainState: 0x3_0030,
  throttled: 0x3_0046,
  measuredClockRate: 0x3_0047,
  notifyReboot: 0x3_0048,
  setClockState: 0x3_8001,
  setClockRate: 0x3_8002,
  setVoltage: 0x3_8003,
  setTurbo: 0x3_8009,
  setDomainState: 0x3_8030,
  displays: 0x4_0013,
  commandLine: 0x5_0001,
  dmaChannels: 0x6_0001,
} as const;

const STATE_ON = 1 << 0;
/** No such device, or no such clock. */
const STATE_ABSENT = 1 << 1;
const POWER_DEVICES = 9;
const DOMAINS = 23;

const MHZ = 1_000_000;
/** Clocks by id, 1 first: EMMC, UART, ARM, core, V3D, H264, ISP, SDRAM, pixel, PWM. Rates in Hz as the firmware sets them up. */
const CLOCK_RATES = [250, 48, 700, 250, 250, 250, 250, 400, 0, 0].map((rate) => rate * MHZ);
/** A voltage of the core, µV. */
const MICROVOLTS = 1_200_000;
const MAX_TEMPERATURE = 85_000;

/** Date of the firmware that the answers are like, seconds since 1970. */
const FIRMWARE_REVISION = 0x5ece_4d77;

/** What the firmware knows of its board. */
export interface PropertyFacts {
  /** Revision code as printed in the tables of boards. */
  readonly boardRevision: number;
  /** A serial number, u32. */
  readonly serial: number;
  /** Bytes of RAM that are the ARM's, from address 0 on, and of the GPU's behind them. */
  readonly armMemory: number;
  readonly gpuMemory: number;
  /** Channels of the DMA controller that the ARM may use, a bit each. */
  readonly dmaChannels: number;
  /** What the kernel was started with, if the firmware was told. */
  readonly commandLine: () => string;
}

interface Saved {
  readonly rates: readonly number[];
  readonly states: readonly (readonly number[])[];
}

export class Bcm2835Property {
  private readonly rates = new Float64Array(CLOCK_RATES.length);
  // States by id: bit 0 says on.
  private readonly clocks = new Uint8Array(CLOCK_RATES.length + 1);
  private readonly power = new Uint8Array(POWER_DEVICES);
  private readonly domains = new Uint8Array(DOMAINS);

  /** @param memory by bus address: the GPU's view of RAM */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly facts: PropertyFacts,
    private readonly log: DeviceLog,
  ) {
    this.reset();
  }

  /** Answers the buffer at a bus address. */
  call(address: number): void {
    const header = new Uint8Array(HEADER_BYTES);
    if (!this.memory.readBlock(address, header)) {
      this.log.guestError('bcm2835-property', `a buffer at 0x${address.toString(16)}, where no RAM is`);
      return;
    }
    const [size, code] = new Uint32Array(header.buffer);
    const bytes = new Uint8Array(Math.min(size, LONGEST) & ~3);
    const sound = code === REQUEST && size >= HEADER_BYTES && size <= LONGEST;
    if (!sound || !this.memory.readBlock(address, bytes)) {
      this.log.guestError('bcm2835-property', `a buffer of ${size} bytes with code 0x${code.toString(16)}`);
      this.memory.writeBlock(address + 4, new Uint8Array(Uint32Array.of(PARSE_ERROR).buffer));
      return;
    }
    const words = new Uint32Array(bytes.buffer);
    words[1] = this.answerAll(words) ? SUCCESS : PARSE_ERROR;
    this.memory.writeBlock(address, bytes);
  }

  reset(): void {
    this.rates.set(CLOCK_RATES);
    this.clocks.fill(STATE_ON);
    this.power.fill(STATE_ON);
    this.domains.fill(0);
  }

  save(): Saved {
    return { rates: [...this.rates], states: [this.clocks, this.power, this.domains].map((states) => [...states]) };
  }

  restore(state: unknown): void {
    const { rates, states } = state as Saved;
    this.rates.set(rates);
    [this.clocks, this.power, this.domains].forEach((target, i) => {
      target.set(states[i]);
    });
  }

  /** Answers the tags of a buffer one after the other; false if it ends in the middle of one. */
  private answerAll(words: Uint32Array): boolean {
    let at = HEADER_BYTES / 4;
    while (at < words.length && words[at] !== 0) {
      const room = words[at + 1];
      const next = at + TAG_BYTES / 4 + Math.ceil(room / 4);
      if (!(next <= words.length)) return false;
      const value = words.subarray(at + TAG_BYTES / 4, next);
      const answer = this.answer(words[at], value);
      if (answer === undefined) {
        this.log.guestError('bcm2835-property', `tag 0x${words[at].toString(16)}, which is not known here`);
      } else {
        const bytes = answer instanceof Uint8Array ? answer : new Uint8Array(Uint32Array.from(answer).buffer);
        new Uint8Array(value.buffer, value.byteOffset, room).set(bytes.subarray(0, room));
        words[at + 2] = (ANSWERED | bytes.length) >>> 0;
      }
      at = next;
    }
    return true;
  }

  /** The value of a tag's answer, in bytes or words; undefined if the tag is unknown. A request that is too short for its tag has zeros. */
  private answer(tag: number, value: Uint32Array): readonly number[] | Uint8Array | undefined {
    const { facts } = this;
    const id = value[0] ?? 0;
    const wanted = value[1] ?? 0;
    switch (tag) {
      case Tag.firmwareRevision:
        return [FIRMWARE_REVISION];
      case Tag.boardModel:
        return [0];
      case Tag.boardRevision:
        return [facts.boardRevision];
      case Tag.boardMac: // the foundation's prefix, and the serial number
        return Uint8Array.of(0xb8, 0x27, 0xeb, facts.serial >>> 16, facts.serial >>> 8, facts.serial);
      case Tag.boardSerial:
        return [facts.serial, 0];
      case Tag.armMemory:
        return [0, facts.armMemory];
      case Tag.vcMemory:
        return [facts.armMemory, facts.gpuMemory];
      case Tag.clocks:
        return CLOCK_RATES.flatMap((_, i) => [0, i + 1]);
      case Tag.powerState:
        return [id, id < POWER_DEVICES ? this.power[id] : STATE_ABSENT];
      case Tag.powerTiming: // microseconds until it is stable
        return [id, 0];
      case Tag.setPowerState:
        if (id < POWER_DEVICES) this.power[id] = wanted & STATE_ON;
        return [id, id < POWER_DEVICES ? this.power[id] : STATE_ABSENT];
      case Tag.clockState:
        return [id, this.hasClock(id) ? this.clocks[id] : STATE_ABSENT];
      case Tag.setClockState:
        if (this.hasClock(id)) this.clocks[id] = wanted & STATE_ON;
        return [id, this.hasClock(id) ? this.clocks[id] : STATE_ABSENT];
      case Tag.clockRate:
      case Tag.measuredClockRate:
        return [id, this.hasClock(id) ? this.rates[id - 1] : 0];
      case Tag.maxClockRate:
        return [id, this.hasClock(id) ? CLOCK_RATES[id - 1] : 0];
      case Tag.minClockRate:
        return [id, this.hasClock(id) ? CLOCK_RATES[id - 1] : 0];
      case Tag.setClockRate:
        return [id, this.setRate(id, wanted)];
      case Tag.voltage:
      case Tag.maxVoltage:
      case Tag.minVoltage:
      case Tag.setVoltage:
        return [id, MICROVOLTS];
      case Tag.temperature:
        return [id, TEMPERATURE];
      case Tag.maxTemperature:
        return [id, MAX_TEMPERATURE];
      case Tag.turbo:
      case Tag.setTurbo:
        return [id, 0];
      case Tag.domainState:
        return [id, this.domains[id] ?? 0];
      case Tag.setDomainState:
        if (id < DOMAINS) this.domains[id] = wanted & STATE_ON;
        return [id, this.domains[id] ?? 0];
      case Tag.throttled:
      case Tag.displays:
        return [0];
      case Tag.notifyReboot:
        return [];
      case Tag.commandLine:
        return Uint8Array.from(facts.commandLine(), (c) => c.charCodeAt(0));
      case Tag.dmaChannels:
        return [facts.dmaChannels];
      default:
        return undefined;
    }
  }

  private hasClock(id: number): boolean {
    return id >= 1 && id <= CLOCK_RATES.length;
  }

  /** A clock that runs keeps its rate: its least and its greatest are the same. One without a rate takes any. */
  private setRate(id: number, rate: number): number {
    if (!this.hasClock(id)) return 0;
    if (CLOCK_RATES[id - 1] === 0) this.rates[id - 1] = rate;
    return this.rates[id - 1];
  }
}
