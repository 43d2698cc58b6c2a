/**
 * The panel "Memory": the bytes of a physical or virtual address space, live; editing in place, searching, going to what an expression names. What changes is
 * marked, against the moment before and against the last stop.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import type { MemoryMap, MemoryRegion, MemorySpace, RightsOf } from '../../protocol/views/memory.js';
import { controlStyles } from '../common/controls.js';
import { full } from '../common/format.js';
import { LastStop, type Standing } from '../common/last-stop.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import type { Edit, Extent, HexElement, Marks } from './hex.js';
import {
  addressText,
  asciiOf,
  BLOCK,
  blocksAround,
  patternOf,
  pieceText,
  Window,
  type ByteOrder,
  type Group,
  type Layout,
  type PatternKind,
} from './model.js';
import { styles } from './styles.js';

/** What is kept while the panel is hidden. */
interface Kept {
  readonly space: string;
  readonly rights: RightsOf;
  readonly top: number;
  readonly cursor: number;
  readonly layout: Layout;
  readonly patternKind: PatternKind;
  readonly pattern: string;
  readonly anyCase: boolean;
}

const GUEST = 'guest';
const VIRTUAL_END = 2 ** 32;
/** A byte that changed is marked as such for this long, ms. */
const FRESH_MS = 1000;
/** Typing settles before the worker is asked. */
const TYPING_MS = 150;
const MOST_SYMBOLS = 30;
const PROGRESS_MS = 200;

const RIGHTS: readonly { readonly id: RightsOf; readonly name: string }[] = [
  { id: 'nobody', name: 'whatever its rights' },
  { id: 'PL1', name: 'what PL1 may read' },
  { id: 'PL0', name: 'what PL0 may read' },
];

export class MemoryElement extends PanelElement<Kept> {
  static override readonly styles = [base, panelStyles, controlStyles, styles];

  protected override readonly purpose =
    'Start a guest with F5. Its memory appears here, live: physical, or as any of its address spaces has it. Bytes can be changed in place and searched.';

  private space = GUEST;
  private rights: RightsOf = 'nobody';
  private top = 0;
  private cursor = 0;
  private layout: Layout = { columns: 16, group: 1, order: 'little' };
  private patternKind: PatternKind = 'bytes';
  private pattern = '';
  private anyCase = false;
  private searchFirst = '';
  private searchEnd = '';

  private map: MemoryMap | undefined;
  private window: Window = Window.empty;
  private readonly lastStop = new LastStop<Uint8Array>();
  /** When each block of 256 bytes was last seen to change, and which bytes did, by its key. */
  private readonly fresh = new Map<string, { readonly at: number; readonly bytes: ReadonlySet<number> }>();
  private found: Extent | undefined;
  private lastMarks = '';
  private version = 0;
  /** An expression to go to once the session answers. */
  private goal: string | undefined = 'pc';
  private goalProblem: string | undefined;
  private suggestions: readonly string[] = [];
  /** The search under way; another number ends it. */
  private search = 0;
  private searching = false;
  private searchText = '';
  private lastProgress = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fading: ReturnType<typeof setTimeout> | undefined;

  protected override restore(kept: Kept): void {
    Object.assign(this, kept);
    this.goal = undefined;
  }

  private keep(): void {
    const { space, rights, top, cursor, layout, patternKind, pattern, anyCase } = this;
    this.host.keep({ space, rights, top, cursor, layout, patternKind, pattern, anyCase } satisfies Kept);
  }

  protected override reset(): void {
    this.map = undefined;
    this.window = Window.empty;
    this.lastStop.clear();
    this.fresh.clear();
    this.found = undefined;
    this.endSearch('');
  }

  override show({ address, space }: PanelPlace): void {
    if (address === undefined) return;
    if (space !== undefined) this.space = space;
    this.goTo(address);
  }

  // ---- asking

  protected override async load(): Promise<void> {
    this.map = await this.connection.request('memoryMap', {});
    if (!this.map.spaces.some(({ id }) => id === this.space)) this.space = GUEST;
    await this.resolveGoal();
    const { space, rights, top, layout } = this;
    const { address, length } = blocksAround(top, Math.max(1, this.rowCount) * layout.columns);
    const answer = await this.connection.request('memoryBytes', { space, rights, address, length });
    // meanwhile somebody may have scrolled on
    if (space !== this.space || rights !== this.rights) return;
    this.compare(Window.of(answer));
  }

