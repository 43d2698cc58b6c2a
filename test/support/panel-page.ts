/** A panel's page in a real browser, connected to a session in this process as the extension would connect it; colours as VS Code's dark theme has them. */
import * as esbuild from 'esbuild';
import type { Page } from 'playwright-core';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import type { SessionClient } from '../../src/protocol/client.js';
import { PANEL_EVENTS, type FromPanel, type PanelEventMessage, type ToPanel } from '../../src/protocol/panels.js';

const COLOURS: Readonly<Record<string, string>> = {
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  'editor-background': '#1f1f1f',
  'panel-border': '#2b2b2b',
  focusBorder: '#0078d4',
  'charts-lines': '#cccccc40',
  'charts-red': '#f14c4c',
  'charts-blue': '#3794ff',
  'charts-yellow': '#cca700',
  'charts-orange': '#d18616',
  'charts-green': '#89d185',
  'charts-purple': '#b180d7',
  'button-secondaryBackground': '#313131',
  'button-secondaryForeground': '#cccccc',
  'toolbar-hoverBackground': '#5a5d5e50',
  'list-hoverBackground': '#2a2d2e',
  'list-activeSelectionBackground': '#04395e',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': '#37373d',
  'textLink-foreground': '#4daafc',
  'textCodeBlock-background': '#2b2b2b',
};

export interface OpenPanel {
  readonly page: Page;
  /** What the page wanted that is not a request. */
  readonly sent: FromPanel[];
  readonly close: () => Promise<void>;
}

/** Typed arrays travel as they are in VS Code; here they are written down. */
function written(message: ToPanel): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { array: value.constructor.name, bytes: bytes.toString('base64') };
  });
}

/** In the page: what the webview would have, and messages read back. */
const PRELUDE = `
  let kept;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => { void window.toHost(JSON.stringify(message)); },
    getState: () => kept,
    setState: (state) => { kept = state; },
  });
  window.fromHost = (text) => {
    const data = JSON.parse(text, (_key, value) => {
      if (value === null || typeof value !== 'object' || typeof value.array !== 'string') return value;
      const bytes = Uint8Array.from(atob(value.bytes), (letter) => letter.charCodeAt(0));
      return new window[value.array](bytes.buffer);
    });
    window.dispatchEvent(new MessageEvent('message', { data }));
  };
`;

/** Opens the panel of src/webview/PANEL on the guest that the client has launched. */
export async function openPanel(panel: string, client: Pick<SessionClient, 'request' | 'on'>): Promise<OpenPanel> {
  const bundle = await esbuild.build({
    entryPoints: [inRepo('src/webview', panel, 'main.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  });
  const { page, close } = await launchBrowser();
  const sent: FromPanel[] = [];
  const post = (message: ToPanel): void => {
    page
      .evaluate((text) => (window as unknown as { fromHost(text: string): void }).fromHost(text), written(message))
      .then(
        () => undefined,
        () => undefined,
      );
  };
  const receive = async (message: FromPanel): Promise<void> => {
    if (message.kind === 'ready') {
      const status = await client.request('status', {});
      post({ kind: 'session', session: { id: 'bench', name: 'guest', status } });
      for (const event of PANEL_EVENTS) {
        client.on(event, (body) => {
          post({ kind: 'event', event, body } as PanelEventMessage);
        });
      }
    } else if (message.kind === 'request') {
      const { request, method, params } = message;
      try {
        post({
          kind: 'result',
          request,
          result: await client.request(method, params),
        });
      } catch (error) {
        post({ kind: 'error', request, message: String(error) });
      }
    } else sent.push(message);
  };
  await page.exposeFunction('toHost', (text: string) => receive(JSON.parse(text) as FromPanel));
  const colours = Object.entries(COLOURS).map(([name, value]) => `--vscode-${name}: ${value};`);
  await page.setContent(
    `<!DOCTYPE html><html><head><style>:root { ${colours.join(' ')} } body { margin: 0; background: #1f1f1f; }</style></head><body><trapline-${panel}></trapline-${panel}></body></html>`,
  );
  await page.addScriptTag({ content: PRELUDE });
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
  return { page, sent, close };
}

export interface Frames {
  /** Times between frames, and from the beginning of a frame until it was drawn, ms. */
  readonly between: readonly number[];
  readonly work: readonly number[];
}

/** Zooms, pans, or scrolls the table of the timeline a little with each frame, for some seconds. */
export function framesOf(page: Page, what: 'zoom' | 'pan' | 'table'): Promise<Frames> {
  return page.evaluate(
    (what) =>
      new Promise<Frames>((resolve) => {
        const panel = document.querySelector('trapline-timeline')?.shadowRoot;
        const area = panel?.querySelector('trapline-timeline-chart')?.shadowRoot?.querySelector('.area');
        const table = panel?.querySelector('trapline-table');
        if (!area || !table) throw new Error('there is no timeline');
        const between: number[] = [];
        const work: number[] = [];
        const channel = new MessageChannel();
        let began = 0;
        channel.port1.onmessage = () => work.push(performance.now() - began);
        let last = 0;
        let frame = 0;
        const { left, top, width } = area.getBoundingClientRect();
        const wheel = (deltaX: number, deltaY: number): void => {
          const clientX = left + width * (0.3 + 0.4 * Math.abs(Math.sin(frame / 90)));
          const options = { deltaX, deltaY, clientX, clientY: top + 120, bubbles: true, cancelable: true };
          area.dispatchEvent(new WheelEvent('wheel', options));
        };
        const act = (now: number): void => {
          began = performance.now();
          if (last > 0) between.push(now - last);
          last = now;
          // in and out again; there and back again
          if (what === 'zoom') wheel(0, frame % 160 < 80 ? -60 : 60);
          else if (what === 'pan') wheel(frame % 120 < 60 ? 40 : -40, 0);
          else table.scrollTop += frame % 200 < 100 ? 3000 : -3000;
          channel.port2.postMessage(0);
          if (frame++ < 320) requestAnimationFrame(act);
          else resolve({ between: between.slice(20), work: work.slice(20) });
        };
        // somewhere in the middle, close enough to have something to pan over
        if (what === 'pan') for (let i = 0; i < 30; i++) wheel(0, -120);
        setTimeout(() => requestAnimationFrame(act), 500);
      }),
    what,
  );
}
