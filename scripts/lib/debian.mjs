// The Debian packages that judge Trapline in its tests: QEMU, a cross toolchain, real guests, a browser. Nothing that ships needs them.
import { spawnSync } from 'node:child_process';
import { onPath, run } from './repo.mjs';

export const PACKAGES = [
  'qemu-system-arm',
  'qemu-user',
  'gcc-arm-none-eabi',
  'binutils-arm-none-eabi',
  'libnewlib-arm-none-eabi',
  'gdb-multiarch',
  'device-tree-compiler',
  'u-boot-qemu',
  'chromium',
];

/** The packages of the list that are not installed; all of them where there is no dpkg. */
export function missingPackages() {
  const query = spawnSync('dpkg-query', ['-W', '-f=${Package} ${Status}\n', ...PACKAGES], { encoding: 'utf8' });
  const installed = new Set(
    (query.stdout ?? '')
      .split('\n')
      .flatMap((line) => (line.endsWith(' install ok installed') ? [line.split(' ')[0]] : [])),
  );
  return PACKAGES.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing, where that is possible: as root, with apt-get.
 * @returns {Promise<string[]>} the packages still missing
 */
export async function ensurePackages() {
  const missing = missingPackages();
  if (missing.length === 0) return missing;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    console.log(`Not installed, and only root on a Debian system can install them: ${missing.join(' ')}`);
    console.log('The tests that need them are skipped. To have them:');
    console.log(`  sudo apt-get install --no-install-recommends ${missing.join(' ')}`);
    return missing;
  }
  console.log(`Installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return missingPackages();
}
