/**
 * The panel "Trap Timeline": the run over virtual time, the traps in view as a table, one trap in full. Holds what is looked at, asks the worker for that and
 * no more, and hands what people want to do with a trap to whoever can do it.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Verdict } from '../../protocol/model.js';
import type { PanelEventMessage, PanelPlace, PanelSession } from '../../protocol/panels.js';
import type {
  TimelineAnswer,
  TimelineRow,
  TimelineRows,
  TrapDetail,
  TrapSought,
} from '../../protocol/views/timeline.js';
import { full } from '../common/format.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { lengthOf, placed, showing, whole, type Bounds, type Stretch } from '../common/stretch.js';
import { base } from '../common/styles.js';
import type { Column, TableElement } from '../common/table.js';
import type { ChartElement, ChartEvents } from './chart-element.js';
import { columnsOf, verdictSign } from './columns.js';
import { trapDetail, type DetailActions } from './detail.js';
import { INTERRUPT, lanesOf, type Lane } from './lanes.js';
import { timeText } from './scale.js';
import { Slices } from './slices.js';
import { styles } from './styles.js';

/** Parts of the overview, and how often it is asked for while the guest runs, ms. Of a window there is one part a pixel, or one for two. */
const OVERVIEW_PARTS = 800;
const OVERVIEW_MS = 500;
/** What is asked for goes so far beyond both edges, in lengths of what is seen. */
const MARGIN = 1;
/** Single traps that are asked for, at most. */
const MOST_MARKS = 4000;
/** No closer than this many instructions. */
const LEAST_INSTRUCTIONS = 16;
/** Rows asked for before the table has said what it shows. */
const FIRST_ROWS = 40;

const VERDICTS: readonly Verdict[] = ['allow', 'emulate', 'inject', 'deny'];

/** How what is looked at moves with the run: all of it, its end, or not at all. */
type Following = 'whole' | 'end' | 'no';

/** What is kept while the panel is hidden. */
interface Kept {
  readonly hidden: readonly string[];
  readonly following: Following;
  readonly stretch: Stretch;
  readonly selected: number | undefined;
  /** Of which session the rest is. */
  readonly session: string | undefined;
}

export class TimelineElement extends PanelElement<Kept> {
  static override readonly styles = [base, panelStyles, ...styles];

  protected override readonly purpose =
    'Start a guest with F5. Its run appears here over virtual time: what its kernel and its user code did, and each trap that the virtual machine monitor handled.';
  protected override readonly bareNote = 'nothing traps.';

  private readonly slices = new Slices();
  private answer: TimelineAnswer | undefined;
  private stretch: Stretch = { start: 0, end: 1 };
  private following: Following = 'whole';
  private hiddenClasses: ReadonlySet<string> = new Set();
  private lanes: readonly Lane[] = [];
  private gone: ReadonlyMap<string, number> = new Map();
  private rows: TimelineRows = { total: 0, first: 0, rows: [] };
  private range = { first: 0, end: FIRST_ROWS };
  private columns: readonly Column<TimelineRow>[] = columnsOf(1);
  private selected: { readonly sequence: number; readonly time: number; readonly cls: string } | undefined;
  private detail: TrapDetail | undefined;
  /** A trap to be looked for with the next question, and then shown. */
  private sought: TrapSought | undefined;
  private kept: Kept | undefined;
  private version = 0;
  private overviewed = -Infinity;

  protected override restore(kept: Kept): void {
    this.hiddenClasses = new Set(kept.hidden);
    this.following = kept.following;
    this.stretch = kept.stretch;
    this.kept = kept;
  }

  protected override reset(): void {
    const { kept, session } = this;
    this.slices.clear();
    this.answer = undefined;
    this.rows = { total: 0, first: 0, rows: [] };
    this.selected = undefined;
    this.detail = undefined;
    // the page was away, and comes back to the same run
    if (kept?.session !== undefined && kept.session === session?.id) {
      if (kept.selected !== undefined && !this.sought) this.sought = { sequence: kept.selected };
    } else this.following = 'whole';
    this.kept = undefined;
    this.version++;
  }

  private keep(): void {
    this.host.keep({
      hidden: [...this.hiddenClasses],
      following: this.following,
      stretch: this.stretch,
      selected: this.selected?.sequence,
      session: this.session?.id,
    } satisfies Kept);
  }

