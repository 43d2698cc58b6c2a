/** Go to definition, references, rename and symbols of assembly files. What is meant by a name is found elsewhere; here it becomes VS Code's. */
import * as vscode from 'vscode';
import type { Span, Word } from './lines.js';
import { numericTarget, numericUsesOf, pointedAt, type Pointed } from './model.js';
import { foldsOf } from './folding.js';
import { outlineOf, type OutlineEntry, type OutlineKind } from './outline.js';
import type { Place } from './program.js';
import { isReserved } from './registers.js';
import type { WorkspaceFiles } from './workspace-files.js';

const NEW_NAME = /^[A-Za-z_.$][\w.$]*$/;
/** Files of other languages that may name what assembly exports. */
const OTHERS = '**/*.{c,h,cc,cpp,hpp,ld,lds,x}';
const MOST_OTHERS = 200;

const rangeOf = ({ line, start, end }: Span): vscode.Range => new vscode.Range(line, start, line, end);

const SYMBOL_KINDS: Readonly<Record<OutlineKind, vscode.SymbolKind>> = {
  section: vscode.SymbolKind.Namespace,
  function: vscode.SymbolKind.Function,
  label: vscode.SymbolKind.Field,
  macro: vscode.SymbolKind.Module,
  constant: vscode.SymbolKind.Constant,
  alias: vscode.SymbolKind.Variable,
  common: vscode.SymbolKind.Variable,
};

