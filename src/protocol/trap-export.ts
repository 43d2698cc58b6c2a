/**
 * Traps as files that other programs read: JSON, CSV (RFC 4180), and the Trace Event Format of Chrome's tracing, which Perfetto opens. Text in parts: what
 * stands at a file's beginning, rows, what stands at its end. Knows neither where traps come from nor where files go.
 */
import { trapClassLabel } from './trap-classes.js';
import { hex8 } from './trap-filter.js';
import type { ContextTime, TimelineRow, TrapExportFormat } from './views/timeline.js';

export interface TrapWriter {
  /** Name of a file's extension. */
  readonly extension: string;
  readonly begin: string;
  /** Whether it has the guest's contexts; they come before the traps. */
  readonly hasContexts: boolean;
  contexts(times: readonly ContextTime[]): string;
  /** @param first no trap is before these */
  traps(rows: readonly TimelineRow[], first: boolean): string;
  readonly end: string;
}

const word = (value: number) => `0x${hex8(value)}`;

// ---- JSON

function jsonTrap(row: TimelineRow): string {
  const { sequence, time, count, pc, symbol, isa, word: bits, text, cls, cause, verdict, modeBefore, modeAfter } = row;
  return JSON.stringify({
    sequence,
    time,
    instructions: count,
    pc: word(pc),
    ...(symbol !== undefined && { symbol }),
    isa,
    word: hex8(bits),
    text,
    class: cls,
    cause,
    verdict,
    modeBefore,
    modeAfter,
    changed: Object.fromEntries(row.changed.map(({ name, value }) => [name, word(value)])),
  });
}

const json: TrapWriter = {
  extension: 'json',
  begin: '{"timeUnit":"ns","traps":[\n',
  hasContexts: false,
  contexts: () => '',
  traps: (rows, first) => joined(rows.map(jsonTrap), first),
  end: '\n]}\n',
};

/** Elements of an array that is written in parts. */
function joined(elements: readonly string[], first: boolean): string {
  if (elements.length === 0) return '';
  return `${first ? '' : ',\n'}${elements.join(',\n')}`;
}

// ---- CSV

const COLUMNS = [
  'sequence',
  'time_ns',
  'instructions',
  'pc',
  'symbol',
  'isa',
  'word',
  'text',
  'class',
  'cause',
  'verdict',
  'mode_before',
  'mode_after',
  'changed',
];

/** Names come from the guest's image: one that a spreadsheet would take for a formula is made text. */
function csvField(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]./.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvTrap(row: TimelineRow): string {
  const { sequence, time, count, pc, symbol = '', isa, word: bits, text, cls, cause, verdict } = row;
  const changed = row.changed.map(({ name, value }) => `${name}=${word(value)}`).join(' ');
  const noIsa = isa === '-' ? '' : isa;
  const fields = [sequence, time, count, word(pc), symbol, noIsa, hex8(bits), text, cls, cause, verdict];
  return [...fields, row.modeBefore, row.modeAfter, changed].map(csvField).join(',');
}

const csv: TrapWriter = {
  extension: 'csv',
  begin: `${COLUMNS.join(',')}\r\n`,
  hasContexts: false,
  contexts: () => '',
  traps: (rows) => rows.map((row) => `${csvTrap(row)}\r\n`).join(''),
  end: '',
};

// ---- Chrome's trace events

const PID = 1;
/** Threads of the trace: its lanes, in the order in which they are shown. */
const LANES = { user: 1, kernel: 2, asleep: 3, monitor: 4, interrupts: 5 } as const;
const LANE_NAMES: Readonly<Record<keyof typeof LANES, string>> = {
  user: 'Guest user',
  kernel: 'Guest kernel',
  asleep: 'Asleep',
  monitor: 'VMM',
  interrupts: 'Interrupts',
};

/** Timestamps and durations are microseconds. */
const microseconds = (ns: number) => ns / 1000;

function metadata(): object[] {
  const about = (name: string, tid: number, args: object) => ({ name, ph: 'M', ts: 0, pid: PID, tid, args });
  return [
    about('process_name', 0, { name: 'guest' }),
    ...(Object.keys(LANES) as (keyof typeof LANES)[]).flatMap((lane) => [
      about('thread_name', LANES[lane], { name: LANE_NAMES[lane] }),
      about('thread_sort_index', LANES[lane], { sort_index: LANES[lane] }),
    ]),
  ];
}

function chromeContext({ context, start, end }: ContextTime): string {
  return JSON.stringify({
    name: LANE_NAMES[context],
    cat: 'context',
    ph: 'X',
    ts: microseconds(start),
    dur: microseconds(end - start),
    pid: PID,
    tid: LANES[context],
    args: {},
  });
}

function chromeTrap(row: TimelineRow): string {
  const { sequence, time, count, pc, symbol, text, cls, cause, verdict, modeBefore, modeAfter } = row;
  return JSON.stringify({
    name: trapClassLabel(cls),
    cat: cls,
    ph: 'i',
    // a mark on its lane only
    s: 't',
    ts: microseconds(time),
    pid: PID,
    tid: cls === 'interrupt' ? LANES.interrupts : LANES.monitor,
    args: {
      sequence,
      instructions: count,
      pc: word(pc),
      ...(symbol !== undefined && { symbol }),
      instruction: text,
      cause,
      verdict,
      mode: modeBefore === modeAfter ? modeBefore : `${modeBefore} to ${modeAfter}`,
      ...Object.fromEntries(row.changed.map(({ name, value }) => [name, word(value)])),
    },
  });
}

const chrome: TrapWriter = {
  extension: 'json',
  begin: `{"displayTimeUnit":"ns","otherData":{"clock":"virtual time of the guest"},"traceEvents":[\n${metadata()
    .map((event) => JSON.stringify(event))
    .join(',\n')}`,
  hasContexts: true,
  contexts: (times) => joined(times.map(chromeContext), false),
  traps: (rows) => joined(rows.map(chromeTrap), false),
  end: '\n]}\n',
};

export const TRAP_WRITERS: Readonly<Record<TrapExportFormat, TrapWriter>> = { json, csv, chrome };
