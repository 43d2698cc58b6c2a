/** Random guests, each from its seed, and the machines that they are run by, one guest after the other. Compares nothing. */
import { CNTKCTL_EVNTEN, Cp15, SCTLR_TE } from '../../src/arm/cp15.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { cpuModels } from '../../src/cpu/models.js';
import { seededRandom } from '../../src/isa/random.js';
import { raspi1Map } from '../../src/machine/raspi1-map.js';
import type { GuestStop } from '../../src/machine/run.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { levels, type Level } from '../../src/vmm/patcher.js';
import { MIB, TestGuest, type Way } from '../support/guest.js';
import { CodeAuthor, type Unit } from './guest-code.js';
import {
  CONFIG,
  CONFIG_DACR,
  OPERATIONS,
  platformOf,
  RAM_SIZE,
  runtime,
  WILD,
  writeSettings,
  type Platform,
} from './guest-runtime.js';
import { LongTables } from './guest-tables-long.js';
import { ShortTables } from './guest-tables-short.js';
import type { GuestTables } from './guest-tables.js';

export const BANKED = [Mode.usr, Mode.fiq, Mode.irq, Mode.svc, Mode.abt, Mode.und];

/** Boards and processors, by turns. */
export const PLATFORMS: readonly Platform[] = [
  ...[...cpuModels.values()].map((model) => platformOf('virt', model)),
  platformOf('raspi1', cpuModels.get('arm1176')!),
];

/** Between the first seeds of two platforms in the tests' share. */
export const SEEDS_APART = 1000;
/** How long guests are to run, in the tests as in the long run. */
export const INSTRUCTIONS = 3000;

/** A part of a run, and what happens behind it. */
export interface Chunk {
  readonly length: number;
  /** Arrives at the UART. */
  readonly typed: string;
  /** Of guests that are restless. */
  readonly level: Level;
  readonly dropAll: boolean;
}

export interface RandomGuest {
  readonly seed: number;
  readonly platform: Platform;
  readonly thumbRuntime: boolean;
  readonly format: 'short' | 'long' | 'ARMv5';
  readonly tables: GuestTables;
  readonly units: readonly Unit[];
  readonly memory: Uint8Array;
  readonly chunks: readonly Chunk[];
  /** What one of the hypervised guests is put through besides: changes of level, or loss of all that was analysed. */
  readonly trouble: 'none' | 'levels' | 'drops';
  /** Words of devices at the beginning. */
  readonly devices: readonly (readonly [address: number, word: number])[];
  readonly cp15: readonly (readonly [index: number, word: number])[];
  readonly floatingPoint: boolean;
}

const { gicDistributor, gicCpuInterface, uart } = virtMap;