  private get hex(): HexElement | null {
    return this.renderRoot.querySelector<HexElement>('trapline-hex');
  }

  private get rowCount(): number {
    return this.hex?.rows ?? 32;
  }

  private async resolveGoal(): Promise<void> {
    const { goal } = this;
    if (goal === undefined) return;
    this.goal = undefined;
    try {
      this.place(await this.addressOf(goal));
      this.goalProblem = undefined;
    } catch (error) {
      this.goalProblem = error instanceof Error ? error.message : String(error);
    }
  }

  /** Numbers may have more than the 32 bits of expressions. */
  private async addressOf(expression: string): Promise<number> {
    const number = /^\s*0x[0-9a-f]{1,10}\s*$/i.test(expression) ? Number(expression) : NaN;
    if (Number.isSafeInteger(number)) return number;
    return this.connection.request('memoryAddress', { expression });
  }

  private get standing(): Standing {
    const { state = 'stopped', instructions = 0 } = this.status ?? {};
    return { stopped: state === 'stopped' || state === 'ended', instructions };
  }

  private blockKey(address: number): string {
    return `${this.space} ${this.rights} ${address - (address % BLOCK)}`;
  }

  /** Takes over what was read, and notes what is different. */
  private compare(next: Window): void {
    const { window: last, standing } = this;
    const now = performance.now();
    for (let at = next.address; at < next.address + next.bytes.length; at += BLOCK) {
      const bytes = next.bytes.slice(at - next.address, at - next.address + BLOCK);
      const key = this.blockKey(at);
      const changed = new Set<number>();
      for (let i = 0; i < bytes.length; i++) {
        const before = last.at(at + i);
        if (before !== undefined && next.at(at + i) !== undefined && before !== bytes[i]) changed.add(at + i);
      }
      if (changed.size > 0) this.fresh.set(key, { at: now, bytes: changed });
      this.lastStop.note(key, bytes, standing);
    }
    for (const [key, { at }] of this.fresh) if (now - at > FRESH_MS) this.fresh.delete(key);
    // what is the same is not drawn again, unless it is to be marked otherwise
    const marks = `${standing.stopped} ${standing.stopped ? standing.instructions : ''} ${this.fresh.size}`;
    if (next.equals(last) && marks === this.lastMarks) return;
    this.lastMarks = marks;
    this.window = next;
    this.version++;
    if (this.fresh.size > 0) this.fade();
  }

