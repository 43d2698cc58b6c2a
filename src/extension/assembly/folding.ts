/** What of an assembly file folds: functions, blocks of directives, comments, marked regions. Knows no editor. */
import type { Assembly } from './model.js';
import { outlineOf, type OutlineEntry } from './outline.js';

export interface Fold {
  readonly first: number;
  readonly last: number;
  readonly kind?: 'comment' | 'region';
}

const OPENS: readonly (readonly [open: RegExp, close: RegExp])[] = [
  [/^\.macro$/i, /^\.endm$/i],
  [/^\.(?:rept|irp|irpc)$/i, /^\.endr$/i],
  [/^\.if\w*$/i, /^\.endif$/i],
];
const ELSE = /^\.else(?:if)?$/i;
const REGION = /^\s*(?:@|\/\/|#|\/\*)\s*#?region\b/i;
const END_REGION = /^\s*(?:@|\/\/|#|\/\*)\s*#?endregion\b/i;
/** Fewer lines of comment are no trouble. */
const LEAST_COMMENT = 3;

function blocks({ lines }: Assembly): Fold[] {
  const folds: Fold[] = [];
  const open: { readonly close: RegExp; readonly first: number }[] = [];
  for (const { head, line } of lines.statements) {
    if (!head) continue;
    // the preprocessor's are of the same shape
    const name = head.text.replace(/^#\s*/, '.');
    const opened = OPENS.find(([pattern]) => pattern.test(name));
    const top = open.at(-1);
    if (opened) open.push({ close: opened[1], first: line });
    else if (top && top.close.test('.endif') && (ELSE.test(name) || /^\.elif$/i.test(name))) {
      folds.push({ first: top.first, last: line - 1 });
      open[open.length - 1] = { ...top, first: line };
    } else if (top?.close.test(name)) {
      folds.push({ first: top.first, last: line });
      open.pop();
    }
  }
  return folds;
}

function comments({ lines }: Assembly): Fold[] {
  const folds: Fold[] = [];
  for (let line = 0; line < lines.code.length; line++) {
    if (!lines.comments.has(line)) continue;
    const first = line;
    while (lines.comments.has(line + 1)) line++;
    if (line - first + 1 >= LEAST_COMMENT) folds.push({ first, last: line, kind: 'comment' });
  }
  return folds;
}

function regions(text: string): Fold[] {
  const folds: Fold[] = [];
  const open: number[] = [];
  for (const [line, raw] of text.split(/\r?\n/).entries()) {
    if (END_REGION.test(raw)) {
      const first = open.pop();
      if (first !== undefined) folds.push({ first, last: line, kind: 'region' });
    } else if (REGION.test(raw)) open.push(line);
  }
  return folds;
}

/** @param text what `assembly` was made of */
export function foldsOf(assembly: Assembly, text: string): Fold[] {
  const functions = (entries: readonly OutlineEntry[]): Fold[] =>
    entries.flatMap(({ kind, at, lastLine, children }) => [
      ...(kind === 'label' || kind === 'function' || kind === 'section' ? [{ first: at.line, last: lastLine }] : []),
      ...functions(children),
    ]);
  const all = [...functions(outlineOf(assembly)), ...blocks(assembly), ...comments(assembly), ...regions(text)];
  return all.filter(({ first, last }) => last > first);
}
