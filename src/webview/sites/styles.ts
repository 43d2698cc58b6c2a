/** How the panel "Callback Sites" looks. */
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
    gap: 8px;
    align-items: center;
    padding: 6px 10px;
  }
  .bar input {
    flex: 1;
    min-width: 8ch;
  }
  .bar .total {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .split {
    display: grid;
    flex: 1;
    min-height: 0;
    grid-template: 1fr / minmax(0, 1fr);
  }
  .split.open {
    grid-template: 1fr / minmax(0, 1fr) 340px;
  }
  .split.open .detail {
    border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  @container (max-width: 760px) {
    .split.open {
      grid-template: 1fr 45% / minmax(0, 1fr);
    }
    .split.open .detail {
      border-left: none;
      border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    }
    .bar {
      flex-wrap: wrap;
    }
  }
`;

/** What the table draws for this panel, in the table's own tree. */
export const cellStyles = css`
  .breakpoint {
    display: block;
    width: 16px;
    height: 16px;
  }
  .dot {
    display: block;
    box-sizing: border-box;
    width: 10px;
    height: 10px;
    margin: 3px;
    border-radius: 50%;
    border: 1px solid transparent;
  }
  .breakpoint:hover .dot.none {
    border-color: var(--vscode-debugIcon-breakpointForeground);
    opacity: 0.6;
  }
  .dot.enabled {
    background: var(--vscode-debugIcon-breakpointForeground);
  }
  .dot.disabled {
    border: 2px solid var(--vscode-debugIcon-breakpointDisabledForeground, currentColor);
  }
  .dot.elsewhere {
    border-radius: 0;
    background: var(--vscode-debugIcon-breakpointForeground);
  }
  .link {
    color: var(--vscode-textLink-foreground);
  }
  .grid:focus .row[aria-selected='true'] .link,
  .grid:focus .row[aria-selected='true'] .dim {
    color: inherit;
  }
`;
