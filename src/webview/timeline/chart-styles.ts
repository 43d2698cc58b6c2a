/** How the chart of the timeline looks, beside its canvas. */
import { css } from 'lit';

export const chartStyles = css`
  :host {
    height: auto;
    min-height: 0;
    overflow: hidden auto;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  .chart {
    display: grid;
    grid-template-columns: 176px minmax(0, 1fr);
  }
  .labels {
    position: relative;
  }
  .label {
    position: absolute;
    left: 0;
    right: 0;
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 0 6px 0 10px;
    white-space: nowrap;
    font-size: 0.92em;
    text-align: left;
  }
  .label .name {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .label.class .name {
    padding-left: 10px;
  }
  button.label:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .label[aria-pressed='false'] .name {
    text-decoration: line-through;
    color: var(--vscode-disabledForeground, var(--vscode-descriptionForeground));
  }
  .number {
    font-variant-numeric: tabular-nums;
    color: var(--vscode-descriptionForeground);
  }
  .area {
    position: relative;
    touch-action: none;
  }
  canvas {
    display: block;
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  .area.dragging {
    cursor: grabbing;
  }
  .readout {
    position: sticky;
    bottom: 0;
    height: 20px;
    padding: 0 10px;
    font-size: 0.92em;
    font-variant-numeric: tabular-nums;
    color: var(--vscode-descriptionForeground);
    background: var(--vscode-editor-background);
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
`;
