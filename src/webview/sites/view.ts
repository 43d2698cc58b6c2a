/**
 * The panel "Callback Sites": the instructions that the VMM replaced, as a table that the worker sorts and narrows, and one of them in full at its side.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { AddressBreakpoint, PanelPlace, PanelSession } from '../../protocol/panels.js';
import { TRAP_CLASSES } from '../../protocol/trap-classes.js';
import type { SiteColumn, SiteDetail, SiteInfo, SitePage, SiteQuery } from '../../protocol/views/sites.js';
import type { StatusInfo } from '../../protocol/model.js';
import { breakpointAt, toggled, type BreakpointState } from '../common/breakpoints.js';
import { choose, controlStyles } from '../common/controls.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import type { Order, RowKey, TableElement } from '../common/table.js';
import { columns, LINE_HEADING, siteLine } from './columns.js';
import { detailStyles, drawDetail, lastTrapMessage } from './detail.js';
import { cellStyles, styles } from './styles.js';

/** Typing settles before the worker is asked. */
const FILTER_DELAY_MS = 120;
/** Rows of one question when all are copied. */
const COPIED_AT_ONCE = 500;
/** Where there are more sites than this, a question costs the worker more, and is asked less often while the guest runs: every so many ms. */
const MANY_SITES = 4000;
const MANY_INTERVAL_MS = 500;

/** What is kept while the panel is hidden. */
interface Kept {
  readonly order: Order;
  readonly text: string;
  readonly cls?: string;
  readonly selected?: number;
}

const EMPTY: SitePage = { rows: [], matching: 0, total: 0, row: -1, key: -1, pending: 0 };
/** Classes that instructions have; the others are not of sites. */
const CLASSES = TRAP_CLASSES.slice(
  0,
  TRAP_CLASSES.findIndex(({ id }) => id === 'device'),
);

export class SitesElement extends PanelElement<Kept> {
  static override readonly styles = [base, panelStyles, controlStyles, styles, detailStyles];

  protected override readonly purpose =
    'Start a guest with F5. Each instruction that the virtual machine monitor replaces appears here, with what it came to.';
  protected override readonly bareNote = 'nothing of it is replaced.';

  private order: Order = { column: 'hits', descending: true };
  private text = '';
  private cls: string | undefined;
  private page = EMPTY;
  private detail: SiteDetail | null = null;
  /** Key of the selected site. */
  private selected: number | undefined;
  /** An address that somebody asked for. */
  private wanted: number | undefined;
  private note = '';
  private breakpoints: readonly AddressBreakpoint[] = [];
  /** Rows that are seen, and the first of those that are there. */
  private first = 0;
  private end = 50;
  private pageFirst = 0;
  /** A row that was selected before it was there. */
  private selectWhenThere: number | undefined;
  private version = 0;
  private pointerInside = false;
  private filterTimer: ReturnType<typeof setTimeout> | undefined;
  private laterTimer: ReturnType<typeof setTimeout> | undefined;
  private lastLoad = 0;

  private readonly columns = columns({
    breakpoint: (site) => this.breakpointOf(site),
    toggle: (site) => {
      this.connection.send(toggled(site.address, this.breakpointOf(site)));
    },
    openTrap: (site) => {
      this.connection.send(lastTrapMessage(site));
    },
  });

  protected override restore({ order, text, cls, selected }: Kept): void {
    this.order = order;
    this.text = text;
    this.cls = cls;
    this.selected = selected;
  }

  protected override reset(): void {
    this.page = EMPTY;
    this.detail = null;
    this.first = 0;
    this.pageFirst = 0;
    this.selectWhenThere = undefined;
    this.note = '';
  }

  override breakpointsChanged(breakpoints: readonly AddressBreakpoint[]): void {
    this.breakpoints = breakpoints;
    this.version++;
    this.refresh();
  }

  override statusChanged(status: StatusInfo): void {
    clearTimeout(this.laterTimer);
    const wait = this.lastLoad + MANY_INTERVAL_MS - performance.now();
    if (status.state === 'running' && this.page.total > MANY_SITES && wait > 0) {
      this.laterTimer = setTimeout(() => {
        this.refresh();
      }, wait);
    } else this.refresh();
  }

