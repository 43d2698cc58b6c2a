/** One status bar item while a guest is loaded: how it runs, what it does, and how fast. A click brings up its traps. */
import * as vscode from 'vscode';
import type { StatusInfo } from '../protocol/model.js';
import type { RunningSession, Sessions } from './sessions.js';
import { statusText, statusTooltip } from './status-text.js';
import { TRAPS_VIEW } from './traps-view.js';

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('trapline.status', vscode.StatusBarAlignment.Left);
  private stopListening: (() => void)[] = [];
  private readonly subscription: vscode.Disposable;

  constructor(private readonly sessions: Sessions) {
    this.item.name = 'Trapline';
    this.item.command = `${TRAPS_VIEW}.focus`;
    this.subscription = sessions.onDidChangeActive((session) => {
      this.follow(session);
    });
  }

  private follow(session: RunningSession | undefined): void {
    for (const stop of this.stopListening) stop();
    this.stopListening = [];
    if (!session || this.sessions.hasEnded(session)) {
      this.item.hide();
      return;
    }
    const show = (status: StatusInfo): void => {
      this.show(session, status);
    };
    this.stopListening = [
      session.client.on('status', show),
      session.client.on('stopped', ({ status }) => {
        show(status);
      }),
      session.client.on('ended', ({ status }) => {
        show(status);
      }),
    ];
    if (session.client.status) show(session.client.status);
    else {
      this.item.text = `$(circuit-board) ${session.debug.name}`;
      this.item.show();
    }
  }

  private show({ debug }: RunningSession, status: StatusInfo): void {
    this.item.text = `$(circuit-board) ${statusText(debug.name, status)}`;
    this.item.tooltip = statusTooltip(debug.name, status);
    this.item.show();
  }

  dispose(): void {
    for (const stop of this.stopListening) stop();
    this.subscription.dispose();
    this.item.dispose();
  }
}
