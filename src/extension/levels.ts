/** The optimisation level of the guest that the user looks at: changed by a command, and known to menus as far as there is one. */
import * as vscode from 'vscode';
import { LEVELS } from '../protocol/configuration.js';
import { HYPERVISED_CONTEXT } from './contributions.js';
import { chosen } from './quick-pick.js';
import type { RunningSession, Sessions } from './sessions.js';

/** The session whose guest has a level now, or why there is none, in one sentence. */
function hypervised(sessions: Sessions): { readonly session: RunningSession } | { readonly why: string } {
  const session = sessions.active;
  if (!session || sessions.hasEnded(session)) return { why: 'No guest is running; start one with F5.' };
  if (session.client.status?.level !== undefined) return { session };
  return {
    why: `${session.debug.name} runs bare: without a virtual machine monitor there is no optimisation level to set.`,
  };
}

/** Sets the level of the active guest: the one that a key binding names, or else one that the user picks. */
export async function chooseLevel(sessions: Sessions, argument: unknown): Promise<void> {
  const found = hypervised(sessions);
  if ('why' in found) {
    void vscode.window.showInformationMessage(found.why);
    return;
  }
  const { client, debug } = found.session;
  const level = typeof argument === 'number' ? argument : await pickLevel(debug.name, client.status?.level);
  if (level !== undefined) await client.request('setLevel', { level });
}

async function pickLevel(name: string, present: number | undefined): Promise<number | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly level: number }>();
  pick.items = LEVELS.map(({ level, text }) => ({
    level,
    label: `Level ${level}`,
    detail: text,
    ...(level === present && { description: 'present level' }),
  }));
  pick.activeItems = pick.items.filter(({ level }) => level === present);
  pick.placeholder = `Optimisation level of ${name}, until its session ends`;
  return (await chosen(pick))?.level;
}

/** Tells menus whether the active guest has a level. */
export function watchLevels(sessions: Sessions): vscode.Disposable {
  return sessions.onDidChangeActive(() => {
    void vscode.commands.executeCommand('setContext', HYPERVISED_CONTEXT, 'session' in hypervised(sessions));
  });
}
