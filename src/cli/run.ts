/** `trapline run`: one guest from power-on to the end that the options define, and the exit code that says which end it was. */
import fs from 'node:fs';
import type { AutomationOptions } from '../protocol/api.js';
import type { SessionClient } from '../protocol/client.js';
import { followFlash } from '../protocol/flash-file.js';
import type { StatusInfo } from '../protocol/model.js';
import { prepareLaunch, readImage, type FilePort } from '../protocol/prepare.js';
import { sessionErrors } from '../util/errors.js';
import { optionLabel, type RunCommand } from './options.js';
import { CoverageFile } from './coverage-file.js';
import type { RunFacts } from './report/document.js';
import { reporter, type Reporter } from './report/report.js';
import { milliseconds } from './clock.js';
import { parseScript } from './script.js';
import { runStatistics, statisticsText } from './statistics.js';
import { Terminal } from './terminal.js';

export const Exit = { met: 0, failed: 1, usage: 2, limit: 3, interrupted: 130 } as const;

const MILLION = 1e6;
const MS = 1000;
/** Exit codes are bytes: one that would become 0 without being it becomes this. */
const LARGEST_CODE = 255;

/** How a run came to its end: the exit code, and one sentence unless there is nothing to say. */
interface End {
  readonly code: number;
  readonly text?: string;
}

/** A report to be written, and what is known of the run before it runs. */
interface Reporting {
  readonly reporter: Reporter;
  readonly facts: Omit<RunFacts, 'wallSeconds' | 'end'>;
}

export interface CliHost {
  readonly files: FilePort;
  /** A worker with which hands were shaken. @param texts whether instructions show as text, which takes a while to make ready, or as words */
  openSession(texts: boolean): Promise<SessionClient>;
  /** Seconds since 1970. */
  epoch(): number;
}

/** One run. The first end that comes is the end. */
class Run {
  private readonly terminal: Terminal;
  private settle: (end: End) => void = () => {};
  private readonly ended = new Promise<End>((resolve) => {
    this.settle = resolve;
  });
  /** Somebody may still type. */
  private listening: boolean;
  private waiting = false;
  /** Something that was to outlast the run did not. */
  private lost = false;
  private readonly start = milliseconds();

  constructor(
    private readonly command: RunCommand,
    private readonly client: SessionClient,
  ) {
    this.listening = command.script === undefined;
    this.terminal = new Terminal(
      {
        typed: (bytes) => {
          client.request('input', { bytes }).catch(() => undefined);
        },
        inputEnded: () => {
          this.listening = false;
          this.checkWaking();
        },
        quit: () => {
          this.settle({ code: Exit.failed, text: 'Ended by Ctrl-A x.' });
        },
      },
      this.listening,
    );
    // before the launch: it may have something to say
    client.on('output', ({ text }) => {
      this.terminal.say(text.trimEnd());
    });
  }

  /** What the guest stored could not be written to its file. */
  unsaved(message: string): void {
    this.lost = true;
    this.terminal.say(message);
  }

