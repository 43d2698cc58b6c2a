/** How the image editor looks. */
import { css } from 'lit';

export const styles = css`
  .view {
    display: grid;
    grid-template: auto minmax(0, 1fr) / clamp(250px, 32%, 370px) minmax(0, 1fr);
    height: 100%;
    background: var(--vscode-editor-background);
  }
  header {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 8px 20px;
    align-items: center;
    padding: 10px 20px;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  header h1 {
    margin: 0;
    font-size: 1.2em;
    font-weight: 600;
  }
  header .buttons {
    display: flex;
    gap: 6px;
    margin-left: auto;
  }
  aside {
    overflow-y: auto;
    padding: 6px 0 20px;
    border-right: 1px solid var(--vscode-panel-border, transparent);
  }
  h2 {
    margin: 14px 20px 4px;
    font-size: 11px;
    font-weight: 600;
    letter-spacing: 0.04em;
    text-transform: uppercase;
    color: var(--vscode-descriptionForeground);
  }
  dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 2px 16px;
    margin: 0 20px;
  }
  dt {
    color: var(--vscode-descriptionForeground);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  table {
    width: calc(100% - 40px);
    margin: 0 20px;
    border-collapse: collapse;
    color: inherit;
    font: inherit;
    font-variant-numeric: tabular-nums;
  }
  th {
    font-weight: normal;
    text-align: left;
    color: var(--vscode-descriptionForeground);
  }
  th,
  td {
    padding: 1px 10px 1px 0;
    white-space: nowrap;
  }
  td.number,
  th.number {
    text-align: right;
  }
  .scroll {
    overflow-x: auto;
  }
  .filter {
    padding: 2px 20px 6px;
  }
  .symbols {
    position: relative;
    height: 320px;
    overflow-y: auto;
  }
  .symbol {
    position: absolute;
    left: 0;
    right: 0;
    display: flex;
    gap: 12px;
    align-items: center;
    height: 22px;
    padding: 0 20px;
    cursor: pointer;
  }
  .symbol .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .symbol:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .symbol[aria-selected='true'] {
    color: var(--vscode-list-activeSelectionForeground);
    background: var(--vscode-list-activeSelectionBackground);
  }
  .symbol[aria-selected='true'] .dim {
    color: inherit;
  }
  .listing {
    position: relative;
    overflow: auto;
  }
  .code {
    position: relative;
    min-width: max-content;
  }
  .instruction {
    position: absolute;
    left: 0;
    display: grid;
    grid-template-columns: 10ch 13ch 10ch auto 1fr;
    min-width: 100%;
    height: 20px;
    padding: 0 20px;
    line-height: 20px;
    white-space: pre;
  }
  .instruction.target {
    background: var(--vscode-editor-lineHighlightBackground, var(--vscode-list-inactiveSelectionBackground));
  }
  .instruction .address {
    color: var(--vscode-editorLineNumber-foreground);
  }
  .instruction .class {
    padding: 0 16px;
    font-family: var(--vscode-font-family);
    font-size: 0.9em;
    color: var(--vscode-charts-orange);
  }
  .label {
    position: absolute;
    left: 0;
    height: 20px;
    padding: 0 20px;
    line-height: 20px;
    color: var(--vscode-symbolIcon-functionForeground, var(--vscode-charts-purple));
  }
  .broken {
    max-width: 60ch;
    padding: 40px 20px;
    margin: 0 auto;
    font-size: 1.1em;
  }
`;
