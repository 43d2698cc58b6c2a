/**
 * Draws a graph of blocks on a canvas: what of it can be seen, as fine as it can be read at the zoom. Draws what it is given, and holds nothing.
 */
import type { BlockEdge } from '../../protocol/views/blocks.js';
import { short } from '../common/format.js';
import type { Theme } from '../common/theme.js';
import {
  GUTTER,
  HEADER_HEIGHT,
  LINE_HEIGHT,
  PADDING,
  textOfLine,
  type AnyBox,
  type NodeBox,
  type StubBox,
} from './boxes.js';
import type { PlacedBox, Point } from './layout.js';
import type { Sight, Size } from './sight.js';
import { classSign, EDGE_LETTERS, EDGES } from './signs.js';

export interface Drawing {
  readonly boxes: readonly (AnyBox & PlacedBox)[];
  readonly edges: readonly BlockEdge[];
  /** In the order of the edges. */
  readonly lines: readonly Path2D[];
  /** Ends of the edges, for their arrows, and their starts, for their letters. */
  readonly arrows: readonly (Point | undefined)[];
  readonly starts: readonly (Point | undefined)[];
  /** By index of a node or an edge; -1 where it is not known. */
  readonly counts: readonly number[];
  readonly taken: readonly number[];
  readonly selected: number | undefined;
  readonly pcNode: number;
  readonly pc: number;
}

/** Below this zoom text is drawn as bars, and below the next boxes are plain. */
const TEXT_ZOOM = 0.45;
const BARS_ZOOM = 0.14;
const ARROW = 7;
/** Widest line of an edge that is taken often. */
const WIDEST = 4;
const HOTTEST = 0.5;

/** The font of instructions. */
export function fontOf({ monospace }: Theme): string {
  return `12px ${monospace}`;
}

/** A line through points, with its corners rounded. */
export function pathOf(points: readonly Point[]): Path2D {
  const path = new Path2D();
  if (points.length === 0) return path;
  path.moveTo(points[0].x, points[0].y);
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (a.x === b.x) path.lineTo(b.x, b.y);
    else {
      const middle = (a.y + b.y) / 2;
      path.bezierCurveTo(a.x, middle, b.x, middle, b.x, b.y);
    }
  }
  return path;
}

/** 0 to 1, on a scale of powers: an execution now and then, and the hottest of all. */
export function heat(count: number, most: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.log1p(count) / Math.log1p(most);
}

/** Onto an empty canvas of a size. */
export function paint(
  context: CanvasRenderingContext2D,
  size: Size,
  sight: Sight,
  drawing: Drawing,
  theme: Theme,
): void {
  context.scale(sight.zoom, sight.zoom);
  context.translate(-sight.left, -sight.top);
  const seen = {
    left: sight.left,
    top: sight.top,
    right: sight.left + size.width / sight.zoom,
    bottom: sight.top + size.height / sight.zoom,
  };
  drawEdges(context, drawing, theme, sight.zoom);
  context.textBaseline = 'middle';
  const most = Math.max(1, ...drawing.counts);
  drawing.boxes.forEach((box, i) => {
    if (box.x > seen.right || box.y > seen.bottom || box.x + box.width < seen.left || box.y + box.height < seen.top)
      return;
    if ('stub' in box) drawStub(context, box, drawing, theme, sight.zoom);
    else drawNode(context, box, { count: drawing.counts[i] ?? -1, most, drawing, zoom: sight.zoom }, theme);
  });
}

