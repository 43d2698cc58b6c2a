/**
 * The assembly files of a workspace together: where a name is defined that a file uses, and everywhere that it is meant. A file sees what it includes, what
 * those see that include it, and what other files export. Knows files by keys that are paths; no editor.
 */
import type { Assembly, Definition, Use } from './model.js';
import type { Word } from './lines.js';

export interface Place<T extends Word = Word> {
  readonly file: string;
  readonly word: T;
}

export interface Mentions {
  readonly definitions: readonly Place<Definition>[];
  readonly uses: readonly Place<Use>[];
}

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/') + 1);

/** How much of two paths is the same. */
function shared(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/** `a/b/../c` without the detour. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export class Program {
  private readonly includes = new Map<string, readonly string[]>();
  private readonly includers = new Map<string, string[]>();

  /** @param files by their paths, with / between parts */
  constructor(private readonly files: ReadonlyMap<string, Assembly>) {
    for (const [file, { includes }] of files) {
      const found = includes.flatMap(({ text }) => this.included(file, text) ?? []);
      this.includes.set(file, found);
      for (const each of found) this.includers.set(each, [...(this.includers.get(each) ?? []), file]);
    }
  }

  /** The file that an include means: beside the including one, else the nearest one of that name, as include folders would find it. */
  included(from: string, text: string): string | undefined {
    const beside = normal(folderOf(from) + text);
    if (this.files.has(beside)) return beside;
    const ending = `/${normal(text)}`;
    const candidates = [...this.files.keys()].filter((file) => file.endsWith(ending));
    return candidates.sort((a, b) => shared(from, b) - shared(from, a)).at(0);
  }

  /** A file and what it includes. */
  private below(file: string): Set<string> {
    return closure([file], (each) => this.includes.get(each) ?? []);
  }

  private definedIn(files: Iterable<string>, name: string, calls: boolean): Place<Definition>[] {
    return [...files].flatMap((file) =>
      (this.files.get(file)?.definitions ?? [])
        .filter((word) => word.text === name && (word.kind === 'macro') === calls)
        .map((word) => ({ file, word })),
    );
  }

  /** Where the name is defined that a file uses. */
  definitions(file: string, name: string, calls: boolean): Place<Definition>[] {
    const own = this.definedIn(this.below(file), name, calls);
    if (own.length > 0) return own;
    const above = closure([file], (each) => this.includers.get(each) ?? []);
    const around = new Set([...above].flatMap((each) => [...this.below(each)]));
    const near = this.definedIn(around, name, calls);
    if (near.length > 0 || calls) return near;
    return this.definedIn(this.exporting(name), name, false);
  }

  /** Files that define and export a name, themselves or by what they include. */
  private exporting(name: string): Set<string> {
    const found = new Set<string>();
    for (const [file, { exported }] of this.files) {
      if (exported.has(name)) for (const each of this.below(file)) found.add(each);
    }
    return found;
  }

  /** Everywhere that the name is meant that a file uses: where one definition stands for another, as that of a file included by both, both. */
  mentions(file: string, name: string, calls: boolean): Mentions {
    const concerned = [...this.files].filter(
      ([each, { definitions, uses }]) =>
        each === file || definitions.some(({ text }) => text === name) || uses.some(({ text }) => text === name),
    );
    const found = new Map(concerned.map(([each]) => [each, this.definitions(each, name, calls)]));
    const key = ({ file: where, word }: Place): string => `${where}:${word.line}:${word.start}`;
    const group = new Set((found.get(file) ?? []).map(key));
    const members = new Set([file]);
    for (let grown = true; grown;) {
      grown = false;
      for (const [each, definitions] of found) {
        // what nobody defines is the same wherever nobody does
        const belongs =
          group.size === 0 ? definitions.length === 0 : definitions.some((place) => group.has(key(place)));
        if (members.has(each) || !belongs) continue;
        members.add(each);
        for (const place of definitions) group.add(key(place));
        grown = true;
      }
    }
    const definitions = new Map(
      [...members].flatMap((each) => (found.get(each) ?? []).map((p) => [key(p), p] as const)),
    );
    const uses = [...members].flatMap((each) =>
      (this.files.get(each)?.uses ?? [])
        .filter((word) => word.text === name && word.calls === calls)
        .map((word) => ({ file: each, word })),
    );
    return { definitions: [...definitions.values()], uses };
  }

  /** What a file can name, each once: what it and those around it define, and what others export. */
  visible(file: string, macros: boolean): Definition[] {
    const found = new Map<string, Definition>();
    const around = new Set(
      [...closure([file], (each) => this.includers.get(each) ?? [])].flatMap((each) => [...this.below(each)]),
    );
    for (const [each, { definitions, exported }] of this.files) {
      for (const definition of definitions) {
        if ((definition.kind === 'macro') !== macros || found.has(definition.text)) continue;
        if (around.has(each) || exported.has(definition.text)) found.set(definition.text, definition);
      }
    }
    return [...found.values()];
  }

  /** Whether other files may use these. */
  isExported(definitions: readonly Place[]): boolean {
    return definitions.some(({ file, word }) => this.exporting(word.text).has(file));
  }

  /** Whether a name is defined already where any of these files would see it. */
  isTaken(files: Iterable<string>, name: string): boolean {
    return [...files].some(
      (file) => this.definitions(file, name, false).length + this.definitions(file, name, true).length > 0,
    );
  }
}

function closure(start: readonly string[], next: (item: string) => readonly string[]): Set<string> {
  const found = new Set(start);
  for (const item of found) for (const each of next(item)) found.add(each);
  return found;
}
