/** Which file of the client, or which listing, a place in the guest is shown in. Files that breakpoints were set in are known to exist. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ListingInfo, ListingPlace } from '../protocol/model.js';
import { baseOf, locateSource } from '../protocol/locate-source.js';
import type { AdapterContext } from './context.js';

export class Sources {
  private images: string[] = [];
  private readonly opened = new Set<string>();
  private readonly found = new Map<string, Promise<string | undefined>>();
  private readonly references: string[] = [];

  constructor(private readonly context: AdapterContext) {}

  /** The files that debug information may come from; sources are looked for beside them. */
  setImages(names: readonly string[]): void {
    this.images = [...names];
    this.found.clear();
  }

  /** The client set breakpoints in this file, so it exists. */
  remember(path: string): void {
    if (this.opened.has(path)) return;
    this.opened.add(path);
    this.found.clear();
  }

  /** The path as the debugger compares it with debug information. */
  forDebugger(path: string): string {
    return path.replace(/\\/g, '/');
  }

  /** The client's own path for one of the debug information, or undefined if the client has no such file. */
  private locate(path: string): Promise<string | undefined> {
    let found = this.found.get(path);
    if (!found) this.found.set(path, (found = this.search(path)));
    return found;
  }

  private search(path: string): Promise<string | undefined> {
    const { files } = this.context.host;
    return locateSource(path, {
      images: this.images,
      known: this.opened,
      exists: (candidate) => files.exists(candidate),
    });
  }

  /** What to show for a place that debug information or the listing knows. Prefers the source file. */
  async place(
    path: string | undefined,
    line: number | undefined,
    listing: ListingPlace | undefined,
  ): Promise<{ source: DebugProtocol.Source; line: number } | undefined> {
    if (path !== undefined && line !== undefined) {
      const file = await this.locate(path);
      if (file !== undefined)
        return { source: { name: baseOf(file), path: file }, line: this.context.lines.toClient(line) };
    }
    if (!listing) return undefined;
    return { source: this.listingSource(listing.document), line: this.context.lines.toClient(listing.line) };
  }

  private listingSource(document: string): DebugProtocol.Source {
    const name = `${document}.listing`;
    const { listings } = this.context.host;
    if (listings) return { name, path: listings.nameOf(document) };
    let index = this.references.indexOf(document);
    if (index < 0) index = this.references.push(document) - 1;
    return { name, sourceReference: index + 1 };
  }

  /** The listing document that a source of the client names, or undefined if it is a file. */
  documentOf(source: DebugProtocol.Source): string | undefined {
    if (source.sourceReference) return this.references[source.sourceReference - 1];
    return source.path === undefined ? undefined : this.context.host.listings?.documentOf(source.path);
  }

  /** DAP `source`: the text of a listing. */
  async read(args: DebugProtocol.SourceArguments): Promise<DebugProtocol.SourceResponse['body']> {
    const document = this.references[(args.source?.sourceReference ?? args.sourceReference) - 1];
    const listing: ListingInfo = await this.context.client.request('listing', { document: document ?? '' });
    return { content: listing.text, mimeType: 'text/x-trapline-listing' };
  }
}
