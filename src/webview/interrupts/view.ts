/** The panel "Interrupts": lines, what the processor is told, what happened when; and a hand on a line. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import {
  INTERRUPT_EVENTS,
  type InterruptLineInfo,
  type InterruptsInfo,
  type ProcessorInputs,
} from '../../protocol/views/interrupts.js';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import type { RegisterInfo } from '../../protocol/views/registers.js';
import { full } from '../common/format.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import type { Column, Order, TableElement } from '../common/table.js';
import { EVENT_SIGNS, eventColumns, lineColumns } from './columns.js';
import {
  arrange,
  deedName,
  deedsFor,
  deedWords,
  EventLog,
  eventWords,
  lineName,
  lineState,
  type Deed,
  type InterruptEvent,
} from './model.js';
import { interruptsStyles } from './styles.js';
import { FIRST_SPAN } from './timeline.js';

/** Events that one question brings. */
const EVENT_PAGE = 4096;

interface Kept {
  readonly order: Order;
  readonly text: string;
  readonly all: boolean;
  readonly span: number;
}

const INPUTS: Readonly<Record<ProcessorInputs['name'], string>> = {
  processor: 'Processor',
  virtual: 'Virtual',
  physical: 'Physical',
};

export class InterruptsElement extends PanelElement<Kept> {
  static override readonly styles = [base, panelStyles, interruptsStyles];

  protected override readonly purpose =
    'Start a guest with F5. The lines of its interrupt controller appear here as they are, with who is interrupted when, and how long that takes.';

  private order: Order = { column: 'line', descending: false };
  private text = '';
  private all = false;
  private span = FIRST_SPAN;
  private info: InterruptsInfo | undefined;
  private readonly log = new EventLog();
  private shown: readonly InterruptLineInfo[] = [];
  private names = new Map<number, string>();
  private version = 0;
  /** The line that is selected, by its number. */
  private selected: number | undefined;
  /** What is about to be done to it, once it is confirmed. */
  private deed: Deed | undefined;
  private columns: readonly Column<InterruptLineInfo>[] = [];
  private eventColumns: readonly Column<InterruptEvent>[] = [];
  private acknowledges: boolean | undefined;

  protected override restore({ order, text, all, span }: Kept): void {
    this.order = order;
    this.text = text;
    this.all = all;
    this.span = span;
  }

  protected override reset(): void {
    this.info = undefined;
    this.log.clear();
    this.shown = [];
    this.selected = undefined;
    this.deed = undefined;
  }

  protected override async load(): Promise<void> {
    const info = await this.connection.request('interrupts', {
      all: this.all,
      after: this.log.known,
      maximum: EVENT_PAGE,
    });
    this.info = info;
    this.log.add(info.events, info.since);
    for (const line of info.lines) this.names.set(line.line, lineName(line));
    if (info.acknowledges !== this.acknowledges) {
      this.acknowledges = info.acknowledges;
      this.columns = lineColumns(info.acknowledges);
      this.eventColumns = eventColumns(info.acknowledges, (line) => this.names.get(line) ?? String(line));
    }
    this.arrange();
  }

  override show({ interrupt }: PanelPlace): void {
    if (interrupt === undefined) return;
    this.selected = interrupt;
    this.text = '';
    this.all = true;
    this.changed();
  }

  private arrange(): void {
    this.shown = this.info ? arrange(this.info.lines, this.text, this.order) : [];
    this.version++;
  }

  private changed(): void {
    this.host.keep({ order: this.order, text: this.text, all: this.all, span: this.span } satisfies Kept);
    this.arrange();
    this.refresh();
    this.requestUpdate();
  }

  private get line(): InterruptLineInfo | undefined {
    return this.info?.lines.find(({ line }) => line === this.selected);
  }

  private readonly lineAt = (index: number): InterruptLineInfo | undefined => this.shown.at(index);

  /** The latest comes first. */
  private readonly eventAt = (index: number): InterruptEvent | undefined =>
    this.log.all.at(this.log.all.length - 1 - index);

  private async carryOut(deed: Deed, { line }: InterruptLineInfo): Promise<void> {
    this.deed = undefined;
    try {
      await this.connection.request('driveInterrupt', { line, to: deed });
    } catch (error) {
      this.fail(error);
    }
    this.refresh();
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.deeds button')?.focus();
  }

  private ask(deed: Deed): void {
    this.deed = deed;
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.confirm button')?.focus());
  }

