/** Writes traps to a file: asks which format and where, fetches the file from the worker part by part, and lets the user call it off. */
import * as vscode from 'vscode';
import { TRAP_WRITERS } from '../protocol/trap-export.js';
import type { TrapExportFormat, TrapExportPlace } from '../protocol/views/timeline.js';
import type { RunningSession } from './sessions.js';

const FORMATS: readonly (vscode.QuickPickItem & { readonly format: TrapExportFormat })[] = [
  { format: 'json', label: 'JSON', detail: 'One object for each trap' },
  { format: 'csv', label: 'CSV', detail: 'One line for each trap, for spreadsheets' },
  { format: 'chrome', label: 'Chrome trace', detail: "Traps and the guest's contexts over virtual time, for Perfetto" },
];

export interface TrapsWanted {
  /** Virtual times, ns. */
  readonly start: number;
  readonly end: number;
  /** Ids of classes that are not wanted. */
  readonly hidden: readonly string[];
}

export async function exportTraps(session: RunningSession, wanted: TrapsWanted): Promise<void> {
  const picked = await vscode.window.showQuickPick(FORMATS, { placeHolder: 'Write the traps in view as…' });
  if (!picked) return;
  const { format, label } = picked;
  const { extension } = TRAP_WRITERS[format];
  const name = `${session.debug.name.replace(/[^\w.-]+/g, '-')}-traps.${extension}`;
  const folder = session.debug.workspaceFolder?.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: 'Export Traps',
    filters: { [label]: [extension] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (!uri) return;
  const traps = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Exporting traps to ${name}`, cancellable: true },
    (progress, token) => write(session, format, wanted, uri, progress, token),
  );
  if (traps !== undefined) {
    vscode.window.setStatusBarMessage(`Trapline: ${traps.toLocaleString('en')} traps exported.`, 5000);
  }
}

/** Returns how many traps were written; undefined if it was called off. */
async function write(
  { client }: RunningSession,
  format: TrapExportFormat,
  { start, end, hidden }: TrapsWanted,
  uri: vscode.Uri,
  progress: vscode.Progress<{ increment: number }>,
  token: vscode.CancellationToken,
): Promise<number | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let written = 0;
  let from: TrapExportPlace | undefined;
  do {
    const part = await client.request('exportTraps', { format, start, end, hidden, ...(from && { from }) });
    if (token.isCancellationRequested) return undefined;
    parts.push(part.bytes);
    length += part.bytes.length;
    written += part.traps;
    if (part.traps > 0) progress.report({ increment: (100 * part.traps) / (written + part.left) });
    from = part.next;
  } while (from);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  await vscode.workspace.fs.writeFile(uri, all);
  return written;
}
