/** A machine's memory system without a processor, for tests: one RAM, a bus, an MMU, and ways to write tables and registers. */
import { Cp15, SCTLR_M, TTBCR_EAE, type Cp15Name } from '../../src/arm/cp15.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import { DataAccess } from '../../src/mem/data-access.js';
import type { Device } from '../../src/mem/device.js';
import { FetchUnit } from '../../src/mem/fetch.js';
import { TLB_TABLE_BYTES, tlbBank } from '../../src/mem/layout.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { Mmu } from '../../src/mem/mmu.js';
import { FetchOverlay } from '../../src/mem/overlay.js';

export const RAM = 0x4000_0000;
export const RAM_SIZE = 16 << 20;
/** First-level tables, and a second-level pool, in RAM. */
export const TABLE0 = RAM;
export const TABLE1 = RAM + 0x4000;
export const POOL = RAM + 0x1_0000;

/** A device that remembers what was done to it: `R4@10`, `W2@8=beef`. */
export class ProbeDevice implements Device {
  readonly name = 'probe';
  readonly log: string[] = [];
  answer = 0;

  constructor(readonly size = 0x1000) {}
  read(offset: number, size: number): number {
    this.log.push(`R${size}@${offset.toString(16)}`);
    return this.answer;
  }
  write(offset: number, size: number, value: number): void {
    this.log.push(`W${size}@${offset.toString(16)}=${value.toString(16)}`);
  }
  reset(): void {}
  save(): unknown {
    return null;
  }
  restore(): void {}
}

export class Rig {
  readonly memory = new MachineMemory([RAM_SIZE]);
  readonly ram = this.memory.allocate('ram', RAM_SIZE);
  readonly bus = new PhysicalBus(this.memory);
  readonly mmu: Mmu;
  readonly data: DataAccess;
  readonly overlay = new FetchOverlay();
  readonly unit: FetchUnit;
  #pool = POOL;

  constructor() {
    this.bus.mapRam(RAM, RAM_SIZE, this.ram.offset);
    this.mmu = new Mmu(this.memory, this.bus);
    this.data = new DataAccess(this.memory, this.mmu, this.bus);
    this.unit = new FetchUnit(this.memory, this.mmu, this.bus, this.overlay);
    // All banks come into use, so that the words of each can be looked at.
    this.mode(Mode.usr).mode(Mode.usr, Psr.E).mode(Mode.svc);
  }

  get state(): Int32Array {
    return this.memory.state;
  }

  set(register: Cp15Name, value: number, high = 0): this {
    this.state[Cp15[register]] = value;
    if (register === 'TTBR0' || register === 'TTBR1') this.state[Cp15[register] + 1] = high;
    return this;
  }

  mode(mode: number, extra = 0): this {
    this.state[Word.PSR] = mode | extra;
    this.state[Word.T] = (extra & Psr.T) !== 0 ? 1 : 0;
    this.mmu.select();
    return this;
  }

  thumb(on: boolean): this {
    this.state[Word.T] = on ? 1 : 0;
    this.mmu.select();
    return this;
  }

  /** MMU on with the short format, all domains client, TTBR0 at TABLE0. */
  short(sctlr = 0, ttbcr = 0): this {
    return this.set('TTBR0', TABLE0).set('TTBR1', TABLE1).set('TTBCR', ttbcr).set('DACR', 0x5555_5555).on(sctlr);
  }

  /** MMU on with the long format, TTBR0 at TABLE0. */
  long(sctlr = 0, ttbcr = 0): this {
    return this.set('TTBR0', TABLE0)
      .set('TTBR1', TABLE1)
      .set('TTBCR', ttbcr | TTBCR_EAE)
      .on(sctlr);
  }

  on(sctlr: number): this {
    this.set('SCTLR', sctlr | SCTLR_M);
    this.mmu.flushAll();
    this.mmu.select();
    return this;
  }

  poke(pa: number, ...words: number[]): void {
    words.forEach((word, i) => this.bus.write(pa + 4 * i, 4, word));
  }

  peek(pa: number): number {
    return this.bus.read(pa, 4) >>> 0;
  }

  /** A zeroed table of `bytes` in the pool, aligned to its size. */
  table(bytes: number): number {
    this.#pool = Math.ceil(this.#pool / bytes) * bytes;
    const at = this.#pool;
    this.#pool += bytes;
    return at;
  }

  /** Writes the first-level short descriptor for `va`. */
  first(va: number, descriptor: number, table = TABLE0): void {
    this.poke(table + ((va >>> 20) << 2), descriptor);
  }

  /** Maps one small page through a second-level table that it creates where there is none. */
  small(va: number, pa: number, low = 0x32, domain = 0, table = TABLE0): void {
    const at = table + ((va >>> 20) << 2);
    let level2 = this.peek(at);
    if ((level2 & 3) !== 1) {
      level2 = this.table(0x400) | 1 | (domain << 5);
      this.poke(at, level2);
    }
    this.poke((level2 & ~0x3ff) + (((va >>> 12) & 0xff) << 2), pa | low);
  }

  /** Writes a 64-bit descriptor at index `index` of a long table. */
  desc(table: number, index: number, low: number, high = 0): void {
    this.poke(table + index * 8, low, high);
  }

  /** The word of a TLB table for `va`, or undefined where it is invalid. */
  word(bank: number, va: number, write = false): number | undefined {
    const word = this.memory.i32[(tlbBank(bank) + (write ? TLB_TABLE_BYTES : 0)) / 4 + (va >>> 12)];
    return (word & 1) !== 0 ? undefined : word;
  }

  /** The host address that an inline access to `va` reaches, or undefined where it would take the slow path. */
  inline(bank: number, va: number, write = false): number | undefined {
    const word = this.word(bank, va, write);
    return word === undefined ? undefined : (va + word) >>> 0;
  }

  host(pa: number): number {
    return this.ram.offset + (pa - RAM);
  }
}
