/**
 * The Traps view's side in the extension: connects the webview with the active session, shows its state, carries out what the user asks. The view
 * draws and filters; records stay in the worker.
 */
import * as vscode from 'vscode';
import type { FromTrapsView, ToTrapsView } from '../protocol/panels.js';
import { TRAP_CLASSES } from '../protocol/trap-classes.js';
import { trapLine } from '../protocol/trap-filter.js';
import type { ListingDocuments } from './listing-documents.js';
import type { RunningSession, Sessions } from './sessions.js';
import { fillWebview } from './webview.js';

export const TRAPS_VIEW = 'trapline.traps';
const PAUSE_ON_KEY = 'pauseOn';
/** Records that "copy" takes at most. */
const MOST_COPIED = 10_000;

export class TrapsView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private session: RunningSession | undefined;
  private stopListening: (() => void)[] = [];
  private pauseOn: readonly string[];
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly sessions: Sessions,
    private readonly listings: ListingDocuments,
    private readonly extensionUri: vscode.Uri,
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    // an earlier version may have had other classes
    const known = new Set(TRAP_CLASSES.map(({ id }) => id));
    this.pauseOn = state.get<readonly string[]>(PAUSE_ON_KEY, []).filter((id) => known.has(id));
    this.subscriptions = [
      sessions.onDidStart((session) => {
        this.sendPauseOn(session);
      }),
      sessions.onDidChangeActive((session) => {
        this.follow(session);
      }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    fillWebview(view.webview, this.extensionUri, 'traps', 'Traps');
    view.webview.onDidReceiveMessage((message: FromTrapsView) => {
      this.receive(message).catch((error: unknown) => {
        this.log.warn(`Traps view, ${message.kind}: ${String(error)}`);
      });
    });
    view.onDidChangeVisibility(() => {
      this.subscribe();
    });
    view.onDidDispose(() => {
      this.view = undefined;
      this.subscribe();
    });
  }

  private post(message: ToTrapsView): void {
    void this.view?.webview.postMessage(message);
  }

  private async receive(message: FromTrapsView): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.post({ kind: 'pauseOn', classes: this.pauseOn });
        this.session = undefined;
        this.follow(this.sessions.active);
        return;
      case 'page': {
        const { request, before, maximum, filter } = message;
        const client = this.session?.client;
        if (!client) return;
        const page = await client.request('traps', { maximum, filter, ...(before !== undefined && { before }) });
        this.post({ kind: 'page', request, page });
        return;
      }
      case 'reveal':
        await this.reveal(message.pc, message.preview);
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return;
      case 'clear':
        await this.clear();
        return;
      case 'pauseOn':
        this.setPauseOn(message.classes);
        return;
      case 'setLevel':
        await vscode.commands.executeCommand('trapline.setLevel');
        return;
      case 'openSamples':
        await vscode.commands.executeCommand('trapline.openSamples');
        return;
    }
  }

  private async reveal(pc: number, preview: boolean): Promise<void> {
    const shown = this.session && (await this.listings.reveal(this.session, pc, preview));
    if (shown !== true) {
      void vscode.window.setStatusBarMessage('Trapline: that code can no longer be shown.', 3000);
    }
  }

  /** Shows another session, or none; one that has ended is shown until the next one starts. */
  private follow(session: RunningSession | undefined): void {
    if (session && session === this.session) {
      if (this.sessions.hasEnded(session)) this.post({ kind: 'state', state: 'ended' });
      return;
    }
    for (const stop of this.stopListening) stop();
    this.stopListening = [];
    this.session = session;
    if (!session) {
      this.post({ kind: 'session', session: null });
      return;
    }
    const { client, debug } = session;
    const mode = debug.configuration.mode === 'bare' ? 'bare' : 'hypervised';
    const state = this.sessions.hasEnded(session) ? 'ended' : (session.client.status?.state ?? 'stopped');
    this.post({ kind: 'session', session: { name: debug.name, mode, state } });
    this.stopListening = [
      client.on('traps', (event) => {
        this.post({ kind: 'traps', event });
      }),
      client.on('status', ({ state }) => {
        this.post({ kind: 'state', state });
      }),
      client.on('stopped', () => {
        this.post({ kind: 'state', state: 'stopped' });
      }),
      client.on('continued', () => {
        this.post({ kind: 'state', state: 'running' });
      }),
      client.on('ended', () => {
        this.post({ kind: 'state', state: 'ended' });
      }),
    ];
    this.subscribe();
  }

  /** Live events cost the worker time: only a view that is seen asks for them. */
  private subscribe(): void {
    const on = this.view?.visible === true;
    this.session?.client.request('subscribeTraps', { on }).catch(() => undefined);
  }

  private setPauseOn(classes: readonly string[]): void {
    this.pauseOn = classes;
    void this.state.update(PAUSE_ON_KEY, classes);
    this.post({ kind: 'pauseOn', classes });
    for (const session of this.sessions.all) this.sendPauseOn(session);
  }

  private sendPauseOn({ client }: RunningSession): void {
    client.request('setTrapFilters', { owner: 'traps view', classes: this.pauseOn }).catch((error: unknown) => {
      this.log.warn(`pause on class: ${String(error)}`);
    });
  }

  // Commands

  async clear(): Promise<void> {
    await this.session?.client.request('clearTraps', {});
  }

  /** Copies what is kept, newest first, as lines of tab-separated fields. */
  async copyAll(): Promise<void> {
    const lines: string[] = [];
    let before: number | undefined;
    while (this.session && lines.length < MOST_COPIED) {
      const page = await this.session.client.request('traps', {
        maximum: 1000,
        ...(before !== undefined && { before }),
      });
      lines.push(...page.records.map(trapLine));
      if (!page.more) break;
      before = page.next;
    }
    await vscode.env.clipboard.writeText(lines.join('\n'));
    const exits = (await this.session?.client.request('statistics', {}))?.exits ?? [];
    const dropped = exits.reduce((sum, { dropped }) => sum + dropped, 0);
    const unrecorded = exits.reduce((sum, { unrecorded }) => sum + unrecorded, 0);
    const rest = [
      ...(dropped > 0 ? [`; ${dropped.toLocaleString('en')} older ones are no longer kept`] : []),
      ...(unrecorded > 0 ? [`; ${unrecorded.toLocaleString('en')} were counted at level 2, not recorded`] : []),
    ].join('');
    vscode.window.setStatusBarMessage(`Trapline: ${lines.length} traps copied${rest}.`, 3000);
  }

  async focusFilter(): Promise<void> {
    await vscode.commands.executeCommand(`${TRAPS_VIEW}.focus`);
    this.post({ kind: 'focusFilter' });
  }

  async pickPauseOn(): Promise<void> {
    const items = TRAP_CLASSES.map(({ id, label, description }) => ({
      id,
      label,
      detail: description,
      picked: this.pauseOn.includes(id),
    }));
    const picked = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      placeHolder: 'Pause the guest at traps of these classes',
    });
    if (picked) this.setPauseOn(picked.map(({ id }) => id));
  }

  dispose(): void {
    for (const stop of this.stopListening) stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
