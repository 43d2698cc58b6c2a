/**
 * The symbols of all ELF files of a launch, with the offsets that the launch gives: nearest symbol to an address, address of a name, what mapping
 * symbols say about instruction sets, search by name. Knows no source lines and no guest.
 */
import type { ElfSymbol } from '../machine/elf.js';
import { codeRangesOf, loadedRangesOf, type AddressRange, type Module } from './module.js';

/** A symbol where the guest has it. */
export interface Symbol {
  readonly name: string;
  /** Guest virtual address without the Thumb bit, or the value of an absolute symbol. */
  readonly address: number;
  /** Bytes; 0 where the file does not say. */
  readonly size: number;
  readonly kind: 'function' | 'object' | 'label' | 'absolute';
  readonly thumb: boolean;
  /** True if it lies in code. */
  readonly code: boolean;
  readonly global: boolean;
}

/** What mapping symbols say of the bytes at an address (ARM IHI 0044, 5.5.5). */
export type CodeState = 'arm' | 'thumb' | 'data';

export interface SymbolOffset {
  readonly symbol: Symbol;
  /** Bytes from the symbol to the address. */
  readonly offset: number;
}

interface Mapping {
  readonly address: number;
  /** End of the range that it lies in: it says nothing beyond. */
  readonly end: number;
  readonly state: CodeState;
}

/** Of symbols at one address the first is shown. */
const KIND_ORDER: Readonly<Record<Symbol['kind'], number>> = { function: 0, label: 1, object: 2, absolute: 3 };

/** For sorting an array whose order is that of the files reversed: of labels at one address the last stands for what follows, others end something. */
function before(a: Symbol, b: Symbol): number {
  return a.address - b.address || KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || Number(b.global) - Number(a.global);
}

function holds(ranges: readonly AddressRange[], address: number): boolean {
  return ranges.some((r) => address >= r.start && address < r.end);
}

export class SymbolTable {
  /** Those with an address in memory, by {@link before}. */
  private readonly placed: Symbol[] = [];
  private readonly byName = new Map<string, Symbol[]>();
  private readonly mappings: Mapping[] = [];
  /** Ranges of memory that the files fill: a symbol does not reach beyond its own. */
  private readonly ranges: AddressRange[] = [];

  constructor(modules: readonly Module[]) {
    for (const module of modules) this.add(module);
    this.placed.reverse().sort(before);
    this.mappings.sort((a, b) => a.address - b.address);
    this.ranges.sort((a, b) => a.start - b.start);
  }

  /** Symbols with an address in memory, ascending. */
  get all(): readonly Symbol[] {
    return this.placed;
  }

  /** Symbols of that name, functions first. */
  named(name: string): readonly Symbol[] {
    return this.byName.get(name) ?? [];
  }

  /** The last symbol at or before an address, unless the address lies behind its end or in another piece of memory. */
  nearest(address: number): SymbolOffset | undefined {
    const range = this.ranges.find((r) => address >= r.start && address < r.end);
    if (range === undefined) return undefined;
    let at = lastAtOrBefore(this.placed, address);
    if (at < 0) return undefined;
    while (at > 0 && this.placed[at - 1].address === this.placed[at].address) at--;
    const symbol = this.placed[at];
    const offset = address - symbol.address;
    if (symbol.address < range.start || (symbol.size > 0 && offset >= symbol.size)) return undefined;
    return { symbol, offset };
  }

  /** `print`, `print+8`, or undefined where no symbol is near. */
  describe(address: number): string | undefined {
    const found = this.nearest(address);
    return found && (found.offset === 0 ? found.symbol.name : `${found.symbol.name}+${found.offset}`);
  }

  /** Symbols that begin in `[start, end)`, one at each address, ascending; at most `maximum`. */
  between(start: number, end: number, maximum: number): { readonly address: number; readonly name: string }[] {
    const found: { readonly address: number; readonly name: string }[] = [];
    let last = -1;
    for (let i = lastAtOrBefore(this.placed, start - 1) + 1; i < this.placed.length && found.length < maximum; i++) {
      const { address, name } = this.placed[i];
      if (address >= end) break;
      if (address !== last) found.push({ address, name });
      last = address;
    }
    return found;
  }

