/**
 * Bytes as rows of groups and characters: a cursor that goes anywhere, editing in place, a scroll bar over as much of the space as makes sense. It has no
 * bytes of its own: it says which it shows, and what was typed over which.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import { base } from '../common/styles.js';
import { addressText, asciiOf, groupBytes, groupText, pieceText, Window, type Extent, type Layout } from './model.js';

/** CSS pixels. */
const ROW_HEIGHT = 20;
/** Rows that a turn of the wheel moves. */
const WHEEL_ROWS = 3;
const SMALLEST_THUMB = 16;

/** How a byte differs. */
export interface Marks {
  /** It changed just now. */
  fresh(address: number): boolean;
  /** It is not what it was at the last stop. */
  since(address: number): boolean;
  /** It belongs to what was found. */
  found(address: number): boolean;
}

export interface Edit {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export class HexElement extends LitElement {
  static override readonly properties = {
    window: { attribute: false },
    layout: { attribute: false },
    marks: { attribute: false },
    top: { attribute: false },
    cursor: { attribute: false },
    end: { attribute: false },
    extent: {
      attribute: false,
      hasChanged: (now: Extent, before: Extent | undefined) => now.first !== before?.first || now.end !== before.end,
    },
    version: { attribute: false },
  };

  static override readonly styles = [
    base,
    css`
      :host {
        display: flex;
        height: 100%;
        min-height: 0;
        overflow: hidden;
        contain: strict;
      }
      .grid {
        flex: 1;
        min-width: 0;
        overflow-x: auto;
        overflow-y: hidden;
        outline: none;
        padding-left: 10px;
      }
      .row {
        display: flex;
        gap: 14px;
        height: ${ROW_HEIGHT}px;
        align-items: center;
        white-space: pre;
        min-width: max-content;
      }
      .row.head {
        color: var(--vscode-descriptionForeground);
      }
      .address {
        color: var(--vscode-descriptionForeground);
      }
      .groups {
        display: flex;
        gap: 1ch;
      }
      .groups .wide {
        margin-left: 1ch;
      }
      .note {
        color: var(--vscode-descriptionForeground);
        font-style: italic;
      }
      .names {
        color: var(--vscode-symbolIcon-functionForeground, var(--vscode-charts-purple));
      }
      .named {
        box-shadow: -1px 0 0 0 var(--vscode-symbolIcon-functionForeground, var(--vscode-charts-purple));
      }
      .missing {
        color: var(--vscode-disabledForeground, var(--vscode-descriptionForeground));
      }
      .since {
        color: var(--vscode-gitDecoration-modifiedResourceForeground, var(--vscode-charts-yellow));
        text-decoration: underline dotted;
      }
      .fresh {
        font-weight: 700;
        text-decoration: underline;
        color: var(--vscode-charts-red);
      }
      .found {
        background: var(--vscode-editor-findMatchBackground);
        outline: 1px solid var(--vscode-editor-findMatchBorder, var(--vscode-contrastActiveBorder, transparent));
      }
      .cursor {
        background: var(--vscode-list-inactiveSelectionBackground);
        outline: 1px dotted var(--vscode-foreground);
      }
      .grid:focus .cursor {
        color: var(--vscode-list-activeSelectionForeground);
        background: var(--vscode-list-activeSelectionBackground);
        outline: 1px solid var(--vscode-focusBorder);
      }
      .grid:focus .cursor.twin {
        color: inherit;
        background: none;
        outline-style: dotted;
      }
      .typing {
        text-decoration: underline double;
      }
      .grid:focus-visible .head {
        box-shadow: inset 0 -1px 0 0 var(--vscode-focusBorder);
      }
      .bar {
        position: relative;
        width: 14px;
        flex: none;
        border-left: 1px solid var(--vscode-scrollbar-shadow, transparent);
        touch-action: none;
      }
      .thumb {
        position: absolute;
        left: 2px;
        right: 2px;
        background: var(--vscode-scrollbarSlider-background);
      }
      .bar:hover .thumb {
        background: var(--vscode-scrollbarSlider-hoverBackground);
      }
    `,
  ];

  declare window: Window;
  declare layout: Layout;
  declare marks: Marks | undefined;
  /** Address of the first row; a multiple of the columns. */
  declare top: number;
  declare cursor: number;
  /** One behind the space's last address. */
  declare end: number;
  /** What the scroll bar covers. */
  declare extent: Extent;
  declare version: number;

  private seen = 0;
  /** The cursor types characters rather than digits. */
  private inText = false;
  /** Digits typed over the cursor's group so far. */
  private typed = '';
  /** Where that group begins. */
  private typedAt = 0;
  private readonly observer = new ResizeObserver(() => {
    this.measure();
  });

  constructor() {
    super();
    this.window = Window.empty;
    this.layout = { columns: 16, group: 1, order: 'little' };
    this.top = 0;
    this.cursor = 0;
    this.end = 2 ** 32;
    this.extent = { first: 0, end: 2 ** 32 };
    this.version = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    // a listener that keeps the page from scrolling must not be passive
    this.addEventListener('wheel', this.wheel, { passive: false });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.removeEventListener('wheel', this.wheel);
  }

