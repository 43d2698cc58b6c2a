/**
 * A graph of blocks that can be looked at: a canvas with pan and zoom, one selected block, and keys that go from block to block along the edges. What it
 * shows it is told; what the user does it tells. For who cannot see it, each step is said in words.
 */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { BlockGraph, BlockNode } from '../../protocol/views/blocks.js';
import { base } from '../common/styles.js';
import { readTheme, watchTheme, type Theme } from '../common/theme.js';
import { boxesOf, describeNode, neighbours, type AnyBox, type NodeBox } from './boxes.js';
import { layOut, type Layout, type PlacedBox, type Point } from './layout.js';
import { fontOf, paint, pathOf, type Drawing, type Sight } from './paint.js';
import { EDGES, STUBS } from './signs.js';

const SMALLEST_ZOOM = 0.05;
const LARGEST_ZOOM = 2;
const ZOOM_STEP = 1.25;
const WHEEL_ZOOM = 0.0022;
/** Of the graph that is always to be seen, pixels. */
const KEEP_IN_SIGHT = 60;
/** A pointer that moved less than this clicked. */
const CLICK_DISTANCE = 4;
const PAN_STEP = 80;

type Placed = AnyBox & PlacedBox;

interface Scene {
  readonly graph: BlockGraph;
  readonly layout: Layout;
  readonly boxes: readonly Placed[];
  readonly byId: ReadonlyMap<number, Placed>;
  readonly lines: readonly Path2D[];
  readonly arrows: readonly (Point | undefined)[];
  readonly starts: readonly (Point | undefined)[];
}

/** How long the last graph took, ms. */
export interface GraphTimes {
  readonly layout: number;
  readonly paint: number;
}

export class GraphElement extends LitElement {
  static override readonly properties = {
    graph: { attribute: false },
    counts: { attribute: false },
    taken: { attribute: false },
    pc: { attribute: false },
    pcNode: { attribute: false },
    selected: { attribute: false },
  };

  static override readonly styles = [
    base,
    css`
      :host {
        position: relative;
        height: 100%;
        min-height: 0;
        overflow: hidden;
        contain: strict;
        background: var(--vscode-editor-background);
      }
      .surface {
        position: absolute;
        inset: 0;
        touch-action: none;
        cursor: grab;
      }
      .surface.dragging {
        cursor: grabbing;
      }
      .surface:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: -1px;
      }
      canvas {
        display: block;
        width: 100%;
        height: 100%;
      }
      .said {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    `,
  ];

  declare graph: BlockGraph | undefined;
  /** By index of a node and of an edge. */
  declare counts: readonly number[];
  declare taken: readonly number[];
  declare pc: number;
  declare pcNode: number;
  declare selected: number | undefined;

  /** Of the graph that was drawn last. */
  times: GraphTimes = { layout: 0, paint: 0 };
  private scene: Scene | undefined;
  private sight: Sight = { left: 0, top: 0, zoom: 1 };
  /** Set by the user, who then is not to be moved about. */
  private moved = false;
  private theme: Theme | undefined;
  private said = '';
  private drag: { readonly x: number; readonly y: number; readonly from: Sight; far: boolean } | undefined;
  private frame = 0;
  private stopWatching: (() => void) | undefined;
  private readonly observer = new ResizeObserver(() => {
    this.resized();
  });

