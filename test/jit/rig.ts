/** A machine of RAM and a processor, with the reference and tier 0 as its engines: what the tests and benchmarks of jit run on. */
import { CodeBreakpoints } from '../../src/arm/breakpoints.js';
import { Coverage } from '../../src/arm/coverage.js';
import { Word } from '../../src/arm/state.js';
import { cortexA15, type CpuModel } from '../../src/cpu/models.js';
import { Processor } from '../../src/cpu/processor.js';
import { ReferenceEngine } from '../../src/cpu/reference-engine.js';
import { InterpreterEngine } from '../../src/jit/engine.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import { FetchUnit } from '../../src/mem/fetch.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { Mmu } from '../../src/mem/mmu.js';
import { FetchOverlay } from '../../src/mem/overlay.js';
import { TIER1 } from '../support/tier1.js';

export const RAM = 0x4000_0000;

/** More attempts than a page has slots: with so many left tier 0 is in its fast loop wherever it is. */
export const MARGIN = 2049;

export class Rig {
  readonly memory: MachineMemory;
  readonly bus: PhysicalBus;
  readonly mmu: Mmu;
  readonly overlay = new FetchOverlay();
  readonly fetch: FetchUnit;
  readonly processor: Processor;
  readonly breakpoints = new CodeBreakpoints();
  readonly reference: ReferenceEngine;
  readonly interpreter: InterpreterEngine;
  readonly state: Int32Array;
  readonly coverage: Coverage | undefined;
  /** The bytes of RAM, from {@link RAM} on. */
  readonly ram: Uint8Array;

  /** @param covers both engines count what they execute */
  constructor(ramBytes = 1 << 20, model: CpuModel = cortexA15, tier1 = TIER1, covers = false) {
    this.memory = new MachineMemory([ramBytes]);
    this.bus = new PhysicalBus(this.memory);
    const ram = this.memory.allocate('ram', ramBytes);
    this.ram = this.memory.bytes(ram);
    this.bus.mapRam(RAM, ramBytes, ram.offset);
    this.mmu = new Mmu(this.memory, this.bus);
    this.fetch = new FetchUnit(this.memory, this.mmu, this.bus, this.overlay);
    const { memory, bus, mmu, fetch, breakpoints } = this;
    this.processor = new Processor({ memory, bus, mmu, fetch, model });
    this.state = memory.state;
    const coverage = covers ? new Coverage() : undefined;
    this.coverage = coverage;
    this.reference = new ReferenceEngine(this.processor, breakpoints, coverage);
    this.interpreter = new InterpreterEngine({ memory, port: this.processor, fetch, breakpoints, coverage }, tier1);
    this.bus.onCodeWrite = (pa, length) => this.interpreter.invalidateCode(pa, length);
    this.overlay.onChange = (pa, length) => this.interpreter.invalidateCode(pa, length);
  }

  /** Writes words at a physical address. */
  words(pa: number, ...words: number[]): void {
    words.forEach((word, i) => this.bus.write(pa + 4 * i, 4, word | 0));
  }

  /** Writes halfwords at a physical address. */
  halfwords(pa: number, ...halfwords: number[]): void {
    halfwords.forEach((halfword, i) => this.bus.write(pa + 2 * i, 2, halfword));
  }

  /** Writes a loop at a physical address, and goes there: the words, a count down to 0 in r8 that sets the flags, and behind its end a branch to itself. */
  loop(pa: number, isa: 'A32' | 'T32', words: readonly number[]): void {
    if (isa === 'A32') {
      // subs r8, r8, #1 · bne back · b .
      const back = -(words.length + 1 + 2);
      this.words(pa, ...words, 0xe2588001, 0x1a000000 | (back & 0xffffff), 0xeafffffe);
      this.jump(pa);
      return;
    }
    // subs.w r8, r8, #1 · bne.n back · b.n .
    const halfwords = words.flatMap((word) => [word >>> 16, word & 0xffff]);
    const back = -(halfwords.length + 2 + 2);
    this.halfwords(pa, ...halfwords, 0xf1b8, 0x0801, 0xd100 | (back & 0xff), 0xe7fe);
    this.jump(pa | 1);
  }

  get pc(): number {
    return this.state[Word.PC] >>> 0;
  }

  /** Execution goes on at `pc`; bit 0 selects Thumb. */
  jump(pc: number): void {
    this.state[Word.PC] = pc & ~1;
    this.state[Word.T] = pc & 1;
    this.state[Word.ITSTATE] = 0;
    this.processor.commit();
  }
}