  /** Another panel points at a trap. */
  override show({ trap }: PanelPlace): void {
    if (trap === undefined) return;
    this.seek({ sequence: trap });
  }

  override eventHeard({ event }: PanelEventMessage): void {
    // what the site has come to since
    if (event === 'stopped') this.detail = undefined;
  }

  private get bounds(): Bounds {
    const { instruction } = this;
    const least = instruction * LEAST_INSTRUCTIONS;
    // what happened just now is seen, too
    return { end: Math.max((this.answer?.now ?? 0) + instruction, least), least };
  }

  /** Virtual time of one instruction, ns. */
  private get instruction(): number {
    return this.answer?.nsPerInstruction ?? 1;
  }

  // ---- asking

  protected override async load(): Promise<void> {
    await this.loadTime();
    await this.loadRows();
    const { selected, detail } = this;
    if (selected && detail?.trap.sequence !== selected.sequence) {
      const found = await this.connection.request('trapDetail', { sequence: selected.sequence });
      if (this.selected === selected) this.detail = found ?? undefined;
    }
    this.keep();
  }

  private async loadTime(): Promise<void> {
    const width = Math.max(200, this.chart?.laneWidth ?? 1000);
    const { following, stretch } = this;
    // the end of the run is not known before it was asked for
    const known = this.answer !== undefined;
    // a running guest is kept waiting meanwhile
    const running = this.status?.state === 'running';
    const all = following === 'whole' || !known;
    const length = lengthOf(stretch);
    const end = all ? (this.status?.virtualTime ?? 0) + this.instruction : stretch.end + MARGIN * length;
    const start = all ? 0 : Math.max(0, stretch.start - MARGIN * length);
    const pixels = all ? width : (width * (end - start)) / length;
    const parts = Math.ceil(running ? pixels / 2 : pixels);
    const overview = !all && (!running || performance.now() - this.overviewed > OVERVIEW_MS);
    if (overview) this.overviewed = performance.now();
    this.answer = await this.connection.request('timeline', {
      overview: overview ? OVERVIEW_PARTS : 0,
      window: { start, end: Math.max(end, start + 1), parts, marks: MOST_MARKS },
    });
    const { answer } = this;
    if (!known) this.columns = columnsOf(answer.nsPerInstruction);
    this.slices.take(answer.overview, answer.window, all);
    this.gone = new Map(answer.classes.map(({ cls, since }) => [cls, since]));
    this.lanes = lanesOf(
      answer.classes.map(({ cls }) => cls),
      this.slices.hasSleep,
    );
    this.follow();
    this.version++;
  }

  private follow(): void {
    const { bounds, following, stretch } = this;
    if (following === 'whole') this.stretch = whole(bounds);
    else this.stretch = placed(following === 'end' ? Infinity : stretch.start, lengthOf(stretch), bounds);
  }

  private async loadRows(): Promise<void> {
    const { sought, stretch, range, hiddenClasses: hidden, selected } = this;
    const { total } = this.rows;
    const wasLast = total > 0 && range.end >= total;
    this.sought = undefined;
    const find = sought ?? (selected && { sequence: selected.sequence });
    const rows = await this.connection.request('timelineRows', {
      ...stretch,
      hidden: [...hidden],
      first: range.first,
      count: range.end - range.first,
      ...(find && { find }),
    });
    this.rows = rows;
    if (sought) this.foundSought(sought, rows);
    else this.table?.mark(rows.found?.index ?? -1);
    // a reader at the end of a run that goes on stays there
    const goesOn = this.following !== 'no' && this.following === this.followed && rows.total > total;
    this.followed = this.following;
    if (goesOn && wasLast && !sought) this.atEnd = true;
  }

  /** The table is to show its last row when it is drawn next. */
  private atEnd = false;
  /** What was followed when rows were asked for last. */
  private followed: Following = 'no';

  private foundSought(sought: TrapSought, { found }: TimelineRows): void {
    if (!found) {
      if ('sequence' in sought && (sought.step ?? 0) === 0)
        this.problem = `Trap ${full(sought.sequence)} is no longer kept.`;
      return;
    }
    const { sequence, time, index } = found;
    const cls = this.rows.rows.find((row) => row.sequence === sequence)?.cls ?? '';
    this.selected = { sequence, time, cls };
    const stretch = showing(this.stretch, time, this.bounds);
    if (stretch !== this.stretch) this.moveTo(stretch);
    // its row may have another number then
    if (index < 0 || stretch !== this.stretch) this.seek({ sequence });
    else this.toRow = index;
  }

