/**
 * The card that explains an instruction of the listing: when it comes and goes, and where it stands. The pointer brings it and takes it away; the keyboard
 * brings it to stay and gets the focus. Knows rows by address and rectangle only.
 */
import { css, html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { DecodedWord } from '../../protocol/decoded.js';
import { decodedStyles, decodedWord } from '../common/decoded.js';

/** As VS Code's hovers in text. */
const SHOW_DELAY_MS = 300;
const HIDE_DELAY_MS = 300;
/** Below the row unless there is more room above and less than this below, in pixels. */
const ENOUGH = 320;
const EDGE = 12;

export const hoverStyles = css`
  .hover {
    position: fixed;
    z-index: 1;
    overflow: auto;
    max-width: calc(100vw - ${2 * EDGE}px);
    color: var(--vscode-editorHoverWidget-foreground);
    background: var(--vscode-editorHoverWidget-background);
    border: 1px solid var(--vscode-editorHoverWidget-border, transparent);
    border-radius: 3px;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    user-select: text;
  }
  ${decodedStyles}
`;

/** Where a row is on the screen, and where the card is to begin. */
export interface Anchor {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

interface Wanted {
  readonly address: number;
  readonly anchor: Anchor;
  /** Came by keyboard or menu: stays until it is sent away. */
  readonly stays: boolean;
}

interface Host extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

export class DecodeHover implements ReactiveController {
  private asked: (Wanted & { readonly request: number }) | undefined;
  private shown: (Wanted & { readonly words: readonly DecodedWord[] }) | undefined;
  private showTimer: ReturnType<typeof setTimeout> | undefined;
  private hideTimer: ReturnType<typeof setTimeout> | undefined;
  private focusIsDue = false;

  /**
   * @param ask asks for an instruction's meaning; returns the number of the request
   * @param left to be called when the card has gone that had the focus
   */
  constructor(
    private readonly host: Host,
    private readonly ask: (address: number) => number,
    private readonly left: () => void,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.hide();
  }

  /** The pointer is on a row. */
  over(address: number, anchor: () => Anchor): void {
    if (this.shown?.stays) return;
    clearTimeout(this.showTimer);
    if (this.shown?.address === address) clearTimeout(this.hideTimer);
    else {
      this.showTimer = setTimeout(() => {
        this.want({ address, anchor: anchor(), stays: false });
      }, SHOW_DELAY_MS);
    }
  }

  /** The pointer has left a row, or the card. */
  readonly out = (): void => {
    clearTimeout(this.showTimer);
    clearTimeout(this.hideTimer);
    if (this.shown?.stays) return;
    this.hideTimer = setTimeout(() => {
      this.hide();
    }, HIDE_DELAY_MS);
  };

  /** Explains an instruction at once, to stay and with the focus. */
  pin(address: number, anchor: Anchor): void {
    this.hide();
    this.want({ address, anchor, stays: true });
  }

  private want(wanted: Wanted): void {
    this.asked = { ...wanted, request: this.ask(wanted.address) };
  }

  receive(request: number, words: readonly DecodedWord[]): void {
    if (this.asked?.request !== request) return;
    const { asked } = this;
    this.hide();
    if (words.length === 0) return;
    this.shown = { ...asked, words };
    this.focusIsDue = asked.stays;
    this.host.requestUpdate();
  }

  readonly hide = (): void => {
    clearTimeout(this.showTimer);
    clearTimeout(this.hideTimer);
    this.asked = undefined;
    if (!this.shown) return;
    this.shown = undefined;
    this.host.requestUpdate();
  };

  private get card(): HTMLElement | null {
    return this.host.renderRoot.querySelector<HTMLElement>('.hover');
  }

  hostUpdated(): void {
    const { card, shown } = this;
    if (!card || !shown) return;
    card.style.left = `${Math.max(EDGE, Math.min(shown.anchor.left, window.innerWidth - card.offsetWidth - EDGE))}px`;
    if (!this.focusIsDue) return;
    this.focusIsDue = false;
    card.focus();
  }

  private readonly keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.hide();
    this.left();
  };

  private readonly lostFocus = (): void => {
    if (this.shown?.stays) this.hide();
  };

  template(): TemplateResult | typeof nothing {
    if (!this.shown) return nothing;
    const { anchor, words } = this.shown;
    const above = anchor.top - EDGE;
    const below = window.innerHeight - anchor.bottom - EDGE;
    const side =
      below >= Math.min(above, ENOUGH)
        ? `top: ${anchor.bottom}px; max-height: ${below}px`
        : `bottom: ${window.innerHeight - anchor.top}px; max-height: ${above}px`;
    return html`<div
      class="hover"
      role="region"
      tabindex="0"
      aria-label="Decoded word"
      style=${side}
      @pointerenter=${() => {
        clearTimeout(this.hideTimer);
        clearTimeout(this.showTimer);
      }}
      @pointerleave=${this.out}
      @keydown=${this.keyPressed}
      @blur=${this.lostFocus}
    >
      ${words.map(decodedWord)}
    </div>`;
  }
}
