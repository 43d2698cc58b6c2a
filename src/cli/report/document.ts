/**
 * A report as a document: sections of tables, with a chart where numbers are easier seen than read. Built once from the figures; Markdown and HTML
 * are two ways to write it. Says what figures mean; computes nothing but shares.
 */
import type { VmmReport } from '../../protocol/model.js';
import type { Prediction } from './cost-model.js';
import type { LayerSize, TrustedPart } from './sizes.js';
import { hex32 } from '../../util/bits.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as people read it. */
  readonly text: string;
}

export interface Section {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: {
    /** Numbers stand to the right in columns marked so. */
    readonly columns: readonly { readonly title: string; readonly number?: boolean }[];
    readonly rows: readonly (readonly string[])[];
  };
  /** `bars`: one for each value, of its own length; `shares`: parts of one whole. */
  readonly chart?: { readonly kind: 'bars' | 'shares'; readonly bars: readonly Bar[] };
}

export interface ReportDocument {
  readonly title: string;
  readonly summary: string;
  readonly sections: readonly Section[];
}

/** What is known of a run beside the monitor's own metrics. */
export interface RunFacts {
  readonly image: string;
  readonly board: string;
  /** Host seconds from power-on to the end. */
  readonly wallSeconds: number;
  /** How the run ended, one sentence. */
  readonly end: string;
  /** When, as an ISO date. */
  readonly date: string;
}

const count = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 });
const share = (part: number, whole: number): string => (whole > 0 ? `${((100 * part) / whole).toFixed(2)} %` : '–');
const bytes = (value: number): string =>
  value >= 1 << 20
    ? `${(value / (1 << 20)).toFixed(1)} MiB`
    : value >= 1024
      ? `${(value / 1024).toFixed(1)} KiB`
      : `${value} bytes`;
const duration = (ns: number): string =>
  ns >= 1e9
    ? `${(ns / 1e9).toFixed(2)} s`
    : ns >= 1e6
      ? `${(ns / 1e6).toFixed(2)} ms`
      : ns >= 1e3
        ? `${(ns / 1e3).toFixed(2)} µs`
        : `${ns.toFixed(0)} ns`;
function privilege({ instructions, kernelInstructions, userInstructions }: VmmReport): Section {
  const rows = [
    { label: 'guest kernel (virtual PL1)', value: kernelInstructions },
    { label: 'guest user (virtual PL0)', value: userInstructions },
  ];
  return {
    title: 'Instructions by virtual privilege',
    paragraphs: [
      'Kernel code runs scanned, with traps planted in it. User code runs as it is, confined by User mode and the shadow tables.',
    ],
    table: {
      columns: [{ title: 'privilege' }, { title: 'instructions', number: true }, { title: 'share', number: true }],
      rows: rows.map(({ label, value }) => [label, count(value), share(value, instructions)]),
    },
    chart: { kind: 'shares', bars: rows.map((row) => ({ ...row, text: share(row.value, instructions) })) },
  };
}

function exitsOf({ exits, instructions }: VmmReport): Section {
  const seen = exits.filter((exit) => exit.count > 0).sort((a, b) => b.count - a.count);
  const total = seen.reduce((sum, exit) => sum + exit.count, 0);
  const timed = (ns: number, samples: number): string => (samples === 0 ? '–' : duration(ns));
  return {
    title: 'Exits',
    paragraphs: [
      `${count(total)} exits in ${count(instructions)} instructions: one in ${total > 0 ? count(instructions / total) : '–'}. Costs are host time, of the exits that were timed: the first of each class, then one in sixteen.`,
    ],
    table: {
      columns: [
        { title: 'class' },
        ...['count', 'share', 'least', 'average', 'most', 'allowed', 'emulated', 'injected', 'denied'].map((title) => ({
          title,
          number: true,
        })),
      ],
      rows: seen.map(({ label, count: n, verdicts, timed: samples, averageNs, leastNs, mostNs }) => [
        label,
        count(n),
        share(n, total),
        timed(leastNs, samples),
        timed(averageNs, samples),
        timed(mostNs, samples),
        ...[verdicts.allow, verdicts.emulate, verdicts.inject, verdicts.deny].map(count),
      ]),
    },
    chart: { kind: 'bars', bars: seen.map(({ label, count: n }) => ({ label, value: n, text: count(n) })) },
  };
}

