/**
 * What was learned of the run, as the chart asks for it: how much lies between two times. Answers come in slices of different fineness; a time is looked up
 * in the finest that has it, so that zooming and panning show something at once, and the exact numbers a moment later.
 */
import type { TimeMarks, TimeSlice } from '../../protocol/views/timeline.js';
import type { Stretch } from '../common/stretch.js';

/** A column of a slice at a time, between its points in proportion. */
function at(column: Uint32Array | Float64Array, { start, end, parts }: TimeSlice, time: number): number {
  const place = Math.min(parts, Math.max(0, ((time - start) / (end - start)) * parts));
  const below = Math.floor(place);
  const value = column[below];
  return below === parts ? value : value + (place - below) * (column[below + 1] - value);
}

function has({ start, end }: TimeSlice, from: number, to: number): boolean {
  return from >= start && to <= end;
}

export class Slices {
  private overview: TimeSlice | undefined;
  private window: TimeSlice | undefined;
  private slept = false;
  private readonly columns = new Map<TimeSlice, Map<string, Uint32Array>>();

  /** @param isAll the window has the whole run, and no overview is needed */
  take(overview: TimeSlice | undefined, window: TimeSlice | undefined, isAll: boolean): void {
    this.window = window;
    this.overview = isAll ? window : (overview ?? this.overview);
    this.columns.clear();
    for (const slice of [this.overview, this.window]) {
      if (!slice) continue;
      this.columns.set(slice, new Map(slice.counts.map(({ cls, before }) => [cls, before])));
      this.slept ||= slice.asleep[slice.parts] > 0;
    }
  }

  clear(): void {
    this.overview = undefined;
    this.window = undefined;
    this.slept = false;
    this.columns.clear();
  }

  /** The finest slice that has all of a stretch, or else the one that has most of the run. */
  private best(from: number, to: number): TimeSlice | undefined {
    const { window, overview } = this;
    return window && has(window, from, to) ? window : (overview ?? window);
  }

  /** Traps of a class between two times; not a whole number where that is not known exactly. */
  traps(cls: string, from: number, to: number): number {
    const slice = this.best(from, to);
    const column = slice && this.columns.get(slice)?.get(cls);
    return slice && column ? at(column, slice, to) - at(column, slice, from) : 0;
  }

  /** Adds the traps of a class in each pixel of a stretch to `sums`, one number a pixel. */
  addTraps(cls: string, { start, end }: Stretch, sums: Float64Array): void {
    const width = sums.length;
    const step = (end - start) / width;
    let slice: TimeSlice | undefined;
    let column: Uint32Array | undefined;
    let before = 0;
    for (let x = 0; x < width; x++) {
      const from = start + x * step;
      const to = start + (x + 1) * step;
      const finest = this.best(from, to);
      if (finest !== slice) {
        slice = finest;
        column = slice && this.columns.get(slice)?.get(cls);
        before = slice && column ? at(column, slice, from) : 0;
      }
      if (!slice || !column) continue;
      const behind = at(column, slice, to);
      sums[x] += behind - before;
      before = behind;
    }
  }

  /** Share of the time between two points that user code had, or that was slept: 0 to 1. */
  share(what: 'user' | 'asleep', from: number, to: number): number {
    const slice = this.best(from, to);
    if (!slice || to <= from) return 0;
    const part = (slice.end - slice.start) / slice.parts;
    const covered = (at(slice[what], slice, to) - at(slice[what], slice, from)) * part;
    // what is behind the end of the slice is not known to be anything
    return Math.min(1, Math.max(0, covered / (to - from)));
  }

  /** Until when anything is known. */
  get end(): number {
    return Math.max(this.overview?.end ?? 0, this.window?.end ?? 0);
  }

  /** Whether anything was slept in this run, as far as was seen. */
  get hasSleep(): boolean {
    return this.slept;
  }

  /** Single traps, if all of those between two times are known. */
  marks(from: number, to: number): TimeMarks | undefined {
    const { window } = this;
    return window && has(window, from, to) ? window.marks : undefined;
  }
}
