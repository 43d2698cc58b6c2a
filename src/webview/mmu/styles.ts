/** How the panel "MMU" looks. */
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
    gap: 6px 16px;
    align-items: center;
    padding: 6px 10px;
  }
  .bar label,
  .form label {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    white-space: nowrap;
  }
  .summary {
    padding: 0 10px 6px;
  }
  trapline-table {
    flex: 1;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 8px 10px 16px;
  }
  .maps {
    display: flex;
    flex-wrap: wrap;
    gap: 24px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 18px;
    margin: 0 0 12px;
    padding: 0;
    list-style: none;
  }
  .legend trapline-mmu-sign {
    display: inline-block;
    width: 12px;
    height: 12px;
    margin-right: 5px;
    vertical-align: -1px;
    border: 1px solid var(--vscode-panel-border, transparent);
  }
  .form {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    padding: 8px 10px;
  }
  .form input[type='text'] {
    width: 32ch;
  }
  fieldset {
    display: flex;
    gap: 10px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .steps {
    margin: 0;
    padding: 0;
    list-style: none;
    max-width: 110ch;
  }
  .steps > li {
    padding: 6px 10px;
    border-left: 2px solid var(--vscode-charts-blue);
    margin-bottom: 6px;
  }
  .steps > li.fault {
    border-left-color: var(--vscode-charts-red);
    border-left-style: double;
    border-left-width: 6px;
  }
  .steps p {
    margin: 2px 0;
  }
  table {
    border-collapse: collapse;
    margin: 4px 0 6px;
  }
  th,
  td {
    padding: 1px 14px 1px 0;
    text-align: left;
    vertical-align: top;
    font-weight: normal;
  }
  thead th {
    color: var(--vscode-descriptionForeground);
  }
  .outcomes th,
  .outcomes td {
    padding: 3px 14px 3px 0;
  }
  .outcomes .asked {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .ok {
    color: var(--vscode-charts-green);
  }
  .bad {
    color: var(--vscode-errorForeground);
  }
  h2 {
    font-size: inherit;
    margin: 12px 0 4px;
  }
  .registers {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 40px;
  }
  .registers section {
    min-width: 34ch;
  }
`;
