/** `npm run verify:programs`: whole Linux programs for ARM, against `qemu-arm`. */
import type { Engine } from '../../src/arm/engine.js';
import type { CpuModel } from '../../src/cpu/models.js';
import {
  ARMV7,
  busybox,
  busyboxRuns,
  compareProgram,
  COMPILATIONS,
  numbersRun,
  type ProgramRun,
} from '../support/programs.js';
import { oracleVersion, verification, type Findings, type VerifyOptions } from './evidence.js';

interface Kind {
  readonly name: string;
  readonly runs: readonly ProgramRun[];
  readonly models: readonly CpuModel[];
  readonly engines: readonly Engine['name'][];
}

function verify({ share }: VerifyOptions): Findings {
  const unexplained: string[] = [];
  const busyboxKind: Kind = {
    name: 'busybox-static of Debian armhf',
    runs: busyboxRuns(busybox(), Math.ceil(40 * share)),
    models: ARMV7,
    engines: ['interpreter'],
  };
  const kinds = COMPILATIONS.map((compilation): Kind => {
    const { options, models } = compilation;
    return {
      name: `numbers.c, ${options.join(' ')}`,
      runs: [numbersRun(compilation)],
      models,
      engines: ['interpreter', 'reference'],
    };
  });
  const rows: (string | number)[][] = [];
  for (const { name, runs, models, engines } of [busyboxKind, ...kinds])
    for (const model of models) {
      let [instructions, bytes] = [0, 0];
      for (const run of runs)
        for (const engine of engines) {
          const compared = compareProgram(run, engine, model);
          instructions += compared.instructions;
          bytes += compared.bytes;
          if (compared.difference !== undefined) unexplained.push(`${engine}: ${compared.difference}`);
        }
      rows.push([name, model.name, runs.length, instructions, bytes]);
    }
  return {
    title: 'Whole programs',
    says: [
      'Statically linked Linux programs for ARM run in user mode, their system calls served by the test itself, and as they are under `qemu-arm`: exit status and every byte of output are the same. ' +
        'Debian’s busybox (Thumb-2, glibc) digests, sorts, packs, unpacks and calculates on inputs that are always the same; a program of ours computes with scalar and vectorised loops, NEON intrinsics and libm, prints bit patterns, and checks itself. ' +
        'It is compiled for each model (for the ARM1176 without Advanced SIMD, and for Thumb without floating point), and runs on the reference, too. Both sides have the same processor.',
    ],
    oracles: [oracleVersion('qemu-arm', 'qemu-arm'), oracleVersion('arm-none-eabi-gcc', 'arm-none-eabi-gcc')],
    tables: [{ title: 'Programs', columns: ['program', 'model', 'runs', 'instructions', 'bytes of output'], rows }],
    differences: [],
    unexplained,
  };
}

await verification('programs', verify);
