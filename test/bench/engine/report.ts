/** What the engine benchmark found, as text, as a page of docs, and as one object. */
import { execFileSync } from 'node:child_process';
import { COLD, isHot, type State } from '../kernels.js';
import { writePage } from '../report/page.js';
import type { Table } from '../report/table.js';
import { BOOT_RAM, type Boots, type Start } from './boots.js';
import type { Comparison } from './comparison.js';
import type { M0Comparison } from './cortex-m0.js';
import type { Generating } from './generating.js';
import type { RoundTrips } from './round-trips.js';

/** Geometric means of the ratios of both tiers to QEMU, A32 and T32 together. */
export interface Summary {
  /** Of all eleven kernels. */
  readonly geomeanVsQemuSystem: number;
  /** Without the 8 MiB random accesses and the large code. */
  readonly geomeanHot: number;
  /** Of the large code. */
  readonly coldVsQemuSystem: number;
}

export interface Findings extends Summary {
  readonly kernels: readonly Comparison[];
  readonly extensions: readonly Comparison[];
  readonly cortexM0: readonly M0Comparison[];
  readonly boots: readonly Boots[];
  readonly start: Start;
  readonly generating: Readonly<Record<State, Generating>>;
  readonly roundTrips: readonly RoundTrips[];
}

function geometricMean(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const meanRatio = (kernels: readonly Comparison[]): number => geometricMean(kernels.map(({ ratio }) => ratio));

export function summaryOf(kernels: readonly Comparison[]): Summary {
  return {
    geomeanVsQemuSystem: meanRatio(kernels),
    geomeanHot: meanRatio(kernels.filter(({ kernel }) => isHot(kernel))),
    coldVsQemuSystem: meanRatio(kernels.filter(({ kernel }) => kernel === COLD)),
  };
}

const MIB = 1 << 20;
const mebibytes = (bytes: number): string => (bytes / MIB).toFixed(0);
const millions = (count: number): string => `${(count / 1e6).toFixed(1)} M`;

// ---- in a terminal

const WIDTH = 10;

export function headerText(state: State): string {
  const columns = ['instr.', 'tier 0', 'tier 1', 'both', 'QEMU', 'ratio', 'MiB'];
  return `\n${state.padEnd(WIDTH)}${columns.map((column) => column.padStart(WIDTH)).join('')}`;
}

export function rowText({ kernel, retired, tier0, tier1, both, qemu, ratio, peakMemory }: Comparison): string {
  const speeds = [tier0, tier1, both, qemu].map((speed) => speed.toFixed(0));
  const cells = [millions(retired.all), ...speeds, ratio.toFixed(2), mebibytes(peakMemory.both)];
  return kernel.padEnd(WIDTH) + cells.map((cell) => cell.padStart(WIDTH)).join('');
}

export function summaryText({ geomeanVsQemuSystem, geomeanHot, coldVsQemuSystem }: Summary): string {
  const [all, hot, cold] = [geomeanVsQemuSystem, geomeanHot, coldVsQemuSystem].map((ratio) => ratio.toFixed(2));
  return `\nto QEMU: all ${all}, hot ${hot}, cold ${cold}`;
}

// ---- as a page

const STATE_NAMES: Readonly<Record<State, string>> = { arm: 'A32', thumb: 'T32' };

function kernelTable(state: State, kernels: readonly Comparison[]): Table {
  const ours = kernels.filter((comparison) => comparison.state === state);
  const rows = ours.map(({ kernel, retired, tier0, tier1, both, qemu, ratio, peakMemory }) => [
    kernel,
    millions(retired.kernelAtQemu),
    ...[tier0, tier1, both, qemu].map((speed) => speed.toFixed(0)),
    ratio.toFixed(2),
    mebibytes(peakMemory.both),
    mebibytes(peakMemory.qemu),
  ]);
  const mean = (of: (comparison: Comparison) => number): string => geometricMean(ours.map(of)).toFixed(0);
  const means = [mean((c) => c.tier0), mean((c) => c.tier1), mean((c) => c.both), mean((c) => c.qemu)];
  rows.push(['geometric mean', '', ...means, meanRatio(ours).toFixed(2), '', '']);
  return {
    title: STATE_NAMES[state],
    about:
      'Million guest instructions per second of processor time, all threads; of the kernel proper: what an image takes that does no round of it is taken off, here as there. _Tier 1_ makes a region of whatever has been branched to 64 times (one run), _both_ is the engine as it is. The number of instructions is QEMU’s own count (`-icount`) of the kernel, and ours is the same on each tier. Memory is what the process had resident at most; the guest has 64 MiB.',
    columns: ['kernel', 'instructions', 'tier 0', 'tier 1', 'both', 'QEMU', 'both / QEMU', 'MiB', 'MiB, QEMU'],
    rows,
  };
}

function extensionTable(findings: Findings): Table {
  const means = (['arm', 'thumb'] as State[]).map((state) =>
    geometricMean(findings.kernels.filter((c) => c.state === state).map(({ both }) => both)),
  );
  return {
    title: 'VFP and Advanced SIMD',
    about:
      'The same of kernels on extension registers; _of the mean_ is both tiers’ speed to the mean of the table above.',
    columns: ['kernel', 'state', 'instructions', 'tier 0', 'tier 1', 'both', 'QEMU', 'both / QEMU', 'of the mean'],
    rows: findings.extensions.map(({ kernel, state, retired, tier0, tier1, both, qemu, ratio }) => [
      kernel,
      STATE_NAMES[state],
      millions(retired.kernelAtQemu),
      ...[tier0, tier1, both, qemu].map((speed) => speed.toFixed(0)),
      ratio.toFixed(2),
      (both / means[state === 'arm' ? 0 : 1]).toFixed(2),
    ]),
  };
}

function m0Table(cortexM0: readonly M0Comparison[]): Table {
  return {
    title: 'Cortex-M0',
    about:
      'The kernels built for a Cortex-M0, on both tiers and on rp2040js, whose core is stepped without its clock and peripherals. Random accesses over 8 MiB do not fit the RP2040. Both retire as many instructions.',
    columns: ['kernel', 'both', 'rp2040js', 'both / rp2040js'],
    rows: [
      ...cortexM0.map(({ kernel, both, rp2040js, ratio }) => [
        kernel,
        both.toFixed(0),
        rp2040js.toFixed(1),
        ratio.toFixed(1),
      ]),
      ['geometric mean', '', '', geometricMean(cortexM0.map(({ ratio }) => ratio)).toFixed(1)],
    ],
  };
}

function bootTable(boots: readonly Boots[]): Table {
  return {
    title: 'U-Boot',
    about: `Debian’s U-Boot to its prompt by \`trapline run\`: seconds of wall time from the start of the process (Node’s, and QEMU’s), the middle half of the runs in brackets. The guest has ${mebibytes(BOOT_RAM)} MiB.`,
    columns: ['way', 'seconds', 'QEMU, seconds', 'to QEMU', 'instructions', 'MiB'],
    rows: boots.map(({ way, seconds, qemu, ratio, instructions, peakMemory }) => [
      way,
      spread(seconds),
      spread(qemu),
      ratio.toFixed(2),
      millions(instructions),
      mebibytes(peakMemory),
    ]),
  };
}

const spread = ({ median, low, high }: Boots['seconds']): string =>
  `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;

function otherTable({ start, generating, roundTrips }: Findings): Table {
  const rows = [
    ['`trapline run` for one guest instruction, start to end of the process', `${start.process.toFixed(0)} ms`],
    ['the same once the code is there', `${start.code.toFixed(0)} ms`],
    ...(['arm', 'thumb'] as State[]).flatMap((state) => {
      const { generating: own, engine, bytes, longest } = generating[state];
      const name = STATE_NAMES[state];
      return [
        [`generating and encoding, for each instruction of ${name}`, `${own.toFixed(2)} µs`],
        [`V8’s compiling, for each instruction of ${name}`, `${engine.toFixed(2)} µs`],
        [`WebAssembly for each instruction of ${name}`, `${bytes.toFixed(0)} bytes`],
        [`longest translation at once, ${name}`, `${longest.toFixed(1)} ms`],
      ];
    }),
    ...roundTrips.flatMap(({ name, tier0, both }) => [
      [`${name}, tier 0`, `${tier0.toFixed(0)} ns`],
      [`${name}, both tiers`, `${both.toFixed(0)} ns`],
    ]),
  ];
  return {
    title: 'Starting, translating, leaving',
    about:
      'Generating is measured on `bigcode`, round trips without a VMM: what they cost with one is in benchmarks-vmm.md.',
    columns: ['what', 'cost'],
    rows,
  };
}

export function writeEnginePage(findings: Findings, runs: number, loadBefore: number): void {
  const { geomeanVsQemuSystem, geomeanHot, coldVsQemuSystem } = findings;
  writePage({
    file: 'benchmarks-engine.md',
    title: 'How fast the engine is',
    command: 'npm run bench -- engine',
    runs: `Medians of ${runs} runs of each, interleaved`,
    loadBefore,
    others: [execFileSync('qemu-system-arm', ['--version'], { encoding: 'utf8' }).split('\n')[0]],
    summary: `Both tiers to QEMU in system mode, geometric means over A32 and T32: **${geomeanHot.toFixed(2)}** on hot code, **${coldVsQemuSystem.toFixed(2)}** on large cold code, **${geomeanVsQemuSystem.toFixed(2)}** on all eleven kernels.`,
    tables: [
      kernelTable('arm', findings.kernels),
      kernelTable('thumb', findings.kernels),
      extensionTable(findings),
      m0Table(findings.cortexM0),
      bootTable(findings.boots),
      otherTable(findings),
    ],
  });
}
