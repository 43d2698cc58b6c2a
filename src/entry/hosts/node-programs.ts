/** Programs on Node: found on the PATH, run without a shell. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Programs } from '../../extension/platform.js';

/** What Windows starts without being told the ending; scripts there need a shell. */
const ENDINGS = process.platform === 'win32' ? ['', '.exe'] : [''];

async function isProgram(file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}

export const nodePrograms: Programs = {
  async find(name) {
    const home = name.replace(/^~(?=[\\/])/, os.homedir());
    const folders = path.isAbsolute(home) ? [''] : (process.env.PATH ?? '').split(path.delimiter);
    // a name with folders is meant from nowhere
    if (!path.isAbsolute(home) && /[\\/]/.test(home)) return undefined;
    for (const folder of folders.filter((each) => each !== '' || path.isAbsolute(home))) {
      for (const ending of ENDINGS) {
        const file = path.join(folder, home + ending);
        if (await isProgram(file)) return file;
      }
    }
    return undefined;
  },

  run: (command, args, { folder, heard, token }) =>
    new Promise((resolve, reject) => {
      // messages are read: they are to be in English
      const env = { ...process.env, LC_ALL: 'C' };
      const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const cancelling = token.onCancellationRequested(() => {
        child.kill();
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8');
        stream.on('data', heard);
      }
      child.once('error', (error) => {
        cancelling.dispose();
        reject(error);
      });
      child.once('close', (code) => {
        cancelling.dispose();
        resolve(code ?? 1);
      });
    }),
};
