/** One status bar item while a guest is loaded: what it does, and how fast. A click brings up its traps. */
import * as vscode from 'vscode';
import type { RunState, StatusInfo } from '../protocol/model.js';
import type { RunningSession, Sessions } from './sessions.js';
import { TRAPS_VIEW } from './traps-view.js';

const WORDS: Readonly<Record<RunState, string>> = {
  stopped: 'paused',
  running: 'running',
  idle: 'idle',
  waiting: 'waiting for input',
  ended: 'ended',
};

const MILLION = 1e6;
const NS_PER_SECOND = 1e9;

/** An instruction count as people say it. */
function millions(count: number): string {
  return count < MILLION ? String(count) : `${(count / MILLION).toFixed(1)} million`;
}

function describe({ state, mips }: StatusInfo): string {
  const speed = state === 'running' && mips >= 0.5 ? ` ${Math.round(mips)} MIPS` : '';
  return `${WORDS[state]}${speed}`;
}

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
    this.item.text = `$(circuit-board) ${debug.name}: ${describe(status)}`;
    const seconds = (status.virtualTime / NS_PER_SECOND).toFixed(2);
    this.item.tooltip = `${debug.name}, ${status.cpu}, ${status.mode}: ${millions(status.instructions)} instructions, ${seconds} s of guest time, ${status.cpuMode} mode`;
    this.item.show();
  }

  dispose(): void {
    for (const stop of this.stopListening) stop();
    this.subscription.dispose();
    this.item.dispose();
  }
}