  /** Rows that fit. */
  get rows(): number {
    return Math.max(1, Math.floor(this.seen / ROW_HEIGHT) - 1);
  }

  private measure(): void {
    if (this.clientHeight === this.seen) return;
    this.seen = this.clientHeight;
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('rows'));
  }

  private tell<T>(name: 'scroll-to' | 'cursor-to' | 'edit', detail: T): void {
    this.dispatchEvent(new CustomEvent<T>(name, { detail }));
  }

  private readonly wheel = (event: WheelEvent): void => {
    if (event.deltaY === 0 || event.ctrlKey) return;
    event.preventDefault();
    this.scrollRows(Math.sign(event.deltaY) * WHEEL_ROWS);
  };

  private scrollRows(rows: number): void {
    this.tell('scroll-to', this.top + rows * this.layout.columns);
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.metaKey || event.altKey) return;
    const { columns, group } = this.layout;
    const step = this.inText ? 1 : group;
    const page = this.rows * columns;
    const { extent } = this;
    const row = this.cursor - (this.cursor % columns);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: this.cursor + step,
      ArrowLeft: this.cursor - step,
      ArrowDown: this.cursor + columns,
      ArrowUp: this.cursor - columns,
      PageDown: this.cursor + page,
      PageUp: this.cursor - page,
      Home: event.ctrlKey ? extent.first : row,
      End: event.ctrlKey ? extent.end - step : row + columns - step,
    };
    if (event.key in moves) {
      this.commit();
      this.move(moves[event.key]);
    } else if (event.ctrlKey) return;
    else if (event.key === 'Enter') this.commit(true);
    else if (event.key === 'Escape' && this.typed !== '') this.forget();
    else if (event.key === 'Backspace' && this.typed !== '') this.type(this.typed.slice(0, -1));
    else if (event.key === 'F2') this.choose(!this.inText);
    else if (this.inText && event.key.length === 1 && event.key.charCodeAt(0) < 0x80) this.character(event.key);
    else if (!this.inText && /^[0-9a-f]$/i.test(event.key)) this.digit(event.key.toLowerCase());
    else return;
    event.preventDefault();
  };

  private move(address: number): void {
    this.tell('cursor-to', Math.min(this.end - 1, Math.max(0, address)));
  }

  private choose(inText: boolean): void {
    this.commit();
    this.inText = inText;
    this.requestUpdate();
  }

  private type(digits: string): void {
    this.typed = digits;
    this.typedAt = this.groupStart;
    this.requestUpdate();
  }

  private forget(): void {
    this.type('');
  }

  private get groupStart(): number {
    return this.cursor - (this.cursor % this.layout.group);
  }

  private digit(digit: string): void {
    this.type(this.typed + digit);
    if (this.typed.length === 2 * this.layout.group) this.commit(true);
  }

  /** Writes what was typed. @param goOn to the next group */
  private commit(goOn = false): void {
    if (this.typed !== '') {
      const { groupStart, layout } = this;
      this.tell<Edit>('edit', { address: groupStart, bytes: groupBytes(this.typed, layout) });
      this.forget();
      if (goOn) this.move(groupStart + layout.group);
    }
  }

  private character(character: string): void {
    this.tell<Edit>('edit', { address: this.cursor, bytes: Uint8Array.of(character.charCodeAt(0)) });
    this.move(this.cursor + 1);
  }

  /** Cells say by their ids what they are. */
  private readonly clicked = (event: Event): void => {
    const { id = '' } = (event.target as Element).closest('[role=gridcell]') ?? {};
    const [kind, address] = id.split('-');
    if (address !== undefined) this.pick(Number(address), kind === 'text');
  };

  private pick(address: number, inText: boolean): void {
    this.commit();
    this.inText = inText;
    this.renderRoot.querySelector<HTMLElement>('.grid')?.focus({ preventScroll: true });
    this.move(address);
    this.requestUpdate();
  }

  // ---- the scroll bar

  private readonly drag = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement;
    if (event.type === 'pointerdown') bar.setPointerCapture(event.pointerId);
    else if (!bar.hasPointerCapture(event.pointerId)) return;
    const { top, height } = bar.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - top) / height));
    const { first, end } = this.extent;
    this.tell('scroll-to', first + share * (end - first));
  };

  private bar(): TemplateResult {
    const { first, end } = this.extent;
    const shown = this.rows * this.layout.columns;
    const length = Math.max(1, end - first);
    const size = Math.max(SMALLEST_THUMB, (shown / length) * this.seen);
    const at = Math.min(1, Math.max(0, (this.top - first) / length)) * Math.max(0, this.seen - size);
    return html`<div
      class="bar"
      role="scrollbar"
      aria-label="Place in the space"
      aria-orientation="vertical"
      aria-controls="grid"
      aria-valuemin=${first}
      aria-valuemax=${end}
      aria-valuenow=${this.top}
      aria-valuetext=${addressText(this.top, this.end)}
      @pointerdown=${this.drag}
      @pointermove=${this.drag}
    >
      <div class="thumb" style=${styleMap({ top: `${at}px`, height: `${Math.min(size, this.seen)}px` })}></div>
    </div>`;
  }

  // ---- rows

  override willUpdate(changed: PropertyValues): void {
    // what was typed was meant for another group, or in another order
    if (changed.has('layout') || this.groupStart !== this.typedAt) this.typed = '';
  }

  override render(): TemplateResult {
    const { top, layout, end } = this;
    const rows = Array.from({ length: this.rows }, (_, i) => top + i * layout.columns).filter((row) => row < end);
    return html`<div
        id="grid"
        class="grid mono"
        role="grid"
        tabindex="0"
        aria-label="Bytes"
        aria-description="Type digits over a group to change it; F2 goes over to characters and back."
        aria-activedescendant=${this.inText ? `text-${this.cursor}` : `group-${this.groupStart}`}
        @keydown=${this.key}
        @click=${this.clicked}
        @focusout=${() => {
          this.commit();
        }}
      >
        ${this.head()}${rows.map((row) => this.row(row))}
      </div>
      ${this.bar()}`;
  }

  private head(): TemplateResult {
    const { columns, group } = this.layout;
    const width = addressText(this.top, this.end).length;
    return html`<div class="row head" aria-hidden="true">
      <span>${' '.repeat(width)}</span>
      <span class="groups">${this.offsets(columns, group)}</span>
    </div>`;
  }

  private offsets(columns: number, group: number): TemplateResult[] {
    return Array.from(
      { length: columns / group },
      (_, i) =>
        html`<span class=${gap(i, group)}
          >${(i * group)
            .toString(16)
            .padStart(2, '0')
            .padEnd(2 * group)}</span
        >`,
    );
  }

  private row(row: number): TemplateResult {
    const { layout, window } = this;
    const { columns, group } = layout;
    const pieces = [window.pieceAt(row), window.pieceAt(row + columns - 1)];
    const address = html`<span class="address" role="rowheader">${addressText(row, this.end)}</span>`;
    const [first, last] = pieces;
    if (first && first === last && first.kind !== 'bytes' && first.kind !== 'fixed') {
      // the cursor stands somewhere in it
      const here = this.cursor >= row && this.cursor < row + columns;
      const at = here ? (this.inText ? `text-${this.cursor}` : `group-${this.groupStart}`) : `group-${row}`;
      return html`<div class="row" role="row">
        ${address}<span id=${at} class="note ${here ? 'cursor' : ''}" role="gridcell">${pieceText(first)}</span>
      </div>`;
    }
    const groups = Array.from({ length: columns / group }, (_, i) => this.group(row + i * group, gap(i, group)));
    const names = this.names(row);
    return html`<div class="row" role="row">
      ${address}<span class="groups">${groups}</span><span>${this.characters(row)}</span>${
        names === '' ? nothing : html`<span class="names" role="gridcell">${names}</span>`
      }
    </div>`;
  }

  private names(row: number): string {
    const found: string[] = [];
    for (let i = 0; i < this.layout.columns; i++) {
      const name = this.window.symbols.get(row + i);
      if (name !== undefined) found.push(name);
    }
    return found.join(', ');
  }

  /** Classes for a stretch of bytes. */
  private classes(address: number, size: number): string {
    const { window, marks } = this;
    const any = (test: (address: number) => boolean) => {
      for (let i = 0; i < size; i++) if (test(address + i)) return true;
      return false;
    };
    return [
      any((at) => window.symbols.has(at)) ? 'named' : '',
      window.at(address) === undefined ? 'missing' : '',
      marks && any((at) => marks.fresh(at)) ? 'fresh' : marks && any((at) => marks.since(at)) ? 'since' : '',
      marks && any((at) => marks.found(at)) ? 'found' : '',
    ]
      .filter(Boolean)
      .join(' ');
  }

  private group(address: number, spaced: string): TemplateResult {
    const { layout } = this;
    const here = address === this.groupStart;
    const typing = here && !this.inText && this.typed !== '';
    const text = typing ? this.typed.padStart(2 * layout.group, '_') : groupText(this.window, address, layout);
    const cursor = here ? `cursor${this.inText ? ' twin' : ''}${typing ? ' typing' : ''}` : '';
    return html`<span
      id="group-${address}"
      class="${spaced} ${this.classes(address, layout.group)} ${cursor}"
      role="gridcell"
      >${text}</span
    >`;
  }

  private characters(row: number): TemplateResult[] {
    return Array.from({ length: this.layout.columns }, (_, i) => {
      const address = row + i;
      const cursor = address === this.cursor ? `cursor${this.inText ? '' : ' twin'}` : '';
      return html`<span id="text-${address}" class="${this.classes(address, 1)} ${cursor}" role="gridcell"
        >${asciiOf(this.window.at(address))}</span
      >`;
    });
  }
}

/** A little more room in the middle of a row. */
function gap(index: number, group: number): string {
  const bytes = index * group;
  return bytes > 0 && bytes % 8 === 0 ? 'wide' : '';
}
