/** One window of a real VS Code with the packaged extension installed, on a copy of the samples, and what a person does and looks at in it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { inRepo, run } from '../../scripts/lib/repo.mjs';
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import { startServer, workbenchUrl } from '../../scripts/vscode/server.mjs';
import {
  clickBreakpoint,
  openFile,
  runCommand,
  stoppedLine,
  webviewFrame,
  workbenchReady,
} from '../../scripts/vscode/workbench.mjs';
import { PANELS, type PanelId } from '../../src/protocol/panels.js';
import { need } from '../support/tools.js';

/** Where screenshots go; git does not look there. */
const SHOTS = inRepo('out/screenshots');
/** Well below a test's limit, so that a failure says what did not come. */
export const LOOK_MS = 15_000;
/** What is tried again where it has not come by then. */
const SOON_MS = 5000;
/** Each look has its own limit; all looks of a test may be many on a busy machine. */
const TEST_MS = 90_000;
/** Packaging may be part of it. */
const OPEN_MS = 240_000;

let packaged: Promise<string> | undefined;

/** @returns the .vsix that `npm test` has made of the checkout; made here where a file runs by itself */
function packageExtension(): Promise<string> {
  return (packaged ??= process.env.TRAPLINE_VSIX ? Promise.resolve(process.env.TRAPLINE_VSIX) : makePackage());
}

async function makePackage(): Promise<string> {
  const file = inRepo('out/e2e/trapline.vsix');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const code = await run(process.execPath, [inRepo('scripts/package.mjs'), file]);
  if (code !== 0) throw new Error(`packaging ended with code ${code}`);
  return file;
}

/**
 * Tests in one window, which is open from the first of them to the last. After each of them VS Code must show no error; of one that fails there is a
 * screenshot.
 * @param tests adds them; the window is open in their hooks, too
 * @param needs programs without which all of them are skipped
 */
export function describeWindow(title: string, tests: (window: Window) => void, needs: readonly string[] = []): void {
  describe(title, function () {
    this.timeout(TEST_MS);
    const window = new Window();

    before(async function () {
      need(this, ...needs);
      this.timeout(OPEN_MS);
      await window.open(await packageExtension());
    });

    after(() => window.close());

    afterEach(async function () {
      const test = this.currentTest;
      if (test?.state === 'failed') await window.shot(`failed-${test.titlePath().slice(1).join(' ')}`);
      assert.deepEqual(await window.errors(), [], 'VS Code shows an error');
    });

    tests(window);
  });
}

/** The number, from 1, of the first line of a sample's file in which something stands. */
export function lineOf(file: string, text: RegExp): number {
  const lines = fs.readFileSync(inRepo('samples', file), 'utf8').split('\n');
  const index = lines.findIndex((line) => text.test(line));
  assert.ok(index >= 0, `${file} has ${String(text)}`);
  return index + 1;
}

interface Opened {
  readonly page: Page;
  readonly folder: string;
  readonly close: () => Promise<void>;
}

export class Window {
  private opened: Opened | undefined;

  private get shown(): Opened {
    if (!this.opened) throw new Error('the window is not open');
    return this.opened;
  }

  get page(): Page {
    return this.shown.page;
  }

  /** The opened folder. */
  get folder(): string {
    return this.shown.folder;
  }

