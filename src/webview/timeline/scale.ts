/** Virtual time in words, and the marks of its axis. Arithmetic only. */
import { lengthOf, roundTimes, type Stretch } from '../common/stretch.js';

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
  const { step, times } = roundTimes(stretch, (lengthOf(stretch) / Math.max(1, width)) * TICK_PIXELS);
  return times.map((time) => ({ time, text: timeText(time, step) }));
}
