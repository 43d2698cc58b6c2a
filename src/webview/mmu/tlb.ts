/** The entries of a TLB: as many as are looked at, their columns, and whose they are in words. Draws cells; asks what it is given to ask. */
import { html } from 'lit';
import type { TlbPage, TlbQuery, TlbRow } from '../../protocol/views/mmu.js';
import { hex32 } from '../../util/bits.js';
import type { Column } from '../common/table.js';
import { sizeText } from './model.js';
import { GUEST, isShadow } from './spaces.js';
import { physical } from './walk.js';

const SPACE_END = 2 ** 32;
/** Entries that are asked for at once. */
const PAGE = 256;

export class TlbList {
  rows: readonly TlbRow[] = [];
  total = 0;
  private wanted = PAGE;

  constructor(private readonly ask: (query: TlbQuery) => Promise<TlbPage>) {}

  forget(): void {
    this.rows = [];
    this.total = 0;
    this.wanted = PAGE;
  }

  /** Rows up to one are looked at. @returns whether they are to be loaded for that */
  want(end: number): boolean {
    if (end <= this.rows.length || this.rows.length >= this.total) return false;
    this.wanted = end;
    return true;
  }

  /** Loads what is looked at, from the beginning. */
  async load(space: string): Promise<void> {
    const rows: TlbRow[] = [];
    let first = 0;
    do {
      const page = await this.ask({ space, first, count: PAGE });
      rows.push(...page.rows);
      this.total = page.total;
      first = page.next;
    } while (first < SPACE_END && rows.length < this.wanted);
    this.rows = rows;
  }
}

/** Whose entries are shown of a space. */
export function tlbWords(space: string, hypervised: boolean): string {
  if (isShadow(space))
    return 'The TLB of the real processor for this fetch context. “Inline”: what the engine does without asking.';
  if (space !== GUEST)
    return 'The virtual processor has no entries of address spaces that the guest has left but global ones; these are of the present one.';
  return hypervised
    ? 'The TLB of the virtual processor: what the monitor has translated for the guest. The shadow tables are to the guest what a TLB is; the real processor’s own is that of their spaces.'
    : '“Inline”: what the engine does without asking.';
}

function tlbColumns(real: boolean): readonly Column<TlbRow>[] {
  const columns: (Column<TlbRow> | undefined)[] = [
    { id: 'va', title: 'Virtual', width: '12ch', mono: true, draw: ({ va }) => hex32(va) },
    { id: 'pa', title: 'Physical', width: '13ch', mono: true, draw: ({ pa }) => physical(pa) },
    { id: 'target', title: 'What is there', width: 'minmax(12ch, 1fr)', draw: ({ target }) => target },
    real ? undefined : { id: 'PL1', title: 'PL1', width: '4ch', mono: true, draw: ({ PL1 }) => PL1 },
    { id: 'PL0', title: 'PL0', width: '4ch', mono: true, draw: ({ PL0 }) => PL0 },
    { id: 'leaf', title: 'Entry', width: '9ch', numeric: true, draw: ({ leaf }) => sizeText(leaf) },
    { id: 'level', title: 'Level', width: '6ch', numeric: true, draw: ({ level }) => String(level) },
    {
      id: 'domain',
      title: 'Domain',
      width: '7ch',
      numeric: true,
      draw: ({ domain }) => (domain === undefined ? '' : String(domain)),
    },
    { id: 'global', title: 'Global', width: '7ch', draw: ({ notGlobal }) => (notGlobal ? 'ASID' : 'global') },
    {
      id: 'inline',
      title: 'Inline',
      tooltip: 'Accesses that the engine makes by its own tables, without asking',
      width: '24ch',
      draw: ({ inline }) => inline,
    },
    {
      id: 'stale',
      title: 'Out of date',
      tooltip: 'How the tables would now answer otherwise',
      width: 'minmax(20ch, 2fr)',
      draw: ({ stale }) => (stale === undefined ? '' : html`<span class="bad">${stale}</span>`),
    },
  ];
  return columns.filter((column) => column !== undefined);
}

/** Of shadow tables and of the guest's. */
export const REAL_TLB = tlbColumns(true);
export const GUEST_TLB = tlbColumns(false);
