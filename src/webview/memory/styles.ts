/** How the panel "Memory" looks. */
import { css } from 'lit';

export const styles = css`
  .view {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 14px;
    align-items: center;
    padding: 6px 10px 0;
  }
  .bar:last-of-type {
    padding-bottom: 6px;
  }
  .bar label {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    white-space: nowrap;
  }
  .bar input[type='text'] {
    width: 22ch;
  }
  .bar input.short {
    width: 14ch;
  }
  button.small {
    padding: 2px 8px;
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
    border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent));
    border-radius: 2px;
  }
  button.small:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  trapline-hex {
    flex: 1;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    padding: 4px 10px;
    border-top: 1px solid var(--vscode-panel-border, transparent);
  }
  .bad {
    color: var(--vscode-errorForeground);
  }
`;
