/** Text as VS Code's own tokenizer sees it by our grammars. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// CommonJS of a shape in which Node sees no names to import
const load = createRequire(import.meta.url);
const { loadWASM, OnigScanner, OnigString } = load('vscode-oniguruma') as typeof import('vscode-oniguruma');
const { INITIAL, parseRawGrammar, Registry } = load('vscode-textmate') as typeof import('vscode-textmate');

const syntaxes = path.resolve(import.meta.dirname, '../../syntaxes');
const FILES: Readonly<Record<string, string>> = {
  'source.arm-asm': 'arm-asm.tmLanguage.json',
  'source.trapline-listing': 'trapline-listing.tmLanguage.json',
};

export interface Token {
  readonly text: string;
  /** The innermost scope, without the name of the language; empty for plain text. */
  readonly scope: string;
}

/** It may be loaded once. */
let loaded: Promise<void> | undefined;

/** Loads a grammar by its scope's name; what it gives tokenizes whole texts, and gives the tokens of each line but for blanks. */
export async function tokenizer(scopeName: string): Promise<(text: string) => Token[][]> {
  const wasm = load.resolve('vscode-oniguruma/release/onig.wasm');
  loaded ??= loadWASM(fs.readFileSync(wasm));
  await loaded;
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new OnigScanner(patterns),
      createOnigString: (text) => new OnigString(text),
    }),
    loadGrammar: (name) => {
      const file = FILES[name];
      return Promise.resolve(
        file === undefined ? null : parseRawGrammar(fs.readFileSync(path.join(syntaxes, file), 'utf8'), file),
      );
    },
  });
  const grammar = await registry.loadGrammar(scopeName);
  if (!grammar) throw new Error(`there is no grammar ${scopeName}`);
  return (text) => {
    let state = INITIAL;
    return text.split('\n').map((line) => {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      return tokens
        .map(({ startIndex, endIndex, scopes }) => ({
          text: line.slice(startIndex, endIndex),
          scope: scopes.length > 1 ? scopes[scopes.length - 1].replace(/\.(arm-asm|trapline-listing)$/, '') : '',
        }))
        .filter((token) => token.text.trim() !== '');
    });
  };
}
