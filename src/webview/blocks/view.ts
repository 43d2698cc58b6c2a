/**
 * The panel "Blocks": scanned code as a graph around the PC or a place that was searched for, one block of it in words, and a strip of memory by what it is
 * to the VMM. Asks for the graph when it may have changed, and for counts while the guest runs.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { StatusInfo } from '../../protocol/model.js';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import {
  MEMORY_PAGE,
  MEMORY_USES,
  type BlockGraph,
  type BlockNode,
  type BlocksAnswer,
  type BlocksQuery,
  type MemoryPages,
} from '../../protocol/views/blocks.js';
import { choose, controlStyles } from '../common/controls.js';
import { full, hex } from '../common/format.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import type { Order } from '../common/table.js';
import type { GraphElement } from './graph.js';
import { blockColumns, sortBlocks } from './list.js';
import { drawGraphLegend, drawMemoryLegend } from './legend.js';
import { drawPane, paneStyles } from './pane.js';
import { Search, type Found } from './search.js';
import type { PickedMemory } from './strip.js';
import { styles } from './styles.js';

const SEARCH_DELAY_MS = 150;
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
/** Uses from which on a halfword of memory is scanned code. */
const SCANNED = MEMORY_USES.indexOf('innocuous');

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

  private pages: MemoryPages | undefined;
  private pagesVersion = 0;
  private page: number | undefined;
  private detail: Uint8Array | undefined;
  /** Offset in the page whose code is to be shown. */
  private goToOffset: number | undefined;
  private lastMemory = 0;

  private text = '';
  private entry = 0;
  /** What was found is what was typed. */
  private searched = false;
  private searchTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly search = new Search(
    {
      symbols: (filter, maximum) => this.connection.request('symbols', { filter, maximum }),
      findCode: (text, from, most) => this.connection.request('findCode', { text, from, most }),
    },
    () => {
      this.requestUpdate();
    },
  );

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
    this.pages = undefined;
    this.pagesVersion = 0;
    this.page = undefined;
    this.detail = undefined;
    this.lastFollow = 0;
    this.lastMemory = 0;
    this.search.clear();
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
    const { page } = this;
    const { version, pages, more, detail } = await this.connection.request('analysisMap', {
      known: this.pagesVersion,
      ...(page !== undefined && { page }),
    });
    this.pagesVersion = version;
    if (pages) this.pages = pages;
    if (page === this.page) this.detail = detail;
    if (more) {
      this.lastMemory = 0;
      this.refresh();
    }
    this.followMemory();
  }

  /** The strip shows the page of what the graph shows, unless the user picked one; and the graph what was picked in the strip. */
  private followMemory(): void {
    const { pages, detail, goToOffset, page } = this;
    if (goToOffset !== undefined && page !== undefined && pages && detail) {
      this.goToOffset = undefined;
      const code = pages.code[pages.addresses.indexOf(page)] ?? -1;
      const after = detail.findIndex((use, i) => use >= SCANNED && 2 * i >= goToOffset);
      const at = after < 0 ? detail.findIndex((use) => use >= SCANNED) : after;
      if (code >= 0 && at >= 0) this.goTo((code + 2 * at) >>> 0, false);
      return;
    }
    const center = this.answer?.center ?? 0;
    const index = pages
      ? pages.code.findIndex((code) => code >= 0 && center >= code && center < code + MEMORY_PAGE)
      : -1;
    const wanted = index < 0 ? undefined : pages?.addresses[index];
    if (wanted === undefined || wanted === page || this.pickedPage !== undefined) return;
    this.page = wanted;
    this.detail = undefined;
    this.lastMemory = 0;
    this.refresh();
  }

  /** A page that the user picked, until the graph goes elsewhere. */
  private pickedPage: number | undefined;

  private readonly pickMemory = ({ detail: { gpa } }: CustomEvent<PickedMemory>): void => {
    const offset = gpa % MEMORY_PAGE;
    const page = gpa - offset;
    this.pickedPage = page;
    this.goToOffset = offset;
    this.lastMemory = 0;
    if (page !== this.page) this.detail = undefined;
    this.page = page;
    this.refresh();
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
    if (leavesPage) this.pickedPage = undefined;
    this.lastFollow = 0;
    this.changed();
  }

  private followPc(): void {
    this.address = undefined;
    this.selectAt = undefined;
    this.selected = undefined;
    this.pickedPage = undefined;
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

  // ---- search

  private readonly typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.entry = 0;
    this.searched = false;
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => {
      this.searched = true;
      this.search.start(this.text).catch((error: unknown) => {
        this.fail(error);
      });
    }, SEARCH_DELAY_MS);
    this.requestUpdate();
  };

  private readonly searchKey = (event: KeyboardEvent): void => {
    const { found } = this.search;
    const { key } = event;
    if (key === 'ArrowDown') this.entry = Math.min(found.length - 1, this.entry + 1);
    else if (key === 'ArrowUp') this.entry = Math.max(0, this.entry - 1);
    else if (key === 'Enter' && found[this.entry]) this.goToFound(found[this.entry]);
    else if (key === 'Escape' && (found.length > 0 || this.text !== '')) this.closeSearch();
    else return;
    event.preventDefault();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector('.entry[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    });
  };

  private goToFound({ address }: Found): void {
    this.closeSearch();
    this.goTo(address);
    this.picture?.renderRoot.querySelector<HTMLElement>('.surface')?.focus();
  }

  private closeSearch(): void {
    clearTimeout(this.searchTimer);
    this.text = '';
    this.search.clear();
    this.requestUpdate();
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
          : html`<div class="welcome dim">${this.whyNone(session)}</div>`
      }
      ${this.memory()}
    </div>`;
  }

  private whyNone({ name }: PanelSession): TemplateResult {
    const { answer } = this;
    if (!answer || answer.more) return html`<p>Reading the blocks of ${name}…</p>`;
    if (answer.user && this.address === undefined) {
      return html`<p>
        ${name} executes user code at ${hex(answer.pc)}, which is not scanned: it runs untouched. Pause it in its
        kernel, or search for a place in it.
      </p>`;
    }
    const where = hex(this.address ?? answer.pc);
    return answer.none === 'unmapped'
      ? html`<p>The guest's tables lead from ${where} to no memory of code.</p>`
      : html`<p>
          No scanned code at ${where} yet: the monitor scans a block when it is about to run for the first time.
        </p>`;
  }

  private bar(): TemplateResult {
    const follows = this.address === undefined;
    return html`<div class="bar" role="toolbar" aria-label="Blocks">
      ${this.searchField()}
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

  private searchField(): TemplateResult {
    const { found, busy } = this.search;
    const open = this.text !== '';
    const none = !busy && found.length === 0 && this.searched;
    return html`<div class="search">
      <input
        type="text"
        role="combobox"
        spellcheck="false"
        placeholder="Go to symbol, address or instruction"
        aria-label="Go to symbol, address or instruction"
        aria-expanded=${open}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant=${open && found.length > 0 ? `found-${this.entry}` : nothing}
        .value=${this.text}
        @input=${this.typed}
        @keydown=${this.searchKey}
        @blur=${() => {
          this.closeSearch();
        }}
      />
      <div id="found" class="found" role="listbox" aria-label="Found" ?hidden=${!open}>
        ${found.map(
          ({ label, detail, address }, i) =>
            html`<div
              id="found-${i}"
              class="entry"
              role="option"
              aria-selected=${i === this.entry}
              @pointerdown=${(event: Event) => {
                // before the field loses its focus
                event.preventDefault();
                this.goToFound({ label, detail, address });
              }}
            >
              <span class="mono">${label}</span><span class="dim mono">${detail}</span>
            </div>`,
        )}
        ${none ? html`<div class="entry dim">No symbol has this in its name, and no scanned instruction in its text.</div>` : nothing}
        ${busy ? html`<div class="entry dim">Looking…</div>` : nothing}
      </div>
    </div>`;
  }

  private statusLine(): TemplateResult {
    const { answer, graph } = this;
    if (!answer) return html``;
    const at = answer.pcSymbol === undefined ? hex(answer.pc) : `${hex(answer.pc)} ${answer.pcSymbol}`;
    const blocks = (count: number): string => `${full(count)} ${count === 1 ? 'block' : 'blocks'}`;
    const size = graph ? `${blocks(graph.nodes.length)}${graph.cut ? ', and there are more' : ''}` : '';
    const counted = this.whatIsCounted(answer);
    return html`<div class="status dim">
      <span class="mono">PC ${at}${whereIsPc(answer, graph)}</span><span>${size}</span
      ><span title=${counted}>${counted}</span>
    </div>`;
  }

  private whatIsCounted({ since, later = 0, counts }: BlocksAnswer): string {
    if (since === 0) return 'Executions of the whole run';
    if (since !== undefined) {
      const rest = later > 0 ? `, of ${full(later)} blocks since they came into the graph` : '';
      return `Executions since instruction ${full(since)}${rest}`;
    }
    return counts.some((count) => count >= 0)
      ? 'Counts are those of callback sites since they were scanned; press Count for all blocks.'
      : '';
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

  private memory(): TemplateResult {
    return html`<div class="memory">
        <trapline-strip
          .pages=${this.pages}
          .detail=${this.detail}
          .page=${this.page}
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

/** Said behind the address of the PC. */
function whereIsPc({ user, pcScanned, pcNode }: BlocksAnswer, graph: BlockGraph | undefined): string {
  if (user) return ', user code';
  if (!pcScanned) return ', not scanned yet: that happens when it executes';
  return pcNode === 0 && graph ? ', outside of this graph' : '';
}