  /**
   * @param leave to be done when the guest has run, before the end is announced
   * @param reporting who writes a report at the end, if one is wanted
   * @param writeCoverage writes what was executed, if that is wanted
   * @returns the exit code
   */
  async go(
    leave: () => Promise<void>,
    reporting: Reporting | undefined,
    writeCoverage: (() => Promise<void>) | undefined,
  ): Promise<number> {
    const { command, client, terminal } = this;
    this.listen();
    const interrupted = (): void => {
      this.settle({ code: Exit.interrupted });
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    const limit = command.timeoutSeconds;
    const timer =
      limit === undefined
        ? undefined
        : setTimeout(() => {
            this.settle({ code: Exit.limit, text: `The run did not end within ${limit} s.` });
          }, limit * MS);
    terminal.open();
    await client.request('continue', {});
    const { code, text } = await this.ended;
    const wallMs = milliseconds() - this.start;
    clearTimeout(timer);
    await leave();
    if (text !== undefined) terminal.say(text);
    terminal.close();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await writeCoverage?.();
    if (command.stats) await this.printStatistics(command.stats, wallMs);
    if (reporting) {
      const run = { ...reporting.facts, wallSeconds: wallMs / MS, end: text ?? 'It ended as it was to.' };
      terminal.say(`The report is in ${(await reporting.reporter.write(client, run)).join(', ')}.`);
      if (code === Exit.limit && command.maxInstructions !== undefined) return this.lost ? Exit.failed : Exit.met;
    }
    if (code === Exit.met && this.lost) return Exit.failed;
    return code > LARGEST_CODE || code < 0 ? LARGEST_CODE : code;
  }

  private listen(): void {
    const { client, terminal, command } = this;
    const fail = (text: string): void => {
      this.settle({ code: Exit.failed, text });
    };
    client.on('console', ({ bytes }) => {
      terminal.write(bytes);
    });
    client.on('status', (status) => {
      this.waiting = status.state === 'waiting';
      this.checkWaking();
      if (status.state === 'running') terminal.progress(this.progress(status));
    });
    client.on('met', () => {
      this.settle({ code: Exit.met });
    });
    client.on('limit', () => {
      this.settle({ code: Exit.limit, text: `The run did not end within ${command.maxInstructions} instructions.` });
    });
    client.on('ended', ({ code, text }) => {
      const goal = command.script === undefined ? '--until' : 'the script';
      if (command.script === undefined && command.until === undefined) this.settle({ code, text });
      else fail(`The guest ended before ${goal} was met: ${text}`);
    });
    client.on('stopped', ({ stop }) => {
      fail(stop.text);
    });
    client.on('failed', ({ message }) => {
      fail(message);
    });
  }

  private checkWaking(): void {
    if (!this.waiting || this.listening) return;
    const text = 'The guest waits for an interrupt, and nothing is left that could raise one.';
    this.settle({ code: Exit.failed, text });
  }

  private progress({ instructions, mips }: StatusInfo): string {
    const seconds = (milliseconds() - this.start) / MS;
    return `${(instructions / MILLION).toFixed(0)} million instructions, ${mips.toFixed(0)} MIPS, ${seconds.toFixed(0)} s`;
  }

  private async printStatistics(format: 'json' | 'text', wallMs: number): Promise<void> {
    const statistics = runStatistics(await this.client.request('statistics', {}), wallMs);
    if (!this.terminal.lineStart) process.stdout.write('\n');
    process.stdout.write(`${format === 'json' ? JSON.stringify(statistics) : statisticsText(statistics)}\n`);
  }
}

async function automationOf({ script, until }: RunCommand, files: FilePort): Promise<AutomationOptions | undefined> {
  if (script === undefined && until === undefined) return undefined;
  const text =
    script === undefined ? undefined : new TextDecoder().decode((await readImage(files, '--script', script)).bytes);
  return {
    ...(text !== undefined && { steps: parseScript(script ?? '', text) }),
    ...(until !== undefined && { until }),
  };
}

/** Opens the trace file and writes what comes. @returns closes it */
function traceTo(client: SessionClient, file: string): () => void {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'w');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw sessionErrors.usage(`--trace ${file} cannot be written: ${why}.`);
  }
  client.on('traps', ({ records }) => {
    if (records.length > 0) fs.writeSync(descriptor, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  });
  return () => {
    fs.closeSync(descriptor);
  };
}

/** @returns the exit code */
export async function run(command: RunCommand, host: CliHost): Promise<number> {
  const { configuration, maxInstructions, trace, report } = command;
  const automation = await automationOf(command, host.files);
  const options = await prepareLaunch(configuration, host.files, host.epoch(), optionLabel);
  const reporting = report && {
    reporter: await reporter(report, host.files),
    facts: {
      image: configuration.program ?? configuration.kernel ?? configuration.bios ?? 'guest',
      board: configuration.board,
      date: new Date(host.epoch() * MS).toISOString().slice(0, 10),
    },
  };
  const coverageFile = command.coverage === undefined ? undefined : new CoverageFile(command.coverage, configuration);
  const client = await host.openSession([trace, report, command.coverage].some((wanted) => wanted !== undefined));
  const closeTrace = trace === undefined ? undefined : traceTo(client, trace);
  try {
    if (closeTrace) await client.request('subscribeTraps', { on: true, every: true });
    const guest = new Run(command, client);
    let leave = () => Promise.resolve();
    if (options.flash1) {
      leave = followFlash(client, options.flash1, host.files, ({ message }) => {
        guest.unsaved(message);
      });
    }
    await client.request('launch', {
      options,
      pacing: { paced: false, ...(maxInstructions !== undefined && { instructionLimit: maxInstructions }) },
      ...(automation && { automation }),
      ...(reporting && { timed: true }),
    });
    const writeCoverage = coverageFile && (() => coverageFile.write(client));
    return await guest.go(leave, reporting, writeCoverage);
  } finally {
    closeTrace?.();
    coverageFile?.close();
    client.close();
  }
}
