/**
 * Coverage as marks in editors, of sources and of listings: how often a line was executed behind it, and its background by whether it was at all. Shown
 * and hidden by a command; up to date whenever a guest stops or ends. No gutter icons: they are in the way of breakpoints.
 */
import * as vscode from 'vscode';
import type { LineCoverageInfo, ListingCoverageInfo } from '../protocol/views/coverage.js';
import { countsCoverage, type CoverageStore } from './coverage-store.js';
import { LISTING_SCHEME, type ListingDocuments } from './listing-documents.js';
import type { Sessions } from './sessions.js';

type Kind = 'covered' | 'partly' | 'uncovered';

interface Mark {
  readonly kind: Kind;
  /** From 0. */
  readonly line: number;
  readonly text: string;
  readonly hover: string;
}

const count = new Intl.NumberFormat('en');
const times = (value: number): string => (value === 1 ? 'once' : `${count.format(value)} times`);

function sourceMark({ line, reached, branches }: LineCoverageInfo): Mark {
  const oneSided = branches.filter(({ passed, failed }) => (passed === 0) !== (failed === 0));
  const kind: Kind = reached === 0 ? 'uncovered' : oneSided.length > 0 ? 'partly' : 'covered';
  const details = branches.map(
    ({ text, passed, failed }) => `\`${text}\`: condition passed ${times(passed)}, failed ${times(failed)}`,
  );
  const [only, ...others] = branches;
  const skipped =
    only !== undefined && others.length === 0 && only.failed > 0 ? `, skipped ${count.format(only.failed)}×` : '';
  return {
    kind,
    line: line - 1,
    text: reached === 0 ? 'never' : `${count.format(reached)}×${skipped}`,
    hover: [reached === 0 ? 'Never executed' : `Executed ${times(reached)}`, ...details].join('  \n'),
  };
}

function listingMark({ line, reached, failed }: ListingCoverageInfo): Mark {
  const skipped = failed > 0 ? `, skipped ${count.format(failed)}×` : '';
  return {
    kind: reached === 0 ? 'uncovered' : failed === reached ? 'partly' : 'covered',
    line: line - 1,
    text: reached === 0 ? 'never' : `${count.format(reached)}×${skipped}`,
    hover: reached === 0 ? 'Never executed' : `Executed ${times(reached)}, its condition failed ${times(failed)}`,
  };
}

const color = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);

function decorationOf(background: string, ruler: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: color(background),
    overviewRulerColor: color(ruler),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    after: { color: color('editorCodeLens.foreground'), margin: '0 0 0 2em' },
  });
}

export class CoverageMarks implements vscode.Disposable {
  private readonly types: Readonly<Record<Kind, vscode.TextEditorDecorationType>> = {
    covered: decorationOf('testing.coveredBackground', 'testing.coveredBorder'),
    partly: decorationOf('diffEditor.unchangedCodeBackground', 'testing.iconQueued'),
    uncovered: decorationOf('testing.uncoveredBackground', 'testing.uncoveredBorder'),
  };
  private readonly subscriptions: vscode.Disposable[];
  private shown = false;

  constructor(
    private readonly store: CoverageStore,
    private readonly sessions: Sessions,
    private readonly listings: ListingDocuments,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const draw = (): void => {
      this.draw();
    };
    this.subscriptions = [
      store.onDidChange(draw),
      vscode.window.onDidChangeVisibleTextEditors(draw),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === LISTING_SCHEME) this.draw();
      }),
    ];
  }

  /** Shows the marks, or hides them. */
  toggle(): void {
    this.shown = !this.shown;
    this.draw();
    if (!this.shown || this.store.files.length > 0) return;
    void vscode.window.showInformationMessage(
      'Nothing was counted yet. Coverage appears when a guest that was launched with "coverage": true stops or ends.',
    );
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      this.drawIn(editor).catch((error: unknown) => {
        this.log.debug(`coverage of ${editor.document.uri.path}: ${String(error)}`);
      });
    }
  }

  private async drawIn(editor: vscode.TextEditor): Promise<void> {
    const marks = this.shown ? await this.marksOf(editor.document.uri) : [];
    for (const kind of Object.keys(this.types) as Kind[]) {
      const options = marks
        .filter((mark) => mark.kind === kind && mark.line < editor.document.lineCount)
        .map(({ line, text, hover }): vscode.DecorationOptions => ({
          range: editor.document.lineAt(line).range,
          hoverMessage: new vscode.MarkdownString(hover),
          renderOptions: { after: { contentText: text } },
        }));
      editor.setDecorations(this.types[kind], options);
    }
  }

  private async marksOf(uri: vscode.Uri): Promise<Mark[]> {
    if (uri.scheme !== LISTING_SCHEME) {
      const file = this.store.files.find((candidate) => candidate.uri.toString() === uri.toString());
      return file?.coverage.lines.map(sourceMark) ?? [];
    }
    const { active } = this.sessions;
    const document = active && this.listings.documentIn(active, uri);
    if (!active || document === undefined || !countsCoverage(active)) return [];
    return (await active.client.request('listingCoverage', { document })).map(listingMark);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const type of Object.values(this.types)) type.dispose();
  }
}