  /** Draws once more when the marks of fresh changes are to go. */
  private fade(): void {
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.fresh.clear();
      this.version++;
      this.requestUpdate();
    }, FRESH_MS);
  }

  private readonly marks: Marks = {
    fresh: (address) => this.fresh.get(this.blockKey(address))?.bytes.has(address) === true,
    since: (address) => {
      const before = this.lastStop.before(this.blockKey(address), this.standing);
      const byte = this.window.at(address);
      return before !== undefined && byte !== undefined && before[address % BLOCK] !== byte;
    },
    found: (address) => this.found !== undefined && address >= this.found.first && address < this.found.end,
  };

  // ---- going somewhere

  private get chosen(): MemorySpace | undefined {
    return this.map?.spaces.find(({ id }) => id === this.space);
  }

  private get end(): number {
    return this.chosen?.end ?? VIRTUAL_END;
  }

  private get regions(): readonly MemoryRegion[] {
    return this.map?.regions.filter(({ space }) => space === this.space) ?? [];
  }

  /** What the scroll bar covers: of physical spaces the region that is shown, since there is much between regions. */
  private get extent(): Extent {
    const region = this.regions.find(({ address, length }) => this.cursor >= address && this.cursor < address + length);
    if (region) return { first: region.address, end: region.address + region.length };
    return { first: 0, end: Math.min(this.end, VIRTUAL_END) };
  }

  /** Puts the cursor somewhere, and the row into view. */
  private place(address: number): void {
    this.cursor = Math.min(this.end - 1, Math.max(0, address));
    this.follow(true);
  }

  /** Scrolls so that the cursor can be seen. */
  private follow(roomAbove = false): void {
    const { columns } = this.layout;
    const row = this.cursor - (this.cursor % columns);
    const rows = this.rowCount;
    const last = this.top + (rows - 1) * columns;
    if (row >= this.top && row <= last) return;
    const above = roomAbove ? Math.floor(rows / 4) : row > last ? rows - 1 : 0;
    this.top = Math.max(0, row - above * columns);
  }

  private goTo(address: number): void {
    this.goal = undefined;
    this.goalProblem = undefined;
    this.place(address);
    this.changed();
  }

  private changed(): void {
    this.keep();
    this.version++;
    this.requestUpdate();
    this.refresh();
  }

  private scrollToRow(address: number): void {
    const { columns } = this.layout;
    const most = this.end - columns;
    const top = Math.min(most, Math.max(0, address));
    this.top = top - (top % columns);
    this.changed();
  }

  private readonly go = (event: Event): void => {
    event.preventDefault();
    this.goal = (event.target as HTMLFormElement).querySelector('input')?.value ?? '';
    this.refresh();
  };

  private readonly suggest = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    if (!/^[A-Za-z_.$][\w.$]*$/.test(text)) return;
    this.timer = setTimeout(() => {
      this.connection.request('symbols', { filter: text, maximum: MOST_SYMBOLS }).then(
        (symbols) => {
          this.suggestions = symbols.map(({ name }) => name);
          this.requestUpdate();
        },
        (error: unknown) => {
          this.fail(error);
        },
      );
    }, TYPING_MS);
  };

  // ---- changing

  private async edit({ address, bytes }: Edit): Promise<void> {
    try {
      const { space, rights } = this;
      const written = await this.connection.request('memoryStore', { space, rights, address, bytes });
      this.goalProblem =
        written < bytes.length ? `${addressText(address + written, this.end)} cannot be written.` : undefined;
    } catch (error) {
      this.fail(error);
    }
    this.requestUpdate();
    this.refresh();
  }

  // ---- searching

  private async find(backwards: boolean): Promise<void> {
    const { patternKind, layout, anyCase } = this;
    const pattern = patternOf(patternKind, this.pattern, layout.order);
    this.keep();
    if (typeof pattern === 'string') {
      this.endSearch(pattern);
      return;
    }
    const number = ++this.search;
    this.searching = true;
    this.found = undefined;
    try {
      const limits = await this.limits();
      const align = patternKind === 'word' ? 4 : 1;
      const start = this.cursor + (backwards ? -1 : 1);
      // from the cursor to the end, then the rest
      const from = start >= limits.first && start < limits.end ? start : backwards ? limits.end - 1 : limits.first;
      const query = { backwards, pattern, anyCase: anyCase && patternKind === 'text', align } as const;
      const legs = backwards
        ? [
            { ...query, ...limits, from },
            { ...query, ...limits, first: from, from: limits.end - 1 },
          ]
        : [
            { ...query, ...limits, from },
            { ...query, ...limits, end: from, from: limits.first },
          ];
      for (const leg of legs) {
        const found = await this.searchLeg(number, leg);
        if (number !== this.search) return;
        if (found === undefined) continue;
        this.found = { first: found, end: found + pattern.length };
        this.endSearch(`Found at ${addressText(found, this.end)}.`);
        this.goTo(found);
        return;
      }
      this.endSearch('Not found.');
    } catch (error) {
      if (number === this.search) this.endSearch(error instanceof Error ? error.message : String(error));
    }
  }

  /** One leg of a search, a piece at a time, so that neither the guest nor this page is held; ends early when another search begins. */
  private async searchLeg(
    number: number,
    leg: {
      readonly from: number;
      readonly first: number;
      readonly end: number;
      readonly backwards: boolean;
      readonly pattern: Uint8Array;
      readonly anyCase: boolean;
      readonly align: 1 | 4;
    },
  ): Promise<number | undefined> {
    const { space, rights } = this;
    let from: number | undefined = leg.from;
    while (from !== undefined && number === this.search) {
      const { found, next }: { readonly found?: number; readonly next?: number } = await this.connection.request(
        'memorySearch',
        { space, rights, ...leg, from },
      );
      if (found !== undefined) return found;
      from = next;
      if (from === undefined || number !== this.search) break;
      this.tellProgress(from);
    }
    return undefined;
  }

  /** Drawing takes longer than searching does. */
  private tellProgress(at: number): void {
    const now = performance.now();
    if (now - this.lastProgress < PROGRESS_MS) return;
    this.lastProgress = now;
    this.searchText = `Searching at ${addressText(at, this.end)}…`;
    this.requestUpdate();
  }

  /** Where to search: what was typed, else all of the space. */
  private async limits(): Promise<Extent> {
    const last = this.regions.at(-1);
    const whole = last ? last.address + last.length : this.end;
    const first = this.searchFirst.trim() === '' ? 0 : await this.addressOf(this.searchFirst);
    const end = this.searchEnd.trim() === '' ? whole : (await this.addressOf(this.searchEnd)) + 1;
    return { first, end: Math.min(end, this.end) };
  }

  private endSearch(text: string): void {
    this.search++;
    this.searching = false;
    this.searchText = text;
    this.requestUpdate();
  }

  // ---- drawing

  protected override draw(session: PanelSession): TemplateResult {
    const { map } = this;
    if (!map) return html`<p class="welcome dim" role="status">Looking at ${session.name}…</p>`;
    return html`<div class="view">
      ${this.placeBar(map)}${this.searchBar()}
      ${this.goalProblem === undefined ? nothing : html`<div class="problem" role="alert">${this.goalProblem}</div>`}
      <trapline-hex
        .window=${this.window}
        .layout=${this.layout}
        .marks=${this.marks}
        .top=${this.top}
        .cursor=${this.cursor}
        .end=${this.end}
        .extent=${this.extent}
        .version=${this.version}
        @rows=${() => {
          this.refresh();
        }}
        @scroll-to=${({ detail }: CustomEvent<number>) => {
          this.scrollToRow(detail);
        }}
        @cursor-to=${({ detail }: CustomEvent<number>) => {
          this.cursor = detail;
          this.follow();
          this.changed();
        }}
        @edit=${({ detail }: CustomEvent<Edit>) => {
          void this.edit(detail);
        }}
      ></trapline-hex>
      ${this.statusLine()}
    </div>`;
  }

  private placeBar({ spaces }: MemoryMap): TemplateResult {
    const { layout, regions } = this;
    const virtual = this.chosen?.kind === 'virtual';
    return html`<div class="bar">
      <form @submit=${this.go}>
        <label
          >Go to
          <input
            type="text"
            spellcheck="false"
            list="symbols"
            placeholder="0x40010000, sp, main+8"
            @input=${this.suggest}
        /></label>
        <datalist id="symbols">${this.suggestions.map((name) => html`<option value=${name}></option>`)}</datalist>
      </form>
      ${select('Space', spaces, this.space, (space) => {
        this.space = space;
        this.fresh.clear();
        this.window = Window.empty;
        const [region] = this.regions;
        const inside = this.regions.some(
          ({ address, length }) => this.cursor >= address && this.cursor < address + length,
        );
        if (region !== undefined && !inside) this.place(region.address);
        this.changed();
      })}
      ${
        virtual
          ? select('Show', RIGHTS, this.rights, (rights) => {
              this.rights = rights;
              this.window = Window.empty;
              this.changed();
            })
          : select(
              'Region',
              regions.map(({ name, address }) => ({
                id: String(address),
                name: `${addressText(address, this.end)} ${name}`,
              })),
              String(this.extent.first),
              (address) => {
                this.goTo(Number(address));
              },
            )
      }
      ${select('Columns', numbers([8, 16, 32]), String(layout.columns), (columns) => {
        this.setLayout({ ...layout, columns: Number(columns) as Layout['columns'] });
      })}
      ${select('Group', numbers([1, 2, 4, 8]), String(layout.group), (group) => {
        this.setLayout({ ...layout, group: Number(group) as Group });
      })}
      ${select(
        'Order',
        [
          { id: 'little', name: 'little-endian' },
          { id: 'big', name: 'big-endian' },
        ],
        layout.order,
        (order: ByteOrder) => {
          this.setLayout({ ...layout, order });
        },
      )}
    </div>`;
  }

  private setLayout(layout: Layout): void {
    this.layout = layout;
    this.top -= this.top % layout.columns;
    this.changed();
  }

  private searchBar(): TemplateResult {
    const { patternKind, searching, searchText } = this;
    const begin = (backwards: boolean) => () => {
      void this.find(backwards);
    };
    return html`<div
      class="bar"
      role="search"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) begin(event.shiftKey)();
        else if (event.key === 'Escape') this.endSearch('');
      }}
    >
      ${select(
        'Find',
        [
          { id: 'bytes', name: 'bytes' },
          { id: 'text', name: 'text' },
          { id: 'word', name: '32-bit word' },
        ],
        patternKind,
        (kind: PatternKind) => {
          this.patternKind = kind;
          this.changed();
        },
      )}
      <input
        type="text"
        spellcheck="false"
        aria-label="What to find"
        placeholder=${{ bytes: 'de ad be ef', text: 'text', word: '0xe10f0000' }[patternKind]}
        .value=${this.pattern}
        @input=${(event: Event) => {
          this.pattern = (event.target as HTMLInputElement).value;
        }}
      />
      ${
        patternKind === 'text'
          ? html`<label
              ><input
                type="checkbox"
                .checked=${this.anyCase}
                @change=${(event: Event) => {
                  this.anyCase = (event.target as HTMLInputElement).checked;
                  this.keep();
                }}
              />any case</label
            >`
          : nothing
      }
      <button class="small" aria-label="Find previous" title="Find previous (Shift+Enter)" @click=${begin(true)}>
        ↑ Previous
      </button>
      <button class="small" aria-label="Find next" title="Find next (Enter)" @click=${begin(false)}>↓ Next</button>
      <label
        >from
        <input
          type="text"
          class="short"
          spellcheck="false"
          placeholder="anywhere"
          .value=${this.searchFirst}
          @input=${(event: Event) => {
            this.searchFirst = (event.target as HTMLInputElement).value;
          }}
      /></label>
      <label
        >to
        <input
          type="text"
          class="short"
          spellcheck="false"
          placeholder="anywhere"
          .value=${this.searchEnd}
          @input=${(event: Event) => {
            this.searchEnd = (event.target as HTMLInputElement).value;
          }}
      /></label>
      ${
        searching
          ? html`<button
              class="small"
              @click=${() => {
                this.endSearch('Cancelled.');
              }}
            >
              Cancel
            </button>`
          : nothing
      }
      <span class="dim" role="status">${searchText}</span>
    </div>`;
  }

  /** Where the cursor is, and what it stands on. */
  private statusLine(): TemplateResult {
    const { cursor, window, layout, end } = this;
    const piece = window.pieceAt(cursor);
    const values = ([1, 2, 4, 8] as const).map((size) => {
      const value = window.value(cursor, size, layout.order);
      return value === undefined
        ? nothing
        : html`<span
            ><span class="dim">u${8 * size}</span> 0x${value.toString(16).padStart(2 * size, '0')}
            <span class="dim">${size < 8 ? full(Number(value)) : ''}</span></span
          >`;
    });
    const pa = piece?.pa === undefined ? undefined : piece.pa + cursor - piece.address;
    const byte = window.at(cursor);
    const symbol = this.symbolAt(cursor);
    return html`<div class="status mono" role="status" aria-live="off">
      <span
        >${addressText(cursor, end)}${symbol === undefined ? nothing : html` <span class="dim">${symbol}</span>`}</span
      >
      ${pa === undefined ? nothing : html`<span><span class="dim">physical</span> ${addressText(pa, 2 ** 40)}</span>`}
      ${piece === undefined ? nothing : html`<span>${pieceText(piece)}</span>`} ${values}
      ${byte === undefined ? nothing : html`<span class="dim">'${asciiOf(byte)}'</span>`} ${this.links(cursor)}
    </div>`;
  }

  private symbolAt(address: number): string | undefined {
    const last = [...this.window.symbols].filter(([at]) => at <= address).at(-1);
    if (last === undefined) return undefined;
    const [at, name] = last;
    return at === address ? name : `${name}+${address - at}`;
  }

  private links(address: number): TemplateResult | typeof nothing {
    if (this.chosen?.kind !== 'virtual') return nothing;
    return html`<button
        class="link"
        @click=${() => {
          this.connection.send({ kind: 'open', panel: 'mmu', place: { address, space: this.space } });
        }}
      >
        Translate</button
      ><button
        class="link"
        @click=${() => {
          this.connection.send({ kind: 'reveal', address, preview: true });
        }}
      >
        Listing
      </button>`;
  }
}

const numbers = (all: readonly number[]) => all.map((n) => ({ id: String(n), name: String(n) }));

function select<Id extends string>(
  label: string,
  options: readonly { readonly id: Id; readonly name: string }[],
  chosen: Id,
  choose: (id: Id) => void,
): TemplateResult {
  return html`<label
    >${label}
    <select
      @change=${(event: Event) => {
        // options have the ids as values
        choose((event.target as HTMLSelectElement).value as Id);
      }}
    >
      ${options.map(({ id, name }) => html`<option value=${id} .selected=${id === chosen}>${name}</option>`)}
    </select></label
  >`;
}
