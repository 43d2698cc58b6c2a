/** The field of the panel "Blocks" that finds places: what was found is listed below it while one types. Tells by `go` where to go. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base } from '../common/styles.js';
import { Search, type SearchSources } from './search.js';

/** Typing settles before anybody is asked. */
const TYPING_MS = 150;

/** Events: `go` with an address that was chosen, `problem` with an error that a search ended with. */
export class SearchField extends LitElement {
  static override readonly properties = { sources: { attribute: false } };

  static override readonly styles = [
    base,
    css`
      :host {
        position: relative;
        height: auto;
      }
      .found {
        position: absolute;
        z-index: 10;
        top: 100%;
        left: 0;
        width: max(100%, min(60ch, 80vw));
        max-height: 50vh;
        overflow-y: auto;
        color: var(--vscode-quickInput-foreground, var(--vscode-foreground));
        background: var(--vscode-quickInput-background, var(--vscode-editorWidget-background));
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .found .entry {
        display: flex;
        gap: 12px;
        justify-content: space-between;
        padding: 2px 8px;
        cursor: pointer;
        white-space: nowrap;
        overflow: hidden;
      }
      .found .entry[aria-selected='true'] {
        color: var(--vscode-list-activeSelectionForeground);
        background: var(--vscode-list-activeSelectionBackground);
        outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .found .entry[aria-selected='true'] .dim {
        color: inherit;
      }
    `,
  ];

  /** Whom to ask; other ones find other places. */
  declare sources: SearchSources;

  private text = '';
  private entry = 0;
  /** What was found is what was typed. */
  private searched = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly search = new Search(
    {
      symbols: (filter, maximum) => this.sources.symbols(filter, maximum),
      findCode: (text, from, most) => this.sources.findCode(text, from, most),
    },
    () => {
      this.requestUpdate();
    },
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  private readonly typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.entry = 0;
    this.searched = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.searched = true;
      this.search.start(this.text).catch((error: unknown) => {
        this.dispatchEvent(new CustomEvent<unknown>('problem', { detail: error }));
      });
    }, TYPING_MS);
    this.requestUpdate();
  };

  private readonly key = (event: KeyboardEvent): void => {
    const { found } = this.search;
    const { key } = event;
    if (key === 'ArrowDown') this.entry = Math.min(found.length - 1, this.entry + 1);
    else if (key === 'ArrowUp') this.entry = Math.max(0, this.entry - 1);
    else if (key === 'Enter' && found[this.entry]) this.go(found[this.entry].address);
    else if (key === 'Escape' && (found.length > 0 || this.text !== '')) this.close();
    else return;
    event.preventDefault();
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector('.entry[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    });
  };

  private go(address: number): void {
    this.close();
    this.dispatchEvent(new CustomEvent<number>('go', { detail: address }));
  }

  /** Forgets what was typed and found. */
  close(): void {
    clearTimeout(this.timer);
    this.text = '';
    this.search.clear();
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { found, busy } = this.search;
    const open = this.text !== '';
    const none = !busy && found.length === 0 && this.searched;
    return html`<input
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
        @keydown=${this.key}
        @blur=${() => {
          this.close();
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
                this.go(address);
              }}
            >
              <span class="mono">${label}</span><span class="dim mono">${detail}</span>
            </div>`,
        )}
        ${none ? html`<div class="entry dim">No symbol has this in its name, and no scanned instruction in its text.</div>` : nothing}
        ${busy ? html`<div class="entry dim">Looking…</div>` : nothing}
      </div>`;
  }
}
