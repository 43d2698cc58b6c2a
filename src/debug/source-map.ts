/**
 * From addresses to source lines and back, over the line tables of all files of a launch. Knows breakpoints only so far: which addresses stand for a
 * line. Paths are as the debug information has them.
 */
import { readLineTables, type LineSequence } from './dwarf/line.js';
import { codeRangesOf, dwarfSections, type Module } from './module.js';
import { matchPath } from './paths.js';

/** The source line of an address. */
export interface SourceLine {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** True if the address is where a statement of the line begins. */
  readonly isStart: boolean;
}

interface PlacedSequence {
  readonly start: number;
  /** Up to 2^32. */
  readonly end: number;
  readonly offset: number;
  readonly rows: LineSequence;
  /** Index into the map's paths by the sequence's file index. */
  readonly files: readonly number[];
}

/** A place in a sequence where a statement of a line begins. */
interface Place {
  readonly address: number;
  readonly line: number;
}

export class SourceMap {
  private readonly paths: string[] = [];
  private readonly sequences: PlacedSequence[] = [];
  /** Highest end among the sequences up to each. */
  private readonly reach: readonly number[];
  /** Statement starts by path index, sorted by line then address; made when first asked for. */
  private readonly places = new Map<number, readonly Place[]>();

  /** @param notes takes a sentence for every table that is damaged */
  constructor(modules: readonly Module[], notes: string[]) {
    const indices = new Map<string, number>();
    for (const { elf, offset } of modules) {
      const own: string[] = [];
      const tables = readLineTables(dwarfSections(elf, own), own);
      notes.push(...own.map((note) => `${elf.name}: ${note}`));
      const files = tables.files.map((path) => {
        let index = indices.get(path);
        if (index === undefined) indices.set(path, (index = this.paths.push(path) - 1));
        return index;
      });
      const code = codeRangesOf(elf);
      for (const rows of tables.sequences) {
        const first = rows.addresses[0];
        const end = rows.end === 0 ? 2 ** 32 : rows.end;
        // functions that the linker threw away keep sequences at address 0 or -1
        if (end <= first || !code.some((r) => first >= r.start && first < r.end)) continue;
        const start = (first + offset) >>> 0;
        this.sequences.push({ start, end: Math.min(start + end - first, 2 ** 32), offset, rows, files });
      }
    }
    this.sequences.sort((a, b) => a.start - b.start);
    let furthest = 0;
    this.reach = this.sequences.map(({ end }) => (furthest = Math.max(furthest, end)));
  }

  /** All source paths, in no particular order. */
  get files(): readonly string[] {
    return this.paths;
  }

  /** The line that the instruction at `address` belongs to. */
  lineAt(address: number): SourceLine | undefined {
    const found = this.rowAt(address);
    if (found === undefined) return undefined;
    const { sequence, row } = found;
    const { rows, files, offset } = sequence;
    const line = rows.lines[row];
    if (line === 0) return undefined;
    const isStart = (rows.addresses[row] + offset) >>> 0 === address && rows.statements[row] === 1;
    return { path: this.paths[files[rows.files[row]]], line, isStart };
  }

  /** Addresses of the row that holds `address`: what one line number covers without a break. */
  rangeAt(address: number): { readonly start: number; readonly end: number } | undefined {
    const found = this.rowAt(address);
    if (found === undefined) return undefined;
    const { sequence, row } = found;
    const { rows, offset } = sequence;
    let last = row;
    while (
      last + 1 < rows.addresses.length &&
      rows.lines[last + 1] === rows.lines[row] &&
      rows.files[last + 1] === rows.files[row]
    ) {
      last++;
    }
    const end = last + 1 < rows.addresses.length ? (rows.addresses[last + 1] + offset) >>> 0 : sequence.end;
    return { start: (rows.addresses[row] + offset) >>> 0, end };
  }

  /** Paths that a breakpoint request for `path` means; see {@link matchPath}. */
  match(path: string): readonly string[] {
    return matchPath(path, this.paths);
  }

  /**
   * Where a breakpoint on a line goes: the line itself, or the next one behind it with code, and one address for each place that the line
   * was compiled to (`placeOf` tells places apart, e.g. by function). Undefined if no line at or behind it has code.
   */
  resolve(
    path: string,
    line: number,
    placeOf: (address: number) => number,
  ): { readonly line: number; readonly addresses: readonly number[] } | undefined {
    let nearest = Infinity;
    const matches = this.match(path).map((name) => this.placesOf(this.paths.indexOf(name)));
    for (const places of matches) {
      const at = firstAtLeast(places, line);
      if (at < places.length) nearest = Math.min(nearest, places[at].line);
    }
    if (nearest === Infinity) return undefined;
    const lowest = new Map<number, number>();
    for (const places of matches) {
      for (let i = firstAtLeast(places, nearest); i < places.length && places[i].line === nearest; i++) {
        const place = placeOf(places[i].address);
        const known = lowest.get(place);
        if (known === undefined || places[i].address < known) lowest.set(place, places[i].address);
      }
    }
    return { line: nearest, addresses: [...lowest.values()].sort((a, b) => a - b) };
  }

  /** Lines of `[first, last]` where a statement begins. */
  linesWithCode(path: string, first: number, last: number): number[] {
    const lines = new Set<number>();
    for (const name of this.match(path)) {
      const places = this.placesOf(this.paths.indexOf(name));
      for (let i = firstAtLeast(places, first); i < places.length && places[i].line <= last; i++)
        lines.add(places[i].line);
    }
    return [...lines].sort((a, b) => a - b);
  }

  private rowAt(address: number): { readonly sequence: PlacedSequence; readonly row: number } | undefined {
    let low = 0;
    let high = this.sequences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sequences[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    // sequences of different modules may overlap: of those that hold the address, the one that begins last wins
    for (let i = low - 1; i >= 0 && this.reach[i] > address; i--) {
      const sequence = this.sequences[i];
      if (address < sequence.end) return { sequence, row: rowIn(sequence, address) };
    }
    return undefined;
  }

  private placesOf(file: number): readonly Place[] {
    let places = this.places.get(file);
    if (places === undefined) this.places.set(file, (places = this.collectPlaces(file)));
    return places;
  }

  private collectPlaces(file: number): Place[] {
    const places: Place[] = [];
    for (const { rows, files, offset } of this.sequences) {
      // a run of rows of one line is one place
      let placed = -1;
      for (let i = 0; i < rows.addresses.length; i++) {
        const line = files[rows.files[i]] === file ? rows.lines[i] : 0;
        if (line !== placed) placed = -1;
        if (line === 0 || line === placed || rows.statements[i] === 0) continue;
        places.push({ address: (rows.addresses[i] + offset) >>> 0, line });
        placed = line;
      }
    }
    return places.sort((a, b) => a.line - b.line || a.address - b.address);
  }
}

/** Index of the last row at or before `address`; of several at one address, the last where a statement begins. */
function rowIn({ rows, start }: PlacedSequence, address: number): number {
  const linked = address - start + rows.addresses[0];
  let low = 0;
  let high = rows.addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows.addresses[middle] <= linked) low = middle + 1;
    else high = middle;
  }
  const last = low - 1;
  for (let i = last; i >= 0 && rows.addresses[i] === rows.addresses[last]; i--) if (rows.statements[i] === 1) return i;
  return last;
}

function firstAtLeast(places: readonly Place[], line: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle].line < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
