/**
 * The Traps view's side in the extension: what it has beyond what every panel has. The view draws and filters; records stay in the worker.
 */
import * as vscode from 'vscode';
import { PANEL_EVENTS, type FromTrapsView, type ToTrapsView } from '../protocol/panels.js';
import { TRAP_CLASSES } from '../protocol/trap-classes.js';
import { trapLine } from '../protocol/trap-filter.js';
import { PanelLink, type PanelServices } from './panel-link.js';
import type { RunningSession } from './sessions.js';
import { fillWebview } from './webview.js';

export const TRAPS_VIEW = 'trapline.traps';
const PAUSE_ON_KEY = 'pauseOn';
/** Records that "copy" takes at most. */
const MOST_COPIED = 10_000;

export class TrapsView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private link: PanelLink | undefined;
  private pauseOn: readonly string[];
  /** A filter that was asked for before the page was up. */
  private wanted: string | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly services: PanelServices,
    private readonly state: vscode.Memento,
  ) {
    // an earlier version may have had other classes
    const known = new Set(TRAP_CLASSES.map(({ id }) => id));
    this.pauseOn = state.get<readonly string[]>(PAUSE_ON_KEY, []).filter((id) => known.has(id));
    this.subscriptions = [
      services.sessions.onDidStart((session) => {
        this.sendPauseOn(session);
      }),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { webview } = view;
    const link = new PanelLink('Traps', webview, () => view.visible, this.services, [...PANEL_EVENTS, 'traps']);
    this.view = view;
    this.link = link;
    const subscribe = (): void => {
      this.subscribe();
    };
    link.onDidShow(subscribe);
    view.onDidChangeVisibility(subscribe);
    webview.onDidReceiveMessage((message: FromTrapsView) => {
      if (message.kind === 'ready') this.pageUp();
      else if (message.kind === 'pauseOn') this.setPauseOn(message.classes);
    });
    view.onDidDispose(() => {
      this.view = undefined;
      this.subscribe();
      link.dispose();
      this.link = undefined;
    });
    fillWebview(webview, this.services.extensionUri, 'traps', 'Traps', 'sideBar');
  }

  private pageUp(): void {
    this.post({ kind: 'pauseOn', classes: this.pauseOn });
    if (this.wanted !== undefined) this.post({ kind: 'filter', text: this.wanted });
    this.wanted = undefined;
  }

  private post(message: ToTrapsView): void {
    void this.view?.webview.postMessage(message);
  }

  private get session(): RunningSession | undefined {
    return this.link?.current ?? this.services.sessions.active;
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
    for (const session of this.services.sessions.all) this.sendPauseOn(session);
  }

  private sendPauseOn({ client }: RunningSession): void {
    client.request('setTrapFilters', { owner: 'traps view', classes: this.pauseOn }).catch((error: unknown) => {
      this.services.log.warn(`pause on class: ${String(error)}`);
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

  /** Shows the traps whose line has all words of a text. */
  async filter(text: string): Promise<void> {
    // a page that is not up yet says so, and one that is hears it at once
    if (this.view?.visible !== true) this.wanted = text;
    await vscode.commands.executeCommand(`${TRAPS_VIEW}.focus`);
    this.post({ kind: 'filter', text });
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
    this.link?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
