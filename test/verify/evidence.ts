/**
 * The evidence page: docs/evidence.md, written anew from the results that each `npm run verify:…` keeps as docs/evidence/<name>.json. Knows
 * nothing of what is verified.
 *
 * To add a section: write test/verify/<name>.verify.ts, which ends in `await verification('<name>', async (options) => findings)`, a script
 * `"verify:<name>": "node scripts/verify.mjs <name>"` in package.json, and the name in {@link ORDER}. `npm run verify` then runs it with all
 * others. What it finds out is a function of its options in a module of its own, so that a test can run a seeded share of it.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as prettier from 'prettier';
import { inRepo } from '../../scripts/lib/repo.mjs';

/** Sections of the page in their order. */
export const ORDER: readonly string[] = [
  'words',
  'decode',
  'execution',
  'aborts',
  'exceptions',
  'programs',
  'guests',
  'attacks',
  'soak',
];

export interface VerifyOptions {
  /** Where chance is used, it follows from this alone. */
  readonly seed: number;
  /** How much of the long run's random part is done: 1 is all of it. Only a run with at least 1 is published. */
  readonly share: number;
}

/** A program or package that judged. */
export interface Oracle {
  readonly name: string;
  readonly version: string;
}

/** Cells are text or counts; counts are printed with their thousands apart. */
export interface EvidenceTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A disagreement that is understood, with the test that holds it. */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** The manual's section, as `A8.8.1`. */
  readonly section: string;
  /** How often it was met in this run. */
  readonly count: number;
  /** `test/…/x.test.ts: full title of the test`. */
  readonly test: string;
}

/** What a run found out. */
export interface Findings {
  readonly title: string;
  /** What was done and what it shows: paragraphs of markdown. */
  readonly says: readonly string[];
  readonly oracles: readonly Oracle[];
  readonly tables: readonly EvidenceTable[];
  readonly differences: readonly Difference[];
  /** Differences that nobody has explained, with enough to act on. */
  readonly unexplained: readonly string[];
}

export interface Evidence extends Findings {
  readonly name: string;
  /** UTC, ISO 8601, to the minute. */
  readonly date: string;
  readonly seed: number;
  readonly seconds: number;
  /** The commit that was checked out; `+` where files differed from it. */
  readonly commit: string;
}

const FOLDER = inRepo('docs/evidence');
const PAGE = inRepo('docs/evidence.md');
/** More are counted and not listed. */
const LISTED = 40;

function cell(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en') : value.replaceAll('|', '\\|');
}

function tableLines(columns: readonly string[], rows: EvidenceTable['rows']): string[] {
  const rule = columns.map((_, i) => (rows.every((row) => typeof row[i] === 'number') ? '--:' : '---'));
  return [columns, rule, ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);
}

function sectionLines(evidence: Evidence): string[] {
  const { name, title, date, seed, seconds, commit, oracles, tables, differences, unexplained } = evidence;
  const judges = oracles.length === 0 ? '' : ` Judged by ${oracles.map((o) => `${o.name} ${o.version}`).join(', ')}.`;
  const lines = [
    `## ${title}`,
    '',
    `\`npm run verify:${name}\`, ${date.replace('T', ' ')} UTC, commit ${commit}, seed ${seed}, ${seconds} s.${judges}`,
    '',
    ...evidence.says.flatMap((paragraph) => [paragraph, '']),
  ];
  for (const table of tables) lines.push(`**${table.title}**`, '', ...tableLines(table.columns, table.rows), '');
  if (differences.length > 0) {
    lines.push('**Differences that are explained**', '');
    const rows = differences.map((d) => [d.what, d.count, d.why, d.section, d.test]);
    lines.push(...tableLines(['what', 'met', 'why', 'manual', 'test'], rows), '');
  }
  lines.push(`**Unexplained differences: ${unexplained.length}**`, '');
  if (unexplained.length > 0) lines.push(...unexplained.slice(0, LISTED).map((text) => `- \`${text}\``), '');
  return lines;
}

