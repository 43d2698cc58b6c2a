/**
 * The memory strip: above, all pages of guest memory of which the VMM knows anything, side by side; below, one of them halfword by halfword. How high a mark
 * is says the same as its colour. Draws what it is told, and tells what is picked.
 */
import { css, html, type TemplateResult } from 'lit';
import { MEMORY_PAGE, MEMORY_USES, type MemoryPages } from '../../protocol/views/blocks.js';
import { CanvasElement } from '../common/canvas-element.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import { base } from '../common/styles.js';
import type { Theme } from '../common/theme.js';
import { USES } from './signs.js';

const USE_COUNT = MEMORY_USES.length;
const HALFWORDS = MEMORY_PAGE / 2;
/** Of a row, pixels. */
const ROW_HEIGHT = 18;
/** Between pages that do not follow each other, as a share of a page's width. */
const GAP = 0.5;
/** A page is no wider than this where there are few, pixels. */
const WIDEST_PAGE = 48;
/** Of a halfword's mark, by use: a share of the row's height. */
const HEIGHTS = [0.08, 0.35, 0.5, 0.7, 1];

/** A place that was picked. */
export interface PickedMemory {
  /** Guest-physical. */
  readonly gpa: number;
  /** Guest virtual; undefined where no code is known. */
  readonly address: number | undefined;
}

/** Where the page with index `i` is drawn: its left edge in widths of a page, gaps included; and how wide all are. */
export function placePages(addresses: Float64Array): { readonly lefts: readonly number[]; readonly width: number } {
  const lefts: number[] = [];
  let at = 0;
  addresses.forEach((address, i) => {
    if (i > 0 && address !== addresses[i - 1] + MEMORY_PAGE) at += GAP;
    lefts.push(at);
    at++;
  });
  return { lefts, width: at };
}

/** A page in words: what it holds, most first. */
export function describePage(pages: MemoryPages, i: number): string {
  const uses = [...pages.uses.subarray(i * USE_COUNT, (i + 1) * USE_COUNT)]
    .map((halfwords, use) => ({ halfwords, use }))
    .filter(({ halfwords, use }) => halfwords > 0 && use > 0)
    .sort((a, b) => b.halfwords - a.halfwords)
    .map(({ halfwords, use }) => `${full(2 * halfwords)} bytes ${USES[MEMORY_USES[use]].label}`);
  return `${hex32(pages.addresses[i])}: ${uses.join(', ') || 'nothing'}`;
}

export class StripElement extends CanvasElement {
  static override readonly properties = {
    pages: { attribute: false },
    detail: { attribute: false },
    page: { attribute: false },
    marked: { attribute: false },
  };

  static override readonly styles = [
    base,
    css`
      :host {
        height: auto;
      }
      canvas {
        display: block;
        width: 100%;
        height: ${2 * ROW_HEIGHT + 4}px;
        cursor: pointer;
      }
      .slider:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: 1px;
      }
    `,
  ];

  declare pages: MemoryPages | undefined;
  /** Of {@link page}: uses by halfword. */
  declare detail: Uint8Array | undefined;
  /** Guest-physical address of the page that is shown below. */
  declare page: number | undefined;
  /** Guest virtual address that is looked at elsewhere. */
  declare marked: number | undefined;

  private hint = '';

  private get index(): number {
    return this.page === undefined ? -1 : (this.pages?.addresses.indexOf(this.page) ?? -1);
  }

  protected override paint(context: CanvasRenderingContext2D, width: number): void {
    const { pages, detail, theme } = this;
    if (pages) this.paintPages(context, pages, width, theme);
    if (detail) this.paintDetail(context, detail, width, theme);
  }

  /** A column for each page, its uses one on top of the other, sites at the foot. */
  private paintPages(context: CanvasRenderingContext2D, pages: MemoryPages, width: number, theme: Theme): void {
    const { lefts, width: all } = placePages(pages.addresses);
    const unit = all === 0 ? 0 : Math.min(WIDEST_PAGE, width / all);
    const { index } = this;
    lefts.forEach((left, i) => {
      let y = ROW_HEIGHT;
      for (let use = USE_COUNT - 1; use >= 0; use--) {
        const height = (pages.uses[i * USE_COUNT + use] / HALFWORDS) * ROW_HEIGHT;
        if (height === 0) continue;
        // a single site is to be seen
        const drawn = use > 0 ? Math.max(1.5, height) : height;
        y -= drawn;
        context.globalAlpha = use === 0 ? 0.2 : 1;
        context.fillStyle = theme[USES[MEMORY_USES[use]].colour];
        context.fillRect(left * unit, y, Math.max(1, unit - (unit > 4 ? 1 : 0)), drawn);
      }
      context.globalAlpha = 1;
      if (i === index) {
        context.strokeStyle = theme.focus;
        context.lineWidth = 2;
        context.strokeRect(left * unit, 1, Math.max(3, unit), ROW_HEIGHT - 1);
      }
    });
  }

