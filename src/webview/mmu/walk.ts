/** One translation, drawn: every step of the walk with the descriptor that it read, and what becomes of each kind of access. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AccessName, AccessOutcome, TranslationInfo, WalkStep } from '../../protocol/views/mmu.js';
import { hex32 } from '../../util/bits.js';

export const ACCESSES: readonly { readonly id: AccessName; readonly name: string }[] = [
  { id: 'read', name: 'read' },
  { id: 'write', name: 'write' },
  { id: 'fetch', name: 'execute' },
];

/** Physical addresses may have 40 bits. */
export function physical(pa: number): string {
  return pa < 2 ** 32 ? hex32(pa) : `0x${pa.toString(16).padStart(10, '0')}`;
}

function step({ title, text, fault, descriptor }: WalkStep): TemplateResult {
  return html`<li class=${fault ? 'fault' : ''}>
    <strong>${title}</strong>
    <p>${text}</p>
    ${
      descriptor === undefined
        ? nothing
        : html`<table aria-label="${descriptor.kind} ${descriptor.word}">
            <thead>
              <tr>
                <th class="mono" colspan="2">${descriptor.word}</th>
                <th colspan="2">${descriptor.kind}</th>
              </tr>
            </thead>
            <tbody>
              ${descriptor.fields.map(
                ({ name, bits, value, meaning }) =>
                  html`<tr>
                    <td class="mono dim">${bits}</td>
                    <td class="mono">${value}</td>
                    <th scope="row">${name}</th>
                    <td>${meaning}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </li>`;
}

function cell({ fault, status }: AccessOutcome, asked: boolean): TemplateResult {
  return html`<td class=${asked ? 'asked' : ''} aria-current=${asked ? 'true' : nothing}>
    ${
      fault === undefined
        ? html`<span class="ok">✓ allowed</span>`
        : html`<span class="bad">✗ ${fault}</span><br /><span class="mono dim">${status}</span>`
    }
  </td>`;
}

export function walkTemplate(
  { steps, outcomes }: TranslationInfo,
  asked: { readonly privileged: boolean; readonly access: AccessName },
): TemplateResult {
  const levels = [true, false].filter((privileged) => outcomes.some((o) => o.privileged === privileged));
  return html`<h2 id="outcomes">What becomes of an access</h2>
    <table class="outcomes" aria-labelledby="outcomes">
      <thead>
        <tr>
          <th></th>
          ${ACCESSES.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${levels.map(
          (privileged) =>
            html`<tr>
              <th scope="row">${privileged ? 'PL1' : 'PL0'}</th>
              ${ACCESSES.map(({ id }) => {
                const found = outcomes.find((o) => o.privileged === privileged && o.access === id);
                return found ? cell(found, asked.privileged === privileged && asked.access === id) : html`<td></td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
    <h2 id="walk">Every step</h2>
    <ol class="steps" aria-labelledby="walk">
      ${steps.map(step)}
    </ol>`;
}