export class AssemblyNavigation
  implements
    vscode.DocumentSymbolProvider,
    vscode.FoldingRangeProvider,
    vscode.DefinitionProvider,
    vscode.ReferenceProvider,
    vscode.RenameProvider,
    vscode.DocumentHighlightProvider
{
  constructor(private readonly files: WorkspaceFiles) {}

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    const symbol = ({ name, detail, kind, at, lastLine, children }: OutlineEntry): vscode.DocumentSymbol => {
      const last = document.lineAt(Math.min(lastLine, document.lineCount - 1)).range.end;
      const own = rangeOf(at);
      const made = new vscode.DocumentSymbol(name, detail, SYMBOL_KINDS[kind], new vscode.Range(own.start, last), own);
      made.children = children.map(symbol);
      return made;
    };
    return outlineOf(this.files.of(document)).map(symbol);
  }

  provideFoldingRanges(document: vscode.TextDocument): vscode.FoldingRange[] {
    const kinds = { comment: vscode.FoldingRangeKind.Comment, region: vscode.FoldingRangeKind.Region };
    return foldsOf(this.files.of(document), document.getText()).map(
      ({ first, last, kind }) => new vscode.FoldingRange(first, last, kind && kinds[kind]),
    );
  }

  async provideDefinition(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Location[]> {
    const assembly = this.files.of(document);
    const pointed = pointedAt(assembly, position);
    if (!pointed) return [];
    if (pointed.kind === 'number') {
      const { forwards, number, word } = pointed;
      const target = forwards === undefined ? word : numericTarget(assembly, word.line, number, forwards);
      return target ? [new vscode.Location(document.uri, rangeOf(target))] : [];
    }
    const { program, uriOf } = await this.files.program(document);
    if (pointed.kind === 'file') {
      const file = program.included(document.uri.path, pointed.word.text);
      return file === undefined ? [] : [new vscode.Location(uriOf(file), new vscode.Position(0, 0))];
    }
    const { word, calls } = pointed;
    return program.definitions(document.uri.path, word.text, calls).map(locationWith(uriOf));
  }

  async provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
  ): Promise<vscode.Location[]> {
    const pointed = pointedAt(this.files.of(document), position);
    if (pointed?.kind === 'number') {
      return this.numericPlaces(document, pointed, includeDeclaration).map(
        (word) => new vscode.Location(document.uri, rangeOf(word)),
      );
    }
    if (pointed?.kind !== 'name') return [];
    const { program, uriOf } = await this.files.program(document);
    const { definitions, uses } = program.mentions(document.uri.path, pointed.word.text, pointed.calls);
    if (pointed.calls && definitions.length === 0) return [];
    return [...(includeDeclaration ? definitions : []), ...uses].map(locationWith(uriOf));
  }

  /** Of `1:`, `1b` and `1f`: the label that is meant, and everything else that means it. */
  private numericPlaces(
    document: vscode.TextDocument,
    { word, number, forwards }: Pointed & { readonly kind: 'number' },
    withLabel: boolean,
  ): Word[] {
    const assembly = this.files.of(document);
    const label = forwards === undefined ? word : numericTarget(assembly, word.line, number, forwards);
    if (!label) return [];
    return [...(withLabel ? [label] : []), ...numericUsesOf(assembly, { ...label, number })];
  }

  /** Without this VS Code would mark every `1b` alike. */
  provideDocumentHighlights(document: vscode.TextDocument, position: vscode.Position): vscode.DocumentHighlight[] {
    const assembly = this.files.of(document);
    const pointed = pointedAt(assembly, position);
    if (!pointed || pointed.kind === 'file') return [];
    if (pointed.kind === 'number')
      return this.numericPlaces(document, pointed, true).map((word) => new vscode.DocumentHighlight(rangeOf(word)));
    const { text } = pointed.word;
    const { Read, Write } = vscode.DocumentHighlightKind;
    return [
      ...assembly.definitions.map((word) => ({ word, kind: Write })),
      ...assembly.uses.map((word) => ({ word, kind: Read })),
    ]
      .filter(({ word }) => word.text === text)
      .map(({ word, kind }) => new vscode.DocumentHighlight(rangeOf(word), kind));
  }

  async prepareRename(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Range> {
    const pointed = pointedAt(this.files.of(document), position);
    if (pointed?.kind === 'number')
      throw new Error('Labels of digits have no names of their own; give it a name first.');
    if (pointed?.kind !== 'name') throw new Error('Only labels, constants, macros and aliases can be renamed.');
    const { program } = await this.files.program(document);
    const { word, calls } = pointed;
    if (program.definitions(document.uri.path, word.text, calls).length === 0) {
      throw new Error(`${word.text} is defined in no assembly file of this workspace.`);
    }
    return rangeOf(word);
  }

  async provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    newName: string,
  ): Promise<vscode.WorkspaceEdit | undefined> {
    const pointed = pointedAt(this.files.of(document), position);
    if (pointed?.kind !== 'name') return undefined;
    const { word, calls } = pointed;
    if (newName === word.text) return undefined;
    if (!NEW_NAME.test(newName)) throw new Error(`${newName} is no name: letters, digits, _, . and $, no digit first.`);
    if (isReserved(newName)) throw new Error(`${newName} is a register.`);
    const { program, uriOf } = await this.files.program(document);
    const { definitions, uses } = program.mentions(document.uri.path, word.text, calls);
    const places: readonly Place[] = [...definitions, ...uses];
    if (program.isTaken(new Set(places.map(({ file }) => file)), newName)) {
      throw new Error(`${newName} is defined already.`);
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { file, word: each } of places) edit.replace(uriOf(file), rangeOf(each), newName);
    if (program.isExported(definitions)) await addOthers(edit, word.text, newName);
    return edit;
  }
}

const locationWith =
  (uriOf: (file: string) => vscode.Uri) =>
  ({ file, word }: Place): vscode.Location =>
    new vscode.Location(uriOf(file), rangeOf(word));

/** C and linker scripts may mean the same, or not: the user is to look. */
async function addOthers(edit: vscode.WorkspaceEdit, name: string, newName: string): Promise<void> {
  const pattern = new RegExp(`(?<![\\w.$])${name.replace(/[.$]/g, '\\$&')}(?![\\w$])`, 'g');
  const metadata = { needsConfirmation: true, label: 'In other languages' };
  for (const uri of await vscode.workspace.findFiles(OTHERS, '**/node_modules/**', MOST_OTHERS)) {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    for (const [line, content] of text.split(/\r?\n/).entries()) {
      for (const { index } of content.matchAll(pattern)) {
        edit.replace(uri, new vscode.Range(line, index, line, index + name.length), newName, metadata);
      }
    }
  }
}
