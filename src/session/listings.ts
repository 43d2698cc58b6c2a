/**
 * Listing documents: disassembly with labels, bytes, original and planted words, as text that an editor shows and breakpoints can be set in. A
 * document's lines keep their addresses while the session lives; their text follows memory and patches. Knows the debugger's view of code, no editor.
 */
import type { Debugger } from '../debug/api.js';
import type { ListingInfo, ListingPlace, ListingSearch, ListingSource, InstructionInfo } from '../protocol/model.js';
import { sessionErrors } from '../util/errors.js';
import { hex32 } from '../util/bits.js';

/** Documents are windows of this many bytes at most: some two thousand lines, made in a few tens of milliseconds. */
const WINDOW = 0x2000;
/** Documents that are kept up to date: the ones that were read last. */
const MOST_SHOWN = 8;
const PAGE = 0x1000;
const ADDRESS_SPACE = 2 ** 32;
const FEWEST_BYTES = 2;
/** Where planted words are shown, unless the instruction is longer. */
const PLANTED_COLUMN = 64;

/** Instructions that one step of a search looks at: the guest stands still for it. */
const SEARCHED = 512;

interface Document {
  readonly name: string;
  readonly title: string;
  /** Lines that stand for lines of source files. */
  sources: ListingSource[];
  readonly start: number;
  readonly end: number;
  text: string;
  /** Address by line number, from 1; -1 for lines that are no instruction. */
  addresses: number[];
  lines: Map<number, number>;
  /** What the text was made from, to see whether it is still right. */
  bytes: Uint8Array;
  sites: number;
  traps: number;
}

/** Bytes in memory order, in pairs of digits. */
function spaced(bytes: string): string {
  return bytes.replace(/..(?=.)/g, '$& ');
}

/** The word as the manual writes it: little-endian bytes turned round, a T32 instruction's first halfword first. */
function wordOf({ bytes, isa }: InstructionInfo): string {
  const pairs = bytes.match(/../g) ?? [];
  if (isa === 'A32') return pairs.reverse().join('');
  const halves: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) halves.push(pairs[i + 1] + pairs[i]);
  return halves.join('');
}

