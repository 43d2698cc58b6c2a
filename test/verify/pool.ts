/** Shares tasks among worker threads that run the same bundle. Tasks and results are plain data; a result follows from its task alone. */
import os from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

/** In a worker: answers each task with what `work` makes of it. Returns at once. */
export function serveTasks<T, R>(work: (task: T) => R | Promise<R>): void {
  const port = parentPort!;
  port.on('message', (task: T) => {
    void Promise.resolve(work(task)).then((result) => port.postMessage(result));
  });
}

/** In the main thread: has workers do all tasks, as `Work` does one; gives the results in the order of the tasks. */
export function shareTasks<Work extends (task: never) => unknown>(
  tasks: readonly Parameters<Work>[0][],
): Promise<Awaited<ReturnType<Work>>[]> {
  const results: Awaited<ReturnType<Work>>[] = [];
  let started = 0;
  let ended = 0;
  return new Promise((resolve, reject) => {
    const workers = Array.from({ length: Math.min(os.availableParallelism(), tasks.length) }, () => {
      const worker = new Worker(process.argv[1]);
      let current = started++;
      worker.on('error', reject);
      worker.on('message', (result: Awaited<ReturnType<Work>>) => {
        results[current] = result;
        if (++ended === tasks.length) {
          for (const each of workers) void each.terminate();
          resolve(results);
        } else if (started < tasks.length) worker.postMessage(tasks[(current = started++)]);
      });
      worker.postMessage(tasks[current]);
      return worker;
    });
  });
}
