/** The bar that asks what to find, and says how the search goes. */
import { html, nothing, type TemplateResult } from 'lit';
import { chooseLabelled } from '../common/controls.js';
import type { PatternKind } from './model.js';
import type { Search } from './search.js';

/** As it was typed. */
export interface Wanted {
  readonly kind: PatternKind;
  readonly pattern: string;
  readonly anyCase: boolean;
  /** Expressions; nothing: all of the space. */
  readonly first: string;
  readonly end: string;
}

export interface SearchActions {
  set(change: Partial<Wanted>): void;
  find(backwards: boolean): void;
  /** @param text what is said then */
  end(text: string): void;
}

const valueOf = (event: Event): string => (event.target as HTMLInputElement).value;

export function searchBar(wanted: Wanted, search: Pick<Search, 'busy' | 'text'>, does: SearchActions): TemplateResult {
  const begin = (backwards: boolean) => () => {
    does.find(backwards);
  };
  return html`<div
    class="bar"
    role="search"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) begin(event.shiftKey)();
      else if (event.key === 'Escape') does.end('');
    }}
  >
    ${chooseLabelled(
      'Find',
      [
        { id: 'bytes', name: 'bytes' },
        { id: 'text', name: 'text' },
        { id: 'word', name: '32-bit word' },
      ],
      wanted.kind,
      (kind: PatternKind) => {
        does.set({ kind });
      },
    )}
    <input
      type="text"
      spellcheck="false"
      aria-label="What to find"
      placeholder=${{ bytes: 'de ad be ef', text: 'text', word: '0xe10f0000' }[wanted.kind]}
      .value=${wanted.pattern}
      @input=${(event: Event) => {
        does.set({ pattern: valueOf(event) });
      }}
    />
    ${
      wanted.kind === 'text'
        ? html`<label
            ><input
              type="checkbox"
              .checked=${wanted.anyCase}
              @change=${(event: Event) => {
                does.set({ anyCase: (event.target as HTMLInputElement).checked });
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
        .value=${wanted.first}
        @input=${(event: Event) => {
          does.set({ first: valueOf(event) });
        }}
    /></label>
    <label
      >to
      <input
        type="text"
        class="short"
        spellcheck="false"
        placeholder="anywhere"
        .value=${wanted.end}
        @input=${(event: Event) => {
          does.set({ end: valueOf(event) });
        }}
    /></label>
    ${
      search.busy
        ? html`<button
            class="small"
            @click=${() => {
              does.end('Cancelled.');
            }}
          >
            Cancel
          </button>`
        : nothing
    }
    <span class="dim" role="status">${search.text}</span>
  </div>`;
}