  private paintDetail(context: CanvasRenderingContext2D, detail: Uint8Array, width: number, theme: Theme): void {
    const bottom = 2 * ROW_HEIGHT + 4;
    const unit = width / detail.length;
    for (let i = 0; i < detail.length; i++) {
      const use = detail[i];
      context.fillStyle = theme[USES[MEMORY_USES[use]].colour];
      context.globalAlpha = use === 0 ? 0.3 : 1;
      const height = HEIGHTS[use] * ROW_HEIGHT;
      context.fillRect(i * unit, bottom - height, Math.max(unit, 0.8), height);
    }
    context.globalAlpha = 1;
    const code = this.index < 0 ? -1 : (this.pages?.code[this.index] ?? -1);
    if (this.marked === undefined || code < 0 || this.marked < code || this.marked >= code + MEMORY_PAGE) return;
    context.fillStyle = theme.foreground;
    const x = ((this.marked - code) / MEMORY_PAGE) * width;
    context.fillRect(x - 1, bottom - ROW_HEIGHT, 2, ROW_HEIGHT);
  }

  // ---- what the user does

  private placeAt(event: MouseEvent): { readonly index: number; readonly offset: number } | undefined {
    const { canvas, pages } = this;
    if (!canvas || !pages || pages.addresses.length === 0) return undefined;
    const at = canvas.getBoundingClientRect();
    const share = Math.min(0.9999, Math.max(0, (event.clientX - at.left) / at.width));
    if (event.clientY - at.top > ROW_HEIGHT + 2 && this.index >= 0) {
      return { index: this.index, offset: Math.floor(share * HALFWORDS) * 2 };
    }
    const { lefts, width } = placePages(pages.addresses);
    const wanted = (share * at.width) / Math.min(WIDEST_PAGE, at.width / width);
    let index = 0;
    while (index + 1 < lefts.length && lefts[index + 1] <= wanted) index++;
    return { index, offset: 0 };
  }

  private pick(index: number, offset: number): void {
    const { pages } = this;
    const gpa = pages?.addresses.at(index);
    if (!pages || gpa === undefined) return;
    const code = pages.code[index];
    const address = code < 0 ? undefined : (code + offset) >>> 0;
    this.dispatchEvent(new CustomEvent<PickedMemory>('pick', { detail: { gpa: gpa + offset, address } }));
  }

  private readonly clicked = (event: MouseEvent): void => {
    const place = this.placeAt(event);
    if (place) this.pick(place.index, place.offset);
  };

  private readonly move = (event: MouseEvent): void => {
    const place = this.placeAt(event);
    const { pages, detail } = this;
    if (!place || !pages) return;
    const inPage = event.offsetY > ROW_HEIGHT + 2 && detail !== undefined;
    const use = detail?.at(place.offset / 2) ?? 0;
    this.hint = inPage
      ? `${hex32(pages.addresses[place.index] + place.offset)}: ${USES[MEMORY_USES[use]].label}`
      : describePage(pages, place.index);
    this.requestUpdate();
  };

  private readonly key = (event: KeyboardEvent): void => {
    const count = this.pages?.addresses.length ?? 0;
    const at = this.index;
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      PageUp: at + 16,
      PageDown: at - 16,
      Home: 0,
      End: count - 1,
      Enter: Math.max(0, at),
    };
    if (!(event.key in moves) || count === 0) return;
    this.pick(Math.min(count - 1, Math.max(0, moves[event.key])), 0);
    event.preventDefault();
  };

  override render(): TemplateResult {
    const { pages, index } = this;
    const count = pages?.addresses.length ?? 0;
    return html`<div
      class="slider"
      role="slider"
      tabindex="0"
      aria-label="Analysed memory, by page"
      aria-valuemin="0"
      aria-valuemax=${Math.max(0, count - 1)}
      aria-valuenow=${Math.max(0, index)}
      aria-valuetext=${pages && index >= 0 ? describePage(pages, index) : `${count} pages`}
      title=${this.hint}
      @click=${this.clicked}
      @mousemove=${this.move}
      @keydown=${this.key}
    >
      <canvas aria-hidden="true"></canvas>
    </div>`;
  }
}
