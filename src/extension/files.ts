/**
 * Files by the names that launch configurations and DAP use: plain paths for the disk, URIs for everything else. All access goes through VS Code, so
 * that virtual workspaces and web hosts work.
 */
import * as vscode from 'vscode';
import { FileProblem } from '../protocol/prepare.js';

const URI = /^[a-zA-Z][a-zA-Z0-9+.-]+:/;
const ABSOLUTE = /^([\\/]|[a-zA-Z]:[\\/])/;

/** The file that a name stands for. Relative names and bare paths are taken to be where the workspace is. */
export function uriOf(name: string, folder?: vscode.Uri): vscode.Uri {
  if (URI.test(name) && !ABSOLUTE.test(name)) return vscode.Uri.parse(name);
  const base = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!ABSOLUTE.test(name)) return base ? vscode.Uri.joinPath(base, name) : vscode.Uri.file(name);
  return base && base.scheme !== 'file' ? base.with({ path: name.replace(/\\/g, '/') }) : vscode.Uri.file(name);
}

/** The name of a file, as DAP and people want it. */
export function nameOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

async function rejectWithProblem<T>(promise: Thenable<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    const missing = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
    throw new FileProblem(missing, error instanceof Error ? error.message : String(error));
  }
}

export function readFile(name: string): Promise<Uint8Array> {
  return rejectWithProblem(vscode.workspace.fs.readFile(uriOf(name)));
}

/** Makes the file hold `bytes`; it need not exist. */
export function writeFile(name: string, bytes: Uint8Array): Promise<void> {
  return rejectWithProblem(vscode.workspace.fs.writeFile(uriOf(name), bytes));
}

/** Whether the folder is there that a file lies in, or would. */
export async function hasDirectory(name: string): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(vscode.Uri.joinPath(uriOf(name), '..'));
    return (type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}

export async function fileExists(name: string): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uriOf(name));
    return true;
  } catch {
    return false;
  }
}

/** The last part of a path or URI. */
export function baseName(name: string): string {
  return name.split(/[\\/]/).pop() ?? name;
}
