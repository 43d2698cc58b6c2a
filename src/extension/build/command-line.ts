/** The command that assembles and links one file, for GNU and LLVM tools. Text only: knows no files and starts nothing. */
import type { LaunchConfiguration } from '../../protocol/configuration.js';

export type Board = LaunchConfiguration['board'];
export type Cpu = NonNullable<LaunchConfiguration['cpu']>;
/** A compiler driver, which runs preprocessor, assembler and linker. */
export type ToolKind = 'gcc' | 'clang';

export interface CommandLine {
  /** The source file and the result, as the tool is to read them. */
  readonly source: string;
  readonly output: string;
  /** The linker script; absent where the arguments name one. */
  readonly script?: string;
  readonly board: Board;
  readonly cpu?: Cpu;
  /** What the user adds, behind everything else. */
  readonly extra: readonly string[];
}

/** What is looked for on the PATH, in this order. */
export const CANDIDATES: readonly string[] = [
  'arm-none-eabi-gcc',
  'clang',
  'arm-linux-gnueabihf-gcc',
  'arm-linux-gnueabi-gcc',
];
/** The linker that clang needs for a target that is not the host. */
export const CLANG_LINKER = 'ld.lld';

const BOARD_CPUS: Readonly<Record<Board, Cpu>> = { virt: 'cortex-a15', raspi1: 'arm1176' };
const TARGETS: Readonly<Record<Cpu, readonly [cpu: string, fpu: string]>> = {
  'cortex-a15': ['cortex-a15', 'neon-vfpv4'],
  'cortex-a7': ['cortex-a7', 'neon-vfpv4'],
  'cortex-a8': ['cortex-a8', 'neon'],
  arm1176: ['arm1176jzf-s', 'vfp'],
};
/** `-T x.ld`, `-Tx.ld`, `--script=x.ld`, `-Wl,-T,x.ld`. */
const NAMES_SCRIPT = /^(?:-T|--script\b|-Wl,(?:.*,)?(?:-T|--script\b))/;

/** The kind of a tool by its name. */
export function toolKind(command: string): ToolKind {
  return /clang[^\\/]*$/i.test(command) ? 'clang' : 'gcc';
}

/** Whether arguments name a linker script. */
export function namesScript(extra: readonly string[]): boolean {
  // -Ttext and its like are addresses
  return extra.some((argument) => NAMES_SCRIPT.test(argument) && !/^-T(?:text|data|bss)\b/.test(argument));
}

/** The arguments of the tool. Debug information is DWARF, so that the debugger steps by lines. */
export function buildArguments(kind: ToolKind, line: CommandLine): string[] {
  const { source, output, script, board, cpu, extra } = line;
  const [target, fpu] = TARGETS[cpu ?? BOARD_CPUS[board]];
  return [
    ...(kind === 'clang' ? ['--target=arm-none-eabi', '-fuse-ld=lld'] : []),
    `-mcpu=${target}`,
    `-mfpu=${fpu}`,
    '-mfloat-abi=softfp',
    '-g',
    '-nostdlib',
    '-static',
    '-Wl,--build-id=none',
    '-Wl,-z,max-page-size=4096',
    ...(script === undefined ? [] : ['-T', script]),
    '-o',
    output,
    source,
    ...extra,
  ];
}

/** A command as somebody would type it. */
export function commandText(command: string, args: readonly string[]): string {
  return [command, ...args].map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
