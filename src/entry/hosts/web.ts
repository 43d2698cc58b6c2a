/** What a web worker extension host offers. */
import * as vscode from 'vscode';
import type { ToClient, WorkerChannel } from '../../protocol/wire.js';

/** Starts dist/web/worker.js. Its text is fetched first: a worker may not be started from another origin. */
export async function spawnWebWorker(extensionUri: vscode.Uri): Promise<WorkerChannel> {
  const script = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist', 'web', 'worker.js'));
  const url = URL.createObjectURL(new Blob([script as Uint8Array<ArrayBuffer>], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'trapline' });
  return {
    post: (message, transfer) => {
      worker.postMessage(message, (transfer ?? []) as Transferable[]);
    },
    onMessage: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<ToClient>) => {
        listener(data);
      };
    },
    onDeath: (listener) => {
      worker.onerror = ({ message }) => {
        listener(message || 'the worker could not be started');
      };
    },
    close: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
