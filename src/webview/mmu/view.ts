/**
 * The panel "MMU": the guest's address spaces as ranges and as a map, its tables beside the shadow tables, a single translation with every step, the TLB,
 * and the registers that govern it all. What changed since the last stop is marked.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import type { AccessName, MmuRange, MmuState, RangeQuery, TlbRow, TranslationInfo } from '../../protocol/views/mmu.js';
import { chooseLabelled, controlStyles } from '../common/controls.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import type { Standing } from '../common/last-stop.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import { tabPanel, tabRow, tabStyles, type Tab } from '../common/tabs.js';
import type { Column, TableElement } from '../common/table.js';
import { mapsTemplate } from './maps.js';
import { allRanges } from './model.js';
import { RangeTree, type Row } from './range-tree.js';
import { cellStyles, rangeColumns } from './ranges.js';
import { registersTemplate } from './registers.js';
import { Resting } from './resting.js';
import { GUEST, isShadow, KERNEL, USER } from './spaces.js';
import { styles } from './styles.js';
import { changesWords, summary } from './words.js';
import { GUEST_TLB, REAL_TLB, TlbList, tlbWords } from './tlb.js';
import { translateTemplate, type TranslateActions } from './translate.js';

type TabId = 'ranges' | 'map' | 'translate' | 'tlb' | 'registers';
const TABS: readonly Tab<TabId>[] = [
  { id: 'ranges', title: 'Ranges' },
  { id: 'map', title: 'Map' },
  { id: 'translate', title: 'Translate' },
  { id: 'tlb', title: 'TLB' },
  { id: 'registers', title: 'Registers' },
];

/** What is kept while the panel is hidden. */
interface Kept {
  readonly tab: TabId;
  readonly space: string;
  readonly expression: string;
  readonly privileged: boolean;
  readonly access: AccessName;
}

const SPACE_END = 2 ** 32;
/** Typing settles before the worker is asked. */
const TYPING_MS = 200;

export class MmuElement extends PanelElement<Kept> {
  static override readonly styles = [base, panelStyles, controlStyles, tabStyles, styles];

  protected override readonly purpose =
    'Start a guest with F5. Its translation tables appear here as ranges, beside the shadow tables of the virtual machine monitor; any address can be translated step by step.';

  private tab: TabId = 'ranges';
  private space = GUEST;
  private expression = 'pc';
  private privileged = true;
  private access: AccessName = 'fetch';

  private state: MmuState | undefined;
  private readonly tree = new RangeTree();
  private translation: TranslationInfo | undefined;
  private address: number | undefined;
  private addressProblem: string | undefined;
  private readonly tlb = new TlbList((query) => this.connection.request('mmuTlb', query));
  private version = 0;
  private columns: { readonly kind: string; readonly columns: readonly Column<Row>[] } | undefined;
  private wantedRange: number | undefined;
  /** After whole tables have been looked at. */
  private readonly resting = new Resting();
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override restore(kept: Kept): void {
    Object.assign(this, kept);
  }

  private keep(): void {
    const { tab, space, expression, privileged, access } = this;
    this.host.keep({ tab, space, expression, privileged, access } satisfies Kept);
  }

  protected override reset(): void {
    this.state = undefined;
    this.forget();
    this.tree.clear();
  }

  /** What was loaded of another space. */
  private forget(): void {
    this.tree.forget();
    this.tlb.forget();
    this.translation = undefined;
  }

  override show({ address, space }: PanelPlace): void {
    if (address === undefined) return;
    this.tab = 'translate';
    this.expression = hex32(address);
    if (space !== undefined) this.space = space;
    this.changed();
  }

  private changed(): void {
    this.resting.end();
    this.keep();
    this.requestUpdate();
    this.refresh();
  }

  // ---- asking

  protected override async load(): Promise<void> {
    try {
      this.state = await this.connection.request('mmuState', { space: this.space });
    } catch (error) {
      // a space that was chosen may be gone
      if (this.space === GUEST) throw error;
      this.space = GUEST;
      this.forget();
      this.state = await this.connection.request('mmuState', { space: this.space });
    }
    switch (this.tab) {
      case 'ranges':
      case 'map':
        await this.whenDue(() => this.loadRanges());
        break;
      case 'tlb':
        await this.whenDue(() => this.tlb.load(this.space));
        break;
      case 'translate':
        await this.loadTranslation();
        break;
      case 'registers':
        break;
    }
  }

