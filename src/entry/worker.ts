/** The worker on Node: a session server on the thread's port. */
import { parentPort, type TransferListItem } from 'node:worker_threads';
import type { RequestMessage } from '../protocol/wire.js';
import { debugBackend } from '../session/debug-backend.js';
import { SessionServer } from '../session/server.js';
import { nodeHost } from './hosts/node.js';

const port = parentPort;
if (!port) throw new Error('worker.js is started by Trapline, not by hand.');
new SessionServer(
  {
    post: (message, transfer) => {
      port.postMessage(message, transfer as TransferListItem[] | undefined);
    },
    onMessage: (listener) => {
      port.on('message', (message: RequestMessage) => {
        listener(message);
      });
    },
  },
  nodeHost,
  debugBackend,
);
