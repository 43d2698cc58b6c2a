/** A table of results: printed while a benchmark runs, and kept as Markdown. */

export interface Table {
  readonly title: string;
  /** What was measured and how, a paragraph. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: string[][];
}

const GAP = 2;

function widths(lines: readonly (readonly string[])[]): number[] {
  return lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
}

/** For a terminal. */
export function tableText({ title, columns, rows }: Table): string {
  const lines = [[title, ...columns.slice(1)], ...rows];
  const width = widths(lines);
  const show = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(width[0]) : cell.padStart(width[i] + GAP))).join('');
  return lines.map(show).join('\n');
}

/** For a page: aligned, as the formatter of this repository has tables. */
export function tableMarkdown({ title, about, columns, rows }: Table): string {
  const width = widths([columns, ...rows]).map((w) => Math.max(w, 3));
  const show = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(width[0]) : cell.padStart(width[i]))).join(' | ')} |`;
  const rule = `| ${width.map((w, i) => (i === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)).join(' | ')} |`;
  return [`## ${title}`, '', about, '', show(columns), rule, ...rows.map(show), ''].join('\n');
}