  constructor() {
    super();
    this.counts = [];
    this.taken = [];
    this.pc = 0;
    this.pcNode = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.stopWatching = watchTheme(() => {
      this.theme = undefined;
      this.repaint();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.stopWatching?.();
    cancelAnimationFrame(this.frame);
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('graph')) this.arrange();
    if (changed.has('selected')) this.say();
  }

  override updated(): void {
    this.repaint();
  }

  // ---- the graph

  private get canvas(): HTMLCanvasElement | null {
    return this.renderRoot.querySelector('canvas');
  }

  private get context(): CanvasRenderingContext2D | null {
    return this.canvas?.getContext('2d') ?? null;
  }

  private arrange(): void {
    const { graph } = this;
    if (!graph) {
      this.scene = undefined;
      return;
    }
    const start = performance.now();
    const before = this.scene;
    const anchor = this.anchor(before, graph);
    const boxes = boxesOf(graph, this.characterWidth());
    const layout = layOut(boxes, graph.edges);
    const placed = boxes.map((box, i): Placed => ({ ...box, ...layout.boxes[i] }));
    this.scene = {
      graph,
      layout,
      boxes: placed,
      byId: new Map(placed.map((box) => [box.id, box])),
      lines: layout.lines.map(pathOf),
      arrows: layout.lines.map((points) => points.at(-1)),
      starts: layout.lines.map((points) => points.at(0)),
    };
    this.times = { layout: performance.now() - start, paint: 0 };
    this.keepAnchor(anchor, before);
  }

  /** The block that is to stay where it is when another graph takes the place of this one. */
  private anchor(before: Scene | undefined, graph: BlockGraph): number {
    const wanted = [this.selected, this.pcNode, graph.nodes.at(0)?.id].filter((id) => id !== undefined);
    return wanted.find((id) => before?.byId.has(id) && graph.nodes.some((node) => node.id === id)) ?? 0;
  }

  private keepAnchor(id: number, before: Scene | undefined): void {
    const now = this.scene?.byId.get(id);
    const then = before?.byId.get(id);
    if (now && then) {
      this.sight = { ...this.sight, left: this.sight.left + now.x - then.x, top: this.sight.top + now.y - then.y };
      return;
    }
    this.moved = false;
    this.showStart();
  }

  private characterWidth(): number {
    const context = document.createElement('canvas').getContext('2d');
    if (!context) return 7;
    context.font = fontOf(this.colours);
    return context.measureText('0'.repeat(50)).width / 50;
  }

  private get colours(): Theme {
    return (this.theme ??= readTheme(this));
  }

  // ---- what is seen of it

  /** The block in the middle, at a size at which it can be read. */
  private showStart(): void {
    const id = this.selected ?? (this.pcNode || this.graph?.nodes.at(0)?.id);
    const box = id === undefined ? undefined : this.scene?.byId.get(id);
    const width = this.clientWidth || 800;
    const height = this.clientHeight || 600;
    const layout = this.scene?.layout;
    if (!box || !layout) return;
    const whole = Math.min(width / layout.width, height / layout.height);
    const zoom = whole >= 0.6 ? Math.min(1, whole) : 1;
    this.sight =
      zoom < 1 || whole >= 1
        ? { left: (layout.width - width / zoom) / 2, top: (layout.height - height / zoom) / 2, zoom }
        : { left: box.x + box.width / 2 - width / 2, top: box.y + box.height / 2 - height / 2, zoom };
  }

  /** All of it. */
  fit(): void {
    const { scene } = this;
    if (!scene) return;
    const { width, height } = scene.layout;
    const zoom = Math.max(SMALLEST_ZOOM, Math.min(1, this.clientWidth / width, this.clientHeight / height));
    this.moveTo({ left: (width - this.clientWidth / zoom) / 2, top: (height - this.clientHeight / zoom) / 2, zoom });
  }

  /** @param factor above 1: nearer; around a point of the element, or its middle */
  zoomBy(factor: number, x = this.clientWidth / 2, y = this.clientHeight / 2): void {
    const { left, top, zoom } = this.sight;
    const next = Math.min(LARGEST_ZOOM, Math.max(SMALLEST_ZOOM, zoom * factor));
    this.moveTo({ left: left + x / zoom - x / next, top: top + y / zoom - y / next, zoom: next });
  }

  /** Brings a block into sight: as little as it takes, or into the middle. */
  reveal(id: number, middle = false): void {
    const box = this.scene?.byId.get(id);
    if (!box) return;
    const zoom = Math.max(this.sight.zoom, 0.6);
    const width = this.clientWidth / zoom;
    const height = this.clientHeight / zoom;
    const center = {
      left: box.x + box.width / 2 - width / 2,
      top: box.y + Math.min(box.height, height) / 2 - height / 2,
    };
    let { left, top } = this.sight;
    if (middle || zoom !== this.sight.zoom) ({ left, top } = center);
    else {
      if (box.x < left || box.x + box.width > left + width) left = center.left;
      if (box.y < top || box.y + Math.min(box.height, height) > top + height) top = center.top;
    }
    this.moveTo({ left, top, zoom });
  }

  private moveTo(sight: Sight): void {
    this.moved = true;
    const { layout } = this.scene ?? {};
    if (layout) {
      const keep = KEEP_IN_SIGHT / sight.zoom;
      const clamp = (value: number, size: number, seen: number): number =>
        Math.min(size - keep, Math.max(keep - seen / sight.zoom, value));
      this.sight = {
        zoom: sight.zoom,
        left: clamp(sight.left, layout.width, this.clientWidth),
        top: clamp(sight.top, layout.height, this.clientHeight),
      };
    } else this.sight = sight;
    this.repaint();
  }

  private resized(): void {
    if (!this.moved) this.showStart();
    this.repaint();
  }

  private repaint(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.paintNow();
    });
  }

  private paintNow(): void {
    const { canvas, context, scene } = this;
    if (!canvas || !context) return;
    const start = performance.now();
    const ratio = window.devicePixelRatio;
    const width = this.clientWidth;
    const height = this.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (!scene) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const { boxes, lines, arrows, starts, graph } = scene;
    const { counts, taken, selected, pcNode, pc } = this;
    const drawing: Drawing = { boxes, edges: graph.edges, lines, arrows, starts, counts, taken, selected, pcNode, pc };
    paint(context, { width, height, ratio }, this.sight, drawing, this.colours);
    this.times = { ...this.times, paint: performance.now() - start };
  }

  // ---- what the user does

  private tell(name: 'pick' | 'open' | 'follow', id: number): void {
    this.dispatchEvent(new CustomEvent<number>(name, { detail: id }));
  }

  private boxAt(event: MouseEvent): Placed | undefined {
    const { left, top, zoom } = this.sight;
    const at = this.getBoundingClientRect();
    const x = (event.clientX - at.left) / zoom + left;
    const y = (event.clientY - at.top) / zoom + top;
    return this.scene?.boxes.find((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
  }

  private readonly pointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 && event.button !== 1) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.drag = { x: event.clientX, y: event.clientY, from: this.sight, far: false };
  };

  private readonly pointerMove = (event: PointerEvent): void => {
    const { drag } = this;
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.far && Math.hypot(dx, dy) < CLICK_DISTANCE) return;
    drag.far = true;
    (event.currentTarget as HTMLElement).classList.add('dragging');
    const { left, top, zoom } = drag.from;
    this.moveTo({ left: left - dx / zoom, top: top - dy / zoom, zoom });
  };

  private readonly pointerUp = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).classList.remove('dragging');
    const clicked = this.drag?.far === false;
    this.drag = undefined;
    const box = clicked ? this.boxAt(event) : undefined;
    if (box) this.tell('pick', box.id);
  };

  private readonly doubleClick = (event: MouseEvent): void => {
    const box = this.boxAt(event);
    if (box) this.tell('stub' in box ? 'follow' : 'open', box.id);
  };

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const at = this.getBoundingClientRect();
    const { left, top, zoom } = this.sight;
    // a pinch comes as a wheel with Ctrl
    if (event.ctrlKey || event.metaKey) {
      this.zoomBy(Math.exp(-event.deltaY * WHEEL_ZOOM * 2), event.clientX - at.left, event.clientY - at.top);
    } else if (event.shiftKey) this.moveTo({ left: left + event.deltaY / zoom, top, zoom });
    else this.moveTo({ left: left + event.deltaX / zoom, top: top + event.deltaY / zoom, zoom });
  };

  private readonly key = (event: KeyboardEvent): void => {
    const { key } = event;
    const pans: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key in pans && event.shiftKey) {
      const { left, top, zoom } = this.sight;
      const [x, y] = pans[key];
      this.moveTo({ left: left + (x * PAN_STEP) / zoom, top: top + (y * PAN_STEP) / zoom, zoom });
    } else if (key in pans) this.step(pans[key]);
    else if (/^[1-9]$/.test(key)) this.leave(Number(key) - 1);
    else if (key === 'Enter' && this.selected !== undefined)
      this.tell(this.selected < 0 ? 'follow' : 'open', this.selected);
    else if (key === '+' || key === '=') this.zoomBy(ZOOM_STEP);
    else if (key === '-') this.zoomBy(1 / ZOOM_STEP);
    else if (key === '0') this.fit();
    else if (key === 'Home') this.pick(this.graph?.nodes.at(0)?.id);
    else if (key === 'p' && this.pcNode !== 0) this.pick(this.pcNode);
    else return;
    event.preventDefault();
  };

  private pick(id: number | undefined): void {
    if (id === undefined) return;
    this.tell('pick', id);
    this.reveal(id);
  }

  /** To where an edge of the selected block leads. */
  private leave(n: number): void {
    if (!this.graph || this.selected === undefined) return;
    this.pick(neighbours(this.graph, this.selected).out.at(n)?.id);
  }

  /** Down and up along an edge, the one that goes most straight; left and right to the next block of the same layer. */
  private step([x, y]: readonly [number, number]): void {
    const { scene } = this;
    const from = this.selected === undefined ? undefined : scene?.byId.get(this.selected);
    if (!scene || !from) {
      this.pick(this.pcNode || this.graph?.nodes.at(0)?.id);
      return;
    }
    const middle = (box: PlacedBox): number => box.x + box.width / 2;
    const far = (box: PlacedBox): number => Math.abs(middle(box) - middle(from));
    let reached: Placed[];
    if (y !== 0) {
      const { out, into } = neighbours(scene.graph, from.id);
      const ends = (y > 0 ? out : into).map(({ id }) => scene.byId.get(id)).filter((box) => box !== undefined);
      const others = ends.filter((box) => box !== from);
      const ahead = others.filter((box) => (y > 0 ? box.layer > from.layer : box.layer < from.layer));
      reached = ahead.length > 0 ? ahead : others;
    } else {
      reached = scene.boxes.filter((box) => box.layer === from.layer && Math.sign(middle(box) - middle(from)) === x);
    }
    const nearest = reached.sort((a, b) => far(a) - far(b)).at(0);
    if (nearest) this.pick(nearest.id);
    else this.requestUpdate();
  }

  // ---- in words

  private say(): void {
    const { selected, scene } = this;
    const box = selected === undefined ? undefined : scene?.byId.get(selected);
    this.said = box && scene ? this.describe(box, scene) : '';
  }

  private describe(box: Placed, { graph, byId }: Scene): string {
    if ('stub' in box) return `${box.title}, ${STUBS[box.stub.kind]}`;
    const count = this.counts.at(graph.nodes.indexOf((box as NodeBox).node)) ?? -1;
    const { out, into } = neighbours(graph, box.id);
    const ways = out.map(
      ({ id, edge }, i) => `${i + 1}: ${EDGES[graph.edges[edge].kind].out} ${byId.get(id)?.title ?? ''}`,
    );
    const here = box.id === this.pcNode ? ' The PC is here.' : '';
    const from = into.length === 0 ? '' : ` ${into.length} edges lead here.`;
    return `${describeNode((box as { node: BlockNode }).node, count)}.${here} ${ways.join(', ')}.${from}`;
  }

  override render(): TemplateResult {
    const { graph } = this;
    const size = graph ? `${graph.nodes.length} blocks, ${graph.edges.length} edges` : 'empty';
    return html`<div
        class="surface"
        role="application"
        tabindex="0"
        aria-roledescription="graph"
        aria-label=${`Control flow graph: ${size}. Arrow keys follow edges, digits choose one, Enter shows the listing.`}
        @pointerdown=${this.pointerDown}
        @pointermove=${this.pointerMove}
        @pointerup=${this.pointerUp}
        @pointercancel=${this.pointerUp}
        @dblclick=${this.doubleClick}
        @wheel=${this.wheel}
        @keydown=${this.key}
      >
        <canvas aria-hidden="true"></canvas>
      </div>
      <div class="said" role="status" aria-live="polite">${this.said}</div>`;
  }
}
