/** The timeline of interrupts as numbers: which line has which lane, what lies where. Draws nothing. */
import { INTERRUPT_EVENTS, type InterruptEventKind } from '../../protocol/views/interrupts.js';
import { lengthOf, roundTimes, type Bounds, type Stretch } from '../common/stretch.js';
import type { InterruptEvent } from './model.js';

const KINDS = INTERRUPT_EVENTS.length;

/** Of what can be looked at, guest instructions: also what has not been executed yet. */
export const BOUNDS: Bounds = { end: Infinity, least: 20 };

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
export function linesIn(events: readonly InterruptEvent[], { start, end }: Stretch): readonly number[] {
  const lines = new Set<number>();
  for (const { line, at } of events) if (line >= 0 && at >= start && at <= end) lines.add(line);
  return [...lines].sort((a, b) => a - b);
}

/** Marks of what lies in a stretch; several of a kind that fall onto one of `columns` are one. */
export function marksIn(
  events: readonly InterruptEvent[],
  lanes: readonly number[],
  { start, end }: Stretch,
  columns: number,
): readonly Mark[] {
  const length = Math.max(1, end - start);
  const laneOf = new Map(lanes.map((line, lane) => [line, lane]));
  const seen = new Uint8Array(lanes.length * KINDS * (columns + 1));
  const marks: Mark[] = [];
  for (const { kind, line, at } of events) {
    if (at < start || at > end) continue;
    const lane = laneOf.get(line);
    if (lane === undefined) continue;
    const x = (at - start) / length;
    const cell = (lane * KINDS + INTERRUPT_EVENTS.indexOf(kind)) * (columns + 1) + Math.floor(x * columns);
    if (seen[cell] === 1) continue;
    seen[cell] = 1;
    marks.push({ kind, lane, x });
  }
  return marks;
}

/** Bars of what lines are at within a stretch; those that go on end with it. Of those that are shorter than one of `columns` one is left there. */
export function barsIn(
  events: readonly InterruptEvent[],
  lanes: readonly number[],
  { start, end }: Stretch,
  columns: number,
): readonly Bar[] {
  const length = Math.max(1, end - start);
  const laneOf = new Map(lanes.map((line, lane) => [line, lane]));
  /** The column of each lane that has a short bar already. */
  const short = new Int32Array(lanes.length).fill(-1);
  const bars: Bar[] = [];
  const open = new Map<number, { readonly kind: Bar['kind']; readonly at: number }>();
  const close = (line: number, at: number): void => {
    const begun = open.get(line);
    open.delete(line);
    const lane = laneOf.get(line);
    if (begun === undefined || lane === undefined || at < start || begun.at > end) return;
    const clip = (instruction: number) => Math.min(1, Math.max(0, (instruction - start) / length));
    const bar = { kind: begun.kind, lane, from: clip(begun.at), to: clip(at) };
    const column = Math.floor(bar.from * columns);
    if (Math.floor(bar.to * columns) === column) {
      if (short[lane] === column) return;
      short[lane] = column;
    }
    bars.push(bar);
  };
  for (const { kind, line, at } of events) {
    if (kind === 'raise' && !open.has(line)) open.set(line, { kind: 'waiting', at });
    else if (kind === 'acknowledge') {
      close(line, at);
      open.set(line, { kind: 'served', at });
    } else if (kind === 'end' || (kind === 'lower' && open.get(line)?.kind === 'waiting')) close(line, at);
  }
  for (const line of [...open.keys()]) close(line, end);
  return bars;
}

/** Round instruction counts for the axis: at most `most` of them. */
export function ticksIn(stretch: Stretch, most: number): readonly number[] {
  return roundTimes(stretch, Math.max(1, lengthOf(stretch) / Math.max(1, most))).times;
}