  private withdraw(): void {
    this.deed = undefined;
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.deeds button')?.focus());
  }

  protected override draw(session: PanelSession): TemplateResult {
    const { info } = this;
    if (!info) return html`<p class="welcome dim" role="status">Asking ${session.name}…</p>`;
    return html`<div class="view">
      ${this.bar(info)}
      <div class="columns">
        <div class="main">
          <trapline-table
            class="lines"
            .columns=${this.columns}
            .count=${this.shown.length}
            .rowAt=${this.lineAt}
            .order=${this.order}
            .version=${this.version}
            .label=${'Interrupt lines'}
            @sort=${({ detail }: CustomEvent<Order>) => {
              this.order = detail;
              this.changed();
            }}
            @row-select=${({ detail }: CustomEvent<number>) => {
              this.selected = this.shown.at(detail)?.line;
              this.deed = undefined;
              this.requestUpdate();
            }}
            @row-open=${() => {
              const { line } = this;
              if (line) this.ask(deedsFor(line)[0]);
            }}
          ></trapline-table>
          ${this.shown.length === 0 ? this.noLines(info) : nothing} ${this.hand(info)} ${this.history(info)}
        </div>
        <div class="side">${this.inputs(info)} ${this.registers(info)}</div>
      </div>
    </div>`;
  }

  private bar({ part, total, enabled, pending, active, acknowledges }: InterruptsInfo): TemplateResult {
    const counts = [`${full(enabled)} of ${full(total)} lines enabled`, `${pending} pending`];
    if (acknowledges) counts.push(`${active} active`);
    return html`<div class="bar">
      <input
        type="text"
        spellcheck="false"
        placeholder="Filter: number, name, state"
        aria-label="Filter interrupt lines"
        .value=${this.text}
        @input=${(event: Event) => {
          this.text = (event.target as HTMLInputElement).value;
          this.changed();
        }}
      />
      <label class="check">
        <input
          type="checkbox"
          .checked=${this.all}
          @change=${(event: Event) => {
            this.all = (event.target as HTMLInputElement).checked;
            this.changed();
          }}
        />
        All lines
      </label>
      <span class="dim total">${part}: ${counts.join(', ')}</span>
    </div>`;
  }

  private noLines({ total }: InterruptsInfo): TemplateResult {
    return html`<p class="welcome dim">
      ${
        this.text === ''
          ? `None of the ${full(total)} lines was used yet. A line appears here once it is enabled, or something raises it.`
          : 'No line matches.'
      }
      ${
        this.all
          ? nothing
          : html`<button
              class="link"
              @click=${() => {
                this.all = true;
                this.changed();
              }}
            >
              Show all lines
            </button>`
      }
    </p>`;
  }

  /** The selected line, and what can be done to it. */
  private hand({ now }: InterruptsInfo): TemplateResult {
    const { line, deed } = this;
    if (!line) {
      return html`<div class="hand dim">Select a line to raise it by hand.</div>`;
    }
    const ended = this.status?.state === 'ended';
    if (deed !== undefined) {
      return html`<div
        class="hand confirm"
        role="alertdialog"
        aria-label="${deedName(deed, line)} line ${line.line}"
        aria-describedby="deed"
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Escape') this.withdraw();
        }}
      >
        <span id="deed">${deedWords(deed, line, now)}</span>
        <span class="buttons">
          <button
            class="action"
            @click=${() => {
              void this.carryOut(deed, line);
            }}
          >
            ${deedName(deed, line)}
          </button>
          <button
            class="action secondary"
            @click=${() => {
              this.withdraw();
            }}
          >
            Cancel
          </button>
        </span>
      </div>`;
    }
    return html`<div class="hand deeds">
      <span
        ><strong>${lineName(line)}</strong>:
        ${lineState(line)}${line.node === undefined ? nothing : html` <span class="dim mono">${line.node}</span>`}</span
      >
      <span class="buttons">
        ${deedsFor(line).map(
          (possible) =>
            html`<button
              class="action secondary"
              ?disabled=${ended}
              @click=${() => {
                this.ask(possible);
              }}
            >
              ${deedName(possible, line)}…
            </button>`,
        )}
      </span>
    </div>`;
  }

