/**
 * The ranges of address spaces as rows of a table: a space's own and, below those that are unfolded, what the shadow tables have of them and, where their
 * physical memory lies in pieces, those. Knows what changed since the last stop. Draws nothing, asks nobody.
 */
import type { MmuRange } from '../../protocol/views/mmu.js';
import { LastStop, type Standing } from '../common/last-stop.js';
import { covered, mark, within, type MarkedRange } from './model.js';
import { KERNEL, USER } from './spaces.js';

/** Whose tables a row is of. */
export type RowOf = 'own' | 'piece' | 'kernel' | 'user';

export interface Row extends MarkedRange {
  readonly of: RowOf;
  /** Absent where there is nothing below. */
  readonly expanded?: boolean;
  /** Bytes of it in the shadow tables; absent where there are none to compare. */
  readonly kernel?: number;
  readonly user?: number;
}

export class RangeTree {
  /** Of the space that was arranged last: its ranges, and the rows that they make. */
  marked: readonly MarkedRange[] = [];
  rows: readonly Row[] = [];
  /** By space. */
  private readonly ranges = new Map<string, readonly MmuRange[]>();
  /** By the address of the range that consists of them. */
  private readonly pieces = new Map<number, readonly MmuRange[]>();
  private readonly unfolded = new Set<number>();
  private readonly lastStop = new LastStop<readonly MmuRange[]>();

  /** Another space is looked at: what is remembered of stops stays. */
  forget(): void {
    this.ranges.clear();
    this.pieces.clear();
    this.marked = [];
    this.rows = [];
  }

  /** Another guest. */
  clear(): void {
    this.forget();
    this.lastStop.clear();
    this.unfolded.clear();
  }

  /** Takes all ranges of a space, as they are now. */
  take(space: string, ranges: readonly MmuRange[], standing: Standing): void {
    this.ranges.set(space, ranges);
    this.lastStop.note(space, ranges, standing);
  }

  /** Unfolded ranges of a space that lie in pieces, which {@link takePieces} wants. */
  inPieces(space: string): readonly MmuRange[] {
    return this.of(space).filter(({ address, pieces }) => pieces > 1 && this.unfolded.has(address));
  }

  /** In place of all pieces that were known. */
  takePieces(pieces: ReadonlyMap<number, readonly MmuRange[]>): void {
    this.pieces.clear();
    for (const [address, ranges] of pieces) this.pieces.set(address, ranges);
  }

  /** Unfolds or folds a row. @returns whether its pieces are to be asked for */
  toggle({ range: { address, pieces } }: Row): boolean {
    if (!this.unfolded.delete(address)) this.unfolded.add(address);
    return pieces > 1 && !this.pieces.has(address);
  }

  /** The ranges of a space, against those at the stop before. */
  markedOf(space: string, standing: Standing): readonly MarkedRange[] {
    return mark(this.of(space), this.lastStop.before(space, standing));
  }

  /** At how many instructions the stop was that changes are told against; undefined where there was none. */
  countBefore(standing: Standing): number | undefined {
    return this.lastStop.countBefore(standing);
  }

  /** Bytes that a space maps, by domain. */
  mappedByDomain(space: string): ReadonlyMap<number, number> {
    const mapped = new Map<number, number>();
    for (const { domain, length, fault } of this.of(space))
      if (domain !== undefined && fault === undefined) mapped.set(domain, (mapped.get(domain) ?? 0) + length);
    return mapped;
  }

  /** Makes the rows of a space. @param besideShadow with what the shadow tables have of it */
  arrange(space: string, besideShadow: boolean, standing: Standing): void {
    const [kernel, user] = besideShadow ? [this.markedOf(KERNEL, standing), this.markedOf(USER, standing)] : [[], []];
    const [ofKernel, ofUser] = [present(kernel), present(user)];
    this.marked = this.markedOf(space, standing);
    this.rows = this.marked.flatMap((entry): Row[] => {
      const { address, length, pieces } = entry.range;
      const compared = besideShadow && entry.change !== 'gone';
      const below = compared
        ? [...partsOf(kernel, address, length, 'kernel'), ...partsOf(user, address, length, 'user')]
        : [];
      const unfolds = pieces > 1 || below.length > 0;
      const expanded = this.unfolded.has(address);
      const row: Row = {
        ...entry,
        of: 'own',
        ...(unfolds && { expanded }),
        ...(compared && { kernel: covered(ofKernel, address, length), user: covered(ofUser, address, length) }),
      };
      if (!unfolds || !expanded) return [row];
      const inPieces = this.pieces.get(address) ?? [];
      return [row, ...inPieces.map((range): Row => ({ range, of: 'piece' })), ...below];
    });
  }

  private of(space: string): readonly MmuRange[] {
    return this.ranges.get(space) ?? [];
  }
}

/** Those that are there now. */
export function present(marked: readonly MarkedRange[]): MmuRange[] {
  return marked.filter(({ change }) => change !== 'gone').map(({ range }) => range);
}

/** What lies in a stretch of addresses, as rows. */
function partsOf(marked: readonly MarkedRange[], address: number, length: number, of: RowOf): Row[] {
  return marked.flatMap((entry) => within([entry.range], address, length).map((range) => ({ ...entry, range, of })));
}
