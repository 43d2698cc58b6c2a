/** A decoded word as panels show it: what an editor's hover says of it, in VS Code's colours for hovers. */
import { css, html, type TemplateResult } from 'lit';
import { arrange } from '../../protocol/decoded-text.js';
import type { DecodedWord } from '../../protocol/decoded.js';

export const decodedStyles = css`
  .decoded {
    padding: 4px 10px;
  }
  .decoded + .decoded {
    border-top: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-panel-border, transparent));
  }
  .decoded p,
  .decoded pre {
    margin: 6px 0;
  }
  .decoded p {
    max-width: 90ch;
  }
  .decoded pre {
    overflow-x: auto;
  }
  .decoded code,
  .decoded .bits {
    padding: 2px 5px;
    background: var(--vscode-textCodeBlock-background);
    border-radius: 3px;
  }
`;

export function decodedWord(decoded: DecodedWord): TemplateResult {
  const { place, bits, parts } = arrange(decoded);
  return html`<div class="decoded">
    <pre class="mono">${decoded.text} <span class="dim">@ 0x${decoded.digits}</span></pre>
    <p>${place}</p>
    <pre class="mono bits">${bits.join('\n')}</pre>
    ${parts.map(
      ({ title, lines }) =>
        html`<p>
          <strong>${title}:</strong>
          ${title === 'Syntax' ? html`<code class="mono">${lines.join(' ')}</code>` : lines.join(' ')}
        </p>`,
    )}
  </div>`;
}
