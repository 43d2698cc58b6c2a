/**
 * The panel "Blocks": scanned code as a graph around the PC or a place that was searched for, one block of it in words, and a strip of memory by what it is
 * to the VMM. Asks for the graph when it may have changed, and for counts while the guest runs.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { StatusInfo } from '../../protocol/model.js';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import { type BlockGraph, type BlockNode, type BlocksAnswer, type BlocksQuery } from '../../protocol/views/blocks.js';
import { choose, controlStyles } from '../common/controls.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import type { Order } from '../common/table.js';
import { AnalysedMemory } from './analysed.js';
import type { GraphElement } from './graph.js';
import { blockColumns, sortBlocks } from './list.js';
import { drawGraphLegend, drawMemoryLegend } from './legend.js';
import { drawPane, paneStyles } from './pane.js';
import type { SearchField } from './search-field.js';
import type { SearchSources } from './search.js';
import type { PickedMemory } from './strip.js';
import { styles } from './styles.js';
import { countedWords, pcWords, sizeWords, whyNone } from './words.js';

/** While the guest runs, the graph follows the PC, and the strip what is analysed, at most this often, ms. */
const FOLLOW_INTERVAL_MS = 1000;

type Scope = BlocksQuery['scope'];

/** What is kept while the panel is hidden. */
interface Kept {
  readonly address?: number;
  readonly scope: Scope;
  readonly most: number;
  readonly counting: boolean;
  readonly listed: boolean;
  readonly order: Order;
}

const SCOPES = [
  { value: 'function', label: 'This function' },
  { value: 'calls', label: 'With calls' },
];
const SIZES = [50, 150, 300].map((size) => ({ value: String(size), label: `${size} blocks` }));

export class BlocksElement extends PanelElement<Kept> {
  static override readonly styles = [base, panelStyles, controlStyles, styles, paneStyles];

  protected override readonly purpose =
    'Start a guest with F5. The blocks of code that the virtual machine monitor scans before they run appear here as a graph, around where the guest is.';
  protected override readonly bareNote = 'nobody scans its code, and there are no blocks.';

  /** What to look at; undefined: the PC. */
  private address: number | undefined;
  private scope: Scope = 'function';
  private most = 150;
  private counting = false;
  /** A table in place of the picture. */
  private listed = false;
  private order: Order = { column: 'address', descending: false };

  private answer: BlocksAnswer | undefined;
  private graph: BlockGraph | undefined;
  private version = 0;
  private selected: number | undefined;
  /** An address whose block is to be selected when it is there. */
  private selectAt: number | undefined;
  private lastFollow = 0;

  private readonly memory = new AnalysedMemory((query) => this.connection.request('analysisMap', query));
  private lastMemory = 0;

  private readonly sources: SearchSources = {
    symbols: (filter, maximum) => this.connection.request('symbols', { filter, maximum }),
    findCode: (text, from, most) => this.connection.request('findCode', { text, from, most }),
  };

  protected override restore({ address, scope, most, counting, listed, order }: Kept): void {
    this.address = address;
    this.scope = scope;
    this.most = most;
    this.counting = counting;
    this.listed = listed;
    this.order = order;
  }

  protected override reset(): void {
    this.answer = undefined;
    this.graph = undefined;
    this.version = 0;
    this.selected = undefined;
    this.memory.clear();
    this.lastFollow = 0;
    this.lastMemory = 0;
    this.renderRoot.querySelector<SearchField>('trapline-block-search')?.close();
  }

  override show({ address }: PanelPlace): void {
    if (address !== undefined) this.goTo(address);
  }

  // ---- what is asked

  private get isRunning(): boolean {
    return this.status?.state === 'running';
  }

  protected override async load(): Promise<void> {
    const { scope, most, version, counting, address, answer } = this;
    const now = performance.now();
    // what runs is not to jump about
    const stay = this.isRunning && answer !== undefined && this.graph && now - this.lastFollow < FOLLOW_INTERVAL_MS;
    if (!stay) this.lastFollow = now;
    const asked = await this.connection.request('blocks', {
      ...(address !== undefined && { address }),
      scope,
      most,
      known: version,
      counting,
      stay: stay === true,
    });
    // something else was asked for meanwhile
    if (address !== this.address || scope !== this.scope || most !== this.most) return;
    this.take(asked);
    if (asked.more) this.refresh();
    if (!this.isRunning || now - this.lastMemory >= FOLLOW_INTERVAL_MS) await this.loadMemory(now);
  }