  /** Does what costs the guest time, unless that was done just now and the guest runs. */
  private async whenDue(work: () => Promise<void>): Promise<void> {
    clearTimeout(this.timer);
    const start = performance.now();
    const wait = this.resting.left(start);
    if (!this.standing.stopped && wait > 0) {
      this.timer = setTimeout(() => {
        this.refresh();
      }, wait);
      return;
    }
    await work();
    this.resting.begin(start, performance.now());
    this.version++;
  }

  private get standing(): Standing {
    const { state = 'stopped', instructions = 0 } = this.status ?? {};
    return { stopped: state === 'stopped' || state === 'ended', instructions };
  }

  /** The guest's tables are shown beside the shadow tables. */
  private get besideShadow(): boolean {
    return this.space === GUEST && this.status?.mode === 'hypervised';
  }

  private async loadRanges(): Promise<void> {
    const { tree, space } = this;
    for (const shown of this.besideShadow ? [space, KERNEL, USER] : [space])
      tree.take(
        shown,
        await this.allRanges({ space: shown, first: 0, end: SPACE_END, contiguous: false }),
        this.standing,
      );
    const pieces = new Map<number, readonly MmuRange[]>();
    for (const { address, length } of tree.inPieces(space))
      pieces.set(address, await this.allRanges({ space, first: address, end: address + length, contiguous: true }));
    tree.takePieces(pieces);
    this.arrange();
  }

  private allRanges(query: RangeQuery): Promise<readonly MmuRange[]> {
    return allRanges((part) => this.connection.request('mmuRanges', part), query);
  }

  private async loadTranslation(): Promise<void> {
    const { expression, space, privileged, access } = this;
    this.addressProblem = undefined;
    try {
      this.address = await this.connection.request('memoryAddress', { expression });
    } catch (error) {
      this.addressProblem = error instanceof Error ? error.message : String(error);
      this.translation = undefined;
      return;
    }
    const { address } = this;
    this.translation = await this.connection.request('mmuTranslate', { space, address, privileged, access });
  }

  // ---- rows

  private arrange(): void {
    this.tree.arrange(this.space, this.besideShadow, this.standing);
    this.version++;
  }

  private readonly toggle = (row: Row): void => {
    if (this.tree.toggle(row)) this.resting.end();
    this.arrange();
    this.requestUpdate();
    this.refresh();
  };

  private readonly rowAt = (index: number): Row | undefined => this.tree.rows.at(index);
  private readonly tlbAt = (index: number): TlbRow | undefined => this.tlb.rows.at(index);

  /** The same columns are the same object, so that the table need not be drawn anew. */
  private rangeColumns(besideShadow: boolean, real: boolean): readonly Column<Row>[] {
    const kind = `${besideShadow} ${real}`;
    if (this.columns?.kind !== kind) this.columns = { kind, columns: rangeColumns(this.toggle, besideShadow, real) };
    return this.columns.columns;
  }

  /** The arrows across unfold and fold, as in a tree. */
  private readonly rowKey = ({
    detail,
  }: CustomEvent<{ readonly index: number; readonly event: KeyboardEvent }>): void => {
    const { index, event } = detail;
    const row = this.rowAt(index);
    const wanted = { ArrowRight: true, ArrowLeft: false }[event.key];
    if (row?.expanded === undefined || wanted === undefined) return;
    event.preventDefault();
    if (row.expanded !== wanted) this.toggle(row);
  };

  private translateAddress(address: number, space = this.space): void {
    this.tab = 'translate';
    this.expression = hex32(address);
    this.chooseSpace(space);
  }

  private chooseSpace(space: string): void {
    if (space !== this.space) this.forget();
    this.space = space;
    this.changed();
  }

  // ---- drawing

  protected override draw(session: PanelSession): TemplateResult {
    const { state, tab } = this;
    if (!state) return html`<p class="welcome dim" role="status">Looking at ${session.name}…</p>`;
    return html`<div class="view">
      <div class="bar">
        ${chooseLabelled('Address space', state.spaces, this.space, (space) => {
          this.chooseSpace(space);
        })}
        <span role="status">${summary(state)}</span>
      </div>
      ${tabRow('Views of the MMU', TABS, tab, (id) => {
        this.tab = id;
        this.changed();
      })}
      ${tabPanel(tab, this.content(state))}
    </div>`;
  }

  private content(state: MmuState): TemplateResult {
    switch (this.tab) {
      case 'ranges':
        return this.rangesTab();
      case 'map':
        return this.mapTab();
      case 'translate':
        return this.translateTab(state);
      case 'tlb':
        return this.tlbTab();
      case 'registers':
        return registersTemplate(state, this.tree.mappedByDomain(this.space));
    }
  }