  override show({ address }: PanelPlace): void {
    if (address === undefined) return;
    this.wanted = address;
    this.note = '';
    this.refresh();
  }

  private get holding(): boolean {
    const focused = this.selected !== undefined && this.table === this.shadowRoot?.activeElement;
    return this.pointerInside || focused;
  }

  /** Rows would change places if nobody pointed at them. */
  private get isHeld(): boolean {
    return (
      this.holding &&
      this.status?.state === 'running' &&
      !['address', 'symbol', 'text', 'cls'].includes(this.order.column)
    );
  }

  private get table(): TableElement<SiteInfo> | null {
    return this.renderRoot.querySelector<TableElement<SiteInfo>>('trapline-table');
  }

  private query(first: number, count: number, hold: boolean): SiteQuery {
    const { order, text, cls, wanted, selected } = this;
    return {
      // headings are those of sortable columns only
      order: order.column as SiteColumn,
      descending: order.descending,
      text,
      ...(cls !== undefined && { cls }),
      first,
      count,
      hold,
      ...(wanted !== undefined ? { address: wanted } : selected !== undefined && { key: selected }),
    };
  }

  protected override async load(): Promise<void> {
    this.lastLoad = performance.now();
    const { first, wanted } = this;
    const page = await this.connection.request('sites', this.query(first, this.end - first, this.holding));
    this.page = page;
    this.pageFirst = first;
    this.version++;
    this.selectAwaited();
    if (page.pending > 0) this.refresh();
    else if (wanted !== undefined && wanted === this.wanted) this.found(wanted, page);
    this.detail = this.selected === undefined ? null : await this.connection.request('site', { key: this.selected });
  }

  /** The answer to where an address is. */
  private found(address: number, { row, key }: SitePage): void {
    if (row < 0 && (this.text !== '' || this.cls !== undefined)) {
      // a filter hides it
      this.text = '';
      this.cls = undefined;
      this.refresh();
      return;
    }
    this.wanted = undefined;
    if (row < 0) {
      this.note = `There is no callback site at ${hex32(address)}.`;
      return;
    }
    this.selected = key;
    this.keepState();
    void this.updateComplete.then(() => {
      this.table?.reveal(row);
    });
  }

  private keepState(): void {
    const { order, text, cls, selected } = this;
    const kept: Kept = {
      order,
      text,
      ...(cls !== undefined && { cls }),
      ...(selected !== undefined && { selected }),
    };
    this.host.keep(kept);
  }

  private changed(): void {
    this.keepState();
    this.note = '';
    this.pointerInside = false;
    this.refresh();
  }

  private readonly rowAt = (index: number): SiteInfo | undefined =>
    index < this.pageFirst ? undefined : this.page.rows.at(index - this.pageFirst);

  private breakpointOf({ address, breakpoint }: SiteInfo): BreakpointState {
    return breakpointAt(this.breakpoints, address, breakpoint);
  }

  private select(key: number | undefined): void {
    if (key === this.selected) return;
    this.selected = key;
    this.detail = null;
    this.keepState();
    this.refresh();
    this.requestUpdate();
  }

  /** The user went to a row. */
  private selectRow(index: number): void {
    const site = this.rowAt(index);
    this.selectWhenThere = site ? undefined : index;
    if (site) this.select(site.key);
  }

  private selectAwaited(): void {
    const site = this.selectWhenThere === undefined ? undefined : this.rowAt(this.selectWhenThere);
    if (!site) return;
    this.selectWhenThere = undefined;
    this.select(site.key);
  }

