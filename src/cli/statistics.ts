/** What `--stats` prints. */
import type { StatisticsInfo } from '../protocol/model.js';

const MILLION = 1e6;

/** The object of `--stats json`. */
export interface RunStatistics {
  readonly instructions: number;
  readonly wallSeconds: number;
  readonly mips: number;
  readonly mode: 'bare' | 'hypervised';
  readonly exits: Readonly<Record<string, number>>;
  readonly blocks: number;
  readonly sites: number;
  readonly injectedInterrupts: number;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

export function runStatistics(info: StatisticsInfo, wallMs: number): RunStatistics {
  const seconds = wallMs / 1000;
  return {
    instructions: info.instructions,
    wallSeconds: rounded(seconds, 3),
    mips: seconds > 0 ? rounded(info.instructions / seconds / MILLION, 2) : 0,
    mode: info.mode,
    exits: Object.fromEntries(info.exits.map(({ cls, count }) => [cls, count])),
    blocks: info.blocks,
    sites: info.sites,
    injectedInterrupts: info.injectedInterrupts,
  };
}

/** Names on the left, numbers aligned on the right. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const left = Math.max(...rows.map(([name]) => name.length));
  const right = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([name, value]) => `  ${name.padEnd(left)}  ${value.padStart(right)}`).join('\n');
}

const grouped = (value: number): string => value.toLocaleString('en');

export function statisticsText(statistics: RunStatistics): string {
  const rows: [string, string][] = [
    ['instructions', grouped(statistics.instructions)],
    ['seconds', statistics.wallSeconds.toFixed(3)],
    ['MIPS', statistics.mips.toFixed(1)],
  ];
  if (statistics.mode === 'hypervised') {
    rows.push(
      ['blocks analysed', grouped(statistics.blocks)],
      ['callback sites', grouped(statistics.sites)],
      ['interrupts injected', grouped(statistics.injectedInterrupts)],
      ...Object.entries(statistics.exits)
        .filter(([, count]) => count > 0)
        .map(([cls, count]): [string, string] => [`exits, ${cls}`, grouped(count)]),
    );
  }
  return table(rows);
}
