/** What the extension needs of the extension host that it runs in, Node or web worker: workers, and the adapter that talks to them. */
import type * as vscode from 'vscode';
import type { SessionClient } from '../protocol/client.js';
import type { FilePort } from '../protocol/prepare.js';
import type { WorkerChannel } from '../protocol/wire.js';

/** The surroundings that an adapter is given; the `dap` layer defines the same shape. */
export interface AdapterSurroundings {
  readonly files: FilePort & { exists(name: string): Promise<boolean> };
  openSession(trace: boolean): Promise<SessionClient>;
  closeSession(client: SessionClient): void;
  readonly listings: { nameOf(document: string): string; documentOf(path: string): string | undefined };
  readonly hasTerminal: boolean;
  epoch(): number;
  /** Takes note of a bug of ours, stack and all. */
  reportBug(detail: string): void;
}

export interface Platform {
  /** Starts a worker from the extension's own files. */
  spawnWorker(extensionUri: vscode.Uri): Promise<WorkerChannel>;
  /** Loads the debug adapter, which nothing else needs, on first use. */
  createAdapter(surroundings: AdapterSurroundings): Promise<vscode.DebugAdapter>;
}
