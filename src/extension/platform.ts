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

/** Programs of the machine that the extension host runs on. */
export interface Programs {
  /** The full path of a program, which may be given by its name alone; undefined if there is none that may be executed. */
  find(name: string): Promise<string | undefined>;
  /**
   * Runs a program to its end, without a shell.
   * `heard` gets what it writes, as it comes; a cancelled one is killed.
   * @returns its exit code
   * @throws Error if it cannot be started
   */
  run(
    command: string,
    args: readonly string[],
    options: {
      readonly folder: string;
      readonly heard: (text: string) => void;
      readonly token: vscode.CancellationToken;
    },
  ): Promise<number>;
}

export interface Platform {
  /** Absent in a browser. */
  readonly programs?: Programs;
  /** Starts a worker from the extension's own files. */
  spawnWorker(extensionUri: vscode.Uri): Promise<WorkerChannel>;
  /** Loads the debug adapter, which nothing else needs, on first use. */
  createAdapter(surroundings: AdapterSurroundings): Promise<vscode.DebugAdapter>;
}
