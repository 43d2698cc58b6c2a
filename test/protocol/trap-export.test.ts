/** Files of traps: what other programs make of them. */
import assert from 'node:assert/strict';
import { TRAP_WRITERS } from '../../src/protocol/trap-export.js';
import type { ContextTime, TimelineRow, TrapExportFormat } from '../../src/protocol/views/timeline.js';

const row = (sequence: number, more: Partial<TimelineRow> = {}): TimelineRow => ({
  sequence,
  time: sequence * 160,
  count: sequence * 10,
  pc: 0xffff_0000 + 4 * sequence,
  isa: 'A32',
  word: 0xe10f_0000,
  text: 'mrs r0, cpsr',
  cls: 'status-register',
  cause: 'SVC',
  verdict: 'emulate',
  modeBefore: 'svc',
  modeAfter: 'svc',
  changed: [{ name: 'r0', value: 0x6000_01d3 }],
  ...more,
});

const ROWS = [
  row(1, { symbol: 'start' }),
  row(2, { symbol: 'odd, "quoted"\nname', text: 'stm sp, {r0, r1}' }),
  row(3, { symbol: '=HYPERLINK("http://x")+4', cls: 'interrupt', isa: '-', text: 'interrupt', changed: [] }),
  row(4, { modeAfter: 'irq', verdict: 'deny' }),
];
const CONTEXTS: ContextTime[] = [
  { context: 'kernel', start: 0, end: 100 },
  { context: 'user', start: 100, end: 300.5 },
  { context: 'asleep', start: 300.5, end: 1000 },
];

/** As a file that is written in parts. */
function file(format: TrapExportFormat, rows: readonly TimelineRow[], each: number): string {
  const writer = TRAP_WRITERS[format];
  let text = writer.begin;
  if (writer.hasContexts)
    text += writer.contexts(CONTEXTS.slice(0, 1)) + writer.contexts([]) + writer.contexts(CONTEXTS.slice(1));
  for (let i = 0; i < rows.length; i += each) text += writer.traps(rows.slice(i, i + each), i === 0);
  return text + writer.end;
}

/** RFC 4180, strictly. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const quoted = /"((?:[^"]|"")*)"(?=,|\r\n)/y;
    const plain = /([^",\r\n]*)(?=,|\r\n)/y;
    quoted.lastIndex = plain.lastIndex = at;
    const match = text[at] === '"' ? quoted.exec(text) : plain.exec(text);
    assert.ok(match, `no field at ${at}: ${text.slice(at, at + 40)}`);
    records.at(-1)?.push(match[1].replaceAll('""', '"'));
    at += match[0].length;
    if (text[at] === ',') at++;
    else {
      at += 2;
      if (at < text.length) records.push([]);
    }
  }
  return records;
}

interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly s?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

describe('a file of traps', () => {
  for (const each of [1, 3, 100]) {
    it(`in JSON has every trap, written ${each} at a time`, () => {
      const { traps, timeUnit } = JSON.parse(file('json', ROWS, each)) as {
        timeUnit: string;
        traps: Record<string, unknown>[];
      };
      assert.equal(timeUnit, 'ns');
      assert.deepEqual(
        traps.map(({ sequence, time, symbol }) => [sequence, time, symbol]),
        ROWS.map(({ sequence, time, symbol }) => [sequence, time, symbol]),
      );
      const [first] = traps;
      assert.deepEqual([first.pc, first.word, first.changed], ['0xffff0004', 'e10f0000', { r0: '0x600001d3' }]);
    });

    it(`in CSV has a header and a record for each, written ${each} at a time`, () => {
      const [header, ...records] = parseCsv(file('csv', ROWS, each));
      for (const record of records) assert.equal(record.length, header.length);
      const column = (name: string) => records.map((record) => record[header.indexOf(name)]);
      assert.deepEqual(column('sequence'), ['1', '2', '3', '4']);
      assert.deepEqual(
        column('text'),
        ROWS.map(({ text }) => text),
      );
      assert.deepEqual(column('changed'), ['r0=0x600001d3', 'r0=0x600001d3', '', 'r0=0x600001d3']);
      assert.deepEqual(
        column('symbol'),
        ['start', 'odd, "quoted"\nname', '\'=HYPERLINK("http://x")+4', ''],
        'no formulas',
      );
    });

    it(`for Chrome is as the Trace Event Format has it, written ${each} at a time`, () => {
      const trace = JSON.parse(file('chrome', ROWS, each)) as { displayTimeUnit: string; traceEvents: TraceEvent[] };
      assert.ok(['ms', 'ns'].includes(trace.displayTimeUnit));
      const named = new Map<number, unknown>();
      for (const { name, ph, ts, dur, pid, tid, s, args } of trace.traceEvents) {
        assert.equal(typeof name, 'string');
        for (const value of [ts, pid, tid]) assert.ok(Number.isFinite(value) && value >= 0);
        assert.equal(typeof args, 'object');
        if (ph === 'M') {
          if (name === 'thread_name') named.set(tid, args.name);
          assert.ok(['process_name', 'thread_name', 'thread_sort_index'].includes(name));
          assert.equal(
            typeof (name === 'thread_sort_index' ? args.sort_index : args.name),
            name === 'thread_sort_index' ? 'number' : 'string',
          );
        } else if (ph === 'X') assert.ok(dur !== undefined && Number.isFinite(dur) && dur >= 0);
        else {
          assert.equal(ph, 'i');
          assert.ok(s !== undefined && ['g', 'p', 't'].includes(s));
        }
        if (ph !== 'M') assert.ok(named.has(tid), 'on a lane with a name');
      }
      const shown = (phase: string) => trace.traceEvents.filter(({ ph }) => ph === phase);
      assert.deepEqual(
        shown('X').map(({ tid, ts, dur }) => [named.get(tid), ts, dur]),
        [
          ['Guest kernel', 0, 0.1],
          ['Guest user', 0.1, 0.2005],
          ['Asleep', 0.3005, 0.6995],
        ],
      );
      assert.deepEqual(
        shown('i').map(({ name, tid, ts, args }) => [name, named.get(tid), ts, args.sequence]),
        [
          ['Status register', 'VMM', 0.16, 1],
          ['Status register', 'VMM', 0.32, 2],
          ['Interrupt', 'Interrupts', 0.48, 3],
          ['Status register', 'VMM', 0.64, 4],
        ],
      );
    });
  }

  it('without a trap is a file all the same', () => {
    assert.deepEqual(JSON.parse(file('json', [], 1)), { timeUnit: 'ns', traps: [] });
    assert.equal(parseCsv(file('csv', [], 1)).length, 1);
    JSON.parse(file('chrome', [], 1));
  });
});
