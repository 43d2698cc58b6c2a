/**
 * Code as the guest has it and as it is fetched, side by side in VS Code's diff editor: two read-only documents of a scheme of their own, whose text comes
 * from the worker whenever the guest has stopped.
 */
import * as vscode from 'vscode';
import type { SiteComparison } from '../protocol/views/sites.js';
import type { RunningSession, Sessions } from './sessions.js';
import { hex32 } from '../util/bits.js';

const SCHEME = 'trapline-words';
type Side = 'original' | 'patched';

/** The name ends like a listing's, so that it is coloured like one. */
function nameOf(image: string, address: number, side: Side): vscode.Uri {
  const path = `/${image}/${hex32(address)}.${side}.listing`;
  return vscode.Uri.from({ scheme: SCHEME, path });
}

const NAME = /^\/(.+)\/(0x[0-9a-f]{8})\.(original|patched)\.listing$/;

export class SiteComparisons implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly sessions: Sessions) {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      sessions.onDidStart(({ client }) => {
        client.on('stopped', () => {
          this.refresh();
        });
      }),
    ];
  }

  async open(session: RunningSession, address: number): Promise<void> {
    const { title, line } = await session.client.request('compareSites', { address });
    const [original, patched] = (['original', 'patched'] as const).map((side) => nameOf(session.image, address, side));
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.commands.executeCommand('vscode.diff', original, patched, title, { selection, preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const [, image, address, side] = NAME.exec(uri.path) ?? [];
    const { active, all } = this.sessions;
    const session = active?.image === image ? active : all.find((candidate) => candidate.image === image);
    if (!session) return '; The session that this code belongs to has ended.\n';
    try {
      const compared: SiteComparison = await session.client.request('compareSites', { address: Number(address) });
      return compared[side as Side];
    } catch (error) {
      return `; ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  private refresh(): void {
    for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) this.changed.fire(uri);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}