function time({ exits, analysis }: VmmReport, wallSeconds: number): Section {
  const parts = exits
    .filter(({ timed, count: n }) => timed > 0 && n > 0)
    .map(({ label, count: n, averageNs }) => ({ label, value: n * averageNs }))
    .sort((a, b) => b.value - a.value);
  const inMonitor = parts.reduce((sum, { value }) => sum + value, 0) + analysis.ns;
  const wall = wallSeconds * 1e9;
  const rows = [
    { label: 'guest, engine and host', value: Math.max(0, wall - inMonitor) },
    { label: 'analysis', value: analysis.ns },
    ...parts.map(({ label, value }) => ({ label: `exits: ${label}`, value })),
  ];
  return {
    title: 'Where host time went',
    paragraphs: ['Time in exits is their count times their average cost.'],
    table: {
      columns: [{ title: 'part' }, { title: 'time', number: true }, { title: 'share', number: true }],
      rows: rows.map(({ label, value }) => [label, duration(value), share(value, wall)]),
    },
    chart: { kind: 'bars', bars: rows.map((row) => ({ ...row, text: duration(row.value) })) },
  };
}

function analysisOf({ analysis, live, sitesByClass, memoryUse, rows, exits }: VmmReport): Section[] {
  const labels = new Map(exits.map(({ cls, label }) => [cls, label]));
  const uses = [
    { label: 'callback sites', value: memoryUse.site },
    { label: 'innocuous code', value: memoryUse.innocuous },
    { label: 'literals', value: memoryUse.data },
    { label: 'user code, unscanned', value: memoryUse.user },
    { label: 'unanalysed, in the same pages', value: memoryUse.unanalysed },
  ];
  const all = uses.reduce((sum, { value }) => sum + value, 0);
  return [
    {
      title: 'Analysis',
      paragraphs: [
        `The table has ${count(rows.A32 + rows.T16 + rows.T32)} rows: ${count(rows.A32)} of A32, ${count(rows.T32)} of T32, ${count(rows.T16)} of T16.`,
      ],
      table: {
        columns: [{ title: 'what' }, { title: 'since power-on', number: true }, { title: 'now', number: true }],
        rows: [
          ['blocks', count(analysis.blocks), count(live.blocks)],
          ['instructions', count(analysis.instructions), count(live.instructions)],
          ['bytes', count(analysis.bytes), '–'],
          ['callback sites', count(analysis.sites), count(live.sites)],
          ['blocks evicted for want of room', count(analysis.evictedBlocks), '–'],
          ['host time', duration(analysis.ns), '–'],
        ],
      },
    },
    {
      title: 'Callback sites by class',
      paragraphs: ['As they are planted at the end of the run.'],
      table: {
        columns: [{ title: 'class' }, { title: 'sites', number: true }, { title: 'of all instructions', number: true }],
        rows: sitesByClass.map(({ cls, count: n }) => [labels.get(cls) ?? cls, count(n), share(n, live.instructions)]),
      },
      chart: {
        kind: 'bars',
        bars: sitesByClass.map(({ cls, count: n }) => ({ label: labels.get(cls) ?? cls, value: n, text: count(n) })),
      },
    },
    {
      title: 'Guest memory, as the monitor knows it',
      paragraphs: ['Of the pages of which it knows anything at all.'],
      table: {
        columns: [{ title: 'use' }, { title: 'bytes', number: true }, { title: 'share', number: true }],
        rows: uses.map(({ label, value }) => [label, count(value), share(value, all)]),
      },
      chart: { kind: 'shares', bars: uses.map((use) => ({ ...use, text: share(use.value, all) })) },
    },
  ];
}

function busiest({ busiest: sites, exits }: VmmReport): Section {
  const labels = new Map(exits.map(({ cls, label }) => [cls, label]));
  return {
    title: 'Busiest sites',
    paragraphs: ['Indirect branches that run natively are counted where they stand, without a verdict.'],
    table: {
      columns: [
        { title: 'address' },
        { title: 'symbol' },
        { title: 'instruction' },
        { title: 'class' },
        ...['hits', 'allowed', 'emulated', 'injected', 'denied'].map((title) => ({ title, number: true })),
      ],
      rows: sites.map(({ address, symbol = '', text, cls, hits, verdicts }) => [
        hex32(address),
        symbol,
        text,
        labels.get(cls) ?? cls,
        count(hits),
        ...[verdicts.allow, verdicts.emulate, verdicts.inject, verdicts.deny].map(count),
      ]),
    },
  };
}

