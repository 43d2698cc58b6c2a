/** The extension's icon where VS Code shows it as a picture, which takes no colour from its surroundings as the icon of the activity bar does. */
import * as vscode from 'vscode';

export interface Icon {
  readonly light: vscode.Uri;
  readonly dark: vscode.Uri;
}

export function traplineIcon(extensionUri: vscode.Uri): Icon {
  const on = (ground: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `trapline-on-${ground}.svg`);
  return { light: on('light'), dark: on('dark') };
}
