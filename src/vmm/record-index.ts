/**
 * Trap records by virtual time: how many of each class lie before a time, which is the n-th of all classes together, which is the nearest. Everything is
 * found by searches in the rows of records, which are in order of time; nothing is kept. Records of the present run only: time begins anew at power-on.
 */
import type { TrapRecord, TrapRecords } from './records.js';

/** Records of one class (index into exitClasses) by their numbers within it: from `first` up to, not including, `end`. */
export interface Span {
  readonly cls: number;
  readonly first: number;
  readonly end: number;
}

/** The number within its class of the first record at or behind a time, in ticks. */
export function firstNotBefore(records: TrapRecords, cls: number, ticks: number): number {
  let low = records.firstOfRun(cls);
  let high = records.written(cls);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (records.ticksOf(cls, middle) < ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Counts records up to times that are equally far apart: `counts[i]` becomes the number of records of the class before `start + i * step`, less that before `start`.
 * Costs as many looks at records as the counts have bits in all.
 */
export function countBefore(records: TrapRecords, cls: number, start: number, step: number, counts: Uint32Array): void {
  const first = firstNotBefore(records, cls, start);
  const end = records.written(cls);
  let n = first;
  for (let i = 0; i < counts.length; i++) {
    const edge = start + i * step;
    if (n < end && records.ticksOf(cls, n) < edge) n = gallop(records, cls, n, end, edge);
    counts[i] = n - first;
  }
}

/** The first number above `n` whose record is not before a time, given that that of `n` is; `end` if there is none. */
function gallop(records: TrapRecords, cls: number, n: number, end: number, ticks: number): number {
  let stride = 1;
  let low = n;
  while (low + stride < end && records.ticksOf(cls, low + stride) < ticks) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(end, low + stride);
  low++;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (records.ticksOf(cls, middle) < ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Records of some classes between two times, `to` not included. */
export function spansOf(records: TrapRecords, classes: readonly number[], from: number, to: number): Span[] {
  return classes
    .map((cls) => ({ cls, first: firstNotBefore(records, cls, from), end: firstNotBefore(records, cls, to) }))
    .filter(({ first, end }) => end > first);
}

export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { first, end }) => sum + end - first, 0);
}

/** How many records of the spans have a lower sequence number. */
export function rankOf(records: TrapRecords, spans: readonly Span[], sequence: number): number {
  return spans.reduce((sum, span) => sum + placeIn(records, span, sequence) - span.first, 0);
}

/** The number within its class of the first record of a span whose sequence number is not below `sequence`. */
function placeIn(records: TrapRecords, { cls, first, end }: Span, sequence: number): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (records.sequenceOf(cls, middle) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Records of the spans in order of sequence number: at most `count`, from the one with this rank on. */
export function recordsFrom(records: TrapRecords, spans: readonly Span[], rank: number, count: number): TrapRecord[] {
  const from = sequenceAt(records, spans, rank);
  const places = spans.map((span) => placeIn(records, span, from));
  const found: TrapRecord[] = [];
  while (found.length < count) {
    let least = Infinity;
    let chosen = -1;
    for (let i = 0; i < spans.length; i++) {
      if (places[i] >= spans[i].end) continue;
      const sequence = records.sequenceOf(spans[i].cls, places[i]);
      if (sequence >= least) continue;
      least = sequence;
      chosen = i;
    }
    if (chosen < 0) break;
    found.push(records.record(spans[chosen].cls, places[chosen]++));
  }
  return found;
}

/** A sequence number below which there are exactly `rank` records of the spans, or all of them. */
function sequenceAt(records: TrapRecords, spans: readonly Span[], rank: number): number {
  let low = 0;
  let high = records.newest + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (rankOf(records, spans, middle) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sequence number of the record of some classes that is nearest to a time, in ticks, the first of those that are; 0 if there is none. */
export function nearest(records: TrapRecords, classes: readonly number[], ticks: number): number {
  let least = Infinity;
  let found = 0;
  for (const cls of classes) {
    const behind = firstNotBefore(records, cls, ticks);
    for (const n of [behind - 1, behind]) {
      if (n < records.firstOfRun(cls) || n >= records.written(cls)) continue;
      const distance = Math.abs(records.ticksOf(cls, n) - ticks);
      const sequence = records.sequenceOf(cls, n);
      if (distance > least || (distance === least && sequence > found)) continue;
      least = distance;
      found = sequence;
    }
  }
  return found;
}