  private rangesTab(): TemplateResult {
    const { rows, marked } = this.tree;
    const real = isShadow(this.space);
    return html`<div class="bar dim" role="status">
        ${changesWords(marked, this.tree.countBefore(this.standing))}. Enter unfolds a range, or translates its address.
      </div>
      ${
        rows.length === 0
          ? html`<p class="welcome dim">
              Nothing is mapped here.
              ${real ? 'The monitor fills shadow tables on demand, as the guest touches memory.' : nothing}
            </p>`
          : nothing
      }
      <trapline-table
        .cellStyles=${cellStyles}
        .columns=${this.rangeColumns(this.besideShadow, real)}
        .count=${rows.length}
        .rowAt=${this.rowAt}
        .version=${this.version}
        .label=${'Ranges of the address space'}
        @row-key=${this.rowKey}
        @row-open=${({ detail }: CustomEvent<number>) => {
          const row = this.tree.rows[detail];
          if (row.expanded !== undefined) this.toggle(row);
          else
            this.translateAddress(
              row.range.address,
              row.of === 'kernel' ? KERNEL : row.of === 'user' ? USER : this.space,
            );
        }}
      ></trapline-table>`;
  }

  private mapTab(): TemplateResult {
    const { tree, standing } = this;
    const maps = this.besideShadow
      ? [
          { space: GUEST, label: "The guest's tables", marked: tree.marked },
          { space: KERNEL, label: 'Shadow tables, kernel', marked: tree.markedOf(KERNEL, standing) },
          { space: USER, label: 'Shadow tables, user', marked: tree.markedOf(USER, standing) },
        ]
      : [{ space: this.space, label: 'Its tables', marked: tree.marked }];
    return mapsTemplate(maps, (space, address) => {
      this.showRange(space, address);
    });
  }

  /** From the map to the row of a range. */
  private showRange(space: string, address: number): void {
    this.tab = 'ranges';
    this.wantedRange = address;
    this.chooseSpace(space);
  }

  override updated(): void {
    const { wantedRange: wanted, tree } = this;
    if (wanted === undefined || this.tab !== 'ranges' || tree.rows.length === 0) return;
    const index = tree.rows.findIndex(({ range }) => range.address + range.length > wanted);
    const table = this.renderRoot.querySelector<TableElement>('trapline-table');
    if (index < 0 || !table || table.count !== tree.rows.length) return;
    this.wantedRange = undefined;
    table.select(index);
  }

  private translateTab({ spaces }: MmuState): TemplateResult {
    const { space, expression, privileged, access, address, addressProblem, translation } = this;
    const beside = spaces.length > 1;
    return translateTemplate(
      {
        ...{ space, expression, address, addressProblem, translation, beside, access },
        privileged: privileged && !isShadow(space),
      },
      this.translateActions,
    );
  }

  private readonly translateActions: TranslateActions = {
    type: (expression) => {
      this.expression = expression;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.changed();
      }, TYPING_MS);
    },
    choose: (choice) => {
      Object.assign(this, choice);
      this.changed();
    },
    openMemory: (address) => {
      this.connection.send({ kind: 'open', panel: 'memory', place: { address, space: this.space } });
    },
    openListing: (address) => {
      this.connection.send({ kind: 'reveal', address, preview: true });
    },
  };

  private tlbTab(): TemplateResult {
    const { tlb, space } = this;
    return html`<div class="bar dim">
        <span role="status">${full(tlb.total)} pages.</span> ${tlbWords(space, this.status?.mode === 'hypervised')}
      </div>
      ${tlb.total === 0 ? html`<p class="welcome dim">The TLB is empty. It fills as the guest touches memory.</p>` : nothing}
      <trapline-table
        .cellStyles=${cellStyles}
        .columns=${isShadow(space) ? REAL_TLB : GUEST_TLB}
        .count=${tlb.total}
        .rowAt=${this.tlbAt}
        .version=${this.version}
        .label=${'Entries of the TLB'}
        @range=${({ detail }: CustomEvent<{ end: number }>) => {
          if (!tlb.want(detail.end)) return;
          this.resting.end();
          this.refresh();
        }}
        @row-open=${({ detail }: CustomEvent<number>) => {
          const row = tlb.rows.at(detail);
          if (row) this.translateAddress(row.va);
        }}
      ></trapline-table>`;
  }
}
