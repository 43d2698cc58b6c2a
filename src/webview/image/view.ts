/** The editor of ELF files: what the file says of itself on the left, its code on the right. Draws; the extension reads and disassembles. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import type { ImageInfo, ImageSymbol, InstructionInfo } from '../../protocol/model.js';
import type { FromImageView, ToImageView } from '../../protocol/panels.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import type { Host } from '../common/host.js';
import { base } from '../common/styles.js';
import { scrollToRow, visibleRows } from '../common/window.js';
import { headerFields, sectionTable, segmentTable } from './file.js';
import { DecodeHover, hoverStyles, type Anchor } from './hover.js';
import { Lines, type Line } from './lines.js';
import { styles } from './styles.js';

const SYMBOL_HEIGHT = 22;
const LINE_HEIGHT = 20;
const SYMBOLS_SHOWN_HEIGHT = 320;
/** Instructions asked for at a time. */
const CHUNK = 400;
/** More is asked for when the edge comes this near, in rows. */
const NEAR_EDGE = 80;
/** An instruction whose class is worth a word. */
const UNMARKED = new Set(['innocuous', 'branch', 'data', undefined]);

type Shown = { readonly name: string; readonly info: ImageInfo } | { readonly name: string; readonly message: string };

function labelsOf({ symbols }: ImageInfo): Map<number, string[]> {
  const labels = new Map<number, string[]>();
  for (const { name, address, kind } of symbols) {
    if (name === '' || name.startsWith('$') || kind === 'file' || kind === 'section') continue;
    const list = labels.get(address);
    if (list) list.push(name);
    else labels.set(address, [name]);
  }
  return labels;
}

/** Bytes in memory order as the word that the manual draws. */
function word({ bytes, isa }: InstructionInfo): string {
  const pairs = bytes.match(/../g) ?? [];
  if (isa === 'A32') return pairs.reverse().join('');
  return pairs.map((_, i) => pairs[i ^ 1] ?? '').join('');
}

/** The card stands at the instruction's text. */
function anchorOf(row: Element): Anchor {
  const { top, bottom } = row.getBoundingClientRect();
  return { top, bottom, left: row.querySelector('.text')?.getBoundingClientRect().left ?? 0 };
}

export class ImageElement extends LitElement {
  static override readonly styles = [base, styles, hoverStyles];

  private host!: Host<FromImageView, ToImageView>;
  private shown: Shown | undefined;
  private lines = new Lines(new Map());
  private symbols: readonly ImageSymbol[] = [];
  private filter = '';
  private selected = 0;
  /** The current instruction: gone to, clicked on, or reached with the arrow keys. */
  private target: number | undefined;
  private symbolsTop = 0;
  private codeTop = 0;
  private codeHeight = 0;
  private nextRequest = 1;
  private asked: { readonly request: number; readonly what: 'show' | 'after' | 'before' } | undefined;
  private readonly hover = new DecodeHover(
    this,
    (address) => {
      const request = this.nextRequest++;
      this.host.send({ kind: 'decode', request, address });
      return request;
    },
    () => {
      this.code?.focus();
    },
  );
  private readonly observer = new ResizeObserver(() => {
    const height = this.code?.clientHeight ?? 0;
    if (height === this.codeHeight) return;
    this.codeHeight = height;
    this.requestUpdate();
  });

