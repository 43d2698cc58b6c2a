/**
 * Between one webview and the session that the user looks at: tells the page of the session and of its events while it can be seen, makes the requests
 * that a panel may make, and carries out what every panel can ask of the editor. Knows nothing of what any panel shows.
 */
import * as vscode from 'vscode';
import {
  PANEL_COMMANDS,
  PANEL_EVENTS,
  PANEL_METHODS,
  type FromPanel,
  type PanelEvent,
  type PanelEventMessage,
  type PanelId,
  type PanelPlace,
  type PanelRequestMessage,
  type PanelSession,
  type ToPanel,
} from '../protocol/panels.js';
import { addressBreakpoints, setAddressBreakpoint } from './address-breakpoints.js';
import type { ListingDocuments } from './listing-documents.js';
import type { RunningSession, Sessions } from './sessions.js';
import type { SiteComparisons } from './site-comparison.js';
import { exportTraps } from './trap-export.js';

/** What links need of the extension around them. */
export interface PanelServices {
  readonly sessions: Sessions;
  readonly listings: ListingDocuments;
  readonly comparisons: SiteComparisons;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** Opens a panel, or brings it to the front. */
  readonly open: (panel: PanelId, place: PanelPlace) => void;
  /** Shows the Traps view with a filter. */
  readonly filterTraps: (text: string) => Promise<void>;
}

export class PanelLink implements vscode.Disposable {
  private session: RunningSession | undefined;
  private stopListening: (() => void)[] = [];
  private readonly subscriptions: vscode.Disposable[];
  private readonly shown = new vscode.EventEmitter<void>();
  private isReady = false;
  /** Asked for before the page was up. */
  private wanted: PanelPlace | undefined;

  /** The page is up, or another session is shown. */
  readonly onDidShow = this.shown.event;

  /**
   * @param name for messages in the log
   * @param visible whether the page can be seen; what cannot costs the session nothing
   */
  constructor(
    private readonly name: string,
    private readonly webview: vscode.Webview,
    private readonly visible: () => boolean,
    private readonly services: PanelServices,
    private readonly events: readonly PanelEvent[] = PANEL_EVENTS,
  ) {
    this.subscriptions = [
      webview.onDidReceiveMessage((message: FromPanel) => {
        this.receive(message).catch((error: unknown) => {
          services.log.warn(`${name}, ${message.kind}: ${String(error)}`);
        });
      }),
      services.sessions.onDidChangeActive((session) => {
        this.follow(session);
      }),
      vscode.debug.onDidChangeBreakpoints(() => {
        this.tellBreakpoints();
      }),
    ];
  }

  /** The session shown. */
  get current(): RunningSession | undefined {
    return this.session;
  }

  post(message: ToPanel): void {
    if (this.isReady) void this.webview.postMessage(message);
  }

  /** The panel was hidden: what is to be shown waits for its next page. */
  pageGone(): void {
    this.isReady = false;
  }

  /** Has the page show something, as soon as it is up. */
  show(place: PanelPlace): void {
    if (this.isReady) this.post({ kind: 'show', place });
    else this.wanted = place;
  }

  /** The page may have missed events: tells it all anew. */
  refresh(): void {
    this.session = undefined;
    this.follow(this.services.sessions.active);
  }

  private async receive(message: FromPanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.isReady = true;
        this.refresh();
        this.tellBreakpoints();
        if (this.wanted) this.show(this.wanted);
        this.wanted = undefined;
        return;
      case 'request':
        await this.request(message);
        return;
      case 'reveal':
        await this.reveal(message.address, message.preview);
        return;
      case 'open':
        this.services.open(message.panel, message.place);
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return;
      case 'breakpoint':
        setAddressBreakpoint(message.address, message.to);
        return;
      case 'exportTraps':
        if (this.session) await exportTraps(this.session, message);
        return;
      case 'compare':
        if (this.session) await this.services.comparisons.open(this.session, message.address);
        return;
      case 'traps':
        await this.services.filterTraps(message.text);
        return;
      case 'command':
        if (PANEL_COMMANDS.includes(message.command)) await vscode.commands.executeCommand(message.command);
        return;
    }
  }

  private tellBreakpoints(): void {
    this.post({ kind: 'breakpoints', breakpoints: addressBreakpoints() });
  }

  private async request({ request, method, params }: PanelRequestMessage): Promise<void> {
    const client = this.session?.client;
    try {
      if (!PANEL_METHODS.includes(method)) throw new Error(`a panel may not request ${String(method)}`);
      if (!client) throw new Error('There is no session any more.');
      this.post({ kind: 'result', request, result: await client.request(method, params) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.services.log.debug(`${this.name}, ${method}: ${message}`);
      this.post({ kind: 'error', request, message });
    }
  }

  private async reveal(address: number, preview: boolean): Promise<void> {
    const shown = this.session && (await this.services.listings.reveal(this.session, address, preview));
    if (shown !== true) vscode.window.setStatusBarMessage('Trapline: that code can no longer be shown.', 3000);
  }

  /** Shows another session, or none; one that has ended is shown until the next one starts. */
  private follow(session: RunningSession | undefined): void {
    if (session && session === this.session) {
      if (this.services.sessions.hasEnded(session)) this.post({ kind: 'session', session: this.describe(session) });
      return;
    }
    this.leave();
    this.session = session;
    this.post({ kind: 'session', session: session ? this.describe(session) : null });
    if (session) this.stopListening = this.events.map((event) => this.pass(session, event));
    this.shown.fire();
  }

  private pass<E extends PanelEventMessage['event']>({ client }: RunningSession, event: E): () => void {
    return client.on(event, (body) => {
      // the pair of event and body is sound by the client's types, which a generic call loses
      if (this.visible()) this.post({ kind: 'event', event, body } as unknown as PanelEventMessage);
    });
  }

  private describe(session: RunningSession): PanelSession | null {
    const { client, debug } = session;
    const { status } = client;
    if (!status) return null;
    const ended = this.services.sessions.hasEnded(session);
    return { id: debug.id, name: debug.name, status: ended ? { ...status, state: 'ended' } : status };
  }

  private leave(): void {
    for (const stop of this.stopListening) stop();
    this.stopListening = [];
  }

  dispose(): void {
    this.leave();
    for (const subscription of this.subscriptions) subscription.dispose();
    this.shown.dispose();
  }
}
