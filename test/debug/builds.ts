/** Small programs that tests compile with Debian's cross tools, each in a new folder, and what the tools say of them. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readElf, type ElfFile } from '../../src/machine/elf.js';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

/** A new folder that goes when the tests end. */
export function scratch(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-debug-'));
  folders.push(folder);
  return folder;
}

export function elfAt(file: string): ElfFile {
  return readElf(path.basename(file), new Uint8Array(fs.readFileSync(file)));
}

export function sample(name: string): ElfFile {
  return elfAt(path.join(root, 'samples', name, `${name}.elf`));
}

/** Compiles C or assembly, given by file name, to an ELF file linked at 0x8000. @returns its path */
export function compile(sources: Readonly<Record<string, string>>, ...options: string[]): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(sources)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const output = path.join(folder, 'out.elf');
  execFileSync(
    'arm-none-eabi-gcc',
    [
      '-march=armv7-a',
      '-nostdlib',
      '-ffreestanding',
      '-Wl,--no-warn-rwx-segments',
      '-g',
      ...options,
      '-o',
      output,
    ].concat(Object.keys(sources).filter((name) => /\.[cs]$/.test(name))),
    { cwd: folder, stdio: 'pipe' },
  );
  return output;
}

/** Rows as `file:line@address`, with `*` where no statement begins; an end of sequence as `end@address`. By objdump. */
export function objdumpLines(file: string): string[] {
  const text = execFileSync('arm-none-eabi-objdump', ['-W', '--dwarf=decodedline', '-WL', file], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 1 << 26,
  });
  const rows: string[] = [];
  for (const line of text.slice(text.indexOf('.debug_line section')).split('\n')) {
    if (line.startsWith('Contents of') && !line.includes('.debug_line section')) break;
    const m = /^(\S+)\s+(\d+|-)\s+(0x[0-9a-f]+|0)(?:\s+\d+)?(\s+x)?\s*(?:END)?$/.exec(line);
    if (m === null) continue;
    if (m[2] === '-') rows.push(`end@${Number(m[3]).toString(16)}`);
    else rows.push(`${m[1]}:${m[2]}@${Number(m[3]).toString(16)}${m[4] === undefined ? '*' : ''}`);
  }
  return rows;
}

export const PROGRAM_C = `#include "square.h"
int table[16];
volatile int total;

static int __attribute__((noinline)) add(int a, int b)
{
  int sum = a + b;
  return sum;
}

int fib(int n)
{
  if (n < 2)
    return n;
  return fib(n - 1) + fib(n - 2);
}

int main(void)
{
  int s = 0;
  for (int i = 0; i < 16; i++) {
    table[i] = square(i);
    s = add(s, table[i]);
  }
  total = s + fib(6);
  return s;
}

void _start(void)
{
  main();
  for (;;)
    ;
}
`;

export const SQUARE_H = `static inline int __attribute__((always_inline)) square(int x)
{
  return x * x;
}
`;

export const OTHER_C = `int unused(int x) { return x ^ 5; }
int other(int x)
{
#line 500 "generated.y"
  x += 3;
#line 600
  x <<= 2;
  return x;
}
`;
