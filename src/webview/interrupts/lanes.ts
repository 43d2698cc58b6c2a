/** The timeline of interrupts as numbers: which line has which lane, what lies where. Draws nothing. */
import type { InterruptEventKind } from '../../protocol/views/interrupts.js';
import type { InterruptEvent } from './model.js';

/** A stretch of guest instructions. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Mark {
  readonly kind: InterruptEventKind;
  readonly lane: number;
  /** Of the drawing's width, 0 to 1. */
  readonly x: number;
}

/** A part of a line's time: raised and not yet acknowledged, or acknowledged and not yet ended. */
export interface Bar {
  readonly kind: 'waiting' | 'served';
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

/** Lines that have events in a stretch of time, lowest first. */
export function linesIn(events: readonly InterruptEvent[], { from, to }: Stretch): readonly number[] {
  const lines = new Set<number>();
  for (const { line, at } of events) if (line >= 0 && at >= from && at <= to) lines.add(line);
  return [...lines].sort((a, b) => a - b);
}

/** Marks of what lies in a stretch; several of a kind that fall onto one of `columns` are one. */
export function marksIn(
  events: readonly InterruptEvent[],
  lanes: readonly number[],
  { from, to }: Stretch,
  columns: number,
): readonly Mark[] {
  const length = Math.max(1, to - from);
  const seen = new Set<string>();
  const marks: Mark[] = [];
  for (const { kind, line, at } of events) {
    if (at < from || at > to) continue;
    const lane = lanes.indexOf(line);
    const x = (at - from) / length;
    const cell = `${kind} ${lane} ${Math.floor(x * columns)}`;
    if (lane < 0 || seen.has(cell)) continue;
    seen.add(cell);
    marks.push({ kind, lane, x });
  }
  return marks;
}

/** Bars of what lines are at within a stretch; those that go on end with it. */
export function barsIn(
  events: readonly InterruptEvent[],
  lanes: readonly number[],
  { from, to }: Stretch,
): readonly Bar[] {
  const length = Math.max(1, to - from);
  const bars: Bar[] = [];
  const open = new Map<number, { readonly kind: Bar['kind']; readonly at: number }>();
  const close = (line: number, at: number): void => {
    const begun = open.get(line);
    open.delete(line);
    const lane = lanes.indexOf(line);
    if (begun === undefined || lane < 0 || at < from || begun.at > to) return;
    const clip = (instruction: number) => Math.min(1, Math.max(0, (instruction - from) / length));
    bars.push({ kind: begun.kind, lane, from: clip(begun.at), to: clip(at) });
  };
  for (const { kind, line, at } of events) {
    if (kind === 'raise' && !open.has(line)) open.set(line, { kind: 'waiting', at });
    else if (kind === 'acknowledge') {
      close(line, at);
      open.set(line, { kind: 'served', at });
    } else if (kind === 'end' || (kind === 'lower' && open.get(line)?.kind === 'waiting')) close(line, at);
  }
  for (const line of [...open.keys()]) close(line, to);
  return bars;
}

const STEPS = [1, 2, 5];

/** Round positions for the axis: at most `most` of them. */
export function ticksIn({ from, to }: Stretch, most: number): readonly number[] {
  const least = Math.max(1, (to - from) / Math.max(1, most));
  const power = 10 ** Math.floor(Math.log10(least));
  const step = (STEPS.find((n) => n * power >= least) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

/** A stretch that is `factor` times as long, the place at `x` (0 to 1) kept where it is. */
export function zoomed({ from, to }: Stretch, factor: number, x: number, least = 20): Stretch {
  const length = Math.max(least, (to - from) * factor);
  const kept = from + (to - from) * x;
  const start = Math.max(0, kept - length * x);
  return { from: start, to: start + length };
}
