/** Hovers over mnemonics, directives and names of assembly files, and completion of them. The words about instructions are read when first needed. */
import * as vscode from 'vscode';
import { DIRECTIVES } from './directives.js';
import { explainDirective, explainMnemonic, InstructionDocs, type InstructionDoc } from './explain.js';
import { linesOf } from './lines.js';
import { pointedAt, type Assembly, type DefinitionKind } from './model.js';
import { REGISTERS } from './registers.js';
import type { WorkspaceFiles } from './workspace-files.js';

/** Lines of comment above a definition that belong to it. */
const MOST_COMMENT = 8;
const COMMENT_LINE = /^\s*(@|\/\/|#)/;

const COMPLETION_KINDS: Readonly<Record<DefinitionKind, vscode.CompletionItemKind>> = {
  label: vscode.CompletionItemKind.Function,
  constant: vscode.CompletionItemKind.Constant,
  macro: vscode.CompletionItemKind.Snippet,
  alias: vscode.CompletionItemKind.Variable,
  common: vscode.CompletionItemKind.Variable,
};

/** The first word of a statement at a place. */
function headAt({ lines }: Assembly, { line, character }: vscode.Position) {
  return lines.statements.find(
    (each) =>
      each.line === line && !each.defines && each.head && character >= each.head.start && character <= each.head.end,
  )?.head;
}

export class AssemblyHovers implements vscode.HoverProvider, vscode.CompletionItemProvider {
  private docs: Promise<InstructionDocs> | undefined;

  constructor(
    private readonly files: WorkspaceFiles,
    private readonly extensionUri: vscode.Uri,
  ) {}

  private instructions(): Promise<InstructionDocs> {
    this.docs ??= this.load();
    return this.docs;
  }

  private async load(): Promise<InstructionDocs> {
    const uri = vscode.Uri.joinPath(this.extensionUri, 'syntaxes', 'arm-asm.instructions.json');
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return new InstructionDocs(JSON.parse(text) as InstructionDoc[]);
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    const assembly = this.files.of(document);
    const head = headAt(assembly, position);
    const markdown = head && (explainDirective(head.text) ?? explainMnemonic(head.text, await this.instructions()));
    if (!head || markdown === undefined) return this.definition(document, position);
    const { line, start, end } = head;
    return new vscode.Hover(new vscode.MarkdownString(markdown), new vscode.Range(line, start, line, end));
  }

  /** Where a name is defined, as its line there says, with the comment above it. */
  private async definition(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const pointed = pointedAt(this.files.of(document), position);
    if (pointed?.kind !== 'name') return undefined;
    const { program, uriOf } = await this.files.program(document);
    const { word, calls } = pointed;
    const [place] = program.definitions(document.uri.path, word.text, calls);
    if (!place || (place.file === document.uri.path && place.word.line === word.line)) return undefined;
    const uri = uriOf(place.file);
    const target = await vscode.workspace.openTextDocument(uri);
    if (place.word.line >= target.lineCount) return undefined;
    const lines = [target.lineAt(place.word.line).text.trim()];
    for (let above = place.word.line - 1; above >= 0 && lines.length <= MOST_COMMENT; above--) {
      const { text } = target.lineAt(above);
      if (!COMMENT_LINE.test(text)) break;
      lines.unshift(text.trim());
    }
    const markdown = new vscode.MarkdownString();
    markdown.appendCodeblock(lines.join('\n'), 'arm-asm');
    if (place.file !== document.uri.path) markdown.appendText(vscode.workspace.asRelativePath(uri));
    return new vscode.Hover(markdown, new vscode.Range(word.line, word.start, word.line, word.end));
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const { line, character } = position;
    const before = document.lineAt(line).text.slice(0, character);
    const { code, statements } = linesOf(before);
    // in a comment or a string
    if (before.trim() !== '' && code[0].trimEnd().length < before.trimEnd().length) return [];
    if (/"[^"]*$/.test(code[0].replace(/"[^"]*"/g, ''))) return [];
    const [word] = /[\w.$]*$/.exec(before) ?? [''];
    const range = new vscode.Range(line, character - word.length, line, character);
    const last = statements.at(-1);
    const atHead = !last?.head || last.head.end === character || /[:;]\s*$/.test(code[0]);
    const items = atHead ? await this.heads(document, word) : await this.operands(document);
    for (const item of items) item.range = range;
    return items;
  }

  private async heads(document: vscode.TextDocument, word: string): Promise<vscode.CompletionItem[]> {
    const { Keyword, Operator } = vscode.CompletionItemKind;
    if (word.startsWith('.')) {
      return Object.entries(DIRECTIVES).map(([name, [operands]]) =>
        described(
          new vscode.CompletionItem({ label: name, detail: operands && ` ${operands}` }, Keyword),
          explainDirective(name),
        ),
      );
    }
    const docs = await this.instructions();
    const mnemonics = docs.all.flatMap(({ words, meaning }) =>
      words.map((name) => {
        const item = new vscode.CompletionItem(name, Operator);
        item.detail = meaning;
        return item;
      }),
    );
    return [...mnemonics, ...(await this.names(document, true))];
  }

  private async operands(document: vscode.TextDocument): Promise<vscode.CompletionItem[]> {
    const registers = REGISTERS.map(([name, what]) => {
      const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Variable);
      item.detail = what;
      // core registers first, in order
      item.sortText = `0${String(REGISTERS.findIndex(([each]) => each === name)).padStart(3, '0')}`;
      return item;
    });
    return [...registers, ...(await this.names(document, false))];
  }

  private async names(document: vscode.TextDocument, macros: boolean): Promise<vscode.CompletionItem[]> {
    const { program } = await this.files.program(document);
    return program
      .visible(document.uri.path, macros)
      .map(({ text, kind }) => new vscode.CompletionItem(text, COMPLETION_KINDS[kind]));
  }
}

function described(item: vscode.CompletionItem, markdown: string | undefined): vscode.CompletionItem {
  if (markdown !== undefined) item.documentation = new vscode.MarkdownString(markdown);
  return item;
}
