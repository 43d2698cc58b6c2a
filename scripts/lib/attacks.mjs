// Builds the attacks of samples/attacks: each is one file of assembly, linked with what samples/attacks/common holds.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRepo } from './repo.mjs';

export const attacksFolder = inRepo('samples/attacks');

/** Names of all attacks, sorted. @returns {string[]} */
export function attackNames() {
  return fs
    .readdirSync(attacksFolder)
    .filter((file) => file.endsWith('.s'))
    .map((file) => file.slice(0, -'.s'.length))
    .sort();
}

/**
 * What each board calls for: symbols that the assembler is given, and where a program begins.
 * @type {Record<string, { symbols: string[], base: number }>}
 */
const boards = {
  virt: { symbols: [], base: 0x4001_0000 },
  raspi1: { symbols: ['--defsym', 'RASPI1=1'], base: 0x8000 },
};

/**
 * Builds attacks into a folder as `NAME.elf`.
 * @param {string[]} names
 * @param {string} [outFolder] by default beside the sources
 * @returns {string[]} the files
 */
export function buildAttacks(names = attackNames(), outFolder = attacksFolder) {
  const objects = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-attacks-'));
  try {
    return names.map((name) => {
      const board = /^@ Board: (\w+)$/m.exec(fs.readFileSync(path.join(attacksFolder, `${name}.s`), 'utf8'))?.[1];
      const { symbols, base } = boards[board ?? 'virt'];
      const assembled = [name, 'common/start', 'common/mmu'].map((source) => {
        const object = path.join(objects, `${board}-${source.replace('/', '-')}.o`);
        if (source !== name && fs.existsSync(object)) return object;
        // Debug information names sources relative to the ELF file, wherever the folder lies.
        const args = ['-g', '--debug-prefix-map', `${attacksFolder}=.`, ...symbols, '-o', object, `${source}.s`];
        execFileSync('arm-none-eabi-as', args, { cwd: attacksFolder });
        return object;
      });
      const elf = path.join(outFolder, `${name}.elf`);
      const script = ['-T', path.join(attacksFolder, 'common/attacks.ld'), '--defsym', `BASE=${base}`];
      execFileSync('arm-none-eabi-ld', ['-n', '--no-warn-rwx-segments', ...script, '-o', elf, ...assembled]);
      return elf;
    });
  } finally {
    fs.rmSync(objects, { recursive: true });
  }
}
