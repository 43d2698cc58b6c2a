// What a person does in VS Code's window, as functions on a Playwright page. Every one waits for what it should see and retries what VS Code is known
// to ignore while it is still starting; none waits for a fixed time.

/** @typedef {import('playwright-core').Page} Page */

const READY_MS = 60_000;
const LOOK_MS = 1500;
const TRIES = 10;

/** @param {Promise<unknown>} looked @returns {Promise<boolean>} false where it was in vain */
const succeeds = (looked) =>
  looked.then(
    () => true,
    () => false,
  );

/** @param {import('playwright-core').Locator} locator */
const appears = (locator, timeout = LOOK_MS) => succeeds(locator.first().waitFor({ state: 'visible', timeout }));

/** @param {Page} page */
const explorerRow = (page, /** @type {string} */ name) =>
  page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).first();

/**
 * Waits until the Explorer shows a file or folder of the opened folder.
 * @param {Page} page
 * @param {string} name
 */
export async function workbenchReady(page, name) {
  await page.waitForSelector('.monaco-workbench', { timeout: READY_MS });
  await explorerRow(page, name).waitFor({ timeout: READY_MS });
}

/**
 * Opens a file through the Explorer, unfolding the folders on the way.
 * @param {Page} page
 * @param {string} file relative to the opened folder
 */
export async function openFile(page, file) {
  const parts = file.split('/');
  const name = parts[parts.length - 1];
  const row = explorerRow(page, name);
  const tab = page.locator(`.tab.active[data-resource-name="${name}"]`);
  // a folder that VS Code unfolds by itself, to show the active file, is folded again by a click that comes behind
  for (let i = 0; i < TRIES; i++) {
    // another view may be in its place
    if (!(await explorerRow(page, parts[0]).isVisible())) await page.keyboard.press('Control+Shift+e');
    for (const part of parts.slice(0, -1)) {
      const folder = explorerRow(page, part);
      await folder.waitFor();
      if ((await folder.getAttribute('aria-expanded')) === 'false') await succeeds(folder.click({ timeout: LOOK_MS }));
    }
    if (
      (await appears(row)) &&
      (await succeeds(row.dblclick({ timeout: LOOK_MS }))) &&
      (await appears(tab, 4 * LOOK_MS))
    )
      return;
  }
  throw new Error(`the Explorer shows no ${file}`);
}

/**
 * Runs a command by its title through the command palette.
 * @param {Page} page
 * @param {string} title as the palette shows it, category included
 */
export async function runCommand(page, title) {
  const input = page.locator('.quick-input-widget input').first();
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
  // the palette does not learn of commands that an extension contributes while it is open, and closes when what comes up takes the focus
  for (let i = 0; i < TRIES; i++) {
    await page.keyboard.press('F1');
    const typed = (await appears(input)) && (await succeeds(input.fill(`>${title}`, { timeout: LOOK_MS })));
    if (typed && (await appears(row)) && (await succeeds(row.click({ timeout: LOOK_MS })))) return;
    await page.keyboard.press('Escape');
  }
  throw new Error(`there is no command "${title}"`);
}

/**
 * Sets a breakpoint by a click beside the line's number in the active editor.
 * @param {Page} page
 * @param {number} line from 1
 */
export async function clickBreakpoint(page, line) {
  const dot = page.locator('.editor-instance .codicon-debug-breakpoint');
  const number = page.locator('.editor-instance .margin .line-numbers', { hasText: new RegExp(`^${line}$`) }).first();
  // clicks before the extension's contributions are read do nothing
  for (let i = 0; i < TRIES; i++) {
    await number.waitFor();
    const box = await number.boundingBox();
    if (box) await page.mouse.click(box.x - 10, box.y + box.height / 2);
    if (await appears(dot)) return;
  }
  throw new Error(`no breakpoint appeared on line ${line}`);
}

/**
 * Picks an entry of the menu that is open. VS Code takes no clicks for a moment after a menu has opened.
 * @param {Page} page
 * @param {string} name
 */
export async function pickFromMenu(page, name) {
  const item = page.getByRole('menuitem', { name });
  await item.waitFor();
  for (let i = 0; i < TRIES && (await item.isVisible()); i++)
    await item.click({ timeout: LOOK_MS }).catch(() => undefined);
}

/**
 * The document inside a webview: the frame in which `selector` matches.
 * @param {Page} page
 * @param {string} selector
 * @param {number} [timeout] milliseconds
 * @returns {Promise<import('playwright-core').Frame>}
 */
export async function webviewFrame(page, selector, timeout = 15_000) {
  for (const end = Date.now() + timeout; Date.now() < end;) {
    for (const frame of page.frames()) {
      if (frame.name() !== 'active-frame' && !frame.url().includes('fake.html')) continue;
      const found = await frame
        .locator(selector)
        .count()
        .catch(() => 0);
      if (found > 0) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(
    `no webview has ${selector}; frames: ${page
      .frames()
      .map((frame) => `${frame.name()} ${frame.url()}`)
      .join(' | ')}`,
  );
}

/**
 * Unfolds a tree row until a child shows. VS Code unfolds the first scope by itself, late, and a click just then would fold it again: so look first,
 * and click only what is still folded.
 * @param {import('playwright-core').Locator} row
 * @param {import('playwright-core').Locator} child
 * @param {number} [timeout] milliseconds
 */
export async function expandUntil(row, child, timeout = 15_000) {
  for (const end = Date.now() + timeout; Date.now() < end;) {
    if (await appears(child, 1000)) return;
    const expanded = await row
      .first()
      .getAttribute('aria-expanded')
      .catch(() => null);
    if (expanded !== 'false') continue;
    await row
      .first()
      .locator('.monaco-tl-twistie')
      .click()
      .catch(() => undefined); // the tree was redrawn under the click: look again
  }
  throw new Error('the row did not unfold to show its child');
}

/** The line that execution has stopped on, in the active editor. @param {Page} page */
export const stoppedLine = (page) => page.locator('.editor-instance .debug-top-stack-frame-line').first();
