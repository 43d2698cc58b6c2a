/** What the suites do alike: find the samples, start a guest, hear its adapter and its console. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraplineApi } from '../../src/extension/activate.js';

/** A loaded machine is slow; what is broken never happens. */
const WAIT_MS = 40_000;

function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'no folder is open');
  return first;
}

export const fileOf = (name: string): vscode.Uri => vscode.Uri.joinPath(folder().uri, name);

export async function api(): Promise<TraplineApi> {
  const extension = vscode.extensions.getExtension<TraplineApi>('trapline.trapline');
  assert.ok(extension);
  return extension.activate();
}

/** Resolves with what `look` returns as soon as it returns something. */
export async function until<T>(what: string, look: () => T | undefined | false, but?: () => string): Promise<T> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not happen within ${WAIT_MS / 1000} s${but ? `, but: ${but()}` : ''}`);
}

interface Heard {
  readonly event: string;
  readonly body: Record<string, unknown> | undefined;
}

/** Ids of the debug sessions that have ended. */
const over = new Set<string>();
vscode.debug.onDidTerminateDebugSession(({ id }) => over.add(id));

// A session that ends while VS Code still opens the editor of its frame gets the focus when it is over (seen in 1.100), and no other ever gets it by itself
// after that. A user chooses another in the call stack; this is the command for it.
vscode.debug.onDidChangeActiveDebugSession((session) => {
  if (session && over.has(session.id)) void vscode.commands.executeCommand('workbench.action.debug.nextConsole');
});

/** Starts a configuration of the samples' launch.json (by name) or one of its own; hears every event of its adapter. */
export async function start(configuration: string | vscode.DebugConfiguration) {
  const events: Heard[] = [];
  const sessions: vscode.DebugSession[] = [];
  const tracker = vscode.debug.registerDebugAdapterTrackerFactory('trapline', {
    createDebugAdapterTracker: (session) => {
      sessions.push(session);
      return {
        onDidSendMessage: (message: { type: string } & Heard) => {
          if (message.type !== 'event') return;
          events.push(message);
          // told here before VS Code hears of it
          if (message.event === 'stopped') focused = false;
        },
      };
    },
  });
  /** Whether a frame of this session was brought into focus since its last stop. */
  let focused = false;
  const focusing = vscode.debug.onDidChangeActiveStackItem((item) => {
    if (item instanceof vscode.DebugStackFrame && item.session === sessions[0]) focused = true;
  });
  let console = '';
  const listener = (await api()).onDidWriteConsole(({ text }) => {
    console += text;
  });
  const started = await vscode.debug.startDebugging(folder(), configuration);
  return {
    started,
    events,
    session: (): vscode.DebugSession => {
      assert.ok(sessions[0], 'no session was made');
      return sessions[0];
    },
    console: () => console,
    /** Asks the adapter as the editor does. */
    async ask<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
      assert.ok(sessions[0], 'no session was made');
      return (await sessions[0].customRequest(command, args)) as T;
    },
    /** How many stops were heard. */
    stops: () => events.filter(({ event }) => event === 'stopped').length,
    ended: () =>
      until(
        'the end',
        () => events.some(({ event }) => event === 'terminated'),
        () => `${events.map(({ event }) => event).join(' ')}\n${console}`,
      ),
    /** Resolves when nobody will hear of the session any more: what comes late would be taken for the next one's. */
    async stop(): Promise<void> {
      if (sessions[0] && !events.some(({ event }) => event === 'terminated'))
        await vscode.debug.stopDebugging(sessions[0]);
      if (sessions[0]) await until('the end of the session', () => over.has(sessions[0].id));
      focusing.dispose();
      tracker.dispose();
      listener.dispose();
    },
    /** The next stop after `count` that were heard, and VS Code's eyes on it. */
    async stopped(count = 0): Promise<Heard['body']> {
      const { body } = await until('a stop', () => {
        if (events.some(({ event }) => event === 'terminated')) throw new Error(`the guest ended, saying:\n${console}`);
        return events.filter(({ event }) => event === 'stopped')[count];
      });
      await until(
        'the focus',
        () => focused,
        () => `it is at ${vscode.debug.activeDebugSession?.name ?? 'no session'}`,
      );
      return body;
    },
  };
}
