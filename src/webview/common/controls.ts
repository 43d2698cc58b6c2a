/** Small controls in VS Code's looks that several panels have: a choice from a list, a split with a pane at the side. */
import { css, html, type TemplateResult } from 'lit';

export const controlStyles = css`
  select {
    font: inherit;
    min-width: 0;
    padding: 2px 4px;
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border: 1px solid var(--vscode-dropdown-border, transparent);
    border-radius: 2px;
  }
  option {
    background: var(--vscode-dropdown-listBackground, var(--vscode-dropdown-background));
  }
  .link {
    color: var(--vscode-textLink-foreground);
    text-align: left;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .tool {
    padding: 2px 6px;
    border-radius: 3px;
    white-space: nowrap;
  }
  .tool:hover {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
  }
  .tool[aria-pressed='true'] {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    outline: 1px solid var(--vscode-inputOption-activeBorder, transparent);
    outline-offset: -1px;
  }
  .tool:disabled {
    color: var(--vscode-disabledForeground);
    cursor: default;
  }
`;

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A drop-down list. */
export function choose(
  label: string,
  choices: readonly Choice[],
  value: string,
  chosen: (value: string) => void,
): TemplateResult {
  return html`<select
    aria-label=${label}
    title=${label}
    @change=${(event: Event) => {
      chosen((event.target as HTMLSelectElement).value);
    }}
  >
    ${choices.map(
      ({ value: own, label: text }) => html`<option value=${own} ?selected=${own === value}>${text}</option>`,
    )}
  </select>`;
}

/** One of several that have ids, as address spaces have. */
export interface Option<Id extends string> {
  readonly id: Id;
  readonly name: string;
}

/** A drop-down list behind its label. */
export function chooseLabelled<Id extends string>(
  label: string,
  options: readonly Option<Id>[],
  chosen: Id,
  choose: (id: Id) => void,
): TemplateResult {
  return html`<label
    >${label}
    <select
      @change=${(event: Event) => {
        // options have the ids as values
        choose((event.target as HTMLSelectElement).value as Id);
      }}
    >
      ${options.map(({ id, name }) => html`<option value=${id} .selected=${id === chosen}>${name}</option>`)}
    </select></label
  >`;
}
