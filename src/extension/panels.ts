/**
 * The panels that open as editor tabs: one of each, brought to the front when it is asked for again, and there again after the window was reloaded. A
 * hidden panel's page is gone; what it keeps, it keeps itself.
 */
import * as vscode from 'vscode';
import { PANELS, type PanelId, type PanelPlace } from '../protocol/panels.js';
import { traplineIcon } from './icon.js';
import { PanelLink, type PanelServices } from './panel-link.js';
import { fillWebview } from './webview.js';

/** `viewType` of a panel. */
export function panelType(id: PanelId): string {
  return `trapline.${id}`;
}

const IDS = Object.keys(PANELS) as PanelId[];

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly link: PanelLink;
}

export class Panels implements vscode.Disposable {
  private readonly opened = new Map<PanelId, OpenPanel>();
  private readonly services: PanelServices;
  private readonly subscriptions: vscode.Disposable[];
  private readonly changed = new vscode.EventEmitter<void>();

  /** A panel was opened or closed. */
  readonly onDidChange = this.changed.event;

  constructor(services: Omit<PanelServices, 'open'>) {
    this.services = {
      ...services,
      open: (id, place) => {
        this.open(id, place);
      },
    };
    this.subscriptions = IDS.map((id) =>
      vscode.window.registerWebviewPanelSerializer(panelType(id), {
        deserializeWebviewPanel: (panel) => {
          this.add(id, panel);
          return Promise.resolve();
        },
      }),
    );
  }

  /** What links of other views need. */
  get shared(): PanelServices {
    return this.services;
  }

  /** Whether there is such a panel, seen or not. */
  isOpen(id: PanelId): boolean {
    return this.opened.has(id);
  }

  open(id: PanelId, place: PanelPlace = {}): void {
    const { panel, link } = this.opened.get(id) ?? this.add(id, create(id));
    panel.reveal(undefined, false);
    link.show(place);
  }

  private add(id: PanelId, panel: vscode.WebviewPanel): OpenPanel {
    const { extensionUri } = this.services;
    panel.iconPath = traplineIcon(extensionUri);
    const link = new PanelLink(PANELS[id], panel.webview, () => panel.visible, this.services);
    const entry = { panel, link };
    this.opened.set(id, entry);
    panel.onDidChangeViewState(() => {
      if (!panel.visible) link.pageGone();
    });
    panel.onDidDispose(() => {
      link.dispose();
      this.opened.delete(id);
      this.changed.fire();
    });
    fillWebview(panel.webview, extensionUri, id, PANELS[id]);
    this.changed.fire();
    return entry;
  }

  dispose(): void {
    for (const { panel } of [...this.opened.values()]) panel.dispose();
    for (const subscription of [...this.subscriptions, this.changed]) subscription.dispose();
  }
}

function create(id: PanelId): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(panelType(id), PANELS[id], vscode.ViewColumn.Active, {
    enableFindWidget: true,
  });
}
