/** A guest's status in words, for the status bar. Knows nothing of VS Code. */
import { LEVELS } from '../protocol/configuration.js';
import type { RunState, StatusInfo } from '../protocol/model.js';

const WORDS: Readonly<Record<RunState, string>> = {
  stopped: 'paused',
  running: 'running',
  idle: 'idle',
  waiting: 'waiting for input',
  ended: 'ended',
};

const MILLION = 1e6;
const NS_PER_SECOND = 1e9;

/** An instruction count as people say it. */
function millions(count: number): string {
  return count < MILLION ? String(count) : `${(count / MILLION).toFixed(1)} million`;
}

/** How the guest runs, what it does, and how fast: a few words. */
export function statusText(name: string, { state, mips, level }: StatusInfo): string {
  const how = level === undefined ? '' : ` (hypervised, level ${level})`;
  const speed = state === 'running' && mips >= 0.5 ? ` ${Math.round(mips)} MIPS` : '';
  return `${name}${how}: ${WORDS[state]}${speed}`;
}

/** The same with numbers, what its level means, and what a click does. */
export function statusTooltip(name: string, status: StatusInfo): string {
  const { cpu, mode, level, instructions, virtualTime, cpuMode } = status;
  const seconds = (virtualTime / NS_PER_SECOND).toFixed(2);
  const meaning = LEVELS.find((known) => known.level === level);
  return [
    `${name}, ${cpu}, ${mode}: ${millions(instructions)} instructions, ${seconds} s of guest time, ${cpuMode} mode`,
    ...(meaning ? [`Level ${meaning.level}: ${meaning.text}`] : []),
    'Click for its traps.',
  ].join('\n');
}
