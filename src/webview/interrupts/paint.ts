/** Draws the timeline of interrupts: names of lines on the left, the axis below, and a lane for each line between them. Draws what it is given, and holds nothing. */
import type { InterruptEventKind } from '../../protocol/views/interrupts.js';
import { drawAxis } from '../common/axis.js';
import { full, short } from '../common/format.js';
import { lengthOf, toPixel, type Stretch } from '../common/stretch.js';
import type { Theme } from '../common/theme.js';
import { barsIn, linesIn, marksIn, ticksIn } from './lanes.js';
import type { InterruptEvent } from './model.js';

const LANE = 22;
/** How high the axis is, pixels. */
export const AXIS = 20;
/** Where names of lanes end, pixels. */
export const NAMES = 150;
const MARK = 3.5;
/** Left of names and texts. */
const MARGIN = 8;
/** On the right of the axis there are buttons. */
const TOOLS = 90;
/** Between two marks of the axis, at least. */
const TICK_PIXELS = 130;
/** Counts of the axis are short from this length on, instructions. */
const LONG = 100_000;

const COLOURS: Readonly<
  Record<InterruptEventKind | 'waiting' | 'served', 'yellow' | 'foreground' | 'red' | 'blue' | 'green'>
> = {
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

export interface Scene {
  readonly events: readonly InterruptEvent[];
  /** Of lines. */
  readonly names: ReadonlyMap<number, string>;
  readonly stretch: Stretch;
}

/** Of a drawing with these lanes, axis included, pixels. */
export function heightOf(lanes: readonly number[]): number {
  return Math.max(1, lanes.length) * LANE + AXIS;
}

const middleOf = (lane: number): number => lane * LANE + LANE / 2;

/** Onto an empty canvas of {@link heightOf} the lanes in sight. */
export function paintLanes(context: CanvasRenderingContext2D, scene: Scene, theme: Theme, width: number): void {
  const { events, names, stretch } = scene;
  const plot = width - NAMES;
  if (plot <= 0) return;
  const lanes = linesIn(events, stretch);
  context.font = `${theme.fontSize}px ${theme.sans}`;
  context.textBaseline = 'middle';
  paintAxis(context, stretch, theme, width, heightOf(lanes) - AXIS);
  if (lanes.length === 0) saySo(context, theme);
  context.fillStyle = theme.foreground;
  lanes.forEach((line, lane) => {
    context.fillText(names.get(line) ?? String(line), MARGIN, middleOf(lane), NAMES - 2 * MARGIN);
  });
  for (const { kind, lane, from, to } of barsIn(events, lanes, stretch, plot)) {
    context.fillStyle = theme[COLOURS[kind]];
    // thin while it waits, thick while it is served: not told by colour alone
    const thickness = kind === 'waiting' ? 2 : 6;
    context.globalAlpha = 0.6;
    context.fillRect(NAMES + from * plot, middleOf(lane) - thickness / 2, Math.max(1, (to - from) * plot), thickness);
    context.globalAlpha = 1;
  }
  const marks = marksIn(events, lanes, stretch, Math.ceil(plot / MARK));
  for (const kind of DRAWN_LAST) {
    context.fillStyle = theme[COLOURS[kind]];
    for (const mark of marks)
      if (mark.kind === kind) drawMark(context, kind, NAMES + mark.x * plot, middleOf(mark.lane) + HEIGHTS[kind]);
  }
}

function paintAxis(
  context: CanvasRenderingContext2D,
  stretch: Stretch,
  theme: Theme,
  width: number,
  bottom: number,
): void {
  const plot = width - NAMES;
  const textOf = lengthOf(stretch) > LONG ? short : full;
  const ticks = ticksIn(stretch, Math.max(2, Math.floor(plot / TICK_PIXELS)));
  const middle = bottom + AXIS / 2;
  drawAxis(
    context,
    ticks.map((tick) => ({ x: NAMES + toPixel(stretch, plot, tick), text: textOf(tick) })),
    { top: 0, bottom, middle, right: width - TOOLS },
    { lines: theme.border, opacity: 1, texts: theme.dim },
  );
  context.fillStyle = theme.dim;
  context.fillText('instructions', MARGIN, middle);
}

/** In place of lanes; lines of the axis do not go through the words. */
function saySo(context: CanvasRenderingContext2D, { dim }: Theme): void {
  const words = 'No interrupt in this stretch of time.';
  context.clearRect(NAMES + 1, 0, context.measureText(words).width + 2 * MARGIN, LANE);
  context.fillStyle = dim;
  context.fillText(words, NAMES + MARGIN, middleOf(0));
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
