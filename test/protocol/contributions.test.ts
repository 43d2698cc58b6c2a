import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ACTIVATION_EVENTS, CAPABILITIES, contributions } from '../../src/extension/contributions.js';
import { SAMPLE_FILES } from '../../src/protocol/samples.js';
import { validateConfiguration } from '../../src/protocol/validate.js';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'package.json');

interface Manifest extends Record<string, unknown> {
  contributes: Record<string, unknown>;
}

const readJson = (name: string): unknown => JSON.parse(fs.readFileSync(path.join(root, name), 'utf8'));

describe('package.json', () => {
  const wanted = JSON.parse(
    JSON.stringify({ activationEvents: ACTIVATION_EVENTS, capabilities: CAPABILITIES, contributes: contributions() }),
  ) as Record<string, unknown>;

  it('contributes what the sources say (ACCEPT=1 writes it)', () => {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as Manifest;
    if (process.env.ACCEPT === '1') fs.writeFileSync(file, `${JSON.stringify({ ...manifest, ...wanted }, null, 2)}\n`);
    else {
      const { activationEvents, capabilities, contributes } = manifest;
      assert.deepEqual({ activationEvents, capabilities, contributes }, wanted);
    }
  });

  it('names files that exist', () => {
    const text = JSON.stringify(contributions());
    const paths = [...text.matchAll(/"(?:\.\/)?((?:media|syntaxes)\/[^"]+)"/g)].map(([, name]) => name);
    assert.ok(paths.length >= 4);
    for (const name of paths) assert.ok(fs.existsSync(path.join(root, name)), `${name} does not exist`);
  });

  it('gives every menu entry and key a command', () => {
    const { commands, menus, keybindings } = contributions() as {
      commands: { command: string }[];
      menus: Record<string, { command: string }[]>;
      keybindings: { command: string }[];
    };
    const known = new Set(commands.map(({ command }) => command));
    for (const { command } of [...Object.values(menus).flat(), ...keybindings]) assert.ok(known.has(command), command);
  });
});

describe('samples', () => {
  it('are listed for copying, all of them', () => {
    const found = fs
      .readdirSync(path.join(root, 'samples'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(root, 'samples'), path.join(entry.parentPath, entry.name)))
      .map((name) => name.split(path.sep).join('/'));
    assert.deepEqual([...SAMPLE_FILES].sort(), found.sort());
  });

  it('have launch configurations that pass the check and name files that are there', () => {
    const { configurations, inputs } = readJson('samples/.vscode/launch.json') as {
      configurations: (Record<string, unknown> & { name: string; program?: string })[];
      inputs: { id: string; options: string[] }[];
    };
    assert.deepEqual(
      configurations.map(({ name }) => name),
      [
        'hello',
        'hello (bare)',
        'privilege',
        'privilege (bare)',
        'privilege (coverage)',
        'tiny',
        'tiny (patches in place)',
        'rtos',
        'rtos (bare)',
        'rtos on raspi1',
        'rtos on raspi1 (bare)',
        'an attack…',
        'an attack… (bare)',
        'an attack on raspi1…',
        'U-Boot (Debian)',
        'U-Boot (Debian, bare)',
      ],
    );
    for (const configuration of configurations) {
      validateConfiguration(configuration);
      const { program } = configuration;
      if (!program) continue;
      const input = inputs.find(({ id }) => program.includes(`\${input:${id}}`));
      for (const choice of input?.options ?? ['']) {
        const file = program
          .replace('${workspaceFolder}', path.join(root, 'samples'))
          .replace(/\$\{input:.*\}/, choice);
        assert.ok(fs.existsSync(file), file);
      }
    }
    const attacks = fs.readdirSync(path.join(root, 'samples/attacks')).filter((file) => file.endsWith('.elf'));
    assert.equal(inputs.flatMap(({ options }) => options).length, attacks.length, 'every attack can be picked');
  });
});
