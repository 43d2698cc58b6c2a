/** `npm run verify:programs`: whole Linux programs for ARM, against `qemu-arm`. */
import {
  busybox,
  busyboxRuns,
  compareProgram,
  COMPILATIONS,
  numbersRun,
  type ProgramRun,
} from '../support/programs.js';
import { oracleVersion, verification, type Findings, type VerifyOptions } from './evidence.js';

function verify({ share }: VerifyOptions): Findings {
  const program = busybox();
  const unexplained: string[] = [];
  if (program === undefined) unexplained.push('busybox-static:armhf could not be downloaded');
  const kinds: readonly (readonly [name: string, runs: readonly ProgramRun[]])[] = [
    ['busybox-static of Debian armhf', program === undefined ? [] : busyboxRuns(program, Math.ceil(40 * share))],
    ...COMPILATIONS.map((options) => [`numbers.c, ${options.join(' ')}`, [numbersRun(options)]] as const),
  ];
  const rows = kinds.map(([name, runs]) => {
    let [instructions, bytes] = [0, 0];
    for (const run of runs)
      for (const engine of run.name.startsWith('numbers')
        ? (['interpreter', 'reference'] as const)
        : (['interpreter'] as const)) {
        const compared = compareProgram(run, engine);
        instructions += compared.instructions;
        bytes += compared.bytes;
        if (compared.difference !== undefined) unexplained.push(`${engine}: ${compared.difference}`);
      }
    return [name, runs.length, instructions, bytes];
  });
  return {
    title: 'Whole programs',
    says: [
      'Statically linked Linux programs for ARM run in user mode, their system calls served by the test itself, and as they are under `qemu-arm`: exit status and every byte of output are the same. ' +
        'Debian’s busybox (Thumb-2, glibc) digests, sorts, packs, unpacks and calculates on inputs that are always the same; a program of ours computes with scalar and vectorised loops, NEON intrinsics and libm, prints bit patterns, and checks itself. ' +
        'It runs on the reference, too.',
    ],
    oracles: [oracleVersion('qemu-arm', 'qemu-arm'), oracleVersion('arm-none-eabi-gcc', 'arm-none-eabi-gcc')],
    tables: [{ title: 'Programs', columns: ['program', 'runs', 'instructions', 'bytes of output'], rows }],
    differences: [],
    unexplained,
  };
}

await verification('programs', verify);
