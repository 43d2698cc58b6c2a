/** Coverage as a user sees it: a guest that counts it ends, Test Coverage comes up, sources have counts, and marks go on and off. */
import assert from 'node:assert/strict';
import { openFile, runCommand } from '../../scripts/vscode/workbench.mjs';
import { LOOK_MS, packageExtension, Window } from './window.js';

const SET_UP_MS = 240_000;
const TEST_MS = 90_000;

describe('coverage in a window', function () {
  this.timeout(TEST_MS);
  let window: Window;

  before(async function () {
    this.timeout(SET_UP_MS);
    window = await Window.open(await packageExtension());
  });

  after(() => window.close());

  it('is in Test Coverage and beside the lines of the source', async () => {
    const { page } = window;
    await openFile(page, 'privilege/privilege.s');
    await window.start('privilege (coverage)');
    await window.toolbar.waitFor({ state: 'hidden', timeout: LOOK_MS });
    await runCommand(page, 'Testing: Focus on Test Coverage View');
    await page.locator('.test-coverage-list-item', { hasText: 'privilege.s' }).waitFor({ timeout: LOOK_MS });
    await window.shot('coverage-view');
    await runCommand(page, 'Trapline: Toggle Coverage Marks');
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input').first().fill(':134');
    await page.keyboard.press('Enter');
    await window.shot('coverage-marks');
    assert.deepEqual(await window.errors(), []);
  });
});
