/**
 * Ways through the listing: links from one part of the code to the next, a search through all of it, and a view that follows PC from stop to stop, also
 * where there is a source to show.
 */
import * as vscode from 'vscode';
import type { SymbolicInstruction } from '../protocol/model.js';
import type { ListingDocuments } from './listing-documents.js';
import type { RunningSession, Sessions } from './sessions.js';
import { hex32 } from '../util/bits.js';

/** Instructions that a search finds at most. */
const MOST_FOUND = 500;

/** `; goes on at 0x40012000` and `; before this: 0x4000e000` lead there. */
export class ListingLinks implements vscode.DocumentLinkProvider {
  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links: vscode.DocumentLink[] = [];
    for (const match of document.getText().matchAll(/^(; (?:goes on at|before this:) )(0x[0-9a-f]{8})$/gm)) {
      const [text, label, address] = match;
      const range = new vscode.Range(
        document.positionAt(match.index + label.length),
        document.positionAt(match.index + text.length),
      );
      const argument = encodeURIComponent(JSON.stringify([Number(address)]));
      const link = new vscode.DocumentLink(range, vscode.Uri.parse(`command:trapline.openListing?${argument}`));
      link.tooltip = 'Show this part of the listing';
      links.push(link);
    }
    return links;
  }
}

/** Searches the code that is known for a text, says how far it is, and can be stopped. @returns undefined if the user stopped it */
function searchAll(session: RunningSession, text: string): Thenable<SymbolicInstruction[] | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Searching the listing for "${text}"`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const found: SymbolicInstruction[] = [];
    for (let from: number | undefined = 0; from !== undefined && found.length < MOST_FOUND;) {
      if (token.isCancellationRequested) return undefined;
      const step: { readonly found: readonly SymbolicInstruction[]; readonly next?: number } =
        await session.client.request('searchListing', { text, from });
      found.push(...step.found);
      progress.report({ message: `${found.length} found` });
      from = step.next;
    }
    return found;
  });
}

/** Asks for a text, and shows the instruction that the user picks among those that have it. */
export async function searchListing(sessions: Sessions, listings: ListingDocuments): Promise<void> {
  const session = sessions.active;
  if (!session) {
    void vscode.window.showInformationMessage('Listings show the memory of a guest; start one with F5.');
    return;
  }
  const text = await vscode.window.showInputBox({
    prompt: 'Part of an instruction, a word or a symbol',
    placeHolder: 'mcr p15, 0',
  });
  if (!text) return;
  const found = await searchAll(session, text);
  if (!found) return;
  if (found.length === 0) {
    void vscode.window.showInformationMessage(`No instruction of the guest's code has "${text}".`);
    return;
  }
  const items = found.map(({ address, text, symbol }) => ({
    label: text,
    description: `${hex32(address)}${symbol === undefined ? '' : `  ${symbol}`}`,
    address,
  }));
  const more = found.length >= MOST_FOUND ? ', and more' : '';
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: `${found.length} instructions${more}`,
    matchOnDescription: true,
  });
  if (picked) await listings.reveal(session, picked.address, false);
}

/** Shows the instruction at PC in the listing, beside the source, whenever the guest stops. */
export class PcFollower implements vscode.Disposable {
  private on = false;
  private readonly line = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.stackFrameHighlightBackground'),
    before: { contentText: '▶', margin: '0 0.3em 0 0' },
  });
  private readonly subscription: vscode.Disposable;
  private shown: vscode.TextEditor | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly listings: ListingDocuments,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = sessions.onDidStart((session) => {
      session.client.on('stopped', () => {
        if (this.on) this.follow(session);
      });
      session.client.on('continued', () => {
        this.shown?.setDecorations(this.line, []);
      });
    });
  }

  toggle(): void {
    this.on = !this.on;
    vscode.window.setStatusBarMessage(
      this.on ? 'Trapline: the listing follows PC.' : 'Trapline: the listing stays where it is.',
      3000,
    );
    if (!this.on) this.shown?.setDecorations(this.line, []);
    else if (this.sessions.active) this.follow(this.sessions.active);
  }

  private follow(session: RunningSession): void {
    this.show(session).catch((error: unknown) => {
      this.log.debug(`follow PC: ${String(error)}`);
    });
  }

  private async show(session: RunningSession): Promise<void> {
    const { frames } = await session.client.request('stack', { first: 0, count: 1 });
    const place = frames.at(0)?.listing;
    if (!place) return;
    this.shown?.setDecorations(this.line, []);
    this.shown = await this.listings.show(session, place, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    this.shown.setDecorations(this.line, [new vscode.Range(place.line - 1, 0, place.line - 1, 0)]);
  }

  dispose(): void {
    this.subscription.dispose();
    this.line.dispose();
  }
}
