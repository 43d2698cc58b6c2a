/**
 * The chart with its labels, and what pointer, wheel and keys do to it: zoom, pan, pick a trap, hide a class. It draws once a frame at most, and only when
 * something has changed. What is looked at, and what is known, belongs to whoever holds it; it tells by events what a person wants.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import { full } from '../common/format.js';
import { base } from '../common/styles.js';
import { Chart, type Palette, type Scene } from './chart.js';
import { heightOf, laneAt, STRIP_HEIGHT, type Lane } from './lanes.js';
import { lengthOf, panned, placed, timeText, toTime, whole, zoomed, type Bounds, type Stretch } from './scale.js';
import type { Slices } from './slices.js';

/** Of zooming, for one notch of a wheel and for one key. */
const WHEEL_ZOOM = 0.0016;
const KEY_ZOOM = 1.5;
const CLICK_ZOOM = 4;
/** What a wheel that counts lines means by one, pixels. */
const LINE_PIXELS = 30;
/** A pointer that moved less has clicked, pixels. */
const CLICK_PIXELS = 4;

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

export class ChartElement extends LitElement {
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

  static override readonly styles = [
    base,
    css`
      :host {
        height: auto;
        min-height: 0;
        overflow: hidden auto;
        border-bottom: 1px solid var(--vscode-panel-border, transparent);
      }
      .chart {
        display: grid;
        grid-template-columns: 176px minmax(0, 1fr);
      }
      .labels {
        position: relative;
      }
      .label {
        position: absolute;
        left: 0;
        right: 0;
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 0 6px 0 10px;
        white-space: nowrap;
        font-size: 0.92em;
        text-align: left;
      }
      .label .name {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .label.class .name {
        padding-left: 10px;
      }
      button.label:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .label[aria-pressed='false'] .name {
        text-decoration: line-through;
        color: var(--vscode-disabledForeground, var(--vscode-descriptionForeground));
      }
      .number {
        font-variant-numeric: tabular-nums;
        color: var(--vscode-descriptionForeground);
      }
      .area {
        position: relative;
        touch-action: none;
      }
      canvas {
        display: block;
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      .area.dragging {
        cursor: grabbing;
      }
      .readout {
        position: sticky;
        bottom: 0;
        height: 20px;
        padding: 0 10px;
        font-size: 0.92em;
        font-variant-numeric: tabular-nums;
        color: var(--vscode-descriptionForeground);
        background: var(--vscode-editor-background);
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
    `,
  ];

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
  private palette: Palette | undefined;
  private frame = 0;
  private pointer: { readonly x: number; readonly y: number } | undefined;
  private drag: { readonly x: number; readonly from: Stretch; moved: boolean; readonly strip: boolean } | undefined;
  private readonly resized = new ResizeObserver(() => {
    this.paintSoon();
  });
  private readonly themed = new MutationObserver(() => {
    this.palette = undefined;
    this.paintSoon();
  });

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

  override connectedCallback(): void {
    super.connectedCallback();
    // VS Code puts the theme there
    this.themed.observe(document.body, { attributes: true });
    this.themed.observe(document.documentElement, { attributes: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.themed.disconnect();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  /** Pixels that the lanes are wide. */
  get laneWidth(): number {
    return this.area?.clientWidth ?? 0;
  }

  private get area(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.area');
  }

  override firstUpdated(): void {
    const { area } = this;
    if (!area) return;
    this.resized.observe(area);
    area.addEventListener('wheel', this.wheel, { passive: false });
  }

  override updated(): void {
    this.paintSoon();
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
    const width = this.laneWidth;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const { stretch, bounds } = this;
    if (sideways) {
      const by = (event.deltaX === 0 ? event.deltaY : event.deltaX) * unit;
      this.go(panned(stretch, (by / width) * lengthOf(stretch), bounds));
      return;
    }
    const at = toTime(stretch, width, event.offsetX);
    this.go(zoomed(stretch, Math.exp(event.deltaY * unit * WHEEL_ZOOM), at, bounds));
  };

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.area?.setPointerCapture(event.pointerId);
    this.drag = { x: event.offsetX, from: this.stretch, moved: false, strip: event.offsetY < STRIP_HEIGHT };
    if (this.drag.strip) this.centre(event.offsetX);
  };

  private readonly moved = (event: PointerEvent): void => {
    this.pointer = { x: event.offsetX, y: event.offsetY };
    this.requestUpdate();
    const { drag } = this;
    if (!drag) return;
    if (drag.strip) {
      this.centre(event.offsetX);
      return;
    }
    const by = drag.x - event.offsetX;
    if (!drag.moved && Math.abs(by) < CLICK_PIXELS) return;
    drag.moved = true;
    this.go(panned(drag.from, (by / this.laneWidth) * lengthOf(drag.from), this.bounds));
  };

  private readonly released = (event: PointerEvent): void => {
    const { drag } = this;
    this.drag = undefined;
    this.requestUpdate();
    if (!drag || drag.moved || drag.strip) return;
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

  private paintSoon(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private paint(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const { area } = this;
    const context = canvas?.getContext('2d');
    if (!canvas || !area || !context) return;
    const { clientWidth: width, clientHeight: height } = area;
    const ratio = window.devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.chart ??= new Chart(context);
    this.palette ??= paletteOf(this);
    const { stretch, bounds, slices, lanes, hiddenClasses: hidden, gone, contextsSince, selected, pointer } = this;
    this.chart.draw(
      { stretch, now: bounds.end, slices, lanes, hidden, gone, contextsSince, selected, pointer: pointer?.x },
      this.palette,
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
          class="area ${this.drag?.moved === true ? 'dragging' : ''}"
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

/** Colours of the theme, by VS Code's names; the last ones are for pages without. */
function paletteOf(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const colour = (...names: string[]): string => {
    for (const name of names) {
      const value = name.startsWith('--') ? style.getPropertyValue(name).trim() : name;
      if (value !== '') return value;
    }
    return style.color;
  };
  const size = Number.parseFloat(style.fontSize) || 13;
  return {
    text: style.color,
    dim: colour('--vscode-descriptionForeground', '#888888'),
    line: colour('--vscode-charts-lines', '--vscode-panel-border', '#88888840'),
    font: `${Math.round(size * 0.85)}px ${style.fontFamily}`,
    user: colour('--vscode-charts-green', '#388a34'),
    kernel: colour('--vscode-charts-orange', '#d18616'),
    asleep: colour('--vscode-descriptionForeground', '#888888'),
    traps: colour('--vscode-charts-blue', '#1a85ff'),
    interrupts: colour('--vscode-charts-purple', '#652d90'),
    verdicts: [
      colour('--vscode-charts-green', '#388a34'),
      colour('--vscode-charts-blue', '#1a85ff'),
      colour('--vscode-charts-yellow', '#bf8803'),
      colour('--vscode-charts-red', '#e51400'),
    ],
    focus: colour('--vscode-focusBorder', '#0090f1'),
  };
}
