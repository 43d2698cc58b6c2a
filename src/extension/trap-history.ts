/** Has workers keep a long history of traps while the timeline is open, so that it is not lost when another editor is in front; and no longer than that. */
import type * as vscode from 'vscode';
import type { Panels } from './panels.js';
import type { RunningSession, Sessions } from './sessions.js';

export function keepTrapHistory(sessions: Sessions, panels: Panels): vscode.Disposable {
  let wanted = panels.isOpen('timeline');
  const tell = ({ client }: RunningSession): void => {
    client.request('keepTrapHistory', { on: wanted }).catch(() => undefined);
  };
  const subscriptions = [
    sessions.onDidStart((session) => {
      if (wanted) tell(session);
    }),
    panels.onDidChange(() => {
      if (wanted === panels.isOpen('timeline')) return;
      wanted = !wanted;
      const ended = sessions.active;
      for (const session of new Set([...sessions.all, ...(ended ? [ended] : [])])) tell(session);
    }),
  ];
  return {
    dispose: () => {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
