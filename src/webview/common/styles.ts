/** What all panels look alike in: VS Code's own colours, fonts and focus rings, in every theme. */
import { css } from 'lit';

export const base = css`
  :host {
    display: block;
    height: 100vh;
    color: var(--vscode-foreground);
    font: var(--vscode-font-weight, normal) var(--vscode-font-size, 13px) / 1.4 var(--vscode-font-family, sans-serif);
  }
  * {
    box-sizing: border-box;
  }
  .mono {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
  }
  .dim {
    color: var(--vscode-descriptionForeground);
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  button.action {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    border: 1px solid var(--vscode-button-border, transparent);
    border-radius: 2px;
    padding: 4px 12px;
  }
  button.action:hover {
    background: var(--vscode-button-hoverBackground);
  }
  button.action.secondary {
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
  }
  button.action.secondary:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  input[type='text'] {
    font: inherit;
    width: 100%;
    min-width: 0;
    padding: 3px 6px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 2px;
  }
  input[type='text']::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  input[type='text']:focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;
