/** A report in Markdown. */
import type { ReportDocument, Section } from './document.js';

const cell = (text: string): string => text.replace(/\|/g, '\\|');

function tableOf({ columns, rows }: NonNullable<Section['table']>): string {
  const head = `| ${columns.map(({ title }) => title).join(' | ')} |`;
  const rule = `| ${columns.map(({ number }) => (number === true ? '---:' : '---')).join(' | ')} |`;
  return [head, rule, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)].join('\n');
}

export function markdownOf({ title, summary, sections }: ReportDocument): string {
  const parts = sections.flatMap((section) => [
    `## ${section.title}`,
    ...section.paragraphs,
    ...(section.table && section.table.rows.length > 0 ? [tableOf(section.table)] : []),
  ]);
  return `${[`# ${title}`, summary, ...parts].join('\n\n')}\n`;
}
