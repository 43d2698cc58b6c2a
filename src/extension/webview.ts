/** The page that every panel of ours lives in: one script, one style sheet, no network, nothing inline. */
import * as vscode from 'vscode';

const NONCE_LENGTH = 32;

function makeNonce(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let nonce = '';
  for (let i = 0; i < NONCE_LENGTH; i++) nonce += letters.charAt(Math.floor(Math.random() * letters.length));
  return nonce;
}

/** What a page stands on, which has its colour from there. */
export type Ground = 'editor' | 'sideBar';

/** Fills a webview with the bundle of `src/webview/<panel>`. `title` is read out by screen readers. */
export function fillWebview(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  panel: string,
  title: string,
  ground: Ground = 'editor',
): void {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  const script = webview.asWebviewUri(vscode.Uri.joinPath(folder, `${panel}.js`)).toString();
  const nonce = makeNonce();
  // lit puts styles into constructed style sheets and into the properties of elements, which style-src does not restrict
  webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource} 'nonce-${nonce}'; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">body { margin: 0; padding: 0; background: var(--vscode-${ground}-background); }</style>
</head>
<body>
<trapline-${panel}></trapline-${panel}>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
