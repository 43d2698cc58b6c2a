/**
 * Guests as tests, and their coverage in VS Code's own views. Launch configurations whose guests end by themselves are in the Testing view; such a test
 * passes if the guest's exit code is 0. What was executed of the sources goes to Test Coverage, whoever started the guest.
 */
import * as vscode from 'vscode';
import type { FileCoverageInfo, LineCoverageInfo } from '../protocol/views/coverage.js';
import { countsCoverage, type CoverageStore, type CoveredFile } from './coverage-store.js';
import { DEBUG_TYPE, type RunningSession, type Sessions } from './sessions.js';

/** A whole line, however long. */
const LINE_END = 10_000;

function lineRange(line: number): vscode.Range {
  return new vscode.Range(line - 1, 0, line - 1, LINE_END);
}

function statement({ line, reached, branches }: LineCoverageInfo): vscode.StatementCoverage {
  const range = lineRange(line);
  return new vscode.StatementCoverage(
    reached,
    range,
    branches.flatMap(({ text, passed, failed }) => [
      new vscode.BranchCoverage(passed, range, `${text}: condition passed`),
      new vscode.BranchCoverage(failed, range, `${text}: condition failed`),
    ]),
  );
}

/** What VS Code shows of a file. */
function detailsOf({ lines, functions }: FileCoverageInfo): vscode.FileCoverageDetail[] {
  return [
    ...lines.map(statement),
    ...functions.map(
      ({ name, line, reached }) => new vscode.DeclarationCoverage(name, reached, new vscode.Position(line - 1, 0)),
    ),
  ];
}

/** How a guest that was started as a test came to its end. */
interface Ending {
  readonly code?: number;
  readonly text: string;
}

/** A launch configuration whose guest ends by itself, and needs nobody to choose anything. */
function isTest(configuration: vscode.DebugConfiguration): boolean {
  const { type, request, semihosting } = configuration;
  return (
    type === DEBUG_TYPE &&
    request === 'launch' &&
    semihosting === true &&
    !JSON.stringify(configuration).includes('${input:')
  );
}

export class CoverageTests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('trapline', 'Trapline Guests');
  private readonly profile: vscode.TestRunProfile;
  private readonly details = new WeakMap<vscode.FileCoverage, readonly vscode.FileCoverageDetail[]>();
  private readonly subscriptions: vscode.Disposable[];
  /** Sessions that a test run has started: it shows their coverage itself. */
  private readonly own = new WeakSet<vscode.DebugSession>();

  constructor(
    private readonly sessions: Sessions,
    private readonly store: CoverageStore,
  ) {
    const run = (coverage: boolean) => (request: vscode.TestRunRequest, token: vscode.CancellationToken) =>
      this.run(request, coverage, token);
    const { Run, Coverage } = vscode.TestRunProfileKind;
    this.controller.createRunProfile('Run', Run, run(false), true);
    this.profile = this.controller.createRunProfile('Run with Coverage', Coverage, run(true), true);
    this.profile.loadDetailedCoverage = (_run, file) => Promise.resolve([...(this.details.get(file) ?? [])]);
    this.controller.refreshHandler = () => {
      this.refresh();
    };
    this.subscriptions = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('launch')) this.refresh();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.refresh();
      }),
      store.onDidFinish((session) => {
        if (!this.own.has(session.debug)) this.publish(session);
      }),
    ];
    this.refresh();
  }

  /** The tests that there are. */
  private refresh(): void {
    const items = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
      const configurations = vscode.workspace
        .getConfiguration('launch', folder.uri)
        .get<vscode.DebugConfiguration[]>('configurations', []);
      return configurations
        .filter(isTest)
        .map(({ name }) => this.controller.createTestItem(`${folder.uri.toString()} ${name}`, name, folder.uri));
    });
    this.controller.items.replace(items);
  }

  /** A guest that somebody started by hand has ended: its coverage is a run of its own. */
  private publish({ debug }: RunningSession): void {
    const request = new vscode.TestRunRequest([], undefined, this.profile);
    const run = this.controller.createTestRun(request, debug.name, false);
    this.addCoverage(run);
    run.end();
  }

  private addCoverage(run: vscode.TestRun): void {
    for (const file of this.store.files) run.addCoverage(this.fileCoverage(file));
  }

  private fileCoverage({ uri, coverage }: CoveredFile): vscode.FileCoverage {
    const details = detailsOf(coverage);
    const file = vscode.FileCoverage.fromDetails(uri, details);
    this.details.set(file, details);
    return file;
  }

  private async run(request: vscode.TestRunRequest, coverage: boolean, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    const items: vscode.TestItem[] = [];
    if (request.include) items.push(...request.include);
    else this.controller.items.forEach((item) => items.push(item));
    const wanted = items.filter((item) => !request.exclude?.includes(item));
    for (const item of wanted) run.enqueued(item);
    for (const item of wanted) {
      if (token.isCancellationRequested) {
        run.skipped(item);
        continue;
      }
      run.started(item);
      const start = Date.now();
      const { code, text } = await this.runGuest(item, coverage, token);
      run.appendOutput(`${text}\r\n`, undefined, item);
      if (code === 0) run.passed(item, Date.now() - start);
      else run.failed(item, new vscode.TestMessage(text), Date.now() - start);
    }
    if (coverage) this.addCoverage(run);
    run.end();
  }

  /** Runs a configuration's guest to its end, coverage included. */
  private async runGuest(item: vscode.TestItem, coverage: boolean, token: vscode.CancellationToken): Promise<Ending> {
    const folder = item.uri && vscode.workspace.getWorkspaceFolder(item.uri);
    const configuration = vscode.workspace
      .getConfiguration('launch', folder?.uri)
      .get<vscode.DebugConfiguration[]>('configurations', [])
      .find(({ name }) => name === item.label);
    if (!configuration) return { text: `launch.json has no configuration "${item.label}" any more.` };
    const name = `${item.label} (test)`;
    const subscriptions: vscode.Disposable[] = [token.onCancellationRequested(() => this.stop(name))];
    let ending: Ending = { text: 'The guest was stopped before it ended.' };
    const over = new Promise<void>((resolve) => {
      subscriptions.push(
        this.sessions.onDidStart((session) => {
          if (session.debug.name !== name) return;
          this.own.add(session.debug);
          session.client.on('ended', ({ code, text }) => {
            ending = { code, text };
          });
          session.client.on('stopped', ({ stop }) => {
            ending = { text: `The guest stopped: ${stop.text}` };
            void this.stop(name);
          });
          // coverage of this run is there once the store has it
          if (!countsCoverage(session)) return;
          subscriptions.push(
            this.store.onDidFinish((finished) => {
              if (finished === session) resolve();
            }),
          );
        }),
        vscode.debug.onDidTerminateDebugSession((debug) => {
          if (debug.name === name && !coverage) resolve();
        }),
      );
    });
    try {
      const started = await vscode.debug.startDebugging(folder, {
        ...configuration,
        name,
        coverage,
        stopOnEntry: false,
      });
      if (!started) return { text: `"${item.label}" could not be launched; the Debug Console says why.` };
      await over;
      return ending;
    } finally {
      for (const subscription of subscriptions) subscription.dispose();
    }
  }

  private async stop(name: string): Promise<void> {
    const session = this.sessions.all.find(({ debug }) => debug.name === name);
    if (session) await vscode.debug.stopDebugging(session.debug);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.controller.dispose();
  }
}