  /** Start and end of the function or label that holds an address of code. */
  extent(address: number): AddressRange | undefined {
    const found = this.nearest(address);
    if (found === undefined || !found.symbol.code) return undefined;
    const { symbol } = found;
    if (symbol.size > 0) return { start: symbol.address, end: symbol.address + symbol.size };
    let next = lastAtOrBefore(this.placed, address) + 1;
    while (next < this.placed.length && !this.placed[next].code) next++;
    const range = this.ranges.find((r) => address >= r.start && address < r.end) as AddressRange;
    const end = next < this.placed.length ? Math.min(this.placed[next].address, range.end) : range.end;
    return { start: symbol.address, end };
  }

  /** What a mapping symbol, or a function's own Thumb bit, says of the bytes at an address. */
  stateAt(address: number): CodeState | undefined {
    let low = 0;
    let high = this.mappings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.mappings[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && address < this.mappings[low - 1].end) return this.mappings[low - 1].state;
    const found = this.nearest(address);
    if (found?.symbol.kind !== 'function') return undefined;
    return found.symbol.thumb ? 'thumb' : 'arm';
  }

  /** Names that contain `filter`, in any case: those that begin with it first, then by name. */
  search(filter: string, maximum: number): readonly Symbol[] {
    const wanted = filter.toLowerCase();
    const found = this.placed.filter(({ name }) => name.toLowerCase().includes(wanted));
    const rank = ({ name }: Symbol) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
    found.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.address - b.address));
    return found.slice(0, Math.max(0, maximum));
  }

  private add({ elf, offset }: Module): void {
    const code = codeRangesOf(elf);
    const loaded = loadedRangesOf(elf);
    const move = (r: AddressRange): AddressRange => {
      const start = (r.start + offset) >>> 0;
      return { start, end: Math.min(start + r.end - r.start, 2 ** 32) };
    };
    this.ranges.push(...loaded.map(move));
    for (const symbol of elf.symbols) {
      if (symbol.kind === 'mapping') this.addMapping(symbol, loaded, offset);
      else this.addSymbol(symbol, code, loaded, offset);
    }
  }

  private addSymbol(
    s: ElfSymbol,
    code: readonly AddressRange[],
    loaded: readonly AddressRange[],
    offset: number,
  ): void {
    const absolute = s.absolute;
    const symbol: Symbol = {
      name: s.name,
      address: absolute ? s.address : (s.address + offset) >>> 0,
      size: s.size,
      kind: absolute ? 'absolute' : s.kind === 'mapping' ? 'label' : s.kind,
      thumb: s.thumb,
      code: !absolute && holds(code, s.address),
      global: s.global,
    };
    const same = this.byName.get(s.name);
    if (same === undefined) this.byName.set(s.name, [symbol]);
    else if (KIND_ORDER[symbol.kind] < KIND_ORDER[same[0].kind]) same.unshift(symbol);
    else same.push(symbol);
    if (!absolute && holds(loaded, s.address)) this.placed.push(symbol);
  }

  private addMapping(s: ElfSymbol, loaded: readonly AddressRange[], offset: number): void {
    const range = loaded.find((r) => s.address >= r.start && s.address < r.end);
    if (range === undefined) return;
    const address = (s.address + offset) >>> 0;
    const state: CodeState = s.name[1] === 't' ? 'thumb' : s.name[1] === 'd' ? 'data' : 'arm';
    this.mappings.push({ address, end: Math.min(address + range.end - s.address, 2 ** 32), state });
  }
}

/** Index of the last symbol at or before an address, -1 if there is none. */
function lastAtOrBefore(symbols: readonly Symbol[], address: number): number {
  let low = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (symbols[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