  private take(answer: BlocksAnswer): void {
    this.answer = answer;
    if (answer.more) return;
    if (answer.graph) this.graph = answer.graph;
    else if (answer.version === 0) this.graph = undefined;
    this.version = answer.version;
    if (this.selectAt !== undefined) this.selectAddress(this.selectAt);
    const { graph, selected } = this;
    const there = [...(graph?.nodes ?? []), ...(graph?.stubs ?? [])].some(({ id }) => id === selected);
    if (!there) this.selected = undefined;
    if (this.address === undefined && !this.isRunning && answer.pcNode !== 0 && !there) this.selected = answer.pcNode;
  }

  private async loadMemory(now: number): Promise<void> {
    this.lastMemory = now;
    const { memory } = this;
    if (await memory.load()) this.loadMemorySoon();
    // the graph goes where one has picked memory; else memory is shown where the graph is
    const picked = memory.takePicked();
    if (!picked) {
      if (memory.follow(this.answer?.center ?? 0)) this.loadMemorySoon();
    } else if (picked.address !== undefined) this.goTo(picked.address, false);
  }

  private loadMemorySoon(): void {
    this.lastMemory = 0;
    this.refresh();
  }

  private readonly pickMemory = ({ detail: { gpa } }: CustomEvent<PickedMemory>): void => {
    this.memory.pick(gpa);
    this.loadMemorySoon();
    this.requestUpdate();
  };

  // ---- where one looks

  private get picture(): GraphElement | null {
    return this.renderRoot.querySelector<GraphElement>('trapline-graph');
  }

  /** Shows the graph around an address. */
  private goTo(address: number, leavesPage = true): void {
    this.address = address;
    this.selectAt = address;
    if (leavesPage) this.memory.release();
    this.lastFollow = 0;
    this.changed();
  }

  private followPc(): void {
    this.address = undefined;
    this.selectAt = undefined;
    this.selected = undefined;
    this.memory.release();
    this.lastFollow = 0;
    this.changed();
  }

  private selectAddress(address: number): void {
    const holds = ({ lines }: BlockNode): boolean => lines.some((line) => line.address === address);
    const node = this.graph?.nodes.find(holds);
    if (!node) return;
    this.selectAt = undefined;
    this.pick(node.id, true);
  }

