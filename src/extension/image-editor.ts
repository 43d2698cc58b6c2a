/**
 * The read-only editor of ELF files: header, segments, sections, symbols, the listing of the code and what its words mean, from a worker
 * of its own. Knows nothing of ELF.
 */
import * as vscode from 'vscode';
import type { SessionClient } from '../protocol/client.js';
import type { FromImageView, ToImageView } from '../protocol/panels.js';
import { baseName, nameOf, readFile } from './files.js';
import { startImage } from './images.js';
import type { Sessions } from './sessions.js';
import { fillWebview } from './webview.js';

class ImagePanel implements vscode.Disposable {
  private worker: Promise<SessionClient> | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly uri: vscode.Uri,
    private readonly panel: vscode.WebviewPanel,
    private readonly sessions: Sessions,
    private readonly log: vscode.LogOutputChannel,
    extensionUri: vscode.Uri,
  ) {
    const folder = vscode.Uri.joinPath(uri, '..');
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, baseName(uri.path)));
    const reload = (): void => {
      void this.load();
    };
    this.subscriptions = [
      watcher,
      watcher.onDidChange(reload),
      watcher.onDidCreate(reload),
      panel.webview.onDidReceiveMessage((message: FromImageView) => {
        this.receive(message).catch((error: unknown) => {
          this.log.warn(`${uri.path}, ${message.kind}: ${String(error)}`);
        });
      }),
    ];
    fillWebview(panel.webview, extensionUri, 'image', baseName(uri.path));
  }

  get active(): boolean {
    return this.panel.active;
  }

  post(message: ToImageView): void {
    void this.panel.webview.postMessage(message);
  }

  private get client(): Promise<SessionClient> {
    this.worker ??= this.sessions.openWorker();
    return this.worker;
  }

  private async load(): Promise<void> {
    const name = baseName(this.uri.path);
    try {
      const bytes = await readFile(nameOf(this.uri));
      const info = await (await this.client).request('inspect', { file: { name, bytes } });
      this.post({ kind: 'image', name, info });
    } catch (error) {
      this.post({ kind: 'broken', name, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private async receive(message: FromImageView): Promise<void> {
    switch (message.kind) {
      case 'ready':
        await this.load();
        return;
      case 'lines': {
        const { request, address, offset, count } = message;
        const lines = await (await this.client).request('imageLines', { address, offset, count });
        this.post({ kind: 'lines', request, lines });
        return;
      }
      case 'decode': {
        const { request, address } = message;
        this.post({ kind: 'decoded', request, words: await (await this.client).request('decodeAt', { address }) });
        return;
      }
      case 'run':
        await startImage(this.uri, message.debug);
        return;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.worker?.then(
      (client) => {
        client.close();
      },
      () => undefined,
    );
  }
}

export class ImageEditor implements vscode.CustomReadonlyEditorProvider {
  private readonly panels = new Set<ImagePanel>();

  constructor(
    private readonly sessions: Sessions,
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const shown = new ImagePanel(uri, panel, this.sessions, this.log, this.extensionUri);
    this.panels.add(shown);
    panel.onDidDispose(() => {
      this.panels.delete(shown);
      shown.dispose();
    });
  }

  /** Explains the current instruction of the editor that is in front. @returns false where none of ours is */
  decodeCurrent(): boolean {
    const panel = [...this.panels].find(({ active }) => active);
    panel?.post({ kind: 'decodeCurrent' });
    return panel !== undefined;
  }
}
