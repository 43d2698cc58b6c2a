/**
 * Builds an assembly file into an ELF file: chooses tools, linker script and output, runs them, and puts what they complain about among the problems.
 * Whoever wants a build (F5, a task, a restart) comes here; nothing here asks the user anything.
 */
import * as vscode from 'vscode';
import { baseName, fileExists, nameOf } from '../files.js';
import type { Programs } from '../platform.js';
import { buildArguments, commandText, namesScript, type Board, type Cpu } from './command-line.js';
import { problemsOf, type Problem } from './problems.js';
import { findToolchain } from './toolchain.js';

/** Where builds go that have no folder of their own; all that is in it is ours. */
export const BUILD_FOLDER = '.trapline';
/** For the state of the workspace: when each output was written. */
const WRITTEN = 'trapline.written';
const ASSEMBLY = /\.s$/i;

export interface BuildRequest {
  readonly source: vscode.Uri;
  readonly board: Board;
  readonly cpu?: Cpu;
  /** Absent: of the source's name, in the folder that the settings name. */
  readonly output?: vscode.Uri;
  readonly args: readonly string[];
}

/** Why nothing was built, in sentences for the user. */
export class BuildFailure extends Error {
  constructor(
    message: string,
    /** `source`: it has errors, which are among the problems; `toolchain`: there is none; `place`: it cannot be built there or here. */
    readonly reason: 'source' | 'toolchain' | 'place',
  ) {
    super(message);
  }
}

export function isAssembly(name: string): boolean {
  return ASSEMBLY.test(name);
}

const isOurs = (uri: vscode.Uri): boolean => uri.path.split('/').at(-2) === BUILD_FOLDER;

