/** The pane beside the table: one callback site in full. Templates over what they are given; they hold nothing. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { PanelMessage } from '../../protocol/panels.js';
import { trapClassLabel } from '../../protocol/trap-classes.js';
import type { SiteDetail, SiteInfo } from '../../protocol/views/sites.js';
import { BREAKPOINT_TITLES, toggled, type BreakpointState } from '../common/breakpoints.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import { KINDS, VERDICTS, type VerdictName } from './columns.js';

export const detailStyles = css`
  .detail {
    overflow: auto;
    padding: 4px 12px 12px;
    min-width: 0;
  }
  .detail h2 {
    margin: 0;
    font-size: 1.1em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .detail h3 {
    margin: 12px 0 4px;
    font-size: 1em;
    font-weight: 600;
  }
  .detail .top {
    display: flex;
    gap: 8px;
    align-items: start;
    justify-content: space-between;
  }
  .detail dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 2px 12px;
    margin: 6px 0 0;
  }
  .detail dt {
    color: var(--vscode-descriptionForeground);
  }
  .detail dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .detail .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 4px;
    margin: 8px -6px 0;
  }
  .registers {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(17ch, 1fr));
    gap: 0 12px;
  }
  .registers span {
    white-space: pre;
  }
  .detail ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
`;

export interface DetailContext {
  readonly breakpoint: BreakpointState;
  /** Why exits of this kind leave no registers at the present level. */
  readonly level: number | undefined;
  readonly send: (message: PanelMessage) => void;
  readonly close: () => void;
}

export function drawDetail(detail: SiteDetail, context: DetailContext): TemplateResult {
  const { site, plantedText, block } = detail;
  const { address, symbol, text, original, planted, kind, cls, isa, hits, verdicts } = site;
  const reached = (Object.keys(VERDICTS) as VerdictName[]).filter((name) => verdicts[name] > 0);
  return html`<section class="detail" aria-label=${`Callback site at ${hex32(address)}`}>
    <div class="top">
      <h2 class="mono">${text}</h2>
      <button class="tool" title="Close" aria-label="Close the detail of the site" @click=${context.close}>✕</button>
    </div>
    <div class="dim"><span class="mono">${hex32(address)}</span> ${symbol ?? ''}</div>
    ${actions(detail, context)}
    <dl>
      <dt>Class</dt>
      <dd>${trapClassLabel(cls)}, ${isa}</dd>
      <dt>It</dt>
      <dd>${KINDS[kind]}</dd>
      <dt>Guest's word</dt>
      <dd class="mono">${original} ${text}</dd>
      ${
        kind === 'trap'
          ? html`<dt>Planted</dt>
              <dd class="mono">${planted} ${plantedText}</dd>`
          : nothing
      }
      <dt>Hits</dt>
      <dd>${full(hits)}${reached.map((name) => html`, ${VERDICTS[name].toLowerCase()} ${full(verdicts[name])}`)}</dd>
      <dt>Block</dt>
      <dd class="mono">${hex32(block.address)}, ${block.instructions} instructions</dd>
    </dl>
    ${targets(detail, context)} ${registers(detail)}
  </section>`;
}

function actions({ site }: SiteDetail, { breakpoint, send }: DetailContext): TemplateResult {
  const { address, lastTrap } = site;
  const own = breakpoint === 'enabled' || breakpoint === 'disabled';
  const tool = (label: string, title: string, message: PanelMessage) =>
    html`<button
      class="tool"
      title=${title}
      @click=${() => {
        send(message);
      }}
    >
      ${label}
    </button>`;
  return html`<div class="actions" role="group" aria-label="Actions">
    ${tool('Listing', 'Show it in the listing', { kind: 'reveal', address, preview: false })}
    ${tool('Block', 'Show the block that it lies in', { kind: 'open', panel: 'blocks', place: { address } })}
    ${tool('Traps', 'Show its traps in the Traps view', { kind: 'traps', text: hex32(address) })}
    ${lastTrap === 0 ? nothing : tool('Last Trap', 'Show its last trap in the timeline', lastTrapMessage(site))}
    ${tool('Compare', 'Show the original and the planted words around it side by side', { kind: 'compare', address })}
    ${tool(own ? 'Remove Breakpoint' : 'Set Breakpoint', BREAKPOINT_TITLES[breakpoint], toggled(address, breakpoint))}
    ${
      own
        ? tool(breakpoint === 'enabled' ? 'Disable' : 'Enable', 'Switch the breakpoint off or on, and keep it', {
            kind: 'breakpoint',
            address,
            to: breakpoint === 'enabled' ? 'disabled' : 'enabled',
          })
        : nothing
    }
  </div>`;
}

/** Shows the last trap of a site. */
export function lastTrapMessage({ lastTrap }: SiteInfo): PanelMessage {
  return { kind: 'open', panel: 'timeline', place: { trap: lastTrap } };
}

function targets({ targets: seen, otherTargets, site }: SiteDetail, { send, level }: DetailContext): TemplateResult {
  const branches = site.cls === 'indirect-branch' || site.cls === 'exception-return';
  if (!branches) return html``;
  if (seen.length === 0) {
    const why =
      site.kind === 'counted'
        ? `At level ${level ?? 1} indirect branches run natively, and nobody sees where they go. At level 0 they trap.`
        : 'None seen yet.';
    return html`<h3>Targets seen</h3>
      <p class="dim">${why}</p>`;
  }
  return html`<h3>Targets seen</h3>
    <ul>
      ${seen.map(
        ({ address, symbol, count }) =>
          html`<li>
            <button
              class="link mono"
              title="Show in the listing"
              @click=${() => {
                send({ kind: 'reveal', address, preview: true });
              }}
            >
              ${hex32(address)}
            </button>
            ${symbol ?? ''} <span class="dim">${full(count)} times</span>
          </li>`,
      )}
      ${otherTargets > 0 ? html`<li class="dim">others, ${full(otherTargets)} times</li>` : nothing}
    </ul>`;
}

function registers({ context, site }: SiteDetail): TemplateResult {
  if (context.length === 0) {
    const why =
      site.kind === 'counted'
        ? 'It runs natively at this level: no registers are noted.'
        : 'It was not reached since it was planted.';
    return html`<h3>Registers at the last time</h3>
      <p class="dim">${why}</p>`;
  }
  return html`<h3>Registers at the last time</h3>
    <div class="registers mono">
      ${context.map(({ name, value }) => html`<span>${name.padEnd(5)}${hex32(value)}</span>`)}
    </div>`;
}
