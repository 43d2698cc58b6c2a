/** What a user does on the first day, in a real VS Code with the packaged extension: F5, a breakpoint, the Traps view, a console that takes typing. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { clickBreakpoint, expandUntil, openFile, stoppedLine } from '../../scripts/vscode/workbench.mjs';
import { need, UBOOT } from '../support/tools.js';
import { packageExtension, Window } from './window.js';

const SET_UP_MS = 240_000;
const LOOK_MS = 30_000;

describe('a window with the packaged extension', () => {
  let window: Window;

  before(async function () {
    this.timeout(SET_UP_MS);
    window = await Window.open(await packageExtension());
  });

  after(() => window.close());

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await window.shot(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
  });

  it('stops at a breakpoint set by a click, shows where and what, and runs on to the end', async () => {
    const { page } = window;
    const source = fs.readFileSync(path.join(window.folder, 'privilege/privilege.s'), 'utf8').split('\n');
    const line = source.findIndex((text) => text.startsWith('on_data_abort:')) + 3;
    await openFile(page, 'privilege/privilege.s');
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input').first().fill(`:${line}`);
    await page.keyboard.press('Enter');
    await clickBreakpoint(page, line);
    await window.start('privilege');
    await stoppedLine(page).waitFor({ state: 'attached', timeout: LOOK_MS });
    await window.rows('debug-call-stack').filter({ hasText: 'on_data_abort' }).first().waitFor({ timeout: LOOK_MS });
    const variables = window.rows('debug-variables');
    await expandUntil(variables.filter({ hasText: 'Core' }), variables.filter({ hasText: /^r0/ }));
    await window.consoleShows(/user: hello from user mode/);
    await window.shot('breakpoint');

    await page.keyboard.press('F5');
    await window.consoleShows(/kernel: bye/);
    await window.toolbar.waitFor({ state: 'hidden', timeout: LOOK_MS });

    const traps = await window.traps();
    for (const cls of ['Status register', 'Exception return', 'System register', 'Device access', 'Interrupt']) {
      await traps.getByText(cls, { exact: true }).first().waitFor({ timeout: LOOK_MS });
    }
    await window.shot('traps');
  });

  it("runs Debian's U-Boot under the VMM, takes what is typed, and stops", async function () {
    need(this, UBOOT);
    const { page } = window;
    await window.start('U-Boot (Debian)');
    const traps = await window.traps();
    await window.consoleShows(/Hit any key to stop autoboot/);
    await window.type('\n');
    await window.consoleShows(/=>\s*$/);
    await window.type('version\n');
    await window.consoleShows(/U-Boot 20\d\d\.\d\d[^]*GNU ld/);
    await traps.getByText('System register', { exact: true }).first().waitFor({ timeout: LOOK_MS });
    assert.ok((await traps.getByText(/^mcr |^mrc |^ldr/).count()) > 0, 'the view lists instructions');
    await window.shot('u-boot');

    // a trap leads to its instruction, in a listing
    await traps.getByText(/^ldr /).first().click();
    await page.locator('.tab.active', { hasText: 'listing' }).waitFor({ timeout: LOOK_MS });
    await window.shot('listing');
    await window.stop();
  });
});
