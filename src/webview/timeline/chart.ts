/**
 * Draws the timeline: the whole run as a strip, the axis, and below it a lane for each context of the guest and each class of traps. Traps that lie close
 * together are bars as high as there are many of them; ones that can be told apart are marks, whose shapes say what the arbiter decided. Asks nobody.
 */
import { TRAP_CLASSES } from '../../protocol/trap-classes.js';
import { drawAxis } from '../common/axis.js';
import { toPixel, type Stretch } from '../common/stretch.js';
import type { Theme } from '../common/theme.js';
import { AXIS_HEIGHT, INTERRUPT, STRIP_HEIGHT, type Lane } from './lanes.js';
import { ticks } from './scale.js';
import type { Slices } from './slices.js';

/** What the theme's colours stand for. */
interface Palette {
  readonly dim: string;
  readonly line: string;
  readonly font: string;
  readonly user: string;
  readonly kernel: string;
  readonly asleep: string;
  readonly traps: string;
  readonly interrupts: string;
  /** Allow, emulate, inject, deny. */
  readonly verdicts: readonly [string, string, string, string];
  readonly focus: string;
}

function paletteOf({ dim, line, focus, fontSize, sans, red, orange, yellow, green, blue, purple }: Theme): Palette {
  return {
    dim,
    line,
    font: `${Math.round(fontSize * 0.85)}px ${sans}`,
    user: green,
    kernel: orange,
    asleep: dim,
    traps: blue,
    interrupts: purple,
    verdicts: [green, blue, yellow, red],
    focus,
  };
}

export interface Scene {
  readonly stretch: Stretch;
  /** Virtual time now, ns. */
  readonly now: number;
  readonly slices: Slices;
  readonly lanes: readonly Lane[];
  readonly hidden: ReadonlySet<string>;
  /** By class: until when its records are no longer kept. */
  readonly gone: ReadonlyMap<string, number>;
  /** Until when it is not known any more which time user code had. */
  readonly contextsSince: number;
  readonly selected: { readonly time: number; readonly cls: string } | undefined;
  /** Where the pointer is, pixels. */
  readonly pointer: number | undefined;
}

/** Marks are drawn while they are this far apart on average, pixels. */
const MARK_PIXELS = 3;
const MARK_SIZE = 3.5;
const LINE_ALPHA = 0.4;
const CLASS_IDS: readonly string[] = TRAP_CLASSES.map(({ id }) => id);
/** As in the protocol's columns. */
const [, EMULATE, INJECT, DENY] = [0, 1, 2, 3];

export class Chart {
  private sums = new Float64Array(0);
  /** Hatching, by its colour. */
  private readonly patterns = new Map<string, CanvasPattern | string>();

  /** @param context of a canvas whose unit is a CSS pixel */
  constructor(private readonly context: CanvasRenderingContext2D) {}

  /** Onto an empty canvas. */
  draw(scene: Scene, theme: Theme, width: number, height: number): void {
    const { context } = this;
    if (width < 2) return;
    const palette = paletteOf(theme);
    context.font = palette.font;
    context.textBaseline = 'middle';
    this.axis(scene, palette, width, height);
    const marks = this.marksOf(scene, width);
    const most = this.most(scene, width);
    for (const lane of scene.lanes) this.lane(scene, palette, width, lane, most, marks !== undefined);
    if (marks) this.marks(scene, palette, width, marks);
    this.strip(scene, palette, width);
    this.cursor(scene, palette, width, height);
  }

  private axis({ stretch }: Scene, { line, dim }: Palette, width: number, height: number): void {
    drawAxis(
      this.context,
      ticks(stretch, width).map(({ time, text }) => ({ x: toPixel(stretch, width, time), text })),
      { top: STRIP_HEIGHT, bottom: height, middle: STRIP_HEIGHT + AXIS_HEIGHT / 2, right: Infinity },
      { lines: line, opacity: LINE_ALPHA, texts: dim },
    );
  }

  /** Classes that a lane counts. */
  private classesOf({ lanes, hidden }: Scene, lane: Lane): readonly string[] {
    if (lane.cls !== undefined) return hidden.has(lane.cls) ? [] : [lane.cls];
    return lanes.flatMap(({ kind, cls }) => (kind === 'class' && cls !== undefined && !hidden.has(cls) ? [cls] : []));
  }

