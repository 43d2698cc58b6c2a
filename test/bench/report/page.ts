/** The page of docs/ that a benchmark writes: where and when it measured, without which figures mean nothing, and its tables. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { inRepo } from '../../../scripts/lib/repo.mjs';
import { tableMarkdown, type Table } from './table.js';

export interface Page {
  /** Below docs/. */
  readonly file: string;
  readonly title: string;
  /** The command that writes it. */
  readonly command: string;
  /** How often what was measured. */
  readonly runs: string;
  /** Of the machine, over a minute, before anything was measured. */
  readonly loadBefore: number;
  /** Programs that were measured beside ours, with their versions. */
  readonly others?: readonly string[];
  /** What it comes to, as Markdown. */
  readonly summary?: string;
  readonly tables: readonly Table[];
}

function circumstances({ runs, loadBefore, others = [] }: Page): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ', with changes';
  const [{ model }] = os.cpus();
  const programs = [`Node ${process.version}`, ...others].join('; ');
  return [
    `- Machine: ${os.cpus().length} × ${model.trim()}, ${os.type()} ${os.release()}; ${programs}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}; commit ${git('rev-parse', '--short', 'HEAD')}${changed}`,
    `- Load of the machine before and after: ${loadBefore.toFixed(1)}, ${os.loadavg()[0].toFixed(1)}`,
    `- ${runs}`,
  ].join('\n');
}

export function writePage(page: Page): void {
  const { file, title, command, summary, tables } = page;
  const head = [
    `# ${title}`,
    `This page is written by \`${command}\`.`,
    circumstances(page),
    ...(summary ? [summary] : []),
  ];
  fs.writeFileSync(inRepo('docs', file), `${head.join('\n\n')}\n\n${tables.map(tableMarkdown).join('\n')}`);
}
