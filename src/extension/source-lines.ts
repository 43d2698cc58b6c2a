/** Lines of source files that debug information names, for whoever shows them beside instructions: located as the debug adapter does, read once. */
import * as vscode from 'vscode';
import { locateSource } from '../protocol/locate-source.js';
import { fileExists, nameOf, readFile, uriOf } from './files.js';
import type { RunningSession } from './sessions.js';

/** Files that are kept. */
const MOST_FILES = 50;

/** The images of a launch that may have debug information. */
function imagesOf({ configuration }: vscode.DebugSession): string[] {
  const { program, kernel, bios, symbols } = configuration as Record<string, unknown>;
  const more = Array.isArray(symbols) ? symbols.map((item: { readonly file?: unknown }) => item.file) : [];
  return [program, kernel, bios, ...more].filter((name): name is string => typeof name === 'string' && name !== '');
}

/** The client's file for a path of a session's debug information, if there is one. */
export async function sourceOf({ debug }: RunningSession, path: string): Promise<vscode.Uri | undefined> {
  const known = vscode.debug.breakpoints.flatMap((breakpoint) =>
    breakpoint instanceof vscode.SourceBreakpoint ? [nameOf(breakpoint.location.uri)] : [],
  );
  const name = await locateSource(path, { images: imagesOf(debug), known, exists: fileExists });
  return name === undefined ? undefined : uriOf(name);
}

export class SourceLines {
  private readonly files = new Map<string, Promise<readonly string[]>>();

  /** The lines of the file that a path stands for; none where the client has no such file. */
  of(session: RunningSession, path: string): Promise<readonly string[]> {
    let lines = this.files.get(path);
    if (lines === undefined) {
      if (this.files.size >= MOST_FILES) this.files.clear();
      this.files.set(path, (lines = this.read(session, path)));
    }
    return lines;
  }

  /** Files may be others now. */
  forget(): void {
    this.files.clear();
  }

  private async read(session: RunningSession, path: string): Promise<readonly string[]> {
    try {
      const uri = await sourceOf(session, path);
      if (uri === undefined) return [];
      return new TextDecoder().decode(await readFile(nameOf(uri))).split(/\r?\n/);
    } catch {
      return [];
    }
  }
}
