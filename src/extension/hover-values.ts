/**
 * What VS Code evaluates under the pointer while a guest is stopped: registers and symbols. Everything else of a line is left to the hover that explains
 * the instruction, which VS Code shows where there is nothing to evaluate, and with Alt held down.
 */
import * as vscode from 'vscode';
import { LISTING_SCHEME } from './listing-documents.js';
import { nameInAssembly, nameInListing } from './operand-names.js';
import { DEBUG_TYPE } from './sessions.js';

export class HoverValues implements vscode.EvaluatableExpressionProvider {
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
    const name =
      document.uri.scheme === LISTING_SCHEME ? nameInListing(text, character) : nameInAssembly(text, character);
    return name && new vscode.EvaluatableExpression(new vscode.Range(line, name.start, line, name.end));
  }
}