  async open(vsix: string): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-samples-'));
    fs.cpSync(inRepo('samples'), folder, { recursive: true });
    const server = await startServer({
      delivery: { kind: 'vsix', file: vsix },
      // drawn as text, so that it can be read
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    });
    const { page, close } = await launchBrowser();
    this.opened = {
      page,
      folder,
      close: async () => {
        await close();
        await server.stop();
        fs.rmSync(folder, { recursive: true, force: true });
      },
    };
    await page.goto(workbenchUrl(server, folder));
    await workbenchReady(page, 'hello');
  }

  async close(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  /** Puts the cursor of the active editor onto a line, and the line into view. */
  async goToLine(line: number): Promise<void> {
    const there = this.page.locator('.statusbar-item', { hasText: `Ln ${line},` });
    // a field that is filled before it takes notice, or closed by what comes up, leads nowhere
    for (const end = Date.now() + LOOK_MS; !(await there.isVisible()) && Date.now() < end;) {
      await this.page.keyboard.press('Control+g');
      const input = this.page.locator('.quick-input-widget input').first();
      await input.fill(`:${line}`, { timeout: SOON_MS }).catch(() => undefined);
      await this.page.keyboard.press('Enter');
      await there.waitFor({ timeout: SOON_MS }).catch(() => undefined);
    }
    await there.waitFor({ timeout: LOOK_MS });
  }

  /** Opens a file of the folder, and sets a breakpoint by a click beside a line. */
  async breakAt(file: string, line: number): Promise<void> {
    await openFile(this.page, file);
    await this.goToLine(line);
    await clickBreakpoint(this.page, line);
  }

  /** Starts a configuration of the folder's launch.json by its name, of a guest that goes on until it is seen. */
  async start(name: string): Promise<void> {
    await this.launch(name);
    await this.toolbar.waitFor({ state: 'visible', timeout: LOOK_MS });
  }

  /** The same of a guest that may have ended by then, as Quick Open's `debug ` starts it. */
  async launch(name: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
    const pick = async (): Promise<void> => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+p');
      await input.fill(`debug ${name}`, { timeout: SOON_MS });
      await row.click({ timeout: SOON_MS });
    };
    // a list that was opened before VS Code had read the launch configurations stays without them, and what takes the focus closes it
    await this.until(`"debug ${name}" is picked`, pick);
  }

  /** Does something again and again until it succeeds. @throws what it threw last */
  private async until(what: string, attempt: () => Promise<void>): Promise<void> {
    let failed: unknown;
    for (const end = Date.now() + LOOK_MS; Date.now() < end;) {
      try {
        await attempt();
        return;
      } catch (error) {
        failed = error;
      }
    }
    throw new Error(`in vain: ${what}`, { cause: failed });
  }

  /** Runs a configuration that counts coverage to its guest's end, and waits until Test Coverage has a file. */
  async cover(name: string, file: string): Promise<void> {
    await this.launch(name);
    const item = this.page.locator('.test-coverage-list-item', { hasText: file });
    // there is no such view before something was covered
    for (const end = Date.now() + LOOK_MS; !(await item.isVisible()) && Date.now() < end;) {
      await runCommand(this.page, 'Testing: Focus on Test Coverage View');
      await item.waitFor({ timeout: SOON_MS }).catch(() => undefined);
    }
    await item.waitFor({ timeout: LOOK_MS });
  }

  /**
   * Takes what the dialog of this title proposes, which is to be `file`. Resolves with what that says, by `parse`, which throws as long as it is not
   * all there.
   */
  async saveAs<T>(title: string, file: string, parse: (text: string) => T): Promise<T> {
    const dialog = this.page.locator('.quick-input-widget').filter({ hasText: title });
    const input = dialog.locator('input').first();
    await input.waitFor({ state: 'visible', timeout: LOOK_MS });
    // it is there when the folder has been read
    for (const end = Date.now() + LOOK_MS; (await input.inputValue()) !== file && Date.now() < end;)
      await this.page.waitForTimeout(50);
    assert.equal(await input.inputValue(), file);
    await this.page.keyboard.press('Enter');
    for (const end = Date.now() + LOOK_MS; ;) {
      try {
        return parse(fs.readFileSync(file, 'utf8'));
      } catch (error) {
        if (Date.now() >= end) throw error;
        await this.page.waitForTimeout(100);
      }
    }
  }

  /** Waits until the guest has stopped and an editor shows where. */
  async stopped(): Promise<void> {
    await stoppedLine(this.page).waitFor({ state: 'attached', timeout: LOOK_MS });
  }

  /** Waits until the guest has stopped at a line of its source, and VS Code takes the next step. */
  async stoppedAt(line: number): Promise<void> {
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor({ timeout: LOOK_MS });
    await this.toolbar.locator('.action-label:not(.disabled)[aria-label^="Step Into"]').waitFor({ timeout: LOOK_MS });
  }

  /** One step further, as F11 goes. Pressed while the guest runs, that makes the window fill the screen. */
  async stepFrom(line: number): Promise<void> {
    await this.stoppedAt(line);
    await this.page.keyboard.press('F11');
  }

  get toolbar(): Locator {
    return this.page.locator('.debug-toolbar').first();
  }

  /** Takes a register of what Trapline: Find Register… proposes for a name: the first whose row says so. */
  async findRegister(name: string, row: RegExp): Promise<void> {
    // what was found before may take the focus now, which closes the list
    await this.until(`register ${name} is found`, async () => {
      await runCommand(this.page, 'Trapline: Find Register…');
      await this.page.getByPlaceholder('Name of a register').fill(name, { timeout: SOON_MS });
      await this.picks(row).first().click({ timeout: SOON_MS });
    });
  }

  /** Ends the session as Shift+F5 does. */
  async stop(): Promise<void> {
    // pressed while the guest is about to stop, or to start, it does nothing
    await this.until('the session ends', async () => {
      await this.page.keyboard.press('Shift+F5');
      await this.toolbar.waitFor({ state: 'hidden', timeout: SOON_MS });
    });
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

  /** A panel, brought to the front by its command. */
  async panel(id: PanelId): Promise<Frame> {
    await runCommand(this.page, `Trapline: Show ${PANELS[id]}`);
    return webviewFrame(this.page, `trapline-${id}`);
  }

  /** Points at a word of the line that the guest is stopped at, until what is to come of it shows. */
  async hover(word: string, shows: Locator): Promise<void> {
    const line = this.page.locator('.editor-instance .view-line', { hasText: word }).filter({ visible: true });
    // an editor that is drawn anew under the pointer shows nothing
    await this.until(`pointing at ${word}`, async () => {
      await this.page.mouse.move(0, 0);
      await line.getByText(word, { exact: true }).first().hover({ timeout: SOON_MS });
      await shows.waitFor({ timeout: SOON_MS });
    });
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

  /** Takes a picture of the window. @param name a title will do */
  async shot(name: string): Promise<void> {
    fs.mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SHOTS, `${name.replace(/\W+/g, '-')}.png`) });
  }
}
