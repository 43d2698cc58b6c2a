/** What an ELF file says of itself, as tables: header, segments, sections. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ImageInfo } from '../../protocol/model.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';

export function headerFields({ header }: ImageInfo): TemplateResult {
  return html`<h2>Header</h2>
    <dl>
      ${header.map(
        ({ name, value }) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
}

export function segmentTable({ segments }: ImageInfo): TemplateResult {
  const moved = segments.some(({ address, physical }) => address !== physical);
  return html`<h2>Segments</h2>
    <div class="scroll">
      <table>
        <tr>
          <th>Type</th>
          <th>Address</th>
          ${moved ? html`<th>Loaded at</th>` : nothing}
          <th class="number">In file</th>
          <th class="number">Memory</th>
          <th></th>
        </tr>
        ${segments.map(
          ({ type, address, physical, fileSize, memorySize, flags }) =>
            html`<tr>
              <td>${type}</td>
              <td class="mono">${hex32(address)}</td>
              ${moved ? html`<td class="mono">${hex32(physical)}</td>` : nothing}
              <td class="number">${full(fileSize)}</td>
              <td class="number">${full(memorySize)}</td>
              <td class="mono">${flags}</td>
            </tr>`,
        )}
      </table>
    </div>`;
}

export function sectionTable({ sections }: ImageInfo): TemplateResult | typeof nothing {
  if (sections.length === 0) return nothing;
  return html`<h2>Sections</h2>
    <div class="scroll">
      <table>
        <tr>
          <th>Name</th>
          <th>Address</th>
          <th class="number">Bytes</th>
          <th></th>
        </tr>
        ${sections
          .filter(({ name }) => name !== '')
          .map(
            ({ name, address, size, flags }) =>
              html`<tr>
                <td>${name}</td>
                <td class="mono">${address === 0 ? '' : hex32(address)}</td>
                <td class="number">${full(size)}</td>
                <td class="mono">${flags}</td>
              </tr>`,
          )}
      </table>
    </div>`;
}
