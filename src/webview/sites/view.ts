/** The panel "Callback Sites": the instructions that the VMM replaced, as a table that the worker sorts and narrows. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { SiteColumn, SiteInfo, SitePage, SiteQuery } from '../../protocol/views/sites.js';
import type { PanelSession } from '../../protocol/panels.js';
import { trapClassLabel } from '../../protocol/trap-classes.js';
import { full, hex } from '../common/format.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import type { Column, Order } from '../common/table.js';

/** Typing settles before the worker is asked. */
const FILTER_DELAY_MS = 120;

/** What is kept while the panel is hidden. */
interface Kept {
  readonly order: Order;
  readonly text: string;
}

const KINDS: Readonly<Record<SiteInfo['kind'], string>> = {
  trap: 'traps',
  counted: 'runs natively, and is counted',
  inlined: 'arbitrated inline',
};

const count = (value: number) => (value === 0 ? nothing : full(value));

const COLUMNS: readonly Column<SiteInfo>[] = [
  { id: 'address', title: 'Address', width: '11ch', mono: true, sortable: true, draw: ({ address }) => hex(address) },
  { id: 'symbol', title: 'Symbol', width: 'minmax(12ch, 1fr)', sortable: true, draw: ({ symbol }) => symbol ?? '' },
  { id: 'text', title: 'Original', width: 'minmax(24ch, 1.5fr)', mono: true, sortable: true, draw: ({ text }) => text },
  { id: 'original', title: 'Word', width: '9ch', mono: true, draw: ({ original }) => original },
  {
    id: 'planted',
    title: 'Planted',
    tooltip: 'The word that instruction fetch sees in its place',
    width: '9ch',
    mono: true,
    draw: ({ planted, kind }) =>
      kind === 'trap' ? planted : html`<span class="dim" title=${KINDS[kind]}>${kind}</span>`,
  },
  { id: 'cls', title: 'Class', width: '18ch', sortable: true, draw: ({ cls }) => trapClassLabel(cls) },
  { id: 'hits', title: 'Hits', width: '10ch', numeric: true, sortable: true, draw: ({ hits }) => count(hits) },
  ...(['allow', 'emulate', 'inject', 'deny'] as const).map((verdict) => ({
    id: verdict,
    title: { allow: 'Allowed', emulate: 'Emulated', inject: 'Injected', deny: 'Denied' }[verdict],
    width: '10ch',
    numeric: true,
    sortable: true,
    draw: ({ verdicts }: SiteInfo) => count(verdicts[verdict]),
  })),
  {
    id: 'lastTrap',
    title: 'Last trap',
    tooltip: 'Number of its latest record',
    width: '10ch',
    numeric: true,
    sortable: true,
    draw: ({ lastTrap }) => count(lastTrap),
  },
];

export class SitesElement extends PanelElement<Kept> {
  static override readonly styles = [
    base,
    panelStyles,
    css`
      .view {
        display: flex;
        flex-direction: column;
        height: 100%;
      }
      .bar {
        display: flex;
        gap: 10px;
        align-items: center;
        padding: 6px 10px;
      }
      .bar .total {
        white-space: nowrap;
      }
      trapline-table {
        flex: 1;
      }
    `,
  ];

  protected override readonly purpose =
    'Start a guest with F5. Each instruction that the virtual machine monitor replaces appears here, with what it came to.';
  protected override readonly bareNote = 'nothing of it is replaced.';

  private order: Order = { column: 'hits', descending: true };
  private text = '';
  private page: SitePage = { rows: [], matching: 0, total: 0 };
  /** Index of the page's first row. */
  private first = 0;
  private end = 50;
  private version = 0;
  private filterTimer: ReturnType<typeof setTimeout> | undefined;

  protected override restore({ order, text }: Kept): void {
    this.order = order;
    this.text = text;
  }

  protected override reset(): void {
    this.page = { rows: [], matching: 0, total: 0 };
    this.first = 0;
  }

  protected override async load(): Promise<void> {
    const { first } = this;
    const query: SiteQuery = {
      // headings are those of sortable columns only
      order: this.order.column as SiteColumn,
      descending: this.order.descending,
      text: this.text,
      first,
      count: this.end - first,
    };
    this.page = await this.connection.request('sites', query);
    this.version++;
  }

  private changed(): void {
    this.host.keep({ order: this.order, text: this.text } satisfies Kept);
    this.refresh();
  }

  private readonly rowAt = (index: number): SiteInfo | undefined => this.page.rows.at(index - this.first);

  private readonly typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    clearTimeout(this.filterTimer);
    this.filterTimer = setTimeout(() => {
      this.changed();
    }, FILTER_DELAY_MS);
  };

  protected override draw(session: PanelSession): TemplateResult {
    const { matching, total } = this.page;
    return html`<div class="view">
      <div class="bar">
        <input
          type="text"
          spellcheck="false"
          placeholder="Filter: address, symbol, instruction, word, class"
          aria-label="Filter callback sites"
          .value=${this.text}
          @input=${this.typed}
        />
        <span class="dim total" role="status">
          ${matching === total ? full(total) : `${full(matching)} of ${full(total)}`} sites
        </span>
      </div>
      ${total === 0 ? html`<p class="welcome dim">${session.name} has not run any code yet.</p>` : nothing}
      <trapline-table
        .columns=${COLUMNS}
        .count=${matching}
        .rowAt=${this.rowAt}
        .order=${this.order}
        .version=${this.version}
        .label=${'Callback sites'}
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
        @row-open=${({ detail }: CustomEvent<number>) => {
          const site = this.rowAt(detail);
          if (site) this.connection.send({ kind: 'reveal', address: site.address, preview: true });
        }}
      ></trapline-table>
    </div>`;
  }
}