function drawEdges(context: CanvasRenderingContext2D, drawing: Drawing, theme: Theme, zoom: number): void {
  const { edges, lines, arrows, starts, taken, selected } = drawing;
  const most = Math.max(1, ...taken);
  const order = edges.map((_, i) => i);
  // those of the selected block lie over the others
  const touches = ({ from, to }: BlockEdge): boolean => from === selected || to === selected;
  order.sort((a, b) => Number(touches(edges[a])) - Number(touches(edges[b])));
  for (const i of order) {
    const edge = edges[i];
    const { colour, dash } = EDGES[edge.kind];
    const strong = touches(edge);
    const known = taken[i] ?? -1;
    context.strokeStyle = theme[colour];
    context.fillStyle = theme[colour];
    context.globalAlpha = strong || selected === undefined ? 1 : 0.65;
    context.lineWidth = Math.max((strong ? 2 : 1.2) + (WIDEST - 1.2) * heat(known, most) * HOTTEST, 0.8 / zoom);
    context.setLineDash(dash.map((length) => Math.max(length, length / zoom / 2)));
    context.stroke(lines[i]);
    context.setLineDash([]);
    const end = arrows[i];
    if (end && zoom >= BARS_ZOOM) drawArrow(context, end);
    const letter = EDGE_LETTERS[edge.kind];
    const start = starts[i];
    if (letter !== undefined && start && zoom >= TEXT_ZOOM) {
      context.font = fontOf(theme);
      context.textBaseline = 'top';
      context.fillText(known < 0 ? letter : `${letter} ${short(known)}`, start.x + 4, start.y + 3);
    }
  }
  context.globalAlpha = 1;
}

function drawArrow(context: CanvasRenderingContext2D, { x, y }: Point): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - ARROW / 2, y - ARROW);
  context.lineTo(x + ARROW / 2, y - ARROW);
  context.fill();
}

function frame(context: CanvasRenderingContext2D, { x, y, width, height }: PlacedBox, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

interface NodeState {
  readonly count: number;
  readonly most: number;
  readonly drawing: Drawing;
  readonly zoom: number;
}

function drawNode(
  context: CanvasRenderingContext2D,
  box: NodeBox & PlacedBox,
  { count, most, drawing, zoom }: NodeState,
  theme: Theme,
): void {
  const { x, y, width } = box;
  const selected = drawing.selected === box.id;
  const holdsPc = drawing.pcNode === box.id;
  frame(context, box, 3);
  context.fillStyle = theme.widget;
  context.fill();
  const warmth = heat(count, most);
  if (warmth > 0) {
    context.save();
    context.clip();
    context.globalAlpha = theme.highContrast ? 1 : 0.12 + 0.5 * warmth;
    context.fillStyle = theme.orange;
    // how long it is says the same as how strong
    context.fillRect(x, y, width * Math.max(0.03, warmth), theme.highContrast ? 4 : HEADER_HEIGHT);
    context.restore();
  }
  frame(context, box, 3);
  context.lineWidth = (selected ? 2.5 : holdsPc ? 2 : 1) / Math.min(1, zoom);
  context.strokeStyle = selected ? theme.focus : holdsPc ? theme.stopped : theme.border;
  context.stroke();
  if (zoom < BARS_ZOOM) return;
  if (zoom < TEXT_ZOOM) {
    drawBars(context, box, theme);
    return;
  }
  context.font = `bold ${fontOf(theme)}`;
  context.fillStyle = theme.foreground;
  context.fillText(box.title, x + PADDING, y + HEADER_HEIGHT / 2 + 1);
  if (count >= 0) {
    context.font = fontOf(theme);
    context.textAlign = 'right';
    context.fillText(short(count), x + width - PADDING, y + HEADER_HEIGHT / 2 + 1);
    context.textAlign = 'left';
  }
  context.strokeStyle = theme.border;
  context.lineWidth = 0.5;
  context.beginPath();
  context.moveTo(x, y + HEADER_HEIGHT);
  context.lineTo(x + width, y + HEADER_HEIGHT);
  context.stroke();
  drawLines(context, box, holdsPc ? drawing.pc : -1, theme);
  if (box.footer !== '') {
    context.fillStyle = theme.dim;
    context.font = fontOf(theme);
    const at = y + HEADER_HEIGHT + PADDING + box.lines.length * LINE_HEIGHT + LINE_HEIGHT / 2;
    context.fillText(box.footer, x + PADDING + GUTTER, at);
  }
}

function drawLines(context: CanvasRenderingContext2D, box: NodeBox & PlacedBox, pc: number, theme: Theme): void {
  const { x, y, width } = box;
  box.lines.forEach((shown, i) => {
    const middle = y + HEADER_HEIGHT + PADDING + i * LINE_HEIGHT + LINE_HEIGHT / 2;
    context.font = fontOf(theme);
    if (!('line' in shown)) {
      context.fillStyle = theme.dim;
      context.fillText(textOfLine(shown), x + PADDING + GUTTER, middle);
      return;
    }
    const { line } = shown;
    const { letters, colour } = classSign(line.cls);
    if (line.address === pc) {
      context.globalAlpha = 0.25;
      context.fillStyle = theme.stopped;
      context.fillRect(x + 1, middle - LINE_HEIGHT / 2, width - 2, LINE_HEIGHT);
      context.globalAlpha = 1;
      context.fillStyle = theme.stopped;
      drawPc(context, x - 1, middle);
    }
    if (letters !== '') drawTag(context, { x: x + PADDING, y: middle }, letters, line, theme);
    context.font = fontOf(theme);
    context.fillStyle = line.cls === 'innocuous' ? theme.foreground : theme[colour];
    context.fillText(textOfLine(shown), x + PADDING + GUTTER, middle);
  });
}

/** An arrow before the line at which execution is. */
function drawPc(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x - 9, y - 5);
  context.lineTo(x, y);
  context.lineTo(x - 9, y + 5);
  context.fill();
}

