/** What Node offers: worker threads, files, timers. Shared by the composition roots that run on it. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Worker, type TransferListItem } from 'node:worker_threads';
import { FileProblem } from '../../protocol/prepare.js';
import type { ToClient, WorkerChannel } from '../../protocol/wire.js';
import type { SessionHost } from '../../session/host.js';

export const nodeHost: SessionHost = {
  now: () => performance.now(),
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

async function rejectWithProblem<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FileProblem(code === 'ENOENT', message);
  }
}

/** Overwrites in place: whatever ends the process meanwhile, old bytes or new ones are left, never none. */
async function overwrite(name: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.open(name, constants.O_WRONLY | constants.O_CREAT, 0o666);
  try {
    await file.writeFile(bytes);
    await file.truncate(bytes.length);
  } finally {
    await file.close();
  }
}

export const nodeFiles = {
  read: (name: string): Promise<Uint8Array> => rejectWithProblem(fs.readFile(name)),
  write: (name: string, bytes: Uint8Array): Promise<void> => rejectWithProblem(overwrite(name, bytes)),
  hasDirectory: (name: string): Promise<boolean> =>
    fs.stat(path.dirname(name)).then(
      (stat) => stat.isDirectory(),
      () => false,
    ),
  exists: (name: string): Promise<boolean> =>
    fs.access(name).then(
      () => true,
      () => false,
    ),
};

/** A file beside the bundle that runs now. */
export function besideBundle(file: string): string {
  return path.join(__dirname, file);
}
