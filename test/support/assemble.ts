/** Assembles test programs with the GNU assembler. Results are kept by content, so that a second run of the suite starts no process. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../out/assembled');

/** Programs that {@link assemble} starts: for `need`. */
export const ASSEMBLER = ['arm-none-eabi-as', 'arm-none-eabi-ld', 'arm-none-eabi-objcopy'] as const;

export interface AssembleOptions {
  readonly thumb?: boolean;
  /** Address of the first byte. */
  readonly origin?: number;
}

/** The bytes of `source` (GNU syntax, unified, all of ARMv7-A with its extensions but no floating point). @throws with the assembler's messages. */
export function assemble(source: string, { thumb = false, origin = 0 }: AssembleOptions = {}): Uint8Array {
  const text = [
    '.syntax unified',
    '.arch armv7-a',
    ...['mp', 'sec', 'virt', 'idiv'].map((name) => `.arch_extension ${name}`),
    thumb ? '.thumb' : '.arm',
    '.text',
    source,
    '',
  ].join('\n');
  const key = createHash('sha256').update(`${origin}\n${text}`).digest('hex').slice(0, 32);
  const kept = path.join(CACHE, `${key}.bin`);
  if (fs.existsSync(kept)) return new Uint8Array(fs.readFileSync(kept));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-as-'));
  try {
    const at = (name: string): string => path.join(folder, name);
    fs.writeFileSync(at('a.s'), text);
    execFileSync('arm-none-eabi-as', ['-o', at('a.o'), at('a.s')], { stdio: ['ignore', 'pipe', 'pipe'] });
    const place = [`-Ttext=0x${origin.toString(16)}`, '-e', '0', '--no-warn-rwx-segments'];
    execFileSync('arm-none-eabi-ld', [...place, '-o', at('a.elf'), at('a.o')], { stdio: ['ignore', 'pipe', 'pipe'] });
    execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', '-j', '.text', at('a.elf'), at('a.bin')]);
    const bytes = fs.readFileSync(at('a.bin'));
    fs.mkdirSync(CACHE, { recursive: true });
    fs.writeFileSync(kept, bytes);
    return new Uint8Array(bytes);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