function instructionLine(info: InstructionInfo): string {
  const left = `  ${hex32(info.address)}  ${spaced(info.bytes).padEnd(11)}  ${wordOf(info).padEnd(8)}  ${info.text}`;
  if (info.planted === undefined) return left.trimEnd();
  const hits = info.hits === undefined ? '' : `, ${info.hits} traps`;
  return `${left.padEnd(PLANTED_COLUMN)}  ; planted ${info.planted} ${info.plantedText ?? ''}${hits}`.trimEnd();
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export class Listings {
  private readonly documents = new Map<string, Document>();
  /** Documents that an editor may show, the one read last at the end. */
  private shown: Document[] = [];

  constructor(private readonly guest: Debugger) {}

  /** The line that shows `address`, or undefined where the guest could execute nothing. */
  at(address: number): ListingPlace | undefined {
    const window = this.windowAround(address);
    if (!window) return undefined;
    const name = `${hex32(window.start)}-${hex32(window.end - 1)}`;
    let document = this.documents.get(name);
    if (!document) {
      document = {
        ...window,
        name,
        text: '',
        sources: [],
        addresses: [],
        lines: new Map(),
        bytes: new Uint8Array(0),
        sites: 0,
        traps: 0,
      };
      this.documents.set(name, document);
      this.write(document);
    }
    // code that is another instruction set than when the document was made gets new lines
    if (!document.lines.has(address) && this.stale(document)) this.write(document);
    return { document: name, line: document.lines.get(address) ?? this.nearestLine(document, address) };
  }

  /** @throws UserError 625 */
  read(name: string): ListingInfo {
    const document = this.find(name);
    this.shown = [...this.shown.filter((other) => other !== document), document].slice(-MOST_SHOWN);
    if (this.stale(document)) this.write(document);
    const { title, text, sources } = document;
    return { document: name, title, text, sources };
  }

  /** Address of the instruction on the line or on the next line that has one. @throws UserError 625 */
  addressOf(name: string, line: number): { readonly address: number; readonly line: number } | undefined {
    const { addresses } = this.find(name);
    for (let at = Math.max(1, line); at < addresses.length; at++) {
      if (addresses[at] >= 0) return { address: addresses[at], line: at };
    }
    return undefined;
  }

  /** The instructions of a document. @throws UserError 625 */
  placed(name: string): { readonly address: number; readonly line: number }[] {
    const { addresses } = this.find(name);
    return addresses.flatMap((address, line) => (address >= 0 ? [{ address, line }] : []));
  }

  /** Lines of `[first, last]` with an instruction. @throws UserError 625 */
  breakpointLines(name: string, first: number, last: number): number[] {
    const { addresses } = this.find(name);
    const lines: number[] = [];
    for (let line = first; line <= last && line < addresses.length; line++) if (addresses[line] >= 0) lines.push(line);
    return lines;
  }

  /** Writes anew what editors show and what has changed; returns the names of documents with a new text. */
  refresh(): string[] {
    const changed: string[] = [];
    for (const document of this.shown) {
      if (!this.stale(document)) continue;
      const before = document.text;
      this.write(document);
      if (document.text !== before) changed.push(document.name);
    }
    return changed;
  }

  private stale({ start, end, bytes, sites, traps }: Document): boolean {
    const now = this.marks();
    return sites !== now.sites || traps !== now.traps || !sameBytes(bytes, this.guest.readMemory(start, end - start));
  }

  /** Numbers that change when a planted word, or what is said of it, may have. */
  private marks(): { sites: number; traps: number } {
    const { sites, exits } = this.guest.statistics();
    return { sites, traps: exits.reduce((sum, { count }) => sum + count, 0) };
  }

  private find(name: string): Document {
    const document = this.documents.get(name);
    if (document) return document;
    // a window of an earlier run of the same guest: its name says where it lay
    const start = /^0x([0-9a-f]{8})-0x[0-9a-f]{8}$/.exec(name);
    if (start) this.at(Number.parseInt(start[1], 16));
    const found = this.documents.get(name);
    if (!found) throw sessionErrors.noSuchDocument(name);
    return found;
  }

  private nearestLine({ addresses }: Document, address: number): number {
    let best = 1;
    for (let line = 1; line < addresses.length; line++)
      if (addresses[line] >= 0 && addresses[line] <= address) best = line;
    return best;
  }

  private windowAround(address: number): { start: number; end: number; title: string } | undefined {
    const windowStart = Math.floor(address / WINDOW) * WINDOW;
    const range = this.guest.codeRanges().find((r) => address >= r.address && address < r.address + r.length);
    if (range) {
      const start = Math.max(windowStart, range.address);
      const end = Math.min(windowStart + WINDOW, range.address + range.length);
      return { start, end, title: range.name };
    }
    if (!this.readable(address)) return undefined;
    let start = Math.floor(address / PAGE) * PAGE;
    while (start > windowStart && this.readable(start - PAGE)) start -= PAGE;
    let end = Math.floor(address / PAGE) * PAGE + PAGE;
    while (end < Math.min(windowStart + WINDOW, ADDRESS_SPACE) && this.readable(end)) end += PAGE;
    return { start, end, title: 'memory' };
  }

  private readable(address: number): boolean {
    return this.guest.readMemory(address, FEWEST_BYTES).length === FEWEST_BYTES;
  }

  private write(document: Document): void {
    const { start, end, title } = document;
    Object.assign(document, this.marks());
    document.bytes = this.guest.readMemory(start, end - start);
    const text = [
      `; ${title}, ${hex32(start)} to ${hex32(end - 1)}`,
      ';  address     bytes        word      instruction',
    ];
    const addresses = [-1, -1, -1];
    const lines = new Map<number, number>();
    const put = (line: string, address = -1): void => {
      text.push(line);
      addresses.push(address);
    };
    const sources: ListingSource[] = [];
    const before = this.neighbour(start - 1);
    if (before !== undefined) put(`; before this: ${hex32(before)}`);
    let place = '';
    for (const info of this.instructions(start, end)) {
      if (info.symbol !== undefined && !info.symbol.includes('+')) {
        put('');
        put(`${info.symbol}:`);
      }
      const from = info.path === undefined ? '' : `${info.path}:${info.line}`;
      if (from !== place && info.path !== undefined && info.line !== undefined) {
        sources.push({ line: addresses.length, path: info.path, sourceLine: info.line });
        put(`; ${info.path.split('/').pop()}:${info.line}`);
      }
      place = from;
      lines.set(info.address, addresses.length);
      put(instructionLine(info), info.address);
    }
    const after = this.neighbour(end);
    if (after !== undefined) put(`; goes on at ${hex32(after)}`);
    document.sources = sources;
    document.text = `${text.join('\n')}\n`;
    document.addresses = addresses;
    document.lines = lines;
  }

  /** The address, if there is more of the same code, so that it has a document of its own. */
  private neighbour(address: number): number | undefined {
    const range = this.guest.codeRanges().find((r) => address >= r.address && address < r.address + r.length);
    return range && Math.max(range.address, Math.floor(address / WINDOW) * WINDOW);
  }

  /** A step of a search through all code that is known. @param from where the last step ended */
  search(text: string, from = 0): ListingSearch {
    const wanted = text.toLowerCase();
    const ranges = this.guest.codeRanges();
    const range = ranges.find(({ address, length }) => from < address + length);
    if (range === undefined) return { found: [] };
    const start = Math.max(from, range.address);
    const end = range.address + range.length;
    const infos = this.guest.disassemble(start, 0, SEARCHED).filter(({ address }) => address >= start && address < end);
    const found = infos
      .filter((info) => `${info.text} ${wordOf(info)} ${info.symbol ?? ''}`.toLowerCase().includes(wanted))
      .map(({ address, text, symbol }) => ({ address, text, ...(symbol !== undefined && { symbol }) }));
    const last = infos.at(-1);
    const next = last === undefined ? end : last.address + last.bytes.length / 2;
    return next < end || ranges.some(({ address }) => address >= end) ? { found, next } : { found };
  }

  private *instructions(start: number, end: number): Generator<InstructionInfo> {
    const chunk = 1024;
    for (let address = start; address < end;) {
      const infos = this.guest.disassemble(address, 0, chunk);
      for (const info of infos) {
        if (info.address >= end) return;
        yield info;
        address = info.address + info.bytes.length / 2;
      }
      if (infos.length < chunk) return;
    }
  }
}
