/** The evidence page: it says what the kept results say, each command has its section, and tests that explain differences exist. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { keptEvidence, ORDER, parseOptions, renderPage, versionIn, type Evidence } from './evidence.js';

const scripts = (JSON.parse(fs.readFileSync(inRepo('package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;
const names = fs
  .readdirSync(inRepo('test/verify'))
  .filter((file) => file.endsWith('.verify.ts'))
  .map((file) => file.replace('.verify.ts', ''));

const evidence: Evidence = {
  name: 'words',
  title: 'A title',
  date: '2020-02-20T20:20',
  seed: 7,
  seconds: 12,
  commit: 'abc',
  says: ['One thing.'],
  oracles: [{ name: 'judge', version: '1.2' }],
  tables: [{ title: 'Counts', columns: ['what', 'count'], rows: [['a|b', 1234567]] }],
  differences: [
    { what: 'this', why: 'that', section: 'A8.8.1', count: 3, test: 'test/verify/evidence.test.ts: the evidence' },
  ],
  unexplained: ['something else'],
};

describe('the evidence page', () => {
  it('says of a section what its result says, differences included', async () => {
    const page = await renderPage([evidence]);
    for (const text of ['## A title', '1,234,567', 'a\\|b', 'seed 7', '2020-02-20 20:20 UTC', 'judge 1.2', 'A8.8.1'])
      assert.ok(page.includes(text), text);
    assert.match(page, /Unexplained differences: 1\*\*\n\n- `something else`/);
    assert.match(await renderPage([{ ...evidence, unexplained: [] }]), /Unexplained differences: 0\*\*\n$/);
  });

  it('is what the kept results give', async () => {
    assert.equal(fs.readFileSync(inRepo('docs/evidence.md'), 'utf8'), await renderPage(keptEvidence()));
  });

  it('has no unexplained difference, and a test for each explained one', () => {
    for (const { name, unexplained, differences } of keptEvidence()) {
      assert.deepEqual(unexplained, [], name);
      for (const { test, section, what } of differences) {
        const [file, title] = test.split(/: (.*)/s);
        assert.ok(title !== undefined && fs.existsSync(inRepo(file)), `${name}: ${test}`);
        assert.match(section, /^[AB]\d+(\.\d+)*$/, `${name}: ${what}`);
      }
    }
  });

  it('has sections of commands only, and each command has a script and a place', () => {
    for (const { name } of keptEvidence()) assert.ok(names.includes(name), name);
    for (const name of names) {
      assert.equal(scripts[`verify:${name}`], `node scripts/verify.mjs ${name}`);
      assert.ok(ORDER.includes(name), name);
    }
    for (const script of Object.keys(scripts).filter((script) => script.startsWith('verify:')))
      assert.ok(names.includes(script.slice('verify:'.length)), script);
  });
});

describe('the version of an oracle', () => {
  it('is the number that the program gives itself, not that of its package', () => {
    assert.equal(versionIn('qemu-arm version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)'), '7.2.22');
    assert.equal(versionIn('arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205'), '12.2.1');
    assert.equal(versionIn('GNU objdump (2.40-2+18+b1) 2.40'), '2.40');
  });
});

describe('the command line of a verification', () => {
  it('takes seed and share, and nothing else', () => {
    assert.deepEqual(
      parseOptions([], () => 5),
      { seed: 5, share: 1 },
    );
    assert.deepEqual(
      parseOptions(['--share', '0.5', '--seed', '9'], () => 5),
      { seed: 9, share: 0.5 },
    );
    for (const bad of [['--seed'], ['--seed', 'x'], ['9']])
      assert.throws(() => parseOptions(bad, () => 5), /arguments/);
  });
});
