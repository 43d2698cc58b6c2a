/**
 * The Traps view: classes with counts and rates on top, records newest first below, a filter over both. Draws the model, turns keys and clicks into
 * messages; keyboard alone is enough for all of it.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import { TRAP_PAGE } from '../../protocol/api.js';
import type { TrapClassRate, TrapFilter, TrapPage } from '../../protocol/model.js';
import type {
  FromPanel,
  FromTrapsView,
  PanelEventMessage,
  PanelSession,
  ToPanel,
  ToTrapsView,
} from '../../protocol/panels.js';
import { trapLine } from '../../protocol/trap-filter.js';
import { full, short } from '../common/format.js';
import type { Host } from '../common/host.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import { scrollToRow, visibleRows } from '../common/window.js';
import { gapSize, TrapsModel, type Row } from './model.js';
import { classOrder, classRow, gapRow, ROW_HEIGHT, trapRow, unrecordedRow } from './rows.js';
import { styles } from './styles.js';

/** Typing settles before the worker is asked. */
const FILTER_DELAY_MS = 120;
/** More of the list is asked for when the end comes this near, in rows. */
const NEAR_END = 20;

/** What a row is known by while others come and go around it. */
function keyOf(row: Row): string {
  return row.kind === 'trap' ? `trap-${row.trap.sequence}` : `gap-${row.after}`;
}

/** Messages of this view alone. */
type Told = Exclude<ToTrapsView, ToPanel>;
type Telling = Exclude<FromTrapsView, FromPanel>;

export class TrapsElement extends PanelElement<TrapFilter, Telling, Told> {
  static override readonly styles = [base, panelStyles, styles];

  protected override readonly purpose =
    'Start a guest with F5. Each time the virtual machine monitor takes over from it, a line appears here.';
  protected override readonly bareNote = 'it owns the board, and nothing traps.';

  private readonly model = new TrapsModel();
  private pauseOn: readonly string[] = [];
  /** Key of the selected row, see {@link keyOf}. */
  private selected: string | undefined;
  private listTop = 0;
  private pointerInside = false;
  private listHeight = 0;
  /** What was asked for and is not there yet. */
  private readonly pending = new Set<Row | 'start' | 'older'>();
  private filterTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly observer = new ResizeObserver(() => {
    this.measure();
  });

  override start(host: Host<FromTrapsView, ToTrapsView>): void {
    host.listen((message) => {
      if (message.kind === 'pauseOn') this.pauseOn = message.classes;
      else if (message.kind === 'filter') this.setFilter({ text: message.text });
      else if (message.kind === 'focusFilter') this.renderRoot.querySelector<HTMLInputElement>('#filter')?.select();
      else return;
      this.requestUpdate();
    });
    super.start(host);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  protected override restore(kept: TrapFilter): void {
    this.model.setFilter(kept);
  }

  protected override reset(): void {
    this.model.reset();
    if (this.session) this.ask('start');
  }

  /** Traps are pushed; what else is shown comes with the status. */
  protected override load(): Promise<void> {
    return Promise.resolve();
  }

  override eventHeard(message: PanelEventMessage): void {
    if (message.event !== 'traps') return;
    this.model.live(message.body, this.holding);
    this.requestUpdate();
  }

  private ask(what: 'start' | 'older' | (Row & { kind: 'gap' })): void {
    const before = what === 'start' ? undefined : what === 'older' ? this.model.older?.before : what.before;
    // an answer to an older question about the same rows is of no use any more
    if (what === 'start') this.pending.clear();
    this.pending.add(what);
    const { filter } = this.model;
    const asked = this.connection.request('traps', {
      maximum: TRAP_PAGE,
      filter,
      ...(before !== undefined && { before }),
    });
    asked
      .then((page) => {
        if (this.pending.has(what) && filter === this.model.filter) this.take(what, page);
      })
      .catch((error: unknown) => {
        this.fail(error);
      })
      .finally(() => {
        this.pending.delete(what);
      });
  }

  private take(what: 'start' | 'older' | (Row & { kind: 'gap' }), page: TrapPage): void {
    const { model } = this;
    if (what === 'start') model.start(page);
    else if (what === 'older') model.append(page);
    else {
      const [first] = page.records;
      if (this.selected === keyOf(what) && first) this.selected = keyOf({ kind: 'trap', trap: first });
      model.fill(what, page);
    }
    this.requestUpdate();
  }

  private setFilter(filter: TrapFilter): void {
    this.model.setFilter(filter);
    this.host.keep(filter);
    this.selected = undefined;
    this.scrollListTo(0);
    this.ask('start');
    this.requestUpdate();
  }

  private readonly filterTyped = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value;
    clearTimeout(this.filterTimer);
    this.filterTimer = setTimeout(() => {
      this.setFilter({ ...this.model.filter, text });
    }, FILTER_DELAY_MS);
  };

