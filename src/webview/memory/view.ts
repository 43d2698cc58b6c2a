/**
 * The panel "Memory": the bytes of a physical or virtual address space, live; editing in place, searching, going to what an expression names. What changes is
 * marked, against the moment before and against the last stop.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelPlace, PanelSession } from '../../protocol/panels.js';
import type { MemoryMap, MemoryRegion, MemorySpace, RightsOf } from '../../protocol/views/memory.js';
import { chooseLabelled, controlStyles, type Option } from '../common/controls.js';
import type { Standing } from '../common/last-stop.js';
import { PanelElement, panelStyles } from '../common/panel-element.js';
import { base } from '../common/styles.js';
import { Changes, FRESH_MS } from './changes.js';
import type { Edit, HexElement, Marks } from './hex.js';
import { layoutChoices } from './layout-choices.js';
import {
  addressText,
  blocksAround,
  patternOf,
  topFor,
  Window,
  type Extent,
  type Layout,
  type PatternKind,
} from './model.js';
import { searchBar, type SearchActions, type Wanted } from './search-bar.js';
import { Search } from './search.js';
import { statusLine } from './status.js';
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
/** Typing settles before the worker is asked. */
const TYPING_MS = 150;
const MOST_SYMBOLS = 30;

const RIGHTS: readonly Option<RightsOf>[] = [
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
  private wanted: Wanted = { kind: 'bytes', pattern: '', anyCase: false, first: '', end: '' };

  private map: MemoryMap | undefined;
  private readonly changes = new Changes();
  private version = 0;
  /** An expression to go to once the session answers. */
  private goal: string | undefined = 'pc';
  private goalProblem: string | undefined;
  private suggestions: readonly string[] = [];
  private readonly search = new Search(
    (query) => this.connection.request('memorySearch', query),
    () => {
      this.requestUpdate();
    },
  );
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fading: ReturnType<typeof setTimeout> | undefined;

  protected override restore({ patternKind: kind, pattern, anyCase, ...place }: Kept): void {
    Object.assign(this, place);
    this.wanted = { ...this.wanted, kind, pattern, anyCase };
    this.goal = undefined;
  }

  private keep(): void {
    const { space, rights, top, cursor, layout, wanted } = this;
    const { kind: patternKind, pattern, anyCase } = wanted;
    this.host.keep({ space, rights, top, cursor, layout, patternKind, pattern, anyCase } satisfies Kept);
  }

  protected override reset(): void {
    this.map = undefined;
    this.changes.clear();
    this.search.clear();
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
    const { changes, standing } = this;
    if (!changes.take(Window.of(answer), `${space} ${rights}`, standing, performance.now())) return;
    this.version++;
    if (changes.anyFresh) this.fade();
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

  /** Draws once more when the marks of fresh changes are to go. */
  private fade(): void {
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.changes.fade();
      this.version++;
      this.requestUpdate();
    }, FRESH_MS);
  }

  private readonly marks: Marks = {
    fresh: (address) => this.changes.isFresh(address),
    since: (address) => this.changes.isDifferent(address),
    found: (address) => {
      const { found } = this.search;
      return found !== undefined && address >= found.first && address < found.end;
    },
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

  private get regionAtCursor(): MemoryRegion | undefined {
    const { cursor } = this;
    return this.regions.find(({ address, length }) => cursor >= address && cursor < address + length);
  }

  /** What the scroll bar covers: of physical spaces the region that is shown, since there is much between regions. */
  private get extent(): Extent {
    const region = this.regionAtCursor;
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
    const { top, rowCount: rows, layout } = this;
    this.top = topFor(this.cursor, { top, rows, columns: layout.columns }, roomAbove);
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
    const { search, space, rights, layout, cursor, end } = this;
    const { kind, anyCase } = this.wanted;
    const pattern = patternOf(kind, this.wanted.pattern, layout.order);
    this.keep();
    if (typeof pattern === 'string') {
      search.end(pattern);
      return;
    }
    const align = kind === 'word' ? 4 : 1;
    const sought = { space, rights, pattern, anyCase: anyCase && kind === 'text', align, backwards } as const;
    const found = await search.start(sought, () => this.limits(), cursor, end);
    if (found !== undefined) this.goTo(found);
  }

  /** Where to search: what was typed, else all of the space. */
  private async limits(): Promise<Extent> {
    const last = this.regions.at(-1);
    const whole = last ? last.address + last.length : this.end;
    const { wanted } = this;
    const first = wanted.first.trim() === '' ? 0 : await this.addressOf(wanted.first);
    const end = wanted.end.trim() === '' ? whole : (await this.addressOf(wanted.end)) + 1;
    return { first, end: Math.min(end, this.end) };
  }

  private readonly searchActions: SearchActions = {
    set: (change) => {
      this.wanted = { ...this.wanted, ...change };
      if (change.kind !== undefined) this.changed();
      else if (change.anyCase !== undefined) this.keep();
    },
    find: (backwards) => {
      void this.find(backwards);
    },
    end: (text) => {
      this.search.end(text);
    },
  };

  // ---- drawing

  protected override draw(session: PanelSession): TemplateResult {
    const { map, changes, wanted, search } = this;
    if (!map) return html`<p class="welcome dim" role="status">Looking at ${session.name}…</p>`;
    return html`<div class="view">
      ${this.placeBar(map)}${searchBar(wanted, search, this.searchActions)}
      ${this.goalProblem === undefined ? nothing : html`<div class="problem" role="alert">${this.goalProblem}</div>`}
      <trapline-hex
        .window=${changes.window}
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
      ${statusLine(this.cursor, changes.window, this.layout.order, this.end, this.links(this.cursor))}
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
      ${chooseLabelled('Space', spaces, this.space, (space) => {
        this.chooseSpace(space);
      })}
      ${
        virtual
          ? chooseLabelled('Show', RIGHTS, this.rights, (rights) => {
              this.rights = rights;
              this.changes.forget();
              this.changed();
            })
          : chooseLabelled(
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
      ${layoutChoices(layout, (chosen) => {
        this.layout = chosen;
        this.top -= this.top % chosen.columns;
        this.changed();
      })}
    </div>`;
  }

  private chooseSpace(space: string): void {
    this.space = space;
    this.changes.forget();
    const [region] = this.regions;
    if (region !== undefined && !this.regionAtCursor) this.place(region.address);
    this.changed();
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
