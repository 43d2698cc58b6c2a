/**
 * The assembly files of the workspace as text and as what it says, read when somebody first asks and kept until they change. What is open in an editor is
 * taken as it stands there.
 */
import * as vscode from 'vscode';
import { assemblyOf, type Assembly } from './model.js';
import { Program } from './program.js';

export const ASSEMBLY_LANGUAGE = 'arm-asm';
const PATTERN = '**/*.{s,S,inc,asm}';
const HEADER = /\.h$/i;
/** Enough for a project; a kernel's whole tree would take too long. */
const MOST_FILES = 600;
const LARGEST_FILE = 2 ** 20;

export interface WorkspaceProgram {
  readonly program: Program;
  readonly uriOf: (file: string) => vscode.Uri;
}

/** A header has more than an assembler would understand: only its numbers count. */
function headerOf(text: string): Assembly {
  const assembly = assemblyOf(text);
  const definitions = assembly.definitions.filter(({ kind }) => kind === 'constant');
  return { ...assembly, definitions, uses: [], numbers: [], numericUses: [], exported: new Set() };
}

export class WorkspaceFiles implements vscode.Disposable {
  private readonly documents = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly assembly: Assembly }
  >();
  /** By path; undefined: cannot be read. */
  private readonly read = new Map<string, Promise<Assembly | undefined>>();
  private found: Promise<readonly vscode.Uri[]> | undefined;
  private watcher: vscode.FileSystemWatcher | undefined;

  /** What an open document says. */
  of(document: vscode.TextDocument): Assembly {
    const known = this.documents.get(document);
    if (known?.version === document.version) return known.assembly;
    const assembly = assemblyOf(document.getText());
    this.documents.set(document, { version: document.version, assembly });
    return assembly;
  }

  private list(): Promise<readonly vscode.Uri[]> {
    if (!this.watcher) {
      this.watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
      const forget = ({ path }: vscode.Uri): void => {
        this.read.delete(path);
      };
      const list = (uri: vscode.Uri): void => {
        forget(uri);
        this.found = undefined;
      };
      this.watcher.onDidChange(forget);
      this.watcher.onDidCreate(list);
      this.watcher.onDidDelete(list);
    }
    this.found ??= Promise.resolve(vscode.workspace.findFiles(PATTERN, '**/node_modules/**', MOST_FILES)).catch(
      () => [],
    );
    return this.found;
  }

  private ofFile(uri: vscode.Uri): Promise<Assembly | undefined> {
    const known = this.read.get(uri.path);
    if (known) return known;
    const reading = this.readFile(uri);
    this.read.set(uri.path, reading);
    return reading;
  }

  private async readFile(uri: vscode.Uri): Promise<Assembly | undefined> {
    try {
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > LARGEST_FILE) return undefined;
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      return HEADER.test(uri.path) ? headerOf(text) : assemblyOf(text);
    } catch {
      return undefined;
    }
  }

  /** All files together, `document` among them. */
  async program(document: vscode.TextDocument): Promise<WorkspaceProgram> {
    const files = new Map<string, Assembly>();
    const uris = new Map<string, vscode.Uri>();
    const add = (uri: vscode.Uri, assembly: Assembly | undefined): void => {
      if (!assembly || files.has(uri.path)) return;
      files.set(uri.path, assembly);
      uris.set(uri.path, uri);
    };
    add(document.uri, this.of(document));
    for (const open of vscode.workspace.textDocuments) {
      if (open.languageId === ASSEMBLY_LANGUAGE && open.uri.scheme === document.uri.scheme)
        add(open.uri, this.of(open));
    }
    const listed = (await this.list()).filter(({ path }) => !files.has(path));
    const contents = await Promise.all(listed.map((uri) => this.ofFile(uri)));
    for (const [i, uri] of listed.entries()) add(uri, contents[i]);
    // what is included and was not found by its name
    for (const [path, { includes }] of files) {
      for (const { text } of includes) {
        const uri = vscode.Uri.joinPath((uris.get(path) ?? document.uri).with({ path }), '..', text);
        if (!files.has(uri.path)) add(uri, await this.ofFile(uri));
      }
    }
    return { program: new Program(files), uriOf: (file) => uris.get(file) ?? document.uri.with({ path: file }) };
  }

  dispose(): void {
    this.watcher?.dispose();
  }
}
