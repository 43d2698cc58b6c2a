/**
 * The outline of an assembly file: sections, and in them labels, macros, constants and aliases, each as far as the next of its kind. Knows no editor.
 */
import type { Assembly, Definition } from './model.js';
import type { Span, Word } from './lines.js';

export type OutlineKind = 'section' | 'function' | 'label' | 'macro' | 'constant' | 'alias' | 'common';

export interface OutlineEntry {
  readonly name: string;
  readonly detail: string;
  readonly kind: OutlineKind;
  readonly at: Span;
  /** The last line that belongs to it. */
  readonly lastLine: number;
  readonly children: readonly OutlineEntry[];
}

interface Section {
  readonly name: string;
  readonly at: Word;
}

const STANDARD = /^\.(text|data|bss)$/i;
const NAMED = /^\.(?:section|pushsection)$/i;

function sectionsOf({ lines }: Assembly): Section[] {
  return lines.statements.flatMap(({ head, operands }) => {
    if (!head) return [];
    if (STANDARD.test(head.text)) return [{ name: head.text, at: head }];
    const name = NAMED.test(head.text) ? /[\w.$-]+/.exec(operands.text) : null;
    if (!name) return [];
    const start = operands.start + name.index;
    return [{ name: name[0], at: { ...head, text: name[0], start, end: start + name[0].length } }];
  });
}

function kindOf({ kind, text }: Definition, { functions, exported }: Assembly): OutlineKind {
  return kind === 'label' && (functions.has(text) || exported.has(text)) ? 'function' : kind;
}

/** The line of the `.endm` of a macro. */
function macroEnd({ lines }: Assembly, line: number, last: number): number {
  let depth = 0;
  for (const { head, line: at } of lines.statements) {
    if (at < line || !head) continue;
    if (/^\.macro$/i.test(head.text)) depth++;
    else if (/^\.endm$/i.test(head.text) && --depth === 0) return at;
  }
  return last;
}

/** The last line before `next` that is neither empty nor a comment. */
function lastLineBefore({ lines }: Assembly, next: number, first: number): number {
  let line = next - 1;
  while (line > first && lines.code[line].trim() === '') line--;
  return line;
}

export function outlineOf(assembly: Assembly): OutlineEntry[] {
  const { lines, definitions, exported } = assembly;
  const end = lines.code.length;
  const sections = sectionsOf(assembly);
  const shown = definitions.filter(({ inMacro, kind }) => !inMacro || kind === 'macro');
  const labels = shown.filter(({ kind }) => kind === 'label');
  const sectionAfter = (line: number): number => sections.find(({ at }) => at.line > line)?.at.line ?? end;
  const isLocal = ({ text }: Word): boolean => text.startsWith('.L');

  const leaf = (definition: Definition, lastLine: number, children: readonly OutlineEntry[] = []): OutlineEntry => ({
    name: definition.text,
    detail: exported.has(definition.text) ? 'global' : '',
    kind: kindOf(definition, assembly),
    at: definition,
    lastLine,
    children,
  });
  /** Entries of the lines from `first` to before `next`. */
  const within = (first: number, next: number): OutlineEntry[] => {
    const entries: OutlineEntry[] = [];
    const own = shown.filter(({ line }) => line >= first && line < next);
    for (const definition of own) {
      const { kind, line } = definition;
      if (kind === 'macro') entries.push(leaf(definition, macroEnd(assembly, line, next - 1)));
      else if (kind !== 'label') entries.push(leaf(definition, line));
      else if (!isLocal(definition)) {
        const following = labels.find((label) => label.line > line && !isLocal(label))?.line ?? end;
        const until = Math.min(following, next);
        const inner = own.filter(
          (label) => label.kind === 'label' && isLocal(label) && label.line > line && label.line < until,
        );
        const children = inner.map((label, i) =>
          leaf(label, lastLineBefore(assembly, inner[i + 1]?.line ?? until, label.line)),
        );
        entries.push(leaf(definition, lastLineBefore(assembly, until, line), children));
      } else if (!labels.some((label) => !isLocal(label) && label.line <= line && label.line >= first)) {
        entries.push(leaf(definition, line));
      }
    }
    return entries;
  };
  const before = within(0, sections[0]?.at.line ?? end);
  const inSections = sections.map(({ name, at }): OutlineEntry => {
    const next = sectionAfter(at.line);
    const lastLine = lastLineBefore(assembly, next, at.line);
    return { name, detail: 'section', kind: 'section', at, lastLine, children: within(at.line, next) };
  });
  return [...before, ...inSections];
}
