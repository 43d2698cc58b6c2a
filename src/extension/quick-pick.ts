/** A quick pick that needs more than a list: shown, and what was picked. */
import type * as vscode from 'vscode';

/** Shows a quick pick and throws it away. Resolves with what the user accepts; with undefined if they turn away. */
export async function chosen<T extends vscode.QuickPickItem>(pick: vscode.QuickPick<T>): Promise<T | undefined> {
  const item = await new Promise<T | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
    pick.show();
  });
  pick.dispose();
  return item;
}
