/** The colours and fonts of VS Code's theme, for what is drawn on a canvas. Read anew when the theme changes. */

export interface Theme {
  readonly foreground: string;
  readonly dim: string;
  readonly background: string;
  /** Of widgets that float over the editor. */
  readonly widget: string;
  readonly border: string;
  /** Of charts: axes, and between lanes. */
  readonly line: string;
  readonly focus: string;
  readonly selection: string;
  readonly red: string;
  readonly orange: string;
  readonly yellow: string;
  readonly green: string;
  readonly blue: string;
  readonly purple: string;
  /** Where execution has stopped. */
  readonly stopped: string;
  readonly highContrast: boolean;
  /** Families of fonts. */
  readonly monospace: string;
  readonly sans: string;
  /** Of the element, pixels. */
  readonly fontSize: number;
}

/** @param element whose style is asked: any of the page */
export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const value = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = value('editor-foreground', value('foreground', '#888'));
  const border = value('contrastBorder', '');
  const chart = (name: string, otherwise: string): string => value(`charts-${name}`, otherwise);
  return {
    foreground,
    dim: value('descriptionForeground', foreground),
    background: value('editor-background', '#fff'),
    widget: value('editorWidget-background', value('editor-background', '#fff')),
    border: border || value('editorWidget-border', value('panel-border', foreground)),
    line: value('charts-lines', value('panel-border', '#88888840')),
    focus: value('focusBorder', foreground),
    selection: value('list-inactiveSelectionBackground', 'transparent'),
    red: chart('red', '#f14c4c'),
    orange: chart('orange', '#d18616'),
    yellow: chart('yellow', '#cca700'),
    green: chart('green', '#388a34'),
    blue: chart('blue', '#3794ff'),
    purple: chart('purple', '#b180d7'),
    stopped: value('debugIcon-breakpointCurrentStackframeForeground', '#ffcc00'),
    highContrast: border !== '',
    monospace: value('editor-font-family', 'monospace'),
    sans: value('font-family', 'sans-serif'),
    fontSize: Number.parseFloat(style.fontSize) || 13,
  };
}

/** Calls `changed` whenever another theme is chosen. Returns what ends that. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  return () => {
    observer.disconnect();
  };
}
