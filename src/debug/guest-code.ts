/** A running guest's code: its bytes now, the names and lines of its images, and which instruction set lies where as far as anyone knows. */
import type { Guest } from '../machine/guest.js';
import type { CodeSource, PlantedWord } from './disassembly.js';
import type { GuestMemoryView } from './memory.js';
import { codeRangesOf, type Module } from './module.js';
import { SourceMap } from './source-map.js';
import { SymbolTable, type CodeState } from './symbols.js';
import type { VmmView } from './vmm-view.js';

export interface NamedRange {
  readonly name: string;
  readonly address: number;
  readonly length: number;
  readonly thumb: boolean;
}

export class GuestCode implements CodeSource {
  readonly symbols: SymbolTable;
  readonly sources: SourceMap;
  /** Executable ranges of the images, ascending. */
  readonly ranges: readonly NamedRange[];

  /** @param notes takes a sentence for whatever of the debug information cannot be read */
  constructor(
    private readonly guest: Guest,
    private readonly memory: GuestMemoryView,
    modules: readonly Module[],
    private readonly vmm: VmmView | undefined,
    notes: string[],
  ) {
    this.symbols = new SymbolTable(modules);
    this.sources = new SourceMap(modules, notes);
    this.ranges = this.findRanges(modules);
  }

  get features(): number {
    return this.guest.cpu.features;
  }

  read(address: number, length: number): Uint8Array {
    return this.memory.read(address, length);
  }

  /** By the processor at PC, else by symbols, else as the processor is now. */
  stateAt(address: number): CodeState {
    const { cpu } = this.guest;
    const current = cpu.thumb() ? 'thumb' : 'arm';
    const pc = cpu.instructionAddress();
    // PC is at an instruction, whatever symbols say
    if (address === pc) return current;
    return this.symbols.stateAt(address) ?? current;
  }

  planted(address: number, thumb: boolean): PlantedWord | undefined {
    return this.vmm?.planted(address, thumb);
  }

  private findRanges(modules: readonly Module[]): NamedRange[] {
    const ranges = modules.flatMap(({ elf, offset }) =>
      codeRangesOf(elf).map(({ name, start, end }) => {
        const address = (start + offset) >>> 0;
        return {
          name: `${elf.name} ${name}`,
          address,
          length: end - start,
          thumb: this.symbols.stateAt(address) === 'thumb',
        };
      }),
    );
    // raw images: what execution begins in
    const { images, flash0, start } = this.guest.plan;
    const raw = images.map(({ name, address, length }) => ({ name, address, length, thumb: start.thumb }));
    if (flash0 !== undefined)
      raw.push({ name: flash0.name, address: 0, length: flash0.bytes.length, thumb: start.thumb });
    const entered = raw.filter((r) => start.pc >= r.address && start.pc < r.address + r.length);
    const free = entered.filter(
      (e) => !ranges.some((r) => r.address < e.address + e.length && e.address < r.address + r.length),
    );
    return [...ranges, ...free].sort((a, b) => a.address - b.address);
  }
}