/** The letters of a class in a frame: filled for a trap, empty for what runs without an exception. */
function drawTag(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  letters: string,
  { cls, site }: { readonly cls: string; readonly site?: { readonly kind: string } },
  theme: Theme,
): void {
  const colour = theme[classSign(cls).colour];
  const traps = site?.kind === 'trap';
  context.beginPath();
  context.roundRect(x, y - 6.5, GUTTER - 6, 13, 2);
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  if (traps) context.fill();
  else if (site !== undefined) context.stroke();
  context.font = `bold 10px ${theme.monospace}`;
  context.fillStyle = traps ? theme.background : colour;
  context.textAlign = 'center';
  context.fillText(letters, x + (GUTTER - 6) / 2, y + 0.5);
  context.textAlign = 'left';
}

/** Instructions too small to be read. */
function drawBars(context: CanvasRenderingContext2D, box: NodeBox & PlacedBox, theme: Theme): void {
  const { x, y, width } = box;
  box.lines.forEach((shown, i) => {
    const top = y + HEADER_HEIGHT + PADDING + i * LINE_HEIGHT + 4;
    const cls = 'line' in shown ? shown.line.cls : 'innocuous';
    const site = 'line' in shown && shown.line.site !== undefined;
    context.fillStyle = cls === 'innocuous' ? theme.dim : theme[classSign(cls).colour];
    context.globalAlpha = site ? 1 : 0.45;
    const length = Math.min(width - GUTTER - 2 * PADDING, textOfLine(shown).length * 7);
    context.fillRect(x + PADDING + (site ? 0 : GUTTER), top, site ? length + GUTTER : length, LINE_HEIGHT - 8);
  });
  context.globalAlpha = 1;
}

function drawStub(
  context: CanvasRenderingContext2D,
  box: StubBox & PlacedBox,
  { selected, pcNode }: Drawing,
  theme: Theme,
  zoom: number,
): void {
  frame(context, box, box.height / 2);
  context.fillStyle = theme.background;
  context.fill();
  context.setLineDash(box.stub.kind === 'elsewhere' ? [] : [4, 3]);
  context.lineWidth = (selected === box.id ? 2.5 : 1) / Math.min(1, zoom);
  context.strokeStyle = selected === box.id ? theme.focus : pcNode === box.id ? theme.stopped : theme.dim;
  context.stroke();
  context.setLineDash([]);
  if (pcNode === box.id) {
    context.fillStyle = theme.stopped;
    drawPc(context, box.x - 1, box.y + box.height / 2);
  }
  if (zoom < TEXT_ZOOM) return;
  context.textAlign = 'center';
  context.font = fontOf(theme);
  context.fillStyle = theme.foreground;
  const middle = box.x + box.width / 2;
  context.fillText(box.title, middle, box.y + PADDING / 2 + LINE_HEIGHT / 2);
  context.fillStyle = theme.dim;
  context.fillText(box.note, middle, box.y + PADDING / 2 + LINE_HEIGHT * 1.5);
  context.textAlign = 'left';
}
