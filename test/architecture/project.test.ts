/** What the project's own files say about each other: versions, locks, documents. Nothing here is about ARM or VS Code. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { inRepo } from '../../scripts/lib/repo.mjs';

interface Manifest {
  version: string;
  engines: Record<string, string>;
  scripts: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
}

const read = (file: string): string => fs.readFileSync(inRepo(file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const LOCKS = [
  'package-lock.json',
  ...['latest', 'oldest'].map((which) => `scripts/vscode/servers/${which}/package-lock.json`),
];
const DOCUMENTS = ['README.md', 'CHANGELOG.md', 'docs/architecture.md', 'test/oracles/README.md'];

describe('the project', () => {
  it('pins every package exactly, and ships none beside its bundles', () => {
    assert.equal(manifest.dependencies, undefined);
    const loose = Object.entries(manifest.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(loose, []);
  });

  for (const lock of LOCKS) {
    it(`names no registry in ${lock}`, () => {
      const { packages } = JSON.parse(read(lock)) as {
        packages: Record<string, { resolved?: string; integrity?: string }>;
      };
      const entries = Object.entries(packages).filter(([at]) => at !== '');
      assert.ok(entries.length > 0);
      assert.deepEqual(
        entries.filter(([, { resolved, integrity }]) => resolved !== undefined || !integrity).map(([at]) => at),
        [],
      );
    });
  }

  it('promises the VS Code that it compiles against and is tested on', () => {
    const promised = /^\^1\.(\d+)\.0$/.exec(manifest.engines.vscode)?.[1];
    assert.ok(promised, `engines.vscode is ${manifest.engines.vscode}`);
    assert.match(manifest.devDependencies['@types/vscode'], new RegExp(`^1\\.${promised}\\.`));
    const oldest = JSON.parse(read('scripts/vscode/servers/oldest/package.json')) as {
      dependencies: Record<string, string>;
    };
    assert.match(oldest.dependencies['code-server'], new RegExp(`^4\\.${promised}\\.`));
  });

  it('has a changelog entry for its version', () => {
    assert.ok(read('CHANGELOG.md').includes(`\n## ${manifest.version}\n`), `no "## ${manifest.version}"`);
  });

  for (const document of DOCUMENTS) {
    it(`keeps its word in ${document}: scripts and files that it names exist`, () => {
      const text = read(document);
      const scripts = [...text.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name);
      assert.deepEqual(
        scripts.filter((name) => !(name in manifest.scripts)),
        [],
      );
      const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map(([, link]) => link)
        .filter((link) => !/^\w+:/.test(link));
      const folder = path.dirname(document);
      assert.deepEqual(
        links.filter((link) => !fs.existsSync(inRepo(folder, link))),
        [],
      );
    });
  }
});
