/**
 * What was executed, by source file, over all runs since it was cleared: that of sessions that ended, and that of the active one as far as it was asked.
 * Knows no editor.
 */
import * as vscode from 'vscode';
import { mergedCoverage } from '../protocol/lcov.js';
import type { FileCoverageInfo } from '../protocol/views/coverage.js';
import type { RunningSession, Sessions } from './sessions.js';
import { sourceOf } from './source-lines.js';

export interface CoveredFile {
  readonly uri: vscode.Uri;
  readonly coverage: FileCoverageInfo;
}

/** Whether the executions of a session's guest are counted. */
export function countsCoverage({ debug }: RunningSession): boolean {
  return debug.configuration.coverage === true;
}

export class CoverageStore implements vscode.Disposable {
  /** Of ended runs, by URI. */
  private readonly ended = new Map<string, CoveredFile>();
  /** Of a run that goes on, as it was when it stopped last. */
  private live: readonly CoveredFile[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly finished = new vscode.EventEmitter<RunningSession>();
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidChange = this.changed.event;
  /** A run ended, and its coverage is among {@link files}. */
  readonly onDidFinish = this.finished.event;

  constructor(
    sessions: Sessions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      sessions.onDidStart((session) => {
        this.live = [];
        if (!countsCoverage(session)) return;
        session.client.on('stopped', () => {
          this.attempt(this.look(session));
        });
      }),
      sessions.onDidEnd((session) => {
        if (countsCoverage(session)) this.attempt(this.finish(session));
      }),
    ];
  }

  /** All files, counts of all runs added up. */
  get files(): readonly CoveredFile[] {
    const all = new Map(this.ended);
    for (const file of this.live) add(all, file);
    return [...all.values()];
  }

  clear(): void {
    this.ended.clear();
    this.live = [];
    this.changed.fire();
  }

  private attempt(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.log.warn(`coverage: ${String(error)}`);
    });
  }

  private async look(session: RunningSession): Promise<void> {
    this.live = await coveredFiles(session);
    this.changed.fire();
  }

  private async finish(session: RunningSession): Promise<void> {
    const files = await coveredFiles(session);
    this.live = [];
    for (const file of files) add(this.ended, file);
    this.changed.fire();
    this.finished.fire(session);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
    this.finished.dispose();
  }
}

function add(files: Map<string, CoveredFile>, file: CoveredFile): void {
  const key = file.uri.toString();
  const other = files.get(key);
  files.set(key, other ? { uri: file.uri, coverage: mergedCoverage(other.coverage, file.coverage) } : file);
}

/** The files of the client that a session's guest has coverage of. */
async function coveredFiles(session: RunningSession): Promise<CoveredFile[]> {
  const files = await session.client.request('coverage', {});
  const located = await Promise.all(
    files.map(async (coverage) => {
      const uri = await sourceOf(session, coverage.path);
      return uri ? [{ uri, coverage }] : [];
    }),
  );
  return located.flat();
}
