/**
 * A graph of blocks that can be looked at: a canvas with pan and zoom, one selected block, and keys that go from block to block along the edges. What it
 * shows it is told; what the user does it tells. For who cannot see it, each step is said in words.
 */
import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import type { BlockGraph, BlockNode } from '../../protocol/views/blocks.js';
import { CanvasElement } from '../common/canvas-element.js';
import { Drag } from '../common/drag.js';
import { base } from '../common/styles.js';
import { boxesOf, describeNode, neighbours, type AnyBox, type NodeBox } from './boxes.js';
import { layOut, type Layout, type PlacedBox, type Point } from './layout.js';
import { fontOf, paint, pathOf } from './paint.js';
import { fitted, kept, movedBy, revealing, sightOf, zoomedBy, type Sight, type Size } from './sight.js';
import { EDGES, STUBS } from './signs.js';
import { stepFrom, type Direction } from './steps.js';

/** Of zooming, for one key and for one pixel of a pinch. */
const ZOOM_STEP = 1.25;
const PINCH_ZOOM = 0.0044;
/** For one key, CSS pixels. */
const PAN_STEP = 80;
/** Where to draw before the element has a size. */
const FIRST_SIZE: Size = { width: 800, height: 600 };

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

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

export class GraphElement extends CanvasElement {
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

  private scene: Scene | undefined;
  private sight: Sight = { left: 0, top: 0, zoom: 1 };
  /** Set by the user, who then is not to be moved about. */
  private moved = false;
  private said = '';
  private readonly drag = new Drag<Sight>();

  constructor() {
    super();
    this.counts = [];
    this.taken = [];
    this.pc = 0;
    this.pcNode = 0;
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('graph')) this.arrange();
    if (changed.has('selected')) this.say();
  }

  // ---- the graph

  private arrange(): void {
    const { graph } = this;
    if (!graph) {
      this.scene = undefined;
      return;
    }
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
    context.font = fontOf(this.theme);
    return context.measureText('0'.repeat(50)).width / 50;
  }

  // ---- what is seen of it

  private get seen(): Size {
    return { width: this.clientWidth, height: this.clientHeight };
  }

  private showStart(): void {
    const { scene, selected, seen } = this;
    const id = selected ?? (this.pcNode || this.graph?.nodes.at(0)?.id);
    const box = id === undefined ? undefined : scene?.byId.get(id);
    if (box && scene) this.sight = sightOf(box, scene.layout, seen.width > 0 ? seen : FIRST_SIZE);
  }

  /** All of it. */
  fit(): void {
    if (this.scene) this.moveTo(fitted(this.scene.layout, this.seen));
  }

  /** @param factor above 1: nearer; around a point of the element, or its middle */
  zoomBy(factor: number, x = this.clientWidth / 2, y = this.clientHeight / 2): void {
    this.moveTo(zoomedBy(this.sight, factor, x, y));
  }

  /** Brings a block into sight: as little as it takes, or into the middle. */
  reveal(id: number, middle = false): void {
    const box = this.scene?.byId.get(id);
    if (box) this.moveTo(revealing(this.sight, box, this.seen, middle));
  }

  private moveTo(sight: Sight): void {
    this.moved = true;
    const { layout } = this.scene ?? {};
    this.sight = layout ? kept(sight, layout, this.seen) : sight;
    this.repaint();
  }

  protected override resized(): void {
    if (!this.moved) this.showStart();
    super.resized();
  }

  protected override paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { scene, sight, theme, counts, taken, selected, pcNode, pc } = this;
    if (!scene) return;
    const { boxes, lines, arrows, starts, graph } = scene;
    const drawing = { boxes, edges: graph.edges, lines, arrows, starts, counts, taken, selected, pcNode, pc };
    paint(context, { width, height }, sight, drawing, theme);
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
    if (event.button === 0 || event.button === 1) this.drag.press(event, this.sight);
  };

  private readonly pointerMove = (event: PointerEvent): void => {
    const dragged = this.drag.move(event);
    if (!dragged) return;
    (event.currentTarget as HTMLElement).classList.add('dragging');
    this.moveTo(movedBy(dragged.from, -dragged.dx, -dragged.dy));
  };

  private readonly pointerUp = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).classList.remove('dragging');
    const box = this.drag.release() ? this.boxAt(event) : undefined;
    if (box) this.tell('pick', box.id);
  };

  private readonly doubleClick = (event: MouseEvent): void => {
    const box = this.boxAt(event);
    if (box) this.tell('stub' in box ? 'follow' : 'open', box.id);
  };

  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { deltaX, deltaY } = event;
    // a pinch comes as a wheel with Ctrl
    if (event.ctrlKey || event.metaKey) {
      const at = this.getBoundingClientRect();
      this.zoomBy(Math.exp(-deltaY * PINCH_ZOOM), event.clientX - at.left, event.clientY - at.top);
    } else if (event.shiftKey) this.moveTo(movedBy(this.sight, deltaY, 0));
    else this.moveTo(movedBy(this.sight, deltaX, deltaY));
  };

  private readonly key = (event: KeyboardEvent): void => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key in ARROWS) {
      const [x, y] = ARROWS[key];
      if (event.shiftKey) this.moveTo(movedBy(this.sight, x * PAN_STEP, y * PAN_STEP));
      else this.step([x, y]);
    } else if (/^[1-9]$/.test(key)) this.leave(Number(key) - 1);
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

  private step(direction: Direction): void {
    const { scene } = this;
    const from = this.selected === undefined ? undefined : scene?.byId.get(this.selected);
    if (!scene || !from) {
      this.pick(this.pcNode || this.graph?.nodes.at(0)?.id);
      return;
    }
    this.pick(stepFrom(from, scene.byId, scene.graph, direction)?.id);
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
