/** The columns of the table of ranges: what each row says, cell by cell. Draws cells; asks nobody. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { MmuRange } from '../../protocol/views/mmu.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import type { Column } from '../common/table.js';
import { sizeText, type Change } from './model.js';
import type { Row, RowOf } from './range-tree.js';
import { physical } from './walk.js';

/** For the cells of {@link rangeColumns} and of the TLB. */
export const cellStyles = css`
  .expander {
    display: inline-block;
    width: 16px;
    text-align: center;
  }
  .child {
    padding-left: 20px;
  }
  .sign {
    font-weight: 700;
  }
  .sign.new {
    color: var(--vscode-gitDecoration-addedResourceForeground, var(--vscode-charts-green));
  }
  .sign.changed {
    color: var(--vscode-gitDecoration-modifiedResourceForeground, var(--vscode-charts-yellow));
  }
  .sign.gone {
    color: var(--vscode-gitDecoration-deletedResourceForeground, var(--vscode-charts-red));
  }
  .gone-text {
    text-decoration: line-through;
  }
  .bad {
    color: var(--vscode-errorForeground);
  }
`;

const SIGNS: Readonly<Record<Change, string>> = { new: '+', changed: '~', gone: '−' };
const SIGN_WORDS: Readonly<Record<Change, string>> = {
  new: 'new since the last stop',
  changed: 'changed since the last stop',
  gone: 'gone since the last stop',
};

const OF_WORDS: Readonly<Record<RowOf, string>> = {
  own: '',
  piece: 'piece',
  kernel: 'shadow, kernel',
  user: 'shadow, user',
};

export function changeSign(change: Change | undefined): TemplateResult | typeof nothing {
  if (change === undefined) return nothing;
  return html`<span class="sign ${change}" role="img" aria-label=${SIGN_WORDS[change]} title=${SIGN_WORDS[change]}
    >${SIGNS[change]}</span
  >`;
}

function shareText(bytes: number | undefined, of: number): string {
  if (bytes === undefined) return '';
  if (bytes === 0) return '–';
  return bytes === of ? 'all' : sizeText(bytes);
}

export function addressText({ address, length }: MmuRange): string {
  return `${hex32(address)} – ${hex32(address + length - 1)}`;
}

function mapsTo({ fault, pa, pieces }: MmuRange): string {
  if (fault !== undefined) return fault;
  return pieces === 1 ? physical(pa) : `${full(pieces)} pieces`;
}

/** @param toggle shows or hides what is below a row @param shadow there are shadow tables beside these */
export function rangeColumns(toggle: (row: Row) => void, shadow: boolean, real: boolean): readonly Column<Row>[] {
  const columns: (Column<Row> | undefined)[] = [
    {
      id: 'address',
      title: 'Address',
      width: '31ch',
      mono: true,
      draw: (row) =>
        html`<span class=${row.of === 'own' ? '' : 'child'}
          >${
            row.expanded === undefined
              ? html`<span class="expander"></span>`
              : html`<button
                  class="expander"
                  tabindex="-1"
                  aria-expanded=${row.expanded}
                  aria-label="What is below"
                  @click=${(event: Event) => {
                    event.stopPropagation();
                    toggle(row);
                  }}
                >
                  ${row.expanded ? '▾' : '▸'}
                </button>`
          }<span class=${row.change === 'gone' ? 'gone-text' : ''}>${addressText(row.range)}</span></span
        >`,
    },
    {
      id: 'change',
      title: '±',
      tooltip: 'What changed since the last stop: + new, ~ changed, − gone',
      width: '2ch',
      draw: ({ change }) => changeSign(change),
    },
    { id: 'size', title: 'Size', width: '9ch', numeric: true, draw: ({ range }) => sizeText(range.length) },
    real
      ? undefined
      : {
          id: 'PL1',
          title: 'PL1',
          tooltip: 'Read, write, execute at PL1, under the present DACR',
          width: '4ch',
          mono: true,
          draw: ({ range, of }) => (of === 'kernel' || of === 'user' ? '' : range.PL1),
        },
    {
      id: 'PL0',
      title: 'PL0',
      tooltip: 'Read, write, execute at PL0, under the present DACR',
      width: '4ch',
      mono: true,
      draw: ({ range }) => range.PL0,
    },
    { id: 'to', title: 'Physical', width: '13ch', mono: true, draw: ({ range }) => mapsTo(range) },
    { id: 'target', title: 'What is there', width: 'minmax(14ch, 1fr)', draw: ({ range }) => range.target },
    shadow
      ? {
          id: 'kernel',
          title: 'Shadow, kernel',
          tooltip: "How much of it the shadow tables of the guest's kernel have",
          width: '14ch',
          draw: ({ range, kernel }) => shareText(kernel, range.length),
        }
      : undefined,
    shadow
      ? {
          id: 'user',
          title: 'Shadow, user',
          tooltip: "How much of it the shadow tables of the guest's user have",
          width: '13ch',
          draw: ({ range, user }) => shareText(user, range.length),
        }
      : undefined,
    {
      id: 'attributes',
      title: 'Memory',
      width: 'minmax(24ch, 2fr)',
      draw: ({ range, of }) => (of === 'own' ? range.attributes : OF_WORDS[of]),
    },
    {
      id: 'domain',
      title: 'Domain',
      width: '7ch',
      numeric: true,
      draw: ({ range }) => (range.domain === undefined ? '' : String(range.domain)),
    },
    {
      id: 'global',
      title: 'Global',
      tooltip: 'In every address space, or for one ASID only (nG)',
      width: '7ch',
      draw: ({ range }) => (range.fault !== undefined ? '' : range.notGlobal ? 'ASID' : 'global'),
    },
    {
      id: 'entries',
      title: 'Entries',
      tooltip: 'How many entries, and what each maps',
      width: '14ch',
      draw: ({ range }) => `${full(Math.ceil(range.length / range.leaf))} × ${sizeText(range.leaf)}`,
    },
  ];
  return columns.filter((column) => column !== undefined);
}
