/** Runs what is measured in processes of its own, and looks how much memory they take. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';

/** What a process said, and took. */
export interface Outcome {
  readonly output: string;
  /** Seconds from its start to its end. */
  readonly wall: number;
  /** Bytes that were resident at most, where the host tells; looked at every {@link LOOK_MS}. */
  readonly peakMemory: number;
}

const LOOK_MS = 25;

/** Bytes that were resident at most in a process, where the host tells. */
export function residentAtMost(pid: number): number {
  try {
    const found = /^VmHWM:\s*(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? 0 : Number(found[1]) * 1024;
  } catch {
    return 0;
  }
}

/** The largest of a process and of what it has started itself. */
function residentOfAll(pid: number): number {
  let children = '';
  try {
    children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    // It has ended, or the host has no such file.
  }
  return Math.max(residentAtMost(pid), ...children.trim().split(' ').map(Number).filter(Boolean).map(residentAtMost));
}

/** @throws if the program fails */
export function execute(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let peakMemory = 0;
    const looking = setInterval(() => (peakMemory = Math.max(peakMemory, residentOfAll(child.pid ?? 0))), LOOK_MS);
    child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(looking);
      const wall = (performance.now() - start) / 1000;
      if (code === 0) resolve({ output: output + errors, wall, peakMemory });
      else reject(new Error(`${command} ${args.join(' ')}: ${code}\n${output}${errors}`));
    });
  });
}

/** One of the jobs of this benchmark (engine.bench.ts) in a process of its own; it prints what it found as JSON. */
export async function executeJob<T>(...args: string[]): Promise<T & { readonly wall: number }> {
  const { output, wall } = await execute(process.execPath, [process.argv[1], ...args]);
  return { ...(JSON.parse(output) as T), wall };
}
