/**
 * One block in words, beside the graph: its instructions with their classes, where control comes from and where it goes. Says in text whatever the graph says
 * in a picture. Templates over what they are given; they hold nothing.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { PanelMessage } from '../../protocol/panels.js';
import type { BlockGraph, BlockLine, BlockNode, BlockReference, BlockStub } from '../../protocol/views/blocks.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import { neighbours } from './boxes.js';
import { classSign, EDGES, STUBS } from './signs.js';

export const paneStyles = css`
  .pane {
    overflow: auto;
    padding: 6px 12px 12px;
    min-width: 0;
    border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .pane h2 {
    margin: 0;
    font-size: 1.1em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .pane h3 {
    margin: 10px 0 2px;
    font-size: 1em;
    font-weight: 600;
  }
  .pane .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
    margin: 4px -6px 0;
  }
  .pane ul,
  .pane ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .pane .instruction {
    display: grid;
    grid-template-columns: 3ch 9ch 1fr;
    gap: 8px;
    align-items: start;
    overflow-wrap: anywhere;
  }
  .pane .instruction .link {
    white-space: nowrap;
  }
  .pane .instruction.at {
    background: var(--vscode-editor-stackFrameHighlightBackground);
    outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
  }
  .pane .instruction.at .link {
    color: inherit;
    text-decoration: underline;
  }
  .tag {
    display: inline-block;
    min-width: 3ch;
    text-align: center;
    font-weight: 600;
    border: 1px solid var(--class-color, currentColor);
    border-radius: 2px;
    line-height: 1.25;
    height: fit-content;
  }
  .tag.trap {
    border-style: solid;
    border-width: 1px 1px 1px 4px;
  }
  svg[class^='c-'] {
    color: var(--class-color);
  }
  .c-red {
    --class-color: var(--vscode-charts-red);
  }
  .c-orange {
    --class-color: var(--vscode-charts-orange);
  }
  .c-yellow {
    --class-color: var(--vscode-charts-yellow);
  }
  .c-green {
    --class-color: var(--vscode-charts-green);
  }
  .c-blue {
    --class-color: var(--vscode-charts-blue);
  }
  .c-purple {
    --class-color: var(--vscode-charts-purple);
  }
`;

export interface PaneContext {
  readonly graph: BlockGraph;
  readonly counts: readonly number[];
  readonly taken: readonly number[];
  readonly pc: number;
  readonly pcNode: number;
  /** How far targets of indirect branches are known at the present level. */
  readonly level: number | undefined;
  readonly send: (message: PanelMessage) => void;
  /** Selects a block or a stub. */
  readonly pick: (id: number) => void;
  /** Shows the graph around an address. */
  readonly goTo: (address: number) => void;
}

export function tag({ cls, site }: Pick<BlockLine, 'cls' | 'site'>): TemplateResult | typeof nothing {
  const { letters, colour, label } = classSign(cls);
  if (letters === '') return nothing;
  const how = site === undefined ? '' : { trap: ', traps', counted: ', counted', inlined: ', inline' }[site.kind];
  return html`<span class="tag mono c-${colour} ${site?.kind ?? ''}" title=${label + how}>${letters}</span>`;
}

const nameOf = ({ address, symbol }: BlockReference): string => (symbol === undefined ? hex32(address) : symbol);

export function drawPane(id: number | undefined, context: PaneContext): TemplateResult {
  const { graph } = context;
  const node = graph.nodes.find((candidate) => candidate.id === id);
  const stub = graph.stubs.find((candidate) => candidate.id === id);
  return html`<section class="pane" aria-label="Selected block">
    ${node ? drawNode(node, context) : stub ? drawStub(stub, context) : hint()}
  </section>`;
}

function hint(): TemplateResult {
  return html`<p class="dim">Pick a block: with a click, or with the arrow keys, which follow its edges.</p>`;
}

function drawNode(node: BlockNode, context: PaneContext): TemplateResult {
  const { address, symbol, isa, lines, calls, from } = node;
  const { graph, counts, pcNode, pc, send, goTo } = context;
  const count = counts.at(graph.nodes.indexOf(node)) ?? -1;
  return html`<h2><span class="mono">${hex32(address)}</span> ${symbol ?? ''}</h2>
    <div class="dim">
      ${isa}, ${lines.length}
      instructions${count < 0 ? '' : `, executed ${full(count)} times`}${pcNode === node.id ? ', the PC is here' : ''}
    </div>
    <div class="actions" role="group" aria-label="Actions">
      ${tool('Listing', 'Show it in the listing', () => {
        send({ kind: 'reveal', address, preview: false });
      })}
      ${tool('Center', 'Show the graph around this block', () => {
        goTo(address);
      })}
      ${tool('Sites', 'Show its callback sites in their table', () => {
        const site = lines.find((line) => line.site !== undefined);
        send({ kind: 'open', panel: 'sites', place: { address: site?.address ?? address } });
      })}
    </div>
    <h3>Instructions</h3>
    <ol>
      ${lines.map((line) => drawLine(line, line.address === pc && pcNode === node.id, send))}
    </ol>
    ${edges(node.id, context)} ${references('Calls', calls, goTo)}
    ${references('Reached from outside of this graph', from, goTo)}`;
}