/** The guest of a seed. */
export function makeGuest(seed: number, platform: Platform): RandomGuest {
  const random = seededRandom(seed);
  const below = (n: number): number => random() % n;
  const memory = new Uint8Array(RAM_SIZE);
  const view = new DataView(memory.buffer);
  const thumbRuntime = platform.thumb2 && below(3) === 0;
  const old = platform.model.name === 'arm1176' && below(3) === 0;
  const long = platform.long && below(3) === 0;
  const tables = long ? new LongTables(platform, random) : new ShortTables(platform, random, old);
  const author = new CodeAuthor(view, platform, random, tables);
  author.write();
  for (let at = MIB; at < RAM_SIZE; at += MIB) memory.copyWithin(at, WILD, WILD + 0x4000);
  memory.set(runtime(platform, thumbRuntime), platform.runtime - platform.ram);
  tables.writeOperations(view);
  for (const [at, word] of tables.initial) view.setUint32(at - platform.ram, word, true);
  writeSettings(view, platform, {
    seed: random(),
    thresholds: { und: 20, svc: 30, pabt: 220, dabt: 30, irq: 20, fiq: 20 },
    DACR: tables.dacr(),
    timer: [31, 127, 511][below(3)],
  });

  const chunks: Chunk[] = [];
  for (let total = 0; total < INSTRUCTIONS;) {
    const length = 1 + below(400);
    const typed = below(8) === 0 ? 'x'.repeat(1 + below(3)) : '';
    chunks.push({ length, typed, level: levels[below(levels.length)], dropAll: below(3) === 0 });
    total += length;
  }
  const devices: [number, number][] =
    platform.board === 'virt'
      ? [
          [gicDistributor.base, 3],
          [gicDistributor.base + 0x80, random()],
          [gicDistributor.base + 0x100, 0xffff_ffff],
          [gicDistributor.base + 0x104, 2],
          [gicDistributor.base + 0x820, 0x0101_0101],
          [gicCpuInterface.base + 4, 0xff],
          [gicCpuInterface.base, 7 | (below(2) << 3)],
          [uart.base + 0x38, 0x50],
        ]
      : [
          [raspi1Map.interrupts.base + 0x10, 10],
          [raspi1Map.interrupts.base + 0x14, 1 << 25],
          [raspi1Map.interrupts.base + 0xc, below(2) === 0 ? 0 : 0x83],
          [raspi1Map.systemTimer.base + 0x10, 1 + below(20)],
          [raspi1Map.systemTimer.base + 0x18, 1 + below(20)],
          [raspi1Map.uart.base + 0x38, 0x50],
        ];
  return {
    seed,
    platform,
    thumbRuntime,
    format: long ? 'long' : old ? 'ARMv5' : 'short',
    tables,
    units: author.units,
    memory,
    chunks,
    trouble: (['none', 'levels', 'drops'] as const)[below(3)],
    devices,
    cp15: [
      [Cp15.VBAR, platform.vbar ? platform.runtime : 0],
      [Cp15.TPIDRURW, random()],
      [Cp15.TPIDRURO, random()],
      [Cp15.PMUSERENR, below(2)],
      [Cp15.CNTKCTL, platform.timer ? random() & (0x303 | CNTKCTL_EVNTEN) : 0],
    ],
    floatingPoint: below(2) === 0,
  };
}

/** A number that depends on all that came before. */
function mix(hash: number, word: number): number {
  return Math.imul((hash ^ word) + 0x9e37_79b9, 0x85eb_ca6b) ^ (hash >>> 15);
}

/** One way of running random guests of a platform, one after the other. */
export class GuestStage {
  readonly test: TestGuest;
  readonly #cp15: Int32Array;
  readonly #board: unknown;
  /** Of the state at each exception. */
  #history = 0;

