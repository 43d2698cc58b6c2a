/** A stretch of time, whatever it is counted in: how it zooms and pans, which pixel is when, where the marks of its axis are. Arithmetic only. */

/** `end` is not part of it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What can be looked at: from 0 to `end`, and nothing shorter than `least`. */
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

/** The round numbers of a stretch: 1, 2 or 5 times a power of ten apart, and at least `least`. */
export function roundTimes(
  { start, end }: Stretch,
  least: number,
): { readonly step: number; readonly times: number[] } {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
  const times: number[] = [];
  for (let n = Math.ceil(start / step); n * step < end; n++) times.push(n * step);
  return { step, times };
}
