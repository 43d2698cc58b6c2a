/** What the cursor stands on, in a line: address and name, physical address, what is there, its values. */
import { html, nothing, type TemplateResult } from 'lit';
import { full } from '../common/format.js';
import { addressText, asciiOf, pieceText, symbolAt, type ByteOrder, type Window } from './model.js';

/** @param end of the space @param links what can be done with the address */
export function statusLine(
  cursor: number,
  window: Window,
  order: ByteOrder,
  end: number,
  links: TemplateResult | typeof nothing,
): TemplateResult {
  const piece = window.pieceAt(cursor);
  const values = ([1, 2, 4, 8] as const).map((size) => {
    const value = window.value(cursor, size, order);
    return value === undefined
      ? nothing
      : html`<span
          ><span class="dim">u${8 * size}</span> 0x${value.toString(16).padStart(2 * size, '0')}
          <span class="dim">${size < 8 ? full(Number(value)) : ''}</span></span
        >`;
  });
  const pa = piece?.pa === undefined ? undefined : piece.pa + cursor - piece.address;
  const byte = window.at(cursor);
  const symbol = symbolAt(window.symbols, cursor);
  return html`<div class="status mono" role="status" aria-live="off">
    <span
      >${addressText(cursor, end)}${symbol === undefined ? nothing : html` <span class="dim">${symbol}</span>`}</span
    >
    ${pa === undefined ? nothing : html`<span><span class="dim">physical</span> ${addressText(pa, 2 ** 40)}</span>`}
    ${piece === undefined ? nothing : html`<span>${pieceText(piece)}</span>`} ${values}
    ${byte === undefined ? nothing : html`<span class="dim">'${asciiOf(byte)}'</span>`} ${links}
  </div>`;
}