/** The page's text, as prettier wants it. */
export async function renderPage(sections: readonly Evidence[]): Promise<string> {
  const lines = [
    '# Evidence',
    '',
    'What was verified, against whom, when, and what came out. Each section is written by the command that it names, and by nothing else;',
    '`npm run verify` runs them all. `npm test` runs a seeded share of each.',
    '',
    ...sections.flatMap(sectionLines),
  ];
  const config = await prettier.resolveConfig(PAGE);
  return prettier.format(lines.join('\n'), { ...config, parser: 'markdown' });
}

/** The results that are kept, in the order of the page. */
export function keptEvidence(): Evidence[] {
  const names = (fs.existsSync(FOLDER) ? fs.readdirSync(FOLDER) : [])
    .filter((file) => file.endsWith('.json'))
    .map((file) => path.basename(file, '.json'));
  const place = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return names
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b))
    .map((name) => JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as Evidence);
}

/** Keeps one result and writes the page anew. */
export async function publish(evidence: Evidence): Promise<void> {
  fs.mkdirSync(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${evidence.name}.json`);
  const config = await prettier.resolveConfig(file);
  fs.writeFileSync(file, await prettier.format(JSON.stringify(evidence), { ...config, parser: 'json' }));
  fs.writeFileSync(PAGE, await renderPage(keptEvidence()));
}

/** The version in the first line that a program prints of itself: the first number that is no part of a package's name in parentheses. */
export function versionIn(line: string): string {
  return /(?:^|\s)v?(\d[\w.+-]*)/.exec(line.replace(/\([^)]*\)/g, ''))?.[1] ?? line;
}

export function oracleVersion(name: string, program: string, args: readonly string[] = ['--version']): Oracle {
  return { name, version: versionIn(execFileSync(program, args, { encoding: 'utf8' }).split('\n')[0]) };
}

/** A development dependency that judged. */
export function packageVersion(name: string): Oracle {
  const manifest = JSON.parse(fs.readFileSync(inRepo('node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { name, version: manifest.version };
}

function checkedOut(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: inRepo(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'test') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}

const USAGE = 'arguments: [--seed NUMBER] [--share NUMBER]';

/** The options of a command line. @throws with the usage for anything else */
export function parseOptions(args: readonly string[], chance: () => number): VerifyOptions {
  const options = { seed: chance(), share: 1 };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i];
    const value = Number(args[i + 1]);
    if ((name !== '--seed' && name !== '--share') || args[i + 1] === undefined || !Number.isFinite(value))
      throw new Error(USAGE);
    if (name === '--seed') options.seed = value | 0;
    else options.share = value;
  }
  return options;
}

/** Runs one command: prints what it finds, publishes a whole run, and fails the process for what is unexplained. */
export async function verification(
  name: string,
  verify: (options: VerifyOptions) => Promise<Findings> | Findings,
): Promise<void> {
  const options = parseOptions(process.argv.slice(2), () => Math.trunc(Math.random() * 0x7fff_ffff));
  const commit = checkedOut();
  console.log(
    `verify:${name}, seed ${options.seed}, share ${options.share}, on ${os.availableParallelism()} processors`,
  );
  const start = performance.now();
  const findings = await verify(options);
  const seconds = Math.round((performance.now() - start) / 1000);
  const date = new Date().toISOString().slice(0, 16);
  const evidence: Evidence = { name, date, seed: options.seed, seconds, commit, ...findings };
  for (const { title, columns, rows } of findings.tables) {
    console.log(`\n${title}`);
    for (const line of tableLines(columns, rows)) console.log(`  ${line}`);
  }
  for (const { what, count, why } of findings.differences) console.log(`explained: ${what}, ${count} times: ${why}`);
  for (const text of findings.unexplained.slice(0, LISTED)) console.log(`UNEXPLAINED: ${text}`);
  console.log(`\n${findings.unexplained.length} unexplained differences, ${seconds} s`);
  if (options.share >= 1) await publish(evidence);
  if (findings.unexplained.length > 0) process.exitCode = 1;
}