  /** To be called when the page is up. */
  start(host: Host<FromImageView, ToImageView>): void {
    this.host = host;
    host.listen((message) => {
      this.receive(message);
    });
    host.send({ kind: 'ready' });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  private receive(message: ToImageView): void {
    switch (message.kind) {
      case 'image':
        this.hover.hide();
        this.shown = { name: message.name, info: message.info };
        this.lines = new Lines(labelsOf(message.info));
        this.filterSymbols(this.filter);
        this.goTo(this.target ?? this.firstAddress(message.info));
        break;
      case 'broken':
        this.shown = { name: message.name, message: message.message };
        break;
      case 'lines':
        this.receiveLines(message.request, message.lines);
        break;
      case 'decoded':
        this.hover.receive(message.request, message.words);
        break;
      case 'decodeCurrent':
        this.decodeCurrent();
        break;
    }
    this.requestUpdate();
  }

  private firstAddress({ entry, ranges }: ImageInfo): number {
    const inCode = ranges.some(({ address, length }) => entry >= address && entry < address + length);
    return inCode ? entry : (ranges[0]?.address ?? entry);
  }

  private receiveLines(request: number, infos: readonly InstructionInfo[]): void {
    if (this.asked?.request !== request) return;
    const { what } = this.asked;
    this.asked = undefined;
    if (what === 'show') {
      this.lines.show(infos);
      this.scrollCode(0);
    } else if (what === 'after') this.lines.append(infos);
    else this.scrollCode(this.codeTop + this.lines.prepend(infos) * LINE_HEIGHT);
    void this.updateComplete.then(() => {
      if (this.code) this.code.scrollTop = this.codeTop;
      this.askAround();
    });
  }

  private ask(what: 'show' | 'after' | 'before', address: number): void {
    const request = this.nextRequest++;
    this.asked = { request, what };
    this.host.send({ kind: 'lines', request, address, offset: what === 'before' ? -CHUNK : 0, count: CHUNK });
  }

  /** Asks for more where the edge of what is known has come near. */
  private askAround(): void {
    if (this.asked) return;
    const { after, before, rows } = this.lines;
    const firstRow = this.codeTop / LINE_HEIGHT;
    const lastRow = firstRow + this.codeHeight / LINE_HEIGHT;
    if (after !== undefined && lastRow > rows.length - NEAR_EDGE) this.ask('after', after);
    else if (before !== undefined && firstRow < NEAR_EDGE) this.ask('before', before);
  }

  private goTo(address: number): void {
    this.target = address;
    const row = this.lines.rowOf(address);
    if (row < 0) this.ask('show', address);
    else {
      this.scrollCode(scrollToRow(row, row * LINE_HEIGHT, this.codeHeight, LINE_HEIGHT));
      this.askAround();
    }
    this.requestUpdate();
  }

  private get code(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.listing');
  }

  private scrollCode(top: number): void {
    this.codeTop = top;
    if (this.code) this.code.scrollTop = top;
  }

  private filterSymbols(text: string): void {
    this.filter = text;
    const info = this.shown && 'info' in this.shown ? this.shown.info : undefined;
    const wanted = text.trim().toLowerCase();
    this.symbols = (info?.symbols ?? [])
      .filter(({ name }) => name !== '' && !name.startsWith('$') && name.toLowerCase().includes(wanted))
      .sort((a, b) => a.address - b.address);
    this.selected = Math.min(this.selected, Math.max(0, this.symbols.length - 1));
  }

  private readonly symbolKey = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 };
    const symbol = this.symbols[this.selected];
    if (event.key in moves) {
      this.selected = Math.min(Math.max(0, this.selected + moves[event.key]), this.symbols.length - 1);
      const list = this.renderRoot.querySelector<HTMLElement>('.symbols');
      if (list) list.scrollTop = scrollToRow(this.selected, list.scrollTop, list.clientHeight, SYMBOL_HEIGHT);
    } else if (event.key === 'Enter' && symbol) this.goTo(symbol.address);
    else return;
    event.preventDefault();
    this.requestUpdate();
  };

  private readonly codeKey = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(this.codeHeight / LINE_HEIGHT) - 1);
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in moves) {
      this.target = this.lines.step(this.target, moves[event.key]);
      this.showTarget();
    } else if (event.key === 'Enter' || event.key === ' ') this.decodeCurrent();
    else return;
    event.preventDefault();
    this.requestUpdate();
  };

  /** Scrolls until the current instruction is in view. */
  private showTarget(): void {
    const row = this.target === undefined ? -1 : this.lines.rowOf(this.target);
    if (row < 0) return;
    this.scrollCode(scrollToRow(row, this.codeTop, this.codeHeight, LINE_HEIGHT));
    this.askAround();
  }

  private decodeCurrent(): void {
    const { target } = this;
    if (target === undefined) return;
    this.showTarget();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const row = this.renderRoot.querySelector('.instruction.target');
      if (row) this.hover.pin(target, anchorOf(row));
    });
  }

  /** VS Code looks on the element in the page for what a menu is about: it does not see into ours. */
  private menuOn(address: number | undefined): void {
    if (address === undefined) delete this.dataset.vscodeContext;
    else {
      this.target = address;
      this.dataset.vscodeContext = JSON.stringify({ webviewSection: 'instruction' });
    }
    this.requestUpdate();
  }

  // Drawing

  override updated(): void {
    if (this.code) this.observer.observe(this.code);
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.shown) return nothing;
    if ('message' in this.shown) return html`<p class="broken" role="alert">${this.shown.message}</p>`;
    const { name, info } = this.shown;
    const run = (debug: boolean) => () => {
      this.host.send({ kind: 'run', debug });
    };
    return html`<div class="view">
      <header>
        <h1>${name}</h1>
        <span class="dim">entry <span class="mono">${hex32(info.entry)}</span></span>
        <span class="buttons">
          <button class="action" @click=${run(true)}>Debug</button>
          <button class="action secondary" @click=${run(false)}>Run</button>
        </span>
      </header>
      <aside>${headerFields(info)} ${segmentTable(info)} ${sectionTable(info)} ${this.symbolList()}</aside>
      ${this.listing()} ${this.hover.template()}
    </div>`;
  }

  private symbolList(): TemplateResult {
    const { symbols } = this;
    const { first, end } = visibleRows(this.symbolsTop, SYMBOLS_SHOWN_HEIGHT, SYMBOL_HEIGHT, symbols.length);
    return html`<h2>Symbols</h2>
      <div class="filter">
        <input
          type="text"
          spellcheck="false"
          placeholder="Filter symbols"
          aria-label="Filter symbols"
          @input=${(event: Event) => {
            this.filterSymbols((event.target as HTMLInputElement).value);
            this.requestUpdate();
          }}
          @keydown=${this.symbolKey}
        />
      </div>
      <div
        class="symbols"
        role="listbox"
        tabindex="0"
        aria-label="Symbols"
        @scroll=${(event: Event) => {
          this.symbolsTop = (event.target as HTMLElement).scrollTop;
          this.requestUpdate();
        }}
        @keydown=${this.symbolKey}
      >
        ${symbols.length === 0 ? html`<div class="symbol dim">${this.filter === '' ? 'None.' : 'None matches.'}</div>` : nothing}
        <div style=${styleMap({ height: `${symbols.length * SYMBOL_HEIGHT}px` })}></div>
        ${symbols.slice(first, end).map((symbol, i) => this.symbol(symbol, first + i))}
      </div>`;
  }

  private symbol({ name, address, size, kind, thumb }: ImageSymbol, index: number): TemplateResult {
    return html`<div
      class="symbol"
      role="option"
      aria-selected=${index === this.selected}
      style=${styleMap({ top: `${index * SYMBOL_HEIGHT}px` })}
      title="${kind}${thumb ? ', Thumb' : ''}, ${full(size)} bytes"
      @click=${() => {
        this.selected = index;
        this.goTo(address);
      }}
    >
      <span class="name">${name}</span><span class="mono dim">${hex32(address)}</span>
    </div>`;
  }

  private listing(): TemplateResult {
    const { rows } = this.lines;
    const { first, end } = visibleRows(this.codeTop, this.codeHeight, LINE_HEIGHT, rows.length);
    return html`<div
      class="listing mono"
      role="listbox"
      tabindex="0"
      aria-label="Listing"
      aria-activedescendant=${this.target === undefined ? nothing : `at-${this.target}`}
      @scroll=${(event: Event) => {
        const { scrollTop } = event.target as HTMLElement;
        // the card goes when somebody scrolls, not when we do
        if (scrollTop !== this.codeTop) this.hover.hide();
        this.codeTop = scrollTop;
        this.askAround();
        this.requestUpdate();
      }}
      @keydown=${this.codeKey}
      @contextmenu=${(event: MouseEvent) => {
        // from the keyboard it is about the current instruction
        if (event.target === event.currentTarget) this.menuOn(this.target);
      }}
    >
      <div class="code" style=${styleMap({ height: `${rows.length * LINE_HEIGHT}px` })}>
        ${rows.slice(first, end).map((row, i) => this.line(row, (first + i) * LINE_HEIGHT))}
      </div>
      ${rows.length === 0 ? html`<p class="broken">This file holds no code that could be listed.</p>` : nothing}
    </div>`;
  }

  private line(row: Line, top: number): TemplateResult {
    if (row.kind === 'label') {
      return html`<div
        class="label"
        role="presentation"
        style=${styleMap({ top: `${top}px` })}
        @contextmenu=${() => {
          this.menuOn(undefined);
        }}
      >
        ${row.name}:
      </div>`;
    }
    const { info } = row;
    const { address } = info;
    const isTarget = address === this.target;
    return html`<div
      id="at-${address}"
      class="instruction ${isTarget ? 'target' : ''}"
      role="option"
      aria-selected=${isTarget}
      style=${styleMap({ top: `${top}px` })}
      @click=${() => {
        this.target = address;
        this.requestUpdate();
      }}
      @contextmenu=${() => {
        this.menuOn(address);
      }}
      @pointerenter=${({ currentTarget }: Event) => {
        this.hover.over(address, () => anchorOf(currentTarget as Element));
      }}
      @pointerleave=${this.hover.out}
    >
      <span class="address">${hex32(address).slice(2)}</span
      ><span class="dim">${info.bytes.replace(/..(?=.)/g, '$& ')}</span><span class="dim">${word(info)}</span
      ><span class="text">${info.text}</span><span class="class">${UNMARKED.has(info.cls) ? nothing : info.cls}</span>
    </div>`;
  }
}
