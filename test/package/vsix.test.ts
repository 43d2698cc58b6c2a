/** The .vsix: it holds what a user of the installed extension needs, all of it and nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { inRepo, root } from '../../scripts/lib/repo.mjs';

const PACKAGING_LIMIT_MS = 180_000;
const SIZE_LIMIT = 8 * 1024 * 1024;

/** Every file that may be there, by the pattern of its path inside the package. */
const EXPECTED = [
  /^package\.json$/,
  /^readme\.md$/i,
  /^changelog\.md$/i,
  /^license(\.txt)?$/i,
  /^dist\/(extension|adapter-server|(worker|cli)(\.main)?)\.js$/,
  /^dist\/capstone\.wasm$/,
  /^dist\/web\/(extension|worker)\.js$/,
  /^dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^media\/[\w-]+\.(svg|png)$/,
  /^media\/boards\/\w+\.ld$/,
  /^syntaxes\/[\w.-]+\.json$/,
  /^samples\/[\w./-]+$/,
  /^docs\/images\/[\w/-]+\.png$/,
];

/**
 * The names in a zip file's central directory (APPNOTE.TXT 4.3.12 and 4.3.16; no zip64, no comment longer than its field).
 */
function zipNames(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  assert.ok(end >= 0, 'not a zip file');
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    names.push(zip.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return names;
}

/** Paths below the extension's folder that a manifest points to. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return /^\.?\/?(dist|media|syntaxes|samples)\//.test(value) ? [value.replace(/^\.?\//, '')] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

describe('the package', () => {
  const file = inRepo('dist/trapline.vsix');
  let names: string[] = [];

  before(function () {
    this.timeout(PACKAGING_LIMIT_MS);
    const made = spawnSync(process.execPath, [inRepo('scripts/package.mjs'), file], { cwd: root, encoding: 'utf8' });
    assert.equal(made.status, 0, `packaging failed:\n${made.stdout}${made.stderr}`);
    names = zipNames(fs.readFileSync(file))
      .filter((name) => name.startsWith('extension/'))
      .map((name) => name.slice('extension/'.length));
  });

  it('holds nothing that a user does not need', () => {
    assert.ok(names.length > 0, 'the package is empty');
    assert.deepEqual(
      names.filter((name) => !EXPECTED.some((pattern) => pattern.test(name))),
      [],
    );
  });

  it('holds every file that its manifest names', () => {
    const { scripts: _, ...manifest } = JSON.parse(fs.readFileSync(inRepo('package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const named = pathsIn(manifest);
    assert.ok(
      named.includes('dist/extension.js') && named.includes('dist/web/extension.js') && named.includes('dist/cli.js'),
    );
    assert.deepEqual(
      named.filter((name) => !names.includes(name)),
      [],
    );
  });

  it('holds the workers, the adapter and the disassembler that the extension loads by name, and what the launchers start', () => {
    const files = ['worker.js', 'worker.main.js', 'cli.main.js', 'web/worker.js', 'adapter-server.js', 'capstone.wasm'];
    for (const name of files) assert.ok(names.includes(`dist/${name}`), name);
  });

  it('holds the pictures that the README shows, and no others', () => {
    const readme = fs.readFileSync(inRepo('README.md'), 'utf8');
    const shown = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, picture]) => picture);
    assert.deepEqual(names.filter((name) => name.startsWith('docs/')).sort(), shown.sort());
  });

  it('holds every sample with its sources', () => {
    const listed = spawnSync('git', ['ls-files', 'samples'], { cwd: root, encoding: 'utf8' });
    const samples = listed.stdout.split('\n').filter(Boolean);
    assert.ok(samples.length > 0, 'git lists no samples');
    assert.deepEqual(
      samples.filter((name) => !names.includes(name)),
      [],
    );
    assert.ok(names.some((name) => name.startsWith('samples/') && name.endsWith('.elf')));
    assert.ok(names.some((name) => name.startsWith('samples/') && name.toLowerCase().endsWith('.s')));
  });

  it(`is smaller than ${SIZE_LIMIT / 1024 / 1024} MiB`, () => {
    assert.ok(fs.statSync(file).size < SIZE_LIMIT);
  });
});
