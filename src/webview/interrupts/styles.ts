/** The looks of the panel "Interrupts". */
import { css } from 'lit';

export const interruptsStyles = css`
  .view {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .bar {
    display: flex;
    gap: 12px;
    align-items: center;
    padding: 6px 10px;
  }
  .bar input[type='text'] {
    flex: 1;
  }
  .check {
    display: flex;
    gap: 4px;
    align-items: center;
    white-space: nowrap;
  }
  .total {
    white-space: nowrap;
  }
  .columns {
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .main {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-width: 0;
  }
  .side {
    width: 320px;
    overflow: auto;
    padding: 0 10px 10px;
    border-left: 1px solid var(--vscode-panel-border, transparent);
  }
  @media (max-width: 800px) {
    /* one above the other: what has no room is scrolled to, and lies over nothing */
    .columns {
      flex-direction: column;
      overflow: auto;
    }
    .main {
      flex: 1 0 360px;
    }
    .side {
      flex: none;
      width: auto;
      max-height: 35%;
      min-height: 120px;
      border-left: 0;
      border-top: 1px solid var(--vscode-panel-border, transparent);
    }
  }
  .lines {
    flex: 3;
  }
  .hand {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 12px;
    align-items: center;
    justify-content: space-between;
    min-height: 38px;
    padding: 4px 10px;
    border-top: 1px solid var(--vscode-panel-border, transparent);
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  .confirm {
    background: var(--vscode-inputValidation-infoBackground, transparent);
    outline: 1px solid var(--vscode-inputValidation-infoBorder, var(--vscode-contrastBorder, transparent));
    outline-offset: -1px;
  }
  .confirm > span:first-child {
    flex: 1 1 40ch;
    max-width: 90ch;
  }
  .buttons {
    display: flex;
    gap: 6px;
  }
  button.action[disabled] {
    opacity: 0.5;
    cursor: default;
  }
  button.link {
    color: var(--vscode-textLink-foreground);
  }
  button.link:hover {
    text-decoration: underline;
  }
  .history {
    display: flex;
    flex-direction: column;
    flex: 4;
    min-height: 0;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    padding: 6px 10px;
  }
  .none {
    margin: 4px 10px;
  }
  trapline-interrupt-lanes {
    flex: none;
    max-height: 50%;
    overflow: auto;
  }
  .events {
    flex: 1;
    min-height: 88px;
  }
  h2 {
    margin: 10px 0 4px;
    font-size: inherit;
    font-weight: 600;
  }
  table {
    border-collapse: collapse;
  }
  th {
    font-weight: normal;
    text-align: left;
    padding: 1px 14px 1px 0;
  }
  td {
    padding: 1px 14px 1px 0;
    white-space: nowrap;
  }
  p {
    margin: 4px 0;
  }
  summary {
    cursor: pointer;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  summary .name {
    display: inline-block;
    min-width: 13ch;
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0 10px;
    margin: 2px 0 6px 18px;
  }
  dd {
    margin: 0;
  }
`;
