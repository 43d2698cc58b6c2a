/**
 * The chart with its labels, and what pointer, wheel and keys do to it: zoom, pan, pick a trap, hide a class. What is looked at, and what is known,
 * belongs to whoever holds it; it tells by events what a person wants.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { CanvasElement } from '../common/canvas-element.js';
import { Drag } from '../common/drag.js';
import { full } from '../common/format.js';
import { lengthOf, panned, placed, toTime, whole, zoomed, type Bounds, type Stretch } from '../common/stretch.js';
import { styleMap } from '../common/style-map.js';
import { base } from '../common/styles.js';
import { turnOf } from '../common/wheel.js';
import { chartStyles } from './chart-styles.js';
import { Chart, type Scene } from './chart.js';
import { heightOf, laneAt, STRIP_HEIGHT, type Lane } from './lanes.js';
import { timeText } from './scale.js';
import type { Slices } from './slices.js';

/** Of zooming, for one notch of a wheel and for one key. */
const WHEEL_ZOOM = 0.0016;
const KEY_ZOOM = 1.5;
const CLICK_ZOOM = 4;
/** Pressed on the strip that shows the whole run, the pointer takes the stretch along. */
const STRIP = 'strip';

export type ChartEvents = {
  /** The stretch that somebody wants to look at. */
  stretch: Stretch;
  /** A trap is wanted: near a time, of one class or of any. */
  pick: { readonly time: number; readonly cls: string | undefined };
  /** A class is to be hidden or shown. */
  toggle: string;
  /** Keys that are not about time. */
  command: 'follow' | 'next' | 'previous' | 'code';
};

export class ChartElement extends CanvasElement {
  static override readonly properties = {
    stretch: { attribute: false },
    bounds: { attribute: false },
    lanes: { attribute: false },
    hiddenClasses: { attribute: false },
    gone: { attribute: false },
    contextsSince: { attribute: false },
    selected: { attribute: false },
    version: { attribute: false },
  };

  static override readonly styles = [base, chartStyles];

  declare stretch: Stretch;
  declare bounds: Bounds;
  declare lanes: readonly Lane[];
  declare hiddenClasses: ReadonlySet<string>;
  declare gone: ReadonlyMap<string, number>;
  declare contextsSince: number;
  declare selected: Scene['selected'];
  /** Another number: `slices` knows something else. */
  declare version: number;
  slices!: Slices;

  private chart: Chart | undefined;
  private pointer: { readonly x: number; readonly y: number } | undefined;
  private readonly drag = new Drag<Stretch | typeof STRIP>();

  constructor() {
    super();
    this.stretch = { start: 0, end: 1 };
    this.bounds = { end: 1, least: 1 };
    this.lanes = [];
    this.hiddenClasses = new Set();
    this.gone = new Map();
    this.contextsSince = 0;
    this.selected = undefined;
    this.version = 0;
  }

  /** Pixels that the lanes are wide. */
  get laneWidth(): number {
    return this.paintedWidth;
  }