  constructor(
    readonly platform: Platform,
    way: Way,
    /** Has the trouble that guests ask for. */
    readonly restless = false,
  ) {
    this.test = new TestGuest(way, {
      board: platform.board,
      cpu: platform.model.name,
      memory: RAM_SIZE,
      images: { loads: [{ file: { name: 'nothing', bytes: new Uint8Array(4) }, address: platform.ram + WILD }] },
      shadow: way.level === 0 ? { levelOne: 4, levelTwo: 12 } : undefined,
      onEvent: (event, kind, test) => {
        if (event !== 'exception') return;
        const { state } = test.guest.cpu;
        let hash = mix(this.#history, kind);
        for (let n = 0; n < 15; n++) hash = mix(hash, state[n]);
        hash = mix(mix(hash, state[Word.PC]), test.cpsr);
        this.#history = mix(hash, test.instructions);
      },
    });
    this.#cp15 = this.test.guest.cpu.state.slice(Word.CP15, Word.V);
    this.#board = this.test.guest.board.save();
  }

  get history(): number {
    return this.#history;
  }

  /** A guest's RAM, from an offset on. */
  ram(offset: number, length: number): Uint8Array {
    const { memory } = this.test.guest.machine;
    return memory.bytes(memory.guests.find(({ name }) => name === 'ram')!).subarray(offset, offset + length);
  }
  word(offset: number): number {
    const bytes = this.ram(offset, 4);
    return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
  }

  begin(guest: RandomGuest): void {
    const { test } = this;
    const { cpu, machine, board, bus } = test.guest;
    machine.ended = undefined;
    machine.clock.reset();
    test.console = '';
    test.exceptions.length = 0;
    this.#history = 0;
    board.restore(this.#board);
    const { state } = cpu;
    cpu.memory.vectors.fill(0);
    for (const processor of new Set([cpu, machine.processor]))
      processor.state.fill(0, Word.EXCLUSIVE, Word.EXCLUSIVE + 4);
    if (test.way.level !== undefined) test.hypervisor!.setLevel(test.way.level);
    bus.writeBlock(guest.platform.ram, guest.memory);
    cpu.setCpsr(Mode.svc);
    for (const mode of BANKED) {
      for (let n = 8; n < 15; n++) cpu.writeBanked(n, mode, guest.seed * n);
      if (mode !== Mode.usr) cpu.writeSpsr(mode, Mode.svc);
    }
    state.fill(0, 0, 8);
    state.set(this.#cp15, Word.CP15);
    for (const [index, word] of guest.tables.cp15) this.#start(index, word);
    for (const [index, word] of guest.cp15) state[index] = word;
    if (guest.thumbRuntime) state[Cp15.SCTLR] |= SCTLR_TE;
    state[Word.FPEXC] = guest.floatingPoint ? FPEXC_EN : 0;
    if (guest.floatingPoint) state[Cp15.CPACR] |= 0x00f0_0000;
    for (const processor of new Set([cpu, machine.processor]))
      processor.restore({ irqLine: false, fiqLine: false, waiting: 'no', eventRegister: false });
    for (const [address, word] of guest.devices) bus.write(address, 4, word);
    this.enter(guest);
  }

  #start(index: number, word: number): void {
    const { state } = this.test.guest.cpu;
    state[index] = index === Cp15.SCTLR ? state[index] | word : word;
  }

  /** To where execution begins anew. */
  enter(guest: RandomGuest): void {
    const { cpu } = this.test.guest;
    cpu.setCpsr(Mode.svc | Psr.A | Psr.I | Psr.F | (guest.thumbRuntime ? Psr.T : 0));
    cpu.state[Word.PC] = guest.platform.runtime;
    this.test.guest.commit();
  }

  /** Sets right what random code has made unusable, as a debugger could: control registers, masks, the handlers' code, a wait without an end. */
  repair(guest: RandomGuest): void {
    const { cpu, machine, bus } = this.test.guest;
    const { state } = cpu;
    const kept = new Map(guest.tables.cp15.map(([index]) => [index, state[index]]));
    state.set(this.#cp15, Word.CP15);
    for (const [index, word] of guest.cp15) state[index] = word;
    for (const [index, word] of kept) state[index] = word;
    state[Cp15.DACR] = new DataView(guest.memory.buffer).getUint32(CONFIG + CONFIG_DACR, true);
    for (const processor of new Set([cpu, machine.processor]))
      processor.restore({ ...processor.save(), waiting: 'no' });
    const at = guest.platform.runtime - guest.platform.ram;
    bus.writeBlock(guest.platform.runtime, guest.memory.slice(at, at + 0x1000));
    bus.writeBlock(guest.platform.ram + CONFIG, guest.memory.slice(CONFIG, OPERATIONS));
    this.enter(guest);
  }

  run(limit: number): GuestStop {
    try {
      return this.test.run(limit);
    } catch (reason) {
      const why = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
      return { kind: 'dead', why };
    }
  }

  /** What happens between chunks. */
  trouble({ level, dropAll }: Chunk, { trouble }: RandomGuest): void {
    const { hypervisor } = this.test;
    if (!this.restless || hypervisor === undefined) return;
    if (trouble === 'levels') hypervisor.setLevel(level);
    else if (trouble === 'drops' && dropAll) hypervisor.patcher.dropAll();
  }
}
