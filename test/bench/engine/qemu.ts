/** Runs a kernel's image in QEMU's system mode. */
import type { Image } from '../kernels.js';
import { execute } from './processes.js';

const MACHINE =
  'qemu-system-arm -M virt,gic-version=2,highmem=off -cpu cortex-a15 -m 64 -nodefaults -display none -serial none -monitor none -semihosting';
/** An instruction takes a nanosecond of virtual time, and so one of the cycles that the guest counts. */
const COUNTED = '-icount shift=0,sleep=off';

export interface QemuResult {
  readonly checksum: string;
  /** Of processor time. */
  readonly seconds: number;
  readonly peakMemory: number;
}

async function run(options: string, { elf }: Image): Promise<QemuResult & { readonly cycles: number }> {
  const command = `TIMEFORMAT='%U %S'; time ${MACHINE} ${options} -kernel ${elf}`;
  const { output, peakMemory } = await execute('bash', ['-c', command]);
  const lines = output.trim().split('\n');
  const [user, system] = lines[lines.length - 1].split(' ').map(Number);
  const [checksum, cycles] = lines[0].trim().split(' ');
  return { checksum, cycles: parseInt(cycles, 16), seconds: user + system, peakMemory };
}

export function runQemu(image: Image): Promise<QemuResult> {
  return run('', image);
}

/** How many instructions the kernel's main has, modulo 2³², as QEMU counts them. */
export async function countByQemu(image: Image): Promise<number> {
  return (await run(COUNTED, image)).cycles;
}
