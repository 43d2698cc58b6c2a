/** What the panel "MMU" makes of ranges: pages put together, what changed since a stop, how much of a range the shadow tables have, and the map's cells. Draws nothing. */
import type { MmuRange, RangePage, RangeQuery } from '../../protocol/views/mmu.js';

const SPACE_END = 2 ** 32;
const MIB = 0x10_0000;
/** Cells of the map: one for each MiB. */
export const CELLS = SPACE_END / MIB;

function alike(a: MmuRange, b: MmuRange): boolean {
  return (
    a.fault === b.fault &&
    a.leaf === b.leaf &&
    a.level === b.level &&
    a.domain === b.domain &&
    a.notGlobal === b.notGlobal &&
    a.PL1 === b.PL1 &&
    a.PL0 === b.PL0 &&
    a.attributes === b.attributes &&
    a.target === b.target
  );
}

/** Puts a page of ranges behind those before it: a range that a question cut in two becomes one again. */
export function append(ranges: MmuRange[], page: RangePage): void {
  const [first, ...rest] = page.ranges;
  if (first === undefined) return;
  const last = ranges.at(-1);
  if (last && last.address + last.length === first.address && alike(last, first)) {
    const goesOn = last.pieces === 1 && first.pa === last.pa + last.length;
    const pieces = last.pieces + first.pieces - (goesOn ? 1 : 0);
    ranges[ranges.length - 1] = { ...last, length: last.length + first.length, pieces };
  } else {
    ranges.push(first);
  }
  ranges.push(...rest);
}

export type Change = 'new' | 'changed' | 'gone';

/** A range, and what became of it. */
export interface MarkedRange {
  readonly range: MmuRange;
  readonly change?: Change;
}

function same(a: MmuRange, b: MmuRange): boolean {
  return a.address === b.address && a.length === b.length && a.pa === b.pa && a.pieces === b.pieces && alike(a, b);
}

/** Index of the first range that ends behind an address. */
function firstBehind(ranges: readonly MmuRange[], address: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle].address + ranges[middle].length <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function overlaps(ranges: readonly MmuRange[], { address, length }: MmuRange): boolean {
  const found = ranges.at(firstBehind(ranges, address));
  return found !== undefined && found.address < address + length;
}

/** Marks what is different from the ranges at a stop; ranges of which nothing is left are there, too. Without those, nothing is marked. */
export function mark(now: readonly MmuRange[], before: readonly MmuRange[] | undefined): MarkedRange[] {
  if (before === undefined) return now.map((range) => ({ range }));
  const marked = now.map((range): MarkedRange => {
    const old = before.at(firstBehind(before, range.address));
    if (old && same(old, range)) return { range };
    return { range, change: overlaps(before, range) ? 'changed' : 'new' };
  });
  const gone = before.filter((range) => !overlaps(now, range)).map((range): MarkedRange => ({ range, change: 'gone' }));
  if (gone.length === 0) return marked;
  return [...marked, ...gone].sort((a, b) => a.range.address - b.range.address);
}

/** The ranges that begin or reach into `[address, address + length)`, cut to it. */
export function within(ranges: readonly MmuRange[], address: number, length: number): MmuRange[] {
  const end = address + length;
  const found: MmuRange[] = [];
  for (let i = firstBehind(ranges, address); i < ranges.length && ranges[i].address < end; i++) {
    const range = ranges[i];
    const start = Math.max(address, range.address);
    const stop = Math.min(end, range.address + range.length);
    found.push({ ...range, address: start, length: stop - start, pa: range.pa + start - range.address });
  }
  return found;
}

/** Bytes of `[address, address + length)` that ranges have. */
export function covered(ranges: readonly MmuRange[], address: number, length: number): number {
  return within(ranges, address, length).reduce(
    (sum, range) => sum + (range.fault === undefined ? range.length : 0),
    0,
  );
}

/** What a cell of the map says of its MiB: the kind of memory that most of it is. */
export type CellKind = 'none' | 'code' | 'data' | 'readonly' | 'device' | 'closed' | 'fault';

export interface Cell {
  readonly kind: CellKind;
  /** How much of the MiB is mapped, 0 to 1. */
  readonly share: number;
  readonly changed: boolean;
}

const EMPTY: Cell = { kind: 'none', share: 0, changed: false };

export function kindOf({ fault, PL1, PL0, target, attributes }: MmuRange): CellKind {
  if (fault !== undefined) return 'fault';
  const rights = PL1 + PL0;
  if (!/[rwx]/.test(rights)) return 'closed';
  if (/^Device|^Strongly/.test(attributes) && !/RAM|flash/.test(target)) return 'device';
  if (rights.includes('x')) return 'code';
  return rights.includes('w') ? 'data' : 'readonly';
}

/** The map of a space: a cell for each MiB. */
export function cells(ranges: readonly MarkedRange[]): Cell[] {
  const found = new Array<Cell>(CELLS).fill(EMPTY);
  for (const { range, change } of ranges) {
    const first = Math.floor(range.address / MIB);
    const last = Math.ceil((range.address + range.length) / MIB);
    const kind = kindOf(range);
    for (let cell = first; cell < last; cell++) {
      const start = Math.max(range.address, cell * MIB);
      const end = Math.min(range.address + range.length, (cell + 1) * MIB);
      const old = found[cell];
      const share = change === 'gone' ? 0 : (end - start) / MIB;
      found[cell] = {
        kind: share > old.share || old.kind === 'none' ? (change === 'gone' ? old.kind : kind) : old.kind,
        share: Math.min(1, old.share + share),
        changed: old.changed || change !== undefined,
      };
    }
  }
  return found;
}

/** `1 MiB`, `64 KiB`, `5 × 4 KiB` as people read sizes. */
export function sizeText(bytes: number): string {
  if (bytes >= 2 ** 30 && bytes % 2 ** 30 === 0) return `${bytes / 2 ** 30} GiB`;
  if (bytes >= MIB && bytes % MIB === 0) return `${bytes / MIB} MiB`;
  if (bytes >= 1024 && bytes % 1024 === 0) return `${bytes / 1024} KiB`;
  return `${bytes} B`;
}

/** All ranges of a stretch of addresses, page by page. */
export async function allRanges(
  ask: (query: RangeQuery) => Promise<RangePage>,
  { first, ...query }: RangeQuery,
): Promise<MmuRange[]> {
  const found: MmuRange[] = [];
  for (let at = first; at < query.end;) {
    const page = await ask({ ...query, first: at });
    append(found, page);
    at = page.next;
  }
  return found;
}
