/**
 * Listings as read-only editor documents of a scheme of their own. The text comes from the worker that runs the image; the name holds the image and
 * the addresses, so that a breakpoint set in one session holds in the next.
 */
import * as vscode from 'vscode';
import type { ListingInfo, ListingPlace } from '../protocol/model.js';
import type { RunningSession, Sessions } from './sessions.js';
import { SourceLines } from './source-lines.js';

export const LISTING_SCHEME = 'trapline-listing';
const SUFFIX = '.listing';

/** The name that editor and debug adapter have for a document of an image. */
export function listingName(image: string, document: string): string {
  return vscode.Uri.from({ scheme: LISTING_SCHEME, path: `/${image}/${document}${SUFFIX}` }).toString();
}

/** The document that a name stands for if it is one of this image, else undefined. */
export function documentOf(image: string, name: string): string | undefined {
  if (!name.startsWith(`${LISTING_SCHEME}:`)) return undefined;
  const parts = partsOf(vscode.Uri.parse(name));
  return parts?.image === image ? parts.document : undefined;
}

function partsOf({ path }: vscode.Uri): { image: string; document: string } | undefined {
  const slash = path.lastIndexOf('/');
  if (slash < 1 || !path.endsWith(SUFFIX)) return undefined;
  return { image: path.slice(1, slash), document: path.slice(slash + 1, -SUFFIX.length) };
}

export class ListingDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscription: vscode.Disposable;
  private readonly sourceLines = new SourceLines();
  readonly onDidChange = this.changed.event;

  constructor(private readonly sessions: Sessions) {
    this.subscription = sessions.onDidStart((session) => {
      this.sourceLines.forget();
      session.client.on('listings', ({ documents }) => {
        for (const document of documents) this.changed.fire(vscode.Uri.parse(listingName(session.image, document)));
      });
      // what is still open of an earlier session is to show this one's memory once it is loaded
      const stop = session.client.on('stopped', () => {
        stop();
        this.refresh(session);
      });
    });
  }

  private refresh({ image }: RunningSession): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === LISTING_SCHEME && partsOf(uri)?.image === image) this.changed.fire(uri);
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const parts = partsOf(uri);
    const session = parts && this.sessionOf(parts.image);
    if (!session) return '; The session that this listing belongs to has ended.\n';
    try {
      const listing = await session.client.request('listing', { document: parts.document });
      return await this.withSources(session, listing);
    } catch (error) {
      return `; ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  /** The text with what its source lines say. */
  private async withSources(session: RunningSession, { text, sources }: ListingInfo): Promise<string> {
    const lines = text.split('\n');
    for (const { line, path, sourceLine } of sources) {
      const source = (await this.sourceLines.of(session, path))[sourceLine - 1] as string | undefined;
      if (source?.trim()) lines[line - 1] += `  ${source.trim().replace(/\s+/g, ' ')}`;
    }
    return lines.join('\n');
  }

  private sessionOf(image: string): RunningSession | undefined {
    const { active, all } = this.sessions;
    return active?.image === image ? active : all.find((session) => session.image === image);
  }

  /** The document of a session's guest that an editor shows, if it does. */
  documentIn({ image }: RunningSession, uri: vscode.Uri): string | undefined {
    const parts = partsOf(uri);
    return parts?.image === image ? parts.document : undefined;
  }

  /** Shows the instruction at an address. @returns false where there is no code to show */
  async reveal(session: RunningSession, address: number, preserveFocus: boolean): Promise<boolean> {
    const place = await session.client.request('listingAt', { address });
    if (!place) return false;
    await this.show(session, place, { preserveFocus, preview: true });
    return true;
  }

  /** Shows a line of a listing. */
  show(
    { image }: RunningSession,
    { document, line }: ListingPlace,
    options: vscode.TextDocumentShowOptions,
  ): Thenable<vscode.TextEditor> {
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    return vscode.window.showTextDocument(vscode.Uri.parse(listingName(image, document)), { ...options, selection });
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}
