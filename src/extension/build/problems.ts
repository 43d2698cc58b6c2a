/** Errors and warnings in what assemblers and linkers write: GNU as, ld and gcc, clang and lld. Text only. */

export interface Problem {
  /** As it is written; absent where the message names no file. */
  readonly file?: string;
  /** From 1; absent where the message names none. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Where a macro was called from, and the like. */
  readonly related: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** `hello.s:5: Error: …`, `hello.S:1:10: fatal error: …`. */
const PLACED = /^(.+?):(\d+):(?:(\d+):)? (?:[Ff]atal )?(error|warning|note|info): (.*)$/i;
/** `hello.s:2: undefined reference to …`, with the section and offset behind the line where there is one; ld's name may stand before it. */
const LINKED = /^(?:\S*ld(?:\.\w+)?(?:\.exe)?: )?(.+?):(\d+):(?:\([^)]*\):)? (warning: )?(.*)$/;
/** `ld:x.ld:2: syntax error`. */
const SCRIPT = /^\S*ld(?:\.\w+)?(?:\.exe)?:(\S.*?):(\d+): (.*)$/;
const LLD = /^(?:\S*[\\/])?ld\.lld(?:\.exe)?: (error|warning): (.*)$/;
const LLD_REFERENCE = /^>>> (?:referenced|defined) (?:by|at) (.+?):(\d+)/;
const TOOL =
  /^(?:\S*[\\/])?(?:clang -)?[\w.+-]*(?:ld(?:\.\w+)?|gcc|clang|cc1|as)(?:-[\d.]+)?(?:\.exe)?: (?:fatal )?(?:(error|warning): )?(.*)$/;
const UNPLACED = /^(?:Fatal )?(Error|Warning): (.*)$/i;
/** Says that others said why. */
const SUMMARY = /^(?:\S*[\\/])?(?:collect2|clang)\S*: .*(?:ld returned|command failed|exit status)/;
/** Where clang has a macro's text: the note behind it says from where it was called. */
const INSTANTIATION = '<instantiation>';
/** `in function`: what follows says what is wrong there. */
const HEADING = /: in function [`']|: Assembler messages:$/;

type Draft = { -readonly [K in keyof Problem]: Problem[K] } & { related: RelatedPlace[] };

const severityOf = (word: string): Problem['severity'] => (/warning/i.test(word) ? 'warning' : 'error');

class Reader {
  readonly problems: Draft[] = [];

  private get last(): Draft | undefined {
    return this.problems.at(-1);
  }

  private add(problem: Omit<Problem, 'related'>): void {
    this.problems.push({ ...problem, related: [] });
  }

  private note(place: RelatedPlace): void {
    const { last } = this;
    if (!last || place.file === INSTANTIATION) return;
    if (last.line === undefined) Object.assign(last, { file: place.file, line: place.line });
    else if (last.line !== place.line) last.related.push(place);
  }

  read(text: string): void {
    if (SUMMARY.test(text) || HEADING.test(text)) return;
    const placed = PLACED.exec(text);
    if (placed) {
      const [, file, line, column, word, message] = placed;
      if (/^(note|info)$/i.test(word)) this.note({ file, line: Number(line), message: message.trim() });
      else if (file === INSTANTIATION) this.add({ severity: severityOf(word), message });
      else {
        const at = { file, line: Number(line), ...(column !== undefined && { column: Number(column) }) };
        this.add({ ...at, severity: severityOf(word), message });
      }
      return;
    }
    const lld = LLD.exec(text);
    if (lld) {
      const place = /^(.+?):(\d+): (.*)$/.exec(lld[2]);
      const at = place ? { file: place[1], line: Number(place[2]) } : {};
      this.add({ ...at, severity: severityOf(lld[1]), message: place ? place[3] : lld[2] });
      return;
    }
    const reference = LLD_REFERENCE.exec(text);
    if (reference && this.last) {
      const [, file, line] = reference;
      if (this.last.line === undefined) Object.assign(this.last, { file, line: Number(line) });
      else this.last.related.push({ file, line: Number(line), message: 'here, too' });
      return;
    }
    this.linked(text);
  }

  private linked(text: string): void {
    const script = SCRIPT.exec(text);
    const found = script ?? LINKED.exec(text);
    if (found) {
      const message = found[found.length - 1];
      const severity = !script && found[3] !== undefined ? 'warning' : 'error';
      this.add({ file: found[1], line: Number(found[2]), severity, message });
      return;
    }
    const tool = TOOL.exec(text) ?? UNPLACED.exec(text);
    if (tool) this.add({ severity: severityOf(tool[1] ?? ''), message: tool[2] });
  }
}

/** The problems that a tool's output tells of, each once, in its order. */
export function problemsOf(output: string): Problem[] {
  const reader = new Reader();
  for (const line of output.split(/\r?\n/)) reader.read(line);
  const seen = new Set<string>();
  return reader.problems.filter(({ file = '', line = 0, column = 0, message }) => {
    const key = `${file}:${line}:${column}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