  private tell<E extends keyof ChartEvents>(event: E, detail: ChartEvents[E]): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }

  private go(stretch: Stretch): void {
    // seen with the next frame, whatever the one who is told does about it
    this.stretch = stretch;
    this.tell('stretch', stretch);
  }

  // ---- pointer, wheel and keys

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { stretch, bounds, laneWidth } = this;
    const turn = turnOf(event, WHEEL_ZOOM);
    if (turn.kind === 'pan') this.go(panned(stretch, (turn.pixels / laneWidth) * lengthOf(stretch), bounds));
    else this.go(zoomed(stretch, turn.factor, toTime(stretch, laneWidth, event.offsetX), bounds));
  };

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const onStrip = event.offsetY < STRIP_HEIGHT;
    this.drag.press(event, onStrip ? STRIP : this.stretch);
    if (onStrip) this.centre(event.offsetX);
  };

  private readonly moved = (event: PointerEvent): void => {
    this.pointer = { x: event.offsetX, y: event.offsetY };
    this.requestUpdate();
    if (this.drag.from === STRIP) {
      this.centre(event.offsetX);
      return;
    }
    const dragged = this.drag.move(event);
    if (!dragged || dragged.from === STRIP) return;
    const { from, dx } = dragged;
    this.go(panned(from, (-dx / this.laneWidth) * lengthOf(from), this.bounds));
  };

  private readonly released = (event: PointerEvent): void => {
    const onStrip = this.drag.from === STRIP;
    const clicked = this.drag.release();
    this.requestUpdate();
    if (!clicked || onStrip) return;
    const lane = laneAt(this.lanes, event.offsetY);
    this.tell('pick', { time: toTime(this.stretch, this.laneWidth, event.offsetX), cls: lane?.cls });
  };

  private readonly left = (): void => {
    this.pointer = undefined;
    this.requestUpdate();
  };

  private readonly doubleClicked = (event: MouseEvent): void => {
    const at = toTime(this.stretch, this.laneWidth, event.offsetX);
    if (event.offsetY >= STRIP_HEIGHT) this.go(zoomed(this.stretch, 1 / CLICK_ZOOM, at, this.bounds));
  };

  /** The stretch around a place of the strip. */
  private centre(x: number): void {
    const { bounds, stretch } = this;
    const time = (x / this.laneWidth) * bounds.end;
    this.go(placed(time - lengthOf(stretch) / 2, lengthOf(stretch), bounds));
  }

  /** Closer or farther, in the middle or at the selected trap. */
  zoom(factor: number): void {
    const { stretch, bounds, selected } = this;
    const inSight = selected && selected.time >= stretch.start && selected.time < stretch.end;
    const at = inSight ? selected.time : (stretch.start + stretch.end) / 2;
    this.go(zoomed(stretch, factor, at, bounds));
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { stretch, bounds } = this;
    const length = lengthOf(stretch);
    const step = length * (event.shiftKey ? 0.5 : 0.1);
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => {
        this.go(panned(stretch, -step, bounds));
      },
      ArrowRight: () => {
        this.go(panned(stretch, step, bounds));
      },
      PageUp: () => {
        this.go(panned(stretch, -length, bounds));
      },
      PageDown: () => {
        this.go(panned(stretch, length, bounds));
      },
      Home: () => {
        this.go(placed(0, length, bounds));
      },
      End: () => {
        this.go(placed(Infinity, length, bounds));
      },
      '0': () => {
        this.go(whole(bounds));
      },
      f: () => {
        this.tell('command', 'follow');
      },
      '.': () => {
        this.tell('command', 'next');
      },
      ',': () => {
        this.tell('command', 'previous');
      },
      Enter: () => {
        this.tell('command', 'code');
      },
    };
    const closer = () => {
      this.zoom(1 / KEY_ZOOM);
    };
    const farther = () => {
      this.zoom(KEY_ZOOM);
    };
    const zooms = { '+': closer, '=': closer, ArrowUp: closer, '-': farther, _: farther, ArrowDown: farther };
    const action = ({ ...keys, ...zooms } as typeof keys)[event.key] as (() => void) | undefined;
    if (!action) return;
    action();
    event.preventDefault();
  };

  // ---- drawing

  protected override paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    this.chart ??= new Chart(context);
    const { stretch, bounds, slices, lanes, hiddenClasses: hidden, gone, contextsSince, selected, pointer } = this;
    this.chart.draw(
      { stretch, now: bounds.end, slices, lanes, hidden, gone, contextsSince, selected, pointer: pointer?.x },
      this.theme,
      width,
      height,
    );
  }

  /** What lies under the pointer, in words. */
  private get readout(): string {
    const { pointer, stretch, laneWidth, bounds, slices, lanes, hiddenClasses: hidden } = this;
    if (!pointer || laneWidth === 0) return '';
    if (pointer.y < STRIP_HEIGHT) return `whole run: ${timeText((pointer.x / laneWidth) * bounds.end)}`;
    const step = lengthOf(stretch) / laneWidth;
    const from = toTime(stretch, laneWidth, pointer.x - 1);
    const to = from + 2 * step;
    const said = lanes.flatMap(({ cls, label }) => {
      const count = cls === undefined || hidden.has(cls) ? 0 : Math.round(slices.traps(cls, from, to));
      return count === 0 ? [] : [`${label} ${full(count)}`];
    });
    const user = slices.share('user', from, to);
    const asleep = slices.share('asleep', from, to);
    const contexts = [
      ...(user > 0.005 ? [`user ${Math.round(user * 100)} %`] : []),
      ...(asleep > 0.005 ? [`asleep ${Math.round(asleep * 100)} %`] : []),
    ];
    return [timeText(from + step, step), ...contexts, ...(said.length > 0 ? said : ['no traps'])].join(' · ');
  }

  /** The chart in words, for those who do not see it. */
  private get description(): string {
    const { stretch, lanes, slices } = this;
    const counts = lanes.flatMap(({ cls, label }) => {
      const count = cls === undefined ? 0 : Math.round(slices.traps(cls, stretch.start, stretch.end));
      return count === 0 ? [] : [`${label} ${full(count)}`];
    });
    return `From ${timeText(stretch.start)} to ${timeText(stretch.end)}: ${counts.join(', ') || 'no traps'}.`;
  }

  override render(): TemplateResult {
    const { lanes } = this;
    const height = heightOf(lanes);
    return html`<div class="chart">
        <div class="labels" style=${styleMap({ height: `${height}px` })}>${lanes.map((lane) => this.label(lane))}</div>
        <div
          class="area ${this.drag.isFar ? 'dragging' : ''}"
          role="application"
          tabindex="0"
          aria-roledescription="timeline"
          aria-label="Timeline of traps. ${this.description} Arrow keys move and zoom, comma and full stop go to the previous and next trap; the table below lists the traps in view."
          style=${styleMap({ height: `${height}px` })}
          @pointerdown=${this.pressed}
          @pointermove=${this.moved}
          @pointerup=${this.released}
          @pointerleave=${this.left}
          @dblclick=${this.doubleClicked}
          @wheel=${this.wheel}
          @keydown=${this.key}
        >
          <canvas aria-hidden="true"></canvas>
        </div>
      </div>
      <div class="readout">${this.readout}</div>`;
  }

  private label({ top, height, label, title, cls, kind }: Lane): TemplateResult {
    const place = styleMap({ top: `${top}px`, height: `${height}px` });
    const { stretch, slices } = this;
    if (cls === undefined) return html`<span class="label" style=${place} title=${title}>${label}</span>`;
    const count = Math.round(slices.traps(cls, stretch.start, stretch.end));
    return html`<button
      class="label ${kind}"
      data-cls=${cls}
      style=${place}
      title="${title} (${full(count)} in view). Click to hide or show."
      aria-pressed=${!this.hiddenClasses.has(cls)}
      @click=${() => {
        this.tell('toggle', cls);
      }}
    >
      <span class="name">${label}</span>
      ${count > 0 ? html`<span class="number">${full(count)}</span>` : nothing}
    </button>`;
  }
}
