// Builds samples/rtos, the sample that has a Makefile of its own, for both boards.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRepo } from './repo.mjs';

export const rtosFiles = ['rtos-virt.elf', 'rtos-raspi1.elf'];

/**
 * @param {string} outFolder where the ELF files go, by default beside the Makefile
 * @returns {string[]} their paths
 */
export function buildRtos(outFolder = inRepo('samples/rtos')) {
  // Object files stay out of the sample's folder.
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-rtos-'));
  try {
    execFileSync('make', ['-s', `OUT=${scratch}`], {
      cwd: inRepo('samples/rtos'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return rtosFiles.map((name) => {
      const file = path.join(outFolder, name);
      fs.copyFileSync(path.join(scratch, name), file);
      return file;
    });
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}