  private readonly filterKey = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement;
    if (event.key === 'Escape' && input.value !== '') {
      input.value = '';
      this.setFilter({ ...this.model.filter, text: '' });
    } else if (event.key === 'ArrowDown') {
      this.list?.focus();
      if (this.selected === undefined) this.move(0);
    } else return;
    event.preventDefault();
  };

  private toggleClass(cls: string): void {
    const { cls: now, ...rest } = this.model.filter;
    this.setFilter(now === cls ? rest : { ...rest, cls });
  }

  private togglePause(cls: string): void {
    const on = this.pauseOn.includes(cls);
    this.pauseOn = on ? this.pauseOn.filter((other) => other !== cls) : [...this.pauseOn, cls];
    this.host.send({ kind: 'pauseOn', classes: this.pauseOn });
    this.requestUpdate();
  }

  // The list

  private get list(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.list');
  }

  /** Rows stay where they are while somebody points at one, has selected one, or reads older ones. */
  private get holding(): boolean {
    const focused = this.selected !== undefined && this.list !== null && this.list === this.shadowRoot?.activeElement;
    return this.listTop > 0 || this.pointerInside || focused;
  }

  /** Lets in what was held back, if nothing holds it any more. */
  private readonly letGo = (): void => {
    if (this.holding) return;
    this.model.release();
    this.requestUpdate();
  };

  private measure(): void {
    const height = this.list?.clientHeight ?? 0;
    if (height === this.listHeight) return;
    this.listHeight = height;
    this.requestUpdate();
  }

  private readonly scrolled = (event: Event): void => {
    this.listTop = (event.target as HTMLElement).scrollTop;
    if (!this.holding) this.model.release();
    const end = (this.listTop + this.listHeight) / ROW_HEIGHT;
    if (this.model.older && end > this.model.rows.length - NEAR_END && !this.pending.has('older')) {
      this.ask('older');
    }
    this.requestUpdate();
  };

  private scrollListTo(top: number): void {
    this.listTop = top;
    if (this.list) this.list.scrollTop = top;
  }

  private readonly showNewest = (): void => {
    this.selected = undefined;
    this.model.release();
    this.scrollListTo(0);
    this.requestUpdate();
  };

  private get selectedRow(): number {
    return this.model.rows.findIndex((row) => keyOf(row) === this.selected);
  }

  /** Selects a row, and scrolls to it. */
  private move(row: number): void {
    const { rows } = this.model;
    const at = Math.min(Math.max(0, row), rows.length - 1);
    const target = rows[at];
    if (!target) return;
    this.selected = keyOf(target);
    this.scrollListTo(scrollToRow(at, this.listTop, this.listHeight, ROW_HEIGHT));
    this.requestUpdate();
  }

  private openRow(row: Row, preview = true): void {
    this.selected = keyOf(row);
    if (row.kind === 'trap') this.connection.send({ kind: 'reveal', address: row.trap.pc, preview });
    else if (!this.pending.has(row)) this.ask(row);
    this.requestUpdate();
  }

  private locate(row: Row): void {
    if (row.kind !== 'trap') return;
    this.connection.send({ kind: 'open', panel: 'timeline', place: { trap: row.trap.sequence } });
  }

  private readonly listKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.listHeight / ROW_HEIGHT) - 1);
    const at = this.selectedRow;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: Infinity,
    };
    const row = this.model.rows[at];
    if (event.key === 'Home') this.showNewest();
    if (event.key in moves) this.move(moves[event.key]);
    else if ((event.key === 'Enter' || event.key === ' ') && row) this.openRow(row, event.key === ' ');
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && row?.kind === 'trap') {
      this.connection.send({ kind: 'copy', text: trapLine(row.trap) });
    } else if (event.key === 't' && row?.kind === 'trap') this.locate(row);
    else if (event.key === '/') this.renderRoot.querySelector<HTMLInputElement>('#filter')?.select();
    else return;
    event.preventDefault();
  };

  private readonly classKey = (event: KeyboardEvent): void => {
    const target = event.currentTarget as HTMLElement;
    const { cls } = target.dataset;
    if (cls === undefined) return;
    const row = target.parentElement;
    const focus = (other: Element | null | undefined): void => other?.querySelector<HTMLElement>('.choose')?.focus();
    if (event.key === 'p') this.togglePause(cls);
    else if (event.key === 'ArrowDown') focus(row?.nextElementSibling);
    else if (event.key === 'ArrowUp') focus(row?.previousElementSibling);
    else return;
    event.preventDefault();
  };

  // Drawing

  override firstUpdated(): void {
    this.listTop = 0;
  }

  override updated(): void {
    const { list } = this;
    if (!list) return;
    this.observer.observe(list);
    this.measure();
  }

  protected override draw(session: PanelSession): TemplateResult {
    const { model } = this;
    return html`<div class="view">
      <div class="bar">
        <input
          id="filter"
          type="text"
          spellcheck="false"
          placeholder="Filter: mrs svc 0x4000…"
          aria-label="Filter traps"
          .value=${model.filter.text ?? ''}
          @input=${this.filterTyped}
          @keydown=${this.filterKey}
        />
        <span class="dim total" title="${full(model.total)} traps, ${session.name} ${session.status.state}">
          ${short(model.total)}
        </span>
      </div>
      ${this.drawClasses()} ${this.note()} ${this.drawTraps()}
    </div>`;
  }

  private drawClasses(): TemplateResult {
    const { classes, filter } = this.model;
    const shown: TrapClassRate[] = [...classes];
    const extra = [...this.pauseOn, ...(filter.cls === undefined ? [] : [filter.cls])];
    for (const cls of extra)
      if (!shown.some((other) => other.cls === cls)) shown.push({ cls, count: 0, rate: 0, dropped: 0, unrecorded: 0 });
    shown.sort((a, b) => classOrder(a.cls) - classOrder(b.cls));
    const most = Math.max(1, ...shown.map(({ count }) => count));
    return html`<div class="classes" role="list" aria-label="Classes of traps">
      ${shown.map((entry) =>
        classRow(entry, {
          selected: filter.cls === entry.cls,
          pausing: this.pauseOn.includes(entry.cls),
          share: entry.count / most,
          toggle: () => {
            this.toggleClass(entry.cls);
          },
          togglePause: () => {
            this.togglePause(entry.cls);
          },
          key: this.classKey,
        }),
      )}
    </div>`;
  }

  private drawTraps(): TemplateResult {
    const { rows, waiting } = this.model;
    const { first, end } = visibleRows(this.listTop, this.listHeight, ROW_HEIGHT, rows.length);
    return html`<div class="around">
      ${waiting > 0 ? html`<button class="held" @click=${this.showNewest}>${full(waiting)} newer</button>` : nothing}
      <div
        class="list"
        role="listbox"
        tabindex="0"
        aria-label="Traps, newest first"
        aria-activedescendant=${this.selected ?? nothing}
        @scroll=${this.scrolled}
        @keydown=${this.listKey}
        @blur=${this.letGo}
        @pointerenter=${() => {
          this.pointerInside = true;
        }}
        @pointerleave=${() => {
          this.pointerInside = false;
          this.letGo();
        }}
      >
        ${rows.length === 0 ? html`<div class="welcome dim">${this.whyEmpty()}</div>` : nothing}
        <div class="spacer" style=${styleMap({ height: `${rows.length * ROW_HEIGHT}px` })}>
          ${rows.slice(first, end).map((row, i) => this.row(row, first + i, rows.length))}
        </div>
        ${this.end()}
      </div>
    </div>`;
  }

  /** Why there are more traps than records. */
  private note(): TemplateResult | typeof nothing {
    const { unrecorded } = this.model;
    if (unrecorded === 0) return nothing;
    const setLevel = (): void => {
      this.connection.send({ kind: 'command', command: 'trapline.setLevel' });
    };
    return unrecordedRow(unrecorded, this.status?.state === 'ended' ? undefined : setLevel);
  }

  /** Below the oldest row: what is gone. */
  private end(): TemplateResult | typeof nothing {
    const { older, rows, dropped } = this.model;
    if (older || rows.length === 0 || dropped === 0) return nothing;
    return html`<div class="end dim">${full(dropped)} more are no longer kept</div>`;
  }

  private whyEmpty(): string {
    const { filter, classes, total } = this.model;
    const text = filter.text ?? '';
    const counted = classes.find(({ cls }) => cls === filter.cls)?.count ?? 0;
    if (text === '' && counted > 0) return 'Traps of this class are counted, but no records of them are kept.';
    if (text !== '' || filter.cls !== undefined) return 'No trap matches the filter.';
    return total > 0 ? '' : 'No traps yet.';
  }

  private row(row: Row, index: number, count: number): TemplateResult {
    const place = {
      index,
      count,
      key: keyOf(row),
      selected: keyOf(row) === this.selected,
      open: () => {
        this.list?.focus({ preventScroll: true });
        this.openRow(row);
      },
      locate: () => {
        this.locate(row);
      },
    };
    return row.kind === 'gap' ? gapRow(gapSize(row), place) : trapRow(row.trap, place);
  }
}
