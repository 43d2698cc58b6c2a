/**
 * The run as a timeline: how many traps of each class, and how much time of user code and of sleep, lie in each part of a stretch of time; the traps of a
 * stretch as a table; one trap nearest to a time. Counts nothing itself, and costs the more the finer it is asked, not the longer the run was.
 */
import { exitClasses } from '../../vmm/classes.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { countBefore, lengthOf, nearest, rankOf, recordsFrom, spansOf, type Span } from '../../vmm/record-index.js';
import type { TrapRecord } from '../../vmm/records.js';

import type { SymbolTable } from '../symbols.js';
import { trapInfo } from '../vmm-view.js';
import type {
  TimelineQuery,
  TimelineAnswer,
  TimelineClass,
  SliceQuery,
  TimeSlice,
  TimeMarks,
  TimelineRow,
  TimelineRowsQuery,
  TimelineRows,
  TrapSought,
  ContextTime,
} from '../../protocol/views/timeline.js';

/** More parts than a screen has columns are no use. */
const MOST_PARTS = 1 << 13;
const MOST_MARKS = 1 << 13;
const MOST_ROWS = 1 << 12;

const ALL_CLASSES: readonly number[] = exitClasses.map((_, cls) => cls);

export function timelineOf(hypervisor: Hypervisor, { overview, window }: TimelineQuery): TimelineAnswer {
  const { records, time, machine } = hypervisor;
  const { nsPerInstruction } = machine.clock;
  const now = machine.clock.now();
  const whole = { start: 0, end: Math.max(now, nsPerInstruction), parts: overview, marks: 0 };
  return {
    now,
    nsPerInstruction,
    kept: ALL_CLASSES.reduce((sum, cls) => sum + records.kept(cls), 0),
    capacity: records.capacity,
    bytes: records.bytes + time.bytes,
    classes: classesOf(hypervisor),
    contextsSince: time.user.since * nsPerInstruction,
    ...(overview > 0 && { overview: sliceOf(hypervisor, whole) }),
    ...(window && { window: sliceOf(hypervisor, window) }),
  };
}

function classesOf({ records, metrics, machine }: Hypervisor): TimelineClass[] {
  const { nsPerInstruction } = machine.clock;
  return metrics.byClass().flatMap(({ id, count }, cls) => {
    const first = records.firstOfRun(cls);
    const kept = records.written(cls) - first;
    const unrecorded = count - records.written(cls);
    if (kept === 0 && unrecorded === 0) return [];
    const gone = kept > 0 && first > records.runBegan(cls);
    return [{ cls: id, kept, unrecorded, since: gone ? records.ticksOf(cls, first) * nsPerInstruction : 0 }];
  });
}

function sliceOf({ records, time, machine }: Hypervisor, query: SliceQuery): TimeSlice {
  const { nsPerInstruction: ns } = machine.clock;
  const parts = Math.max(1, Math.min(MOST_PARTS, Math.floor(query.parts)));
  const from = query.start / ns;
  const to = query.end / ns;
  const step = (to - from) / parts;
  const counts = ALL_CLASSES.flatMap((cls) => {
    if (records.written(cls) === records.firstOfRun(cls)) return [];
    const before = new Uint32Array(parts + 1);
    countBefore(records, cls, from, step, before);
    return before[parts] === 0 ? [] : [{ cls: exitClasses[cls].id, before }];
  });
  const user = new Float64Array(parts + 1);
  const asleep = new Float64Array(parts + 1);
  const userBase = time.user.before(from);
  const asleepBase = time.asleep.before(from);
  for (let i = 1; i <= parts; i++) {
    const at = from + i * step;
    user[i] = (time.user.before(at) - userBase) / step;
    asleep[i] = (time.asleep.before(at) - asleepBase) / step;
  }
  const total = counts.reduce((sum, { before }) => sum + before[parts], 0);
  const wanted = total > 0 && total <= Math.min(query.marks, MOST_MARKS);
  const marks = wanted ? marksOf(records, spansOf(records, ALL_CLASSES, from, to), ns) : undefined;
  return { start: query.start, end: query.end, parts, counts, user, asleep, ...(marks && { marks }) };
}

function marksOf(records: Hypervisor['records'], spans: readonly Span[], ns: number): TimeMarks {
  const length = lengthOf(spans);
  const marks = {
    sequences: new Float64Array(length),
    times: new Float64Array(length),
    classes: new Uint8Array(length),
    verdicts: new Uint8Array(length),
  };
  let i = 0;
  for (const { cls, first, end } of spans) {
    for (let n = first; n < end; n++, i++) {
      marks.sequences[i] = records.sequenceOf(cls, n);
      marks.times[i] = records.ticksOf(cls, n) * ns;
      marks.classes[i] = cls;
      marks.verdicts[i] = records.verdictOf(cls, n);
    }
  }
  return marks;
}

