/** What the colours, letters and dashes of the panel "Blocks" mean. */
import { html, svg, type TemplateResult } from 'lit';
import { MEMORY_USES, type BlockEdgeKind, type BlockGraph } from '../../protocol/views/blocks.js';
import { tag } from './pane.js';
import { classSign, EDGES, SIGNED_CLASSES, USES } from './signs.js';

/** Heights of the marks of the memory strip, pixels of 12. */
const USE_HEIGHTS = [2, 4, 6, 8, 12];

const EDGE_LABELS: Readonly<Record<BlockEdgeKind, string>> = {
  'runs on': 'runs on',
  taken: 'T: branch taken',
  'not taken': 'N: not taken',
  called: 'call',
  'returned to': 'call returned to',
  indirect: 'indirect, seen',
};

/** Of edges and classes those that the graph has. */
export function drawGraphLegend({ nodes, edges }: BlockGraph): TemplateResult {
  const kinds = new Set(edges.map(({ kind }) => kind));
  const classes = new Set(nodes.flatMap(({ lines }) => lines.map(({ cls }) => cls)));
  return html`${(Object.keys(EDGES) as BlockEdgeKind[])
    .filter((kind) => kinds.has(kind))
    .map((kind) => {
      const { colour, dash } = EDGES[kind];
      return html`<span
        ><svg class="c-${colour}" width="28" height="8" aria-hidden="true">
          ${svg`<line x1="0" y1="4" x2="28" y2="4" stroke="currentColor" stroke-width="2" stroke-dasharray=${dash.join(' ')}></line>`}</svg
        >${EDGE_LABELS[kind]}</span
      >`;
    })}
  ${SIGNED_CLASSES.filter((cls) => classes.has(cls)).map(
    (cls) => html`<span>${tag({ cls })}${classSign(cls).label}</span>`,
  )}`;
}

export function drawMemoryLegend(): TemplateResult {
  return html`${MEMORY_USES.map((use, i) => {
    const { colour, label } = USES[use];
    const height = USE_HEIGHTS[i];
    return html`<span
      ><svg class="c-${colour}" width="8" height="12" aria-hidden="true">
        ${svg`<rect x="0" y=${12 - height} width="8" height=${height} fill="currentColor"></rect>`}</svg
      >${label}</span
    >`;
  })}`;
}
