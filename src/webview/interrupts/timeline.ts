/**
 * The timeline of interrupts: a lane for each line, a mark for each event, bars for what waits and what is served. A canvas; the table of events beside it
 * says the same to screen readers. Follows the guest until it is moved; wheel, drag and keys move and zoom it.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { CanvasElement } from '../common/canvas-element.js';
import { Drag } from '../common/drag.js';
import { lengthOf, panned, placed, toTime, zoomed, type Stretch } from '../common/stretch.js';
import { styleMap } from '../common/style-map.js';
import { base } from '../common/styles.js';
import { turnOf } from '../common/wheel.js';
import { BOUNDS, linesIn } from './lanes.js';
import type { InterruptEvent } from './model.js';
import { AXIS, heightOf, NAMES, paintLanes } from './paint.js';

/** The length of the stretch that is shown first, instructions. */
export const FIRST_SPAN = 1_000_000;
/** Of zooming, for one notch of a wheel and for one key. */
const WHEEL_ZOOM = 0.004;
const KEY_ZOOM = 1.5;
const PAN_STEP = 0.1;

export class TimelineElement extends CanvasElement {
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
  private readonly drag = new Drag<Stretch>();

  constructor() {
    super();
    this.events = [];
    this.now = 0;
    this.names = new Map();
    this.span = FIRST_SPAN;
    this.summary = '';
    this.version = 0;
  }

  /** What is shown now. */
  get stretch(): Stretch {
    if (this.fixed) return this.fixed;
    const end = Math.max(this.now, this.events.at(-1)?.at ?? 0, this.span);
    return { start: end - this.span, end };
  }

  /** Goes on following the guest. */
  follow(): void {
    this.fixed = undefined;
    this.requestUpdate();
  }

  /** Brings an event into view. */
  goTo(at: number): void {
    this.fixed = placed(at - this.span / 2, this.span, BOUNDS);
    this.requestUpdate();
  }

  /** About a time, unless the latest is followed: that stays in sight. */
  private zoom(factor: number, at = (this.stretch.start + this.stretch.end) / 2): void {
    const following = this.fixed === undefined;
    const stretch = zoomed(this.stretch, factor, following ? this.stretch.end : at, BOUNDS);
    this.span = lengthOf(stretch);
    if (!following) this.fixed = stretch;
    this.dispatchEvent(new CustomEvent<number>('span', { detail: this.span }));
    this.requestUpdate();
  }

  /** @param by in lengths of what is shown */
  private pan(by: number): void {
    const { stretch } = this;
    const moved = panned(stretch, by * lengthOf(stretch), BOUNDS);
    this.fixed = moved.end >= this.now ? undefined : moved;
    this.requestUpdate();
  }

  private readonly key = (event: KeyboardEvent): void => {
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.pan(-PAN_STEP),
      ArrowRight: () => this.pan(PAN_STEP),
      PageUp: () => this.pan(-1),
      PageDown: () => this.pan(1),
      '+': () => this.zoom(1 / KEY_ZOOM),
      '-': () => this.zoom(KEY_ZOOM),
      End: () => this.follow(),
    };
    const action = actions[event.key];
    if (!action) return;
    action();
    event.preventDefault();
  };

  /** The part that has a time. */
  private get plotWidth(): number {
    return Math.max(1, this.paintedWidth - NAMES);
  }

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { stretch, plotWidth } = this;
    const turn = turnOf(event, WHEEL_ZOOM);
    if (turn.kind === 'pan') this.pan(turn.pixels / plotWidth);
    else this.zoom(turn.factor, toTime(stretch, plotWidth, Math.max(0, event.offsetX - NAMES)));
  };

  private readonly press = (event: PointerEvent): void => {
    this.drag.press(event, this.stretch);
  };

  private readonly move = (event: PointerEvent): void => {
    const dragged = this.drag.move(event);
    if (!dragged) return;
    const { from, dx } = dragged;
    this.fixed = panned(from, (-dx / this.plotWidth) * lengthOf(from), BOUNDS);
    this.requestUpdate();
  };

  private readonly release = (): void => {
    this.drag.release();
  };

  override render(): TemplateResult {
    const following = this.fixed === undefined;
    const lanes = linesIn(this.events, this.stretch);
    return html`<canvas
        style=${styleMap({ height: `${heightOf(lanes)}px` })}
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
            this.zoom(KEY_ZOOM);
          }}
        >
          −
        </button>
        <button
          title="Show a shorter stretch (+)"
          aria-label="Zoom in"
          @click=${() => {
            this.zoom(1 / KEY_ZOOM);
          }}
        >
          +
        </button>
      </div>`;
  }

  protected override paint(context: CanvasRenderingContext2D, width: number): void {
    const { events, names, stretch, theme } = this;
    paintLanes(context, { events, names, stretch }, theme, width);
  }
}
