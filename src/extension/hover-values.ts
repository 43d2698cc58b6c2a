/**
 * What VS Code evaluates under the pointer while a guest is stopped: registers, symbols and memory operands. Everything else of a line is left to the hovers
 * that explain the instruction, which VS Code shows where there is nothing to evaluate, and with Alt held down.
 */
import * as vscode from 'vscode';
import { aliasesOf } from './assembly/aliases.js';
import { linesOf } from './assembly/lines.js';
import { memoryOperands } from './assembly/memory-operands.js';
import { registerNamed } from './assembly/registers.js';
import type { WorkspaceFiles } from './assembly/workspace-files.js';
import { assemblyOfListing } from './decode-lines.js';
import { LISTING_SCHEME } from './listing-documents.js';
import { nameInAssembly, nameInListing } from './operand-names.js';
import { DEBUG_TYPE } from './sessions.js';

export class HoverValues implements vscode.EvaluatableExpressionProvider {
  constructor(private readonly files: WorkspaceFiles) {}

  provideEvaluatableExpression(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.EvaluatableExpression | undefined {
    // other debuggers have other names: theirs is any word, as where there is no provider
    if (vscode.debug.activeDebugSession?.type !== DEBUG_TYPE) {
      const word = document.getWordRangeAtPosition(position);
      return word && new vscode.EvaluatableExpression(word);
    }
    const { line, character } = position;
    const { text } = document.lineAt(line);
    const inListing = document.uri.scheme === LISTING_SCHEME;
    const aliases = inListing ? new Map<string, string>() : aliasesOf(this.files.of(document));
    const rename = (name: string): string => aliases.get(name) ?? name;
    const name = inListing ? nameInListing(text, character) : nameInAssembly(text, character);
    if (name) {
      const written = rename(text.slice(name.start, name.end));
      const range = new vscode.Range(line, name.start, line, name.end);
      return new vscode.EvaluatableExpression(range, registerNamed(written) ?? written);
    }
    // between the names of a memory operand stands the operand
    for (const { head, operands } of linesOf(inListing ? assemblyOfListing(text) : text).statements) {
      if (!head || character < operands.start || character > operands.end) continue;
      const memory = memoryOperands(head.text, operands.text, rename).find(
        ({ start, end }) => character >= operands.start + start && character <= operands.start + end,
      );
      if (!memory) continue;
      const range = new vscode.Range(line, operands.start + memory.start, line, operands.start + memory.end);
      return new vscode.EvaluatableExpression(range, memory.expression);
    }
    return undefined;
  }
}
