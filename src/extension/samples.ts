/**
 * "Open Samples": copies the guests that come with the extension to a folder that may be written to, and opens it.
 */
import * as vscode from 'vscode';
import { SAMPLE_FILES } from '../protocol/samples.js';

/** Where the copies lie. */
function samplesFolder({ globalStorageUri }: vscode.ExtensionContext): vscode.Uri {
  return vscode.Uri.joinPath(globalStorageUri, 'samples');
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** Copies what is not there yet: what the user changed stays. */
export async function copySamples(context: vscode.ExtensionContext): Promise<vscode.Uri> {
  const { fs } = vscode.workspace;
  const target = samplesFolder(context);
  for (const file of SAMPLE_FILES) {
    const to = vscode.Uri.joinPath(target, file);
    if (await exists(to)) continue;
    const bytes = await fs.readFile(vscode.Uri.joinPath(context.extensionUri, 'samples', file));
    await fs.writeFile(to, bytes);
  }
  return target;
}

export async function openSamples(context: vscode.ExtensionContext): Promise<void> {
  const folder = await copySamples(context);
  const inNewWindow = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: inNewWindow });
}
