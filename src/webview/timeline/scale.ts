/** Time and pixels: which stretch of virtual time is looked at, how it zooms and pans, where the marks of its axis are. Arithmetic only. */

/** A stretch of virtual time, ns; `end` is not part of it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What can be looked at: from power-on until now, and no closer than the time of so many ns. */
export interface Bounds {
  readonly end: number;
  readonly least: number;
}

export function lengthOf({ start, end }: Stretch): number {
  return end - start;
}

/** A stretch of a length that lies within bounds, as near as can be to where it was to begin. */
export function placed(start: number, length: number, { end, least }: Bounds): Stretch {
  const most = Math.max(end, least);
  const fitting = Math.min(Math.max(length, least), most);
  const begin = Math.min(Math.max(0, start), most - fitting);
  return { start: begin, end: begin + fitting };
}

export function whole(bounds: Bounds): Stretch {
  return placed(0, Infinity, bounds);
}

/** Longer by a factor (below 1: closer), with the time `at` staying where it is. */
export function zoomed(stretch: Stretch, factor: number, at: number, bounds: Bounds): Stretch {
  const length = Math.min(Math.max(lengthOf(stretch) * factor, bounds.least), Math.max(bounds.end, bounds.least));
  const share = (at - stretch.start) / lengthOf(stretch);
  return placed(at - share * length, length, bounds);
}

export function panned(stretch: Stretch, by: number, bounds: Bounds): Stretch {
  return placed(stretch.start + by, lengthOf(stretch), bounds);
}

/** Around a time, unless it is in sight already, a tenth of the stretch away from the edges. */
export function showing(stretch: Stretch, time: number, bounds: Bounds): Stretch {
  const length = lengthOf(stretch);
  if (time >= stretch.start + length / 10 && time <= stretch.end - length / 10) return stretch;
  return placed(time - length / 2, length, bounds);
}

export function toPixel({ start, end }: Stretch, width: number, time: number): number {
  return ((time - start) / (end - start)) * width;
}

export function toTime({ start, end }: Stretch, width: number, pixel: number): number {
  return start + (pixel / width) * (end - start);
}

const UNITS: readonly (readonly [ns: number, name: string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** `12.5 ms`: with as many digits as tell times apart that differ by `step` ns. */
export function timeText(ns: number, step = ns / 1000): string {
  if (ns === 0) return '0 ns';
  const size = Math.max(Math.abs(ns), 1);
  const [unit, name] = UNITS.find(([one]) => size >= one) ?? UNITS[UNITS.length - 1];
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(Math.max(step, 1e-3) / unit) - 1e-9)));
  const text = (ns / unit).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${text} ${name}`;
}

export interface Tick {
  readonly time: number;
  readonly text: string;
}

/** Pixels between two marks of the axis, at least. */
const TICK_PIXELS = 110;

/** Marks of the axis at round times. */
export function ticks(stretch: Stretch, width: number): Tick[] {
  const rough = (lengthOf(stretch) / Math.max(1, width)) * TICK_PIXELS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const found: Tick[] = [];
  for (let n = Math.ceil(stretch.start / step); n * step < stretch.end; n++) {
    found.push({ time: n * step, text: timeText(n * step, step) });
  }
  return found;
}
