/** One trap in full, as templates: what it was, why it came, what was decided, what changed, and where one can go from it. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { TrapDetail } from '../../protocol/views/timeline.js';
import { trapClassLabel } from '../../protocol/trap-classes.js';
import { decodedWord } from '../common/decoded.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import { timeText } from './scale.js';

export const detailStyles = css`
  .detail {
    overflow: auto;
    padding: 8px 12px 16px;
    border-left: 1px solid var(--vscode-panel-border, transparent);
  }
  .detail h2 {
    margin: 0 0 2px;
    font-size: 1.1em;
    font-weight: 600;
  }
  .detail h3 {
    margin: 14px 0 4px;
    font-size: 1em;
    font-weight: 600;
  }
  .detail p {
    margin: 4px 0;
    max-width: 80ch;
  }
  .detail .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin: 8px 0;
  }
  .detail .actions button {
    padding: 2px 8px;
  }
  .detail table {
    border-collapse: collapse;
  }
  .detail th,
  .detail td {
    padding: 1px 14px 1px 0;
    text-align: left;
    font-weight: normal;
    white-space: nowrap;
  }
  .detail tr.changed td:last-child {
    font-weight: 600;
  }
  .detail ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .detail details > summary {
    cursor: pointer;
  }
  .link {
    color: var(--vscode-textLink-foreground);
    text-align: left;
  }
  .link:hover {
    text-decoration: underline;
  }
  .decoded {
    padding: 0;
  }
`;

/** Where one can go from a trap. */
export interface DetailActions {
  readonly code: (address: number) => void;
  readonly site: (address: number) => void;
  readonly blocks: (address: number) => void;
  readonly stopHere: (address: number) => void;
  readonly pauseOnClass: () => void;
}

const VERDICTS = { allow: 'allowed', emulate: 'emulated', inject: 'injected', deny: 'denied' } as const;

export function trapDetail(detail: TrapDetail, actions: DetailActions): TemplateResult {
  const { trap, decoded, why, did } = detail;
  const modes = trap.modeBefore === trap.modeAfter ? trap.modeBefore : `${trap.modeBefore} → ${trap.modeAfter}`;
  return html`<section class="detail" aria-label="Trap ${trap.sequence}" tabindex="0">
    <h2>Trap ${full(trap.sequence)}: <span class="mono">${trap.text}</span></h2>
    <div class="dim">
      ${trapClassLabel(trap.cls)}, taken as ${trap.cause}: ${VERDICTS[trap.verdict]} · ${modes} ·
      ${timeText(trap.time, trap.time / 1e7)} · instruction ${full(trap.count)}
    </div>
    ${buttons(detail, actions)}
    <h3>Why it trapped</h3>
    ${why.map((line) => html`<p>${line}</p>`)} ${condition(detail)}
    <h3>What the arbiter did</h3>
    ${did.map((line) => html`<p>${line}</p>`)}
    <h3>Registers</h3>
    ${registers(detail)} ${stack(detail, actions)} ${cost(detail)} ${site(detail)}
    ${
      decoded
        ? html`<details open>
            <summary><strong>The instruction</strong></summary>
            ${decodedWord(decoded)}
          </details>`
        : nothing
    }
  </section>`;
}

function buttons({ trap, hasInstruction, site: here }: TrapDetail, actions: DetailActions): TemplateResult {
  const button = (label: string, title: string, act: () => void) =>
    html`<button class="action secondary" title=${title} @click=${act}>${label}</button>`;
  return html`<div class="actions">
    ${button('Show Code', 'Show the instruction in the listing (Enter)', () => {
      actions.code(trap.pc);
    })}
    ${
      here
        ? button('Show Site', 'Show the callback site in its table', () => {
            actions.site(trap.pc);
          })
        : nothing
    }
    ${
      trap.modeBefore !== 'usr' && hasInstruction
        ? button('Show Block', 'Show the block that it lies in', () => {
            actions.blocks(trap.pc);
          })
        : nothing
    }
    ${
      hasInstruction
        ? button(
            'Stop Here Next Time',
            'A breakpoint at this instruction: it is kept, in this session and in later ones',
            () => {
              actions.stopHere(trap.pc);
            },
          )
        : button(
            'Pause on Trap Classes…',
            'An interrupt has no instruction of its own to stop at',
            actions.pauseOnClass,
          )
    }
  </div>`;
}