  private readonly typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    clearTimeout(this.filterTimer);
    this.filterTimer = setTimeout(() => {
      this.changed();
    }, FILTER_DELAY_MS);
  };

  private readonly rowKey = ({ detail: { index, event } }: CustomEvent<RowKey>): void => {
    const site = this.rowAt(index);
    if (!site) return;
    if (event.key === 'c' && (event.ctrlKey || event.metaKey)) {
      this.connection.send({ kind: 'copy', text: siteLine(site) });
    } else if (event.key === 'b') this.connection.send(toggled(site.address, this.breakpointOf(site)));
    else if (event.key === 'g') {
      this.connection.send({ kind: 'open', panel: 'blocks', place: { address: site.address } });
    } else if (event.key === 't') this.connection.send({ kind: 'traps', text: hex32(site.address) });
    else if (event.key === 'd') this.connection.send({ kind: 'compare', address: site.address });
    else if (event.key === 'Escape') this.select(undefined);
    else return;
    event.preventDefault();
  };

  private async copyAll(): Promise<void> {
    const lines = new Map<number, string>();
    for (let first = 0; first < this.page.matching; first += COPIED_AT_ONCE) {
      const { rows } = await this.connection.request('sites', this.query(first, COPIED_AT_ONCE, true));
      for (const site of rows) lines.set(site.key, siteLine(site));
      if (rows.length < COPIED_AT_ONCE) break;
    }
    this.connection.send({ kind: 'copy', text: [LINE_HEADING, ...lines.values()].join('\n') });
    this.note = `${full(lines.size)} rows copied.`;
    this.requestUpdate();
  }

  private readonly copy = (): void => {
    this.copyAll().catch((error: unknown) => {
      this.fail(error);
    });
  };

  protected override draw(session: PanelSession): TemplateResult {
    const { total } = this.page;
    return html`<div class="view">
      ${this.bar()}
      ${total === 0 ? html`<p class="welcome dim">${session.name} has not run any code yet.</p>` : nothing}
      <div class="split ${this.detail ? 'open' : ''}">
        ${this.list()}
        ${
          this.detail
            ? drawDetail(this.detail, {
                breakpoint: this.breakpointOf(this.detail.site),
                level: this.status?.level,
                send: (message) => {
                  this.connection.send(message);
                },
                close: () => {
                  this.select(undefined);
                },
              })
            : nothing
        }
      </div>
    </div>`;
  }

  private bar(): TemplateResult {
    const { matching, total, pending } = this.page;
    const many = matching === total ? full(total) : `${full(matching)} of ${full(total)}`;
    const classes = [{ value: '', label: 'All classes' }, ...CLASSES.map(({ id, label }) => ({ value: id, label }))];
    return html`<div class="bar">
      <input
        type="text"
        spellcheck="false"
        placeholder="Filter: address, symbol, instruction, word, class"
        aria-label="Filter callback sites"
        .value=${this.text}
        @input=${this.typed}
      />
      ${choose('Class of the sites', classes, this.cls ?? '', (value) => {
        this.cls = value === '' ? undefined : value;
        this.changed();
      })}
      <button class="tool" title="Copy all rows that are shown, as lines of fields between tabs" @click=${this.copy}>
        Copy
      </button>
      <span class="dim total" role="status">
        ${pending > 0 ? `${full(pending)} still to be read` : `${many} sites`}${this.isHeld ? ', order held' : ''}${this.note === '' ? '' : `. ${this.note}`}
      </span>
    </div>`;
  }

  private list(): TemplateResult {
    const { matching, row } = this.page;
    return html`<trapline-table
      .columns=${this.columns}
      .cellStyles=${cellStyles}
      .count=${matching}
      .rowAt=${this.rowAt}
      .selected=${this.selected === undefined ? -1 : row}
      .order=${this.order}
      .version=${this.version}
      .label=${'Callback sites'}
      @pointerenter=${() => {
        this.pointerInside = true;
      }}
      @pointerleave=${() => {
        this.pointerInside = false;
        this.refresh();
      }}
      @sort=${({ detail }: CustomEvent<Order>) => {
        this.order = detail;
        this.changed();
      }}
      @range=${({ detail }: CustomEvent<{ first: number; end: number }>) => {
        if (detail.first === this.first && detail.end === this.end) return;
        this.first = detail.first;
        this.end = detail.end;
        this.refresh();
      }}
      @row-select=${({ detail }: CustomEvent<number>) => {
        this.selectRow(detail);
      }}
      @row-key=${this.rowKey}
      @row-open=${({ detail }: CustomEvent<number>) => {
        const site = this.rowAt(detail);
        if (site) this.connection.send({ kind: 'reveal', address: site.address, preview: true });
      }}
    ></trapline-table>`;
  }
}
