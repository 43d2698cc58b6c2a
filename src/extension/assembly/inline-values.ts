/** Values beside the lines of assembly and of listings while a guest is stopped. Which ones is decided elsewhere; the guest's worker evaluates them. */
import * as vscode from 'vscode';
import { assemblyOfListing } from '../decode-lines.js';
import { LISTING_SCHEME } from '../listing-documents.js';
import { DEBUG_TYPE, type Sessions } from '../sessions.js';
import { aliasesOf } from './aliases.js';
import { inlineNames } from './inline-names.js';
import type { WorkspaceFiles } from './workspace-files.js';

/** What a value is in decimal: there is no room for it. */
const DECIMAL = / = -?\d+$/;
/** The frame that executes; what callers had in their registers is not known. */
const TOP_FRAME = 0;

export class InlineValues implements vscode.InlineValuesProvider {
  constructor(
    private readonly sessions: Sessions,
    private readonly files: WorkspaceFiles,
  ) {}

  async provideInlineValues(
    document: vscode.TextDocument,
    viewPort: vscode.Range,
    { frameId, stoppedLocation }: vscode.InlineValueContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineValue[]> {
    const { active } = this.sessions;
    if (vscode.debug.activeDebugSession?.type !== DEBUG_TYPE || !active || frameId !== TOP_FRAME) return [];
    const inListing = document.uri.scheme === LISTING_SCHEME;
    const lineAt = (line: number): string => {
      const { text } = document.lineAt(line);
      return inListing ? assemblyOfListing(text) : text;
    };
    const assembly = inListing ? undefined : this.files.of(document);
    const aliases = assembly ? aliasesOf(assembly) : new Map<string, string>();
    const begins = (label: string): boolean =>
      assembly === undefined || assembly.functions.has(label) || assembly.exported.has(label);
    const stopped = Math.min(stoppedLocation.end.line, document.lineCount - 1);
    const names = inlineNames(lineAt, stopped, begins, (name) => aliases.get(name) ?? name).filter(
      ({ line }) => line >= viewPort.start.line && line <= viewPort.end.line,
    );
    const values = await Promise.all(
      names.map(({ expression }) =>
        active.client.request('evaluate', { expression }).then(
          ({ value }) => value,
          // a name without a value stays without one
          () => undefined,
        ),
      ),
    );
    if (token.isCancellationRequested) return [];
    return names.flatMap(({ line, start, end, label }, i) => {
      const value = values[i];
      if (value === undefined) return [];
      return new vscode.InlineValueText(
        new vscode.Range(line, start, line, end),
        `${label} = ${value.replace(DECIMAL, '')}`,
      );
    });
  }
}