function tool(label: string, title: string, act: () => void): TemplateResult {
  return html`<button class="tool" title=${title} @click=${act}>${label}</button>`;
}

function drawLine(line: BlockLine, here: boolean, send: PaneContext['send']): TemplateResult {
  const { address, text, site } = line;
  const sign = tag(line);
  return html`<li class="instruction mono ${here ? 'at' : ''}">
    <span>${sign === nothing ? (here ? '▶' : '') : sign}</span>
    <button
      class="link mono"
      title="Show in the listing"
      @click=${() => {
        send({ kind: 'reveal', address, preview: true });
      }}
    >
      ${(address >>> 0).toString(16).padStart(8, '0')}
    </button>
    <span
      >${text}${
        site === undefined
          ? nothing
          : html` <button
                class="link"
                title="Show the callback site"
                @click=${() => {
                  send({ kind: 'open', panel: 'sites', place: { address } });
                }}
              >
                site
              </button>
              <button
                class="link"
                title="Show its traps in the Traps view"
                @click=${() => {
                  send({ kind: 'traps', text: hex32(address) });
                }}
              >
                traps
              </button>`
      }</span
    >
  </li>`;
}

function edges(id: number, context: PaneContext): TemplateResult {
  const { graph, taken } = context;
  const { out, into } = neighbours(graph, id);
  const label = (other: number): string => {
    const node = graph.nodes.find((candidate) => candidate.id === other);
    if (node) return node.symbol === undefined ? hex32(node.address) : `${hex32(node.address)} ${node.symbol}`;
    const stub = graph.stubs.find((candidate) => candidate.id === other);
    if (stub?.address === undefined) return 'a target that is not known';
    return `${hex32(stub.address)} ${stub.symbol ?? ''} (${STUBS[stub.kind]})`;
  };
  const row = (other: number, edge: number, way: 'out' | 'into', n?: number) => {
    const sign = EDGES[graph.edges[edge].kind];
    const times = taken[edge] ?? -1;
    return html`<li>
      <span class="dim">${n === undefined ? '' : `${n} `}</span><span class="c-${sign.colour}">${sign[way]}</span>
      <button
        class="link mono"
        @click=${() => {
          context.pick(other);
        }}
      >
        ${label(other)}
      </button>
      ${times < 0 ? nothing : html`<span class="dim">${full(times)} times</span>`}
    </li>`;
  };
  return html`<h3>Goes on</h3>
    <ul>
      ${out.map(({ id: other, edge }, i) => row(other, edge, 'out', i + 1))}
      ${out.length === 0 ? html`<li class="dim">nowhere that is known</li>` : nothing}
    </ul>
    <h3>Comes from</h3>
    <ul>
      ${into.map(({ id: other, edge }) => row(other, edge, 'into'))}
      ${into.length === 0 ? html`<li class="dim">nowhere in this graph</li>` : nothing}
    </ul>
    ${unknownNote(id, context)}`;
}

/** Why the target of an indirect branch is not known. */
function unknownNote(id: number, { graph, level }: PaneContext): TemplateResult | typeof nothing {
  const unknown = neighbours(graph, id).out.some(({ id: other }) =>
    graph.stubs.some((stub) => stub.id === other && stub.kind === 'unknown'),
  );
  if (!unknown) return nothing;
  return html`<p class="dim">${targetsAtLevel(level)}</p>`;
}

/** What is known of targets that come from a register or from memory. */
export function targetsAtLevel(level: number | undefined): string {
  return level === 0
    ? 'At level 0 indirect branches trap, and the targets that they went to are drawn. This one was not taken yet.'
    : `At level ${level ?? 1} indirect branches run natively, and nobody sees where they go. At level 0, or while the guest is to pause at them, they trap and their targets are drawn.`;
}

function references(
  title: string,
  all: readonly BlockReference[],
  goTo: PaneContext['goTo'],
): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`<h3>${title}</h3>
    <ul>
      ${all.map(
        (reference) =>
          html`<li>
            <button
              class="link mono"
              title="Show the graph around it"
              @click=${() => {
                goTo(reference.address);
              }}
            >
              ${nameOf(reference)}
            </button>
          </li>`,
      )}
    </ul>`;
}

function drawStub(stub: BlockStub, { goTo, send, level }: PaneContext): TemplateResult {
  const { address, symbol, kind } = stub;
  if (address === undefined) {
    return html`<h2>A target that is not known</h2>
      <p class="dim">${targetsAtLevel(level)}</p>
      ${
        level === undefined || level === 0
          ? nothing
          : tool('Set Level…', "Choose the monitor's optimisation level", () => {
              send({ kind: 'command', command: 'trapline.setLevel' });
            })
      }`;
  }
  const note =
    kind === 'unscanned'
      ? 'Control has not got here yet: the monitor scans code when it is about to run.'
      : 'This code is scanned, and lies outside of what the graph shows.';
  return html`<h2><span class="mono">${hex32(address)}</span> ${symbol ?? ''}</h2>
    <p class="dim">${note}</p>
    <div class="actions">
      ${tool('Listing', 'Show it in the listing', () => {
        send({ kind: 'reveal', address, preview: false });
      })}
      ${
        kind === 'elsewhere'
          ? tool('Go There', 'Show the graph around it', () => {
              goTo(address);
            })
          : nothing
      }
    </div>`;
}
