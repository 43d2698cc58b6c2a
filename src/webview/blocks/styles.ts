/** How the panel "Blocks" looks. */
import { css } from 'lit';

export const styles = css`
  .view {
    display: flex;
    flex-direction: column;
    height: 100%;
    container-type: inline-size;
  }
  .bar {
    display: flex;
    gap: 6px;
    align-items: center;
    padding: 6px 10px;
    flex-wrap: wrap;
  }
  trapline-block-search {
    flex: 1;
    min-width: 14ch;
  }
  .status {
    display: flex;
    gap: 12px;
    padding: 2px 10px 4px;
    white-space: nowrap;
    overflow: hidden;
  }
  .status span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .split {
    display: grid;
    flex: 1;
    min-height: 0;
    grid-template: 1fr / minmax(0, 1fr) minmax(260px, 30%);
    border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  @container (max-width: 720px) {
    .split {
      grid-template: 1fr 40% / minmax(0, 1fr);
    }
    .split .pane {
      border-left: none;
      border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    }
  }
  .memory {
    padding: 4px 10px 2px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    padding: 2px 10px 6px;
    border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    font-size: 0.92em;
  }
  .legend svg {
    vertical-align: middle;
    margin-right: 4px;
  }
  .legend .tag {
    margin-right: 4px;
  }
`;
