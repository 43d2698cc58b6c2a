/** The kernels of the engine benchmark: their list, and how they are built from the sources beside this file. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bigcodeSource } from './bigcode.js';

/** Name, and rounds: hot ones for more than a second on QEMU, so that what it takes to warm up, on either side, is not what is measured. */
export const KERNELS: readonly (readonly [string, number])[] = [
  ['sieve', 4500],
  ['crc', 20_000],
  ['matrix', 8500],
  ['list', 11_500],
  ['copy', 150_000],
  ['fib', 12_500],
  ['vm', 4500],
  ['sha', 800_000],
  ['qsort', 6000],
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

/** Reads and writes all over 8 MiB, where QEMU's TLB thrashes. */
export const RANDOM = 'random';
/** Large code that is executed little. */
export const COLD = 'bigcode';
/** What hot code is judged by: all but these two. */
export const isHot = (kernel: string): boolean => kernel !== RANDOM && kernel !== COLD;

export type State = 'arm' | 'thumb';

const SOURCES = path.resolve('test/bench/kernels');
const OUT = path.resolve('out/bench/kernels');
const COMPILER = 'arm-none-eabi-gcc';
const LANGUAGE =
  '-O2 -std=c11 -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns -nostdlib -Wl,--no-warn-rwx-segments';

export interface Image {
  /** For QEMU. */
  readonly elf: string;
  /** The same as bytes at {@link LOAD_ADDRESS}, its entry. */
  readonly binary: string;
}

export const LOAD_ADDRESS = 0x4001_0000;

/** Objects of kernels that this process has compiled already, by their names. */
const compiled = new Set<string>();

function compiler(...args: readonly string[]): void {
  execFileSync(COMPILER, [...LANGUAGE.split(' '), '-I', SOURCES, ...args]);
}

/** Compiles a kernel; its number of rounds is another file's matter. @returns the object file */
function compile(kernel: string, variant: string, flags: readonly string[]): string {
  const object = path.join(OUT, `${kernel}-${variant}.o`);
  if (compiled.has(object)) return object;
  fs.mkdirSync(OUT, { recursive: true });
  let source = path.join(SOURCES, `${kernel}.c`);
  if (kernel === COLD) {
    source = path.join(OUT, `${COLD}.c`);
    fs.writeFileSync(source, bigcodeSource());
  }
  compiler(...flags, '-c', source, '-o', object);
  compiled.add(object);
  return object;
}

/** Links a kernel with what starts it and runs it so often. @returns the ELF file */
function link(name: string, object: string, rounds: number, flags: readonly string[], folder = ''): string {
  const elf = path.join(OUT, `${name}.elf`);
  const [start, script] = ['start.S', 'link.ld'].map((file) => path.join(SOURCES, folder, file));
  compiler(
    ...flags,
    `-DROUNDS=${rounds}`,
    '-T',
    script,
    start,
    path.join(SOURCES, 'main.c'),
    object,
    '-lgcc',
    '-o',
    elf,
  );
  return elf;
}

/** @returns a file of these sections' bytes, or of all, beside the ELF file */
function copy(elf: string, extension: string, ...sections: string[]): string {
  const file = elf.replace(/elf$/, extension);
  execFileSync('arm-none-eabi-objcopy', ['-O', 'binary', ...sections.flatMap((name) => ['-j', name]), elf, file]);
  return file;
}

/** Builds a kernel with its number of rounds. @throws what the compiler says */
export function build(kernel: string, state: State, rounds: number): Image {
  const extension = EXTENSION_KERNELS.some(([name]) => name === kernel);
  const registers = extension ? ['-mfpu=neon-vfpv4', '-mfloat-abi=softfp'] : ['-mfloat-abi=soft'];
  const flags = ['-mcpu=cortex-a15', ...registers, state === 'arm' ? '-marm' : '-mthumb'];
  const elf = link(`${kernel}-${state}-${rounds}`, compile(kernel, state, flags), rounds, flags);
  return { elf, binary: copy(elf, 'bin') };
}

/** An image for a Cortex-M0: bytes of code and data, at the addresses that it was built for; its entry is its first instruction. */
export interface SmallImage {
  readonly code: string;
  readonly data: string;
}

/** Builds the same for a Cortex-M0. @throws what the compiler says */
export function buildForM0(kernel: string, rounds: number, code: number, data: number): SmallImage {
  const flags = ['-mcpu=cortex-m0', '-mthumb'];
  const addresses = [`-Wl,--defsym=CODE=${code}`, `-Wl,--defsym=DATA=${data}`];
  const name = `${kernel}-m0-${rounds}-${code.toString(16)}`;
  const elf = link(name, compile(kernel, 'm0', flags), rounds, [...flags, ...addresses], 'cortex-m0');
  return { code: copy(elf, 'code', '.text'), data: copy(elf, 'data', '.data') };
}
