/** Files on Node, by their paths. */
import fs, { constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { FileProblem } from '../../protocol/prepare.js';

/** PERF: Node loads what is in `fs.promises` when that is first asked for, which a guest's image need not wait for (start: 2.6 ms). */
const readFile = promisify(fs.readFile);

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
  const file = await fs.promises.open(name, constants.O_WRONLY | constants.O_CREAT, 0o666);
  try {
    await file.writeFile(bytes);
    await file.truncate(bytes.length);
  } finally {
    await file.close();
  }
}

export const nodeFiles = {
  read: (name: string): Promise<Uint8Array> => rejectWithProblem(readFile(name)),
  write: (name: string, bytes: Uint8Array): Promise<void> => rejectWithProblem(overwrite(name, bytes)),
  hasDirectory: (name: string): Promise<boolean> =>
    fs.promises.stat(path.dirname(name)).then(
      (stat) => stat.isDirectory(),
      () => false,
    ),
  exists: (name: string): Promise<boolean> =>
    fs.promises.access(name).then(
      () => true,
      () => false,
    ),
};
