/** The command as a process: the bundle of src/entry/cli.ts in a temporary folder, in which it also runs. */
import * as esbuild from 'esbuild';
import { preparedModules } from '../../scripts/lib/prepared.mjs';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  /** Where it runs. */
  readonly folder: string;
  /** @param input what is on standard input, which ends after it */
  run(args: readonly string[], input?: string): Promise<Outcome>;
  remove(): void;
}

export async function buildCli(): Promise<CliProcess> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-cli-'));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/entry/cli.ts'],
    outfile: path.join(folder, 'cli.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    plugins: [preparedModules],
    define: { 'import.meta.url': '"file:///trapline"' },
    logLevel: 'error',
  });
  fs.copyFileSync(path.join(root, 'node_modules/capstone-wasm/dist/capstone.wasm'), path.join(folder, 'capstone.wasm'));
  return {
    folder,
    run: (args, input = '') =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [path.join(folder, 'cli.js'), ...args], { cwd: folder });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
        child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
        child.once('close', (code) => {
          resolve({ code, stdout, stderr });
        });
        child.stdin.end(input);
      }),
    remove: () => {
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