export class Builder implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('trapline');
  /** Files in which the last build of a source found problems. */
  private readonly marked = new Map<string, readonly vscode.Uri[]>();
  /** What was built, by the name of the output: to build it again. */
  private readonly built = new Map<string, { readonly request: BuildRequest; fresh: boolean }>();
  /** One build after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly programs: Programs | undefined,
    private readonly extensionUri: vscode.Uri,
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * @param heard gets the command and what the tools write
   * @returns the ELF file
   * @throws BuildFailure, NoToolchain
   */
  build(request: BuildRequest, token: vscode.CancellationToken, heard?: (text: string) => void): Promise<vscode.Uri> {
    const result = this.queue.then(() => this.run(request, token, heard));
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** To be called before an image is read: one that was built here, and read before, is built anew. @throws as {@link build} */
  async refresh(name: string): Promise<void> {
    const known = this.built.get(name);
    if (!known) return;
    if (!known.fresh) await this.build(known.request, new vscode.CancellationTokenSource().token);
    const now = this.built.get(name);
    if (now) now.fresh = false;
  }

  private async run(
    request: BuildRequest,
    token: vscode.CancellationToken,
    heard: ((text: string) => void) | undefined,
  ): Promise<vscode.Uri> {
    const { source, board, cpu } = request;
    const name = baseName(source.path);
    if (!this.programs) {
      throw new BuildFailure(
        `Building ${name} takes a compiler, which a browser cannot run. Open the folder in VS Code for the desktop, or in a remote window.`,
        'place',
      );
    }
    if (source.scheme !== 'file') {
      throw new BuildFailure(`${name} can only be built from a file on disk: save it there first.`, 'place');
    }
    const toolchain = await findToolchain(this.programs, source);
    await vscode.workspace.textDocuments.find((document) => document.uri.toString() === source.toString())?.save();
    if (!(await fileExists(nameOf(source)))) throw new BuildFailure(`There is no ${nameOf(source)} to build.`, 'place');
    const output = await this.outputOf(request);
    const extra = [...toolchain.extra, ...request.args];
    const script = namesScript(extra) ? undefined : await this.scriptOf(source, board);
    const folder = vscode.Uri.joinPath(source, '..').fsPath;
    const args = buildArguments(toolchain.kind, {
      source: name,
      output: output.fsPath,
      ...(script !== undefined && { script }),
      board,
      ...(cpu !== undefined && { cpu }),
      extra,
    });
    const typed = commandText(toolchain.command, args);
    this.log.info(`${folder}: ${typed}`);
    heard?.(`${typed}\n`);
    let text = '';
    const code = await this.programs.run(toolchain.command, args, {
      folder,
      token,
      heard: (part) => {
        text += part;
        heard?.(part);
      },
    });
    if (text !== '') this.log.info(text.trimEnd());
    const problems = problemsOf(text);
    this.mark(source, problems);
    if (code !== 0) {
      const errors = problems.filter(({ severity }) => severity === 'error');
      if (errors.length === 0)
        throw new BuildFailure(`${baseName(toolchain.command)} ended with code ${code}.`, 'source');
      const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
      throw new BuildFailure(`${name} has errors: ${errors[0].message}${more}.`.replace(/\.\.$/, '.'), 'source');
    }
    await this.remember(request, output);
    return output;
  }

  /** The linker script of the name of the source beside it, else the board's. */
  private async scriptOf(source: vscode.Uri, board: Board): Promise<string> {
    const beside = source.with({ path: source.path.replace(ASSEMBLY, '.ld') });
    if (await fileExists(nameOf(beside))) return baseName(beside.path);
    return vscode.Uri.joinPath(this.extensionUri, 'media', 'boards', `${board}.ld`).fsPath;
  }

  // ---- the output

  /** Where the result goes; its folder is there. @throws BuildFailure where somebody else's file is */
  private async outputOf({ source, output }: BuildRequest): Promise<vscode.Uri> {
    const setting =
      vscode.workspace.getConfiguration('trapline.build', source).get('folder', '').trim() || BUILD_FOLDER;
    const folder = /^([\\/]|[a-zA-Z]:[\\/])/.test(setting)
      ? vscode.Uri.file(setting)
      : vscode.Uri.joinPath(source, '..', setting);
    const uri = output ?? vscode.Uri.joinPath(folder, baseName(source.path).replace(ASSEMBLY, '.elf'));
    const parent = vscode.Uri.joinPath(uri, '..');
    const { fs } = vscode.workspace;
    if (isOurs(uri)) {
      const ignore = vscode.Uri.joinPath(parent, '.gitignore');
      if (!(await fileExists(nameOf(ignore)))) {
        await fs.createDirectory(parent);
        await fs.writeFile(ignore, new TextEncoder().encode('# what Trapline built from assembly files\n*\n'));
      }
      return uri;
    }
    await fs.createDirectory(parent);
    const written = await modified(uri);
    if (written !== undefined && this.times()[nameOf(uri)] !== written) {
      throw new BuildFailure(
        `${nameOf(uri)} is there already and was not built by Trapline: choose another output, or delete it.`,
        'place',
      );
    }
    return uri;
  }

  private times(): Readonly<Record<string, number>> {
    return this.state.get(WRITTEN, {});
  }

  private async remember(request: BuildRequest, output: vscode.Uri): Promise<void> {
    const name = nameOf(output);
    this.built.set(name, { request, fresh: true });
    const written = isOurs(output) ? undefined : await modified(output);
    if (written !== undefined) await this.state.update(WRITTEN, { ...this.times(), [name]: written });
  }

  // ---- problems

  private mark(source: vscode.Uri, problems: readonly Problem[]): void {
    for (const uri of this.marked.get(source.path) ?? []) this.diagnostics.delete(uri);
    const folder = vscode.Uri.joinPath(source, '..');
    const uriOf = (file: string): vscode.Uri =>
      /^([\\/]|[a-zA-Z]:[\\/])/.test(file) ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder, file);
    const byFile = new Map<string, { readonly uri: vscode.Uri; readonly found: vscode.Diagnostic[] }>();
    for (const { file, line, column, severity, message, related } of problems) {
      const uri = file === undefined ? source : uriOf(file);
      const diagnostic = new vscode.Diagnostic(
        lineRange(uri, (line ?? 1) - 1, column === undefined ? undefined : column - 1),
        message,
        severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
      );
      diagnostic.source = 'trapline';
      diagnostic.relatedInformation = related.map(
        (place) =>
          new vscode.DiagnosticRelatedInformation(
            new vscode.Location(uriOf(place.file), lineRange(uriOf(place.file), place.line - 1, undefined)),
            place.message,
          ),
      );
      const entry = byFile.get(uri.path) ?? { uri, found: [] };
      entry.found.push(diagnostic);
      byFile.set(uri.path, entry);
    }
    for (const { uri, found } of byFile.values()) this.diagnostics.set(uri, found);
    this.marked.set(
      source.path,
      [...byFile.values()].map(({ uri }) => uri),
    );
  }

  dispose(): void {
    this.diagnostics.dispose();
  }
}

/** The text of a line where the file is open, else the line. */
function lineRange(uri: vscode.Uri, line: number, column: number | undefined): vscode.Range {
  const document = vscode.workspace.textDocuments.find(
    (each) => each.uri.path === uri.path && each.uri.scheme === uri.scheme,
  );
  if (!document || line >= document.lineCount) return new vscode.Range(line, column ?? 0, line, column ?? 1000);
  const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(line);
  return range.with(new vscode.Position(line, column ?? firstNonWhitespaceCharacterIndex));
}

/** When a file was written; undefined if it is not there. */
async function modified(uri: vscode.Uri): Promise<number | undefined> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    return undefined;
  }
}
