/**
 * Every view in every kind of theme, over a guest that has something to show in each: axe finds nothing wrong with it, and it draws in the theme's own
 * colours. With TRAPLINE_SCREENSHOTS=FOLDER what is seen is kept there: `npm run screenshots` makes the pictures of the documentation so.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Result } from 'axe-core';
import type { Frame } from 'playwright-core';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { clickBreakpoint, openFile, runCommand } from '../../scripts/vscode/workbench.mjs';
import { PANELS, type PanelId } from '../../src/protocol/panels.js';
import { describeWindow, lineOf, LOOK_MS } from './window.js';

const AXE = fs.readFileSync(inRepo('node_modules/axe-core/axe.min.js'), 'utf8');
const KERNEL = 'rtos/kernel/scheduler.c';
const FOLDER = process.env.TRAPLINE_SCREENSHOTS;

const THEMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

/** Judged, but not kept. */
const LIKE_HIGH_CONTRAST = 'high-contrast-light';

/** What axe says is wrong, a line for each. Whole-page rules are the workbench's business: a view is a part of a page. */
async function complaints(frame: Frame): Promise<string[]> {
  await frame.evaluate(AXE);
  const violations = await frame.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      rules: {
        region: { enabled: false },
        'page-has-heading-one': { enabled: false },
        'landmark-one-main': { enabled: false },
      },
    });
    return violations;
  });
  return violations.map(
    ({ id, help, nodes }: Result) =>
      `${id}: ${help}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 200)} (${failureSummary?.replace(/\s+/g, ' ')})`)
        .join(' | ')}`,
  );
}

describeWindow('views in every theme', (window) => {
  before(async () => {
    const { page } = window;
    // where a kernel goes from one task to the next: every view has something to show there
    const line = lineOf(KERNEL, /space_switch\(/);
    await openFile(page, KERNEL);
    await window.goToLine(line);
    await window.start('rtos');
    await window.consoleShows(/demo: the urgent/);
    await clickBreakpoint(page, line);
    await window.stopped();
    await runCommand(page, 'View: Hide Panel');
  });

  async function wear(theme: string): Promise<void> {
    const file = path.join(window.folder, '.vscode/settings.json');
    fs.writeFileSync(file, JSON.stringify({ 'workbench.colorTheme': theme, 'debug.toolBarLocation': 'docked' }));
    const kind = /High Contrast Light/.test(theme)
      ? 'hc-light'
      : /High Contrast/.test(theme)
        ? 'hc-black'
        : /Light/.test(theme)
          ? 'vs'
          : 'vs-dark';
    await window.page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: LOOK_MS });
  }

  async function keep(name: string): Promise<void> {
    await window.page.mouse.move(0, 0);
    await window.shot(name);
    // the Traps view is beside all others
    if (FOLDER === undefined || name.startsWith('traps') || name.endsWith(LIKE_HIGH_CONTRAST)) return;
    fs.mkdirSync(FOLDER, { recursive: true });
    await window.page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
  }

  /** The picture on the tab that is in front. */
  const tabIcon = (): Promise<string> =>
    window.page
      .locator('.tab.active .monaco-icon-label-iconpath')
      .first()
      .evaluate((icon) => getComputedStyle(icon).backgroundImage);

  for (const [name, theme] of Object.entries(THEMES)) {
    it(`${name}: axe finds nothing in any view`, async () => {
      await wear(theme);
      const found: string[] = [];
      const look = async (view: string, frame: Frame): Promise<void> => {
        await keep(`${view}-${name}`);
        found.push(...(await complaints(frame)).map((complaint) => `${view}: ${complaint}`));
      };
      await look('traps', await window.traps());
      for (const id of Object.keys(PANELS) as PanelId[]) {
        const frame = await window.panel(id);
        await frame.locator(`trapline-${id}`).waitFor({ timeout: LOOK_MS });
        // what it shows has been asked for and drawn
        await window.page.waitForTimeout(1000);
        await look(id, frame);
        assert.match(await tabIcon(), /light/.test(name) ? /trapline-on-light/ : /trapline-on-dark/);
      }
      assert.deepEqual(found, []);
    });
  }

  // Views that VS Code draws are its own business: pictures only.
  if (FOLDER === undefined) return;
  const kept = Object.entries(THEMES).filter(([name]) => name !== LIKE_HIGH_CONTRAST);

  async function openByName(file: string): Promise<void> {
    await window.page.keyboard.press('Control+p');
    await window.page.locator('.quick-input-widget input').first().fill(file);
    await window.picks(new RegExp(file)).first().click();
  }

  it('registers and the listing', async () => {
    const { page } = window;
    const traps = page.locator('.pane-header', { hasText: 'Traps' });
    await runCommand(page, 'View: Close All Editors');
    await openByName('scheduler.c');
    await runCommand(page, 'Focus on Registers View');
    await traps.focus();
    await page.keyboard.press('ArrowLeft');
    await window.findRegister('SCTLR', /^SCTLR/);
    await runCommand(page, 'Trapline: Follow PC in Listing');
    await page.locator('.view-line', { hasText: 'space_switch' }).first().waitFor({ timeout: LOOK_MS });
    for (const [name, theme] of kept) {
      await wear(theme);
      await keep(`registers-and-listing-${name}`);
    }
    await traps.focus();
    await page.keyboard.press('ArrowRight');
    await window.stop();
  });

  it('coverage', async () => {
    const { page } = window;
    await runCommand(page, 'View: Close All Editors');
    await openByName('privilege.s');
    await window.cover('privilege (coverage)', 'privilege.s');
    await runCommand(page, 'Trapline: Toggle Coverage Marks');
    await runCommand(page, 'View: Hide Panel');
    await window.goToLine(134);
    for (const [name, theme] of kept) {
      await wear(theme);
      await keep(`coverage-${name}`);
    }
  });
});