  /** A row that the table is to show when it is drawn next. */
  private toRow: number | undefined;

  private seek(sought: TrapSought): void {
    this.sought = sought;
    this.refresh();
  }

  // ---- what people do

  private get chart(): ChartElement | null {
    return this.renderRoot.querySelector<ChartElement>('trapline-timeline-chart');
  }

  private get table(): TableElement<TimelineRow> | null {
    return this.renderRoot.querySelector<TableElement<TimelineRow>>('trapline-table');
  }

  private moveTo(stretch: Stretch): void {
    this.stretch = stretch;
    const { end } = this.bounds;
    const isWhole = lengthOf(stretch) >= end;
    this.following = isWhole ? 'whole' : this.following === 'end' && stretch.end >= end ? 'end' : 'no';
    this.refresh();
    this.requestUpdate();
  }

  private toggleFollow(): void {
    if (this.following === 'end') this.following = 'no';
    else {
      this.following = 'end';
      // of a whole run, the last tenth
      if (lengthOf(this.stretch) >= this.bounds.end) this.stretch = placed(Infinity, this.bounds.end / 10, this.bounds);
      this.follow();
    }
    this.refresh();
    this.requestUpdate();
  }

  private readonly commanded = ({ detail }: CustomEvent<ChartEvents['command']>): void => {
    if (detail === 'follow') this.toggleFollow();
    else if (detail === 'code') {
      const { detail: shown } = this;
      if (shown) this.actions.code(shown.trap.pc);
    } else this.step(detail === 'next' ? 1 : -1);
  };

  private step(by: number): void {
    const { selected, stretch } = this;
    if (selected) this.seek({ sequence: selected.sequence, step: by });
    else this.seek({ time: by > 0 ? stretch.start : stretch.end });
  }

  private toggleClass(cls: string): void {
    const hidden = new Set(this.hiddenClasses);
    if (!hidden.delete(cls)) hidden.add(cls);
    this.hiddenClasses = hidden;
    this.refresh();
    this.requestUpdate();
  }

  private select(index: number): void {
    const row = this.rowAt(index);
    if (!row) return;
    this.selected = row;
    this.refresh();
    this.requestUpdate();
  }

  private readonly rowAt = (index: number): TimelineRow | undefined => this.rows.rows.at(index - this.rows.first);

  private readonly actions: DetailActions = {
    code: (address) => {
      this.connection.send({ kind: 'reveal', address, preview: false });
    },
    site: (address) => {
      this.connection.send({ kind: 'open', panel: 'sites', place: { address } });
    },
    blocks: (address) => {
      this.connection.send({ kind: 'open', panel: 'blocks', place: { address } });
    },
    stopHere: (address) => {
      this.connection.send({ kind: 'breakpoint', address, to: 'enabled' });
    },
    pauseOnClass: () => {
      this.connection.send({ kind: 'command', command: 'trapline.pauseOnTraps' });
    },
  };

