/** A report as one HTML page that needs nothing else: style and charts are inside, in light and dark. */
import type { Bar, ReportDocument, Section } from './document.js';

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d7dce1; --paper: #fff; --bar: #2f6fb4;
  --s0: #2f6fb4; --s1: #d9822b; --s2: #3a9b6f; --s3: #8d5cb8; --s4: #9aa4ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #9aa5b1; --line: #3a424b; --paper: #16191d; --bar: #5b9bde;
  --s0: #5b9bde; --s1: #e8a05a; --s2: #62c294; --s3: #b58adb; --s4: #6b7580; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p { color: var(--soft); margin: .4rem 0 .9rem; max-width: 48rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .8rem 0; }
th, td { padding: .25rem .9rem .25rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: .85rem; color: var(--soft); } .n { text-align: right; white-space: nowrap; } td.code { font-family: ui-monospace, monospace; font-size: .85rem; white-space: pre; }
.scroll { overflow-x: auto; } .bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .3rem .8rem; align-items: center; margin: .8rem 0 1.2rem; max-width: 48rem; }
.bars .track { height: .85rem; } .bars .fill { height: 100%; background: var(--bar); border-radius: 2px; min-width: 1px; }
.bars .label, .bars .text { font-size: .85rem; } .bars .text { text-align: right; font-variant-numeric: tabular-nums; color: var(--soft); }
.shares { display: flex; height: 1.4rem; border-radius: 3px; overflow: hidden; margin: .8rem 0 .5rem; max-width: 48rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .85rem; color: var(--soft); margin-bottom: 1rem; }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: 2px; margin-right: .4rem; vertical-align: -1px; }
`;

/** Colours of {@link STYLE} for the parts of a whole. */
const SHARE_COLOURS = 5;

function barsOf(bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  const rows = bars.map(
    ({ label, value, text }) =>
      `<span class="label">${escape(label)}</span><span class="track"><span class="fill" style="display:block;width:${((100 * value) / most).toFixed(2)}%"></span></span><span class="text">${escape(text)}</span>`,
  );
  return `<div class="bars">${rows.join('')}</div>`;
}

function sharesOf(bars: readonly Bar[]): string {
  const whole = bars.reduce((sum, { value }) => sum + value, 0);
  if (whole === 0) return '';
  const colour = (i: number): string => `background:var(--s${i % SHARE_COLOURS})`;
  const parts = bars.map(
    ({ label, value, text }, i) =>
      `<span title="${escape(`${label}: ${text}`)}" style="width:${((100 * value) / whole).toFixed(3)}%;${colour(i)}"></span>`,
  );
  const legend = bars.map(
    ({ label, text }, i) => `<span><i style="${colour(i)}"></i>${escape(label)} ${escape(text)}</span>`,
  );
  return `<div class="shares" role="img">${parts.join('')}</div><div class="legend">${legend.join('')}</div>`;
}

function tableOf({ columns, rows }: NonNullable<Section['table']>): string {
  if (rows.length === 0) return '';
  const kind = (i: number): string => {
    if (columns[i].number === true) return ' class="n"';
    return ['address', 'instruction', 'symbol'].includes(columns[i].title) ? ' class="code"' : '';
  };
  const head = columns.map(
    ({ title }, i) => `<th${columns[i].number === true ? ' class="n"' : ''}>${escape(title)}</th>`,
  );
  const body = rows.map((row) => `<tr>${row.map((text, i) => `<td${kind(i)}>${escape(text)}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function sectionOf({ title, paragraphs, table, chart }: Section): string {
  const drawn = chart === undefined ? '' : chart.kind === 'bars' ? barsOf(chart.bars) : sharesOf(chart.bars);
  const text = paragraphs.map((paragraph) => `<p>${escape(paragraph)}</p>`).join('');
  return `<section><h2>${escape(title)}</h2>${text}${drawn}${table ? tableOf(table) : ''}</section>`;
}

export function htmlOf({ title, summary, sections }: ReportDocument): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1><p>${escape(summary)}</p>
${sections.map(sectionOf).join('\n')}
</body></html>
`;
}
