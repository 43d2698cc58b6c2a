/**
 * The panel "MMU": the guest's address spaces as ranges and as a map, its tables beside the shadow tables, a single translation with every step, the TLB,
 * and the registers that govern it all. What changed since the last stop is marked.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import type { AccessName, MmuRange, MmuState, TableFormat, TlbRow, TranslationInfo } from '../../protocol/views/mmu.js';
import { controlStyles } from '../common/controls.js';
import { full, hex } from '../common/format.js';
import { LastStop, type Standing } from '../common/last-stop.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import { tabPanel, tabRow, tabStyles, type Tab } from '../common/tabs.js';
import type { Column, TableElement } from '../common/table.js';
import { drawSign, KINDS } from './map.js';
import { append, cells, covered, mark, sizeText, within, type CellKind, type MarkedRange } from './model.js';
import { cellStyles, rangeColumns, type Row } from './ranges.js';
import { styles } from './styles.js';
import { ACCESSES, physical, walkTemplate } from './walk.js';

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

const GUEST = 'guest';
const KERNEL = 'kernel';
const USER = 'user';
const SPACE_END = 2 ** 32;
const MIB = 0x10_0000;
/** While the guest runs, whole tables are looked at this often at most, ms; and no more than a twentieth of the time. */
const RESTING_MS = 400;
const RESTING_FACTOR = 20;
/** Typing settles before the worker is asked. */
const TYPING_MS = 200;
const TLB_PAGE = 256;
/** Cells of the map, pixels: three maps side by side, or one. */
const SMALL_CELL = 5;
const LARGE_CELL = 8;

