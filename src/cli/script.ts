/** Script files: one step on a line, `expect /regex/`, `send "text\r"`, `quit`. Empty lines and lines that begin with # say nothing. */
import type { AutomationStep } from '../protocol/api.js';
import { sessionErrors, type UserError } from '../util/errors.js';

const ESCAPES: Readonly<Record<string, string>> = {
  r: '\r',
  n: '\n',
  t: '\t',
  e: '\x1b',
  '0': '\0',
  '"': '"',
  '\\': '\\',
};

/** The text of a string literal's inside, or undefined if an escape is unknown. */
function unescape(inside: string): string | undefined {
  let text = '';
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] !== '\\') {
      text += inside[i];
      continue;
    }
    const letter = inside[++i];
    if (letter === 'x') {
      const digits = inside.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
      text += String.fromCharCode(Number.parseInt(digits, 16));
      i += 2;
    } else if (letter !== undefined && letter in ESCAPES) text += ESCAPES[letter];
    else return undefined;
  }
  return text;
}

function expectStep(rest: string, fail: (what: string) => UserError): AutomationStep {
  const match = /^\/(.+)\/([a-z]*)$/.exec(rest);
  if (!match) throw fail('expect takes a regular expression in slashes, such as expect /=> $/');
  const [, pattern, flags] = match;
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error));
  }
  return { kind: 'expect', pattern, flags };
}

function sendStep(rest: string, fail: (what: string) => UserError): AutomationStep {
  const inside = /^"((?:[^"\\]|\\.)*)"$/.exec(rest)?.[1];
  const text = inside === undefined ? undefined : unescape(inside);
  if (text === undefined) {
    throw fail(
      'send takes text in double quotes, such as send "version\\r"; escapes are \\r \\n \\t \\e \\0 \\" \\\\ \\xNN',
    );
  }
  return { kind: 'send', bytes: new TextEncoder().encode(text) };
}

/**
 * The steps of a script up to its `quit` or its end.
 * @param name of the file, for errors
 * @throws UserError 660 with file and line
 */
export function parseScript(name: string, text: string): AutomationStep[] {
  const steps: AutomationStep[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const fail = (what: string): UserError => sessionErrors.usage(`${name}:${index + 1}: ${what}.`);
    const [word] = line.split(/\s/, 1);
    const rest = line.slice(word.length).trim();
    if (word === 'expect') steps.push(expectStep(rest, fail));
    else if (word === 'send') steps.push(sendStep(rest, fail));
    else if (word === 'quit' && rest === '') return steps;
    else throw fail(`a script has lines expect, send and quit, not "${line}"`);
  }
  return steps;
}
