// Builds the samples' ELF files from their sources with Debian's binutils. The results are committed, so that users need no toolchain;
// run this after a change to a sample (`npm run samples`). A test checks that the committed files are what this makes.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAttacks } from './lib/attacks.mjs';
import { buildRtos } from './lib/rtos.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} name @param {string} outFolder where `name`.elf goes, by default beside the source */
export function buildSample(name, outFolder = path.join(root, 'samples', name)) {
  const cwd = path.join(root, 'samples', name);
  const object = path.join(outFolder, `${name}.o`);
  const elf = path.join(outFolder, `${name}.elf`);
  // Debug information names the source relative to the ELF file, wherever the folder lies.
  execFileSync('arm-none-eabi-as', ['-g', '--debug-prefix-map', `${cwd}=.`, '-o', object, `${name}.s`], { cwd });
  execFileSync(
    'arm-none-eabi-ld',
    ['-z', 'max-page-size=4096', '--no-warn-rwx-segments', '-T', `${name}.ld`, '-o', elf, object],
    { cwd },
  );
  execFileSync('rm', [object]);
  return elf;
}

export const samples = ['hello', 'privilege', 'tiny'];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of samples) console.log(buildSample(name));
  for (const elf of buildRtos()) console.log(elf);
  for (const elf of buildAttacks()) console.log(elf);
}