const FORMATS: Readonly<Record<TableFormat, string>> = {
  off: 'The MMU is off: every address is a physical one',
  short: 'MMU on, short descriptors',
  subpages: 'MMU on, short descriptors of ARMv5 with subpages',
  long: 'MMU on, long descriptors',
};

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
  private ranges = new Map<string, readonly MmuRange[]>();
  private pieces = new Map<number, readonly MmuRange[]>();
  private marked: readonly MarkedRange[] = [];
  private rows: readonly Row[] = [];
  private expanded = new Set<number>();
  private readonly lastStop = new LastStop<readonly MmuRange[]>();
  private translation: TranslationInfo | undefined;
  private address: number | undefined;
  private addressProblem: string | undefined;
  private tlb: TlbRow[] = [];
  private tlbTotal = 0;
  private tlbWanted = TLB_PAGE;
  private version = 0;
  private columns: { readonly kind: string; readonly columns: readonly Column<Row>[] } | undefined;
  private wantedRange: number | undefined;
  private nextHeavy = 0;
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
    this.lastStop.clear();
    this.expanded.clear();
  }

  /** What was loaded of another space. */
  private forget(): void {
    this.ranges.clear();
    this.pieces.clear();
    this.marked = [];
    this.rows = [];
    this.translation = undefined;
    this.tlb = [];
    this.tlbTotal = 0;
    this.tlbWanted = TLB_PAGE;
  }

  override show({ address, space }: PanelPlace): void {
    if (address === undefined) return;
    this.tab = 'translate';
    this.expression = hex(address);
    if (space !== undefined) this.space = space;
    this.changed();
  }

  private changed(): void {
    this.nextHeavy = 0;
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
        await this.whenDue(() => this.loadTlb());
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
    const wait = this.nextHeavy - start;
    if (!this.standing.stopped && wait > 0) {
      this.timer = setTimeout(() => {
        this.refresh();
      }, wait);
      return;
    }
    await work();
    const now = performance.now();
    this.nextHeavy = now + Math.max(RESTING_MS, RESTING_FACTOR * (now - start));
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
    const spaces = this.besideShadow ? [this.space, KERNEL, USER] : [this.space];
    for (const space of spaces) {
      const ranges = await this.allRanges(space, 0, SPACE_END, false);
      this.ranges.set(space, ranges);
      this.lastStop.note(space, ranges, this.standing);
    }
    this.pieces.clear();
    for (const { address, length, pieces } of this.ranges.get(this.space) ?? []) {
      if (pieces > 1 && this.expanded.has(address))
        this.pieces.set(address, await this.allRanges(this.space, address, address + length, true));
    }
    this.arrange();
  }

  private async allRanges(space: string, first: number, end: number, contiguous: boolean): Promise<MmuRange[]> {
    const found: MmuRange[] = [];
    for (let at = first; at < end;) {
      const page = await this.connection.request('mmuRanges', { space, first: at, end, contiguous });
      append(found, page);
      at = page.next;
    }
    return found;
  }

  private async loadTlb(): Promise<void> {
    const rows: TlbRow[] = [];
    let first = 0;
    do {
      const page = await this.connection.request('mmuTlb', { space: this.space, first, count: TLB_PAGE });
      rows.push(...page.rows);
      this.tlbTotal = page.total;
      first = page.next;
    } while (first < SPACE_END && rows.length < this.tlbWanted);
    this.tlb = rows;
    this.version++;
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

  /** Puts the rows in order: ranges, and below those that are unfolded what they consist of. */
  private arrange(): void {
    const { space, standing, besideShadow } = this;
    const own = this.ranges.get(space) ?? [];
    const [kernel, user] = besideShadow ? [this.markedOf(KERNEL), this.markedOf(USER)] : [undefined, undefined];
    const bare = (marked: readonly MarkedRange[] | undefined) =>
      marked?.filter(({ change }) => change !== 'gone').map(({ range }) => range) ?? [];
    const [kernelRanges, userRanges] = [bare(kernel), bare(user)];
    this.marked = mark(own, this.lastStop.before(space, standing));
    this.rows = this.marked.flatMap((entry): Row[] => {
      const { range, change } = entry;
      const { address, length, pieces } = range;
      const mine = (marked: readonly MarkedRange[] | undefined) =>
        marked?.flatMap((entry) =>
          within([entry.range], address, length).map((part): MarkedRange => ({ ...entry, range: part })),
        ) ?? [];
      const below = besideShadow && change !== 'gone';
      const [ofKernel, ofUser] = below ? [mine(kernel), mine(user)] : [[], []];
      const unfolds = pieces > 1 || ofKernel.length + ofUser.length > 0;
      const expanded = this.expanded.has(address);
      const row: Row = {
        ...entry,
        of: 'own',
        ...(unfolds && { expanded }),
        ...(below && {
          kernel: covered(kernelRanges, address, length),
          user: covered(userRanges, address, length),
        }),
      };
      if (!unfolds || !expanded) return [row];
      return [
        row,
        ...(this.pieces.get(address) ?? []).map((piece): Row => ({ range: piece, of: 'piece' })),
        ...ofKernel.map((other): Row => ({ ...other, of: 'kernel' })),
        ...ofUser.map((other): Row => ({ ...other, of: 'user' })),
      ];
    });
    this.version++;
  }

  private markedOf(space: string): MarkedRange[] {
    return mark(this.ranges.get(space) ?? [], this.lastStop.before(space, this.standing));
  }

  private readonly toggle = ({ range }: Row): void => {
    if (!this.expanded.delete(range.address)) this.expanded.add(range.address);
    if (range.pieces > 1 && !this.pieces.has(range.address)) this.nextHeavy = 0;
    this.arrange();
    this.requestUpdate();
    this.refresh();
  };

  private readonly rowAt = (index: number): Row | undefined => this.rows.at(index);
  private readonly tlbAt = (index: number): TlbRow | undefined => this.tlb.at(index);

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
    const row = this.rows.at(index);
    const wanted = { ArrowRight: true, ArrowLeft: false }[event.key];
    if (row?.expanded === undefined || wanted === undefined) return;
    event.preventDefault();
    if (row.expanded !== wanted) this.toggle(row);
  };

  private translateAddress(address: number, space = this.space): void {
    this.tab = 'translate';
    this.expression = hex(address);
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
        <label
          >Address space
          <select
            @change=${(event: Event) => {
              this.chooseSpace((event.target as HTMLSelectElement).value);
            }}
          >
            ${state.spaces.map(
              ({ id, name }) => html`<option value=${id} .selected=${id === this.space}>${name}</option>`,
            )}
          </select></label
        >
        <span role="status">${this.summary(state)}</span>
      </div>
      ${tabRow('Views of the MMU', TABS, tab, (id) => {
        this.tab = id;
        this.changed();
      })}
      ${tabPanel(tab, this.content(state))}
    </div>`;
  }

  private summary({ format, asid, process, mode, privileged, registers, domains }: MmuState): string {
    const value = (name: string) => registers.find((register) => register.name === name)?.value ?? '';
    const tables = format === 'off' ? '' : ` · TTBR0 ${value('TTBR0')} · TTBR1 ${value('TTBR1')}`;
    const real = this.space === KERNEL || this.space === USER;
    const space = real || format === 'off' ? '' : ` · ASID ${asid}`;
    const fcse = process === 0 ? '' : ` · FCSE process ${process}`;
    const dacr = domains.length === 0 ? '' : ` · DACR ${value('DACR')}`;
    return `${FORMATS[format]}${tables}${space}${fcse}${dacr} · the guest is in ${mode} (PL${privileged ? 1 : 0})`;
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
        return this.registersTab(state);
    }
  }

  private rangesTab(): TemplateResult {
    const { rows, besideShadow, marked } = this;
    const real = this.space === KERNEL || this.space === USER;
    const changes = marked.filter(({ change }) => change !== undefined).length;
    const count = this.lastStop.countBefore(this.standing);
    const compared =
      count === undefined
        ? ''
        : changes === 0
          ? `; as at the last stop, at instruction ${full(count)}`
          : `; ${full(changes)} differ from the last stop, at instruction ${full(count)}`;
    return html`<div class="bar dim" role="status">
        ${full(marked.length)} ${marked.length === 1 ? 'range' : 'ranges'}${compared}. Enter unfolds a range, or
        translates its address.
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
        .columns=${this.rangeColumns(besideShadow, real)}
        .count=${rows.length}
        .rowAt=${this.rowAt}
        .version=${this.version}
        .label=${'Ranges of the address space'}
        @row-key=${this.rowKey}
        @row-open=${({ detail }: CustomEvent<number>) => {
          const row = this.rows[detail];
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
    const maps = this.besideShadow
      ? [
          { space: GUEST, label: "The guest's tables", marked: this.marked },
          { space: KERNEL, label: 'Shadow tables, kernel', marked: this.markedOf(KERNEL) },
          { space: USER, label: 'Shadow tables, user', marked: this.markedOf(USER) },
        ]
      : [{ space: this.space, label: 'Its tables', marked: this.marked }];
    return html`<div class="scroll">
      <ul class="legend">
        ${(Object.keys(KINDS) as CellKind[])
          .filter((kind) => kind !== 'none')
          .map((kind) => html`<li><canvas data-kind=${kind} width="12" height="12"></canvas>${KINDS[kind].name}</li>`)}
        <li>faint: in part; framed: changed since the last stop; a line for each GiB</li>
      </ul>
      <div class="maps">
        ${maps.map(
          ({ space, label, marked }) =>
            html`<trapline-mmu-map
              .size=${maps.length > 1 ? SMALL_CELL : LARGE_CELL}
              .cells=${cells(marked)}
              .label=${label}
              .describe=${(address: number) => this.describe(marked, address)}
              @cell-open=${({ detail }: CustomEvent<number>) => {
                this.showRange(space, detail);
              }}
            ></trapline-mmu-map>`,
        )}
      </div>
    </div>`;
  }

  private describe(marked: readonly MarkedRange[], address: number): string {
    const here = within(
      marked.filter(({ change }) => change !== 'gone').map(({ range }) => range),
      address,
      MIB,
    );
    if (here.length === 0) return 'not mapped';
    const [{ PL1, PL0, pa, pieces, target, fault }] = here;
    const rights = [PL1 && `PL1 ${PL1}`, `PL0 ${PL0}`].filter(Boolean).join(', ');
    const what = fault ?? `${rights}, at ${pieces === 1 ? physical(pa) : 'several places'}, ${target}`;
    return here.length === 1 ? what : `${what}, and ${here.length - 1} more`;
  }

  /** From the map to the row of a range. */
  private showRange(space: string, address: number): void {
    if (space !== this.space) {
      this.tab = 'ranges';
      this.wantedRange = address;
      this.chooseSpace(space);
      return;
    }
    this.tab = 'ranges';
    this.wantedRange = address;
    this.changed();
  }

  override updated(): void {
    this.drawLegend();
    const wanted = this.wantedRange;
    if (wanted === undefined || this.tab !== 'ranges' || this.rows.length === 0) return;
    const index = this.rows.findIndex(({ range }) => range.address + range.length > wanted);
    const table = this.renderRoot.querySelector<TableElement>('trapline-table');
    if (index < 0 || !table || table.count !== this.rows.length) return;
    this.wantedRange = undefined;
    table.select(index);
  }

  private drawLegend(): void {
    for (const canvas of this.renderRoot.querySelectorAll<HTMLCanvasElement>('.legend canvas')) {
      const context = canvas.getContext('2d');
      if (!context) continue;
      const { colour, sign } = KINDS[canvas.dataset.kind as CellKind];
      const style = getComputedStyle(this);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = context.strokeStyle = style.getPropertyValue(colour) || style.color;
      drawSign(context, sign, 0, 0, canvas.width);
    }
  }

  private translateTab(state: MmuState): TemplateResult {
    const { translation, addressProblem, address, privileged, access, space } = this;
    const real = space === KERNEL || space === USER;
    return html`<div class="form" role="search">
        <label
          >Address
          <input
            type="text"
            spellcheck="false"
            placeholder="0x40010000, pc, main+8"
            .value=${this.expression}
            @input=${this.typed}
        /></label>
        ${address === undefined || addressProblem !== undefined ? nothing : html`<span class="mono">${hex(address)}</span>`}
        <fieldset>
          <legend hidden>Privilege</legend>
          ${[true, false].map(
            (level) =>
              html`<label
                ><input
                  type="radio"
                  name="level"
                  .checked=${(real ? false : privileged) === level}
                  ?disabled=${real}
                  @change=${() => {
                    this.privileged = level;
                    this.changed();
                  }}
                />PL${level ? 1 : 0}</label
              >`,
          )}
        </fieldset>
        <fieldset>
          <legend hidden>Access</legend>
          ${ACCESSES.map(
            ({ id, name }) =>
              html`<label
                ><input
                  type="radio"
                  name="access"
                  .checked=${access === id}
                  @change=${() => {
                    this.access = id;
                    this.changed();
                  }}
                />${name}</label
              >`,
          )}
        </fieldset>
        ${
          address === undefined
            ? nothing
            : html`<button
                  class="link"
                  @click=${() => {
                    this.connection.send({ kind: 'open', panel: 'memory', place: { address, space } });
                  }}
                >
                  Show in Memory</button
                ><button
                  class="link"
                  @click=${() => {
                    this.connection.send({ kind: 'reveal', address, preview: true });
                  }}
                >
                  Show in Listing
                </button>`
        }
      </div>
      ${addressProblem === undefined ? nothing : html`<div class="problem" role="alert">${addressProblem}</div>`}
      <div class="scroll">
        ${
          translation === undefined
            ? nothing
            : walkTemplate(translation, { privileged: real ? false : privileged, access })
        }
        ${
          real
            ? html`<p class="dim">
                Under the monitor everything runs at PL0 of the real processor. A fault of these tables comes to the
                monitor: it fills the entry, or gives the guest the fault of its own tables.
              </p>`
            : state.spaces.length > 1
              ? html`<p class="dim">
                  These are the guest's tables, as the virtual processor walks them. The real processor walks the shadow
                  tables.
                </p>`
              : nothing
        }
      </div>`;
  }

  private readonly typed = (event: Event): void => {
    this.expression = (event.target as HTMLInputElement).value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.changed();
    }, TYPING_MS);
  };

  private tlbTab(): TemplateResult {
    const real = this.space === KERNEL || this.space === USER;
    const hypervised = this.status?.mode === 'hypervised';
    const whose =
      this.space !== GUEST && !real
        ? 'The virtual processor has no entries of address spaces that the guest has left but global ones; these are of the present one.'
        : real
          ? 'The TLB of the real processor for this fetch context. “Inline”: what the engine does without asking.'
          : hypervised
            ? 'The TLB of the virtual processor: what the monitor has translated for the guest. The shadow tables are to the guest what a TLB is; the real processor’s own is that of their spaces.'
            : '“Inline”: what the engine does without asking.';
    return html`<div class="bar dim"><span role="status">${full(this.tlbTotal)} pages.</span> ${whose}</div>
      ${this.tlbTotal === 0 ? html`<p class="welcome dim">The TLB is empty. It fills as the guest touches memory.</p>` : nothing}
      <trapline-table
        .cellStyles=${cellStyles}
        .columns=${real ? REAL_TLB : GUEST_TLB}
        .count=${this.tlbTotal}
        .rowAt=${this.tlbAt}
        .version=${this.version}
        .label=${'Entries of the TLB'}
        @range=${({ detail }: CustomEvent<{ end: number }>) => {
          if (detail.end <= this.tlb.length || this.tlb.length >= this.tlbTotal) return;
          this.tlbWanted = detail.end;
          this.nextHeavy = 0;
          this.refresh();
        }}
        @row-open=${({ detail }: CustomEvent<number>) => {
          const row = this.tlb.at(detail);
          if (row) this.translateAddress(row.va);
        }}
      ></trapline-table>`;
  }

  private registersTab({ registers, domains }: MmuState): TemplateResult {
    const used = new Map<number, number>();
    for (const { domain, length, fault } of this.ranges.get(this.space) ?? [])
      if (domain !== undefined && fault === undefined) used.set(domain, (used.get(domain) ?? 0) + length);
    return html`<div class="scroll">
      <div class="registers">
        ${registers
          .filter(({ name }) => name !== 'DACR')
          .map(
            ({ name, value, fields }) =>
              html`<section aria-label=${name}>
                <h2>${name} <span class="mono">${value}</span></h2>
                <table>
                  ${fields.map(
                    (field) =>
                      html`<tr>
                        <th scope="row" class="mono">${field.name}</th>
                        <td class="mono">${field.value}</td>
                        <td class="dim">${field.meaning}</td>
                      </tr>`,
                  )}
                </table>
              </section>`,
          )}
        ${
          domains.length === 0
            ? nothing
            : html`<section aria-label="Domains">
                <h2>DACR <span class="mono">${registers.find(({ name }) => name === 'DACR')?.value}</span></h2>
                <table>
                  ${domains.map(
                    (access, domain) =>
                      html`<tr>
                        <th scope="row">domain ${domain}</th>
                        <td>${access}</td>
                        <td class="dim">${used.has(domain) ? `${sizeText(used.get(domain) ?? 0)} mapped` : ''}</td>
                      </tr>`,
                  )}
                </table>
              </section>`
        }
      </div>
    </div>`;
  }
}