/** A record as a row. */
export function timelineRow(record: TrapRecord, nsPerInstruction: number, symbols: SymbolTable): TimelineRow {
  const symbol = symbols.describe(record.pc);
  return { ...trapInfo(record), time: record.ticks * nsPerInstruction, ...(symbol !== undefined && { symbol }) };
}

function shownClasses(hidden: readonly string[]): number[] {
  return ALL_CLASSES.filter((cls) => !hidden.includes(exitClasses[cls].id));
}

export function timelineRowsOf(hypervisor: Hypervisor, symbols: SymbolTable, query: TimelineRowsQuery): TimelineRows {
  const { records, machine } = hypervisor;
  const { nsPerInstruction: ns } = machine.clock;
  const classes = shownClasses(query.hidden);
  const spans = spansOf(records, classes, query.start / ns, query.end / ns);
  const total = lengthOf(spans);
  const first = Math.max(0, Math.min(query.first, total - 1));
  const found = query.find && findRow(hypervisor, classes, query, spans);
  return {
    total,
    first,
    rows: recordsFrom(records, spans, first, Math.min(MOST_ROWS, query.count)).map((record) =>
      timelineRow(record, ns, symbols),
    ),
    ...(found && { found }),
  };
}

function findRow(
  { records, machine }: Hypervisor,
  classes: readonly number[],
  { find, start, end }: TimelineRowsQuery,
  spans: readonly Span[],
): TimelineRows['found'] {
  const { nsPerInstruction: ns } = machine.clock;
  const record = find && sought(records, classes, find, ns);
  if (!record || !classes.includes(record.cls)) return undefined;
  const time = record.ticks * ns;
  const { sequence } = record;
  return { index: time >= start && time < end ? rankOf(records, spans, sequence) : -1, sequence, time };
}

function sought(
  records: Hypervisor['records'],
  classes: readonly number[],
  find: TrapSought,
  ns: number,
): TrapRecord | undefined {
  if ('time' in find) return records.read(nearest(records, classes, find.time / ns));
  const { sequence, step = 0 } = find;
  if (step === 0) return records.read(sequence);
  const all = spansOf(records, classes, 0, Infinity);
  const rank = rankOf(records, all, sequence) + step;
  return rank < 0 ? undefined : recordsFrom(records, all, rank, 1).at(0);
}

/** Traps with a sequence number above `after`, oldest first, of a stretch of time; and how many there are. For whoever writes all of them down. */
export function trapsBehind(
  hypervisor: Hypervisor,
  symbols: SymbolTable,
  { start, end, hidden }: Pick<TimelineRowsQuery, 'start' | 'end' | 'hidden'>,
  after: number,
  maximum: number,
): { readonly rows: readonly TimelineRow[]; readonly left: number } {
  const { records, machine } = hypervisor;
  const { nsPerInstruction: ns } = machine.clock;
  const spans = spansOf(records, shownClasses(hidden), start / ns, end / ns);
  const rank = rankOf(records, spans, after + 1);
  const rows = recordsFrom(records, spans, rank, Math.min(maximum, MOST_ROWS)).map((record) =>
    timelineRow(record, ns, symbols),
  );
  return { rows, left: lengthOf(spans) - rank - rows.length };
}

/** The guest's contexts between two times (virtual ns), without gaps, and up to where they are given: some `maximum` of them at a time. */
export function contextTimes(
  { time, machine }: Hypervisor,
  start: number,
  end: number,
  maximum: number,
): { readonly times: readonly ContextTime[]; readonly until: number } {
  const { nsPerInstruction: ns } = machine.clock;
  const from = Math.max(start / ns, time.user.since);
  const to = end / ns;
  const parts = [
    ...pairsOf('user', time.user.between(from, to, maximum)),
    ...pairsOf('asleep', time.asleep.between(from, to, maximum)),
  ].sort((a, b) => a.start - b.start);
  const enough = parts.slice(0, maximum);
  const until = parts.length >= maximum ? enough[enough.length - 1].end : to;
  const times: ContextTime[] = [];
  let at = from;
  for (const part of enough) {
    if (part.start > at) times.push({ context: 'kernel', start: at, end: part.start });
    times.push(part);
    at = part.end;
  }
  if (until > at) times.push({ context: 'kernel', start: at, end: until });
  const inTime = times.map((part) => ({ ...part, start: part.start * ns, end: part.end * ns }));
  return { times: inTime, until: until * ns };
}

function pairsOf(context: ContextTime['context'], pairs: readonly number[]): ContextTime[] {
  const parts: ContextTime[] = [];
  for (let i = 0; i < pairs.length; i += 2) parts.push({ context, start: pairs[i], end: pairs[i + 1] });
  return parts;
}