  private count(scene: Scene, classes: readonly string[], stretch: Stretch, width: number): Float64Array {
    if (this.sums.length !== width) this.sums = new Float64Array(width);
    this.sums.fill(0);
    for (const cls of classes) scene.slices.addTraps(cls, stretch, this.sums);
    return this.sums;
  }

  /** Traps in the fullest pixel: bars of all lanes have one measure. */
  private most(scene: Scene, width: number): number {
    const classes = CLASS_IDS.filter((cls) => !scene.hidden.has(cls));
    let most = 1;
    for (const sum of this.count(scene, classes, scene.stretch, width)) if (sum > most) most = sum;
    return most;
  }

  private lane(scene: Scene, palette: Palette, width: number, lane: Lane, most: number, marked: boolean): void {
    const { context } = this;
    const { top, height, kind } = lane;
    context.fillStyle = palette.line;
    context.globalAlpha = LINE_ALPHA;
    context.fillRect(0, top + height, width, 1);
    context.globalAlpha = 1;
    if (kind === 'user' || kind === 'kernel' || kind === 'asleep') {
      this.gone(scene, palette, width, lane, scene.contextsSince);
      this.shares(scene, palette, width, lane, kind);
      return;
    }
    if (lane.cls !== undefined) this.gone(scene, palette, width, lane, scene.gone.get(lane.cls) ?? 0);
    if (marked && kind !== 'monitor') return;
    context.fillStyle = kind === 'interrupts' ? palette.interrupts : palette.traps;
    this.bars(this.count(scene, this.classesOf(scene, lane), scene.stretch, width), top, height, most);
  }

  private bars(sums: Float64Array, top: number, height: number, most: number): void {
    const { context } = this;
    const scale = (height - 2) / Math.log1p(most);
    for (let x = 0; x < sums.length;) {
      const bar = barHeight(sums[x], scale);
      let end = x + 1;
      // bars of one height are one rectangle
      while (end < sums.length && barHeight(sums[end], scale) === bar) end++;
      if (bar > 0) context.fillRect(x, top + height - bar, end - x, bar);
      x = end;
    }
  }

  /** How much of the time a context had, as height. */
  private shares(scene: Scene, palette: Palette, width: number, lane: Lane, kind: 'user' | 'kernel' | 'asleep'): void {
    const { context } = this;
    const { stretch, slices, now } = scene;
    const step = (stretch.end - stretch.start) / width;
    const bottom = lane.top + lane.height;
    context.fillStyle = kind === 'asleep' ? this.pattern(palette.asleep) : palette[kind];
    let from = 0;
    let last = 0;
    for (let x = 0; x <= width; x++) {
      const start = stretch.start + x * step;
      let share = 0;
      if (x < width && start < now && start + step > scene.contextsSince) {
        const end = Math.min(now, start + step);
        share = kind === 'kernel' ? 0 : slices.share(kind, start, end);
        if (kind === 'kernel') share = 1 - slices.share('user', start, end) - slices.share('asleep', start, end);
      }
      const bar = share < 0.004 ? 0 : Math.max(1, Math.round(share * (lane.height - 2)));
      if (bar === last) continue;
      if (last > 0) context.fillRect(from, bottom - last, x - from, last);
      last = bar;
      from = x;
    }
    if (last > 0) context.fillRect(from, bottom - last, width - from, last);
  }

  /** What is no longer known. */
  private gone({ stretch }: Scene, palette: Palette, width: number, { top, height }: Lane, until: number): void {
    if (until <= stretch.start) return;
    const { context } = this;
    context.fillStyle = this.pattern(palette.dim);
    context.globalAlpha = 0.35;
    context.fillRect(0, top + 2, Math.min(width, toPixel(stretch, width, until)), height - 2);
    context.globalAlpha = 1;
  }

  private pattern(colour: string): CanvasPattern | string {
    let pattern = this.patterns.get(colour);
    if (pattern === undefined) {
      const tile = document.createElement('canvas');
      tile.width = tile.height = 6;
      const paint = tile.getContext('2d');
      if (paint) {
        paint.strokeStyle = colour;
        for (const offset of [-6, 0, 6]) {
          paint.moveTo(offset, 6);
          paint.lineTo(offset + 6, 0);
        }
        paint.stroke();
      }
      pattern = this.context.createPattern(tile, 'repeat') ?? colour;
      this.patterns.set(colour, pattern);
    }
    return pattern;
  }

  // ---- single traps

