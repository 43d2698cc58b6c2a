/**
 * What the Traps view holds: rows newest first, with gaps where the live feed left records out, narrowed by a filter. Pure state; draws nothing and asks
 * nobody.
 */
import type { TrapsEvent } from '../../protocol/api.js';
import type { TrapClassRate, TrapFilter, TrapInfo, TrapPage } from '../../protocol/model.js';
import { matchesFilter } from '../../protocol/trap-filter.js';

export type Row =
  | { readonly kind: 'trap'; readonly trap: TrapInfo }
  /** Records between `after` and `before`, both exclusive, that are not here. */
  | { readonly kind: 'gap'; readonly after: number; readonly before: number };

/** Rows kept at most; older ones can be asked for again. */
export const MOST_ROWS = 5000;

/** How many records a gap stands for. */
export function gapSize({ after, before }: { readonly after: number; readonly before: number }): number {
  return before - after - 1;
}

export class TrapsModel {
  rows: Row[] = [];
  classes: readonly TrapClassRate[] = [];
  total = 0;
  filter: TrapFilter = {};
  /** Records older than the last row may exist; where to ask on. */
  older: { readonly before: number } | undefined;
  /** Rows that came while the user looked at older ones, newest first. */
  held: Row[] = [];
  private newest = 0;

  /** Nothing is known: another session, or all records cleared. */
  reset(): void {
    this.rows = [];
    this.held = [];
    this.classes = [];
    this.total = 0;
    this.older = undefined;
    this.newest = 0;
  }

  /** Rows that match another filter have to be asked for; until then there are none. */
  setFilter(filter: TrapFilter): void {
    this.filter = filter;
    this.rows = [];
    this.held = [];
    this.older = undefined;
  }

  /** A live batch. `hold`: keep what is on screen where it is. */
  live(event: TrapsEvent, hold: boolean): void {
    if (event.cleared) this.reset();
    this.classes = event.classes;
    this.total = event.total;
    const { records } = event;
    if (records.length === 0) return;
    const fresh: Row[] = [];
    const [oldest] = records;
    if (event.cleared) {
      this.newest = oldest.sequence - 1;
      if (oldest.sequence > 1) this.older = { before: oldest.sequence };
    }
    const missed = { after: this.newest, before: oldest.sequence };
    if (gapSize(missed) > 0) fresh.push({ kind: 'gap', ...missed });
    for (const trap of records) if (matchesFilter(trap, this.filter)) fresh.push({ kind: 'trap', trap });
    this.newest = records[records.length - 1].sequence;
    fresh.reverse();
    this.held = mergeGaps([...fresh, ...this.held]);
    if (this.held.length > MOST_ROWS) this.held = cut(this.held);
    if (!hold) this.release();
  }

  /** Brings what was held back to the top of the list. */
  release(): void {
    if (this.held.length === 0) return;
    const rows = mergeGaps([...this.held, ...this.rows]);
    this.held = [];
    this.rows = rows;
    if (rows.length <= MOST_ROWS) return;
    this.rows = rows.slice(0, MOST_ROWS);
    const last = this.rows[MOST_ROWS - 1];
    this.older = { before: last.kind === 'trap' ? last.trap.sequence : last.before };
  }

  /** How many traps wait above the list. */
  get waiting(): number {
    return this.held.reduce((sum, row) => sum + (row.kind === 'trap' ? 1 : gapSize(row)), 0);
  }

  /** The newest matching records, after a filter was set; live ones that are newer still stay above them. */
  start(page: TrapPage): void {
    const [first] = page.records;
    const newer = this.rows.filter((row) => row.kind === 'trap' && (!first || row.trap.sequence > first.sequence));
    this.rows = newer;
    if (first && this.newest === 0) this.newest = first.sequence;
    this.append(page);
  }

  /** Records older than the last row. */
  append(page: TrapPage): void {
    const last = this.lastSequence();
    for (const trap of page.records) if (trap.sequence < last) this.rows.push({ kind: 'trap', trap });
    this.older = page.more && this.rows.length < MOST_ROWS * 4 ? { before: page.next } : undefined;
  }

  /** Records that newer ones have pushed out: of the class that the filter names, or of all. */
  get dropped(): number {
    return this.sum('dropped');
  }

  /** Traps that left no record: of the class that the filter names, or of all. */
  get unrecorded(): number {
    return this.sum('unrecorded');
  }

  private sum(what: 'dropped' | 'unrecorded'): number {
    const { cls: only } = this.filter;
    return this.classes.reduce((sum, rate) => sum + (only === undefined || rate.cls === only ? rate[what] : 0), 0);
  }

  private lastSequence(): number {
    const last = this.rows.at(-1);
    if (!last) return Infinity;
    return last.kind === 'trap' ? last.trap.sequence : last.before;
  }

  /** Records for a gap, asked for from its newer end. What they do not cover stays a gap. */
  fill(gap: { readonly after: number; readonly before: number }, page: TrapPage): void {
    const index = this.rows.findIndex(
      (row) => row.kind === 'gap' && row.after === gap.after && row.before === gap.before,
    );
    if (index < 0) return;
    const found: Row[] = page.records
      .filter(({ sequence }) => sequence > gap.after && sequence < gap.before)
      .map((trap) => ({ kind: 'trap', trap }));
    const rest = { kind: 'gap' as const, after: gap.after, before: page.next };
    if (page.more && page.next > gap.after && gapSize(rest) > 0) found.push(rest);
    this.rows.splice(index, 1, ...found);
  }
}

/** Drops the oldest rows in favour of one gap. */
function cut(rows: Row[]): Row[] {
  const kept = rows.slice(0, MOST_ROWS - 1);
  const last = rows[rows.length - 1];
  const edge = kept[kept.length - 1];
  const after = last.kind === 'trap' ? last.trap.sequence - 1 : last.after;
  return mergeGaps([...kept, { kind: 'gap', after, before: edge.kind === 'trap' ? edge.trap.sequence : edge.before }]);
}

/** Two gaps with nothing between them are one. */
function mergeGaps(rows: Row[]): Row[] {
  const merged: Row[] = [];
  for (const row of rows) {
    const last = merged.at(-1);
    if (row.kind === 'gap' && last?.kind === 'gap') merged[merged.length - 1] = { ...last, after: row.after };
    else merged.push(row);
  }
  return merged;
}