  private pick(id: number, middle = false): void {
    this.selected = id;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.picture?.reveal(id, middle);
    });
  }

  private changed(): void {
    const { address, scope, most, counting, listed, order } = this;
    this.host.keep({ ...(address !== undefined && { address }), scope, most, counting, listed, order } satisfies Kept);
    this.refresh();
    this.requestUpdate();
  }

  override statusChanged(status: StatusInfo): void {
    if (status.state !== 'running') {
      this.lastFollow = 0;
      this.lastMemory = 0;
    }
    super.statusChanged(status);
  }

  // ---- drawing

  protected override draw(session: PanelSession): TemplateResult {
    const { graph } = this;
    return html`<div class="view">
      ${this.bar()} ${this.statusLine()}
      ${
        graph
          ? html`<div class="split">${this.listed ? this.table(graph) : this.drawGraph(graph)} ${this.pane(graph)}</div>
              <div class="legend" aria-label="Legend of the graph">${drawGraphLegend(graph)}</div>`
          : html`<div class="welcome dim"><p>${whyNone(session.name, this.address, this.answer)}</p></div>`
      }
      ${this.strip()}
    </div>`;
  }

  private bar(): TemplateResult {
    const follows = this.address === undefined;
    return html`<div class="bar" role="toolbar" aria-label="Blocks">
      <trapline-block-search
        .sources=${this.sources}
        @go=${({ detail }: CustomEvent<number>) => {
          this.goTo(detail);
          this.picture?.renderRoot.querySelector<HTMLElement>('.surface')?.focus();
        }}
        @problem=${({ detail }: CustomEvent<unknown>) => {
          this.fail(detail);
        }}
      ></trapline-block-search>
      ${choose('What the graph shows', SCOPES, this.scope, (value) => {
        this.scope = value as Scope;
        this.changed();
      })}
      ${choose('Blocks at most', SIZES, String(this.most), (value) => {
        this.most = Number(value);
        this.changed();
      })}
      ${this.toggle('Follow PC', 'The graph goes where the PC goes', follows, () => {
        if (follows) this.goTo(this.answer?.center ?? this.answer?.pc ?? 0);
        else this.followPc();
      })}
      ${this.toggle(
        'Count',
        this.isCovered
          ? 'The launch has all executions counted ("coverage": true)'
          : 'Counts how often each of these blocks executes, from now on and for as long as this panel is seen. Meanwhile this code runs several times slower. With "coverage": true in the launch configuration everything is counted at a small cost.',
        this.counting || this.isCovered,
        () => {
          if (!this.isCovered) this.counting = !this.counting;
          this.changed();
        },
      )}
      ${this.toggle('List', 'The same blocks as a table', this.listed, () => {
        this.listed = !this.listed;
        this.changed();
      })}
      ${
        this.listed
          ? nothing
          : html`<button
                class="tool"
                title="Zoom out (-)"
                aria-label="Zoom out"
                @click=${() => this.picture?.zoomBy(0.8)}
              >
                −
              </button>
              <button class="tool" title="Zoom in (+)" aria-label="Zoom in" @click=${() => this.picture?.zoomBy(1.25)}>
                +
              </button>
              <button class="tool" title="Show the whole graph (0)" @click=${() => this.picture?.fit()}>Fit</button>`
      }
    </div>`;
  }

  /** Everything is counted, whoever looks. */
  private get isCovered(): boolean {
    return this.answer?.since === 0;
  }

  private toggle(label: string, title: string, on: boolean, act: () => void): TemplateResult {
    return html`<button class="tool" title=${title} aria-pressed=${on} @click=${act}>${label}</button>`;
  }

  private statusLine(): TemplateResult {
    const { answer, graph } = this;
    if (!answer) return html``;
    const counted = countedWords(answer);
    return html`<div class="status dim">
      <span class="mono">${pcWords(answer, graph)}</span><span>${graph ? sizeWords(graph) : ''}</span
      ><span title=${counted}>${counted}</span>
    </div>`;
  }

  private drawGraph(graph: BlockGraph): TemplateResult {
    const { answer, selected } = this;
    return html`<trapline-graph
      .graph=${graph}
      .counts=${answer?.counts ?? []}
      .taken=${answer?.taken ?? []}
      .pc=${answer?.pc ?? 0}
      .pcNode=${answer?.pcNode ?? 0}
      .selected=${selected}
      @pick=${({ detail }: CustomEvent<number>) => {
        this.selected = detail;
        this.requestUpdate();
      }}
      @open=${({ detail }: CustomEvent<number>) => {
        const address = graph.nodes.find(({ id }) => id === detail)?.address;
        if (address !== undefined) this.connection.send({ kind: 'reveal', address, preview: true });
      }}
      @follow=${({ detail }: CustomEvent<number>) => {
        const address = graph.stubs.find(({ id }) => id === detail)?.address;
        if (address !== undefined) this.goTo(address);
      }}
    ></trapline-graph>`;
  }

  private table(graph: BlockGraph): TemplateResult {
    const rows = sortBlocks(graph, this.answer?.counts ?? [], this.order);
    return html`<trapline-table
      .columns=${blockColumns}
      .count=${rows.length}
      .rowAt=${(index: number) => rows.at(index)}
      .selected=${rows.findIndex(({ node }) => node.id === this.selected)}
      .order=${this.order}
      .version=${this.version}
      .label=${'Blocks'}
      @sort=${({ detail }: CustomEvent<Order>) => {
        this.order = detail;
        this.changed();
      }}
      @row-select=${({ detail }: CustomEvent<number>) => {
        this.selected = rows.at(detail)?.node.id;
        this.requestUpdate();
      }}
      @row-open=${({ detail }: CustomEvent<number>) => {
        const address = rows.at(detail)?.node.address;
        if (address !== undefined) this.connection.send({ kind: 'reveal', address, preview: true });
      }}
    ></trapline-table>`;
  }

  private pane(graph: BlockGraph): TemplateResult {
    const { answer } = this;
    return drawPane(this.selected, {
      graph,
      counts: answer?.counts ?? [],
      taken: answer?.taken ?? [],
      pc: answer?.pc ?? 0,
      pcNode: answer?.pcNode ?? 0,
      level: this.status?.level,
      send: (message) => {
        this.connection.send(message);
      },
      pick: (id) => {
        this.pick(id);
      },
      goTo: (address) => {
        this.goTo(address);
      },
    });
  }

  private strip(): TemplateResult {
    const { pages, detail, page } = this.memory;
    return html`<div class="memory">
        <trapline-strip
          .pages=${pages}
          .detail=${detail}
          .page=${page}
          .marked=${this.markedAddress}
          @pick=${this.pickMemory}
        ></trapline-strip>
      </div>
      <div class="legend" aria-label="Legend of the memory strip">${drawMemoryLegend()}</div>`;
  }

  private get markedAddress(): number | undefined {
    return this.graph?.nodes.find(({ id }) => id === this.selected)?.address ?? this.answer?.center;
  }
}
