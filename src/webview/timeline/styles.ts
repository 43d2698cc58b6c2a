/** How the panel "Trap Timeline" looks. */
import { css } from 'lit';
import { decodedStyles } from '../common/decoded.js';
import { detailStyles } from './detail.js';

export const styles = [
  decodedStyles,
  detailStyles,
  css`
    .view {
      display: flex;
      flex-direction: column;
      height: 100%;
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 6px;
      align-items: center;
      padding: 6px 10px 2px;
    }
    .tool {
      min-width: 24px;
      height: 22px;
      padding: 0 6px;
      border-radius: 4px;
      white-space: nowrap;
    }
    .tool:hover {
      background: var(--vscode-toolbar-hoverBackground);
    }
    .tool[aria-pressed='true'] {
      color: var(--vscode-inputOption-activeForeground);
      background: var(--vscode-inputOption-activeBackground);
      outline: 1px solid var(--vscode-inputOption-activeBorder, transparent);
      outline-offset: -1px;
    }
    .what {
      flex: 1;
      padding: 0 6px;
      white-space: nowrap;
      overflow: hidden;
      text-overflow: ellipsis;
      font-variant-numeric: tabular-nums;
    }
    .legend {
      display: flex;
      gap: 12px;
      white-space: nowrap;
    }
    .notes {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 16px;
      padding: 0 16px 4px;
      font-size: 0.92em;
    }
    trapline-timeline-chart {
      flex: 0 1 auto;
      max-height: 55%;
    }
    .below {
      flex: 1;
      min-height: 0;
      display: grid;
      grid-template-columns: minmax(0, 1fr);
    }
    .below.with-detail {
      grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    }
    @media (max-width: 900px) {
      .below.with-detail {
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr) minmax(0, 1fr);
      }
    }
  `,
];
