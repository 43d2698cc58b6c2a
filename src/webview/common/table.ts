/**
 * A table of any length that draws the rows that can be seen: sortable by its headings, usable with keys alone, an ARIA grid to screen readers. It holds no
 * rows: it asks for each that it draws, and says which range it looks at. Whoever has them answers, now or later.
 */
import {
  adoptStyles,
  css,
  html,
  LitElement,
  nothing,
  type CSSResult,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { styleMap } from './style-map.js';
import { base } from './styles.js';
import { scrollToRow, visibleRows } from './window.js';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** The heading is for screen readers alone, and a tooltip. */
  readonly hidden?: boolean;
  /** Of the heading. */
  readonly tooltip?: string;
  /** As CSS has the columns of a grid: `9ch`, `minmax(8ch, 2fr)`. */
  readonly width: string;
  /** Flush right, and most first when it is sorted by. */
  readonly numeric?: boolean;
  readonly mono?: boolean;
  readonly sortable?: boolean;
  /** Left out where the table is narrower than this, pixels. */
  readonly from?: number;
  readonly draw: (row: Row) => TemplateResult | string | typeof nothing;
}

/** Of rows and of the heading, pixels. */
const ROW_HEIGHT = 22;

/** What the rows of a table are sorted by. */
export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

/** A key that the table itself has no use for, pressed on a row. Who prevents its default has used it. */
export interface RowKey {
  readonly index: number;
  readonly event: KeyboardEvent;
}

export class TableElement<Row = unknown> extends LitElement {
  static override readonly properties = {
    columns: { attribute: false },
    count: { attribute: false },
    rowAt: { attribute: false },
    rowClass: { attribute: false },
    order: { attribute: false },
    label: { attribute: false },
    version: { attribute: false },
    selected: { attribute: false },
    cellStyles: { attribute: false },
  };

