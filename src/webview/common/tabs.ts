/** Tabs within a panel: one row of them, arrow keys go from one to the next, and what the chosen one shows belongs to it for screen readers. */
import { css, html, nothing, type TemplateResult } from 'lit';

export const tabStyles = css`
  .tabs {
    display: flex;
    gap: 16px;
    padding: 0 10px;
    border-bottom: 1px solid var(--vscode-panel-border, transparent);
  }
  .tabs button {
    padding: 6px 0;
    color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-descriptionForeground));
    border-bottom: 1px solid transparent;
  }
  .tabs button[aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
    border-bottom-color: var(--vscode-panelTitle-activeBorder, currentColor);
  }
  .tabs button:hover {
    color: var(--vscode-foreground);
  }
  .tab {
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
  }
`;

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly title: string;
}

/** The row of tabs. */
export function tabRow<Id extends string>(
  label: string,
  tabs: readonly Tab<Id>[],
  chosen: Id,
  choose: (id: Id) => void,
): TemplateResult {
  const key = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === chosen);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const row = event.currentTarget as HTMLElement;
    const { id } = tabs[moves[event.key]];
    choose(id);
    row.querySelector<HTMLElement>(`#tab-${id}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${key}>
    ${tabs.map(
      ({ id, title }) =>
        html`<button
          id="tab-${id}"
          role="tab"
          aria-selected=${id === chosen}
          aria-controls=${id === chosen ? 'tab-panel' : nothing}
          tabindex=${id === chosen ? 0 : -1}
          @click=${() => {
            choose(id);
          }}
        >
          ${title}
        </button>`,
    )}
  </div>`;
}

/** What the chosen tab shows. */
export function tabPanel(chosen: string, content: TemplateResult): TemplateResult {
  return html`<div class="tab" id="tab-panel" role="tabpanel" aria-labelledby="tab-${chosen}">${content}</div>`;
}
