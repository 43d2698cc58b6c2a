// The Debian packages that judge Trapline in its tests: QEMU, a cross toolchain, real guests, a browser. Nothing that ships needs them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inRepo, onPath, run } from './repo.mjs';

export const PACKAGES = [
  'qemu-system-arm',
  'qemu-user',
  'gcc-arm-none-eabi',
  'binutils-arm-none-eabi',
  'libnewlib-arm-none-eabi',
  'make',
  'gdb-multiarch',
  'device-tree-compiler',
  'u-boot-qemu',
  'chromium',
  'xz-utils',
];

/**
 * Packages of another architecture, which are unpacked and not installed: name, architecture, and the file that is wanted of each, or how its name
 * begins.
 */
const FOREIGN = {
  'busybox-static:armhf': 'bin/busybox',
  'linux-image-rpi:armel': 'boot/vmlinuz-',
};
/** Those that only depend on the newest package of a series, which has the file. */
const NEWEST_OF_SERIES = ['linux-image-rpi:armel'];
/** The suite that they are taken from: what the tests compare follows from their versions. */
const SUITE = 'bookworm';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

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

/** A line of apt's for the system's own mirror, one suite and another architecture. */
function foreignSource(/** @type {string} */ architecture) {
  for (const file of ['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources']) {
    if (!fs.existsSync(file)) continue;
    const text = fs.readFileSync(file, 'utf8');
    const mirror = /^(?:URIs:|deb(?: \[[^\]]*\])?)\s*(https?:\/\/\S*debian\/?)(?:\s|$)/m.exec(text);
    if (mirror !== null) return `deb [arch=${architecture} signed-by=${KEYRING}] ${mirror[1]} ${SUITE} main\n`;
  }
  return undefined;
}

/** The file of that name, or whose name begins so. @returns {string | undefined} */
function fileAt(/** @type {string} */ start) {
  const folder = path.dirname(start);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  const name = names.find((entry) => entry.startsWith(path.basename(start)));
  return name && path.join(folder, name);
}

/**
 * A file of a Debian package of another architecture: downloaded once by an apt that keeps its state below out/, so that the system's own
 * list of packages is left alone, and unpacked there.
 * @param {keyof typeof FOREIGN} name
 * @returns {string | undefined} the file, or undefined where it cannot be had
 */
export function foreignFile(name) {
  const [packageName, architecture] = name.split(':');
  const folder = inRepo('out', architecture);
  const wanted = path.join(folder, 'root', FOREIGN[name]);
  const present = fileAt(wanted);
  if (present !== undefined) return present;
  const source = foreignSource(architecture);
  if (source === undefined || !onPath('apt-get')) return undefined;
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'root'])
    fs.mkdirSync(path.join(folder, part), { recursive: true });
  fs.writeFileSync(path.join(folder, 'sources.list'), source);
  const options = [
    `Dir::State=${folder}/state`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${folder}/cache`,
    `Dir::Etc::sourcelist=${folder}/sources.list`,
    'Dir::Etc::sourceparts=-',
    `APT::Architecture=${architecture}`,
    `APT::Architectures::=${architecture}`,
    'APT::Sandbox::User=root',
    'Acquire::Retries=3',
  ].flatMap((option) => ['-o', option]);
  const tool = (/** @type {string} */ program, /** @type {string[]} */ args) =>
    spawnSync(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], timeout: 240_000 }).status === 0;
  if (!tool('apt-get', [...options, '-qq', 'update'])) return undefined;
  let holder = packageName;
  if (NEWEST_OF_SERIES.includes(name)) {
    const { stdout } = spawnSync('apt-cache', [...options, 'depends', name], { encoding: 'utf8' });
    holder = /Depends: (\S+)/.exec(stdout)?.[1] ?? holder;
  }
  if (!tool('apt-get', [...options, '-qq', 'download', `${holder}:${architecture}`])) return undefined;
  const archive = fs.readdirSync(folder).find((entry) => entry.startsWith(`${holder}_`) && entry.endsWith('.deb'));
  if (archive === undefined || !tool('dpkg-deb', ['-x', archive, 'root'])) return undefined;
  return fileAt(wanted);
}

/** Those of other architectures that cannot be had. */
const missingForeign = () =>
  /** @type {(keyof typeof FOREIGN)[]} */ (Object.keys(FOREIGN)).filter((name) => foreignFile(name) === undefined);

/**
 * Installs what is missing, where that is possible: as root, with apt-get. Fetches what is of another architecture.
 * @returns {Promise<string[]>} the packages still missing
 */
export async function ensurePackages() {
  return [...(await ensureInstalled()), ...missingForeign()];
}

async function ensureInstalled() {
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
