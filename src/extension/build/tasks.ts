/** The task type `trapline`: builds an assembly file as F5 does, with its output in a terminal. */
import * as vscode from 'vscode';
import { baseName, nameOf, uriOf } from '../files.js';
import { BuildFailure, BUILD_FOLDER, isAssembly, type Builder, type BuildRequest } from './builder.js';
import type { Board } from './command-line.js';
import { NoToolchain } from './toolchain.js';

export const TASK_TYPE = 'trapline';
/** Files offered in the list of tasks. */
const MOST_FILES = 30;

/** What tasks.json says. */
interface BuildDefinition extends vscode.TaskDefinition {
  readonly file: string;
  readonly board?: Board;
  readonly output?: string;
  readonly args?: readonly string[];
}

/** Runs a build in a terminal: ends with 0, or with 1. */
class BuildTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number>();
  private readonly cancel = new vscode.CancellationTokenSource();
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;

  constructor(
    private readonly builder: Builder,
    private readonly request: BuildRequest,
  ) {}

  open(): void {
    void this.run();
  }

  private async run(): Promise<void> {
    const say = (text: string): void => {
      this.written.fire(text.replace(/\r?\n/g, '\r\n'));
    };
    try {
      const output = await this.builder.build(this.request, this.cancel.token, say);
      say(`Built ${nameOf(output)}\n`);
      this.closed.fire(0);
    } catch (error) {
      const known = error instanceof BuildFailure || error instanceof NoToolchain;
      say(`${known ? error.message : String(error)}\n`);
      this.closed.fire(1);
    }
  }

  close(): void {
    this.cancel.cancel();
  }
}

export class BuildTasks implements vscode.TaskProvider {
  constructor(private readonly builder: Builder) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const open = vscode.window.activeTextEditor?.document.uri;
    const found = await vscode.workspace.findFiles('**/*.{s,S}', `**/{node_modules,${BUILD_FOLDER}}/**`, MOST_FILES);
    const others = found.filter(({ path }) => path !== open?.path).sort((a, b) => a.path.localeCompare(b.path));
    return [...(open && isAssembly(open.path) ? [open] : []), ...others].map((uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      const file = folder ? vscode.workspace.asRelativePath(uri, false) : nameOf(uri);
      return this.task({ type: TASK_TYPE, file }, folder);
    });
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const { definition, scope } = task;
    if (typeof definition.file !== 'string') return undefined;
    const folder = typeof scope === 'object' ? scope : undefined;
    const resolved = this.task(definition as BuildDefinition, folder);
    resolved.name = task.name;
    return resolved;
  }

  private task(definition: BuildDefinition, folder: vscode.WorkspaceFolder | undefined): vscode.Task {
    const task = new vscode.Task(
      definition,
      folder ?? vscode.TaskScope.Workspace,
      `build ${baseName(definition.file)}`,
      TASK_TYPE,
      new vscode.CustomExecution((given) =>
        Promise.resolve(new BuildTerminal(this.builder, requestOf(given as BuildDefinition, folder?.uri))),
      ),
      // problems are shown by the build itself
      [],
    );
    task.group = vscode.TaskGroup.Build;
    task.presentationOptions = { clear: true, showReuseMessage: false };
    return task;
  }
}

function requestOf({ file, board, output, args }: BuildDefinition, folder: vscode.Uri | undefined): BuildRequest {
  return {
    source: uriOf(file, folder),
    board: board ?? 'virt',
    ...(output !== undefined && output !== '' && { output: uriOf(output, folder) }),
    args: (args ?? []).map(String),
  };
}
