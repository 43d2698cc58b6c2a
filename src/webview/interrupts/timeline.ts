/**
 * The timeline of interrupts: a lane for each line, a mark for each event, bars for what waits and what is served. A canvas; the table of events beside it
 * says the same to screen readers. Follows the guest until it is moved; wheel, drag and keys move and zoom it.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { InterruptEventKind } from '../../protocol/views/interrupts.js';
import { full, short } from '../common/format.js';
import { base } from '../common/styles.js';
import { readTheme, watchTheme, type Theme } from '../common/theme.js';
import { barsIn, linesIn, marksIn, ticksIn, zoomed, type Stretch } from './lanes.js';
import type { InterruptEvent } from './model.js';

const LANE = 22;
const AXIS = 20;
/** Where names of lanes end. */
const NAMES = 150;
const MARK = 3.5;
/** The length of the stretch that is shown first, instructions. */
export const FIRST_SPAN = 1_000_000;
const ZOOM_STEP = 1.5;
const PAN_STEP = 0.1;

const COLOURS: Readonly<Record<InterruptEventKind | 'waiting' | 'served', Exclude<keyof Theme, 'highContrast'>>> = {
  raise: 'yellow',
  lower: 'foreground',
  inject: 'red',
  acknowledge: 'blue',
  end: 'green',
  waiting: 'yellow',
  served: 'blue',
};

/** Above or below the middle of its lane, so that what falls together stays apart. */
const HEIGHTS: Readonly<Record<InterruptEventKind, number>> = {
  raise: -6,
  lower: -6,
  inject: -2,
  acknowledge: 2,
  end: 6,
};

/** What matters most lies above the rest. */
const DRAWN_LAST: readonly InterruptEventKind[] = ['lower', 'end', 'acknowledge', 'inject', 'raise'];

export class TimelineElement extends LitElement {
  static override readonly properties = {
    events: { attribute: false },
    now: { attribute: false },
    names: { attribute: false },
    span: { attribute: false },
    summary: { attribute: false },
    version: { attribute: false },
  };

  static override readonly styles = [
    base,
    css`
      :host {
        height: auto;
        position: relative;
      }
      canvas {
        display: block;
        width: 100%;
        touch-action: none;
        cursor: grab;
      }
      canvas:active {
        cursor: grabbing;
      }
      .tools {
        position: absolute;
        right: 6px;
        bottom: 0;
        display: flex;
        gap: 8px;
        height: ${AXIS}px;
        align-items: center;
        padding: 0 4px;
        background: var(--vscode-editor-background);
      }
      .tools button {
        padding: 0 4px;
      }
      .tools button:hover {
        background: var(--vscode-toolbar-hoverBackground);
      }
    `,
  ];

  declare events: readonly InterruptEvent[];
  /** The guest's instruction count. */
  declare now: number;
  declare names: ReadonlyMap<number, string>;
  /** Instructions that are shown. */
  declare span: number;
  /** What screen readers hear of it. */
  declare summary: string;
  declare version: number;

  /** The stretch that is shown; undefined: the latest. */
  private fixed: Stretch | undefined;
  private width = 0;
  private theme: Theme | undefined;
  private stopWatching: (() => void) | undefined;
  private dragged: { readonly x: number; readonly stretch: Stretch } | undefined;
  private readonly observer = new ResizeObserver(() => {
    if (this.clientWidth === this.width) return;
    this.width = this.clientWidth;
    this.requestUpdate();
  });