function condition({ condition: test }: TrapDetail): TemplateResult | typeof nothing {
  if (!test) return nothing;
  const { code, flags, passed } = test;
  return html`<p>Its condition, ${code}, ${passed ? 'passed' : 'failed'} on the flags ${flags}.</p>`;
}

function registers({ registers: all, status }: TrapDetail): TemplateResult {
  const row = (name: string, before: string, after: string) =>
    html`<tr class=${before === after ? '' : 'changed'}>
      <th scope="row">${name}</th>
      <td>${before}</td>
      <td>${before === after ? html`<span class="dim">unchanged</span>` : `→ ${after}`}</td>
    </tr>`;
  const changed = all.filter(({ before, after }) => before !== after);
  const fields = status.filter(({ name, before, after }) => before !== after || name === 'M');
  const table = (rows: readonly TemplateResult[], label: string) =>
    html`<table class="mono" aria-label=${label}>
      <thead>
        <tr class="dim">
          <th scope="col">name</th>
          <th scope="col">before</th>
          <th scope="col">after</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
  const registerRow = ({ name, before, after }: TrapDetail['registers'][number]) =>
    row(name, hex32(before), hex32(after));
  return html`${table(
      [...changed.map(registerRow), ...fields.map(({ name, before, after }) => row(`cpsr.${name}`, before, after))],
      'What changed',
    )}
    <details>
      <summary class="dim">All registers, and the virtual CPSR</summary>
      ${table(
        [...all.map(registerRow), ...status.map(({ name, before, after }) => row(`cpsr.${name}`, before, after))],
        'All registers',
      )}
    </details>`;
}

function stack({ stack: frames, stackIsCurrent }: TrapDetail, actions: DetailActions): TemplateResult {
  return html`<h3>Stack</h3>
    <ol>
      ${frames.map(
        ({ pc, name, path, line, certain }) =>
          html`<li>
            <button
              class="link mono"
              title="Show in the listing"
              @click=${() => {
                actions.code(pc);
              }}
            >
              ${name}
            </button>
            <span class="dim"
              >${hex32(pc)}${path === undefined ? '' : `, ${path.split(/[\\/]/).pop() ?? ''}:${line ?? ''}`}${certain ? '' : ', probably'}</span
            >
          </li>`,
      )}
    </ol>
    ${
      stackIsCurrent || frames.length < 2
        ? nothing
        : html`<p class="dim">Found by the registers of the trap in memory as it is now.</p>`
    }`;
}

const nanoseconds = (ns: number) => `${full(Math.round(ns))} ns`;

function cost({ cost: measured, trap }: TrapDetail): TemplateResult {
  const text = measured
    ? `Exits of the class ${trapClassLabel(trap.cls)} take the host ${nanoseconds(measured.average)} on average (${nanoseconds(measured.least)} to ${nanoseconds(measured.most)}, ${full(measured.timed)} were timed). They take the guest no time.`
    : 'It took the guest no time. What it took the host is measured, now and then, while the timeline is open.';
  return html`<h3>Cost</h3>
    <p>${text}</p>`;
}

function site({ site: here }: TrapDetail): TemplateResult | typeof nothing {
  if (!here) return nothing;
  const { hits, verdicts } = here;
  const parts = (Object.keys(VERDICTS) as (keyof typeof VERDICTS)[])
    .filter((verdict) => verdicts[verdict] > 0)
    .map((verdict) => `${full(verdicts[verdict])} ${VERDICTS[verdict]}`);
  return html`<h3>Callback site</h3>
    <p>Executed ${full(hits)} times${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.</p>`;
}