function memory({ memoryHeld, shadow }: VmmReport): Section {
  const rows = [
    { label: 'shadow tables', value: memoryHeld.shadowTables },
    { label: 'analysis map and originals', value: memoryHeld.analysis },
    { label: 'trap records', value: memoryHeld.records },
  ];
  return {
    title: 'Memory held',
    paragraphs: [
      `All of it is bounded. Shadow entries filled: ${count(shadow.fills)}; tables dropped as a whole: ${count(shadow.flushes)}; tables that gave way to others: ${count(shadow.evictions)}.`,
    ],
    table: {
      columns: [{ title: 'part' }, { title: 'size', number: true }],
      rows: rows.map(({ label, value }) => [label, bytes(value)]),
    },
    chart: { kind: 'bars', bars: rows.map((row) => ({ ...row, text: bytes(row.value) })) },
  };
}

function trusted({ monitor, machine }: TrustedPart): Section[] {
  if (monitor.length === 0) return [];
  const rows = (of: readonly LayerSize[], role: string): string[][] =>
    of.map(({ layer, files, lines }) => [layer, role, count(files), count(lines)]);
  const sum = (of: readonly LayerSize[]): number => of.reduce((total, { lines }) => total + lines, 0);
  return [
    {
      title: 'The trusted part',
      paragraphs: [
        `The guarantees rest on ${count(sum(monitor))} lines of code of the monitor, the instruction table included, and on a machine that is right: ${count(sum(machine))} lines here, hardware elsewhere. Empty lines and comments are not counted.`,
      ],
      table: {
        columns: [
          { title: 'layer' },
          { title: 'role' },
          { title: 'files', number: true },
          { title: 'lines', number: true },
        ],
        rows: [...rows(monitor, 'monitor'), ...rows(machine, 'machine')],
      },
      chart: {
        kind: 'bars',
        bars: [...monitor, ...machine].map(({ layer, lines }) => ({ label: layer, value: lines, text: count(lines) })),
      },
    },
  ];
}

function prediction({ model, guestCycles, exitCycles, ratio, byClass }: Prediction, { exits }: VmmReport): Section {
  const labels = new Map(exits.map(({ cls, label }) => [cls, label]));
  return {
    title: 'Predicted overhead on a real core',
    paragraphs: [
      `This is a prediction, not a measurement. Under the cost model “${model.name}” (${model.cyclesPerInstruction} cycles per instruction) the guest takes ${count(guestCycles)} cycles bare, and the exits another ${count(exitCycles)}: ${ratio.toFixed(3)} times the bare run.`,
      'Another model is given by --cost-model FILE, of the shape that the JSON report has under “prediction”.',
    ],
    table: {
      columns: [
        { title: 'class' },
        { title: 'cycles per exit', number: true },
        { title: 'cycles', number: true },
        { title: 'of the bare run', number: true },
      ],
      rows: byClass.map(({ cls, cycles }) => [
        labels.get(cls) ?? cls,
        count(model.cyclesPerExit[cls] ?? model.otherExit),
        count(cycles),
        share(cycles, guestCycles),
      ]),
    },
  };
}

export function reportDocument(
  run: RunFacts,
  report: VmmReport,
  predicted: Prediction,
  part: TrustedPart,
): ReportDocument {
  const { instructions, virtualTime, injectedInterrupts, level, patches, cpu } = report;
  return {
    title: `${run.image} under the monitor`,
    summary: `${run.board}, ${cpu}, level ${level}, patches ${patches === 'overlay' ? 'in the fetch overlay' : 'in place'}. ${count(instructions)} instructions, ${duration(virtualTime)} of virtual time, ${run.wallSeconds.toFixed(2)} s on the host; ${count(injectedInterrupts)} interrupts injected. ${run.end} ${run.date}.`,
    sections: [
      privilege(report),
      exitsOf(report),
      time(report, run.wallSeconds),
      ...analysisOf(report),
      busiest(report),
      memory(report),
      ...trusted(part),
      prediction(predicted, report),
    ],
  };
}
