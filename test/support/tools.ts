/** Asks for programs and files that only some machines have. Where one is missing the test is skipped with the reason, and in CI it fails. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { foreignFile } from '../../scripts/lib/debian.mjs';

/** Debian packages by what they bring. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  'qemu-system-arm': 'qemu-system-arm',
  'qemu-arm': 'qemu-user',
  'arm-none-eabi-gcc': 'gcc-arm-none-eabi',
  'arm-none-eabi-as': 'binutils-arm-none-eabi',
  'arm-none-eabi-ld': 'binutils-arm-none-eabi',
  'arm-none-eabi-objcopy': 'binutils-arm-none-eabi',
  'arm-none-eabi-objdump': 'binutils-arm-none-eabi',
  'arm-none-eabi-readelf': 'binutils-arm-none-eabi',
  'gdb-multiarch': 'gdb-multiarch',
  dtc: 'device-tree-compiler',
  xz: 'xz-utils',
  chromium: 'chromium',
  '/usr/lib/u-boot/qemu_arm/u-boot.bin': 'u-boot-qemu',
};

/** Where Debian's U-Boot for the `virt` board is installed. */
export const UBOOT = '/usr/lib/u-boot/qemu_arm/u-boot.bin';

function present(tool: string): boolean {
  return tool.startsWith('/') ? fs.existsSync(tool) : spawnSync('which', [tool], { stdio: 'ignore' }).status === 0;
}

/**
 * Call it first in a test or a `before` hook, with that function's `this`.
 * @param tools names of programs, or absolute paths of files
 * @throws in CI, if one is missing
 */
export function need(context: Mocha.Context, ...tools: string[]): void {
  const missing = tools.filter((tool) => !present(tool));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => PACKAGE_OF[tool] ?? tool))];
  const reason = `needs ${missing.join(', ')} (apt-get install ${packages.join(' ')})`;
  if (process.env.CI) throw new Error(`${reason}, and CI must have it`);
  console.log(`  skipped: ${reason}`);
  context.skip();
}

/** The same for a Debian package of another architecture, which is downloaded where that is possible. */
export function needForeign(context: Mocha.Context, name: Parameters<typeof foreignFile>[0]): void {
  if (foreignFile(name) !== undefined) return;
  const reason = `needs ${name}, which could not be downloaded`;
  if (process.env.CI) throw new Error(`${reason}, and CI must have it`);
  console.log(`  skipped: ${reason}`);
  context.skip();
}
