/** The kernels of the engine benchmark: their list, and how they are built from the sources beside this file. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bigcodeSource } from './bigcode.js';

/** Name, and rounds for about half a second on QEMU. */
export const KERNELS: readonly (readonly [string, number])[] = [
  ['sieve', 1500],
  ['crc', 8000],
  ['matrix', 2500],
  ['list', 5000],
  ['copy', 40_000],
  ['fib', 5000],
  ['vm', 3500],
  ['sha', 150_000],
  ['qsort', 3000],
  ['random', 400],
  ['bigcode', 900],
];

/** Kernels on extension registers, with about as many instructions: measured against the mean of the others. */
export const EXTENSION_KERNELS: readonly (readonly [string, number])[] = [
  ['blend', 120_000],
  ['fir', 60_000],
  ['dot', 40_000],
  ['mandel', 8000],
  ['nbody', 40_000],
  ['points', 12_000],
];

/** Reads and writes all over memory, where QEMU's TLB thrashes: measured, but part of no mean. */
export const OUT_OF_MEAN = 'random';

export type State = 'arm' | 'thumb';

const SOURCES = path.resolve('test/bench/kernels');
const OUT = path.resolve('out/bench/kernels');

export interface Image {
  /** For QEMU. */
  readonly elf: string;
  /** The same as bytes at {@link LOAD_ADDRESS}, its entry. */
  readonly binary: string;
}

export const LOAD_ADDRESS = 0x4001_0000;

/** Builds a kernel with its number of rounds, unless it is built already. @throws what the compiler says. */
export function build(kernel: string, state: State, rounds: number): Image {
  fs.mkdirSync(OUT, { recursive: true });
  let source = path.join(SOURCES, `${kernel}.c`);
  if (kernel === 'bigcode') {
    source = path.join(OUT, 'bigcode.c');
    fs.writeFileSync(source, bigcodeSource());
  }
  const name = path.join(OUT, `${kernel}-${state}-${rounds}`);
  const image: Image = { elf: `${name}.elf`, binary: `${name}.bin` };
  const inSources = ['start.S', 'main.c'].map((file) => path.join(SOURCES, file));
  const script = path.join(SOURCES, 'link.ld');
  const extension = EXTENSION_KERNELS.some(([name]) => name === kernel);
  const registers = extension ? '-mfpu=neon-vfpv4 -mfloat-abi=softfp' : '-mfloat-abi=soft';
  const flags = `-O2 -std=c11 -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns -nostdlib -mcpu=cortex-a15 ${registers} -Wl,--no-warn-rwx-segments`;
  execFileSync('arm-none-eabi-gcc', [
    ...flags.split(' '),
    state === 'arm' ? '-marm' : '-mthumb',
    `-DROUNDS=${rounds}`,
    ...['-I', SOURCES, '-T', script, ...inSources, source, '-lgcc', '-o', image.elf],
  ]);
  execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', image.elf, image.binary]);
  return image;
}
