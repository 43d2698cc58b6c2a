/** The registers that govern translations, field by field, and the domains with what is mapped in each. */
import { html, nothing, type TemplateResult } from 'lit';
import type { MmuState } from '../../protocol/views/mmu.js';
import { sizeText } from './model.js';

/** @param mapped bytes, by domain */
export function registersTemplate(
  { registers, domains }: Pick<MmuState, 'registers' | 'domains'>,
  mapped: ReadonlyMap<number, number>,
): TemplateResult {
  return html`<div class="scroll">
    <div class="registers">
      ${registers
        .filter(({ name }) => name !== 'DACR')
        .map(
          ({ name, value, fields }) =>
            html`<section aria-label=${name}>
              <h2>${name} <span class="mono">${value}</span></h2>
              <table>
                ${fields.map(
                  (field) =>
                    html`<tr>
                      <th scope="row" class="mono">${field.name}</th>
                      <td class="mono">${field.value}</td>
                      <td class="dim">${field.meaning}</td>
                    </tr>`,
                )}
              </table>
            </section>`,
        )}
      ${
        domains.length === 0
          ? nothing
          : html`<section aria-label="Domains">
              <h2>DACR <span class="mono">${registers.find(({ name }) => name === 'DACR')?.value}</span></h2>
              <table>
                ${domains.map(
                  (access, domain) =>
                    html`<tr>
                      <th scope="row">domain ${domain}</th>
                      <td>${access}</td>
                      <td class="dim">${mapped.has(domain) ? `${sizeText(mapped.get(domain) ?? 0)} mapped` : ''}</td>
                    </tr>`,
                )}
              </table>
            </section>`
      }
    </div>
  </div>`;
}
