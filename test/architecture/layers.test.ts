/**
 * The third lock on the layers: every import of src/, in whatever form TypeScript knows, against layers.json; and the compiler projects against what
 * the table makes of them. Reads the sources itself, so that no rule of the linter can be switched off here by a comment.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { generatedFiles, judgeImport, readLayers } from '../../scripts/layers.mjs';
import { inRepo } from '../../scripts/lib/repo.mjs';

const ENTRY_LINES = 80;
const src = inRepo('src');

function sources(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return sources(at);
    return entry.name.endsWith('.ts') ? [at] : [];
  });
}

/** Every module that a source names: imports, re-exports, type imports, `import()`, `import('…')` types, `require()`. */
function specifiersOf(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isExternalModuleReference(node)
            ? node.expression
            : ts.isCallExpression(node) && isLoad(node.expression)
              ? (node.arguments[0] ?? node)
              : undefined;
    if (named) found.push(ts.isStringLiteralLike(named) ? named.text : `(computed) ${named.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}

const isLoad = (callee: ts.Expression): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');

const layers = readLayers();
const files = sources(src)
  .map((file) => ({ file: path.relative(src, file).split(path.sep).join('/'), text: fs.readFileSync(file, 'utf8') }))
  .filter(({ file }) => !file.endsWith('.d.ts') || file.includes('/'));

describe('layers', () => {
  it('hold for every import of src/', () => {
    const wrong = files.flatMap(({ file, text }) =>
      specifiersOf(file, text).flatMap((specifier) => {
        const reason = judgeImport(layers, file, specifier);
        return reason ? [`src/${file}: '${specifier}': ${reason}`] : [];
      }),
    );
    assert.ok(files.length > 0, 'src/ holds no sources');
    assert.deepEqual(wrong, []);
  });

  it('are every folder of src/, and nothing else is there', () => {
    const folders = fs.readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map((entry) => entry.name).sort(), [...layers.keys()].sort());
  });

  it('have no cycle', () => {
    const settled = new Set<string>();
    const visit = (name: string, path: string[]): void => {
      assert.ok(!path.includes(name), `cycle: ${[...path, name].join(' -> ')}`);
      if (settled.has(name)) return;
      for (const other of layers.get(name)?.imports ?? []) visit(other, [...path, name]);
      settled.add(name);
    };
    for (const name of layers.keys()) visit(name, []);
    assert.equal(settled.size, layers.size);
  });

  it('below the session see no host', () => {
    for (const name of [
      'util',
      'isa',
      'arm',
      'mem',
      'ops',
      'cpu',
      'jit',
      'devices',
      'machine',
      'vmm',
      'debug',
      'protocol',
    ]) {
      assert.equal(layers.get(name)?.host, 'none', name);
    }
  });

  it('have the compiler projects that layers.json makes', () => {
    for (const [file, text] of generatedFiles()) {
      assert.equal(fs.readFileSync(inRepo(file), 'utf8'), text, `${file} is stale; run: npm run layers`);
    }
  });

  it(`keep each composition root under ${ENTRY_LINES} lines`, () => {
    const long = files
      .filter(({ file }) => file.startsWith('entry/'))
      .map(({ file, text }) => ({ file, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines >= ENTRY_LINES);
    assert.deepEqual(long, []);
  });
});

describe('the layer rule', () => {
  const refused: [file: string, specifier: string, reason: RegExp][] = [
    ['isa/row.ts', '../arm/modes.js', /isa may not import arm/],
    ['mem/walker.ts', '../isa/row.js', /mem may not import isa/],
    ['cpu/core.ts', '../jit/tier0.js', /cpu may not import jit/],
    ['vmm/scanner.ts', '../cpu/core.js', /vmm may not import cpu/],
    ['vmm/deep/scanner.ts', '../../cpu/core.js', /vmm may not import cpu/],
    ['util/bits.ts', '../isa/row.js', /lists nothing/],
    ['isa/row.ts', 'node:fs', /may not use Node/],
    ['cli/main.ts', 'fs', /write node:fs/],
    ['isa/row.ts', 'vscode', /no package vscode/],
    ['extension/commands.ts', 'node:fs', /may not use Node/],
    ['dap/session.ts', 'lit', /no package lit/],
    ['isa/row.ts', '../../test/support/tools.js', /outside src/],
    ['isa/row.ts', './table.ts', /\.js file/],
    ['stray/file.ts', '../util/bits.js', /not a layer/],
  ];
  for (const [file, specifier, reason] of refused) {
    it(`refuses '${specifier}' in src/${file}`, () => {
      assert.match(judgeImport(layers, file, specifier) ?? 'allowed', reason);
    });
  }

  const allowed: [file: string, specifier: string][] = [
    ['isa/row.ts', '../util/bits.js'],
    ['isa/a32/row.ts', '../t32/row.js'],
    ['machine/virt.ts', '../cpu/core.js'],
    ['extension/commands.ts', 'vscode'],
    ['cli/main.ts', 'node:fs'],
    ['debug/listing.ts', 'capstone-wasm'],
    ['webview/traps/main.ts', 'lit/decorators.js'],
    ['entry/cli.ts', '../cli/main.js'],
  ];
  for (const [file, specifier] of allowed) {
    it(`allows '${specifier}' in src/${file}`, () => {
      assert.equal(judgeImport(layers, file, specifier), undefined);
    });
  }

  it('is asked about imports in every form', () => {
    const text = `
      import a from 'plain';
      import type { B } from 'type-only';
      import 'side-effect';
      export * from 'star';
      export type { C } from 'type-export';
      import old = require('equals');
      type D = import('import-type').D;
      const e = import('dynamic');
      const f = require('required');
      const g = import(name);`;
    assert.deepEqual(specifiersOf('x.ts', text), [
      ...['plain', 'type-only', 'side-effect', 'star', 'type-export', 'equals', 'import-type', 'dynamic', 'required'],
      '(computed) name',
    ]);
  });
});