  constructor() {
    super();
    this.events = [];
    this.now = 0;
    this.names = new Map();
    this.span = FIRST_SPAN;
    this.summary = '';
    this.version = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.stopWatching = watchTheme(() => {
      this.theme = undefined;
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.stopWatching?.();
  }

  /** What is shown now. */
  get stretch(): Stretch {
    if (this.fixed) return this.fixed;
    const to = Math.max(this.now, this.events.at(-1)?.at ?? 0, this.span);
    return { from: to - this.span, to };
  }

  /** Goes on following the guest. */
  follow(): void {
    this.fixed = undefined;
    this.requestUpdate();
  }

  /** Brings an event into view. */
  goTo(at: number): void {
    this.fixed = { from: Math.max(0, at - this.span / 2), to: Math.max(0, at - this.span / 2) + this.span };
    this.requestUpdate();
  }

  private zoom(factor: number, x: number): void {
    const following = this.fixed === undefined;
    const stretch = zoomed(this.stretch, factor, following ? 1 : x);
    this.span = stretch.to - stretch.from;
    if (!following) this.fixed = stretch;
    this.dispatchEvent(new CustomEvent<number>('span', { detail: this.span }));
    this.requestUpdate();
  }

  private pan(by: number): void {
    const { from, to } = this.stretch;
    const start = Math.max(0, from + (to - from) * by);
    this.fixed = { from: start, to: start + (to - from) };
    if (this.fixed.to >= this.now) this.fixed = undefined;
    this.requestUpdate();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.pan(-PAN_STEP),
      ArrowRight: () => this.pan(PAN_STEP),
      PageUp: () => this.pan(-1),
      PageDown: () => this.pan(1),
      '+': () => this.zoom(1 / ZOOM_STEP, 0.5),
      '-': () => this.zoom(ZOOM_STEP, 0.5),
      End: () => this.follow(),
    };
    const action = actions[event.key];
    if (!action) return;
    action();
    event.preventDefault();
  };

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.pan(Math.sign(event.deltaX || event.deltaY) * PAN_STEP);
      return;
    }
    const place = (event.offsetX - NAMES) / Math.max(1, this.width - NAMES);
    this.zoom(event.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, Math.min(1, Math.max(0, place)));
  };

  private readonly press = (event: PointerEvent): void => {
    this.dragged = { x: event.offsetX, stretch: this.stretch };
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
  };

  private readonly move = (event: PointerEvent): void => {
    const { dragged } = this;
    if (!dragged) return;
    const { from, to } = dragged.stretch;
    const by = ((dragged.x - event.offsetX) / Math.max(1, this.width - NAMES)) * (to - from);
    const start = Math.max(0, from + by);
    this.fixed = { from: start, to: start + (to - from) };
    this.requestUpdate();
  };

  private readonly release = (): void => {
    this.dragged = undefined;
  };

  override render(): TemplateResult {
    const following = this.fixed === undefined;
    return html`<canvas
        tabindex="0"
        role="img"
        aria-label=${this.summary}
        aria-keyshortcuts="ArrowLeft ArrowRight Plus Minus End"
        @keydown=${this.key}
        @wheel=${this.wheel}
        @pointerdown=${this.press}
        @pointermove=${this.move}
        @pointerup=${this.release}
        @pointercancel=${this.release}
      ></canvas>
      <div class="tools">
        ${
          following
            ? nothing
            : html`<button
                title="Show the latest events again (End)"
                @click=${() => {
                  this.follow();
                }}
              >
                Follow
              </button>`
        }
        <button
          title="Show a longer stretch (-)"
          aria-label="Zoom out"
          @click=${() => {
            this.zoom(ZOOM_STEP, 0.5);
          }}
        >
          −
        </button>
        <button
          title="Show a shorter stretch (+)"
          aria-label="Zoom in"
          @click=${() => {
            this.zoom(1 / ZOOM_STEP, 0.5);
          }}
        >
          +
        </button>
      </div>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    if (canvas) this.draw(canvas);
  }

  private draw(canvas: HTMLCanvasElement): void {
    const { stretch } = this;
    const lanes = linesIn(this.events, stretch);
    const height = Math.max(1, lanes.length) * LANE + AXIS;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(this.width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    if (!context || this.width <= NAMES) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const styles = getComputedStyle(this);
    this.theme ??= readTheme(this);
    const { theme } = this;
    const { foreground, dim } = theme;
    context.font = `${styles.fontSize} ${styles.fontFamily}`;
    context.textBaseline = 'middle';
    const plot = this.width - NAMES;
    const place = (x: number) => NAMES + x * plot;

    // axis
    context.strokeStyle = theme.border;
    context.fillStyle = dim;
    const bottom = height - AXIS;
    for (const tick of ticksIn(stretch, Math.max(2, Math.floor(plot / 130)))) {
      const x = place((tick - stretch.from) / (stretch.to - stretch.from));
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, bottom);
      context.stroke();
      const text = stretch.to - stretch.from > 100_000 ? short(tick) : full(tick);
      if (x + context.measureText(text).width < this.width - 90) context.fillText(text, x + 3, bottom + AXIS / 2);
    }
    context.fillText('instructions', 8, bottom + AXIS / 2);

    if (lanes.length === 0) {
      context.fillStyle = dim;
      context.fillText('No interrupt in this stretch of time.', NAMES + 8, bottom / 2);
    }
    lanes.forEach((line, lane) => {
      context.fillStyle = foreground;
      context.fillText(this.names.get(line) ?? String(line), 8, lane * LANE + LANE / 2, NAMES - 16);
    });
    for (const { kind, lane, from, to } of barsIn(this.events, lanes, stretch, plot)) {
      context.fillStyle = theme[COLOURS[kind]];
      const x = place(from);
      const width = Math.max(1, place(to) - x);
      const y = lane * LANE + LANE / 2;
      // thin while it waits, thick while it is served: not told by colour alone
      const thickness = kind === 'waiting' ? 2 : 6;
      context.globalAlpha = 0.6;
      context.fillRect(x, y - thickness / 2, width, thickness);
      context.globalAlpha = 1;
    }
    const marks = marksIn(this.events, lanes, stretch, Math.ceil(plot / MARK));
    for (const kind of DRAWN_LAST) {
      context.fillStyle = theme[COLOURS[kind]];
      for (const mark of marks) {
        if (mark.kind === kind) drawMark(context, kind, place(mark.x), mark.lane * LANE + LANE / 2 + HEIGHTS[kind]);
      }
    }
  }
}

/** A shape for each kind: up, down, diamond, disc, square. */
function drawMark(context: CanvasRenderingContext2D, kind: InterruptEventKind, x: number, y: number): void {
  context.beginPath();
  switch (kind) {
    case 'raise':
      context.moveTo(x, y - MARK);
      context.lineTo(x + MARK, y + MARK);
      context.lineTo(x - MARK, y + MARK);
      break;
    case 'lower':
      context.moveTo(x, y + MARK);
      context.lineTo(x + MARK, y - MARK);
      context.lineTo(x - MARK, y - MARK);
      break;
    case 'inject':
      context.moveTo(x, y - MARK - 1);
      context.lineTo(x + MARK + 1, y);
      context.lineTo(x, y + MARK + 1);
      context.lineTo(x - MARK - 1, y);
      break;
    case 'acknowledge':
      context.arc(x, y, MARK, 0, 2 * Math.PI);
      break;
    case 'end':
      context.rect(x - MARK + 0.5, y - MARK + 0.5, 2 * MARK - 1, 2 * MARK - 1);
      break;
  }
  context.closePath();
  context.fill();
}
