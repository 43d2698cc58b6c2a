/** How the Traps view looks. */
import { css } from 'lit';

export const styles = css`
  .view {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .bar {
    display: flex;
    gap: 6px;
    align-items: center;
    padding: 4px 10px 6px;
  }
  .bar .total {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .classes {
    flex: none;
    max-height: 45%;
    overflow-y: auto;
    padding-bottom: 4px;
    border-bottom: 1px solid var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border, transparent));
  }
  .class {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 24px;
    align-items: center;
    height: 22px;
    padding-right: 4px;
  }
  .class .choose {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto 64px;
    column-gap: 8px;
    align-items: center;
    height: 100%;
    padding: 0 8px 0 10px;
    text-align: left;
  }
  .class .share {
    position: absolute;
    left: 0;
    top: 2px;
    bottom: 2px;
    opacity: 0.16;
    pointer-events: none;
    background: var(--vscode-charts-blue);
  }
  .class .share.inline {
    background: repeating-linear-gradient(-45deg, var(--vscode-charts-blue) 0 3px, transparent 3px 6px);
  }
  .class .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .class .number {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .class:hover,
  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .class.selected,
  .row[aria-selected='true'] {
    color: var(--vscode-list-activeSelectionForeground);
    background: var(--vscode-list-activeSelectionBackground);
  }
  [role='listbox']:not(:focus) .row[aria-selected='true'] {
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    background: var(--vscode-list-inactiveSelectionBackground);
  }
  .class.selected .dim,
  [role='listbox']:focus .row[aria-selected='true'] .dim {
    color: inherit;
    opacity: 0.85;
  }
  .pause {
    display: grid;
    place-items: center;
    width: 22px;
    height: 20px;
    border-radius: 3px;
    opacity: 0;
  }
  .class:hover .pause,
  .class:focus-within .pause,
  .pause:focus-visible,
  .pause[aria-pressed='true'] {
    opacity: 1;
  }
  .pause:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .pause[aria-pressed='true'] {
    color: var(--vscode-debugIcon-breakpointForeground, var(--vscode-charts-red));
  }
  .note {
    display: flex;
    gap: 8px;
    align-items: baseline;
    justify-content: space-between;
    padding: 4px 10px;
    border-bottom: 1px solid var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border, transparent));
  }
  .note .link {
    flex: none;
    color: var(--vscode-textLink-foreground);
  }
  .note .link:hover {
    text-decoration: underline;
  }
  .list {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow-y: auto;
  }
  .list:focus {
    outline: none;
  }
  .list:focus-visible .row[aria-selected='true'] {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .spacer {
    position: relative;
    overflow: hidden;
  }
  .row {
    position: absolute;
    left: 0;
    right: 0;
    padding: 3px 10px 3px 8px;
    border-left: 3px solid transparent;
    cursor: pointer;
    overflow: hidden;
  }
  .end {
    padding: 6px 11px;
  }
  .row .line {
    display: flex;
    gap: 8px;
    align-items: baseline;
    white-space: nowrap;
  }
  .row .grow {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .row .locate {
    flex: none;
    align-self: center;
    padding: 1px 2px;
    border-radius: 3px;
    opacity: 0;
  }
  .row:hover .locate,
  .row[aria-selected='true'] .locate {
    opacity: 1;
  }
  .row .locate:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .row .small {
    font-size: 0.9em;
  }
  .row.allow {
    border-left-color: var(--vscode-charts-green);
  }
  .row.emulate {
    border-left-color: var(--vscode-charts-blue);
  }
  .row.inject {
    border-left-color: var(--vscode-charts-yellow);
  }
  .row.deny {
    border-left-color: var(--vscode-charts-red);
  }
  .row.gap {
    display: grid;
    place-items: center;
    font-style: italic;
  }
  .held {
    position: absolute;
    left: 50%;
    z-index: 1;
    transform: translateX(-50%);
    margin-top: 6px;
    padding: 2px 12px;
    border-radius: 11px;
    color: var(--vscode-badge-foreground);
    background: var(--vscode-badge-background);
    white-space: nowrap;
  }
  .around {
    position: relative;
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .welcome {
    padding: 12px 20px;
  }
  .welcome p {
    margin: 0 0 12px;
  }
`;
