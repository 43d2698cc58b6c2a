/** Whole Linux programs for ARM and what is done with them: Debian's busybox with deterministic inputs, and a self-checking program of ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { foreignFile } from '../../scripts/lib/debian.mjs';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { seededRandom } from '../../src/isa/random.js';
import type { Engine } from '../../src/arm/engine.js';
import { arm1176, cortexA15, cortexA7, cortexA8, type CpuModel } from '../../src/cpu/models.js';
import { runLinux } from './linux-user.js';

export const BUSYBOX = 'busybox-static:armhf';

/** One run of a program. */
export interface ProgramRun {
  readonly name: string;
  /** File of the program. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly stdin?: Uint8Array;
}

/** Debian's busybox-static for armhf, downloaded once. @throws where it cannot be had: ask {@link needForeign} before */
export function busybox(): string {
  const file = foreignFile(BUSYBOX);
  if (file === undefined) throw new Error(`${BUSYBOX} could not be downloaded`);
  return file;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Lines of words and numbers, always the same. */
function lines(count: number, seed = 1): Uint8Array {
  const random = seededRandom(seed);
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];
  const line = (): string =>
    `${words[random() % 8]} ${random() % 10_000} ${(random() / 65_536).toFixed(3)} ${words[random() % 8]}`;
  return text(Array.from({ length: count }, line).join('\n') + '\n');
}

const AWK_FLOAT = `BEGIN { for (i = 1; i <= 60; i++) { x = i / 7; s += x * x - 1 / x; p = (p + x) * 0.75
  printf "%d %.15g %.10e %.6f %g %d\\n", i, x, s, p, x * x * x, s * 1000 } print 1e308 * 10, -1e308 * 10, 4e-324 * 1.5, 0.1 + 0.2 }`;
const AWK_TABLE = '{ n[$1]++; t[$1] += $2 * $3 } END { for (w in n) printf "%s %d %.9g\\n", w, n[w], t[w] / n[w] }';

/** What busybox is asked. \`size\` scales the inputs. */
export function busyboxRuns(program: string, size: number): ProgramRun[] {
  const run = (applet: string, args: readonly string[], stdin?: Uint8Array): ProgramRun => {
    return {
      name: `busybox ${[applet, ...args].join(' ').slice(0, 40)}`,
      program,
      argv: ['busybox', applet, ...args],
      stdin,
    };
  };
  const data = lines(40 * size);
  const packed = (tool: string): Uint8Array => new Uint8Array(execFileSync(tool, ['-c'], { input: data }));
  return [
    ...['md5sum', 'sha1sum', 'sha256sum', 'sha512sum', 'sha3sum', 'wc', 'tac', 'rev', 'nl', 'expand'].map((applet) =>
      run(applet, [], data),
    ),
    run('sort', [], data),
    run('sort', ['-k2', '-n'], data),
    run('sort', ['-r', '-u', '-k1,1'], data),
    run('uniq', ['-c'], data),
    run('cut', ['-d', ' ', '-f', '2,4'], data),
    run('tr', ['a-m', 'N-Z'], data),
    run('sed', ['-e', 's/\\([a-z]*\\) \\([0-9]*\\)/\\2-\\1/g', '-e', '/theta/d'], data),
    run('grep', ['-c', '-E', '^(al|be).*(ta|pha)$'], data),
    run('head', ['-n', '7'], data),
    run('tail', ['-n', '7'], data),
    run('fold', ['-w', '23'], data),
    run('od', ['-A', 'x', '-t', 'x2'], data),
    run('od', ['-t', 'fD'], data),
    run('od', ['-t', 'fF'], data),
    run('hexdump', ['-C'], data),
    run('xxd', [], data),
    run('base64', [], data),
    run('uuencode', ['name'], data),
    run('gzip', ['-c'], data),
    run('gunzip', ['-c'], packed('gzip')),
    run('bzip2', ['-c'], data),
    run('bunzip2', ['-c'], packed('bzip2')),
    run('awk', [AWK_FLOAT]),
    run('awk', [AWK_TABLE], data),
    run(
      'awk',
      ['{ s += $3; q += $3 * $3 } END { printf "%.12g %.12g %.3f\\n", s / NR, q / NR - (s / NR) * (s / NR), s }'],
      data,
    ),
    run('dc', [], text('20 k 2 v p 7 3 / p 2 100 ^ p 1 3 / 3 * p 10 i FF p\n')),
    run('bc', ['-l'], text('scale=20; 4*a(1); e(1); sqrt(2); 2^200; s(0.5)\n')),
    run('factor', ['600851475143', '4294967297']),
    run('seq', ['0', '0.1', '2']),
    run('expr', ['12345', '*', '6789']),
    run('printf', ['%e %f %g %.3f %x\\n', '3.14159', '-2.5e10', '1e-5', '2.0005', '255']),
    run('cal', ['7', '2023']),
    run('strings', [], data),
    run('echo', ['done']),
  ];
}

const NUMBERS = inRepo('test/support/programs/numbers.c');

/** A way to compile the numbers program, and the processors that it is for. */
export interface Compilation {
  /** Instruction set, extensions, optimisation. */
  readonly options: readonly string[];
  readonly models: readonly CpuModel[];
}

/** What Debian's armhf runs on. */
export const ARMV7: readonly CpuModel[] = [cortexA15, cortexA7, cortexA8];

const HARD = '-mfloat-abi=hard';
export const COMPILATIONS: readonly Compilation[] = [
  {
    options: ['-marm', '-mcpu=cortex-a15', '-mfpu=neon-vfpv4', HARD, '-O2', '-ftree-vectorize'],
    models: [cortexA15, cortexA7],
  },
  {
    options: ['-mthumb', '-mcpu=cortex-a15', '-mfpu=neon-vfpv4', HARD, '-O2', '-ftree-vectorize'],
    models: [cortexA15, cortexA7],
  },
  { options: ['-mthumb', '-mcpu=cortex-a8', '-mfpu=neon', HARD, '-O3', '-ffast-math'], models: ARMV7 },
  { options: ['-marm', '-mcpu=cortex-a8', '-mfpu=neon', HARD, '-O2'], models: ARMV7 },
  { options: ['-marm', '-mcpu=arm1176jzf-s', '-mfpu=vfpv2', HARD, '-O2'], models: [arm1176] },
  // Thumb has no floating point there
  { options: ['-mthumb', '-mcpu=arm1176jzf-s', '-mfloat-abi=soft', '-O2'], models: [arm1176] },
];

/** Compiles our own program; kept by what it was made from. */
export function numbersRun({ options }: Compilation): ProgramRun {
  const source = fs.readFileSync(NUMBERS);
  const key = createHash('sha256').update(source).update(options.join(' ')).digest('hex').slice(0, 32);
  const folder = inRepo('out/programs');
  const program = path.join(folder, key);
  if (!fs.existsSync(program)) {
    fs.mkdirSync(folder, { recursive: true });
    const made = `${program}.${process.pid}`;
    const link = ['-static', '-nostartfiles', '-fno-math-errno', NUMBERS, '-o', made, '-lm', '-lc', '-lgcc'];
    execFileSync('arm-none-eabi-gcc', [...options, ...link, '-Wl,-z,noexecstack'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    fs.renameSync(made, program);
  }
  return { name: `numbers ${options.join(' ')}`, program, argv: ['numbers'] };
}

/** What a run gave. */
export interface ProgramOutput {
  readonly status: number | string;
  readonly stdout: Uint8Array;
}

export function underQemu({ program, argv, stdin }: ProgramRun, cpu: string): ProgramOutput {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-program-'));
  try {
    const { status, signal, stdout } = spawnSync('qemu-arm', ['-cpu', cpu, '-0', argv[0], program, ...argv.slice(1)], {
      input: stdin ?? new Uint8Array(0),
      cwd: folder,
      env: {},
      timeout: 120_000,
      maxBuffer: 1 << 28,
    });
    return { status: status ?? String(signal), stdout: new Uint8Array(stdout) };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

export interface ProgramComparison {
  readonly instructions: number;
  readonly bytes: number;
  /** What differs, or undefined. */
  readonly difference: string | undefined;
}

/** Runs a program on both sides and compares exit status and output. */
export function compareProgram(
  run: ProgramRun,
  engine: Engine['name'],
  model: CpuModel = cortexA15,
): ProgramComparison {
  const image = new Uint8Array(fs.readFileSync(run.program));
  const ours = runLinux({ image, argv: run.argv, stdin: run.stdin }, { engine, model });
  const theirs = underQemu(run, model.name);
  const same = ours.status === theirs.status && Buffer.compare(ours.stdout, theirs.stdout) === 0;
  const show = ({ status, stdout }: ProgramOutput): string =>
    `status ${status}, ${stdout.length} bytes: ${new TextDecoder().decode(stdout.slice(-200))}`;
  const difference = same
    ? undefined
    : `${run.name} on ${model.name}: ours ${show(ours)} ${ours.stderr} (unserved calls ${ours.missing.join()}); qemu-arm ${show(theirs)}`;
  return { instructions: ours.instructions, bytes: ours.stdout.length, difference };
}