  static override readonly styles = [
    base,
    css`
      :host {
        height: 100%;
        min-height: 0;
        overflow: auto;
        contain: strict;
      }
      .grid {
        min-width: max-content;
        outline: none;
      }
      .head,
      .row {
        display: grid;
        column-gap: 12px;
        height: ${ROW_HEIGHT}px;
        padding: 0 10px;
        align-items: center;
      }
      .head {
        position: sticky;
        top: 0;
        z-index: 1;
        background-color: var(--vscode-editor-background);
        border-bottom: 1px solid var(--vscode-panel-border, transparent);
      }
      /* not of the whole head: its columns are as wide as digits are in rows */
      .head .cell {
        font-weight: 600;
      }
      .head button {
        font-weight: inherit;
        text-align: inherit;
        white-space: nowrap;
      }
      .body {
        position: relative;
      }
      .row {
        position: absolute;
        left: 0;
        right: 0;
        cursor: default;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .row[aria-selected='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .grid:focus .row[aria-selected='true'] {
        color: var(--vscode-list-activeSelectionForeground);
        background: var(--vscode-list-activeSelectionBackground);
        outline-color: var(--vscode-focusBorder);
      }
      .grid:focus-visible .head {
        box-shadow: inset 0 0 0 1px var(--vscode-focusBorder);
      }
      .cell {
        min-width: 0;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .unseen {
        position: absolute;
        clip-path: inset(50%);
      }
      .numeric {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  declare columns: readonly Column<Row>[];
  /** Rows that there are. */
  declare count: number;
  /** A row, or undefined where it is still to come. */
  declare rowAt: (index: number) => Row | undefined;
  declare rowClass: ((row: Row) => string) | undefined;
  declare order: Order | undefined;
  /** What screen readers call the table. */
  declare label: string;
  /** Another number: `rowAt` answers otherwise. */
  declare version: number;
  /** The row that is selected; -1 for none. Where rows change places, whoever has them says which it is now. */
  declare selected: number;
  /** For what the columns draw. */
  declare cellStyles: CSSResult | undefined;

  private top = 0;
  private seen = 0;
  private across = Infinity;
  private range = '';
  private readonly observer = new ResizeObserver(() => {
    this.measure();
  });

  constructor() {
    super();
    this.columns = [];
    this.count = 0;
    this.rowAt = () => undefined;
    this.label = '';
    this.version = 0;
    this.selected = -1;
    this.addEventListener('scroll', () => {
      this.top = this.scrollTop;
      this.requestUpdate();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  /** Selects a row and scrolls to it. */
  select(index: number): void {
    if (this.count === 0) return;
    this.selected = Math.min(Math.max(0, index), this.count - 1);
    this.reveal(this.selected);
    this.tell('row-select', this.selected);
    this.requestUpdate();
  }

  /** Selects a row, or none (-1), without a word to anybody and without scrolling: it is the one that was selected before. */
  mark(index: number): void {
    if (index === this.selected) return;
    this.selected = index;
    this.requestUpdate();
  }

  /** The same, and scrolls to it. */
  reveal(index: number): void {
    this.mark(index);
    this.scrollTop = scrollToRow(index, this.top, this.seen - ROW_HEIGHT, ROW_HEIGHT);
  }

  private measure(): void {
    const { selected, seen, scrollTop: top } = this;
    if (this.clientHeight === seen && this.clientWidth === this.across) return;
    this.seen = this.clientHeight;
    this.across = this.clientWidth;
    this.requestUpdate();
    // a selected row stays in sight when what is around the table takes room from it
    const at = selected * ROW_HEIGHT;
    const inSight = selected >= 0 && at >= top && at < top + seen - ROW_HEIGHT;
    if (inSight && this.seen < seen) this.scrollTop = scrollToRow(selected, top, this.seen - ROW_HEIGHT, ROW_HEIGHT);
  }

  private tell(name: 'row-select' | 'row-open', index: number): void {
    this.dispatchEvent(new CustomEvent<number>(name, { detail: index }));
  }

  private sort({ id, numeric = false }: Column<Row>): void {
    const again = this.order?.column === id;
    const descending = again ? !this.order?.descending : numeric;
    this.dispatchEvent(new CustomEvent<Order>('sort', { detail: { column: id, descending } }));
  }

  private readonly key = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.seen / ROW_HEIGHT) - 2);
    const at = this.selected;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.count,
    };
    if (event.target !== event.currentTarget) return;
    if (event.key in moves) this.select(moves[event.key]);
    else if (event.key === 'Enter' && at >= 0) this.tell('row-open', at);
    else {
      // whoever has a use for it prevents its default
      if (at >= 0) this.dispatchEvent(new CustomEvent<RowKey>('row-key', { detail: { index: at, event } }));
      return;
    }
    event.preventDefault();
  };

  /** Columns for which there is room. */
  private get shownColumns(): readonly Column<Row>[] {
    return this.columns.filter(({ from = 0 }) => this.across >= from);
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has('cellStyles') && this.cellStyles && this.shadowRoot)
      adoptStyles(this.shadowRoot, [...TableElement.styles, this.cellStyles]);
    const { first, end } = this.visible;
    const range = `${first} ${end} ${this.version}`;
    if (range === this.range) return;
    this.range = range;
    // who fetched nothing would blank what is there
    if (first === end) return;
    this.dispatchEvent(new CustomEvent<{ first: number; end: number }>('range', { detail: { first, end } }));
  }

  private get visible(): { readonly first: number; readonly end: number } {
    return visibleRows(this.top, this.seen, ROW_HEIGHT, this.count);
  }

  override render(): TemplateResult {
    const { shownColumns: columns, count } = this;
    const { first, end } = this.visible;
    const template = styleMap({ gridTemplateColumns: columns.map(({ width }) => width).join(' ') });
    return html`<div
      class="grid"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${count + 1}
      aria-colcount=${columns.length}
      aria-activedescendant=${this.selected >= first && this.selected < end ? `row-${this.selected}` : nothing}
      @keydown=${this.key}
    >
      <div class="head" role="row" aria-rowindex="1" style=${template}>
        ${columns.map((column) => this.heading(column))}
      </div>
      <div class="body" role="rowgroup" style=${styleMap({ height: `${count * ROW_HEIGHT}px` })}>
        ${Array.from({ length: Math.max(0, end - first) }, (_, i) => this.row(first + i, columns))}
      </div>
    </div>`;
  }

  private heading(column: Column<Row>): TemplateResult {
    const { id, title, tooltip, numeric = false, sortable = false, hidden = false } = column;
    const order = this.order?.column === id ? this.order : undefined;
    const sorted = order ? (order.descending ? 'descending' : 'ascending') : 'none';
    const arrow = order ? (order.descending ? ' ↓' : ' ↑') : '';
    return html`<span
      class="cell ${numeric ? 'numeric' : ''}"
      role="columnheader"
      aria-sort=${sortable ? sorted : nothing}
      title=${tooltip ?? (hidden ? title : nothing)}
      >${
        hidden
          ? html`<span class="unseen">${title}</span>`
          : sortable
            ? html`<button
                @click=${() => {
                  this.sort(column);
                }}
              >
                ${title}${arrow}
              </button>`
            : title
      }</span
    >`;
  }

  private row(index: number, columns: readonly Column<Row>[]): TemplateResult {
    const row = this.rowAt(index);
    const place = styleMap({
      top: `${index * ROW_HEIGHT}px`,
      gridTemplateColumns: columns.map(({ width }) => width).join(' '),
    });
    return html`<div
      id="row-${index}"
      class="row ${row === undefined ? '' : (this.rowClass?.(row) ?? '')}"
      role="row"
      aria-rowindex=${index + 2}
      aria-selected=${index === this.selected}
      style=${place}
      @click=${() => {
        this.renderRoot.querySelector<HTMLElement>('.grid')?.focus({ preventScroll: true });
        this.select(index);
      }}
      @dblclick=${() => {
        this.tell('row-open', index);
      }}
    >
      ${columns.map(
        ({ draw, numeric, mono }) =>
          html`<span class="cell ${numeric ? 'numeric' : ''} ${mono ? 'mono' : ''}" role="gridcell"
            >${row === undefined ? nothing : draw(row)}</span
          >`,
      )}
    </div>`;
  }
}

/** Makes the table known to the page as `trapline-table`. */
export function defineTable(): void {
  customElements.define('trapline-table', TableElement);
}