  // ---- drawing

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { table, chart } = this;
    if (chart && chart.slices !== this.slices) chart.slices = this.slices;
    if (!table) return;
    if (this.toRow !== undefined) {
      const row = this.toRow;
      this.toRow = undefined;
      void table.updateComplete.then(() => {
        table.reveal(row);
      });
    } else if (this.atEnd) {
      void table.updateComplete.then(() => {
        table.scrollTop = table.scrollHeight;
      });
    }
    this.atEnd = false;
  }

  protected override draw(session: PanelSession): TemplateResult {
    const { detail, rows, answer } = this;
    return html`<div class="view">
      ${this.toolbar()} ${this.notes()}
      <trapline-timeline-chart
        .slices=${this.slices}
        .stretch=${this.stretch}
        .bounds=${this.bounds}
        .lanes=${this.lanes}
        .hiddenClasses=${this.hiddenClasses}
        .gone=${this.gone}
        .contextsSince=${answer?.contextsSince ?? 0}
        .selected=${this.selected}
        .version=${this.version}
        @stretch=${({ detail: stretch }: CustomEvent<Stretch>) => {
          this.moveTo(stretch);
        }}
        @pick=${({ detail: { time } }: CustomEvent<ChartEvents['pick']>) => {
          this.seek({ time });
        }}
        @toggle=${({ detail: cls }: CustomEvent<string>) => {
          this.toggleClass(cls);
        }}
        @command=${this.commanded}
      ></trapline-timeline-chart>
      ${
        answer && answer.kept === 0
          ? html`<p class="welcome dim">${session.name} has not trapped yet. Let it run, and its traps appear here.</p>`
          : nothing
      }
      <div class="below ${detail ? 'with-detail' : ''}">
        <trapline-table
          .columns=${this.columns}
          .count=${rows.total}
          .rowAt=${this.rowAt}
          .version=${this.version}
          .label=${'Traps in view'}
          @range=${({ detail: range }: CustomEvent<{ first: number; end: number }>) => {
            if (range.first === this.range.first && range.end === this.range.end) return;
            this.range = range;
            this.refresh();
          }}
          @row-select=${({ detail: index }: CustomEvent<number>) => {
            this.select(index);
          }}
          @row-open=${({ detail: index }: CustomEvent<number>) => {
            const row = this.rowAt(index);
            if (row) this.connection.send({ kind: 'reveal', address: row.pc, preview: true });
          }}
        ></trapline-table>
        ${detail ? trapDetail(detail, this.actions) : nothing}
      </div>
    </div>`;
  }

  private toolbar(): TemplateResult {
    const { stretch, rows, following } = this;
    const button = (label: string, title: string, act: () => void, pressed?: boolean) =>
      html`<button
        class="tool"
        title=${title}
        aria-label="${label}: ${title}"
        aria-pressed=${pressed ?? nothing}
        @click=${act}
      >
        ${label}
      </button>`;
    return html`<div class="bar" role="toolbar" aria-label="Timeline">
      ${button('+', 'Zoom in (+)', () => this.chart?.zoom(0.5))}
      ${button('−', 'Zoom out (-)', () => this.chart?.zoom(2))}
      ${button('Whole Run', 'Show the whole run (0)', () => {
        this.moveTo(whole(this.bounds));
      })}
      ${button(
        'Follow',
        'Keep the end of the run in view (f)',
        () => {
          this.toggleFollow();
        },
        following === 'end',
      )}
      ${button('‹', 'Previous trap (,)', () => {
        this.step(-1);
      })}
      ${button('›', 'Next trap (.)', () => {
        this.step(1);
      })}
      <span class="what" role="status">
        ${timeText(stretch.start, lengthOf(stretch) / 100)} – ${timeText(stretch.end, lengthOf(stretch) / 100)}:
        ${full(rows.total)} ${rows.total === 1 ? 'trap' : 'traps'}
      </span>
      <span class="legend dim" aria-hidden="true">
        ${VERDICTS.map((verdict) => html`<span>${verdictSign(verdict)}</span>`)}
      </span>
      ${button('Export…', 'Write the traps in view to a file: JSON, CSV or Chrome trace', () => {
        this.connection.send({ kind: 'exportTraps', ...stretch, hidden: [...this.hiddenClasses] });
      })}
    </div>`;
  }

  /** What is not there, and why. */
  private notes(): TemplateResult | typeof nothing {
    const { answer } = this;
    if (!answer) return nothing;
    const { kept, capacity, bytes, classes } = answer;
    const unrecorded = classes.reduce((sum, { unrecorded: more }) => sum + more, 0);
    const room = `${full(kept)} of at most ${full(capacity)} records are kept, in ${(bytes / 1e6).toFixed(0)} MB.`;
    return html`<div class="notes dim">
      <span>${room}</span>
      ${
        unrecorded > 0
          ? html`<span
              >${full(unrecorded)} more were counted, not recorded: the engine deals with them at this level.
              <button
                class="link"
                @click=${() => {
                  this.connection.send({ kind: 'command', command: 'trapline.setLevel' });
                }}
              >
                Set Level…
              </button></span
            >`
          : nothing
      }
      ${
        classes.some(({ since, cls }) => since > 0 && cls !== INTERRUPT)
          ? html`<span>Hatched: older records are no longer kept.</span>`
          : nothing
      }
    </div>`;
  }
}