  private history({ since, now, acknowledges }: InterruptsInfo): TemplateResult {
    const events = this.log.all;
    const last = events.at(-1);
    const summary =
      last === undefined
        ? 'Timeline of interrupts: nothing happened since this panel looks'
        : `Timeline of interrupts: ${full(events.length)} events; the latest is ${eventWords(last.kind, acknowledges)} at instruction ${full(last.at)}. The table below lists them.`;
    return html`<section class="history" aria-label="What happened">
      <div class="legend">
        <strong>Timeline</strong>
        ${INTERRUPT_EVENTS.map((kind) => {
          const [sign, colour] = EVENT_SIGNS[kind];
          const style = styleMap({ color: `var(--vscode-charts-${colour})` });
          return html`<span
            ><span style=${style} aria-hidden="true">${sign}</span> ${eventWords(kind, acknowledges)}</span
          >`;
        })}
        <span class="dim">recorded since instruction ${full(since)}, while this panel is seen</span>
      </div>
      <trapline-interrupt-lanes
        .events=${events}
        .now=${now}
        .names=${this.names}
        .span=${this.span}
        .summary=${summary}
        .version=${this.version}
        @span=${({ detail }: CustomEvent<number>) => {
          this.span = detail;
          this.host.keep({ order: this.order, text: this.text, all: this.all, span: detail } satisfies Kept);
        }}
      ></trapline-interrupt-lanes>
      ${
        events.length === 0
          ? html`<p class="dim none">Nothing was raised since. Events appear here as the guest runs.</p>`
          : html`<trapline-table
              class="events"
              .columns=${this.eventColumns}
              .count=${events.length}
              .rowAt=${this.eventAt}
              .version=${this.version}
              .label=${'Interrupt events, the latest first'}
              @row-open=${({ detail }: CustomEvent<number>) => {
                const event = this.eventAt(detail);
                if (event) this.renderRoot.querySelector('trapline-interrupt-lanes')?.goTo(event.at);
              }}
            ></trapline-table>`
      }
    </section>`;
  }

  private inputs({ processors, monitor }: InterruptsInfo): TemplateResult {
    const word = (high: boolean, masked: boolean) => `${high ? '▲ high' : 'low'}${masked ? ', masked' : ''}`;
    return html`<section aria-label="Processor inputs">
      <h2>${processors.length > 1 ? 'Virtual beside physical' : 'Processor inputs'}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col"><span class="dim">input</span></th>
            ${processors.map(({ name }) => html`<th scope="col">${INPUTS[name]}</th>`)}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">IRQ</th>
            ${processors.map(({ irq, irqMasked }) => html`<td>${word(irq, irqMasked)}</td>`)}
          </tr>
          <tr>
            <th scope="row">FIQ</th>
            ${processors.map(({ fiq, fiqMasked }) => html`<td>${word(fiq, fiqMasked)}</td>`)}
          </tr>
        </tbody>
      </table>
      ${
        monitor === undefined
          ? nothing
          : html`<p class="dim">
              The physical processor took ${full(monitor.taken)} interrupts; the monitor injected
              ${full(monitor.injected)}.
            </p>`
      }
    </section>`;
  }

  private registers({ part, registers, acknowledges }: InterruptsInfo): TemplateResult {
    return html`<section aria-label="Interface to the processor">
      <h2>${acknowledges ? `CPU interface of the ${part}` : `Registers of the ${part}`}</h2>
      ${registers.map((register) => this.register(register))}
    </section>`;
  }

  private register({ name, title, value = '', fields }: RegisterInfo): TemplateResult {
    return html`<details>
      <summary title=${title}>
        <span class="mono name">${name}</span> <span class="mono">${value}</span>
        <span class="dim">${brief(fields)}</span>
      </summary>
      <dl>
        ${fields.map(
          (field) =>
            html`<dt class="mono" title="bits ${field.at}">${field.name}</dt>
              <dd>
                ${field.value}${field.meaning === undefined ? nothing : ` (${field.meaning})`}
                <span class="dim">${field.title}</span>
              </dd>`,
        )}
      </dl>
    </details>`;
  }
}

/** What a closed register says: the meaning of its only field. */
function brief(fields: RegisterInfo['fields']): string {
  const [only, ...others] = fields;
  return only === undefined || others.length > 1 ? '' : (only.meaning ?? '');
}

declare global {
  interface HTMLElementTagNameMap {
    'trapline-interrupt-lanes': import('./timeline.js').TimelineElement;
    'trapline-table': TableElement;
  }
}
