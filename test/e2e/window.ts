/** One window of a real VS Code with the packaged extension installed, on a copy of the samples, and what a person looks at in it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { inRepo, run } from '../../scripts/lib/repo.mjs';
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import { startServer, workbenchUrl } from '../../scripts/vscode/server.mjs';
import { runCommand, webviewFrame, workbenchReady } from '../../scripts/vscode/workbench.mjs';

/** Where screenshots go; git does not look there. */
export const SHOTS = inRepo('out/screenshots');
/** Well below a test's limit, so that a failure says what did not come. */
export const LOOK_MS = 15_000;

let packaged: Promise<string> | undefined;

/** @returns the .vsix that `npm test` has made of the checkout; made here where a file runs by itself */
export function packageExtension(): Promise<string> {
  return (packaged ??= process.env.TRAPLINE_VSIX ? Promise.resolve(process.env.TRAPLINE_VSIX) : makePackage());
}

async function makePackage(): Promise<string> {
  const file = inRepo('out/e2e/trapline.vsix');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const code = await run(process.execPath, [inRepo('scripts/package.mjs'), file]);
  if (code !== 0) throw new Error(`packaging ended with code ${code}`);
  return file;
}

export class Window {
  private constructor(
    readonly page: Page,
    /** The opened folder. */
    readonly folder: string,
    readonly close: () => Promise<void>,
  ) {}

  static async open(vsix: string): Promise<Window> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-samples-'));
    fs.cpSync(inRepo('samples'), folder, { recursive: true });
    const server = await startServer({
      delivery: { kind: 'vsix', file: vsix },
      // drawn as text, so that it can be read
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    });
    const browser = await launchBrowser();
    await browser.page.goto(workbenchUrl(server, folder));
    await workbenchReady(browser.page, 'hello');
    return new Window(browser.page, folder, async () => {
      await browser.close();
      await server.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    });
  }

  /** Starts a configuration of the folder's launch.json by its name, as Quick Open's `debug ` does. */
  async start(name: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    // a list that was opened before VS Code had read the launch configurations stays without them
    for (const end = Date.now() + LOOK_MS; !(await row.isVisible()) && Date.now() < end;) {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+p');
      const input = this.page.locator('.quick-input-widget input').first();
      await input.waitFor({ state: 'visible' });
      await input.fill(`debug ${name}`);
      await row.waitFor({ state: 'visible', timeout: 2000 }).catch(() => undefined);
    }
    await row.click({ timeout: LOOK_MS });
    await this.toolbar.waitFor({ state: 'visible', timeout: LOOK_MS });
  }

  get toolbar(): Locator {
    return this.page.locator('.debug-toolbar').first();
  }

  /** Ends the session as Shift+F5 does. */
  async stop(): Promise<void> {
    await this.page.keyboard.press('Shift+F5');
    await this.toolbar.waitFor({ state: 'hidden', timeout: LOOK_MS });
  }

  /** Rows of a view of the Run and Debug side bar. */
  rows(view: 'debug-call-stack' | 'debug-variables'): Locator {
    return this.page.locator(`.${view} .monaco-list-row`);
  }

  private get terminal(): Locator {
    return this.page.locator('.terminal-wrapper.active').filter({ visible: true }).last();
  }

  /** Waits until the guest's console shows a text, since VS Code may take a moment to draw it. */
  async consoleShows(text: RegExp): Promise<string> {
    let shown = '';
    for (const end = Date.now() + LOOK_MS; Date.now() < end;) {
      shown = await this.terminal
        .locator('.xterm-rows')
        .innerText()
        .then(
          (drawn) => drawn.replace(/\u00a0/g, ' '),
          () => '',
        );
      if (text.test(shown)) return shown;
      await this.page.waitForTimeout(100);
    }
    throw new Error(`the console does not show ${String(text)}, but:\n${shown}`);
  }

  async type(text: string): Promise<void> {
    await this.terminal.locator('.xterm').first().click();
    await this.page.keyboard.type(text);
  }

  /** The Traps view, brought to the front. */
  async traps(): Promise<Frame> {
    await runCommand(this.page, 'Focus on Traps View');
    return webviewFrame(this.page, 'trapline-traps');
  }

  /** Points at a word of the line that the guest is stopped at, until what is to come of it shows. */
  async hover(word: string, shows: Locator): Promise<void> {
    const line = this.page.locator('.editor-instance .view-line', { hasText: word }).filter({ visible: true });
    await this.page.mouse.move(0, 0);
    await line.getByText(word, { exact: true }).first().hover();
    await shows.waitFor({ timeout: LOOK_MS });
    // VS Code fades its hovers in
    await shows.first().evaluate((hover) => Promise.all(hover.getAnimations().map(({ finished }) => finished)));
  }

  /** Entries of the quick pick that is open whose words match. */
  picks(words: RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: words });
  }

  /** Waits until the status bar has an item with a text. */
  async statusShows(text: string): Promise<void> {
    await this.page.locator('.statusbar-item', { hasText: text }).waitFor({ timeout: LOOK_MS });
  }

  /** What VS Code's error messages say. */
  errors(): Promise<string[]> {
    const toasts = this.page.locator('.notification-list-item').filter({ has: this.page.locator('.codicon-error') });
    return toasts.filter({ visible: true }).allInnerTexts();
  }

  async shot(name: string): Promise<void> {
    fs.mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  }
}