  private marksOf({ stretch, slices, hidden }: Scene, width: number) {
    const { start, end } = stretch;
    const marks = slices.marks(start, end);
    if (!marks) return undefined;
    const inView = CLASS_IDS.reduce((sum, cls) => sum + (hidden.has(cls) ? 0 : slices.traps(cls, start, end)), 0);
    return inView * MARK_PIXELS > width ? undefined : marks;
  }

  private marks(
    scene: Scene,
    palette: Palette,
    width: number,
    { times, classes, verdicts }: NonNullable<ReturnType<Slices['marks']>>,
  ): void {
    const { stretch, lanes, hidden } = scene;
    const middles = CLASS_IDS.map((cls) => {
      const lane = lanes.find((candidate) => candidate.cls === cls);
      return lane && !hidden.has(cls) ? lane.top + lane.height / 2 : -1;
    });
    for (let i = 0; i < times.length; i++) {
      const y = middles[classes[i]];
      if (y < 0 || times[i] < stretch.start || times[i] > stretch.end) continue;
      this.mark(palette, toPixel(stretch, width, times[i]), y, verdicts[i]);
    }
  }

  /** Emulate: a square; allow: a ring; inject: a triangle that points down, into the guest; deny: a cross. */
  private mark(palette: Palette, x: number, y: number, verdict: number): void {
    const { context } = this;
    const size = MARK_SIZE;
    const colour = palette.verdicts[verdict];
    context.fillStyle = colour;
    if (verdict === EMULATE) {
      context.fillRect(x - size + 0.5, y - size + 0.5, 2 * size - 1, 2 * size - 1);
      return;
    }
    context.beginPath();
    if (verdict === INJECT) {
      context.moveTo(x - size - 0.5, y - size);
      context.lineTo(x + size + 0.5, y - size);
      context.lineTo(x, y + size + 1);
      context.fill();
      return;
    }
    context.strokeStyle = colour;
    context.lineWidth = verdict === DENY ? 2 : 1.5;
    if (verdict === DENY) {
      context.moveTo(x - size, y - size);
      context.lineTo(x + size, y + size);
      context.moveTo(x - size, y + size);
      context.lineTo(x + size, y - size);
    } else context.arc(x, y, size - 0.5, 0, 2 * Math.PI);
    context.stroke();
  }

  // ---- around the lanes

  private strip(scene: Scene, palette: Palette, width: number): void {
    const { context } = this;
    const { now, stretch } = scene;
    const run = { start: 0, end: Math.max(now, 1) };
    const sums = this.count(
      scene,
      CLASS_IDS.filter((cls) => !scene.hidden.has(cls)),
      run,
      width,
    );
    let most = 1;
    for (const sum of sums) if (sum > most) most = sum;
    context.fillStyle = palette.dim;
    this.bars(sums, 2, STRIP_HEIGHT - 5, most);
    const from = toPixel(run, width, stretch.start);
    const to = toPixel(run, width, stretch.end);
    context.strokeStyle = palette.focus;
    context.lineWidth = 1;
    const left = Math.round(from) + 0.5;
    const right = Math.max(left + 3, Math.round(to) - 0.5);
    context.strokeRect(left, 0.5, right - left, STRIP_HEIGHT - 2);
    context.fillStyle = palette.focus;
    context.globalAlpha = 0.12;
    context.fillRect(left, 1, right - left, STRIP_HEIGHT - 3);
    context.globalAlpha = 1;
  }

  private cursor(scene: Scene, palette: Palette, width: number, height: number): void {
    const { context } = this;
    const { selected, stretch, lanes, pointer } = scene;
    if (pointer !== undefined) {
      context.fillStyle = palette.dim;
      context.fillRect(Math.round(pointer), STRIP_HEIGHT, 1, height - STRIP_HEIGHT);
    }
    if (!selected || selected.time < stretch.start || selected.time > stretch.end) return;
    const x = Math.round(toPixel(stretch, width, selected.time));
    context.fillStyle = palette.focus;
    context.fillRect(x, STRIP_HEIGHT, 1, height - STRIP_HEIGHT);
    const lane = lanes.find(({ cls }) => cls === selected.cls) ?? lanes.find(({ cls }) => cls === INTERRUPT);
    if (!lane) return;
    context.strokeStyle = palette.focus;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x + 0.5, lane.top + lane.height / 2, 7, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** A trap that may not be quite there shows; none at all does not. */
function barHeight(count: number, scale: number): number {
  return count < 0.02 ? 0 : Math.max(2, Math.round(Math.log1p(count) * scale));
}