function tlbColumns(real: boolean): readonly Column<TlbRow>[] {
  const columns: (Column<TlbRow> | undefined)[] = [
    { id: 'va', title: 'Virtual', width: '12ch', mono: true, draw: ({ va }) => hex(va) },
    { id: 'pa', title: 'Physical', width: '13ch', mono: true, draw: ({ pa }) => physical(pa) },
    { id: 'target', title: 'What is there', width: 'minmax(12ch, 1fr)', draw: ({ target }) => target },
    real ? undefined : { id: 'PL1', title: 'PL1', width: '4ch', mono: true, draw: ({ PL1 }) => PL1 },
    { id: 'PL0', title: 'PL0', width: '4ch', mono: true, draw: ({ PL0 }) => PL0 },
    { id: 'leaf', title: 'Entry', width: '9ch', numeric: true, draw: ({ leaf }) => sizeText(leaf) },
    { id: 'level', title: 'Level', width: '6ch', numeric: true, draw: ({ level }) => String(level) },
    {
      id: 'domain',
      title: 'Domain',
      width: '7ch',
      numeric: true,
      draw: ({ domain }) => (domain === undefined ? '' : String(domain)),
    },
    { id: 'global', title: 'Global', width: '7ch', draw: ({ notGlobal }) => (notGlobal ? 'ASID' : 'global') },
    {
      id: 'inline',
      title: 'Inline',
      tooltip: 'Accesses that the engine makes by its own tables, without asking',
      width: '24ch',
      draw: ({ inline }) => inline,
    },
    {
      id: 'stale',
      title: 'Out of date',
      tooltip: 'How the tables would now answer otherwise',
      width: 'minmax(20ch, 2fr)',
      draw: ({ stale }) => (stale === undefined ? '' : html`<span class="bad">${stale}</span>`),
    },
  ];
  return columns.filter((column) => column !== undefined);
}

const REAL_TLB = tlbColumns(true);
const GUEST_TLB = tlbColumns(false);
