/** What Node offers: worker threads and timers. Shared by the composition roots that run on it. */
import path from 'node:path';
import { Worker, type TransferListItem } from 'node:worker_threads';
import { milliseconds } from '../../cli/clock.js';
import type { ToClient, WorkerChannel } from '../../protocol/wire.js';
import type { SessionHost } from '../../session/host.js';

export const nodeHost: SessionHost = {
  now: milliseconds,
  defer: (callback) => {
    setImmediate(callback);
  },
  delay: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** @param script path of dist/worker.js */
export function spawnNodeWorker(script: string): WorkerChannel {
  const worker = new Worker(script);
  return {
    post: (message, transfer) => {
      worker.postMessage(message, transfer as TransferListItem[] | undefined);
    },
    onMessage: (listener) => {
      worker.on('message', (message: ToClient) => {
        listener(message);
      });
    },
    onDeath: (listener) => {
      worker.on('error', (error: Error) => {
        listener(error.message);
      });
      worker.on('exit', (code) => {
        listener(`the worker ended with code ${code}`);
      });
    },
    close: () => {
      void worker.terminate();
    },
  };
}

/** A file beside the bundle that runs now. */
export function besideBundle(file: string): string {
  return path.join(__dirname, file);
}
