// The linter's rules. The layer rule is the second of the three locks on layers.json; the compiler is the first, test/architecture the third.
import js from '@eslint/js';
import path from 'node:path';
import tseslint from 'typescript-eslint';
import { judgeImport, readLayers } from './scripts/layers.mjs';
import { inRepo } from './scripts/lib/repo.mjs';

const layers = readLayers();

/** @type {import('eslint').Rule.RuleModule} */
const layerImports = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = path.relative(inRepo('src'), context.filename).split(path.sep).join('/');
    const check = (/** @type {any} */ source) => {
      if (typeof source?.value !== 'string') return;
      const wrong = judgeImport(layers, file, source.value);
      if (wrong) context.report({ node: source, message: wrong });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      /** @param {any} node */
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    };
  },
};

/** Layers inside the machine and around it that must give the same run for the same inputs: no clock and no chance of the host's. */
const deterministic = [...layers].filter(([, { host }]) => host === 'none').map(([name]) => `src/${name}/**/*.ts`);

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'node_modules/', '.vscode-test/', 'test/host/web-fs/', 'media/', 'samples/'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { trapline: { rules: { layers: layerImports } } },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      // decoders and devices read best as `case` lists with blocks only where something is declared
      'no-case-declarations': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'trapline/layers': 'error', 'no-console': 'error' } },
  {
    files: ['src/webview/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'lit/directives/style-map.js',
          message:
            'it writes a style attribute at first, which the policy of our pages forbids; take common/style-map.ts',
        },
      ],
    },
  },
  { files: ['src/cli/**/*.ts', 'src/entry/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: deterministic,
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'the machine knows virtual time only; a wall clock comes in as a launch setting' },
        { name: 'performance', message: 'the machine knows virtual time only' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'same image, same inputs: same run' },
      ],
    },
  },
  // mocha's `this`, its unawaited `describe`, and JSON that a test takes apart
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
      },
    },
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
);
